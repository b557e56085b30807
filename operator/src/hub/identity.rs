//! Who this hub is, and which leadership this is.

use crds::labels::{EPOCH, IDENTITY, SYSTEM_NAMESPACE};
use crds::{Message, Order, SiteBundle, SiteReport, SiteReportStatus, Term};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, ApiResource, DynamicObject, ListParams, PostParams};
use kube::{Client, ResourceExt};
use plan::bundle::TERM_SET;
use plan::order::next_term;
use serde_json::json;

use super::context::{Context, Leadership};
use crate::runtime::error::Error;

/// Begins a leadership: learns or makes the hub's id, and takes a term above every one that the hub's store and the sites know.
/// The terms told are read from the API server and not only from caches, which may lag behind another leader's last write.
pub(crate) async fn begin(context: &Context) -> Result<Leadership, Error> {
    let client = &context.client;
    let read = |what: &str| {
        let what = what.to_owned();
        move |source| Error::Read { what, source: Box::new(source) }
    };
    let only_terms = ListParams::default().fields(&format!("metadata.name={TERM_SET}"));
    let told: Api<SiteBundle> = Api::all(client.clone());
    let terms = told.list(&only_terms).await.map_err(read("the terms told"))?;
    let orders = context.caches.bundles.all();
    // A leader that was left behind may have told an order after its term was overwritten, or restored away.
    let told: Vec<&Order> = terms
        .items
        .iter()
        .map(|bundle| &bundle.spec.order)
        .chain(orders.iter().map(|(_, bundle)| &bundle.spec.order))
        .collect();
    // Read without their schema: one report that cannot be read must not keep every leader from beginning.
    let reports: Api<DynamicObject> = Api::all_with(client.clone(), &ApiResource::erase::<SiteReport>(&()));
    let reports = reports.list(&ListParams::default()).await.map_err(read("the sites' reports"))?;
    let status = |report: &DynamicObject| serde_json::from_value(report.data.get("status")?.clone()).ok();
    let reports: Vec<SiteReportStatus> = reports.items.iter().filter_map(status).collect();

    let epochs = told
        .iter()
        .map(|order| order.epoch.as_str())
        .chain(reports.iter().map(|report| report.epoch.as_str()));
    let orphan = epochs.into_iter().find(|epoch| !epoch.is_empty());
    let epoch = epoch(client, orphan).await?;
    let told: Vec<Term> = told.into_iter().map(|order| order.term.clone()).collect();
    let heard = reports.iter().filter(|report| report.epoch == epoch);
    let heard = heard.filter_map(|report| report.term.as_ref());
    Ok(Leadership { term: next_term(&told, heard, random_id()), epoch })
}

/// The hub's id as it stands now, nothing when there is none.
pub(crate) async fn known(client: &Client) -> Result<Option<String>, Error> {
    let failed = |source| Error::Read { what: format!("ConfigMap {IDENTITY}"), source: Box::new(source) };
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), SYSTEM_NAMESPACE);
    let map = api.get_opt(IDENTITY).await.map_err(failed)?;
    Ok(map.and_then(|map| map.data?.remove(EPOCH)).filter(|epoch| !epoch.is_empty()))
}

/// The hub's id. One is made only where no site was ever told another: a hub that lost its id in a restore must not quietly become
/// another hub under the sites.
async fn epoch(client: &Client, orphan: Option<&str>) -> Result<String, Error> {
    let failed = |source| Error::Read { what: format!("ConfigMap {IDENTITY}"), source: Box::new(source) };
    if let Some(epoch) = known(client).await? {
        return Ok(epoch);
    }
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), SYSTEM_NAMESPACE);
    if let Some(orphan) = orphan {
        return Err(Error::IdentityLost(Message::IdentityLost { epoch: orphan.to_owned() }));
    }
    let epoch = random_id();
    let map = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": IDENTITY, "namespace": SYSTEM_NAMESPACE},
        "data": {EPOCH: epoch}
    });
    let map: ConfigMap =
        serde_json::from_value(map).map_err(|source| Error::Convert { what: IDENTITY.into(), source })?;
    // Create and not apply: of two that make one at a time, one fails.
    let made = api.create(&PostParams::default(), &map).await.map_err(failed)?;
    tracing::info!(
        outcome = "begun",
        slice = "identity",
        epoch,
        name = made.name_any(),
        "this hub has a new id"
    );
    Ok(epoch)
}

/// 128 random bits in hexadecimal.
fn random_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}
