//! A lead department and a templated set of workspaces: what each member gets, and what is said of the one that cannot have it.

use anyhow::{Context as _, Result};
use crds::{FlowState, InstanceState, System, Workspace, WorkspaceSet};
use e2e::district::District;
use e2e::story::{department, means, system, workspace};
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::networking::v1::NetworkPolicy;
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::{Value, json};

const SITE: &str = "kaicheng";

fn set(members: &[&str], cpu: &str) -> Result<WorkspaceSet> {
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let until = jiff::Timestamp::from_second(until.as_second())?;
    let system = json!({
        "displayName": "{member}网格信息系统", "kind": "new", "zones": ["extranet"],
        "level": {"information": 2, "service": 2}
    });
    let place = json!({"site": SITE, "share": {"cpu": cpu, "memory": "2Gi"}});
    let spec = json!({
        "displayName": "城市网格化", "basis": {"document": "区政府文件"},
        "lead": {"department": "chengzong", "workspace": "wanggehua"}, "members": members,
        "template": {"system": system, "zone": "extranet", "sites": [place]},
        "flows": {"toLead": [{"port": 8443}], "until": until.to_string()}
    });
    Ok(WorkspaceSet::new("wangge", serde_json::from_value(spec)?))
}

async fn apply(client: &Client, set: &WorkspaceSet) -> kube::Result<WorkspaceSet> {
    let api: Api<WorkspaceSet> = Api::all(client.clone());
    api.patch("wangge", &PatchParams::apply("engineer").force(), &Patch::Apply(set)).await
}

/// Waits until each member stands so, by name.
async fn stands(district: &District, wanted: &[(&str, InstanceState)]) -> Result<WorkspaceSet> {
    let api: Api<WorkspaceSet> = Api::all(district.hub().client()?);
    let so = |found: Option<&WorkspaceSet>| {
        let instances = found.and_then(|set| set.status.as_ref()).map(|status| &status.instances);
        let said: Vec<_> =
            instances.into_iter().flatten().map(|one| (one.department.as_str(), one.state)).collect();
        said == wanted
    };
    let found =
        district.eventually_object(api, "wangge", &format!("the members stand {wanted:?}"), so).await?;
    found.context("it was there")
}

fn said(set: &WorkspaceSet, member: &str) -> String {
    let instances = set.status.iter().flat_map(|status| &status.instances);
    let mut of = instances.filter(|instance| instance.department == member);
    of.next().and_then(|instance| instance.message.clone()).unwrap_or_default()
}

async fn rules_into_the_lead(district: &District, count: usize) -> Result<()> {
    let api: Api<NetworkPolicy> = Api::namespaced(district.site(SITE)?.client()?, "chengzong-wanggehua");
    let so = |found: Option<&NetworkPolicy>| {
        let spec = found.and_then(|policy| policy.spec.as_ref());
        spec.is_some_and(|spec| spec.ingress.as_ref().map_or(0, Vec::len) == count)
    };
    district.eventually_object(api, "zhengyun-flows", &format!("{count} members reach the lead"), so).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_member_gets_its_workspace_and_one_that_cannot_holds_up_nobody() -> Result<()> {
    let district = District::start([SITE]).await?;
    let mut yaml = department("chengzong") + &system("chengzong", "wanggehua");
    yaml += &workspace("chengzong", "wanggehua", "wanggehua", &[SITE], "1");
    for member in ["aa", "bb", "cc"] {
        yaml += &(department(member) + &means(member, &[SITE]));
    }
    // One member has a workspace of that name already, for a system of its own.
    yaml += &(system("cc", "wangge") + &workspace("cc", "wangge", "wangge", &[SITE], "1"));
    district.hub().plane().apply(&yaml).await?;
    district.in_force("chengzong", "wanggehua").await?;

    // A decision of the district: no department may write it.
    let engineer = district.hub().plane().client("lin", &["oidc:zhengyun-platform-engineers"])?;
    let aa = district.hub().plane().client("zhou", &["oidc:aa-admin"])?;
    let four = set(&["aa", "bb", "cc", "nobody"], "1")?;
    assert!(apply(&aa, &four).await.is_err());
    let mut own = four.clone();
    own.spec.members.push("chengzong".into());
    assert!(apply(&engineer, &own).await.is_err_and(|error| error.to_string().contains("ZY-1485")));
    apply(&engineer, &four).await?;
    let (good, bad) = (InstanceState::InForce, InstanceState::Refused);
    let there = stands(&district, &[("aa", good), ("bb", good), ("cc", bad), ("nobody", bad)]).await?;
    assert!(said(&there, "cc").starts_with("ZY-1486"), "{}", said(&there, "cc"));
    assert!(said(&there, "nobody").starts_with("ZY-1002"), "{}", said(&there, "nobody"));
    let status = there.status.clone().unwrap_or_default();
    assert_eq!((status.total, status.in_force, status.refused), (4, 2, 2));
    let ready = e2e::story::ready(&there).map(|(holds, said)| (holds.to_owned(), said.to_owned()));
    assert!(ready.is_some_and(|(holds, said)| holds == "False" && said.starts_with("ZY-1490")));
    let hub = district.hub().client()?;
    let workspaces =
        |department: &str| Api::<Workspace>::namespaced(hub.clone(), &format!("dept-{department}"));
    assert_eq!(workspaces("cc").get("wangge").await?.spec.display_name, "wangge空间", "not taken over");
    let systems: Api<System> = Api::namespaced(hub.clone(), "dept-aa");
    assert_eq!(systems.get("wangge").await?.spec.display_name, "aa单位网格信息系统");

    // The set's decision opens the flow on both sides; whoever is not of it has none.
    rules_into_the_lead(&district, 2).await?;
    let open = workspaces("aa").get("wangge").await?.status.unwrap_or_default().flows;
    assert_eq!(
        open.iter().map(|flow| (flow.peer.as_str(), flow.state)).collect::<Vec<_>>(),
        [("chengzong/wanggehua", FlowState::Open)]
    );

    // Marks of a set are not for members to move, and the hub's own credential writes nothing else.
    let own: Api<Workspace> = Api::namespaced(aa.clone(), "dept-aa");
    let label = |value: Value| json!({"metadata": {"labels": {"zhengyun.io/workspace-set": value}}});
    let taken = own.patch("wangge", &PatchParams::default(), &Patch::Merge(&label(Value::Null))).await;
    assert!(taken.is_err_and(|error| error.to_string().contains("ZY-4312")));
    hub_writes_nothing_else(&district).await?;

    // What a member changes is told, and not overwritten; what it adds beside the template is its own.
    let more = json!({"spec": {"consents": [{"from": {"department": "bb", "workspace": "wangge"}, "ports": [{"port": 1}], "until": "2027-01-01"}]}});
    own.patch("wangge", &PatchParams::default(), &Patch::Merge(&more)).await?;
    let other = json!({"spec": {"displayName": "我的"}});
    own.patch("wangge", &PatchParams::default(), &Patch::Merge(&other)).await?;
    let told = stands(&district, &[("aa", bad), ("bb", good), ("cc", bad), ("nobody", bad)]).await?;
    assert!(said(&told, "aa").starts_with("ZY-1487"), "{}", said(&told, "aa"));
    let kept = own.get("wangge").await?.spec;
    assert_eq!((kept.display_name.as_str(), kept.consents.len()), ("我的", 1));

    // A member that leaves keeps what it has, closed off from the lead.
    apply(&engineer, &set(&["aa"], "1")?).await?;
    stands(&district, &[("aa", bad), ("bb", InstanceState::Left)]).await?;
    rules_into_the_lead(&district, 1).await?;
    district.in_force("bb", "wangge").await?;
    let namespaces: Api<Namespace> = Api::all(district.site(SITE)?.client()?);
    assert!(namespaces.get("bb-wangge").await?.metadata.deletion_timestamp.is_none());
    Ok(())
}

/// The hub may make what sets make, and touch no other system or workspace.
async fn hub_writes_nothing_else(district: &District) -> Result<()> {
    let file = district.hub().plane().account_kubeconfig("zhengyun-system", "zhengyun-hub").await?;
    let config = kube::config::Kubeconfig::read_from(file)?;
    let options = kube::config::KubeConfigOptions::default();
    let client = Client::try_from(kube::Config::from_custom_kubeconfig(config, &options).await?)?;
    let own: Api<Workspace> = Api::namespaced(client, "dept-cc");
    let label = json!({"metadata": {"labels": {"zhengyun.io/workspace-set": "wangge"}}});
    let taken = own.patch("wangge", &PatchParams::default(), &Patch::Merge(&label)).await;
    assert!(taken.is_err_and(|error| error.to_string().contains("ZY-4311")));
    let mut new = own.get("wangge").await?;
    new.metadata = serde_json::from_value(json!({"name": "new", "namespace": "dept-cc"}))?;
    let made = own.create(&PostParams::default(), &new).await;
    assert!(made.is_err_and(|error| error.to_string().contains("ZY-4311")));
    Ok(())
}
