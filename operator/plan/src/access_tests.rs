use super::*;
use crate::bundle::{FORMAT, Taken, department_content};
use crate::site::wanted as read;
use crds::AccessGrantStatus;
use rstest::rstest;

const NOW: &str = "2026-11-24T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn grant(approved_by: Option<&str>, ended: bool, until: Option<&str>) -> AccessGrant {
    let mut spec = json!({
        "user": "oidc:wu", "workspaces": ["one"], "sites": ["kaicheng"], "verbs": ["debug"], "ticket": "T-1",
        "reason": "数据库无响应", "hours": 2, "by": "oidc:zhao", "ended": ended
    });
    if let Some(by) = approved_by {
        spec["approval"] = json!({"by": by, "reference": "同意"});
    }
    let mut grant = AccessGrant::new("t-1", serde_json::from_value(spec).unwrap());
    grant.status =
        Some(AccessGrantStatus { until: until.map(str::to_owned), ..AccessGrantStatus::default() });
    grant
}

#[rstest]
#[case::nobody_agreed(None, false, None, Decision::Awaits)]
#[case::who_asked_agrees(Some("oidc:zhao"), false, None, Decision::Awaits)]
#[case::who_is_let_in_agrees(Some("oidc:wu"), false, None, Decision::Awaits)]
#[case::declined(None, true, None, Decision::Declined)]
#[case::agreed(Some("oidc:li"), false, None, Decision::Begins(at("2026-11-24T14:00:00Z")))]
#[case::open(
    Some("oidc:li"),
    false,
    Some("2026-11-24T13:00:00Z"),
    Decision::Open(at("2026-11-24T13:00:00Z"))
)]
#[case::over_at_its_very_end(Some("oidc:li"), false, Some(NOW), Decision::Over(at(NOW)))]
#[case::ended_early(Some("oidc:li"), true, Some("2026-11-24T13:00:00Z"), Decision::EndedEarly)]
#[case::the_clock_went_back(
    Some("oidc:li"),
    false,
    Some("2026-11-25T13:00:00Z"),
    Decision::ClockWentBack(at("2026-11-25T13:00:00Z"))
)]
fn an_access_grant_is_what_the_table_says(
    #[case] by: Option<&str>,
    #[case] ended: bool,
    #[case] until: Option<&str>,
    #[case] expected: Decision,
) {
    assert_eq!(decide(&grant(by, ended, until), at(NOW)), expected);
}

fn namespace(name: &str, stage: &str) -> BundleObject {
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name,
        "labels": {"zhengyun.io/enforcement": stage}}});
    BundleObject { authority: Authority::Platform, object: RawObject::new(object) }
}

fn content(previous: Option<&Content>, open: &[Open<'_>]) -> Content {
    let department = DepartmentName::parse("jiaoyu").unwrap();
    let carried = previous.map(|previous| {
        let entries = std::collections::BTreeMap::new();
        department_content("jiaoyu", Some(previous), Vec::new(), entries, Taken::default())
    });
    let mut content = carried.unwrap_or_else(|| Content {
        set: "jiaoyu".into(),
        format_version: FORMAT,
        objects: vec![namespace("jiaoyu-one", "enforce"), namespace("jiaoyu-old", "observe")],
        ..Content::default()
    });
    put(&mut content, previous, &department, open);
    content
}

fn open<'a>(user: &'a str, until: &str, verbs: &'a [AccessVerb]) -> Open<'a> {
    let namespaces = ["jiaoyu-one", "jiaoyu-old", "elsewhere"].map(str::to_owned).into();
    Open { grant: user, user, namespaces, verbs, secrets: false, until: at(until) }
}

fn named(wanted: &[Wanted]) -> Vec<(String, Vec<String>)> {
    let bindings = wanted.iter().filter(|one| one.kind.kind == "RoleBinding");
    bindings
        .map(|one| {
            let subjects = one.object["subjects"].as_array().cloned().unwrap_or_default();
            let users = subjects.iter().map(|subject| text(subject, "/name").to_owned());
            (text(&one.object, "/metadata/name").to_owned(), users.collect())
        })
        .collect()
}

#[test]
fn only_what_was_agreed_is_opened_where_the_rules_are_in_force_and_an_old_agent_leaves_it_alone() {
    let verbs = [AccessVerb::Debug];
    let content = content(None, &[open("oidc:wu", "2026-11-24T13:00:00Z", &verbs)]);
    let wanted = read(&content).unwrap();
    let in_one = ["zhengyun-access-view", "zhengyun-access-debug"];
    assert_eq!(named(&wanted), in_one.map(|name| (name.to_owned(), vec!["oidc:wu".to_owned()])));
    assert!(wanted.iter().all(|one| one.key().0 != "jiaoyu-old"), "nobody is let in where nothing is fenced");
    assert_eq!(content.requires, ["access"]);
    assert!(tells(&content, "oidc:wu") && !tells(&content, "oidc:w"));
}

#[test]
fn a_binding_that_was_told_is_told_again_with_nobody_in_it() {
    let verbs = [AccessVerb::View];
    let before = content(None, &[open("oidc:wu", "2026-11-24T13:00:00Z", &verbs)]);
    let after = content(Some(&before), &[]);
    assert_eq!(named(&read(&after).unwrap()), [("zhengyun-access-view".to_owned(), Vec::new())]);
    assert_eq!(content(Some(&after), &[]), after, "the same wish gives the same content");
}

#[test]
fn a_site_takes_each_away_at_its_end_by_its_own_clock() {
    let verbs = [AccessVerb::View];
    let both =
        [open("oidc:li", "2026-11-24T13:00:00Z", &verbs), open("oidc:wu", "2026-11-24T14:00:00Z", &verbs)];
    let in_at = |now: &str| {
        let mut wanted = read(&content(None, &both)).unwrap();
        let (before, next) = close(&mut wanted, at(now));
        let [(_, users)] = &named(&wanted)[..] else { panic!("{wanted:?}") };
        (users.join(" "), before.len(), next)
    };
    let next = |text: &str| Some(at(text));
    assert_eq!(in_at(NOW), ("oidc:li oidc:wu".to_owned(), 0, next("2026-11-24T13:00:00Z")));
    assert_eq!(in_at("2026-11-24T12:59:59Z").0, "oidc:li oidc:wu");
    assert_eq!(in_at("2026-11-24T13:00:00Z"), ("oidc:wu".to_owned(), 1, next("2026-11-24T14:00:00Z")));
    assert_eq!(in_at("2026-11-24T14:00:00Z"), (String::new(), 1, None));
    // A clock that went back a day opens nothing that it has not closed.
    assert_eq!(in_at("2026-11-23T14:00:00Z"), (String::new(), 1, next("2026-11-24T04:55:00Z")));
}

#[test]
fn a_binding_of_access_without_an_end_lets_nobody_in() {
    let verbs = [AccessVerb::View];
    for ends in ["", "soon", "2199-01-01T00:00:00Z"] {
        let mut wanted = read(&content(None, &[open("oidc:wu", "2026-11-24T13:00:00Z", &verbs)])).unwrap();
        for one in &mut wanted {
            one.object["metadata"]["annotations"][labels::ACCESS_UNTIL] = ends.into();
        }
        close(&mut wanted, at(NOW));
        assert_eq!(named(&wanted), [("zhengyun-access-view".to_owned(), Vec::new())], "{ends}");
    }
}

#[test]
fn it_is_over_when_the_site_says_so() {
    let over = Decision::Over(at(NOW));
    let at_site = |told, confirmed| AtSite { told, confirmed };
    let state = |decision, at| super::state(decision, None, at);
    assert_eq!(state(over, at_site(true, true)), AccessState::Closing);
    assert_eq!(state(over, at_site(false, false)), AccessState::Closing);
    assert_eq!(state(over, at_site(false, true)), AccessState::Ended);
    let (in_force, ended) = (Some(AccessState::InForce), Some(AccessState::Ended));
    assert_eq!(super::state(over, ended, at_site(false, false)), AccessState::Ended, "a later order");
    assert_eq!(super::state(Decision::Open(at(NOW)), in_force, at_site(true, false)), AccessState::InForce);
    assert_eq!(super::state(over, in_force, at_site(false, false)), AccessState::Closing);
    let open = Decision::Open(at(NOW));
    assert_eq!(state(open, at_site(true, false)), AccessState::Told);
    assert_eq!(state(open, at_site(true, true)), AccessState::InForce);
    assert_eq!(state(Decision::Awaits, at_site(false, true)), AccessState::Waiting);
}
