//! What the site says to the hub: the term it heard, what it made of every set, and what stands there. Sent when it says something
//! else than what the hub has, whoever made the hub have it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crds::labels::{ADOPT, DISPLAY_NAME, SYSTEM, WORKSPACE, WORKSPACE_UID, ZONE};
use crds::{
    AppliedBundleStatus, Message, NamespaceFact, Order, ReportedSet, SetPhase, SiteBundleSpec, SiteFacts,
    SiteReport, SiteReportStatus, TokenIssuer,
};
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use plan::bundle::{TERM_SET, text};
use plan::conditions::{READY, find};
use plan::isolation::stage::{annotation, stage_of};
use plan::names::site_namespace;
use plan::report::{SHARD_BYTES, shard_name, shards};
use plan::usage::capacity;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::context::Context;
use super::{lending, memory, usage};
use crate::runtime::cache::key_of;
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// How long changes are gathered into one report.
const GATHER: Duration = Duration::from_millis(50);
/// Longest time that a report waits for passes that are still running.
const LONGEST_GATHER: Duration = Duration::from_secs(1);
/// Longest message in a report, in characters; the schema takes 2,048.
const MESSAGE: usize = 1024;

/// Whether a report waits for passes that are still running.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    since: Option<Instant>,
    settled_once: bool,
}

/// Something that the report says may have changed.
pub(super) fn touch(context: &Context) {
    context.reports.add_after((String::new(), "report".to_owned()), GATHER);
}

/// One pass: say what is true now, unless the hub has it already.
pub(super) async fn pass(context: Arc<Context>) -> Result<Pass, Error> {
    let mut gathering = context.gathering.lock().await;
    let since = *gathering.since.get_or_insert_with(Instant::now);
    // While passes are running the truth is about to change; at the start none of it is known.
    if !context.sets.is_idle() && (!gathering.settled_once || since.elapsed() < LONGEST_GATHER) {
        return Ok(Pass { outcome: Outcome::Skipped, again: Some(GATHER) });
    }
    *gathering = Gathering { since: None, settled_once: true };
    // The report is that of the cluster which the hub follows.
    if super::cluster::may_speak(&context) != Some(true) {
        return Ok(Outcome::Skipped.into());
    }
    let hub = site_namespace(&context.site);
    let before: BTreeMap<String, Arc<SiteReport>> = context.said.in_namespace(&hub).into_iter().collect();
    let placed = before.values().flat_map(|said| {
        let sets = said.status.iter().flat_map(|status| &status.sets);
        sets.map(|set| (set.set.clone(), said.spec.shard))
    });
    let cut = shards(&head(&context), sets(&context), &placed.collect(), SHARD_BYTES);
    let mut missing = None;
    // The last first: a set that has moved to a later shard is always to be found in one of them.
    for (shard, status) in (0..).zip(&cut).collect::<Vec<(u32, _)>>().into_iter().rev() {
        match before.get(&shard_name(shard)) {
            Some(said) if said.status.as_ref() == Some(status) => {}
            Some(_) => send(&context, &hub, shard, status).await?,
            // The hub makes it when the first shard says that it is needed, and that is an event.
            None => missing = Some(shard),
        }
    }
    // What was said in shards that are no longer needed is said no more.
    let surplus = before.values().filter(|said| said.spec.shard as usize >= cut.len());
    for said in surplus.filter(|said| said.status.as_ref().is_some_and(|status| !status.sets.is_empty())) {
        let nothing = SiteReportStatus { shards: 1, ..SiteReportStatus::default() };
        send(&context, &hub, said.spec.shard, &nothing).await?;
    }
    Ok(match missing {
        Some(shard) => Pass::waiting(shard_name(shard)),
        None => Outcome::Applied.into(),
    })
}

/// Replaces a shard whole. Not by apply, which refuses what an older hub's schema does not know; this drops it.
async fn send(context: &Context, hub: &str, shard: u32, status: &SiteReportStatus) -> Result<(), Error> {
    let name = shard_name(shard);
    let failed =
        |source| Error::Status { kind: "SiteReport".into(), name: name.clone(), source: Box::new(source) };
    let patch = serde_json::from_value(json!([{"op": "add", "path": "/status", "value": status}]))
        .map_err(|source| Error::Convert { what: "a report".into(), source })?;
    let api: Api<SiteReport> = Api::namespaced(context.hub.clone(), hub);
    let parameters = PatchParams { field_manager: Some("zhengyun-site".into()), ..PatchParams::default() };
    let written = api.patch_status(&name, &parameters, &Patch::Json::<()>(patch)).await;
    let mut written = written.map_err(failed)?;
    context.metrics.wrote("SiteReport");
    written.managed_fields_mut().clear();
    context.said.put(key_of(&written), written);
    Ok(())
}

fn head(context: &Context) -> SiteReportStatus {
    let nodes = context.nodes.all();
    let ready = nodes.iter().filter(|(_, node)| node.ready).count();
    SiteReportStatus {
        epoch: context.epoch.get(),
        term: memory::newest_term(context),
        facts: SiteFacts {
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
            kubernetes_version: context.version.clone(),
            ready_nodes: u32::try_from(ready).unwrap_or(u32::MAX),
            namespaces: u32::try_from(context.objects.our_namespaces().len()).unwrap_or(u32::MAX),
            capacity: capacity(
                nodes.iter().filter(|(_, node)| node.ready).map(|(_, node)| &node.allocatable),
            ),
            observing: context.observes,
            foreign_namespaces: context
                .observes
                .then(|| u32::try_from(context.objects.foreign_namespaces()).unwrap_or(u32::MAX)),
        },
        issuer: context.issuer.get().or_else(|| told_issuer(context)),
        ..SiteReportStatus::default()
    }
}

/// What the hub has of the issuer: it stands until something else was read, so that a restart says nothing.
fn told_issuer(context: &Context) -> Option<TokenIssuer> {
    let told = context.said.get(&site_namespace(&context.site), &shard_name(0))?;
    told.status.as_ref()?.issuer.clone()
}

fn sets(context: &Context) -> Vec<ReportedSet> {
    let verdicts = context.verdicts.all();
    let mut standing: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
    for (name, namespace) in context.objects.our_namespaces() {
        if let Some(set) = namespace.set.as_deref() {
            standing.entry(set.to_owned()).or_default().push((name, namespace.value()));
        }
    }
    let all: BTreeSet<String> = memory::sets(context)
        .into_iter()
        .chain(verdicts.keys().cloned())
        .chain(standing.keys().cloned())
        .filter(|set| set != TERM_SET || verdicts.contains_key(set))
        .collect();
    all.into_iter()
        .map(|set| {
            let held = memory::first(context, &set);
            let status = held.as_ref().and_then(|held| held.status.clone()).unwrap_or_default();
            let waiting = find(&status.conditions, READY).filter(|ready| ready.status != "True");
            let (phase, message) = match (verdicts.get(&set), &held) {
                (Some((phase, said)), _) => (*phase, said.to_string()),
                (None, None) => (SetPhase::Forgotten, Message::SetForgotten { set: set.clone() }.to_string()),
                (None, Some(held)) => {
                    let message = waiting.map(|ready| ready.message.clone()).unwrap_or_default();
                    (own_phase(&status, &held.spec.accepted.order), message)
                }
            };
            let accepted = held.as_ref().map(|held| &held.spec.accepted);
            let namespaces = standing.remove(&set).unwrap_or_default();
            let forgotten = held.is_none() && !namespaces.is_empty();
            let names = namespaces.iter().map(|(name, _)| name);
            let counted = if forgotten {
                Some(lending::unremembered(context, names))
            } else {
                context.counted.of(&set)
            };
            let shares = accepted.and_then(|accepted| accepted.allotment.as_ref());
            let namespaces = namespaces.iter().map(|(name, live)| fact(name, live, accepted, &status));
            ReportedSet {
                namespaces: namespaces.collect(),
                phase,
                revision: accepted.map_or(0, |accepted| accepted.order.revision),
                accepted: accepted.map(|accepted| accepted.order.digest.clone()).unwrap_or_default(),
                applied: status.applied.map(|order| order.digest).unwrap_or_default(),
                message: message.chars().take(MESSAGE).collect(),
                used: usage::of(context, &set),
                lot: shares.and_then(|shares| shares.lot.clone()),
                counted,
                tombstones: status.tombstones,
                set,
            }
        })
        .collect()
}

/// How far the remembered order is, by what the memory says of it.
pub(super) fn own_phase(status: &AppliedBundleStatus, order: &Order) -> SetPhase {
    let current = status.applied.as_ref().is_some_and(|applied| applied.digest == order.digest);
    match status.phase {
        Some(SetPhase::Applied) if current => SetPhase::Applied,
        Some(phase @ (SetPhase::Blocked | SetPhase::Contested)) => phase,
        _ => SetPhase::Accepted,
    }
}

/// A namespace as it stands.
fn fact(
    name: &str,
    live: &Value,
    accepted: Option<&SiteBundleSpec>,
    status: &AppliedBundleStatus,
) -> NamespaceFact {
    let label = |kind: &str, key: &str| {
        text(live, &format!("/metadata/{kind}/{}", key.replace('/', "~1"))).chars().take(63).collect()
    };
    // The first shard has the whole allotment.
    let shares = accepted.and_then(|accepted| accepted.allotment.as_ref()).map(|shares| &shares.namespaces);
    let share = shares.into_iter().flatten().find(|share| share.namespace == name);
    let drift = status.drift.iter().find(|drift| drift.namespace == name);
    NamespaceFact {
        name: name.to_owned(),
        uid: text(live, "/metadata/uid").to_owned(),
        workspace: label("labels", WORKSPACE),
        workspace_uid: label("labels", WORKSPACE_UID),
        system: label("labels", SYSTEM),
        zone: label("labels", ZONE),
        display_name: label("annotations", DISPLAY_NAME),
        share: share.map(|share| share.share.clone()),
        drift: drift.map(|drift| drift.message.clone()).unwrap_or_default(),
        enforcement: (!annotation(live, ADOPT).is_empty()).then(|| stage_of(live)),
    }
}
