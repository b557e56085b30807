//! What sites say and are told: which slices look again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crds::{ReportedSet, Ruling, SetPhase, SiteBundle, SiteReport, SiteReportStatus};
use k8s_openapi::api::coordination::v1::Lease;
use kube::ResourceExt;
use plan::admittance::STRANGER;
use plan::bundle::TERM_SET;
use plan::joining::SOLE_CLUSTER;
use plan::names::{DepartmentName, SiteName, department_namespace, department_of, site_namespace, site_of};

use super::{GATHER, ON_ITS_WAY, changed, cluster, seen};
use crate::hub::context::Context;
use crate::hub::{data_center, egress, secrets};
use crate::runtime::cache::Change;

pub(super) fn ruling(context: &Context, change: &Change<'_, Ruling>) {
    context.queues.rulings.add(change.key.clone());
    if !changed(change, |ruling| seen(ruling, None)) {
        return;
    }
    secrets::everybody(context);
    // It may be about any set, and abandoning a site is about all of them.
    if let Some(site) = site_of(&change.key.0) {
        context.queues.data_centers.add(cluster(site.as_str()));
        everything_at(context, &site);
    }
}

/// All sets that a site was told, has, or was ruled about, and the workspaces that stand there.
fn everything_at(context: &Context, site: &SiteName) {
    let at = site_namespace(site);
    let mut sets: BTreeSet<String> = context.caches.told(&at, &context.held).into_keys().collect();
    let rulings = context.caches.rulings(&at);
    sets.extend(rulings.iter().flat_map(|ruling| &ruling.spec.sets).map(|ruled| ruled.set.clone()));
    for (key, workspace) in context.caches.workspaces.all() {
        let site = site.as_str();
        let left = workspace.status.iter().flat_map(|status| &status.sites).any(|place| place.site == site);
        if left || workspace.spec.sites.iter().any(|place| place.site == site) {
            sets.extend(department_of(&key.0).map(|department| department.to_string()));
            context.queues.workspaces.add(key);
        }
    }
    for set in sets {
        context.queues.orders.add(cluster(&set));
    }
}

pub(super) fn bundle(context: &Context, change: &Change<'_, SiteBundle>) {
    let Some(bundle) = change.new.or(change.old) else { return };
    context.exit.learn(change);
    egress::freed(context);
    if let Some(site) = site_of(&change.key.0) {
        context.queues.data_centers.add_after(cluster(site.as_str()), GATHER);
        place(context, site.as_str(), &bundle.spec.set, ON_ITS_WAY);
    }
}

/// A set at a site: its orders, and the workspaces that it holds, which are looked at after `later`.
fn place(context: &Context, site: &str, set: &str, later: Duration) {
    let Some(department) = DepartmentName::parse(set).ok().filter(|_| set != TERM_SET) else { return };
    let namespace = department_namespace(&department);
    let at = SiteName::parse(site).map(|site| site_namespace(&site)).unwrap_or_default();
    // A site may name any set; the hub's work is for those that it knows of.
    let caches = &context.caches;
    let ruled = || {
        let rulings = caches.rulings.in_namespace(&at);
        rulings.iter().any(|(_, ruling)| ruling.spec.sets.iter().any(|ruled| ruled.set == set))
    };
    if caches.departments.get("", set).is_none() && caches.bundles.get(&at, set).is_none() && !ruled() {
        return;
    }
    context.queues.orders.add(cluster(set));
    secrets::look_again(context, set, later.max(GATHER));
    context.queues.allotments.add_after((at.clone(), set.to_owned()), later);
    for (name, removal) in context.caches.removals.in_namespace(&namespace) {
        if removal.spec.places.iter().any(|place| place.site == site) {
            context.queues.removals.add((namespace.clone(), name));
        }
    }
    for (name, grant) in context.caches.access_grants.in_namespace(&namespace) {
        if grant.spec.sites.iter().any(|named| named == site) {
            context.queues.access_grants.add((namespace.clone(), name));
        }
    }
    for (name, _) in context.caches.rulings.in_namespace(&at) {
        context.queues.rulings.add((at.clone(), name));
    }
    for (name, workspace) in context.caches.workspaces.in_namespace(&namespace) {
        let named = workspace.spec.sites.iter().any(|place| place.site == site);
        let left = workspace.status.iter().flat_map(|status| &status.sites).any(|place| place.site == site);
        if named || left {
            context.queues.workspaces.add_after((namespace.clone(), name), later);
        }
    }
}

pub(super) fn report(context: &Context, change: &Change<'_, SiteReport>) {
    let Some(site) = site_of(&change.key.0) else { return };
    let status =
        |report: Option<&SiteReport>| report.and_then(|report| report.status.clone()).unwrap_or_default();
    let (old, new) = (status(change.old), status(change.new));
    for set in changed_sets(&old, &new) {
        let on_its_way = new.sets.iter().any(|said| said.set == set && said.phase == SetPhase::Accepted);
        place(context, site.as_str(), &set, if on_its_way { ON_ITS_WAY } else { Duration::ZERO });
    }
    context.queues.data_centers.add_after(cluster(site.as_str()), GATHER);
    // Whether a site heard a newer term than ours, or another hub, is a matter of all its sets.
    if (&old.epoch, old.term.as_ref()) != (&new.epoch, new.term.as_ref()) {
        context.queues.data_centers.add(cluster(site.as_str()));
        everything_at(context, &site);
    }
}

/// Sets of which a site says something else than before.
fn changed_sets(old: &SiteReportStatus, new: &SiteReportStatus) -> BTreeSet<String> {
    let (old, new) = (by_name(old), by_name(new));
    let names = old.keys().chain(new.keys());
    names.filter(|name| old.get(*name) != new.get(*name)).map(|name| (*name).to_owned()).collect()
}

fn by_name(report: &SiteReportStatus) -> BTreeMap<&str, &ReportedSet> {
    report.sets.iter().map(|set| (set.set.as_str(), set)).collect()
}

pub(super) fn lease(context: &Context, change: &Change<'_, Lease>) {
    let renewed =
        change.new.and_then(|lease| lease.spec.as_ref()?.renew_time.as_ref()).map(|time| time.0.to_string());
    context.hearing.observe(change.key, renewed);
    let Some(site) = site_of(&change.key.0) else { return };
    let says = |condition: &str, status: &str| {
        let room = context.caches.data_centers.get("", site.as_str());
        let status_of = room.as_ref().and_then(|room| room.status.as_ref());
        let conditions = status_of.map(|status| status.conditions.as_slice()).unwrap_or_default();
        plan::conditions::find(conditions, condition).is_some_and(|c| c.status == status)
    };
    // While it is known whether a lease is renewed, a renewal changes nothing; that it ends is noticed by time.
    let known = match change.key.1.as_str() {
        STRANGER => change.old.is_none() || says(SOLE_CLUSTER, "False"),
        _ => says(data_center::CONNECTED, "True"),
    };
    let marks = |lease: Option<&Lease>| lease.map(|lease| lease.annotations().clone());
    if !known || marks(change.old) != marks(change.new) {
        context.queues.data_centers.add(cluster(site.as_str()));
    }
}
