//! The district itself.

use std::sync::Arc;

use crds::{DistrictStatus, Message};
use kube::ResourceExt;
use plan::conditions::{Holds, READY, set};
use plan::department::missing;

use super::context::{Context, Leadership};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over a `District`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    _: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(district) = context.caches.districts.get("", &name) else { return Ok(Outcome::Skipped.into()) };

    let existing: Vec<String> =
        context.caches.data_centers.all().into_iter().map(|((_, name), _)| name).collect();
    let egress = &district.spec.egress.data_center;
    let mut findings: Vec<Message> =
        missing("spec.egress.dataCenter", egress, "机房 DataCenter", &existing).into_iter().collect();
    if let Some(profile) = &district.spec.default_profile {
        let profiles: Vec<String> =
            context.caches.profiles.all().into_iter().map(|((_, name), _)| name).collect();
        findings.extend(missing("spec.defaultProfile", profile, "隔离方案 IsolationProfile", &profiles));
    }
    let age =
        |district: &crds::District| (district.creation_timestamp().map(|time| time.0), district.name_any());
    let first = context.caches.districts.all().into_iter().map(|(_, district)| age(&district)).min();
    if let Some((_, first)) = first.filter(|(_, first)| *first != name) {
        findings.push(Message::OnlyOne { kind: "District".into(), first });
    }

    let holds = if findings.is_empty() { Holds::True } else { Holds::False };
    if findings.is_empty() {
        findings.push(Message::Settled {});
    }
    let mut status: DistrictStatus = district.status.clone().unwrap_or_default();
    set(&mut status.conditions, READY, holds, &findings, district.metadata.generation, context.clock.now());
    context.status.cluster(&context.caches.districts, &district, &status).await?;
    Ok(Outcome::Applied.into())
}
