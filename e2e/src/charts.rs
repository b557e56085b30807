//! The charts of this workspace and the real helm.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::control_plane::ControlPlane;
use crate::product;
use crate::tools::Tool;

/// The namespace that the charts are installed into. Not of the charts: helm owns nothing that it was installed into, and whoever
/// makes it chooses how strictly its pods are looked at.
const NAMESPACE: &str = "apiVersion: v1
kind: Namespace
metadata:
  name: zhengyun-system
  labels: {pod-security.kubernetes.io/enforce: restricted}
";

/// The folder of a chart.
#[must_use]
pub fn chart(name: &str) -> PathBuf {
    folder().join(name)
}

/// The folder of the charts.
pub(crate) fn folder() -> PathBuf {
    product::workspace().join("charts")
}

/// Runs helm, which keeps what it keeps in `home`, and returns what it prints; what it says when it fails is the error.
pub async fn helm<S: AsRef<OsStr>>(
    home: &Path,
    kubeconfig: Option<&Path>,
    args: impl IntoIterator<Item = S>,
) -> Result<String> {
    let program = tokio::task::spawn_blocking(|| Tool::Helm.path()).await.context("find helm")??;
    let mut command = tokio::process::Command::new(program);
    command
        .args(args)
        .envs(["CACHE", "CONFIG", "DATA"].map(|part| (format!("HELM_{part}_HOME"), home.join("helm"))))
        // None: nothing is asked, whoever runs this and whatever they have at home.
        .env("KUBECONFIG", kubeconfig.unwrap_or(Path::new("/dev/null")))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let shown = format!("{:?}", command.as_std().get_args().collect::<Vec<_>>());
    let output = command.output().await.context("run helm")?;
    if !output.status.success() {
        bail!(
            "helm {shown}: {}{}",
            String::from_utf8_lossy(&output.stderr).trim(),
            String::from_utf8_lossy(&output.stdout)
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

impl ControlPlane {
    /// Runs helm as the administrator, in the namespace of the charts.
    pub async fn helm<S: AsRef<str>>(&self, args: impl IntoIterator<Item = S>) -> Result<String> {
        let args = args.into_iter().map(|argument| argument.as_ref().to_owned());
        let args = args.chain(["--namespace".to_owned(), "zhengyun-system".to_owned()]);
        helm(self.dir(), Some(&self.admin_kubeconfig()?), args).await.with_context(|| self.name().to_owned())
    }

    /// Installs a chart of this workspace under its own name.
    pub async fn helm_install(&self, name: &str, options: &[&str]) -> Result<String> {
        let folder = chart(name).display().to_string();
        let args = ["install", name, &folder].into_iter().chain(options.iter().copied());
        self.helm(args).await
    }
}

/// Makes the namespace that the charts are installed into.
pub(crate) async fn prepare(plane: &ControlPlane) -> Result<()> {
    plane.apply(NAMESPACE).await?;
    Ok(())
}

/// Installs the charts of a side, `hub` or `site`, from a folder of charts, as the README says.
pub(crate) async fn install(plane: &ControlPlane, side: &str, charts: &Path) -> Result<()> {
    prepare(plane).await?;
    let place = format!("place={side}");
    for (name, options) in [("zhengyun-crds", &["--set", &place][..]), (&format!("zhengyun-{side}"), &[])] {
        let folder = charts.join(name).display().to_string();
        plane.helm(["install", name, &folder].iter().chain(options)).await?;
    }
    Ok(())
}
