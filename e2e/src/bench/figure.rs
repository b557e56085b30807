//! What a benchmark says: figures of rows, each value with its unit, beside its floor and its budget.

use std::time::Duration;

use serde::Serialize;

use super::Name;

/// A text in both languages.
#[derive(Clone, Debug, Serialize)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Its stable name.
    pub name: Name,
    /// What was measured.
    pub title: Words,
    /// What came out.
    pub rows: Vec<Row>,
    /// What a reader must know to compare it.
    pub notes: Vec<Words>,
}

/// One value.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its stable identifier within the figure.
    pub id: String,
    /// What it is.
    pub what: Words,
    /// The unit of value, floor and budget.
    pub unit: Unit,
    /// What was measured.
    pub value: f64,
    /// The same without the product, measured in the same run.
    pub floor: Option<f64>,
    /// What it should be.
    pub budget: Option<Budget>,
}

/// What a value should be (DESIGN section 12).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Budget {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

/// Units of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Unit {
    /// A plain number.
    #[serde(rename = "1")]
    Number,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Seconds.
    #[serde(rename = "s")]
    Seconds,
    /// So many in a second.
    #[serde(rename = "1/s")]
    PerSecond,
    /// So many in an hour.
    #[serde(rename = "1/h")]
    PerHour,
    /// Kibibytes.
    #[serde(rename = "KiB")]
    Kibibytes,
    /// Kibibytes in an hour.
    #[serde(rename = "KiB/h")]
    KibibytesPerHour,
    /// Mebibytes.
    #[serde(rename = "MiB")]
    Mebibytes,
}

impl Words {
    pub(super) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

impl Figure {
    pub(super) fn new(name: Name, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { name, title: Words::new(zh, en), rows: Vec::new(), notes: Vec::new() }
    }

    /// Adds a row, and returns it for its floor and budget.
    pub(super) fn row(&mut self, id: impl Into<String>, what: Words, unit: Unit, value: f64) -> &mut Row {
        self.rows.push(Row { id: id.into(), what, unit, value, floor: None, budget: None });
        let last = self.rows.len() - 1;
        &mut self.rows[last]
    }

    pub(super) fn note(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.notes.push(Words::new(zh, en));
    }
}

impl Row {
    pub(super) fn floor(&mut self, floor: f64) -> &mut Self {
        self.floor = Some(floor);
        self
    }

    pub(super) fn budget(&mut self, budget: Budget) -> &mut Self {
        self.budget = Some(budget);
        self
    }
}

impl Budget {
    /// Whether a value keeps it.
    #[must_use]
    pub fn is_kept_by(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }
}

impl Unit {
    /// How it is written behind a number.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Number => "",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
            Self::PerSecond => "/s",
            Self::PerHour => "/h",
            Self::Kibibytes => "KiB",
            Self::KibibytesPerHour => "KiB/h",
            Self::Mebibytes => "MiB",
        }
    }
}

/// Durations of the same thing done many times.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples(Vec<Duration>);

impl Samples {
    pub(super) fn push(&mut self, taken: Duration) {
        self.0.push(taken);
    }

    /// The value that so many of a hundred do not exceed, in milliseconds: the nearest one that was measured, never between two.
    pub(super) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).map_or(f64::NAN, |taken| milliseconds(*taken))
    }

    pub(super) fn median(&self) -> f64 {
        self.percentile(50)
    }

    pub(super) fn least(&self) -> f64 {
        self.0.iter().min().map_or(f64::NAN, |taken| milliseconds(*taken))
    }

    pub(super) fn worst(&self) -> f64 {
        self.percentile(100)
    }
}

impl FromIterator<Duration> for Samples {
    fn from_iter<T: IntoIterator<Item = Duration>>(all: T) -> Self {
        Self(all.into_iter().collect())
    }
}

pub(super) fn milliseconds(taken: Duration) -> f64 {
    taken.as_secs_f64() * 1000.0
}

/// A count as a value; nothing that is counted here comes near the limit.
pub(super) fn number(count: impl TryInto<u32>) -> f64 {
    f64::from(count.try_into().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let shown = |samples: &Samples| {
            [samples.median(), samples.percentile(90), samples.percentile(99), samples.worst()]
                .map(|value| value.to_string())
        };
        let fifty: Samples = (1..=50).rev().map(Duration::from_millis).collect();
        assert_eq!(shown(&fifty), ["25", "45", "50", "50"]);
        let one: Samples = [Duration::from_micros(1500)].into_iter().collect();
        assert_eq!(shown(&one), ["1.5"; 4]);
        assert!(Samples::default().median().is_nan());
    }

    #[test]
    fn a_budget_is_kept_up_to_its_limit() {
        assert!(Budget::AtMost(2.0).is_kept_by(2.0) && !Budget::AtMost(2.0).is_kept_by(2.1));
        assert!(Budget::AtLeast(2.0).is_kept_by(2.0) && !Budget::AtLeast(2.0).is_kept_by(1.9));
    }
}
