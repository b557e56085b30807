//! How much is done for each figure.

use std::time::Duration;

use serde::Serialize;

use super::Name;

/// Numbers of rounds and things. The names of figures are those of the full sizes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sizes {
    /// Changes of a share, `latency-1` and `latency-1000`.
    pub latency_rounds: usize,
    /// Placements beside which `latency-1000` is measured.
    pub standing: usize,
    /// Departments of `roll-out`.
    pub departments: usize,
    /// Departments of `roll-out-two-sites`.
    pub two_site_departments: usize,
    /// Workspaces of each of them.
    pub workspaces: usize,
    /// Departments of `usable`.
    pub usable: usize,
    /// Requests of `admission`, with each set of policies.
    pub admissions: usize,
    /// Pods that `race` makes.
    pub race_pods: usize,
    /// Placements that stand for `drift` and `at-rest`.
    pub pool: usize,
    /// Changes of `drift`.
    pub drifts: usize,
    /// How many seconds `at-rest` measures: best a multiple of the ten between two signs of life.
    pub rest_seconds: u64,
    /// For how many seconds nothing may have been written before the district counts as settled.
    pub quiet_seconds: u64,
    /// Placements of `memory`.
    pub memory: Vec<usize>,
    /// Simulated sites of `hundred-sites`.
    pub sites: usize,
    /// Departments spread over them.
    pub spread: usize,
    /// Whether all figures share one district, which is quicker and measures less well.
    pub shared: bool,
}

const FIRST: [Name; 7] =
    [Name::Latency1, Name::Drift, Name::AtRest, Name::RollOut, Name::Usable, Name::Admission, Name::Race];
const SECOND: [Name; 2] = [Name::Memory, Name::Latency1000];
const THIRD: [Name; 1] = [Name::RollOutTwoSites];
const FOURTH: [Name; 1] = [Name::HundredSites];
const ALL: [Name; 11] = [
    Name::Latency1,
    Name::Drift,
    Name::AtRest,
    Name::RollOut,
    Name::Usable,
    Name::Admission,
    Name::Race,
    Name::Memory,
    Name::Latency1000,
    Name::RollOutTwoSites,
    Name::HundredSites,
];

impl Sizes {
    /// What the budgets are about.
    #[must_use]
    pub fn full() -> Self {
        Self {
            latency_rounds: 50,
            standing: 1000,
            departments: 100,
            two_site_departments: 200,
            usable: 20,
            admissions: 500,
            race_pods: 300,
            workspaces: 3,
            pool: 50,
            drifts: 50,
            rest_seconds: 60,
            // Longer than what comes every ten seconds.
            quiet_seconds: 12,
            memory: vec![0, 200, 1000],
            sites: 100,
            spread: 1000,
            shared: false,
        }
    }

    /// So many percent of the full sizes, for a run in between.
    #[must_use]
    pub fn percent(percent: usize) -> Self {
        let part = |whole: usize| (whole * percent).div_ceil(100);
        let full = Self::full();
        Self {
            latency_rounds: part(full.latency_rounds),
            standing: part(full.standing),
            departments: part(full.departments),
            two_site_departments: part(full.two_site_departments),
            usable: part(full.usable),
            admissions: part(full.admissions),
            race_pods: part(full.race_pods),
            pool: part(full.pool),
            drifts: part(full.drifts),
            memory: full.memory.iter().copied().map(part).collect(),
            sites: part(full.sites),
            spread: part(full.spread),
            ..full
        }
    }

    /// The least that shows that everything can still be measured.
    #[must_use]
    pub fn smoke() -> Self {
        Self {
            latency_rounds: 3,
            standing: 6,
            departments: 2,
            two_site_departments: 2,
            usable: 2,
            admissions: 10,
            race_pods: 30,
            workspaces: 2,
            pool: 4,
            drifts: 4,
            rest_seconds: 10,
            quiet_seconds: 1,
            memory: vec![4, 6],
            sites: 3,
            spread: 5,
            shared: true,
        }
    }

    pub(super) fn quiet(&self) -> Duration {
        Duration::from_secs(self.quiet_seconds)
    }

    /// The figures of each district, in the order in which they are measured.
    pub(super) fn grounds(&self) -> Vec<&'static [Name]> {
        if self.shared { vec![&ALL] } else { vec![&FIRST, &SECOND, &THIRD, &FOURTH] }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_figure_is_measured_once_whether_districts_are_shared_or_not() {
        for sizes in [Sizes::full(), Sizes::percent(1), Sizes::smoke()] {
            let measured: Vec<String> = sizes.grounds().concat().iter().map(Name::to_string).collect();
            let all: Vec<String> = Name::value_variants().iter().map(Name::to_string).collect();
            assert_eq!(measured, all);
        }
    }

    #[test]
    fn a_part_of_the_full_sizes_is_never_nothing() {
        let least = Sizes::percent(1);
        assert!([least.latency_rounds, least.departments, least.drifts, least.sites].iter().all(|n| *n > 0));
        assert_eq!(Sizes::percent(20).memory, [0, 40, 200]);
    }
}
