//! Who may act in a namespace: a department's groups by their roles, and its executor.

use std::collections::BTreeMap;

use crds::labels;
use crds::tenancy::department::{DepartmentGroup, DepartmentRole};
use serde_json::{Value, json};

use super::{EXECUTOR_ROLE, Fence, set_labels};

/// The role bindings of one workspace's namespace.
pub(super) fn role_bindings(fence: &Fence<'_>) -> Vec<Value> {
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
    fn a_role_that_nobody_has_is_bound_to_nobody_without_an_empty_list() {
        let bindings = bindings("n", &[], &json!({}));
        assert_eq!(bindings.len(), 3);
        assert!(bindings.iter().all(|binding| binding.get("subjects").is_none()));
    }
}
