//! The product's logs as a test reads them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::district::District;
use crate::site::Site;

/// The log of a site's agent.
#[must_use]
pub fn of_agent(site: &Site) -> PathBuf {
    site.plane().dir().join("zhengyun-site.log")
}

/// The log of the hub.
#[must_use]
pub fn of_hub(district: &District) -> PathBuf {
    district.hub().plane().dir().join("zhengyun-hub.log")
}

/// All lines of a log so far, each of which must be one JSON object with the fields that every line has.
pub fn lines(log: &Path) -> Result<Vec<Value>> {
    let text = std::fs::read_to_string(log).with_context(|| format!("read {}", log.display()))?;
    // What is being written has no end of line yet.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(line).collect()
}

fn line(text: &str) -> Result<Value> {
    let line: Value =
        serde_json::from_str(text).with_context(|| format!("a line that is no JSON: {text}"))?;
    for field in ["timestamp", "level", "component", "message"] {
        ensure!(line[field].is_string(), "a line without {field}: {text}");
    }
    // What dependencies say is not of the product's vocabulary.
    ensure!(line["level"] == "DEBUG" || line["outcome"].is_string(), "a line without an outcome: {text}");
    if line["message"] == "pass" {
        for field in ["slice", "name", "trigger"] {
            ensure!(line[field].is_string(), "a pass without {field}: {text}");
        }
        ensure!(line["duration_ms"].is_u64(), "a pass without duration_ms: {text}");
        let calm = line["outcome"] == "applied";
        ensure!(calm || line["cause"].is_string(), "a {} without a cause: {text}", line["outcome"]);
        ensure!(line["outcome"] != "failed" || line["code"].is_string(), "a failure without a code: {text}");
    }
    Ok(line)
}

/// Whether passes have one line for each outcome: none that repeats the one before it of the same object and wrote nothing.
pub fn one_line_each(lines: &[Value]) -> Result<()> {
    let mut before: BTreeMap<String, &Value> = BTreeMap::new();
    for line in lines.iter().filter(|line| line["message"] == "pass") {
        let key = format!("{} {} {}", line["slice"], line["namespace"], line["name"]);
        if let Some(last) = before.insert(key, line) {
            let same = last["outcome"] == line["outcome"] && last["cause"] == line["cause"];
            ensure!(!same || line["wrote"].is_string(), "said twice:\n{last}\n{line}");
        } else {
            ensure!(line["outcome"] != "applied" || line["wrote"].is_string(), "nothing was applied: {line}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pass(outcome: &str, more: Value) -> Value {
        let mut line = json!({
            "timestamp": "t", "level": "INFO", "component": "hub", "message": "pass", "outcome": outcome,
            "slice": "orders", "name": "aa", "trigger": "start", "duration_ms": 1
        });
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line
    }

    #[test]
    fn a_line_without_what_every_line_has_is_found() {
        assert!(line(&pass("applied", json!({})).to_string()).is_ok());
        assert!(line("thread 'main' panicked").is_err());
        for wrong in [json!({"trigger": null}), json!({"outcome": null}), json!({"duration_ms": "1"})] {
            assert!(line(&pass("applied", wrong.clone()).to_string()).is_err(), "{wrong}");
        }
        assert!(line(&pass("waiting", json!({})).to_string()).is_err(), "without a cause");
        assert!(line(&pass("failed", json!({"cause": "x"})).to_string()).is_err(), "without a code");
    }

    #[test]
    fn an_outcome_that_is_said_twice_is_found() {
        let (wrote, waits) = (json!({"wrote": "Namespace"}), json!({"cause": "x"}));
        let changes =
            [pass("applied", wrote.clone()), pass("applied", wrote), pass("waiting", waits.clone())];
        assert!(one_line_each(&changes).is_ok());
        assert!(one_line_each(&[pass("waiting", waits.clone()), pass("waiting", waits)]).is_err());
        assert!(one_line_each(&[pass("applied", json!({}))]).is_err());
    }
}
