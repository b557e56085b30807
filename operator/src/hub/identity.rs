//! Who this hub is, and which leadership this is.

use crds::labels::{EPOCH, IDENTITY, SYSTEM_NAMESPACE};
use crds::{SiteBundle, SiteReport, Term};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, ListParams, PostParams};
use kube::{Client, ResourceExt};
use plan::bundle::TERM_SET;
use plan::order::next_term;
use serde_json::json;

use super::context::Leadership;
use crate::runtime::error::Error;

/// Begins a leadership: learns or makes the hub's id, and takes a term above every one that the hub's store and the sites know.
/// It is read from the API server and not from caches, which may lag behind another leader's last write.
pub(crate) async fn begin(client: &Client) -> Result<Leadership, Error> {
    let read = |what: &str| {
        let what = what.to_owned();
        move |source| Error::Read { what, source: Box::new(source) }
    };
    let epoch = epoch(client).await?;
    let only_terms = ListParams::default().fields(&format!("metadata.name={TERM_SET}"));
    let told =
        Api::<SiteBundle>::all(client.clone()).list(&only_terms).await.map_err(read("the terms told"))?;
    let reports = Api::<SiteReport>::all(client.clone());
    let reports = reports.list(&ListParams::default()).await.map_err(read("the sites' reports"))?;
    let told = told.items.iter().map(|bundle| bundle.spec.order.term.clone());
    let heard = reports.items.iter().filter_map(|report| report.status.as_ref()?.term.clone());
    let known: Vec<Term> = told.chain(heard).collect();
    Ok(Leadership { epoch, term: next_term(&known, random_id()) })
}

async fn epoch(client: &Client) -> Result<String, Error> {
    let failed = |source| Error::Read { what: format!("ConfigMap {IDENTITY}"), source: Box::new(source) };
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), SYSTEM_NAMESPACE);
    let known = |map: &ConfigMap| map.data.as_ref().and_then(|data| data.get(EPOCH)).cloned();
    if let Some(epoch) = api.get_opt(IDENTITY).await.map_err(failed)?.as_ref().and_then(known) {
        return Ok(epoch);
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
    // Create and not apply: a hub that lost its id in a restore must not quietly become another hub under the sites.
    let made = api.create(&PostParams::default(), &map).await.map_err(failed)?;
    tracing::info!(epoch, name = made.name_any(), "this hub has a new id");
    Ok(epoch)
}

/// 128 random bits in hexadecimal.
fn random_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}
