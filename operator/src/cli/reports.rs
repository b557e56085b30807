//! Sites' reports, in their order and without what a terminal must not be given: what is shown, confirmed and written is one and
//! the same.

use crds::{NamespaceFact, ReportedSet, SiteReport, SiteReportStatus};

use super::table::{clean, clean_lines};

/// The shards of one site's report.
pub(crate) fn shards(mut reports: Vec<SiteReport>) -> Vec<SiteReportStatus> {
    reports.sort_by_key(|report| report.spec.shard);
    reports.into_iter().filter_map(|report| report.status).map(cleaned).collect()
}

fn cleaned(report: SiteReportStatus) -> SiteReportStatus {
    let set = |set: ReportedSet| ReportedSet {
        set: clean(&set.set),
        accepted: clean(&set.accepted),
        applied: clean(&set.applied),
        message: clean_lines(&set.message),
        namespaces: set.namespaces.into_iter().map(fact).collect(),
        ..set
    };
    SiteReportStatus { sets: report.sets.into_iter().map(set).collect(), ..report }
}

fn fact(fact: NamespaceFact) -> NamespaceFact {
    NamespaceFact {
        name: clean(&fact.name),
        uid: clean(&fact.uid),
        workspace: clean(&fact.workspace),
        workspace_uid: clean(&fact.workspace_uid),
        system: clean(&fact.system),
        zone: clean(&fact.zone),
        display_name: clean(&fact.display_name),
        share: fact.share,
        drift: clean(&fact.drift),
        enforcement: fact.enforcement,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_report_is_put_in_order_and_cannot_move_the_cursor() {
        let report = |shard: u32, set: &str| {
            let fact = json!({"name": "n\u{1b}[2J", "uid": "u", "displayName": "空间\u{202e}"});
            let set = json!({"set": set, "phase": "Applied", "message": "a\u{9b}\nb", "namespaces": [fact]});
            let mut report = SiteReport::new("r", crds::SiteReportSpec { shard });
            report.status = serde_json::from_value(json!({"epoch": "e", "sets": [set]})).unwrap();
            report
        };
        let shards = shards(vec![report(1, "b\u{200b}"), report(0, "a")]);
        let sets: Vec<&ReportedSet> = shards.iter().flat_map(|shard| &shard.sets).collect();
        assert_eq!((sets[0].set.as_str(), sets[1].set.as_str()), ("a", "b"));
        let said = &sets[1].namespaces[0];
        assert_eq!((said.name.as_str(), said.display_name.as_str()), ("n[2J", "空间"));
        assert_eq!(sets[1].message, "a\nb");
    }
}
