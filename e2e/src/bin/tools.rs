//! Builds every component of the embedded district, so that CI can cache them, and lists them.

use anyhow::Result;
use e2e::tools::Tool;

fn main() -> Result<()> {
    for tool in Tool::ALL {
        println!("{:<24} {:<10} {}", tool.name(), tool.version()?, tool.path()?.display());
    }
    Ok(())
}
