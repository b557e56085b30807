//! Budgets and grants of a department: what they say of themselves. What they come to is decided in `plan::budget`; it is lent by
//! `lending`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{Budget, Grant};
use plan::budget::{Facts, Judged, day, judge, until_tomorrow};
use plan::conditions::{READY, set};
use plan::data_center::is_live;
use plan::names::{DepartmentName, department_namespace};

use super::context::{Context, Leadership};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over all budgets and grants of one department.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    _: String,
    name: String,
) -> Result<Pass, Error> {
    let Ok(department) = DepartmentName::parse(&name) else { return Ok(Outcome::Skipped.into()) };
    let judged = judged(&context, &department);
    let namespace = department_namespace(&department);
    let now = context.clock.now();
    for (name, (holds, said)) in judged.budgets {
        let Some(budget) = context.caches.budgets.get(&namespace, &name) else { continue };
        let mut status = budget.status.clone().unwrap_or_default();
        set(&mut status.conditions, READY, holds, &[said], budget.metadata.generation, now);
        context.status.namespaced(&context.caches.budgets, &budget, &status).await?;
    }
    for (name, (holds, said, in_force)) in judged.grants {
        let Some(grant) = context.caches.grants.get(&namespace, &name) else { continue };
        let mut status = grant.status.clone().unwrap_or_default();
        status.in_force = in_force;
        set(&mut status.conditions, READY, holds, &[said], grant.metadata.generation, now);
        context.status.namespaced(&context.caches.grants, &grant, &status).await?;
    }
    Ok(Pass { outcome: Outcome::Applied, again: Some(until_tomorrow(now)) })
}

/// What the budgets and grants of a department come to today.
pub(super) fn judged(context: &Context, department: &DepartmentName) -> Judged {
    let namespace = department_namespace(department);
    let budgets = context.caches.budgets.in_namespace(&namespace);
    let grants = context.caches.grants.in_namespace(&namespace);
    let budgets: BTreeMap<String, &Budget> =
        budgets.iter().map(|(name, one)| (name.clone(), &**one)).collect();
    let grants: BTreeMap<String, &Grant> = grants.iter().map(|(name, one)| (name.clone(), &**one)).collect();
    let ledger = context.caches.ledger(department);
    let rests_on = ledger.as_ref().map(|ledger| ledger.spec.rests_on.as_slice()).unwrap_or_default();
    let rooms = context.caches.data_centers.all();
    let data_centers: Vec<String> =
        rooms.into_iter().filter(|(_, room)| is_live(&room.spec)).map(|((_, name), _)| name).collect();
    judge(Facts {
        budgets: &budgets,
        grants: &grants,
        rests_on,
        data_centers: &data_centers,
        today: day(context.clock.now()),
    })
}
