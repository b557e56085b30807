//! Lending a department's allotment to its namespaces, recorded in the agent's memory before any quota is written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crds::{Amounts, AppliedBundle, SiteLedger};
use plan::bundle::Content;
use plan::isolation::stage::is_lifted;
use plan::lending::{Facts, Lent, Live, lend};
use plan::measured::Measured;
use plan::quota::QUOTA_NAME;
use serde_json::json;

use super::context::Context;
use super::memory;
use crate::runtime::error::Error;

/// The most that each department's quotas may let be used, while that is more than its allotment.
#[derive(Debug, Default)]
pub(super) struct Counted(Mutex<BTreeMap<String, Amounts>>);

impl Counted {
    fn set(&self, set: &str, counted: Option<Amounts>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counted {
            Some(counted) => all.insert(set.to_owned(), counted),
            None => all.remove(set),
        };
    }

    /// What is said of a set.
    pub(super) fn of(&self, set: &str) -> Option<Amounts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(set).cloned()
    }
}

/// What a namespace's quota is now.
pub(super) fn live(context: &Context, namespace: &str) -> Option<Live> {
    let quota = json!({
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": QUOTA_NAME, "namespace": namespace}
    });
    // One that was lifted limits nothing: as without any, all that was ever lent counts.
    let live = context.objects.get(&quota)?.value();
    (!is_lifted(&live)).then(|| Live::of(&live))
}

/// What comes of an order's shares upon what was lent before.
pub(super) fn decide(context: &Context, before: &SiteLedger, content: &Content) -> Option<Lent> {
    let shares = content.shares()?;
    let named = shares.namespaces.iter().map(|share| share.namespace.clone());
    let all: BTreeSet<String> =
        named.chain(before.holders.iter().map(|holder| holder.name.clone())).collect();
    let quotas =
        all.into_iter().filter_map(|namespace| Some((namespace.clone(), live(context, &namespace)?)));
    let quotas = quotas.collect();
    let stands = |namespace: &str| context.objects.namespace(namespace).is_some();
    Some(lend(before, Facts { shares: &shares, quotas: &quotas, stands: &stands }))
}

/// Lends what a remembered order allots, and records it where it is new.
pub(super) async fn record(
    context: &Context,
    set: &str,
    object: &AppliedBundle,
    content: &Content,
) -> Result<Option<Lent>, Error> {
    let before = object.spec.ledger.clone().unwrap_or_default();
    let lent = decide(context, &before, content);
    if let Some(lent) = lent.as_ref().filter(|lent| lent.ledger != before) {
        memory::note_lent(context, set, object, lent.ledger.clone()).await?;
    }
    context.counted.set(set, lent.as_ref().and_then(|lent| lent.counted.clone()));
    Ok(lent)
}

/// The most that can be charged in namespaces of which nothing is remembered.
pub(super) fn unremembered<'a>(context: &Context, namespaces: impl Iterator<Item = &'a String>) -> Amounts {
    let each = namespaces.filter_map(|namespace| live(context, namespace)).map(|live| live.most);
    Measured::sum(&each.collect::<Vec<_>>()).amounts()
}
