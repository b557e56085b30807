//! Two leaders: whatever the lease says, only what the newer one tells is ever taken.

use anyhow::{Context as _, Result};
use crds::{AppliedBundle, SiteBundle};
use e2e::district::District;
use e2e::process::Component;
use e2e::story::{department, system, workspace};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::ResourceQuota;
use kube::Api;
use kube::api::DeleteParams;

const SITE: &str = "kaicheng";

fn wish(cpu: &str) -> String {
    department("aa") + &system("aa", "one") + &workspace("aa", "one", "one", &[SITE], cpu)
}

/// The number of the term that stands on the hub for the site.
async fn term(district: &District) -> Result<i64> {
    let bundles: Api<SiteBundle> = Api::namespaced(district.hub().client()?, &format!("site-{SITE}"));
    Ok(bundles.get("term").await?.spec.order.term.number)
}

/// Waits until the site enforces so many CPUs, by an order of at least this term.
async fn in_force_by(district: &District, cpu: &str, at_least: i64) -> Result<()> {
    let quotas: Api<ResourceQuota> = Api::namespaced(district.site(SITE)?.client()?, "aa-one");
    let right = |quota: Option<&ResourceQuota>| {
        let hard = quota.and_then(|quota| quota.spec.as_ref()?.hard.clone()).unwrap_or_default();
        hard.get("requests.cpu").is_some_and(|found| found.0 == cpu)
    };
    district.eventually_object(quotas, "zhengyun", &format!("{cpu} CPUs are enforced"), right).await?;
    let memory: Api<AppliedBundle> = Api::namespaced(district.site(SITE)?.client()?, "zhengyun-system");
    let accepted = memory.get("aa").await?.spec.accepted.order;
    assert!(accepted.term.number >= at_least, "{accepted:?}");
    district.in_force("aa", "one").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_was_paused_ends_and_one_that_lost_its_lease_tells_nothing_more() -> Result<()> {
    let district = District::start([SITE]).await?;
    let hub = district.hub();
    hub.plane().apply(&wish("2")).await?;
    district.in_force("aa", "one").await?;
    let first = term(&district).await?;

    // Stopped in its tracks for longer than its lease, with whatever it had in hand; another leads meanwhile.
    let second = hub.start_replica(1).await?;
    hub.pause()?;
    let higher = |than: i64| {
        let district = &district;
        async move { anyhow::Ok(term(district).await? > than) }
    };
    district.eventually("the other one leads", async || higher(first).await).await?;
    hub.plane().apply(&wish("3")).await?;
    in_force_by(&district, "3", first + 1).await?;
    hub.resume()?;
    let ended = async |component: &Component| {
        district.eventually("the older leader has ended", async || !component.alive()).await
    };
    ended(hub.product()?).await?;
    hub.plane().apply(&wish("4")).await?;
    in_force_by(&district, "4", first + 1).await?;

    // The lease is gone: for a moment both lead. The newer term wins, and the older leader finds out and ends.
    hub.start().await?;
    let leases: Api<Lease> = Api::namespaced(hub.client()?, "zhengyun-system");
    let before = term(&district).await?;
    let holder = leases.get("zhengyun-hub").await?.spec.and_then(|spec| spec.holder_identity);
    assert_eq!(holder.as_deref().context("a holder")?, "hub-1");
    let mut stolen = leases.get("zhengyun-hub").await?;
    stolen.spec.as_mut().context("a spec")?.holder_identity = Some("hub-0".into());
    leases.replace("zhengyun-hub", &kube::api::PostParams::default(), &stolen).await?;
    hub.plane().apply(&wish("5")).await?;
    ended(&second).await?;
    district.eventually("the newer one leads", async || higher(before).await).await?;
    in_force_by(&district, "5", before).await?;
    hub.plane().apply(&wish("6")).await?;
    in_force_by(&district, "6", before + 1).await?;
    leases.delete("zhengyun-hub", &DeleteParams::default()).await?;
    Ok(())
}
