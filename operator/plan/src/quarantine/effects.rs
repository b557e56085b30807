//! What each way out of a quarantine comes to, namespace by namespace.

use std::collections::BTreeMap;

use crds::{Message, NamespaceFact, Share, Then, Workspace, Zone};

use super::{Cannot, Facts, NewWorkspace, ShareChange, TakeHub, TakeSite, TakenAway};
use crate::bundle::namespaces_of;
use crate::conditions::{READY, find};
use crate::measured::Measured;
use crate::names::{DepartmentName, WorkspaceName, workspace_namespace};
use crate::removal::{InOrder, PlaceFacts, Step, step};

/// Namespaces of an order with their shares.
pub(super) type Ordered = BTreeMap<String, Option<Share>>;

/// A workspace of the register, as this site sees it.
pub(super) struct Registered<'a> {
    pub(super) name: &'a str,
    /// The namespace that it has or will be given.
    namespace: String,
    /// Its share at the site, none where it does not want it.
    here: Option<&'a Share>,
    /// Whether the hub found it wrong.
    pub(super) wrong: bool,
}

pub(super) fn registered<'a>(facts: &Facts<'a>) -> Vec<Registered<'a>> {
    let department = DepartmentName::parse(&facts.reported.set).ok();
    let namespace = |workspace: &Workspace, name: &str| {
        if let Some(assigned) = workspace.status.as_ref().and_then(|status| status.namespace.clone()) {
            return assigned;
        }
        if let Some(adoption) = workspace.spec.adopt.first() {
            return adoption.namespace.clone();
        }
        let (Some(department), Ok(parsed)) = (&department, WorkspaceName::parse(name)) else {
            return name.to_owned();
        };
        // The hub takes the site's word for a name that it could have given itself.
        let known = facts.reported.namespaces.iter().find(|fact| {
            fact.workspace == name && workspace_namespace(department, &parsed, |n| n != fact.name).is_some()
        });
        let plain = || workspace_namespace(department, &parsed, |_| false).unwrap_or_default();
        known.map_or_else(plain, |fact| fact.name.clone())
    };
    let workspaces = facts.register.workspaces.iter();
    workspaces
        .map(|workspace| {
            let name = workspace.metadata.name.as_deref().unwrap_or_default();
            let here = workspace.spec.sites.iter().find(|place| place.site == facts.site);
            Registered {
                name,
                namespace: namespace(workspace, name),
                here: here.map(|place| &place.share),
                wrong: here.is_some() && is_wrong(workspace),
            }
        })
        .collect()
}

/// Whether the hub found a workspace wrong as it stands now, which is more than not being in force yet.
#[must_use]
pub fn is_wrong(workspace: &Workspace) -> bool {
    let conditions = workspace.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    let pending = Message::WorkspacePending { sites: String::new() };
    find(conditions, READY).is_some_and(|ready| {
        ready.observed_generation == workspace.metadata.generation
            && ready.status == "False"
            && ready.reason != pending.reason()
    })
}

pub(super) fn taken(facts: &Facts<'_>, registered: &[Registered<'_>]) -> Vec<TakenAway> {
    let mut all = Vec::new();
    for removal in &facts.register.removals {
        for place in removal.spec.places.iter().filter(|place| place.site == facts.site) {
            let wanted = |one: &Registered<'_>| one.namespace == place.namespace && one.here.is_some();
            let known = PlaceFacts {
                still_wanted: registered.iter().any(wanted),
                order: InOrder::of(facts.told.map(|(_, content)| content), place),
                confirmed: false,
                reported: Some(facts.reported),
            };
            let then = match step(removal, place, known).0 {
                Step::Nothing => continue,
                Step::LeaveOut => Then::Keep,
                Step::Delete(_) => Then::Delete,
            };
            let removal = removal.metadata.name.clone().unwrap_or_default();
            all.push(TakenAway { namespace: place.namespace.clone(), removal, then });
        }
    }
    all
}

/// The namespaces of the hub's next order with their shares: as in `bundle::department_content`.
pub(super) fn next_order(facts: &Facts<'_>, registered: &[Registered<'_>], taken: &[TakenAway]) -> Ordered {
    let mut next = BTreeMap::new();
    if let Some((_, content)) = facts.told {
        for name in namespaces_of(content) {
            let share = content.allotment.iter().find(|share| share.namespace == name);
            next.insert(name, share.map(|share| share.share.clone()));
        }
    }
    next.retain(|name, _| !taken.iter().any(|taken| taken.namespace == *name));
    for one in registered.iter().filter(|one| !one.wrong) {
        if let Some(share) = one.here {
            next.insert(one.namespace.clone(), Some(share.clone()));
        }
    }
    next
}

/// What stands on the site, but for what is taken away.
fn standing<'a>(facts: &Facts<'a>, taken: &[TakenAway]) -> impl Iterator<Item = &'a NamespaceFact> {
    let all = facts.reported.namespaces.iter();
    all.filter(|fact| !taken.iter().any(|taken| taken.namespace == fact.name))
}

pub(super) fn take_hub(
    facts: &Facts<'_>,
    registered: &[Registered<'_>],
    next: &Ordered,
    taken: &[TakenAway],
) -> TakeHub {
    let stay = standing(facts, taken).filter(|fact| !next.contains_key(&fact.name));
    let stay = stay.map(|fact| fact.name.clone()).collect();
    let change = |fact: &NamespaceFact| {
        let to = next.get(&fact.name)?.clone()?;
        if fact.share.as_ref().is_some_and(|from| same(from, &to)) {
            return None;
        }
        let workspace = registered.iter().find(|one| one.namespace == fact.name);
        Some(ShareChange {
            namespace: fact.name.clone(),
            workspace: workspace.map(|one| one.name.to_owned()).unwrap_or_default(),
            from: fact.share.clone(),
            to,
        })
    };
    TakeHub { stay, shares: standing(facts, taken).filter_map(change).collect() }
}

pub(super) fn take_site(
    facts: &Facts<'_>,
    registered: &[Registered<'_>],
    next: &Ordered,
    taken: &[TakenAway],
) -> TakeSite {
    let mut all = TakeSite::default();
    for fact in standing(facts, taken) {
        let kept = next.get(&fact.name);
        if kept.is_some_and(|kept| agree(kept.as_ref(), fact.share.as_ref())) {
            continue;
        }
        let known = registered.iter().find(|one| one.namespace == fact.name);
        match (known, &fact.share) {
            // Registered just so already: unless the hub finds it wrong, the next order has it.
            (Some(one), Some(share)) if one.here.is_some_and(|here| same(here, share)) => {
                if one.wrong {
                    let why = Message::WrongWorkspaces { workspaces: one.name.to_owned() }.to_string();
                    all.cannot.push(Cannot { namespace: fact.name.clone(), why, restore_first: true });
                }
            }
            (Some(one), Some(share)) => all.shares.push(ShareChange {
                namespace: fact.name.clone(),
                workspace: one.name.to_owned(),
                from: one.here.cloned(),
                to: share.clone(),
            }),
            _ => match new_workspace(facts, registered, &all.create, fact) {
                Ok(new) => all.create.push(new),
                Err(cannot) => all.cannot.push(cannot),
            },
        }
    }
    all
}

/// Whether an order says of a namespace what the site has. Where the site has no share, there is none to keep.
fn agree(kept: Option<&Share>, has: Option<&Share>) -> bool {
    has.is_none_or(|has| kept.is_some_and(|kept| same(kept, has)))
}

/// The workspace that a namespace comes to in the register, or what stands against it.
fn new_workspace(
    facts: &Facts<'_>,
    registered: &[Registered<'_>],
    created: &[NewWorkspace],
    fact: &NamespaceFact,
) -> Result<NewWorkspace, Cannot> {
    let cannot = |why: &Message, restore_first| Cannot {
        namespace: fact.name.clone(),
        why: why.to_string(),
        restore_first,
    };
    let lacks = |what: &str| {
        cannot(&Message::FactLacks { namespace: fact.name.clone(), what: what.to_owned() }, false)
    };
    let restore = |kind: &str, name: &str| {
        let (namespace, kind, name) = (fact.name.clone(), kind.to_owned(), name.to_owned());
        cannot(&Message::RestoreFirst { namespace, kind, name }, true)
    };
    let other = |other: String| {
        let (namespace, workspace) = (fact.name.clone(), fact.workspace.clone());
        cannot(&Message::NamedOtherwise { namespace, workspace, other }, false)
    };
    let set = &facts.reported.set;
    let department = DepartmentName::parse(set).map_err(|_| restore("单位 Department", set))?;
    let name = WorkspaceName::parse(&fact.workspace).map_err(|_| lacks("workspace"))?;
    let holder = registered.iter().find(|one| one.name == fact.workspace && one.namespace != fact.name);
    if let Some(holder) = holder {
        return Err(other(holder.namespace.clone()));
    }
    if let Some(first) = created.iter().find(|new| new.name == fact.workspace) {
        return Err(other(first.namespace.clone()));
    }
    let named = workspace_namespace(&department, &name, |candidate| candidate != fact.name).is_some();
    if !named && fact.enforcement.is_none() {
        return Err(other(format!("{department}-{name}")));
    }
    if !facts.register.department {
        return Err(restore("单位 Department", set));
    }
    if fact.system.is_empty() {
        return Err(lacks("system"));
    }
    if !facts.register.systems.contains(&fact.system) {
        return Err(restore("信息系统 System", &fact.system));
    }
    let zone: Option<Zone> = serde_json::from_value(fact.zone.as_str().into()).ok();
    let zone = zone.filter(|zone| *zone != Zone::Intranet).ok_or_else(|| lacks("zone"))?;
    let share = fact.share.clone().ok_or_else(|| lacks("share"))?;
    let called = if fact.display_name.is_empty() { &fact.workspace } else { &fact.display_name };
    Ok(NewWorkspace {
        name: fact.workspace.clone(),
        namespace: fact.name.clone(),
        display_name: called.clone(),
        system: fact.system.clone(),
        zone,
        share,
        adopted: fact.enforcement,
    })
}

/// Whether two shares come to the same quota: "1" and "1000m" do.
fn same(one: &Share, other: &Share) -> bool {
    match (Measured::of_share(one), Measured::of_share(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
