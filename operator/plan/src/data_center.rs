//! Whether a data centre is right, what a site needs on the hub, and how well it is.

use std::collections::BTreeMap;
use std::time::Duration;

use crds::{
    DataCenter, DataCenterSpec, Disposition, Message, SetCounts, SetPhase, SiteReportStatus, Zone, labels,
};
use serde_json::{Value, json};

use crate::department::missing;
use crate::names::{SiteName, site_namespace};
use crate::{Findings, conditions::Holds};

/// Name of the agent's ServiceAccount, binding and lease in the site's namespace.
pub const AGENT: &str = "agent";
/// ClusterRole on the hub that says what a site's credential may do, bound in its own namespace only.
pub const AGENT_ROLE: &str = "zhengyun:site-agent";
/// ClusterRole on the hub that lets platform engineers give a site its credential, bound in the site's namespace only.
pub const JOINER_ROLE: &str = "zhengyun:site-joiner";
/// The platform engineers' group.
const ENGINEERS: &str = "oidc:zhengyun-platform-engineers";
/// Name of the first shard of a site's report.
pub const REPORT: &str = "report-0";

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

/// What a site needs on the hub: a namespace of its own, an account bound to the agent's role there and nowhere else, a bound
/// on what it can cost, and the objects that it may fill but not make.
#[must_use]
pub fn hub_objects(site: &SiteName) -> Vec<Value> {
    let namespace = site_namespace(site);
    let labels = json!({labels::MANAGED_BY: labels::MANAGER, labels::SITE: site.as_str()});
    let metadata = |name: &str| json!({"name": name, "namespace": namespace, "labels": labels});
    vec![
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}),
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(AGENT), "automountServiceAccountToken": false}),
        json!({
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": metadata("zhengyun"),
            "spec": {"hard": {"pods": "0", "secrets": "0", "services": "0", "persistentvolumeclaims": "0"}}
        }),
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": metadata(AGENT),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": AGENT_ROLE},
            "subjects": [{"kind": "ServiceAccount", "name": AGENT, "namespace": namespace}]
        }),
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": metadata("joiner"),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": JOINER_ROLE},
            "subjects": [{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": ENGINEERS}]
        }),
        json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata(AGENT), "spec": {"leaseDurationSeconds": 60}}),
        json!({"apiVersion": "zhengyun.io/v1alpha1", "kind": "SiteReport", "metadata": metadata(REPORT), "spec": {"shard": 0}}),
    ]
}

/// When a site was heard last, on the hub's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// This long ago.
    Ago(Duration),
    /// This hub has not been up long enough to know.
    NotYetKnown,
}

/// What `Connected` says, or nothing when what it said before still stands.
#[must_use]
pub fn connected(
    site: &SiteName,
    report: Option<&SiteReportStatus>,
    heard: Heard,
    limit: Duration,
) -> Option<(Holds, Message)> {
    if report.is_none_or(|report| report.epoch.is_empty()) {
        return Some((Holds::False, Message::NotJoined { site: site.to_string() }));
    }
    match heard {
        Heard::NotYetKnown => None,
        Heard::Ago(ago) if ago < limit => Some((Holds::True, Message::Settled {})),
        Heard::Ago(_) => Some((
            Holds::Unknown,
            Message::NotHeard { site: site.to_string(), seconds: limit.as_secs().to_string() },
        )),
    }
}

/// How many sets a site was told and what became of them. `told` are set names and the digest each was told.
#[must_use]
pub fn count(told: &BTreeMap<String, String>, report: Option<&SiteReportStatus>) -> SetCounts {
    let reported =
        |set: &str| report.and_then(|report| report.sets.iter().find(|reported| reported.set == set));
    let mut counts =
        SetCounts { told: u32::try_from(told.len()).unwrap_or(u32::MAX), ..SetCounts::default() };
    for (set, digest) in told {
        match reported(set) {
            Some(reported) if reported.applied == *digest => counts.applied += 1,
            Some(reported) if matches!(reported.phase, SetPhase::Blocked | SetPhase::Quarantined) => {
                counts.blocked += 1;
            }
            _ => {}
        }
    }
    counts
}

/// What `Ready` says of a site: joined, heard, and everything it was told in force.
#[must_use]
pub fn ready(
    connected: (Holds, Message),
    counts: SetCounts,
    report: Option<&SiteReportStatus>,
) -> (Holds, Vec<Message>) {
    if connected.0 != Holds::True {
        return (connected.0, vec![connected.1]);
    }
    let SetCounts { told, applied, blocked } = counts;
    if applied == told {
        let nodes = report.map_or(0, |report| report.facts.ready_nodes).to_string();
        return (Holds::True, vec![Message::SiteWell { sets: applied.to_string(), nodes }]);
    }
    let behind = Message::SiteBehind {
        applied: applied.to_string(),
        told: told.to_string(),
        blocked: blocked.to_string(),
    };
    (Holds::False, vec![behind])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crds::ReportedSet;

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
    fn a_site_needs_its_own_namespace_and_no_more_rights_than_the_agents_role() {
        insta::assert_yaml_snapshot!(hub_objects(&SiteName::parse("kaicheng").unwrap()));
    }

    #[test]
    fn a_site_is_ready_when_joined_heard_and_everything_told_is_in_force() {
        let site = SiteName::parse("kaicheng").unwrap();
        let limit = Duration::from_mins(1);
        let set = |applied: &str| ReportedSet {
            set: "a".into(),
            applied: applied.into(),
            ..ReportedSet::default()
        };
        let report = |applied| SiteReportStatus {
            epoch: "e".into(),
            sets: vec![set(applied)],
            ..SiteReportStatus::default()
        };
        let told = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        let holds = |report: Option<&SiteReportStatus>, ago| {
            let connected = connected(&site, report, Heard::Ago(Duration::from_secs(ago)), limit).unwrap();
            ready(connected, count(&told, report), report).0
        };
        assert_eq!(holds(Some(&report("1")), 1), Holds::True);
        assert_eq!(holds(Some(&report("0")), 1), Holds::False);
        assert_eq!(holds(Some(&report("1")), 60), Holds::Unknown);
        assert_eq!(holds(None, 1), Holds::False);
        assert_eq!(connected(&site, Some(&report("1")), Heard::NotYetKnown, limit), None);
    }
}
