//! Replicas, leaders, nodes and API servers die; how long it takes until somebody leads and something is applied again.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use e2e::district::District;
use e2e::installed::Release;
use e2e::nodes::Node;
use e2e::requirements::skipped;
use k8s_openapi::api::core::v1::{Pod, ResourceQuota};
use kube::{Api, ResourceExt as _};

use super::{PLACE, SITE, begin, changed, every_line_is_json, runs_a_pod, say, term};

#[tokio::test(flavor = "multi_thread")]
async fn the_installed_product_goes_on_when_replicas_leaders_nodes_and_api_servers_die() -> Result<()> {
    if skipped("the_installed_product_goes_on_when_replicas_leaders_nodes_and_api_servers_die") {
        return Ok(());
    }
    let district =
        District::builder().sites([SITE]).real_nodes(["hub"], 2).installed(Release::Present).start().await?;
    begin(&district).await?;
    runs_a_pod(&district, district.site(SITE)?, "before").await?;
    say("nothing", None, changed(&district, 3).await?);

    a_standby_dies(&district).await?;
    the_leader_dies(&district).await?;
    the_leaders_node_dies(&district).await?;
    the_agent_dies(&district).await?;
    the_sites_api_server_dies(&district).await?;
    the_sites_node_dies(&district).await?;
    for logs in [district.hub().pods().logs().await?, district.site(SITE)?.pods().logs().await?] {
        every_line_is_json(&logs)?;
    }
    Ok(())
}

async fn leader(district: &District) -> Result<String> {
    let pods = district.hub().pods();
    district.eventually("somebody leads", async || pods.leader().await).await
}

async fn next_term(district: &District, than: i64) -> Result<()> {
    district.eventually("another term begins", async || anyhow::Ok(term(district).await? > than)).await
}

async fn a_standby_dies(district: &District) -> Result<()> {
    let (hub, leads, before) = (district.hub(), leader(district).await?, term(district).await?);
    let standby = hub.pods().list().await?.into_iter().map(|pod| pod.name_any()).find(|name| *name != leads);
    hub.pods().kill(&standby.context("a replica that stands by")?).await?;
    say("hub: the standby killed", None, changed(district, 4).await?);
    ensure!(term(district).await? == before, "the leader changed, though it was another that died");
    hub.pods().rolled_out().await
}

async fn the_leader_dies(district: &District) -> Result<()> {
    let (hub, leads, before) = (district.hub(), leader(district).await?, term(district).await?);
    let started = Instant::now();
    hub.pods().kill(&leads).await?;
    next_term(district, before).await?;
    let led = started.elapsed();
    changed(district, 5).await?;
    say("hub: the leader killed", Some(led), started.elapsed());
    hub.pods().rolled_out().await
}

/// The node that a pod runs on.
async fn node_of<'a>(district: &'a District, pod: &str) -> Result<&'a Node> {
    let pods: Api<Pod> = Api::namespaced(district.hub().client()?, e2e::installed::NAMESPACE);
    let name = pods.get(pod).await?.spec.and_then(|spec| spec.node_name).context("a pod on a node")?;
    let nodes = district.hub().plane().nodes();
    nodes.iter().find(|node| node.name() == name).with_context(|| format!("there is no {name}"))
}

async fn the_leaders_node_dies(district: &District) -> Result<()> {
    let (hub, leads, before) = (district.hub(), leader(district).await?, term(district).await?);
    let node = node_of(district, &leads).await?;
    for pod in hub.pods().list().await? {
        let other =
            pod.name_any() == leads || node_of(district, &pod.name_any()).await?.name() != node.name();
        ensure!(other, "both replicas are on {}", node.name());
    }
    let started = Instant::now();
    node.kill()?;
    next_term(district, before).await?;
    let led = started.elapsed();
    ensure!(leader(district).await? != leads, "{leads} leads, whose node is dead");
    changed(district, 6).await?;
    say("hub: the leader's node killed", Some(led), started.elapsed());
    hub.plane().start_node(node).await?;
    hub.pods().rolled_out().await
}

async fn the_agent_dies(district: &District) -> Result<()> {
    let site = district.site(SITE)?;
    let leads = site.pods().leader().await?.context("an agent that leads")?;
    let started = Instant::now();
    site.pods().kill(&leads).await?;
    changed(district, 7).await?;
    say("site: the agent killed", None, started.elapsed());
    site.pods().rolled_out().await
}

async fn the_sites_api_server_dies(district: &District) -> Result<()> {
    let site = district.site(SITE)?;
    let started = Instant::now();
    site.plane().kill_api()?;
    site.start_api().await?;
    changed(district, 8).await?;
    say("site: the API server killed", None, started.elapsed());
    Ok(())
}

/// The site has one node, so the agent goes with it; what was in force stays so by the API server alone.
async fn the_sites_node_dies(district: &District) -> Result<()> {
    let site = district.site(SITE)?;
    let node = site.plane().nodes().first().context("a node")?;
    node.kill()?;
    let quotas: Api<ResourceQuota> = Api::namespaced(site.client()?, PLACE);
    let quota = quotas.get("zhengyun").await?;
    let hard = quota.status.and_then(|status| status.hard).unwrap_or_default();
    ensure!(hard.get("requests.cpu").is_some_and(|cpu| cpu.0 == "8"), "{hard:?}");
    let started = Instant::now();
    site.plane().start_node(node).await?;
    changed(district, 9).await?;
    say("site: its node killed and started", None, started.elapsed());
    site.pods().rolled_out().await?;
    // What the department ran is run again.
    let pods: Api<Pod> = Api::namespaced(site.client()?, PLACE);
    let runs = |pod: Option<&Pod>| {
        let statuses = pod.and_then(|pod| pod.status.as_ref()?.container_statuses.as_ref());
        statuses.is_some_and(|all| all.iter().all(|one| one.ready && one.restart_count > 0))
    };
    district.eventually_object(pods, "before", "the department's pod runs again", runs).await?;
    Ok(())
}
