//! What is read before anything is said: the register on the hub, and what really stands on the sites.

use std::collections::BTreeMap;
use std::fmt::Debug;

use anyhow::{Context as _, Result};
use crds::{DataCenter, Department, District as Itself, IsolationProfile, System, Workspace, WorkspaceSet};
use k8s_openapi::api::core::v1::{Node, ResourceQuota};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::ListParams;
use kube::{Api, Client, Resource, ResourceExt as _};
use plan::quota::QUOTA_NAME;
use serde::de::DeserializeOwned;

use crate::district::District;
use crate::site::Site;

/// Every object of ours on the hub.
#[derive(Debug, Default)]
pub(super) struct Register {
    pub(super) districts: Vec<Itself>,
    pub(super) data_centers: Vec<DataCenter>,
    pub(super) departments: Vec<Department>,
    pub(super) profiles: Vec<IsolationProfile>,
    pub(super) systems: Vec<System>,
    pub(super) workspaces: Vec<Workspace>,
    pub(super) sets: Vec<WorkspaceSet>,
}

/// What the sites' own API servers show, by site.
#[derive(Debug, Default)]
pub(super) struct Field(pub(super) BTreeMap<String, OnSite>);

/// What one site's API server shows.
#[derive(Debug, Default)]
pub(super) struct OnSite {
    pub(super) nodes: usize,
    pub(super) ready_nodes: usize,
    /// By namespace; only those of workspaces that are to stand there.
    pub(super) namespaces: BTreeMap<String, Inside>,
}

/// What stands in a workspace's namespace.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub(super) quota: Option<ResourceQuota>,
    pub(super) role_bindings: usize,
    pub(super) network_policies: usize,
}

impl Register {
    pub(super) async fn read(district: &District) -> Result<Self> {
        let client = district.hub().client()?;
        Ok(Self {
            districts: all(&client).await?,
            data_centers: all(&client).await?,
            departments: all(&client).await?,
            profiles: all(&client).await?,
            systems: all(&client).await?,
            workspaces: all(&client).await?,
            sets: all(&client).await?,
        })
    }

    /// The Chinese name of a data centre, or its short name while it has none.
    pub(super) fn room<'a>(&'a self, name: &'a str) -> &'a str {
        let found = self.data_centers.iter().find(|room| room.name_any() == name);
        found.map_or(name, |room| &room.spec.display_name)
    }

    /// The Chinese name of the department that a hub namespace belongs to.
    pub(super) fn department_of(&self, namespace: &str) -> String {
        let Some(name) = plan::names::department_of(namespace) else { return namespace.to_owned() };
        let found = self.departments.iter().find(|department| department.name_any() == name.as_str());
        found.map_or_else(|| name.to_string(), |department| department.spec.display_name.clone())
    }

    /// The Chinese name of the system that a workspace is for.
    pub(super) fn system_of<'a>(&'a self, workspace: &'a Workspace) -> &'a str {
        let same = |system: &&System| {
            system.name_any() == workspace.spec.system && system.namespace() == workspace.namespace()
        };
        let found = self.systems.iter().find(same);
        found.map_or(&workspace.spec.system, |system| &system.spec.display_name)
    }

    /// Every place that a workspace with a namespace wants: the workspace, its namespace, the site.
    pub(super) fn places(&self) -> impl Iterator<Item = (&Workspace, &str, &str)> {
        self.workspaces.iter().flat_map(|workspace| {
            let namespace = workspace.status.as_ref().and_then(|status| status.namespace.as_deref());
            let sites = workspace.spec.sites.iter().map(|place| place.site.as_str());
            namespace
                .into_iter()
                .flat_map(move |namespace| sites.clone().map(move |site| (workspace, namespace, site)))
        })
    }
}

impl Field {
    pub(super) async fn read(district: &District, register: &Register) -> Result<Self> {
        let mut field = BTreeMap::new();
        for site in district.sites() {
            let mut on_site = OnSite::of_nodes(&all(&site.client()?).await?);
            for (_, namespace, _) in register.places().filter(|(_, _, at)| *at == site.name()) {
                on_site.namespaces.insert(namespace.to_owned(), Inside::read(site, namespace).await?);
            }
            field.insert(site.name().to_owned(), on_site);
        }
        Ok(Self(field))
    }

    /// What stands in a namespace on a site.
    pub(super) fn inside(&self, site: &str, namespace: &str) -> Option<&Inside> {
        self.0.get(site)?.namespaces.get(namespace)
    }
}

impl OnSite {
    fn of_nodes(nodes: &[Node]) -> Self {
        let ready = |node: &&Node| {
            let conditions = node.status.as_ref().and_then(|status| status.conditions.as_ref());
            conditions.is_some_and(|all| all.iter().any(|one| one.type_ == "Ready" && one.status == "True"))
        };
        let ready_nodes = nodes.iter().filter(ready).count();
        Self { nodes: nodes.len(), ready_nodes, namespaces: BTreeMap::new() }
    }
}

impl Inside {
    async fn read(site: &Site, namespace: &str) -> Result<Self> {
        let client = site.client()?;
        let quotas: Api<ResourceQuota> = Api::namespaced(client.clone(), namespace);
        let bindings: Api<RoleBinding> = Api::namespaced(client.clone(), namespace);
        let policies: Api<NetworkPolicy> = Api::namespaced(client, namespace);
        let what = || format!("read namespace {namespace} of {}", site.name());
        Ok(Self {
            quota: quotas.get_opt(QUOTA_NAME).await.with_context(what)?,
            role_bindings: bindings.list(&ListParams::default()).await.with_context(what)?.items.len(),
            network_policies: policies.list(&ListParams::default()).await.with_context(what)?.items.len(),
        })
    }

    /// Used and hard amount of a resource as the quota's status says, `None` while the site enforces no such limit.
    pub(super) fn usage(&self, resource: &str) -> Option<(&str, &str)> {
        let status = self.quota.as_ref()?.status.as_ref()?;
        let hard = status.hard.as_ref()?.get(resource)?;
        let used = status.used.as_ref()?.get(resource)?;
        Some((&used.0, &hard.0))
    }
}

async fn all<K>(client: &Client) -> Result<Vec<K>>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
{
    let listed = Api::all(client.clone()).list(&ListParams::default()).await;
    Ok(listed.with_context(|| format!("list {}", K::plural(&())))?.items)
}
