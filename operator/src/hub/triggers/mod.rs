//! Which change makes which slice look again: only what can be touched by it, so that a roll-out does not look at everybody for
//! each step of one.

mod requests;
mod sites;

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crds::{
    AccessGrant, Allotment, Budget, DataCenter, Department, District, EscrowLedger, Grant, IsolationProfile,
    Removal, System, Workspace,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use plan::conditions::{READY, REGISTERED, judged};
use plan::hosts::contend;
use plan::names::{DepartmentName, SiteName, department_namespace, department_of, site_namespace, site_of};
use plan::trust::KEYS_TRUSTED;

use super::context::Context;
use super::{flows, secrets, workspace_set};
use crate::admission::CONFIGURATION;
use crate::runtime::apply::Kept;
use crate::runtime::cache::{Change, Key};

/// How long a department's workspaces are gathered into one order.
const FILING: Duration = Duration::from_millis(30);
/// How long what is on its way is left to arrive before it is written down that it is on its way.
const ON_ITS_WAY: Duration = Duration::from_secs(1);
/// How long what happens at a site, or to a department's budgets, is gathered into one look at all of it.
pub(super) const GATHER: Duration = Duration::from_millis(500);

fn cluster(name: &str) -> Key {
    (String::new(), name.to_owned())
}

/// The webhook's Secret or its configuration.
fn webhook<K>(context: &Context, _: &Change<'_, K>) {
    context.admission.touch();
    requests::keys(context);
    context.queues.admission.add(cluster(CONFIGURATION));
}

/// Connects all caches with all queues.
pub(crate) fn connect(context: &Arc<Context>) {
    let weak = || Arc::downgrade(context);
    let caches = &context.caches;
    caches.districts.subscribe(vec![on(weak(), district)]);
    caches.data_centers.subscribe(vec![on(weak(), data_center)]);
    caches.departments.subscribe(vec![on(weak(), department)]);
    caches.profiles.subscribe(vec![on(weak(), profile)]);
    caches.systems.subscribe(vec![on(weak(), system)]);
    caches.workspaces.subscribe(vec![on(weak(), workspace)]);
    caches.sets.subscribe(vec![on(weak(), workspace_set::changed_set)]);
    caches.access_grants.subscribe(vec![on(weak(), access_grant)]);
    caches.removals.subscribe(vec![on(weak(), removal)]);
    caches.rulings.subscribe(vec![on(weak(), sites::ruling)]);
    caches.policies.subscribe(vec![on(weak(), requests::policy)]);
    caches.calendars.subscribe(vec![on(weak(), requests::calendar)]);
    caches.requests.subscribe(vec![on(weak(), requests::request)]);
    caches.approvals.subscribe(vec![on(weak(), requests::approval)]);
    caches.budgets.subscribe(vec![on(weak(), means::<Budget>)]);
    caches.grants.subscribe(vec![on(weak(), means::<Grant>)]);
    caches.ledgers.subscribe(vec![on(weak(), ledger)]);
    caches.allotments.subscribe(vec![on(weak(), allotment), on(weak(), requests::allotment)]);
    caches.bundles.subscribe(vec![on(weak(), sites::bundle)]);
    caches.reports.subscribe(vec![on(weak(), sites::report)]);
    caches.leases.subscribe(vec![on(weak(), sites::lease)]);
    context.admission.secrets.subscribe(vec![on(weak(), webhook)]);
    context.admission.configurations.subscribe(vec![on(weak(), webhook)]);
    let weak = weak();
    context.objects.subscribe(move |kind, change| {
        // Each renewal changes a lease: `lease` above says when that matters.
        if let Some(context) = weak.upgrade()
            && (kind != "Lease" || change.old.is_none() || change.new.is_none())
        {
            kept(&context, change);
        }
    });
}

type Told<V> = Box<dyn Fn(&Change<'_, V>) + Send + Sync>;

/// The cache is part of the context: a strong reference would keep both alive for ever.
fn on<V: 'static>(context: Weak<Context>, tell: fn(&Context, &Change<'_, V>)) -> Told<V> {
    Box::new(move |change| {
        if let Some(context) = context.upgrade() {
            tell(&context, change);
        }
    })
}

/// Whether what others see of an object changed: its spec, its being there, or whether it is well.
pub(super) fn changed<K: kube::Resource>(change: &Change<'_, K>, seen: impl Fn(&K) -> u64) -> bool {
    match (change.old, change.new) {
        // The same name again with another uid is another object.
        (Some(old), Some(new)) => old.meta().uid != new.meta().uid || seen(old) != seen(new),
        _ => true,
    }
}

/// A number that differs when the generation or the readiness differs.
pub(super) fn seen<K: kube::Resource>(object: &K, conditions: Option<&Vec<Condition>>) -> u64 {
    seen_as(object, conditions, READY)
}

/// A number that differs when the generation, or what a condition says of it, differs.
fn seen_as<K: kube::Resource>(object: &K, conditions: Option<&Vec<Condition>>, about: &str) -> u64 {
    let generation = object.meta().generation;
    let ready =
        conditions.map_or(plan::Readiness::NotJudged, |conditions| judged(conditions, about, generation));
    u64::try_from(generation.unwrap_or(0)).unwrap_or(0) * 4 + ready as u64
}

fn district(context: &Context, change: &Change<'_, District>) {
    context.queues.districts.add(change.key.clone());
    if changed(change, |d| seen(d, None)) {
        // There is one: the second of two is refused for as long as the first is there.
        all_districts(context);
        everybody(context);
    }
}

fn all_districts(context: &Context) {
    for (key, _) in context.caches.districts.all() {
        context.queues.districts.add(key);
    }
}

fn everybody(context: &Context) {
    for (key, _) in context.caches.workspaces.all() {
        workspace_and_orders(context, &key);
    }
}

pub(super) fn workspace_and_orders(context: &Context, workspace: &Key) {
    context.queues.workspaces.add(workspace.clone());
    if let Some(department) = department_of(&workspace.0) {
        context.queues.orders.add(cluster(department.as_str()));
    }
}

fn data_center(context: &Context, change: &Change<'_, DataCenter>) {
    let name = &change.key.1;
    context.queues.data_centers.add(change.key.clone());
    let silent = |dc: Option<&DataCenter>| dc.and_then(|dc| dc.status.as_ref()?.last_contact.clone());
    if silent(change.old) != silent(change.new) {
        for (key, workspace) in context.caches.workspaces.all() {
            if workspace.spec.sites.iter().any(|place| place.site == *name) {
                context.queues.workspaces.add(key);
            }
        }
    }
    let issuer = |dc: Option<&DataCenter>| {
        let status = dc.and_then(|dc| dc.status.as_ref());
        let trusted = status.and_then(|status| plan::conditions::find(&status.conditions, KEYS_TRUSTED));
        (status.and_then(|status| status.issuer.clone()), trusted.map(|trusted| trusted.message.clone()))
    };
    if issuer(change.old) != issuer(change.new) {
        secrets::everybody(context);
    }
    let registered =
        |dc: &DataCenter| seen_as(dc, dc.status.as_ref().map(|status| &status.conditions), REGISTERED);
    if !changed(change, registered) {
        return;
    }
    all_districts(context);
    for (key, other) in context.caches.data_centers.all() {
        let mut names = [change.old, change.new].into_iter().flatten().map(|dc| &dc.spec.display_name);
        if names.any(|name| *name == other.spec.display_name) {
            context.queues.data_centers.add(key);
        }
    }
    for (key, department) in context.caches.departments.all() {
        if department.spec.allowed_sites.contains(name) {
            context.queues.departments.add(key);
        }
    }
    for (key, workspace) in context.caches.workspaces.all() {
        if workspace.spec.sites.iter().any(|place| place.site == *name) {
            workspace_and_orders(context, &key);
        }
    }
}

fn department(context: &Context, change: &Change<'_, Department>) {
    context.queues.departments.add(change.key.clone());
    let conditions = |d: &Department| seen(d, d.status.as_ref().map(|status| &status.conditions));
    if !changed(change, conditions) {
        return;
    }
    let name = &change.key.1;
    secrets::look_again(context, name, Duration::ZERO);
    if changed(change, |d| seen(d, None)) {
        let names = [change.old, change.new].into_iter().flatten();
        let touched: BTreeSet<&str> = names.flat_map(unique_values).collect();
        let parent = |d: Option<&Department>| d.and_then(|department| department.spec.parent.clone());
        // A chain of parents may be closed or broken anywhere in it.
        let chains = parent(change.old) != parent(change.new);
        for (key, other) in context.caches.departments.all() {
            let below = other.spec.parent.as_ref() == Some(name) || (chains && other.spec.parent.is_some());
            if below || unique_values(&other).any(|value| touched.contains(value)) {
                context.queues.departments.add(key);
            }
        }
        for (key, dc) in context.caches.data_centers.all() {
            if dc.spec.owner == *name {
                context.queues.data_centers.add(key);
            }
        }
    }
    if let Ok(parsed) = DepartmentName::parse(name) {
        let namespace = department_namespace(&parsed);
        for (system, _) in context.caches.systems.in_namespace(&namespace) {
            context.queues.systems.add((namespace.clone(), system));
        }
        for (workspace, _) in context.caches.workspaces.in_namespace(&namespace) {
            context.queues.workspaces.add((namespace.clone(), workspace));
        }
        context.queues.orders.add(cluster(name));
    }
    if change.old.is_none() || change.new.is_none() {
        flows::look_again(context, flows::touched_by_department(context, name));
    }
    workspace_set::its_sets(context, name);
}

fn unique_values(department: &Department) -> impl Iterator<Item = &str> {
    let spec = &department.spec;
    let groups = spec.groups.iter().map(|group| group.group.as_str());
    groups.chain([spec.display_name.as_str()]).chain(spec.unified_code.as_deref())
}

fn profile(context: &Context, change: &Change<'_, IsolationProfile>) {
    context.queues.profiles.add(change.key.clone());
    if !changed(change, |p| seen(p, p.status.as_ref().map(|status| &status.conditions))) {
        return;
    }
    all_districts(context);
    for (key, department) in context.caches.departments.all() {
        if department.spec.isolation_profile.as_ref() == Some(&change.key.1) {
            context.queues.departments.add(key);
        }
    }
    everybody(context);
}

fn system(context: &Context, change: &Change<'_, System>) {
    context.queues.systems.add(change.key.clone());
    workspace_set::its_set(context, change.key);
    if !changed(change, |s| seen(s, s.status.as_ref().map(|status| &status.conditions))) {
        return;
    }
    for (name, workspace) in context.caches.workspaces.in_namespace(&change.key.0) {
        if workspace.spec.system == change.key.1 {
            workspace_and_orders(context, &(change.key.0.clone(), name));
        }
    }
}

fn workspace(context: &Context, change: &Change<'_, Workspace>) {
    context.neighbours.learn(change);
    flows::look_again(context, flows::touched(context, change));
    workspace_set::its_set(context, change.key);
    let assigned = |w: &Workspace| w.status.as_ref().and_then(|status| status.namespace.clone());
    if let Some(namespace) = change.new.and_then(assigned) {
        context.holders.take(&namespace, change.key);
    }
    context.queues.workspaces.add(change.key.clone());
    let same = change.old.and_then(assigned) == change.new.and_then(assigned);
    if same && !changed(change, |w| seen(w, None)) {
        return;
    }
    contenders(context, change);
    if let Some(department) = department_of(&change.key.0) {
        // Whoever files one workspace files the next in the same moment: one order for all of them.
        context.queues.orders.add_after(cluster(department.as_str()), FILING);
    }
}

/// A host that one workspace gives up or takes is another's to have or to miss.
fn contenders(context: &Context, change: &Change<'_, Workspace>) {
    let named: Vec<&Workspace> =
        [change.old, change.new].into_iter().flatten().filter(|w| !w.spec.hosts.is_empty()).collect();
    if named.is_empty() {
        return;
    }
    for (key, other) in context.caches.workspaces.all() {
        if key != *change.key && named.iter().any(|workspace| contend(workspace, &other)) {
            workspace_and_orders(context, &key);
        }
    }
}

fn access_grant(context: &Context, change: &Change<'_, AccessGrant>) {
    context.queues.access_grants.add(change.key.clone());
    if let Some(department) = department_of(&change.key.0) {
        context.queues.orders.add(cluster(department.as_str()));
    }
}

fn removal(context: &Context, change: &Change<'_, Removal>) {
    context.queues.removals.add(change.key.clone());
    if let Some(department) = department_of(&change.key.0) {
        context.queues.orders.add(cluster(department.as_str()));
    }
}

/// A budget or a grant: what a department may use.
fn means<K: kube::Resource>(context: &Context, change: &Change<'_, K>) {
    if !changed(change, |means| u64::try_from(means.meta().generation.unwrap_or(0)).unwrap_or(0)) {
        return;
    }
    if let Some(department) = department_of(&change.key.0) {
        context.queues.budgets.add_after(cluster(department.as_str()), GATHER);
        context.queues.orders.add_after(cluster(department.as_str()), FILING);
        allotments_of(context, department.as_str(), ON_ITS_WAY);
        requests::means(context, &change.key.0);
    }
}

fn ledger(context: &Context, change: &Change<'_, EscrowLedger>) {
    context.queues.orders.add(cluster(&change.key.1));
    context.queues.budgets.add_after(cluster(&change.key.1), GATHER);
    allotments_of(context, &change.key.1, ON_ITS_WAY);
}

/// The records of a department's allotments, at every site of the ledger, looked at after `later`.
fn allotments_of(context: &Context, department: &str, later: Duration) {
    let holders = DepartmentName::parse(department).ok().and_then(|name| context.caches.ledger(&name));
    for holder in holders.iter().flat_map(|ledger| &ledger.spec.holders) {
        if let Ok(site) = SiteName::parse(&holder.name) {
            context.queues.allotments.add_after((site_namespace(&site), department.to_owned()), later);
        }
    }
}

fn allotment(context: &Context, change: &Change<'_, Allotment>) {
    if changed(change, |allotment| seen(allotment, None)) {
        context.queues.allotments.add(change.key.clone());
    }
}

fn kept(context: &Context, change: &Change<'_, Kept>) {
    let namespace = if change.key.0.is_empty() { &change.key.1 } else { &change.key.0 };
    if let Some(department) = department_of(namespace) {
        context.queues.departments.add(cluster(department.as_str()));
    } else if let Some(site) = site_of(namespace) {
        context.queues.data_centers.add(cluster(site.as_str()));
    }
}
