//! The README is true: its commands are run as they stand in it, its files are those that they name, its list of metrics is whole.

use std::path::Path;
use std::process::{Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use e2e::control_plane::{ControlPlane, Options};
use e2e::playground::Visit;
use e2e::product;
use e2e::readme::{Block, Command, blocks};
use e2e::tools::Tool;
use e2e::workdir::WorkDir;

fn readme() -> Result<String> {
    std::fs::read_to_string(product::workspace().join("README.md")).context("read the README")
}

fn of_kind(kind: &str) -> Result<Vec<Block>> {
    let all = blocks(&readme()?);
    let found: Vec<Block> = all.into_iter().filter(|block| block.info == kind).collect();
    ensure!(!found.is_empty(), "the README has no block {kind}");
    Ok(found)
}

/// Whether a command came to what the README says of it.
fn as_written(command: &Command, output: &Output) -> Result<()> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    println!("$ {}\n{out}{err}", command.line);
    ensure!(
        output.status.success() != command.fails,
        "{} ends with {}: {out}{err}",
        command.line,
        output.status
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_visitor_is_told_to_try_works_line_by_line() -> Result<()> {
    let visit = Box::pin(Visit::begin()).await?;
    let folder = tempfile::tempdir().context("a folder for a visitor")?;
    for block in blocks(&readme()?) {
        if let Some(name) = block.file() {
            std::fs::write(folder.path().join(name), &block.text)?;
        }
        if block.info == "sh try" {
            for command in block.commands() {
                as_written(&command, &visit.paste(folder.path(), &command.line).await?)?;
            }
        }
    }
    let page = std::fs::read_to_string(folder.path().join("全区现状.html")).context("the page")?;
    ensure!(page.contains("凯城机房"), "{page}");
    ensure!(folder.path().join("信息系统.xlsx").is_file() && folder.path().join("登记内容.yaml").is_file());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_administrator_is_told_to_install_upgrade_and_uninstall_works_line_by_line() -> Result<()> {
    let dir = WorkDir::create()?;
    let plane = Box::pin(ControlPlane::start("hub", &dir.folder("hub")?, Options::default())).await?;
    let (kubeconfig, helm) = (plane.admin_kubeconfig()?, helm().await?);
    for command in of_kind("sh install")?.iter().flat_map(Block::commands) {
        let mut words = command.line.split_whitespace();
        assert_eq!(words.next(), Some("helm"), "{command:?}");
        let run = tokio::process::Command::new(&helm)
            .args(words)
            .current_dir(product::workspace())
            .env("KUBECONFIG", &kubeconfig)
            .env("HELM_CACHE_HOME", dir.path())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        as_written(&command, &run.await?)?;
    }
    let kinds = plane.kubectl(["get", "crd", "departments.zhengyun.io", "workspaces.zhengyun.io"]).await?;
    ensure!(kinds.contains("workspaces.zhengyun.io"), "uninstalling took kinds away: {kinds}");
    Ok(())
}

async fn helm() -> Result<std::path::PathBuf> {
    tokio::task::spawn_blocking(|| Tool::Helm.path()).await.context("find helm")?
}

/// Without a cluster a right command ends with 3, as none can be reached, and a wrong one with 2.
#[tokio::test(flavor = "multi_thread")]
async fn every_other_command_of_ours_is_one_that_the_program_knows() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for command in of_kind("sh")?.iter().flat_map(Block::commands) {
        let Some(words) = command.line.strip_prefix("kubectl zhengyun ") else { continue };
        let words = words.split('>').next().unwrap_or_default().split_whitespace();
        let run = tokio::process::Command::new(product::binary().await?)
            .args(words)
            .current_dir(folder.path())
            .env("KUBECONFIG", folder.path().join("none"))
            .stdin(Stdio::null())
            .output();
        let output = run.await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{}: {said}", command.line);
    }
    Ok(())
}

#[test]
fn the_two_commands_are_those_of_the_ci() -> Result<()> {
    let ci = std::fs::read_to_string(product::workspace().join(".ci/run"))?;
    let first = of_kind("sh")?.remove(0).commands();
    let lines: Vec<&str> = first.iter().map(|command| command.line.as_str()).collect();
    assert_eq!(lines, ["cargo playground", "cargo test"]);
    for line in lines {
        assert!(ci.contains(line), "{line} is not run by .ci/run");
    }
    Ok(())
}

#[test]
fn every_metric_and_every_path_of_the_tree_that_it_names_is_there() -> Result<()> {
    let text = readme()?;
    for metric in crds::metrics::ALL {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{}` |", metric.name)));
        let row = row.with_context(|| format!("{} is not in the README", metric.name))?;
        assert!(row.contains(metric.kind.name()) && row.contains(metric.zh), "{row}");
        for label in metric.labels {
            assert!(row.contains(&format!("`{label}`")), "{row}");
        }
    }
    let root = product::workspace();
    let named = text.split('`').skip(1).step_by(2);
    let paths = named.filter(|word| {
        ["operator/", "crds/", "e2e/", "charts/", ".ci/"].iter().any(|folder| word.starts_with(folder))
    });
    for path in paths.filter(|path| !path.contains(['*', '{', ' '])) {
        assert!(Path::new(&root).join(path).exists(), "{path} is not in the tree");
    }
    Ok(())
}
