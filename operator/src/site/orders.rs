//! One set of orders: judged, remembered, put in force.

use std::sync::Arc;
use std::time::Duration;

use crds::{AppliedBundleStatus, AppliedObject, Message, SetPhase, SiteBundleSpec};
use plan::bundle::{Content, TERM_SET};
use plan::conditions::{Holds, READY, set as say};
use plan::order::{Answer, accept};
use plan::site::wanted;

use super::context::Context;
use super::enforce::{Enforced, enforce};
use super::memory::{self, Remembered};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// When a set that the site does not take is tried again: what is in its way may be taken away without an event of ours.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// One pass over a set.
pub(super) async fn pass(context: Arc<Context>, set: String) -> Result<Pass, Error> {
    let told = told(&context, &set);
    let verdict = if set == TERM_SET {
        take_term(&context, &told).await?
    } else {
        take_order(&context, &set, &told).await?
    };
    context.verdicts.set(&set, verdict);
    let pass = if set == TERM_SET { Outcome::Applied.into() } else { keep(&context, &set).await? };
    super::report::touch(&context);
    Ok(pass)
}

/// The shards of a set as the hub tells it.
fn told(context: &Context, set: &str) -> Vec<SiteBundleSpec> {
    let all = context.bundles.all().into_iter().map(|(_, bundle)| bundle.spec.clone());
    all.filter(|spec| spec.set == set).collect()
}

/// Remembers a newer term.
async fn take_term(context: &Context, told: &[SiteBundleSpec]) -> Result<Option<(SetPhase, Message)>, Error> {
    let Some(told) = told.first() else { return Ok(None) };
    if told.order.epoch != context.epoch {
        let said = Message::OtherEpoch { set: TERM_SET.into(), epoch: told.order.epoch.clone() };
        return Ok(Some((SetPhase::Quarantined, said)));
    }
    let newer = match memory::recall(context, TERM_SET) {
        Some(known) => told.order.term.number > known.order.term.number,
        None => true,
    };
    if newer {
        memory::remember(context, TERM_SET, std::slice::from_ref(told)).await?;
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
    told: &[SiteBundleSpec],
) -> Result<Option<(SetPhase, Message)>, Error> {
    let Some(newest) = told.iter().find(|shard| shard.shard.index == 0) else { return Ok(None) };
    let content = match Content::assemble(&told.iter().collect::<Vec<_>>()) {
        Ok(content) => content,
        Err((have, want)) => {
            let said =
                Message::ShardsMissing { set: set.into(), have: have.to_string(), want: want.to_string() };
            return Ok(Some((SetPhase::Blocked, said)));
        }
    };
    let held = memory::recall(context, set);
    let torn = held.as_ref().is_some_and(|held| held.content.is_none());
    let held = held.map(|held| held.order);
    match accept(set, held.as_ref(), memory::newest_term(context).as_ref(), &context.epoch, &newest.order) {
        // A part of the memory was lost: the same order is taken again.
        Answer::Held if torn => {}
        Answer::Held | Answer::Stale => return Ok(None),
        Answer::Quarantine(said) => return Ok(Some((SetPhase::Quarantined, said))),
        Answer::Accept => {}
    }
    let digest =
        content.digest().map_err(|source| Error::Convert { what: format!("the set {set}"), source })?;
    if digest != newest.order.digest {
        return Ok(Some((SetPhase::Quarantined, Message::DigestMismatch { set: set.into() })));
    }
    // What is not understood is not accepted: the order before it stays in force.
    if let Err(said) = wanted(&content) {
        return Ok(Some((SetPhase::Blocked, said)));
    }
    let order = &newest.order;
    let shards: Vec<SiteBundleSpec> =
        told.iter().filter(|shard| shard.order.digest == order.digest).cloned().collect();
    memory::remember(context, set, &shards).await?;
    Ok(None)
}

/// Puts in force what is remembered, hub or no hub.
async fn keep(context: &Context, set: &str) -> Result<Pass, Error> {
    let Some(Remembered { object, order, content }) = memory::recall(context, set) else {
        return Ok(Outcome::Skipped.into());
    };
    let generation = object.metadata.generation;
    let mut status: AppliedBundleStatus = object.status.clone().unwrap_or_default();
    let enforced = match content.as_ref().map(wanted) {
        Some(Ok(wanted)) => enforce(context, set, &wanted, &status.objects).await?,
        Some(Err(said)) => Enforced::Blocked(said, status.objects.clone()),
        None => {
            let (have, want) = ("0".to_owned(), object.spec.accepted.shard.count.to_string());
            Enforced::Blocked(Message::ShardsMissing { set: set.into(), have, want }, status.objects.clone())
        }
    };
    let now = context.clock.now();
    let outcome = match enforced {
        Enforced::InForce(objects) => {
            let said = Message::OrderApplied { objects: objects.len().to_string() };
            say(&mut status.conditions, READY, Holds::True, &[said], generation, now);
            (status.phase, status.applied, status.objects) = (Some(SetPhase::Applied), Some(order), objects);
            Outcome::Applied
        }
        Enforced::Waiting(said) => {
            let what = said.to_string();
            say(&mut status.conditions, READY, Holds::False, &[said], generation, now);
            status.phase = Some(SetPhase::Accepted);
            Outcome::Waiting(what)
        }
        Enforced::Blocked(said, objects) => {
            let what = said.to_string();
            say(&mut status.conditions, READY, Holds::False, &[said], generation, now);
            (status.phase, status.objects) = (Some(SetPhase::Blocked), merged(status.objects, objects));
            Outcome::Waiting(what)
        }
    };
    let again = matches!(status.phase, Some(SetPhase::Blocked)).then_some(LOOK_AGAIN);
    memory::note(context, set, &status).await?;
    Ok(Pass { outcome, again })
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
