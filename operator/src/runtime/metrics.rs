//! What the process counts.

use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// A slice and how a pass of it ended.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct PassLabels {
    /// The slice.
    pub slice: &'static str,
    /// How it ended.
    pub outcome: &'static str,
}

/// One thing by its name.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct NameLabels {
    /// The name.
    pub name: String,
}

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    /// Passes by slice and outcome.
    pub passes: Family<PassLabels, Counter>,
    /// Seconds of a pass by slice.
    pub pass_seconds: Family<NameLabels, Histogram>,
    /// Failures of watches by kind.
    pub watch_errors: Family<NameLabels, Counter>,
    /// Objects that could not be read, by kind.
    pub malformed: Family<NameLabels, Counter>,
    /// Writes by kind.
    pub writes: Family<NameLabels, Counter>,
    /// Whether this process leads.
    pub leader: Gauge,
}

impl Metrics {
    /// All of them at zero.
    pub(crate) fn new() -> Arc<Self> {
        let mut registry = Registry::with_prefix("zhengyun");
        let passes = Family::<PassLabels, Counter>::default();
        registry.register("passes", "Passes by slice and outcome", passes.clone());
        // Settled passes take microseconds, one with a write milliseconds: eight buckets tell them apart.
        let histogram = || Histogram::new(exponential_buckets(0.0001, 5.0, 8));
        let pass_seconds = Family::<NameLabels, Histogram>::new_with_constructor(histogram);
        registry.register("pass_duration_seconds", "Seconds of a pass by slice", pass_seconds.clone());
        let watch_errors = Family::<NameLabels, Counter>::default();
        registry.register("watch_errors", "Failures of watches by kind", watch_errors.clone());
        let malformed = Family::<NameLabels, Counter>::default();
        registry.register("malformed_objects", "Objects that could not be read, by kind", malformed.clone());
        let writes = Family::<NameLabels, Counter>::default();
        registry.register("writes", "Writes by kind", writes.clone());
        let leader = Gauge::default();
        registry.register("leader", "Whether this process leads", leader.clone());
        Arc::new(Self { registry, passes, pass_seconds, watch_errors, malformed, writes, leader })
    }

    /// The text that Prometheus reads.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// A label with one name.
pub(crate) fn named(name: &str) -> NameLabels {
    NameLabels { name: name.to_owned() }
}
