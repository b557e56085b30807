//! Nodes by kwok: objects that say Ready, and pods on them that say Running.

use std::sync::PoisonError;

use anyhow::{Context as _, Result};
use futures::future::try_join_all;
use k8s_openapi::api::core::v1::Node;
use kube::Api;

use super::{ControlPlane, READY_WITHIN, flags, spawn};
use crate::process::tail;
use crate::tools::Tool;
use crate::wait::{condition, within};

/// What becomes of nodes and pods, and when.
const STAGES: &str = include_str!("../../tools/kwok/stages.yaml");

impl ControlPlane {
    /// Makes sure that nodes `node-1` … `node-<count>` exist and waits until they are Ready.
    pub async fn kwok(&self, count: u32) -> Result<()> {
        self.start_kwok().await?;
        let names: Vec<_> = (1..=count).map(|number| format!("node-{number}")).collect();
        let yaml = names.iter().map(|name| node(name)).collect::<Vec<_>>().join("---\n");
        self.apply(&yaml).await?;
        let nodes: Api<Node> = Api::all(self.admin()?);
        let ready = try_join_all(names.iter().map(|name| condition(nodes.clone(), name, is_ready)));
        within(READY_WITHIN, "the nodes are ready", ready)
            .await
            .with_context(|| tail(&self.dir.join("kwok.log"), 20))?;
        Ok(())
    }

    async fn start_kwok(&self) -> Result<()> {
        if self.kwok.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        let kubeconfig = self.kubeconfig("kwok", &["system:masters"])?;
        let stages = self.dir.join("kwok-stages.yaml");
        std::fs::write(&stages, STAGES).context("write kwok's stages")?;
        let args = vec![
            flags::flag("kubeconfig", kubeconfig.display()),
            flags::flag("manage-all-nodes", true),
            // Without it, it writes to every node's status now and then; with it, to the node's lease, as a kubelet does.
            flags::flag("node-lease-duration-seconds", 40),
            flags::flag("config", stages.display()),
        ];
        let kwok = spawn(Tool::Kwok, &self.dir, args).await?;
        *self.kwok.lock().unwrap_or_else(PoisonError::into_inner) = Some(kwok);
        Ok(())
    }
}

pub(super) fn is_ready(node: Option<&Node>) -> bool {
    node.and_then(|node| node.status.as_ref()?.conditions.as_ref()).is_some_and(|conditions| {
        conditions.iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
    })
}

fn node(name: &str) -> String {
    // A small server of a district's room: a quota of a department is a visible part of it.
    const SIZE: &str = "{cpu: '64', memory: 256Gi, ephemeral-storage: 1Ti, pods: '250'}";
    format!(
        "apiVersion: v1
kind: Node
metadata:
  name: {name}
  labels:
    kubernetes.io/hostname: {name}
    kubernetes.io/os: linux
    kubernetes.io/arch: amd64
status:
  capacity: {SIZE}
  allocatable: {SIZE}
  nodeInfo: {{architecture: amd64, operatingSystem: linux, kernelVersion: '', kubeletVersion: fake, osImage: '',
    containerRuntimeVersion: '', kubeProxyVersion: '', bootID: '', machineID: '', systemUUID: ''}}
"
    )
}
