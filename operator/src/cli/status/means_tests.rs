//! What is shown of budgets, grants and allotments, of one system, and on the page.

use crds::{Allotment, Budget, DataCenter, Department, District, Grant, Lang, Message};
use serde_json::json;

use super::super::seen::Seen;
use super::Only;
use super::judge::judge;
use super::page::page;
use super::report::Report;
use super::show::show;
use super::tests::{all_well, object, ready, room, well, workspace};

fn amounts(cpu: &str) -> serde_json::Value {
    json!({
        "cpu": cpu, "memory": "16Gi", "storage": "1Ti", "pods": 100, "volumes": 40, "services": 40, "namespaces": 4
    })
}

/// A district whose education office asks for more than it has.
pub(crate) fn short() -> Seen {
    let basis = json!({"document": "会议纪要〔2026〕3 号"});
    let whole = Message::BudgetInForce { cpu: "32".into(), granted: "16".into() };
    let budget: Budget = object(
        Some("dept-jiaoyu"),
        "2026",
        &json!({"year": 2026, "funding": "application", "total": amounts("32"), "basis": basis}),
        &json!({"conditions": ready("True", 2, &whole)}),
    );
    let given = json!([{"site": "kaicheng", "amounts": amounts("16")}]);
    let grant: Grant = object(
        Some("dept-jiaoyu"),
        "jichu",
        &json!({"sites": given, "until": "2026-12-31", "basis": basis}),
        &json!({"inForce": given, "conditions": ready("True", 2, &Message::GrantInForce { until: "2026-12-31".into() })}),
    );
    let told = Message::AllotmentTold { site: "kaicheng".into() };
    let allotment: Allotment = object(
        Some("site-kaicheng"),
        "jiaoyu",
        &json!({"granted": amounts("16")}),
        &json!({"told": amounts("16"), "counted": amounts("8"), "conditions": ready("False", 2, &told)}),
    );
    let exceeds = Message::ShareExceedsGrant {
        site: "kaicheng".into(),
        what: "处理器 cpu".into(),
        asked: "20".into(),
        left: "16".into(),
    };
    let status = json!({
        "conditions": ready("False", 2, &Message::WorkspacePending { sites: "kaicheng".into() }),
        "namespace": "jiaoyu-jichu",
        "sites": [{"site": "kaicheng", "state": "Blocked", "message": exceeds.to_string()}]
    });
    let mut seen = all_well();
    seen.workspaces = Some(vec![workspace("dept-jiaoyu", "jiaoyu", "教育平台空间", &["kaicheng"], &status)]);
    let at = "2026-06-01T02:30:00Z".parse().unwrap();
    Seen {
        budgets: Some(vec![budget]),
        grants: Some(vec![grant]),
        allotments: Some(vec![allotment]),
        at,
        ..seen
    }
}

fn asked(only: Only) -> Report {
    judge(short(), None, Some(&only)).unwrap()
}

#[test]
fn a_department_is_shown_what_it_may_use_and_what_waits() {
    insta::assert_snapshot!(show(&asked(Only::Department { name: "区教育局".into() }), Lang::Zh));
}

#[test]
fn a_system_is_shown_with_its_entry_and_what_is_in_force_where() {
    insta::assert_snapshot!(show(&asked(Only::System { name: "教育平台".into() }), Lang::Zh));
    let unknown = judge(short(), None, Some(&Only::System { name: "无".into() })).unwrap_err();
    assert!(matches!(unknown, Message::NotFound { .. }));
}

#[test]
fn what_is_not_the_systems_is_not_shown_with_it() {
    let report = judge(all_well(), None, Some(&Only::System { name: "教育平台".into() })).unwrap();
    let names = |found: Vec<&str>| found.join(" ");
    let workspaces = report.workspaces.as_deref().unwrap().iter().map(|row| row.name.as_str());
    let rooms = report.data_centers.as_deref().unwrap().iter().map(|row| row.name.as_str());
    assert_eq!((names(workspaces.collect()), names(rooms.collect())), ("jiaoyu".into(), "kaicheng".into()));
}

#[test]
fn what_a_person_ended_is_nothing_to_see_to() {
    let spec = json!({
        "year": 2026, "funding": "application", "total": amounts("32"), "basis": {"document": "x"},
        "withdrawn": true
    });
    let ask = |said: &Message| {
        let status = json!({"conditions": ready("False", 2, said)});
        let budgets = Some(vec![object::<Budget>(Some("dept-jiaoyu"), "2026", &spec, &status)]);
        judge(Seen { budgets, ..all_well() }, None, None).unwrap().problems.len()
    };
    assert_eq!(ask(&Message::BudgetWithdrawn {}), 0);
    assert_eq!(ask(&Message::DayMalformed { field: "x".into() }), 1);
}

#[test]
fn a_district_has_a_line_for_each_department_with_something_to_see_to() {
    let text = show(&judge(short(), None, None).unwrap(), Lang::Zh);
    let wanted = "
单位
名称      短码    信息系统  业务空间  CPU 计入/额度  待处理  说明
区教育局  jiaoyu  1/1       0/1       8/32           2       ZY-1412 机房 kaicheng 资源超出批复:处理器 cpu 申请 20,剩余 16
";
    assert!(text.contains(wanted), "{text}");
    let help = "凯城机房:ZY-1412 机房 kaicheng 资源超出批复:处理器 cpu 申请 20,剩余 16\n    本单位可运行:kubectl edit workspace jiaoyu -n dept-jiaoyu\n";
    assert!(text.contains(help), "{text}");
}

#[test]
fn who_sees_no_departments_is_shown_the_means_of_their_own() {
    let seen = Seen { departments: None, districts: None, data_centers: None, allotments: None, ..short() };
    let mut own = seen;
    own.systems = own.systems.map(|all| all.into_iter().take(1).collect());
    let text = show(&judge(own, None, None).unwrap(), Lang::Zh);
    assert!(text.contains("单位:jiaoyu (jiaoyu)\n资源      额度  批复数  申请  下达数  计入数\nCPU       32    16      1     -       -\n"), "{text}");
}

#[test]
fn a_leader_reads_one_page() {
    insta::assert_snapshot!(page(&judge(short(), None, None).unwrap()).unwrap());
}

#[test]
fn the_page_shows_hostile_texts_as_texts_and_has_nothing_from_elsewhere() {
    let hostile = "<script>alert(1)</script>\"'&\u{202e}";
    let egress = json!({"dataCenter": "kaicheng", "bandwidthMbps": 300});
    let district = json!({"displayName": hostile, "divisionCode": "310110", "egress": egress});
    let site: DataCenter = room(
        "kaicheng",
        hostile,
        true,
        &json!({"conditions": [{
            "type": "Ready", "status": "False", "observedGeneration": 2, "reason": "x", "message": hostile,
            "lastTransitionTime": "2026-01-01T00:00:00Z"
        }]}),
    );
    let department: Department =
        object(None, "jiaoyu", &json!({"displayName": hostile, "kind": "office"}), &json!({}));
    let status =
        json!({"sites": [{"site": hostile, "state": "Blocked", "message": hostile, "drift": hostile}]});
    let workspaces = vec![workspace("dept-jiaoyu", "jiaoyu", hostile, &["kaicheng"], &status)];
    let seen = Seen {
        districts: Some(vec![object::<District>(None, "yangpu", &district, &well())]),
        data_centers: Some(vec![site]),
        departments: Some(vec![department]),
        workspaces: Some(workspaces),
        ..short()
    };
    let page = page(&judge(seen, None, None).unwrap()).unwrap();
    assert!(!page.contains("<script") && page.contains("&#60;script&#62;"), "{page}");
    for elsewhere in ["http://", "https://", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(elsewhere), "{elsewhere}");
    }
}
