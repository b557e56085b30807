//! A frozen workspace (冻结): its people change nothing, what runs goes on.

use anyhow::{Result, ensure};
use crds::Workspace;
use e2e::users::Person;
use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::{Api, ResourceExt as _};
use serde_json::json;

use crate::requests::{Try, collection};
use crate::surface::{Class, classify, discover, every_write, standing};
use crate::world::{OWN, SITE, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_workspace_is_changed_by_nobody_of_the_department_and_runs_on() -> Result<()> {
    let world = Box::pin(World::start()).await?;
    not_the_departments_to_say(&world).await?;
    let writes = own_writes(&world).await?;
    let mut shut = Vec::new();
    for one in writes.iter().filter(|one| one.is_dry()) {
        let answer = one.send(&world.zhao).await?;
        if !answer.allowed() {
            shut.push(format!("{}: {} {:.200}", one.what, answer.code, answer.said));
        }
    }
    ensure!(shut.is_empty(), "refused before the freeze:\n{}", shut.join("\n"));

    freeze(&world, true).await?;
    let mut open = Vec::new();
    for one in &writes {
        let answer = one.send(&world.zhao).await?;
        if answer.allowed() || !answer.said.contains("ZY-4214") {
            open.push(format!("{}: {} {:.200}", one.what, answer.code, answer.said));
        }
        if one.send(&world.li).await?.allowed() {
            open.push(format!("{} by the department's administrator", one.what));
        }
    }
    ensure!(open.is_empty(), "not refused in a frozen workspace:\n{}", open.join("\n"));
    runs_on(&world).await?;

    freeze(&world, false).await?;
    let map = format!("{}/settings", collection(OWN, "v1/configmaps"));
    let again = Try::merge("work", &map, json!({"data": {"a": "c"}}));
    let open = async || Ok::<_, anyhow::Error>(again.send(&world.li).await?.allowed());
    world.district.eventually("work goes on", open).await?;
    Ok(())
}

/// Every write that a department may do where its rights are wide open: all that discovery lists but what only components write,
/// and but the deletion of all bindings, among which are the platform's.
async fn own_writes(world: &World) -> Result<Vec<Try>> {
    let found = discover(world).await?;
    let classes = classify(&found)?;
    let mut writes = Vec::new();
    for one in found.iter().filter(|one| !one.resource.starts_with("zhengyun.io/")) {
        if matches!(classes.get(&one.id()), Some(Class::Own | Class::Judged | Class::Act)) {
            let (name, live) = standing(world, one).await?;
            writes.extend(every_write(one, OWN, &name, &live)?);
        }
    }
    let mixed = |one: &Try| {
        ["rolebindings: all", "networkpolicies: all", "configmaps: all"]
            .iter()
            .any(|all| one.what.contains(all))
    };
    writes.retain(|one| !mixed(one));
    Ok(writes)
}

fn workspaces(client: kube::Client) -> Api<Workspace> {
    Api::namespaced(client, "dept-jiaoyu")
}

/// On the hub, a department neither freezes nor thaws, nor chooses how it is fenced in.
async fn not_the_departments_to_say(world: &World) -> Result<()> {
    let hub = world.district.hub().plane();
    let li = workspaces(hub.client_of(&Person::of_department("li", "jiaoyu"))?);
    for (code, spec) in [
        ("ZY-4280", json!({"frozen": true})),
        ("ZY-4281", json!({"profile": "standard"})),
        ("ZY-4281", json!({"profile": null})),
    ] {
        let patch = Patch::Merge(json!({"spec": spec}));
        let answer = li.patch("jichu", &PatchParams::default(), &patch).await;
        ensure!(answer.as_ref().is_err_and(|error| error.to_string().contains(code)), "{code}: {answer:?}");
    }
    let named = Patch::Merge(json!({"spec": {"displayName": "改名"}}));
    li.patch("jichu", &PatchParams::default(), &named).await?;
    Ok(())
}

async fn freeze(world: &World, frozen: bool) -> Result<()> {
    let hub = world.district.hub();
    let engineer = hub.plane().client_of(&Person::platform_engineer("sun"))?;
    let patch = Patch::Merge(json!({"spec": {"frozen": frozen}}));
    workspaces(engineer).patch("jichu", &PatchParams::default(), &patch).await?;
    let namespaces: Api<Namespace> = Api::all(world.admin.clone());
    let told = move |found: Option<&Namespace>| {
        found.is_some_and(|namespace| namespace.labels().contains_key("zhengyun.io/frozen") == frozen)
    };
    world.district.eventually_object(namespaces, OWN, "the site knows", told).await?;
    if frozen {
        let li = workspaces(hub.plane().client_of(&Person::of_department("li", "jiaoyu"))?);
        let named = Patch::Merge(json!({"spec": {"displayName": "又改名"}}));
        let answer = li.patch("jichu", &PatchParams::default(), &named).await;
        ensure!(answer.as_ref().is_err_and(|error| error.to_string().contains("ZY-4282")), "{answer:?}");
        let map = format!("{}/settings", collection(OWN, "v1/configmaps"));
        let change = Try::merge("work", &map, json!({"data": {"a": "c"}}));
        let shut = async || Ok::<_, anyhow::Error>(!change.send(&world.li).await?.allowed());
        world.district.eventually("the freeze is in force", shut).await?;
    }
    Ok(())
}

/// Pods that go are replaced, and a program keeps its lease with its own account, and nothing else.
async fn runs_on(world: &World) -> Result<()> {
    let pods: Api<Pod> = Api::namespaced(world.admin.clone(), OWN);
    let of_web = ListParams::default().labels("app=web");
    let before = pods.list(&of_web).await?.items;
    let gone = before[0].name_any();
    pods.delete(&gone, &DeleteParams::default()).await?;
    let replaced = async || {
        let now = pods.list(&of_web).await?.items;
        let running = now.iter().filter(|pod| {
            pod.name_any() != gone
                && pod.status.as_ref().is_some_and(|s| s.phase.as_deref() == Some("Running"))
        });
        Ok::<_, kube::Error>(running.count() == 2)
    };
    world.district.eventually("the pod is replaced", replaced).await?;

    let file = world.district.site(SITE)?.plane().account_kubeconfig(OWN, "app").await?;
    let config = kube::config::Kubeconfig::read_from(file)?;
    let options = kube::config::KubeConfigOptions::default();
    let program = kube::Client::try_from(kube::Config::from_custom_kubeconfig(config, &options).await?)?;
    let lease = format!("{}/leader", collection(OWN, "coordination.k8s.io/v1/leases"));
    let renewed =
        Try::merge("a lease", &lease, json!({"spec": {"holderIdentity": "two"}})).send(&program).await?;
    ensure!(renewed.allowed(), "{renewed:?}");
    let map = format!("{}/settings", collection(OWN, "v1/configmaps"));
    let written = Try::merge("a setting", &map, json!({"data": {"a": "c"}})).send(&program).await?;
    ensure!(written.said.contains("ZY-4214"), "{written:?}");
    Ok(())
}
