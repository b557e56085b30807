//! What others change of what orders keep: put back once and told, closed maps whole, and a fight is left to people.

use anyhow::{Context as _, Result};
use crds::{SetPhase, SiteReport, Workspace};
use e2e::district::District;
use e2e::story::{department, system, workspace};
use k8s_openapi::api::core::v1::{Namespace, ResourceQuota};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};

const SITE: &str = "kaicheng";

fn as_somebody() -> PatchParams {
    PatchParams { field_manager: Some("gitops-x".into()), ..PatchParams::default() }
}

/// What the site says of the set.
async fn reported(
    district: &District,
    what: &str,
    holds: impl Fn(&crds::ReportedSet) -> bool + Send + Sync,
) -> Result<crds::ReportedSet> {
    let reports: Api<SiteReport> = Api::namespaced(district.hub().client()?, &format!("site-{SITE}"));
    let set = |report: Option<&SiteReport>| {
        let sets = report.and_then(|report| report.status.as_ref()).map(|status| &status.sets);
        sets.into_iter().flatten().find(|set| set.set == "aa").cloned()
    };
    let found = district
        .eventually_object(reports, "report-0", what, |report| set(report).as_ref().is_some_and(&holds))
        .await?;
    set(found.as_ref()).context("the set")
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_undone_once_and_told_and_a_fight_is_left_to_people() -> Result<()> {
    let district = District::start([SITE]).await?;
    let yaml = department("aa") + &system("aa", "one") + &workspace("aa", "one", "one", &[SITE], "2");
    district.hub().plane().apply(&yaml).await?;
    district.in_force("aa", "one").await?;
    let site = district.site(SITE)?;
    let quotas: Api<ResourceQuota> = Api::namespaced(site.client()?, "aa-one");
    let policies: Api<NetworkPolicy> = Api::namespaced(site.client()?, "aa-one");

    // A foreign key in a closed map is what apply alone would leave.
    let more = json!({"spec": {"hard": {"requests.cpu": "64", "secrets": "9"}}});
    let undone = district.writes_during(async || {
        quotas.patch("zhengyun", &as_somebody(), &Patch::Merge(&more)).await?;
        let right = |quota: Option<&ResourceQuota>| {
            let hard = quota.and_then(|quota| quota.spec.as_ref()?.hard.clone()).unwrap_or_default();
            hard.get("requests.cpu").is_some_and(|cpu| cpu.0 == "2") && !hard.contains_key("secrets")
        };
        district.eventually_object(quotas.clone(), "zhengyun", "the quota is as ordered", right).await?;
        reported(&district, "the drift is told", |set| {
            set.namespaces
                .iter()
                .any(|fact| fact.drift.starts_with("ZY-2016") && fact.drift.contains("gitops-x"))
        })
        .await?;
        Ok(())
    });
    let undone = undone.await?;
    let of = |resource: &str| undone.iter().filter(|write| write.entry.resource == resource).count();
    assert!(
        (1..=2).contains(&of("resourcequotas")),
        "undone once (apply, and what apply leaves): {undone:#?}"
    );

    // It stands in the register too, per site.
    let workspaces: Api<Workspace> = Api::namespaced(district.hub().client()?, "dept-aa");
    let told = |found: Option<&Workspace>| {
        let places = found.and_then(|workspace| workspace.status.as_ref()).map(|status| &status.sites);
        places
            .into_iter()
            .flatten()
            .any(|place| place.drift.as_deref().is_some_and(|d| d.contains("gitops-x")))
    };
    district.eventually_object(workspaces.clone(), "one", "the workspace tells of the drift", told).await?;

    // What was deleted is made again; labels of isolation are compared whole.
    let names = "zhengyun-name-service";
    policies.delete(names, &DeleteParams::default()).await?;
    district.eventually_object(policies.clone(), names, "it is back", |p| p.is_some()).await?;
    let namespaces: Api<Namespace> = Api::all(site.client()?);
    let strip = json!({"metadata": {"labels": {"app.kubernetes.io/managed-by": null}}});
    let stripped = namespaces.patch("aa-one", &as_somebody(), &Patch::Merge(&strip)).await;
    assert!(stripped.is_err_and(|error| error.to_string().contains("ZY-4104")));
    let open = json!({"metadata": {"labels": {"pod-security.kubernetes.io/warn": "privileged"}}});
    namespaces.patch("aa-one", &as_somebody(), &Patch::Merge(&open)).await?;
    let closed = |found: Option<&Namespace>| {
        let labels = found.and_then(|namespace| namespace.metadata.labels.clone()).unwrap_or_default();
        !labels.contains_key("pod-security.kubernetes.io/warn")
    };
    district.eventually_object(namespaces, "aa-one", "the foreign label is gone", closed).await?;

    // Somebody who will not let go: three times it is put back, then it is left and said, and the rest is kept.
    let opened = json!({"spec": {"egress": [{}]}});
    let is_open = |policy: &NetworkPolicy| {
        policy.spec.as_ref().is_some_and(|spec| spec.egress.as_ref().is_some_and(|egress| !egress.is_empty()))
    };
    let fight = district.writes_during(async || {
        for _ in 0..3 {
            policies.patch("zhengyun-deny", &as_somebody(), &Patch::Merge(&opened)).await?;
            let shut = |policy: Option<&NetworkPolicy>| policy.is_some_and(|policy| !is_open(policy));
            district.eventually_object(policies.clone(), "zhengyun-deny", "it is put back", shut).await?;
        }
        policies.patch("zhengyun-deny", &as_somebody(), &Patch::Merge(&opened)).await?;
        let set = reported(&district, "the fight is told", |set| set.phase == SetPhase::Contested).await?;
        assert!(set.message.starts_with("ZY-2017") && set.message.contains("gitops-x"), "{}", set.message);
        Ok(())
    });
    let fight = fight.await?;
    let ours = fight.iter().filter(|write| write.entry.resource == "networkpolicies").count();
    assert!((3..=6).contains(&ours), "it is not fought over: {ours}");
    assert!(is_open(&policies.get("zhengyun-deny").await?), "it is left");
    let workspace = district.said(workspaces, "one", "False").await?;
    let places = workspace.status.unwrap_or_default().sites;
    let said: Vec<Value> = places.iter().map(|place| json!(place.message)).collect();
    assert!(said[0].as_str().is_some_and(|said| said.starts_with("ZY-2017")), "{said:?}");
    quotas.patch("zhengyun", &as_somebody(), &Patch::Merge(&more)).await?;
    let right = |quota: Option<&ResourceQuota>| {
        let hard = quota.and_then(|quota| quota.spec.as_ref()?.hard.clone()).unwrap_or_default();
        hard.get("requests.cpu").is_some_and(|cpu| cpu.0 == "2")
    };
    district.eventually_object(quotas, "zhengyun", "the neighbour is kept all the same", right).await?;
    Ok(())
}
