//! The product as its users have it: installed by its charts, in pods on real nodes, upgraded, taken away and put back, and under
//! the faults of machines.

mod faults;
mod upgrade;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use crds::SiteBundle;
use e2e::district::District;
use e2e::images::Image;
use e2e::site::Site;
use e2e::story::{bare_workspace, department, means, system};
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::PostParams;
use serde_json::json;

const SITE: &str = "kaicheng";
/// The namespace of the workspace that every test here has at the site.
const PLACE: &str = "jiaoyu-jichu";

fn workspace(cpu: u32) -> String {
    bare_workspace("jiaoyu", "jichu", "jiaoyu", &[SITE], &cpu.to_string())
}

/// Puts the workspace on the register and waits until it is in force.
async fn begin(district: &District) -> Result<()> {
    let yaml = department("jiaoyu") + &system("jiaoyu", "jiaoyu") + &means("jiaoyu", &[SITE]) + &workspace(2);
    district.hub().plane().apply(&yaml).await?;
    district.in_force("jiaoyu", "jichu").await?;
    Ok(())
}

/// Changes what the workspace may use, and says how long it takes until the site enforces it.
async fn changed(district: &District, cpu: u32) -> Result<Duration> {
    let started = Instant::now();
    district
        .eventually("the change is taken by the API server", async || {
            anyhow::Ok(district.hub().plane().apply(&workspace(cpu)).await.is_ok())
        })
        .await?;
    district.in_force("jiaoyu", "jichu").await?;
    Ok(started.elapsed())
}

/// The number of the term that the hub's leader leads in.
async fn term(district: &District) -> Result<i64> {
    let bundles: Api<SiteBundle> = Api::namespaced(district.hub().client()?, &format!("site-{SITE}"));
    Ok(bundles.get("term").await?.spec.order.term.number)
}

/// A pod of the department's own, as its own administrator makes it; it is waited for until it runs.
async fn runs_a_pod(district: &District, site: &Site, name: &str) -> Result<()> {
    let pod: Pod = serde_json::from_value(json!({
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "securityContext": {"runAsNonRoot": true, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
            "automountServiceAccountToken": false,
            "containers": [{
                "name": "app",
                "image": Image::Workload.reference(),
                "imagePullPolicy": "Never",
                "args": ["serve", "--name", name],
                "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
                "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1},
                "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "32Mi"}},
            }],
        },
    }))?;
    let admin = site.plane().client("li", &["oidc:jiaoyu-admin"])?;
    let pods: Api<Pod> = Api::namespaced(admin, PLACE);
    pods.create(&PostParams::default(), &pod).await.context("make a pod as the department")?;
    let is_ready = |pod: Option<&Pod>| {
        let conditions = pod.and_then(|pod| pod.status.as_ref()?.conditions.as_ref());
        conditions.is_some_and(|all| all.iter().any(|one| one.type_ == "Ready" && one.status == "True"))
    };
    district.eventually_object(pods, name, &format!("{name} serves"), is_ready).await?;
    Ok(())
}

/// What a line of the table of measured times is.
fn say(what: &str, leads: Option<Duration>, applies: Duration) {
    let leads = leads.map_or_else(|| "      -".to_owned(), |time| format!("{:5.1} s", time.as_secs_f64()));
    eprintln!("{what:<40} leader {leads}  applied {:5.1} s", applies.as_secs_f64());
}

/// Every line of a log is one JSON object.
fn every_line_is_json(log: &str) -> Result<()> {
    for line in log.lines() {
        let parsed: serde_json::Value =
            serde_json::from_str(line).with_context(|| format!("no JSON: {line}"))?;
        ensure!(parsed.is_object(), "no object: {line}");
    }
    Ok(())
}
