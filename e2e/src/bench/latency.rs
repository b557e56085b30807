//! From a changed share on the hub to the quota in force on the site, and to `Ready` on the hub.

use std::time::Instant;

use anyhow::Result;
use crds::Workspace;
use k8s_openapi::api::core::v1::ResourceQuota;
use kube::{Api, Resource as _};
use plan::quota::QUOTA_NAME;

use super::figure::{Figure, Samples, Unit, Words};
use super::floor;
use super::ground::{Ground, SITE};
use super::load::{SYSTEM, Tenant, file, load};
use super::watched::Watched;
use super::{Name, Sizes};
use crate::story::{bare_workspace, ready};

/// With nothing else on the site.
pub(super) async fn alone(ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    measure(ground, Name::Latency1, sizes.latency_rounds).await
}

/// Beside many that stand.
pub(super) async fn beside_many(ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    ground.stand(sizes.standing).await?;
    measure(ground, Name::Latency1000, sizes.latency_rounds).await
}

async fn measure(ground: &Ground, name: Name, rounds: usize) -> Result<Figure> {
    let beside = ground.placements().await?;
    let tenant =
        Tenant { name: name.to_string().replace('-', ""), workspaces: 1, sites: vec![SITE.to_owned()] };
    load(ground.hub(), std::slice::from_ref(&tenant)).await?;
    let (in_force, well) = rounds_of(ground, &tenant, rounds).await?;
    let floor = floor::quota(&ground.site()?.client()?, &format!("floor-{name}"), rounds).await?;

    let mut figure = Figure::new(
        name,
        format!("改一个业务空间的份额 {rounds} 次,旁有 {beside} 个单位机房落点"),
        format!("the share of one workspace changed {rounds} times, beside {beside} placements"),
    );
    let mut row = |id: &str, zh: &str, en: &str, value: f64, floor: f64| {
        figure.row(id, Words::new(zh, en), Unit::Milliseconds, value).floor(floor);
    };
    let (median, high) = (floor.median(), floor.percentile(99));
    row(
        "in-force-median",
        "至机房配额生效,中位数",
        "to the quota in force, median",
        in_force.median(),
        median,
    );
    row("in-force-p99", "至机房配额生效,p99", "to the quota in force, p99", in_force.percentile(99), high);
    row("ready-median", "至中心显示就绪,中位数", "to Ready on the hub, median", well.median(), median);
    row("ready-p99", "至中心显示就绪,p99", "to Ready on the hub, p99", well.percentile(99), high);
    figure.note(
        "下限为直接在机房应用配额至其生效",
        "the floor is a quota applied on the site itself, until it is in force",
    );
    Ok(figure)
}

/// How long each change took to be in force on the site, and to be said to be so on the hub.
async fn rounds_of(ground: &Ground, tenant: &Tenant, rounds: usize) -> Result<(Samples, Samples)> {
    let workspaces: Api<Workspace> = Api::namespaced(ground.hub().admin()?, &tenant.namespace());
    let quotas: Api<ResourceQuota> =
        Api::namespaced(ground.site()?.client()?, &format!("{}-w1", tenant.name));
    let mut quota = Watched::one(quotas, QUOTA_NAME).await?;
    let mut watched = Watched::one(workspaces.clone(), "w1").await?;
    let (mut in_force, mut well) = (Samples::default(), Samples::default());
    for round in 0..rounds {
        // From 2 on, as it stands with 1.
        let cpu = (round + 2).to_string();
        let changed = bare_workspace(&tenant.name, "w1", SYSTEM, &[SITE], &cpu);
        let begin = Instant::now();
        let changed = file(&workspaces, &changed).await?;
        let enforced = |quota: &ResourceQuota| floor::enforced_cpu(quota) == Some(&cpu);
        in_force.push(quota.until("the share is in force", enforced).await?.0 - begin);
        let generation = changed.meta().generation;
        let said = |workspace: &Workspace| {
            workspace.meta().generation == generation
                && ready(workspace).is_some_and(|(status, _)| status == "True")
        };
        well.push(watched.until("the workspace is ready", said).await?.0 - begin);
    }
    Ok((in_force, well))
}
