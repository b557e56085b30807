//! The sign of life: the site's lease on the hub, renewed while the link is up.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, Patch, PatchParams};
use plan::data_center::AGENT;
use plan::names::site_namespace;
use serde_json::json;
use tracing::warn;

use super::context::Context;
use crate::runtime::error::chain;

/// Between two signs: several fit into the shortest silence that a hub should be set to.
const INTERVAL: Duration = Duration::from_secs(10);

/// Renews the lease, for ever.
pub(super) async fn beat(context: Arc<Context>, identity: String) {
    let api: Api<Lease> = Api::namespaced(context.hub.clone(), &site_namespace(&context.site));
    let mut tick = tokio::time::interval(INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let patch = json!({"spec": {"renewTime": MicroTime(Timestamp::now()), "holderIdentity": identity}});
        if let Err(error) = api.patch(AGENT, &PatchParams::default(), &Patch::Merge(&patch)).await {
            warn!(error = chain(&error), "the hub did not take the sign of life");
        }
    }
}
