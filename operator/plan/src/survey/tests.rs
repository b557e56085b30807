use super::*;
use crds::Share;
use crds::tenancy::isolation_profile::PodSecurity;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn object<K: DeserializeOwned>(namespace: &str, name: &str, more: &Value) -> K {
    let mut object = json!({"metadata": {"name": name, "namespace": namespace}});
    for (key, value) in more.as_object().unwrap() {
        if key == "metadata" {
            object["metadata"].as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
        } else {
            object[key] = value.clone();
        }
    }
    serde_json::from_value(object).unwrap()
}

fn departments() -> Vec<Department> {
    let department = |name: &str, called: &str| {
        let groups = json!([{"group": format!("oidc:{name}-admin"), "role": "admin"}]);
        let spec = json!({"displayName": called, "kind": "office", "groups": groups});
        Department::new(name, serde_json::from_value(spec).unwrap())
    };
    vec![
        department("weijian", "区卫健委"),
        department("jiaoyu", "区教育局"),
        department("minzheng", "区民政局"),
    ]
}

fn pod(namespace: &str, deployment: &str, number: u8, spec: &Value) -> Pod {
    let owner = json!([{
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("{deployment}-abc12"), "uid": "u", "controller": true
    }]);
    let metadata = json!({"labels": {"pod-template-hash": "abc12"}, "ownerReferences": owner});
    object(namespace, &format!("{deployment}-abc12-{number}"), &json!({"metadata": metadata, "spec": spec}))
}

/// A room as a hospital's old system leaves it, one that nobody knows, one of the platform and one of the cluster.
fn seen() -> Seen {
    let web = json!({"containers": [{
        "name": "web", "image": "harbor.weijian.local:8443/his/web:1",
        "resources": {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}}
    }]});
    let agent = json!({"hostNetwork": true, "containers": [{
        "name": "agent", "image": "agent", "securityContext": {"privileged": true},
        "ports": [{"containerPort": 9100, "hostPort": 9100}]
    }]});
    let ended =
        json!({"containers": [{"name": "job", "image": "x", "resources": {"requests": {"cpu": "64"}}}]});
    let mut done: Pod = object("his", "done", &json!({"spec": ended}));
    done.status = Some(serde_json::from_value(json!({"phase": "Succeeded"})).unwrap());
    let policy = json!({"spec": {
        "podSelector": {}, "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"team": "lis"}}}]}],
        "egress": [{"to": [{"ipBlock": {"cidr": "10.20.0.0/16"}}]}]
    }});
    let inside = json!({"spec": {"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}]}});
    let role = |name: &str, subjects: Value| json!({"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name}, "subjects": subjects});
    let group = json!([{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "weijian-admin"}]);
    let account = json!([{"kind": "ServiceAccount", "name": "default"}]);
    let ours = json!({"metadata": {"labels": {"app.kubernetes.io/managed-by": "zhengyun"}}});
    let described = json!({"metadata": {"annotations": {"description": "卫健委老挂号系统"}}});
    let service = |kind: &str, more: Value| {
        let mut spec = json!({"type": kind, "ports": [{"port": 80}]});
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"spec": spec})
    };
    let claim = json!({"spec": {"resources": {"requests": {"storage": "20Gi"}}}});
    Seen {
        namespaces: vec![
            object("", "kube-system", &json!({})),
            object("", "weijian-new", &ours),
            object("", "his", &described),
            object("", "default", &json!({})),
            object("", "jiaoyu-test", &json!({"metadata": {"labels": {"owner": "minzheng"}}})),
        ],
        pods: vec![
            pod("his", "web", 1, &web),
            pod("his", "web", 2, &web),
            pod("his", "agent", 1, &agent),
            done,
        ],
        services: vec![
            object("his", "web", &service("NodePort", json!({"ports": [{"port": 80, "nodePort": 30080}]}))),
            object("his", "his-db", &service("ExternalName", json!({"externalName": "db.weijian.local"}))),
            object("his", "plain", &service("ClusterIP", json!({}))),
        ],
        claims: vec![object("his", "data", &claim)],
        policies: vec![object("his", "lis", &policy), object("his", "inside", &inside)],
        ingresses: vec![object("his", "web", &json!({"spec": {"rules": [{"host": "his.weijian.gov.cn"}]}}))],
        bindings: vec![
            object("his", "admins", &role("admin", group)),
            object("his", "pods", &role("edit", account)),
        ],
        cluster_bindings: Vec::new(),
    }
}

#[test]
fn a_site_is_surveyed() {
    let rows = survey(&seen(), &departments());
    let names: Vec<&str> = rows.iter().map(|row| row.namespace.as_str()).collect();
    assert_eq!(names, ["default", "his", "jiaoyu-test"], "neither the platform's nor the cluster's own");
    insta::assert_yaml_snapshot!(rows);
    let said = |row: &Row| row.violations.iter().map(ToString::to_string).collect::<Vec<_>>();
    insta::assert_yaml_snapshot!("what_a_fence_would_refuse", said(&rows[1]));
    assert!(rows[0].violations.is_empty() && rows[0].owners.is_empty());
}

#[test]
fn signs_that_disagree_are_all_shown() {
    let rows = survey(&seen(), &departments());
    let owners: Vec<&str> = rows[2].owners.iter().map(|guess| guess.department.as_str()).collect();
    assert_eq!(owners, ["jiaoyu", "minzheng"]);
    assert_eq!(rows[2].owners[1].signs, ["label owner=minzheng"]);
}

#[test]
fn a_step_to_enforcement_is_foretold_with_what_is_beyond_the_share_and_what_is_cut() {
    let seen = seen();
    let room = Room::of(&seen, &seen.namespaces[2]);
    let share = |cpu: &str, pods| Share {
        cpu: cpu.into(),
        memory: "2Gi".into(),
        storage: "20Gi".into(),
        pods,
        volumes: 1,
        services: 3,
    };
    let reasons = |messages: &[Message]| messages.iter().map(Message::reason).collect::<Vec<_>>();
    assert_eq!(reasons(&cut(&room, &share("1", 3))), ["FlowsClose"], "as much as it uses now is enough");
    let short = cut(&room, &share("999m", 2));
    assert_eq!(reasons(&short), ["QuotaShort", "QuotaShort", "FlowsClose"]);
    assert!(short[0].to_string().contains("cpu 现用 1,份额 999m"), "{}", short[0]);
    let restricted = refused(&room, PodSecurity::Restricted);
    assert!(matches!(&restricted[0], Message::PodsAbove { count, .. } if count == "3"), "{restricted:?}");
    let quiet = &seen.namespaces[3];
    assert!(refused(&Room::of(&seen, quiet), PodSecurity::Restricted).is_empty());
}

#[test]
fn what_the_platform_itself_put_into_an_adopted_namespace_is_no_finding() {
    let mut seen = seen();
    let ours = json!({"app.kubernetes.io/managed-by": "zhengyun"});
    for policy in &mut seen.policies {
        policy.metadata.labels = Some(serde_json::from_value(ours.clone()).unwrap());
    }
    let room = Room::of(&seen, &seen.namespaces[2]);
    let said = refused(&room, PodSecurity::Baseline);
    assert!(!said.iter().any(|said| matches!(said, Message::OpensAcross { .. })), "{said:?}");
}
