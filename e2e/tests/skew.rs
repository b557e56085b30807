//! Agents of earlier versions under this hub, and a hub of one version earlier over this agent: builds from the history of this
//! repository.

use anyhow::Result;
use crds::{DataCenter, SiteReport};
use e2e::district::District;
use e2e::product;
use e2e::story::{department, system, workspace};
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;

const SITES: [&str; 2] = ["kaicheng", "wujiaochang"];

fn wish(name: &str, cpu: &str) -> String {
    department(name) + &system(name, "one") + &workspace(name, "one", "one", &SITES, cpu)
}

async fn version(district: &District, site: &str) -> Result<String> {
    let centers: Api<DataCenter> = Api::all(district.hub().client()?);
    let facts = centers.get(site).await?.status.unwrap_or_default().facts;
    Ok(facts.map(|facts| facts.agent_version).unwrap_or_default())
}

async fn reported(district: &District, site: &str, what: &str) -> Result<()> {
    let reports: Api<SiteReport> = Api::namespaced(district.hub().client()?, &format!("site-{site}"));
    let says = |report: Option<&SiteReport>| {
        let sets = report.and_then(|report| report.status.as_ref()).map(|status| &status.sets);
        sets.into_iter().flatten().any(|set| set.set == "aa" && set.message.starts_with(what))
    };
    district.eventually_object(reports, "report-0", &format!("the site says {what}"), says).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_and_hubs_of_two_versions_understand_each_other_or_leave_it_alone_whole() -> Result<()> {
    let earlier = product::previous().await?;
    let without_budgets = product::of_version("0.2.0").await?;
    let district = District::start(SITES).await?;
    let (old, new) = (district.site(SITES[0])?, district.site(SITES[1])?);
    old.run_agent_of(&without_budgets).await?;
    old.agent_ready().await?;
    let differ =
        async || anyhow::Ok(version(&district, SITES[0]).await? < version(&district, SITES[1]).await?);
    district.eventually("one agent is of an earlier version", differ).await?;

    // An order that needs what the earlier agent lacks is left alone whole there, and the newer one acts on its own.
    district.hub().plane().apply(&wish("aa", "2")).await?;
    reported(&district, SITES[0], "ZY-2005").await?;
    let namespaces = |site: &str| anyhow::Ok(Api::<Namespace>::all(district.site(site)?.client()?));
    let stands = |namespace: Option<&Namespace>| namespace.is_some();
    district
        .eventually_object(namespaces(SITES[1])?, "aa-one", "it stands where it is understood", stands)
        .await?;
    assert!(namespaces(SITES[0])?.get_opt("aa-one").await?.is_none());

    // Upgraded, the agent acts on the order that waited for it; one version behind the hub is enough.
    old.run_agent_of(earlier).await?;
    district.in_force("aa", "one").await?;
    old.run_agent_of(product::binary().await?).await?;
    old.agent_ready().await?;

    // The hub goes back a version, under agents of this one.
    district.hub().run_build(earlier).await?;
    district.hub().plane().apply(&wish("bb", "2")).await?;
    district.in_force("bb", "one").await?;
    new.kill_agent()?;
    new.start_agent()?;
    district.hub().run_build(product::binary().await?).await?;
    district.hub().plane().apply(&wish("bb", "3")).await?;
    district.in_force("bb", "one").await?;
    Ok(())
}
