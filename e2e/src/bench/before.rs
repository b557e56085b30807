//! An earlier run, to compare with.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Name;

/// What an earlier run wrote as JSON.
#[derive(Clone, Debug)]
pub struct Before {
    /// When it began, with what, and on which machine.
    pub(super) made: [String; 4],
    /// The values, by figure and row.
    values: BTreeMap<(String, String), f64>,
}

impl Before {
    /// Reads the file of a run.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        Self::of_json(&text).with_context(|| format!("{} is not a run of the benchmarks", file.display()))
    }

    fn of_json(text: &str) -> Result<Self> {
        let run: Value = serde_json::from_str(text)?;
        let said = |pointer: &str| {
            let value = run.pointer(pointer).with_context(|| format!("{pointer} is missing"))?;
            anyhow::Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        let made = [
            said("/machine/began")?,
            said("/machine/commit")?,
            said("/machine/cpu")?,
            said("/machine/cores")?,
        ];
        let mut values = BTreeMap::new();
        for figure in run["figures"].as_array().context("figures are missing")? {
            let name = figure["name"].as_str().context("a figure without a name")?;
            for row in figure["rows"].as_array().into_iter().flatten() {
                if let (Some(id), Some(value)) = (row["id"].as_str(), row["value"].as_f64()) {
                    values.insert((name.to_owned(), id.to_owned()), value);
                }
            }
        }
        Ok(Self { made, values })
    }

    /// The value of a row, where that run had it.
    pub(super) fn value(&self, figure: Name, row: &str) -> Option<f64> {
        self.values.get(&(figure.to_string(), row.to_owned())).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_read_by_the_names_of_its_rows_and_something_else_is_none() {
        let text = r#"{
            "machine": {"began": "b", "commit": null, "cpu": "c", "cores": 2},
            "figures": [{"name": "drift", "rows": [{"id": "median", "value": 40.0}]}]
        }"#;
        let before = Before::of_json(text).unwrap();
        assert_eq!(before.value(Name::Drift, "median"), Some(40.0));
        assert_eq!(before.value(Name::Drift, "worst"), None);
        assert_eq!(before.made, ["b", "null", "c", "2"]);
        assert!(Before::of_json("{}").is_err());
    }
}
