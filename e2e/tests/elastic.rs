//! Idle share that moves (余量调剂) on a real site: a namespace that needs more borrows what another leaves idle, and the owner gets
//! it back when it needs it, with never more than the grant in all.

use anyhow::Result;
use e2e::district::District;
use e2e::story::{bare_workspace, budget, department, grant, pod, system};
use k8s_openapi::api::core::v1::{Pod, ResourceQuota};
use kube::api::{DeleteParams, PostParams};
use kube::{Api, Client};

const SITE: &str = "kaicheng";
/// Pods that the department is granted, half of them for each workspace.
const PODS: u64 = 16;

/// The pods that each namespace's quota allows, as its controller enforces it.
async fn shares(client: &Client) -> Result<[u64; 2]> {
    let mut shares = [0; 2];
    for (share, namespace) in shares.iter_mut().zip(["aa-busy", "aa-idle"]) {
        let quotas: Api<ResourceQuota> = Api::namespaced(client.clone(), namespace);
        let hard = quotas.get("zhengyun").await?.status.and_then(|status| status.hard).unwrap_or_default();
        *share = hard["pods"].0.parse()?;
    }
    Ok(shares)
}

async fn fill(client: &Client, namespace: &str, names: std::ops::Range<u32>) -> Result<()> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    for number in names {
        pods.create(&PostParams::default(), &pod(&format!("p{number}"))?).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_share_is_lent_to_who_needs_it_and_given_back_to_its_owner() -> Result<()> {
    let district = District::start([SITE]).await?;
    let elastic = department("aa").replace("spec:\n", "spec:\n  elasticShares: true\n");
    let half = format!("memory: 8Gi, pods: {}}}", PODS / 2);
    let workspace = |name| bare_workspace("aa", name, "one", &[SITE], "8").replace("memory: 8Gi}", &half);
    let granted = grant("aa", SITE, 100, 2).replace("pods: 1000", &format!("pods: {PODS}"));
    let all = elastic + &system("aa", "one") + &budget("aa", 200, 6) + &granted;
    district.hub().plane().apply(&(all + &workspace("busy") + &workspace("idle"))).await?;
    for name in ["busy", "idle"] {
        district.in_force("aa", name).await?;
    }
    let client = district.site(SITE)?.client()?;
    let shares_are = async |wanted: [u64; 2]| {
        district
            .eventually(&format!("the shares are {wanted:?}"), async || {
                let now = shares(&client).await?;
                assert!(now.iter().sum::<u64>() <= PODS, "{now:?} is more than {PODS}");
                anyhow::Ok(now == wanted)
            })
            .await
    };
    shares_are([8, 8]).await?;

    // All of its own is in use: a quarter more comes from what the other leaves idle, and again.
    fill(&client, "aa-busy", 0..8).await?;
    shares_are([10, 6]).await?;
    fill(&client, "aa-busy", 8..10).await?;
    shares_are([12, 4]).await?;

    // The owner needs its own again: what nobody uses comes back at once.
    fill(&client, "aa-idle", 0..4).await?;
    shares_are([10, 6]).await?;
    // What runs goes on; the rest comes back when what borrowed it ends.
    fill(&client, "aa-idle", 4..6).await?;
    shares_are([8, 6]).await?;
    let pods: Api<Pod> = Api::namespaced(client.clone(), "aa-busy");
    for name in ["p8", "p9"] {
        pods.delete(name, &DeleteParams::default().grace_period(0)).await?;
    }
    shares_are([8, 8]).await?;
    fill(&client, "aa-idle", 6..8).await?;
    // The site moved them itself: nobody is told that somebody else did.
    for name in ["busy", "idle"] {
        let places =
            district.in_force("aa", name).await?.status.map(|status| status.sites).unwrap_or_default();
        assert!(places.iter().all(|place| place.drift.is_none()), "{places:?}");
    }
    Ok(())
}
