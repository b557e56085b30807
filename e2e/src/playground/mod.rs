//! The playground: the sample district (杨浦区) with the product, for somebody who wants to look at it and try things.

mod facts;
mod kit;
pub(crate) mod progress;
mod report;
mod requests;
mod start;
pub(crate) mod table;
mod tries;
mod truth;

use std::path::Path;
use std::process::{ExitCode, Output};

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;
use crds::Lang;
use tokio::signal::unix::{SignalKind, signal};

use crate::district::District;
use facts::Field;
use kit::Kit;
use progress::Progress;

/// The rooms that run; the sample registers more.
const SITES: [&str; 3] = ["kaicheng", "zhengwu-waiwang", "wujiaochang"];

/// The playground for somebody who is not a terminal: the district when all of it is true, and what a visitor is handed.
#[derive(Debug)]
pub struct Visit {
    district: District,
    kit: Kit,
}

impl Visit {
    /// Starts the district and waits until it is true.
    pub async fn begin() -> Result<Self> {
        let progress = Progress::new(Lang::Zh);
        let district = Box::pin(start::district(&progress, Nodes::Fake)).await?;
        let (register, untrue) = truth::wait(&district, &progress).await?;
        requests::file(&district, &progress).await?;
        ensure!(untrue.is_empty(), "{}", report::verdict(&untrue, Lang::Zh));
        let kit = Kit::lay(&district, &register).await?;
        Ok(Self { district, kit })
    }

    /// The district.
    #[must_use]
    pub fn district(&self) -> &District {
        &self.district
    }

    /// Runs a line in a folder as a visitor would paste it.
    pub async fn paste(&self, folder: &Path, line: &str) -> Result<Output> {
        tries::paste(&self.kit, folder, line).await
    }
}

/// What the playground is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// End with a status once everything was shown, instead of staying.
    pub once: bool,
    /// The nodes of the hub and of the sites.
    pub nodes: Nodes,
    /// The reader's language.
    pub lang: Lang,
}

/// What the nodes of a playground are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Nodes {
    /// Objects that say Ready; the product runs as processes.
    #[default]
    Fake,
    /// Kubelets; the product is installed with its charts and runs in pods.
    Real,
}

/// Starts the district, shows it, and stays until somebody asks to stop.
pub async fn run(options: Options) -> Result<ExitCode> {
    let progress = Progress::new(options.lang);
    let started = tokio::select! {
        district = Box::pin(start::district(&progress, options.nodes)) => Some(district?),
        asked = asked_to_stop() => asked.map(|()| None)?,
    };
    let Some(district) = started else {
        progress.say("启动已中止,已启动的均已停止", "called off; what had started is stopped");
        return Ok(ExitCode::FAILURE);
    };
    let well = tokio::select! {
        well = Box::pin(show(&district, options, &progress)) => Some(well?),
        asked = asked_to_stop() => asked.map(|()| None)?,
    };
    if well.is_some() && !options.once {
        progress.say("按 Ctrl-C 停止", "stays until Ctrl-C");
        asked_to_stop().await?;
    }
    stop(district, &progress);
    Ok(if well == Some(true) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Waits until everything is true, prints what stands where and what to try; whether all of it is well.
async fn show(district: &District, options: Options, progress: &Progress) -> Result<bool> {
    let lang = options.lang;
    let (register, mut untrue) = truth::wait(district, progress).await?;
    requests::file(district, progress).await?;
    let field = Field::read(district, &register).await?;
    untrue.extend(truth::untrue_on_sites(&register, &field));
    let kit = Kit::lay(district, &register).await?;
    print!("\n{}", report::district(&register, &field, lang));
    print!("\n{}", report::how_to_look(&kit, lang));
    let mut well = untrue.is_empty();
    if well && options.once {
        well = tries::run(&kit, progress).await?;
    }
    print!("\n{}", report::verdict(&untrue, lang));
    Ok(well)
}

/// Returns when the terminal or another process asks to stop.
async fn asked_to_stop() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.context("listen for Ctrl-C"),
        _ = terminated.recv() => Ok(()),
    }
}

fn stop(district: District, progress: &Progress) {
    let dir = district.dir().to_owned();
    let sites = district.sites().iter().map(|site| site.name().to_owned()).collect::<Vec<_>>();
    drop(district);
    let (count, names) = (sites.len(), sites.join(", "));
    progress.say(
        format!("已停止:中心、{count} 个机房({names})及其 zhengyun 进程"),
        format!("stopped: the hub, {count} sites ({names}) and their zhengyun processes"),
    );
    progress.say(fate(&dir, "已删除", "保留"), fate(&dir, "removed", "kept"));
}

fn fate(dir: &Path, removed: &str, kept: &str) -> String {
    format!("{} {}", if dir.exists() { kept } else { removed }, dir.display())
}
