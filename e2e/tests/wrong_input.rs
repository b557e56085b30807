//! Wrong input is refused with a sentence that says which field, which value and what is allowed, and changes nothing.

use anyhow::{Context as _, Result};
use crds::{DataCenter, Department, System, Workspace};
use e2e::district::{District, data_center};
use e2e::story::{department, ready, system, workspace};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::ListParams;
use kube::{Api, ResourceExt};

const SITE: &str = "kaicheng";

/// What the API server says to a YAML that it must refuse.
async fn refused(district: &District, yaml: &str) -> Result<String> {
    match district.hub().plane().apply(yaml).await {
        Ok(_) => anyhow::bail!("it was accepted:\n{yaml}"),
        Err(error) => Ok(format!("{error:#}")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_input_is_refused_with_its_sentence_and_nothing_is_applied() -> Result<()> {
    let district = District::start([SITE]).await?;
    let base = department("jiaoyu") + &system("jiaoyu", "jiaoyu");
    district.hub().plane().apply(&base).await?;
    refused_at_admission(&district).await?;
    refused_departments(&district).await?;
    refused_systems_and_rooms(&district).await?;
    refused_workspaces(&district).await?;
    changes_nothing(&district).await
}

async fn refused_at_admission(district: &District) -> Result<()> {
    let room = data_center("gongwuwang");
    let cases = [
        ("a room of the intranet", room.replace("[extranet, internet]", "[intranet]"), "ZY-1101"),
        (
            "city infrastructure",
            room.replace("accepted: true", "accepted: true\n  provider: city"),
            "ZY-1102",
        ),
        ("a room to vacate in use", room.replace("disposition: cloud", "disposition: toVacate"), "ZY-1103"),
        ("a site without a level", room.replace("level: {information: 3, service: 3}\n", "\n"), "ZY-1104"),
        ("a room named kube-", data_center("kube-room"), "ZY-1105"),
        ("a department named kube", department("kube"), "ZY-1201"),
        ("a department with a dash", department("jiao-yu"), "ZY-1201"),
        (
            "a group of the system",
            department("minzheng").replace("oidc:minzheng-admin", "system:masters"),
            "ZY-1205",
        ),
        (
            "a group of ours",
            department("minzheng").replace("oidc:minzheng-admin", "oidc:zhengyun-x"),
            "ZY-1205",
        ),
        ("a system of the intranet", system("jiaoyu", "x").replace("[extranet]", "[intranet]"), "ZY-1212"),
        (
            "a workspace in the intranet",
            workspace("jiaoyu", "x", "jiaoyu", &[SITE], "1").replace("zone: extranet", "zone: intranet"),
            "ZY-1218",
        ),
        (
            "an unknown zone",
            workspace("jiaoyu", "x", "jiaoyu", &[SITE], "1").replace("zone: extranet", "zone: moon"),
            "moon",
        ),
        (
            "a share that is no amount",
            workspace("jiaoyu", "x", "jiaoyu", &[SITE], "lots"),
            "spec.sites[0].share.cpu",
        ),
        (
            "a level of five",
            system("jiaoyu", "x").replace("information: 3", "information: 5"),
            "spec.level.information",
        ),
    ];
    for (what, yaml, said) in cases {
        let refusal = refused(district, &yaml).await.with_context(|| what.to_owned())?;
        assert!(refusal.contains(said), "{what}: {refusal}");
    }
    Ok(())
}

/// Applies and waits for the refusal in the status; then takes the object away again.
async fn not_ready<K>(district: &District, api: Api<K>, name: &str, yaml: &str, said: &[&str]) -> Result<()>
where
    K: kube::Resource
        + kube::core::object::HasStatus
        + e2e::story::Conditions
        + Clone
        + std::fmt::Debug
        + Send
        + serde::de::DeserializeOwned
        + 'static,
{
    district.hub().plane().apply(yaml).await?;
    let object = district.said(api.clone(), name, "False").await?;
    let message = ready(&object).map(|(_, message)| message.to_owned()).unwrap_or_default();
    for part in said {
        assert!(message.contains(part), "{part} is not in {message:?} of {name}");
    }
    api.delete(name, &kube::api::DeleteParams::default()).await?;
    Ok(())
}

async fn refused_departments(district: &District) -> Result<()> {
    let api: Api<Department> = Api::all(district.hub().client()?);
    let minzheng = || department("minzheng");
    let with = |line: &str| minzheng().replace("  kind: office\n", &format!("  kind: office\n  {line}\n"));
    let cases = [
        (with("parent: nobody"), vec!["ZY-1002", "spec.parent", "nobody", "jiaoyu"]),
        (with("allowedSites: [moon]"), vec!["ZY-1002", "spec.allowedSites[0]", "moon", SITE]),
        (with("isolationProfile: none"), vec!["ZY-1002", "spec.isolationProfile", "standard"]),
        (with("unifiedCode: 91350100M000100Y44"), vec!["ZY-1202", "91350100M000100Y44", "“3”"]),
        (with("unifiedCode: ABC"), vec!["ZY-1203", "ABC"]),
        (
            minzheng().replace("oidc:minzheng-admin", "oidc:jiaoyu-admin"),
            vec!["ZY-1003", "oidc:jiaoyu-admin", "jiaoyu"],
        ),
        (minzheng().replace("minzheng单位", "jiaoyu单位"), vec!["ZY-1003", "spec.displayName", "jiaoyu"]),
    ];
    for (yaml, said) in cases {
        not_ready(district, api.clone(), "minzheng", &yaml, &said).await?;
    }
    let cycle = with("parent: weisheng")
        + &department("weisheng").replace("  kind: office\n", "  kind: office\n  parent: minzheng\n");
    district.hub().plane().apply(&cycle).await?;
    for name in ["minzheng", "weisheng"] {
        // The first of the two was refused for an unknown parent before the second stood.
        let cycle_said = |found: Option<&Department>| {
            found.and_then(ready).is_some_and(|(_, message)| message.contains("ZY-1204"))
        };
        district.eventually_object(api.clone(), name, "the cycle is said", cycle_said).await?;
    }
    for name in ["minzheng", "weisheng"] {
        api.delete(name, &kube::api::DeleteParams::default()).await?;
    }
    Ok(())
}

async fn refused_systems_and_rooms(district: &District) -> Result<()> {
    let hub = district.hub().client()?;
    let systems: Api<System> = Api::namespaced(hub.clone(), "dept-jiaoyu");
    let vertical = system("jiaoyu", "x").replace("[extranet]", "[extranet, vertical]");
    not_ready(district, systems, "x", &vertical, &["ZY-1302", "guidance"]).await?;
    let stray: Api<System> = Api::namespaced(hub.clone(), "default");
    let yaml = system("jiaoyu", "x").replace("dept-jiaoyu", "default");
    not_ready(district, stray, "x", &yaml, &["ZY-1211", "default"]).await?;

    let rooms: Api<DataCenter> = Api::all(hub);
    let unowned = data_center("siping").replace("owner: center", "owner: nobody");
    not_ready(district, rooms.clone(), "siping", &unowned, &["ZY-1002", "spec.owner", "nobody", "center"])
        .await?;
    let twin = data_center("siping").replace("siping机房", "kaicheng机房");
    not_ready(district, rooms, "siping", &twin, &["ZY-1003", "spec.displayName", SITE]).await
}

async fn refused_workspaces(district: &District) -> Result<()> {
    let hub = district.hub();
    let weak = data_center("siping")
        .replace("level: {information: 3, service: 3}", "level: {information: 3, service: 2}");
    let closed = data_center("kewei").replace("accepted: true", "accepted: false");
    let own =
        department("minzheng").replace("  kind: office\n", "  kind: office\n  allowedSites: [siping]\n");
    hub.plane().apply(&format!("{weak}---\n{closed}---\n{own}{}", system("minzheng", "minzheng"))).await?;

    let jiaoyu = |sites: &[&str]| workspace("jiaoyu", "x", "jiaoyu", sites, "1");
    let cases = [
        ("jiaoyu", jiaoyu(&["moon"]), vec!["ZY-1002", "spec.sites[0].site", "moon", SITE]),
        ("jiaoyu", jiaoyu(&[SITE, "kewei"]), vec!["ZY-1206", "spec.sites[1].site", "kewei", SITE]),
        ("jiaoyu", jiaoyu(&["siping"]), vec!["ZY-1209", "S3A3", "S3A2", "siping"]),
        (
            "jiaoyu",
            jiaoyu(&[SITE]).replace("system: jiaoyu", "system: nothing"),
            vec!["ZY-1002", "spec.system", "jiaoyu"],
        ),
        (
            "jiaoyu",
            jiaoyu(&[SITE]).replace("zone: extranet", "zone: internet"),
            vec!["ZY-1208", "internet", "extranet"],
        ),
        (
            "jiaoyu",
            jiaoyu(&[SITE]).replace("zone: extranet", "zone: extranet\n  profile: none"),
            vec!["ZY-1002", "spec.profile"],
        ),
        ("jiaoyu", jiaoyu(&[SITE]).replace("cpu: '1'", "cpu: '0'"), vec!["ZY-1219"]),
        ("minzheng", workspace("minzheng", "x", "minzheng", &[SITE], "1"), vec!["ZY-1207", SITE, "siping"]),
    ];
    for (department, yaml, said) in cases {
        let api: Api<Workspace> = Api::namespaced(hub.client()?, &format!("dept-{department}"));
        not_ready(district, api, "x", &yaml, &said).await.with_context(|| yaml.clone())?;
    }
    Ok(())
}

/// Nothing of all that reached the site; a wrong change leaves what was right before; a foreign namespace is not taken over.
async fn changes_nothing(district: &District) -> Result<()> {
    let site = district.site(SITE)?;
    let namespaces: Api<Namespace> = Api::all(site.client()?);
    let ours = ListParams::default().labels("app.kubernetes.io/managed-by=zhengyun");
    let standing: Vec<String> = namespaces.list(&ours).await?.iter().map(ResourceExt::name_any).collect();
    assert!(standing.is_empty(), "{standing:?}");

    let right = workspace("jiaoyu", "jichu", "jiaoyu", &[SITE], "2");
    district.hub().plane().apply(&right).await?;
    district.in_force("jiaoyu", "jichu").await?;
    let workspaces: Api<Workspace> = Api::namespaced(district.hub().client()?, "dept-jiaoyu");
    let order = async || {
        let bundles: Api<crds::SiteBundle> =
            Api::namespaced(district.hub().client()?, &format!("site-{SITE}"));
        anyhow::Ok(bundles.get("jiaoyu").await?.spec.order)
    };
    let before = order().await?;
    let half_wrong = workspace("jiaoyu", "jichu", "jiaoyu", &[SITE, "moon"], "3");
    district.hub().plane().apply(&half_wrong).await?;
    district.said(workspaces.clone(), "jichu", "False").await?;
    assert_eq!(order().await?, before);

    // A room that is refused itself is no place, and does not keep the good one from being told.
    district.hub().plane().apply(&data_center("anew").replace("owner: center", "owner: nobody")).await?;
    let refused_room = workspace("jiaoyu", "jichu", "jiaoyu", &["anew", SITE], "3");
    district.hub().plane().apply(&refused_room).await?;
    let said = |found: Option<&Workspace>| {
        found
            .and_then(ready)
            .is_some_and(|(_, message)| message.contains("ZY-1006") && message.contains("anew"))
    };
    district.eventually_object(workspaces.clone(), "jichu", "the refused room is said", said).await?;

    district.hub().plane().apply(&right).await?;
    district.in_force("jiaoyu", "jichu").await?;
    site.plane().apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: jiaoyu-taken}\n").await?;
    district.hub().plane().apply(&workspace("jiaoyu", "taken", "jiaoyu", &[SITE], "2")).await?;
    let blocked = |found: Option<&Workspace>| {
        let places =
            found.and_then(|workspace| workspace.status.as_ref()).map(|status| status.sites.as_slice());
        places
            .unwrap_or_default()
            .iter()
            .any(|place| place.message.as_ref().is_some_and(|said| said.contains("ZY-1004")))
    };
    district.eventually_object(workspaces, "taken", "the foreign namespace is said", blocked).await?;
    let foreign = namespaces.get("jiaoyu-taken").await?;
    assert!(!foreign.labels().contains_key("zhengyun.io/department"));
    // Its neighbour in the same set is kept as before, and once the foreign one is gone ours comes.
    district.hub().plane().apply(&workspace("jiaoyu", "jichu", "jiaoyu", &[SITE], "4")).await?;
    let quotas: Api<k8s_openapi::api::core::v1::ResourceQuota> =
        Api::namespaced(site.client()?, "jiaoyu-jichu");
    let four = |quota: Option<&k8s_openapi::api::core::v1::ResourceQuota>| {
        let hard = quota.and_then(|quota| quota.spec.as_ref()?.hard.as_ref());
        hard.is_some_and(|hard| hard["requests.cpu"].0 == "4")
    };
    district.eventually_object(quotas, "zhengyun", "the neighbour has its new share", four).await?;
    namespaces.delete("jiaoyu-taken", &kube::api::DeleteParams::default()).await?;
    district.in_force("jiaoyu", "taken").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_object_in_etcd_is_skipped_and_reported_and_the_watch_lives() -> Result<()> {
    let district = District::start([SITE]).await?;
    let plane = district.hub().plane();
    let malformed = serde_json::json!({
        "apiVersion": "zhengyun.io/v1alpha1",
        "kind": "Department",
        "metadata": {"name": "broken", "uid": "4b3f3f6e-0000-4000-8000-000000000001", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"displayName": 42, "kind": {"not": "a kind"}}
    });
    plane.etcd_put_raw("/registry/zhengyun.io/departments/broken", &serde_json::to_vec(&malformed)?).await?;
    // The hub starts with the malformed object in its first list, and takes what comes after it.
    district.hub().kill()?;
    district.hub().start().await?;
    let yaml = department("jiaoyu")
        + &system("jiaoyu", "jiaoyu")
        + &workspace("jiaoyu", "jichu", "jiaoyu", &[SITE], "1");
    plane.apply(&yaml).await?;
    district.in_force("jiaoyu", "jichu").await?;

    let log = district.hub().log().await?;
    assert!(log.contains("ZY-1005") && log.contains("broken"), "the malformed object is not reported");
    Ok(())
}
