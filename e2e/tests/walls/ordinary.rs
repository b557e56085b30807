//! What the walls let through: ordinary work, also of the largest kind, also while the agent is dead.

use anyhow::{Result, ensure};
use crds::Workspace;
use e2e::district::District;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::{Api, ResourceExt};
use serde_json::{Value, json};

use crate::requests::{Try, collection};
use crate::world::{HOST, OWN, World, pod_spec};

/// A new image is rolled out by controllers, which nobody exempts.
pub(crate) async fn rolled_out(world: &World) -> Result<()> {
    let deployments: Api<Deployment> = Api::namespaced(world.li.clone(), OWN);
    let image = json!({"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "registry.local/app:2"}]}}}});
    let wanted = deployments.patch("web", &PatchParams::default(), &Patch::Strategic(&image)).await?;
    available(&world.district, deployments, wanted.metadata.generation).await
}

async fn available(district: &District, deployments: Api<Deployment>, generation: Option<i64>) -> Result<()> {
    let done = move |found: Option<&Deployment>| {
        found.and_then(|deployment| deployment.status.as_ref()).is_some_and(|status| {
            status.observed_generation >= generation
                && status.updated_replicas == Some(2)
                && status.available_replicas == Some(2)
                && status.replicas == Some(2)
        })
    };
    district.eventually_object(deployments, "web", "the pods are replaced", done).await?;
    Ok(())
}

/// The largest things that somebody would write stay within what an API server spends on a policy.
pub(crate) async fn large(world: &World) -> Result<()> {
    let many = |count: usize, prefix: &str| -> serde_json::Map<String, Value> {
        (0..count).map(|n| (format!("{prefix}{n}"), "x".repeat(60).into())).collect()
    };
    let mut labels = many(500, "label-");
    labels.insert("team".into(), "a".into());
    let mut spec = pod_spec();
    let container = spec["containers"][0].clone();
    let containers = (0..200).map(|n| {
        let mut one = container.clone();
        one["name"] = format!("app-{n}").into();
        one["resources"] = json!({"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"memory": "1Mi"}});
        one["env"] = (0..20).map(|n| json!({"name": format!("E{n}"), "value": "x".repeat(200)})).collect();
        one
    });
    spec["containers"] = containers.collect();
    spec["volumes"] = (0..300).map(|n| json!({"name": format!("v{n}"), "emptyDir": {}})).collect();
    let metadata = json!({"name": "large", "labels": labels, "annotations": many(500, "note-")});
    let mut rule = world.live(&format!("{}/web", collection(OWN, "networking.k8s.io/v1/ingresses"))).await?["spec"]["rules"][0].clone();
    let path = rule["http"]["paths"][0].clone();
    rule["http"]["paths"] = (0..3000)
        .map(|n| {
            let mut one = path.clone();
            one["path"] = format!("/{n}").into();
            one
        })
        .collect();
    let peers: Vec<Value> = (0..1000)
        .map(|n| json!({"ipBlock": {"cidr": format!("10.20.{}.{}/32", n / 250, n % 250)}}))
        .collect();
    let subjects: Vec<Value> = (0..3000)
        .map(|n| json!({"kind": "ServiceAccount", "name": format!("a{n}"), "namespace": OWN}))
        .collect();
    let objects = [
        ("v1/pods", json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})),
        (
            "apps/v1/deployments",
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {
            "selector": {"matchLabels": {"team": "a"}}, "template": {"metadata": {"labels": labels}, "spec": spec}}}),
        ),
        (
            "networking.k8s.io/v1/ingresses",
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "large"},
            "spec": {"ingressClassName": "nginx", "tls": [{"hosts": [HOST]}], "rules": [rule]}}),
        ),
        (
            "networking.k8s.io/v1/networkpolicies",
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "large"},
            "spec": {"podSelector": {}, "ingress": [{"from": peers}]}}),
        ),
        (
            "rbac.authorization.k8s.io/v1/rolebindings",
            json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": {"name": "large"}, "subjects": subjects,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"}}),
        ),
    ];
    for (resource, object) in objects {
        let answer = Try::post(resource, &collection(OWN, resource), object).send(&world.zhao).await?;
        ensure!(answer.allowed(), "a large one of {resource}: {} {:.300}", answer.code, answer.said);
    }
    Ok(())
}

/// Of two workspaces that name a host, the one that came first has it; the other gets it once it is given up.
pub(crate) async fn a_host_is_one_workspaces(world: &World) -> Result<()> {
    let hub = world.district.hub().client()?;
    let named = async |department: &str, name: &str, hosts: Value| -> Result<Api<Workspace>> {
        let api: Api<Workspace> = Api::namespaced(hub.clone(), &format!("dept-{department}"));
        let patch = Patch::Merge(json!({"spec": {"hosts": hosts}}));
        api.patch(name, &PatchParams::default(), &patch).await?;
        Ok(api)
    };
    let shared = "gongyong.edu.yp.gov.cn";
    named("jiaoyu", "jichu", json!([HOST, "*.edu.yp.gov.cn"])).await?;
    let later = named("weisheng", "yiliao", json!([shared])).await?;
    let refused = world.district.said(later.clone(), "yiliao", "False").await?;
    let said = e2e::story::ready(&refused).map(|(_, message)| message.to_owned()).unwrap_or_default();
    ensure!(said.contains("ZY-1003") && said.contains("dept-jiaoyu/jichu"), "{said}");
    named("weisheng", "yiliao", json!(["yiliao.gov.cn"])).await?;
    let foreign = world.district.said(later.clone(), "yiliao", "False").await?;
    let said = e2e::story::ready(&foreign).map(|(_, message)| message.to_owned()).unwrap_or_default();
    ensure!(said.contains("ZY-1451"), "{said}");
    named("weisheng", "yiliao", json!([shared])).await?;
    named("jiaoyu", "jichu", json!([HOST])).await?;
    world.district.said(later, "yiliao", "True").await?;
    world.district.in_force("jiaoyu", "jichu").await?;
    Ok(())
}

/// What the API server takes and makes nothing of: it is as if it had not been asked.
pub(crate) async fn without_effect(world: &World) -> Result<()> {
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "another"}, "spec": {
        "storageClassName": "fast", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
        "dataSourceRef": {"kind": "PersistentVolumeClaim", "name": "data", "namespace": crate::world::OTHER}}});
    let answer = Try::post("another's claim", &collection(OWN, "v1/persistentvolumeclaims"), claim)
        .send(&world.zhao)
        .await?;
    let made: Value = if answer.allowed() { serde_json::from_str(&answer.said)? } else { Value::Null };
    // Refused by the API server or by us, or made without the other namespace in it.
    ensure!(!answer.allowed() || made["spec"]["dataSourceRef"]["namespace"].is_null(), "{made}");
    Ok(())
}

/// While the parameters are missing, what they would judge is refused, and nobody can write others in their place.
pub(crate) async fn without_parameters(world: &World) -> Result<()> {
    let maps: Api<ConfigMap> = Api::namespaced(world.admin.clone(), OWN);
    let mut kept = maps.get("zhengyun").await?;
    maps.delete("zhengyun", &DeleteParams::default()).await?;
    let own = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "zhengyun"}, "data": {"registries": "*"}});
    for one in Try::make("parameters of one's own", &collection(OWN, "v1/configmaps"), &own) {
        let answer = one.send(&world.zhao).await?;
        ensure!(answer.said.contains("ZY-4227"), "{}: {} {}", one.what, answer.code, answer.said);
    }
    let mut pod =
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "another", "labels": {"team": "a"}}});
    pod["spec"] = pod_spec();
    let create = Try::post("a right pod", &collection(OWN, "v1/pods"), pod);
    let shut = async || Ok::<_, anyhow::Error>(!create.send(&world.li).await?.allowed());
    world.district.eventually("nothing is judged without parameters", shut).await?;
    kept.metadata.resource_version = None;
    kept.metadata.uid = None;
    maps.create(&PostParams::default(), &kept).await?;
    let open = async || Ok::<_, anyhow::Error>(create.send(&world.li).await?.allowed());
    world.district.eventually("with parameters, it is judged again", open).await?;
    Ok(())
}

/// In a namespace that is only warned, what would be refused is taken, with the sentence as a warning.
pub(crate) async fn warned(world: &World) -> Result<()> {
    let namespaces: Api<k8s_openapi::api::core::v1::Namespace> = Api::all(world.admin.clone());
    let stage = async |stage: &str| {
        let label = json!({"metadata": {"labels": {"zhengyun.io/enforcement": stage}}});
        namespaces.patch(OWN, &PatchParams::default(), &Patch::Merge(&label)).await
    };
    ensure!(stage("warn").await?.labels().contains_key("zhengyun.io/enforcement"));
    let mut pod =
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "another", "labels": {"team": "a"}}});
    pod["spec"] = pod_spec();
    pod["spec"]["containers"][0]["image"] = "evil.com/app:1".into();
    let create = Try::post("a wrong pod", &collection(OWN, "v1/pods"), pod);
    let warns = async || {
        Ok::<_, anyhow::Error>(create.warnings(&world.li).await?.iter().any(|said| said.contains("ZY-4230")))
    };
    world.district.eventually("it is warned", warns).await?;
    stage("enforce").await?;
    let refuses = async || Ok::<_, anyhow::Error>(!create.send(&world.li).await?.allowed());
    world.district.eventually("it is refused again", refuses).await?;
    Ok(())
}
