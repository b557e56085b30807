//! The agent's memory: the order that it accepted, written before it acts (DESIGN section 6).
//!
//! The first shard stands under the set's name and is written last: it names digest and count of the others, which carry the
//! digest in their names, so an interrupted write leaves the old order whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use crds::labels::SYSTEM_NAMESPACE;
use crds::{
    AppliedBundle, AppliedBundleSpec, AppliedBundleStatus, Order, RecordHead, SiteBundleSpec, SiteLedger,
    Term,
};
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, PostParams};
use plan::bundle::{Content, TERM_SET, shard_name};

use super::context::Context;
use crate::runtime::cache::key_of;
use crate::runtime::error::Error;

/// What the agent remembers of a set.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    /// The object that holds the first shard and the status.
    pub object: Arc<AppliedBundle>,
    /// The accepted order.
    pub order: Order,
    /// Its content, nothing when a shard is missing.
    pub content: Option<Content>,
}

/// The first shard of what is remembered of a set: order, allotment and status, without putting its content together.
pub(super) fn first(context: &Context, set: &str) -> Option<Arc<AppliedBundle>> {
    context.memory.get(SYSTEM_NAMESPACE, set)
}

/// The order that is remembered of a set.
pub(super) fn order(context: &Context, set: &str) -> Option<Order> {
    first(context, set).map(|object| object.spec.accepted.order.clone())
}

/// Whether all shards of the remembered order are there.
pub(super) fn is_whole(context: &Context, set: &str) -> bool {
    first(context, set)
        .is_some_and(|object| rest(context, &object).len() + 1 == object.spec.accepted.shard.count as usize)
}

fn rest(context: &Context, first: &AppliedBundle) -> Vec<Arc<AppliedBundle>> {
    let SiteBundleSpec { set, order, shard, .. } = &first.spec.accepted;
    let names = (1..shard.count).map(|index| shard_name(set, &order.digest, index));
    names.filter_map(|name| context.memory.get(SYSTEM_NAMESPACE, &name)).collect()
}

/// Reads the memory of a set.
pub(super) fn recall(context: &Context, set: &str) -> Option<Remembered> {
    let object = first(context, set)?;
    let rest = rest(context, &object);
    let shards: Vec<&SiteBundleSpec> =
        std::iter::once(&object).chain(&rest).map(|shard| &shard.spec.accepted).collect();
    let content = Content::assemble(&shards).ok();
    Some(Remembered { order: object.spec.accepted.order.clone(), object, content })
}

/// All sets that the agent remembers.
pub(super) fn sets(context: &Context) -> BTreeSet<String> {
    let all = context.memory.in_namespace(SYSTEM_NAMESPACE).into_iter();
    all.filter(|(_, object)| object.spec.accepted.shard.index == 0).map(|(name, _)| name).collect()
}

/// The newest term of the hub that this site follows, in the set that tells it or in any order. Terms of another hub count
/// nothing: it counted by itself.
pub(super) fn newest_term(context: &Context) -> Option<Term> {
    let epoch = context.epoch.get();
    let all = context.memory.in_namespace(SYSTEM_NAMESPACE);
    let orders = || {
        let orders = all.iter().map(|(name, object)| (name, &object.spec.accepted.order));
        orders.filter(|(_, order)| order.epoch == epoch)
    };
    let told = orders().find(|(name, _)| *name == TERM_SET).map(|(_, order)| order.term.clone());
    let newest = orders().map(|(_, order)| &order.term).max_by_key(|term| term.number).cloned();
    match (told, newest) {
        // Of two terms with one number the one that was told as a term counts.
        (Some(told), Some(order)) => Some(if order.number > told.number { order } else { told }),
        (told, order) => told.or(order),
    }
}

/// The last end of the hub's chain of records that came with an order of the hub which this site follows.
pub(super) fn records(context: &Context) -> Option<RecordHead> {
    let epoch = context.epoch.get();
    let all = context.memory.in_namespace(SYSTEM_NAMESPACE).into_iter();
    let ours = all.filter(|(_, object)| object.spec.accepted.order.epoch == epoch);
    ours.filter_map(|(_, object)| object.spec.accepted.records.clone()).max()
}

/// Remembers an order, first shard last, and with it what is lent of its allotment.
pub(super) async fn remember(
    context: &Context,
    set: &str,
    shards: &[&SiteBundleSpec],
    ledger: Option<SiteLedger>,
) -> Result<(), Error> {
    let mut keep = BTreeSet::new();
    let mut ordered = shards.to_vec();
    ordered.sort_by_key(|shard| std::cmp::Reverse(shard.shard.index));
    for shard in ordered {
        let name = shard_name(set, &shard.order.digest, shard.shard.index);
        let ledger = ledger.clone().filter(|_| shard.shard.index == 0);
        write(context, &name, AppliedBundleSpec { accepted: (*shard).clone(), ledger }).await?;
        keep.insert(name);
    }
    let stale: Vec<String> = context
        .memory
        .in_namespace(SYSTEM_NAMESPACE)
        .into_iter()
        .filter(|(name, object)| object.spec.accepted.set == set && !keep.contains(name))
        .map(|(name, _)| name)
        .collect();
    for name in stale {
        let failed = |source| Error::Order {
            namespace: SYSTEM_NAMESPACE.into(),
            name: name.clone(),
            source: Box::new(source),
        };
        api(context).delete(&name, &DeleteParams::default()).await.map_err(failed)?;
    }
    Ok(())
}

fn api(context: &Context) -> Api<AppliedBundle> {
    Api::namespaced(context.local.clone(), SYSTEM_NAMESPACE)
}

/// Writes what is lent, upon what was read of the memory: of two agents at a time one fails.
pub(super) async fn note_lent(
    context: &Context,
    set: &str,
    object: &AppliedBundle,
    ledger: SiteLedger,
) -> Result<(), Error> {
    let spec = AppliedBundleSpec { accepted: object.spec.accepted.clone(), ledger: Some(ledger) };
    write(context, set, spec).await
}

async fn write(context: &Context, name: &str, spec: AppliedBundleSpec) -> Result<(), Error> {
    let known = context.memory.get(SYSTEM_NAMESPACE, name);
    if known.as_ref().is_some_and(|known| known.spec == spec) {
        return Ok(());
    }
    let mut object = AppliedBundle::new(name, spec);
    object.metadata.namespace = Some(SYSTEM_NAMESPACE.into());
    let written = match known {
        Some(known) => {
            object.metadata.resource_version = known.resource_version();
            api(context).replace(name, &PostParams::default(), &object).await
        }
        None => api(context).create(&PostParams::default(), &object).await,
    };
    let failed = |source| Error::Order {
        namespace: SYSTEM_NAMESPACE.into(),
        name: name.to_owned(),
        source: Box::new(source),
    };
    let mut written = written.map_err(failed)?;
    context.metrics.wrote("AppliedBundle");
    context.lacks.note_stored("AppliedBundle.spec", written.spec == object.spec);
    written.managed_fields_mut().clear();
    context.memory.put(key_of(&written), written);
    Ok(())
}

/// Writes what became of the accepted order.
pub(super) async fn note(context: &Context, set: &str, status: &AppliedBundleStatus) -> Result<(), Error> {
    match context.memory.get(SYSTEM_NAMESPACE, set) {
        Some(object) => context.status.namespaced(&context.memory, &object, status).await,
        None => Ok(()),
    }
}
