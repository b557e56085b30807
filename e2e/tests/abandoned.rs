//! A site that is given up by two persons, taken back by two, and what a hub knows again that has forgotten it.

use anyhow::Result;
use crds::{DataCenter, Decision, Ruling, RulingSpec, Signature, SiteReport, Workspace};
use e2e::district::District;
use e2e::story::{department, system, workspace};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::json;

const SITES: [&str; 2] = ["kaicheng", "wujiaochang"];

async fn rule(client: &Client, name: &str, decision: Decision, by: &str) -> Result<()> {
    let rulings: Api<Ruling> = Api::namespaced(client.clone(), "site-kaicheng");
    let (by, reason) = (by.to_owned(), "机房搬迁".to_owned());
    let sets = Vec::new();
    let spec = RulingSpec { decision, sets, term: None, fingerprint: None, by, reason, approval: None };
    rulings.create(&PostParams::default(), &Ruling::new(name, spec)).await?;
    Ok(())
}

async fn agree(client: &Client, name: &str, by: &str) -> Result<()> {
    let rulings: Api<Ruling> = Api::namespaced(client.clone(), "site-kaicheng");
    let approval = Signature { by: by.into(), reference: "审2026-3".into() };
    let patch = json!({"spec": {"approval": approval}});
    rulings.patch(name, &PatchParams::default(), &Patch::Merge(&patch)).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_site_is_told_nothing_says_nothing_and_loses_nothing() -> Result<()> {
    let district = District::start(SITES).await?;
    let yaml = |cpu| department("aa") + &system("aa", "one") + &workspace("aa", "one", "one", &SITES, cpu);
    district.hub().plane().apply(&yaml("2")).await?;
    district.in_force("aa", "one").await?;
    let hub = district.hub().plane();
    let (lin, wang) = (
        hub.client("lin", &["oidc:zhengyun-platform-engineers"])?,
        hub.client("wang", &["oidc:zhengyun-platform-engineers"])?,
    );
    let centers: Api<DataCenter> = Api::all(district.hub().client()?);
    let says = async |code: &'static str| {
        let said = |found: Option<&DataCenter>| {
            let conditions = found.and_then(|dc| dc.status.as_ref()).map(|status| &status.conditions);
            conditions.into_iter().flatten().any(|c| c.type_ == "Connected" && c.message.starts_with(code))
        };
        district.eventually_object(centers.clone(), SITES[0], &format!("it says {code}"), said).await
    };

    // One person alone changes nothing.
    rule(&lin, "abandon", Decision::Abandon, "lin").await?;
    assert!(agree(&lin, "abandon", "lin").await.is_err());
    district.said(Api::<Ruling>::namespaced(lin.clone(), "site-kaicheng"), "abandon", "False").await?;
    district.said(centers.clone(), SITES[0], "True").await?;

    // Two do: its credential may do nothing any more, the other site goes on, and what stands there stays.
    agree(&wang, "abandon", "wang").await?;
    says("ZY-1127").await?;
    let account = district.site(SITES[0])?.plane().dir().join("join.kubeconfig");
    let config = kube::config::Kubeconfig::read_from(account)?;
    let options = kube::config::KubeConfigOptions::default();
    let thief = Client::try_from(kube::Config::from_custom_kubeconfig(config, &options).await?)?;
    let reports: Api<SiteReport> = Api::namespaced(thief, "site-kaicheng");
    district
        .eventually("its credential may do nothing", async || reports.get("report-0").await.is_err())
        .await?;
    district.hub().plane().apply(&yaml("3")).await?;
    let workspaces: Api<Workspace> = Api::namespaced(district.hub().client()?, "dept-aa");
    let place = |found: Option<&Workspace>, site: &str, word: &str| {
        let places = found.and_then(|workspace| workspace.status.as_ref()).map(|status| &status.sites);
        places.into_iter().flatten().any(|at| {
            at.site == site
                && format!("{:?} {}", at.state, at.message.clone().unwrap_or_default()).contains(word)
        })
    };
    let split =
        |found: Option<&Workspace>| place(found, SITES[0], "ZY-1127") && place(found, SITES[1], "Applied");
    district.eventually_object(workspaces, "one", "one place is given up, the other in force", split).await?;
    let namespaces: Api<Namespace> = Api::all(district.site(SITES[0])?.client()?);
    assert!(namespaces.get_opt("aa-one").await?.is_some());

    // And two take it back.
    rule(&lin, "readmit", Decision::Readmit, "lin").await?;
    agree(&wang, "readmit", "wang").await?;
    district.in_force("aa", "one").await?;
    district.said(centers, SITES[0], "True").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_the_hub_forgot_is_known_by_what_the_site_says() -> Result<()> {
    let district = District::start([SITES[0]]).await?;
    let yaml = department("aa") + &system("aa", "one") + &workspace("aa", "one", "one", &SITES[..1], "2");
    district.hub().plane().apply(&yaml).await?;
    district.in_force("aa", "one").await?;
    let workspaces: Api<Workspace> = Api::namespaced(district.hub().client()?, "dept-aa");
    workspaces.delete("one", &DeleteParams::default()).await?;

    let reports: Api<SiteReport> = Api::namespaced(district.hub().client()?, "site-kaicheng");
    let status = reports.get("report-0").await?.status.unwrap_or_default();
    let fact = status.sets.iter().flat_map(|set| &set.namespaces).find(|fact| fact.name == "aa-one").cloned();
    let fact = fact.unwrap_or_default();
    let share = fact.share.clone().unwrap_or_default();
    assert_eq!(
        (fact.workspace.as_str(), fact.system.as_str(), fact.zone.as_str()),
        ("one", "one", "extranet")
    );
    assert_eq!((share.cpu.as_str(), fact.display_name.as_str()), ("2", "one空间"));

    // Registered again it takes its own namespace, not a new one beside it.
    district.hub().kill()?;
    district.hub().start().await?;
    district.hub().plane().apply(&yaml).await?;
    let again = district.in_force("aa", "one").await?;
    assert_eq!(again.status.unwrap_or_default().namespace.as_deref(), Some("aa-one"));
    Ok(())
}
