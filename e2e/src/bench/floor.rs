//! Floors: the same writes in a bare loop, without anything of the product, on the same control planes.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::{Namespace, ResourceQuota};
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::core::ApiResource;
use kube::{Api, Client};
use serde_json::{Value, json};

use super::figure::Samples;
use super::watched::Watched;
use crate::control_plane::ControlPlane;

/// Clients of a bare loop: as many keep two cores of API servers busy.
pub(super) const CLIENTS: usize = 8;
/// Field manager of everything that a floor writes.
pub(super) const MANAGER: &str = "bench";

/// One server-side apply.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// Which of the control planes.
    pub plane: usize,
    /// The kind.
    pub resource: ApiResource,
    /// `None` for an object that is in no namespace.
    pub namespace: Option<String>,
    /// The object; its name is in it.
    pub object: Value,
    /// Whether its status is applied, and not the object itself.
    pub status: bool,
}

/// Applies everything with eight clients in parallel and says how long it took.
pub(super) async fn apply_all(planes: &[&ControlPlane], jobs: Vec<Job>) -> Result<Duration> {
    let mut clients: Vec<Vec<Client>> = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(planes.iter().map(|plane| plane.admin()).collect::<Result<_>>()?);
    }
    let clients = &clients;
    let begin = Instant::now();
    stream::iter(jobs.into_iter().enumerate())
        .map(async |(number, job)| apply(&clients[number % CLIENTS][job.plane], &job).await)
        .buffer_unordered(CLIENTS)
        .try_collect::<()>()
        .await?;
    Ok(begin.elapsed())
}

async fn apply(client: &Client, job: &Job) -> Result<()> {
    let Job { plane: _, resource, namespace, object, status } = job;
    let api: Api<DynamicObject> = match namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, resource),
        None => Api::all_with(client.clone(), resource),
    };
    let name = plan::bundle::text(object, "/metadata/name");
    let parameters = PatchParams::apply(MANAGER).force();
    let applied = match status {
        false => api.patch(name, &parameters, &Patch::Apply(object)).await,
        true => api.patch_status(name, &parameters, &Patch::Apply(object)).await,
    };
    applied.with_context(|| format!("apply {} {name} in a bare loop", resource.kind))?;
    Ok(())
}

/// Makes sure that a namespace for a floor's objects stands.
pub(super) async fn namespace(client: &Client, name: &str) -> Result<()> {
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let parameters = PatchParams::apply(MANAGER).force();
    namespaces.patch(name, &parameters, &Patch::Apply(&object)).await.context("make a namespace")?;
    Ok(())
}

/// A quota applied, until the site's own controller shows that it enforces it: what no operator can do faster.
pub(super) async fn quota(client: &Client, namespace_name: &str, rounds: usize) -> Result<Samples> {
    namespace(client, namespace_name).await?;
    let api: Api<ResourceQuota> = Api::namespaced(client.clone(), namespace_name);
    let mut watched = Watched::one(api.clone(), "floor").await?;
    let mut samples = Samples::default();
    for round in 0..rounds {
        let cpu = (round + 1).to_string();
        let object = json!({
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "floor"},
            "spec": {"hard": {"requests.cpu": cpu, "requests.memory": "8Gi", "pods": "50"}}
        });
        let begin = Instant::now();
        api.patch("floor", &PatchParams::apply(MANAGER).force(), &Patch::Apply(&object))
            .await
            .context("apply a quota")?;
        let (at, _) =
            watched.until("the quota is in force", |quota| enforced_cpu(quota) == Some(&cpu)).await?;
        samples.push(at - begin);
    }
    Ok(samples)
}

/// The CPU that a quota's controller says it enforces.
pub(super) fn enforced_cpu(quota: &ResourceQuota) -> Option<&String> {
    Some(&quota.status.as_ref()?.hard.as_ref()?.get("requests.cpu")?.0)
}

/// A change seen by a watch, undone by one write, and that seen by the watch: the least that undoing drift can be.
pub(super) async fn corrector(client: &Client, namespace_name: &str, rounds: usize) -> Result<Samples> {
    namespace(client, namespace_name).await?;
    let api: Api<ResourceQuota> = Api::namespaced(client.clone(), namespace_name);
    let quota = |pods: &str| {
        json!({
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "corrected"},
            "spec": {"hard": {"pods": pods}}
        })
    };
    let pods = |quota: &ResourceQuota| Some(quota.spec.as_ref()?.hard.as_ref()?.get("pods")?.0.clone());
    let parameters = PatchParams::apply(MANAGER).force();
    let write = async |pods: &str| {
        api.patch("corrected", &parameters, &Patch::Apply(quota(pods))).await.context("apply a quota")
    };
    write("50").await?;
    let mut watched = Watched::one(api.clone(), "corrected").await?;
    let mut samples = Samples::default();
    for round in 0..rounds {
        // Another amount each time: the controller of quotas writes too, and what it shows late is not to be mistaken.
        let wrong = (round + 100).to_string();
        let begin = Instant::now();
        write(&wrong).await?;
        watched.until("the change is seen", |quota| pods(quota).as_ref() == Some(&wrong)).await?;
        write("50").await?;
        let (at, _) = watched.until("it is undone", |quota| pods(quota).as_deref() == Some("50")).await?;
        samples.push(at - begin);
    }
    Ok(samples)
}
