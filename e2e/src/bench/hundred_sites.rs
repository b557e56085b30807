//! Many simulated sites and departments: when everything is ready, and what the hub takes for it.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use crds::{DataCenter, SiteBundle, SiteReport};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{ApiResource, ListParams};
use kube::{Api, Client, ResourceExt as _};
use plan::bundle::TERM_SET;
use plan::names::site_of;
use plan::report::shard_name;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::figure::{Budget, Figure, Unit, Words, number};
use super::floor::{self, Job};
use super::ground::Ground;
use super::load::{Tenant, load};
use super::memory::Resident;
use super::requests::{counted, creates, is_read};
use super::watched::Watched;
use super::{Name, Sizes, simulated};
use crate::audit::Entry;
use crate::district::register;
use crate::story::ready;

/// What the hub may take (DESIGN section 12).
const HUB_MIB: f64 = 300.0;
/// How many sites each department stands on.
const PLACES: usize = 2;
/// Where the floor's orders and reports stand.
const FLOOR: &str = "floor-hundred-sites";

pub(super) async fn measure(ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    let names: Vec<String> = (1..=sizes.sites).map(|number| format!("sim{number:03}")).collect();
    let mut sites = join(ground, &names).await?;
    let tenants: Vec<Tenant> = (0..sizes.spread).map(|number| tenant(number, &names)).collect();
    let marks = ground.district.marks().await?;
    let taken = tokio::select! {
        taken = load(ground.hub(), &tenants) => taken?,
        wrong = sites.join_next() => return Err(ended(wrong)),
    };
    ground.settle(sizes.quiet()).await?;
    let hub = Resident::of(ground.district.hub().product()?)?;
    let requests: Vec<Entry> =
        ground.requests_since(&marks).await?.into_iter().map(|(_, entry)| entry).collect();
    sites.shutdown().await;
    let writes = Writes::of(&requests);
    let bare = bare(ground, &names, &writes).await?;

    let placements = number(tenants.len() * PLACES.min(names.len()));
    let mut figure = Figure::new(
        Name::HundredSites,
        format!("{} 个模拟机房,{} 个单位各在 {PLACES} 处", names.len(), tenants.len()),
        format!("{} simulated sites, {} departments on {PLACES} each", names.len(), tenants.len()),
    );
    figure
        .row("time", Words::new("至全部就绪", "until all are ready"), Unit::Seconds, taken.as_secs_f64())
        .floor(bare.as_secs_f64());
    for (id, zh, en, kibibytes) in [
        ("hub-peak", "中心内存峰值", "hub memory, peak", hub.peak),
        ("hub-now", "中心内存", "hub memory, after", hub.now),
    ] {
        figure
            .row(id, Words::new(zh, en), Unit::Mebibytes, kibibytes / 1024.0)
            .budget(Budget::AtMost(HUB_MIB));
    }
    let mut row = |id: &str, zh: &str, en: &str, value: f64| {
        figure.row(id, Words::new(zh, en), Unit::Number, value);
    };
    row("bundle-writes", "指令写入", "orders written", number(writes.bundles));
    row("report-writes", "报告写入", "reports written", number(writes.reports));
    let created = number(requests.iter().filter(|entry| creates(entry)).count());
    row("objects", "我方新建对象", "objects created by us", created);
    let counts = counted(&requests);
    let total: usize = counts.values().sum();
    row("requests-per-placement", "每落点请求", "requests for a placement", number(total) / placements);
    let reads: usize = counts.iter().filter(|((_, what), _)| is_read(what)).map(|(_, count)| count).sum();
    row("reads", "其中读取", "reads among them, in all", number(reads));
    for ((writer, what), count) in &counts {
        let who = writer.words();
        let (zh, en) = (format!("{what},{}", who.zh), format!("{what}, {}", who.en));
        row(&format!("{writer}-{what}"), &zh, &en, number(*count));
    }
    figure.note(
        "下限为停用中心后八个客户端并行写同样多的指令和报告;模拟机房与中心共用本机处理器",
        "the floor is eight clients that write as many orders and reports with the hub stopped; the simulated sites share the machine's cores with the hub",
    );
    Ok(figure)
}

/// A department on two sites, so that every site gets as many.
fn tenant(number: usize, sites: &[String]) -> Tenant {
    let places: BTreeSet<&String> =
        (0..PLACES).map(|place| &sites[(number * PLACES + place) % sites.len()]).collect();
    Tenant {
        name: format!("many{:04}", number + 1),
        workspaces: 1,
        sites: places.into_iter().cloned().collect(),
    }
}

/// Registers the sites, gives each its credential, and waits until the hub hears all of them.
async fn join(ground: &Ground, names: &[String]) -> Result<JoinSet<Result<Infallible>>> {
    let hub = ground.hub();
    let admin = hub.admin()?;
    let mut reports = Watched::<SiteReport>::all(Api::all(admin.clone())).await?;
    let mut centers = Watched::<DataCenter>::all(Api::all(admin.clone())).await?;
    hub.apply(&register(names)).await?;
    let identity: Api<ConfigMap> = Api::namespaced(admin, crds::labels::SYSTEM_NAMESPACE);
    let identity = identity.get(crds::labels::IDENTITY).await.context("read the hub's id")?;
    let epoch = identity.data.and_then(|data| data.get(crds::labels::EPOCH).cloned());
    let epoch = epoch.context("the hub has no id")?;

    let mut sites = JoinSet::new();
    let mut missing: BTreeSet<String> = names.iter().cloned().collect();
    while !missing.is_empty() {
        // The report is the last thing that the hub makes for a site.
        let site =
            |report: &SiteReport| report.namespace().as_deref().and_then(site_of).map(|s| s.to_string());
        let (_, report) = reports
            .until("a simulated site has its place on the hub", |report| {
                site(report).is_some_and(|site| missing.contains(&site))
            })
            .await?;
        let site = site(&report).context("the site of a report")?;
        missing.remove(&site);
        let client = simulated::client(hub, &site, None).await?;
        sites.spawn(simulated::run(client, site, epoch.clone()));
    }
    let mut missing: BTreeSet<String> = names.iter().cloned().collect();
    while !missing.is_empty() {
        let what = format!("{} simulated sites are ready, such as {:?}", missing.len(), missing.first());
        let well = |center: &DataCenter| {
            ready(center).is_some_and(|(status, _)| status == "True") && missing.remove(&center.name_any())
        };
        tokio::select! {
            well = centers.until(&what, well) => well?,
            wrong = sites.join_next() => return Err(ended(wrong)),
        };
    }
    Ok(sites)
}

/// Why a simulated site is no more.
fn ended(site: Option<Result<Result<Infallible>, tokio::task::JoinError>>) -> anyhow::Error {
    match site {
        Some(Ok(Ok(never))) => match never {},
        Some(Ok(Err(error))) => error.context("a simulated site has ended"),
        Some(Err(error)) => anyhow::Error::new(error).context("a simulated site has ended"),
        None => anyhow::anyhow!("there are no simulated sites"),
    }
}

/// How many orders and reports were written.
struct Writes {
    bundles: usize,
    reports: usize,
}

impl Writes {
    fn of(requests: &[Entry]) -> Self {
        let of = |resource: &str| {
            let written = |entry: &&Entry| entry.resource == resource && entry.is_write() && entry.code < 300;
            requests.iter().filter(written).count()
        };
        Self { bundles: of("sitebundles"), reports: of("sitereports") }
    }
}

/// As many orders and reports written by a bare loop, like those of the first site, while the hub is stopped.
async fn bare(ground: &Ground, sites: &[String], writes: &Writes) -> Result<Duration> {
    let client = ground.hub().admin()?;
    floor::namespace(&client, FLOOR).await?;
    let (order, report) = examples(&client, sites).await?;
    let job = |resource: ApiResource, object: Value, status: bool| Job {
        plane: 0,
        resource,
        namespace: Some(FLOOR.to_owned()),
        object,
        status,
    };
    let bundle = |number: usize| {
        let mut object = order.clone();
        object["metadata"] = json!({"name": format!("bare{number:05}"), "namespace": FLOOR});
        job(ApiResource::erase::<SiteBundle>(&()), object, false)
    };
    let said = |number: usize, status: bool| {
        let mut object = report.clone();
        object["metadata"] = json!({"name": format!("bare{:03}", number % sites.len()), "namespace": FLOOR});
        // Something else each time, or nothing would be written.
        object["status"]["facts"]["namespaces"] = number.into();
        if !status {
            object["spec"] = json!({"shard": 0});
        }
        job(ApiResource::erase::<SiteReport>(&()), object, status)
    };
    let planes = [ground.hub()];
    ground
        .without_product(async {
            let empty = (0..sites.len()).map(|number| said(number, false));
            floor::apply_all(&planes, empty.collect()).await?;
            let bundles = (0..writes.bundles).map(bundle);
            let reports = (1..=writes.reports).map(|number| said(number, true));
            floor::apply_all(&planes, bundles.chain(reports).collect()).await
        })
        .await
}

/// An order and a report of the first site as they stand, for the floor to write again.
async fn examples(client: &Client, sites: &[String]) -> Result<(Value, Value)> {
    let namespace = format!("site-{}", sites.first().context("at least one site")?);
    let bundles: Api<SiteBundle> = Api::namespaced(client.clone(), &namespace);
    let told = bundles.list(&ListParams::default()).await.context("read orders")?;
    let Some(order) = told.into_iter().find(|bundle| bundle.spec.set != TERM_SET) else {
        bail!("{namespace} was told nothing");
    };
    let reports: Api<SiteReport> = Api::namespaced(client.clone(), &namespace);
    let report = reports.get(&shard_name(0)).await.context("read a report")?;
    let value = |object: serde_json::Result<Value>| object.context("write an example as JSON");
    Ok((value(serde_json::to_value(&order))?, value(serde_json::to_value(&report))?))
}
