//! Departments: their namespace on the hub and their people's rights in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{Department, DepartmentStatus, Message};
use plan::conditions::{Holds, READY, set};
use plan::department::{Facts, hub_objects, validate};
use plan::names::department_namespace;
use tracing::debug;

use super::context::{Context, Leadership};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over a `Department`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    _: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(department) = context.caches.departments.get("", &name) else {
        return Ok(Outcome::Skipped.into());
    };

    let all = context.caches.departments.all();
    let departments: BTreeMap<String, &Department> =
        all.iter().map(|((_, name), d)| (name.clone(), &**d)).collect();
    let facts = dereference(&context, &name, &departments);
    let mut status = own(&department);
    let (holds, said) = match validate(&department, &facts) {
        Ok(valid) => {
            let applied = context.objects.apply_all(&hub_objects(&valid)).await?;
            debug!(name, changed = applied.changed, "the department's place on the hub stands");
            status.namespace = Some(department_namespace(&valid.name));
            let suspended = department.spec.suspended.as_ref();
            let said =
                suspended.map(|basis| Message::DepartmentSuspended { document: basis.document.clone() });
            (Holds::True, vec![said.unwrap_or(Message::Settled {})])
        }
        Err(findings) => (Holds::False, findings),
    };
    update_status(&context, &department, status, holds, &said).await?;
    Ok(Outcome::Applied.into())
}

fn dereference<'a>(
    context: &Context,
    name: &str,
    departments: &'a BTreeMap<String, &'a Department>,
) -> Facts<'a> {
    let caches = &context.caches;
    Facts {
        departments,
        data_centers: caches.data_centers.all().into_iter().map(|((_, name), _)| name).collect(),
        profiles: caches.profiles.all().into_iter().map(|((_, name), _)| name).collect(),
        foreign_namespace: context
            .objects
            .namespace(&format!("dept-{name}"))
            .is_some_and(|namespace| !namespace.ours),
    }
}

async fn update_status(
    context: &Context,
    department: &Department,
    mut status: DepartmentStatus,
    holds: Holds,
    said: &[Message],
) -> Result<(), Error> {
    set(&mut status.conditions, READY, holds, said, department.metadata.generation, context.clock.now());
    if status == own(department) {
        return Ok(());
    }
    context.status.part(&context.caches.departments, department, &status).await
}

/// This slice's own part of the status; the rest is what the secret store brings about.
fn own(department: &Department) -> DepartmentStatus {
    let status = department.status.clone().unwrap_or_default();
    let ready = status.conditions.into_iter().filter(|condition| condition.type_ == READY).collect();
    DepartmentStatus { conditions: ready, namespace: status.namespace, secrets: None }
}
