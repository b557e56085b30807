//! The charts: what helm makes of them, that wrong values are refused, what Prometheus and Grafana get, and that they carry the
//! product on real control planes.

mod installed;
mod metrics;
mod monitoring;
mod rendered;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use e2e::charts::{chart, helm};
use serde::Deserialize as _;
use serde_json::Value;

/// Each chart with the least that it must be told.
const CHARTS: [(&str, &[&str]); 3] =
    [("zhengyun-crds", &["--set", "place=hub"]), ("zhengyun-hub", &[]), ("zhengyun-site", &[])];

/// What helm makes of a chart, as text.
async fn template(name: &str, options: &[&str]) -> Result<String> {
    let home = tempfile::tempdir()?;
    let folder = chart(name).display().to_string();
    let args = ["template", name, &folder, "--namespace", "zhengyun-system"];
    helm(home.path(), None, args.iter().chain(options)).await
}

/// What helm makes of a chart, as objects.
async fn objects(name: &str, options: &[&str]) -> Result<Vec<Value>> {
    read(&template(name, options).await?)
}

fn read(yaml: &str) -> Result<Vec<Value>> {
    let documents = serde_yaml::Deserializer::from_str(yaml).map(Value::deserialize);
    let documents: Result<Vec<Value>, _> = documents.collect();
    Ok(documents.context("what helm made")?.into_iter().filter(|object| !object.is_null()).collect())
}

/// The objects of a kind.
fn of_kind<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

/// A file beside this one.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts").join(name)
}
