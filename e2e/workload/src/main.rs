//! A workload for tests: an HTTP server that says its name, keeps files in a folder, and says what it can reach from where
//! it runs; and the same questions as commands, for `kubectl exec`.

mod files;
mod reach;
mod serve;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Parser)]
#[command(version, about)]
struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serves GET /, GET and PUT /files/NAME, GET /dial?to=HOST:PORT, GET /resolve?name=NAME, until SIGTERM or SIGINT
    Serve(Serve),
    /// Connects to HOST:PORT and says what happened; fails unless connected
    Dial { to: String },
    /// Says the addresses of a name; fails when it has none
    Resolve { name: String },
    /// Prints what an HTTP URL answers; fails unless it answers well
    Get { url: String },
}

#[derive(clap::Args)]
struct Serve {
    /// Where it listens
    #[arg(long, env = "WORKLOAD_LISTEN", default_value = "0.0.0.0:8080")]
    listen: SocketAddr,
    /// What GET / answers; by default the host's name, which in a pod is the pod's
    #[arg(long, env = "WORKLOAD_NAME")]
    name: Option<String>,
    /// Where files are kept
    #[arg(long, env = "WORKLOAD_FOLDER", default_value = "/data")]
    folder: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse().verb).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(verb: Verb) -> Result<()> {
    match verb {
        Verb::Serve(args) => {
            // As process 1 it gets only the signals that it asks for.
            let mut terminate = signal(SignalKind::terminate()).context("wait for SIGTERM")?;
            let mut interrupt = signal(SignalKind::interrupt()).context("wait for SIGINT")?;
            let name = args.name.map_or_else(host_name, Ok)?;
            let serving = serve::serve(args.listen, name, args.folder);
            tokio::select! {
                ended = serving => ended,
                _ = terminate.recv() => Ok(()),
                _ = interrupt.recv() => Ok(()),
            }
        }
        Verb::Dial { to } => told(reach::dial(&to).await),
        Verb::Resolve { name } => told(reach::resolve(&name).await),
        Verb::Get { url } => {
            let client = reqwest::Client::builder().no_proxy().timeout(reach::PATIENCE).build()?;
            let answer = client.get(&url).send().await.with_context(|| format!("get {url}"))?;
            let status = answer.status();
            print!("{}", answer.text().await.with_context(|| format!("read what {url} answers"))?);
            ensure!(status.is_success(), "{url} answers {status}");
            Ok(())
        }
    }
}

fn host_name() -> Result<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").context("read the host's name")?;
    Ok(name.trim().to_owned())
}

fn told(answer: reach::Answer) -> Result<()> {
    let text = answer.text();
    ensure!(answer.is_good(), text);
    println!("{text}");
    Ok(())
}
