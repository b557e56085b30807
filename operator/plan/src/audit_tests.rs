use super::*;
use crds::{AccessGrantSpec, AccessGrantStatus};
use serde_json::{Value, json};

fn grant() -> AccessGrant {
    let spec: AccessGrantSpec = serde_json::from_value(json!({
        "user": "oidc:wu", "workspaces": ["one"], "sites": ["kaicheng"], "verbs": ["debug"], "ticket": "T", "reason": "r",
        "hours": 2, "by": "oidc:wu", "approval": {"by": "oidc:li", "reference": "x"}
    }))
    .unwrap();
    let mut grant = AccessGrant::new("t-1", spec);
    grant.status = Some(AccessGrantStatus {
        until: Some("2026-11-24T14:00:00Z".into()),
        ..AccessGrantStatus::default()
    });
    grant
}

fn event(user: &str, group: &str, at: &str, what: (&str, &str, &str), code: u16) -> Value {
    let (verb, resource, sub) = what;
    json!({
        "auditID": format!("{user}{at}{verb}{resource}{sub}"), "stage": "ResponseComplete", "verb": verb,
        "user": {"username": user, "groups": [group, "system:authenticated"]},
        "objectRef": {"namespace": "jiaoyu-one", "resource": resource, "subresource": sub, "name": "a"},
        "responseStatus": {"code": code}, "requestReceivedTimestamp": format!("2026-11-24T{at}:00.000000Z")
    })
}

fn acts(lines: &[Value], grants: &[AccessGrant]) -> (Vec<(String, Under)>, usize) {
    let namespaces = BTreeMap::from([("one".to_owned(), BTreeSet::from(["jiaoyu-one".to_owned()]))]);
    let facts = Facts { home: "dept-jiaoyu", namespaces: &namespaces, grants };
    let mut acts = Acts::new(&facts);
    for line in lines {
        acts.line(line.to_string().as_bytes());
    }
    let unreadable = acts.unreadable;
    let said =
        acts.all().into_iter().map(|act| (format!("{} {} {}", act.user, act.verb, act.resource), act.under));
    (said.collect(), unreadable)
}

const PROVIDER: &str = "oidc:zhengyun-providers";
const EXEC: (&str, &str, &str) = ("create", "pods", "exec");

#[test]
fn each_act_is_named_with_the_access_grant_that_covers_it_then_and_marked_without_one() {
    let lines = [
        event("oidc:wu", PROVIDER, "11:59", EXEC, 101),
        event("oidc:wu", PROVIDER, "12:00", EXEC, 101),
        event("oidc:wu", PROVIDER, "13:00", ("list", "secrets", ""), 200),
        event("oidc:wu", PROVIDER, "13:01", ("delete", "pods", ""), 200),
        event("oidc:wu", PROVIDER, "14:00", EXEC, 101),
        event("oidc:wu", PROVIDER, "14:01", EXEC, 403),
        event("oidc:zhang", PROVIDER, "13:02", EXEC, 101),
    ];
    let (said, _) = acts(&lines, &[grant()]);
    let named: Vec<(&str, &Under)> = said.iter().map(|(act, under)| (act.as_str(), under)).collect();
    let granted = Under::Grant("t-1".into());
    assert_eq!(
        named,
        [
            ("oidc:wu create pods/exec", &Under::Nothing),
            ("oidc:wu create pods/exec", &granted),
            ("oidc:wu list secrets", &Under::Nothing),
            ("oidc:wu delete pods", &Under::Nothing),
            ("oidc:zhang create pods/exec", &Under::Nothing),
            ("oidc:wu create pods/exec", &Under::Nothing),
            ("oidc:wu create pods/exec", &Under::Refused),
        ]
    );
}

#[test]
fn the_departments_own_people_and_parts_of_kubernetes_are_not_listed_and_whoever_acts_as_them_is() {
    let own = event("oidc:li", "oidc:jiaoyu-admin", "13:00", EXEC, 101);
    let part =
        event("system:kube-controller-manager", "system:masters", "13:00", ("update", "pods", "status"), 200);
    let mut posing = event("oidc:lin", "oidc:zhengyun-platform-engineers", "13:01", EXEC, 101);
    posing["impersonatedUser"] = json!({"username": "oidc:li", "groups": ["oidc:jiaoyu-admin"]});
    let mut elsewhere = event("oidc:wu", PROVIDER, "13:02", EXEC, 101);
    elsewhere["objectRef"]["namespace"] = "weisheng-two".into();
    let (said, _) = acts(&[own, part, posing, elsewhere], &[grant()]);
    assert_eq!(said, [("oidc:lin create pods/exec".to_owned(), Under::Nothing)]);
}

#[test]
fn an_access_grant_that_was_ended_early_covers_nothing_after_that() {
    let mut ended = grant();
    ended.spec.ended = true;
    ended.status.as_mut().unwrap().ended_at = Some("2026-11-24T12:30:00Z".into());
    let lines = ["12:29", "12:31"].map(|at| event("oidc:wu", PROVIDER, at, EXEC, 101));
    let (said, _) = acts(&lines, &[ended]);
    assert_eq!(
        said.iter().map(|(_, under)| under).collect::<Vec<_>>(),
        [&Under::Grant("t-1".into()), &Under::Nothing]
    );
}

#[test]
fn a_long_act_is_one_and_hostile_lines_are_counted_and_harm_nothing() {
    let mut begun = event("oidc:wu", PROVIDER, "13:00", EXEC, 101);
    begun["stage"] = "ResponseStarted".into();
    let ended = event("oidc:wu", PROVIDER, "13:00", EXEC, 101);
    let odd = [json!("text"), json!([1]), json!({"stage": 1}), json!({"kind": "Event"})];
    let (said, unreadable) = acts(&[&[begun, ended][..], &odd].concat(), &[grant()]);
    assert_eq!((said.len(), unreadable), (1, 4));
    let namespaces = BTreeMap::new();
    let facts = Facts { home: "dept-jiaoyu", namespaces: &namespaces, grants: &[] };
    let mut acts = Acts::new(&facts);
    let deep = vec![b'['; 100_000];
    for line in [&b"\xff\xfe"[..], b"{", b"", b"  ", &deep] {
        acts.line(line);
    }
    assert_eq!((acts.unreadable, acts.all().len()), (3, 0));
}
