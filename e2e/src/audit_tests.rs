use std::io::Write as _;

use serde_json::json;

use super::*;

fn line(user: &str, verb: &str, uri: &str, object: serde_json::Value) -> String {
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "stage": "ResponseComplete",
        "requestURI": uri, "verb": verb, "user": { "username": user, "groups": ["system:authenticated"] },
        "userAgent": "zhengyun/0.1", "objectRef": object, "responseStatus": { "metadata": {}, "code": 201 },
    })
    .to_string()
}

fn quota(user: &str, verb: &str) -> Entry {
    let object =
        json!({ "resource": "resourcequotas", "namespace": "edu-main", "name": "q", "apiVersion": "v1" });
    parse(&line(user, verb, "/api/v1/namespaces/edu-main/resourcequotas/q", object)).unwrap()
}

#[test]
fn a_line_is_read_whole() {
    let object = json!({
        "resource": "sitebundles", "subresource": "status", "namespace": "site-kaicheng", "name": "edu",
        "apiGroup": "zhengyun.io", "apiVersion": "v1alpha1",
    });
    let entry =
        parse(&line("system:serviceaccount:site-kaicheng:agent", "patch", "/apis?dryRun=All", object))
            .unwrap();
    assert_eq!(
        entry,
        Entry {
            user: "system:serviceaccount:site-kaicheng:agent".into(),
            pod: None,
            impersonated: None,
            user_agent: "zhengyun/0.1".into(),
            verb: "patch".into(),
            api_group: "zhengyun.io".into(),
            resource: "sitebundles".into(),
            subresource: "status".into(),
            namespace: "site-kaicheng".into(),
            name: "edu".into(),
            code: 201,
            dry_run: true,
        }
    );
    assert_eq!(
        entry.to_string(),
        "system:serviceaccount:site-kaicheng:agent patch sitebundles/status.zhengyun.io site-kaicheng/edu (201)"
    );
}

#[test]
fn only_what_stays_is_a_write() {
    let entry = |verb: &str, group: &str, resource: &str, subresource: &str| Entry {
        api_group: group.into(),
        resource: resource.into(),
        subresource: subresource.into(),
        ..quota("admin", verb)
    };
    assert!(entry("patch", "", "resourcequotas", "").is_write());
    assert!(entry("patch", "zhengyun.io", "sitereports", "status").is_write());
    assert!(entry("create", "", "events", "").is_write());
    assert!(entry("deletecollection", "", "secrets", "").is_write());
    assert!(!entry("list", "", "resourcequotas", "").is_write());
    assert!(!entry("update", "coordination.k8s.io", "leases", "").is_write());
    assert!(!entry("create", "", "serviceaccounts", "token").is_write());
    assert!(entry("create", "", "serviceaccounts", "").is_write());
    assert!(!entry("create", "authorization.k8s.io", "subjectaccessreviews", "").is_write());
    assert!(!Entry { dry_run: true, ..quota("admin", "patch") }.is_write());
}

#[test]
fn ours_are_our_accounts_and_whom_they_impersonate() {
    assert!(quota("system:serviceaccount:zhengyun-system:zhengyun-hub", "patch").is_ours());
    assert!(quota("system:serviceaccount:site-kaicheng:agent", "patch").is_ours());
    let executor = "system:serviceaccount:zhengyun-executors:edu".to_owned();
    assert!(Entry { impersonated: Some(executor), ..quota("admin", "patch") }.is_ours());
    assert!(!quota("system:serviceaccount:kube-system:zhengyun-system", "patch").is_ours());
    assert!(!quota("system:kube-controller-manager", "patch").is_ours());
}

#[test]
fn a_mark_divides_what_was_before_from_what_came_after() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let log = AuditLog::new(file.path().to_owned());
    let object = || json!({ "resource": "pods", "namespace": "a", "name": "b" });
    writeln!(file, "{}", line("before", "create", "/x", object())).unwrap();
    let mark = log.mark();
    writeln!(file, "{}", line("after", "create", "/x", object())).unwrap();
    write!(file, "{{\"unfinished").unwrap();
    let users: Vec<_> = log.since(mark).unwrap().writes().into_iter().map(|entry| entry.user).collect();
    assert_eq!(users, ["after"]);
}
