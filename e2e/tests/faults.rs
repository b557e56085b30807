//! Cut, killed, slow and restarted: the district converges by itself after healing, loses nothing, and others are unaffected.

use std::time::Duration;

use anyhow::Result;
use crds::{DataCenter, SiteBundle, Workspace};
use e2e::district::District;
use e2e::story::{department, ready, system, workspace};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::ListParams;
use kube::{Api, ResourceExt};

const SITES: [&str; 2] = ["kaicheng", "wujiaochang"];

/// Departments with a system and a workspace on both sites each.
fn departments(names: &[&str]) -> String {
    let one =
        |name: &&str| department(name) + &system(name, "one") + &workspace(name, "one", "one", &SITES, "2");
    names.iter().map(one).collect::<Vec<_>>().concat()
}

async fn all_in_force(district: &District, names: &[&str]) -> Result<()> {
    for name in names {
        district.in_force(name, "one").await?;
    }
    Ok(())
}

/// Our namespaces on a site.
async fn standing(district: &District, site: &str) -> Result<Vec<String>> {
    let namespaces: Api<Namespace> = Api::all(district.site(site)?.client()?);
    let ours = ListParams::default().labels("app.kubernetes.io/managed-by=zhengyun");
    Ok(namespaces.list(&ours).await?.iter().map(ResourceExt::name_any).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_in_the_middle_of_a_roll_out_lose_and_double_nothing() -> Result<()> {
    let district = District::start(SITES).await?;
    let names = ["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh"];
    let (plane, yaml) = (district.hub().plane(), departments(&names));
    let rolled_out = plane.apply(&yaml);
    let killed = async {
        // In the middle: some orders are written, not all.
        let bundles: Api<SiteBundle> = Api::all(district.hub().client()?);
        let some = async || {
            let told = bundles.list(&ListParams::default()).await?;
            anyhow::Ok(told.iter().filter(|bundle| bundle.spec.set != "term").count() >= 3)
        };
        district.eventually("some orders are told", some).await?;
        district.hub().kill()?;
        for site in district.sites() {
            site.kill_agent()?;
            site.start_agent()?;
        }
        district.hub().start().await
    };
    let (applied, restarted) = tokio::join!(rolled_out, killed);
    applied?;
    restarted?;
    all_in_force(&district, &names).await?;
    for site in SITES {
        let expected: Vec<String> = names.iter().map(|name| format!("{name}-one")).collect();
        assert_eq!(standing(&district, site).await?, expected);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_whose_api_server_restarts_and_whose_link_is_bad_catches_up_and_others_do_not_notice()
-> Result<()> {
    let district = District::start(SITES).await?;
    district.hub().plane().apply(&departments(&["aa"])).await?;
    all_in_force(&district, &["aa"]).await?;
    let (bad, good) = (district.site("kaicheng")?, district.site("wujiaochang")?);

    bad.plane().kill_api()?;
    district.hub().plane().apply(&departments(&["bb"])).await?;
    namespace_on(&district, good.name(), "bb-one").await?;
    bad.start_api().await?;
    // An agent that could not renew its lease in time has ended, as it should, and a cluster starts it again.
    let workspaces: Api<Workspace> = Api::namespaced(district.hub().client()?, "dept-bb");
    let back = async || {
        if !bad.agent()?.alive() {
            bad.start_agent()?;
        }
        anyhow::Ok(ready(&workspaces.get("one").await?).is_some_and(|(status, _)| status == "True"))
    };
    district.eventually("bb is in force again", back).await?;

    bad.black_hole_link()?;
    district.hub().plane().apply(&departments(&["cc"])).await?;
    namespace_on(&district, good.name(), "cc-one").await?;
    // The hub notices the silence by its own clock, and deletes nothing because of it.
    let centers: Api<DataCenter> = Api::all(district.hub().client()?);
    district.said(centers.clone(), "kaicheng", "Unknown").await?;
    assert_eq!(standing(&district, "kaicheng").await?, ["aa-one", "bb-one"]);
    bad.heal_link()?;
    all_in_force(&district, &["cc"]).await?;
    district.said(centers, "kaicheng", "True").await?;

    // Slow and narrow links are slow, and nothing else.
    bad.delay_link(Duration::from_secs(30))?;
    district.hub().plane().apply(&departments(&["ff"])).await?;
    namespace_on(&district, good.name(), "ff-one").await?;
    bad.heal_link()?;
    all_in_force(&district, &["ff"]).await?;
    bad.delay_link(Duration::from_secs(2))?;
    district.hub().plane().apply(&departments(&["dd"])).await?;
    all_in_force(&district, &["dd"]).await?;
    // 8 kbit/s.
    bad.narrow_link(1024)?;
    district.hub().plane().apply(&departments(&["ee"])).await?;
    all_in_force(&district, &["ee"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_was_killed_between_memory_and_action_acts_from_memory_with_the_hub_gone() -> Result<()>
{
    let district = District::start([SITES[0]]).await?;
    let site = district.site(SITES[0])?;
    // The site's API server takes the agent's memory and nothing it does: between the two it can be killed.
    let wall = "apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: wall}
spec:
  matchConstraints:
    resourceRules:
      - {apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [namespaces]}
  validations: [{expression: 'false', message: wall}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: wall}
spec: {policyName: wall, validationActions: [Deny]}
";
    site.plane().apply(wall).await?;
    let probe = Namespace::default();
    let namespaces: Api<Namespace> = Api::all(site.client()?);
    let walled = async || {
        let mut probe = probe.clone();
        probe.metadata.name = Some("probe".into());
        let tried = kube::api::PostParams { dry_run: true, ..kube::api::PostParams::default() };
        namespaces.create(&tried, &probe).await.is_err()
    };
    district.eventually("the wall stands", walled).await?;
    let yaml = department("aa") + &system("aa", "one") + &workspace("aa", "one", "one", &SITES[..1], "2");
    district.hub().plane().apply(&yaml).await?;
    let memory: Api<crds::AppliedBundle> = Api::namespaced(site.client()?, "zhengyun-system");
    district.eventually_object(memory, "aa", "the order is remembered", |order| order.is_some()).await?;
    site.kill_agent()?;
    site.cut_link()?;
    assert!(namespaces.get_opt("aa-one").await?.is_none());
    site.kubectl(["delete", "validatingadmissionpolicy/wall", "validatingadmissionpolicybinding/wall"])
        .await?;
    site.start_agent()?;
    namespace_on(&district, SITES[0], "aa-one").await?;
    site.heal_link()?;
    all_in_force(&district, &["aa"]).await
}

async fn namespace_on(district: &District, site: &str, name: &str) -> Result<()> {
    let namespaces: Api<Namespace> = Api::all(district.site(site)?.client()?);
    let what = format!("{name} stands on {site}");
    district.eventually_object(namespaces, name, &what, |namespace| namespace.is_some()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_older_of_two_leaders_tells_nothing_that_a_site_takes() -> Result<()> {
    let district = District::start([SITES[0]]).await?;
    let yaml = |cpu: &str| {
        department("aa") + &system("aa", "one") + &workspace("aa", "one", "one", &SITES[..1], cpu)
    };
    district.hub().plane().apply(&yaml("2")).await?;
    all_in_force(&district, &["aa"]).await?;
    let bundles: Api<SiteBundle> = Api::namespaced(district.hub().client()?, "site-kaicheng");

    // A term of another leader, as it would stand after this one was paused for longer than its lease.
    let mut newer = bundles.get("term").await?;
    newer.spec.order.term.number += 1;
    newer.spec.order.term.id = "another".into();
    newer.spec.order.revision += 1;
    bundles.replace("term", &kube::api::PostParams::default(), &newer).await?;
    // The older leader ends by itself; whatever it told in its last moment, the site took nothing of it.
    district
        .eventually("the older leader has ended", async || {
            !district.hub().product().is_ok_and(e2e::process::Component::alive)
        })
        .await?;
    let mut late = bundles.get("aa").await?;
    let held = late.spec.order.clone();
    late.spec.order.revision += 1;
    late.spec.order.after = vec![held.id()];
    late.spec.order.digest = "0".repeat(64);
    bundles.replace("aa", &kube::api::PostParams::default(), &late).await?;

    // The next leader stands above both, and the district goes on.
    district.hub().start().await?;
    let workspaces: Api<Workspace> = Api::namespaced(district.hub().client()?, "dept-aa");
    district.said(workspaces, "one", "True").await?;
    district.hub().plane().apply(&yaml("3")).await?;
    all_in_force(&district, &["aa"]).await?;
    let memory: Api<crds::AppliedBundle> =
        Api::namespaced(district.site(SITES[0])?.client()?, "zhengyun-system");
    let accepted = memory.get("aa").await?.spec.accepted.order;
    assert!(accepted.term.number > newer.spec.order.term.number, "{accepted:?}");
    Ok(())
}
