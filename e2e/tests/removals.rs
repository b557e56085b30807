//! Taking away what a workspace left: asked by one, agreed to by another, by uid, and never what lives again.

use anyhow::{Context as _, Result};
use crds::{Record, RecordedAct, Removal, RemovalState, Signature, SiteBundle, SiteReport, Workspace};
use e2e::district::District;
use e2e::story::{department, system, workspace};
use k8s_openapi::api::admissionregistration::v1::ValidatingAdmissionPolicyBinding;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::{Api, Client, ResourceExt};
use serde_json::{Value, json};

const SITE: &str = "kaicheng";

/// A department with a workspace of each of these names, in force.
async fn settled(district: &District, department_name: &str, workspaces: &[&str]) -> Result<()> {
    let mut yaml = department(department_name) + &system(department_name, "one");
    for name in workspaces {
        yaml += &workspace(department_name, name, "one", &[SITE], "1");
    }
    district.hub().plane().apply(&yaml).await?;
    for name in workspaces {
        district.in_force(department_name, name).await?;
    }
    Ok(())
}

fn engineer(district: &District, name: &str) -> Result<Client> {
    district.hub().plane().client(name, &["oidc:zhengyun-platform-engineers"])
}

/// The uid under which the site reports a namespace to the hub.
async fn reported_uid(district: &District, namespace: &str) -> Result<String> {
    let reports: Api<SiteReport> = Api::namespaced(district.hub().client()?, &format!("site-{SITE}"));
    let of = |report: Option<&SiteReport>| {
        let sets = report.and_then(|report| report.status.as_ref()).map(|status| &status.sets);
        let mut facts = sets.into_iter().flatten().flat_map(|set| &set.namespaces);
        facts.find(|fact| fact.name == namespace).map(|fact| fact.uid.clone())
    };
    let what = format!("{namespace} is reported");
    let found = district.eventually_object(reports, "report-0", &what, |report| of(report).is_some()).await?;
    of(found.as_ref()).context("a uid")
}

fn removal(name: &str, workspace: &str, namespace: &str, uid: &str, then: &str, by: &str) -> Result<Removal> {
    let spec = json!({
        "workspace": workspace, "places": [{"site": SITE, "namespace": namespace, "uid": uid}], "then": then,
        "by": by, "reason": "系统下线"
    });
    Ok(Removal::new(name, serde_json::from_value(spec)?))
}

fn removals(client: Client, department: &str) -> Api<Removal> {
    Api::namespaced(client, &format!("dept-{department}"))
}

async fn agree(client: &Client, department: &str, name: &str, by: &str) -> kube::Result<Removal> {
    let patch = json!({"spec": {"approval": Signature { by: by.into(), reference: "审2026-18".into() }}});
    removals(client.clone(), department).patch(name, &PatchParams::default(), &Patch::Merge(&patch)).await
}

/// Waits until a removal is that far at the site.
async fn is(district: &District, department: &str, name: &str, state: RemovalState) -> Result<Removal> {
    let api = removals(district.hub().client()?, department);
    let far = |removal: Option<&Removal>| {
        let places = removal.and_then(|removal| removal.status.as_ref()).map(|status| &status.places);
        places.into_iter().flatten().any(|place| place.state == state)
    };
    let found = district.eventually_object(api, name, &format!("{name} is {state:?}"), far).await?;
    found.context("it was there a moment ago")
}

fn said<T: std::fmt::Debug>(answer: kube::Result<T>) -> String {
    answer.map_or_else(|error| error.to_string(), |done| format!("not refused: {done:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_takes_two_persons_deletes_the_very_uid_and_leaves_what_lives_again() -> Result<()> {
    let district = District::start([SITE]).await?;
    settled(&district, "aa", &["gone", "kept", "back", "other"]).await?;
    let site = district.site(SITE)?;
    let namespaces: Api<Namespace> = Api::all(site.client()?);
    let workspaces: Api<Workspace> = Api::namespaced(district.hub().client()?, "dept-aa");
    let (lin, wang) = (engineer(&district, "lin")?, engineer(&district, "wang")?);
    let admin = district.hub().plane().client("zhou", &["oidc:aa-admin"])?;
    let create = |client: &Client, removal: Removal| {
        let api = removals(client.clone(), "aa");
        async move { api.create(&PostParams::default(), &removal).await }
    };
    let uid = async |namespace: &str| reported_uid(&district, namespace).await;

    // Who signs is who is signed in, and nobody agrees with themselves.
    let gone = uid("aa-gone").await?;
    let forged = create(&lin, removal("gone", "gone", "aa-gone", &gone, "delete", "wang")?).await;
    assert!(said(forged).contains("ZY-4001"));
    let mut at_once = removal("gone", "gone", "aa-gone", &gone, "delete", "lin")?;
    at_once.spec.approval = Some(Signature { by: "wang".into(), reference: "1".into() });
    assert!(said(create(&lin, at_once).await).contains("ZY-4002"));
    create(&lin, removal("gone", "gone", "aa-gone", &gone, "delete", "lin")?).await?;
    assert!(said(agree(&lin, "aa", "gone", "wang").await).contains("ZY-4003"));
    assert!(said(agree(&lin, "aa", "gone", "lin").await).contains("ZY-1123"));
    assert!(said(agree(&admin, "aa", "gone", "zhou").await).contains("ZY-4005"));
    let other_uid = json!({"spec": {"places": [{"site": SITE, "namespace": "aa-gone", "uid": "x"}]}});
    let own = removals(lin.clone(), "aa");
    let changed = own.patch("gone", &PatchParams::default(), &Patch::Merge(&other_uid)).await;
    assert!(said(changed).contains("ZY-1122"));
    assert!(
        said(removals(lin.clone(), "aa").delete("gone", &DeleteParams::default()).await)
            .contains("forbidden")
    );

    // What is wanted when it is agreed to is not taken away, then or ever.
    agree(&wang, "aa", "gone", "wang").await?;
    let refused = is(&district, "aa", "gone", RemovalState::Refused).await?.status.unwrap_or_default().places;
    assert!(refused[0].message.as_deref().is_some_and(|said| said.starts_with("ZY-1220")), "{refused:?}");
    workspaces.delete("gone", &DeleteParams::default()).await?;
    assert!(namespaces.get_opt("aa-gone").await?.is_some());

    // Asked for again once the workspace has left, the namespace of that uid goes.
    create(&lin, removal("gone-again", "gone", "aa-gone", &gone, "delete", "lin")?).await?;
    agree(&wang, "aa", "gone-again", "wang").await?;
    is(&district, "aa", "gone-again", RemovalState::Done).await?;
    district.eventually_object(namespaces.clone(), "aa-gone", "it is gone", |n| n.is_none()).await?;

    // What is kept stays as it is, and the orders no longer have it.
    let kept = uid("aa-kept").await?;
    create(&lin, removal("kept", "kept", "aa-kept", &kept, "keep", "lin")?).await?;
    workspaces.delete("kept", &DeleteParams::default()).await?;
    agree(&wang, "aa", "kept", "wang").await?;
    is(&district, "aa", "kept", RemovalState::Done).await?;
    assert_eq!(namespaces.get("aa-kept").await?.uid().as_deref(), Some(kept.as_str()));

    // A workspace that was made again while the site was away lives, though its tombstone was told.
    let back = uid("aa-back").await?;
    site.cut_link()?;
    create(&lin, removal("back", "back", "aa-back", &back, "delete", "lin")?).await?;
    workspaces.delete("back", &DeleteParams::default()).await?;
    agree(&wang, "aa", "back", "wang").await?;
    is(&district, "aa", "back", RemovalState::Told).await?;
    district.hub().plane().apply(&workspace("aa", "back", "one", &[SITE], "2")).await?;
    is(&district, "aa", "back", RemovalState::Refused).await?;
    let bundles: Api<SiteBundle> = Api::namespaced(district.hub().client()?, &format!("site-{SITE}"));
    let told = |order: Option<&SiteBundle>| order.is_some_and(|order| order.spec.tombstones.is_empty());
    district.eventually_object(bundles, "aa", "the order asks for no deletion any more", told).await?;
    site.heal_link()?;
    district.in_force("aa", "back").await?;
    let lives = namespaces.get("aa-back").await?;
    assert_eq!(
        (lives.uid().as_deref(), lives.metadata.deletion_timestamp.as_ref()),
        (Some(back.as_str()), None)
    );

    // A namespace that was made anew on the site under the same name is another one.
    let before = uid("aa-other").await?;
    site.cut_link()?;
    create(&lin, removal("other", "other", "aa-other", &before, "delete", "lin")?).await?;
    workspaces.delete("other", &DeleteParams::default()).await?;
    agree(&wang, "aa", "other", "wang").await?;
    is(&district, "aa", "other", RemovalState::Told).await?;
    site.kill_agent()?;
    // Nobody deletes it by mistake, the administrator neither: its uid is written down first.
    let at_once = namespaces.delete("aa-other", &DeleteParams::default()).await.map(|_| ());
    assert!(said(at_once).contains("ZY-4213"));
    let meant = json!({"metadata": {"annotations": {"zhengyun.io/tombstone": before}}});
    namespaces.patch("aa-other", &PatchParams::default(), &Patch::Merge(&meant)).await?;
    namespaces.delete("aa-other", &DeleteParams::default()).await?;
    district.eventually_object(namespaces.clone(), "aa-other", "it is gone", |n| n.is_none()).await?;
    let mut anew = Namespace::default();
    anew.metadata.name = Some("aa-other".into());
    anew.metadata.labels = lives.metadata.labels.clone();
    let anew = namespaces.create(&PostParams::default(), &anew).await?;
    site.start_agent()?;
    site.heal_link()?;
    is(&district, "aa", "other", RemovalState::Done).await?;
    let now = namespaces.get("aa-other").await?;
    assert_eq!((now.uid(), now.metadata.deletion_timestamp), (anew.uid(), None));
    agent_deletes_nothing_else(&district).await?;
    what_was_done_is_recorded_for_good(&district).await
}

/// What `audit verify` answers.
async fn verified(district: &District) -> Result<Value> {
    let mut command = tokio::process::Command::new(e2e::product::binary().await?);
    command.args(["audit", "verify", "-o", "json"]);
    let output = command.env("KUBECONFIG", district.hub().plane().admin_kubeconfig()?).output().await?;
    let answer: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let whole = answer["findings"].as_array().is_some_and(Vec::is_empty);
    assert_eq!(output.status.success(), whole, "{answer:#}");
    Ok(answer)
}

/// Each removal that was done is one record, though the hub was killed; nobody changes or deletes one; and when the administrator takes
/// the policy away and one with it, that shows.
async fn what_was_done_is_recorded_for_good(district: &District) -> Result<()> {
    let hub = district.hub();
    hub.kill()?;
    hub.start().await?;
    let answer = verified(district).await?;
    assert_eq!((answer["records"].as_u64(), &answer["findings"]), (Some(3), &json!([])), "{answer:#}");
    let records: Api<Record> = Api::namespaced(hub.client()?, "zhengyun-records");
    let first = records.get(&plan::records::name(1)).await?;
    assert_eq!(
        (first.spec.by.as_str(), first.spec.act, first.spec.name.as_str()),
        ("lin / wang", RecordedAct::RemovalDone, "gone-again")
    );
    let delete = async |name: &str| records.delete(name, &DeleteParams::default()).await.map(|_| ());
    assert!(said(delete(&first.name_any()).await).contains("ZY-4320"));
    let label = json!({"metadata": {"labels": {"a": "b"}}});
    let labelled = records.patch(&first.name_any(), &PatchParams::default(), &Patch::Merge(&label)).await;
    assert!(said(labelled).contains("ZY-4320"));
    let mut own = Record::new(&plan::records::name(4), first.spec.clone());
    own.spec.sequence = 4;
    assert!(said(records.create(&PostParams::default(), &own).await).contains("ZY-4321"));
    let namespaces: Api<Namespace> = Api::all(hub.client()?);
    let gone = namespaces.delete("zhengyun-records", &DeleteParams::default()).await.map(|_| ());
    assert!(said(gone).contains("ZY-4320"));

    // The site was told the chain's end with an order after the second record.
    let reports: Api<SiteReport> = Api::namespaced(hub.client()?, &format!("site-{SITE}"));
    let remembers = |report: Option<&SiteReport>| {
        let head = report.and_then(|report| report.status.as_ref()?.records.clone());
        head.is_some_and(|head| head.sequence >= 2)
    };
    district.eventually_object(reports, "report-0", "the site remembers two records", remembers).await?;
    let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(hub.client()?);
    bindings.delete("zhengyun-records", &DeleteParams::default()).await?;
    let taken = async || anyhow::Ok(delete(&first.name_any()).await.is_ok());
    district.eventually("the policy no longer holds", taken).await?;
    let finding = |answer: &Value| answer["findings"][0].as_str().unwrap_or_default().to_owned();
    assert!(finding(&verified(district).await?).starts_with("ZY-3172 "));
    for place in [2, 3] {
        delete(&plan::records::name(place)).await?;
    }
    assert!(finding(&verified(district).await?).starts_with("ZY-3175 "));
    Ok(())
}

/// The agent's own credential deletes only what a tombstone names, and writes nowhere but in namespaces of orders.
async fn agent_deletes_nothing_else(district: &District) -> Result<()> {
    let site = district.site(SITE)?;
    let file = site.plane().account_kubeconfig("zhengyun-system", "zhengyun-site").await?;
    let config = kube::config::Kubeconfig::read_from(file)?;
    let options = kube::config::KubeConfigOptions::default();
    let agent = Client::try_from(kube::Config::from_custom_kubeconfig(config, &options).await?)?;
    let namespaces: Api<Namespace> = Api::all(agent.clone());
    let deleted = namespaces.delete("aa-kept", &DeleteParams::default()).await.map(|_| ());
    assert!(said(deleted).contains("ZY-4102"));
    let labels = json!({"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}});
    let patched = namespaces.patch("default", &PatchParams::default(), &Patch::Merge(&labels)).await;
    assert!(said(patched).contains("ZY-4101"));
    let map = serde_json::from_value(json!({"metadata": {"name": "x"}}))?;
    let maps: Api<k8s_openapi::api::core::v1::ConfigMap> = Api::namespaced(agent, "kube-system");
    assert!(said(maps.create(&PostParams::default(), &map).await).contains("ZY-4103"));
    let all: Api<Namespace> = Api::all(site.client()?);
    assert!(all.list(&ListParams::default()).await?.iter().any(|n| n.name_any() == "aa-kept"));
    Ok(())
}
