//! Real nodes of a control plane: started with it, since its API server must know the way to them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use futures::future::try_join_all;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Node as NodeObject;
use kube::Api;
use serde_json::json;

use super::nodes::is_ready;
use super::{ControlPlane, READY_WITHIN, flags};
use crate::images::Image;
use crate::nodes::{Node, Switch, dns_manifests, egress_socket};
use crate::pki::{Authority, write_secret};
use crate::wait::{condition, within};

/// Who the API server is for its kubelets.
const KUBELET_CLIENT: &str = "kube-apiserver-kubelet-client";

/// What every node has: what pods are made of, names, and something to run.
const BASE: [Image; 3] = [Image::Pause, Image::CoreDns, Image::Workload];

/// The real nodes that a control plane is to have.
#[derive(Debug, Clone)]
pub struct RealNodes {
    /// How many.
    pub count: u8,
    /// What the district's folder is called, after which control groups are called.
    pub district: String,
    /// The images on them, beside those that every node needs.
    pub images: Vec<PathBuf>,
}

impl RealNodes {
    /// Starts the network and the nodes on it; their kubelets wait for the API server.
    pub(super) async fn start(
        &self,
        dir: &Path,
        authority: &Authority,
        server: SocketAddr,
    ) -> Result<(Switch, Vec<Node>)> {
        let mut images = try_join_all(BASE.map(Image::archive)).await?;
        images.extend(self.images.iter().cloned());
        let mut switch = Switch::start(dir).await?;
        switch.pass_in(server)?;
        let nodes = (1..=self.count).map(|number| {
            let folder = dir.join(format!("node-{number}"));
            let (switch, images) = (&switch, &images);
            async move { Node::start(number, &folder, &self.district, authority, switch, images).await }
        });
        let nodes = try_join_all(nodes).await?;
        Ok((switch, nodes))
    }
}

/// Writes what the flags of an API server with real nodes name, and says the flags.
pub(super) fn prepare(files: &flags::Files, authority: &Authority, dir: &Path) -> Result<Vec<String>> {
    let client = authority.client(KUBELET_CLIENT, &[])?;
    write_secret(files.kubelet_client_certificate(), &client.certificate)?;
    write_secret(files.kubelet_client_key(), &client.key)?;
    let by_proxy = json!({
        "apiVersion": "apiserver.k8s.io/v1beta1",
        "kind": "EgressSelectorConfiguration",
        "egressSelections": [{ "name": "cluster", "connection": {
            "proxyProtocol": "HTTPConnect",
            "transport": { "uds": { "udsName": egress_socket(dir) } },
        } }],
    });
    write_secret(files.egress(), &by_proxy.to_string())?;
    Ok(flags::for_real_nodes(files))
}

impl ControlPlane {
    /// Waits until the nodes are Ready and names are answered.
    pub(super) async fn real_nodes_ready(&self) -> Result<()> {
        self.apply(&kubelet_rights()).await?;
        self.apply(&dns_manifests()).await?;
        let nodes: Api<NodeObject> = Api::all(self.admin()?);
        let ready =
            try_join_all(self.nodes.iter().map(|node| condition(nodes.clone(), node.name(), is_ready)));
        within(READY_WITHIN, "the nodes are ready", ready).await.with_context(|| self.node_logs())?;
        let deployments: Api<Deployment> = Api::namespaced(self.admin()?, "kube-system");
        let answers = condition(deployments, "coredns", |deployment: Option<&Deployment>| {
            deployment.and_then(|deployment| deployment.status.as_ref()?.ready_replicas) == Some(1)
        });
        within(READY_WITHIN, "names are answered", answers).await.with_context(|| self.node_logs())?;
        Ok(())
    }

    /// Its real nodes.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The network of its real nodes.
    pub(crate) fn switch(&self) -> Result<&Switch> {
        self.switch.as_ref().with_context(|| format!("{} has no real nodes", self.name))
    }

    /// Switches a real node on again after it was killed, and waits until it is Ready.
    pub async fn start_node(&self, node: &Node) -> Result<()> {
        node.start_again(self.switch()?).await?;
        let nodes: Api<NodeObject> = Api::all(self.admin()?);
        within(READY_WITHIN, "the node is ready", condition(nodes, node.name(), is_ready))
            .await
            .with_context(|| node.log_tails(20))?;
        Ok(())
    }

    /// The end of the logs of all real nodes.
    fn node_logs(&self) -> String {
        self.nodes.iter().map(|node| node.log_tails(15)).collect()
    }
}

/// What an API server may ask of a kubelet: logs, commands, ports.
fn kubelet_rights() -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: {KUBELET_CLIENT}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'system:kubelet-api-admin'}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: User, name: {KUBELET_CLIENT}}}]
"
    )
}
