//! What the components of a node are told, each line with its reason where it is not the default.

use std::path::Path;

use serde_json::json;

use super::dns::SERVICE_ADDRESS;
use super::switch::pod_network;
use crate::images::Image;

/// The files of a node that its configuration names.
pub(super) struct Files<'a> {
    /// The node's folder.
    pub dir: &'a Path,
    /// Where the CNI plugins are.
    pub plugins: &'a Path,
}

/// The configuration of containerd, TOML.
pub(super) fn containerd(files: &Files<'_>) -> String {
    let pause = Image::Pause.reference();
    let (plugins, networks) = (files.plugins.display(), files.dir.join("cni"));
    let networks = networks.display();
    // Not every root may make a process less killable than its parent: a container without that right would not start.
    format!(
        "version = 3
root = '/var/lib/containerd'
state = '/run/containerd'
[grpc]
address = '/run/containerd/containerd.sock'
[plugins.'io.containerd.cri.v1.images']
snapshotter = 'overlayfs'
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = '{pause}'
[plugins.'io.containerd.cri.v1.runtime']
disable_apparmor = true
restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.containerd]
default_runtime_name = 'runc'
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = 'io.containerd.runc.v2'
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
SystemdCgroup = false
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ['{plugins}']
conf_dir = '{networks}'
"
    )
}

/// The network of a node's pods, as CNI reads it.
pub(super) fn network(number: u8) -> String {
    let bridge = json!({
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": true,
        // The switch knows the way back to every pod.
        "ipMasq": false,
        "hairpinMode": true,
        "ipam": {
            "type": "host-local",
            "dataDir": "/run/cni",
            "ranges": [[{ "subnet": pod_network(number) }]],
            "routes": [{ "dst": "0.0.0.0/0" }],
        },
    });
    let portmap = json!({ "type": "portmap", "capabilities": { "portMappings": true } });
    json!({ "cniVersion": "1.0.0", "name": "pods", "plugins": [bridge, portmap] }).to_string()
}

/// The configuration of a kubelet; it lets in only whom the API server knows and allows.
pub(super) fn kubelet(files: &Files<'_>) -> String {
    let file = |name: &str| files.dir.join(name).display().to_string();
    json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": { "enabled": false },
            "webhook": { "enabled": true },
            "x509": { "clientCAFile": file("ca.crt") },
        },
        "authorization": { "mode": "Webhook" },
        "tlsCertFile": file("kubelet.crt"),
        "tlsPrivateKeyFile": file("kubelet.key"),
        "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": false,
        "failSwapOn": false,
        "enforceNodeAllocatable": ["pods"],
        "clusterDNS": [SERVICE_ADDRESS],
        "clusterDomain": "cluster.local",
        // Pods are not to ask the servers of the machine, which the node does not reach.
        "resolvConf": "",
        // What it cannot set of the machine is left alone.
        "featureGates": { "KubeletInUserNamespace": true },
        "maxOpenFiles": 20000,
        "oomScoreAdj": 0,
        // All nodes share one disk, of which a test run may fill much.
        "evictionHard": { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%", "nodefs.inodesFree": "1%" },
        // The images are not to be had again.
        "imageGCHighThresholdPercent": 100,
    })
    .to_string()
}

/// The configuration of a kube-proxy.
pub(super) fn kube_proxy(files: &Files<'_>, node: &str) -> String {
    json!({
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clusterCIDR": "10.244.0.0/16",
        "hostnameOverride": node,
        "clientConnection": { "kubeconfig": files.dir.join("kube-proxy.kubeconfig").display().to_string() },
        // The size of the table is the machine's; nothing here is worth changing it.
        "conntrack": { "maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s" },
    })
    .to_string()
}
