use super::*;
use rstest::rstest;
use serde_json::{Value, json};

/// A small district that is right, to be made wrong in one place.
struct World {
    department: Department,
    system: System,
    profile: IsolationProfileSpec,
    sites: Vec<(&'static str, DataCenterSpec)>,
    workspace: Workspace,
    taken: BTreeMap<String, String>,
    known: Option<&'static str>,
    default_profile: Option<&'static str>,
    egress_taken: u64,
}

fn site(spec: Value) -> DataCenterSpec {
    let mut full = json!({
        "displayName": "x", "owner": "o", "building": "b", "disposition": "cloud", "zones": ["extranet"],
        "level": {"information": 3, "service": 3}, "accepted": true
    });
    full.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
    serde_json::from_value(full).unwrap()
}

fn world() -> World {
    let share = json!({"cpu": "4", "memory": "8Gi"});
    let workspace = json!({
        "displayName": "教育", "system": "jiaoyu", "zone": "extranet", "sites": [{"site": "kaicheng", "share": share}]
    });
    let mut workspace = Workspace::new("jichu", serde_json::from_value(workspace).unwrap());
    workspace.metadata.namespace = Some("dept-jiaoyu".into());
    workspace.metadata.uid = Some("uid-1".into());
    let system = json!({
        "displayName": "教育基础数据服务平台", "kind": "new", "zones": ["extranet"],
        "level": {"information": 3, "service": 3}
    });
    World {
        department: Department::new(
            "jiaoyu",
            serde_json::from_value(json!({"displayName": "区教育局", "kind": "office"})).unwrap(),
        ),
        system: System::new("jiaoyu", serde_json::from_value(system).unwrap()),
        profile: serde_json::from_value(json!({"displayName": "标准"})).unwrap(),
        sites: vec![
            ("kaicheng", site(json!({}))),
            ("siping", site(json!({"accepted": false}))),
            ("wrong", site(json!({}))),
        ],
        workspace,
        taken: BTreeMap::new(),
        known: None,
        default_profile: Some("standard"),
        egress_taken: 0,
    }
}

/// A flow to another department, seen at the beginning of 1970.
fn flow(until: Option<&str>) -> crds::Flow {
    let to = json!({"department": "weisheng", "workspace": "jiankang"});
    let flow =
        json!({"name": "a", "to": to, "ports": [{"port": 8443}], "purpose": "学生健康", "until": until});
    serde_json::from_value(flow).unwrap()
}

impl World {
    fn judge<T>(&self, ready: (Readiness, Readiness), then: impl FnOnce(Judgement<'_>) -> T) -> T {
        let data_centers = self
            .sites
            .iter()
            .map(|(name, spec)| {
                (
                    (*name).to_owned(),
                    (spec, if *name == "wrong" { Readiness::Refused } else { Readiness::Ready }),
                )
            })
            .collect();
        let profiles = BTreeMap::from([
            ("standard".to_owned(), (&self.profile, Readiness::Ready)),
            ("wrong".to_owned(), (&self.profile, Readiness::Refused)),
        ]);
        let facts = Facts {
            department: Some((&self.department, ready.0)),
            system: (self.workspace.spec.system == "jiaoyu").then_some((&self.system, ready.1)),
            systems: &["jiaoyu".to_owned()],
            profiles: &profiles,
            default_profile: self.default_profile,
            data_centers: &data_centers,
            known: self.known,
            taken: &|namespace| self.taken.get(namespace).cloned(),
            standing: &|_, _| None,
            host_taken: &|_| None,
            flows: flows::Facts {
                sides: &BTreeMap::new(),
                departments: &std::collections::BTreeSet::new(),
                own: &std::collections::BTreeSet::new(),
                decreed: &[],
                now: k8s_openapi::jiff::Timestamp::UNIX_EPOCH,
            },
            egress: &|_, asked| {
                let claim = crate::egress::Claim { asked, ..crate::egress::Claim::default() };
                crate::egress::admit(300, self.egress_taken, &claim)
            },
        };
        then(validate(&self.workspace, &facts))
    }

    fn refusals(&self) -> Vec<&'static str> {
        self.judge((Readiness::Ready, Readiness::Ready), |judgement| match judgement {
            Judgement::Refused(findings) => findings.iter().map(Message::reason).collect(),
            other => panic!("not refused: {other:?}"),
        })
    }
}

#[test]
fn a_right_workspace_gets_a_namespace_and_an_entry_per_site() {
    world().judge((Readiness::Ready, Readiness::Ready), |judgement| {
        let Judgement::Valid(valid) = judgement else { panic!("{judgement:?}") };
        assert_eq!(valid.namespace, "jiaoyu-jichu");
        assert_eq!(valid.entries().keys().collect::<Vec<_>>(), ["kaicheng"]);
    });
}

#[test]
fn nothing_is_said_before_what_it_points_to_was_judged() {
    for ready in [(Readiness::NotJudged, Readiness::Ready), (Readiness::Ready, Readiness::NotJudged)] {
        world().judge(ready, |judgement| assert!(matches!(judgement, Judgement::NotYet(_))));
    }
}

#[rstest]
#[case::unknown_site(|w: &mut World| w.workspace.spec.sites[0].site = "nowhere".into(), "UnknownReference")]
#[case::site_not_in_use(|w: &mut World| w.workspace.spec.sites[0].site = "siping".into(), "SiteNotLive")]
#[case::site_not_allowed(|w: &mut World| w.department.spec.allowed_sites = vec!["other".into()], "SiteNotAllowed")]
#[case::unknown_system(|w: &mut World| w.workspace.spec.system = "nothing".into(), "UnknownReference")]
#[case::unknown_profile(|w: &mut World| w.workspace.spec.profile = Some("none".into()), "UnknownReference")]
#[case::refused_profile(|w: &mut World| w.workspace.spec.profile = Some("wrong".into()), "NotReadyReference")]
#[case::refused_site(|w: &mut World| w.workspace.spec.sites[0].site = "wrong".into(), "NotReadyReference")]
#[case::no_profile(|w: &mut World| w.default_profile = None, "NoProfile")]
#[case::service_level_above_the_sites(|w: &mut World| w.system.spec.level.service = 4, "LevelTooHigh")]
#[case::information_level_above_the_sites(|w: &mut World| w.system.spec.level.information = 4, "LevelTooHigh")]
#[case::zone_that_the_system_lacks(|w: &mut World| w.system.spec.zones = vec![Zone::Internet], "ZoneMissing")]
#[case::zone_that_the_site_lacks(|w: &mut World| w.sites[0].1.zones = vec![Zone::Internet], "ZoneMissing")]
#[case::more_of_the_exit_than_is_left(|w: &mut World| { w.egress_taken = 251; w.workspace.spec.sites[0].egress_mbit = 50; }, "EgressOver")]
#[case::flow_to_another_department_without_an_end(|w: &mut World| w.workspace.spec.flows = vec![flow(None)], "FlowEndMissing")]
#[case::flow_with_a_far_end(|w: &mut World| w.workspace.spec.flows = vec![flow(Some("1971-06-30"))], "FlowEndTooFar")]
#[case::flow_that_ends_on_no_day(|w: &mut World| w.workspace.spec.flows = vec![flow(Some("1970-02-30"))], "FlowEndMalformed")]
#[case::empty_share(|w: &mut World| w.workspace.spec.sites[0].share.cpu = "0".into(), "ShareEmpty")]
#[case::host_without_a_domain(|w: &mut World| w.workspace.spec.hosts = vec!["a.gov.cn".into()], "HostNotAllowed")]
#[case::overflowing_share(|w: &mut World| w.workspace.spec.sites[0].share.memory = "999999999999Ti".into(), "ShareEmpty")]
fn one_wrong_thing_is_one_sentence(#[case] spoil: fn(&mut World), #[case] reason: &str) {
    let mut world = world();
    spoil(&mut world);
    assert_eq!(world.refusals(), [reason]);
}

#[test]
fn a_share_of_the_exit_that_fits_stands_on_the_namespace_of_its_site_and_wrong_ones_take_none() {
    let mut world = world();
    world.workspace.spec.sites[0].egress_mbit = 50;
    world.egress_taken = 250;
    world.judge((Readiness::Ready, Readiness::Ready), |judgement| {
        let Judgement::Valid(valid) = judgement else { panic!("{judgement:?}") };
        let namespace = valid.entries()["kaicheng"].objects[0].object.value();
        assert_eq!(namespace["metadata"]["annotations"]["zhengyun.io/egress-mbit"], "50");
    });
    world.egress_taken = 300;
    world.workspace.spec.system = "nothing".into();
    assert_eq!(world.refusals(), ["UnknownReference"], "the exit is not even asked");
}

#[test]
fn a_zone_that_neither_system_nor_site_has_is_said_twice() {
    let mut world = world();
    world.workspace.spec.zone = Zone::Internet;
    assert_eq!(world.refusals(), ["ZoneMissing", "ZoneMissing"]);
}

#[test]
fn a_namespace_of_another_workspace_is_not_taken_and_an_assigned_one_is_kept() {
    let mut world = world();
    world.taken.insert("jiaoyu-jichu".into(), "dept-other/x".into());
    world.judge((Readiness::Ready, Readiness::Ready), |judgement| {
        let Judgement::Valid(valid) = judgement else { panic!("{judgement:?}") };
        assert_eq!(valid.namespace, "jiaoyu-jichu-2");
    });
    let status =
        crds::WorkspaceStatus { namespace: Some("jiaoyu-jichu".into()), ..crds::WorkspaceStatus::default() };
    world.workspace.status = Some(status);
    assert_eq!(world.refusals(), ["NamespaceTaken"]);
}

#[test]
fn a_namespace_that_a_site_still_has_is_found_again_unless_it_could_not_be_this_ones() {
    let mut world = world();
    for (known, expected) in [
        ("jiaoyu-jichu-2", "jiaoyu-jichu-2"),
        ("jiaoyu-jichu", "jiaoyu-jichu"),
        ("jiaoyu-other", "jiaoyu-jichu"),
        ("jiaoyu-jichu2", "jiaoyu-jichu"),
        ("kube-system", "jiaoyu-jichu"),
    ] {
        world.known = Some(known);
        world.judge((Readiness::Ready, Readiness::Ready), |judgement| {
            let Judgement::Valid(valid) = judgement else { panic!("{judgement:?}") };
            assert_eq!(valid.namespace, expected, "{known}");
        });
    }
}

#[test]
fn a_workspace_that_adopts_is_called_as_what_it_adopts_and_begins_by_observing() {
    let mut world = world();
    world.workspace.spec.adopt = vec![crds::Adoption { site: "kaicheng".into(), namespace: "his".into() }];
    world.judge((Readiness::Ready, Readiness::Ready), |judgement| {
        let Judgement::Valid(valid) = judgement else { panic!("{judgement:?}") };
        assert_eq!(valid.namespace, "his");
        let namespace = valid.entries()["kaicheng"].objects[0].object.value();
        assert_eq!(namespace["metadata"]["annotations"]["zhengyun.io/adopt"], "jiaoyu/jichu");
        assert_eq!(namespace["metadata"]["labels"]["zhengyun.io/enforcement"], "observe");
    });
    world.taken.insert("his".into(), "dept-other/x".into());
    assert_eq!(world.refusals(), ["NamespaceTaken"]);
    world.taken.clear();
    world.workspace.status =
        Some(crds::WorkspaceStatus { namespace: Some("jiaoyu-jichu".into()), ..Default::default() });
    assert_eq!(world.refusals(), ["AdoptLate"]);
}

#[test]
fn what_is_made_beside_an_adopted_namespace_is_fenced_in_at_once() {
    let mut world = world();
    world.sites.push(("second", site(json!({}))));
    let second = crds::WorkspaceSite { site: "second".into(), ..world.workspace.spec.sites[0].clone() };
    world.workspace.spec.sites.push(second);
    world.workspace.spec.adopt = vec![crds::Adoption { site: "kaicheng".into(), namespace: "his".into() }];
    world.judge((Readiness::Ready, Readiness::Ready), |judgement| {
        let Judgement::Valid(valid) = judgement else { panic!("{judgement:?}") };
        let entry = valid.entries().remove("second").unwrap();
        assert!(
            entry.objects.iter().all(|object| !crate::isolation::stage::is_lifted(&object.object.value()))
        );
        let labels = &entry.objects[0].object.value()["metadata"]["labels"];
        assert_eq!(labels["pod-security.kubernetes.io/enforce"], "restricted");
    });
}
