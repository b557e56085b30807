//! Agents of one version earlier under this hub, and a hub of one version earlier over this agent: two builds, the earlier one from
//! the history of this repository.

use anyhow::Result;
use crds::{DataCenter, Removal, RemovalState, SiteReport};
use e2e::district::District;
use e2e::product;
use e2e::story::{department, system, workspace};
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::json;

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
    let district = District::start(SITES).await?;
    let (old, new) = (district.site(SITES[0])?, district.site(SITES[1])?);
    old.run_agent_of(earlier).await?;
    old.agent_ready().await?;
    district.hub().plane().apply(&wish("aa", "2")).await?;
    district.in_force("aa", "one").await?;
    let differ =
        async || anyhow::Ok(version(&district, SITES[0]).await? < version(&district, SITES[1]).await?);
    district.eventually("one agent is of an earlier version", differ).await?;

    // An order that needs what the earlier agent lacks is left alone whole there, and the newer one acts on its own.
    let hub = district.hub().client()?;
    let removals: Api<Removal> = Api::namespaced(hub.clone(), "dept-aa");
    let namespaces = |site: &str| anyhow::Ok(Api::<Namespace>::all(district.site(site)?.client()?));
    let mut places = Vec::new();
    for site in SITES {
        let uid = namespaces(site)?.get("aa-one").await?.metadata.uid;
        places.push(json!({"site": site, "namespace": "aa-one", "uid": uid}));
    }
    let spec =
        json!({"workspace": "one", "places": places, "then": "delete", "by": "admin", "reason": "下线"});
    removals.create(&PostParams::default(), &Removal::new("r", serde_json::from_value(spec)?)).await?;
    let workspaces: Api<crds::Workspace> = Api::namespaced(hub.clone(), "dept-aa");
    workspaces.delete("one", &DeleteParams::default()).await?;
    let other = district.hub().plane().client("wang", &["system:masters"])?;
    let agreed = json!({"spec": {"approval": {"by": "wang", "reference": "审2026-9"}}});
    let as_other: Api<Removal> = Api::namespaced(other, "dept-aa");
    as_other.patch("r", &PatchParams::default(), &Patch::Merge(&agreed)).await?;
    reported(&district, SITES[0], "ZY-2005").await?;
    let gone = |namespace: Option<&Namespace>| namespace.is_none();
    district
        .eventually_object(namespaces(SITES[1])?, "aa-one", "it goes where it is understood", gone)
        .await?;
    let stays = namespaces(SITES[0])?.get("aa-one").await?;
    assert!(stays.metadata.deletion_timestamp.is_none());

    // Upgraded, the agent acts on the order that waited for it.
    old.run_agent_of(product::binary().await?).await?;
    district.eventually_object(namespaces(SITES[0])?, "aa-one", "it goes after the upgrade", gone).await?;
    let done = |removal: Option<&Removal>| {
        let places = removal.and_then(|removal| removal.status.as_ref()).map(|status| &status.places);
        places.is_some_and(|at| at.len() == 2 && at.iter().all(|place| place.state == RemovalState::Done))
    };
    district.eventually_object(removals, "r", "the removal is done at both", done).await?;

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
