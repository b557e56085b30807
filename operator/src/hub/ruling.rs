//! Rulings: what became of what persons decided about a site. They are carried out where orders are told.

use std::sync::Arc;

use crds::{Message, RecordedAct};
use kube::ResourceExt;
use plan::conditions::{Holds, READY, find, set};
use plan::records::Act;
use plan::ruling::judge;

use super::context::{Context, Leadership, said};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over a `Ruling`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    namespace: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(ruling) = context.caches.rulings.get(&namespace, &name) else {
        return Ok(Outcome::Skipped.into());
    };
    let mut status = ruling.status.clone().unwrap_or_default();
    let before = find(&status.conditions, READY);
    let generation = ruling.metadata.generation;
    if before.is_some_and(|ready| ready.status == "True" && ready.observed_generation == generation) {
        // What was carried out stays so: the orders that it named are past by now.
        return Ok(Outcome::Applied.into());
    }
    let reports = context.caches.reports(&namespace);
    let (holds, said): (Holds, Message) =
        judge(&ruling, &context.caches.told(&namespace, &context.held), &said(&reports));
    if holds == Holds::True {
        let spec = &ruling.spec;
        let seconded = spec.approval.as_ref().map(|approval| format!(" / {}", approval.by));
        let act = Act {
            by: format!("{}{}", spec.by, seconded.unwrap_or_default()),
            act: RecordedAct::RulingCarriedOut,
            object: ("Ruling", namespace.clone(), name.clone()),
            uid: ruling.uid().unwrap_or_default(),
            text: format!("{said}; {}", spec.reason),
        };
        context.records.append(&act).await?;
    }
    set(&mut status.conditions, READY, holds, &[said], generation, context.clock.now());
    context.status.namespaced(&context.caches.rulings, &ruling, &status).await?;
    Ok(Outcome::Applied.into())
}
