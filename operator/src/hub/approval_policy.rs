//! Who must agree to what: whether the policy can be followed.

use std::sync::Arc;

use crds::{ApprovalPolicyStatus, Message};
use plan::conditions::{Holds, READY, set};
use plan::request::policy::validate;

use super::context::{Context, Leadership};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over an `ApprovalPolicy`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    _: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(policy) = context.caches.policies.get("", &name) else { return Ok(Outcome::Skipped.into()) };
    let (holds, said) = match validate(&policy.spec) {
        Ok(()) => (Holds::True, vec![Message::Settled {}]),
        Err(findings) => (Holds::False, findings),
    };
    let mut status: ApprovalPolicyStatus = policy.status.clone().unwrap_or_default();
    set(&mut status.conditions, READY, holds, &said, policy.metadata.generation, context.clock.now());
    context.status.cluster(&context.caches.policies, &policy, &status).await?;
    Ok(Outcome::Applied.into())
}
