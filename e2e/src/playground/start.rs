//! Building and starting, with a word about each step.

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::SITES;
use super::progress::Progress;
use crate::district::District;
use crate::lock::{FileLock, cache_dir};
use crate::product;
use crate::tools::Tool;

/// One of each Go module that is needed.
const TOOLS: [Tool; 3] = [Tool::Etcd, Tool::KubeApiserver, Tool::Kwok];
/// How often the folder of the district is looked at for the next step.
const LOOK: Duration = Duration::from_millis(100);

/// Starts the sample district with the product.
pub(super) async fn district(progress: &Progress) -> Result<District> {
    tools(progress).await?;
    progress.say("编译 zhengyun …", "building zhengyun …");
    product::binary().await?;
    turn(progress).await?;
    let sample = product::workspace().join("e2e/districts/yangpu");
    progress.say(
        format!("启动中心和 {} 个机房,通常需 20 秒左右 …", SITES.len()),
        format!("starting the hub and {} sites, about 20 s …", SITES.len()),
    );
    let starting = District::builder().sites(SITES).sample(sample).start();
    tokio::select! {
        district = Box::pin(starting) => district,
        never = tell_steps(progress) => match never {},
    }
}

/// Waits, and says so, while another district runs on this machine. The start takes the lock again, for good.
async fn turn(progress: &Progress) -> Result<()> {
    let lock = cache_dir()?.join("district.lock");
    if FileLock::try_take(&lock)?.is_none() {
        progress.say(
            "本机已有一个区在运行,等待其结束 …",
            "another district runs on this machine; waiting for its end …",
        );
        FileLock::take_async(lock).await?;
    }
    Ok(())
}

async fn tools(progress: &Progress) -> Result<()> {
    let versions = TOOLS.map(|tool| Ok(format!("{} {}", tool.name(), tool.version()?)));
    let versions = versions.into_iter().collect::<Result<Vec<_>>>()?.join(", ");
    progress.say(
        format!("检查组件:{versions};缺少的由 Go 模块构建,首次需数分钟"),
        format!(
            "components: {versions}; what is missing is built from its Go module, minutes the first time"
        ),
    );
    for tool in TOOLS {
        tokio::task::spawn_blocking(move || tool.path()).await.context("find a component")??;
    }
    Ok(())
}

/// A file that the harness writes when it comes to a step, and what is said then.
struct Step {
    file: PathBuf,
    zh: String,
    en: String,
}

fn steps() -> Vec<Step> {
    let step = |file: String, zh: String, en: String| Step { file: file.into(), zh, en };
    // Started once its API server answers.
    let manager = "kube-controller-manager.log";
    let mut steps = vec![step(
        format!("hub/{manager}"),
        "中心的 API server 已启动".into(),
        "the hub's API server answers".into(),
    )];
    steps.extend(SITES.map(|site| {
        step(
            format!("{site}/{manager}"),
            format!("机房 {site} 的 API server 已启动"),
            format!("the API server of {site} answers"),
        )
    }));
    steps.push(step(
        "hub/zhengyun-hub.log".into(),
        "启动 zhengyun hub,载入杨浦区示例 …".into(),
        "starting zhengyun hub and loading the sample of Yangpu …".into(),
    ));
    steps.extend(SITES.map(|site| {
        step(
            format!("{site}/zhengyun-site.log"),
            format!("机房 {site} 接入:启动 zhengyun site …"),
            format!("{site} joins: starting zhengyun site …"),
        )
    }));
    steps
}

/// Says each step as the folder of the district shows it.
async fn tell_steps(progress: &Progress) -> Infallible {
    let mut ahead = steps();
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(dir) = own_folder() else { continue };
        for step in ahead.extract_if(.., |step| dir.join(&step.file).exists()) {
            progress.say(step.zh, step.en);
        }
    }
}

/// The folder that this process made for its district.
fn own_folder() -> Option<PathBuf> {
    let prefix = format!("zhengyun-{}-", std::process::id());
    let entries = std::fs::read_dir(std::env::temp_dir()).ok()?;
    entries
        .filter_map(Result::ok)
        .find(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .map(|entry| entry.path())
}
