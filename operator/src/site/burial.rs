//! Deletions by order: the very uid, never what an order wants, and few at a time.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crds::{Message, Order, SiteBundle, Tombstone, TombstoneOutcome, TombstoneState};
use kube::Api;
use plan::bundle::{Content, text};
use plan::names::site_namespace;
use plan::site::{Burial, Grave, MAX_TOMBSTONES, bury};
use tokio::time::Instant;
use tracing::warn;

use super::context::Context;
use super::enforce::LOOK_AGAIN;
use crate::runtime::error::{Error, api_error, is_refusal};

/// In this time at most [`MAX_TOMBSTONES`] namespaces are deleted on a site, whatever the orders of all sets ask for: a mistake
/// made at the hub is seen before it has gone everywhere.
const WINDOW: Duration = Duration::from_mins(10);

/// When namespaces were deleted lately.
#[derive(Debug, Default)]
pub(super) struct Burials(Mutex<Vec<Instant>>);

impl Burials {
    /// Whether one more may be deleted now, or how long to wait for that.
    fn room(&self) -> Result<(), Duration> {
        let mut done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        done.retain(|at| at.elapsed() < WINDOW);
        match done.first() {
            Some(first) if done.len() >= MAX_TOMBSTONES => Err(WINDOW.saturating_sub(first.elapsed())),
            _ => Ok(()),
        }
    }

    /// One was deleted.
    fn note(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
    }
}

/// What became of the tombstones of an order.
#[derive(Debug, Default)]
pub(super) struct Buried {
    pub outcomes: Vec<TombstoneOutcome>,
    /// When to look again though nothing changed.
    pub again: Option<Duration>,
}

/// Carries out the deletions that an order asks for.
pub(super) async fn bury_all(context: &Context, content: &Content, order: &Order) -> Result<Buried, Error> {
    let mut buried = Buried::default();
    for tombstone in &content.tombstones {
        let live = context.objects.namespace(&tombstone.name);
        let value = live.as_ref().map(|live| live.value());
        let grave = live.as_ref().zip(value.as_ref()).map(|(live, value)| Grave {
            uid: &live.uid,
            set: if live.ours { live.set.as_deref().unwrap_or_default() } else { "" },
            terminating: !text(value, "/metadata/deletionTimestamp").is_empty(),
        });
        let (state, said) = match bury(tombstone, content, grave) {
            Burial::Done(said) => (TombstoneState::Done, said),
            Burial::Refuse(said) => (TombstoneState::Refused, Some(said)),
            Burial::Wait(said) => (TombstoneState::Waiting, Some(said)),
            Burial::Delete => (
                TombstoneState::Waiting,
                Some(delete(context, tombstone, (&content.set, order), &mut buried).await?),
            ),
        };
        let message = said.map(|said| said.to_string()).unwrap_or_default();
        buried.outcomes.push(TombstoneOutcome { uid: tombstone.uid.clone(), state, message });
    }
    Ok(buried)
}

/// Whether the hub says the same order at this moment. A watch that goes on after a cut brings orders that were replaced meanwhile,
/// one after the other, and all else in them can be put right again.
async fn still_told(context: &Context, set: &str, digest: &str) -> bool {
    let bundles: Api<SiteBundle> = Api::namespaced(context.hub.clone(), &site_namespace(&context.site));
    bundles.get(set).await.is_ok_and(|told| told.spec.order.digest == digest)
}

async fn delete(
    context: &Context,
    tombstone: &Tombstone,
    (set, order): (&str, &Order),
    buried: &mut Buried,
) -> Result<Message, Error> {
    let (namespace, minutes) = (tombstone.name.clone(), (WINDOW.as_secs() / 60).to_string());
    let soon = Some(buried.again.map_or(LOOK_AGAIN, |known| known.min(LOOK_AGAIN)));
    if !still_told(context, set, &order.digest).await {
        buried.again = soon;
        return Ok(Message::TombstoneUnconfirmed { namespace });
    }
    if let Err(wait) = context.burials.room() {
        buried.again = Some(buried.again.map_or(wait, |known| known.min(wait)));
        return Ok(Message::TombstoneCapped { namespace, limit: MAX_TOMBSTONES.to_string(), minutes });
    }
    let (uid, cause) = (tombstone.uid.as_str(), tombstone.reason.as_str());
    warn!(
        outcome = "deleting",
        slice = "set",
        kind = "Namespace",
        name = namespace.as_str(),
        uid,
        cause,
        "deleted by order"
    );
    match context.objects.delete_namespace(&tombstone.name, &tombstone.uid, &tombstone.reason).await {
        Ok(()) => {
            context.burials.note();
            Ok(Message::TombstoneRunning { namespace })
        }
        // It holds up itself and neither its set nor other deletions.
        Err(Error::Apply { source, .. }) if is_refusal(&source) => {
            buried.again = soon;
            Ok(Message::TombstoneHindered { namespace, error: api_error(&source) })
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn five_namespaces_are_deleted_within_ten_minutes_and_the_sixth_waits() {
        let burials = Burials::default();
        for _ in 0..MAX_TOMBSTONES {
            assert_eq!(burials.room(), Ok(()));
            burials.note();
        }
        tokio::time::advance(Duration::from_mins(4)).await;
        assert_eq!(burials.room(), Err(Duration::from_mins(6)));
        tokio::time::advance(Duration::from_mins(6)).await;
        assert_eq!(burials.room(), Ok(()));
    }
}
