use std::collections::BTreeMap;

use super::*;
use crate::bundle::{Entry, FORMAT, Taken, department_content};
use crds::{Authority, BundleObject, RawObject, RemovalSpec};
use serde_json::{Value, json};

fn share(cpu: &str) -> Share {
    Share { cpu: cpu.into(), memory: "1Gi".into(), storage: "0Gi".into(), ..Share::default() }
}

fn fact(name: &str, cpu: Option<&str>) -> Value {
    json!({
        "name": name, "uid": format!("uid-{name}"), "workspace": name.trim_start_matches("jiaoyu-"),
        "system": "jiaoyu", "zone": "extranet", "displayName": "教育基础数据", "share": cpu.map(share)
    })
}

/// What a site says that holds revision 9 of the set, which only itself knows.
fn reported(phase: &str, facts: &[Value]) -> ReportedSet {
    serde_json::from_value(json!({
        "set": "jiaoyu", "phase": phase, "revision": 9, "accepted": "d9", "message": "ZY-2002 不衔接 (forked)",
        "namespaces": facts
    }))
    .unwrap()
}

fn workspace(name: &str, namespace: Option<&str>, site: &str, cpu: &str) -> Workspace {
    let sites = json!([{"site": site, "share": share(cpu)}]);
    let spec = json!({"displayName": name, "system": "jiaoyu", "zone": "extranet", "sites": sites});
    let mut workspace = Workspace::new(name, serde_json::from_value(spec).unwrap());
    workspace.metadata.generation = Some(1);
    workspace.status = namespace.map(|name| serde_json::from_value(json!({"namespace": name})).unwrap());
    workspace
}

fn refused(mut workspace: Workspace) -> Workspace {
    let said = Message::ShareEmpty {};
    let ready = json!([{
        "type": "Ready", "status": "False", "observedGeneration": 1, "reason": said.reason(),
        "message": said.to_string(), "lastTransitionTime": "2026-01-01T00:00:00Z"
    }]);
    workspace.status.get_or_insert_default().conditions = serde_json::from_value(ready).unwrap();
    workspace
}

fn told(revision: i64, after: &[i64], namespaces: &[(&str, &str)]) -> (Order, Content) {
    let entry = |(name, cpu): &(&str, &str)| {
        let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        let object = BundleObject { authority: Authority::Platform, object: RawObject::new(object) };
        ((*name).to_owned(), Entry { objects: vec![object], share: share(cpu) })
    };
    let wanted: BTreeMap<String, Entry> = namespaces.iter().map(entry).collect();
    let content = department_content("jiaoyu", None, Vec::new(), wanted, Taken::default());
    assert_eq!(content.format_version, FORMAT);
    let id = |revision: &i64| OrderId { revision: *revision, digest: format!("d{revision}") };
    let digest = format!("d{revision}");
    (Order { revision, digest, after: after.iter().map(id).collect(), ..Order::default() }, content)
}

fn register<'a>(workspaces: &'a [Workspace], removals: &'a [Removal]) -> Register<'a> {
    Register {
        department: true,
        systems: BTreeSet::from(["jiaoyu".to_owned()]),
        workspaces: workspaces.iter().collect(),
        removals: removals.iter().collect(),
    }
}

fn looked(
    reported: &ReportedSet,
    told: Option<&(Order, Content)>,
    register: &Register<'_>,
) -> Option<HeldSet> {
    let told = told.map(|(order, content)| (order, content));
    look(&Facts { site: "kaicheng", reported, told, register })
}

#[test]
fn a_set_is_held_by_the_sites_word_or_by_what_the_hub_does_not_know() {
    let why = |phase: &str, told: Option<&(Order, Content)>| {
        Some(looked(&reported(phase, &[]), told, &Register::default())?.why)
    };
    let older = told(5, &[4], &[]);
    let ahead = Message::SiteAhead { site: "kaicheng".into(), set: "jiaoyu".into() }.to_string();
    assert_eq!(why("Applied", Some(&older)), Some(ahead.clone()));
    assert_eq!(why("Applied", None), Some(ahead.clone()));
    assert_eq!(why("Quarantined", Some(&older)), Some(format!("ZY-2002 不衔接 (forked)\n{ahead}")));
    let follows = told(10, &[9], &[]);
    assert_eq!(why("Forgotten", Some(&follows)), Some("ZY-2002 不衔接 (forked)".into()));

    let empty = ReportedSet { set: "jiaoyu".into(), ..ReportedSet::default() };
    let why = looked(&empty, None, &Register::default()).unwrap().why;
    assert!(why.starts_with("ZY-3020 "), "{why}");
}

#[test]
fn what_only_waits_or_is_told_again_is_not_held() {
    let look = |phase: &str, told: &(Order, Content)| {
        looked(&reported(phase, &[]), Some(told), &Register::default()).map(|held| held.why)
    };
    // Confirmed, unconfirmed, blocked, and a site whose own store went back.
    for (phase, revision, after) in
        [("Applied", 9, &[8][..]), ("Accepted", 10, &[9]), ("Blocked", 10, &[9]), ("Applied", 30, &[20])]
    {
        assert_eq!(look(phase, &told(revision, after, &[])), None, "{phase} {revision}");
    }
    let term = ReportedSet { set: TERM_SET.into(), ..reported("Quarantined", &[]) };
    assert_eq!(looked(&term, None, &Register::default()), None);
}

#[test]
fn to_take_the_hub_changes_shares_makes_what_is_missing_and_lets_the_rest_stay() {
    let facts = [fact("jiaoyu-a", Some("16")), fact("jiaoyu-b", Some("2")), fact("jiaoyu-c", Some("1000m"))];
    let standing = told(5, &[4], &[("jiaoyu-c", "1"), ("jiaoyu-old", "1")]);
    let workspaces = [
        workspace("a", Some("jiaoyu-a"), "kaicheng", "8"),
        workspace("d", Some("jiaoyu-d"), "kaicheng", "1"),
        workspace("b", Some("jiaoyu-b"), "elsewhere", "1"),
    ];
    let held = looked(&reported("Applied", &facts), Some(&standing), &register(&workspaces, &[])).unwrap();
    assert_eq!((held.site.revision, held.hub.revision), (9, 5));
    assert_eq!(held.take_hub.stay, ["jiaoyu-b"]);
    let change = ShareChange {
        namespace: "jiaoyu-a".into(),
        workspace: "a".into(),
        from: Some(share("16")),
        to: share("8"),
    };
    assert_eq!(held.take_hub.shares, [change], "1000m is 1");
    assert_eq!(held.both.made, ["jiaoyu-d", "jiaoyu-old"]);
}

#[test]
fn what_a_hub_that_knows_nothing_of_a_set_tells_keeps_nothing_and_takes_nothing_away() {
    let facts = [fact("jiaoyu-a", Some("16"))];
    let held = looked(&reported("Applied", &facts), None, &register(&[], &[])).unwrap();
    assert_eq!((held.hub, held.take_hub.stay), (OrderId::default(), vec!["jiaoyu-a".to_owned()]));
    let workspaces = [workspace("z", None, "kaicheng", "1")];
    let held = looked(&reported("Applied", &facts), None, &register(&workspaces, &[])).unwrap();
    assert_eq!(held.both.made, ["jiaoyu-z"]);
}

#[test]
fn to_take_the_site_registers_what_is_missing_and_takes_its_shares() {
    let facts = [fact("jiaoyu-a", Some("16")), fact("jiaoyu-b", Some("2")), fact("jiaoyu-e", Some("3"))];
    let workspaces = [
        workspace("a", Some("jiaoyu-a"), "kaicheng", "8"),
        workspace("e", Some("jiaoyu-e"), "elsewhere", "3"),
    ];
    let held = looked(&reported("Applied", &facts), None, &register(&workspaces, &[])).unwrap();
    let TakeSite { create, shares, cannot } = held.take_site;
    let new = NewWorkspace {
        name: "b".into(),
        namespace: "jiaoyu-b".into(),
        display_name: "教育基础数据".into(),
        system: "jiaoyu".into(),
        zone: Zone::Extranet,
        share: share("2"),
        adopted: None,
    };
    assert_eq!((create, cannot), (vec![new], vec![]));
    let shares: Vec<_> = shares.iter().map(|s| (s.workspace.as_str(), s.from.clone(), &s.to)).collect();
    assert_eq!(shares, [("a", Some(share("8")), &share("16")), ("e", None, &share("3"))]);
}

#[test]
fn an_adopted_namespace_is_registered_as_one_at_the_stage_that_it_has() {
    let mut his = fact("his", Some("2"));
    (his["workspace"], his["enforcement"]) = ("guahao".into(), "warn".into());
    let facts = [his];
    let held = looked(&reported("Applied", &facts), None, &register(&[], &[])).unwrap();
    let new = &held.take_site.create[0];
    assert_eq!((new.name.as_str(), new.adopted), ("guahao", Some(crds::Enforcement::Warn)));
}

#[test]
fn what_the_hub_orders_just_so_is_not_registered_anew() {
    let facts = [fact("jiaoyu-a", Some("16")), fact("jiaoyu-lost", None)];
    let standing = told(5, &[4], &[("jiaoyu-a", "16"), ("jiaoyu-lost", "1")]);
    let same = looked(&reported("Applied", &facts), Some(&standing), &register(&[], &[])).unwrap();
    assert_eq!(same.take_site, TakeSite::default());
    let other = told(5, &[4], &[("jiaoyu-a", "8")]);
    let other = looked(&reported("Applied", &facts[..1]), Some(&other), &register(&[], &[])).unwrap();
    assert_eq!(other.take_site.create.len(), 1);
}

#[test]
fn what_cannot_be_registered_is_named_and_what_is_to_be_restored_first() {
    let with = |name: &str, change: Value| {
        let mut fact = fact(name, Some("1"));
        fact.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        fact
    };
    let facts = [
        with("jiaoyu-f1", json!({"workspace": ""})),
        with("jiaoyu-f2", json!({"system": ""})),
        with("jiaoyu-f3", json!({"system": "gone"})),
        with("jiaoyu-f4", json!({"zone": "intranet"})),
        with("jiaoyu-f5", json!({"share": null})),
        with("jiaoyu-f6", json!({"workspace": "known"})),
        with("hostile", json!({"workspace": "f7"})),
    ];
    let workspaces = [workspace("known", Some("jiaoyu-known"), "elsewhere", "1")];
    let all = looked(&reported("Applied", &facts), None, &register(&workspaces, &[])).unwrap().take_site;
    assert_eq!((all.create.len(), all.shares.len()), (0, 0));
    let codes: Vec<_> = all.cannot.iter().map(|one| (&one.why[..7], one.restore_first)).collect();
    let (lacks, restore, named) = (("ZY-3021", false), ("ZY-3022", true), ("ZY-3023", false));
    assert_eq!(codes, [lacks, lacks, restore, lacks, lacks, named, named]);

    let nobody = Register { department: false, ..register(&[], &[]) };
    let facts = [fact("jiaoyu-a", Some("1"))];
    let all = looked(&reported("Applied", &facts), None, &nobody).unwrap().take_site;
    assert!(all.cannot[0].restore_first && all.cannot[0].why.contains("单位 Department“jiaoyu”"), "{all:?}");
}

#[test]
fn two_namespaces_do_not_become_one_workspace() {
    let again = json!({"workspace": "a"});
    let mut second = fact("jiaoyu-a-2", Some("1"));
    second.as_object_mut().unwrap().extend(again.as_object().unwrap().clone());
    let facts = [fact("jiaoyu-a", Some("1")), second];
    let all = looked(&reported("Applied", &facts), None, &register(&[], &[])).unwrap().take_site;
    assert_eq!((all.create.len(), all.cannot.len()), (1, 1));
    assert!(all.cannot[0].why.starts_with("ZY-3023"), "{all:?}");
}

#[test]
fn a_wrong_workspace_changes_nothing_either_way_and_is_named() {
    let facts = [fact("jiaoyu-a", Some("16"))];
    let workspaces = [refused(workspace("a", Some("jiaoyu-a"), "kaicheng", "8"))];
    let held = looked(&reported("Applied", &facts), None, &register(&workspaces, &[])).unwrap();
    assert_eq!(
        (held.both.wrong, held.take_hub.stay.len(), held.take_hub.shares.len()),
        (vec!["a".into()], 1, 0)
    );
    assert_eq!(held.take_site.shares.len(), 1, "the site's share may be what puts it right");
    let workspaces = [refused(workspace("a", Some("jiaoyu-a"), "kaicheng", "16"))];
    let held = looked(&reported("Applied", &facts), None, &register(&workspaces, &[])).unwrap();
    assert!(held.take_site.cannot[0].restore_first, "{held:?}");
    let mut looked_at_before = workspaces[0].clone();
    looked_at_before.metadata.generation = Some(2);
    assert!(!is_wrong(&looked_at_before) && is_wrong(&workspaces[0]));
}

#[test]
fn what_an_approved_removal_takes_away_is_shown_beside_both() {
    let facts = [fact("jiaoyu-a", Some("16")), fact("jiaoyu-b", Some("2"))];
    let spec = |approval: Value| -> RemovalSpec {
        let places = json!([{"site": "kaicheng", "namespace": "jiaoyu-a", "uid": "uid-jiaoyu-a"}]);
        serde_json::from_value(json!({
            "workspace": "a", "places": places, "then": "delete", "by": "lin", "reason": "r", "approval": approval
        }))
        .unwrap()
    };
    let standing = told(5, &[4], &[("jiaoyu-a", "16"), ("jiaoyu-b", "2")]);
    let look = |approval: Value| {
        let removals = [Removal::new("a-1", spec(approval))];
        looked(&reported("Applied", &facts), Some(&standing), &register(&[], &removals)).unwrap()
    };
    let approved = look(json!({"by": "wang", "reference": "1"}));
    let gone = TakenAway { namespace: "jiaoyu-a".into(), removal: "a-1".into(), then: Then::Delete };
    assert_eq!((approved.both.taken, approved.take_hub.stay), (vec![gone], vec![]));
    assert_eq!(look(Value::Null).both.taken, []);
}

#[test]
fn what_is_shown_decides_its_digest() {
    let digest = |cpu: &str| {
        let facts = [fact("jiaoyu-a", Some(cpu))];
        let held = looked(&reported("Applied", &facts), None, &register(&[], &[])).unwrap();
        crate::canonical::digest(&held).unwrap()
    };
    assert_eq!(digest("1"), digest("1"));
    assert_ne!(digest("1"), digest("2"));
}
