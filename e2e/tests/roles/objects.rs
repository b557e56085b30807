//! What is tried: where objects stand, and right ones of each kind, so that what is refused is refused for who asks.

use anyhow::{Context as _, Result};
use e2e::story;
use serde_json::{Value, json};

/// The department's namespace on the site.
pub(crate) const OWN: &str = "jiaoyu-one";
/// Its namespace on the hub.
pub(crate) const HOME: &str = "dept-jiaoyu";

/// The API of each resource, and whether it is the core's.
const APIS: [(&str, &[&str]); 5] = [
    (
        "apis/zhengyun.io/v1alpha1",
        &[
            "districts",
            "datacenters",
            "departments",
            "isolationprofiles",
            "workspacesets",
            "systems",
            "workspaces",
            "removals",
            "budgets",
            "grants",
            "accessgrants",
            "sitebundles",
            "sitereports",
            "allotments",
            "escrowledgers",
            "appliedbundles",
        ],
    ),
    ("apis/apps/v1", &["deployments"]),
    ("apis/networking.k8s.io/v1", &["networkpolicies"]),
    ("apis/rbac.authorization.k8s.io/v1", &["roles", "rolebindings", "clusterroles", "clusterrolebindings"]),
    ("apis/admissionregistration.k8s.io/v1", &["validatingadmissionpolicies"]),
];

/// Where objects of a resource, or one of them, stand.
pub(crate) fn path(resource: &str, namespace: Option<&str>, name: Option<&str>) -> String {
    let api =
        APIS.iter().find(|(_, resources)| resources.contains(&resource)).map_or("api/v1", |(api, _)| api);
    let namespace = namespace.map(|namespace| format!("/namespaces/{namespace}")).unwrap_or_default();
    let name = name.map(|name| format!("/{name}")).unwrap_or_default();
    format!("/{api}{namespace}/{resource}{name}")
}

/// A right object of a resource that is not there yet.
pub(crate) fn new(resource: &str, by: &str) -> Result<Value> {
    let ours = |kind: &str, name: &str, spec: Value| json!({"apiVersion": "zhengyun.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec});
    let plain = |version: &str, kind: &str, more: Value| {
        let mut object = json!({"apiVersion": version, "kind": kind, "metadata": {"name": "tried"}});
        if let (Some(object), Some(more)) = (object.as_object_mut(), more.as_object()) {
            object.extend(more.clone());
        }
        object
    };
    Ok(match resource {
        "datacenters" => ours(
            "DataCenter",
            "tried",
            json!({"displayName": "试机房", "owner": "jiaoyu", "building": "试", "disposition": "inventory", "zones": ["extranet"]}),
        ),
        "isolationprofiles" => ours("IsolationProfile", "tried", json!({"displayName": "试"})),
        "workspacesets" => ours(
            "WorkspaceSet",
            "tried",
            json!({
                "displayName": "试",
                "basis": {"document": "测试"},
                "lead": {"department": "jiaoyu", "workspace": "one"},
                "members": ["weisheng"],
                "template": {
                    "system": {"displayName": "试", "kind": "new", "zones": ["extranet"],
                        "level": {"information": 2, "service": 2}},
                    "zone": "extranet",
                    "sites": [{"site": "kaicheng", "share": {"cpu": "1", "memory": "1Gi"}}]
                }
            }),
        ),
        "removals" => ours(
            "Removal",
            "tried",
            json!({"workspace": "gone", "then": "keep", "by": by, "reason": "试",
                "places": [{"site": "kaicheng", "namespace": "jiaoyu-gone", "uid": "none"}]}),
        ),
        "accessgrants" => ours(
            "AccessGrant",
            "tried",
            json!({"user": "oidc:wu", "workspaces": ["one"], "sites": ["kaicheng"], "verbs": ["view"],
                "ticket": "GD-1", "reason": "试", "hours": 1, "by": by}),
        ),
        "systems" | "workspaces" => {
            let text = if resource == "systems" {
                story::system("jiaoyu", "tried")
            } else {
                story::bare_workspace("jiaoyu", "tried", "one", &["kaicheng"], "1")
            };
            serde_yaml::from_str(text.trim_end().trim_end_matches("---")).context("a sample")?
        }
        "pods" => {
            let mut pod = serde_json::to_value(story::pod("tried")?)?;
            pod["apiVersion"] = "v1".into();
            pod["kind"] = "Pod".into();
            pod
        }
        "deployments" => deployment("tried")?,
        "secrets" => plain("v1", "Secret", json!({"stringData": {"a": "b"}})),
        "configmaps" => plain("v1", "ConfigMap", json!({"data": {"a": "b"}})),
        "rolebindings" => binding_to("zhengyun:department-member", "oidc:jiaoyu-member"),
        "clusterrolebindings" => {
            let mut binding = binding_to("view", "oidc:jiaoyu-member");
            binding["kind"] = "ClusterRoleBinding".into();
            binding
        }
        other => anyhow::bail!("nothing new of {other}"),
    })
}

/// A deployment of one pod.
pub(crate) fn deployment(name: &str) -> Result<Value> {
    let mut spec = serde_json::to_value(story::pod(name)?)?["spec"].take();
    spec["terminationGracePeriodSeconds"] = 0.into();
    Ok(json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": spec}
        }
    }))
}

fn binding_to(role: &str, group: &str) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "tried"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}]
    })
}

/// A department's own administrator opens the door to the provider, past the agreement that ends by itself.
pub(crate) fn let_provider_in() -> Value {
    binding_to("zhengyun:department-member", "oidc:zhengyun-providers")
}

/// An agreement of somebody.
pub(crate) fn agreement(by: &str) -> Value {
    json!({"spec": {"approval": {"by": by, "reference": "试"}}})
}

/// A container that is put into a running pod.
pub(crate) fn ephemeral() -> Value {
    json!({"spec": {"ephemeralContainers": [{
        "name": "look", "image": "registry.local/app:1",
        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}
    }]}})
}

/// An eviction of a pod.
pub(crate) fn eviction(pod: Option<&str>) -> Value {
    json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod},
        "deleteOptions": {"dryRun": ["All"]}})
}

/// A pod is put onto a node.
pub(crate) fn binding(pod: Option<&str>) -> Value {
    json!({"apiVersion": "v1", "kind": "Binding", "metadata": {"name": pod},
        "target": {"apiVersion": "v1", "kind": "Node", "name": "node-1"}})
}

/// A token of an account.
pub(crate) fn token() -> Value {
    json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}})
}
