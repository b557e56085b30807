//! What is a problem, what the tables show, and what hostile text comes to.

use crds::{DataCenter, Department, District, Lang, Message, System, Workspace};
use kube::Resource;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::seen::health::Health;
use super::super::seen::{Seen, Unreadable};
use super::super::words::Kind;
use super::Only;
use super::judge::judge;
use super::report::{Report, Tally};
use super::show::show;

/// An object as the API server gives it, of generation 2.
pub(crate) fn object<K: Resource<DynamicType = ()> + DeserializeOwned>(
    namespace: Option<&str>,
    name: &str,
    spec: &Value,
    status: &Value,
) -> K {
    serde_json::from_value(json!({
        "apiVersion": K::api_version(&()), "kind": K::kind(&()),
        "metadata": {"name": name, "namespace": namespace, "generation": 2},
        "spec": spec, "status": status,
    }))
    .unwrap()
}

/// `Ready` as the hub writes it.
pub(crate) fn ready(status: &str, generation: i64, message: &Message) -> Value {
    json!([{
        "type": "Ready", "status": status, "observedGeneration": generation, "reason": message.reason(),
        "message": message.to_string(), "lastTransitionTime": "2026-01-01T00:00:00Z"
    }])
}

pub(crate) fn well() -> Value {
    json!({"conditions": ready("True", 2, &Message::Settled {})})
}

pub(crate) fn room(name: &str, display: &str, accepted: bool, status: &Value) -> DataCenter {
    let spec = json!({
        "displayName": display, "owner": "zhongxin", "building": "b", "zones": ["extranet"], "accepted": accepted,
        "disposition": if accepted { "cloud" } else { "toVacate" },
        "level": {"information": 3, "service": 3}
    });
    object(None, name, &spec, status)
}

fn site(name: &str, display: &str) -> DataCenter {
    let said = Message::SiteWell { sets: "3".into(), nodes: "2".into() };
    let facts =
        json!({"agentVersion": "0.1", "kubernetesVersion": "v1.36.0", "readyNodes": 2, "namespaces": 1});
    let status = json!({
        "conditions": ready("True", 2, &said), "facts": facts, "sets": {"told": 3, "applied": 3, "blocked": 0}
    });
    room(name, display, true, &status)
}

fn inventory(name: &str, display: &str) -> DataCenter {
    room(name, display, false, &json!({"conditions": ready("True", 2, &Message::InventoryOnly {})}))
}

fn department(name: &str, display: &str) -> Department {
    object(None, name, &json!({"displayName": display, "kind": "office"}), &well())
}

pub(crate) fn system(namespace: &str, name: &str, display: &str) -> System {
    let spec = json!({
        "displayName": display, "kind": "existing", "zones": ["extranet"], "level": {"information": 2, "service": 2}
    });
    object(Some(namespace), name, &spec, &well())
}

pub(crate) fn workspace(
    namespace: &str,
    name: &str,
    display: &str,
    sites: &[&str],
    status: &Value,
) -> Workspace {
    let share = json!({"cpu": "1", "memory": "1Gi"});
    let sites: Vec<Value> = sites.iter().map(|site| json!({"site": site, "share": share})).collect();
    let spec = json!({"displayName": display, "system": name, "zone": "extranet", "sites": sites});
    object(Some(namespace), name, &spec, status)
}

fn in_force(namespace: &str, site: &str) -> Value {
    json!({
        "conditions": ready("True", 2, &Message::WorkspaceWell { sites: "1".into() }),
        "namespace": namespace, "sites": [{"site": site, "state": "Applied"}]
    })
}

/// A small district in which all is well.
pub(crate) fn all_well() -> Seen {
    let egress = json!({"dataCenter": "kaicheng", "bandwidthMbps": 300});
    let district = json!({"displayName": "杨浦区", "divisionCode": "310110", "egress": egress});
    Seen {
        districts: Some(vec![object::<District>(None, "yangpu", &district, &well())]),
        data_centers: Some(vec![
            inventory("cdc", "CDC机房"),
            site("kaicheng", "凯城机房"),
            site("wujiaochang", "五角场机房"),
        ]),
        departments: Some(vec![department("jiaoyu", "区教育局"), department("kewei", "区科委")]),
        systems: Some(vec![
            system("dept-jiaoyu", "jiaoyu", "教育平台"),
            system("dept-kewei", "ku", "实有人口库"),
        ]),
        workspaces: Some(vec![
            workspace(
                "dept-jiaoyu",
                "jiaoyu",
                "教育平台空间",
                &["kaicheng"],
                &in_force("jiaoyu-jiaoyu", "kaicheng"),
            ),
            workspace(
                "dept-kewei",
                "ku",
                "人口库空间",
                &["wujiaochang"],
                &in_force("kewei-ku", "wujiaochang"),
            ),
        ]),
        ..Seen::default()
    }
}

fn judged(seen: Seen) -> Report {
    judge(seen, None, None).unwrap()
}

/// A district whose only data centre is this one.
fn with_room(room: DataCenter) -> Report {
    judged(Seen { data_centers: Some(vec![room]), ..all_well() })
}

fn with_workspace(workspace: Workspace) -> Report {
    judged(Seen { workspaces: Some(vec![workspace]), ..all_well() })
}

#[test]
fn where_all_is_well_there_is_nothing_to_see_to() {
    let report = judged(all_well());
    assert!(report.well);
    assert_eq!(report.problems, []);
    assert_eq!(report.departments, Some(Tally { total: 2, ready: 2, not_ready: 0 }));
    assert_eq!(
        show(&report, Lang::Zh),
        "\
区:杨浦区

机房
名称        短码         处置    就绪  节点  指令  说明
凯城机房    kaicheng     上云    是    2     3/3   ZY-1113 已接入,3 组指令已生效,2 个节点就绪
五角场机房  wujiaochang  上云    是    2     3/3   ZY-1113 已接入,3 组指令已生效,2 个节点就绪
CDC机房     cdc          待腾退  -     -     -     ZY-1112 仅登记,不作为部署地点

业务空间
名称          单位      信息系统    命名空间       各机房状态         就绪  说明
教育平台空间  区教育局  教育平台    jiaoyu-jiaoyu  凯城机房:已生效    是    ZY-1214 已在 1 个机房生效
人口库空间    区科委    实有人口库  kewei-ku       五角场机房:已生效  是    ZY-1214 已在 1 个机房生效

单位:共 2 个,就绪 2 个,未就绪 0 个
信息系统:共 2 个,就绪 2 个,未就绪 0 个

正常
"
    );
}

#[test]
fn a_reader_of_english_gets_english_words_and_chinese_names() {
    let text = show(&judged(all_well()), Lang::En);
    assert!(text.starts_with("District: 杨浦区\n\nData centres\nNAME "), "{text}");
    assert!(
        text.contains("CDC机房     cdc          to vacate    -      -      -       ZY-1112 registered only"),
        "{text}"
    );
    assert!(text.contains("凯城机房: in force"), "{text}");
    assert!(
        text.ends_with(
            "Departments: 2, ready 2, not ready 0\nSystems: 2, ready 2, not ready 0\n\nall is well\n"
        ),
        "{text}"
    );
}

#[test]
fn a_room_that_is_only_registered_is_no_problem() {
    let false_said = json!({"conditions": ready("False", 2, &Message::InventoryOnly {})});
    for status in [json!({}), false_said, json!({"conditions": ready("True", 1, &Message::InventoryOnly {})})]
    {
        let report = with_room(room("siping", "四平机房", false, &status));
        assert_eq!(report.data_centers.as_ref().unwrap()[0].health, Health::NotExpected, "{status}");
        assert!(report.well);
    }
}

#[test]
fn a_registered_room_that_is_wrong_in_itself_is_a_problem() {
    let status = json!({"conditions": ready("False", 2, &Message::DataCenterName {})});
    assert_eq!(with_room(room("siping", "四平机房", false, &status)).problems.len(), 1);
}

#[test]
fn a_site_that_is_not_heard_is_a_problem() {
    let said = Message::NotHeard { site: "kaicheng".into(), seconds: "60".into() };
    let status = json!({"conditions": ready("Unknown", 2, &said)});
    let report = with_room(room("kaicheng", "凯城机房", true, &status));
    assert_eq!((report.problems[0].kind, report.problems[0].health), (Kind::DataCenter, Health::Unknown));
    let text = show(&report, Lang::Zh);
    let wanted = "需要处理 (1)\n  机房 凯城机房 (kaicheng)\n    ZY-1111 已 60 秒没有机房 kaicheng 的消息";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn what_the_hub_has_not_looked_at_is_not_taken_for_well() {
    let stale = json!({"conditions": ready("True", 1, &Message::Settled {})});
    let report = with_workspace(workspace("dept-kewei", "ku", "人口库空间", &["kaicheng"], &stale));
    assert_eq!(report.problems[0].health, Health::NotJudged);
    assert_eq!(report.problems[0].message, Message::NotYetJudged {}.to_string());
    let new = judged(Seen {
        systems: Some(vec![object(
            None,
            "x",
            &json!({
                "displayName": "x", "kind": "new", "zones": [], "level": {"information": 1, "service": 1}
            }),
            &json!({}),
        )]),
        ..all_well()
    });
    assert_eq!(new.systems, Some(Tally { total: 1, ready: 0, not_ready: 1 }));
}

#[test]
fn a_blocked_workspace_says_where_and_why() {
    let refused =
        Message::ApplyRefused { kind: "ResourceQuota".into(), name: "zhengyun".into(), error: "no".into() };
    let status = json!({
        "conditions": ready("False", 2, &Message::WorkspacePending { sites: "kaicheng".into() }),
        "sites": [
            {"site": "wujiaochang", "state": "Applied"},
            {"site": "kaicheng", "state": "Blocked", "message": refused.to_string()},
            {"site": "cdc", "state": "Left"}
        ]
    });
    let sites = ["wujiaochang", "kaicheng", "elsewhere"];
    let report = with_workspace(workspace("dept-kewei", "ku", "人口库空间", &sites, &status));
    let text = show(&report, Lang::En);
    let places = "五角场机房: in force; 凯城机房: blocked; elsewhere: pending; CDC机房: left";
    assert!(text.contains(places), "{text}");
    let wanted = "  Workspace 人口库空间 (dept-kewei/ku)\n    ZY-1213 not yet in force at: kaicheng\n    凯城机房: ZY-2007 the site refused ResourceQuota zhengyun: no\n";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn what_a_site_says_cannot_forge_lines_or_move_the_cursor() {
    let hostile = "x\u{1b}[2J\u{202e}\n需要处理 (0)\n";
    let status = json!({
        "conditions": ready("False", 2, &Message::WorkspacePending { sites: "kaicheng".into() }),
        "sites": [{"site": "kaicheng", "state": "Blocked", "message": hostile}]
    });
    let report = with_workspace(workspace("dept-kewei", "ku", "空间\u{1b}]0;x\u{7}", &["kaicheng"], &status));
    let json = serde_json::to_string(&report).unwrap();
    let text = show(&report, Lang::Zh);
    assert!(!json.contains("\\u001b") && !json.contains('\u{202e}'), "{json}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{7}') && !text.contains('\u{202e}'), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("需要处理")).count(), 1, "{text}");
}

#[test]
fn a_kind_that_may_not_be_seen_is_one_line_and_the_rest_goes_on() {
    let gaps = vec![Message::NotPermitted { kind: "单位 Department".into() }];
    let report = judged(Seen { departments: None, gaps, ..all_well() });
    assert!(report.well && report.departments.is_none());
    let text = show(&report, Lang::Zh);
    assert!(text.contains("未能查看\n  ZY-3002 您无权查看全区的单位 Department;"), "{text}");
    assert!(!text.contains("单位:共"), "{text}");
    // The short name stands in for the Chinese one.
    assert!(text.contains("教育平台空间  jiaoyu"), "{text}");
}

#[test]
fn who_may_see_nothing_is_not_told_that_all_is_well() {
    let gaps = vec![Message::KindMissing { kind: "区 District".into() }];
    let report = judged(Seen { gaps, ..Seen::default() });
    assert!(!report.well);
    assert_eq!(show(&report, Lang::En).lines().count(), 2);
}

#[test]
fn an_object_that_cannot_be_read_is_a_problem_and_hides_nobody() {
    let unreadable = vec![Unreadable {
        kind: Kind::System,
        namespace: Some("dept-kewei".into()),
        name: "odd".into(),
        error: "missing field `zones`".into(),
    }];
    let report = judged(Seen { unreadable, ..all_well() });
    assert_eq!(report.systems.unwrap().total, 2);
    let text = show(&report, Lang::En);
    assert!(text.contains("  System dept-kewei/odd\n    ZY-1005 "), "{text}");
}

#[test]
fn a_department_is_shown_with_what_is_its_own() {
    for name in ["jiaoyu", "区教育局"] {
        let report = judge(all_well(), None, Some(&Only::Department { name: name.into() })).unwrap();
        assert_eq!(report.departments.unwrap().total, 1);
        assert_eq!(report.systems.unwrap().total, 1);
        let names = |rows: Vec<&str>| rows.join(" ");
        assert_eq!(
            names(report.workspaces.as_ref().unwrap().iter().map(|row| row.name.as_str()).collect()),
            "jiaoyu"
        );
        assert_eq!(
            names(report.data_centers.as_ref().unwrap().iter().map(|row| row.name.as_str()).collect()),
            "kaicheng"
        );
    }
    let unknown = judge(all_well(), None, Some(&Only::Department { name: "区卫健委".into() })).unwrap_err();
    assert!(matches!(unknown, Message::NotFound { .. }));
}

#[test]
fn a_data_centre_is_shown_with_what_stands_there() {
    let report = judge(all_well(), None, Some(&Only::Site { name: "五角场机房".into() })).unwrap();
    let rows = report.workspaces.unwrap();
    assert_eq!((rows.len(), rows[0].department_name.as_str()), (1, "区科委"));
    assert_eq!((report.departments.unwrap().total, report.systems.unwrap().total), (1, 1));
    assert_eq!(report.data_centers.unwrap().len(), 1);
}

#[test]
fn who_may_not_list_departments_can_ask_for_their_own_by_its_short_name() {
    let ask = |name: &str| {
        let seen = Seen { departments: None, ..all_well() };
        judge(seen, None, Some(&Only::Department { name: name.into() }))
    };
    assert_eq!(ask("kewei").unwrap().workspaces.unwrap().len(), 1);
    assert!(matches!(ask("区科委"), Err(Message::NotPermitted { .. })));
}

#[test]
fn the_answer_for_programs_keeps_its_fields() {
    let only = Some(Only::Site { name: "kaicheng".into() });
    let report = judge(Seen { districts: None, ..all_well() }, None, only.as_ref()).unwrap();
    let said = Message::SiteWell { sets: "3".into(), nodes: "2".into() }.to_string();
    let wanted = json!({
        "format": 1,
        "well": true,
        "districts": null,
        "dataCenters": [{
            "name": "kaicheng", "displayName": "凯城机房", "disposition": "cloud", "site": true, "health": "ready",
            "readyNodes": 2, "message": said, "details": [], "lastContact": null, "sets": {
                "told": 3, "accepted": 0, "applied": 3, "blocked": 0, "quarantined": 0, "contested": 0, "unknown": 0
            }
        }],
        "workspaces": [{
            "namespace": "dept-jiaoyu", "name": "jiaoyu", "displayName": "教育平台空间",
            "department": "jiaoyu", "departmentName": "区教育局", "system": "jiaoyu", "systemName": "教育平台",
            "siteNamespace": "jiaoyu-jiaoyu",
            "places": [{
                "site": "kaicheng", "siteName": "凯城机房", "state": "Applied", "message": "", "drift": "",
                "lastContact": null
            }],
            "health": "ready", "message": Message::WorkspaceWell { sites: "1".into() }.to_string()
        }],
        "perDepartment": [{
            "name": "jiaoyu", "displayName": "区教育局", "health": "ready",
            "message": Message::Settled {}.to_string(), "problems": 0, "waits": "",
            "systems": {"total": 1, "ready": 1, "notReady": 0},
            "workspaces": {"total": 1, "ready": 1, "notReady": 0},
            "means": {"total": null, "granted": null, "told": null, "counted": null, "asked": {
                "cpu": "1", "memory": "1Gi", "storage": "0Gi", "pods": 50, "volumes": 20, "services": 20, "namespaces": 1
            }}
        }],
        "register": [{
            "namespace": "dept-jiaoyu", "name": "jiaoyu", "displayName": "教育平台", "departmentName": "区教育局",
            "kind": "existing", "zones": ["extranet"], "level": "S2A2", "filing": null, "recovery": "none",
            "operator": null, "health": "ready", "message": Message::Settled {}.to_string()
        }],
        "budgets": null,
        "grants": null,
        "allotments": null,
        "departments": {"total": 1, "ready": 1, "notReady": 0},
        "systems": {"total": 1, "ready": 1, "notReady": 0},
        "workspaceSets": null,
        "problems": [],
        "notSeen": [],
        "readAt": "1970-01-01T00:00:00Z"
    });
    assert_eq!(serde_json::to_value(&report).unwrap(), wanted);
}
