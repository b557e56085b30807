//! Alert rules and the dashboard: sound, and about nothing that is not counted.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use crds::metrics::{ALL, Metric, MetricKind};
use e2e::charts::chart;
use e2e::tools::Tool;
use serde_json::Value;

use super::{beside, objects, of_kind};

fn rules(name: &str) -> PathBuf {
    chart(name).join(format!("alerts/{name}.yaml"))
}

async fn promtool(args: &[&str]) -> Result<String> {
    let program = tokio::task::spawn_blocking(|| Tool::Promtool.path()).await.context("find promtool")??;
    let output = tokio::process::Command::new(program).args(args).kill_on_drop(true).output().await?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        bail!("promtool {args:?}: {said}");
    }
    Ok(said)
}

#[tokio::test]
async fn promtool_takes_the_rules_and_they_fire_when_they_should() -> Result<()> {
    for name in ["zhengyun-hub", "zhengyun-site"] {
        let file = rules(name).display().to_string();
        let said = promtool(&["check", "rules", "--lint=all", "--lint-fatal", &file]).await?;
        assert!(said.contains("SUCCESS"), "{said}");
        // The tests name the rules by a path beside their own.
        let folder = tempfile::tempdir()?;
        std::fs::copy(&file, folder.path().join("rules.yaml"))?;
        let tests = folder.path().join("tests.yaml");
        std::fs::copy(beside(&format!("{name}-alerts.yaml")), &tests)?;
        promtool(&["test", "rules", &tests.display().to_string()]).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_rule_object_of_a_chart_has_the_rules_of_its_file() -> Result<()> {
    for name in ["zhengyun-hub", "zhengyun-site"] {
        let rendered = objects(name, &["--set", "monitoring.prometheusRule.enabled=true"]).await?;
        let file: Value = serde_yaml::from_str(&std::fs::read_to_string(rules(name))?)?;
        assert_eq!(of_kind(&rendered, "PrometheusRule")[0]["spec"], file, "{name}");
    }
    Ok(())
}

#[test]
fn every_alert_speaks_chinese_first_and_names_the_command_to_run() -> Result<()> {
    let mut seen = BTreeSet::new();
    for name in ["zhengyun-hub", "zhengyun-site"] {
        for rule in alerts(name)? {
            let alert = rule["alert"].as_str().context("an alert without a name")?;
            assert!(seen.insert(alert.to_owned()), "{alert} twice");
            let severity = rule["labels"]["severity"].as_str().unwrap_or_default();
            assert!(["critical", "warning", "info"].contains(&severity), "{alert}: {severity}");
            let said = |what: &str| rule["annotations"][what].as_str().unwrap_or_default().to_owned();
            let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(said("summary").starts_with(chinese), "{alert}: {}", said("summary"));
            assert!(said("summary").contains(" ("), "{alert} speaks no English");
            assert!(said("runbook").starts_with("kubectl "), "{alert}: {}", said("runbook"));
        }
    }
    Ok(())
}

fn alerts(name: &str) -> Result<Vec<Value>> {
    let file: Value = serde_yaml::from_str(&std::fs::read_to_string(rules(name))?)?;
    let groups = file["groups"].as_array().context("groups")?;
    Ok(groups.iter().filter_map(|group| group["rules"].as_array()).flatten().cloned().collect())
}

fn dashboard() -> Result<Value> {
    let text = std::fs::read_to_string(chart("zhengyun-hub").join("dashboards/zhengyun.json"))?;
    serde_json::from_str(&text).context("the dashboard")
}

fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    dashboard["panels"].as_array().into_iter().flatten()
}

#[tokio::test]
async fn the_dashboard_is_what_grafana_gets_with_one_row_a_subject() -> Result<()> {
    let dashboard = dashboard()?;
    let ids: Vec<&Value> = panels(&dashboard).map(|panel| &panel["id"]).collect();
    let unique: BTreeSet<Option<i64>> = ids.iter().map(|id| id.as_i64()).collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    assert!(!unique.contains(&None), "{ids:?}");
    let rows = panels(&dashboard).filter(|panel| panel["type"] == "row");
    let rows: Vec<&str> = rows.filter_map(|row| row["title"].as_str()).collect();
    assert_eq!(rows, ["中心 Hub", "机房 Sites", "指令 Orders", "额度 Budgets", "进程 Process"]);
    for panel in panels(&dashboard).filter(|panel| panel["type"] != "row") {
        assert!(panel["targets"].as_array().is_some_and(|targets| !targets.is_empty()), "{}", panel["title"]);
    }
    let rendered = objects("zhengyun-hub", &[]).await?;
    let maps = of_kind(&rendered, "ConfigMap");
    let kept = maps[0]["data"]["zhengyun.json"].as_str().context("the dashboard in the chart")?;
    assert_eq!(serde_json::from_str::<Value>(kept)?, dashboard);
    Ok(())
}

/// Labels that every metric has, of itself or from Prometheus.
const ALWAYS: [&str; 4] = ["component", "site", "instance", "job"];

/// What is wrong with an expression: a metric that is not counted, or a label that it does not have.
fn unknown(expression: &str) -> Option<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = expression;
    while let Some(at) = ["zhengyun_", "process_"].iter().filter_map(|prefix| rest.find(prefix)).min() {
        let text = &rest[at..];
        let name = &text[..text.find(|c| !word(c)).unwrap_or(text.len())];
        rest = &text[name.len()..];
        let Some(metric) = ALL.iter().find(|metric| said_as(metric, name)) else {
            return Some(format!("{name} is not counted"));
        };
        let Some((matchers, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
            continue;
        };
        for matcher in matchers.split(',') {
            let label = matcher.trim().split(|c| !word(c)).next().unwrap_or_default();
            if !metric.labels.contains(&label) && !ALWAYS.contains(&label) {
                return Some(format!("{name} has no label {label}"));
            }
        }
        rest = after;
    }
    None
}

fn said_as(metric: &Metric, name: &str) -> bool {
    match metric.kind {
        MetricKind::Histogram => ["_bucket", "_sum", "_count"]
            .iter()
            .any(|suffix| name.strip_suffix(suffix).is_some_and(|stem| stem == metric.name)),
        _ => metric.name == name,
    }
}

#[test]
fn rules_and_dashboard_ask_for_nothing_that_is_not_counted() -> Result<()> {
    let mut expressions = Vec::new();
    for name in ["zhengyun-hub", "zhengyun-site"] {
        expressions.extend(alerts(name)?.iter().map(|rule| rule["expr"].as_str().map(str::to_owned)));
    }
    let dashboard = dashboard()?;
    let targets = panels(&dashboard).filter_map(|panel| panel["targets"].as_array()).flatten();
    expressions.extend(targets.map(|target| target["expr"].as_str().map(str::to_owned)));
    assert!(expressions.len() > 30);
    for expression in expressions {
        let expression = expression.context("an expression")?;
        assert_eq!(unknown(&expression), None, "{expression}");
    }
    Ok(())
}

#[test]
fn an_expression_about_something_that_is_not_counted_is_found() {
    for (expression, wrong) in [
        ("sum(zhengyun_leader)", None),
        ("rate(zhengyun_pass_duration_seconds_bucket[5m])", None),
        ("rate(zhengyun_pass_duration_seconds[5m])", Some("zhengyun_pass_duration_seconds is not counted")),
        ("zhengyun_leader + zhengyun_leaders > 0", Some("zhengyun_leaders is not counted")),
        (
            r#"zhengyun_passes_total{component="hub", result="failed"}"#,
            Some("zhengyun_passes_total has no label result"),
        ),
        ("process_vm_bytes", Some("process_vm_bytes is not counted")),
    ] {
        assert_eq!(unknown(expression).as_deref(), wrong, "{expression}");
    }
}
