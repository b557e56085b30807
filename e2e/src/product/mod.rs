//! The product under test: the binary `zhengyun`, built once per test process.

mod previous;

pub use previous::previous;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use tokio::sync::OnceCell;

static BINARY: OnceCell<PathBuf> = OnceCell::const_new();

/// The product binary: the one `ZHENGYUN_BIN` names, else built from this workspace as it stands now.
pub async fn binary() -> Result<&'static Path> {
    let find = async || {
        if let Some(path) = std::env::var_os("ZHENGYUN_BIN") {
            return Ok(PathBuf::from(path));
        }
        tokio::task::spawn_blocking(build).await.context("build the product")?
    };
    Ok(BINARY.get_or_try_init(find).await?)
}

/// Runs the product with a kubeconfig and returns what it prints; what it says when it fails is the error.
pub async fn run<S: AsRef<OsStr>>(kubeconfig: &Path, args: impl IntoIterator<Item = S>) -> Result<String> {
    let mut command = tokio::process::Command::new(binary().await?);
    command.args(args).env("KUBECONFIG", kubeconfig).stdin(Stdio::null()).kill_on_drop(true);
    let shown = format!("{:?}", command.as_std().get_args().collect::<Vec<_>>());
    let output = command.output().await.context("run zhengyun")?;
    if !output.status.success() {
        bail!("zhengyun {shown}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_root.parent().unwrap_or(crate_root).to_owned()
}

fn build() -> Result<PathBuf> {
    let mut cargo = cargo_build(&workspace());
    // Another target folder would mean compiling everything a second time.
    if let Some(target) = own_target_dir() {
        cargo.arg("--target-dir").arg(target);
    }
    built_by(cargo)
}

/// The call of Cargo that builds the product from its sources in a folder.
fn cargo_build(source: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(source)
        .args(["build", "--package", "operator", "--bin", "zhengyun"])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit());
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    cargo
}

fn built_by(mut cargo: Command) -> Result<PathBuf> {
    let output = cargo.output().context("run cargo")?;
    if !output.status.success() {
        bail!("cargo could not build the product; what it said is above");
    }
    executable(&String::from_utf8_lossy(&output.stdout)).context("cargo built no binary `zhengyun`")
}

/// The target folder this program was built into, which Cargo marks for backup programs.
fn own_target_dir() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    own.ancestors().find(|dir| dir.join("CACHEDIR.TAG").is_file()).map(Path::to_owned)
}

/// The binary among Cargo's messages, one JSON object per line.
fn executable(messages: &str) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
        target: Option<Target>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter(|message| message.target.as_ref().is_some_and(|target| target.name == "zhengyun"))
        .find_map(|message| message.executable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_is_found_among_the_messages_of_cargo() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"operator"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"zhengyun"},"executable":"/t/debug/zhengyun"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(executable(messages).as_deref(), Some(Path::new("/t/debug/zhengyun")));
        assert_eq!(executable("{}"), None);
    }

    #[test]
    fn tests_know_the_target_folder_they_were_built_into() {
        assert!(own_target_dir().is_some_and(|dir| std::env::current_exe().unwrap().starts_with(dir)));
    }
}
