//! The product as it was in earlier versions, built from this repository's own history: what an upgrade begins with.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use tokio::sync::OnceCell;

use super::{Profile, ZHENGYUN, built_by, cargo_build, own_target_dir, workspace};
use crate::lock::{FileLock, cache_dir};

static PREVIOUS: OnceCell<PathBuf> = OnceCell::const_new();

/// Not `zhengyun`, which in older caches is one that is not linked statically.
const BINARY: &str = "zhengyun-static";

/// The product one version earlier: as it was before the newest commit that changed the version in `Cargo.toml`. It is
/// built once per machine (in a minute, measured with compiled dependencies) and kept in the cache.
pub async fn previous() -> Result<&'static Path> {
    Ok(PREVIOUS.get_or_try_init(|| build_kept(ANY_VERSION.to_owned())).await?)
}

/// The product as it was last in a version: for what an upgrade of more than one version meets.
pub async fn of_version(version: &str) -> Result<PathBuf> {
    build_kept(version_line(version)).await
}

/// Writes the files of one version earlier into a folder: its charts are among them.
pub async fn previous_source(into: PathBuf) -> Result<()> {
    let write = move || check_out(&workspace(), &last_before_change(&workspace(), ANY_VERSION)?, &into);
    tokio::task::spawn_blocking(write).await.context("write the files of one version earlier")?
}

/// The line of `Cargo.toml` that says a version, as a pattern.
const ANY_VERSION: &str = r#"^version = ""#;

fn version_line(version: &str) -> String {
    format!(r#"^version = "{}"$"#, version.replace('.', r"\."))
}

async fn build_kept(line: String) -> Result<PathBuf> {
    let build =
        move || built(&workspace(), &line, &cache_dir()?.join("previous"), own_target_dir().as_deref());
    tokio::task::spawn_blocking(build).await.context("build an earlier product")?
}

/// The binary in a folder of the cache named by its commit; compiled dependencies are shared with the folder `shared`.
fn built(repository: &Path, line: &str, cache: &Path, shared: Option<&Path>) -> Result<PathBuf> {
    let commit = last_before_change(repository, line)?;
    let folder = cache.join(&commit);
    let binary = folder.join(BINARY);
    if binary.is_file() {
        return Ok(binary);
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    let _building = FileLock::take(&cache.join("lock"))?;
    if !binary.is_file() {
        eprintln!("building an earlier product, as of {commit} …");
        let unfinished = folder.join("part");
        // What a killed build left is half of something.
        remove(&unfinished)?;
        build(repository, &commit, &unfinished, shared)
            .with_context(|| format!("build the product as of {commit}"))?;
        std::fs::rename(unfinished.join("zhengyun"), &binary)
            .with_context(|| format!("put {} in place", binary.display()))?;
        remove(&unfinished)?;
    }
    Ok(binary)
}

fn build(repository: &Path, commit: &str, folder: &Path, shared: Option<&Path>) -> Result<()> {
    let source = folder.join("source");
    check_out(repository, commit, &source)?;
    let mut cargo = cargo_build(&source, ZHENGYUN, Profile::OURS);
    // The results apart, so that the present product is not overwritten; what leads to them together, so that dependencies
    // are not compiled again. Our own crates do not meet there: Cargo tells them apart by their version.
    cargo.arg("--locked").arg("--target-dir").arg(folder.join("target"));
    if let Some(shared) = shared {
        cargo.env("CARGO_BUILD_BUILD_DIR", shared);
    }
    // Copied, because Cargo's file is a hard link to one that a later build may write to.
    std::fs::copy(built_by(cargo, ZHENGYUN)?, folder.join("zhengyun")).context("copy the binary")?;
    Ok(())
}

/// The parent of the newest commit that changed a line of `Cargo.toml`, given as a pattern.
fn last_before_change(repository: &Path, line: &str) -> Result<String> {
    const IMPOSSIBLE: &str = "an earlier product cannot be built, because";
    let mut log = git(repository);
    log.args(["log", "-1", "--format=%P", "-G", line, "--", "Cargo.toml"]);
    let output = match log.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("{IMPOSSIBLE} `git` is not on the PATH")
        }
        other => other.context("run git")?,
    };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let reason = said.lines().next().unwrap_or_default();
        bail!("{IMPOSSIBLE} {} has no git history ({reason})", repository.display());
    }
    let parents = String::from_utf8_lossy(&output.stdout);
    // The commit that wrote the line first has none.
    let Some(parent) = parents.split_whitespace().next() else {
        bail!("{IMPOSSIBLE} the git history of {} has only one version", repository.display());
    };
    Ok(parent.to_owned())
}

/// Writes the files of a commit into a folder. Their times are of now, as Cargo needs them: by their time in history it
/// would take them for compiled, when another commit of the same version was compiled since.
fn check_out(repository: &Path, commit: &str, into: &Path) -> Result<()> {
    std::fs::create_dir_all(into).with_context(|| format!("create {}", into.display()))?;
    let index = into.with_extension("index");
    let prefix = format!("--prefix={}/", into.display());
    for args in [&["read-tree", commit][..], &["checkout-index", "--all", &prefix]] {
        let output = git(repository).env("GIT_INDEX_FILE", &index).args(args).output().context("run git")?;
        if !output.status.success() {
            bail!("git {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
    }
    Ok(())
}

fn git(repository: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(repository).stdin(Stdio::null());
    // Set when a git hook runs the tests, and then they speak of the hook's repository, whichever folder it is called in.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        git.env_remove(variable);
    }
    git
}

fn remove(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "previous_tests.rs"]
mod tests;
