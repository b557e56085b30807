//! What the agent makes of the hub's answers: what it says of the link, told once when it changes.

use crds::Message;
use plan::names::SiteName;
use tracing::{info, warn};

use super::context::Context;
use crate::runtime::error::chain;
use crate::runtime::log::code_of;

/// What an answer to a sign of life says of the link.
pub(super) fn judge<T>(site: &SiteName, answer: &kube::Result<T>) -> Message {
    match answer {
        Ok(_) => Message::HubHeard {},
        Err(kube::Error::Api(status)) if matches!(status.code, 401 | 403) => {
            Message::CredentialRefused { site: site.to_string() }
        }
        Err(error) => match certificate(error) {
            Some(error) => Message::HubCertificate { error },
            None => Message::HubUnreachable {},
        },
    }
}

/// What is wrong with the hub's certificate, if that is why it was not spoken to.
fn certificate(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(rustls::Error::InvalidCertificate(why)) = error.downcast_ref() {
        return Some(why.to_string());
    }
    // An I/O error gives the source of what it carries as its own, and so hides what it carries.
    let carried = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match carried {
        Some(carried) => certificate(carried),
        None => certificate(error.source()?),
    }
}

/// What was said last of the link.
#[derive(Default)]
pub(super) struct Link(Option<u16>);

impl Link {
    /// Tells what is said of the link when that changes. What only a person can help against is lacking.
    pub(super) fn tell<T>(&mut self, context: &Context, said: &Message, answer: &kube::Result<T>) {
        let passes = matches!(said, Message::HubHeard {} | Message::HubUnreachable {});
        context.lacks.note("hub", (!passes).then(|| said.clone()));
        if self.0.replace(said.code()) == Some(said.code()) {
            return;
        }
        match (said, answer) {
            (Message::HubHeard {}, _) => {
                info!(outcome = "heard", slice = "link", code = code_of(said), "the hub is heard");
            }
            (Message::HubUnreachable {}, Err(error)) => {
                warn!(
                    outcome = "unheard",
                    slice = "link",
                    code = code_of(said),
                    cause = chain(error),
                    "goes on from its memory"
                );
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    fn code(error: kube::Error) -> u16 {
        judge::<()>(&SiteName::parse("kaicheng").unwrap(), &Err(error)).code()
    }

    fn io(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> kube::Error {
        kube::Error::Service(Box::new(io::Error::other(error)))
    }

    #[test]
    fn a_certificate_that_is_not_vouched_for_is_told_from_a_hub_that_is_away() {
        let unknown = || rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        assert_eq!(code(io(unknown())), 2195);
        assert_eq!(code(kube::Error::Service(Box::new(unknown()))), 2195);
        assert_eq!(code(io(io::Error::other(unknown()))), 2195);
        assert_eq!(code(io(rustls::Error::DecryptError)), 2015);
        assert_eq!(code(io("connection refused")), 2015);
    }

    #[test]
    fn a_refused_credential_is_told_from_another_refusal() {
        let refused =
            |code| kube::Error::Api(kube::core::Status::failure("no", "Why").with_code(code).boxed());
        assert_eq!([401, 403, 500].map(|status| code(refused(status))), [2014, 2014, 2015]);
    }
}
