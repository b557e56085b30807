//! Pods, and what makes them.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Attempt, another, put};
use crate::requests::{Try, collection};
use crate::world::{OWN, World, pod_spec};

/// What pods are made from: resource, the standing object, where the pod's specification is in it, and whether that can change.
const TEMPLATES: [(&str, &str, &str, bool); 9] = [
    ("v1/pods", "one", "", false),
    ("apps/v1/deployments", "web", "/spec/template", true),
    ("apps/v1/statefulsets", "db", "/spec/template", true),
    ("apps/v1/daemonsets", "log", "/spec/template", true),
    ("apps/v1/replicasets", "rs", "/spec/template", true),
    ("v1/replicationcontrollers", "rc", "/spec/template", true),
    ("v1/podtemplates", "pt", "/template", true),
    ("batch/v1/jobs", "once", "/spec/template", false),
    ("batch/v1/cronjobs", "nightly", "/spec/jobTemplate/spec/template", true),
];

/// What a pod may not say.
fn wrong_pods() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let foreign = json!({"name": "x", "image": "docker.io/library/nginx", "imagePullPolicy": "Always",
        "resources": {"limits": {"memory": "16Mi"}}});
    let volume = |source: Value| {
        let mut volume = json!({"name": "v"});
        volume
            .as_object_mut()
            .into_iter()
            .for_each(|map| map.extend(source.as_object().cloned().unwrap_or_default()));
        json!([volume])
    };
    let mut container = pod_spec()["containers"][0].clone();
    container["image"] = "registry.local.evil.com/app:1".into();
    let mut never = pod_spec()["containers"][0].clone();
    never["imagePullPolicy"] = "Never".into();
    vec![
        ("an image of another registry", "ZY-4230", "/spec/containers", json!([container])),
        ("a foreign image in an init container", "ZY-4230", "/spec/initContainers", json!([foreign])),
        (
            "a foreign image volume",
            "ZY-4230",
            "/spec/volumes",
            volume(json!({"image": {"reference": "evil.com/x:1", "pullPolicy": "Always"}})),
        ),
        ("a pull policy", "ZY-4231", "/spec/containers", json!([never])),
        ("a node", "ZY-4232", "/spec/nodeName", "node-1".into()),
        (
            "a foreign taint",
            "ZY-4233",
            "/spec/tolerations",
            json!([{"key": "other", "operator": "Exists", "effect": "NoSchedule"}]),
        ),
        ("every taint", "ZY-4233", "/spec/tolerations", json!([{"operator": "Exists"}])),
        (
            "a cordoned node",
            "ZY-4233",
            "/spec/tolerations",
            json!([{"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}]),
        ),
        ("a higher priority", "ZY-4234", "/spec/priorityClassName", "higher".into()),
        (
            "the cluster's own priority",
            "ZY-4234",
            "/spec/priorityClassName",
            "system-cluster-critical".into(),
        ),
        ("another runtime", "ZY-4235", "/spec/runtimeClassName", "other".into()),
        ("another scheduler", "ZY-4236", "/spec/schedulerName", "own".into()),
        ("other nodes", "ZY-4237", "/spec/nodeSelector", json!({"kubernetes.io/os": "other"})),
        (
            "a volume of another's file server",
            "ZY-4238",
            "/spec/volumes",
            volume(json!({"nfs": {"server": "10.0.0.1", "path": "/"}})),
        ),
        (
            "a block device of the network",
            "ZY-4238",
            "/spec/volumes",
            volume(
                json!({"iscsi": {"targetPortal": "10.0.0.1", "iqn": "iqn.2001-04.com.example:s", "lun": 0}}),
            ),
        ),
        ("no required label", "ZY-4239", "/metadata/labels/team", Value::Null),
        ("a forbidden label", "ZY-4240", "/metadata/labels/billing~1who", "x".into()),
        ("a label of the platform", "ZY-4240", "/metadata/labels/zhengyun.io~1department", "weisheng".into()),
        ("a forbidden annotation", "ZY-4241", "/metadata/annotations/vendor~1what", "x".into()),
    ]
}

pub(super) async fn workloads(world: &World) -> Result<Vec<Attempt>> {
    let mut all = Vec::new();
    for (resource, name, template, mutable) in TEMPLATES {
        let at = collection(OWN, resource);
        let path = format!("{at}/{name}");
        let live = world.live(&path).await?;
        for (what, code, pointer, value) in wrong_pods() {
            let what = format!("{what} in {resource}");
            let pointer = format!("{template}{pointer}");
            let mut object = fresh(&live, template);
            put(&mut object, &pointer, &value);
            let mut tries = Try::make(&what, &at, &object);
            if mutable {
                tries.extend(Try::change(&what, &path, &live, &[(&pointer, value)])?);
            }
            all.push(Attempt { code, tries });
        }
    }
    Ok(all)
}

/// Something new that makes pods, with a right one inside; selectors of jobs are made by the API server.
fn fresh(live: &Value, template: &str) -> Value {
    let mut object = another(live);
    let restart = live.pointer(&format!("{template}/spec/restartPolicy")).cloned().unwrap_or_default();
    let labels = live.pointer(&format!("{template}/metadata/labels")).cloned().unwrap_or_default();
    let kind = live["kind"].as_str().unwrap_or_default();
    let mut spec = pod_spec();
    spec["restartPolicy"] = restart;
    if kind == "Pod" {
        object["spec"] = spec;
        return object;
    }
    let labels = if kind == "Job" { json!({"team": "a"}) } else { labels };
    let made = json!({"metadata": {"labels": labels}, "spec": spec});
    if kind == "Job" {
        object["spec"] = json!({});
    }
    put(&mut object, template, &made);
    object["metadata"]["labels"] = json!({"team": "a"});
    object
}

/// What can be changed of a pod that runs, and where a pod is put.
pub(super) async fn pods_own(world: &World) -> Result<Vec<Attempt>> {
    let path = format!("{}/one", collection(OWN, "v1/pods"));
    let live = world.live(&path).await?;
    let changed = |what: &str, code, set: &[(&str, Value)]| {
        Ok::<_, anyhow::Error>(Attempt { code, tries: Try::change(what, &path, &live, set)? })
    };
    let mut tolerations = live["spec"]["tolerations"].clone();
    tolerations
        .as_array_mut()
        .into_iter()
        .for_each(|all| all.push(json!({"key": "other", "operator": "Exists"})));
    let mut containers = live["spec"]["containers"].clone();
    containers[0]["image"] = "evil.com/app:1".into();
    let debug = json!([{"name": "debug", "image": "evil.com/debug:1", "imagePullPolicy": "Always"}]);
    let waiting = format!("{}/waiting", collection(OWN, "v1/pods"));
    let binding = |kind: &str| json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "waiting"}, "target": {"apiVersion": "v1", "kind": "Node", "name": "node-1"}});
    let mut all = vec![
        changed("a running pod's image", "ZY-4230", &[("/spec/containers", containers)])?,
        changed("a running pod's tolerations", "ZY-4233", &[("/spec/tolerations", tolerations)])?,
        changed("a running pod's labels", "ZY-4239", &[("/metadata/labels/team", Value::Null)])?,
        Attempt {
            code: "ZY-4230",
            tries: Try::change(
                "an ephemeral container",
                &format!("{path}/ephemeralcontainers"),
                &live,
                &[("/spec/ephemeralContainers", debug)],
            )?,
        },
        Attempt {
            code: "ZY-4222",
            tries: vec![
                Try::post("pods/binding", &format!("{waiting}/binding"), binding("Binding")),
                Try::post("bindings", &collection(OWN, "v1/bindings"), binding("Binding")),
            ],
        },
    ];
    // Where a service would send its traffic.
    let status = format!("{path}/status");
    all.push(Attempt {
        code: "ZY-4220",
        tries: Try::change("a pod's address", &status, &live, &[("/status/podIP", "10.9.9.9".into())])?,
    });
    Ok(all)
}
