//! The product as its users have it: installed with the charts, in pods on real nodes, joined by the documented steps.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Api, ResourceExt as _};

use crate::charts;
use crate::control_plane::ControlPlane;
use crate::hub::Hub;
use crate::images::{self, Image};
use crate::product;
use crate::site::Site;
use crate::tools::Tool;
use crate::workdir::WorkDir;

/// The namespace of the product.
pub const NAMESPACE: &str = "zhengyun-system";
/// The Secret by which a site is joined, as the chart's values name it.
const JOIN_SECRET: &str = "zhengyun-join";
/// As many as the charts say.
const REPLICAS: usize = 2;

/// Which release of the product is installed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// This workspace.
    Present,
    /// One version earlier, from the history of this repository; nodes have the images of both.
    Previous,
}

/// Where the charts of a release are, and the images that nodes need for it.
pub(crate) struct Bundle {
    charts: PathBuf,
    pub(crate) images: Vec<PathBuf>,
}

impl Release {
    /// Makes what the release needs.
    pub(crate) async fn bundle(self, dir: &WorkDir) -> Result<Bundle> {
        let present = Image::Zhengyun.archive().await?;
        match self {
            Self::Present => Ok(Bundle { charts: charts::folder(), images: vec![present] }),
            Self::Previous => {
                let source = dir.folder("previous")?;
                product::previous_source(source.clone()).await?;
                let (_, earlier) = images::previous_zhengyun().await?;
                Ok(Bundle { charts: source.join("charts"), images: vec![earlier, present] })
            }
        }
    }
}

/// Installs the hub and waits until its replicas are ready.
pub(crate) async fn install_hub(hub: &Hub, bundle: &Bundle) -> Result<()> {
    charts::install(hub.plane(), "hub", &bundle.charts).await?;
    hub.pods().rolled_out().await
}

/// Fetches a join file, puts it where the chart looks for it, installs the site's side and waits until its replicas are ready.
pub(crate) async fn install_site(site: &Site, hub: &Hub, bundle: &Bundle) -> Result<()> {
    charts::prepare(site.plane()).await?;
    site.put_join_file(hub).await?;
    charts::install(site.plane(), "site", &bundle.charts).await?;
    site.pods().rolled_out().await
}

impl Hub {
    /// The pods of the installed product.
    #[must_use]
    pub fn pods(&self) -> Pods<'_> {
        Pods { plane: self.plane(), deployment: "zhengyun-hub" }
    }
}

impl Site {
    /// The pods of the installed agent.
    #[must_use]
    pub fn pods(&self) -> Pods<'_> {
        Pods { plane: self.plane(), deployment: "zhengyun-site" }
    }

    /// Fetches a new join file from the hub and puts it, as the README says, where the agent looks for it.
    pub async fn put_join_file(&self, hub: &Hub) -> Result<()> {
        self.fetch_join_file(hub).await?;
        let file = format!("--from-file=join.yaml={}", self.join_file().display());
        let make = ["create", "secret", "generic", JOIN_SECRET, &file, "--dry-run=client", "--output=yaml"];
        let secret = self.kubectl(make.iter().chain(&["--namespace", NAMESPACE])).await?;
        self.plane().apply(&secret).await?;
        Ok(())
    }
}

/// The replicas of the installed product on one control plane.
#[derive(Debug, Clone, Copy)]
pub struct Pods<'a> {
    plane: &'a ControlPlane,
    deployment: &'static str,
}

impl Pods<'_> {
    /// Waits until every replica is ready.
    pub async fn rolled_out(&self) -> Result<()> {
        let deployment = format!("deployment/{}", self.deployment);
        let wait = ["--namespace", NAMESPACE, "rollout", "status", &deployment, "--timeout=120s"];
        let Err(error) = self.plane.kubectl(wait).await else { return Ok(()) };
        let described = self.plane.kubectl(["--namespace", NAMESPACE, "describe", "pods"]).await;
        Err(error.context(described.unwrap_or_default()))
    }

    /// All of them.
    pub async fn list(&self) -> Result<Vec<Pod>> {
        let ours = ListParams::default().labels(&format!("app.kubernetes.io/name={}", self.deployment));
        let pods: Api<Pod> = Api::namespaced(self.plane.admin()?, NAMESPACE);
        Ok(pods.list(&ours).await.context("list the pods of the product")?.items)
    }

    /// The name of the pod that leads, as the lease says; none when it was handed over to nobody.
    pub async fn leader(&self) -> Result<Option<String>> {
        let leases: Api<Lease> = Api::namespaced(self.plane.admin()?, NAMESPACE);
        let lease = leases.get(self.deployment).await.context("read the lease")?;
        Ok(lease.spec.and_then(|spec| spec.holder_identity).filter(|holder| !holder.is_empty()))
    }

    /// Kills the process of a pod with -9, on its node; the kubelet starts another in its place.
    pub async fn kill(&self, pod: &str) -> Result<()> {
        let pods: Api<Pod> = Api::namespaced(self.plane.admin()?, NAMESPACE);
        let found = pods.get(pod).await.with_context(|| format!("read {pod}"))?;
        let node = found.spec.as_ref().and_then(|spec| spec.node_name.as_deref()).unwrap_or_default();
        let node = self.plane.nodes().iter().find(|known| known.name() == node);
        let status = found.status.as_ref().and_then(|status| status.container_statuses.as_ref()?.first());
        let container = status.and_then(|status| status.container_id.as_deref()?.split_once("://"));
        let (_, id) = container.with_context(|| format!("{pod} runs no container"))?;
        node.with_context(|| format!("{pod} is on no node"))?.kill_container(id).await
    }

    /// The log of a pod, JSON lines.
    pub async fn log(&self, pod: &str) -> Result<String> {
        self.plane.kubectl(["--namespace", NAMESPACE, "logs", pod]).await
    }

    /// The logs of all pods that run.
    pub async fn logs(&self) -> Result<String> {
        let mut logs = String::new();
        for pod in self.list().await? {
            logs += &self.log(&pod.name_any()).await?;
        }
        Ok(logs)
    }

    /// Takes all replicas away, and lets none be started; when it returns none runs any more.
    pub fn stop(&self) -> Result<()> {
        self.scale(0)?;
        let ours = format!("--selector=app.kubernetes.io/name={}", self.deployment);
        self.kubectl(&["wait", "pods", &ours, "--for=delete", "--timeout=60s"])
    }

    /// Lets as many replicas be started as the chart says.
    pub fn start(&self) -> Result<()> {
        self.scale(REPLICAS)
    }

    fn scale(&self, replicas: usize) -> Result<()> {
        let deployment = format!("deployment/{}", self.deployment);
        self.kubectl(&["scale", &deployment, &format!("--replicas={replicas}")])
    }

    /// Without the async runtime, since a process is killed without it too.
    fn kubectl(&self, args: &[&str]) -> Result<()> {
        let output = Command::new(Tool::Kubectl.path()?)
            .args(["--namespace", NAMESPACE])
            .args(args)
            .env("KUBECONFIG", self.plane.admin_kubeconfig()?)
            .env("KUBECACHEDIR", self.plane.dir().join("kubectl-cache"))
            .stdin(Stdio::null())
            .output()
            .context("run kubectl")?;
        ensure!(
            output.status.success(),
            "kubectl {args:?}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        Ok(())
    }
}

/// Upgrades the charts of a control plane to those of this workspace, kinds first, as the README says.
pub async fn upgrade(plane: &ControlPlane, side: &str) -> Result<()> {
    let place = format!("place={side}");
    for (name, options) in
        [("zhengyun-crds".to_owned(), &["--set", &place][..]), (format!("zhengyun-{side}"), &[])]
    {
        let folder = charts::chart(&name).display().to_string();
        plane.helm(["upgrade", &name, &folder].iter().chain(options)).await?;
    }
    Ok(())
}

/// The release that every district is to be of, where the environment says so: `ZHENGYUN_NODES=real` runs district tests on the
/// installed product.
pub(crate) fn wanted() -> Result<Option<Release>> {
    match std::env::var("ZHENGYUN_NODES").as_deref() {
        Ok("real") => Ok(Some(Release::Present)),
        Ok("fake") | Err(_) => Ok(None),
        Ok(other) => bail!("ZHENGYUN_NODES is {other:?}; it may be fake or real"),
    }
}
