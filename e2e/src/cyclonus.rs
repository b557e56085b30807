//! What network policies let through, as cyclonus says, which is not ours: it reads the policies as an API server holds them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use crds::labels::DEPARTMENT;
use serde_json::{Value, json};

use crate::site::Site;
use crate::tools::Tool;

/// Policies and namespaces of one site.
#[derive(Debug, Clone)]
pub struct Reading {
    /// A list of policies, as the API server gave it.
    pub policies: Value,
    /// Labels of every namespace.
    pub namespaces: BTreeMap<String, BTreeMap<String, String>>,
}

/// A port and its protocol.
pub type Port = (u16, &'static str);

/// Which namespaces reach which: pairs of where from and where to.
pub type Reach = BTreeSet<(String, String)>;

impl Reading {
    /// Reads them from a site.
    pub async fn of(site: &Site) -> Result<Self> {
        let read = async |kind: &str| -> Result<Value> {
            let text = site.kubectl(["get", kind, "--all-namespaces", "-o", "json"]).await?;
            serde_json::from_str(&text).with_context(|| format!("read the {kind} of {}", site.name()))
        };
        let (policies, namespaces) = (read("networkpolicies").await?, read("namespaces").await?);
        let namespaces = namespaces["items"].as_array().into_iter().flatten().map(|namespace| {
            let metadata = &namespace["metadata"];
            let labels = serde_json::from_value(metadata["labels"].clone()).unwrap_or_default();
            (metadata["name"].as_str().unwrap_or_default().to_owned(), labels)
        });
        Ok(Self { namespaces: namespaces.collect(), policies })
    }

    /// The department of a namespace, none for one that is not of an order.
    #[must_use]
    pub fn department(&self, namespace: &str) -> Option<&str> {
        self.namespaces.get(namespace)?.get(DEPARTMENT).map(String::as_str)
    }

    /// Which pairs of namespaces of different departments there are.
    #[must_use]
    pub fn pairs_of_departments(&self) -> Reach {
        let names = || self.namespaces.keys();
        let pairs = names().flat_map(|from| names().map(move |to| (from.clone(), to.clone())));
        let differ = |(from, to): &(String, String)| match (self.department(from), self.department(to)) {
            (Some(from), Some(to)) => from != to,
            _ => false,
        };
        pairs.filter(differ).collect()
    }

    /// What of its pods each namespace reaches on each port: the combined table of a synthetic probe, where two pods stand in every
    /// namespace.
    pub async fn reach(&self, ports: &[Port]) -> Result<Vec<Reach>> {
        let folder = tempfile::tempdir().context("make a folder")?;
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("policies"))?;
        std::fs::write(path("policies/all.json"), self.policies.to_string())?;
        std::fs::write(path("probe.json"), self.model(ports).to_string())?;
        let text = analyze(&path("policies"), &path("probe.json")).await?;
        let tables: Vec<&str> = text.split("Combined:").skip(1).collect();
        ensure!(tables.len() > ports.len(), "cyclonus gave {} tables:\n{text}", tables.len());
        tables[..ports.len()].iter().map(|table| read_table(table)).collect()
    }

    /// Two pods in every namespace, each of which serves all ports.
    fn model(&self, ports: &[Port]) -> Value {
        let containers: Vec<Value> = ports
            .iter()
            .map(|(port, protocol)| {
                json!({"Name": format!("c{port}-{}", protocol.to_lowercase()), "Port": port, "Protocol": protocol})
            })
            .collect();
        let names = self.namespaces.keys().flat_map(|namespace| ["a", "b"].map(|pod| (namespace, pod)));
        let pods: Vec<Value> = names
            .enumerate()
            .map(|(number, (namespace, pod))| {
                let address = format!("10.0.{}.{}", number / 250, number % 250 + 1);
                let labels = json!({"app": pod});
                json!({"Namespace": namespace, "Name": pod, "Labels": labels, "IP": address, "Containers": containers})
            })
            .collect();
        let probes: Vec<Value> =
            ports.iter().map(|(port, protocol)| json!({"Port": port, "Protocol": protocol})).collect();
        json!({"Probes": probes, "Resources": {"Namespaces": self.namespaces, "Pods": pods}})
    }
}

async fn analyze(policies: &Path, model: &Path) -> Result<String> {
    let program = tokio::task::spawn_blocking(|| Tool::Cyclonus.path()).await.context("find cyclonus")??;
    let mut command = tokio::process::Command::new(program);
    command
        .args(["analyze", "--mode", "probe", "--policy-path"])
        .arg(policies)
        .arg("--probe-path")
        .arg(model);
    let output = command.kill_on_drop(true).output().await.context("run cyclonus")?;
    if !output.status.success() {
        bail!("cyclonus: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).context("what cyclonus says")
}

/// Reads one table: rows are where from, columns where to, in the order of the rows; `.` is open and `X` is closed.
fn read_table(text: &str) -> Result<Reach> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let lines = text.lines().skip_while(|line| !line.starts_with('+'));
    let lines = lines.take_while(|line| line.starts_with(['+', '|'])).filter(|line| line.starts_with('|'));
    let mut rows: Vec<Vec<String>> = lines.map(cells).collect();
    ensure!(rows.len() > 1, "no table in:\n{text}");
    let head = rows.remove(0);
    let names: Vec<String> = rows.iter().map(|row| row[0].clone()).collect();
    let upper: Vec<String> = names.iter().map(|name| name.to_uppercase()).collect();
    ensure!(head[1..] == upper[..], "rows and columns differ: {head:?}");
    let namespace = |pod: &str| pod.split('/').next().unwrap_or_default().to_owned();
    let mut reach = Reach::new();
    for row in &rows {
        for (to, cell) in names.iter().zip(&row[1..]) {
            match cell.as_str() {
                "." if row[0] != *to => drop(reach.insert((namespace(&row[0]), namespace(to)))),
                "." | "X" => {}
                other => bail!("cyclonus says {other:?} from {} to {to}", row[0]),
            }
        }
    }
    Ok(reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "
+--------+--------+--------+--------+
|        | AA/A   | AA/B   | BB/A   |
+--------+--------+--------+--------+
| aa/a   | X      | .      | .      |
| aa/b   | X      | .      | X      |
| bb/a   | X      | X      | .      |
+--------+--------+--------+--------+

Ingress:
+--+
";

    #[test]
    fn a_table_is_read_as_who_reaches_whom() {
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(read_table(TABLE).unwrap(), Reach::from([pair("aa", "aa"), pair("aa", "bb")]));
    }

    #[test]
    fn what_is_no_table_or_says_something_else_is_an_error() {
        assert!(read_table("nothing").is_err());
        assert!(
            read_table(&TABLE.replace("| X      | X      | .      |", "| X      | #      | .      |"))
                .is_err()
        );
    }
}
