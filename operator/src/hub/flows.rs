//! Who has flows with whom: what a look at one workspace must read of others, and who must look again when one changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crds::{Consent, Flow, Workspace, WorkspaceSet, Zone};
use k8s_openapi::jiff::Timestamp;
use plan::flows::{Facts, Id, Side};
use plan::names::{DepartmentName, department_namespace, department_of};
use plan::workspace_set::{decreed, instance_name, is_of, made_by};

use super::context::Context;
use super::triggers::workspace_and_orders;
use crate::runtime::cache::{Change, Key};

/// Which workspaces have flows to a workspace, by where they lead to: looked up, because looking through all of them for each
/// would cost the square of a district.
#[derive(Debug, Default)]
pub(crate) struct Neighbours(Mutex<BTreeMap<Id, BTreeSet<Id>>>);

impl Neighbours {
    /// Takes a change of a workspace.
    pub(super) fn learn(&self, change: &Change<'_, Workspace>) {
        let Some(from) = id_of(change.key) else { return };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for to in change.old.into_iter().flat_map(|old| targets(&from, old)) {
            if let Some(sources) = known.get_mut(&to) {
                sources.remove(&from);
                if sources.is_empty() {
                    known.remove(&to);
                }
            }
        }
        for to in change.new.into_iter().flat_map(|new| targets(&from, new)) {
            known.entry(to).or_default().insert(from.clone());
        }
    }

    fn to(&self, id: &Id) -> BTreeSet<Id> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(id).cloned().unwrap_or_default()
    }

    /// The workspaces with flows to a department.
    fn to_department(&self, department: &str) -> BTreeSet<Id> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let range = known.range((department.to_owned(), String::new())..);
        range.take_while(|((to, _), _)| to == department).flat_map(|(_, from)| from.iter().cloned()).collect()
    }
}

/// Department and name of the workspace of a key.
pub(super) fn id_of((namespace, name): &Key) -> Option<Id> {
    Some((department_of(namespace)?.to_string(), name.clone()))
}

/// The key of a workspace.
pub(super) fn key_of((department, name): &Id) -> Option<Key> {
    Some((department_namespace(&DepartmentName::parse(department).ok()?), name.clone()))
}

fn targets(from: &Id, workspace: &Workspace) -> BTreeSet<Id> {
    let flows = workspace.spec.flows.iter();
    flows
        .map(|flow| {
            let department = flow.to.department.as_ref().unwrap_or(&from.0);
            (department.clone(), flow.to.workspace.clone())
        })
        .collect()
}

/// What was read from the caches for the flows of one workspace.
pub(super) struct Read {
    sides: Vec<(Id, Arc<Workspace>)>,
    departments: BTreeSet<String>,
    own: BTreeSet<String>,
    sets: Vec<(Arc<WorkspaceSet>, String)>,
}

/// Reads what the flows of a workspace rest on.
pub(super) fn read(context: &Context, key: &Key, workspace: &Workspace) -> Read {
    let caches = &context.caches;
    let mut read =
        Read { sides: Vec::new(), departments: BTreeSet::new(), own: BTreeSet::new(), sets: Vec::new() };
    let Some(id) = id_of(key) else { return read };
    let mut others = context.neighbours.to(&id);
    others.extend(targets(&id, workspace));
    if workspace.spec.flows.iter().any(|flow| flow.to.department.is_some()) {
        read.departments = caches.departments.all().into_iter().map(|((_, name), _)| name).collect();
    }
    if caches.departments.get("", &id.0).is_some() {
        // Where flows lead to is also asked of those that lead here.
        read.departments.insert(id.0.clone());
    }
    if !workspace.spec.flows.is_empty() {
        read.own = caches.workspaces.in_namespace(&key.0).into_iter().map(|(name, _)| name).collect();
    }
    for (set, member, other) in in_sets(context, &id, workspace) {
        others.insert(other);
        read.sets.push((set, member));
    }
    others.remove(&id);
    let there = |id: Id| {
        let (namespace, name) = key_of(&id)?;
        Some((id, caches.workspaces.get(&namespace, &name)?))
    };
    read.sides = others.into_iter().filter_map(there).collect();
    read
}

impl Read {
    /// Hands the facts to a decision.
    pub(super) fn facts<T>(&self, now: Timestamp, then: impl FnOnce(Facts<'_>) -> T) -> T {
        let sides: BTreeMap<Id, Side<'_>> = self
            .sides
            .iter()
            .map(|(id, workspace)| {
                let namespace = workspace.status.as_ref().and_then(|status| status.namespace.as_deref());
                (id.clone(), Side { spec: &workspace.spec, namespace })
            })
            .collect();
        let decreed: Vec<_> = self.sets.iter().flat_map(|(set, member)| decreed(set, member)).collect();
        let (departments, own) = (&self.departments, &self.own);
        then(Facts { sides: &sides, departments, own, decreed: &decreed, now })
    }
}

/// The sets that a workspace is of, as a member's or as the lead's: the set, the member, and the workspace at the other end.
fn in_sets(context: &Context, id: &Id, workspace: &Workspace) -> Vec<(Arc<WorkspaceSet>, String, Id)> {
    let sets = &context.caches.sets;
    let mut found = Vec::new();
    if let Some(set) = made_by(&workspace.metadata).and_then(|set| sets.get("", set))
        && set.spec.members.contains(&id.0)
        && instance_name(&set) == id.1
    {
        let lead = (set.spec.lead.department.clone(), set.spec.lead.workspace.clone());
        found.push((set, id.0.clone(), lead));
    }
    for (_, set) in sets.all() {
        let lead = &set.spec.lead;
        if (&lead.department, &lead.workspace) == (&id.0, &id.1) {
            found.extend(instances(context, &set).map(|(member, id)| (Arc::clone(&set), member, id)));
        }
    }
    found
}

/// The members of a set whose workspace is the set's.
fn instances(context: &Context, set: &WorkspaceSet) -> impl Iterator<Item = (String, Id)> {
    let (own, name) = (set.metadata.name.clone().unwrap_or_default(), instance_name(set));
    set.spec.members.iter().filter_map(move |member| {
        let id = (member.clone(), name.clone());
        let (namespace, name) = key_of(&id)?;
        let there = context.caches.workspaces.get(&namespace, &name)?;
        is_of(&there.metadata, &own).then(|| (member.clone(), id))
    })
}

/// What others see of a workspace.
#[derive(PartialEq)]
struct Seen<'a> {
    uid: Option<&'a str>,
    set: Option<&'a str>,
    namespace: Option<&'a str>,
    zone: Zone,
    flows: &'a [Flow],
    consents: &'a [Consent],
    sites: Vec<&'a str>,
}

fn seen(workspace: &Workspace) -> Seen<'_> {
    Seen {
        uid: workspace.metadata.uid.as_deref(),
        set: made_by(&workspace.metadata),
        namespace: workspace.status.as_ref().and_then(|status| status.namespace.as_deref()),
        zone: workspace.spec.zone,
        flows: &workspace.spec.flows,
        consents: &workspace.spec.consents,
        sites: workspace.spec.sites.iter().map(|place| place.site.as_str()).collect(),
    }
}

/// Who must look again when a workspace changes: both ends of each flow, so that neither half stays open alone.
pub(super) fn touched(context: &Context, change: &Change<'_, Workspace>) -> BTreeSet<Key> {
    let Some(id) = id_of(change.key) else { return BTreeSet::new() };
    if change.old.map(seen) == change.new.map(seen) {
        return BTreeSet::new();
    }
    let mut others = context.neighbours.to(&id);
    for workspace in [change.old, change.new].into_iter().flatten() {
        others.extend(targets(&id, workspace));
        let consents = workspace.spec.consents.iter();
        others.extend(consents.map(|consent| {
            let department = consent.from.department.as_ref().unwrap_or(&id.0);
            (department.clone(), consent.from.workspace.clone())
        }));
        others.extend(in_sets(context, &id, workspace).into_iter().map(|(_, _, other)| other));
    }
    others.remove(&id);
    others.iter().filter_map(key_of).collect()
}

/// Who must look again when a department comes or goes.
pub(super) fn touched_by_department(context: &Context, department: &str) -> BTreeSet<Key> {
    let to = context.neighbours.to_department(department);
    to.iter().filter(|(from, _)| from != department).filter_map(key_of).collect()
}

/// Who must look again when a set changes: its lead's workspace and those of its members.
pub(super) fn touched_by_set(context: &Context, set: &WorkspaceSet) -> BTreeSet<Key> {
    let lead = (set.spec.lead.department.clone(), set.spec.lead.workspace.clone());
    let all = instances(context, set).map(|(_, id)| id).chain([lead]);
    all.filter_map(|id| key_of(&id)).collect()
}

/// These workspaces, and the orders of their departments.
pub(super) fn look_again(context: &Context, workspaces: impl IntoIterator<Item = Key>) {
    for workspace in workspaces {
        workspace_and_orders(context, &workspace);
    }
}
