//! What a site or the hub lacks is waited for and told: no process ends of it, and each goes on by itself.

use std::net::{SocketAddr, TcpListener};

use anyhow::{Context as _, Result, ensure};
use crds::DataCenter;
use e2e::district::District;
use e2e::logs;
use e2e::process::{Component, Spec};
use e2e::product;
use e2e::site::Site;
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::api::rbac::v1::Role;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Api;
use kube::api::{ListParams, Patch, PatchParams};
use serde_json::json;

const SITE: &str = "kaicheng";

/// What a process answers at a path: the status and the text.
async fn asked(listen: SocketAddr, path: &str) -> Result<(u16, String)> {
    let answer = reqwest::get(format!("http://{listen}{path}")).await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

/// Waits until `/readyz` answers so, and says this.
async fn readyz(district: &District, listen: SocketAddr, status: u16, code: &str) -> Result<()> {
    district
        .eventually(&format!("/readyz answers {status} {code}"), async || {
            let (found, text) = asked(listen, "/readyz").await?;
            anyhow::Ok(found == status && text.contains(code))
        })
        .await
}

/// How often the log of the agent says that something is lacking.
fn told(site: &Site, code: &str) -> Result<usize> {
    let lines = logs::lines(&logs::of_agent(site))?;
    logs::one_line_each(&lines)?;
    Ok(lines.iter().filter(|line| line["outcome"] == "lacking" && line["code"] == code).count())
}

/// Whether an event on the agent's pod gives this reason.
async fn event(district: &District, site: &Site, reason: &str) -> Result<()> {
    let events: Api<Event> = Api::namespaced(site.client()?, "zhengyun-system");
    district
        .eventually(&format!("an event {reason}"), async || {
            let all = events.list(&ListParams::default()).await?;
            let on_pod =
                |event: &&Event| event.regarding.as_ref().and_then(|of| of.name.as_deref()) == Some("site-0");
            anyhow::Ok(all.iter().filter(on_pod).any(|event| event.reason.as_deref() == Some(reason)))
        })
        .await
}

/// Waits until the hub says this of the site.
async fn hub_says(district: &District, code: &'static str, what: &'static str) -> Result<()> {
    let centers: Api<DataCenter> = Api::all(district.hub().client()?);
    let said = move |room: Option<&DataCenter>| {
        let conditions = room.and_then(|room| room.status.as_ref()).map(|status| &status.conditions);
        conditions
            .into_iter()
            .flatten()
            .any(|c| c.type_ == "Ready" && c.message.contains(code) && c.message.contains(what))
    };
    district.eventually_object(centers, SITE, &format!("the hub says {code} {what}"), said).await?;
    Ok(())
}

async fn well(district: &District) -> Result<()> {
    let centers: Api<DataCenter> = Api::all(district.hub().client()?);
    district.said(centers, SITE, "True").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_waits_for_its_join_file_its_port_its_rights_and_its_kinds() -> Result<()> {
    let district = District::start([SITE]).await?;
    let site = district.site(SITE)?;
    the_join_file(&district, site).await?;
    the_port_and_no_disk(&district, site).await?;
    the_rights(&district, site).await?;
    the_kinds(&district, site).await
}

async fn the_join_file(district: &District, site: &Site) -> Result<()> {
    let good = std::fs::read_to_string(site.join_file())?;
    site.kill_agent()?;
    std::fs::remove_file(site.join_file())?;
    site.start_agent()?;
    readyz(district, site.listen(), 503, "ZY-2191").await?;
    ensure!(asked(site.listen(), "/healthz").await?.0 == 200, "it lives");
    event(district, site, "JoinAwaited").await?;
    // Empty, half, of something else: it waits on, and says no more than once that it does.
    for wrong in ["", "users: [", "apiVersion: v1\nkind: Config\n"] {
        std::fs::write(site.join_file(), wrong)?;
        readyz(district, site.listen(), 503, "ZY-2191").await?;
    }
    assert_eq!(told(site, "ZY-2191")?, 1);
    std::fs::write(site.join_file(), good)?;
    readyz(district, site.listen(), 200, "ok").await?;
    well(district).await
}

async fn the_port_and_no_disk(district: &District, site: &Site) -> Result<()> {
    site.kill_agent()?;
    let taken = TcpListener::bind(site.replica_listen(7))?;
    let (own, join) = (site.plane().dir().join("agent.kubeconfig"), site.join_file());
    let log = site.plane().dir().join("zhengyun-site-7.log");
    let agent = Component::spawn(Spec {
        name: "zhengyun-site-7".into(),
        program: product::binary().await?.to_owned(),
        args: vec![
            "site".into(),
            format!("--kubeconfig={}", own.display()),
            format!("--hub-kubeconfig={}", join.display()),
            format!("--listen={}", site.replica_listen(7)),
        ],
        // Nothing can be written there.
        env: [("POD_NAME", "site-7"), ("TMPDIR", "/proc")]
            .map(|(key, value)| (key.into(), value.into()))
            .to_vec(),
        log: log.clone(),
    })?;
    hub_says(district, "ZY-1193", "health (ZY-2194)").await?;
    agent.check_alive()?;
    drop(taken);
    readyz(district, site.replica_listen(7), 200, "ok").await?;
    well(district).await?;
    let lines = logs::lines(&log)?;
    let of = |outcome: &str| {
        lines.iter().filter(|line| line["outcome"] == outcome && line["code"] == "ZY-2194").count()
    };
    assert_eq!((of("lacking"), of("found")), (1, 1), "{lines:#?}");
    drop(agent);
    site.start_agent()?;
    site.agent_ready().await
}

/// Takes away the rights to what a role names by this resource; returns the role as it was.
async fn take_away(site: &Site, resource: &str) -> Result<Role> {
    let roles: Api<Role> = Api::namespaced(site.client()?, "zhengyun-system");
    let before = roles.get("zhengyun:site").await?;
    let rules = before.rules.clone().unwrap_or_default();
    let left: Vec<_> = rules
        .into_iter()
        .filter(|rule| {
            !rule.resources.iter().flatten().any(|known| known.split('/').next() == Some(resource))
        })
        .collect();
    roles.patch("zhengyun:site", &PatchParams::default(), &Patch::Merge(&json!({"rules": left}))).await?;
    Ok(before)
}

async fn give_back(site: &Site, role: &Role) -> Result<()> {
    let roles: Api<Role> = Api::namespaced(site.client()?, "zhengyun-system");
    let rules = json!({"rules": role.rules});
    roles.patch("zhengyun:site", &PatchParams::default(), &Patch::Merge(&rules)).await?;
    Ok(())
}

async fn the_rights(district: &District, site: &Site) -> Result<()> {
    // Its memory: it leads, is heard, and says that it cannot do its work.
    let role = take_away(site, "appliedbundles").await?;
    site.kill_agent()?;
    site.start_agent()?;
    hub_says(district, "ZY-1193", "watch AppliedBundle (ZY-2192)").await?;
    readyz(district, site.listen(), 503, "ZY-2192").await?;
    event(district, site, "RightMissing").await?;
    assert_eq!(told(site, "ZY-2192")?, 1);
    give_back(site, &role).await?;
    readyz(district, site.listen(), 200, "ok").await?;
    well(district).await?;

    // The lease by which one replica leads: it waits to lead.
    let role = take_away(site, "leases").await?;
    site.kill_agent()?;
    site.start_agent()?;
    readyz(district, site.listen(), 503, "ZY-2192").await?;
    site.agent()?.check_alive()?;
    give_back(site, &role).await?;
    readyz(district, site.listen(), 200, "ok").await?;
    well(district).await
}

async fn the_kinds(district: &District, site: &Site) -> Result<()> {
    let definition = |side: &str, kind: &str| {
        let path = product::workspace().join("charts/zhengyun-crds/definitions").join(side).join(kind);
        std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))
    };
    site.kubectl(["delete", "crd", "appliedbundles.zhengyun.io"]).await?;
    site.kill_agent()?;
    site.start_agent()?;
    readyz(district, site.listen(), 503, "ZY-2193").await?;
    event(district, site, "DefinitionMissing").await?;
    site.agent()?.check_alive()?;
    site.plane().apply(&definition("site", "appliedbundles.yaml")?).await?;
    readyz(district, site.listen(), 200, "ok").await?;
    assert_eq!(told(site, "ZY-2193")?, 1);
    well(district).await?;

    // The hub alike.
    let hub = district.hub();
    hub.kubectl(["delete", "crd", "removals.zhengyun.io"]).await?;
    hub.kill()?;
    hub.product()?.start()?;
    readyz(district, hub.listen(), 503, "ZY-2193").await?;
    hub.product()?.check_alive()?;
    hub.plane().apply(&definition("hub", "removals.yaml")?).await?;
    readyz(district, hub.listen(), 200, "ok").await?;
    well(district).await?;
    let lines = logs::lines(&logs::of_hub(district))?;
    let lacking = lines.iter().filter(|line| line["outcome"] == "lacking").collect::<Vec<_>>();
    ensure!(lacking.len() == 1 && lacking[0]["what"] == "watch Removal", "{lacking:#?}");

    // A definition that is older than the hub drops what it does not know: told, and over once it is upgraded.
    let definitions: Api<CustomResourceDefinition> = Api::all(hub.client()?);
    let path = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/sets";
    let older = serde_json::from_value(json!([{"op": "remove", "path": path}]))?;
    definitions.patch("datacenters.zhengyun.io", &PatchParams::default(), &Patch::Json::<()>(older)).await?;
    let centers: Api<DataCenter> = Api::all(hub.client()?);
    let pruned =
        async || anyhow::Ok(centers.get(SITE).await?.status.is_some_and(|status| status.sets.is_none()));
    district.eventually("the older definition is served", pruned).await?;
    // A watch tells nothing of it: whoever reads anew finds the field missing, and writes it in vain.
    hub.kill()?;
    hub.product()?.start()?;
    let said = async |outcome: &str| {
        let lines = logs::lines(&logs::of_hub(district))?;
        let said = |line: &serde_json::Value| line["outcome"] == outcome && line["code"] == "ZY-2198";
        anyhow::Ok(lines.iter().any(said))
    };
    district.eventually("the hub says that a definition is old", async || said("lacking").await).await?;
    hub.plane().apply(&definition("hub", "datacenters.yaml")?).await?;
    district.eventually("the definition is new", async || said("found").await).await?;
    well(district).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_cannot_begin_says_why_in_one_line() -> Result<()> {
    let dir = e2e::workdir::WorkDir::create()?;
    let log = dir.path().join("hub.log");
    let hub = Component::spawn(Spec {
        name: "zhengyun-hub".into(),
        program: product::binary().await?.to_owned(),
        args: ["hub", "--kubeconfig", "/nonexistent", "--identity", "hub-0"].map(str::to_owned).to_vec(),
        env: Vec::new(),
        log: log.clone(),
    })?;
    e2e::wait::repeat("the hub ends", async || !hub.alive(), async || tokio::task::yield_now().await).await?;
    let lines = logs::lines(&log)?;
    ensure!(lines.len() == 1, "{lines:#?}");
    let line = &lines[0];
    ensure!(line["outcome"] == "stopped" && line["code"] == "ZY-3013" && line["level"] == "ERROR", "{line}");
    ensure!(line["cause"].as_str().is_some_and(|cause| cause.contains("/nonexistent")), "{line}");
    Ok(())
}
