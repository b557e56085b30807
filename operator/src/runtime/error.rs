//! What can go wrong in a pass, one variant per operation.

/// Why a pass failed. It is tried again, later and later.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// An object was not applied.
    #[error("cannot apply {kind} {name}")]
    Apply {
        /// Kind of the object.
        kind: String,
        /// Its name.
        name: String,
        /// What the API server said.
        #[source]
        source: Box<kube::Error>,
    },
    /// A status was not written.
    #[error("cannot write the status of {kind} {name}")]
    Status {
        /// Kind of the object.
        kind: String,
        /// Its name.
        name: String,
        /// What the API server said.
        #[source]
        source: Box<kube::Error>,
    },
    /// An order was not written.
    #[error("cannot write the order {name} of {namespace}")]
    Order {
        /// Namespace of the site.
        namespace: String,
        /// Name of the order.
        name: String,
        /// What the API server said.
        #[source]
        source: Box<kube::Error>,
    },
    /// Something was not read.
    #[error("cannot read {what}")]
    Read {
        /// What was to be read.
        what: String,
        /// What the API server said.
        #[source]
        source: Box<kube::Error>,
    },
    /// A value could not be written as JSON or read from it.
    #[error("cannot convert {what}")]
    Convert {
        /// What was converted.
        what: String,
        /// What serde said.
        #[source]
        source: serde_json::Error,
    },
    /// The hub has lost its id while sites still hold its orders.
    #[error("{0}")]
    IdentityLost(crds::Message),
    /// Something was written meanwhile upon what was not read yet.
    #[error("{what} was written by another meanwhile")]
    Superseded {
        /// What was to be written.
        what: String,
    },
    /// A department's executor could not be used.
    #[error("cannot act for {department}: {error}")]
    Executor {
        /// The department.
        department: String,
        /// Why.
        error: String,
    },
    /// A certificate or a key could not be made or read.
    #[error("cannot {what}: {error}")]
    Certificate {
        /// What was to be done.
        what: String,
        /// Why not.
        error: String,
    },
    /// An object is of a kind that this process does not keep.
    #[error("{kind} is not a kind that is kept here")]
    UnknownKind {
        /// The kind.
        kind: String,
    },
}

impl Error {
    /// Whether somebody wrote first; the watch brings what they wrote.
    pub(crate) fn is_conflict(&self) -> bool {
        if matches!(self, Self::Superseded { .. }) {
            return true;
        }
        let (Self::Apply { source, .. } | Self::Status { source, .. } | Self::Order { source, .. }) = self
        else {
            return false;
        };
        matches!(source.as_ref(), kube::Error::Api(status) if status.code == 409)
    }
}

/// Whether the API server refused what was asked, so that asking again changes nothing.
pub(crate) fn is_refusal(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if matches!(status.code, 400 | 403 | 413 | 422))
}

/// What an API server answered. kube's own text of it has it twice, with all its fields.
fn answered(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let boxed = || error.downcast_ref::<Box<kube::Error>>().map(|boxed| &**boxed);
    match error.downcast_ref().or_else(boxed) {
        Some(kube::Error::Api(status)) => Some(format!("{} ({})", status.message, status.code)),
        _ => None,
    }
}

/// An error with all its sources on one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let answered = answered(cause);
        // An answer is whole: what stands behind it says the same again.
        next = cause.source().filter(|_| answered.is_none());
        let said = answered.unwrap_or_else(|| cause.to_string());
        // Some libraries repeat their source in their own text.
        if text.is_empty() {
            text = said;
        } else if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
    }
    text
}

/// What the API server or the connection said.
pub(crate) fn api_error(error: &kube::Error) -> String {
    chain(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_api_server_answered_stands_once_in_the_cause() {
        let answer = || kube::Error::Api(kube::core::Status::failure("no way", "Why").with_code(500).boxed());
        let error = Error::Apply { kind: "Namespace".into(), name: "a".into(), source: Box::new(answer()) };
        assert_eq!(chain(&error), "cannot apply Namespace a: no way (500)");
        assert_eq!(api_error(&answer()), "no way (500)");
    }
}
