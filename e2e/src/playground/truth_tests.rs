use super::*;
use crds::{Department, Workspace};
use serde_json::{Value, json};

fn status(holds: &str, generation: i64, reason: &str) -> Value {
    json!({"conditions": [{
        "type": "Ready", "status": holds, "reason": reason, "message": "m", "observedGeneration": generation,
        "lastTransitionTime": "2026-01-01T00:00:00Z"
    }]})
}

fn department(status: Option<Value>) -> Department {
    serde_json::from_value(json!({
        "apiVersion": "zhengyun.io/v1alpha1", "kind": "Department",
        "metadata": {"name": "jiaoyu", "generation": 2},
        "spec": {"displayName": "区教育局", "kind": "office"}, "status": status
    }))
    .unwrap()
}

fn room(accepted: bool, reason: &str) -> DataCenter {
    serde_json::from_value(json!({
        "apiVersion": "zhengyun.io/v1alpha1", "kind": "DataCenter",
        "metadata": {"name": "kaicheng", "generation": 1},
        "spec": {
            "displayName": "凯城机房", "owner": "dianzheng", "building": "凯城", "disposition": "cloud",
            "zones": ["extranet"], "level": {"information": 3, "service": 3}, "accepted": accepted
        },
        "status": status("True", 1, reason)
    }))
    .unwrap()
}

fn workspace() -> Workspace {
    let mut status = status("True", 1, "WorkspaceWell");
    status["namespace"] = "jiaoyu-jiaoyu".into();
    serde_json::from_value(json!({
        "apiVersion": "zhengyun.io/v1alpha1", "kind": "Workspace",
        "metadata": {"name": "jiaoyu", "namespace": "dept-jiaoyu", "generation": 1},
        "spec": {
            "displayName": "教育平台", "system": "jiaoyu", "zone": "extranet",
            "sites": [{"site": "kaicheng", "share": {"cpu": "4", "memory": "8Gi"}}]
        },
        "status": status
    }))
    .unwrap()
}

fn why(register: &Register) -> Vec<String> {
    untrue(register).into_iter().map(|one| format!("{} {}: {}", one.kind, one.name, one.why)).collect()
}

#[test]
fn only_ready_about_the_present_generation_is_true() {
    let of = |status| Register {
        departments: vec![department(status)],
        workspaces: vec![workspace()],
        ..Register::default()
    };
    assert_eq!(why(&of(Some(status("True", 2, "Settled")))), [""; 0]);
    let prefix = "单位 Department 区教育局 (jiaoyu): ";
    assert_eq!(why(&of(None)), [format!("{prefix}尚无 Ready 结论 (nothing says Ready yet)")]);
    assert_eq!(why(&of(Some(status("False", 2, "Duplicate")))), [format!("{prefix}Ready=False m")]);
    assert!(why(&of(Some(status("True", 1, "Settled"))))[0].contains("older generation"));
}

#[test]
fn an_empty_register_is_not_a_true_one() {
    assert_eq!(untrue(&Register::default()).len(), 1);
}

#[test]
fn a_room_in_use_is_not_ready_by_being_registered_and_the_other_way_round() {
    let of = |accepted, reason| Register {
        data_centers: vec![room(accepted, reason)],
        workspaces: vec![workspace()],
        ..Register::default()
    };
    assert_eq!(why(&of(true, "SiteWell")), [""; 0]);
    assert_eq!(why(&of(false, "InventoryOnly")), [""; 0]);
    assert_eq!(why(&of(true, "InventoryOnly")).len(), 1);
    assert_eq!(why(&of(false, "SiteWell")).len(), 1);
}

#[test]
fn what_the_site_itself_lacks_is_told_although_the_hub_says_ready() {
    let register = Register { workspaces: vec![workspace()], ..Register::default() };
    let found = untrue_on_sites(&register, &Field::default());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, "教育平台 · kaicheng/jiaoyu-jiaoyu");
}
