//! A department's limits under many clients at once, in the shape that other tenancy operators were measured in: one site, three
//! namespaces, 32 clients.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use crds::{Grant, Workspace};
use futures::future::try_join_all;
use k8s_openapi::api::core::v1::{Namespace, Pod, ResourceQuota};
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::json;

use super::figure::{Budget, Figure, Unit, Words, number};
use super::floor::{self, MANAGER};
use super::ground::{Ground, SITE};
use super::load::{SYSTEM, Tenant, file, load};
use super::watched::Watched;
use super::{Name, Sizes};
use crate::control_plane::ControlPlane;
use crate::story::{bare_workspace, grant, pod};
use crate::users::Person;

const CLIENTS: usize = 32;
/// Attempts of each client.
const ATTEMPTS: usize = 30;
/// What the department may have at first, and how it is shared.
const FEW: [u32; 3] = [4, 3, 3];
/// Namespaces that the department may have.
const NAMESPACES: u32 = 5;

/// What became of everybody's attempts.
#[derive(Debug)]
struct Race {
    made: usize,
    refused: usize,
    failed: usize,
    /// To the last that was made.
    taken: Duration,
}

impl Race {
    fn made_per_second(&self) -> f64 {
        number(self.made) / self.taken.as_secs_f64()
    }
}

pub(super) async fn measure(ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    let tenant = Tenant { name: "race".into(), workspaces: 3, sites: vec![SITE.to_owned()] };
    load(ground.hub(), std::slice::from_ref(&tenant)).await?;
    let plane = ground.site()?.plane();
    let person = Person::of_department("bench", &tenant.name);
    let namespaces: Vec<String> = (1..=3).map(|number| format!("{}-w{number}", tenant.name)).collect();

    share(ground, &tenant, FEW).await?;
    let few = race(plane, &person, &namespaces, "few").await?;
    // Many, so that it shows how fast pods are made and not how fast they are refused.
    let many = u32::try_from(sizes.race_pods)?.div_ceil(3);
    share(ground, &tenant, FEW.map(|pods| pods + many)).await?;
    let fast = race(plane, &person, &namespaces, "many").await?;
    let floor = bare(plane, many).await?;
    let placed = workspaces_at_once(ground, &tenant).await?;

    let mut figure = Figure::new(
        Name::Race,
        format!("{CLIENTS} 个客户端同时在三个命名空间建容器组,额度 {} 个", FEW.iter().sum::<u32>()),
        format!(
            "{CLIENTS} clients make pods in three namespaces at once where {} are allowed",
            FEW.iter().sum::<u32>()
        ),
    );
    let mut count = |id: &str, zh: &str, en: &str, value: usize, most: Option<u32>| {
        let row = figure.row(id, Words::new(zh, en), Unit::Number, number(value));
        if let Some(most) = most {
            row.budget(Budget::AtMost(f64::from(most)));
        }
    };
    count("made", "建成", "made", few.made, Some(FEW.iter().sum()));
    count("refused", "被拒绝", "refused", few.refused, None);
    count("failed", "出错", "failed otherwise", few.failed + fast.failed, Some(0));
    count(
        "namespaces",
        "同时申请 32 个业务空间,批复 5 个,成立",
        "32 workspaces at once where 5 are granted, stand",
        placed,
        Some(NAMESPACES),
    );
    figure
        .row(
            "made-per-second",
            Words::new(
                format!("额度 {} 个时每秒建成", 3 * many),
                format!("made per second where {} are allowed", 3 * many),
            ),
            Unit::PerSecond,
            fast.made_per_second(),
        )
        .floor(floor.made_per_second());
    figure.note(
        "下限为同样的客户端在有原生配额、无本平台的命名空间;Capsule 0.14 在同类机器上:允许 10 个,建成 30 个;精确方式每秒 6 个,42% 出错;允许 5 个命名空间,成立 35 个",
        "the floor is the same clients in namespaces with native quotas and without us; Capsule 0.14 on such a machine: 30 made where 10 are allowed, exactly 10 at 6 a second with 42 % errors; 35 namespaces where 5 are allowed",
    );
    Ok(figure)
}

/// Gives each namespace so many pods and waits until that is in force.
async fn share(ground: &Ground, tenant: &Tenant, pods: [u32; 3]) -> Result<()> {
    let hub = ground.hub().admin()?;
    let mut quotas: Watched<ResourceQuota> = Watched::all(Api::all(ground.site()?.client()?)).await?;
    let grants: Api<Grant> = Api::namespaced(hub.clone(), &tenant.namespace());
    let all: u32 = pods.iter().sum();
    let given = grant(&tenant.name, SITE, 100, NAMESPACES).replace("pods: 1000", &format!("pods: {all}"));
    file(&grants, &given).await?;
    let workspaces: Api<Workspace> = Api::namespaced(hub, &tenant.namespace());
    let mut awaited = Vec::new();
    for (number, pods) in (1..).zip(pods) {
        let workspace = bare_workspace(&tenant.name, &format!("w{number}"), SYSTEM, &[SITE], "1");
        file(&workspaces, &workspace.replace("memory: 8Gi}", &format!("memory: 8Gi, pods: {pods}}}")))
            .await?;
        awaited.push((format!("{}-w{number}", tenant.name), pods.to_string()));
    }
    while !awaited.is_empty() {
        let in_force = |quota: &ResourceQuota| {
            let hard = quota.status.as_ref().and_then(|status| status.hard.as_ref()?.get("pods"));
            let at = awaited.iter().position(|(namespace, pods)| {
                quota.metadata.namespace.as_ref() == Some(namespace)
                    && hard.is_some_and(|hard| hard.0 == *pods)
            });
            at.map(|at| awaited.swap_remove(at)).is_some()
        };
        quotas.until("the shares are in force", in_force).await?;
    }
    Ok(())
}

/// Everybody makes pods, in one namespace after the other.
async fn race(plane: &ControlPlane, person: &Person, namespaces: &[String], name: &str) -> Result<Race> {
    let [made, refused, failed] = [(); 3].map(|()| AtomicUsize::new(0));
    let last = Mutex::new(Duration::ZERO);
    let clients: Vec<Client> = (0..CLIENTS).map(|_| plane.client_of(person)).collect::<Result<_>>()?;
    let begin = Instant::now();
    let run = async |(number, client): (usize, &Client)| {
        for attempt in 0..ATTEMPTS {
            let pods: Api<Pod> =
                Api::namespaced(client.clone(), &namespaces[(number + attempt) % namespaces.len()]);
            let wanted = pod(&format!("{name}-{number}-{attempt}"))?;
            let counter = match pods.create(&PostParams::default(), &wanted).await {
                Ok(_) => {
                    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                    *last = begin.elapsed();
                    &made
                }
                Err(kube::Error::Api(status)) if status.code == 403 => &refused,
                Err(_) => &failed,
            };
            counter.fetch_add(1, Ordering::Relaxed);
        }
        anyhow::Ok(())
    };
    try_join_all(clients.iter().enumerate().map(run)).await?;
    let [made, refused, failed] = [made, refused, failed].map(AtomicUsize::into_inner);
    Ok(Race { made, refused, failed, taken: last.into_inner().unwrap_or_else(PoisonError::into_inner) })
}

/// The same in namespaces that nobody of ours knows, with quotas of the same numbers.
async fn bare(plane: &ControlPlane, pods: u32) -> Result<Race> {
    let (client, person) = (plane.admin()?, Person::new("bare", &["bench-bare"]));
    let names: Vec<String> = (1..=3).map(|number| format!("floor-race-{number}")).collect();
    for name in &names {
        floor::namespace(&client, name).await?;
        let quotas: Api<ResourceQuota> = Api::namespaced(client.clone(), name);
        let quota = json!({
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "floor"},
            "spec": {"hard": {"requests.cpu": "100", "requests.memory": "100Gi", "pods": pods.to_string()}}
        });
        let mut watched = Watched::one(quotas.clone(), "floor").await?;
        quotas.patch("floor", &PatchParams::apply(MANAGER).force(), &Patch::Apply(&quota)).await?;
        watched.until("the quota is in force", |quota| floor::enforced_cpu(quota).is_some()).await?;
        let binding = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "floor"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "oidc:bench-bare"}]
        });
        let bindings: Api<k8s_openapi::api::rbac::v1::RoleBinding> = Api::namespaced(client.clone(), name);
        bindings.patch("floor", &PatchParams::apply(MANAGER).force(), &Patch::Apply(&binding)).await?;
    }
    race(plane, &person, &names, "bare").await
}

/// Files many workspaces at once; how many namespaces the department has when all came to rest.
async fn workspaces_at_once(ground: &Ground, tenant: &Tenant) -> Result<usize> {
    let hub = ground.hub().admin()?;
    // Room in all but namespaces.
    let grants: Api<Grant> = Api::namespaced(hub.clone(), &tenant.namespace());
    file(&grants, &grant(&tenant.name, SITE, 100, NAMESPACES)).await?;
    let workspaces: Api<Workspace> = Api::namespaced(hub, &tenant.namespace());
    let one = |number: usize| bare_workspace(&tenant.name, &format!("w{number}"), SYSTEM, &[SITE], "1");
    let texts: Vec<String> = (4..4 + CLIENTS).map(one).collect();
    try_join_all(texts.iter().map(|text| file(&workspaces, text))).await?;
    ground.settle(Duration::from_secs(2)).await?;
    let namespaces: Api<Namespace> = Api::all(ground.site()?.client()?);
    let own = ListParams::default().labels(&format!("zhengyun.io/department={}", tenant.name));
    Ok(namespaces.list(&own).await.context("count the namespaces")?.items.len())
}
