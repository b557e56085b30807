//! What is left of the whole when one department, one data centre or one system is asked for.

use std::collections::BTreeSet;

use crds::{Message, Workspace};
use kube::ResourceExt;
use plan::names::{DepartmentName, SiteName, department_namespace, department_of, site_namespace, site_of};

use super::super::find::find;
use super::super::seen::Seen;
use super::super::words::Kind;
use super::Only;

/// Narrows what was seen.
pub(super) fn narrow(seen: &mut Seen, only: Option<&Only>) -> Result<(), Message> {
    match only {
        None | Some(Only::District) => Ok(()),
        Some(Only::System { name }) => system(seen, name),
        Some(Only::Department { name }) => department(seen, name),
        Some(Only::Site { name }) => site(seen, name),
    }
}

/// The department, what stands in its namespace, and the data centres that its workspaces stand in.
fn department(seen: &mut Seen, wanted: &str) -> Result<(), Message> {
    let name = match &seen.departments {
        Some(all) => find(all, wanted)?.name_any(),
        // Who may not list departments can still ask for their own by its short name.
        None => DepartmentName::parse(wanted)
            .map_err(|_| Message::NotPermitted { kind: Kind::Department.in_message() })?
            .to_string(),
    };
    let namespace = DepartmentName::parse(&name).ok().map(|name| department_namespace(&name));
    keep(&mut seen.departments, |object| object.name_any() == name);
    keep_own(seen, namespace.as_deref());
    keep(&mut seen.allotments, |object| object.name_any() == name);
    keep(&mut seen.rulings, |_| false);
    keep(&mut seen.sets, |set| set.spec.lead.department == name || set.spec.members.contains(&name));
    seen.unreadable.retain(|object| match object.kind {
        Kind::Department | Kind::Allotment => object.name == name,
        _ => object.namespace.is_none() || object.namespace == namespace,
    });
    keep_sites_of_workspaces(seen);
    Ok(())
}

/// The data centre, the workspaces that stand there, and whose they are.
fn site(seen: &mut Seen, wanted: &str) -> Result<(), Message> {
    let name = match &seen.data_centers {
        Some(all) => find(all, wanted)?.name_any(),
        None => wanted.to_owned(),
    };
    keep(&mut seen.data_centers, |object| object.name_any() == name);
    keep(&mut seen.workspaces, |object| sites(object).any(|site| site == name));
    keep(&mut seen.sets, |set| set.spec.template.sites.iter().any(|place| place.site == name));
    let at = SiteName::parse(&name).ok().map(|name| site_namespace(&name));
    keep(&mut seen.allotments, |object| object.namespace() == at);
    keep(&mut seen.rulings, |object| object.namespace() == at);
    keep(&mut seen.removals, |object| object.spec.places.iter().any(|place| place.site == name));
    keep(&mut seen.grants, |object| object.spec.sites.iter().any(|place| place.site == name));
    keep(&mut seen.budgets, |_| false);
    if let Some(workspaces) = &seen.workspaces {
        let systems: BTreeSet<(Option<String>, String)> =
            workspaces.iter().map(|object| (object.namespace(), object.spec.system.clone())).collect();
        let departments: BTreeSet<String> = workspaces
            .iter()
            .filter_map(|object| Some(department_of(&object.namespace()?)?.to_string()))
            .collect();
        keep(&mut seen.systems, |object| systems.contains(&(object.namespace(), object.name_any())));
        keep(&mut seen.departments, |object| departments.contains(&object.name_any()));
    }
    seen.unreadable.retain(|object| object.kind != Kind::DataCenter || object.name == name);
    Ok(())
}

/// The system, its workspaces, whose it is, and the data centres that they stand in. What a department has is not the system's.
fn system(seen: &mut Seen, wanted: &str) -> Result<(), Message> {
    let all = seen.systems.as_deref();
    let found = find(all.ok_or_else(|| Message::NotVisible { kind: Kind::System.in_message() })?, wanted)?;
    let (namespace, name) = (found.namespace(), found.name_any());
    let department = namespace.as_deref().and_then(department_of).map(|name| name.to_string());
    keep(&mut seen.systems, |object| object.namespace() == namespace && object.name_any() == name);
    keep(&mut seen.workspaces, |object| object.namespace() == namespace && object.spec.system == name);
    keep(&mut seen.departments, |object| Some(object.name_any()) == department);
    keep_sites_of_workspaces(seen);
    let workspaces: BTreeSet<String> = seen.workspaces.iter().flatten().map(ResourceExt::name_any).collect();
    keep(&mut seen.removals, |object| {
        object.namespace() == namespace && workspaces.contains(&object.spec.workspace)
    });
    keep(&mut seen.sets, |_| false);
    keep(&mut seen.rulings, |_| false);
    keep(&mut seen.profiles, |_| false);
    keep(&mut seen.budgets, |_| false);
    keep(&mut seen.grants, |_| false);
    let sites: BTreeSet<String> =
        seen.workspaces.iter().flatten().flat_map(sites).map(str::to_owned).collect();
    keep(&mut seen.allotments, |object| {
        let site = object.namespace().as_deref().and_then(site_of);
        Some(object.name_any()) == department && site.is_some_and(|site| sites.contains(site.as_str()))
    });
    seen.unreadable.retain(|object| object.namespace == namespace && object.name == name);
    Ok(())
}

/// What stands in a department's namespace.
fn keep_own(seen: &mut Seen, namespace: Option<&str>) {
    keep(&mut seen.systems, |object| object.namespace().as_deref() == namespace);
    keep(&mut seen.workspaces, |object| object.namespace().as_deref() == namespace);
    keep(&mut seen.budgets, |object| object.namespace().as_deref() == namespace);
    keep(&mut seen.grants, |object| object.namespace().as_deref() == namespace);
    keep(&mut seen.removals, |object| object.namespace().as_deref() == namespace);
}

/// The data centres that workspaces stand in.
fn keep_sites_of_workspaces(seen: &mut Seen) {
    if let Some(workspaces) = &seen.workspaces {
        let used: BTreeSet<String> = workspaces.iter().flat_map(sites).map(str::to_owned).collect();
        keep(&mut seen.data_centers, |object| used.contains(&object.name_any()));
    }
}

/// Where a workspace is wanted or still stands.
fn sites(workspace: &Workspace) -> impl Iterator<Item = &str> {
    let wanted = workspace.spec.sites.iter().map(|place| place.site.as_str());
    let known = workspace.status.iter().flat_map(|status| &status.sites).map(|place| place.site.as_str());
    wanted.chain(known)
}

fn keep<K>(objects: &mut Option<Vec<K>>, wanted: impl FnMut(&K) -> bool) {
    if let Some(objects) = objects {
        objects.retain(wanted);
    }
}
