//! Sets of workspaces: one system and one workspace for each member, made from the template and never deleted.

use std::fmt::Debug;
use std::sync::Arc;

use crds::{Instance, InstanceState, Message, System, Workspace, WorkspaceSet, WorkspaceSetStatus};
use kube::api::{Api, Patch, PatchParams};
use kube::core::NamespaceResourceScope;
use kube::{Client, Resource};
use plan::bundle::text;
use plan::conditions::{Holds, READY, readiness, set};
use plan::covers::covers;
use plan::names::department_of;
use plan::workspace_set::{
    Departments, Existing, Step, check, instance, instance_name, is_of, ready, refused, step,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::context::{Context, Leadership};
use super::flows::{self, id_of, key_of};
use super::triggers::{GATHER, changed, seen};
use crate::runtime::cache::{Cache, Change, Key, key_of as key};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::{Error, api_error, is_refusal};

/// Field manager of what sets make: apart from the hub's own, so that what somebody else wrote is a conflict and not overwritten.
const MANAGER: &str = "zhengyun-sets";

/// One pass over a `WorkspaceSet`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    _: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(workspace_set) = context.caches.sets.get("", &name) else { return Ok(Outcome::Skipped.into()) };

    let all = context.caches.departments.all();
    let departments: Departments<'_> = all
        .iter()
        .map(|((_, name), department)| {
            let conditions = department.status.as_ref().map(|status| status.conditions.as_slice());
            let ready = readiness(conditions.unwrap_or_default(), department.metadata.generation);
            (name.clone(), (department.spec.display_name.as_str(), ready))
        })
        .collect();
    let findings = check(&workspace_set, &departments, context.clock.now());
    let mut instances = Vec::new();
    for member in &workspace_set.spec.members {
        instances.push(if findings.is_empty() {
            member_pass(&context, &workspace_set, member, &departments).await?
        } else {
            let there = Standing::of(&context, &workspace_set, member);
            instance(member, there.existing())
        });
    }
    instances.extend(former(&context, &workspace_set));
    let (holds, said) = if findings.is_empty() { ready(&instances) } else { (Holds::False, findings) };
    update_status(&context, &workspace_set, instances, holds, &said).await?;
    Ok(Outcome::Applied.into())
}

/// What a changed set touches: itself, and the flows of its lead and its members.
pub(super) fn changed_set(context: &Context, change: &Change<'_, WorkspaceSet>) {
    context.queues.sets.add(change.key.clone());
    if changed(change, |set| seen(set, None)) {
        for set in [change.old, change.new].into_iter().flatten() {
            flows::look_again(context, flows::touched_by_set(context, set));
        }
    }
}

/// The set that a system or workspace was made by, or is in the way of.
pub(super) fn its_set(context: &Context, key: &Key) {
    let Some(id) = id_of(key) else { return };
    for (set_key, set) in context.caches.sets.all() {
        if instance_name(&set) == id.1 {
            context.queues.sets.add_after(set_key, GATHER);
        }
    }
}

/// The sets that a department is of.
pub(super) fn its_sets(context: &Context, department: &str) {
    for (key, set) in context.caches.sets.all() {
        if set.spec.lead.department == department || set.spec.members.iter().any(|one| one == department) {
            context.queues.sets.add(key);
        }
    }
}

/// What stands of one member's instance.
struct Standing {
    system: Option<Arc<System>>,
    workspace: Option<Arc<Workspace>>,
}

impl Standing {
    fn of(context: &Context, set: &WorkspaceSet, member: &str) -> Self {
        let Some((namespace, name)) = key_of(&(member.to_owned(), instance_name(set))) else {
            return Self { system: None, workspace: None };
        };
        Self {
            system: context.caches.systems.get(&namespace, &name),
            workspace: context.caches.workspaces.get(&namespace, &name),
        }
    }

    fn existing(&self) -> Existing<'_> {
        Existing { system: self.system.as_deref(), workspace: self.workspace.as_deref() }
    }
}

/// Makes what one member lacks. Whatever hinders it is said of this member alone.
async fn member_pass(
    context: &Context,
    set: &WorkspaceSet,
    member: &str,
    departments: &Departments<'_>,
) -> Result<Instance, Error> {
    let before = Standing::of(context, set, member);
    let objects = match step(set, member, departments, before.existing()) {
        Step::Make(objects) => objects,
        Step::Wait(what) => {
            let state = InstanceState::Pending;
            return Ok(Instance { state, ..refused(member, &what) });
        }
        Step::Refuse(why) => return Ok(refused(member, &why)),
    };
    for object in objects {
        let hindered = if text(&object, "/kind") == "System" {
            make(context, &context.caches.systems, before.system.as_deref(), &object).await?
        } else {
            make(context, &context.caches.workspaces, before.workspace.as_deref(), &object).await?
        };
        if let Some(why) = hindered {
            return Ok(refused(member, &why));
        }
    }
    Ok(instance(member, Standing::of(context, set, member).existing()))
}

/// Makes an object be as wanted, or says what hinders it.
async fn make<K>(
    context: &Context,
    cache: &Cache<K>,
    live: Option<&K>,
    wanted: &Value,
) -> Result<Option<Message>, Error>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
        + Clone
        + Debug
        + Serialize
        + DeserializeOwned,
{
    let (kind, name) = (K::kind(&()).into_owned(), text(wanted, "/metadata/name").to_owned());
    let namespace = text(wanted, "/metadata/namespace");
    let stands = live.map(|live| serde_json::to_value(live).unwrap_or_default());
    if stands.is_some_and(|stands| covers(&stands, wanted)) {
        return Ok(None);
    }
    let mut wanted = wanted.clone();
    if let Some(uid) = live.and_then(|live| live.meta().uid.clone()) {
        // Not what was made anew under the name meanwhile.
        wanted["metadata"]["uid"] = uid.into();
    }
    let client: Client = context.client.clone();
    let api: Api<K> = Api::namespaced(client, namespace);
    let written = api.patch(&name, &PatchParams::apply(MANAGER), &Patch::Apply(&wanted)).await;
    let full_name = format!("{namespace}/{name}");
    match written {
        Ok(mut written) => {
            context.metrics.wrote(&kind);
            written.meta_mut().managed_fields = None;
            cache.put(key(&written), written);
            Ok(None)
        }
        Err(error) => {
            let called = if kind == "System" { "信息系统 System" } else { "业务空间 Workspace" };
            let (kind, said) = (called.to_owned(), api_error(&error));
            match &error {
                kube::Error::Api(status) if status.code == 409 => {
                    Ok(Some(Message::InstanceChanged { kind, name: full_name, error: said }))
                }
                refusal if is_refusal(refusal) => {
                    Ok(Some(Message::InstanceNotTaken { kind, name: full_name, error: said }))
                }
                _ => Err(Error::Apply { kind, name: full_name, source: Box::new(error) }),
            }
        }
    }
}

/// Departments that have a workspace of the set and are no longer its members.
fn former(context: &Context, set: &WorkspaceSet) -> Vec<Instance> {
    let own = set.metadata.name.as_deref().unwrap_or_default();
    let all = context.caches.workspaces.all();
    let its = all.iter().filter(|(_, workspace)| is_of(&workspace.metadata, own));
    let left = its.filter_map(|((namespace, _), workspace)| {
        let department = department_of(namespace)?.to_string();
        let namespace = workspace.status.as_ref().and_then(|status| status.namespace.clone());
        let state = InstanceState::Left;
        (!set.spec.members.contains(&department)).then_some(Instance {
            department,
            state,
            namespace,
            message: None,
        })
    });
    let mut left: Vec<Instance> = left.collect();
    left.dedup_by(|one, other| one.department == other.department);
    left.truncate(64);
    left
}

async fn update_status(
    context: &Context,
    of: &WorkspaceSet,
    instances: Vec<Instance>,
    holds: Holds,
    said: &[Message],
) -> Result<(), Error> {
    let count = |state| {
        u32::try_from(instances.iter().filter(|instance| instance.state == state).count()).unwrap_or(u32::MAX)
    };
    let mut status = WorkspaceSetStatus {
        total: u32::try_from(of.spec.members.len()).unwrap_or(u32::MAX),
        in_force: count(InstanceState::InForce),
        refused: count(InstanceState::Refused),
        conditions: of.status.clone().unwrap_or_default().conditions,
        instances,
    };
    set(&mut status.conditions, READY, holds, said, of.metadata.generation, context.clock.now());
    context.status.cluster(&context.caches.sets, of, &status).await
}
