//! How soon what somebody changed on a site is as it was.

use std::time::Duration;

use anyhow::{Context as _, Result};
use k8s_openapi::api::core::v1::{Namespace, ResourceQuota};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::core::ApiResource;
use kube::{Api, Client, ResourceExt as _};
use plan::quota::QUOTA_NAME;
use serde_json::{Value, json};

use super::figure::{Budget, Figure, Samples, Unit, Words};
use super::floor;
use super::ground::Ground;
use super::watched::Watched;
use super::{Name, Sizes};

/// Within this, drift is undone (DESIGN section 12).
const MEDIAN_MS: f64 = 300.0;
const WORST_MS: f64 = 2000.0;

/// A change that somebody makes.
struct Change {
    id: &'static str,
    what: Words,
    resource: ApiResource,
    /// `None` for the namespace itself.
    name: Option<&'static str>,
    /// The part that is looked at.
    part: &'static str,
    patch: Value,
}

fn changes() -> [Change; 4] {
    let stranger = json!({"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "oidc:stranger"});
    [
        Change {
            id: "quota",
            what: Words::new("配额 spec.hard", "quota spec.hard"),
            resource: ApiResource::erase::<ResourceQuota>(&()),
            name: Some(QUOTA_NAME),
            part: "/spec",
            patch: json!({"spec": {"hard": {"requests.cpu": "99"}}}),
        },
        Change {
            id: "namespace-label",
            what: Words::new("命名空间标签", "label of the namespace"),
            resource: ApiResource::erase::<Namespace>(&()),
            name: None,
            part: "/metadata/labels",
            patch: json!({"metadata": {"labels": {crds::labels::LEVEL: "S1A1"}}}),
        },
        Change {
            id: "network-policy",
            what: Words::new("网络策略 spec", "network policy spec"),
            resource: ApiResource::erase::<NetworkPolicy>(&()),
            name: Some("zhengyun-deny"),
            part: "/spec",
            patch: json!({"spec": {"policyTypes": ["Ingress"]}}),
        },
        Change {
            id: "role-binding",
            what: Words::new("角色绑定 subjects", "role binding subjects"),
            resource: ApiResource::erase::<RoleBinding>(&()),
            name: Some("zhengyun-department-admin"),
            part: "/subjects",
            patch: json!({"subjects": [stranger]}),
        },
    ]
}

pub(super) async fn measure(ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    // Another department's object each time: one that is changed again and again is a quarrel, and not drift.
    ground.stand(sizes.pool.max(sizes.drifts)).await?;
    let client = ground.site()?.client()?;
    let changes = changes();
    let mut by_change = [const { Vec::new() }; 4];
    for round in 0..sizes.drifts {
        let kind = round % changes.len();
        let namespace = format!("{}-w1", Ground::pooled(round + 1).name);
        by_change[kind].push(undone(&client, &changes[kind], &namespace).await?);
    }
    let all: Samples = by_change.iter().flatten().copied().collect();
    let floor = floor::corrector(&client, "floor-drift", sizes.drifts).await?;

    let mut figure = Figure::new(
        Name::Drift,
        format!("{} 处改动恢复原状", sizes.drifts),
        format!("{} changes undone", sizes.drifts),
    );
    figure
        .row("median", Words::new("中位数", "median"), Unit::Milliseconds, all.median())
        .floor(floor.median())
        .budget(Budget::AtMost(MEDIAN_MS));
    figure
        .row("worst", Words::new("最慢", "worst"), Unit::Milliseconds, all.worst())
        .floor(floor.worst())
        .budget(Budget::AtMost(WORST_MS));
    for (change, taken) in changes.into_iter().zip(by_change) {
        let samples: Samples = taken.into_iter().collect();
        let what = Words::new(format!("{},中位数", change.what.zh), format!("{}, median", change.what.en));
        figure.row(format!("{}-median", change.id), what, Unit::Milliseconds, samples.median());
    }
    figure.note(
        "下限为裸循环:改、经监视看到、改回、再看到",
        "the floor is a bare loop: change, see it by a watch, change back, see that",
    );
    Ok(figure)
}

/// Makes one change and waits until the object is as it was.
async fn undone(client: &Client, change: &Change, namespace: &str) -> Result<Duration> {
    let Change { resource, name, part, patch, .. } = change;
    let (api, name): (Api<DynamicObject>, &str) = match name {
        Some(name) => (Api::namespaced_with(client.clone(), namespace, resource), name),
        None => (Api::all_with(client.clone(), resource), namespace),
    };
    let mut watched = Watched::one(api.clone(), name).await?;
    let looked_at = |object: &DynamicObject| {
        let whole = serde_json::to_value(object).unwrap_or_default();
        whole.pointer(part).cloned()
    };
    let (_, before) = watched.until("the object stands", |_| true).await?;
    let right = looked_at(&before);
    let begin = std::time::Instant::now();
    let changed = api
        .patch(name, &PatchParams::default(), &Patch::Merge(patch))
        .await
        .with_context(|| format!("change {} {namespace}/{name}", resource.kind))?;
    anyhow::ensure!(looked_at(&changed) != right, "the change of {namespace}/{name} changed nothing");
    let version = |object: &DynamicObject| object.resource_version().and_then(|v| v.parse::<u64>().ok());
    let after = version(&changed);
    let what = format!("{} {namespace}/{name} is as it was", resource.kind);
    let again = |object: &DynamicObject| version(object) > after && looked_at(object) == right;
    Ok(watched.until(&what, again).await?.0 - begin)
}
