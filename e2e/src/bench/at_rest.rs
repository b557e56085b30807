//! What a site that has nothing to do costs its link and the hub.

use std::time::Duration;

use anyhow::{Context as _, Result};
use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;
use kube::api::{Patch, PatchParams};
use plan::admittance::AGENT;
use serde_json::json;

use super::figure::{Budget, Figure, Unit, Words, number};
use super::ground::{Ground, SITE};
use super::requests::Writer;
use super::simulated::{self, HEARTBEAT};
use super::watched::Watched;
use super::{Name, Sizes};
use crate::audit::Entry;
use crate::proxy::Proxy;

/// A port of the hub's address beside those of the sites' links.
const BARE_LINK_PORT: u16 = 16999;
/// Renewals that the floor is measured with.
const RENEWALS: u32 = 10;

/// What went over the link and was asked of the hub in a time.
struct Traffic {
    up: u64,
    down: u64,
    requests: Vec<Entry>,
    writes: usize,
}

pub(super) async fn measure(ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    ground.stand(sizes.pool).await?;
    ground.settle(sizes.quiet()).await?;
    let window = Duration::from_secs(sizes.rest_seconds);
    let traffic = rest(ground, window).await?;
    let (bare_up, bare_down) = bare_renewals(ground).await?;
    let placements = ground.placements().await?;

    let seconds = window.as_secs_f64();
    let hourly = 3600.0 / seconds;
    let renewals_hourly = 3600.0 / HEARTBEAT.as_secs_f64();
    let mut figure = Figure::new(
        Name::AtRest,
        format!("一个静止的机房({placements} 个落点)每小时,由 {seconds} 秒折算"),
        format!("one site at rest ({placements} placements), per hour, scaled from {seconds} s"),
    );
    for (id, zh, en, bytes, bare) in [
        ("bytes-up", "机房发往中心", "site to hub", traffic.up, bare_up),
        ("bytes-down", "中心发往机房", "hub to site", traffic.down, bare_down),
    ] {
        figure
            .row(id, Words::new(zh, en), Unit::KibibytesPerHour, number(bytes) * hourly / 1024.0)
            .floor(bare * renewals_hourly / 1024.0);
    }
    let leases = traffic.requests.iter().filter(|entry| entry.resource == "leases").count();
    figure
        .row(
            "lease-requests",
            Words::new("续租请求", "renewals of the lease"),
            Unit::PerHour,
            number(leases) * hourly,
        )
        .floor(renewals_hourly);
    figure.row(
        "other-requests",
        Words::new("其他请求(含到期的监视)", "other requests (watches that ended among them)"),
        Unit::PerHour,
        number(traffic.requests.len() - leases) * hourly,
    );
    figure
        .row(
            "writes",
            Words::new("全区写入(租约与令牌除外)", "writes of the whole district but leases and tokens"),
            Unit::Number,
            number(traffic.writes),
        )
        .budget(Budget::AtMost(0.0));
    figure.note(
        "写入为时段内的次数,不折算;监视每 180 秒重开一次,短时段内可有可无;下限为裸客户端每 10 秒续租一次",
        "writes are those of the window, not scaled; watches begin anew every 180 s, which a short window may miss; the floor is a bare client that renews a lease every 10 s",
    );
    Ok(figure)
}

async fn rest(ground: &Ground, window: Duration) -> Result<Traffic> {
    let link = ground.site()?.link()?;
    between_renewals(ground).await?;
    let marks = ground.district.marks().await?;
    let before = (link.bytes_up(), link.bytes_down());
    // The window that is measured.
    tokio::time::sleep(window).await;
    let (up, down) = (link.bytes_up() - before.0, link.bytes_down() - before.1);
    let all = ground.requests_since(&marks).await?.into_iter().map(|(_, entry)| entry);
    let all: Vec<Entry> = all.collect();
    let written = all.iter().filter(|entry| entry.is_write());
    let writes = written.inspect(|entry| eprintln!("written at rest: {entry}")).count();
    let requests = all.into_iter().filter(|entry| Writer::of(entry) == Some(Writer::Link)).collect();
    Ok(Traffic { up, down, requests, writes })
}

/// Waits until half-way between two renewals, so that a window of whole intervals holds as many renewals as it has intervals.
async fn between_renewals(ground: &Ground) -> Result<()> {
    let leases: Api<Lease> = Api::namespaced(ground.hub().admin()?, &format!("site-{SITE}"));
    let renewed = |lease: &Lease| lease.spec.as_ref().and_then(|spec| spec.renew_time.clone());
    let mut watched = Watched::one(leases, AGENT).await?;
    let (_, stands) = watched.until("the site has a lease", |_| true).await?;
    watched.until("a renewal", |lease| renewed(lease) > renewed(&stands)).await?;
    tokio::time::sleep(HEARTBEAT / 2).await;
    Ok(())
}

/// Bytes of one renewal of a lease by a client that does nothing else, up and down.
async fn bare_renewals(ground: &Ground) -> Result<(f64, f64)> {
    let target = ground.hub().server_address();
    let mut listen = target;
    listen.set_port(BARE_LINK_PORT);
    let link = Proxy::start(listen, target)?;
    let client = simulated::client(ground.hub(), SITE, Some(link.address())).await?;
    let leases: Api<Lease> = Api::namespaced(client, &format!("site-{SITE}"));
    let renew = async || {
        let patch = json!({"spec": {"renewTime": simulated::now()}});
        leases.patch(AGENT, &PatchParams::default(), &Patch::Merge(&patch)).await.context("renew a lease")
    };
    // The first one also opens the connection.
    renew().await?;
    let before = (link.bytes_up(), link.bytes_down());
    for _ in 0..RENEWALS {
        renew().await?;
    }
    let each = |after: u64, before: u64| number(after - before) / f64::from(RENEWALS);
    Ok((each(link.bytes_up(), before.0), each(link.bytes_down(), before.1)))
}
