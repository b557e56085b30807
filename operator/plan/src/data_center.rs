//! Whether a data centre is right, and how well a site is.

use std::collections::BTreeMap;
use std::time::Duration;

use crds::{
    DataCenter, DataCenterSpec, Disposition, Message, OrderId, ReportedSet, SetCounts, SetDetail, SetPhase,
    SiteFacts, Zone,
};

use crate::department::missing;
use crate::names::SiteName;
use crate::report::Said;
use crate::{Findings, conditions::Holds};

/// As the schema has it.
const MOST_COUNTED: u32 = 100_000;
/// How many details of sets a `DataCenter` shows.
const MAX_DETAILS: usize = 32;

/// What a data centre points to and must not collide with.
#[derive(Debug)]
pub struct Facts<'a> {
    /// All data centres by name, this one included.
    pub data_centers: &'a BTreeMap<String, &'a DataCenter>,
    /// Names of all departments.
    pub departments: Vec<String>,
    /// Whether the hub has a namespace of the site's name that is not ours.
    pub foreign_namespace: bool,
}

/// A data centre that cannot be wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum ValidDataCenter {
    /// Registered only.
    Inventory,
    /// A place to deploy to.
    Site(SiteName),
}

/// Whether workspaces may stand there: what the schema says too, said again for objects older than a rule.
#[must_use]
pub fn is_live(spec: &DataCenterSpec) -> bool {
    spec.accepted
        && spec.disposition == Disposition::Cloud
        && spec.provider == crds::fleet::data_center::Provider::District
        && spec.level.is_some()
        && !spec.zones.contains(&Zone::Intranet)
}

/// Checks a data centre against what it points to.
///
/// # Errors
/// Every sentence that must be heard before it can be used.
pub fn validate(data_center: &DataCenter, facts: &Facts<'_>) -> Result<ValidDataCenter, Findings> {
    let mut findings = Findings::new();
    let name = data_center.metadata.name.as_deref().unwrap_or_default();
    let spec = &data_center.spec;
    let parsed = SiteName::parse(name).ok().filter(|_| !name.starts_with("kube-"));
    if parsed.is_none() {
        findings.push(Message::DataCenterName {});
    }
    findings.extend(missing("spec.owner", &spec.owner, "单位 Department", &facts.departments));
    if spec.accepted && !is_live(spec) {
        findings.push(refusal(spec));
    }
    let created =
        |dc: &DataCenter| (dc.metadata.creation_timestamp.as_ref().map(|t| t.0), dc.metadata.name.clone());
    for (other, twin) in facts.data_centers {
        if twin.spec.display_name == spec.display_name && created(twin) < created(data_center) {
            findings.push(Message::Duplicate {
                field: "spec.displayName".into(),
                value: spec.display_name.clone(),
                other: format!("DataCenter {other}"),
            });
        }
    }
    if facts.foreign_namespace {
        findings
            .push(Message::ForeignNamespace {
                namespace: format!("site-{name}"), place: "中心 hub".into()
            });
    }
    match parsed {
        Some(name) if findings.is_empty() => {
            Ok(if is_live(spec) { ValidDataCenter::Site(name) } else { ValidDataCenter::Inventory })
        }
        _ => Err(findings),
    }
}

fn refusal(spec: &DataCenterSpec) -> Message {
    if spec.zones.contains(&Zone::Intranet) {
        Message::IntranetOutside {}
    } else if spec.provider == crds::fleet::data_center::Provider::City {
        Message::CityInfrastructure {}
    } else if spec.disposition == Disposition::Cloud {
        Message::LevelMissing {}
    } else {
        Message::NotForCloud {}
    }
}

/// When a site was heard last, on the hub's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// This long ago.
    Ago(Duration),
    /// This hub has not been up long enough to know.
    NotYetKnown,
}

/// What `Connected` says, or nothing when what it said before still stands. `silence` is why a silent one cannot be heard, if known.
#[must_use]
pub fn connected(
    site: &SiteName,
    said: &Said<'_>,
    heard: Heard,
    limit: Duration,
    silence: Option<Message>,
) -> Option<(Holds, Message)> {
    if said.head().is_none() {
        return Some((Holds::False, Message::NotJoined { site: site.to_string() }));
    }
    match heard {
        Heard::NotYetKnown => None,
        Heard::Ago(ago) if ago < limit => Some((Holds::True, Message::Settled {})),
        Heard::Ago(_) => {
            let seconds = limit.as_secs().to_string();
            let why = silence.unwrap_or_else(|| Message::NotHeard { site: site.to_string(), seconds });
            Some((Holds::Unknown, why))
        }
    }
}

/// What a site was told of one set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToldSet {
    /// The order that stands, the default for none.
    pub order: OrderId,
    /// Why nothing newer is told.
    pub held: Option<Message>,
}

/// How many sets a site was told and what became of them, with the details of those that are not simply in force.
#[must_use]
pub fn judge_sets(told: &BTreeMap<String, ToldSet>, said: &Said<'_>) -> (SetCounts, Vec<SetDetail>) {
    let reported = said.sets();
    let mut counts =
        SetCounts { told: u32::try_from(told.len()).unwrap_or(u32::MAX), ..SetCounts::default() };
    let mut details = Vec::new();
    let nothing = ToldSet::default();
    let strange = reported.keys().filter(|set| !told.contains_key(**set)).map(|set| (*set, &nothing));
    for (set, told) in told.iter().map(|(set, told)| (set.as_str(), told)).chain(strange) {
        let reported = reported.get(set).copied();
        let in_force = |set: &ReportedSet| set.phase == SetPhase::Applied && set.applied == told.order.digest;
        let applied = told.order.revision > 0 && reported.is_some_and(in_force);
        let phase = reported.map(|reported| reported.phase);
        let unknown = told.order.revision == 0;
        let held = told.held.as_ref().map(ToString::to_string);
        counts.accepted +=
            u32::from(!unknown && reported.is_some_and(|set| set.accepted == told.order.digest));
        counts.applied += u32::from(applied);
        counts.unknown += u32::from(unknown);
        // What only a person can decide; what the hub waits for is blocked like what the site waits for.
        let forgotten = matches!(told.held, Some(Message::SiteAhead { .. }));
        let quarantined = !unknown && (forgotten || phase == Some(SetPhase::Quarantined));
        counts.quarantined += u32::from(quarantined);
        counts.blocked += u32::from(!quarantined && (held.is_some() || phase == Some(SetPhase::Blocked)));
        counts.contested += u32::from(phase == Some(SetPhase::Contested));
        let drift = reported.into_iter().flat_map(|set| &set.namespaces).map(|fact| fact.drift.as_str());
        let drift = drift.filter(|drift| !drift.is_empty()).collect::<Vec<_>>().join("\n");
        let message = held.unwrap_or_else(|| reported.map(|set| set.message.clone()).unwrap_or_default());
        if !applied || unknown || !message.is_empty() || !drift.is_empty() {
            details.push(SetDetail {
                set: set.to_owned(),
                told: told.order.revision,
                accepted: reported.map_or(0, |reported| reported.revision),
                applied,
                message: capped(&message, 2048),
                drift: capped(&drift, 1024),
            });
        }
    }
    // A site can name more sets than a status may count.
    for count in [&mut counts.unknown, &mut counts.quarantined, &mut counts.blocked, &mut counts.contested] {
        *count = (*count).min(MOST_COUNTED);
    }
    // What needs somebody comes first, what was only disturbed last.
    details.sort_by(|a, b| (a.applied, &a.set).cmp(&(b.applied, &b.set)));
    details.truncate(MAX_DETAILS);
    (counts, details)
}

fn capped(text: &str, most: usize) -> String {
    // The schema counts characters.
    text.chars().take(most).collect()
}

/// What `Ready` says of a site that is heard, where the register or its agent says that it is only observed.
#[must_use]
pub fn observed(site: &SiteName, observe: bool, facts: &SiteFacts) -> Option<(Holds, Message)> {
    let site = || site.to_string();
    match (observe, facts.observing) {
        (false, false) => None,
        (true, true) => {
            let namespaces = facts.foreign_namespaces.unwrap_or_default().to_string();
            let nodes = facts.ready_nodes.to_string();
            Some((Holds::True, Message::SiteObserving { nodes, namespaces }))
        }
        (false, true) => Some((Holds::False, Message::SiteStillObserves { site: site() })),
        (true, false) => Some((Holds::False, Message::SiteWouldAct { site: site() })),
    }
}

/// What `Ready` says of a site: joined, heard, and everything it was told in force.
#[must_use]
pub fn ready(connected: (Holds, Message), counts: SetCounts, nodes: u32) -> (Holds, Vec<Message>) {
    if connected.0 != Holds::True {
        return (connected.0, vec![connected.1]);
    }
    let SetCounts { told, accepted: _, applied, blocked, quarantined, contested, unknown } = counts;
    if applied == told && quarantined + contested + unknown == 0 {
        let well = Message::SiteWell { sets: applied.to_string(), nodes: nodes.to_string() };
        return (Holds::True, vec![well]);
    }
    let behind = Message::SiteBehind {
        applied: applied.to_string(),
        told: told.to_string(),
        blocked: blocked.to_string(),
        quarantined: quarantined.to_string(),
        contested: contested.to_string(),
        unknown: unknown.to_string(),
    };
    (Holds::False, vec![behind])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crds::SiteReportStatus;
    use serde_json::{Value, json};

    fn room(name: &str, spec: Value) -> DataCenter {
        let mut full = json!({
            "displayName": name, "owner": "zhongxin", "building": "b", "disposition": "cloud",
            "zones": ["extranet"], "level": {"information": 3, "service": 3}, "accepted": true
        });
        full.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
        DataCenter::new(name, serde_json::from_value(full).unwrap())
    }

    fn judged(room: &DataCenter) -> Result<ValidDataCenter, Findings> {
        let data_centers = BTreeMap::from([(room.metadata.name.clone().unwrap(), room)]);
        let facts = Facts {
            data_centers: &data_centers,
            departments: vec!["zhongxin".into()],
            foreign_namespace: false,
        };
        validate(room, &facts)
    }

    #[test]
    fn an_accepted_cloud_room_is_a_site_and_others_are_inventory() {
        let site = SiteName::parse("kaicheng").unwrap();
        assert_eq!(judged(&room("kaicheng", json!({}))), Ok(ValidDataCenter::Site(site)));
        let vacated = room("siping", json!({"disposition": "toVacate", "accepted": false}));
        assert_eq!(judged(&vacated), Ok(ValidDataCenter::Inventory));
    }

    #[test]
    fn what_may_not_be_a_place_is_refused_with_its_reason() {
        let refused = |spec| judged(&room("x", spec)).unwrap_err();
        assert_eq!(refused(json!({"zones": ["intranet"]})), [Message::IntranetOutside {}]);
        assert_eq!(refused(json!({"provider": "city"})), [Message::CityInfrastructure {}]);
        assert_eq!(refused(json!({"disposition": "vertical"})), [Message::NotForCloud {}]);
        assert_eq!(refused(json!({"level": null})), [Message::LevelMissing {}]);
        assert!(matches!(refused(json!({"owner": "nobody"}))[..], [Message::UnknownReference { .. }]));
    }

    #[test]
    fn a_site_is_observed_only_when_the_register_and_its_agent_say_so() {
        let site = SiteName::parse("kaicheng").unwrap();
        let said = |observe, observing| {
            let facts = SiteFacts { observing, foreign_namespaces: Some(43), ..SiteFacts::default() };
            observed(&site, observe, &facts).map(|(holds, said)| (holds, said.reason()))
        };
        assert_eq!(said(false, false), None);
        assert_eq!(said(true, true), Some((Holds::True, "SiteObserving")));
        assert_eq!(said(false, true), Some((Holds::False, "SiteStillObserves")));
        assert_eq!(said(true, false), Some((Holds::False, "SiteWouldAct")));
    }

    fn told(revision: i64, digest: &str) -> BTreeMap<String, ToldSet> {
        let order = OrderId { revision, digest: digest.into() };
        BTreeMap::from([("a".to_owned(), ToldSet { order, held: None })])
    }

    fn report(sets: Vec<ReportedSet>) -> SiteReportStatus {
        SiteReportStatus { epoch: "e".into(), sets, ..SiteReportStatus::default() }
    }

    #[test]
    fn a_site_is_ready_when_joined_heard_and_everything_told_is_in_force() {
        let site = SiteName::parse("kaicheng").unwrap();
        let limit = Duration::from_mins(1);
        let set = |applied: &str| ReportedSet {
            set: "a".into(),
            phase: SetPhase::Applied,
            applied: applied.into(),
            ..ReportedSet::default()
        };
        let holds = |report: Option<&SiteReportStatus>, ago| {
            let said = Said::new(report);
            let connected =
                connected(&site, &said, Heard::Ago(Duration::from_secs(ago)), limit, None).unwrap();
            ready(connected, judge_sets(&told(1, "1"), &said).0, 2).0
        };
        assert_eq!(holds(Some(&report(vec![set("1")])), 1), Holds::True);
        assert_eq!(holds(Some(&report(vec![set("0")])), 1), Holds::False);
        assert_eq!(holds(Some(&report(vec![set("1")])), 60), Holds::Unknown);
        assert_eq!(holds(None, 1), Holds::False);
        let well = report(vec![set("1")]);
        assert_eq!(connected(&site, &Said::new([&well]), Heard::NotYetKnown, limit, None), None);
        let revoked = || Some(Message::CredentialRevoked { site: site.to_string() });
        let silent = |ago| {
            connected(&site, &Said::new([&well]), Heard::Ago(Duration::from_secs(ago)), limit, revoked())
        };
        assert_eq!(silent(60), revoked().map(|why| (Holds::Unknown, why)));
        assert_eq!(silent(1), Some((Holds::True, Message::Settled {})));
    }

    #[test]
    fn what_a_site_has_and_the_hub_never_told_is_counted_and_shown() {
        let of = |name: &str, phase| ReportedSet {
            set: name.into(),
            phase,
            revision: 1,
            accepted: "1".into(),
            applied: "1".into(),
            ..ReportedSet::default()
        };
        let said = report(vec![of("a", SetPhase::Applied), of("b", SetPhase::Applied)]);
        let (counts, details) = judge_sets(&told(1, "1"), &Said::new([&said]));
        let expected = SetCounts { told: 1, accepted: 1, applied: 1, unknown: 1, ..SetCounts::default() };
        assert_eq!(counts, expected);
        assert_eq!(
            details.iter().map(|d| (d.set.as_str(), d.told, d.accepted)).collect::<Vec<_>>(),
            [("b", 0, 1)]
        );

        let mut held = told(1, "1");
        held.get_mut("a").unwrap().held = Some(Message::SiteAhead { site: "s".into(), set: "a".into() });
        let (counts, details) = judge_sets(&held, &Said::new([&report(vec![of("a", SetPhase::Applied)])]));
        assert_eq!(counts.quarantined, 1);
        assert!(details[0].message.starts_with("ZY-1115"), "{details:?}");
        assert_eq!(ready((Holds::True, Message::Settled {}), counts, 0).0, Holds::False);
    }
}
