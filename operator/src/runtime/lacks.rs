//! What this process lacks on its own cluster: rights, kinds, a port, the join file. Each is told once when it begins and once when
//! it is over, is an Event on the pod, makes the process not ready, and ends nothing: the process goes on trying.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use crds::Message;
use kube::runtime::watcher;
use tokio::sync::watch;
use tracing::{info, warn};

use super::cache::Key;
use super::error::{Error, api_error, chain};
use super::log::code_of;

/// What is lacking, by what it is needed for.
#[derive(Debug)]
pub(crate) struct Lacks {
    now: Mutex<BTreeMap<String, Message>>,
    /// Passes that failed for lack of something, and what that is needed for.
    passes: Mutex<HashMap<(&'static str, Key), String>>,
    changed: watch::Sender<u64>,
}

impl Default for Lacks {
    fn default() -> Self {
        Self { now: Mutex::default(), passes: Mutex::default(), changed: watch::channel(0).0 }
    }
}

impl Lacks {
    /// Takes whether something is lacking for `what`. The same again is nothing new, also where an error words it otherwise.
    pub(crate) fn note(&self, what: &str, lack: Option<Message>) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match &lack {
            Some(lack) => now.insert(what.to_owned(), lack.clone()),
            None => now.remove(what),
        };
        drop(now);
        if before.as_ref().map(Message::code) == lack.as_ref().map(Message::code) {
            return;
        }
        match (&lack, before) {
            (Some(lack), _) => {
                warn!(outcome = "lacking", what, code = code_of(lack), cause = %lack, "goes on trying");
            }
            (None, before) => {
                info!(outcome = "found", what, code = before.as_ref().map(code_of), "no longer lacking");
            }
        }
        self.changed.send_modify(|count| *count += 1);
    }

    /// Takes how a pass ended: it may have lacked a right or a kind, as others may for the same thing.
    pub(super) fn note_pass(&self, slice: &'static str, key: &Key, failed: Option<&Error>) {
        let lack = failed.and_then(|error| Some((needed(error)?, lack_of(error)?)));
        let lack = lack.filter(|(_, lack)| !matches!(lack, Message::ClusterAway { .. }));
        let mut passes = self.passes.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (slice, key.clone());
        let before = match &lack {
            Some((what, _)) => passes.insert(key, what.clone()),
            None => passes.remove(&key),
        };
        let over = before.filter(|before| !passes.values().any(|what| what == before));
        drop(passes);
        if let Some(what) = over {
            self.note(&what, None);
        }
        if let Some((what, lack)) = lack {
            self.note(&what, Some(lack));
        }
    }

    /// Takes whether the API server stored all of an object that was written to it, but not by apply: an older definition drops
    /// fields in silence.
    pub(crate) fn note_stored(&self, kind: &str, whole: bool) {
        let old = (!whole).then(|| Message::DefinitionOld { what: kind.to_owned() });
        self.note(&format!("definition of {kind}"), old);
    }

    /// Everything that is lacking now, with what it is needed for.
    pub(crate) fn all(&self) -> Vec<(String, Message)> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone().into_iter().collect()
    }

    /// To be waited for the next change.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

/// What a pass needed that failed, whichever object it was about.
fn needed(error: &Error) -> Option<String> {
    match error {
        Error::Apply { kind, .. } => Some(format!("apply {kind}")),
        Error::Status { kind, .. } => Some(format!("status of {kind}")),
        Error::Order { namespace, .. } => Some(format!("write in {namespace}")),
        Error::Read { what, .. } => Some(format!("read {what}")),
        _ => None,
    }
}

/// What is lacking, if that is why a pass failed.
pub(crate) fn lack_of(error: &Error) -> Option<Message> {
    let (kind, source) = match error {
        Error::Apply { kind, source, .. } | Error::Status { kind, source, .. } => (Some(kind), source),
        Error::Order { source, .. } | Error::Read { source, .. } => (None, source),
        _ => return None,
    };
    let named = |what: String| kind.cloned().unwrap_or(what);
    Some(match lack_in(&error.to_string(), source)? {
        Message::DefinitionMissing { what } => Message::DefinitionMissing { what: named(what) },
        Message::DefinitionOld { what } => Message::DefinitionOld { what: named(what) },
        lack => lack,
    })
}

/// What is lacking, if that is what the API server's answer means.
pub(crate) fn lack_in(what: &str, error: &kube::Error) -> Option<Message> {
    match error {
        kube::Error::Api(status) => by_code(what, status.code, &status.message),
        kube::Error::HyperError(_) | kube::Error::Service(_) => {
            Some(Message::ClusterAway { error: api_error(error) })
        }
        _ => None,
    }
}

/// Why a watch of a kind does not come about.
pub(super) fn lack_of_watch(kind: &str, error: &watcher::Error) -> Option<Message> {
    let lack = match error {
        watcher::Error::InitialListFailed(source)
        | watcher::Error::WatchStartFailed(source)
        | watcher::Error::WatchFailed(source) => match source {
            kube::Error::Api(_) => lack_in(kind, source),
            _ => Some(Message::ClusterAway { error: chain(error) }),
        },
        watcher::Error::WatchError(status) => by_code(kind, status.code, &status.message),
        watcher::Error::NoResourceVersion => None,
    };
    lack.map(|lack| match lack {
        Message::RightMissing { what, error } => {
            Message::RightMissing { what: format!("list, watch {what}"), error }
        }
        lack => lack,
    })
}

fn by_code(what: &str, code: u16, said: &str) -> Option<Message> {
    // A policy or a quota forbids too, and that is no matter of rights: only the authorizer speaks of users.
    let no_right = code == 403 && said.contains("User ") && said.contains(" cannot ");
    match code {
        401 | 403 if code == 401 || no_right => {
            Some(Message::RightMissing { what: what.to_owned(), error: said.to_owned() })
        }
        // No object is missing where a kind is asked for: the API server says this of paths that it does not have.
        404 if said.contains("could not find the requested resource") || said.contains("page not found") => {
            Some(Message::DefinitionMissing { what: what.to_owned() })
        }
        // Server-side apply refuses what a definition does not declare; other writes drop it.
        500 if said.contains("field not declared in schema") => {
            Some(Message::DefinitionOld { what: what.to_owned() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORBIDDEN: &str =
        "namespaces is forbidden: User \"a\" cannot list resource \"namespaces\" at the cluster scope";

    fn api(code: u16, said: &str) -> kube::Error {
        kube::Error::Api(kube::core::Status::failure(said, "Why").with_code(code).boxed())
    }

    fn codes(lacks: &Lacks) -> Vec<(String, u16)> {
        lacks.all().into_iter().map(|(what, lack)| (what, lack.code())).collect()
    }

    #[test]
    fn a_missing_right_and_a_missing_kind_are_told_from_what_is_no_lack() {
        let code = |status, said| lack_in("x", &api(status, said)).map(|lack| lack.code());
        assert_eq!(code(403, FORBIDDEN), Some(2192));
        assert_eq!(code(401, "Unauthorized"), Some(2192));
        assert_eq!(code(403, "pods \"a\" is forbidden: exceeded quota: compute"), None);
        assert_eq!(code(404, "404 page not found"), Some(2193));
        assert_eq!(code(404, "the server could not find the requested resource"), Some(2193));
        assert_eq!(code(404, "namespaces \"a\" not found"), None);
        assert_eq!(code(500, "etcdserver: request timed out"), None);
        let undeclared =
            api(500, "failed to create typed patch object: .status.sets: field not declared in schema");
        let error =
            Error::Status { kind: "DataCenter".into(), name: "a".into(), source: Box::new(undeclared) };
        assert_eq!(lack_of(&error), Some(Message::DefinitionOld { what: "DataCenter".into() }));
        let watch = watcher::Error::InitialListFailed(api(403, FORBIDDEN));
        let said = lack_of_watch("Namespace", &watch).unwrap().to_string();
        assert!(said.starts_with("ZY-2192 本集群不允许 list, watch Namespace:"), "{said}");
    }

    #[test]
    fn what_is_lacking_changes_once_when_it_begins_and_once_when_it_is_over() {
        let lacks = Lacks::default();
        let changes = lacks.changes();
        let lack = |error: &str| Message::RightMissing { what: "x".into(), error: error.into() };
        lacks.note("watch Node", None);
        lacks.note("watch Node", Some(lack("one")));
        lacks.note("watch Node", Some(lack("other words")));
        assert_eq!((*changes.borrow(), codes(&lacks)), (1, vec![("watch Node".into(), 2192)]));
        lacks.note("watch Node", None);
        lacks.note("watch Node", None);
        assert_eq!((*changes.borrow(), codes(&lacks)), (2, vec![]));
    }

    #[test]
    fn many_passes_that_lack_one_right_are_one_lack_until_the_last_has_it() {
        let lacks = Lacks::default();
        let error = |name: &str| Error::Apply {
            kind: "Namespace".into(),
            name: name.into(),
            source: Box::new(api(403, FORBIDDEN)),
        };
        let key = |name: &str| (String::new(), name.to_owned());
        for name in ["a", "b"] {
            lacks.note_pass("set", &key(name), Some(&error(name)));
        }
        assert_eq!(codes(&lacks), [("apply Namespace".to_owned(), 2192)]);
        lacks.note_pass("set", &key("a"), None);
        assert_eq!(codes(&lacks).len(), 1);
        lacks.note_pass("set", &key("b"), None);
        assert_eq!(codes(&lacks), []);
    }
}
