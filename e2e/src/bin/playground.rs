//! The sample district on this machine: `cargo playground`, until Ctrl-C.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};
use crds::Lang;
use e2e::lock::cache_dir;
use e2e::playground::{self, Nodes, Options};

/// 杨浦区示例:在本机启动中心和三个机房,直到按 Ctrl-C (the sample district on this machine, until Ctrl-C).
#[derive(Parser)]
#[command(name = "playground", bin_name = "cargo playground")]
struct Args {
    /// 就绪后试运行所列命令并退出:0 为正常,1 为异常 (once all is true, try the commands and exit: 0 well, 1 not)
    #[arg(long)]
    once: bool,
    /// 节点:fake 为模拟(程序以进程运行),real 为真实节点(程序由 chart 安装、以容器组运行;须 root) (nodes: fake, the product runs as
    /// processes; real, the product is installed by its charts and runs in pods; needs root)
    #[arg(long, value_enum, default_value_t)]
    nodes: Nodes,
    /// 语言,默认取自 LANG (language; default: from LANG)
    #[arg(long, value_enum)]
    lang: Option<Language>,
}

#[derive(ValueEnum, Clone, Copy)]
enum Language {
    Zh,
    En,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let lang = match args.lang {
        Some(Language::Zh) => Lang::Zh,
        Some(Language::En) => Lang::En,
        None => Lang::from_locale(&std::env::var("LANG").unwrap_or_default()),
    };
    match run(Options { once: args.once, nodes: args.nodes, lang }) {
        Ok(code) => code,
        Err(error) => {
            fail(&format!("{error:#}"), args.once);
            ExitCode::FAILURE
        }
    }
}

/// Says what went wrong. An error of the harness brings the state of the whole district: in a terminal a file is better.
fn fail(error: &str, whole: bool) {
    let (head, state) = error.split_once('\n').unwrap_or((error, ""));
    eprintln!("未能完成 (failed): {head}");
    if whole || state.is_empty() {
        eprintln!("{state}");
        return;
    }
    match cache_dir().map(|dir| dir.join("playground-failure.log")) {
        Ok(file) if std::fs::write(&file, error).is_ok() => eprintln!("详情 (details): {}", file.display()),
        _ => eprintln!("{state}"),
    }
}

fn run(options: Options) -> Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new().context("start the async runtime")?;
    let ended = runtime.block_on(playground::run(options));
    // A thread that waits for a lock or a compiler cannot be called off, and must not hold up who pressed Ctrl-C.
    runtime.shutdown_background();
    ended
}
