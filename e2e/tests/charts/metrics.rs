//! What a process exposes, compared with the list of metrics.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use crds::metrics::{ALL, Component, MetricKind};

/// What is exposed: by metric its kind and the labels of its values.
pub(crate) type Exposed = BTreeMap<String, (String, BTreeSet<String>)>;

/// Asks a process of the product.
pub(crate) async fn scrape(listen: std::net::SocketAddr) -> Result<Exposed> {
    let text = reqwest::get(format!("http://{listen}/metrics")).await?.error_for_status()?.text().await?;
    Ok(read(&text))
}

fn read(text: &str) -> Exposed {
    let mut exposed = Exposed::new();
    let mut family = String::new();
    for line in text.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            family = if kind == "counter" { format!("{name}_total") } else { name.to_owned() };
            exposed.insert(family.clone(), (kind.to_owned(), BTreeSet::new()));
        } else if let Some((_, rest)) = line.split_once('{').filter(|_| !line.starts_with('#')) {
            let labels = rest.rsplit_once('}').map_or("", |(labels, _)| labels);
            let names = labels.split("\",").filter_map(|label| label.split_once('=')).map(|(name, _)| name);
            if let Some((_, known)) = exposed.get_mut(&family) {
                known.extend(names.filter(|name| *name != "le").map(str::to_owned));
            }
        }
    }
    exposed
}

/// What the list says that a process exposes.
pub(crate) fn listed(component: Component) -> Exposed {
    let of_all: &[&str] = match component {
        Component::Hub => &["component"],
        Component::Site => &["component", "site"],
    };
    let mine = ALL.iter().filter(|metric| metric.by.contains(&component));
    mine.map(|metric| {
        let labels = metric.labels.iter().chain(of_all).map(|label| (*label).to_owned()).collect();
        (metric.name.to_owned(), (metric.kind.name().to_owned(), labels))
    })
    .collect()
}

#[test]
fn what_is_exposed_is_read_by_metric_kind_and_labels() {
    let text = "# HELP a_b ok (x).
# TYPE a_b counter
a_b_total{component=\"hub\",kind=\"x,y=z\"} 1
# TYPE c_seconds histogram
c_seconds_bucket{le=\"1\",slice=\"s\"} 0
# EOF
";
    let labels = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let expected = Exposed::from([
        ("a_b_total".to_owned(), ("counter".to_owned(), labels(&["component", "kind"]))),
        ("c_seconds".to_owned(), (MetricKind::Histogram.name().to_owned(), labels(&["slice"]))),
    ]);
    assert_eq!(read(text), expected);
}
