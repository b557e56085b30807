//! How one control plane of a district is set up.

use std::sync::Arc;

use anyhow::Result;

use crate::charts;
use crate::control_plane::{ControlPlane, RealNodes};
use crate::issuer::Issuer;
use crate::product;

/// As many nodes as a test needs to see something spread.
pub(crate) const NODES: u32 = 2;

/// The nodes of a control plane, and what of the product is installed before the product starts.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// Nodes that only say they run, where there are no real ones.
    pub fake_nodes: u32,
    /// Nodes that run pods.
    pub real_nodes: Option<RealNodes>,
    /// Who vouches for people, the same for the whole district.
    pub issuer: Option<Arc<Issuer>>,
    /// How the charts get there.
    pub charts: Charts,
}

/// How the kinds, the rights and the policies of the product get onto a control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charts {
    /// Those files of the charts that are no templates, in a tenth of the time.
    Files,
    /// By helm, as a user does.
    Helm,
    /// With the product, when that is installed.
    WithProduct,
}

impl Default for Setup {
    fn default() -> Self {
        Self { fake_nodes: NODES, real_nodes: None, issuer: None, charts: Charts::Files }
    }
}

impl Setup {
    /// Installs what belongs to a side of the product, `hub` or `site`.
    pub(crate) async fn install(&self, plane: &ControlPlane, side: &str) -> Result<()> {
        match self.charts {
            Charts::WithProduct => Ok(()),
            Charts::Helm => charts::install(plane, side, &charts::folder()).await,
            Charts::Files => {
                let root = product::workspace();
                plane.apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: zhengyun-system}\n").await?;
                plane.apply_folder(&root.join("charts/zhengyun-crds/definitions").join(side)).await?;
                plane.apply_folder(&root.join(format!("charts/zhengyun-{side}/templates"))).await?;
                Ok(())
            }
        }
    }
}
