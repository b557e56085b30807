//! Flows between workspaces: open only while both sides say so, on their ports, until the end that passes by itself.

use anyhow::{Context as _, Result};
use crds::{FlowState, Workspace};
use e2e::cyclonus::{Reach, Reading};
use e2e::district::District;
use e2e::story::{department, system, workspace};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::networking::v1::NetworkPolicy;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::{Api, Client, ResourceExt};
use serde_json::{Value, json};

const SITE: &str = "kaicheng";

/// Two departments with one workspace each: `aa/web` and `bb/api`.
async fn two_departments() -> Result<District> {
    let district = District::start([SITE]).await?;
    let mut yaml = String::new();
    for (name, own) in [("aa", "web"), ("bb", "api")] {
        yaml += &(department(name) + &system(name, "one") + &workspace(name, own, "one", &[SITE], "1"));
    }
    district.hub().plane().apply(&yaml).await?;
    district.in_force("aa", "web").await?;
    district.in_force("bb", "api").await?;
    Ok(district)
}

/// The administrator of a department, on the hub.
fn admin(district: &District, department: &str) -> Result<Api<Workspace>> {
    let client = district.hub().plane().client("zhou", &[&format!("oidc:{department}-admin")])?;
    Ok(Api::namespaced(client, &format!("dept-{department}")))
}

async fn patch(api: &Api<Workspace>, name: &str, spec: Value) -> kube::Result<Workspace> {
    api.patch(name, &PatchParams::default(), &Patch::Merge(&json!({"spec": spec}))).await
}

fn flow(ports: &[u16], until: Timestamp) -> Value {
    let ports: Vec<Value> = ports.iter().map(|port| json!({"port": port})).collect();
    let to = json!({"department": "bb", "workspace": "api"});
    json!({"flows": [{"name": "api", "to": to, "ports": ports, "until": until.to_string(), "purpose": "查询"}]})
}

fn consent(ports: &[u16], until: Timestamp) -> Value {
    let ports: Vec<Value> = ports.iter().map(|port| json!({"port": port})).collect();
    let from = json!({"department": "aa", "workspace": "web"});
    json!({"consents": [{"from": from, "ports": ports, "until": until.to_string()}]})
}

/// So many seconds from now, whole.
fn ahead(seconds: i64) -> Result<Timestamp> {
    let now = Timestamp::from_second(Timestamp::now().as_second())?;
    Ok(now + SignedDuration::from_secs(seconds))
}

/// Waits until the one flow of a workspace stands so.
async fn stands(district: &District, department: &str, name: &str, state: FlowState) -> Result<String> {
    let api: Api<Workspace> = Api::namespaced(district.hub().client()?, &format!("dept-{department}"));
    let what = format!("the flow of {department}/{name} is {state:?}");
    let so = |found: Option<&Workspace>| {
        let flows = found.and_then(|workspace| workspace.status.as_ref()).map(|status| &status.flows);
        flows.is_some_and(|flows| flows.len() == 1 && flows[0].state == state)
    };
    let found = district.eventually_object(api, name, &what, so).await?.context("it was there")?;
    Ok(found.status.unwrap_or_default().flows[0].message.clone())
}

/// Waits until the policy of flows in a namespace has so many rules (in, out), each with this end.
async fn opens(
    district: &District,
    namespace: &str,
    rules: (usize, usize),
    end: Option<Timestamp>,
) -> Result<()> {
    let api: Api<NetworkPolicy> = Api::namespaced(district.site(SITE)?.client()?, namespace);
    let what = format!("the flows of {namespace} have {rules:?} rules until {end:?}");
    let so = |found: Option<&NetworkPolicy>| {
        let Some(policy) = found else { return false };
        let spec = policy.spec.clone().unwrap_or_default();
        let has = (spec.ingress.unwrap_or_default().len(), spec.egress.unwrap_or_default().len());
        let end = end.map(|end| end.to_string());
        let ends = policy.annotations().iter().filter(|(key, _)| key.ends_with("-until"));
        has == rules && end.is_none_or(|end| ends.into_iter().any(|(_, ends)| *ends == end))
    };
    district.eventually_object(api, "zhengyun-flows", &what, so).await?;
    Ok(())
}

/// Whether `aa-web` reaches `bb-api` on a port, by what the API server holds, and nothing the other way round.
async fn reaches(district: &District, port: u16) -> Result<bool> {
    let reading = Reading::of(district.site(SITE)?).await?;
    let reach = reading.reach(&[(port, "TCP")]).await?.remove(0);
    let across: Reach = reach.intersection(&reading.pairs_of_departments()).cloned().collect();
    let there = ("aa-web".to_owned(), "bb-api".to_owned());
    anyhow::ensure!(across.iter().all(|pair| *pair == there), "{across:?}");
    Ok(across.contains(&there))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_takes_both_sides_is_open_on_their_ports_and_ends_by_itself() -> Result<()> {
    let district = two_departments().await?;
    let (aa, bb) = (admin(&district, "aa")?, admin(&district, "bb")?);
    let (far, farther) = (ahead(86_400)?, ahead(2 * 86_400)?);

    // One side alone opens nothing, and neither writes for the other.
    patch(&aa, "web", flow(&[8443, 80], farther)).await?;
    let asks = stands(&district, "aa", "web", FlowState::AwaitsConsent).await?;
    assert!(asks.starts_with("ZY-1470") && asks.contains("bb/api"), "{asks}");
    let asked = stands(&district, "bb", "api", FlowState::AwaitsConsent).await?;
    assert!(asked.starts_with("ZY-1471") && asked.contains("aa/web"), "{asked}");
    let foreign: Api<Workspace> = Api::namespaced(aa.clone().into_client(), "dept-bb");
    assert!(patch(&foreign, "api", consent(&[8443], far)).await.is_err());
    assert!(!reaches(&district, 8443).await?);

    // Both sides: open on the port of both, and no other.
    patch(&bb, "api", consent(&[8443, 22], far)).await?;
    let open = stands(&district, "aa", "web", FlowState::Open).await?;
    assert!(open.starts_with("ZY-1472") && open.contains("8443/TCP"), "{open}");
    opens(&district, "aa-web", (0, 1), Some(far)).await?;
    opens(&district, "bb-api", (1, 0), Some(far)).await?;
    assert!(reaches(&district, 8443).await?);
    assert!(!reaches(&district, 80).await? && !reaches(&district, 22).await?);

    // The end passes and nobody writes anything.
    let end = ahead(15)?;
    patch(&bb, "api", consent(&[8443], end)).await?;
    opens(&district, "bb-api", (1, 0), Some(end)).await?;
    opens(&district, "bb-api", (0, 0), None).await?;
    opens(&district, "aa-web", (0, 0), None).await?;
    assert!(Timestamp::now() >= end, "it was closed before its end");
    let ended = stands(&district, "aa", "web", FlowState::Ended).await?;
    assert!(ended.starts_with("ZY-1473"), "{ended}");
    assert!(!reaches(&district, 8443).await?);

    // A hub that was started anew knows the end too, and what is no longer registered ends as well.
    let end = ahead(25)?;
    patch(&bb, "api", consent(&[8443], end)).await?;
    opens(&district, "bb-api", (1, 0), Some(end)).await?;
    opens(&district, "aa-web", (0, 1), Some(end)).await?;
    aa.delete("web", &DeleteParams::default()).await?;
    bb.delete("api", &DeleteParams::default()).await?;
    district.hub().kill()?;
    district.hub().start().await?;
    opens(&district, "aa-web", (0, 0), None).await?;
    opens(&district, "bb-api", (0, 0), None).await?;
    assert!(Timestamp::now() >= end, "what is taken off the register stays as it was until its end");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_taken_back_closes_both_halves_and_wrong_flows_say_why() -> Result<()> {
    let district = two_departments().await?;
    let (aa, bb) = (admin(&district, "aa")?, admin(&district, "bb")?);
    let far = ahead(86_400)?;
    patch(&aa, "web", flow(&[8443], far)).await?;
    patch(&bb, "api", consent(&[8443], far)).await?;
    opens(&district, "aa-web", (0, 1), Some(far)).await?;
    patch(&bb, "api", json!({"consents": null})).await?;
    opens(&district, "aa-web", (0, 0), None).await?;
    opens(&district, "bb-api", (0, 0), None).await?;

    // Within a department neither consent nor end is needed.
    let inner = json!({"flows": [{"name": "in", "to": {"workspace": "db"}, "ports": [{"port": 5432}], "purpose": "库"}]});
    district.hub().plane().apply(&workspace("aa", "db", "one", &[SITE], "1")).await?;
    patch(&aa, "web", inner).await?;
    opens(&district, "aa-web", (0, 1), None).await?;
    opens(&district, "aa-db", (1, 0), None).await?;

    // What cannot be is refused with a sentence; the order stays as it was.
    let to = |department: &str, workspace: &str| json!({"department": department, "workspace": workspace});
    let one = |to: Value, until: Option<&str>| json!({"flows": [{"name": "x", "to": to, "ports": [{"port": 1}], "until": until, "purpose": "x"}]});
    let wrong = [
        (one(to("bb", "api"), None), "ZY-1474"),
        (one(to("bb", "api"), Some("2099-01-01")), "ZY-1475"),
        (one(to("bb", "api"), Some("2027-02-30")), "ZY-1476"),
        (one(to("aa", "web"), None), "ZY-1477"),
    ];
    for (spec, code) in wrong {
        patch(&aa, "web", spec).await?;
        let said = |workspace: Option<&Workspace>| {
            workspace.and_then(e2e::story::ready).is_some_and(|(_, said)| said.starts_with(code))
        };
        district.eventually_object(aa.clone(), "web", &format!("it says {code}"), said).await?;
    }
    opens(&district, "aa-web", (0, 1), None).await?;
    let soon = patch(&aa, "web", one(to("bb", "api"), Some("soon"))).await;
    assert!(soon.is_err(), "an end that is no date is not even taken");
    patch(&aa, "web", one(to("nobody", "api"), Some("2027-01-01"))).await?;
    let nobody = stands(&district, "aa", "web", FlowState::Refused).await?;
    assert!(nobody.starts_with("ZY-1002") && nobody.contains("aa, bb"), "{nobody}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_pod_of_one_department_reaches_anothers_but_by_flows_says_cyclonus() -> Result<()> {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/districts/yangpu");
    let district = District::builder().sites([SITE, "zhengwu-waiwang"]).sample(sample).start().await?;
    let hub = district.hub().client()?;
    let far = ahead(86_400)?;
    let sets: Api<crds::WorkspaceSet> = Api::all(hub.clone());
    let until = json!({"spec": {"flows": {"until": far.to_string()}}});
    sets.patch("wangge", &PatchParams::default(), &Patch::Merge(&until)).await?;
    district.said(sets, "wangge", "True").await?;
    for (department, name) in
        [("dianzheng", "bangong-xietong"), ("jiaoyu", "jiaoyu"), ("chengzong", "wanggehua")]
    {
        district.in_force(department, name).await?;
    }
    // One more flow, between two departments that no set names.
    let jiaoyu: Api<Workspace> = Api::namespaced(hub.clone(), "dept-jiaoyu");
    let to = json!({"department": "dianzheng", "workspace": "bangong-xietong"});
    let ports = json!([{"port": 5353, "protocol": "UDP"}]);
    let flows =
        json!([{"name": "oa", "to": to, "ports": ports, "until": far.to_string(), "purpose": "办公"}]);
    patch(&jiaoyu, "jiaoyu", json!({"flows": flows})).await?;
    let dianzheng: Api<Workspace> = Api::namespaced(hub, "dept-dianzheng");
    let from = json!({"department": "jiaoyu", "workspace": "jiaoyu"});
    let consents = json!([{"from": from, "ports": ports, "until": far.to_string()}]);
    patch(&dianzheng, "bangong-xietong", json!({"consents": consents})).await?;
    opens(&district, "jiaoyu-jiaoyu", (0, 1), Some(far)).await?;
    opens(&district, "dianzheng-bangong-xietong", (1, 0), Some(far)).await?;
    opens(&district, "chengzong-wanggehua", (12, 0), None).await?;

    let reading = Reading::of(district.site(SITE)?).await?;
    let pairs = reading.pairs_of_departments();
    assert_eq!(pairs.len(), 15 * 14, "three departments and the twelve");
    let ports = [(8443, "TCP"), (5353, "UDP"), (5353, "TCP"), (80, "TCP"), (53, "UDP")];
    let across = |reach: &Reach| reach.intersection(&pairs).cloned().collect::<Reach>();
    let tables = reading.reach(&ports).await?;
    let grid: Reach = reading
        .namespaces
        .keys()
        .filter(|name| name.ends_with("-wangge"))
        .map(|name| (name.clone(), "chengzong-wanggehua".to_owned()))
        .collect();
    assert_eq!(grid.len(), 12);
    assert_eq!(across(&tables[0]), grid, "the twelve reach the lead, and not each other");
    let oa = Reach::from([("jiaoyu-jiaoyu".to_owned(), "dianzheng-bangong-xietong".to_owned())]);
    assert_eq!(across(&tables[1]), oa);
    for (table, port) in tables[2..].iter().zip(&ports[2..]) {
        assert_eq!(across(table), Reach::new(), "{port:?}");
    }
    // Nothing that is not of an order reaches in, nothing reaches out; within a workspace pods reach each other.
    for (table, port) in tables.iter().zip(&ports) {
        let own = |namespace: &String| reading.department(namespace).is_some();
        let over: Vec<_> = table.iter().filter(|(from, to)| own(from) != own(to)).collect();
        assert_eq!(over, Vec::<&(String, String)>::new(), "{port:?}");
        let within = table.iter().filter(|(from, to)| own(from) && from == to).count();
        assert_eq!(within, 15, "{port:?}");
    }

    // The same reading with one policy more each, written by hand: the check finds it.
    let mut opened = reading.clone();
    let peers = |namespace: &str| json!([{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}]);
    let by_hand = |namespace: &str, types: &str, rules: Value| {
        let metadata = json!({"name": "by-hand", "namespace": namespace});
        let mut spec = json!({"podSelector": {}, "policyTypes": [types]});
        spec[types.to_lowercase()] = rules;
        json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec})
    };
    let items = opened.policies["items"].as_array_mut().context("a list")?;
    items.push(by_hand("yinhang-wangge", "Egress", json!([{"to": peers("jiaoyu-jiaoyu")}])));
    items.push(by_hand("jiaoyu-jiaoyu", "Ingress", json!([{"from": peers("yinhang-wangge")}])));
    let found = across(&opened.reach(&[(80, "TCP")]).await?[0]);
    assert_eq!(found, Reach::from([("yinhang-wangge".to_owned(), "jiaoyu-jiaoyu".to_owned())]));
    Ok(())
}

/// Mbit/s that the namespaces on the site have together.
async fn told(client: &Client) -> Result<u32> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let all = namespaces.list(&ListParams::default()).await?;
    let of = |namespace: &Namespace| {
        namespace.annotations().get("zhengyun.io/egress-mbit").and_then(|amount| amount.parse::<u32>().ok())
    };
    Ok(all.iter().filter_map(of).sum())
}

#[tokio::test(flavor = "multi_thread")]
async fn shares_of_the_exit_never_pass_it_however_many_ask_at_once() -> Result<()> {
    let district = District::start([SITE]).await?;
    let mut yaml = String::new();
    for n in 0..8 {
        let name = format!("d{n}");
        yaml += &(department(&name) + &system(&name, "one").replace("[extranet]", "[extranet, internet]"));
    }
    district.hub().plane().apply(&yaml).await?;
    let hub = district.hub().client()?;
    for n in 0..8 {
        let systems: Api<crds::System> = Api::namespaced(hub.clone(), &format!("dept-d{n}"));
        district.said(systems, "one", "True").await?;
    }
    let asking = |n: usize, zone: &str| {
        let yaml = workspace(&format!("d{}", n % 8), &format!("w{n}"), "one", &[SITE], "1");
        yaml.replace("memory: 8Gi}", "memory: 8Gi}, egressMbit: 20")
            .replace("zone: extranet", &format!("zone: {zone}"))
    };
    // Outside its zone there is none.
    let refused = district.hub().plane().apply(&asking(0, "extranet")).await;
    assert!(refused.is_err_and(|error| format!("{error:#}").contains("ZY-1483")));

    let plane = district.hub().plane();
    let all: Vec<String> = (0..32).map(|n| asking(n, "internet")).collect();
    futures::future::try_join_all(all.iter().map(|yaml| plane.apply(yaml))).await?;
    let site = district.site(SITE)?.client()?;
    let (mut well, mut over) = (Vec::new(), Vec::new());
    for n in 0..32 {
        let api: Api<Workspace> = Api::namespaced(hub.clone(), &format!("dept-d{}", n % 8));
        let name = format!("w{n}");
        let judged = |found: Option<&Workspace>| {
            let ready = found.and_then(e2e::story::ready);
            ready.is_some_and(|(status, said)| status == "True" || said.starts_with("ZY-1484"))
        };
        let found = district.eventually_object(api.clone(), &name, "it is judged", judged).await?;
        let found = found.context("it was there")?;
        match e2e::story::ready(&found) {
            Some(("True", _)) => well.push((api, name)),
            Some((_, said)) => over.push((api, name, said.to_owned())),
            None => {}
        }
    }
    assert_eq!((well.len(), over.len()), (15, 17));
    assert!(over.iter().all(|(.., said)| said.contains("asks for 20 Mbit/s") && said.contains("0 are left")));
    assert_eq!(told(&site).await?, 300);

    // What one gives back another gets, and a new leader counts what is told.
    district.hub().kill()?;
    district.hub().start().await?;
    let (api, name) = &well[0];
    let place = json!({"site": SITE, "share": {"cpu": "1", "memory": "8Gi"}, "egressMbit": 5});
    patch(api, name, json!({"sites": [place]})).await?;
    let (api, name, _) = &over[0];
    let place = json!({"site": SITE, "share": {"cpu": "1", "memory": "8Gi"}, "egressMbit": 15});
    patch(api, name, json!({"sites": [place]})).await?;
    district.said(api.clone(), name, "True").await?;
    district.eventually("the site has all of it", async || anyhow::Ok(told(&site).await? == 300)).await?;
    Ok(())
}
