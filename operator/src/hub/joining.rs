//! Which cluster a site's account is bound to, and what the site's signs of life say. Decided in [`plan::joining`].

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use plan::admittance::{AGENT, STRANGER};
use plan::bundle::text;
use plan::data_center::Heard;
use plan::joining::{Account, CLUSTER, Sign, to_bind};
use plan::names::{SiteName, site_namespace};
use plan::report::shard_name;
use serde_json::{Value, json};
use tracing::info;

use super::MANAGER;
use super::context::Context;
use crate::runtime::error::Error;

/// What is known of how a site joined.
pub(super) struct Joined {
    /// Its account, with the uid.
    account: Option<(String, Account)>,
    /// The last sign of life of the cluster that speaks for it.
    pub(super) sign: Sign,
    /// The last sign of life of another cluster.
    pub(super) other: Sign,
}

/// Reads it from the caches.
pub(super) fn joined(context: &Context, site: &SiteName) -> Joined {
    let namespace = site_namespace(site);
    let wanted = json!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": AGENT, "namespace": namespace}
    });
    let account =
        context.objects.get(&wanted).and_then(|kept| Some((kept.uid.clone(), account(&kept.value())?)));
    let sign = |lease: &str| {
        let lease = context.caches.leases.get(&namespace, lease);
        let renewed =
            lease.as_ref().and_then(|lease| lease.spec.as_ref()?.renew_time.as_ref().map(|time| time.0));
        Sign::read(renewed, |key| lease.as_ref()?.annotations().get(key).cloned())
    };
    Joined { account, sign: sign(AGENT), other: sign(STRANGER) }
}

fn account(object: &Value) -> Option<Account> {
    let made: Timestamp = text(object, "/metadata/creationTimestamp").parse().ok()?;
    let cluster = object.pointer("/metadata/annotations").and_then(|annotations| annotations.get(CLUSTER));
    Some(Account { made, cluster: cluster.and_then(Value::as_str).map(str::to_owned) })
}

impl Joined {
    /// The account.
    pub(super) fn account(&self) -> Option<&Account> {
        self.account.as_ref().map(|(_, account)| account)
    }
}

/// Binds the account to the first cluster that is heard with it, and tells the site by a mark on its report which one it is.
pub(super) async fn bind(
    context: &Context,
    site: &SiteName,
    joined: &Joined,
    heard: Heard,
) -> Result<(), Error> {
    let Some((uid, account)) = &joined.account else { return Ok(()) };
    let namespace = site_namespace(site);
    let mut bound = account.cluster.as_deref();
    if let Some(cluster) = to_bind(account, &joined.sign, heard, context.clock.now()) {
        // Of this very account: one that was made anew meanwhile is bound to nobody.
        let mark = json!({"metadata": {"uid": uid, "annotations": {CLUSTER: cluster}}});
        let accounts: Api<ServiceAccount> = Api::namespaced(context.client.clone(), &namespace);
        let failed = apply_failed("ServiceAccount", AGENT);
        accounts.patch_metadata(AGENT, &manager(), &Patch::Merge(&mark)).await.map_err(failed)?;
        context.metrics.wrote("ServiceAccount");
        info!(
            outcome = "bound",
            slice = "data_center",
            site = site.as_str(),
            name = site.as_str(),
            cluster,
            "the first cluster that was heard"
        );
        bound = Some(cluster);
    }
    let name = shard_name(0);
    let Some(report) = context.caches.reports.get(&namespace, &name) else { return Ok(()) };
    if report.annotations().get(CLUSTER).map(String::as_str) != bound {
        let mark = json!({"metadata": {"annotations": {CLUSTER: bound}}});
        let reports: Api<crds::SiteReport> = Api::namespaced(context.client.clone(), &namespace);
        let failed = apply_failed("SiteReport", &name);
        reports.patch_metadata(&name, &manager(), &Patch::Merge(&mark)).await.map_err(failed)?;
        context.metrics.wrote("SiteReport");
    }
    Ok(())
}

fn manager() -> PatchParams {
    PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() }
}

fn apply_failed(kind: &str, name: &str) -> impl FnOnce(kube::Error) -> Error {
    let (kind, name) = (kind.to_owned(), name.to_owned());
    move |source| Error::Apply { kind, name, source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_without_a_mark_is_bound_to_nobody() {
        let made = |annotations: Value| json!({"metadata": {"creationTimestamp": "2026-11-24T16:00:00Z", "annotations": annotations}});
        assert_eq!(account(&made(json!({CLUSTER: "one"}))).unwrap().cluster.as_deref(), Some("one"));
        assert_eq!(account(&made(json!({}))).unwrap().cluster, None);
        let plain = json!({"metadata": {"creationTimestamp": "2026-11-24T16:00:00Z"}});
        assert_eq!(account(&plain).unwrap().cluster, None);
    }
}
