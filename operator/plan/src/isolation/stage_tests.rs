use super::*;
use crds::tenancy::department::{DepartmentGroup, DepartmentRole};
use crds::{IsolationProfileSpec, ProtectionLevel, Zone};

use crate::isolation::{Fence, objects};
use crate::names::DepartmentName;

fn rendered(stage: Enforcement) -> Vec<BundleObject> {
    let department = DepartmentName::parse("weijian").unwrap();
    let profile: IsolationProfileSpec = serde_json::from_value(json!({"displayName": "标准"})).unwrap();
    let groups = [DepartmentGroup { group: "oidc:weijian-admin".into(), role: DepartmentRole::Admin }];
    let fence = Fence {
        flows: &crate::flows::AtSite::default(),
        egress_mbit: 0,
        hosts: &[],
        frozen: false,
        namespace: "his",
        department: &department,
        workspace: ("guahao", "uid-1"),
        display_name: "预约挂号",
        system: "guahao",
        level: ProtectionLevel { information: 3, service: 3 },
        zone: Zone::Extranet,
        profile: &profile,
        groups: &groups,
    };
    staged(objects(&fence), stage, "weijian/guahao")
}

fn of(stage: Enforcement, kind: &str) -> Vec<Value> {
    let all = rendered(stage).into_iter().map(|object| object.object.value());
    all.filter(|object| object["kind"] == kind).collect()
}

#[test]
fn each_stage_adds_to_the_one_before() {
    for stage in [Enforcement::Observe, Enforcement::Warn] {
        insta::assert_yaml_snapshot!(format!("at_{}", stage.id()), rendered(stage));
    }
    let in_effect = |stage| {
        let all = rendered(stage).into_iter().map(|object| object.object.value());
        let mut kinds: Vec<String> =
            all.filter(|object| !is_lifted(object)).map(|o| text(&o, "/kind").to_owned()).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    assert_eq!(in_effect(Enforcement::Observe), ["Namespace"]);
    assert_eq!(in_effect(Enforcement::Warn), ["ConfigMap", "Namespace", "RoleBinding"]);
    let all = ["ConfigMap", "LimitRange", "Namespace", "NetworkPolicy", "RoleBinding"];
    assert_eq!(in_effect(Enforcement::Enforce), all);
}

#[test]
fn a_freeze_waits_for_the_stage_that_enforces_anything() {
    let frozen =
        json!({"kind": "Namespace", "metadata": {"name": "his", "labels": {"zhengyun.io/frozen": "true"}}});
    let at = |stage| at_stage(frozen.clone(), stage, "weijian/guahao")["metadata"]["labels"].clone();
    assert!(at(Enforcement::Observe).get(labels::FROZEN).is_none());
    assert!(at(Enforcement::Warn).get(labels::FROZEN).is_some());
}

#[test]
fn a_lifted_network_policy_selects_no_pod_and_opens_nothing() {
    for policy in of(Enforcement::Warn, "NetworkPolicy") {
        assert!(policy["spec"].get("ingress").is_none() && policy["spec"].get("egress").is_none());
        let both = policy["spec"]["podSelector"]["matchExpressions"].as_array().unwrap();
        let operators: Vec<&str> = both.iter().map(|expression| text(expression, "/operator")).collect();
        assert_eq!((operators, &both[0]["key"]), (vec!["Exists", "DoesNotExist"], &both[1]["key"]));
    }
}

/// A namespace as it stands after each step of a walk, as server-side apply and the repair of closed labels leave it.
fn walk(own: &[(&str, &str)], steps: &[Enforcement]) -> Value {
    let own: Map<String, Value> =
        own.iter().map(|(k, v)| (format!("{POD_SECURITY}{k}"), (*v).into())).collect();
    let mut live = json!({"kind": "Namespace", "metadata": {"name": "his", "labels": own}});
    for stage in steps {
        let wanted = of(*stage, "Namespace").remove(0);
        let wanted = as_found(&wanted, &live).unwrap();
        live["metadata"]["labels"] = wanted["metadata"]["labels"].clone();
        live["metadata"]["annotations"] = wanted["metadata"]["annotations"].clone();
        assert_eq!(as_found(&wanted, &live).unwrap(), wanted, "a second look changes nothing");
    }
    live
}

fn labels_of(live: &Value) -> Vec<(String, String)> {
    pod_security(live).map(|(key, value)| (key.replace(POD_SECURITY, ""), value)).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_namespace_keeps_its_own_pod_security_labels_until_ours_take_their_place_and_gets_them_back() {
    use Enforcement::{Enforce, Observe, Warn};
    let own = [("audit", "baseline"), ("enforce", "baseline")];
    assert_eq!(labels_of(&walk(&own, &[Observe])), pairs(&own));
    let warned = [
        ("audit", "restricted"),
        ("audit-version", "latest"),
        ("enforce", "baseline"),
        ("warn", "restricted"),
        ("warn-version", "latest"),
    ];
    assert_eq!(labels_of(&walk(&own, &[Observe, Warn])), pairs(&warned));
    let enforced = [("enforce", "restricted"), ("enforce-version", "latest")];
    assert_eq!(labels_of(&walk(&own, &[Observe, Warn, Enforce])), pairs(&enforced));
    assert_eq!(labels_of(&walk(&own, &[Observe, Warn, Enforce, Warn])), pairs(&warned));
    assert_eq!(labels_of(&walk(&own, &[Observe, Warn, Enforce, Warn, Observe])), pairs(&own));
    assert_eq!(labels_of(&walk(&[], &[Observe, Warn, Enforce, Warn, Observe])), []);
}

#[test]
fn a_namespace_that_the_platform_made_is_not_looked_at() {
    let wanted = json!({"kind": "Namespace", "metadata": {"name": "a", "labels": {}}});
    assert_eq!(as_found(&wanted, &json!({})), None);
    assert_eq!(stage_of(&wanted), Enforcement::Enforce);
}
