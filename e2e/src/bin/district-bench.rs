//! The benchmarks on this machine: `cargo district-bench`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use e2e::bench::{Before, Name, Report, Sizes, table};

/// 政云基准:在本机启动真实控制面,测量并与同次运行的下限和预算对照 (benchmarks on real control planes of this machine, each figure beside its floor and budget of the same run).
#[derive(Parser)]
#[command(name = "district-bench", bin_name = "cargo district-bench")]
struct Args {
    /// 只测这些项,逗号分隔 (only these figures, separated by commas)
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Name>,
    /// 另存为 JSON,供两次运行对照 (also writes JSON, to compare two runs)
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// 与另一次运行的 JSON 对照 (compares with the JSON of an earlier run)
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// 最小规模,只检验可运行 (tiny sizes: shows only that it runs)
    #[arg(long, conflicts_with = "percent")]
    smoke: bool,
    /// 规模为完整规模的百分之几 (sizes, in percent of the full ones)
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u8).range(1..=100))]
    percent: u8,
    /// at-rest 的测量时段,秒 (how many seconds at-rest measures)
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    window: Option<u64>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("未能完成 (failed): {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    let mut sizes = if args.smoke { Sizes::smoke() } else { Sizes::percent(args.percent.into()) };
    sizes.rest_seconds = args.window.unwrap_or(sizes.rest_seconds);
    // Before anything is measured: a wrong file is noticed at once.
    let before = args.against.as_deref().map(Before::read).transpose()?;
    let runtime = tokio::runtime::Runtime::new().context("start the async runtime")?;
    let mut report = runtime.block_on(Report::begin(sizes))?;
    let ended = runtime.block_on(Box::pin(report.run(&args.only)));
    // A thread that waits for a lock or a compiler cannot be called off.
    runtime.shutdown_background();
    // Hours of measuring are not lost because the last figure failed.
    print!("{}", table(&report, before.as_ref()));
    if let Some(file) = &args.json {
        write(file, &report)?;
    }
    ended
}

fn write(file: &Path, report: &Report) -> Result<()> {
    let json = serde_json::to_string_pretty(report).context("write the run as JSON")?;
    std::fs::write(file, json + "\n").with_context(|| format!("write {}", file.display()))
}
