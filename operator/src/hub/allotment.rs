//! Allotments: the record, for people, of what a department has at a site.

use std::sync::Arc;
use std::time::Duration;

use crds::{Allotment, AllotmentSpec, AllotmentStatus, Message, labels};
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use plan::conditions::{Holds, READY, set};
use plan::escrow::last;
use plan::measured::Measured;
use plan::names::{DepartmentName, site_of};
use serde_json::json;

use super::context::{Context, Leadership};
use super::{budget, lending};
use crate::runtime::cache::key_of;
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// When a site that has no place on the hub yet is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// One pass over a department's allotment at a site.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    namespace: String,
    name: String,
) -> Result<Pass, Error> {
    let (Ok(department), Some(site)) = (DepartmentName::parse(&name), site_of(&namespace)) else {
        return Ok(Outcome::Skipped.into());
    };
    let judged = budget::judged(&context, &department);
    let ledger = context.caches.ledger(&department);
    let holders = ledger.iter().flat_map(|ledger| &ledger.spec.holders);
    let holder = holders.into_iter().find(|holder| holder.name == site.as_str()).cloned();
    let granted = judged.granted.get(site.as_str()).copied().unwrap_or_default();
    if holder.is_none() && granted.is_zero() {
        return Ok(Outcome::Skipped.into());
    }
    if context.objects.namespace(&namespace).is_none() {
        // The data centre is not registered rightly: it says so itself.
        return Ok(Pass { again: Some(LOOK_AGAIN), ..Pass::waiting(&namespace) });
    }
    let allotment = record(&context, &namespace, &department, granted).await?;

    let told = holder.as_ref().map(|holder| Measured::parse(&last(holder).amounts).unwrap_or_default());
    let counted = lending::counted(&context, &department, &site);
    let active = judged.active.get(site.as_str()).copied().unwrap_or_default();
    let (holds, said) = match (context.waiting.get(&(namespace, name)), told) {
        (Some(waits), _) => (Holds::False, waits),
        (None, Some(told)) if told == granted && counted == told => {
            let said = if active == granted {
                Message::AllotmentWell {}
            } else {
                Message::GrowthStopped { site: site.to_string() }
            };
            (Holds::True, said)
        }
        _ => (Holds::False, Message::AllotmentTold { site: site.to_string() }),
    };
    let conditions = allotment.status.clone().unwrap_or_default().conditions;
    let mut status = AllotmentStatus {
        conditions,
        told: told.map(|told| told.amounts()),
        counted: Some(counted.amounts()),
    };
    let now = context.clock.now();
    set(&mut status.conditions, READY, holds, &[said], allotment.metadata.generation, now);
    context.status.namespaced(&context.caches.allotments, &allotment, &status).await?;
    Ok(Outcome::Applied.into())
}

/// The record, made or brought to what is granted.
async fn record(
    context: &Context,
    namespace: &str,
    department: &DepartmentName,
    granted: Measured,
) -> Result<Arc<Allotment>, Error> {
    let name = department.as_str();
    let spec = AllotmentSpec { granted: granted.amounts() };
    if let Some(known) = context.caches.allotments.get(namespace, name).filter(|known| known.spec == spec) {
        return Ok(known);
    }
    let labels = json!({labels::MANAGED_BY: labels::MANAGER, labels::DEPARTMENT: name});
    let mut wanted = serde_json::to_value(Allotment::new(name, spec))
        .map_err(|source| Error::Convert { what: "an allotment".into(), source })?;
    wanted["metadata"]["labels"] = labels;
    let api: Api<Allotment> = Api::namespaced(context.client.clone(), namespace);
    let parameters = PatchParams::apply(super::MANAGER).force();
    let failed = |source| Error::Apply {
        kind: "Allotment".into(),
        name: format!("{namespace}/{name}"),
        source: Box::new(source),
    };
    let mut written = api.patch(name, &parameters, &Patch::Apply(&wanted)).await.map_err(failed)?;
    context.metrics.wrote("Allotment");
    written.managed_fields_mut().clear();
    Ok(context.caches.allotments.put(key_of(&written), written))
}
