//! `zhengyun`: hub, site agent and kubectl plugin in one binary.

use std::process::ExitCode;

mod admission;
mod cli;
mod hub;
mod join_file;
mod runtime;
mod site;
mod vault;

#[tokio::main]
async fn main() -> ExitCode {
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return ExitCode::FAILURE;
    }
    cli::run().await
}
