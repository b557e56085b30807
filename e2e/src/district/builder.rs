//! What a district is to be, and starting it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, ensure};
use futures::future::try_join_all;

use super::{District, register};
use crate::control_plane::RealNodes;
use crate::hub::Hub;
use crate::installed::{self, Bundle, Release};
use crate::issuer::Issuer;
use crate::lock::{FileLock, cache_dir};
use crate::requirements::{self, Wanted};
use crate::setup::{Charts, NODES, Setup};
use crate::site::Site;
use crate::vault::Vault;
use crate::workdir::WorkDir;

/// The name of the hub among the control planes.
const HUB: &str = "hub";

/// What a district is to be.
#[derive(Debug, Clone)]
pub struct Builder {
    sites: Vec<String>,
    sample: Option<PathBuf>,
    nodes: u32,
    real: BTreeMap<String, u8>,
    product: bool,
    by_helm: bool,
    installed: Option<Release>,
    vault: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            sites: Vec::new(),
            sample: None,
            nodes: NODES,
            real: BTreeMap::new(),
            product: true,
            by_helm: false,
            installed: None,
            vault: false,
        }
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

    /// Gives these planes, sites by their names or `hub`, so many real nodes each, instead of fake ones.
    #[must_use]
    pub fn real_nodes<S: Into<String>>(mut self, planes: impl IntoIterator<Item = S>, count: u8) -> Self {
        self.real.extend(planes.into_iter().map(|plane| (plane.into(), count)));
        self
    }

    /// Runs the product as its users do: in pods on real nodes, installed with the charts, joined by the documented steps. Planes
    /// without real nodes get one each.
    #[must_use]
    pub fn installed(mut self, release: Release) -> Self {
        self.installed = Some(release);
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

    /// Runs a secret store beside the hub; the product runs as processes then.
    #[must_use]
    pub fn vault(mut self) -> Self {
        self.vault = true;
        self
    }

    /// Starts it, once no other district of this user runs, and waits until every site has joined.
    pub async fn start(mut self) -> Result<District> {
        let only_one = FileLock::take_async(cache_dir()?.join("district.lock")).await?;
        let dir = WorkDir::create()?;
        if self.product && !self.by_helm && !self.vault && self.installed.is_none() {
            self.installed = installed::wanted()?;
        }
        let bundle = match self.installed {
            Some(release) => Some(release.bundle(&dir).await?),
            None => None,
        };
        let setups = self.setups(&dir, bundle.as_ref()).await?;
        // The product is compiled while the control planes start, so that the slower of the two is all there is to wait for.
        let product = async {
            if self.product && self.installed.is_none() {
                crate::product::binary().await?;
            }
            Ok(())
        };
        let start_site =
            async |name: &String| Site::start_plane(name, &dir.folder(name)?, setups.of(name)).await;
        let sites = try_join_all(self.sites.iter().map(start_site));
        let hub_dir = dir.folder(HUB)?;
        let hub = Hub::start_plane(&hub_dir, setups.of(HUB));
        let (hub, sites, ()) = Box::pin(async { tokio::try_join!(hub, sites, product) }).await?;
        for (number, site) in sites.iter().enumerate() {
            site.lay_link(&hub, number)?;
        }
        let vault = if self.vault {
            let vault = Vault::start(&dir.folder("vault")?, hub.plane()).await?;
            hub.tell(vault.hub_args())?;
            Some(vault)
        } else {
            None
        };
        let district = District { sites, hub, vault, dir, _only_one: only_one };
        if let Some(bundle) = &bundle {
            installed::install_hub(&district.hub, bundle).await?;
        } else if self.product {
            district.hub.start_product().await?;
        }
        match &self.sample {
            Some(folder) => district.hub.plane().apply_folder(folder).await?,
            None => district.hub.plane().apply(&register(&self.sites)).await?,
        };
        if let Some(bundle) = &bundle {
            let joins =
                district.sites.iter().map(|site| installed::install_site(site, &district.hub, bundle));
            Box::pin(try_join_all(joins)).await?;
        } else if self.product {
            Box::pin(try_join_all(district.sites.iter().map(|site| site.join(&district.hub)))).await?;
        }
        if self.product {
            Box::pin(district.all_connected()).await?;
        }
        Ok(district)
    }

    /// How each control plane is set up, once this machine can bear it.
    async fn setups(&self, dir: &WorkDir, bundle: Option<&Bundle>) -> Result<Setups> {
        let planes = || std::iter::once(HUB).chain(self.sites.iter().map(String::as_str));
        let of_plane = |plane: &str| self.real.get(plane).copied().or(bundle.map(|_| 1));
        for plane in self.real.keys() {
            ensure!(
                planes().any(|known| known == plane),
                "real nodes for {plane}, which is no part of this district"
            );
        }
        let nodes: u32 = planes().filter_map(of_plane).map(u32::from).sum();
        let district = dir.name();
        let wanted = Wanted { planes: planes().count(), real_nodes: nodes, district: district.clone() };
        tokio::task::spawn_blocking(move || requirements::check(&wanted)).await??;
        let images = bundle.map(|bundle| bundle.images.clone()).unwrap_or_default();
        let charts = match (bundle.is_some(), self.by_helm) {
            (true, _) => Charts::WithProduct,
            (false, true) => Charts::Helm,
            (false, false) => Charts::Files,
        };
        let issuer = Arc::new(Issuer::start(&dir.folder("issuer")?)?);
        let setup = |plane: &str| {
            let real = |count| RealNodes { count, district: district.clone(), images: images.clone() };
            Setup {
                fake_nodes: self.nodes,
                real_nodes: of_plane(plane).map(real),
                issuer: Some(Arc::clone(&issuer)),
                charts,
            }
        };
        Ok(Setups(planes().map(|plane| (plane.to_owned(), setup(plane))).collect()))
    }
}

/// How each control plane is set up, by its name.
struct Setups(BTreeMap<String, Setup>);

impl Setups {
    fn of(&self, plane: &str) -> Setup {
        self.0.get(plane).cloned().unwrap_or_default()
    }
}
