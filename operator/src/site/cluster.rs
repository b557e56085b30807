//! Whether the hub follows this cluster under the site's name, or another one: it says so by a mark on the site's report.

use crds::SiteReport;
use kube::ResourceExt;
use kube::api::Api;
use plan::joining::{CLUSTER, is_bound_to};
use plan::names::site_namespace;
use plan::report::shard_name;

use super::context::Context;
use super::memory;

/// Whether this cluster may speak for the site, as far as the watch has brought word; nothing before it has.
pub(super) fn may_speak(context: &Context) -> Option<bool> {
    if !context.said.is_ready() {
        return None;
    }
    let report = context.said.get(&site_namespace(&context.site), &shard_name(0));
    Some(is_bound_to(report.as_deref().and_then(mark), &context.cluster))
}

/// As [`may_speak`], asked of the hub where the watch has brought nothing yet.
pub(super) async fn ask(context: &Context) -> kube::Result<bool> {
    if let Some(known) = may_speak(context) {
        return Ok(known);
    }
    let reports: Api<SiteReport> = Api::namespaced(context.hub.clone(), &site_namespace(&context.site));
    let report = reports.get_opt(&shard_name(0)).await?;
    Ok(is_bound_to(report.as_ref().and_then(mark), &context.cluster))
}

/// The cluster that a report is marked for.
pub(super) fn mark(report: &SiteReport) -> Option<&str> {
    report.annotations().get(CLUSTER).map(String::as_str)
}

/// Whether this cluster may speak has changed, or is known for the first time: every order is looked at again.
pub(super) fn look_at_all(context: &Context) {
    let told = context.bundles.all().into_iter().map(|(_, bundle)| bundle.spec.set.clone());
    for set in memory::sets(context).into_iter().chain(told) {
        context.sets.add((String::new(), set));
    }
    super::report::touch(context);
}
