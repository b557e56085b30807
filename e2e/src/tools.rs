//! The components a district is made of, built once from the Go modules that `e2e/tools` pins.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::lock::{FileLock, cache_dir};

/// A program of the embedded district.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// The database.
    Etcd,
    /// The API server.
    KubeApiserver,
    /// Kubernetes' own controllers: quotas, namespaces, garbage collection.
    KubeControllerManager,
    /// The scheduler.
    KubeScheduler,
    /// The command line.
    Kubectl,
    /// Nodes and pods that only say they run.
    Kwok,
    /// The package manager.
    Helm,
    /// Says what network policies let through; not ours, so that what we render is read by somebody else.
    Cyclonus,
    /// Checks alert rules.
    Promtool,
    /// Runs the pods of a real node.
    Kubelet,
    /// Makes Services real on a real node.
    KubeProxy,
    /// Runs containers.
    Containerd,
    /// What containerd starts for each pod.
    ContainerdShim,
    /// Puts images into containerd.
    Ctr,
    /// Connects a pod to its node.
    CniBridge,
    /// Gives a pod its address.
    CniHostLocal,
    /// Gives a pod its loopback.
    CniLoopback,
    /// Gives a pod a port of its node.
    CniPortmap,
    /// Names of Services.
    Coredns,
    /// Keeps the departments' secrets.
    Vault,
}

/// A folder of `e2e/tools`: what is in it is built by one call, so that shared packages compile once.
struct Module {
    folder: &'static str,
    /// The Go module whose version is the version of the tools.
    source: &'static str,
    /// Build tags, where a module would build much that is not needed.
    tags: &'static str,
    tools: &'static [(Tool, &'static str)],
}

const MODULES: [Module; 11] = [
    Module {
        folder: "etcd",
        source: "go.etcd.io/etcd/server/v3",
        tags: "",
        tools: &[(Tool::Etcd, "go.etcd.io/etcd/server/v3")],
    },
    Module {
        folder: "kubernetes",
        source: "k8s.io/kubernetes",
        tags: "",
        tools: &[
            (Tool::KubeApiserver, "k8s.io/kubernetes/cmd/kube-apiserver"),
            (Tool::KubeControllerManager, "k8s.io/kubernetes/cmd/kube-controller-manager"),
            (Tool::KubeScheduler, "k8s.io/kubernetes/cmd/kube-scheduler"),
            (Tool::Kubectl, "k8s.io/kubernetes/cmd/kubectl"),
        ],
    },
    Module {
        folder: "kwok",
        source: "sigs.k8s.io/kwok",
        tags: "",
        tools: &[(Tool::Kwok, "sigs.k8s.io/kwok/cmd/kwok")],
    },
    Module {
        folder: "helm",
        source: "helm.sh/helm/v4",
        tags: "",
        tools: &[(Tool::Helm, "helm.sh/helm/v4/cmd/helm")],
    },
    Module {
        folder: "cyclonus",
        source: "github.com/mattfenwick/cyclonus",
        tags: "",
        tools: &[(Tool::Cyclonus, "github.com/mattfenwick/cyclonus/cmd/cyclonus")],
    },
    Module {
        folder: "promtool",
        source: "github.com/prometheus/prometheus",
        // The clients of two dozen clouds, with which it would look for what to scrape, are three quarters of the build.
        tags: "remove_all_sd",
        tools: &[(Tool::Promtool, "github.com/prometheus/prometheus/cmd/promtool")],
    },
    Module {
        // Apart from the control plane, which most tests get by with.
        folder: "kubernetes",
        source: "k8s.io/kubernetes",
        tags: "",
        tools: &[
            (Tool::Kubelet, "k8s.io/kubernetes/cmd/kubelet"),
            (Tool::KubeProxy, "k8s.io/kubernetes/cmd/kube-proxy"),
        ],
    },
    Module {
        folder: "containerd",
        source: "github.com/containerd/containerd/v2",
        // Snapshots by overlayfs only; the others need libraries of C.
        tags: "no_btrfs no_devmapper no_zfs urfave_cli_no_docs",
        tools: &[
            (Tool::Containerd, "github.com/containerd/containerd/v2/cmd/containerd"),
            (Tool::ContainerdShim, "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2"),
            (Tool::Ctr, "github.com/containerd/containerd/v2/cmd/ctr"),
        ],
    },
    Module {
        folder: "cni",
        source: "github.com/containernetworking/plugins",
        tags: "",
        tools: &[
            (Tool::CniBridge, "github.com/containernetworking/plugins/plugins/main/bridge"),
            (Tool::CniHostLocal, "github.com/containernetworking/plugins/plugins/ipam/host-local"),
            (Tool::CniLoopback, "github.com/containernetworking/plugins/plugins/main/loopback"),
            (Tool::CniPortmap, "github.com/containernetworking/plugins/plugins/meta/portmap"),
        ],
    },
    Module {
        folder: "coredns",
        source: "github.com/coredns/coredns",
        tags: "",
        tools: &[(Tool::Coredns, "github.com/coredns/coredns")],
    },
    Module {
        folder: "vault",
        source: "github.com/hashicorp/vault",
        // Without what it keeps secrets for two dozen clouds and databases with.
        tags: "minimal",
        tools: &[(Tool::Vault, "github.com/hashicorp/vault")],
    },
];

impl Tool {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::Etcd,
        Self::KubeApiserver,
        Self::KubeControllerManager,
        Self::KubeScheduler,
        Self::Kubectl,
        Self::Kwok,
        Self::Helm,
        Self::Cyclonus,
        Self::Promtool,
        Self::Kubelet,
        Self::KubeProxy,
        Self::Containerd,
        Self::ContainerdShim,
        Self::Ctr,
        Self::CniBridge,
        Self::CniHostLocal,
        Self::CniLoopback,
        Self::CniPortmap,
        Self::Coredns,
        Self::Vault,
    ];

    /// The name of its program file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Etcd => "etcd",
            Self::KubeApiserver => "kube-apiserver",
            Self::KubeControllerManager => "kube-controller-manager",
            Self::KubeScheduler => "kube-scheduler",
            Self::Kubectl => "kubectl",
            Self::Kwok => "kwok",
            Self::Helm => "helm",
            Self::Cyclonus => "cyclonus",
            Self::Promtool => "promtool",
            Self::Kubelet => "kubelet",
            Self::KubeProxy => "kube-proxy",
            Self::Containerd => "containerd",
            Self::ContainerdShim => "containerd-shim-runc-v2",
            Self::Ctr => "ctr",
            Self::CniBridge => "bridge",
            Self::CniHostLocal => "host-local",
            Self::CniLoopback => "loopback",
            Self::CniPortmap => "portmap",
            Self::Coredns => "coredns",
            Self::Vault => "vault",
        }
    }

    /// The version that `e2e/tools` pins. A ready-made program may be another; it is taken at its owner's word.
    pub fn version(self) -> Result<String> {
        self.module()?.version()
    }

    /// Where the program is: in the folder named by `ZHENGYUN_TOOLS` or `KUBEBUILDER_ASSETS`, else in our cache, where it
    /// is built when missing (minutes, once).
    pub fn path(self) -> Result<PathBuf> {
        for variable in ["ZHENGYUN_TOOLS", "KUBEBUILDER_ASSETS"] {
            if let Some(folder) = std::env::var_os(variable) {
                let path = PathBuf::from(folder).join(self.name());
                if path.is_file() {
                    return Ok(path);
                }
            }
        }
        let module = self.module()?;
        Ok(module.built(&cache_dir()?.join("tools"))?.join(self.name()))
    }

    fn module(self) -> Result<&'static Module> {
        MODULES
            .iter()
            .find(|module| module.tools.iter().any(|(tool, _)| *tool == self))
            .with_context(|| format!("no Go module builds {}", self.name()))
    }
}

impl Module {
    fn dir(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tools").join(self.folder)
    }

    fn read(&self, file: &str) -> Result<String> {
        let path = self.dir().join(file);
        std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))
    }

    fn version(&self) -> Result<String> {
        required_version(&self.read("go.mod")?, self.source)
            .with_context(|| format!("{}/go.mod requires no {}", self.dir().display(), self.source))
    }

    fn ldflags(&self) -> Result<String> {
        const STRIPPED: &str = "-s -w";
        let version = self.version()?;
        if self.folder == "containerd" {
            let number = version.trim_start_matches('v');
            return Ok(format!("{STRIPPED} -X {}/version.Version={number}", self.source));
        }
        if self.folder != "kubernetes" {
            return Ok(STRIPPED.to_owned());
        }
        // Without these a server says it is v0.0.0-master, and clients that look at its version misjudge it.
        let mut parts = version.trim_start_matches('v').split('.');
        let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let set =
            |variable: &str, value: &str| format!("-X k8s.io/component-base/version.{variable}={value}");
        let flags = [set("gitVersion", &version), set("gitMajor", major), set("gitMinor", minor)];
        Ok(format!("{STRIPPED} {}", flags.join(" ")))
    }

    /// What the build depends on: another pin or another flag is another folder in the cache.
    fn key(&self) -> Result<String> {
        let mut hash = Sha256::new();
        let packages = self.tools.iter().map(|(_, package)| *package).collect::<Vec<_>>().join(" ");
        let flags = [self.ldflags()?, self.tags.to_owned(), packages];
        for part in [self.read("go.mod")?, self.read("go.sum")?].into_iter().chain(flags) {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        Ok(format!("{:x}", hash.finalize())[..16].to_owned())
    }

    fn built(&self, cache: &Path) -> Result<PathBuf> {
        let done = cache.join(self.key()?);
        if done.is_dir() {
            return Ok(done);
        }
        std::fs::create_dir_all(cache).with_context(|| format!("create {}", cache.display()))?;
        let _building = FileLock::take(&cache.join(format!("{}.lock", self.folder)))?;
        if !done.is_dir() {
            let unfinished = done.with_extension("part");
            self.build(&unfinished)?;
            std::fs::rename(&unfinished, &done)
                .with_context(|| format!("put {} in place", done.display()))?;
        }
        Ok(done)
    }

    fn build(&self, into: &Path) -> Result<()> {
        std::fs::create_dir_all(into).with_context(|| format!("create {}", into.display()))?;
        let names: Vec<_> = self.tools.iter().map(|(tool, _)| tool.name()).collect();
        eprintln!("building {} from {} {} …", names.join(", "), self.source, self.version()?);
        let started = Instant::now();
        // With one package the file is named here, because Go would call etcd `server`; with several Go names them well.
        let output = match names.as_slice() {
            [only] => into.join(only),
            _ => into.to_owned(),
        };
        let mut go = Command::new("go");
        go.current_dir(self.dir())
            .env("CGO_ENABLED", "0")
            .args(["build", "-trimpath", "-buildvcs=false", "-ldflags", &self.ldflags()?])
            .args(["-tags", self.tags, "-o"])
            .arg(output)
            .args(self.tools.iter().map(|(_, package)| package));
        let result = match go.output() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
                "building {} needs Go, and `go` is not on the PATH: install it, or set ZHENGYUN_TOOLS to a folder of ready-made programs",
                names.join(", ")
            ),
            other => other.context("run go")?,
        };
        if !result.status.success() {
            bail!("go build of {} failed:\n{}", names.join(", "), String::from_utf8_lossy(&result.stderr));
        }
        eprintln!("built {} in {} s", names.join(", "), started.elapsed().as_secs());
        Ok(())
    }
}

fn required_version(go_mod: &str, module: &str) -> Option<String> {
    go_mod.lines().find_map(|line| {
        let mut words = line.trim().trim_start_matches("require ").split_whitespace();
        (words.next() == Some(module)).then(|| words.next()).flatten().map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_has_a_pinned_version_and_every_module_a_key_of_its_own() {
        for tool in Tool::ALL {
            assert!(tool.version().unwrap().starts_with('v'), "{tool:?}");
        }
        let mut keys: Vec<_> = MODULES.iter().map(|module| module.key().unwrap()).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), MODULES.len());
    }

    #[test]
    fn the_version_is_that_of_the_module_and_not_of_one_whose_name_begins_alike() {
        let go_mod = "require (\n\tk8s.io/kubernetes-x v9.9.9\n\tk8s.io/kubernetes v1.36.3 // indirect\n)\n";
        assert_eq!(required_version(go_mod, "k8s.io/kubernetes").as_deref(), Some("v1.36.3"));
        assert_eq!(required_version(go_mod, "k8s.io/none"), None);
    }

    #[test]
    fn kubernetes_is_told_its_version() {
        let flags = Tool::KubeApiserver.module().unwrap().ldflags().unwrap();
        assert!(flags.contains("gitVersion=v1."), "{flags}");
        assert!(flags.contains("gitMajor=1 "), "{flags}");
    }
}
