//! What a site says, cut into objects of a bearable size and read as one.

use std::collections::BTreeMap;

use crds::{OrderId, ReportedSet, SiteReportStatus};

/// Largest shard of a report in bytes of JSON: each change of a set sends its shard once up and once down the site's link.
pub const SHARD_BYTES: usize = 32 * 1024;
/// How many shards a report may have: what one site can make the hub store is bounded, to about 2 MiB.
pub const MAX_SHARDS: u32 = 64;
/// How many sets the schema takes in one shard.
const MAX_SETS: usize = 2048;

/// Name of the object that holds a shard.
#[must_use]
pub fn shard_name(shard: u32) -> String {
    format!("report-{shard}")
}

/// Cuts a report into shards, the first with everything that `head` says: what changes there is sent in one shard only. A set stays in the shard where it was (`before`) or
/// moves to a later one: written last shard first, it is always to be found in one of them.
#[must_use]
pub fn shards(
    head: &SiteReportStatus,
    mut sets: Vec<ReportedSet>,
    before: &BTreeMap<String, u32>,
    limit: usize,
) -> Vec<SiteReportStatus> {
    sets.sort_by(|a, b| a.set.cmp(&b.set));
    let mut parts: Vec<(usize, Vec<ReportedSet>)> = vec![(0, Vec::new())];
    for set in sets {
        let size = serde_json::to_vec(&set).map_or(0, |bytes| bytes.len());
        let mut at = before.get(&set.set).map_or(0, |shard| *shard as usize);
        while parts
            .get(at)
            .is_some_and(|(used, sets)| !sets.is_empty() && (used + size > limit || sets.len() >= MAX_SETS))
        {
            at += 1;
        }
        while parts.len() <= at {
            parts.push((0, Vec::new()));
        }
        parts[at].0 += size;
        parts[at].1.push(set);
    }
    let count = u32::try_from(parts.len()).unwrap_or(u32::MAX).min(MAX_SHARDS);
    let shard = |(at, (_, sets)): (usize, (usize, Vec<ReportedSet>))| {
        let said = if at == 0 { head.clone() } else { SiteReportStatus::default() };
        SiteReportStatus { shards: count, sets, ..said }
    };
    parts.into_iter().enumerate().map(shard).take(count as usize).collect()
}

/// A site's whole report.
#[derive(Clone, Debug, Default)]
pub struct Said<'a> {
    shards: Vec<&'a SiteReportStatus>,
}

impl<'a> Said<'a> {
    /// Puts shards together, in their order.
    #[must_use]
    pub fn new(shards: impl IntoIterator<Item = &'a SiteReportStatus>) -> Self {
        Self { shards: shards.into_iter().collect() }
    }

    /// The first shard, which says what is true of the site as a whole; none while the site has never reported.
    #[must_use]
    pub fn head(&self) -> Option<&'a SiteReportStatus> {
        self.shards.first().copied().filter(|head| !head.epoch.is_empty())
    }

    /// What it says of one set. In a later shard stands the newer word.
    #[must_use]
    pub fn set(&self, name: &str) -> Option<&'a ReportedSet> {
        self.shards.iter().rev().find_map(|shard| shard.sets.iter().find(|set| set.set == name))
    }

    /// All sets, by name.
    #[must_use]
    pub fn sets(&self) -> BTreeMap<&'a str, &'a ReportedSet> {
        self.shards.iter().flat_map(|shard| &shard.sets).map(|set| (set.set.as_str(), set)).collect()
    }
}

/// Which order of a set the site says that it holds.
#[must_use]
pub fn held(reported: Option<&ReportedSet>) -> OrderId {
    reported.map(|set| OrderId { revision: set.revision, digest: set.accepted.clone() }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(count: usize) -> Vec<ReportedSet> {
        let set =
            |n| ReportedSet { set: format!("s{n:03}"), message: "x".repeat(90), ..ReportedSet::default() };
        (0..count).map(set).collect()
    }

    fn places(shards: &[SiteReportStatus]) -> BTreeMap<String, u32> {
        let all =
            (0..).zip(shards).flat_map(|(at, shard)| shard.sets.iter().map(move |set| (set.set.clone(), at)));
        all.collect()
    }

    #[test]
    fn a_report_comes_apart_and_is_read_as_one() {
        let head = SiteReportStatus { epoch: "e".into(), ..SiteReportStatus::default() };
        let cut = shards(&head, sets(30), &BTreeMap::new(), 1000);
        assert!(cut.len() > 3 && cut.iter().all(|shard| shard.shards as usize == cut.len()), "{}", cut.len());
        let said = Said::new(&cut);
        assert_eq!(said.sets().len(), 30);
        assert!(said.set("s029").is_some() && said.set("s030").is_none());
        assert_eq!(said.head().map(|head| head.epoch.as_str()), Some("e"));
        assert!(Said::new([&SiteReportStatus::default()]).head().is_none(), "it has never reported");
    }

    #[test]
    fn a_set_stays_in_its_shard_or_moves_to_a_later_one() {
        let head = SiteReportStatus::default();
        let first = places(&shards(&head, sets(30), &BTreeMap::new(), 1000));
        let mut more = sets(30);
        more.extend((0..20).map(|n| ReportedSet { set: format!("a{n}"), ..ReportedSet::default() }));
        more[3].message = "y".repeat(700);
        let then = places(&shards(&head, more, &first, 1000));
        assert_eq!(then.len(), 50);
        assert!(first.iter().all(|(set, shard)| then[set] >= *shard));
    }

    #[test]
    fn a_set_larger_than_a_shard_stands_alone() {
        let cut = shards(&SiteReportStatus::default(), sets(3), &BTreeMap::new(), 10);
        assert_eq!(cut.iter().map(|shard| shard.sets.len()).collect::<Vec<_>>(), [1, 1, 1]);
    }
}
