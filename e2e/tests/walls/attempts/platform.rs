//! What the platform keeps in the namespace, and the namespace itself.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Attempt, Set, put};
use crate::requests::{Try, collection};
use crate::world::{OTHER, OWN, World};

/// What the platform keeps in the namespace.
pub(super) async fn platform(world: &World) -> Result<Vec<Attempt>> {
    let mut all = Vec::new();
    let kept: [(&str, &str, Set); 6] = [
        (
            "v1/resourcequotas",
            "zhengyun",
            vec![("/spec/hard/count~1secrets", "9".into()), ("/spec/hard/pods", "99".into())],
        ),
        ("v1/limitranges", "zhengyun", vec![("/spec/limits", json!([]))]),
        ("v1/configmaps", "zhengyun", vec![("/data/registries", "*".into())]),
        ("networking.k8s.io/v1/networkpolicies", "zhengyun-deny", vec![("/spec/ingress", json!([{}]))]),
        (
            "rbac.authorization.k8s.io/v1/rolebindings",
            "zhengyun-department-admin",
            vec![(
                "/subjects",
                json!([{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "oidc:weisheng-admin"}]),
            )],
        ),
        (
            "rbac.authorization.k8s.io/v1/rolebindings",
            "zhengyun-executor",
            vec![(
                "/subjects",
                json!([{"kind": "ServiceAccount", "name": "weisheng", "namespace": "zhengyun-executors"}]),
            )],
        ),
    ];
    for (resource, name, set) in kept {
        let at = collection(OWN, resource);
        let path = format!("{at}/{name}");
        let live = world.live(&path).await?;
        let mut tries = Try::change(resource, &path, &live, &set)?;
        tries.extend(Try::change(resource, &path, &live, &[("/metadata/labels/own", "x".into())])?);
        tries.push(Try::delete(resource, &path));
        all.push(Attempt { code: "ZY-4201", tries });
        // Once it does not say so any more, or among others, another rule may be the first to speak.
        let unmarked = [("/metadata/labels/app.kubernetes.io~1managed-by", Value::Null)];
        let mut tries = Try::change(resource, &path, &live, &unmarked)?;
        tries.push(Try::delete(&format!("all {resource}"), &at));
        all.push(Attempt { code: "ZY-42", tries });
    }
    let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "another"}, "spec": {"hard": {"count/secrets": "9"}}});
    let limits = json!({"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "another"},
        "spec": {"limits": [{"type": "Container", "default": {"memory": "1Mi"}}]}});
    for (resource, object) in [("v1/resourcequotas", quota), ("v1/limitranges", limits)] {
        all.push(Attempt {
            code: "ZY-4225",
            tries: Try::make(resource, &collection(OWN, resource), &object),
        });
    }
    let path = format!("{}/zhengyun/status", collection(OWN, "v1/resourcequotas"));
    let live = world.live(&path).await?;
    all.push(Attempt {
        code: "ZY-4201",
        tries: Try::change("a quota that nothing uses", &path, &live, &[("/status/used/pods", "0".into())])?,
    });
    let capacity = json!({"apiVersion": "storage.k8s.io/v1", "kind": "CSIStorageCapacity", "metadata": {"name": "another"}, "storageClassName": "fast", "capacity": "0"});
    all.push(Attempt {
        code: "ZY-4226",
        tries: Try::make(
            "a full store",
            &collection(OWN, "storage.k8s.io/v1/csistoragecapacities"),
            &capacity,
        ),
    });
    // A template that would make what the rules pass over.
    let at = format!("{}/web", collection(OWN, "apps/v1/deployments"));
    let live = world.live(&at).await?;
    let label = [("/spec/template/metadata/labels/app.kubernetes.io~1managed-by", "zhengyun".into())];
    all.push(Attempt {
        code: "ZY-4240",
        tries: Try::change("pods that say they are the platform's", &at, &live, &label)?,
    });
    Ok(all)
}

/// The namespace itself: leaving it, taking another's, marking one as one's own, emptying it.
pub(super) async fn namespaces(world: &World) -> Result<Vec<Attempt>> {
    let mut all = Vec::new();
    for name in [OWN, OTHER] {
        let path = format!("/api/v1/namespaces/{name}");
        let live = world.live(&path).await?;
        let uid = live["metadata"]["uid"].clone();
        let owner = if name == OWN { "weisheng" } else { "jiaoyu" };
        for (what, code, pointer, value) in [
            ("another owner", "ZY-4104", "/metadata/labels/zhengyun.io~1department", json!(owner)),
            ("no owner", "ZY-4104", "/metadata/labels/zhengyun.io~1department", Value::Null),
            ("not the platform's", "ZY-4104", "/metadata/labels/app.kubernetes.io~1managed-by", Value::Null),
            ("another set", "ZY-4104", "/metadata/labels/zhengyun.io~1set", json!(owner)),
            ("no walls", "ZY-4210", "/metadata/labels/zhengyun.io~1enforcement", Value::Null),
            ("lower walls", "ZY-4210", "/metadata/labels/zhengyun.io~1enforcement", "warn".into()),
            ("another zone", "ZY-4210", "/metadata/labels/zhengyun.io~1zone", "internet".into()),
            (
                "privileged pods",
                "ZY-4210",
                "/metadata/labels/pod-security.kubernetes.io~1enforce",
                "privileged".into(),
            ),
            (
                "devices of all",
                "ZY-4210",
                "/metadata/labels/resource.kubernetes.io~1admin-access",
                "true".into(),
            ),
            (
                "nodes of others",
                "ZY-4210",
                "/metadata/annotations/scheduler.alpha.kubernetes.io~1node-selector",
                "a=b".into(),
            ),
            ("a tombstone", "ZY-4210", "/metadata/annotations/zhengyun.io~1tombstone", uid),
            ("a label of one's own", "ZY-4211", "/metadata/labels/team", "a".into()),
        ] {
            let what = format!("{what} of {name}");
            let mut tries = Try::change(&what, &path, &live, &[(pointer, value.clone())])?;
            tries.extend(Try::change(&what, &format!("{path}/status"), &live, &[(pointer, value.clone())])?);
            let mut finalized = live.clone();
            put(&mut finalized, pointer, &value);
            tries.push(Try::put(&what, &format!("{path}/finalize"), finalized));
            all.push(Attempt { code, tries });
        }
        all.push(Attempt { code: "ZY-4213", tries: vec![Try::delete(name, &path)] });
        let mut finalized = live.clone();
        finalized["spec"]["finalizers"] = json!(["example.com/mine"]);
        all.push(Attempt {
            code: "ZY-4212",
            tries: vec![Try::put("finalizers", &format!("{path}/finalize"), finalized)],
        });
    }
    let namespace = |labels: Value| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "another", "labels": labels}});
    for labels in [
        json!({"zhengyun.io/department": "weisheng"}),
        json!({"zhengyun.io/department": "jiaoyu"}),
        json!({"app.kubernetes.io/managed-by": "zhengyun"}),
    ] {
        all.push(Attempt {
            code: "ZY-4210",
            tries: Try::make("a namespace that says whose it is", "/api/v1/namespaces", &namespace(labels)),
        });
    }
    let default = world.live("/api/v1/namespaces/default").await?;
    let label = [("/metadata/labels/zhengyun.io~1department", "weisheng".into())];
    all.push(Attempt {
        code: "ZY-4210",
        tries: Try::change("a found namespace", "/api/v1/namespaces/default", &default, &label)?,
    });
    Ok(all)
}
