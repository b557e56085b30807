//! One set of orders: judged, remembered, put in force.

use std::sync::Arc;

use crds::{AppliedBundleStatus, AppliedObject, Message, Order, SetPhase, SiteBundle, SiteBundleSpec};
use k8s_openapi::jiff::Timestamp;
use plan::access;
use plan::bundle::{Content, TERM_SET, shard_name};
use plan::conditions::{Holds, READY, set as say};
use plan::lending::Lent;
use plan::names::site_namespace;
use plan::order::{Answer, accept};
use plan::site::{quotas, understood, wanted, with_quotas};
use plan::until::left;

use super::context::Context;
use super::enforce::{Enforced, Known, State, enforce};
use super::memory::{self, Remembered};
use super::{burial, cluster, lending};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over a set.
pub(super) async fn pass(context: Arc<Context>, set: String) -> Result<Pass, Error> {
    let speaks = cluster::may_speak(&context);
    // Before the hub has said whether it follows this cluster, nothing new is taken; what is remembered is kept in any case.
    let told = if speaks == Some(true) { told(&context, &set) } else { Vec::new() };
    let verdict = if speaks == Some(false) {
        let said = Message::NotThisCluster { site: context.site.to_string() };
        memory::order(&context, &set).is_some().then_some((SetPhase::Blocked, said))
    } else if set == TERM_SET {
        take_term(&context, &told).await?
    } else if context.observes {
        Some((SetPhase::Blocked, Message::ObserveOnly { set: set.clone() }))
            .filter(|_| !told.is_empty() || memory::order(&context, &set).is_some())
    } else {
        take_order(&context, &set, &told).await?
    };
    context.verdicts.set(&set, verdict);
    let nothing_to_keep = set == TERM_SET || context.observes;
    let pass = if nothing_to_keep { Outcome::Applied.into() } else { keep(&context, &set).await? };
    super::report::touch(&context);
    Ok(pass)
}

/// The shards of a set as the hub tells it, the first one first.
fn told(context: &Context, set: &str) -> Vec<Arc<SiteBundle>> {
    let at = |name: &str| context.bundles.get(&site_namespace(&context.site), name);
    let Some(first) = at(set) else { return Vec::new() };
    let digest = &first.spec.order.digest;
    let names = (1..first.spec.shard.count).map(|index| shard_name(set, digest, index));
    let rest: Vec<_> = names.filter_map(|name| at(&name)).collect();
    std::iter::once(first).chain(rest).collect()
}

/// Remembers a newer term.
async fn take_term(
    context: &Context,
    told: &[Arc<SiteBundle>],
) -> Result<Option<(SetPhase, Message)>, Error> {
    let Some(told) = told.first().map(|first| &first.spec) else { return Ok(None) };
    let epoch = context.epoch.get();
    if told.order.epoch != epoch {
        let said = Message::OtherEpoch { set: TERM_SET.into(), epoch: told.order.epoch.clone() };
        return Ok(Some((SetPhase::Quarantined, said)));
    }
    let newer = match memory::order(context, TERM_SET) {
        // What another hub told before is past, whatever it counted.
        Some(known) => known.epoch != epoch || told.order.term.number > known.term.number,
        None => true,
    };
    if newer {
        memory::remember(context, TERM_SET, &[told], None).await?;
        // An order of the new term may have come before the term itself.
        for set in memory::sets(context) {
            context.sets.add((String::new(), set));
        }
    }
    Ok(None)
}

/// Accepts an order that follows and is understood; says why not otherwise.
async fn take_order(
    context: &Context,
    set: &str,
    told: &[Arc<SiteBundle>],
) -> Result<Option<(SetPhase, Message)>, Error> {
    let Some(newest) = told.first().map(|first| &first.spec) else { return Ok(None) };
    if memory::order(context, set).as_ref() == Some(&newest.order) && memory::is_whole(context, set) {
        return Ok(None);
    }
    let shards: Vec<&SiteBundleSpec> = told.iter().map(|shard| &shard.spec).collect();
    let content = match Content::assemble(&shards) {
        Ok(content) => content,
        Err((have, want)) => {
            let said =
                Message::ShardsMissing { set: set.into(), have: have.to_string(), want: want.to_string() };
            return Ok(Some((SetPhase::Blocked, said)));
        }
    };
    // First of all: what a newer hub says may not have the digest that this version would make of it.
    if let Err(said) = understood(&content) {
        return Ok(Some((SetPhase::Blocked, said)));
    }
    let held = memory::order(context, set);
    let torn = held.is_some() && !memory::is_whole(context, set);
    let epoch = context.epoch.get();
    match accept(set, held.as_ref(), memory::newest_term(context).as_ref(), &epoch, &newest.order) {
        // A part of the memory was lost: the same order is taken again.
        Answer::Held if torn => {}
        Answer::Held | Answer::Stale => return Ok(None),
        Answer::Quarantine(said) => return Ok(Some((SetPhase::Quarantined, said))),
        Answer::Accept => {}
    }
    let sealed = content.seal(newest.order.clone());
    let sealed = sealed.map_err(|source| Error::Convert { what: format!("the set {set}"), source })?;
    if sealed.digest != newest.order.digest {
        return Ok(Some((SetPhase::Quarantined, Message::DigestMismatch { set: set.into() })));
    }
    // What is not understood is not accepted: the order before it stays in force.
    if let Err(said) = wanted(&content) {
        return Ok(Some((SetPhase::Blocked, said)));
    }
    // In one write with the order: what it cuts is told to the namespaces from now on.
    let before = memory::first(context, set).and_then(|first| first.spec.ledger.clone());
    let lent = lending::decide(context, &before.clone().unwrap_or_default(), &content);
    memory::remember(context, set, &shards, lent.map(|lent| lent.ledger).or(before)).await?;
    Ok(None)
}

/// Puts in force what is remembered, hub or no hub.
async fn keep(context: &Context, set: &str) -> Result<Pass, Error> {
    let Some(Remembered { object, order, content }) = memory::recall(context, set) else {
        return Ok(Outcome::Skipped.into());
    };
    let mut status: AppliedBundleStatus = object.status.clone().unwrap_or_default();
    let settled = status.applied.as_ref() == Some(&order);
    let now = context.clock.now();
    let mut changes = None;
    let enforced = match content.as_ref().map(|content| (content, wanted(content))) {
        Some((content, Ok(wanted))) => {
            let lent = lending::record(context, set, &object, content).await?;
            let mut before = quotas(content, &lent.as_ref().map(Lent::before).unwrap_or_default());
            let (lots, waits) = lent.map(|lent| (lent.lots, lent.waits)).unwrap_or_default();
            let mut wanted = with_quotas(wanted, content, &lots);
            // By this site's own clock, whatever it hears: who was let in for hours goes when they are over.
            let (ended, next) = access::close(&mut wanted, now);
            changes = next;
            before.extend(ended);
            let known = Known { settled, objects: &status.objects, before: &before };
            let mut enforced = enforce(context, set, &wanted, &known).await?.waiting_for(waits);
            enforced.tombstones = burial::bury_all(context, content, &order).await?;
            enforced
        }
        Some((_, Err(said))) => Enforced::blocked(said),
        None => {
            let (have, want) = ("0".to_owned(), object.spec.accepted.shard.count.to_string());
            Enforced::blocked(Message::ShardsMissing { set: set.into(), have, want })
        }
    };
    let changes = changes.map(|next| left(next, now));
    let again = [enforced.again(), enforced.tombstones.again, changes].into_iter().flatten().min();
    let outcome = note(&mut status, enforced, order, object.metadata.generation, now);
    memory::note(context, set, &status).await?;
    Ok(Pass { outcome, again })
}

/// Says in the memory what became of the order.
fn note(
    status: &mut AppliedBundleStatus,
    enforced: Enforced,
    order: Order,
    generation: Option<i64>,
    now: Timestamp,
) -> Outcome {
    let Enforced { state, standing, drift, tombstones } = enforced;
    status.tombstones = tombstones.outcomes;
    for one in drift {
        status.drift.retain(|known| known.namespace != one.namespace);
        status.drift.push(one);
    }
    let mut not_yet = |phase, said: Message| {
        let what = said.to_string();
        say(&mut status.conditions, READY, Holds::False, &[said], generation, now);
        status.phase = Some(phase);
        Outcome::Waiting(what)
    };
    match state {
        State::InForce => {
            let said = Message::OrderApplied { objects: standing.len().to_string() };
            say(&mut status.conditions, READY, Holds::True, &[said], generation, now);
            (status.phase, status.applied, status.objects) = (Some(SetPhase::Applied), Some(order), standing);
            Outcome::Applied
        }
        State::Waiting(said) => not_yet(SetPhase::Accepted, said),
        State::Blocked(said) => {
            let outcome = not_yet(SetPhase::Blocked, said);
            status.objects = merged(std::mem::take(&mut status.objects), standing);
            outcome
        }
        State::Contested(said, _) => {
            let outcome = not_yet(SetPhase::Contested, said);
            status.objects = merged(std::mem::take(&mut status.objects), standing);
            outcome
        }
    }
}

/// What stands now, and what stood before and was not looked at.
fn merged(before: Vec<AppliedObject>, now: Vec<AppliedObject>) -> Vec<AppliedObject> {
    let same = |a: &AppliedObject, b: &AppliedObject| {
        (&a.kind, &a.namespace, &a.name) == (&b.kind, &b.namespace, &b.name)
    };
    let mut all: Vec<AppliedObject> =
        before.into_iter().filter(|old| !now.iter().any(|new| same(old, new))).collect();
    all.extend(now);
    all.sort();
    all
}
