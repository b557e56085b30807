//! Building and starting, with a word about each step.

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::progress::Progress;
use super::{Nodes, SITES};
use crate::district::District;
use crate::images::Image;
use crate::installed::Release;
use crate::lock::{FileLock, cache_dir};
use crate::product;
use crate::requirements::{self, Wanted};
use crate::tools::Tool;

/// One of each Go module that is needed.
const TOOLS: [Tool; 2] = [Tool::Etcd, Tool::KubeApiserver];
/// What nodes need beside.
const FOR_FAKE_NODES: [Tool; 1] = [Tool::Kwok];
const FOR_REAL_NODES: [Tool; 5] =
    [Tool::Helm, Tool::Containerd, Tool::Kubelet, Tool::CniBridge, Tool::Coredns];
/// How often the folder of the district is looked at for the next step.
const LOOK: Duration = Duration::from_millis(100);

/// Starts the sample district with the product.
pub(super) async fn district(progress: &Progress, nodes: Nodes) -> Result<District> {
    // Before minutes go into building what this machine will not let run.
    let planes = SITES.len() + 1;
    let real_nodes = if nodes == Nodes::Real { u32::try_from(planes)? } else { 0 };
    let wanted = Wanted { planes, real_nodes, district: format!("zhengyun-{}-try", std::process::id()) };
    tokio::task::spawn_blocking(move || requirements::check(&wanted)).await??;
    tools(progress, nodes).await?;
    progress.say("编译 zhengyun …", "building zhengyun …");
    product::binary().await?;
    turn(progress).await?;
    let sample = product::workspace().join("e2e/districts/yangpu");
    let mut builder = District::builder().sites(SITES).sample(sample);
    let count = SITES.len();
    match nodes {
        Nodes::Fake => progress.say(
            format!("启动中心和 {count} 个机房,通常需 20 秒左右 …"),
            format!("starting the hub and {count} sites, about 20 s …"),
        ),
        Nodes::Real => {
            progress.say("制作镜像 …", "packing images …");
            for image in [Image::Pause, Image::CoreDns, Image::Workload, Image::Zhengyun] {
                image.archive().await?;
            }
            progress.say(
                format!("启动中心和 {count} 个机房,各有一个真实节点,通常需 1 分钟左右 …"),
                format!("starting the hub and {count} sites with a real node each, about a minute …"),
            );
            builder = builder.installed(Release::Present);
        }
    }
    tokio::select! {
        district = Box::pin(builder.start()) => district,
        never = tell_steps(progress, nodes) => match never {},
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

async fn tools(progress: &Progress, nodes: Nodes) -> Result<()> {
    let beside: &[Tool] = match nodes {
        Nodes::Fake => &FOR_FAKE_NODES,
        Nodes::Real => &FOR_REAL_NODES,
    };
    let tools = || TOOLS.into_iter().chain(beside.iter().copied());
    let versions = tools().map(|tool| Ok(format!("{} {}", tool.name(), tool.version()?)));
    let versions = versions.collect::<Result<Vec<_>>>()?.join(", ");
    progress.say(
        format!("检查组件:{versions};缺少的由 Go 模块构建,首次需数分钟"),
        format!(
            "components: {versions}; what is missing is built from its Go module, minutes the first time"
        ),
    );
    for tool in tools() {
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

fn steps(nodes: Nodes) -> Vec<Step> {
    let step = |file: String, zh: String, en: String| Step { file: file.into(), zh, en };
    if nodes == Nodes::Real {
        return steps_with_real_nodes();
    }
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

/// A kubelet starts once its API server answers; then the product is installed, and sites join with the file that the hub gives.
fn steps_with_real_nodes() -> Vec<Step> {
    let planes = std::iter::once(("hub", "中心".to_owned(), "the hub".to_owned()))
        .chain(SITES.map(|site| (site, format!("机房 {site}"), site.to_owned())));
    let nodes = planes.map(|(plane, zh, en)| Step {
        file: format!("{plane}/node-1/go").into(),
        zh: format!("{zh}的 API server 已启动,节点启动 kubelet …"),
        en: format!("the API server of {en} answers; its node starts a kubelet …"),
    });
    let joins = SITES.map(|site| Step {
        file: format!("{site}/join.kubeconfig").into(),
        zh: format!("中心已安装;机房 {site} 取得接入凭证,安装 zhengyun-site …"),
        en: format!("the hub is installed; {site} has its join file, installing zhengyun-site …"),
    });
    nodes.chain(joins).collect()
}

/// Says each step as the folder of the district shows it.
async fn tell_steps(progress: &Progress, nodes: Nodes) -> Infallible {
    let mut ahead = steps(nodes);
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
