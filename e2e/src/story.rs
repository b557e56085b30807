//! The small things that district tests are told with: departments, systems and workspaces as short YAML, and what is said of them.

use std::fmt::Debug;

use anyhow::{Context as _, Result};
use crds::Workspace;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use kube::core::object::HasStatus;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::district::District;

/// A department with one group of each role.
#[must_use]
pub fn department(name: &str) -> String {
    format!(
        "apiVersion: zhengyun.io/v1alpha1
kind: Department
metadata: {{name: {name}}}
spec:
  displayName: {name}单位
  kind: office
  groups:
    - {{group: 'oidc:{name}-admin', role: admin}}
    - {{group: 'oidc:{name}-member', role: member}}
    - {{group: 'oidc:{name}-auditor', role: auditor}}
---
"
    )
}

/// A system of level 3 in the extranet.
#[must_use]
pub fn system(department: &str, name: &str) -> String {
    format!(
        "apiVersion: zhengyun.io/v1alpha1
kind: System
metadata: {{name: {name}, namespace: dept-{department}}}
spec:
  displayName: {name}系统
  kind: new
  zones: [extranet]
  level: {{information: 3, service: 3}}
---
"
    )
}

/// A budget of this year, and at each site a grant that never runs out: for tests that are not about them.
#[must_use]
pub fn means(department: &str, sites: &[&str]) -> String {
    budget(department, 10_000, 2000)
        + &sites.iter().map(|site| grant(department, site, 1000, 100)).collect::<String>()
}

/// A department's budget of this year: cores (with 8 GiB of memory, 10 pods each) and namespaces.
#[must_use]
pub fn budget(department: &str, cpu: u32, namespaces: u32) -> String {
    let year = Timestamp::now().in_tz("UTC").map_or(2026, |now| now.year());
    let total = amounts(cpu, namespaces);
    format!(
        "apiVersion: zhengyun.io/v1alpha1
kind: Budget
metadata: {{name: budget, namespace: dept-{department}}}
spec:
  year: {year}
  funding: infrastructure
  total: {total}
  basis: {{document: 测试}}
---
"
    )
}

/// What a department is given at one site, for ever: cores (with 8 GiB of memory, 10 pods each) and namespaces.
#[must_use]
pub fn grant(department: &str, site: &str, cpu: u32, namespaces: u32) -> String {
    let amounts = amounts(cpu, namespaces);
    format!(
        "apiVersion: zhengyun.io/v1alpha1
kind: Grant
metadata: {{name: {site}, namespace: dept-{department}}}
spec:
  sites: [{{site: {site}, amounts: {amounts}}}]
  until: '2199-12-31'
  basis: {{document: 测试}}
---
"
    )
}

fn amounts(cpu: u32, namespaces: u32) -> String {
    let (memory, pods, objects) = (cpu * 8, cpu * 10, cpu * 4);
    let counts = format!("pods: {pods}, volumes: {objects}, services: {objects}, namespaces: {namespaces}");
    format!("{{cpu: '{cpu}', memory: {memory}Gi, storage: {memory}Gi, {counts}}}")
}

/// A workspace for a system, with the same share at each site, and all that it needs to be granted there.
#[must_use]
pub fn workspace(department: &str, name: &str, system: &str, sites: &[&str], cpu: &str) -> String {
    means(department, sites) + &bare_workspace(department, name, system, sites, cpu)
}

/// The workspace alone, for a department that has the means.
#[must_use]
pub fn bare_workspace(department: &str, name: &str, system: &str, sites: &[&str], cpu: &str) -> String {
    let place = |site: &&str| format!("    - {{site: {site}, share: {{cpu: '{cpu}', memory: 8Gi}}}}\n");
    let places = sites.iter().map(place).collect::<Vec<_>>().concat();
    format!(
        "apiVersion: zhengyun.io/v1alpha1
kind: Workspace
metadata: {{name: {name}, namespace: dept-{department}}}
spec:
  displayName: {name}空间
  system: {system}
  zone: extranet
  sites:
{places}---
"
    )
}

/// A pod that every wall lets through, with as little as counts.
pub fn pod(name: &str) -> Result<Pod> {
    Ok(serde_json::from_value(json!({
        "metadata": {"name": name},
        "spec": {
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{
                "name": "app",
                "image": "registry.local/app:1",
                "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
                "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"memory": "1Mi"}}
            }]
        }
    }))?)
}

/// What an object of ours says of itself.
pub trait Conditions {
    /// Its conditions, none before it has a status.
    fn conditions(&self) -> &[Condition];
    /// The generation that stands now.
    fn generation(&self) -> Option<i64>;
}

macro_rules! conditions {
    ($($kind:ty),*) => {$(
        impl Conditions for $kind {
            fn conditions(&self) -> &[Condition] {
                self.status.as_ref().map_or(&[], |status| status.conditions.as_slice())
            }
            fn generation(&self) -> Option<i64> {
                self.metadata.generation
            }
        }
    )*};
}

conditions!(
    crds::District,
    crds::DataCenter,
    crds::Department,
    crds::IsolationProfile,
    crds::System,
    crds::Workspace,
    crds::WorkspaceSet,
    crds::Removal,
    crds::Ruling,
    crds::Budget,
    crds::Grant,
    crds::Allotment,
    crds::ApprovalPolicy,
    crds::ResourceRequest,
    crds::Approval,
    crds::WorkCalendar
);

/// What `Ready` says of the present generation: status and message.
#[must_use]
pub fn ready<K: Conditions>(object: &K) -> Option<(&str, &str)> {
    let ready = plan::conditions::find(object.conditions(), plan::conditions::READY)?;
    (ready.observed_generation == object.generation())
        .then_some((ready.status.as_str(), ready.message.as_str()))
}

impl District {
    /// Waits until an object on the hub says of itself that it is ready, or that it is not, and returns it.
    pub async fn said<K>(&self, api: Api<K>, name: &str, status: &str) -> Result<K>
    where
        K: kube::Resource + HasStatus + Conditions + Clone + Debug + Send + DeserializeOwned + 'static,
    {
        let what = format!("{name} says Ready={status}");
        let holds =
            |found: Option<&K>| found.is_some_and(|object| ready(object).is_some_and(|(s, _)| s == status));
        self.eventually_object(api, name, &what, holds).await?.context("it was there a moment ago")
    }

    /// Waits until a workspace is in force at all its sites.
    pub async fn in_force(&self, department: &str, workspace: &str) -> Result<Workspace> {
        let api: Api<Workspace> = Api::namespaced(self.hub().client()?, &format!("dept-{department}"));
        self.said(api, workspace, "True").await
    }
}
