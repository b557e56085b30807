//! A room where others' workloads run already: joining changes none of them, adopting one stops no pod, and every step goes back.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use crds::{DataCenter, Workspace};
use e2e::district::{District, register};
use e2e::story::{department, ready, system, workspace};
use e2e::users::Person;
use k8s_openapi::api::core::v1::{Namespace, Pod, ResourceQuota};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::{DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::discovery::{Discovery, Scope, verbs};
use kube::{Api, Client, ResourceExt};
use serde_json::{Value, json};

const SITE: &str = "laoji";
/// As many namespaces of others as a room of some years has.
const FOREIGN: usize = 40;
const PODS_EACH: usize = 2;

/// What stood on the site: kind, namespace and name with uid and resourceVersion.
type Standing = BTreeMap<(String, String, String), (String, String)>;

/// A namespace with a deployment, a service, configuration and a network policy.
fn old_namespace(number: usize) -> String {
    let (name, labels) = match number {
        1 => ("his".to_owned(), "{owner: weijian, pod-security.kubernetes.io/enforce: baseline}"),
        _ => (format!("old-{number:02}"), "{team: x}"),
    };
    // The second has what a fence would refuse.
    let (host, kind) = if number == 2 { ("hostNetwork: true, ", "NodePort") } else { ("", "ClusterIP") };
    let resources = "resources: {requests: {cpu: 100m, memory: 128Mi}}";
    format!(
        "apiVersion: v1
kind: Namespace
metadata: {{name: {name}, labels: {labels}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: {name}}}
spec:
  replicas: {PODS_EACH}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{{host}containers: [{{name: web, image: harbor.local/web, {resources}}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: {name}}}
spec: {{type: {kind}, selector: {{app: web}}, ports: [{{port: 80}}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings, namespace: {name}}}
data: {{a: b}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: own, namespace: {name}}}
spec: {{podSelector: {{matchLabels: {{app: web}}}}, policyTypes: [Ingress], ingress: [{{from: [{{podSelector: {{}}}}]}}]}}
---
"
    )
}

/// Namespaces with deployments, services, configuration and network policies that nobody told the platform of.
async fn furnish(client: &Client, district: &District) -> Result<Standing> {
    let yaml: String = (1..=FOREIGN).map(old_namespace).collect();
    district.site(SITE)?.plane().apply(&yaml).await?;
    let pods: Api<Pod> = Api::all(client.clone());
    district
        .eventually("the old workloads run", async || {
            let running = |pod: &&Pod| {
                let conditions = pod.status.as_ref().and_then(|status| status.conditions.as_ref());
                conditions.into_iter().flatten().any(|c| c.type_ == "Ready" && c.status == "True")
            };
            let all = pods.list(&ListParams::default()).await?;
            anyhow::Ok(all.iter().filter(running).count() == FOREIGN * PODS_EACH)
        })
        .await?;
    // Their controllers have said all that they have to say when nothing changes any more.
    let mut before = Standing::new();
    district
        .eventually("the old room is at rest", async || {
            let now = standing(client).await?;
            let same = now == before;
            before = now;
            anyhow::Ok(same)
        })
        .await?;
    Ok(before)
}

/// Every object in namespaces that are not the platform's or the cluster's, and those namespaces.
async fn standing(client: &Client) -> Result<Standing> {
    let discovery = Discovery::new(client.clone()).run().await?;
    let mut all = Standing::new();
    let foreign =
        |namespace: &str| namespace == "his" || namespace.starts_with("old-") || namespace == "default";
    for group in discovery.groups() {
        for (resource, capabilities) in group.recommended_resources() {
            let of_namespace = resource.kind == "Namespace";
            let listed = capabilities.supports_operation(verbs::LIST);
            if !listed || resource.kind == "Event" || (capabilities.scope == Scope::Cluster && !of_namespace)
            {
                continue;
            }
            let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
            for object in api.list(&ListParams::default()).await?.items {
                let name = object.name_any();
                let namespace = object.namespace().unwrap_or_default();
                if foreign(if of_namespace { &name } else { &namespace }) {
                    let uid = object.uid().unwrap_or_default();
                    let version = object.resource_version().unwrap_or_default();
                    all.insert((resource.kind.clone(), namespace, name), (uid, version));
                }
            }
        }
    }
    Ok(all)
}

/// What is not as it was, or is new: `Kind namespace/name`.
async fn changed(client: &Client, before: &Standing) -> Result<Vec<String>> {
    let now = standing(client).await?;
    let keys = before.keys().chain(now.keys().filter(|key| !before.contains_key(*key)));
    let differs = keys.filter(|key| before.get(*key) != now.get(*key));
    Ok(differs.map(|(kind, namespace, name)| format!("{kind} {namespace}/{name}")).collect())
}

async fn pod_uids(client: &Client) -> Result<Vec<String>> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), "his");
    let pods = pods.list(&ListParams::default()).await?;
    assert!(pods.iter().all(|pod| pod.metadata.deletion_timestamp.is_none()));
    let mut uids: Vec<String> = pods.iter().filter_map(ResourceExt::uid).collect();
    uids.sort();
    Ok(uids)
}

/// Runs a verb, and again with the code that it showed.
async fn confirmed(district: &District, verb: &[&str]) -> Result<String> {
    let shown = district.hub().zhengyun(verb).await?;
    let code = shown.split("--confirm ").nth(1).and_then(|rest| rest.split_whitespace().next());
    let code = code.with_context(|| format!("no code in {shown}"))?.to_owned();
    let done = [verb, &["--confirm", &code]].concat();
    district.hub().zhengyun(&done).await?;
    Ok(shown)
}

/// What a preview says; it ends as "not well" when there is something to say.
async fn preview(district: &District, at: &[&str]) -> Result<String> {
    let admin = district.hub().plane().admin_kubeconfig()?;
    let mut command = tokio::process::Command::new(e2e::product::binary().await?);
    command.args(["workspace", "preview", "guahao", "-n", "dept-weijian", "--site", SITE]).args(at);
    let output = command.env("KUBECONFIG", admin).env("LANG", "zh_CN.UTF-8").output().await?;
    Ok(String::from_utf8(output.stdout)?)
}

fn workspaces(client: Client) -> Api<Workspace> {
    Api::namespaced(client, "dept-weijian")
}

async fn place_says(district: &District, name: &str, code: &str) -> Result<()> {
    let api = workspaces(district.hub().client()?);
    let says = |workspace: Option<&Workspace>| {
        let places = workspace.and_then(|workspace| workspace.status.as_ref()).map(|status| &status.sites);
        places
            .into_iter()
            .flatten()
            .any(|place| place.message.as_deref().is_some_and(|said| said.starts_with(code)))
    };
    district.eventually_object(api, name, &format!("{name} says {code}"), says).await?;
    Ok(())
}

async fn step(client: &Client, stage: &str) -> kube::Result<Workspace> {
    let patch = json!({"spec": {"enforcement": stage}});
    workspaces(client.clone()).patch("guahao", &PatchParams::default(), &Patch::Merge(&patch)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_a_room_changes_nothing_and_adopting_a_namespace_stops_no_pod() -> Result<()> {
    let mut district = District::builder().start().await?;
    district.add_site(SITE).await?;
    let site = district.site(SITE)?;
    let client = site.client()?;
    let before = furnish(&client, &district).await?;
    let at = site.plane().admin_kubeconfig()?;
    let at = ["--site-kubeconfig".to_owned(), at.display().to_string()];
    let at: Vec<&str> = at.iter().map(String::as_str).collect();

    observed(&district, &client, &before).await?;
    surveyed(&district, &at).await?;

    // Put to use: shown first, told then, and still nothing of others is touched.
    let shown = confirmed(&district, &["site", "activate", SITE]).await?;
    assert!(shown.contains("weijian") && shown.contains("new"), "{shown}");
    place_says(&district, "new", "ZY-2040").await?;
    site.join(district.hub()).await?;
    district.in_force("weijian", "new").await?;
    assert_eq!(changed(&client, &before).await?, Vec::<String>::new());

    let others = adopted(&district, &client, &before, &at).await?;
    stepped(&district, &client, &others, &at).await
}

/// Joined to be observed only: it is heard, told nothing, and writes nothing but its own records.
async fn observed(district: &District, client: &Client, before: &Standing) -> Result<()> {
    let site = district.site(SITE)?;
    let yaml = register(&[SITE.to_owned()])
        + "---\n"
        + &department("weijian")
        + &system("weijian", "one")
        + &workspace("weijian", "new", "one", &[SITE], "2");
    district.hub().plane().apply(&yaml).await?;
    let marks = district.marks().await?;
    site.join_observed(district.hub()).await?;
    let rooms: Api<DataCenter> = Api::all(district.hub().client()?);
    let heard = |room: Option<&DataCenter>| {
        room.and_then(ready).is_some_and(|(status, said)| status == "True" && said.starts_with("ZY-1510"))
    };
    let room = district.eventually_object(rooms, SITE, "the room is observed", heard).await?;
    let facts = room.and_then(|room| room.status?.facts).context("facts")?;
    assert!(facts.observing && facts.foreign_namespaces >= Some(u32::try_from(FOREIGN)?), "{facts:?}");
    place_says(district, "new", "ZY-1509").await?;
    let there = district.writes_since(&marks).await?.into_iter().filter(|write| write.plane == SITE);
    let beyond: Vec<_> = there.filter(|write| write.entry.namespace != "zhengyun-system").collect();
    assert!(beyond.is_empty(), "{beyond:#?}");
    assert_eq!(changed(client, before).await?, Vec::<String>::new());
    Ok(())
}

/// A survey is a file with a line per namespace, whose it may be, and what a fence would refuse.
async fn surveyed(district: &District, at: &[&str]) -> Result<()> {
    let verb = [&["site", "survey", SITE, "-o", "csv", "--lang", "zh"], at].concat();
    let file = district.hub().zhengyun(&verb).await?;
    let line =
        |name: &str| file.lines().find(|line| line.starts_with(&format!("\"{name}\""))).unwrap_or_default();
    assert!(file.starts_with("\u{feff}\"命名空间\""), "{file}");
    assert_eq!(file.lines().count(), 1 + FOREIGN + 1, "a heading, the old namespaces and default");
    assert!(
        line("his").contains("weijian单位 (weijian)") && line("his").contains("label owner=weijian"),
        "{file}"
    );
    assert!(line("his").contains("\"200m\",\"256Mi\"") && line("his").contains("harbor.local"), "{file}");
    assert!(line("old-02").contains("hostNetwork") && line("old-02").contains("ZY-3077"), "{file}");
    Ok(())
}

/// Neither key alone takes anything over; both do, and change nothing but labels of the namespace.
async fn adopted(district: &District, client: &Client, before: &Standing, at: &[&str]) -> Result<Standing> {
    let wish = workspace("weijian", "guahao", "one", &[SITE], "2")
        .replace("  sites:\n", &format!("  adopt: [{{site: {SITE}, namespace: his}}]\n  sites:\n"));
    district.hub().plane().apply(&wish).await?;
    place_says(district, "guahao", "ZY-2041").await?;
    assert_eq!(changed(client, before).await?, Vec::<String>::new(), "the department's wish alone");

    // Who may write the namespace may not therefore give it away.
    let grants = "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: writers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'zhengyun:adopter'}
subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'oidc:writers'}]
";
    let plane = district.site(SITE)?.plane();
    plane.apply(grants).await?;
    let writer: Api<Namespace> = Api::all(plane.client_of(&Person::new("bob", &["writers"]))?);
    let mark = json!({"metadata": {"annotations": {"zhengyun.io/adopt": "weijian/guahao"}}});
    let marked = writer.patch("his", &PatchParams::default(), &Patch::Merge(&mark)).await;
    let said = marked.map_or_else(|error| error.to_string(), |_| "not refused".into());
    assert!(said.contains("ZY-4302"), "{said}");

    let verb = ["workspace", "adopt", "guahao", "-n", "dept-weijian", "--site", SITE];
    let shown = confirmed(district, &[&verb, at].concat()).await?;
    assert!(shown.contains("weijian/guahao") && shown.contains("Deployment web 2"), "{shown}");
    let workspace = district.in_force("weijian", "guahao").await?;
    let status = workspace.status.context("a status")?;
    assert_eq!(
        (status.namespace.as_deref(), status.enforcement),
        (Some("his"), Some(crds::Enforcement::Observe))
    );
    assert_eq!(changed(client, before).await?, ["Namespace /his"]);
    let labels = labels(client).await?;
    assert_eq!(labels.get("owner").map(String::as_str), Some("weijian"));
    assert_eq!(labels.get("zhengyun.io/workspace").map(String::as_str), Some("guahao"));
    assert_eq!(pod_security(&labels), ["enforce=baseline"]);
    // From here on the others are what must not change.
    let others = before.iter().filter(|((kind, namespace, name), _)| {
        namespace != "his" && (kind.as_str(), name.as_str()) != ("Namespace", "his")
    });
    Ok(others.map(|(key, value)| (key.clone(), value.clone())).collect())
}

async fn labels(client: &Client) -> Result<BTreeMap<String, String>> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    Ok(namespaces.get("his").await?.metadata.labels.unwrap_or_default())
}

fn pod_security(labels: &BTreeMap<String, String>) -> Vec<String> {
    let prefix = "pod-security.kubernetes.io/";
    let ours =
        labels.iter().filter_map(|(key, value)| Some(format!("{}={value}", key.strip_prefix(prefix)?)));
    ours.collect()
}

/// What is in force in the adopted namespace: quota, network policies that select pods, bindings to somebody, and whether the API
/// server takes one more pod of the old kind.
async fn in_force(client: &Client) -> Result<(bool, usize, usize, bool)> {
    let quotas: Api<ResourceQuota> = Api::namespaced(client.clone(), "his");
    let quota = quotas.get_opt("zhengyun").await?.and_then(|quota| quota.spec?.hard);
    let policies: Api<NetworkPolicy> = Api::namespaced(client.clone(), "his");
    let selecting = policies.list(&ListParams::default()).await?.into_iter().filter(|policy| {
        let selector = policy.spec.as_ref().and_then(|spec| spec.pod_selector.as_ref());
        policy.name_any() != "own" && selector.is_none_or(|selector| selector.match_expressions.is_none())
    });
    let bindings: Api<RoleBinding> = Api::namespaced(client.clone(), "his");
    let bound = bindings.list(&ListParams::default()).await?.into_iter();
    let bound = bound.filter(|binding| binding.subjects.iter().flatten().next().is_some());
    let pods: Api<Pod> = Api::namespaced(client.clone(), "his");
    let one = json!({"metadata": {"name": "more"}, "spec": {"containers": [{"name": "web", "image": "harbor.local/web"}]}});
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    let taken = pods.create(&dry, &serde_json::from_value(one)?).await.is_ok();
    Ok((quota.is_some_and(|hard| !hard.is_empty()), selecting.count(), bound.count(), taken))
}

/// Forward one step at a time and back again: the same pods run all along, and nobody else notices.
async fn stepped(district: &District, client: &Client, others: &Standing, at: &[&str]) -> Result<()> {
    let pods = pod_uids(client).await?;
    assert_eq!(pods.len(), PODS_EACH);
    let (lin, zhou) = (Person::platform_engineer("lin"), Person::of_department("zhou", "weijian"));
    let hub = district.hub().plane();
    let (engineer, admin) = (hub.client_of(&lin)?, hub.client_of(&zhou)?);
    let go = async |by: &Client, stage: &str| -> Result<(bool, usize, usize, bool)> {
        step(by, stage).await?;
        district.in_force("weijian", "guahao").await?;
        assert_eq!(pod_uids(client).await?, pods, "{stage}");
        in_force(client).await
    };
    let observed = (false, 0, 0, true);
    assert_eq!(in_force(client).await?, observed);

    let foretold = preview(district, at).await?;
    assert!(foretold.contains("观察 → 告警") && foretold.contains("ZY-3076"), "{foretold}");
    // Two steps at once are one too many, and change nothing.
    step(&admin, "enforce").await?;
    let refused = district.said(workspaces(district.hub().client()?), "guahao", "False").await?;
    assert!(ready(&refused).is_some_and(|(_, said)| said.starts_with("ZY-1506")), "{refused:?}");
    assert_eq!(in_force(client).await?, observed);
    step(&engineer, "observe").await?;

    let warned = go(&admin, "warn").await?;
    assert_eq!(warned, (false, 0, 4, true), "the department's groups may act, and nothing is refused");
    let at_warn = pod_security(&labels(client).await?);
    let warns = [
        "audit=restricted",
        "audit-version=latest",
        "enforce=baseline",
        "warn=restricted",
        "warn-version=latest",
    ];
    assert_eq!(at_warn, warns);

    let foretold = preview(district, at).await?;
    assert!(foretold.contains("告警 → 强制"), "{foretold}");
    let enforced = go(&admin, "enforce").await?;
    assert_eq!(enforced, (true, 4, 4, false), "a pod of the old kind is not taken any more");
    assert_eq!(pod_security(&labels(client).await?), ["enforce=restricted", "enforce-version=latest"]);

    let back = step(&admin, "warn").await.map_or_else(|error| error.to_string(), |_| "not refused".into());
    assert!(back.contains("ZY-4301"), "{back}");
    assert_eq!(go(&engineer, "warn").await?, warned);
    assert_eq!(pod_security(&labels(client).await?), warns);
    assert_eq!(go(&engineer, "observe").await?, observed);
    assert_eq!(pod_security(&labels(client).await?), ["enforce=baseline"]);
    assert_eq!(labels(client).await?.get("owner").map(String::as_str), Some("weijian"));
    let now = changed(client, others).await?;
    let touched: Vec<&String> =
        now.iter().filter(|one| !one.contains(" his/") && !one.ends_with(" /his")).collect();
    assert!(touched.is_empty(), "{touched:?}");

    // Who takes the mark away keeps the platform's hands off.
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let unmark = json!({"metadata": {"annotations": {"zhengyun.io/adopt": Value::Null}}});
    namespaces.patch("his", &PatchParams::default(), &Patch::Merge(&unmark)).await?;
    place_says(district, "guahao", "ZY-2041").await?;
    assert_eq!(pod_uids(client).await?, pods);
    Ok(())
}
