//! The product as its users have it: installed with the charts, in pods, joined by the documented steps.

use anyhow::{Context as _, Result};

use crate::charts;
use crate::hub::Hub;
use crate::site::Site;

/// The namespace of the product.
pub(crate) const NAMESPACE: &str = "zhengyun-system";
/// The Secret by which a site is joined, as the chart's values name it.
const JOIN_SECRET: &str = "zhengyun-join";

/// Installs the hub and waits until its replicas are ready.
pub(crate) async fn install_hub(hub: &Hub) -> Result<()> {
    charts::install(hub.plane(), "hub").await?;
    hub.rolled_out().await
}

/// Fetches a join file, puts it where the chart looks for it, installs the site's side and waits until its replicas are ready.
pub(crate) async fn install_site(site: &Site, hub: &Hub) -> Result<()> {
    site.fetch_join_file(hub).await?;
    charts::prepare(site.plane()).await?;
    let file = format!("--from-file=join.yaml={}", site.join_file().display());
    site.kubectl(["--namespace", NAMESPACE, "create", "secret", "generic", JOIN_SECRET, &file]).await?;
    charts::install(site.plane(), "site").await?;
    site.rolled_out().await
}

impl Hub {
    /// Waits until every replica of the installed product is ready.
    pub async fn rolled_out(&self) -> Result<()> {
        rolled_out(self.plane(), "zhengyun-hub").await
    }
}

impl Site {
    /// Waits until every replica of the installed agent is ready.
    pub async fn rolled_out(&self) -> Result<()> {
        rolled_out(self.plane(), "zhengyun-site").await
    }
}

async fn rolled_out(plane: &crate::control_plane::ControlPlane, name: &str) -> Result<()> {
    let deployment = format!("deployment/{name}");
    let waited = ["--namespace", NAMESPACE, "rollout", "status", &deployment, "--timeout=120s"];
    match plane.kubectl(waited).await {
        Ok(_) => Ok(()),
        Err(error) => {
            let pods = ["--namespace", NAMESPACE, "describe", "pods"];
            Err(error)
                .with_context(|| format!("{name} on {}", plane.name()))
                .context(plane.kubectl(pods).await.unwrap_or_default())
        }
    }
}
