use super::*;
use crds::{BundleObject, NamespaceShare, RawObject, Share};
use serde_json::json;

fn content(objects: Vec<Value>) -> Content {
    let objects = objects
        .into_iter()
        .map(|object| BundleObject { authority: Authority::Platform, object: RawObject::new(object) })
        .collect();
    let share = Share { cpu: "1".into(), memory: "1Gi".into(), storage: "0Gi".into(), ..Share::default() };
    let allotment = vec![NamespaceShare { namespace: "d-a".into(), share }];
    Content { set: "dd".into(), format_version: FORMAT, objects, allotment, ..Content::default() }
}

fn all(content: &Content) -> Vec<Wanted> {
    let amounts = Measured::of_share(&content.allotment[0].share).unwrap().amounts();
    let lots = BTreeMap::from([("d-a".to_owned(), Lot { revision: 1, id: String::new(), amounts })]);
    with_quotas(wanted(content).unwrap(), content, &lots)
}

fn binding() -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "b", "namespace": "d-a"}})
}

fn namespace() -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "d-a"}})
}

#[test]
fn roles_come_after_the_quota_and_the_quota_after_the_namespace() {
    let order: Vec<&str> = all(&content(vec![binding(), namespace()])).iter().map(|w| w.kind.kind).collect();
    assert_eq!(order, ["Namespace", "ResourceQuota", "RoleBinding"]);
}

#[test]
fn an_order_with_one_unknown_thing_is_left_alone_whole() {
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "d-a"}});
    assert!(matches!(wanted(&content(vec![namespace(), secret])), Err(Message::KindNotAllowed { .. })));
    let mut newer = content(vec![namespace()]);
    newer.requires = vec!["teleport".into()];
    assert!(matches!(wanted(&newer), Err(Message::RequiresMissing { .. })));
    newer = content(vec![namespace()]);
    newer.format_version = FORMAT + 1;
    assert!(matches!(wanted(&newer), Err(Message::FormatUnknown { .. })));
}

#[test]
fn an_order_stays_within_the_namespaces_that_it_makes() {
    let mut stray = binding();
    stray["metadata"]["namespace"] = "kube-system".into();
    assert!(matches!(wanted(&content(vec![namespace(), stray])), Err(Message::KindNotAllowed { .. })));
    let executor = |name: &str| json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": EXECUTOR_NAMESPACE}});
    assert!(wanted(&content(vec![namespace(), executor("dd")])).is_ok());
    assert!(wanted(&content(vec![namespace(), executor("other")])).is_err());
    // The allotment names d-a, which this set does not make.
    assert!(wanted(&content(Vec::new())).is_err());
}

#[test]
fn the_quota_of_a_namespace_that_is_not_enforced_yet_limits_nothing() {
    for (stage, limits) in [("observe", false), ("warn", false), ("enforce", true)] {
        let mut namespace = namespace();
        namespace["metadata"]["labels"] = json!({"zhengyun.io/enforcement": stage});
        let all = all(&content(vec![namespace]));
        let quota = all.iter().find(|one| one.kind.kind == "ResourceQuota").unwrap();
        assert_eq!(quota.object["spec"].get("hard").is_some(), limits, "{stage}");
        assert_eq!(crate::isolation::stage::is_lifted(&quota.object), !limits);
        let mut live = quota.object.clone();
        live["status"] = json!({});
        assert_eq!(in_force(quota, &live).is_ok(), !limits, "what limits nothing is in force at once");
    }
}

#[test]
fn a_quota_is_in_force_only_when_the_controller_shows_it() {
    let all = all(&content(vec![namespace()]));
    let quota = all.iter().find(|w| w.kind.kind == "ResourceQuota").unwrap();
    let mut live = quota.object.clone();
    assert!(in_force(quota, &live).is_err());
    live["status"] = json!({"hard": live["spec"]["hard"]});
    assert!(in_force(quota, &live).is_ok());
    live["status"]["hard"]["pods"] = "7".into();
    assert!(in_force(quota, &live).is_err());
}

#[test]
fn a_tombstone_never_matches_another_uid_another_set_or_what_is_wanted() {
    let stone = |name: &str| Tombstone {
        api_version: "v1".into(),
        kind: "Namespace".into(),
        namespace: None,
        name: name.into(),
        uid: "u1".into(),
        reason: "r".into(),
    };
    let live = |uid, set| Some(Grave { uid, set, terminating: false });
    let content = content(vec![namespace()]);
    let buried = |name: &str, live| bury(&stone(name), &content, live);
    assert_eq!(buried("d-b", live("u1", "dd")), Burial::Delete);
    assert_eq!(buried("d-b", None), Burial::Done(None));
    assert!(matches!(buried("d-b", live("u2", "dd")), Burial::Done(Some(Message::TombstoneOther { .. }))));
    assert!(matches!(buried("d-b", live("u1", "ee")), Burial::Refuse(Message::TombstoneForeign { .. })));
    assert!(matches!(buried("d-a", live("u1", "dd")), Burial::Refuse(Message::TombstoneWanted { .. })));
    let going = Some(Grave { uid: "u1", set: "dd", terminating: true });
    assert!(matches!(buried("d-b", going), Burial::Wait(_)));
}

#[test]
fn an_order_that_asks_for_many_deletions_or_for_other_kinds_is_left_alone_whole() {
    let stone = |n: usize, kind: &str| Tombstone {
        api_version: "v1".into(),
        kind: kind.into(),
        namespace: None,
        name: format!("d-{n}"),
        uid: n.to_string(),
        reason: "r".into(),
    };
    let with = |tombstones| Content { tombstones, ..content(vec![namespace()]) };
    assert!(wanted(&with((0..5).map(|n| stone(n, "Namespace")).collect())).is_ok());
    let many = wanted(&with((0..6).map(|n| stone(n, "Namespace")).collect()));
    assert!(matches!(many, Err(Message::TombstonesTooMany { .. })));
    let volume = wanted(&with(vec![stone(0, "PersistentVolume")]));
    assert!(matches!(volume, Err(Message::KindNotAllowed { .. })));
}
