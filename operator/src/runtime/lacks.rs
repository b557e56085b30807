//! What this process lacks on its own cluster: rights, kinds, a port, the join file. Each is told once when it begins and once when
//! it is over, is an Event on the pod, makes the process not ready, and ends nothing: the process goes on trying.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crds::Message;
use kube::runtime::watcher;
use tokio::sync::watch;
use tracing::{info, warn};

use super::apply::name_of;
use super::cache::Key;
use super::error::{Error, api_error, chain};
use super::log::code_of;

/// What is lacking, by what it is needed for.
#[derive(Debug)]
pub(crate) struct Lacks {
    now: Mutex<BTreeMap<String, Message>>,
    changed: watch::Sender<u64>,
}

impl Default for Lacks {
    fn default() -> Self {
        Self { now: Mutex::default(), changed: watch::channel(0).0 }
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

    /// Takes how a pass ended: it may have lacked a right or a kind.
    pub(super) fn note_pass(&self, slice: &str, key: &Key, failed: Option<&Error>) {
        let what = format!("{slice} {}", name_of(key));
        let lack = failed.and_then(lack_of).filter(|lack| !matches!(lack, Message::ClusterAway { .. }));
        let known = self.now.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&what);
        if known || lack.is_some() {
            self.note(&what, lack);
        }
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

/// What is lacking, if that is why a pass failed.
pub(crate) fn lack_of(error: &Error) -> Option<Message> {
    let what = error.to_string();
    match error {
        Error::Apply { source, .. } | Error::Status { source, .. } | Error::Order { source, .. } | Error::Read { source, .. } => {
            lack_in(&what, source)
        }
        _ => None,
    }
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
    match error {
        watcher::Error::InitialListFailed(source)
        | watcher::Error::WatchStartFailed(source)
        | watcher::Error::WatchFailed(source) => match source {
            kube::Error::Api(_) => lack_in(kind, source),
            _ => Some(Message::ClusterAway { error: chain(error) }),
        },
        watcher::Error::WatchError(status) => by_code(kind, status.code, &status.message),
        watcher::Error::NoResourceVersion => None,
    }
}

fn by_code(what: &str, code: u16, said: &str) -> Option<Message> {
    match code {
        401 | 403 => Some(Message::RightMissing { what: what.to_owned(), error: said.to_owned() }),
        // No object is missing where a kind is asked for: the API server says this of paths that it does not have.
        404 if said.contains("could not find the requested resource") || said.contains("page not found") => {
            Some(Message::DefinitionMissing { what: what.to_owned() })
        }
        _ => None,
    }
}
