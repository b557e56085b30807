//! From the release of one version earlier to this one while departments are made, then away and back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use crds::{DataCenter, Department};
use e2e::audit::{Entry, Mark};
use e2e::district::District;
use e2e::installed::{NAMESPACE, Release, upgrade};
use e2e::requirements::skipped;
use e2e::story::{department, ready};
use k8s_openapi::api::core::v1::{Namespace, Pod, Secret};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Api;
use kube::api::ListParams;

use super::{PLACE, SITE, begin, changed, runs_a_pod};

/// One department is made each second.
const PACE: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_under_load_loses_nothing_and_what_is_uninstalled_comes_back() -> Result<()> {
    if skipped("an_upgrade_under_load_loses_nothing_and_what_is_uninstalled_comes_back") {
        return Ok(());
    }
    let district = District::builder().sites([SITE]).installed(Release::Previous).start().await?;
    begin(&district).await?;
    let site = district.site(SITE)?;
    runs_a_pod(&district, site, "before").await?;
    let earlier = agent_version(&district).await?;
    ensure!(earlier != env!("CARGO_PKG_VERSION"), "the agent is of this version already");

    let mark = district.hub().plane().audit_mark().await?;
    let made = upgraded_under_load(&district).await?;
    for name in &made {
        let departments: Api<Department> = Api::all(district.hub().client()?);
        district.said(departments, name, "True").await?;
    }
    one_leads_at_a_time(&district, mark).await?;
    district
        .eventually("the agent is of this version", async || {
            anyhow::Ok(agent_version(&district).await? == env!("CARGO_PKG_VERSION"))
        })
        .await?;
    changed(&district, 3).await?;

    taken_away(&district, made.len()).await?;
    for (plane, side) in [(district.hub().plane(), "hub"), (site.plane(), "site")] {
        plane.helm_install("zhengyun-crds", &["--set", &format!("place={side}")]).await?;
        plane.helm_install(&format!("zhengyun-{side}"), &[]).await?;
    }
    district.hub().pods().rolled_out().await?;
    site.pods().rolled_out().await?;
    changed(&district, 4).await?;
    runs_a_pod(&district, site, "after").await
}

async fn agent_version(district: &District) -> Result<String> {
    let centers: Api<DataCenter> = Api::all(district.hub().client()?);
    let facts = centers.get(SITE).await?.status.unwrap_or_default().facts;
    Ok(facts.map(|facts| facts.agent_version).unwrap_or_default())
}

/// Upgrades the site, then the hub, and says which departments were made meanwhile; one that is refused is an error.
async fn upgraded_under_load(district: &District) -> Result<Vec<String>> {
    let done = AtomicBool::new(false);
    let load = async {
        let (mut made, mut ticks) = (Vec::new(), tokio::time::interval(PACE));
        while !done.load(Ordering::Relaxed) || made.len() < 10 {
            ticks.tick().await;
            let name = format!("load{}", made.len());
            let said = district.hub().plane().apply(&department(&name)).await;
            said.with_context(|| format!("make {name} during the upgrade"))?;
            made.push(name);
        }
        anyhow::Ok(made)
    };
    let upgrades = async {
        let site = district.site(SITE)?;
        upgrade(site.plane(), "site").await?;
        site.pods().rolled_out().await?;
        upgrade(district.hub().plane(), "hub").await?;
        district.hub().pods().rolled_out().await?;
        done.store(true, Ordering::Relaxed);
        anyhow::Ok(())
    };
    let (made, ()) = tokio::try_join!(load, upgrades)?;
    eprintln!("{} departments were made during the upgrade", made.len());
    Ok(made)
}

/// Whoever wrote as the hub's leader wrote nothing any more once another had.
async fn one_leads_at_a_time(district: &District, mark: Mark) -> Result<()> {
    district.hub().plane().audit_mark().await?;
    let entries = district.hub().plane().audit().since(mark)?.writes().ours();
    let mut leaders: Vec<String> = Vec::new();
    // The keys of admission are made by whichever replica finds none first: a standby seals too.
    let by_leaders = |entry: &&Entry| entry.user.ends_with(":zhengyun-hub") && entry.resource != "secrets";
    for entry in entries.all().iter().filter(by_leaders) {
        let pod = entry.pod.clone().context("a write without a pod")?;
        if leaders.last() != Some(&pod) {
            ensure!(!leaders.contains(&pod), "{pod} wrote after another had led: {leaders:?}, {entry}");
            leaders.push(pod);
        }
    }
    ensure!(leaders.len() > 1, "nobody handed over: {leaders:?}");
    eprintln!("leaders in turn: {leaders:?}");
    Ok(())
}

/// Uninstalls all releases: kinds, what people made, namespaces and what runs in them stay.
async fn taken_away(district: &District, loads: usize) -> Result<()> {
    let (hub, site) = (district.hub(), district.site(SITE)?);
    for (plane, name) in [(hub.plane(), "zhengyun-hub"), (site.plane(), "zhengyun-site")] {
        for release in [name, "zhengyun-crds"] {
            plane.helm(["uninstall", release, "--wait"]).await?;
        }
    }
    for pods in [hub.pods(), site.pods()] {
        district.eventually("no replica is left", async || anyhow::Ok(pods.list().await?.is_empty())).await?;
    }
    let kinds: Api<CustomResourceDefinition> = Api::all(hub.client()?);
    kinds.get("departments.zhengyun.io").await.context("the kinds went with the chart")?;
    let departments: Api<Department> = Api::all(hub.client()?);
    let known = departments.list(&ListParams::default()).await?.items;
    ensure!(known.len() == loads + 2, "{} departments are left", known.len());
    ensure!(known.iter().all(|one| ready(one).is_some_and(|(status, _)| status == "True")), "a status went");
    Api::<Namespace>::all(site.client()?).get(PLACE).await.context("the namespace went with the chart")?;
    Api::<Secret>::namespaced(site.client()?, NAMESPACE).get("zhengyun-hub-credential").await?;
    let pod = Api::<Pod>::namespaced(site.client()?, PLACE).get("before").await?;
    let status = pod.status.and_then(|status| status.container_statuses).unwrap_or_default();
    ensure!(
        status.iter().all(|one| one.ready && one.restart_count == 0),
        "the department's pod was disturbed"
    );
    Ok(())
}
