//! From what a department asks for to what it may use, by real people on real API servers.

mod by_hand;
mod refused;

use anyhow::{Context as _, Result};
use crds::{RequestPhase, ResourceRequest};
use e2e::desk::{Desk, NAMESPACE, asking, chain, li, qian, shipped_policy, sun, zhou};
use e2e::district::District;
use e2e::story::{bare_workspace, budget, department, pod, system};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use kube::{Api, ResourceExt};
use serde_json::json;

const SITE: &str = "kaicheng";

/// A department with a head, a system and a budget, and the policy that comes with the product.
async fn begun() -> Result<District> {
    let district = District::start([SITE]).await?;
    let head = "    - {group: 'oidc:jiaoyu-head', role: head}\n    - {group: 'oidc:jiaoyu-admin'";
    let department = department("jiaoyu").replace("    - {group: 'oidc:jiaoyu-admin'", head);
    let yaml = department + &system("jiaoyu", "one") + &budget("jiaoyu", 20, 40) + &shipped_policy()?;
    district.hub().plane().apply(&yaml).await?;
    let policies: Api<crds::ApprovalPolicy> = Api::all(district.hub().client()?);
    district.said(policies, "resources", "True").await?;
    let register: Api<crds::Department> = Api::all(district.hub().client()?);
    district.said(register, "jiaoyu", "True").await?;
    Ok(district)
}

async fn phase(district: &District, request: &str, phase: RequestPhase) -> Result<ResourceRequest> {
    let api: Api<ResourceRequest> = Api::namespaced(district.hub().client()?, NAMESPACE);
    let there = |found: Option<&ResourceRequest>| {
        found.and_then(|one| one.status.as_ref()).is_some_and(|s| s.phase == phase)
    };
    let what = format!("request {request} is {phase:?}");
    district.eventually_object(api, request, &what, there).await?.context("it was there a moment ago")
}

fn codes(request: &ResourceRequest) -> Vec<String> {
    let history = request.status.iter().flat_map(|status| &status.history);
    history.flat_map(|entry| entry.message.lines()).map(|line| line[..7].to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_department_asks_for_runs_once_everybody_agreed() -> Result<()> {
    let district = begun().await?;
    let desk = Desk::of(&district, &li())?;
    desk.ask("kaixue", asking(SITE, 4)).await?;
    let waiting = district.waits_at("kaixue", "head").await?;
    let stamp = waiting.spec.stamp.as_ref().context("a stamp")?;
    assert_eq!(stamp.by, "oidc:li");
    assert!(stamp.number.starts_with("jiaoyu-"), "{}", stamp.number);
    let steps: Vec<&str> = stamp.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(steps, chain().map(|(step, _)| step), "no conference for what is small and no new project");
    let what_if = &waiting.status.as_ref().context("a status")?.what_if;
    assert_eq!((what_if[0].now.cpu.as_str(), what_if[0].then.cpu.as_str()), ("0", "4"));

    district.agreed_by_all("kaixue", &chain()).await?;
    let granted = phase(&district, "kaixue", RequestPhase::Granted).await?;
    let status = granted.status.as_ref().context("a status")?;
    let grant = desk.grants().get(status.grant.as_deref().context("a grant")?).await?;
    assert_eq!(grant.spec.request.as_ref().map(|origin| origin.uid.clone()), granted.uid());
    assert_eq!(
        codes(&granted),
        ["ZY-1727", "ZY-1752", "ZY-1753", "ZY-1722", "ZY-1722", "ZY-1722", "ZY-1722", "ZY-1728"]
    );

    // To a pod that is admitted under the new quota, by the one who asked.
    district
        .hub()
        .plane()
        .apply(
            &bare_workspace("jiaoyu", "xuanke", "one", &[SITE], "4")
                .replace("memory: 8Gi", "memory: 16Gi, pods: 20, volumes: 4, services: 4"),
        )
        .await?;
    district.in_force("jiaoyu", "xuanke").await?;
    let pods: Api<Pod> = Api::namespaced(district.site(SITE)?.plane().client_of(&li())?, "jiaoyu-xuanke");
    let running = district.eventually("li may run a pod there", async || {
        anyhow::Ok(pods.create(&PostParams::default(), &pod("web")?).await.is_ok())
    });
    running.await?;
    let api: Api<ResourceRequest> = Api::namespaced(district.hub().client()?, NAMESPACE);
    let enforced = |found: Option<&ResourceRequest>| {
        let sites = found.and_then(|one| one.status.as_ref()).map(|status| status.enforced.clone());
        sites.is_some_and(|sites| {
            sites.iter().all(|site| site.allotment.as_ref().is_some_and(|a| a.cpu == "4"))
        })
    };
    district.eventually_object(api, "kaixue", "what is enforced is said", enforced).await?;

    // Less is granted by itself and takes the place of what was held; more than what is little used waits for a person.
    let of = |change: &str, cpu: u32| {
        let mut spec = asking(SITE, cpu);
        spec["change"] = json!(change);
        spec["grant"] = json!(grant.name_any());
        spec
    };
    let refused = District::refusal(desk.ask("wrong", of("less", 5)).await)?;
    assert!(refused.contains("ZY-1770"), "{refused}");
    desk.ask("gengduo", of("more", 6)).await?;
    let waits = district.waits_at("gengduo", "head").await?;
    assert!(codes(&waits).contains(&"ZY-1757".to_owned()), "{:?}", codes(&waits));
    desk.ask("gengshao", of("less", 2)).await?;
    let granted = phase(&district, "gengshao", RequestPhase::Granted).await?;
    assert_eq!(codes(&granted), ["ZY-1727", "ZY-1750", "ZY-1728"]);
    district.said(desk.grants(), &grant.name_any(), "False").await?;
    let stale = phase(&district, "gengduo", RequestPhase::Invalid).await;
    stale.context("what was to replace the grant that is no more says so")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_project_takes_the_minutes_of_the_conference_confirmed_by_a_second_person() -> Result<()> {
    let district = begun().await?;
    let desk = Desk::of(&district, &li())?;
    let mut spec = asking(SITE, 16);
    spec["project"] = json!({"name": "智慧校园", "new": true});
    desk.ask("xin", spec.clone()).await?;
    // Two in one second, and the budget has room for one.
    let (one, other) = (asking(SITE, 15), asking(SITE, 15));
    tokio::try_join!(desk.ask("yi", one), desk.ask("er", other))?;
    let [head, review, section, funds] = chain();
    district.agreed_by_all("xin", &[head, review, section]).await?;
    district.waits_at("xin", "joint-conference").await?;
    let (sun, zhou) = (Desk::of(&district, &sun())?, Desk::of(&district, &zhou())?);
    let mut opinion = sun.opinion("xin", "joint-conference").await?;
    let refused = District::refusal(sun.decide("xin-4", opinion.clone()).await)?;
    assert!(refused.contains("ZY-1742"), "{refused}");
    let confirms = |mut opinion: serde_json::Value| {
        opinion["confirms"] = json!("xin-4");
        opinion
    };
    let confirmation = confirms(opinion.clone());
    opinion["recorded"] =
        json!({"document": "会议纪要〔2026〕7 号", "date": "2026-11-20", "scan": "a".repeat(64)});
    sun.decide("xin-4", opinion).await?;
    let refused = District::refusal(sun.decide("xin-5", confirmation.clone()).await)?;
    assert!(refused.contains("ZY-1745"), "{refused}");
    zhou.decide("xin-5", confirmation).await?;
    district.agreed_by_all("xin", &[funds]).await?;
    phase(&district, "xin", RequestPhase::Granted).await?;

    // Twenty in all, sixteen are given: neither of the two fits, and each says what is left; with more budget one does.
    for name in ["yi", "er"] {
        district.agreed_by_all(name, &chain()).await?;
        let said = phase(&district, name, RequestPhase::Approved).await?;
        let said = e2e::story::ready(&said).map(|(_, said)| said.to_owned()).unwrap_or_default();
        assert!(said.starts_with("ZY-1717") && said.contains("剩余 4"), "{said}");
    }
    district.hub().plane().apply(&budget("jiaoyu", 40, 80)).await?;
    district
        .eventually("one of the two is granted and the other says what is left", async || {
            let all = desk.requests().list(&ListParams::default()).await?;
            let mut said: Vec<String> = all
                .iter()
                .filter(|one| ["yi", "er"].contains(&one.name_any().as_str()))
                .filter_map(|one| e2e::story::ready(one).map(|(_, said)| said.chars().take(7).collect()))
                .collect();
            said.sort();
            anyhow::Ok(said == ["ZY-1717", "ZY-1719"])
        })
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_request_keeps_the_policy_and_a_killed_hub_grants_once() -> Result<()> {
    let district = begun().await?;
    let desk = Desk::of(&district, &li())?;
    desk.ask("jiu", asking(SITE, 4)).await?;
    district.waits_at("jiu", "head").await?;
    let policies: Api<crds::ApprovalPolicy> = Api::all(district.hub().plane().client_of(&qian())?);
    let steps = json!({"spec": {"steps": [{"name": "only", "displayName": "只此一步", "groups": ["oidc:zhengyun-finance"], "workingDays": 1}]}});
    policies.patch("resources", &PatchParams::default(), &Patch::Merge(&steps)).await?;
    district.said(policies, "resources", "True").await?;
    let again = district.eventually("a new request goes by the new policy", async || {
        let filed = desk.ask("xin", asking(SITE, 2)).await?;
        anyhow::Ok(filed.spec.stamp.is_some_and(|stamp| stamp.steps.len() == 1))
    });
    again.await?;
    // The last approval is there, and the hub is gone before it grants.
    let last = chain().len() - 1;
    district.agreed_by_all("jiu", &chain()[..last]).await?;
    district.waits_at("jiu", "funds").await?;
    let funds = Desk::of(&district, &chain()[last].1)?;
    let opinion = funds.opinion("jiu", "funds").await?;
    let second = district.hub().start_replica(1).await?;
    funds.decide("jiu-last", opinion).await?;
    district.hub().kill()?;
    phase(&district, "jiu", RequestPhase::Granted).await?;
    district.hub().start().await?;
    drop(second);
    let records: Api<crds::Record> = Api::namespaced(district.hub().client()?, "zhengyun-records");
    let records = records.list(&ListParams::default()).await?;
    assert_eq!(records.iter().filter(|record| record.spec.name == "jiu").count(), 1, "recorded once");
    let grants = desk.grants().list(&ListParams::default()).await?;
    assert_eq!(
        grants.items.len(),
        1,
        "{:?}",
        grants.items.iter().map(ResourceExt::name_any).collect::<Vec<_>>()
    );
    Ok(())
}
