//! The district of these tests: two departments at one site, a profile that says something about everything, and who tries.

use anyhow::{Context as _, Result};
use e2e::district::District;
use e2e::story::{department, system, workspace};
use e2e::users::Person;
use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::{Endpoints, Pod};
use kube::{Api, Client};
use serde_json::{Value, json};

use crate::requests::collection;

/// The site.
pub(crate) const SITE: &str = "kaicheng";
/// The namespace of the department that tries.
pub(crate) const OWN: &str = "jiaoyu-jichu";
/// The namespace of another department.
pub(crate) const OTHER: &str = "weisheng-yiliao";
/// The host of the department's workspace.
pub(crate) const HOST: &str = "jichu.edu.yp.gov.cn";

/// Baseline, so that what these walls refuse is not refused by Pod Security before.
const PROFILE: &str = "apiVersion: zhengyun.io/v1alpha1
kind: IsolationProfile
metadata: {name: walled}
spec:
  displayName: 全项
  podSecurity: baseline
  images: {registries: [registry.local], pullPolicies: [Always, IfNotPresent]}
  pods:
    nodeSelector: {kubernetes.io/os: linux}
    tolerations: [dedicated]
    priorityClasses: [ordinary]
    runtimeClasses: [runc]
    deviceClasses: [gpu]
  storage: {classes: [fast]}
  ingress: {classes: [nginx], hostSuffixes: [edu.yp.gov.cn]}
  network: {ipBlocks: [10.20.0.0/16]}
  metadata: {requiredLabels: [team], forbiddenLabels: [billing/], forbiddenAnnotations: [vendor/]}
---
";

/// What a site has that workspaces may or may not name.
const CLASSES: &str = "apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: ordinary}
value: 10
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: higher}
value: 1000
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: other}
handler: other
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: none
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: other}
provisioner: none
---
";

/// What somebody else left in the namespace before it was the department's.
const FOUND: &str = "apiVersion: storage.k8s.io/v1
kind: CSIStorageCapacity
metadata: {name: found, namespace: jiaoyu-jichu}
storageClassName: fast
capacity: 1Ti
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: found, namespace: jiaoyu-jichu}
spec: {hard: {count/secrets: '99'}}
---
apiVersion: v1
kind: Event
metadata: {name: a-found, namespace: jiaoyu-jichu}
involvedObject: {kind: Pod, name: one, namespace: jiaoyu-jichu}
eventTime: '2026-01-01T00:00:00.000000Z'
type: Normal
reason: Found
action: Find
reportingComponent: example.com/finder
reportingInstance: finder
---
apiVersion: v1
kind: LimitRange
metadata: {name: found, namespace: jiaoyu-jichu}
spec: {limits: [{type: PersistentVolumeClaim, max: {storage: 50Gi}}]}
";

/// As if the rights had been opened: everything in its own namespace, and on namespaces. The first binding is one that the walls
/// would refuse to anybody who is not the platform, so it says that it is.
const OPENED: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: opened, namespace: jiaoyu-jichu, labels: {app.kubernetes.io/managed-by: zhengyun}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: 'oidc:zhao'}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: opened}
rules: [{apiGroups: [''], resources: [namespaces, namespaces/status, namespaces/finalize], verbs: ['*']}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: opened}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: opened}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: 'oidc:zhao'}]
";

/// The specification of a pod that is right here.
pub(crate) fn pod_spec() -> Value {
    json!({
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "containers": [{
            "name": "app", "image": "registry.local/app:1", "imagePullPolicy": "Always",
            "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "16Mi"}}
        }]
    })
}

/// What the department runs, in YAML.
fn standing() -> String {
    let with = |key: &str, value: Value| {
        let mut spec = pod_spec();
        spec[key] = value;
        spec.to_string()
    };
    include_str!("standing.yaml")
        .replace("NS", OWN)
        .replace("WAITING", &with("nodeSelector", json!({"kubernetes.io/os": "linux", "pool": "none"})))
        .replace("ONCE", &with("restartPolicy", "Never".into()))
        .replace("POD", &pod_spec().to_string())
}

/// A running district with these people.
pub(crate) struct World {
    pub(crate) district: District,
    /// An administrator of the department, with the rights that it has.
    pub(crate) li: Client,
    /// One of the department whose rights were opened.
    pub(crate) zhao: Client,
    /// The site's own administrator.
    pub(crate) admin: Client,
}

impl World {
    /// Starts it, and waits until the workspaces are in force and the department runs what it runs.
    pub(crate) async fn start() -> Result<Self> {
        let district = District::start([SITE]).await?;
        let mut yaml = PROFILE.to_owned();
        for (name, space) in [("jiaoyu", "jichu"), ("weisheng", "yiliao")] {
            yaml += &department(name);
            yaml += &system(name, name);
            let more = format!("  zone: extranet\n  profile: walled\n  hosts: [{space}.edu.yp.gov.cn]\n");
            let plain = workspace(name, space, name, &[SITE], "4");
            yaml += &plain.replace("  zone: extranet\n", &more).replace("8Gi}", "8Gi, storage: 100Gi}");
        }
        district.hub().plane().apply(&yaml).await?;
        district.in_force("jiaoyu", "jichu").await?;
        district.in_force("weisheng", "yiliao").await?;
        let plane = district.site(SITE)?.plane();
        plane.apply(CLASSES).await?;
        let person = Person::of_department("li", "jiaoyu");
        let li = plane.client_of(&person)?;
        plane.apply_as(&li, &standing()).await?;
        plane.apply(FOUND).await?;
        plane.apply(OPENED).await?;
        let zhao = plane.client("oidc:zhao", &person.groups())?;
        let admin = plane.admin()?;
        let world = Self { district, li, zhao, admin };
        Box::pin(world.running()).await?;
        Ok(world)
    }

    /// Waits until controllers have made what they make of ordinary work.
    async fn running(&self) -> Result<()> {
        let deployments: Api<Deployment> = Api::namespaced(self.admin.clone(), OWN);
        let ready = |found: Option<&Deployment>| {
            found.and_then(|d| d.status.as_ref()?.available_replicas).is_some_and(|count| count == 2)
        };
        self.district.eventually_object(deployments, "web", "pods of the deployment run", ready).await?;
        let sets: Api<ReplicaSet> = Api::namespaced(self.admin.clone(), OWN);
        let seen = |found: Option<&ReplicaSet>| {
            found.and_then(|set| set.status.as_ref()?.observed_generation).is_some()
        };
        self.district.eventually_object(sets, "rs", "the replica set is looked at", seen).await?;
        let pods: Api<Pod> = Api::namespaced(self.admin.clone(), OWN);
        let runs = |found: Option<&Pod>| {
            found
                .and_then(|pod| pod.status.as_ref()?.phase.as_deref())
                .is_some_and(|phase| phase == "Running")
        };
        self.district.eventually_object(pods.clone(), "db-0", "the stateful set's pod runs", runs).await?;
        self.district.eventually_object(pods.clone(), "one", "the lone pod runs", runs).await?;
        let listed = kube::api::ListParams::default().labels("app=log");
        let every_node = async || Ok::<_, kube::Error>(pods.list(&listed).await?.items.len() == 2);
        self.district.eventually("every node has a pod of the daemon set", every_node).await?;
        let endpoints: Api<Endpoints> = Api::namespaced(self.admin.clone(), OWN);
        self.district
            .eventually_object(endpoints, "web", "the service has endpoints", |e| e.is_some())
            .await?;
        Ok(())
    }

    /// What stands at a path, as somebody would edit it.
    pub(crate) async fn live(&self, path: &str) -> Result<Value> {
        let request = http::Request::get(path).body(Vec::new()).context("a request")?;
        let mut live: Value = self.admin.request(request).await.with_context(|| format!("read {path}"))?;
        if let Some(metadata) = live["metadata"].as_object_mut() {
            // With it, whoever else writes in between would be what is refused.
            let asked_for = ["poddisruptionbudgets", "csistoragecapacities", "leases"];
            if !asked_for.iter().any(|resource| path.contains(resource)) {
                metadata.remove("resourceVersion");
            }
            metadata.remove("managedFields");
        }
        Ok(live)
    }

    /// The path of the first object of a resource that is the department's own.
    pub(crate) async fn first(&self, resource: &str) -> Result<Option<String>> {
        let collection = collection(OWN, resource);
        let list = self.live(&collection).await?;
        let items = list["items"].as_array().into_iter().flatten();
        let mut own =
            items.filter(|item| item["metadata"]["labels"]["app.kubernetes.io/managed-by"] != "zhengyun");
        let name = own.next().and_then(|item| item["metadata"]["name"].as_str());
        Ok(name.map(|name| format!("{collection}/{name}")))
    }
}
