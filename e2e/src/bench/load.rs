//! Departments with their systems and workspaces, as the service centre files them: applied in parallel until all are ready.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use crds::{Budget, Department, Grant, System, Workspace};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Patch, PatchParams};
use kube::{Api, Client, Resource, ResourceExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::floor::CLIENTS;
use super::watched::Watched;
use crate::control_plane::ControlPlane;
use crate::story::{bare_workspace, budget, department, grant, ready, system};

/// The system of every department.
pub(super) const SYSTEM: &str = "one";
/// Field manager of what people file.
const PERSON: &str = "bench-person";

/// A department with one system, and workspaces `w1`, `w2` … for it.
#[derive(Clone, Debug)]
pub(super) struct Tenant {
    pub name: String,
    pub workspaces: usize,
    /// Where each of its workspaces stands.
    pub sites: Vec<String>,
}

impl Tenant {
    /// Its namespace on the hub.
    pub(super) fn namespace(&self) -> String {
        format!("dept-{}", self.name)
    }

    fn workspace_names(&self) -> impl Iterator<Item = String> {
        (1..=self.workspaces).map(|number| format!("w{number}"))
    }
}

/// Files everything and waits until every workspace is ready; how long that took from the first apply on.
pub(super) async fn load(hub: &ControlPlane, tenants: &[Tenant]) -> Result<Duration> {
    let client = hub.admin()?;
    let namespaces = Watched::all(Api::all(client.clone())).await?;
    let workspaces = Watched::all(Api::all(client.clone())).await?;
    let begin = Instant::now();
    let ((), (), last) = tokio::try_join!(
        departments(&client, tenants),
        contents(&client, tenants, namespaces),
        all_ready(tenants, workspaces),
    )?;
    Ok(last.map_or(Duration::ZERO, |last| last - begin))
}

async fn departments(client: &Client, tenants: &[Tenant]) -> Result<()> {
    let api: &Api<Department> = &Api::all(client.clone());
    stream::iter(tenants)
        .map(async |tenant| file(api, &department(&tenant.name)).await.map(drop))
        .buffer_unordered(CLIENTS)
        .try_collect()
        .await
}

/// Files what stands in a department's namespace as soon as the hub has made it.
async fn contents(client: &Client, tenants: &[Tenant], namespaces: Watched<Namespace>) -> Result<()> {
    let waited: HashMap<String, &Tenant> =
        tenants.iter().map(|tenant| (tenant.namespace(), tenant)).collect();
    let made = stream::try_unfold((namespaces, waited), async |(mut namespaces, mut waited)| {
        if waited.is_empty() {
            return anyhow::Ok(None);
        }
        let known = |namespace: &Namespace| waited.contains_key(&namespace.name_any());
        let (_, namespace) = namespaces.until("a department has its namespace", known).await?;
        let tenant = waited.remove(&namespace.name_any()).context("a department just found")?;
        Ok(Some((tenant, (namespaces, waited))))
    });
    made.map_ok(|tenant| content(client, tenant)).try_buffer_unordered(CLIENTS).try_collect().await
}

async fn content(client: &Client, tenant: &Tenant) -> Result<()> {
    let Tenant { name, workspaces: _, sites } = tenant;
    let systems: Api<System> = Api::namespaced(client.clone(), &tenant.namespace());
    file(&systems, &system(name, SYSTEM)).await?;
    let sites: Vec<&str> = sites.iter().map(String::as_str).collect();
    let budgets: Api<Budget> = Api::namespaced(client.clone(), &tenant.namespace());
    file(&budgets, &budget(name, 10_000, 2000)).await?;
    let grants: Api<Grant> = Api::namespaced(client.clone(), &tenant.namespace());
    for site in &sites {
        file(&grants, &grant(name, site, 1000, 100)).await?;
    }
    let workspaces: Api<Workspace> = Api::namespaced(client.clone(), &tenant.namespace());
    for one in tenant.workspace_names() {
        file(&workspaces, &bare_workspace(name, &one, SYSTEM, &sites, "1")).await?;
    }
    Ok(())
}

/// Applies the first document of a YAML text, as a person does.
pub(super) async fn file<K>(api: &Api<K>, yaml: &str) -> Result<K>
where
    K: Resource + Clone + Debug + Serialize + DeserializeOwned,
{
    let document = serde_yaml::Deserializer::from_str(yaml).next().context("a document")?;
    let object = K::deserialize(document).context("read an object of the benchmark")?;
    let name = object.name_any();
    let parameters = PatchParams::apply(PERSON).force();
    api.patch(&name, &parameters, &Patch::Apply(&object)).await.with_context(|| format!("file {name}"))
}

/// When the last workspace said that it is ready.
async fn all_ready(tenants: &[Tenant], mut workspaces: Watched<Workspace>) -> Result<Option<Instant>> {
    let mut waited: BTreeSet<(String, String)> = tenants
        .iter()
        .flat_map(|tenant| tenant.workspace_names().map(|name| (tenant.namespace(), name)))
        .collect();
    let mut last = None;
    while !waited.is_empty() {
        let what = format!("{} workspaces are ready, such as {:?}", waited.len(), waited.first());
        let well = |workspace: &Workspace| {
            let key = (workspace.namespace().unwrap_or_default(), workspace.name_any());
            ready(workspace).is_some_and(|(status, _)| status == "True") && waited.remove(&key)
        };
        last = Some(workspaces.until(&what, well).await?.0);
    }
    Ok(last)
}
