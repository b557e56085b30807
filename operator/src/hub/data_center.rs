//! Data centres: what a site needs on the hub, the term it is told, and how well it is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crds::{DataCenter, DataCenterStatus, Message};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use plan::admittance::{AGENT, Standing, hub_objects};
use plan::bundle::{Content, FORMAT, TERM_SET};
use plan::conditions::{Holds, READY, REGISTERED, find, set};
use plan::data_center::{Facts, Heard, ValidDataCenter, connected, judge_sets, observed, ready, validate};
use plan::joining::{SOLE_CLUSTER, silence, sole};
use plan::names::{SiteName, site_namespace};
use plan::report::Said;
use plan::ruling;
use plan::trust::{self, KEYS_TRUSTED};
use tracing::debug;

use super::context::{Context, Leadership, persons, said};
use super::joining::{self, Joined};
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
    let namespace = site_namespace(site);
    let (reports, rulings) = (context.caches.reports(&namespace), context.caches.rulings(&namespace));
    let said = said(&reports);
    let standing = ruling::standing(&persons(&rulings));
    let shards = said.head().map_or(1, |head| head.shards);
    let applied = context.objects.apply_all(&hub_objects(site, standing, shards)).await?;
    debug!(site = site.as_str(), changed = applied.changed, "the site's place on the hub stands");
    if standing == Standing::Welcome {
        let term = Content { set: TERM_SET.into(), format_version: FORMAT, ..Content::default() };
        orders::tell_term(context, leadership, site, &term).await?;
    }

    let heard = context.hearing.of(site, context.silence);
    let joined = joining::joined(context, site);
    if standing == Standing::Welcome {
        joining::bind(context, site, &joined, heard).await?;
    }
    let of = Site { data_center, name: site, standing, epoch: &leadership.epoch, joined: &joined };
    update_status(context, &of, &said, heard).await?;
    // Silence and the end of a credential are what no event tells of.
    let until_silent = |heard| match heard {
        Heard::Ago(ago) => context.silence.saturating_sub(ago),
        Heard::NotYetKnown => context.silence,
    };
    let other = if joined.other.renewed.is_some() {
        until_silent(context.hearing.of_other(site, context.silence))
    } else {
        Duration::ZERO
    };
    let ends = joined.sign.ends.and_then(|ends| Duration::try_from(ends - context.clock.now()).ok());
    let again =
        [Some(until_silent(heard)), Some(other), ends].into_iter().flatten().filter(|left| !left.is_zero());
    Ok(Pass { outcome: Outcome::Applied, again: again.min() })
}

/// A data centre that is a site.
struct Site<'a> {
    data_center: &'a DataCenter,
    name: &'a SiteName,
    standing: Standing,
    epoch: &'a str,
    joined: &'a Joined,
}

async fn update_status(context: &Context, of: &Site<'_>, said: &Said<'_>, heard: Heard) -> Result<(), Error> {
    let Site { data_center, name: site, standing, epoch, joined } = of;
    let (now, generation) = (context.clock.now(), data_center.metadata.generation);
    let mut status: DataCenterStatus = data_center.status.clone().unwrap_or_default();
    set(&mut status.conditions, REGISTERED, Holds::True, &[Message::Settled {}], generation, now);
    let (counts, details) = judge_sets(&context.caches.told(&site_namespace(site), &context.held), said);
    status.sets = Some(counts);
    status.details = details;
    status.facts = said.head().map(|head| head.facts.clone());
    note_keys(context, of, said, &mut status);
    let rivals = note_rivals(context, of, &mut status);
    let abandoned = || (Holds::False, Message::SiteAbandoned { site: site.to_string() });
    let why_silent = silence(site, joined.account(), &joined.sign, now);
    let contact = match (standing, connected(site, said, heard, context.silence, why_silent)) {
        (Standing::Abandoned, _) => Some(abandoned()),
        (Standing::Welcome, Some(contact)) => Some(contact),
        // A hub that was just started does not know yet: what was said before stands.
        (Standing::Welcome, None) => find(&status.conditions, CONNECTED)
            .is_some_and(|before| before.status == "True")
            .then_some((Holds::True, Message::Settled {})),
    };
    if let Some((holds, said_of_contact)) = contact {
        let words = std::slice::from_ref(&said_of_contact);
        set(&mut status.conditions, CONNECTED, holds, words, generation, now);
        status.last_contact = if holds == Holds::Unknown { last_contact(context, site) } else { None };
        let head = said.head();
        let (holds, words) = match head.filter(|head| head.epoch != **epoch) {
            Some(_) if *standing == Standing::Welcome => {
                (Holds::False, vec![Message::SiteOtherEpoch { site: site.to_string() }])
            }
            _ => {
                let facts = head.map(|head| head.facts.clone()).unwrap_or_default();
                let observing = observed(site, data_center.spec.observe, &facts);
                let nodes = facts.ready_nodes;
                observing.filter(|_| holds == Holds::True).map_or_else(
                    || ready((holds, said_of_contact), counts, nodes),
                    |(holds, said)| (holds, vec![said]),
                )
            }
        };
        let (holds, words) = beside(site, joined, rivals, (holds, words));
        set(&mut status.conditions, READY, holds, &words, generation, now);
    }
    context.status.cluster(&context.caches.data_centers, data_center, &status).await
}

/// Says with which keys the site is believed to sign tokens, and whether it signs with others.
fn note_keys(context: &Context, of: &Site<'_>, said: &Said<'_>, status: &mut DataCenterStatus) {
    let Some(signs) = said.head().and_then(|head| head.issuer.as_ref()) else { return };
    let rulings = context.caches.rulings(&site_namespace(of.name));
    status.issuer = trust::believed(status.issuer.as_ref(), Some(signs), &persons(&rulings));
    let (holds, words) = if status.issuer.as_ref() == Some(signs) {
        (Holds::True, Message::Settled {})
    } else {
        let (site, fingerprint) = (of.name.to_string(), trust::fingerprint(signs));
        (Holds::False, Message::KeysChanged { site, fingerprint })
    };
    let (generation, now) = (of.data_center.metadata.generation, context.clock.now());
    set(&mut status.conditions, KEYS_TRUSTED, holds, &[words], generation, now);
}

/// Says whether another cluster asks under the site's name; returns what is to be said of it.
fn note_rivals(context: &Context, of: &Site<'_>, status: &mut DataCenterStatus) -> Option<Message> {
    let (joined, now) = (of.joined, context.clock.now());
    let heard = context.hearing.of_other(of.name, context.silence);
    let known = find(&status.conditions, SOLE_CLUSTER).is_some_and(|before| before.status == "False");
    let said = match sole(of.name, &joined.other, heard, context.silence)
        .filter(|_| joined.other.renewed.is_some())
    {
        Some(said) => said,
        // A hub that was just started does not know yet: what was said before stands.
        None => sole(of.name, &joined.other, Heard::Ago(Duration::ZERO), context.silence)
            .flatten()
            .filter(|_| known),
    };
    if said.is_some() || known {
        let holds = if said.is_some() { Holds::False } else { Holds::True };
        let words = said.clone().unwrap_or(Message::Settled {});
        set(&mut status.conditions, SOLE_CLUSTER, holds, &[words], of.data_center.metadata.generation, now);
    }
    said
}

/// What a site lacks, and that another cluster asks under its name, stand beside whatever else is said of it.
fn beside(
    site: &SiteName,
    joined: &Joined,
    rivals: Option<Message>,
    (mut holds, mut words): (Holds, Vec<Message>),
) -> (Holds, Vec<Message>) {
    let lacks = joined.sign.lacks.clone().filter(|_| holds != Holds::Unknown);
    let lacks = lacks.map(|what| Message::SiteLacks { site: site.to_string(), what });
    for said in [lacks, rivals].into_iter().flatten() {
        if holds == Holds::True {
            (holds, words) = (Holds::False, Vec::new());
        }
        words.push(said);
    }
    (holds, words)
}

/// The last sign of life of a site, by its own clock.
pub(super) fn last_contact(context: &Context, site: &SiteName) -> Option<MicroTime> {
    context.caches.leases.get(&site_namespace(site), AGENT)?.spec.as_ref()?.renew_time.clone()
}
