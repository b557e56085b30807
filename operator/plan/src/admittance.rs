//! What a site needs on the hub to be told and heard, and what bounds it there.

use crds::labels;
use serde_json::{Value, json};

use crate::names::{SiteName, site_namespace};
use crate::report::{MAX_SHARDS, shard_name};

/// Name of the agent's ServiceAccount, binding and lease in the site's namespace.
pub const AGENT: &str = "agent";
/// The lease by which a cluster is heard that asks under the name of a site which another one speaks for.
pub const STRANGER: &str = "stranger";
/// ClusterRole on the hub that says what a site's credential may do, bound in its own namespace only.
pub const AGENT_ROLE: &str = "zhengyun:site-agent";
/// ClusterRole on the hub that lets platform engineers give a site its credential, bound in the site's namespace only.
pub const JOINER_ROLE: &str = "zhengyun:site-joiner";
/// The platform engineers' group.
const ENGINEERS: &str = "oidc:zhengyun-platform-engineers";
/// Priority level on the hub that all sites share, from the hub's chart.
pub const PRIORITY: &str = "zhengyun-sites";
/// How a site stands with the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may join and speak.
    Welcome,
    /// A person gave it up: its credential may do nothing.
    Abandoned,
}

/// What a site needs on the hub: a namespace of its own, an account bound to the agent's role there and nowhere else, a bound
/// on what it can store and on what it can cost, and the objects that it may fill but not make: `shards` of its report.
#[must_use]
pub fn hub_objects(site: &SiteName, standing: Standing, shards: u32) -> Vec<Value> {
    let namespace = site_namespace(site);
    let labels = json!({labels::MANAGED_BY: labels::MANAGER, labels::SITE: site.as_str()});
    let metadata = |name: &str| json!({"name": name, "namespace": namespace, "labels": labels});
    let group = "rbac.authorization.k8s.io";
    let bound = |name: &str, role: &str, subject: Option<Value>| {
        let mut binding = json!({
            "apiVersion": format!("{group}/v1"),
            "kind": "RoleBinding",
            "metadata": metadata(name),
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role}
        });
        // Nobody is said by leaving it out: an empty list would be a write each time (kubernetes#131175).
        if let Some(subject) = subject {
            binding["subjects"] = json!([subject]);
        }
        binding
    };
    let account = json!({"kind": "ServiceAccount", "name": AGENT, "namespace": namespace});
    let welcome = (standing == Standing::Welcome).then(|| account.clone());
    let mut all = vec![
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}),
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(AGENT), "automountServiceAccountToken": false}),
        json!({
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": metadata("zhengyun"),
            "spec": {"hard": {"pods": "0", "secrets": "0", "services": "0", "persistentvolumeclaims": "0"}}
        }),
        flow_schema(site, &labels, &account),
        bound(AGENT, AGENT_ROLE, welcome),
        bound("joiner", JOINER_ROLE, Some(json!({"kind": "Group", "apiGroup": group, "name": ENGINEERS}))),
    ];
    let lease = |name| json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata(name), "spec": {"leaseDurationSeconds": 60}});
    all.extend([AGENT, STRANGER].map(lease));
    let report = |shard| json!({"apiVersion": "zhengyun.io/v1alpha1", "kind": "SiteReport", "metadata": metadata(&shard_name(shard)), "spec": {"shard": shard}});
    all.extend((0..shards.clamp(1, MAX_SHARDS)).map(report));
    all
}

/// Puts everything that a site's credential asks into a queue of its own, so that a stolen one starves nobody but its site.
fn flow_schema(site: &SiteName, labels: &Value, account: &Value) -> Value {
    json!({
        "apiVersion": "flowcontrol.apiserver.k8s.io/v1",
        "kind": "FlowSchema",
        "metadata": {"name": format!("zhengyun-{}", site_namespace(site)), "labels": labels},
        "spec": {
            "priorityLevelConfiguration": {"name": PRIORITY},
            // Before the schemas for all service accounts (9000), behind those of Kubernetes itself.
            "matchingPrecedence": 8000,
            "distinguisherMethod": {"type": "ByUser"},
            "rules": [{
                "subjects": [{
                    "kind": "ServiceAccount",
                    "serviceAccount": {"name": account["name"], "namespace": account["namespace"]}
                }],
                "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "namespaces": ["*"], "clusterScope": true}],
                "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}]
            }]
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_needs_its_own_namespace_and_no_more_rights_than_the_agents_role() {
        let site = SiteName::parse("kaicheng").unwrap();
        let welcome = hub_objects(&site, Standing::Welcome, 2);
        let abandoned = hub_objects(&site, Standing::Abandoned, 2);
        let bound = |objects: &[Value]| {
            objects
                .iter()
                .filter(|o| o["roleRef"]["name"] == AGENT_ROLE && o.get("subjects").is_some())
                .count()
        };
        assert_eq!((bound(&welcome), bound(&abandoned)), (1, 0));
        insta::assert_yaml_snapshot!(welcome);
    }
}
