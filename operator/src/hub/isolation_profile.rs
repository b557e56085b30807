//! How departments are fenced in.

use std::sync::Arc;

use crds::{IsolationProfileStatus, Message};
use plan::conditions::{Holds, READY, set};
use plan::quantity::{Mebibytes, MilliCpu};

use super::context::{Context, Leadership};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over an `IsolationProfile`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    _: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(profile) = context.caches.profiles.get("", &name) else { return Ok(Outcome::Skipped.into()) };

    let defaults = &profile.spec.container_defaults;
    let zero = MilliCpu::parse(&defaults.cpu).map_or(true, |cpu| cpu.0 == 0)
        || Mebibytes::parse(&defaults.memory).map_or(true, |memory| memory.0 == 0);
    let mut said: Vec<Message> = if zero { vec![Message::ShareEmpty {}] } else { Vec::new() };
    said.extend(plan::isolation::check(&profile.spec));
    let holds = if said.is_empty() { Holds::True } else { Holds::False };
    if said.is_empty() {
        said.push(Message::Settled {});
    }

    let mut status: IsolationProfileStatus = profile.status.clone().unwrap_or_default();
    set(&mut status.conditions, READY, holds, &said, profile.metadata.generation, context.clock.now());
    context.status.cluster(&context.caches.profiles, &profile, &status).await?;
    Ok(Outcome::Applied.into())
}
