//! The register of information systems.

use std::sync::Arc;

use crds::{Message, SystemStatus};
use plan::conditions::{Holds, READY, readiness, set};
use plan::names::department_of;
use plan::system::{Facts, validate};

use super::context::{Context, Leadership};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over a `System`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    namespace: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(system) = context.caches.systems.get(&namespace, &name) else {
        return Ok(Outcome::Skipped.into());
    };

    let facts = dereference(&context, &namespace);
    let (holds, said): (Holds, Vec<Message>) = match validate(&system, &facts) {
        Ok(hints) => (Holds::True, std::iter::once(Message::SystemRegistered {}).chain(hints).collect()),
        Err(findings) => (Holds::False, findings),
    };

    let mut status: SystemStatus = system.status.clone().unwrap_or_default();
    set(&mut status.conditions, READY, holds, &said, system.metadata.generation, context.clock.now());
    context.status.namespaced(&context.caches.systems, &system, &status).await?;
    Ok(Outcome::Applied.into())
}

fn dereference(context: &Context, namespace: &str) -> Facts {
    let department =
        department_of(namespace).and_then(|name| context.caches.departments.get("", name.as_str()));
    let ready = department.map(|department| {
        let conditions =
            department.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
        readiness(conditions, department.metadata.generation)
    });
    Facts { department: ready }
}
