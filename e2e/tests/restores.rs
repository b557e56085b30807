//! Stores that go back: the hub's, a site's, kinds deleted and installed again. Nothing forked is ever acted upon, and nothing is lost.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use crds::{AppliedBundle, OrderId, Ruling, SetPhase, SiteBundle, SiteReport, Workspace};
use e2e::district::District;
use e2e::product::workspace as repository;
use e2e::story::{department, system, workspace};
use k8s_openapi::api::core::v1::{Namespace, ResourceQuota};
use kube::api::ListParams;
use kube::{Api, ResourceExt};

const SITE: &str = "kaicheng";

fn wish(cpu: &str) -> String {
    department("aa") + &system("aa", "one") + &workspace("aa", "one", "one", &[SITE], cpu)
}

async fn settled(district: &District, cpu: &str) -> Result<()> {
    district.hub().plane().apply(&wish(cpu)).await?;
    district.in_force("aa", "one").await?;
    Ok(())
}

/// The CPU quota that the site enforces.
async fn enforced(district: &District) -> Result<String> {
    let quotas: Api<ResourceQuota> = Api::namespaced(district.site(SITE)?.client()?, "aa-one");
    let hard = quotas.get("zhengyun").await?.spec.and_then(|spec| spec.hard).unwrap_or_default();
    Ok(hard.get("requests.cpu").context("a CPU quota")?.0.clone())
}

/// The order that the site holds.
async fn held(district: &District) -> Result<OrderId> {
    let memory: Api<AppliedBundle> = Api::namespaced(district.site(SITE)?.client()?, "zhengyun-system");
    Ok(memory.get("aa").await?.spec.accepted.order.id())
}

/// The order that stands on the hub.
async fn told(district: &District) -> Result<OrderId> {
    let bundles: Api<SiteBundle> = Api::namespaced(district.hub().client()?, &format!("site-{SITE}"));
    Ok(bundles.get("aa").await?.spec.order.id())
}

/// Waits until the workspace says that at the site, whatever ends meanwhile.
async fn says(district: &District, code: &str) -> Result<String> {
    let workspaces: Api<Workspace> = Api::namespaced(district.hub().client()?, "dept-aa");
    district
        .eventually(&format!("the workspace says {code}"), async || {
            revive(district).await?;
            let places = workspaces.get("one").await?.status.unwrap_or_default().sites;
            let said = places.into_iter().filter_map(|place| place.message);
            anyhow::Ok(said.into_iter().find(|message| message.starts_with(code)))
        })
        .await
}

/// Starts what has ended, as a cluster starts pods again: a hub or agent may end when it finds that its store went back.
async fn revive(district: &District) -> Result<()> {
    if !district.hub().product()?.alive() {
        district.hub().start().await?;
    }
    for site in district.sites() {
        if !site.agent()?.alive() {
            site.start_agent()?;
        }
    }
    Ok(())
}

/// What `site quarantine` prints, whatever it finds.
async fn quarantine(district: &District, more: &[&str]) -> Result<String> {
    let mut command = tokio::process::Command::new(e2e::product::binary().await?);
    let kubeconfig = district.hub().plane().admin_kubeconfig()?;
    command.args(["site", "quarantine", SITE]).args(more).env("KUBECONFIG", kubeconfig);
    let output = command.output().await?;
    let text = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8(text)?)
}

/// What a person does: looks at what each way out would do, and confirms the very state that was shown.
async fn rule(district: &District, way: &str) -> Result<String> {
    let shown = quarantine(district, &[]).await?;
    let line = shown.lines().find(|line| line.contains(way) && line.contains("--confirm"));
    let code = line.and_then(|line| line.split("--confirm ").nth(1)).context(shown.clone())?;
    let stale = quarantine(district, &[way, "--reason", "由备份恢复", "--confirm", "00000000"]).await?;
    assert!(stale.contains("ZY-3026"), "{stale}");
    let done = quarantine(district, &[way, "--reason", "由备份恢复", "--confirm", code.trim()]).await?;
    assert!(done.contains("Ruling site-kaicheng/"), "{done}");
    Ok(shown)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_hub_tells_nothing_that_a_site_takes_before_a_person_rules() -> Result<()> {
    let district = District::start([SITE]).await?;
    let site = district.site(SITE)?;
    settled(&district, "2").await?;
    let early = district.hub().plane().snapshot().await?;
    settled(&district, "3").await?;
    // A leadership of which the backup knows nothing: the restored hub would count to its number again.
    district.hub().kill()?;
    district.hub().start().await?;
    settled(&district, "4").await?;
    let four = held(&district).await?;

    // A second history, in which an order was told that the site never read; and then that history is discarded.
    site.cut_link()?;
    district.hub().plane().apply(&wish("9")).await?;
    let never_read = async || anyhow::Ok(told(&district).await?.revision > four.revision);
    district.eventually("the order that the site never reads stands", never_read).await?;
    let discarded = district.hub().plane().snapshot().await?;

    // Restored to before the site's last orders, the hub tells more orders than the site has seen.
    district.hub().plane().restore(&early).await?;
    let ended = async || !district.hub().product().is_ok_and(e2e::process::Component::alive);
    district.eventually("a process that knew the other history ends", ended).await?;
    revive(&district).await?;
    for cpu in ["5", "6", "7", "8"] {
        let before = told(&district).await?.revision;
        district.hub().plane().apply(&wish(cpu)).await?;
        district
            .eventually("one more is told", async || anyhow::Ok(told(&district).await?.revision > before))
            .await?;
    }
    assert!(told(&district).await?.revision > four.revision);
    site.heal_link()?;
    revive(&district).await?;
    let said = says(&district, "ZY-1115").await?;
    assert!(said.contains("kubectl zhengyun site quarantine"), "{said}");
    assert_eq!((held(&district).await?, enforced(&district).await?), (four, "4".to_owned()));

    // After the person's word it converges.
    let shown = rule(&district, "--take-hub").await?;
    assert!(shown.contains("cpu 4 → cpu 8"), "{shown}");
    revive(&district).await?;
    district
        .eventually("the site follows", async || {
            revive(&district).await?;
            anyhow::Ok(enforced(&district).await? == "8")
        })
        .await?;
    district.in_force("aa", "one").await?;
    let rulings: Api<Ruling> = Api::namespaced(district.hub().client()?, &format!("site-{SITE}"));
    let name = rulings.list(&ListParams::default()).await?.items.first().context("a ruling")?.name_any();
    district.said(rulings, &name, "True").await?;
    let shown = quarantine(&district, &[]).await?;
    assert!(shown.contains("没有等待人工裁定的指令组"), "something still waits: {shown}");

    // And now the store goes to the discarded history, with the order in it that the site never read.
    let eight = held(&district).await?;
    district.hub().plane().restore(&discarded).await?;
    district.eventually("a process that knew the other history ends", ended).await?;
    revive(&district).await?;
    says(&district, "ZY-1115").await?;
    assert_eq!((held(&district).await?, enforced(&district).await?), (eight.clone(), "8".to_owned()));
    let shown = rule(&district, "--take-site").await?;
    assert!(shown.contains("cpu 9 → cpu 8"), "{shown}");
    let follows = async || {
        revive(&district).await?;
        anyhow::Ok(held(&district).await?.revision > eight.revision)
    };
    district.eventually("the site follows", follows).await?;
    district.in_force("aa", "one").await?;
    assert_eq!(enforced(&district).await?, "8", "the register was brought to what the site has");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_whose_own_store_went_back_is_found_out_and_healed_at_first_contact() -> Result<()> {
    let district = District::start([SITE]).await?;
    let site = district.site(SITE)?;
    settled(&district, "2").await?;
    let early = site.plane().snapshot().await?;
    settled(&district, "3").await?;
    settled(&district, "4").await?;
    let four = held(&district).await?;

    site.cut_link()?;
    site.plane().restore(&early).await?;
    revive(&district).await?;
    assert_eq!(enforced(&district).await?, "2", "the store went back");
    site.heal_link()?;
    district
        .eventually("the site is as ordered again", async || {
            revive(&district).await?;
            anyhow::Ok(enforced(&district).await? == "4")
        })
        .await?;
    district.in_force("aa", "one").await?;
    assert!(held(&district).await?.revision > four.revision, "it was told again");
    let log = std::fs::read_to_string(district.hub().plane().dir().join("zhengyun-hub.log"))?;
    assert!(log.contains("ZY-1120"), "the hub says that the site went back");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_that_are_deleted_and_installed_again_take_nothing_with_them() -> Result<()> {
    let district = District::start([SITE]).await?;
    let site = district.site(SITE)?;
    settled(&district, "2").await?;
    let standing = async || {
        let namespaces: Api<Namespace> = Api::all(site.client()?);
        let namespaces = namespaces.list(&ListParams::default()).await?;
        let quotas: Api<ResourceQuota> = Api::all(site.client()?);
        let quotas = quotas.list(&ListParams::default()).await?;
        let all: BTreeSet<_> = namespaces
            .iter()
            .map(|n| (n.name_any(), n.uid()))
            .chain(quotas.iter().map(|q| (q.name_any(), q.uid())))
            .collect();
        anyhow::Ok(all)
    };
    let before = standing().await?;

    // On the site: its memory is gone; what runs stays, and it is told again.
    site.kubectl(["delete", "crd", "appliedbundles.zhengyun.io"]).await?;
    site.plane().apply_folder(&repository().join("charts/zhengyun-crds/definitions/site")).await?;
    district
        .eventually("the site remembers again", async || {
            revive(&district).await?;
            anyhow::Ok(held(&district).await.is_ok())
        })
        .await?;
    assert_eq!(standing().await?, before);

    // On the hub: the register is gone and put back as a person keeps it; nothing is told before a person rules.
    let four = held(&district).await?;
    let kinds = district.hub().kubectl(["get", "crd", "-o", "name"]).await?;
    for kind in kinds.lines().filter(|name| name.ends_with(".zhengyun.io")) {
        district.hub().kubectl(["delete", kind]).await?;
    }
    assert_eq!(standing().await?, before);
    district.hub().plane().apply_folder(&repository().join("charts/zhengyun-crds/definitions/hub")).await?;
    district.hub().plane().apply(&e2e::district::register(&[SITE.to_owned()])).await?;
    revive(&district).await?;
    district
        .eventually("the register is taken", async || {
            revive(&district).await?;
            anyhow::Ok(district.hub().plane().apply(&wish("3")).await.is_ok())
        })
        .await?;
    let reports: Api<SiteReport> = Api::namespaced(district.hub().client()?, &format!("site-{SITE}"));
    let has = |report: Option<&SiteReport>| {
        let sets = report.and_then(|report| report.status.as_ref()).map(|status| &status.sets);
        sets.into_iter().flatten().any(|set| set.set == "aa" && set.phase != SetPhase::Forgotten)
    };
    district.eventually_object(reports, "report-0", "the site says again what it has", has).await?;
    says(&district, "ZY-1115").await?;
    assert_eq!((held(&district).await?, enforced(&district).await?), (four, "2".to_owned()));
    assert_eq!(standing().await?, before);
    rule(&district, "--take-hub").await?;
    district
        .eventually("the site follows", async || {
            revive(&district).await?;
            anyhow::Ok(enforced(&district).await? == "3")
        })
        .await?;
    assert_eq!(standing().await?, before);
    Ok(())
}
