//! Whether a cluster's store went back: restored from a backup, it counts its versions again, and everything that was read before
//! is of a history that is no more. Watches do not tell: they wait silently for versions of the future.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crds::Message;
use kube::api::{Api, ListParams};
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::error::chain;
use super::lacks::lack_in;
use super::log::code_of;

/// Between two looks. A leader of before tells for at most this long, into a store in which its versions mean nothing.
const INTERVAL: Duration = Duration::from_secs(5);

/// The newest version seen of a cluster, and how often its store went back.
#[derive(Debug)]
pub(crate) struct History {
    cluster: &'static str,
    newest: AtomicU64,
    era: watch::Sender<u64>,
    broke: Mutex<Option<Instant>>,
}

impl History {
    /// The history of a cluster, by the name that logs give it.
    pub(crate) fn new(cluster: &'static str) -> Self {
        Self { cluster, newest: AtomicU64::new(0), era: watch::channel(0).0, broke: Mutex::default() }
    }

    /// Takes a version of the store as a whole, as a consistent list or a write returned it. Requests overtake each other, so
    /// only one that was begun after the newest version was known says anything: that version is `since`.
    pub(crate) fn see(&self, version: u64, since: u64) {
        if version != 0 && version < since {
            self.went_back();
        } else {
            self.newest.fetch_max(version, Ordering::SeqCst);
        }
    }

    /// Takes the version of an object that a watch of this era brought: the store as a whole is at least there.
    pub(crate) fn saw(&self, version: u64, era: u64) {
        if era == *self.era.borrow() {
            self.newest.fetch_max(version, Ordering::SeqCst);
        }
    }

    /// The newest version that is known now, to be compared with what is read later.
    pub(crate) fn newest(&self) -> u64 {
        self.newest.load(Ordering::SeqCst)
    }

    /// The store was found to have gone back.
    pub(crate) fn went_back(&self) {
        error!(
            outcome = "restored",
            slice = "store",
            name = self.cluster,
            "the store went back to an earlier state: everything is read anew"
        );
        self.read_anew();
    }

    /// Reads everything anew, as whoever has not looked for a while must.
    pub(crate) fn read_anew(&self) {
        self.newest.store(0, Ordering::SeqCst);
        self.era.send_modify(|era| *era += 1);
    }

    /// A watch or a request found the cluster away: only then can its store have been exchanged.
    pub(crate) fn note_break(&self) {
        *self.broke.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether the cluster was found away within this time.
    pub(crate) fn broke_within(&self, time: Duration) -> bool {
        let broke = *self.broke.lock().unwrap_or_else(PoisonError::into_inner);
        broke.is_some_and(|at| at.elapsed() < time)
    }

    /// Which history this is, to be waited for the next one.
    pub(crate) fn era(&self) -> watch::Receiver<u64> {
        self.era.subscribe()
    }

    /// Looks every few seconds, for ever, by lists of one object of a kind that may be read.
    pub(crate) async fn keep_looking<K>(&self, api: Api<K>)
    where
        K: kube::Resource + Clone + Debug + DeserializeOwned,
    {
        let one = ListParams::default().limit(1);
        let mut tick = tokio::time::interval(INTERVAL);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            tick.tick().await;
            let since = self.newest();
            match api.list_metadata(&one).await {
                Ok(list) => {
                    let version = list.metadata.resource_version.as_deref().and_then(|v| v.parse().ok());
                    self.see(version.unwrap_or(0), since);
                    if std::mem::take(&mut failing) {
                        info!(
                            outcome = "found",
                            slice = "store",
                            name = self.cluster,
                            "it can be looked at again"
                        );
                    }
                }
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        let said = lack_in(self.cluster, &error)
                            .unwrap_or(Message::PassFailed { error: String::new() });
                        let cause = chain(&error);
                        warn!(
                            outcome = "failed",
                            slice = "store",
                            name = self.cluster,
                            code = code_of(&said),
                            cause,
                            "cannot look at the store"
                        );
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_was_overtaken_is_no_other_history_and_a_lower_version_asked_for_later_is() {
        let history = History::new("test");
        let era = history.era();
        history.see(10, history.newest());
        let asked_at = history.newest();
        history.see(30, history.newest());
        history.see(20, asked_at);
        assert!(!era.has_changed().unwrap());
        history.see(29, history.newest());
        assert!(era.has_changed().unwrap());
        history.see(12, history.newest());
        assert_eq!(history.newest(), 12);
        history.saw(99, 0);
        assert_eq!(history.newest(), 12, "an event of the era before says nothing");
        history.saw(13, 1);
        assert_eq!(history.newest(), 13);
    }
}
