//! What is left of the whole when one department or one data centre is asked for.

use std::collections::BTreeSet;

use crds::{Message, Workspace};
use kube::ResourceExt;
use plan::names::{DepartmentName, department_namespace, department_of};

use super::super::find::find;
use super::super::words::Kind;
use super::{Only, Seen};

/// Narrows what was seen.
pub(super) fn narrow(seen: &mut Seen, only: Option<&Only>) -> Result<(), Message> {
    match only {
        None => Ok(()),
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
    keep(&mut seen.systems, |object| object.namespace() == namespace);
    keep(&mut seen.workspaces, |object| object.namespace() == namespace);
    keep(&mut seen.sets, |set| set.spec.lead.department == name || set.spec.members.contains(&name));
    seen.unreadable.retain(|object| match object.kind {
        Kind::System | Kind::Workspace => object.namespace == namespace,
        Kind::Department => object.name == name,
        Kind::District | Kind::DataCenter | Kind::WorkspaceSet => true,
    });
    if let Some(workspaces) = &seen.workspaces {
        let used: BTreeSet<String> = workspaces.iter().flat_map(sites).map(str::to_owned).collect();
        keep(&mut seen.data_centers, |object| used.contains(&object.name_any()));
    }
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
