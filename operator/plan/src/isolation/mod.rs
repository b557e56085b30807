//! What fences a workspace in on a site, rendered as Kubernetes objects.

mod network;
mod parameters;
mod roles;
pub mod stage;

use crds::tenancy::department::DepartmentGroup;
use crds::{Authority, BundleObject, IsolationProfileSpec, ProtectionLevel, RawObject, Zone, labels};
use serde_json::{Value, json};

use self::network::network_policies;
pub use self::parameters::check;
pub use self::roles::bindings;
use self::roles::role_bindings;
use crate::flows::{self, AtSite};
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
    /// Hosts that its ingresses may serve.
    pub hosts: &'a [String],
    /// Whether the department changes nothing in it for the time being.
    pub frozen: bool,
    /// What is open to and from other workspaces at this site.
    pub flows: &'a AtSite,
    /// Its share of the Internet exit at this site, in Mbit/s.
    pub egress_mbit: u32,
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
    // The parameters come first: without them the site's policies refuse what they would judge.
    let mut all = vec![namespace(fence), parameters::config_map(fence), limit_range(fence)];
    all.extend(network_policies(fence));
    all.push(flows::network_policy(metadata(fence, flows::POLICY), fence.flows));
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
        (labels::ENFORCEMENT, labels::ENFORCE),
        ("pod-security.kubernetes.io/enforce", pod_security),
        ("pod-security.kubernetes.io/enforce-version", "latest"),
    ] {
        labels[key] = value.into();
    }
    if fence.frozen {
        labels[labels::FROZEN] = "true".into();
    }
    json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": fence.namespace,
            "labels": labels,
            "annotations": {
                labels::DISPLAY_NAME: fence.display_name,
                labels::EGRESS_MBIT: fence.egress_mbit.to_string()
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crds::tenancy::department::DepartmentRole;

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
            hosts: &["jichu.edu.yp.gov.cn".into()],
            frozen: false,
            flows: &AtSite::default(),
            egress_mbit: 50,
        };
        insta::assert_yaml_snapshot!(objects(&fence));
    }
}
