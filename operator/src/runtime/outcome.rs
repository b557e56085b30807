//! What the log says of a pass: one line for an outcome, none for its repetition.
//!
//! | the pass | before it | line |
//! |---|---|---|
//! | applied or skipped, wrote | any | info `applied` |
//! | applied, wrote nothing | waited or failed | info `applied` |
//! | applied or skipped, wrote nothing | any other | debug |
//! | waits | waited for the same | debug, unless it wrote |
//! | waits | any other | info `waiting` |
//! | failed | failed alike | debug |
//! | failed | any other | warn `failed` |
//! | wrote at the same time as another | any | debug: the watch brings what they wrote |

use crds::Message;

use super::drive::{Outcome, Pass};
use super::error::{Error, chain};
use super::log::code_in;
use super::trigger::Wrote;

/// What was said last of a key that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It waits for this.
    Waiting(String),
    /// It failed like this.
    Failed(String),
}

/// How loud a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loud {
    Debug,
    Info,
    Warn,
}

/// A line about a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) loud: Loud,
    pub(super) outcome: &'static str,
    pub(super) cause: Option<String>,
    pub(super) code: Option<String>,
    /// What is to be remembered of the key.
    pub(super) said: Option<Said>,
}

/// What is to be said of a pass.
pub(super) fn line(before: Option<&Said>, ended: &Result<Pass, Error>, wrote: &Wrote) -> Line {
    let quiet = |loud: bool, louder| if loud { louder } else { Loud::Debug };
    match ended {
        Ok(Pass { outcome: Outcome::Waiting(what), .. }) => {
            let said = Said::Waiting(what.clone());
            let loud = quiet(before != Some(&said) || !wrote.is_empty(), Loud::Info);
            let code = code_in(what).map(str::to_owned);
            Line { loud, outcome: "waiting", cause: Some(what.clone()), code, said: Some(said) }
        }
        Ok(Pass { outcome: Outcome::Applied, .. }) => {
            let loud = quiet(before.is_some() || !wrote.is_empty(), Loud::Info);
            Line { loud, outcome: "applied", cause: None, code: None, said: None }
        }
        Ok(Pass { outcome: Outcome::Skipped, again }) => {
            let loud = quiet(!wrote.is_empty(), Loud::Info);
            let outcome = if wrote.is_empty() { "skipped" } else { "applied" };
            // One that comes again soon has not looked yet.
            let said = before.filter(|_| again.is_some()).cloned();
            Line { loud, outcome, cause: None, code: None, said }
        }
        Err(error) => {
            let (cause, code) = (chain(error), said_of(error));
            let said = Said::Failed(cause.clone());
            let loud = quiet(before != Some(&said) && !error.is_conflict(), Loud::Warn);
            let said = if error.is_conflict() { before.cloned() } else { Some(said) };
            Line { loud, outcome: "failed", cause: Some(cause), code: Some(code), said }
        }
    }
}

/// The code of what an error says.
fn said_of(error: &Error) -> String {
    super::log::code_of(&match error {
        Error::IdentityLost(message) => message.clone(),
        error => super::lacks::lack_of(error).unwrap_or(Message::PassFailed { error: String::new() }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::core::Status;
    use std::time::Duration;

    fn refused(code: u16) -> Error {
        let status = Status::failure("User \"a\" cannot patch", "Why").with_code(code);
        Error::Apply {
            kind: "Namespace".into(),
            name: "a".into(),
            source: Box::new(kube::Error::Api(status.boxed())),
        }
    }

    fn waiting() -> Pass {
        Pass::waiting(Message::QuotaPending { namespace: "aa".into() })
    }

    /// Loudness, outcome and code of the line.
    fn told(
        before: Option<&Said>,
        ended: &Result<Pass, Error>,
        wrote: &[&str],
    ) -> (Loud, &'static str, Option<String>) {
        let wrote = wrote.iter().map(|kind| ((*kind).to_owned(), 1)).collect();
        let Line { loud, outcome, code, .. } = line(before, ended, &wrote);
        (loud, outcome, code)
    }

    #[test]
    fn a_change_is_one_line_and_nothing_changed_is_none() {
        let applied = Ok(Outcome::Applied.into());
        assert_eq!(told(None, &applied, &["Namespace"]), (Loud::Info, "applied", None));
        assert_eq!(told(None, &applied, &[]), (Loud::Debug, "applied", None));
        assert_eq!(told(Some(&Said::Waiting("x".into())), &applied, &[]).0, Loud::Info, "the wait is over");
        let skipped = Ok(Outcome::Skipped.into());
        assert_eq!(told(Some(&Said::Waiting("x".into())), &skipped, &[]), (Loud::Debug, "skipped", None));
    }

    #[test]
    fn a_wait_is_told_when_it_begins_or_changes_and_not_again() {
        let begun = line(None, &Ok(waiting()), &Wrote::new());
        assert_eq!((begun.loud, begun.code.as_deref()), (Loud::Info, Some("ZY-2008")));
        assert_eq!(told(begun.said.as_ref(), &Ok(waiting()), &[]).0, Loud::Debug);
        assert_eq!(told(Some(&Said::Waiting("another".into())), &Ok(waiting()), &[]).0, Loud::Info);
        let soon = Ok(Pass { outcome: Outcome::Skipped, again: Some(Duration::ZERO) });
        assert_eq!(line(begun.said.as_ref(), &soon, &Wrote::new()).said, begun.said);
    }

    #[test]
    fn a_failure_is_told_once_with_its_cause_and_code() {
        let failed = Err(refused(403));
        let Line { loud, cause, code, said, .. } = line(None, &failed, &Wrote::new());
        assert_eq!((loud, code.as_deref()), (Loud::Warn, Some("ZY-2192")));
        assert!(cause.unwrap().starts_with("cannot apply Namespace a: "));
        assert_eq!(told(said.as_ref(), &failed, &[]).0, Loud::Debug);
        assert_eq!(
            told(said.as_ref(), &Err(refused(500)), &[]),
            (Loud::Warn, "failed", Some("ZY-2197".into()))
        );
        assert_eq!(told(said.as_ref(), &Ok(Outcome::Applied.into()), &[]).0, Loud::Info);
    }

    #[test]
    fn who_wrote_at_the_same_time_as_another_has_not_failed() {
        let Line { loud, said, .. } = line(None, &Err(refused(409)), &Wrote::new());
        assert_eq!((loud, said), (Loud::Debug, None));
    }
}
