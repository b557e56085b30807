//! What the hub reads.

use std::fmt::Debug;
use std::sync::Arc;

use crds::labels::{MANAGED_BY, MANAGER, SYSTEM_NAMESPACE};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::ApiResource;
use kube::core::DeserializeGuard;
use kube::runtime::watcher::Config;
use kube::{Api, Client, Resource};
use serde::de::DeserializeOwned;

use super::context::Context;
use crate::admission::{CONFIGURATION, SECRET};
use crate::runtime::apply::KeptApi;
use crate::runtime::cache::Cache;
use crate::runtime::streams::{Broken, Source, feed};

/// Kinds that the hub keeps for departments and sites.
pub(crate) fn kept() -> Vec<KeptApi> {
    vec![
        KeptApi::new("", "v1", "Namespace", "namespaces", false),
        KeptApi::new("", "v1", "ServiceAccount", "serviceaccounts", true),
        KeptApi::new("", "v1", "ResourceQuota", "resourcequotas", true),
        KeptApi::new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true),
        KeptApi::new("coordination.k8s.io", "v1", "Lease", "leases", true),
        KeptApi::new("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema", "flowschemas", false),
        KeptApi::new("zhengyun.io", "v1alpha1", "SiteReport", "sitereports", true),
    ]
}

/// Reads everything, for ever.
pub(crate) async fn run(context: Arc<Context>, client: Client) {
    let caches = &context.caches;
    let all = Config::default;
    let ours = Config::default().labels(&format!("{MANAGED_BY}={MANAGER}"));
    let feeds = vec![
        one(&context, &client, all(), &caches.districts),
        one(&context, &client, all(), &caches.data_centers),
        one(&context, &client, all(), &caches.departments),
        one(&context, &client, all(), &caches.profiles),
        one(&context, &client, all(), &caches.systems),
        one(&context, &client, all(), &caches.workspaces),
        one(&context, &client, all(), &caches.sets),
        one(&context, &client, all(), &caches.access_grants),
        one(&context, &client, all(), &caches.removals),
        one(&context, &client, all(), &caches.rulings),
        one(&context, &client, all(), &caches.policies),
        one(&context, &client, all(), &caches.calendars),
        one(&context, &client, all(), &caches.requests),
        one(&context, &client, all(), &caches.approvals),
        one(&context, &client, all(), &caches.budgets),
        one(&context, &client, all(), &caches.grants),
        one(&context, &client, all(), &caches.ledgers),
        one(&context, &client, all(), &caches.allotments),
        one(&context, &client, all(), &caches.bundles),
        one(&context, &client, all(), &caches.reports),
        one(&context, &client, ours, &caches.leases),
        only(&context, Api::namespaced(client.clone(), SYSTEM_NAMESPACE), SECRET, &context.admission.secrets),
        only(&context, Api::all(client.clone()), CONFIGURATION, &context.admission.configurations),
        async { context.objects.feed(client.clone(), source(&context)).await }.boxed(),
        async { context.history.keep_looking::<Namespace>(Api::all(context.client.clone())).await }.boxed(),
    ];
    join_all(feeds).await;
}

fn source(context: &Context) -> Source {
    let (metrics, history) = (Arc::clone(&context.metrics), Arc::clone(&context.history));
    Source { metrics, history, broken: Broken::ListAnew, lacks: Some(Arc::clone(&context.lacks)) }
}

fn one<'a, K>(
    context: &'a Context,
    client: &Client,
    selector: Config,
    cache: &'a Arc<Cache<K>>,
) -> BoxFuture<'a, ()>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + Sync + 'static,
{
    of(context, Api::all(client.clone()), selector, cache)
}

/// One object by its name, which is all that the hub may see of its kind.
fn only<'a, K>(
    context: &'a Context,
    api: Api<DeserializeGuard<K>>,
    name: &str,
    cache: &'a Arc<Cache<K>>,
) -> BoxFuture<'a, ()>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + Sync + 'static,
{
    of(context, api, Config::default().fields(&format!("metadata.name={name}")), cache)
}

fn of<'a, K>(
    context: &'a Context,
    api: Api<DeserializeGuard<K>>,
    selector: Config,
    cache: &'a Arc<Cache<K>>,
) -> BoxFuture<'a, ()>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + Sync + 'static,
{
    let kind = ApiResource::erase::<K>(&()).kind;
    let (cache, source) = (Arc::clone(cache), source(context));
    async move { feed(api, &kind, selector, cache, source, |object| object).await }.boxed()
}
