//! The command lines of the components, each with the reason where a flag is not the default.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use crate::nodes::API_ADDRESS;

pub(super) const ETCD_PORT: u16 = 2379;
const ETCD_PEER_PORT: u16 = 2380;
pub(super) const APISERVER_PORT: u16 = 6443;

/// Every write, whoever makes it, and the reads of everybody but Kubernetes itself, whose reads are a flood.
pub(super) const AUDIT_POLICY: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
- level: None
  nonResourceURLs: ['/*']
- level: None
  users: ['system:kube-controller-manager', 'system:kube-scheduler', 'system:apiserver', 'kwok']
  verbs: [get, list, watch]
- level: Metadata
";

/// Where a control plane keeps its files.
pub(super) struct Files {
    dir: PathBuf,
}

impl Files {
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }
    /// The folder of etcd's data.
    pub(super) fn database(&self) -> PathBuf {
        self.dir.join("etcd")
    }
    pub(super) fn pki(&self) -> PathBuf {
        self.dir.join("pki")
    }
    pub(super) fn ca(&self) -> PathBuf {
        self.pki().join("ca.crt")
    }
    pub(super) fn server_certificate(&self) -> PathBuf {
        self.pki().join("server.crt")
    }
    pub(super) fn server_key(&self) -> PathBuf {
        self.pki().join("server.key")
    }
    pub(super) fn account_key(&self) -> PathBuf {
        self.pki().join("service-accounts.key")
    }
    pub(super) fn account_public(&self) -> PathBuf {
        self.pki().join("service-accounts.pub")
    }
    pub(super) fn kubelet_client_certificate(&self) -> PathBuf {
        self.pki().join("kubelet-client.crt")
    }
    pub(super) fn kubelet_client_key(&self) -> PathBuf {
        self.pki().join("kubelet-client.key")
    }
    pub(super) fn egress(&self) -> PathBuf {
        self.dir.join("egress.yaml")
    }
    pub(super) fn authentication(&self) -> PathBuf {
        self.dir.join("authentication.yaml")
    }
    pub(super) fn audit_policy(&self) -> PathBuf {
        self.dir.join("audit-policy.yaml")
    }
    pub(super) fn audit_log(&self) -> PathBuf {
        self.dir.join("audit.log")
    }
}

pub(super) fn etcd(files: &Files, address: Ipv4Addr) -> Vec<String> {
    let client = format!("http://{address}:{ETCD_PORT}");
    let peer = format!("http://{address}:{ETCD_PEER_PORT}");
    vec![
        flag("data-dir", files.database().display()),
        flag("listen-client-urls", &client),
        flag("advertise-client-urls", &client),
        flag("listen-peer-urls", &peer),
        flag("initial-advertise-peer-urls", &peer),
        flag("initial-cluster", format!("default={peer}")),
        // The machine may lose power during a test, and then so may the test.
        "--unsafe-no-fsync".into(),
        // A single member has nobody to wait for; the default makes it wait a second before it elects itself.
        flag("heartbeat-interval", 50),
        flag("election-timeout", 250),
        flag("log-level", "warn"),
    ]
}

pub(super) fn apiserver(files: &Files, address: Ipv4Addr) -> Vec<String> {
    vec![
        flag("etcd-servers", format!("http://{address}:{ETCD_PORT}")),
        flag("bind-address", address),
        flag("advertise-address", address),
        flag("secure-port", APISERVER_PORT),
        // The endpoints of the `kubernetes` service may not be loopback addresses; without this it tries every ten seconds.
        flag("endpoint-reconciler-type", "none"),
        flag("tls-cert-file", files.server_certificate().display()),
        flag("tls-private-key-file", files.server_key().display()),
        flag("client-ca-file", files.ca().display()),
        flag("authentication-config", files.authentication().display()),
        flag("authorization-mode", "Node,RBAC"),
        flag("service-account-issuer", "https://kubernetes.default.svc"),
        flag("service-account-key-file", files.account_public().display()),
        flag("service-account-signing-key-file", files.account_key().display()),
        flag("service-cluster-ip-range", "10.0.0.0/24"),
        flag("allow-privileged", true),
        flag("audit-policy-file", files.audit_policy().display()),
        flag("audit-log-path", files.audit_log().display()),
        flag("audit-log-mode", "blocking"),
        // In megabytes; a log that is rotated would lose the marks.
        flag("audit-log-maxsize", 100_000),
        flag("profiling", false),
        // Without it, a proper stop waits a minute for watches that nobody ends.
        flag("shutdown-watch-termination-grace-period", "1s"),
    ]
}

/// What an API server with real nodes is told beside.
pub(super) fn for_real_nodes(files: &Files) -> Vec<String> {
    vec![
        // As nodes and pods see it; the host's loopback is another's for them.
        flag("advertise-address", API_ADDRESS),
        flag("endpoint-reconciler-type", "lease"),
        // Kubelets and pods are in a network that this machine has no way into.
        flag("egress-selector-config-file", files.egress().display()),
        // Services are addresses of the nodes only: what the API server calls itself, it finds by its pods.
        flag("enable-aggregator-routing", true),
        flag("kubelet-preferred-address-types", "InternalIP"),
        flag("kubelet-certificate-authority", files.ca().display()),
        flag("kubelet-client-certificate", files.kubelet_client_certificate().display()),
        flag("kubelet-client-key", files.kubelet_client_key().display()),
        // A kubelet says nothing of other nodes and of pods that are not its own.
        flag("enable-admission-plugins", "NodeRestriction"),
    ]
}

pub(super) fn controller_manager(files: &Files, kubeconfig: &Path) -> Vec<String> {
    vec![
        flag("kubeconfig", kubeconfig.display()),
        flag("leader-elect", false),
        flag("service-account-private-key-file", files.account_key().display()),
        flag("root-ca-file", files.ca().display()),
        // Nobody asks it; a port would cost it an RSA key at each start.
        flag("secure-port", 0),
        // The default of 20 a second would be what a test with a thousand departments measures.
        flag("kube-api-qps", 1000),
        flag("kube-api-burst", 2000),
    ]
}

pub(super) fn scheduler(kubeconfig: &Path) -> Vec<String> {
    vec![
        flag("kubeconfig", kubeconfig.display()),
        flag("leader-elect", false),
        flag("secure-port", 0),
        flag("kube-api-qps", 1000),
        flag("kube-api-burst", 2000),
    ]
}

pub(super) fn flag(name: &str, value: impl std::fmt::Display) -> String {
    format!("--{name}={value}")
}
