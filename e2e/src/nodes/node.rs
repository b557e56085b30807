//! A real node, as a process tree that can be killed and started again.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::cgroups::{Group, Layout};
use super::config::{self, Files};
use super::namespace;
use super::switch::{API_ADDRESS, Switch, node_address};
use crate::pki::{Authority, Credential, Identity, kubeconfig, write_secret};
use crate::process::{Component, Spec, tail};
use crate::tools::Tool;

/// What becomes the node: joins its control groups, then leaves everything that is the machine's.
const ENTER: &str = r#"while [ "$1" != -- ]; do echo $$ > "$1" || exit 1; shift; done; shift
exec unshare --net --mount --pid --fork --kill-child --uts --ipc --cgroup bash "$@""#;
const INIT: &str = include_str!("init.sh");

/// A node; dropping it ends all that runs on it and removes its control groups.
#[derive(Debug)]
pub struct Node {
    name: String,
    number: u8,
    dir: PathBuf,
    component: Component,
    group: Group,
}

impl Node {
    /// Starts a node with a runtime and these images on it; its kubelet waits for `go`.
    pub(crate) async fn start(
        number: u8,
        dir: &Path,
        district: &str,
        authority: &Authority,
        switch: &Switch,
        images: &[PathBuf],
    ) -> Result<Self> {
        let name = format!("node-{number}");
        std::fs::create_dir_all(dir.join("cni")).context("create a node's folder")?;
        let programs = tokio::task::spawn_blocking(Programs::find).await.context("find components")??;
        write(dir, &name, number, authority, &programs)?;
        let layout = Layout::read()?;
        let plane = dir.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let group = Group::make(&layout, district, &format!("{plane}-{name}"))?;
        let init = dir.join("init.sh").display().to_string();
        let mut args = vec!["-c".to_owned(), ENTER.to_owned(), "node".to_owned()];
        args.extend(group.members());
        args.extend(["--".to_owned(), init, name.clone(), dir.display().to_string(), programs.path]);
        args.push(layout.mounts().join(" "));
        args.extend(images.iter().map(|image| image.display().to_string()));
        let component = Component::spawn(Spec {
            name: name.clone(),
            program: "sh".into(),
            args,
            env: Vec::new(),
            log: dir.join("init.log"),
        })?;
        let node = Self { name, number, dir: dir.to_owned(), component, group };
        node.plug(switch).await?;
        Ok(node)
    }

    async fn plug(&self, switch: &Switch) -> Result<()> {
        let process = namespace::own(&self.component).await?;
        switch.plug(self.number, process).with_context(|| self.log_tails(20))
    }

    /// Lets the kubelet start.
    pub(crate) fn go(&self) -> Result<()> {
        std::fs::write(self.dir.join("go"), "").context("let a kubelet start")
    }

    /// Its name, as the API server knows it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its folder: configuration, logs, what its pods keep.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Switches it off at once.
    pub fn kill(&self) -> Result<()> {
        self.component.kill()
    }

    /// Switches it on again, with what is on its disk.
    pub(crate) async fn start_again(&self, switch: &Switch) -> Result<()> {
        switch.unplug(self.number);
        self.component.start()?;
        self.plug(switch).await
    }

    /// Puts an image on it.
    pub async fn load(&self, image: &Path) -> Result<()> {
        self.ctr(&["images", "import", "--local", &image.display().to_string()])
            .await
            .context("load an image")
    }

    /// Kills the first process of a container, and so the container, with -9.
    pub async fn kill_container(&self, id: &str) -> Result<()> {
        self.ctr(&["tasks", "kill", "--signal", "SIGKILL", id]).await.context("kill a container")
    }

    /// Asks its runtime for something.
    async fn ctr(&self, args: &[&str]) -> Result<()> {
        let process = self.component.pid().context("a node that runs")?;
        let ctr = tokio::task::spawn_blocking(|| Tool::Ctr.path()).await.context("find ctr")??;
        let mut command = Command::new("nsenter");
        command.arg(format!("--mount={}", namespace::path(process, "mnt").display())).arg(ctr);
        command.args(["--namespace", "k8s.io"]).args(args);
        tokio::task::spawn_blocking(move || namespace::run(command)).await.context("run ctr")?
    }

    /// The end of the logs of all that it runs.
    #[must_use]
    pub fn log_tails(&self, lines: usize) -> String {
        let tail =
            |part: &str| format!("--- {part} of {}\n{}\n", self.name, tail(&self.dir.join(part), lines));
        ["init.log", "images.log", "containerd.log", "kubelet.log", "kube-proxy.log"].map(tail).concat()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Nobody is left to tell; the next start removes what stays.
        let _ = self.component.kill();
        self.group.remove();
    }
}

/// The folders of a node's programs.
struct Programs {
    path: String,
    plugins: PathBuf,
}

impl Programs {
    fn find() -> Result<Self> {
        let folder = |tool: Tool| -> Result<PathBuf> {
            Ok(tool.path()?.parent().context("a program in a folder")?.to_owned())
        };
        let mut folders = [Tool::Containerd, Tool::ContainerdShim, Tool::Ctr, Tool::Kubelet, Tool::KubeProxy]
            .map(folder)
            .into_iter()
            .collect::<Result<Vec<_>>>()?;
        folders.sort();
        folders.dedup();
        let path = std::env::join_paths(folders).context("folders of programs")?;
        Ok(Self { path: path.to_string_lossy().into_owned(), plugins: folder(Tool::CniBridge)? })
    }
}

fn write(dir: &Path, name: &str, number: u8, authority: &Authority, programs: &Programs) -> Result<()> {
    let address = node_address(number);
    let files = Files { dir, plugins: &programs.plugins };
    let serving = authority.server(&[IpAddr::from(address)], &[name])?;
    let server = format!("https://{API_ADDRESS}:6443");
    let config = |user: &str, identity: Identity| {
        kubeconfig(&server, &authority.certificate(), user, &Credential::Certificate(identity))
    };
    let user = format!("system:node:{name}");
    let kubelet = config(&user, authority.client(&user, &["system:nodes"])?)?;
    let proxy = "system:kube-proxy";
    let proxy = config(proxy, authority.client(proxy, &[])?)?;
    for (file, content) in [
        ("init.sh", INIT),
        ("address", &address.to_string()),
        ("ca.crt", &authority.certificate()),
        ("kubelet.crt", &serving.certificate),
        ("kubelet.key", &serving.key),
        ("kubelet.kubeconfig", &kubelet),
        ("kube-proxy.kubeconfig", &proxy),
        ("containerd.toml", &config::containerd(&files)),
        ("cni/pods.conflist", &config::network(number)),
        ("kubelet.yaml", &config::kubelet(&files)),
        ("kube-proxy.yaml", &config::kube_proxy(&files, name)),
    ] {
        write_secret(dir.join(file), content)?;
    }
    Ok(())
}
