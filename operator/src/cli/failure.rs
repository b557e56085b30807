//! Why a verb ends without what was asked: a sentence of the catalogue, which also decides the exit code.

use std::fmt;
use std::process::ExitCode;

use crds::message::localize;
use crds::{Lang, Message};

use super::table::clean;
use crate::runtime::error::{api_error, chain};

/// How the process ends. Stated in `--help`: scripts rely on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Well,
    /// Something is not well.
    NotWell,
    /// The command was used wrongly.
    WrongUse,
    /// The cluster cannot be reached, or it does not permit what was asked.
    OutOfReach,
}

impl Exit {
    /// The number.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::NotWell => 1,
            Self::WrongUse => 2,
            Self::OutOfReach => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// A sentence and how the process ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) said: Message,
    pub(crate) exit: Exit,
}

impl From<Message> for Failure {
    fn from(said: Message) -> Self {
        let exit = match said {
            Message::CannotConnect { .. }
            | Message::NotPermitted { .. }
            | Message::NotVisible { .. }
            | Message::KindMissing { .. }
            | Message::RegisterNotYours { .. }
            | Message::TokenRefused { .. } => Exit::OutOfReach,
            Message::NotFound { .. }
            | Message::Ambiguous { .. }
            | Message::SetNotHeld { .. }
            | Message::NotInDepartment { .. }
            | Message::NotObserved { .. }
            | Message::AdoptsNothing { .. }
            | Message::NoNamespace { .. }
            | Message::NothingThere { .. }
            | Message::WhichObject { .. }
            | Message::NoTerm { .. } => Exit::WrongUse,
            _ => Exit::NotWell,
        };
        Self { said, exit }
    }
}

impl Failure {
    /// The hub or the agent ended by an error, which may be a sentence of the catalogue itself.
    pub(crate) fn stopped(part: &str, error: &anyhow::Error, lang: Lang) -> Self {
        let out_of_reach =
            error.chain().filter_map(|cause| cause.downcast_ref::<kube::Error>()).any(is_out_of_reach);
        let said = Message::Stopped { part: part.to_owned(), error: localize(&chain(error.as_ref()), lang) };
        Self { said, exit: if out_of_reach { Exit::OutOfReach } else { Exit::NotWell } }
    }
}

/// The sentence of a message as it stands on a terminal.
pub(crate) fn sentence(message: &Message, lang: Lang) -> String {
    clean(&format!("ZY-{} {}", message.code(), message.text(lang)))
}

fn is_out_of_reach(error: &kube::Error) -> bool {
    match error {
        kube::Error::Api(status) => matches!(status.code, 401 | 403),
        kube::Error::HyperError(_) | kube::Error::Service(_) | kube::Error::Auth(_) => true,
        _ => false,
    }
}

/// The API server did not answer a question about a kind.
pub(crate) fn unanswered(kind: impl fmt::Display, error: &kube::Error) -> Message {
    match error {
        kube::Error::Api(status) if status.is_forbidden() => Message::NotPermitted { kind: kind.to_string() },
        _ => Message::CannotConnect { error: api_error(error) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u16, reason: &str) -> kube::Error {
        let status = kube::core::Status::failure("no\u{1b}[2J way", reason).with_code(code);
        kube::Error::Api(status.boxed())
    }

    #[test]
    fn a_refusal_is_not_a_lost_connection_but_ends_alike() {
        let forbidden = unanswered("System", &refused(403, "Forbidden"));
        assert_eq!(forbidden, Message::NotPermitted { kind: "System".into() });
        let broken = unanswered("System", &refused(500, "InternalError"));
        assert!(matches!(broken, Message::CannotConnect { .. }));
        assert_eq!(
            (Failure::from(forbidden).exit, Failure::from(broken).exit),
            (Exit::OutOfReach, Exit::OutOfReach)
        );
    }

    #[test]
    fn the_exit_code_tells_wrong_use_from_not_well() {
        let exit = |said: Message| Failure::from(said).exit.number();
        assert_eq!(exit(Message::NotFound { kind: "k".into(), name: "n".into() }), 2);
        assert_eq!(exit(Message::NoEpoch {}), 1);
        let lost = anyhow::Error::new(refused(403, "Forbidden")).context("cannot start");
        assert_eq!(Failure::stopped("hub", &lost, Lang::Zh).exit, Exit::OutOfReach);
        assert_eq!(Failure::stopped("hub", &anyhow::anyhow!("x"), Lang::Zh).exit, Exit::NotWell);
    }

    #[test]
    fn a_sentence_that_ended_the_agent_is_said_in_the_readers_language() {
        let ended = anyhow::anyhow!("{}", Message::NoEpoch {});
        let Failure { said, .. } = Failure::stopped("site", &ended, Lang::En);
        let text = sentence(&said, Lang::En);
        assert!(text.starts_with("ZY-3013 zhengyun site stopped: ZY-3004 the hub has not been"), "{text}");
    }

    #[test]
    fn a_servers_text_is_cleaned_before_it_is_shown() {
        let said = Message::CannotConnect { error: api_error(&refused(500, "InternalError")) };
        assert_eq!(sentence(&said, Lang::En), "ZY-3001 cannot reach the cluster: no[2J way (500)");
    }
}
