//! Data centres: what a site needs on the hub, the term it is told, and how well it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{DataCenter, DataCenterStatus, Message, SiteReportStatus};
use plan::bundle::{Content, FORMAT, TERM_SET};
use plan::conditions::{Holds, READY, REGISTERED, find, set};
use plan::data_center::{Facts, Heard, ValidDataCenter, connected, count, hub_objects, ready, validate};
use plan::names::{SiteName, site_namespace};
use tracing::debug;

use super::context::{Context, Leadership};
use super::orders;
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// The condition that says whether a site is heard.
pub(crate) const CONNECTED: &str = "Connected";

/// One pass over a `DataCenter`.
pub(crate) async fn pass(
    context: Arc<Context>,
    leadership: Arc<Leadership>,
    _: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(data_center) = context.caches.data_centers.get("", &name) else {
        return Ok(Outcome::Skipped.into());
    };

    let all = context.caches.data_centers.all();
    let data_centers: BTreeMap<String, &DataCenter> =
        all.iter().map(|((_, name), dc)| (name.clone(), &**dc)).collect();
    let facts = Facts {
        data_centers: &data_centers,
        departments: context.caches.departments.all().into_iter().map(|((_, name), _)| name).collect(),
        foreign_namespace: context
            .objects
            .namespace(&format!("site-{name}"))
            .is_some_and(|namespace| !namespace.ours),
    };
    match validate(&data_center, &facts) {
        Ok(ValidDataCenter::Site(site)) => site_pass(&context, &leadership, &data_center, &site).await,
        Ok(ValidDataCenter::Inventory) => {
            say(&context, &data_center, Holds::True, &[Message::InventoryOnly {}]).await?;
            Ok(Outcome::Applied.into())
        }
        Err(findings) => {
            say(&context, &data_center, Holds::False, &findings).await?;
            Ok(Outcome::Applied.into())
        }
    }
}

async fn say(
    context: &Context,
    data_center: &DataCenter,
    holds: Holds,
    said: &[Message],
) -> Result<(), Error> {
    let mut status = data_center.status.clone().unwrap_or_default();
    for about in [REGISTERED, READY] {
        set(&mut status.conditions, about, holds, said, data_center.metadata.generation, context.clock.now());
    }
    context.status.cluster(&context.caches.data_centers, data_center, &status).await
}

async fn site_pass(
    context: &Context,
    leadership: &Leadership,
    data_center: &DataCenter,
    site: &SiteName,
) -> Result<Pass, Error> {
    let applied = context.objects.apply_all(&hub_objects(site)).await?;
    debug!(site = site.as_str(), changed = applied.changed, "the site's place on the hub stands");
    let term = Content { set: TERM_SET.into(), format_version: FORMAT, ..Content::default() };
    orders::tell_term(context, leadership, site, &term).await?;

    let namespace = site_namespace(site);
    let report = context.caches.report(&namespace);
    let report = report.as_ref().and_then(|report| report.status.as_ref());
    let heard = context.hearing.of(site, context.silence);
    update_status(context, data_center, site, report, heard).await?;
    // Silence is the one thing that no event tells of.
    let left = match heard {
        Heard::Ago(ago) => context.silence.saturating_sub(ago),
        Heard::NotYetKnown => context.silence,
    };
    let again = (!left.is_zero()).then_some(left);
    Ok(Pass { outcome: Outcome::Applied, again })
}

async fn update_status(
    context: &Context,
    data_center: &DataCenter,
    site: &SiteName,
    report: Option<&SiteReportStatus>,
    heard: Heard,
) -> Result<(), Error> {
    let (now, generation) = (context.clock.now(), data_center.metadata.generation);
    let mut status: DataCenterStatus = data_center.status.clone().unwrap_or_default();
    let told: BTreeMap<String, String> = context
        .caches
        .bundles
        .in_namespace(&site_namespace(site))
        .into_iter()
        .filter(|(_, bundle)| bundle.spec.shard.index == 0 && bundle.spec.set != TERM_SET)
        .map(|(_, bundle)| (bundle.spec.set.clone(), bundle.spec.order.digest.clone()))
        .collect();
    set(&mut status.conditions, REGISTERED, Holds::True, &[Message::Settled {}], generation, now);
    let counts = count(&told, report);
    status.sets = Some(counts);
    status.facts = report.map(|report| report.facts.clone());
    let contact = match connected(site, report, heard, context.silence) {
        Some((holds, said)) => {
            set(&mut status.conditions, CONNECTED, holds, std::slice::from_ref(&said), generation, now);
            Some((holds, said))
        }
        // A hub that was just started does not know yet: what was said before stands.
        None => find(&status.conditions, CONNECTED)
            .is_some_and(|before| before.status == "True")
            .then_some((Holds::True, Message::Settled {})),
    };
    if let Some(contact) = contact {
        let (holds, said) = ready(contact, counts, report);
        set(&mut status.conditions, READY, holds, &said, generation, now);
    }
    context.status.cluster(&context.caches.data_centers, data_center, &status).await
}
