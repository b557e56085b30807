//! What fences a workspace in on a site, rendered as Kubernetes objects.

use std::collections::BTreeMap;

use crds::tenancy::department::{DepartmentGroup, DepartmentRole};
use crds::{Authority, BundleObject, IsolationProfileSpec, ProtectionLevel, RawObject, Zone, labels};
use serde_json::{Value, json};

use crate::names::DepartmentName;
use crate::quantity::{Mebibytes, MilliCpu};

/// ClusterRole of the department's executor, which applies the department's own content.
pub const EXECUTOR_ROLE: &str = "zhengyun:executor";

/// All that a workspace's namespace is made from.
#[derive(Clone, Debug)]
pub struct Fence<'a> {
    /// Name of the namespace on the site.
    pub namespace: &'a str,
    /// The department that it belongs to.
    pub department: &'a DepartmentName,
    /// Name and uid of the workspace.
    pub workspace: (&'a str, &'a str),
    /// Chinese name of the workspace.
    pub display_name: &'a str,
    /// Name of the system.
    pub system: &'a str,
    /// Level of the system.
    pub level: ProtectionLevel,
    /// Zone that it stands in.
    pub zone: Zone,
    /// How it is fenced in.
    pub profile: &'a IsolationProfileSpec,
    /// Who may do what.
    pub groups: &'a [DepartmentGroup],
}

/// Labels that every object of a department's set carries.
#[must_use]
pub fn set_labels(department: &DepartmentName) -> Value {
    json!({
        labels::MANAGED_BY: labels::MANAGER,
        labels::DEPARTMENT: department.as_str(),
        labels::SET: department.as_str(),
    })
}

/// The objects of one workspace's namespace, without its quota, which the agent computes from the allotment.
#[must_use]
pub fn objects(fence: &Fence<'_>) -> Vec<BundleObject> {
    let mut all = vec![namespace(fence), limit_range(fence)];
    all.extend(network_policies(fence));
    all.extend(role_bindings(fence));
    all.into_iter().map(platform).collect()
}

/// The department's executor: the account that its own content is applied with.
#[must_use]
pub fn executor(department: &DepartmentName) -> BundleObject {
    platform(json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": department.as_str(), "namespace": labels::EXECUTOR_NAMESPACE, "labels": set_labels(department)},
        "automountServiceAccountToken": false
    }))
}

fn platform(object: Value) -> BundleObject {
    BundleObject { authority: Authority::Platform, object: RawObject::new(object) }
}

fn namespace(fence: &Fence<'_>) -> Value {
    let mut labels = set_labels(fence.department);
    let pod_security = fence.profile.pod_security.id();
    for (key, value) in [
        (labels::WORKSPACE, fence.workspace.0),
        (labels::WORKSPACE_UID, fence.workspace.1),
        (labels::SYSTEM, fence.system),
        (labels::ZONE, fence.zone.id()),
        (labels::LEVEL, &fence.level.to_string()),
        ("pod-security.kubernetes.io/enforce", pod_security),
        ("pod-security.kubernetes.io/enforce-version", "latest"),
    ] {
        labels[key] = value.into();
    }
    json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": fence.namespace,
            "labels": labels,
            "annotations": {labels::DISPLAY_NAME: fence.display_name}
        }
    })
}

fn metadata(fence: &Fence<'_>, name: &str) -> Value {
    json!({"name": name, "namespace": fence.namespace, "labels": set_labels(fence.department)})
}

fn limit_range(fence: &Fence<'_>) -> Value {
    let defaults = &fence.profile.container_defaults;
    // As the API server writes them: what it gives back must compare equal.
    let cpu = MilliCpu::parse(&defaults.cpu).unwrap_or_default().to_string();
    let memory = Mebibytes::parse(&defaults.memory).unwrap_or_default().to_string();
    json!({
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": metadata(fence, "zhengyun"),
        "spec": {"limits": [{
            "type": "Container",
            "default": {"memory": memory},
            "defaultRequest": {"cpu": cpu, "memory": memory}
        }]}
    })
}

fn network_policies(fence: &Fence<'_>) -> Vec<Value> {
    let policy = |name: &str, spec: Value| {
        json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": metadata(fence, name),
            "spec": spec
        })
    };
    // No peers and no ports: everything is denied both ways, and the policies below open what they name.
    let mut policies =
        vec![policy("zhengyun-deny", json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}))];
    // The others are always there, and open nothing when the profile says so: what an order leaves out is not taken away.
    let mut within = json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]});
    if fence.profile.network.within_workspace {
        let peers = json!([{"podSelector": {}}]);
        within["ingress"] = json!([{"from": peers}]);
        within["egress"] = json!([{"to": peers}]);
    }
    policies.push(policy("zhengyun-within-workspace", within));
    let mut names = json!({"podSelector": {}, "policyTypes": ["Egress"]});
    if fence.profile.network.name_service {
        names["egress"] = json!([{
            "to": [{
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}
            }],
            "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]
        }]);
    }
    policies.push(policy("zhengyun-name-service", names));
    policies
}

fn role_bindings(fence: &Fence<'_>) -> Vec<Value> {
    let mut bindings = bindings(fence.namespace, fence.groups, &set_labels(fence.department));
    bindings.push(binding(
        fence.namespace,
        "zhengyun-executor",
        EXECUTOR_ROLE,
        &set_labels(fence.department),
        json!([{"kind": "ServiceAccount", "name": fence.department.as_str(), "namespace": labels::EXECUTOR_NAMESPACE}]),
    ));
    bindings
}

/// One RoleBinding per role: the same on the hub and on the sites. A role that no group has any more is bound to nobody; left out,
/// its old binding would stay.
#[must_use]
pub fn bindings(namespace: &str, groups: &[DepartmentGroup], labels: &Value) -> Vec<Value> {
    let roles = [DepartmentRole::Admin, DepartmentRole::Member, DepartmentRole::Auditor];
    let mut by_role: BTreeMap<DepartmentRole, Vec<&str>> = roles.map(|role| (role, Vec::new())).into();
    for DepartmentGroup { group, role } in groups {
        by_role.entry(*role).or_default().push(group);
    }
    by_role
        .into_iter()
        .map(|(role, groups)| {
            let name = role.cluster_role().replace(':', "-");
            let subjects: Vec<Value> = groups
                .into_iter()
                .map(|group| json!({"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": group}))
                .collect();
            binding(namespace, &name, role.cluster_role(), labels, Value::from(subjects))
        })
        .collect()
}

fn binding(namespace: &str, name: &str, role: &str, labels: &Value, subjects: Value) -> Value {
    let mut binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
    });
    // An empty list applied again and again would be a write each time (kubernetes#131175): nobody is said by leaving it out.
    if subjects.as_array().is_some_and(|subjects| !subjects.is_empty()) {
        binding["subjects"] = subjects;
    }
    binding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_rendered_whole() {
        let department = DepartmentName::parse("jiaoyu").unwrap();
        let profile: IsolationProfileSpec = serde_json::from_value(json!({"displayName": "标准"})).unwrap();
        let groups = [DepartmentGroup { group: "oidc:jiaoyu-admin".into(), role: DepartmentRole::Admin }];
        let fence = Fence {
            namespace: "jiaoyu-jichu",
            department: &department,
            workspace: ("jichu", "uid-1"),
            display_name: "教育基础数据",
            system: "jiaoyu",
            level: ProtectionLevel { information: 3, service: 3 },
            zone: Zone::Extranet,
            profile: &profile,
            groups: &groups,
        };
        insta::assert_yaml_snapshot!(objects(&fence));
    }

    #[test]
    fn a_role_that_nobody_has_is_bound_to_nobody_without_an_empty_list() {
        let bindings = bindings("n", &[], &json!({}));
        assert_eq!(bindings.len(), 3);
        assert!(bindings.iter().all(|binding| binding.get("subjects").is_none()));
    }
}
