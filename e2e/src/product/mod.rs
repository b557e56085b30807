//! The product under test: the binary `zhengyun`, built once per test process.
//!
//! It is linked statically: what runs here as a process is what an image without any library holds. Only the last step of
//! the build is told so; libraries and procedural macros are compiled as for everything else, and once.

mod previous;

pub use previous::{of_version, previous, previous_source};

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use tokio::sync::OnceCell;

static BINARY: OnceCell<PathBuf> = OnceCell::const_new();
static WORKLOAD: OnceCell<PathBuf> = OnceCell::const_new();

/// How programs are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quickly.
    Dev,
    /// To be used.
    Release,
}

impl Profile {
    /// How this program was compiled itself.
    pub const OURS: Self = if cfg!(debug_assertions) { Self::Dev } else { Self::Release };
}

/// A program of this workspace.
#[derive(Debug, Clone, Copy)]
struct Bin {
    package: &'static str,
    name: &'static str,
}

const ZHENGYUN: Bin = Bin { package: "operator", name: "zhengyun" };

/// The product binary: the one `ZHENGYUN_BIN` names, else built from this workspace as it stands now.
pub async fn binary() -> Result<&'static Path> {
    let find = async || match std::env::var_os("ZHENGYUN_BIN") {
        Some(path) => Ok(PathBuf::from(path)),
        None => build(ZHENGYUN, Profile::OURS).await,
    };
    Ok(BINARY.get_or_try_init(find).await?)
}

/// The product in a profile.
pub async fn binary_in(profile: Profile) -> Result<PathBuf> {
    if profile == Profile::OURS { Ok(binary().await?.to_owned()) } else { build(ZHENGYUN, profile).await }
}

/// The program of the test workload in a profile.
pub async fn workload(profile: Profile) -> Result<PathBuf> {
    let build = || build(Bin { package: "workload", name: "workload" }, profile);
    if profile == Profile::OURS { Ok(WORKLOAD.get_or_try_init(build).await?.clone()) } else { build().await }
}

/// The version that a build of the product says it is.
pub async fn version_of(program: &Path) -> Result<String> {
    let said = || format!("ask {} for its version", program.display());
    let output = tokio::process::Command::new(program).arg("--version").output().await.with_context(said)?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace().nth(1).map(str::to_owned).with_context(said)
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

async fn build(bin: Bin, profile: Profile) -> Result<PathBuf> {
    let build = move || {
        let mut cargo = cargo_build(&workspace(), bin, profile);
        cargo.args(features(bin, profile));
        // Another target folder would mean compiling everything a second time.
        if let Some(target) = own_target_dir() {
            cargo.arg("--target-dir").arg(target);
        }
        built_by(cargo, bin)
    };
    tokio::task::spawn_blocking(build).await.with_context(|| format!("build {}", bin.name))?
}

/// What is compiled in for the district only: its tests set the product's clock, which nobody can in what is released.
fn features(bin: Bin, profile: Profile) -> &'static [&'static str] {
    match (bin.package, profile) {
        ("operator", Profile::Dev) => &["--features", "harness-clock"],
        _ => &[],
    }
}

/// The call of Cargo that builds a program from its sources in a folder.
fn cargo_build(source: &Path, bin: Bin, profile: Profile) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(source)
        .args(["rustc", "--package", bin.package, "--bin", bin.name])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit());
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    cargo
}

fn built_by(mut cargo: Command, bin: Bin) -> Result<PathBuf> {
    cargo.args(["--", "-C", "target-feature=+crt-static"]);
    let output = cargo.output().context("run cargo")?;
    if !output.status.success() {
        bail!("cargo could not build {}; what it said is above", bin.name);
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    executable(&messages, bin.name).with_context(|| format!("cargo built no binary `{}`", bin.name))
}

/// The target folder this program was built into, which Cargo marks for backup programs.
fn own_target_dir() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    own.ancestors().find(|dir| dir.join("CACHEDIR.TAG").is_file()).map(Path::to_owned)
}

/// The binary among Cargo's messages, one JSON object per line.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
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
        .filter(|message| message.target.as_ref().is_some_and(|target| target.name == name))
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
        assert_eq!(executable(messages, "zhengyun").as_deref(), Some(Path::new("/t/debug/zhengyun")));
        assert_eq!(executable(messages, "other"), None);
        assert_eq!(executable("{}", "zhengyun"), None);
    }

    #[test]
    fn nobody_sets_the_clock_of_what_is_released() {
        assert_eq!(features(ZHENGYUN, Profile::Release), [""; 0]);
        assert!(features(ZHENGYUN, Profile::Dev).contains(&"harness-clock"));
        let folder = workspace().join("operator");
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        assert!(!manifest.contains("\ndefault = "), "a feature of the harness could become a default");
        // The name of the variable stands in one place, and that is left out without the feature.
        let mut places = Vec::new();
        for entry in walkdir::WalkDir::new(folder.join("src")) {
            let path = entry.unwrap().into_path();
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let found = text.match_indices("ZHENGYUN_CLOCK_OFFSET");
            places.extend(found.map(|(at, _)| (path.clone(), text[..at].to_owned())));
        }
        let [(path, before)] = &places[..] else { panic!("{places:?}") };
        assert!(path.ends_with("runtime/clock.rs"), "{}", path.display());
        let function = before.rfind("\nfn ").unwrap();
        assert!(before[..function].ends_with("#[cfg(feature = \"harness-clock\")]"));
    }

    #[test]
    fn tests_know_the_target_folder_they_were_built_into() {
        assert!(own_target_dir().is_some_and(|dir| std::env::current_exe().unwrap().starts_with(dir)));
    }
}
