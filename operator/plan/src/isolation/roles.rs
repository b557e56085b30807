//! Who may act in a namespace: a department's groups by their roles, and its executor.

use std::collections::BTreeMap;

use crds::labels;
use crds::tenancy::department::{DepartmentGroup, DepartmentRole};
use serde_json::{Value, json};

use super::{EXECUTOR_ROLE, Fence, set_labels};

/// The role bindings of one workspace's namespace.
pub(super) fn role_bindings(fence: &Fence<'_>) -> Vec<Value> {
    let labels = set_labels(fence.department);
    let mut bindings = bindings(fence.namespace, fence.groups, DepartmentRole::ON_SITES, &labels);
    bindings.push(binding(
        fence.namespace,
        "zhengyun-executor",
        EXECUTOR_ROLE,
        &labels,
        json!([{"kind": "ServiceAccount", "name": fence.department.as_str(), "namespace": labels::EXECUTOR_NAMESPACE}]),
    ));
    bindings
}

/// One RoleBinding for each of these roles. A role that no group has any more is bound to nobody; left out,
/// its old binding would stay.
#[must_use]
pub fn bindings(
    namespace: &str,
    groups: &[DepartmentGroup],
    roles: &[DepartmentRole],
    labels: &Value,
) -> Vec<Value> {
    let mut by_role: BTreeMap<DepartmentRole, Vec<&str>> =
        roles.iter().map(|role| (*role, Vec::new())).collect();
    for DepartmentGroup { group, role } in groups {
        if let Some(groups) = by_role.get_mut(role) {
            groups.push(group);
        }
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
    fn a_role_that_nobody_has_is_bound_to_nobody_without_an_empty_list() {
        let bindings = bindings("n", &[], DepartmentRole::ON_HUB, &json!({}));
        assert_eq!(bindings.len(), 4);
        assert!(bindings.iter().all(|binding| binding.get("subjects").is_none()));
    }

    #[test]
    fn the_head_of_a_department_is_bound_on_the_hub_and_at_no_site() {
        let head = [DepartmentGroup { group: "oidc:jiaoyu-head".into(), role: DepartmentRole::Head }];
        let named = |roles| bindings("n", &head, roles, &json!({})).iter().any(|b| b["subjects"].is_array());
        assert!(named(DepartmentRole::ON_HUB));
        assert!(!named(DepartmentRole::ON_SITES));
    }
}
