//! What stands on a site that is not ours: whose it may be, what it needs, how it is reached, and what our fence would refuse.
//!
//! Everything here was written by others. It is shown, and nothing follows from it by itself.

mod amount;
mod fence;
mod flows;
mod owner;

use std::collections::{BTreeMap, BTreeSet};

use crds::{Department, Message, labels};
use k8s_openapi::api::core::v1::{Namespace, PersistentVolumeClaim, Pod, Service};
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::api::rbac::v1::{ClusterRoleBinding, RoleBinding};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

pub use self::amount::Need;
pub use self::fence::{cut, refused};
pub use self::owner::Guess;
use self::{flows::flows, owner::guess};

/// What was read of a site.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Namespaces.
    pub namespaces: Vec<Namespace>,
    /// Pods.
    pub pods: Vec<Pod>,
    /// Services.
    pub services: Vec<Service>,
    /// Volume claims.
    pub claims: Vec<PersistentVolumeClaim>,
    /// Network policies.
    pub policies: Vec<NetworkPolicy>,
    /// Ingresses.
    pub ingresses: Vec<Ingress>,
    /// Role bindings.
    pub bindings: Vec<RoleBinding>,
    /// Role bindings of the whole cluster.
    pub cluster_bindings: Vec<ClusterRoleBinding>,
}

/// Everything of one namespace.
#[derive(Clone, Debug)]
pub struct Room<'a> {
    /// The namespace itself.
    pub namespace: &'a Namespace,
    pods: Vec<&'a Pod>,
    services: Vec<&'a Service>,
    claims: Vec<&'a PersistentVolumeClaim>,
    policies: Vec<&'a NetworkPolicy>,
    ingresses: Vec<&'a Ingress>,
    bindings: Vec<&'a RoleBinding>,
    cluster_bindings: &'a [ClusterRoleBinding],
}

/// What is told of one namespace.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Its name.
    pub namespace: String,
    /// What runs in it, as `Deployment web 2`.
    pub workloads: Vec<String>,
    /// Whose it may be, and from what; several when signs disagree.
    pub owners: Vec<Guess>,
    /// The share that what runs now would take.
    pub need: Need,
    /// Where its images come from.
    pub registries: BTreeSet<String>,
    /// How it is reached and what it reaches, as far as objects say it.
    pub flows: Vec<String>,
    /// What a standard fence would refuse.
    #[serde(skip)]
    pub violations: Vec<Message>,
}

/// All namespaces that are neither the platform's nor the cluster's own.
#[must_use]
pub fn survey(seen: &Seen, departments: &[Department]) -> Vec<Row> {
    let foreign = |namespace: &&Namespace| {
        let name = name_of(&namespace.metadata);
        !is_ours(namespace) && (name == "default" || !crate::adopt::is_reserved(name))
    };
    let mut rows: Vec<Row> = seen
        .namespaces
        .iter()
        .filter(foreign)
        .map(|namespace| {
            let room = Room::of(seen, namespace);
            let mut violations = refused(&room, crds::tenancy::isolation_profile::PodSecurity::Baseline);
            violations.extend(fence::strictest(&room));
            Row {
                namespace: name_of(&namespace.metadata).to_owned(),
                workloads: workloads(&room.pods),
                owners: guess(&room, departments),
                need: Need::of(&room),
                registries: registries(&room.pods),
                flows: flows(&room),
                violations,
            }
        })
        .collect();
    rows.sort_by(|a, b| a.namespace.cmp(&b.namespace));
    rows
}

/// Whether a namespace carries the platform's mark.
#[must_use]
pub fn is_ours(namespace: &Namespace) -> bool {
    let labels = namespace.metadata.labels.as_ref();
    labels.and_then(|labels| labels.get(labels::MANAGED_BY)).is_some_and(|by| by == labels::MANAGER)
}

impl<'a> Room<'a> {
    /// Everything of one namespace.
    #[must_use]
    pub fn of(seen: &'a Seen, namespace: &'a Namespace) -> Self {
        let name = name_of(&namespace.metadata);
        let here = |metadata: &ObjectMeta| metadata.namespace.as_deref() == Some(name);
        Self {
            namespace,
            // What has ended needs nothing and is made again by nobody.
            pods: seen.pods.iter().filter(|pod| here(&pod.metadata) && !has_ended(pod)).collect(),
            services: seen.services.iter().filter(|one| here(&one.metadata)).collect(),
            claims: seen.claims.iter().filter(|one| here(&one.metadata)).collect(),
            policies: seen
                .policies
                .iter()
                .filter(|one| here(&one.metadata) && !kept(&one.metadata))
                .collect(),
            ingresses: seen.ingresses.iter().filter(|one| here(&one.metadata)).collect(),
            bindings: seen
                .bindings
                .iter()
                .filter(|one| here(&one.metadata) && !kept(&one.metadata))
                .collect(),
            cluster_bindings: &seen.cluster_bindings,
        }
    }
}

/// Whether an object in an adopted namespace is ours.
fn kept(metadata: &ObjectMeta) -> bool {
    let labels = metadata.labels.as_ref();
    labels.and_then(|labels| labels.get(labels::MANAGED_BY)).is_some_and(|by| by == labels::MANAGER)
}

fn has_ended(pod: &Pod) -> bool {
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
    matches!(phase, Some("Succeeded" | "Failed"))
}

pub(crate) fn name_of(metadata: &ObjectMeta) -> &str {
    metadata.name.as_deref().unwrap_or_default()
}

/// What owns the pods, with how many each.
fn workloads(pods: &[&Pod]) -> Vec<String> {
    let mut owners: BTreeMap<(String, String), usize> = BTreeMap::new();
    for pod in pods {
        *owners.entry(workload(pod)).or_default() += 1;
    }
    owners.into_iter().map(|((kind, name), pods)| format!("{kind} {name} {pods}")).collect()
}

fn workload(pod: &Pod) -> (String, String) {
    let references = pod.metadata.owner_references.iter().flatten();
    let Some(owner) = references.into_iter().find(|owner| owner.controller == Some(true)) else {
        return ("Pod".to_owned(), name_of(&pod.metadata).to_owned());
    };
    let labels = pod.metadata.labels.as_ref();
    let hash = labels.and_then(|labels| labels.get("pod-template-hash"));
    let deployment = hash.and_then(|hash| owner.name.strip_suffix(hash.as_str())?.strip_suffix('-'));
    match deployment {
        Some(deployment) if owner.kind == "ReplicaSet" => ("Deployment".to_owned(), deployment.to_owned()),
        _ => (owner.kind.clone(), owner.name.clone()),
    }
}

/// Where images come from: the host before the first slash, or the default one.
fn registries(pods: &[&Pod]) -> BTreeSet<String> {
    let specs = pods.iter().filter_map(|pod| pod.spec.as_ref());
    let images = specs.flat_map(|spec| {
        let init = spec.init_containers.iter().flatten();
        spec.containers.iter().chain(init).filter_map(|container| container.image.as_deref())
    });
    let registry = |image: &str| match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host.to_owned(),
        _ => "docker.io".to_owned(),
    };
    images.map(registry).collect()
}

#[cfg(test)]
mod tests;
