//! What the network lets through: everything is denied both ways, and the rest opens what it names.

use serde_json::{Value, json};

use super::{Fence, metadata};

/// The network policies of one workspace's namespace.
pub(super) fn network_policies(fence: &Fence<'_>) -> Vec<Value> {
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
