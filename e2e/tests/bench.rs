//! The benchmarks run: every figure, in tiny sizes. What they measure is nobody's business here.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use clap::ValueEnum as _;
use e2e::bench::{Figure, Name, Report, Sizes, table};

/// The value of a row, and its floor.
fn row(figure: &Figure, id: &str) -> Result<(f64, Option<f64>)> {
    let found = figure.rows.iter().find(|row| row.id == id);
    let row = found.with_context(|| format!("{} has no row {id}: {:#?}", figure.name, figure.rows))?;
    Ok((row.value, row.floor))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_comes_out_whole() -> Result<()> {
    let mut report = Report::begin(Sizes::smoke()).await?;
    let ended = report.run(&[]).await;
    println!("{}", table(&report, None));
    ended?;

    let measured: Vec<Name> = report.figures.iter().map(|figure| figure.name).collect();
    assert_eq!(measured, Name::value_variants());
    for figure in &report.figures {
        let ids: BTreeSet<&str> = figure.rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids.len(), figure.rows.len(), "an identifier of {} stands twice", figure.name);
        for row in &figure.rows {
            assert!(row.value.is_finite(), "{} {}: {row:?}", figure.name, row.id);
            assert!(row.floor.is_none_or(|floor| floor > 0.0), "{} {}: {row:?}", figure.name, row.id);
        }
        // What is measured, and how much of it must at least be there.
        let (counted, beside): (&[&str], &[&str]) = match figure.name {
            Name::Latency1 | Name::Latency1000 => {
                (&[], &["in-force-median", "in-force-p99", "ready-median", "ready-p99"])
            }
            Name::Drift => (
                &["quota-median", "namespace-label-median", "network-policy-median", "role-binding-median"],
                &["median", "worst"],
            ),
            Name::AtRest => (&["lease-requests"], &["bytes-up", "bytes-down", "lease-requests"]),
            Name::Usable => (&[], &["usable-median", "usable-worst", "ready-median", "ready-worst"]),
            Name::Admission => (
                &["none-cpu", "ours-cpu", "each-cpu"],
                &["none-median", "ours-median", "ours-p99", "each-median"],
            ),
            Name::Race => (&["made", "refused", "namespaces"], &["made-per-second"]),
            Name::RollOut | Name::RollOutTwoSites => (
                &["requests-per-department", "hub-patch", "hub-create", "agent-patch", "agent-create"],
                &["objects-per-second", "time", "objects-per-department"],
            ),
            Name::Memory => (&["hub-now-6", "hub-peak-6", "agent-now-6", "agent-peak-6"], &[]),
            Name::HundredSites => {
                (&["hub-peak", "bundle-writes", "report-writes", "objects", "hub-create"], &["time"])
            }
        };
        for id in counted.iter().chain(beside) {
            assert!(row(figure, id)?.0 > 0.0, "{} {id} is nothing", figure.name);
        }
        for id in beside {
            assert!(row(figure, id)?.1.is_some(), "{} {id} has no floor", figure.name);
        }
    }
    let figure = |name| report.figures.iter().find(|figure| figure.name == name).context("a figure");
    // The floor of a roll-out is a copy of what was rolled out, no more and no less.
    for name in [Name::RollOut, Name::RollOutTwoSites] {
        let (objects, copied) = row(figure(name)?, "objects-per-department")?;
        assert_eq!(Some(objects), copied, "{name}");
    }
    // What is counted exactly is exact in every size.
    assert_eq!(row(figure(Name::Race)?, "made")?.0.to_string(), "10");
    assert_eq!(row(figure(Name::Race)?, "failed")?.0.to_string(), "0");
    assert_eq!(row(figure(Name::Race)?, "namespaces")?.0.to_string(), "5");

    let json = serde_json::to_value(&report)?;
    assert_eq!(json["figures"][0]["name"], "latency-1");
    assert_eq!(json["figures"][0]["rows"][0]["unit"], "ms");
    assert!(json["machine"]["components"]["etcd"].is_string(), "{json}");
    Ok(())
}
