//! What the process counts, by the list in `crds::metrics`, and the text that Prometheus reads.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crds::metrics::{self, Component, Metric};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::process_metrics;

/// A slice and how a pass of it ended.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct PassLabels {
    /// The slice.
    pub slice: &'static str,
    /// How it ended.
    pub outcome: &'static str,
}

/// A slice.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct SliceLabel {
    /// The slice.
    pub slice: &'static str,
}

/// A kind of objects.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct KindLabel {
    kind: String,
}

/// Labels by their names.
type Labels = Vec<(&'static str, String)>;
/// The values of a metric by their labels.
type Values = Family<Labels, Gauge<f64, AtomicU64>>;

/// Everything that is counted while it happens.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    labels: Labels,
    /// Passes by slice and outcome.
    pub passes: Family<PassLabels, Counter>,
    /// Seconds of a pass by slice.
    pub pass_seconds: Family<SliceLabel, Histogram>,
    /// Failures of watches by kind.
    pub watch_errors: Family<KindLabel, Counter>,
    /// Objects that could not be read, by kind.
    pub malformed: Family<KindLabel, Counter>,
    /// Writes by kind.
    pub writes: Family<KindLabel, Counter>,
    /// Whether this process leads.
    pub leader: Gauge,
    /// Changes by others that were put back.
    pub drift: Counter,
}

impl Metrics {
    /// All of them at zero, for a hub or for the agent of a site.
    pub(crate) fn new(component: Component, site: Option<&str>) -> Arc<Self> {
        let mut labels = vec![("component", component.name().to_owned())];
        labels.extend(site.map(|site| ("site", site.to_owned())));
        let mut registry = with_labels(&labels);
        // Settled passes take microseconds, one with a write milliseconds: eight buckets tell them apart.
        let histogram = || Histogram::new(exponential_buckets(0.0001, 5.0, 8));
        let metrics = Self {
            labels,
            passes: Family::default(),
            pass_seconds: Family::new_with_constructor(histogram),
            watch_errors: Family::default(),
            malformed: Family::default(),
            writes: Family::default(),
            leader: Gauge::default(),
            drift: Counter::default(),
            registry: Registry::default(),
        };
        let Self { passes, pass_seconds, watch_errors, malformed, writes, leader, drift, .. } = &metrics;
        register(&mut registry, &metrics::PASSES, passes.clone());
        register(&mut registry, &metrics::PASS_SECONDS, pass_seconds.clone());
        register(&mut registry, &metrics::WATCH_ERRORS, watch_errors.clone());
        register(&mut registry, &metrics::MALFORMED, malformed.clone());
        register(&mut registry, &metrics::WRITES, writes.clone());
        register(&mut registry, &metrics::LEADER, leader.clone());
        if component == Component::Site {
            register(&mut registry, &metrics::DRIFT, drift.clone());
        }
        Arc::new(Self { registry, ..metrics })
    }

    /// Counts a write, and notes it for the line of the running pass.
    pub(crate) fn wrote(&self, kind: &str) {
        self.writes.get_or_create(&of_kind(kind)).inc();
        super::trigger::wrote(kind);
    }

    /// The text that Prometheus reads: what was counted, and what is true now as `look` finds it.
    pub(crate) fn text(&self, look: impl FnOnce(&mut Facts)) -> String {
        let mut facts = Facts::default();
        facts.say(&metrics::BUILD, &[("version", env!("CARGO_PKG_VERSION"))], 1.0);
        look(&mut facts);
        let mut now = with_labels(&self.labels);
        for (_, (metric, family)) in facts.0 {
            register(&mut now, metric, family);
        }
        process_metrics::register_into(&mut now);
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode_registry(&mut text, &self.registry);
        let _ = encode_registry(&mut text, &now);
        let _ = encode_eof(&mut text);
        text
    }
}

/// What is true at the moment when Prometheus asks: read then and kept nowhere, so that what is gone is not told any more.
#[derive(Debug, Default)]
pub(crate) struct Facts(BTreeMap<&'static str, (&'static Metric, Values)>);

impl Facts {
    /// Adds one value.
    pub(crate) fn say(&mut self, metric: &'static Metric, labels: &[(&'static str, &str)], value: f64) {
        debug_assert!(labels.iter().map(|(name, _)| name).eq(metric.labels), "{}: {labels:?}", metric.name);
        let (_, family) = self.0.entry(metric.name).or_insert_with(|| (metric, Family::default()));
        let labels: Labels = labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        family.get_or_create(&labels).set(value);
    }

    /// Adds a count.
    pub(crate) fn count(&mut self, metric: &'static Metric, labels: &[(&'static str, &str)], count: usize) {
        self.say(metric, labels, f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
    }
}

fn with_labels(labels: &Labels) -> Registry {
    Registry::with_labels(
        labels.iter().map(|(name, value)| (Cow::Borrowed(*name), Cow::Owned(value.clone()))),
    )
}

/// Registers a metric under its name in the list; the suffix of counters is added by the encoder.
pub(super) fn register(
    registry: &mut Registry,
    metric: &Metric,
    value: impl prometheus_client::registry::Metric,
) {
    let name = metric.name.trim_end_matches("_total");
    registry.register(name, format!("{} ({})", metric.zh, metric.en), value);
}

/// The label of a kind.
pub(crate) fn of_kind(kind: &str) -> KindLabel {
    KindLabel { kind: kind.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_the_names_and_labels_of_the_list() {
        let metrics = Metrics::new(Component::Site, Some("kaicheng"));
        metrics.writes.get_or_create(&of_kind("Namespace")).inc();
        let text = metrics.text(|facts| facts.count(&metrics::SETS, &[("state", "applied")], 3));
        for line in [
            r#"zhengyun_writes_total{component="site",site="kaicheng",kind="Namespace"} 1"#,
            r#"zhengyun_sets{component="site",site="kaicheng",state="applied"} 3.0"#,
            r#"zhengyun_leader{component="site",site="kaicheng"} 0"#,
            "# TYPE zhengyun_writes counter",
            "# EOF",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(
            text.contains("# HELP zhengyun_leader 本进程是否为主 (whether this process leads)"),
            "{text}"
        );
        assert!(text.contains("process_resident_memory_bytes{"), "{text}");
    }

    #[test]
    fn what_is_no_longer_true_is_told_no_more() {
        let metrics = Metrics::new(Component::Hub, None);
        let told = metrics.text(|facts| facts.say(&metrics::SITE_READY, &[("site", "gone")], 1.0));
        assert!(told.contains(r#"site="gone""#), "{told}");
        assert!(!metrics.text(|_| ()).contains(r#"site="gone""#));
    }
}
