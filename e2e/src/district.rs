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

use std::fmt::{self, Debug};
use std::path::PathBuf;
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
use crate::lock::{FileLock, cache_dir};
use crate::site::Site;
use crate::wait::{self, Answer, GLANCE};
use crate::workdir::WorkDir;

/// As many nodes as a test needs to see something spread.
const NODES: u32 = 2;

/// A running district; dropping it ends every process and removes every file of it.
#[derive(Debug)]
pub struct District {
    // Dropped in this order: agents before the hub, all before their folder, and the lock last.
    sites: Vec<Site>,
    hub: Hub,
    dir: WorkDir,
    _only_one: FileLock,
}

/// What a district is to be.
#[derive(Debug, Clone)]
pub struct Builder {
    sites: Vec<String>,
    sample: Option<PathBuf>,
    nodes: u32,
    product: bool,
    by_helm: bool,
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

impl Builder {
    /// The sites, by the names of their data centres.
    #[must_use]
    pub fn sites<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.sites = names.into_iter().map(Into::into).collect();
        self
    }

    /// Loads a folder of YAML into the hub instead of plain data centres; it must register every site.
    #[must_use]
    pub fn sample(mut self, folder: impl Into<PathBuf>) -> Self {
        self.sample = Some(folder.into());
        self
    }

    /// How many nodes each site has.
    #[must_use]
    pub fn nodes(mut self, count: u32) -> Self {
        self.nodes = count;
        self
    }

    /// Control planes, kinds and links only: for tests of what works without the product, and for its simulation.
    #[must_use]
    pub fn without_product(mut self) -> Self {
        self.product = false;
        self
    }

    /// Installs the charts with helm, as a user does, and not only what of them the product's processes need.
    #[must_use]
    pub fn by_helm(mut self) -> Self {
        self.by_helm = true;
        self
    }

    /// Starts it, once no other district of this user runs, and waits until every site has joined.
    pub async fn start(self) -> Result<District> {
        let only_one = FileLock::take_async(cache_dir()?.join("district.lock")).await?;
        let dir = WorkDir::create()?;
        let hub_dir = dir.folder("hub")?;
        // The product is compiled while the control planes start, so that the slower of the two is all there is to wait for.
        let product = async {
            if self.product {
                crate::product::binary().await?;
            }
            Ok(())
        };
        let sites =
            try_join_all(self.sites.iter().map(async |name| {
                Site::start_plane(name, &dir.folder(name)?, self.nodes, self.by_helm).await
            }));
        let (hub, sites, ()) =
            Box::pin(async { tokio::try_join!(Hub::start_plane(&hub_dir, self.by_helm), sites, product) })
                .await?;
        for (number, site) in sites.iter().enumerate() {
            site.lay_link(&hub, number)?;
        }
        let district = District { sites, hub, dir, _only_one: only_one };
        if self.product {
            district.hub.start_product().await?;
        }
        match &self.sample {
            Some(folder) => district.hub.plane().apply_folder(folder).await?,
            None => district.hub.plane().apply(&register(&self.sites)).await?,
        };
        if self.product {
            Box::pin(try_join_all(district.sites.iter().map(|site| site.join(&district.hub)))).await?;
            Box::pin(district.all_connected()).await?;
        }
        Ok(district)
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
        Builder { sites: Vec::new(), sample: None, nodes: NODES, product: true, by_helm: false }
    }

    /// The hub.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
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
        let site = Site::start_plane(name, &self.dir.folder(name)?, NODES, false).await?;
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
