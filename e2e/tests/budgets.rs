//! Budgets over two sites on real API servers: under fire and with a cut link never more than the budget, exact counts, ends that stop
//! growth and not service, a ledger that is lost, a hub that is vouched for.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Context as _, Result, ensure};
use crds::{Allotment, EscrowLedger, Grant, Workspace};
use e2e::district::District;
use e2e::story::{budget, department, grant, pod, ready, system};
use futures::future::{join_all, try_join_all};
use k8s_openapi::api::core::v1::{Namespace, Pod, ResourceQuota, Service};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::{Api, Client, ResourceExt};
use plan::lending::Live;
use plan::measured::Measured;
use serde_json::json;

const SITES: [&str; 2] = ["kaicheng", "wujiaochang"];
const WORKSPACES: [&str; 3] = ["one", "two", "three"];
const CLIENTS: usize = 16;

/// Pods that the department may have in all.
const PODS: u32 = 24;

/// Grants and workspaces that give each site so many pods, and each namespace there its part.
fn shares(pods: [[u32; 3]; 2]) -> String {
    let mut yaml = String::new();
    for (site, pods) in SITES.iter().zip(pods) {
        let all: u32 = pods.iter().sum();
        yaml += &grant("aa", site, 100, 3).replace("pods: 1000", &format!("pods: {all}"));
    }
    let workspace = |(at, name): (usize, &&str)| {
        let place = |(site, pods): (&&str, &[u32; 3])| {
            format!("    - {{site: {site}, share: {{cpu: '8', memory: 8Gi, pods: {}}}}}\n", pods[at])
        };
        let places: String = SITES.iter().zip(&pods).map(place).collect();
        format!(
            "apiVersion: zhengyun.io/v1alpha1
kind: Workspace
metadata: {{name: {name}, namespace: dept-aa}}
spec:
  displayName: {name}空间
  system: one
  zone: extranet
  sites:
{places}---
"
        )
    };
    yaml + &WORKSPACES.iter().enumerate().map(workspace).collect::<String>()
}

/// The department's quotas at a site, by namespace: revision of the share, the most pods that can be charged, and those charged.
async fn quotas(client: &Client) -> Result<BTreeMap<String, (i64, u32, u32)>> {
    let all: Api<ResourceQuota> = Api::all(client.clone());
    let ours = ListParams::default().labels("zhengyun.io/department=aa");
    let read = |quota: ResourceQuota| {
        let live = Live::of(&serde_json::to_value(&quota)?);
        let pods = |amounts: Measured| amounts.amounts().pods;
        Ok((quota.namespace().unwrap_or_default(), (live.revision, pods(live.most), pods(live.used))))
    };
    all.list(&ours).await?.into_iter().map(read).collect()
}

/// What both sites' quotas can charge together at one moment: what the first had both before and after the second was read.
/// Nothing when it changed meanwhile: within one revision of a share what can be charged only shrinks.
async fn sample(clients: &[Client]) -> Result<Option<u32>> {
    let before = quotas(&clients[0]).await?;
    let second = quotas(&clients[1]).await?;
    let after = quotas(&clients[0]).await?;
    let can = |quotas: &BTreeMap<String, (i64, u32, u32)>| {
        quotas.values().map(|(revision, most, _)| (*revision, *most)).collect::<Vec<_>>()
    };
    let sum =
        |quotas: &BTreeMap<String, (i64, u32, u32)>| quotas.values().map(|(_, most, _)| most).sum::<u32>();
    Ok((can(&before) == can(&after)).then(|| sum(&before) + sum(&second)))
}

/// Clients that make pods in all namespaces of a site as fast as they can, and take away what is more than the quota.
async fn fire(client: &Client, site: &str, stop: &AtomicBool, made: &AtomicU64) -> Result<()> {
    let one = async |number: usize| {
        let mut count = 0_u64;
        while !stop.load(Ordering::Relaxed) {
            count += 1;
            let namespace = format!("aa-{}", WORKSPACES[(number + usize::try_from(count)?) % 3]);
            let pods: Api<Pod> = Api::namespaced(client.clone(), &namespace);
            let name = format!("{site}-{number}-{count}");
            match pods.create(&PostParams::default(), &pod(&name)?).await {
                Ok(_) => made.fetch_add(1, Ordering::Relaxed),
                Err(kube::Error::Api(status)) if matches!(status.code, 403 | 409) => 0,
                Err(error) => return Err(error.into()),
            };
        }
        anyhow::Ok(())
    };
    let janitor = async {
        while !stop.load(Ordering::Relaxed) {
            for name in WORKSPACES {
                let namespace = format!("aa-{name}");
                let quotas: Api<ResourceQuota> = Api::namespaced(client.clone(), &namespace);
                let Some(quota) = quotas.get_opt("zhengyun").await? else { continue };
                let hard = |of: &serde_json::Value, pointer: &str| -> usize {
                    of.pointer(pointer).and_then(|pods| pods.as_str()?.parse().ok()).unwrap_or(0)
                };
                let quota = serde_json::to_value(&quota)?;
                let surplus =
                    hard(&quota, "/status/used/pods").saturating_sub(hard(&quota, "/spec/hard/pods"));
                let pods: Api<Pod> = Api::namespaced(client.clone(), &namespace);
                for pod in pods.list(&ListParams::default()).await?.iter().take(surplus) {
                    let gone = pods.delete(&pod.name_any(), &DeleteParams::default().grace_period(0)).await;
                    drop(gone);
                }
            }
        }
        anyhow::Ok(())
    };
    let (clients, tidied) = tokio::join!(try_join_all((0..CLIENTS).map(one)), janitor);
    clients?;
    tidied
}

async fn settled(district: &District, pods: [[u32; 3]; 2]) -> Result<()> {
    district.hub().plane().apply(&shares(pods)).await?;
    let clients = sites(district)?;
    district
        .eventually(&format!("every namespace has its part of {pods:?}"), async || {
            for (client, wanted) in clients.iter().zip(&pods) {
                let all: Api<ResourceQuota> = Api::all(client.clone());
                let ours = ListParams::default().labels("zhengyun.io/department=aa");
                let mut have = BTreeMap::new();
                for quota in all.list(&ours).await? {
                    let hard = quota.status.and_then(|status| status.hard).unwrap_or_default();
                    let pods = hard.get("pods").map(|pods| pods.0.clone()).unwrap_or_default();
                    have.insert(quota.metadata.namespace.unwrap_or_default(), pods);
                }
                let want = WORKSPACES.iter().zip(wanted);
                let want: BTreeMap<String, String> =
                    want.map(|(name, pods)| (format!("aa-{name}"), pods.to_string())).collect();
                if have != want {
                    return Ok(false);
                }
            }
            anyhow::Ok(true)
        })
        .await
}

fn sites(district: &District) -> Result<Vec<Client>> {
    SITES.iter().map(|site| district.site(site)?.client()).collect()
}

async fn begun(pods: [[u32; 3]; 2]) -> Result<District> {
    let district = District::start(SITES).await?;
    let whole = budget("aa", 200, 6).replace("pods: 2000", &format!("pods: {PODS}"));
    district.hub().plane().apply(&(department("aa") + &system("aa", "one") + &whole)).await?;
    settled(&district, pods).await?;
    Ok(district)
}

#[tokio::test(flavor = "multi_thread")]
async fn shares_move_under_fire_and_with_a_cut_link_and_never_exceed_the_budget() -> Result<()> {
    let district = begun([[4, 4, 4], [4, 4, 4]]).await?;
    let clients = sites(&district)?;
    let (stop, made, samples) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let fired = join_all(SITES.iter().zip(&clients).map(|(site, client)| fire(client, site, &stop, &made)));
    let watched = async {
        let mut highest = 0;
        while !stop.load(Ordering::Relaxed) {
            if let Some(charged) = sample(&clients).await? {
                samples.fetch_add(1, Ordering::Relaxed);
                ensure!(charged <= PODS, "{charged} pods can be charged where {PODS} are allowed");
                highest = highest.max(charged);
            }
        }
        anyhow::Ok(highest)
    };
    let moved = async {
        let moved = async {
            settled(&district, [[2, 6, 1], [7, 1, 7]]).await?;
            settled(&district, [[9, 0, 9], [1, 4, 1]]).await?;
            // What a cut site has stays counted: the other gets nothing of it before it is heard again.
            let cut = district.site(SITES[0])?;
            cut.cut_link()?;
            district.hub().plane().apply(&shares([[1, 1, 1], [7, 7, 7]])).await?;
            waits_for(&district, SITES[1], "ZY-1414").await?;
            ensure!(all_pods(&clients[1]).await? == 6, "a cut site's share was given away");
            cut.heal_link()?;
            settled(&district, [[1, 1, 1], [7, 7, 7]]).await?;
            settled(&district, [[6, 6, 6], [2, 2, 2]]).await?;
            full(&district, &clients).await
        }
        .await;
        stop.store(true, Ordering::Relaxed);
        moved
    };
    let (fired, highest, moved) = tokio::join!(fired, watched, moved);
    moved?;
    fired.into_iter().collect::<Result<Vec<()>>>()?;
    assert_eq!(highest?, PODS, "the budget was never reached");
    let (samples, made) = (samples.into_inner(), made.into_inner());
    assert!(samples >= 10, "only {samples} samples");
    println!("{samples} samples, {made} pods made by {} clients", 2 * CLIENTS);
    Ok(())
}

/// Waits until everything that the budget allows is in use.
async fn full(district: &District, clients: &[Client]) -> Result<()> {
    district
        .eventually("the budget is reached", async || {
            let mut used = 0;
            for client in clients {
                used += quotas(client).await?.values().map(|(_, _, used)| used).sum::<u32>();
            }
            anyhow::Ok(used == PODS)
        })
        .await
}

async fn all_pods(client: &Client) -> Result<u32> {
    Ok(quotas(client).await?.values().map(|(_, most, _)| most).sum())
}

/// Waits until the record of the department's allotment at a site says that.
async fn waits_for(district: &District, site: &str, code: &str) -> Result<()> {
    let allotments: Api<Allotment> = Api::namespaced(district.hub().client()?, &format!("site-{site}"));
    district
        .eventually(&format!("the allotment at {site} says {code}"), async || {
            let allotment = allotments.get("aa").await?;
            anyhow::Ok(ready(&allotment).is_some_and(|(_, said)| said.starts_with(code)))
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_of_namespaces_and_services_are_exact_under_parallel_clients() -> Result<()> {
    let district = District::start([SITES[0]]).await?;
    let yaml =
        department("aa") + &system("aa", "one") + &budget("aa", 200, 6) + &grant("aa", SITES[0], 100, 5);
    district.hub().plane().apply(&yaml).await?;
    let workspaces: Api<Workspace> = Api::namespaced(district.hub().client()?, "dept-aa");
    let share = json!({"cpu": "1", "memory": "1Gi", "services": 3});
    let made = (0..32).map(async |number| {
        let spec = json!({
            "displayName": format!("空间{number}"), "system": "one", "zone": "extranet",
            "sites": [{"site": SITES[0], "share": share}]
        });
        let workspace = Workspace::new(&format!("w{number}"), serde_json::from_value(spec)?);
        workspaces.create(&PostParams::default(), &workspace).await?;
        anyhow::Ok(())
    });
    let client = district.site(SITES[0])?.client()?;
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let ours = ListParams::default().labels("zhengyun.io/department=aa");
    let settled = AtomicBool::new(false);
    // As seen all the while, and not only in the end.
    let watched = async {
        while !settled.load(Ordering::Relaxed) {
            let count = namespaces.list(&ours).await?.items.len();
            ensure!(count <= 5, "{count} namespaces where 5 are granted");
        }
        anyhow::Ok(())
    };
    let decided = async {
        try_join_all(made).await?;
        let decided = district
            .eventually("all workspaces say where they are", async || {
                let all = workspaces.list(&ListParams::default()).await?;
                let says = |workspace: &&Workspace, code: &str| {
                    let places = workspace.status.iter().flat_map(|status| &status.sites);
                    let mut said = places.filter_map(|place| place.message.as_deref());
                    said.any(|said| said.starts_with(code))
                };
                let ready =
                    all.iter().filter(|one| ready(*one).is_some_and(|(status, _)| status == "True")).count();
                let refused = all.iter().filter(|one| says(one, "ZY-1412")).count();
                anyhow::Ok(ready == 5 && refused == 27)
            })
            .await;
        settled.store(true, Ordering::Relaxed);
        decided
    };
    let (decided, watched) = tokio::join!(decided, watched);
    decided?;
    watched?;
    assert_eq!(namespaces.list(&ours).await?.items.len(), 5);

    let namespace = namespaces.list(&ours).await?.items[0].name_any();
    let services: Api<Service> = Api::namespaced(client, &namespace);
    let made = join_all((0..32).map(async |number| {
        let service = json!({"metadata": {"name": format!("s{number}")}, "spec": {"ports": [{"port": 80}]}});
        Ok::<_, anyhow::Error>(
            services.create(&PostParams::default(), &serde_json::from_value(service)?).await.is_ok(),
        )
    }))
    .await;
    let made = made.into_iter().collect::<Result<Vec<bool>>>()?;
    assert_eq!(made.iter().filter(|made| **made).count(), 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_grant_stops_growth_and_not_service_until_a_person_takes_it_back() -> Result<()> {
    let district = begun([[4, 4, 4], [4, 4, 4]]).await?;
    let client = district.site(SITES[0])?.client()?;
    let pods: Api<Pod> = Api::namespaced(client.clone(), "aa-one");
    for name in ["p1", "p2", "p3"] {
        pods.create(&PostParams::default(), &pod(name)?).await?;
    }
    let hard = async |namespace: &str| {
        let quotas: Api<ResourceQuota> = Api::namespaced(client.clone(), namespace);
        let hard = quotas.get("zhengyun").await?.spec.and_then(|spec| spec.hard).unwrap_or_default();
        anyhow::Ok(hard["pods"].0.clone())
    };
    let uids = async || {
        let all = pods.list(&ListParams::default()).await?;
        anyhow::Ok(all.iter().map(|pod| pod.uid().unwrap_or_default()).collect::<Vec<_>>())
    };
    let before = uids().await?;
    let grants: Api<Grant> = Api::namespaced(district.hub().client()?, "dept-aa");
    let change = async |spec: serde_json::Value| {
        let patch = json!({ "spec": spec });
        grants.patch(SITES[0], &PatchParams::default(), &Patch::Merge(&patch)).await?;
        anyhow::Ok(())
    };
    let has = async |namespace: &str, wanted: &str| {
        district
            .eventually(&format!("{namespace} has {wanted} pods"), async || {
                anyhow::Ok(hard(namespace).await? == wanted)
            })
            .await
    };

    // Three are in use, one more is room for replacing them; where nothing runs nothing begins.
    change(json!({"until": "2020-01-01"})).await?;
    has("aa-one", "4").await?;
    has("aa-two", "0").await?;
    let said = district.said(grants.clone(), SITES[0], "False").await?;
    assert!(ready(&said).is_some_and(|(_, said)| said.starts_with("ZY-1404")));
    assert_eq!(uids().await?, before, "what runs goes on");
    pods.delete("p1", &DeleteParams::default().grace_period(0)).await?;
    district
        .eventually("a pod can be replaced", async || {
            anyhow::Ok(pods.create(&PostParams::default(), &pod("p4")?).await.is_ok())
        })
        .await?;
    let other: Api<Pod> = Api::namespaced(client.clone(), "aa-two");
    let refused = other.create(&PostParams::default(), &pod("p5")?).await;
    ensure!(refused.is_err(), "growth went on after the end of the grant");
    waits_for(&district, SITES[0], "ZY-1421").await?;

    // A grant that is only missing cuts nothing.
    grants.delete(SITES[1], &DeleteParams::default()).await?;
    waits_for(&district, SITES[1], "ZY-1416").await?;
    let quotas: Api<ResourceQuota> = Api::namespaced(district.site(SITES[1])?.client()?, "aa-one");
    let still = quotas.get("zhengyun").await?.spec.and_then(|spec| spec.hard).unwrap_or_default();
    assert_eq!(still["pods"].0, "4");
    district.hub().plane().apply(&shares([[4, 4, 4], [4, 4, 4]])).await?;

    // Renewed, all grows again; taken back, nothing does, and what runs still runs.
    has("aa-two", "4").await?;
    change(json!({"takenBack": true})).await?;
    has("aa-one", "0").await?;
    assert_eq!(uids().await?.len(), 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_ledger_is_counted_again_and_a_silent_site_is_vouched_for_by_a_person() -> Result<()> {
    let district = begun([[4, 4, 4], [2, 2, 2]]).await?;
    let clients = sites(&district)?;
    let ledgers: Api<EscrowLedger> = Api::namespaced(district.hub().client()?, "zhengyun-system");
    ledgers.delete("aa", &DeleteParams::default()).await?;
    // The leadership ends, as nothing else can tell what was still on its way.
    district
        .eventually("the ledger is written anew", async || {
            if !district.hub().runs() {
                district.hub().start().await?;
            }
            let ledger = ledgers.get("aa").await?;
            anyhow::Ok(ledger.spec.holders.len() == 2)
        })
        .await?;
    assert_eq!(all_pods(&clients[0]).await? + all_pods(&clients[1]).await?, 18);
    // What it counts is what the sites have: six are left and not a pod more.
    settled(&district, [[4, 4, 4], [4, 4, 4]]).await?;

    let cut = district.site(SITES[0])?;
    settled(&district, [[2, 2, 2], [4, 4, 4]]).await?;
    waits_for(&district, SITES[0], "ZY-1417").await?;
    cut.cut_link()?;
    district.hub().kill()?;
    district.hub().start().await?;
    district.hub().plane().apply(&shares([[2, 2, 2], [6, 6, 6]])).await?;
    waits_for(&district, SITES[1], "ZY-1415").await?;
    assert_eq!(all_pods(&clients[1]).await?, 12);
    // The other site answers the new leader by itself: nobody needs to vouch for it.
    let shown = district
        .eventually("only the cut site is to be vouched for", async || {
            let shown = district.hub().zhengyun(["hub", "vouch", "--reason", "中心未恢复过"]).await?;
            anyhow::Ok((shown.contains(SITES[0]) && !shown.contains(SITES[1])).then_some(shown))
        })
        .await?;
    let code = shown.split_whitespace().last().context("a code")?.to_owned();
    district.hub().zhengyun(["hub", "vouch", "--reason", "中心未恢复过", "--confirm", &code]).await?;
    settled(&district, [[2, 2, 2], [6, 6, 6]]).await?;
    assert_eq!(all_pods(&clients[0]).await? + all_pods(&clients[1]).await?, 24);
    Ok(())
}
