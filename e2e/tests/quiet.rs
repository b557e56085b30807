//! Quiet when nothing changes (invariant 10), counted in the audit logs.

use std::collections::BTreeMap;

use anyhow::Result;
use e2e::district::{District, Write};
use e2e::logs;
use e2e::story::{department, system, workspace};
use k8s_openapi::api::coordination::v1::Lease;
use kube::{Api, ResourceExt};
use plan::joining::CLUSTER;
use serde_json::{Value, json};

const SITES: [&str; 2] = ["kaicheng", "wujiaochang"];

/// Waits until each site has given two more signs of life: twice ten seconds in which everything due has happened.
async fn two_heartbeats(district: &District) -> Result<()> {
    for _ in 0..2 {
        for site in SITES {
            let leases: Api<Lease> = Api::namespaced(district.hub().client()?, &format!("site-{site}"));
            let renewed =
                |lease: Option<&Lease>| lease.and_then(|lease| lease.spec.as_ref()?.renew_time.clone());
            let before = renewed(Some(&leases.get("agent").await?));
            let newer = move |lease: Option<&Lease>| renewed(lease) > before;
            district.eventually_object(leases, "agent", "a sign of life", newer).await?;
        }
    }
    Ok(())
}

/// What the hub and the sites have logged so far.
fn logged(district: &District) -> Result<Vec<Vec<Value>>> {
    let agents = district.sites().iter().map(logs::of_agent);
    std::iter::once(logs::of_hub(district)).chain(agents).map(|log| logs::lines(&log)).collect()
}

/// How often each thing was written: (where, verb, resource).
fn counted(writes: &[Write]) -> BTreeMap<(String, String, String), usize> {
    let mut counts = BTreeMap::new();
    for Write { plane, entry } in writes {
        let resource = match entry.subresource.as_str() {
            "" => entry.resource.clone(),
            subresource => format!("{}/{subresource}", entry.resource),
        };
        *counts.entry((plane.clone(), entry.verb.clone(), resource)).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settled_district_writes_nothing_and_a_restart_only_the_term_and_its_echo() -> Result<()> {
    let district = District::start(SITES).await?;
    let mut yaml = String::new();
    for name in ["jiaoyu", "minzheng", "weisheng"] {
        yaml += &department(name);
        yaml += &system(name, "one");
        yaml += &workspace(name, "one", "one", &SITES, "2");
        yaml += &workspace(name, "two", "one", &SITES[..1], "2");
    }
    district.hub().plane().apply(&yaml).await?;
    for name in ["jiaoyu", "minzheng", "weisheng"] {
        district.in_force(name, "one").await?;
        district.in_force(name, "two").await?;
    }
    let centers: Api<crds::DataCenter> = Api::all(district.hub().client()?);
    for site in SITES {
        district.said(centers.clone(), site, "True").await?;
    }

    for site in district.sites() {
        // The first sign of life is noted on the site, once.
        let memory: Api<crds::AppliedBundle> = Api::namespaced(site.client()?, "zhengyun-system");
        let noted = |term: Option<&crds::AppliedBundle>| {
            let conditions = term.and_then(|term| term.status.as_ref()).map(|status| &status.conditions);
            conditions.into_iter().flatten().any(|c| c.type_ == "HubHeard" && c.status == "True")
        };
        district.eventually_object(memory, "term", "the hub is heard", noted).await?;
    }

    for site in SITES {
        // The hub binds the site to its cluster once, half a minute after the site's account was made.
        let reports: Api<crds::SiteReport> =
            Api::namespaced(district.hub().client()?, &format!("site-{site}"));
        let bound = |report: Option<&crds::SiteReport>| {
            report.is_some_and(|report| report.annotations().contains_key(CLUSTER))
        };
        district.eventually_object(reports, "report-0", "the site is bound to its cluster", bound).await?;
        let hub = logs::of_hub(&district);
        let logged = |line: &Value| {
            let wrote = line["wrote"].as_str().unwrap_or_default();
            line["site"] == site && wrote.contains("ServiceAccount") && !wrote.contains("Namespace")
        };
        let logged = async || anyhow::Ok(logs::lines(&hub)?.iter().any(logged));
        district.eventually("the line about it is written", logged).await?;
    }

    let said = logged(&district)?;
    let quiet = district.writes_during(async || two_heartbeats(&district).await).await?;
    assert!(quiet.is_empty(), "a settled district wrote:\n{quiet:#?}");
    for (before, now) in said.iter().zip(&logged(&district)?) {
        assert_eq!(before.len(), now.len(), "a settled district logged:\n{:#?}", &now[before.len()..]);
        logs::one_line_each(now)?;
    }
    let [hub, kaicheng, _] = &said[..] else { anyhow::bail!("three logs") };
    let of = |lines: &[Value], wanted: &Value| {
        let wanted = wanted.as_object().cloned().unwrap_or_default();
        lines.iter().filter(|line| wanted.iter().all(|(field, value)| line[field] == *value)).count()
    };
    let told =
        json!({"component": "hub", "term": 1, "slice": "orders", "name": "jiaoyu", "outcome": "applied"});
    assert!(of(hub, &told) > 0, "{hub:#?}");
    let set = json!({"component": "site", "site": "kaicheng", "slice": "set", "name": "jiaoyu", "outcome": "applied"});
    assert!(of(kaicheng, &set) > 0, "{kaicheng:#?}");
    let because = kaicheng.iter().find(|line| line["slice"] == "set" && line["name"] == "jiaoyu");
    assert_eq!(because.map(|line| &line["trigger"]), Some(&json!("SiteBundle site-kaicheng/jiaoyu")));
    // Of its site a line of the hub says which one.
    assert!(of(hub, &json!({"slice": "data_center", "site": "kaicheng"})) > 0, "{hub:#?}");
    assert_eq!(of(hub, &json!({"level": "ERROR"})) + of(kaicheng, &json!({"level": "ERROR"})), 0);

    let agents = district.writes_during(async || {
        for site in district.sites() {
            site.kill_agent()?;
            site.start_agent()?;
            site.agent_ready().await?;
        }
        two_heartbeats(&district).await
    });
    let agents = agents.await?;
    assert!(agents.is_empty(), "a restarted agent wrote:\n{agents:#?}");

    let leader = district.writes_during(async || {
        district.hub().kill()?;
        district.hub().start().await?;
        echoed(&district).await?;
        two_heartbeats(&district).await
    });
    let written = counted(&leader.await?);
    let once = |plane: &str, verb: &str, resource: &str| {
        ((plane.to_owned(), verb.to_owned(), resource.to_owned()), 1)
    };
    let twice = |plane: &str, verb: &str, resource: &str| {
        ((plane.to_owned(), verb.to_owned(), resource.to_owned()), 2)
    };
    let expected = BTreeMap::from([
        // The hub tells the term once per site, and each site remembers and echoes it.
        twice("hub", "update", "sitebundles"),
        twice("hub", "patch", "sitereports/status"),
        once("kaicheng", "update", "appliedbundles"),
        once("wujiaochang", "update", "appliedbundles"),
    ]);
    assert_eq!(written, expected);
    Ok(())
}

/// Waits until every site has echoed the second term.
async fn echoed(district: &District) -> Result<()> {
    for site in SITES {
        let reports: Api<crds::SiteReport> =
            Api::namespaced(district.hub().client()?, &format!("site-{site}"));
        let second = |report: Option<&crds::SiteReport>| {
            let term = report.and_then(|report| report.status.as_ref()?.term.as_ref());
            term.is_some_and(|term| term.number == 2)
        };
        district.eventually_object(reports, "report-0", "the second term is echoed", second).await?;
    }
    Ok(())
}
