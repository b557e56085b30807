//! Many departments at once: how many objects of ours stand per second, and how many requests each department takes.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use kube::api::{DynamicObject, ListParams};
use kube::core::ApiResource;
use kube::{Api, Client, Resource as _, ResourceExt as _};
use plan::site::KEPT;
use serde_json::Value;

use super::figure::{Budget, Figure, Samples, Unit, Words, number};
use super::floor::{self, Job};
use super::ground::{Ground, SECOND_SITE, SITE};
use super::load::{Tenant, load};
use super::machine::cpu_seconds;
use super::requests::{Writer, counted, creates, is_read};
use super::{Name, Sizes};
use crate::audit::Entry;
use crate::control_plane::ControlPlane;

/// The least part of a bare loop's objects per second (DESIGN section 12).
const PART_OF_FLOOR: f64 = 0.8;
/// Status writes that each custom object of ours may take.
const STATUS_WRITES: usize = 2;
/// What a floor's objects stand in, by their own namespace, where that is not the department's.
const FLOOR: &str = "floor-roll-out";

pub(super) async fn on_one_site(ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    measure(
        ground,
        sizes,
        &Shape { name: Name::RollOut, prefix: "roll", departments: sizes.departments, sites: &[SITE] },
    )
    .await
}

pub(super) async fn on_two_sites(ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    let departments = sizes.two_site_departments;
    let sites = &[SITE, SECOND_SITE];
    measure(ground, sizes, &Shape { name: Name::RollOutTwoSites, prefix: "duo", departments, sites }).await
}

/// What is rolled out.
struct Shape {
    name: Name,
    prefix: &'static str,
    departments: usize,
    sites: &'static [&'static str],
}

async fn measure(ground: &mut Ground, sizes: &Sizes, shape: &Shape) -> Result<Figure> {
    let tenants: Vec<Tenant> = (1..=shape.departments)
        .map(|number| Tenant {
            name: format!("{}{number:04}", shape.prefix),
            workspaces: sizes.workspaces,
            sites: shape.sites.iter().map(|site| (*site).to_owned()).collect(),
        })
        .collect();
    let marks = ground.district.marks().await?;
    let before = Cpu::of(ground)?;
    let taken = load(ground.hub(), &tenants).await?;
    let cpu = Cpu::of(ground)?.since(&before);
    ground.settle(sizes.quiet()).await?;
    let requests: Vec<Entry> =
        ground.requests_since(&marks).await?.into_iter().map(|(_, entry)| entry).collect();
    let first = tenants.first().context("at least one department is rolled out")?;
    let bare = bare(ground, first, shape.departments).await?;
    let mut figure = figure(sizes, shape, taken, &requests, &bare);
    cpu.rows(&mut figure, &bare.cpu);
    Ok(figure)
}

/// What the bare loop did.
struct Bare {
    objects: usize,
    taken: Duration,
    cpu: Cpu,
}

/// CPU time that processes took, in seconds.
#[derive(Clone, Copy, Debug, Default)]
struct Cpu {
    /// Hub and agents.
    product: f64,
    /// The API servers and what they store in.
    servers: f64,
}

impl Cpu {
    fn of(ground: &Ground) -> Result<Self> {
        let mut cpu = Self::of_servers(ground)?;
        cpu.product = cpu_seconds(ground.district.hub().product()?)?;
        for site in ground.district.sites() {
            cpu.product += cpu_seconds(site.agent()?)?;
        }
        Ok(cpu)
    }

    fn of_servers(ground: &Ground) -> Result<Self> {
        let mut servers = 0.0;
        for plane in ground.district.planes() {
            servers += cpu_seconds(plane.apiserver())? + cpu_seconds(plane.etcd())?;
        }
        Ok(Self { product: 0.0, servers })
    }

    fn since(&self, before: &Self) -> Self {
        Self { product: self.product - before.product, servers: self.servers - before.servers }
    }

    fn rows(&self, figure: &mut Figure, bare: &Self) {
        figure.row(
            "cpu-product",
            Words::new("中心与代理的 CPU", "CPU of hub and agents"),
            Unit::Seconds,
            self.product,
        );
        figure
            .row(
                "cpu-servers",
                Words::new("API server 与 etcd 的 CPU", "CPU of API servers and etcd"),
                Unit::Seconds,
                self.servers,
            )
            .floor(bare.servers);
    }
}

fn figure(sizes: &Sizes, shape: &Shape, taken: Duration, requests: &[Entry], bare: &Bare) -> Figure {
    let (departments, workspaces, sites) = (number(shape.departments), sizes.workspaces, shape.sites.len());
    let created = number(requests.iter().filter(|entry| creates(entry)).count());
    let rate = created / taken.as_secs_f64();
    let bare_rate = number(bare.objects) / bare.taken.as_secs_f64();
    let mut figure = Figure::new(
        shape.name,
        format!("{departments} 个单位,各一个系统、{workspaces} 个业务空间,{sites} 个机房"),
        format!(
            "{departments} departments with a system and {workspaces} workspaces each, on {sites} site(s)"
        ),
    );
    figure
        .row("objects-per-second", Words::new("每秒对象", "objects of ours"), Unit::PerSecond, rate)
        .floor(bare_rate)
        .budget(Budget::AtLeast(PART_OF_FLOOR * bare_rate));
    figure
        .row("time", Words::new("至最后一个就绪", "to the last Ready"), Unit::Seconds, taken.as_secs_f64())
        .floor(bare.taken.as_secs_f64());
    figure
        .row(
            "objects-per-department",
            Words::new("每单位对象", "objects for a department"),
            Unit::Number,
            created / departments,
        )
        .floor(number(bare.objects) / departments);

    let counts = counted(requests);
    // The department, its system, budget and workspaces; for each site its grant, its allotment, and what the agent remembers.
    let custom = 3 + workspaces + 3 * sites;
    let total: usize = counts.values().sum();
    figure
        .row(
            "requests-per-department",
            Words::new("每单位请求", "requests for a department"),
            Unit::Number,
            number(total) / departments,
        )
        .budget(Budget::AtMost(created / departments + number(STATUS_WRITES * custom)));
    let reads: usize = counts.iter().filter(|((_, what), _)| is_read(what)).map(|(_, count)| count).sum();
    figure
        .row(
            "reads-per-department",
            Words::new("其中读取", "reads among them"),
            Unit::Number,
            number(reads) / departments,
        )
        // Some come with time; one for each department would be one for an object.
        .budget(Budget::AtMost(0.9));
    by_writer(&mut figure, &counts, departments);
    figure.note(
        "对象按审计日志中新建者计,不含人员提交的;下限为停用产品后八个客户端并行应用同样的对象;请求不含租约与令牌",
        "objects are those created by us in the audit logs, without what people file; the floor is eight clients that apply the same objects with the product stopped; requests without leases and tokens",
    );
    figure
}

/// One row for each of hub and agent and each thing that they did.
fn by_writer(figure: &mut Figure, counts: &BTreeMap<(Writer, String), usize>, departments: f64) {
    for ((writer, what), count) in counts {
        let who = writer.words();
        let words = Words::new(format!("每单位 {what},{}", who.zh), format!("{what}, {}", who.en));
        figure.row(format!("{writer}-{what}"), words, Unit::Number, number(*count) / departments);
    }
}

/// The objects of one department, applied for as many others by a bare loop while the product is stopped.
async fn bare(ground: &Ground, first: &Tenant, departments: usize) -> Result<Bare> {
    let planes: Vec<&ControlPlane> = ground.district.planes().collect();
    let template = Template::read(&planes, first).await?;
    let (mut namespaces, mut others) = (Vec::new(), Vec::new());
    for department in 1..=departments {
        let (own, rest) = template.copies(&format!("bare{department:04}"));
        namespaces.extend(own);
        others.extend(rest);
    }
    let objects = namespaces.len() + others.len();
    let looped = async {
        let before = Cpu::of_servers(ground)?;
        let first = floor::apply_all(&planes, namespaces).await?;
        let taken = first + floor::apply_all(&planes, others).await?;
        Ok(Bare { objects, taken, cpu: Cpu::of_servers(ground)?.since(&before) })
    };
    ground.without_product(looped).await
}

/// The objects of one department, applied for one other after another while the product is stopped: how long each took.
pub(super) async fn one_by_one(ground: &Ground, first: &Tenant, departments: usize) -> Result<Samples> {
    let planes: Vec<&ControlPlane> = ground.district.planes().collect();
    let template = Template::read(&planes, first).await?;
    let looped = async {
        let mut samples = Samples::default();
        for department in 1..=departments {
            let (namespaces, others) = template.copies(&format!("single{department:04}"));
            let first = floor::apply_all(&planes, namespaces).await?;
            samples.push(first + floor::apply_all(&planes, others).await?);
        }
        Ok(samples)
    };
    ground.without_product(looped).await
}

/// Everything of a department, by control plane.
struct Template {
    department: String,
    objects: Vec<(usize, ApiResource, DynamicObject)>,
}

impl Template {
    async fn read(planes: &[&ControlPlane], tenant: &Tenant) -> Result<Self> {
        let mut objects = Vec::new();
        for (number, plane) in planes.iter().enumerate() {
            let client = plane.admin()?;
            for (resource, object) in objects_of(&client, &tenant.name).await? {
                let namespace = object.namespace().filter(|namespace| !namespace.contains(&tenant.name));
                if let Some(namespace) = namespace {
                    floor::namespace(&client, &floor_of(&namespace)).await?;
                }
                objects.push((number, resource, object));
            }
        }
        ensure!(!objects.is_empty(), "{} has no objects to copy", tenant.name);
        Ok(Self { department: tenant.name.clone(), objects })
    }

    /// The same for another department: namespaces, and what stands in them.
    fn copies(&self, to: &str) -> (Vec<Job>, Vec<Job>) {
        let copies = self
            .objects
            .iter()
            .map(|(plane, resource, object)| copy(*plane, resource, object, &self.department, to));
        copies.partition(|job| job.resource.kind == "Namespace")
    }
}

/// Where a floor's objects stand instead of a namespace that is not the department's.
fn floor_of(namespace: &str) -> String {
    format!("{FLOOR}-{namespace}")
}

/// Everything of ours on a control plane that carries a department's name.
async fn objects_of(client: &Client, department: &str) -> Result<Vec<(ApiResource, DynamicObject)>> {
    let kept = KEPT.iter().map(|kind| ApiResource {
        group: kind.group.to_owned(),
        version: "v1".to_owned(),
        api_version: kind.api_version(),
        kind: kind.kind.to_owned(),
        plural: kind.plural.to_owned(),
    });
    let ours = [
        ApiResource::erase::<crds::EscrowLedger>(&()),
        ApiResource::erase::<crds::Allotment>(&()),
        ApiResource::erase::<crds::SiteBundle>(&()),
        ApiResource::erase::<crds::AppliedBundle>(&()),
    ];
    let mut found = Vec::new();
    for resource in kept.chain(ours) {
        let custom = resource.group == crds::SiteBundle::group(&());
        let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
        let all = ListParams::default();
        // Of other kinds Kubernetes makes objects in the same namespaces.
        let all = if custom { all } else { all.labels("app.kubernetes.io/managed-by=zhengyun") };
        let listed = match api.list(&all).await {
            // A site lacks the hub's kinds, and the hub the site's.
            Err(kube::Error::Api(status)) if status.code == 404 => continue,
            listed => listed.with_context(|| format!("list {}", resource.plural))?,
        };
        let named = |object: &DynamicObject| {
            object.name_any().contains(department)
                || object.namespace().is_some_and(|namespace| namespace.contains(department))
        };
        found.extend(listed.into_iter().filter(named).map(|object| (resource.clone(), object)));
    }
    Ok(found)
}

/// The same object for another department, in which nothing makes hub or agent take it for one of theirs.
fn copy(plane: usize, resource: &ApiResource, object: &DynamicObject, from: &str, to: &str) -> Job {
    let namespace = object.namespace().map(|namespace| {
        if namespace.contains(from) { namespace.replace(from, to) } else { floor_of(&namespace) }
    });
    let mut metadata = serde_json::json!({
        "name": object.name_any(), "namespace": namespace, "annotations": object.annotations(),
        "labels": object.labels().iter().map(|(key, value)| (key.replace("zhengyun", "bench"), value.clone())).collect::<BTreeMap<_, _>>(),
    });
    if let Some(labels) = metadata["labels"].as_object_mut() {
        labels.remove(crds::labels::MANAGED_BY);
    }
    let mut value = serde_json::to_value(&object.data).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("status");
        // The API server fills a namespace's own.
        fields.retain(|field, _| resource.kind != "Namespace" || field != "spec");
    }
    value["apiVersion"] = resource.api_version.clone().into();
    value["kind"] = resource.kind.clone().into();
    value["metadata"] = metadata;
    // The name stands everywhere: in orders, labels and subjects.
    let text = value.to_string().replace(from, to);
    let object: Value = serde_json::from_str(&text).unwrap_or_default();
    Job { plane, resource: resource.clone(), namespace, object, status: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_copy_is_the_same_for_another_department_and_nobodys() {
        let object: DynamicObject = serde_json::from_value(json!({
            "metadata": {
                "name": "roll0001", "namespace": "site-kaicheng", "uid": "u", "resourceVersion": "5",
                "labels": {"app.kubernetes.io/managed-by": "zhengyun", "zhengyun.io/set": "roll0001"}
            },
            "spec": {"set": "roll0001"},
            "status": {"phase": "Applied"}
        }))
        .unwrap();
        let resource = ApiResource::erase::<crds::SiteBundle>(&());
        let job = copy(0, &resource, &object, "roll0001", "bare0007");
        assert_eq!(job.namespace.as_deref(), Some("floor-roll-out-site-kaicheng"));
        assert_eq!(
            job.object,
            json!({
                "apiVersion": "zhengyun.io/v1alpha1", "kind": "SiteBundle",
                "metadata": {
                    "name": "bare0007", "namespace": "floor-roll-out-site-kaicheng", "annotations": {},
                    "labels": {"bench.io/set": "bare0007"}
                },
                "spec": {"set": "bare0007"}
            })
        );
    }
}
