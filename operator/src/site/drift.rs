//! What others change of what the agent keeps: put back, told, and left to people when it becomes a fight.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crds::{Drift, Message};
use plan::drift::{Corrections, Verdict};
use plan::site::Wanted;
use tokio::time::Instant;

use super::context::Context;
use crate::runtime::error::Error;
use crate::runtime::log::code_of;

/// Kind, namespace and name.
type Of = (&'static str, String, String);

/// How often each object was put back lately. Not in the memory: an agent that was restarted begins to count anew.
#[derive(Debug)]
pub(super) struct Fights {
    since: Instant,
    corrections: Mutex<BTreeMap<Of, Corrections>>,
}

impl Default for Fights {
    fn default() -> Self {
        Self { since: Instant::now(), corrections: Mutex::default() }
    }
}

fn of(wanted: &Wanted) -> Of {
    let (namespace, name) = wanted.key();
    (wanted.kind.kind, namespace.to_owned(), name.to_owned())
}

impl Fights {
    fn judge(&self, wanted: &Wanted) -> Verdict {
        let corrections = self.corrections.lock().unwrap_or_else(PoisonError::into_inner);
        corrections.get(&of(wanted)).map_or(Verdict::Correct, |known| known.judge(self.since.elapsed()))
    }

    fn note(&self, wanted: &Wanted) {
        let now = self.since.elapsed();
        let mut corrections = self.corrections.lock().unwrap_or_else(PoisonError::into_inner);
        corrections.retain(|_, known| !known.is_past(now));
        corrections.entry(of(wanted)).or_default().note(now);
    }
}

/// What is done about an object that was in force and is not as it was.
pub(super) enum Found {
    /// It is to be put back; this is told.
    Correct(Drift),
    /// It is left alone for a while.
    Leave(Message, Duration),
}

/// Finds out who changed an object, and decides.
pub(super) async fn found(context: &Context, wanted: &Wanted) -> Result<Found, Error> {
    let (namespace, name) = wanted.key();
    let by = context.objects.last_writer(&wanted.object).await?.unwrap_or_else(|| "?".to_owned());
    let (kind, place) = (wanted.kind.kind.to_owned(), if namespace.is_empty() { name } else { namespace });
    let shown = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") };
    Ok(match context.fights.judge(wanted) {
        Verdict::Correct => {
            context.fights.note(wanted);
            context.metrics.drift.inc();
            let said = Message::DriftUndone { kind, name: shown, by };
            let (namespace, name) = wanted.key();
            tracing::warn!(outcome = "drift", slice = "set", kind = wanted.kind.kind, namespace, name, code = code_of(&said), cause = %said, "put back");
            Found::Correct(Drift { namespace: place.to_owned(), message: said.to_string() })
        }
        Verdict::Leave(left) => {
            let minutes = left.as_secs().div_ceil(60).to_string();
            Found::Leave(Message::Contested { kind, name: shown, by, minutes }, left)
        }
    })
}
