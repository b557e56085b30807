//! Joins that are refused: the hub and the site both say why, and a person can put it right.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use crds::{AppliedBundle, DataCenter};
use e2e::district::District;
use e2e::logs;
use e2e::site::Site;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Patch, PatchParams};
use kube::config::Kubeconfig;
use kube::{Api, ResourceExt};
use serde_json::{Value, json};

const FIRST: &str = "kaicheng";
const SECOND: &str = "wujiaochang";

/// Whether a condition of a type says this code.
fn says(
    conditions: Option<&Vec<k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition>>,
    about: &str,
    code: &str,
) -> bool {
    let mut conditions = conditions.into_iter().flatten();
    conditions.any(|c| c.type_ == about && c.message.lines().any(|line| line.starts_with(code)))
}

/// Waits until the hub says this of a site.
async fn hub_says(district: &District, about: &'static str, code: &'static str) -> Result<()> {
    let centers: Api<DataCenter> = Api::all(district.hub().client()?);
    let what = format!("the hub says {code} of {FIRST}");
    let said = move |room: Option<&DataCenter>| {
        says(room.and_then(|room| room.status.as_ref()).map(|status| &status.conditions), about, code)
    };
    district.eventually_object(centers, FIRST, &what, said).await?;
    Ok(())
}

/// Waits until a site says this of its link.
async fn site_says(district: &District, site: &Site, code: &'static str) -> Result<()> {
    let memory: Api<AppliedBundle> = Api::namespaced(site.client()?, "zhengyun-system");
    let what = format!("{} says {code}", site.name());
    let said = move |term: Option<&AppliedBundle>| {
        says(term.and_then(|term| term.status.as_ref()).map(|status| &status.conditions), "HubHeard", code)
    };
    district.eventually_object(memory, "term", &what, said).await?;
    Ok(())
}

/// Waits until the agent of a site has ended because its join file says something else, and starts it as a cluster does.
async fn begun_anew(district: &District, site: &Site) -> Result<()> {
    district.eventually("the agent begins anew", async || anyhow::Ok(!site.agent()?.alive())).await?;
    site.start_agent()
}

/// What a verb of the plugin prints of a district that is not well.
async fn shown(district: &District, verb: &[&str]) -> Result<String> {
    let mut command = tokio::process::Command::new(e2e::product::binary().await?);
    let output =
        command.args(verb).env("KUBECONFIG", district.hub().plane().admin_kubeconfig()?).output().await?;
    anyhow::ensure!(output.status.code() == Some(1), "{verb:?}: {output:?}");
    let text = String::from_utf8(output.stdout).context("text")?;
    println!("{text}");
    Ok(text)
}

/// How often a log has a line with all these fields.
fn logged(site: &Site, wanted: &Value) -> Result<usize> {
    let wanted = wanted.as_object().context("an object")?;
    let lines = logs::lines(&logs::of_agent(site))?;
    logs::one_line_each(&lines)?;
    Ok(lines.iter().filter(|line| wanted.iter().all(|(field, value)| line[field] == *value)).count())
}

/// Revokes the credential of the site, as a person does: first shown, then confirmed.
async fn revoke(district: &District) -> Result<()> {
    let shown = district.hub().zhengyun(["site", "revoke", FIRST]).await?;
    let code = shown.split("--confirm ").nth(1).and_then(|rest| rest.split_whitespace().next());
    district.hub().zhengyun(["site", "revoke", FIRST, "--confirm", code.context("a code")?]).await?;
    Ok(())
}

/// Changes the join file of a site.
fn rewrite(site: &Site, change: impl FnOnce(&mut Value)) -> Result<()> {
    let mut file = serde_json::to_value(Kubeconfig::read_from(site.join_file())?)?;
    change(&mut file);
    std::fs::write(site.join_file(), serde_json::to_string(&file)?).context("write the join file")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_and_a_foreign_ca_are_told_on_the_site_and_an_ended_or_revoked_one_on_the_hub()
-> Result<()> {
    let district = District::start([FIRST]).await?;
    let site = district.site(FIRST)?;
    site_says(&district, site, "ZY-2013").await?;
    let good = std::fs::read_to_string(site.join_file())?;

    // A token that this hub did not sign, newer than the one in use.
    let now = k8s_openapi::jiff::Timestamp::now().as_second();
    let claims = BASE64_URL_SAFE_NO_PAD.encode(json!({"iat": now + 1, "exp": now + 3600}).to_string());
    rewrite(site, |file| file["users"][0]["user"]["token"] = format!("e30.{claims}.c2ln").into())?;
    site.kill_agent()?;
    site.start_agent()?;
    site_says(&district, site, "ZY-2014").await?;
    assert_eq!(logged(site, &json!({"outcome": "lacking", "code": "ZY-2014", "site": FIRST}))?, 1);

    // An authority that did not sign the hub's certificate: the file is that of another hub, or somebody else answers.
    let foreign = Kubeconfig::read_from(site.plane().admin_kubeconfig()?)?;
    let foreign = serde_json::to_value(foreign)?["clusters"][0]["cluster"].clone();
    let inline = foreign["certificate-authority-data"].as_str().map(str::to_owned);
    let file = || std::fs::read(foreign["certificate-authority"].as_str().unwrap_or_default());
    let authority = inline.map_or_else(|| file().map(|pem| BASE64_STANDARD.encode(pem)), Ok)?;
    std::fs::write(site.join_file(), &good)?;
    rewrite(site, |file| file["clusters"][0]["cluster"]["certificate-authority-data"] = authority.into())?;
    begun_anew(&district, site).await?;
    site_says(&district, site, "ZY-2195").await?;
    assert_eq!(logged(site, &json!({"outcome": "lacking", "code": "ZY-2195", "site": FIRST}))?, 1);
    std::fs::write(site.join_file(), &good)?;
    begun_anew(&district, site).await?;
    site_says(&district, site, "ZY-2013").await?;

    // The hub sees nothing of either; of a site that it heard before it says what it knows of its credential.
    site.kill_agent()?;
    let leases: Api<Lease> = Api::namespaced(district.hub().client()?, "site-kaicheng");
    let ends = leases.get("agent").await?.annotations()["zhengyun.io/credential-ends"].clone();
    assert!(ends > k8s_openapi::jiff::Timestamp::now().to_string(), "{ends}");
    let past = json!({"metadata": {"annotations": {"zhengyun.io/credential-ends": "2026-01-01T00:00:00Z"}}});
    leases.patch("agent", &PatchParams::default(), &Patch::Merge(&past)).await?;
    hub_says(&district, "Connected", "ZY-1191").await?;
    revoke(&district).await?;
    hub_says(&district, "Ready", "ZY-1190").await?;
    let status = shown(&district, &["status"]).await?;
    assert!(status.contains("ZY-1190") && status.contains("site join kaicheng"), "{status}");
    site.start_agent()?;
    site_says(&district, site, "ZY-2014").await?;
    site.fetch_join_file(district.hub()).await?;
    site_says(&district, site, "ZY-2013").await?;
    let centers: Api<DataCenter> = Api::all(district.hub().client()?);
    district.said(centers, FIRST, "True").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_clusters_with_one_name_the_first_is_followed_until_a_person_says_that_the_second_is_right()
-> Result<()> {
    let district = District::start([FIRST, SECOND]).await?;
    let (first, second) = (district.site(FIRST)?, district.site(SECOND)?);
    let reports: Api<crds::SiteReport> = Api::namespaced(district.hub().client()?, "site-kaicheng");
    let bound_to = |cluster: String| {
        move |report: Option<&crds::SiteReport>| {
            report.and_then(|report| report.annotations().get("zhengyun.io/cluster")) == Some(&cluster)
        }
    };
    let uid = async |site: &Site| {
        let oldest = Api::<Namespace>::all(site.client()?).get("kube-system").await?;
        oldest.uid().context("a uid")
    };
    let (one, two) = (uid(first).await?, uid(second).await?);
    let is_one = bound_to(one.clone());
    district.eventually_object(reports.clone(), "report-0", "the first is followed", is_one).await?;
    let before = reports.get("report-0").await?.status.context("a report")?;

    // A second replica of the same cluster is welcome: the sign of life is one, whoever gives it.
    let replica = first.start_replica(1).await?;

    // The other cluster is given the join file of the first, by mistake or by a thief.
    std::fs::copy(first.join_file(), second.join_file())?;
    second.kill_agent()?;
    second.start_agent()?;
    hub_says(&district, "SoleCluster", "ZY-1192").await?;
    hub_says(&district, "Ready", "ZY-1192").await?;
    site_says(&district, second, "ZY-2190").await?;
    assert_eq!(logged(second, &json!({"outcome": "lacking", "code": "ZY-2190", "site": FIRST}))?, 1);
    let why = shown(&district, &["why", "dc/kaicheng"]).await?;
    assert!(why.contains(&two) && why.contains("site revoke kaicheng"), "{why}");
    // It says nothing in the first one's name, which goes on undisturbed.
    let after = reports.get("report-0").await?;
    assert_eq!(after.annotations()["zhengyun.io/cluster"], one);
    assert_eq!(after.status.context("a report")?, before);
    site_says(&district, first, "ZY-2013").await?;
    assert_eq!(logged(first, &json!({"level": "ERROR"}))? + logged(first, &json!({"level": "WARN"}))?, 0);
    drop(replica);

    // A person says that the second is right: the credential of the first is revoked, and the second is joined with a new file.
    revoke(&district).await?;
    site_says(&district, first, "ZY-2014").await?;
    let server = format!("https://{}", second.link()?.address());
    let file = async || district.hub().zhengyun(["site", "join", FIRST, "--server", &server]).await;
    let file = district.eventually("a new join file", async || anyhow::Ok(file().await.ok())).await?;
    std::fs::write(second.join_file(), file)?;
    begun_anew(&district, second).await?;
    site_says(&district, second, "ZY-2013").await?;
    district.eventually_object(reports, "report-0", "the second is followed", bound_to(two)).await?;
    // Whoever comes later with a file of the same name is the stranger now.
    first.fetch_join_file(district.hub()).await?;
    site_says(&district, first, "ZY-2190").await
}
