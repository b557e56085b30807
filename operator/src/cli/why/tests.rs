//! Chains from an object down to its cause.

use crds::{Allotment, Budget, DataCenter, Grant, Lang, Message, Workspace};
use serde_json::{Value, json};

use super::super::seen::Seen;
use super::super::status::means_tests::short;
use super::super::status::tests::{all_well, object, ready, room, workspace};
use super::super::words::Kind;
use super::chain::{Cause, Link, Target, causes, chain};
use super::{object as named, show};

fn asked(seen: &Seen, kind: Kind, name: &str) -> Link {
    chain(seen, &Target { kind, name, namespace: None }).unwrap()
}

/// The code and the command of every cause.
fn found(link: &Link) -> Vec<(Option<u16>, Option<String>)> {
    causes(link).into_iter().map(|Cause { code, command, .. }| (code, command)).collect()
}

fn conditions(status: &str, said: &Message) -> Value {
    json!({"conditions": ready(status, 2, said)})
}

fn silent(name: &str, display: &str) -> DataCenter {
    let said = Message::NotHeard { site: name.into(), seconds: "60".into() };
    room(name, display, true, &conditions("Unknown", &said))
}

fn blocked(said: &Message) -> Workspace {
    let status = json!({
        "conditions": ready("False", 2, &Message::WorkspacePending { sites: "kaicheng".into() }),
        "sites": [{"site": "kaicheng", "state": "Blocked", "message": said.to_string()}]
    });
    workspace("dept-jiaoyu", "jichu", "基础数据", &["kaicheng"], &status)
}

fn allotment(site: &str, said: &Message) -> Allotment {
    let granted = json!({"granted": {"cpu": "4", "memory": "4Gi"}});
    object(Some(&format!("site-{site}")), "jiaoyu", &granted, &conditions("False", said))
}

fn grant(said: &Message) -> Grant {
    let spec = json!({
        "sites": [{"site": "kaicheng", "amounts": {"cpu": "4", "memory": "4Gi"}}], "until": "2026-12-31",
        "basis": {"document": "x"}
    });
    object(Some("dept-jiaoyu"), "jichu", &spec, &conditions("False", said))
}

#[test]
fn what_is_well_has_no_cause() {
    let seen = all_well();
    let link = asked(&seen, Kind::Workspace, "教育平台空间");
    assert_eq!(found(&link), []);
    let text = show(&link, &causes(&link), &seen, Lang::Zh);
    assert_eq!(text, "业务空间 教育平台空间 (dept-jiaoyu/jiaoyu)就绪,没有需要处理的\n");
}

#[test]
fn a_share_above_the_grant_ends_at_the_workspace_that_asks_for_it() {
    let seen = Seen { allotments: Some(Vec::new()), ..short() };
    let link = asked(&seen, Kind::Workspace, "jiaoyu");
    assert_eq!(found(&link), [(Some(1412), Some("kubectl edit workspace jiaoyu -n dept-jiaoyu".into()))]);
    insta::assert_snapshot!(show(&link, &causes(&link), &seen, Lang::Zh));
}

#[test]
fn a_raise_that_waits_for_another_site_ends_at_that_site() {
    let waits = Message::RaiseWaits { site: "kaicheng".into(), holders: "wujiaochang".into() };
    let told = Message::AllotmentTold { site: "wujiaochang".into() };
    let seen = Seen {
        workspaces: Some(vec![blocked(&waits)]),
        allotments: Some(vec![allotment("kaicheng", &waits), allotment("wujiaochang", &told)]),
        data_centers: Some(vec![silent("wujiaochang", "五角场机房")]),
        ..all_well()
    };
    let link = asked(&seen, Kind::Workspace, "基础数据");
    assert_eq!(found(&link), [(Some(1111), None)]);
    insta::assert_snapshot!(show(&link, &causes(&link), &seen, Lang::Zh));
    let english = show(&link, &causes(&link), &seen, Lang::En);
    assert!(english.contains("see at wujiaochang whether zhengyun site runs"), "{english}");
}

#[test]
fn a_grant_that_has_no_budget_ends_at_the_grant_and_one_that_is_too_much_at_the_budget() {
    let seen = |said: &Message, budgets: Vec<Budget>| Seen {
        workspaces: Some(vec![blocked(&Message::NoGrant { site: "kaicheng".into() })]),
        grants: Some(vec![grant(said)]),
        budgets: Some(budgets),
        allotments: Some(Vec::new()),
        ..all_well()
    };
    let none = seen(&Message::NoBudget {}, Vec::new());
    let link = asked(&none, Kind::Workspace, "jichu");
    assert_eq!(found(&link), [(Some(1401), Some("kubectl apply -n dept-jiaoyu -f budget.yaml".into()))]);
    let below =
        Message::BudgetBelowGrants { what: "处理器 cpu".into(), total: "2".into(), granted: "4".into() };
    let basis = json!({"document": "x"});
    let spec = json!({"year": 2026, "funding": "application", "total": {"cpu": "2", "memory": "4Gi"}, "basis": basis});
    let budget: Budget = object(Some("dept-jiaoyu"), "2026", &spec, &conditions("False", &below));
    let exceeds = Message::GrantExceeds { what: "处理器 cpu".into(), asked: "4".into(), left: "2".into() };
    let link = asked(&seen(&exceeds, vec![budget]), Kind::Grant, "jichu");
    assert_eq!(found(&link), [(Some(1411), Some("kubectl edit budget 2026 -n dept-jiaoyu".into()))]);
}

#[test]
fn a_workspace_that_names_what_is_not_right_ends_there() {
    let said = Message::NotReadyReference {
        field: "spec.system".into(),
        value: "jiaoyu".into(),
        kind: "信息系统 System".into(),
    };
    let spec = json!({
        "displayName": "教育平台", "kind": "existing", "zones": ["vertical"],
        "level": {"information": 2, "service": 2}
    });
    let guidance = conditions("False", &Message::VerticalWithoutGuidance {});
    let of_it = conditions("False", &said);
    let seen = Seen {
        systems: Some(vec![object(Some("dept-jiaoyu"), "jiaoyu", &spec, &guidance)]),
        workspaces: Some(vec![workspace("dept-jiaoyu", "jiaoyu", "空间", &["kaicheng"], &of_it)]),
        ..all_well()
    };
    let link = asked(&seen, Kind::Workspace, "jiaoyu");
    assert_eq!(found(&link), [(Some(1302), Some("kubectl edit system jiaoyu -n dept-jiaoyu".into()))]);
}

#[test]
fn a_site_with_quarantined_orders_ends_at_its_sets() {
    let behind = Message::SiteBehind {
        applied: "1".into(),
        told: "2".into(),
        blocked: "0".into(),
        quarantined: "1".into(),
        contested: "0".into(),
        unknown: "0".into(),
    };
    let forked = Message::Forked { set: "jiaoyu".into(), applied: "x".into() };
    let status = json!({
        "conditions": ready("False", 2, &behind),
        "details": [{"set": "jiaoyu", "told": 2, "accepted": 1, "applied": false, "message": forked.to_string()}]
    });
    let seen =
        Seen { data_centers: Some(vec![room("kaicheng", "凯城机房", true, &status)]), ..all_well() };
    let link = asked(&seen, Kind::DataCenter, "凯城机房");
    assert_eq!(found(&link), [(Some(2002), Some("kubectl zhengyun site quarantine kaicheng".into()))]);
}

#[test]
fn who_may_not_see_data_centres_is_told_that_the_cause_may_be_there() {
    let waits = Message::RaiseWaits { site: "kaicheng".into(), holders: "wujiaochang".into() };
    let seen = Seen { data_centers: None, workspaces: Some(vec![blocked(&waits)]), ..all_well() };
    let link = asked(&seen, Kind::Workspace, "jichu");
    let text = show(&link, &causes(&link), &seen, Lang::Zh);
    assert!(text.ends_with("您无权查看机房 DataCenter,原因须请平台工程师查看\n"), "{text}");
    let hidden = chain(&seen, &Target { kind: Kind::DataCenter, name: "kaicheng", namespace: None });
    assert_eq!(hidden, Err(Message::NotVisible { kind: "机房 DataCenter".into() }));
}

#[test]
fn an_object_that_two_departments_have_is_named_with_its_namespace() {
    let twice =
        ["dept-jiaoyu", "dept-kewei"].map(|home| workspace(home, "one", "空间", &["kaicheng"], &json!({})));
    let seen = Seen { workspaces: Some(twice.to_vec()), ..all_well() };
    let ask = |name, namespace| chain(&seen, &Target { kind: Kind::Workspace, name, namespace });
    assert!(
        matches!(ask("one", None), Err(Message::Ambiguous { names, .. }) if names == "dept-jiaoyu/one, dept-kewei/one")
    );
    assert_eq!(ask("空间", Some("dept-kewei")).unwrap().namespace.as_deref(), Some("dept-kewei"));
    assert_eq!(ask("dept-jiaoyu/one", None).unwrap().namespace.as_deref(), Some("dept-jiaoyu"));
}

#[test]
fn a_kind_is_called_in_chinese_english_or_short() {
    for given in ["业务空间/基础数据", "workspace/基础数据", "ws/基础数据", "Workspaces/基础数据"]
    {
        assert_eq!(named(given), Ok((Kind::Workspace, "基础数据")), "{given}");
    }
    for wrong in ["基础数据", "pod/x", "ws/"] {
        assert!(matches!(named(wrong), Err(Message::WhichObject { .. })), "{wrong}");
    }
}
