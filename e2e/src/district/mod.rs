//! The embedded district: a hub, its sites, their links, and the product on all of them.
//!
//! ```no_run
//! # async fn story() -> anyhow::Result<()> {
//! use e2e::district::District;
//!
//! let district = District::start(["kaicheng", "zhengwu-waiwang"]).await?;
//! let kaicheng = district.site("kaicheng")?;
//! kaicheng.cut_link()?;
//! let writes = district.writes_during(async || district.hub().start().await).await?;
//! assert!(writes.is_empty(), "{writes:#?}");
//! kaicheng.heal_link()?;
//! # Ok(())
//! # }
//! ```

mod builder;

pub use builder::Builder;

use std::fmt::{self, Debug};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use futures::future::try_join_all;
use kube::Api;
use kube::api::DynamicObject;
use kube::core::{ApiResource, GroupVersionKind};
use serde::de::DeserializeOwned;

use crate::audit::{Entry, Mark};
use crate::control_plane::ControlPlane;
use crate::hub::Hub;
use crate::lock::FileLock;
use crate::setup::Setup;
use crate::site::Site;
use crate::vault::Vault;
use crate::wait::{self, Answer, GLANCE};
use crate::workdir::WorkDir;

/// A running district; dropping it ends every process and removes every file of it.
#[derive(Debug)]
pub struct District {
    // Dropped in this order: agents before the hub, all before their folder, and the lock last.
    sites: Vec<Site>,
    hub: Hub,
    vault: Option<Vault>,
    dir: WorkDir,
    _only_one: FileLock,
}

/// A write on one of the district's control planes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// `hub` or the site's name.
    pub plane: String,
    /// What was written and by whom.
    pub entry: Entry,
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.plane, self.entry)
    }
}

impl District {
    /// Starts a district with these sites, two fake nodes each, and waits until they have joined.
    pub async fn start<S: Into<String>>(sites: impl IntoIterator<Item = S>) -> Result<Self> {
        Self::builder().sites(sites).start().await
    }

    /// Describes a district.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The hub.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The secret store, where the district was built with one.
    pub fn vault(&self) -> Result<&Vault> {
        self.vault.as_ref().context("this district has no secret store")
    }

    /// A site by its name.
    pub fn site(&self, name: &str) -> Result<&Site> {
        self.sites.iter().find(|site| site.name() == name).with_context(|| format!("there is no site {name}"))
    }

    /// All sites.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Starts one more site with its link, not yet joined: register its data centre, then call `Site::join`.
    pub async fn add_site(&mut self, name: &str) -> Result<&Site> {
        let site = Site::start_plane(name, &self.dir.folder(name)?, Setup::default()).await?;
        site.lay_link(&self.hub, self.sites.len())?;
        self.sites.push(site);
        self.site(name)
    }

    /// The folder with everything the district wrote: logs, audit logs, kubeconfigs.
    #[must_use]
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// All control planes, the hub's first.
    pub fn planes(&self) -> impl Iterator<Item = &ControlPlane> {
        std::iter::once(self.hub.plane()).chain(self.sites.iter().map(Site::plane))
    }

    /// What our components wrote, on the hub and on every site, while something happened.
    pub async fn writes_during(&self, work: impl AsyncFnOnce() -> Result<()>) -> Result<Vec<Write>> {
        let marks = self.marks().await?;
        work().await?;
        self.writes_since(&marks).await
    }

    /// A place in each audit log, in the order of `planes`.
    pub async fn marks(&self) -> Result<Vec<Mark>> {
        // A stopped API server writes nothing, so the end of its log is as good as a mark.
        let mark = async |plane: &ControlPlane| {
            if plane.apiserver().alive() { plane.audit_mark().await } else { Ok(plane.audit().mark()) }
        };
        try_join_all(self.planes().map(mark)).await
    }

    /// What our components wrote since `marks`.
    pub async fn writes_since(&self, marks: &[Mark]) -> Result<Vec<Write>> {
        // New marks are not kept, but everything answered before they were made is in the logs now.
        self.marks().await?;
        let mut writes = Vec::new();
        for (plane, mark) in self.planes().zip(marks) {
            let entries = plane.audit().since(*mark)?.writes().ours();
            writes.extend(entries.into_iter().map(|entry| Write { plane: plane.name().to_owned(), entry }));
        }
        Ok(writes)
    }

    /// Waits until a check holds; it is repeated whenever a control plane answered somebody, and ten times a second. Past
    /// the deadline the error tells the state of the district.
    pub async fn eventually<A: Answer>(&self, what: &str, check: impl AsyncFnMut() -> A) -> Result<A::Value> {
        match wait::repeat(what, check, async || self.something_happened().await).await {
            Ok(value) => Ok(value),
            Err(error) => bail!("{error:#}\n{}", self.state().await),
        }
    }

    /// Waits, by a watch, until an object is as described. Past the deadline the error tells the state of the district.
    pub async fn eventually_object<K>(
        &self,
        api: Api<K>,
        name: &str,
        what: &str,
        predicate: impl Fn(Option<&K>) -> bool + Send + Sync,
    ) -> Result<Option<K>>
    where
        K: kube::Resource + Clone + Debug + Send + DeserializeOwned + 'static,
    {
        match wait::object(api, name, what, predicate).await {
            Ok(found) => Ok(found),
            Err(error) => bail!("{error:#}\n{}", self.state().await),
        }
    }

    /// Returns when an audit log has grown, or after a glance.
    async fn something_happened(&self) {
        let size = || self.planes().map(|plane| plane.audit().len()).sum::<u64>();
        let (before, until) = (size(), Instant::now() + GLANCE);
        while size() == before && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until the hub hears every site.
    async fn all_connected(&self) -> Result<()> {
        let kind = ApiResource::from_gvk_with_plural(
            &GroupVersionKind::gvk("zhengyun.io", "v1alpha1", "DataCenter"),
            "datacenters",
        );
        let centers: Api<DynamicObject> = Api::all_with(self.hub.client()?, &kind);
        let connected = |center: &DynamicObject| {
            center.data["status"]["conditions"].as_array().is_some_and(|conditions| {
                conditions
                    .iter()
                    .any(|condition| condition["type"] == "Connected" && condition["status"] == "True")
            })
        };
        self.eventually("every site is connected", async || {
            let known = centers.list(&kube::api::ListParams::default()).await?;
            let heard = |site: &Site| {
                known
                    .iter()
                    .any(|center| center.metadata.name.as_deref() == Some(site.name()) && connected(center))
            };
            anyhow::Ok(self.sites.iter().all(heard))
        })
        .await
    }

    /// What stands where: for the error of a failed test.
    pub async fn state(&self) -> String {
        crate::state::of(self).await
    }
}

/// The least that makes rooms into sites: a district, a department that owns the rooms, a profile, and the rooms.
#[must_use]
pub fn register(sites: &[String]) -> String {
    let first = sites.first().map_or("none", String::as_str);
    let mut yaml = format!(
        "apiVersion: zhengyun.io/v1alpha1
kind: District
metadata: {{name: test}}
spec:
  displayName: 测试区
  divisionCode: '310100'
  egress: {{dataCenter: {first}, bandwidthMbps: 300}}
  defaultProfile: standard
---
apiVersion: zhengyun.io/v1alpha1
kind: IsolationProfile
metadata: {{name: standard}}
spec: {{displayName: 标准}}
---
apiVersion: zhengyun.io/v1alpha1
kind: Department
metadata: {{name: center}}
spec: {{displayName: 服务中心, kind: institution}}
"
    );
    for name in sites {
        yaml += "---\n";
        yaml += &data_center(name);
    }
    yaml
}

/// A room in use, in a building of its own.
#[must_use]
pub fn data_center(name: &str) -> String {
    format!(
        "apiVersion: zhengyun.io/v1alpha1
kind: DataCenter
metadata: {{name: {name}}}
spec:
  displayName: {name}机房
  owner: center
  building: {name}
  disposition: cloud
  zones: [extranet, internet]
  level: {{information: 3, service: 3}}
  accepted: true
"
    )
}
