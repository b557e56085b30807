//! Sets of workspaces: what each member gets from the template, and how far each is. A member that cannot have it says why and
//! holds up nobody else.
//!
//! | member | its workspace of that name | next |
//! |---|---|---|
//! | no department, or one that is wrong | | refused |
//! | a department | none | made, and its system where that is missing |
//! | a department | the set's | kept as the template says; what somebody else changed is told, not overwritten |
//! | a department | another's | refused: it is not taken over |
//! | no longer a member | the set's | left as it is |

use std::collections::BTreeMap;

use crds::tenancy::workspace::PlaceState;
use crds::{
    Instance, InstanceState, Message, System, SystemSpec, Workspace, WorkspaceSet, WorkspaceSpec, labels,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use crate::conditions::{self, Holds, READY};
use crate::flows::{Decreed, Id, check_end};
use crate::names::{DepartmentName, department_namespace};
use crate::{Findings, Readiness, listed};

/// Longest Chinese name of a system or workspace.
const NAME_MAX: usize = 64;
/// Longest message of an instance.
const MESSAGE_MAX: usize = 2048;
/// What stands in the template's names for the member's.
const MEMBER: &str = "{member}";

/// Departments by name, each with its Chinese name and whether it is well.
pub type Departments<'a> = BTreeMap<String, (&'a str, Readiness)>;

/// What stands of one instance, and whether the department is there at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Existing<'a> {
    /// The system of that name.
    pub system: Option<&'a System>,
    /// The workspace of that name.
    pub workspace: Option<&'a Workspace>,
}

/// What is done for one member.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// These objects are to be as they are here.
    Make(Vec<Value>),
    /// Something must be judged first.
    Wait(Message),
    /// Nothing, for this reason.
    Refuse(Message),
}

/// The name of the system and the workspace in each member's namespace.
#[must_use]
pub fn instance_name(set: &WorkspaceSet) -> String {
    set.spec.template.name.clone().unwrap_or_else(|| own_name(set).to_owned())
}

fn own_name(set: &WorkspaceSet) -> &str {
    set.metadata.name.as_deref().unwrap_or_default()
}

/// Whether an object was made by a set.
#[must_use]
pub fn is_of(object: &ObjectMeta, set: &str) -> bool {
    made_by(object) == Some(set)
}

/// The set that made an object.
#[must_use]
pub fn made_by(object: &ObjectMeta) -> Option<&str> {
    object.labels.as_ref()?.get(labels::WORKSPACE_SET).map(String::as_str)
}

/// What is wrong with the set as a whole: nothing is made of it, and what was made stays.
#[must_use]
pub fn check(
    set: &WorkspaceSet,
    departments: &Departments<'_>,
    now: k8s_openapi::jiff::Timestamp,
) -> Findings {
    let mut findings = Findings::new();
    let spec = &set.spec;
    findings.extend(known("spec.lead.department", &spec.lead.department, departments).err());
    if let Some(flows) = &spec.flows {
        findings.extend(check_end("spec.flows.until".into(), &flows.until, now));
    }
    findings
}

fn known<'a>(
    field: &str,
    name: &str,
    departments: &Departments<'a>,
) -> Result<(&'a str, Readiness), Message> {
    departments.get(name).copied().ok_or_else(|| Message::UnknownReference {
        field: field.to_owned(),
        value: name.to_owned(),
        kind: "单位 Department".into(),
        allowed: listed(departments.keys()),
    })
}

/// What is done for one member.
#[must_use]
pub fn step(set: &WorkspaceSet, member: &str, departments: &Departments<'_>, existing: Existing<'_>) -> Step {
    let (called, ready) = match known("spec.members[]", member, departments) {
        Ok(found) => found,
        Err(unknown) => return Step::Refuse(unknown),
    };
    let department = DepartmentName::parse(member);
    let (Ok(department), Readiness::Ready) = (department, ready) else {
        let what = format!("Department {member}");
        return match ready {
            Readiness::NotJudged => Step::Wait(Message::WaitingFor { what }),
            _ => Step::Refuse(Message::NotReadyReference {
                field: "spec.members[]".into(),
                value: member.to_owned(),
                kind: "单位 Department".into(),
            }),
        };
    };
    let (own, namespace) = (own_name(set), department_namespace(&department));
    let name = instance_name(set);
    if existing.workspace.is_some_and(|workspace| !is_of(&workspace.metadata, own)) {
        let name = format!("{namespace}/{name}");
        return Step::Refuse(Message::InstanceForeign { kind: "业务空间 Workspace".into(), name });
    }
    let (system, workspace) = match rendered(set, called) {
        Ok(rendered) => rendered,
        Err(too_long) => return Step::Refuse(too_long),
    };
    let object = |kind: &str, spec: Value| {
        let metadata = json!({"name": name, "namespace": namespace, "labels": {labels::WORKSPACE_SET: own}});
        json!({"apiVersion": "zhengyun.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec})
    };
    let mut objects = Vec::new();
    // A member may have registered the system itself: then it is what the member says it is.
    if existing.system.is_none_or(|system| is_of(&system.metadata, own)) {
        objects.push(object("System", json!(system)));
    }
    // No field of a workspace that the member may use beside what the template says: its own flows and consents.
    objects.push(object("Workspace", json!(workspace)));
    Step::Make(objects)
}

fn rendered(set: &WorkspaceSet, member: &str) -> Result<(SystemSpec, WorkspaceSpec), Message> {
    let template = &set.spec.template;
    let filled = |field: &str, text: &str| {
        let value = text.replace(MEMBER, member);
        let too_long =
            || Message::TemplateName { field: format!("spec.template.{field}"), value: text.to_owned() };
        if value.chars().count() > NAME_MAX { Err(too_long()) } else { Ok(value) }
    };
    let display_name = filled("system.displayName", &template.system.display_name)?;
    let called = template.display_name.as_ref().map(|text| filled("displayName", text)).transpose()?;
    let system = SystemSpec { display_name, ..template.system.clone() };
    let workspace = WorkspaceSpec {
        adopt: Vec::new(),
        enforcement: None,
        hosts: Vec::new(),
        frozen: false,
        display_name: called.unwrap_or_else(|| system.display_name.clone()),
        system: instance_name(set),
        zone: template.zone,
        profile: template.profile.clone(),
        sites: template.sites.clone(),
        flows: Vec::new(),
        consents: Vec::new(),
    };
    Ok((system, workspace))
}

/// How far a member's workspace is, where it and its system stand.
#[must_use]
pub fn instance(department: &str, existing: Existing<'_>) -> Instance {
    let workspace = existing.workspace;
    let namespace = workspace.and_then(|workspace| workspace.status.as_ref()?.namespace.clone());
    let (state, message) = match workspace {
        None => (InstanceState::Pending, None),
        Some(workspace) => {
            let conditions = workspace.status.as_ref().map(|status| status.conditions.as_slice());
            let ready = conditions::find(conditions.unwrap_or_default(), READY)
                .filter(|ready| ready.observed_generation == workspace.metadata.generation);
            match ready {
                None => (InstanceState::Pending, None),
                Some(ready) if ready.status == "True" => (InstanceState::InForce, None),
                Some(ready) if ready.reason == "WorkspacePending" => pending(workspace, &ready.message),
                Some(ready) => (InstanceState::Refused, Some(ready.message.clone())),
            }
        }
    };
    Instance { department: department.to_owned(), state, namespace, message }
}

/// Of a workspace that is right and not in force: whether it is only on its way, or a site cannot put it in force or lacks the
/// member's grant.
fn pending(workspace: &Workspace, said: &str) -> (InstanceState, Option<String>) {
    let places = workspace.status.iter().flat_map(|status| &status.sites);
    let blocked = places.filter(|place| place.state == PlaceState::Blocked);
    let why: Vec<&str> = blocked.filter_map(|place| place.message.as_deref()).collect();
    match why.as_slice() {
        [] => (InstanceState::Pending, Some(said.to_owned())),
        why => (InstanceState::Refused, Some(why.join("\n").chars().take(MESSAGE_MAX).collect())),
    }
}

/// An instance that nothing could be done for.
#[must_use]
pub fn refused(department: &str, why: &Message) -> Instance {
    let message = Some(why.to_string());
    Instance { department: department.to_owned(), state: InstanceState::Refused, namespace: None, message }
}

/// What `Ready` says of the set.
#[must_use]
pub fn ready(instances: &[Instance]) -> (Holds, Vec<Message>) {
    let of = |state| {
        let names = instances.iter().filter(move |instance| instance.state == state);
        names.map(|instance| instance.department.as_str()).collect::<Vec<_>>()
    };
    let (pending, refused, left) =
        (of(InstanceState::Pending), of(InstanceState::Refused), of(InstanceState::Left));
    let total = instances.len() - left.len();
    let mut said = if pending.is_empty() && refused.is_empty() {
        vec![Message::SetInForce { total: total.to_string() }]
    } else {
        vec![Message::SetBehind {
            ready: of(InstanceState::InForce).len().to_string(),
            total: total.to_string(),
            pending: listed(&pending),
            refused: listed(&refused),
        }]
    };
    if !left.is_empty() {
        said.push(Message::SetLeft { members: listed(&left) });
    }
    (if pending.is_empty() && refused.is_empty() { Holds::True } else { Holds::False }, said)
}

/// The flows that a set opens between its lead's workspace and that of one member.
#[must_use]
pub fn decreed<'a>(set: &'a WorkspaceSet, member: &str) -> Vec<Decreed<'a>> {
    let Some(flows) = &set.spec.flows else { return Vec::new() };
    let lead: Id = (set.spec.lead.department.clone(), set.spec.lead.workspace.clone());
    let instance: Id = (member.to_owned(), instance_name(set));
    let name = own_name(set);
    let both = [(&instance, &lead, &flows.to_lead), (&lead, &instance, &flows.from_lead)];
    let some = both.into_iter().filter(|(_, _, ports)| !ports.is_empty());
    some.map(|(from, to, ports)| Decreed {
        set: name,
        from: from.clone(),
        to: to.clone(),
        ports,
        until: &flows.until,
    })
    .collect()
}

#[cfg(test)]
#[path = "workspace_set_tests.rs"]
mod tests;
