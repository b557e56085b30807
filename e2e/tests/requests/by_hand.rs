//! A request as people without YAML file, read, decide and print it, to the end of its term by the harness's clock.

use anyhow::{Context as _, Result, ensure};
use crds::{Grant, RequestPhase};
use e2e::desk::{Desk, NAMESPACE, asking, li, qian, sun, wang, wu, zhao, zhou};
use e2e::district::District;
use e2e::product;
use e2e::story::{bare_workspace, grant, pod, ready};
use e2e::users::Person;
use k8s_openapi::api::core::v1::{Pod, ResourceQuota};
use k8s_openapi::jiff::{Timestamp, ToSpan, tz};
use kube::Api;
use kube::api::{ListParams, PostParams};
use serde_json::json;

use super::{SITE, begun, codes, phase};

/// Runs a verb as somebody, and again with the number or code that it shows.
async fn confirmed(district: &District, person: &Person, args: &[&str]) -> Result<(String, String)> {
    let kubeconfig = district.hub().plane().kubeconfig_of(person)?;
    let shown = product::run(&kubeconfig, args.iter().copied()).await?;
    let (_, code) = shown.rsplit_once("--confirm ").with_context(|| shown.clone())?;
    let done = product::run(&kubeconfig, args.iter().copied().chain(["--confirm", code.trim()])).await?;
    Ok((shown, done))
}

/// The day so many days from now, in Beijing.
fn in_days(days: i64) -> Result<String> {
    let now = Timestamp::now().to_zoned(tz::TimeZone::fixed(tz::offset(8)));
    Ok(now.checked_add(days.days())?.date().to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filled_table_becomes_a_quota_and_its_end_stops_growth_and_not_service() -> Result<()> {
    let district = begun().await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("申请.csv");
    let until = in_days(40)?;
    let row = format!(
        "申请名称,申请类型,信息系统,机房,处理器(核),内存,存储,容器组数,命名空间数,到期日,经费类别,项目,新建项目,申请理由,支持共享,安全测评,提交\n\
         xuanke,新增,one,kaicheng,6,24Gi,60Gi,60,2,{until},业务应用,智慧校园,是,开学选课,是,测评〔2026〕5 号,是\n"
    );
    std::fs::write(&file, row)?;
    let path = file.display().to_string();
    let import = ["requests", "import", "-f", &path, "-n", NAMESPACE];
    let (shown, _) = confirmed(&district, &li(), &import).await?;
    assert!(shown.contains("新增") && shown.contains("xuanke"), "{shown}");
    district.waits_at("xuanke", "head").await?;
    let kubeconfig = district.hub().plane().kubeconfig_of(&li())?;
    let again = product::run(&kubeconfig, import).await?;
    assert!(!again.contains("--confirm"), "the same table again changes nothing: {again}");

    let approve = ["approve", "request", "xuanke", "-n", NAMESPACE];
    let (shown, _) = confirmed(&district, &wang(), &[&approve[..], &["--reason", "同意"]].concat()).await?;
    for wanted in ["智慧校园", "开学选课", "批准后", "--confirm jiaoyu-"] {
        assert!(shown.contains(wanted), "{wanted} is missing in\n{shown}");
    }
    district.waits_at("xuanke", "technical-review").await?;
    confirmed(
        &district,
        &zhao(),
        &[&approve[..], &["--give", "kaicheng:cpu=4,memory=16Gi", "--reason", "按测算核减"]].concat(),
    )
    .await?;
    district.waits_at("xuanke", "egov-section").await?;
    confirmed(&district, &qian(), &approve).await?;
    district.waits_at("xuanke", "joint-conference").await?;
    let scan = folder.path().join("纪要.pdf");
    std::fs::write(&scan, "会议纪要〔2026〕7 号")?;
    let scan = scan.display().to_string();
    let minutes = ["--document", "会议纪要〔2026〕7 号", "--date", "2026-11-20", "--scan", &scan];
    let (_, entered) = confirmed(&district, &sun(), &[&approve[..], &minutes].concat()).await?;
    let entered = entered
        .rsplit('/')
        .next()
        .and_then(|rest| rest.split_whitespace().next())
        .context("a name")?
        .to_owned();
    confirmed(&district, &zhou(), &[&approve[..], &["--confirms", &entered]].concat()).await?;
    district.waits_at("xuanke", "funds").await?;
    confirmed(&district, &wu(), &approve).await?;
    let granted = phase(&district, "xuanke", RequestPhase::Granted).await?;
    assert!(codes(&granted).contains(&"ZY-1723".to_owned()), "{:?}", codes(&granted));

    let shown = product::run(&kubeconfig, ["requests", "show", "xuanke", "-n", NAMESPACE]).await?;
    let listed = product::run(&kubeconfig, ["requests", "-n", NAMESPACE, "--all"]).await?;
    let form = product::run(&kubeconfig, ["requests", "print", "xuanke", "-n", NAMESPACE]).await?;
    println!("{shown}\n{listed}");
    for wanted in ["核减", "会议纪要〔2026〕7 号", "oidc:zhou", "已批复"] {
        assert!(shown.contains(wanted), "{wanted} is missing in\n{shown}");
    }
    assert!(listed.contains("已批复"), "{listed}");
    for wanted in ["云资源申请审批表", "部门主要领导", "按测算核减", "会议纪要〔2026〕7 号", "盖章"]
    {
        assert!(form.contains(wanted), "{wanted} is missing in\n{form}");
    }

    // What was approved is what runs: four cores and not six, and a pod in them.
    let grants: Api<Grant> = Api::namespaced(district.hub().client()?, NAMESPACE);
    let name = granted.status.and_then(|status| status.grant).context("a grant")?;
    assert_eq!(grants.get(&name).await?.spec.sites[0].amounts.cpu, "4");
    let space = bare_workspace("jiaoyu", "xuanke", "one", &[SITE], "4")
        .replace("memory: 8Gi", "memory: 16Gi, pods: 20, volumes: 0, services: 0");
    district.hub().plane().apply(&space).await?;
    district.in_force("jiaoyu", "xuanke").await?;
    let pods: Api<Pod> = Api::namespaced(district.site(SITE)?.plane().client_of(&li())?, "jiaoyu-xuanke");
    let run = async |name: &str| anyhow::Ok(pods.create(&PostParams::default(), &pod(name)?).await.is_ok());
    district.eventually("a pod runs under the new quota", async || run("web").await).await?;

    // Thirty days before, it is said; after its last day nothing grows and what runs goes on; renewed, it grows again.
    let says = async |code: &str| {
        let what = format!("the grant says {code}");
        let there = |found: Option<&Grant>| {
            found.is_some_and(|grant| ready(grant).is_some_and(|(_, said)| said.starts_with(code)))
        };
        district.eventually_object(grants.clone(), &name, &what, there).await
    };
    district.hub().clock().forward(20)?;
    says("ZY-1406").await?;
    district.hub().clock().forward(21)?;
    says("ZY-1404").await?;
    district
        .eventually("growth stops", async || {
            let name = format!("more-{}", Timestamp::now().as_nanosecond());
            anyhow::Ok(!run(&name).await?)
        })
        .await?;
    ensure!(pods.get("web").await.is_ok(), "what runs goes on");
    let desk = Desk::of(&district, &li())?;
    let mut renewal = asking(SITE, 4);
    renewal["change"] = json!("renew");
    renewal["grant"] = json!(name);
    renewal["until"] = json!(in_days(400)?);
    renewal["sites"][0]["amounts"] =
        json!({"cpu": "4", "memory": "16Gi", "storage": "60Gi", "pods": 60, "namespaces": 2});
    desk.ask("xuqi", renewal).await?;
    district.agreed_by_all("xuqi", &e2e::desk::chain()).await?;
    phase(&district, "xuqi", RequestPhase::Granted).await?;
    district.eventually("it grows again", async || run("again").await).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn overdue_is_escalated_and_a_clock_that_goes_back_changes_no_decision() -> Result<()> {
    let district = begun().await?;
    let desk = Desk::of(&district, &li())?;
    desk.ask("one", asking(SITE, 2)).await?;
    let waiting = district.waits_at("one", "head").await?;
    let head = Desk::of(&district, &wang())?;
    let opinion = head.opinion("one", "head").await?;
    // Three working days are over within two weeks, whatever holidays there are.
    district.hub().clock().forward(14)?;
    let overdue = district.eventually("the step is overdue", async || {
        let status = desk.requests().get("one").await?.status.unwrap_or_default();
        anyhow::Ok(status.step.is_some_and(|step| step.overdue))
    });
    overdue.await?;
    let refused = District::refusal(head.decide("late", opinion.clone()).await)?;
    assert!(refused.contains("ZY-1736"), "{refused}");
    let section = Desk::of(&district, &qian())?;
    section.decide("escalated", opinion).await?;
    let next = district.waits_at("one", "technical-review").await?;
    district.hub().clock().back(15)?;
    let [_, review, egov, funds] = e2e::desk::chain();
    district.agreed_by_all("one", &[review, egov, funds]).await?;
    let granted = phase(&district, "one", RequestPhase::Granted).await?;
    assert_eq!(granted.spec.stamp, waiting.spec.stamp);
    assert_eq!(next.metadata.generation, granted.metadata.generation);
    let kubeconfig = district.hub().plane().kubeconfig_of(&zhao())?;
    desk.ask("two", asking(SITE, 2)).await?;
    district.waits_at("two", "head").await?;
    let refuse = ["refuse", "request", "two", "-n", NAMESPACE, "--reason", "可用现有资源"];
    let shown = product::run(&kubeconfig, refuse).await?;
    let (_, code) = shown.rsplit_once("--confirm ").context("a number")?;
    let denied = product::run(&kubeconfig, refuse.into_iter().chain(["--confirm", code.trim()])).await;
    assert!(District::refusal(denied)?.contains("ZY-1735"), "not the review's turn");
    let (_, done) = confirmed(&district, &wang(), &refuse).await?;
    assert!(done.contains("Approval"), "{done}");
    let refused = phase(&district, "two", RequestPhase::Refused).await?;
    assert!(ready(&refused).is_some_and(|(_, said)| said.contains("可用现有资源")));
    ensure!(desk.grants().list(&ListParams::default()).await?.items.len() == 1, "one grant and no more");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_first_of_january_without_a_budget_all_goes_on_as_last_year_and_is_marked() -> Result<()> {
    let district = begun().await?;
    let space =
        |cpu: &str| grant("jiaoyu", SITE, 10, 10) + &bare_workspace("jiaoyu", "xuanke", "one", &[SITE], cpu);
    district.hub().plane().apply(&space("2")).await?;
    district.in_force("jiaoyu", "xuanke").await?;
    let site = district.site(SITE)?;
    let pods: Api<Pod> = Api::namespaced(site.plane().client_of(&li())?, "jiaoyu-xuanke");
    let run = async |name: &str| anyhow::Ok(pods.create(&PostParams::default(), &pod(name)?).await.is_ok());
    district.eventually("a pod runs", async || run("before").await).await?;
    site.cut_link()?;
    district.hub().clock().forward(366)?;
    site.clock().forward(366)?;
    let budgets: Api<crds::Budget> = Api::namespaced(district.hub().client()?, NAMESPACE);
    let marked = |found: Option<&crds::Budget>| {
        found.is_some_and(|one| {
            ready(one).is_some_and(|(_, said)| said.starts_with("ZY-1402") && said.contains("结转"))
        })
    };
    district.eventually_object(budgets, "budget", "the budget is marked", marked).await?;
    ensure!(
        pods.get("before").await.is_ok() && run("after").await?,
        "what runs goes on, and so does growth in the share"
    );
    site.heal_link()?;
    district.hub().plane().apply(&space("4")).await?;
    let quotas: Api<ResourceQuota> = Api::namespaced(site.client()?, "jiaoyu-xuanke");
    district
        .eventually("growth goes on as last year", async || {
            let hard = quotas.get("zhengyun").await?.spec.and_then(|spec| spec.hard).unwrap_or_default();
            anyhow::Ok(hard.get("requests.cpu").is_some_and(|cpu| cpu.0 == "4"))
        })
        .await
}
