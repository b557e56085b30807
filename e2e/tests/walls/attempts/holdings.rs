//! Volumes and devices; roles, bindings and tokens.

use anyhow::Result;
use serde_json::json;

use super::{Attempt, another, put};
use crate::requests::{Try, collection};
use crate::world::{OTHER, OWN, World};

pub(super) async fn storage(world: &World) -> Result<Vec<Attempt>> {
    let at = collection(OWN, "v1/persistentvolumeclaims");
    let live = world.live(&format!("{at}/data")).await?;
    let mut all = Vec::new();
    for (what, code, pointer, value) in [
        ("another's volume", "ZY-4261", "/spec/volumeName", json!("pv-of-another")),
        ("a selector of volumes", "ZY-4262", "/spec/selector", json!({"matchLabels": {"a": "b"}})),
        (
            "a foreign source",
            "ZY-4263",
            "/spec/dataSourceRef",
            json!({"apiGroup": "evil.io", "kind": "Copy", "name": "x"}),
        ),
        ("another class", "ZY-4260", "/spec/storageClassName", "other".into()),
        ("no class", "ZY-4260", "/spec/storageClassName", "".into()),
        (
            "another class by annotation",
            "ZY-4260",
            "/metadata/annotations/volume.beta.kubernetes.io~1storage-class",
            "other".into(),
        ),
        ("a forbidden label", "ZY-4240", "/metadata/labels/billing~1who", "x".into()),
    ] {
        let mut object = another(&live);
        put(&mut object, pointer, &value);
        all.push(Attempt { code, tries: Try::make(what, &at, &object) });
    }
    for (what, code, pointer, value) in [
        ("another's volume", "ZY-4261", "/spec/volumeName", json!("pv-of-another")),
        ("a forbidden label", "ZY-4240", "/metadata/labels/billing~1who", "x".into()),
    ] {
        all.push(Attempt {
            code,
            tries: Try::change(what, &format!("{at}/data"), &live, &[(pointer, value)])?,
        });
    }
    let one = json!({"name": "card", "exactly": {"deviceClassName": "other"}});
    let first = json!({"name": "card", "firstAvailable": [{"name": "a", "deviceClassName": "gpu"}, {"name": "b", "deviceClassName": "other"}]});
    for (kind, resource, pointer) in [
        ("ResourceClaim", "resource.k8s.io/v1/resourceclaims", "/spec/devices/requests"),
        ("ResourceClaimTemplate", "resource.k8s.io/v1/resourceclaimtemplates", "/spec/spec/devices/requests"),
    ] {
        for request in [&one, &first] {
            let mut object =
                json!({"apiVersion": "resource.k8s.io/v1", "kind": kind, "metadata": {"name": "another"}});
            put(&mut object, pointer, &json!([request]));
            all.push(Attempt {
                code: "ZY-4264",
                tries: Try::make(kind, &collection(OWN, resource), &object),
            });
        }
    }
    Ok(all)
}

pub(super) async fn access(world: &World) -> Result<Vec<Attempt>> {
    let bindings = collection(OWN, "rbac.authorization.k8s.io/v1/rolebindings");
    let binding = world.live(&format!("{bindings}/reader")).await?;
    let group = |name: &str| json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": name});
    let mut all = Vec::new();
    for (what, subject) in [
        ("another department's group", group("oidc:weisheng-admin")),
        ("everybody", group("system:authenticated")),
        ("every account of another", group("system:serviceaccounts:weisheng-yiliao")),
        ("a person", json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "oidc:qian"})),
        ("another's account", json!({"kind": "ServiceAccount", "name": "default", "namespace": OTHER})),
    ] {
        let mut object = another(&binding);
        let subjects = json!([group("oidc:jiaoyu-admin"), subject]);
        object["subjects"] = subjects.clone();
        let mut tries = Try::make(what, &bindings, &object);
        tries.extend(Try::change(what, &format!("{bindings}/reader"), &binding, &[("/subjects", subjects)])?);
        all.push(Attempt { code: "ZY-4270", tries });
    }
    for role in ["cluster-admin", "zhengyun:site", "zhengyun:executor"] {
        let mut object = another(&binding);
        object["roleRef"] =
            json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role});
        all.push(Attempt { code: "ZY-4271", tries: Try::make(role, &bindings, &object) });
    }
    let mut named = another(&binding);
    named["metadata"]["name"] = "zhengyun-department-admin-2".into();
    all.push(Attempt { code: "ZY-4259", tries: Try::make("a name of the platform", &bindings, &named) });

    let roles = collection(OWN, "rbac.authorization.k8s.io/v1/roles");
    let role = world.live(&format!("{roles}/reader")).await?;
    for (what, groups, resources, verbs) in [
        ("every verb", "", "pods", "*"),
        ("every resource", "", "*", "get"),
        ("every subresource", "", "*/status", "get"),
        ("every group", "*", "pods", "get"),
        ("escalation", "rbac.authorization.k8s.io", "roles", "escalate"),
        ("binding", "rbac.authorization.k8s.io", "roles", "bind"),
        ("impersonation", "", "serviceaccounts", "impersonate"),
        ("tokens", "", "serviceaccounts/token", "create"),
    ] {
        let rules = json!([{"apiGroups": [groups], "resources": [resources], "verbs": [verbs]}]);
        let mut object = another(&role);
        object["rules"] = rules.clone();
        let mut tries = Try::make(what, &roles, &object);
        tries.extend(Try::change(what, &format!("{roles}/reader"), &role, &[("/rules", rules)])?);
        all.push(Attempt { code: "ZY-4272", tries });
    }

    let token = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 86_400}});
    let path = format!("{}/app/token", collection(OWN, "v1/serviceaccounts"));
    all.push(Attempt { code: "ZY-4223", tries: vec![Try::post("a token", &path, token)] });
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
        "metadata": {"name": "another", "annotations": {"kubernetes.io/service-account.name": "app"}}});
    all.push(Attempt {
        code: "ZY-4224",
        tries: Try::make("a token for ever", &collection(OWN, "v1/secrets"), &secret),
    });
    Ok(all)
}
