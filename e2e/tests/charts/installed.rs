//! The charts on real control planes: everything in them is taken by an API server, the product works with what helm installed, an
//! upgrade changes what it is about and nothing else, and what people made outlives the releases.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use crds::metrics::Component;
use e2e::charts::chart;
use e2e::control_plane::ControlPlane;
use e2e::district::District;
use e2e::site::Site;
use e2e::story::{bare_workspace, department, means, system};
use k8s_openapi::api::admissionregistration::v1::ValidatingAdmissionPolicy;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Pod, Secret, Service};
use kube::api::{DynamicObject, ListParams, PostParams};
use kube::{Api, ResourceExt as _};
use serde_json::json;

use super::metrics::{listed, scrape};
use super::{beside, template};

const SITE: &str = "kaicheng";
const NAMESPACE: &str = "zhengyun-system";

/// The kinds of the Prometheus Operator, with as much of a schema as lets them be made.
const MONITORING: &str = "
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: NAMEs.monitoring.coreos.com}, spec: {
  group: monitoring.coreos.com, scope: Namespaced, names: {kind: KIND, plural: NAMEs, singular: NAME},
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]}}
---
";

fn workspace(cpu: &str) -> String {
    bare_workspace("jiaoyu", "jichu", "jiaoyu", &[SITE], cpu)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_product_lives_with_what_helm_installed_and_what_people_made_outlives_it() -> Result<()> {
    let district = District::builder().sites([SITE]).by_helm().start().await?;
    let (hub, site) = (district.hub(), district.site(SITE)?);
    hub.plane().apply(&(department("jiaoyu") + &system("jiaoyu", "jiaoyu"))).await?;
    hub.plane().apply(&(means("jiaoyu", &[SITE]) + &workspace("4"))).await?;
    district.in_force("jiaoyu", "jichu").await?;

    everything_is_taken(hub.plane(), "zhengyun-hub").await?;
    everything_is_taken(site.plane(), "zhengyun-site").await?;
    pods_are_let_in(&district).await?;
    metrics_are_as_listed(&district).await?;
    a_standby_follows_its_credential(&district).await?;
    upgrades_change_what_they_are_about(&district).await?;
    releases_go_and_come_back(&district).await
}

/// Every object of a chart, with the least and with all values, by an API server's own judgement.
async fn everything_is_taken(plane: &ControlPlane, name: &str) -> Result<()> {
    for (kind, plural) in [("ServiceMonitor", "servicemonitor"), ("PrometheusRule", "prometheusrule")] {
        plane.apply(&MONITORING.replace("KIND", kind).replace("NAME", plural)).await?;
    }
    let full = beside(&format!("{name}.yaml")).display().to_string();
    for (what, options) in [("least", vec![]), ("full", vec!["--values", &full])] {
        let path = plane.dir().join(format!("{name}-{what}.yaml"));
        let rendered = template(name, &options).await?;
        // This hub is no pod and told the API server to ask it by an address: the chart's service is judged as a new one's.
        let webhook = "kind: MutatingWebhookConfiguration\nmetadata:\n  name: zhengyun\n";
        let rendered = rendered.replace(webhook, &webhook.replace("name: zhengyun", "name: zhengyun-judged"));
        std::fs::write(&path, &rendered)?;
        let file = format!("--filename={}", path.display());
        let dry = ["apply", "--server-side", "--force-conflicts", "--dry-run=server", &file];
        let said = plane.kubectl(dry).await?;
        let objects = super::read(&rendered)?.len();
        assert_eq!(
            said.lines().filter(|line| line.contains("serverside-applied")).count(),
            objects,
            "{said}"
        );
    }
    Ok(())
}

/// Pods of both deployments stand in a namespace that takes restricted ones only; at the site, where something runs them, all of
/// them are rolled out once the Secret is there that the chart names.
async fn pods_are_let_in(district: &District) -> Result<()> {
    for (plane, name) in
        [(district.hub().plane(), "zhengyun-hub"), (district.site(SITE)?.plane(), "zhengyun-site")]
    {
        let pods: Api<Pod> = Api::namespaced(plane.admin()?, NAMESPACE);
        let ours = ListParams::default().labels(&format!("app.kubernetes.io/name={name}"));
        district
            .eventually(&format!("two pods of {name}"), async || {
                anyhow::Ok(pods.list(&ours).await?.items.len() == 2)
            })
            .await?;
    }
    let site = district.site(SITE)?;
    let file = format!("--from-file=join.yaml={}", site.join_file().display());
    site.kubectl(["--namespace", NAMESPACE, "create", "secret", "generic", "zhengyun-join", &file]).await?;
    site.kubectl([
        "--namespace",
        NAMESPACE,
        "rollout",
        "status",
        "deployment/zhengyun-site",
        "--timeout=60s",
    ])
    .await?;
    Ok(())
}

async fn metrics_are_as_listed(district: &District) -> Result<()> {
    let of = |component: Component, listen: SocketAddr| async move {
        let what = format!("the {} exposes all that is listed", component.name());
        district
            .eventually(&what, async || anyhow::Ok(scrape(listen).await? == listed(component)))
            .await
            .map_err(|error| error.context(format!("listed: {:#?}", listed(component))))
    };
    of(Component::Hub, district.hub().listen()).await?;
    of(Component::Site, district.site(SITE)?.listen()).await
}

/// The value of a metric without other labels than those that all have.
async fn value(listen: SocketAddr, metric: &str) -> Result<f64> {
    let text = reqwest::get(format!("http://{listen}/metrics")).await?.text().await?;
    let line = text.lines().find(|line| line.starts_with(&format!("{metric}{{")));
    let value = line.and_then(|line| line.rsplit(' ').next());
    value.with_context(|| format!("{metric} is not in {text}"))?.parse().context("a number")
}

/// A replica that stands by has its own copy of the credential: one that a person put there newly is taken by it too.
async fn a_standby_follows_its_credential(district: &District) -> Result<()> {
    const ENDS: &str = "zhengyun_credential_expiry_timestamp_seconds";
    let site = district.site(SITE)?;
    let standby = site.start_replica(1).await?;
    assert_eq!(value(site.replica_listen(1), "zhengyun_leader").await?.to_bits(), 0.0_f64.to_bits());
    let before = value(site.replica_listen(1), ENDS).await?;
    site.fetch_join_file(district.hub()).await?;
    // One of a join file ends much sooner than one that was renewed.
    let taken = async || anyhow::Ok(value(site.replica_listen(1), ENDS).await? < before - 24.0 * 3600.0);
    district.eventually("the standby takes the new join file's credential", taken).await?;
    standby.kill()
}

/// Kinds whose status the controllers of Kubernetes write: what is wanted of them is told by their generation.
const LIVELY: [&str; 3] = ["Deployment", "PodDisruptionBudget", "ValidatingAdmissionPolicy"];

/// Every object of a release by kind and name, and which version of it stands.
async fn versions(plane: &ControlPlane, name: &str) -> Result<BTreeMap<String, String>> {
    let path = plane.dir().join("manifest.yaml");
    std::fs::write(&path, plane.helm(["get", "manifest", name]).await?)?;
    let file = format!("--filename={}", path.display());
    let columns = "-o=jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.generation}/{.metadata.resourceVersion}{'\\n'}{end}";
    let listed = plane.kubectl(["get", &file, columns]).await?;
    let version = |line: &str| {
        let (object, versions) = line.rsplit_once(' ').context("an object and its versions")?;
        let (generation, version) = versions.split_once('/').context("two versions")?;
        let lively = LIVELY.iter().any(|kind| object.starts_with(&format!("{kind} ")));
        Ok((object.to_owned(), if lively { generation } else { version }.to_owned()))
    };
    listed.lines().map(version).collect()
}

/// What people made, by kind, and its resourceVersion.
async fn made_by_people(district: &District) -> Result<String> {
    let columns =
        "-o=jsonpath={range .items[*]}{.kind} {.metadata.name}={.metadata.resourceVersion}{'\\n'}{end}";
    let kinds = "districts,departments,isolationprofiles,systems,workspaces,budgets,grants";
    district.hub().kubectl(["get", kinds, "--all-namespaces", columns]).await
}

async fn upgrade(plane: &ControlPlane, name: &str, options: &[&str]) -> Result<()> {
    let folder = chart(name).display().to_string();
    plane.helm(["upgrade", name, &folder].iter().chain(options)).await?;
    Ok(())
}

/// As where the hub is a pod: the API server asks its webhook by the chart's service, and not by the address of this process.
async fn asked_by_its_service(district: &District) -> Result<()> {
    district.hub().kill()?;
    let service =
        r#"{"name": "zhengyun-admission", "namespace": "zhengyun-system", "path": "/admit", "port": 443}"#;
    let at = "/webhooks/0/clientConfig";
    let patch = format!(
        r#"[{{"op": "remove", "path": "{at}/url"}}, {{"op": "add", "path": "{at}/service", "value": {service}}}]"#
    );
    let plane = district.hub().plane();
    plane
        .kubectl(["patch", "mutatingwebhookconfiguration", "zhengyun", "--type", "json", "--patch", &patch])
        .await?;
    // The service is helm's again, as it was before this process took it away.
    upgrade(plane, "zhengyun-hub", &[]).await
}

async fn upgrades_change_what_they_are_about(district: &District) -> Result<()> {
    asked_by_its_service(district).await?;
    let made = made_by_people(district).await?;
    for (plane, name, options) in [
        (district.hub().plane(), "zhengyun-hub", ["--set", "replicas=3,silenceSeconds=90"]),
        (district.site(SITE)?.plane(), "zhengyun-site", ["--set", "log=debug,resources.limits.memory=1Gi"]),
    ] {
        let before = versions(plane, name).await?;
        upgrade(plane, name, &options).await?;
        let after = versions(plane, name).await?;
        let changed: Vec<&String> = after
            .iter()
            .filter(|(object, version)| before.get(*object) != Some(version))
            .map(|(object, _)| object)
            .collect();
        assert_eq!(changed, [&format!("Deployment {name}")]);
        upgrade(plane, name, &options).await?;
        assert_eq!(versions(plane, name).await?, after, "the same again changed something");
        let place = if name == "zhengyun-hub" { "hub" } else { "site" };
        let before = versions(plane, "zhengyun-crds").await?;
        let folder = chart("zhengyun-crds").display().to_string();
        plane.helm(["upgrade", "zhengyun-crds", &folder, "--set", &format!("place={place}")]).await?;
        assert_eq!(versions(plane, "zhengyun-crds").await?, before);
    }
    assert_eq!(made_by_people(district).await?, made);
    let kept: Secret =
        Api::namespaced(district.site(SITE)?.client()?, NAMESPACE).get("zhengyun-hub-credential").await?;
    ensure!(kept.data.is_some_and(|data| data.contains_key("token")), "helm took the credential");
    Ok(())
}

/// The department's people do what they could do, and are refused what they could not: a way in past the ingress, by a policy.
async fn goes_on_behind_its_walls(site: &Site) -> Result<()> {
    let admin = site.plane().client("li", &["oidc:jiaoyu-admin"])?;
    Api::<ConfigMap>::namespaced(admin.clone(), "jiaoyu-jichu")
        .get("data")
        .await
        .context("read what is theirs")?;
    let service = serde_json::from_value(json!({
        "metadata": {"name": "out"}, "spec": {"type": "NodePort", "ports": [{"port": 80}], "selector": {"app": "x"}},
    }))?;
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    let refused = Api::<Service>::namespaced(admin, "jiaoyu-jichu").create(&dry, &service).await.err();
    let said = refused.context("a way past the walls")?.to_string();
    ensure!(said.contains("ZY-42"), "{said}");
    Ok(())
}

/// Uninstalled and installed again: what is missing meanwhile is the product and nothing else.
async fn releases_go_and_come_back(district: &District) -> Result<()> {
    let (hub, site) = (district.hub(), district.site(SITE)?);
    let data =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: data, namespace: jiaoyu-jichu}\ndata: {a: b}\n";
    site.plane().apply(data).await?;
    goes_on_behind_its_walls(site).await?;
    let made = made_by_people(district).await?;
    hub.kill()?;
    site.kill_agent()?;
    for (plane, name) in [(hub.plane(), "zhengyun-hub"), (site.plane(), "zhengyun-site")] {
        for release in [name, "zhengyun-crds"] {
            plane.helm(["uninstall", release, "--wait"]).await?;
        }
        let left: Api<DynamicObject> = Api::namespaced_with(
            plane.admin()?,
            NAMESPACE,
            &kube::core::ApiResource::erase::<Deployment>(&()),
        );
        assert!(left.get_opt(name).await?.is_none(), "{name} still stands");
    }
    assert_eq!(made_by_people(district).await?, made);
    for namespace in ["dept-jiaoyu", "site-kaicheng", NAMESPACE] {
        Api::<Namespace>::all(hub.client()?).get(namespace).await.with_context(|| namespace.to_owned())?;
    }
    let there = site.client()?;
    Api::<ConfigMap>::namespaced(there.clone(), "jiaoyu-jichu").get("data").await?;
    Api::<Secret>::namespaced(there.clone(), NAMESPACE).get("zhengyun-hub-credential").await?;
    let walls = Api::<ValidatingAdmissionPolicy>::all(there.clone()).list(&ListParams::default()).await?;
    assert!(walls.iter().filter(|wall| wall.name_any().starts_with("zhengyun-")).count() >= 9, "{walls:?}");
    goes_on_behind_its_walls(site).await?;

    for (plane, place) in [(hub.plane(), "hub"), (site.plane(), "site")] {
        plane.helm_install("zhengyun-crds", &["--set", &format!("place={place}")]).await?;
        plane.helm_install(&format!("zhengyun-{place}"), &[]).await?;
    }
    // The accounts are new ones, and so are their tokens; the site's credential for the hub is the one that was kept.
    hub.plane().account_kubeconfig(NAMESPACE, "zhengyun-hub").await?;
    hub.start().await?;
    site.run_agent_as("zhengyun-site").await?;
    hub.plane().apply(&workspace("5")).await?;
    district.in_force("jiaoyu", "jichu").await?;
    Ok(())
}
