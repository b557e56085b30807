//! Real nodes: a kubelet with containerd, CNI and kube-proxy each, in namespaces of their own, beside one control plane.
//!
//! The control plane stays where it is, on its loopback address of the host. Its nodes are on a bridge in a network namespace
//! of their own, the switch, which has no way to the host and none to the nodes of others. Two threads of this process that
//! have entered it join the two: the API server is passed in under one address, and what the API server asks of kubelets and
//! pods goes out by its egress proxy. All namespaces are anonymous, so they end with their last process; only control groups
//! are left by a killed test process, and the next start removes them.

mod cgroups;
mod config;
mod dns;
mod egress;
mod namespace;
mod node;
mod switch;

pub(crate) use cgroups::remove_abandoned;
pub(crate) use dns::manifests as dns_manifests;
pub use node::Node;
pub(crate) use switch::{API_ADDRESS, Switch, egress_socket};

use anyhow::{Context as _, Result};

/// An error with one sentence where this machine does not let a real node run: its control groups, its namespaces.
pub(crate) fn may_run_here(district: &str) -> Result<()> {
    cgroups::Layout::read().and_then(|layout| layout.try_out(district)).context(
        "本机不允许建立控制组(cgroup),无法启动真实节点 (this machine lets nobody make control groups, which real nodes need)",
    )?;
    let mut unshare = std::process::Command::new("unshare");
    unshare.args(["--net", "--mount", "--pid", "--fork", "--uts", "--ipc", "--cgroup", "true"]);
    namespace::run(unshare).context(
        "本机不允许建立命名空间(namespace),无法启动真实节点 (this machine lets nobody make namespaces, which real nodes need)",
    )
}
