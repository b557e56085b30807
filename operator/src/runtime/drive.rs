//! Passes: bounded, one at a time per key, each with an outcome that is counted, failed ones tried again later and later.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{FuturesUnordered, StreamExt};
use plan::names::site_of;
use tracing::{Level, event};

use super::cache::Key;
use super::clock::Clock;
use super::error::Error;
use super::lacks::Lacks;
use super::metrics::{Metrics, PassLabels, SliceLabel};
use super::outcome::{Line, Loud, Said, line};
use super::queue::Queue;
use super::trigger::{self, Wrote};

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
    lacks: Arc<Lacks>,
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
    let mut known = Known::default();
    let mut jumps = Clock::system().jumps();
    loop {
        tokio::select! {
            () = jumps.next() => queue.hurry(),
            (key, trigger) = queue.next(), if running.len() < concurrency => {
                let one = trigger::watched(slice, key.clone(), pass(key.clone()));
                let metrics = Arc::clone(&metrics);
                running.push(async move {
                    let mut record = Record { slice, metrics: &metrics, begun: Instant::now(), outcome: "abandoned" };
                    let (ended, wrote) = one.await;
                    record.outcome = name_of(&ended);
                    let took = record.begun.elapsed();
                    drop(record);
                    Ended { key, trigger, took, result: ended, wrote }
                });
            }
            Some(ended) = running.next() => {
                queue.done(&ended.key);
                settle(slice, &queue, &lacks, &mut known, ended);
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

/// The state of one slice's keys between passes.
#[derive(Default)]
struct Known {
    /// How often each failed in a row.
    failures: HashMap<Key, u32>,
    /// What was said last of those that wait or fail.
    said: HashMap<Key, Said>,
}

/// A pass that has ended.
struct Ended {
    key: Key,
    trigger: String,
    took: Duration,
    result: Result<Pass, Error>,
    wrote: Wrote,
}

fn settle(slice: &'static str, queue: &Queue, lacks: &Lacks, known: &mut Known, pass: Ended) {
    let Ended { key, trigger, took, result, wrote } = pass;
    let line = line(known.said.get(&key), &result, &wrote);
    say(slice, &key, &trigger, took, &wrote, &line);
    match line.said {
        Some(said) => drop(known.said.insert(key.clone(), said)),
        None => drop(known.said.remove(&key)),
    }
    lacks.note_pass(slice, &key, result.as_ref().err());
    let Ok(Pass { outcome, again }) = result else {
        let count = known.failures.entry(key.clone()).or_default();
        *count = (*count + 1).min(16);
        let wait = LONGEST_WAIT.min(FIRST_WAIT * 2_u32.pow(*count - 1));
        return queue.add_later(key, wait, "retry".into());
    };
    known.failures.remove(&key);
    if let Some(again) = again {
        // One that has not looked yet comes again for the same reason.
        let trigger = if outcome == Outcome::Skipped { trigger } else { "time".into() };
        queue.add_later(key, again, trigger);
    }
}

fn say(slice: &'static str, key: &Key, trigger: &str, took: Duration, wrote: &Wrote, line: &Line) {
    let Line { loud, outcome, cause, code, said: _ } = line;
    let namespace = Some(key.0.as_str()).filter(|namespace| !namespace.is_empty());
    let name = key.1.as_str();
    let site = site_of(&key.0).map(|site| site.to_string());
    let site = site.or_else(|| (slice == "data_center").then(|| name.to_owned()));
    let wrote: Vec<String> = wrote.iter().map(|(kind, count)| format!("{kind}\u{d7}{count}")).collect();
    let wrote = Some(wrote.join(", ")).filter(|wrote| !wrote.is_empty());
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    macro_rules! at {
        ($level:expr) => {
            // The process of a site has its own site in every line.
            match site {
                Some(site) => event!(
                    $level,
                    outcome,
                    slice,
                    site,
                    namespace,
                    name,
                    trigger,
                    cause,
                    code,
                    wrote,
                    duration_ms,
                    "pass"
                ),
                None => event!(
                    $level,
                    outcome,
                    slice,
                    namespace,
                    name,
                    trigger,
                    cause,
                    code,
                    wrote,
                    duration_ms,
                    "pass"
                ),
            }
        };
    }
    match loud {
        Loud::Debug => at!(Level::DEBUG),
        Loud::Info => at!(Level::INFO),
        Loud::Warn => at!(Level::WARN),
    }
}
