use super::*;
use crate::bundle::Content;
use crds::{Authority, BundleObject, RawObject};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Workspaces by department and name, and the time.
struct World {
    workspaces: BTreeMap<Id, WorkspaceSpec>,
    now: Timestamp,
}

fn id(department: &str, workspace: &str) -> Id {
    (department.into(), workspace.into())
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn spec(more: Value) -> WorkspaceSpec {
    let place = |site: &str| json!({"site": site, "share": {"cpu": "1", "memory": "1Gi"}});
    let mut full = json!({
        "displayName": "x", "system": "x", "zone": "extranet", "sites": [place("kaicheng"), place("siping")]
    });
    full.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(full).unwrap()
}

/// Education asks for two ports of health until the end of June, and health agrees to one of them until the end of March.
fn world() -> World {
    let ports = json!([{"port": 8443}, {"port": 53, "protocol": "UDP"}]);
    let to = json!({"department": "weisheng", "workspace": "jiankang"});
    let flow =
        json!({"name": "jiankang", "to": to, "ports": ports, "until": "2027-06-30", "purpose": "学生健康"});
    let from = json!({"department": "jiaoyu", "workspace": "xueji"});
    let consent = json!({"from": from, "ports": [{"port": 8443}, {"port": 80}], "until": "2027-03-31"});
    World {
        workspaces: BTreeMap::from([
            (id("jiaoyu", "xueji"), spec(json!({"flows": [flow]}))),
            (id("weisheng", "jiankang"), spec(json!({"consents": [consent]}))),
        ]),
        now: at("2027-01-01T00:00:00Z"),
    }
}

impl World {
    fn decide(&self, id: &Id) -> Flows {
        self.decide_with(id, &[])
    }

    fn decide_with(&self, id: &Id, decreed: &[Decreed<'_>]) -> Flows {
        let namespaces: BTreeMap<&Id, String> =
            self.workspaces.keys().map(|id| (id, format!("{}-{}", id.0, id.1))).collect();
        let sides = self
            .workspaces
            .iter()
            .map(|(id, spec)| (id.clone(), Side { spec, namespace: Some(&namespaces[id]) }))
            .collect();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let own = self.workspaces.keys().filter(|(department, _)| *department == id.0);
        let facts = Facts {
            sides: &sides,
            departments: &names(&["jiaoyu", "weisheng"]),
            own: &own.map(|(_, name)| name.clone()).collect(),
            decreed,
            now: self.now,
        };
        decide(id, sides[id], &facts)
    }

    fn spec(&mut self, department: &str, workspace: &str) -> &mut WorkspaceSpec {
        self.workspaces.get_mut(&id(department, workspace)).unwrap()
    }

    /// How the flow stands where it begins and where it leads to.
    fn states(&self) -> Vec<(FlowState, FlowState)> {
        let (out, into) = (self.decide(&id("jiaoyu", "xueji")), self.decide(&id("weisheng", "jiankang")));
        out.statuses.iter().zip(&into.statuses).map(|(out, into)| (out.state, into.state)).collect()
    }

    /// Whether both halves stand at every common site, one half, or none.
    fn halves(&self) -> (bool, bool) {
        let (out, into) = (self.decide(&id("jiaoyu", "xueji")), self.decide(&id("weisheng", "jiankang")));
        (
            out.sites.values().any(|site| !site.out.is_empty()),
            into.sites.values().any(|site| !site.into.is_empty()),
        )
    }
}

#[test]
fn what_both_sides_say_is_open_on_the_ports_of_both_until_the_earlier_end() {
    let world = world();
    let out = world.decide(&id("jiaoyu", "xueji"));
    let end = at("2027-03-31T16:00:00Z");
    let opened = Opened {
        department: "weisheng".into(),
        namespace: "weisheng-jiankang".into(),
        ports: vec![FlowPort { port: 8443, protocol: crds::Protocol::Tcp }],
        until: Some(end),
    };
    assert_eq!(out.sites.keys().collect::<Vec<_>>(), ["kaicheng", "siping"]);
    assert_eq!(out.sites["kaicheng"], AtSite { out: BTreeSet::from([opened]), into: BTreeSet::new() });
    assert_eq!(out.next, Some(end));
    assert_eq!(world.states(), [(FlowState::Open, FlowState::Open)]);
    let into = world.decide(&id("weisheng", "jiankang"));
    let half = into.sites["siping"].into.first().unwrap();
    assert_eq!((half.namespace.as_str(), half.until, half.ports.len()), ("jiaoyu-xueji", Some(end), 1));
    let metadata = json!({"name": POLICY, "namespace": "weisheng-jiankang"});
    insta::assert_yaml_snapshot!(network_policy(metadata, &into.sites["siping"]));
}

#[test]
fn without_consent_neither_half_opens_and_both_sides_are_told() {
    let mut world = world();
    world.spec("weisheng", "jiankang").consents.clear();
    assert_eq!(world.states(), [(FlowState::AwaitsConsent, FlowState::AwaitsConsent)]);
    assert_eq!(world.halves(), (false, false));
    let asked = &world.decide(&id("weisheng", "jiankang")).statuses[0].message;
    assert!(asked.starts_with("ZY-1471 jiaoyu/xueji"), "{asked}");
}

#[test]
fn whether_another_department_has_a_workspace_is_not_learned_by_asking() {
    let mut there = world();
    there.spec("weisheng", "jiankang").consents.clear();
    let mut gone = world();
    gone.workspaces.remove(&id("weisheng", "jiankang"));
    let said = |world: &World| world.decide(&id("jiaoyu", "xueji")).statuses;
    assert_eq!(said(&there), said(&gone));
}

#[test]
fn a_consent_to_somebody_else_or_to_other_ports_opens_nothing() {
    let mut other = world();
    other.spec("weisheng", "jiankang").consents[0].from.workspace = "other".into();
    assert_eq!(other.halves(), (false, false));
    let mut ports = world();
    ports.spec("weisheng", "jiankang").consents[0].ports.remove(0);
    assert_eq!(ports.halves(), (false, false));
    let said = &ports.decide(&id("jiaoyu", "xueji")).statuses[0];
    assert!(said.message.starts_with("ZY-1480"), "{said:?}");
    assert!(said.message.contains("asked for 53/UDP, 8443/TCP, agreed to 80/TCP"), "{said:?}");
}

#[test]
fn the_end_passes_by_itself_on_both_sides() {
    let mut world = world();
    world.now = at("2027-03-31T15:59:59Z");
    assert_eq!(world.halves(), (true, true));
    world.now = at("2027-03-31T16:00:00Z");
    assert_eq!(world.halves(), (false, false));
    assert_eq!(world.states(), [(FlowState::Ended, FlowState::Ended)]);
    assert_eq!(world.decide(&id("jiaoyu", "xueji")).next, None);
}

#[test]
fn an_end_that_is_too_far_or_missing_opens_nothing_on_the_other_side_either() {
    for until in [None, Some("2029-01-01".to_owned())] {
        let mut world = world();
        world.spec("jiaoyu", "xueji").flows[0].until = until;
        assert_eq!(world.decide(&id("weisheng", "jiankang")).statuses, []);
    }
    let mut world = world();
    world.spec("weisheng", "jiankang").consents[0].until = "2029-01-01".into();
    assert_eq!(world.halves(), (false, false));
}

#[test]
fn what_is_said_stays_the_same_while_time_passes_and_nothing_else_does() {
    let mut world = world();
    world.spec("jiaoyu", "xueji").flows[0].until = Some("2029-01-01".into());
    let wrong = |now: &str| check(("jiaoyu", "xueji"), &world.workspaces[&id("jiaoyu", "xueji")], at(now));
    assert_eq!(wrong("2027-01-01T00:00:00Z").len(), 1);
    assert_eq!(wrong("2027-01-01T00:00:00Z"), wrong("2027-01-01T00:00:01Z"));
    let mut right = super::tests::world();
    let before = right.decide(&id("jiaoyu", "xueji"));
    right.now = at("2027-01-01T00:00:01Z");
    assert_eq!(right.decide(&id("jiaoyu", "xueji")), before);
}

#[test]
fn flows_stay_in_one_zone_and_at_common_sites() {
    let mut zone = world();
    zone.spec("weisheng", "jiankang").zone = crds::Zone::Internet;
    assert_eq!(zone.states(), [(FlowState::Refused, FlowState::Refused)]);
    assert_eq!(zone.halves(), (false, false));
    let mut one = world();
    one.spec("weisheng", "jiankang").sites.remove(0);
    assert_eq!(one.decide(&id("jiaoyu", "xueji")).sites.keys().collect::<Vec<_>>(), ["siping"]);
    one.spec("jiaoyu", "xueji").sites.remove(1);
    assert_eq!(one.states(), [(FlowState::Refused, FlowState::Refused)]);
    assert_eq!(one.halves(), (false, false));
}

#[test]
fn within_a_department_no_consent_and_no_end_is_needed() {
    let mut world = world();
    let to = json!({"workspace": "chengji"});
    let flow = json!({"name": "chengji", "to": to, "ports": [{"port": 443}], "purpose": "成绩"});
    world.spec("jiaoyu", "xueji").flows = vec![serde_json::from_value(flow).unwrap()];
    let said = &world.decide(&id("jiaoyu", "xueji")).statuses[0];
    assert_eq!(said.state, FlowState::Refused);
    assert!(said.message.contains("choose from: xueji"), "{said:?}");
    world.workspaces.insert(id("jiaoyu", "chengji"), spec(json!({})));
    let into = world.decide(&id("jiaoyu", "chengji"));
    assert_eq!((into.statuses[0].state, into.next), (FlowState::Open, None));
    assert_eq!(world.decide(&id("jiaoyu", "xueji")).sites["kaicheng"].out.len(), 1);
}

#[test]
fn a_flow_to_a_department_that_does_not_exist_is_refused_with_those_that_do() {
    let mut world = world();
    world.spec("jiaoyu", "xueji").flows[0].to.department = Some("nobody".into());
    let said = &world.decide(&id("jiaoyu", "xueji")).statuses[0];
    assert_eq!(said.state, FlowState::Refused);
    assert!(said.message.contains("choose from: jiaoyu, weisheng"), "{said:?}");
}

#[test]
fn a_set_opens_what_it_says_on_its_own_decision() {
    let mut world = world();
    world.spec("jiaoyu", "xueji").flows.clear();
    world.spec("weisheng", "jiankang").consents.clear();
    let ports = [FlowPort { port: 8443, protocol: crds::Protocol::Tcp }];
    let (from, to) = (id("jiaoyu", "xueji"), id("weisheng", "jiankang"));
    let decreed =
        Decreed { set: "lianhe", from: from.clone(), to: to.clone(), ports: &ports, until: "2027-03-31" };
    let decreed = [decreed];
    let (out, into) = (world.decide_with(&from, &decreed), world.decide_with(&to, &decreed));
    assert_eq!(out.sites["kaicheng"].out.len(), 1);
    assert_eq!(into.sites["kaicheng"].into.len(), 1);
    world.now = at("2027-04-01T00:00:00Z");
    assert_eq!(world.decide_with(&from, &decreed).sites, BTreeMap::new());
}

#[test]
fn an_order_that_nobody_renders_anew_ends_on_time_and_keeps_what_has_not_ended() {
    let rule = |namespace: &str, until: Option<&str>| Opened {
        department: "weisheng".into(),
        namespace: namespace.into(),
        ports: vec![FlowPort { port: 443, protocol: crds::Protocol::Tcp }],
        until: until.map(at),
    };
    let (june, march) = ("2027-06-30T16:00:00Z", "2027-03-31T16:00:00Z");
    let open = AtSite {
        out: BTreeSet::from([rule("a", Some(march)), rule("b", None)]),
        into: BTreeSet::from([rule("a", Some(march)), rule("c", Some(june))]),
    };
    let policy = |open: &AtSite| {
        let object = RawObject::new(network_policy(json!({"name": POLICY, "namespace": "n"}), open));
        BundleObject { authority: Authority::Platform, object }
    };
    let mut content = Content { objects: vec![policy(&open)], ..Content::default() };
    let before = content.clone();
    assert_eq!(end_in(&mut content, at("2027-03-31T15:59:59Z")), Some(at(march)));
    assert_eq!(content, before);
    assert_eq!(end_in(&mut content, at(march)), Some(at(june)));
    let after =
        AtSite { out: BTreeSet::from([rule("b", None)]), into: BTreeSet::from([rule("c", Some(june))]) };
    assert_eq!(content.objects, [policy(&after)]);
    assert_eq!(end_in(&mut content, at(june)), None);
    let last = AtSite { into: BTreeSet::new(), ..after };
    assert_eq!(content.objects, [policy(&last)]);
}

proptest! {
    /// Whatever ends and ports both sides write, at every moment the two halves are the same: the one never lets out what the
    /// other does not let in, and nothing is open past any of its ends.
    #[test]
    fn both_halves_agree_at_every_moment(
        flow_days in 0..400_i64, consents in prop::collection::vec((0..400_i64, prop::collection::btree_set(1..5_u16, 1..4)), 0..4),
        asked in prop::collection::btree_set(1..5_u16, 1..4), moment in 0..420_i64,
    ) {
        let start = at("2027-01-01T00:00:00Z");
        let day = |days: i64| (start + k8s_openapi::jiff::SignedDuration::from_hours(24 * days)).to_string();
        let ports = |ports: &BTreeSet<u16>| ports.iter().map(|port| json!({"port": port})).collect::<Vec<_>>();
        let mut world = world();
        world.now = at(&day(moment));
        let flow = &mut world.spec("jiaoyu", "xueji").flows[0];
        flow.until = Some(day(flow_days));
        flow.ports = serde_json::from_value(ports(&asked).into()).unwrap();
        let from = json!({"department": "jiaoyu", "workspace": "xueji"});
        let written = consents.iter().map(|(days, agreed)| json!({"from": from, "until": day(*days), "ports": ports(agreed)}));
        world.spec("weisheng", "jiankang").consents =
            serde_json::from_value(written.collect::<Vec<_>>().into()).unwrap();
        let (out, into) = (world.decide(&id("jiaoyu", "xueji")), world.decide(&id("weisheng", "jiankang")));
        let rules = |rules: Option<&BTreeSet<Opened>>| {
            let rules = rules.into_iter().flatten();
            rules.map(|rule| (rule.ports.clone(), rule.until)).collect::<BTreeSet<_>>()
        };
        let (out, into) = (rules(out.sites.get("kaicheng").map(|s| &s.out)), rules(into.sites.get("kaicheng").map(|s| &s.into)));
        prop_assert_eq!(&out, &into);
        for (ports, until) in &out {
            prop_assert!(until.unwrap() > world.now && until.unwrap() <= at(&day(flow_days)));
            for port in ports {
                let agreed = consents.iter().any(|(days, agreed)| agreed.contains(&port.port) && at(&day(*days)) >= until.unwrap());
                prop_assert!(asked.contains(&port.port) && agreed);
            }
        }
    }
}
