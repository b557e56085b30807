//! Every namespaced resource and subresource that the API server lists, and what it is to a department. What nobody has classified
//! fails the test: a new version of Kubernetes cannot open a door that nobody looked at.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::requests::{Try, collection};
use crate::world::{OWN, World};

/// What a resource is to a department.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Its content is judged: the attempts say how.
    Judged,
    /// The department's own business; what it says reaches nothing outside its namespace.
    Own,
    /// Written by the cluster's own components alone, refused with this code.
    Cluster(&'static str),
    /// An action on a pod, volume or service of its own.
    Act,
    /// Read only.
    Read,
}

use Class::{Act, Cluster, Judged, Own, Read};

/// By `group/version/resource` as discovery has them.
pub(crate) const SURFACE: [(&str, Class); 61] = [
    ("v1/bindings", Cluster("ZY-4222")),
    ("v1/configmaps", Own),
    ("v1/endpoints", Cluster("ZY-4221")),
    ("v1/events", Own),
    ("v1/limitranges", Cluster("ZY-4225")),
    ("v1/persistentvolumeclaims", Judged),
    ("v1/persistentvolumeclaims/status", Cluster("ZY-4220")),
    ("v1/pods", Judged),
    ("v1/pods/attach", Act),
    ("v1/pods/binding", Cluster("ZY-4222")),
    ("v1/pods/ephemeralcontainers", Judged),
    ("v1/pods/eviction", Act),
    ("v1/pods/exec", Act),
    ("v1/pods/log", Read),
    ("v1/pods/portforward", Act),
    ("v1/pods/proxy", Act),
    // Only amounts, which the quota counts.
    ("v1/pods/resize", Own),
    ("v1/pods/status", Cluster("ZY-4220")),
    ("v1/podtemplates", Judged),
    ("v1/replicationcontrollers", Judged),
    ("v1/replicationcontrollers/scale", Own),
    ("v1/replicationcontrollers/status", Cluster("ZY-4220")),
    ("v1/resourcequotas", Cluster("ZY-4225")),
    ("v1/resourcequotas/status", Cluster("ZY-4220")),
    ("v1/secrets", Judged),
    ("v1/serviceaccounts", Own),
    ("v1/serviceaccounts/token", Cluster("ZY-4223")),
    ("v1/services", Judged),
    ("v1/services/proxy", Act),
    ("v1/services/status", Cluster("ZY-4220")),
    ("apps/v1/controllerrevisions", Own),
    ("apps/v1/daemonsets", Judged),
    ("apps/v1/daemonsets/status", Cluster("ZY-4220")),
    ("apps/v1/deployments", Judged),
    ("apps/v1/deployments/scale", Own),
    ("apps/v1/deployments/status", Cluster("ZY-4220")),
    ("apps/v1/replicasets", Judged),
    ("apps/v1/replicasets/scale", Own),
    ("apps/v1/replicasets/status", Cluster("ZY-4220")),
    ("apps/v1/statefulsets", Judged),
    ("apps/v1/statefulsets/scale", Own),
    ("apps/v1/statefulsets/status", Cluster("ZY-4220")),
    // A question about rights, not a right.
    ("authorization.k8s.io/v1/localsubjectaccessreviews", Read),
    ("autoscaling/v2/horizontalpodautoscalers", Own),
    ("autoscaling/v2/horizontalpodautoscalers/status", Cluster("ZY-4220")),
    ("batch/v1/cronjobs", Judged),
    ("batch/v1/cronjobs/status", Cluster("ZY-4220")),
    ("batch/v1/jobs", Judged),
    ("batch/v1/jobs/status", Cluster("ZY-4220")),
    ("coordination.k8s.io/v1/leases", Own),
    ("discovery.k8s.io/v1/endpointslices", Cluster("ZY-4221")),
    ("events.k8s.io/v1/events", Own),
    ("networking.k8s.io/v1/ingresses", Judged),
    ("networking.k8s.io/v1/ingresses/status", Cluster("ZY-4220")),
    ("networking.k8s.io/v1/networkpolicies", Judged),
    ("policy/v1/poddisruptionbudgets", Own),
    ("policy/v1/poddisruptionbudgets/status", Cluster("ZY-4220")),
    ("rbac.authorization.k8s.io/v1/rolebindings", Judged),
    ("rbac.authorization.k8s.io/v1/roles", Judged),
    ("resource.k8s.io/v1/resourceclaims", Judged),
    ("resource.k8s.io/v1/resourceclaimtemplates", Judged),
];

/// More of the surface, which the API server may have or not.
pub(crate) const MORE: [(&str, Class); 4] = [
    ("resource.k8s.io/v1/resourceclaims/status", Cluster("ZY-4220")),
    ("storage.k8s.io/v1/csistoragecapacities", Cluster("ZY-4226")),
    // The agent's memory stands where no department has rights.
    ("zhengyun.io/v1alpha1/appliedbundles", Own),
    ("zhengyun.io/v1alpha1/appliedbundles/status", Own),
];

/// A resource as discovery has it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// `group/version/resource`, without the subresource.
    pub(crate) resource: String,
    /// The subresource, empty for the resource itself.
    pub(crate) subresource: String,
    /// What can be done.
    pub(crate) verbs: Vec<String>,
}

impl Found {
    /// As in [`SURFACE`].
    pub(crate) fn id(&self) -> String {
        if self.subresource.is_empty() {
            self.resource.clone()
        } else {
            format!("{}/{}", self.resource, self.subresource)
        }
    }

    fn can(&self, verb: &str) -> bool {
        self.verbs.iter().any(|has| has == verb)
    }
}

/// Every namespaced resource of every group, in the version that the API server prefers.
pub(crate) async fn discover(world: &World) -> Result<Vec<Found>> {
    listed(world, true).await
}

/// What would be made outside of any namespace: rules, classes, nodes, volumes. Namespaces have attempts of their own, and a review
/// is a question.
pub(crate) async fn outside(world: &World) -> Result<Vec<Try>> {
    let all = listed(world, false).await?;
    let made = all.iter().filter(|one| one.can("create") && one.subresource.is_empty());
    let own = made.filter(|one| one.resource != "v1/namespaces" && !one.resource.ends_with("reviews"));
    Ok(own
        .map(|one| {
            let prefix = if one.resource.starts_with("v1/") { "/api" } else { "/apis" };
            Try::post(&one.resource, &format!("{prefix}/{}", one.resource), json!({}))
        })
        .collect())
}

async fn listed(world: &World, namespaced: bool) -> Result<Vec<Found>> {
    let ask = async |path: &str| -> Result<Value> {
        let request = http::Request::get(path).body(Vec::new()).context("a request")?;
        Ok(world.admin.request(request).await?)
    };
    let groups = ask("/apis").await?;
    let groups = groups["groups"].as_array().context("groups")?;
    let mut versions = vec!["v1".to_owned()];
    for group in groups {
        versions.push(group["preferredVersion"]["groupVersion"].as_str().context("a version")?.to_owned());
    }
    let mut all = Vec::new();
    for version in versions {
        let prefix = if version == "v1" { "/api" } else { "/apis" };
        let list = ask(&format!("{prefix}/{version}")).await?;
        for one in list["resources"].as_array().context("resources")? {
            if one["namespaced"] != namespaced {
                continue;
            }
            let name = one["name"].as_str().context("a name")?;
            let (name, sub) = name.split_once('/').unwrap_or((name, ""));
            let verbs: Vec<String> = serde_json::from_value(one["verbs"].clone())?;
            all.push(Found { resource: format!("{version}/{name}"), subresource: sub.to_owned(), verbs });
        }
    }
    Ok(all)
}

/// What each is, or what nobody has looked at and what is no longer there.
pub(crate) fn classify(found: &[Found]) -> Result<BTreeMap<String, Class>> {
    let known: BTreeMap<&str, Class> = SURFACE.into_iter().chain(MORE).collect();
    let ids: Vec<String> = found.iter().map(Found::id).collect();
    let strange: Vec<&String> = ids.iter().filter(|id| !known.contains_key(id.as_str())).collect();
    anyhow::ensure!(
        strange.is_empty(),
        "the API server has resources that nobody has classified: {strange:?}"
    );
    let gone: Vec<&str> =
        SURFACE.iter().map(|(id, _)| *id).filter(|id| !ids.iter().any(|found| found == id)).collect();
    anyhow::ensure!(gone.is_empty(), "the API server no longer has: {gone:?}");
    Ok(ids.into_iter().filter_map(|id| known.get(id.as_str()).map(|class| (id, *class))).collect())
}

/// Every write that discovery lists for a resource, in a namespace, on `name`, with a body that is right or nothing.
pub(crate) fn every_write(found: &Found, namespace: &str, name: &str, live: &Value) -> Result<Vec<Try>> {
    let at = collection(namespace, &found.resource);
    let what = found.id();
    let path = if found.subresource.is_empty() {
        format!("{at}/{name}")
    } else {
        format!("{at}/{name}/{}", found.subresource)
    };
    let mut tries = Vec::new();
    if matches!(found.subresource.as_str(), "exec" | "attach" | "portforward" | "proxy") {
        let query = if found.subresource == "exec" { "?command=true&stdout=true" } else { "?stdout=true" };
        tries.push(Try::connect(&what, &format!("{path}{query}")));
        return Ok(tries);
    }
    if found.can("create") {
        let mut object = live.clone();
        object["metadata"] = json!({"name": if found.subresource.is_empty() { "another" } else { name }, "labels": live["metadata"]["labels"]});
        for given in ["nodeName", "clusterIP", "clusterIPs", "volumeName"] {
            object.get_mut("spec").and_then(Value::as_object_mut).map(|spec| spec.remove(given));
        }
        if found.resource == "v1/bindings" || found.subresource == "binding" {
            object = json!({"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name}, "target": {"kind": "Node", "name": "node-1"}});
        } else if found.resource == "batch/v1/jobs" && live["spec"].is_object() {
            // The API server makes these two for each job.
            object["spec"]["selector"] = Value::Null;
            object["spec"]["template"]["metadata"]["labels"] = live["metadata"]["labels"].clone();
        } else if found.subresource == "eviction" {
            object = json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}});
        } else if found.subresource == "token" {
            object = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
        }
        let to = if found.subresource.is_empty() { &at } else { &path };
        tries.push(Try::post(&what, to, object));
    }
    if found.can("update") || found.can("patch") {
        // As it is, the API server still asks its policies. A scale is another kind than what is scaled.
        let scale = found.subresource == "scale";
        let set =
            if scale { ("/spec/replicas", json!(0)) } else { ("/metadata/annotations/own", json!("x")) };
        let body = if scale {
            json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": name, "namespace": namespace}, "spec": {"replicas": 1}})
        } else {
            live.clone()
        };
        tries.extend(Try::change(&what, &path, &body, &[(set.0, set.1)])?);
    }
    if found.can("delete") {
        tries.push(Try::delete(&what, &path));
    }
    if found.can("deletecollection") {
        tries.push(Try::delete(&format!("{what}: all"), &at));
    }
    Ok(tries)
}

/// What stands there of a resource to be written to, with its name.
pub(crate) async fn standing(world: &World, found: &Found) -> Result<(String, Value)> {
    if found.subresource == "binding" {
        return Ok(("waiting".into(), json!({})));
    }
    if found.subresource == "resize" {
        // One that no node has yet: the API server asks the node of others first, and a fake one cannot resize.
        let path = format!("{}/waiting", collection(OWN, "v1/pods"));
        return Ok(("waiting".into(), world.live(&path).await?));
    }
    if matches!(
        found.resource.as_str(),
        "v1/bindings"
            | "authorization.k8s.io/v1/localsubjectaccessreviews"
            | "zhengyun.io/v1alpha1/appliedbundles"
    ) {
        return Ok(("waiting".into(), json!({})));
    }
    let own = world.first(&found.resource).await?;
    let at = collection(OWN, &found.resource);
    let path = own.unwrap_or_else(|| format!("{at}/zhengyun"));
    let name = path.rsplit_once('/').map(|(_, name)| name.to_owned()).unwrap_or_default();
    Ok((name, world.live(&path).await?))
}
