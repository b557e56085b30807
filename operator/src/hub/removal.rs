//! Removals: what is taken away from the sites' orders, and what became of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crds::message::join;
use crds::{Message, RecordedAct, Removal, RemovalPlace, RemovalState, RemovalStatus, RemovedPlace};
use kube::ResourceExt;
use plan::bundle::{Content, Taken};
use plan::conditions::{Holds, READY, is_true, set};
use plan::names::{DepartmentName, SiteName, department_namespace, department_of, site_namespace};
use plan::records::Act;
use plan::removal::{InOrder, PlaceFacts, Step, ready, step};
use plan::site::MAX_TOMBSTONES;

use super::context::{Context, Leadership, said};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over a `Removal`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    namespace: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(removal) = context.caches.removals.get(&namespace, &name) else {
        return Ok(Outcome::Skipped.into());
    };
    let Some(department) = department_of(&namespace) else { return Ok(Outcome::Skipped.into()) };

    let decided =
        removal.spec.places.iter().map(|place| decide(&context, &department, &removal, place, None).1);
    let mut status = RemovalStatus {
        places: decided.collect(),
        conditions: removal.status.clone().unwrap_or_default().conditions,
    };
    let (holds, words) = ready(&status.places);
    let now = context.clock.now();
    let known = is_true(&status.conditions, READY, removal.metadata.generation);
    if holds == Holds::True && !known {
        context.records.append(&done(&removal, &words)).await?;
    }
    set(&mut status.conditions, READY, holds, &words, removal.metadata.generation, now);
    context.status.namespaced(&context.caches.removals, &removal, &status).await?;
    Ok(Outcome::Applied.into())
}

/// What is recorded of a removal.
fn done(removal: &Removal, words: &[Message]) -> Act {
    let seconded = removal.spec.approval.as_ref().map(|approval| format!(" / {}", approval.by));
    let places =
        removal.spec.places.iter().map(|place| format!("{} {} {}", place.site, place.namespace, place.uid));
    Act {
        by: format!("{}{}", removal.spec.by, seconded.unwrap_or_default()),
        act: RecordedAct::RemovalDone,
        object: ("Removal", removal.namespace().unwrap_or_default(), removal.name_any()),
        uid: removal.uid().unwrap_or_default(),
        text: format!("{}; {}; {}", join(words), places.collect::<Vec<_>>().join(", "), removal.spec.reason),
    }
}

/// The sites that the removals of a department speak of.
pub(super) fn sites(context: &Context, department: &DepartmentName) -> BTreeSet<String> {
    let removals = context.caches.removals.in_namespace(&department_namespace(department));
    removals.iter().flat_map(|(_, removal)| &removal.spec.places).map(|place| place.site.clone()).collect()
}

/// What the removals of a department take away at one site, where `previous` is what it was told.
pub(super) fn taken(
    context: &Context,
    department: &DepartmentName,
    site: &SiteName,
    previous: Option<&Content>,
) -> Taken {
    let mut taken = Taken::default();
    for (_, removal) in context.caches.removals.in_namespace(&department_namespace(department)) {
        for place in removal.spec.places.iter().filter(|place| place.site == site.as_str()) {
            match decide(context, department, &removal, place, previous).0 {
                Step::LeaveOut => {
                    taken.namespaces.insert(place.namespace.clone());
                }
                // The rest comes when these are done: a site leaves an order with more of them alone whole.
                Step::Delete(tombstone) if taken.tombstones.len() < MAX_TOMBSTONES => {
                    taken.namespaces.insert(place.namespace.clone());
                    taken.tombstones.push(tombstone);
                }
                Step::Nothing | Step::Delete(_) => {}
            }
        }
    }
    taken
}

fn decide(
    context: &Context,
    department: &DepartmentName,
    removal: &Removal,
    place: &RemovalPlace,
    previous: Option<&Content>,
) -> (Step, RemovedPlace) {
    let before = removal.status.iter().flat_map(|status| &status.places).find(|was| was.site == place.site);
    if let Some(before) = before.filter(|was| matches!(was.state, RemovalState::Done | RemovalState::Refused))
    {
        // For good, and without reading anything: they are never deleted and there are ever more of them.
        return (Step::Nothing, before.clone());
    }
    let hub = department_namespace(department);
    let still_wanted = context.caches.workspaces.in_namespace(&hub).iter().any(|(name, workspace)| {
        let assigned = workspace.status.as_ref().and_then(|status| status.namespace.as_deref());
        // One without a namespace yet may come to have this one.
        let this = assigned.map_or(*name == removal.spec.workspace, |assigned| assigned == place.namespace);
        this && workspace.spec.sites.iter().any(|wanted| wanted.site == place.site)
    });
    let at = SiteName::parse(&place.site).map(|site| site_namespace(&site)).unwrap_or_default();
    let reports = context.caches.reports(&at);
    let reported = said(&reports).set(department.as_str());
    let first = context.caches.bundles.get(&at, department.as_str());
    let read = if previous.is_none() { context.caches.standing(&at, department.as_str()) } else { None };
    let content = previous.or(read.as_ref().and_then(|standing| standing.content.as_ref()));
    let facts = PlaceFacts {
        still_wanted,
        order: InOrder::of(content, place),
        confirmed: first.is_some_and(|first| {
            reported.is_some_and(|reported| reported.accepted == first.spec.order.digest)
        }),
        reported,
    };
    step(removal, place, facts)
}
