//! Passes: bounded, one at a time per key, each with an outcome that is counted, failed ones tried again later and later.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{FuturesUnordered, StreamExt};
use tracing::{debug, info, warn};

use super::cache::Key;
use super::error::{Error, chain};
use super::metrics::{Metrics, PassLabels, SliceLabel};
use super::queue::Queue;

/// How a pass ended that did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything is as it should be.
    Applied,
    /// Something named must happen first.
    Waiting(String),
    /// There is nothing to do.
    Skipped,
}

/// What a pass says at its end, and when it wants to be called again though nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pass {
    /// How it ended.
    pub outcome: Outcome,
    /// When to look again.
    pub again: Option<Duration>,
}

impl From<Outcome> for Pass {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, again: None }
    }
}

impl Pass {
    /// A pass that waits, looked at again when what it waits for changes.
    pub(crate) fn waiting(what: impl fmt::Display) -> Self {
        Outcome::Waiting(what.to_string()).into()
    }
}

/// First wait after a failure; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest wait after a failure: a link that heals is used again within this time.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Counts a pass as abandoned unless it is finished.
struct Record<'a> {
    slice: &'static str,
    metrics: &'a Metrics,
    begun: Instant,
    outcome: &'static str,
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        self.metrics.passes.get_or_create(&PassLabels { slice: self.slice, outcome: self.outcome }).inc();
        self.metrics
            .pass_seconds
            .get_or_create(&SliceLabel { slice: self.slice })
            .observe(self.begun.elapsed().as_secs_f64());
    }
}

/// Runs passes for ever. Dropping the future abandons the running ones: nothing is spawned.
pub(crate) async fn drive<F, Fut>(
    slice: &'static str,
    queue: Arc<Queue>,
    concurrency: usize,
    metrics: Arc<Metrics>,
    pass: F,
) where
    F: Fn(Key) -> Fut,
    Fut: Future<Output = Result<Pass, Error>>,
{
    // Told from the beginning: a rate of something that appears with its first failure misses that one.
    for outcome in OUTCOMES {
        drop(metrics.passes.get_or_create(&PassLabels { slice, outcome }));
    }
    let mut running = FuturesUnordered::new();
    let mut failures: HashMap<Key, u32> = HashMap::new();
    loop {
        tokio::select! {
            key = queue.next(), if running.len() < concurrency => {
                let one = pass(key.clone());
                let metrics = Arc::clone(&metrics);
                running.push(async move {
                    let mut record = Record { slice, metrics: &metrics, begun: Instant::now(), outcome: "abandoned" };
                    let ended = one.await;
                    record.outcome = name_of(&ended);
                    drop(record);
                    (key, ended)
                });
            }
            Some((key, ended)) = running.next() => {
                queue.done(&key);
                settle(slice, &queue, &mut failures, key, ended);
            }
        }
    }
}

/// How a pass can end.
const OUTCOMES: [&str; 5] = ["applied", "waiting", "skipped", "failed", "abandoned"];

fn name_of(ended: &Result<Pass, Error>) -> &'static str {
    match ended {
        Ok(Pass { outcome: Outcome::Applied, .. }) => "applied",
        Ok(Pass { outcome: Outcome::Waiting(_), .. }) => "waiting",
        Ok(Pass { outcome: Outcome::Skipped, .. }) => "skipped",
        Err(_) => "failed",
    }
}

fn settle(
    slice: &'static str,
    queue: &Queue,
    failures: &mut HashMap<Key, u32>,
    key: Key,
    ended: Result<Pass, Error>,
) {
    let (namespace, name) = (&key.0, &key.1);
    match ended {
        Ok(Pass { outcome, again }) => {
            failures.remove(&key);
            match &outcome {
                Outcome::Waiting(what) => info!(slice, namespace, name, what, "waiting"),
                outcome => debug!(slice, namespace, name, ?outcome, "done"),
            }
            if let Some(again) = again {
                queue.add_after(key, again);
            }
        }
        Err(error) => {
            let count = failures.entry(key.clone()).or_default();
            *count = (*count + 1).min(16);
            let wait = LONGEST_WAIT.min(FIRST_WAIT * 2_u32.pow(*count - 1));
            if conflicts(&error) {
                // Somebody wrote first; the watch brings what they wrote.
                info!(slice, namespace, name, error = chain(&error), "wrote at the same time as another");
            } else {
                warn!(slice, namespace, name, error = chain(&error), wait_ms = wait.as_millis(), "failed");
            }
            queue.add_after(key, wait);
        }
    }
}

fn conflicts(error: &Error) -> bool {
    if matches!(error, Error::Superseded { .. }) {
        return true;
    }
    let (Error::Apply { source, .. } | Error::Status { source, .. } | Error::Order { source, .. }) = error
    else {
        return false;
    };
    matches!(source.as_ref(), kube::Error::Api(status) if status.code == 409)
}
