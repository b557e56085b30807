//! The only place where watches are built: a backoff of its own for each, cut well below what load balancers cut, pruned, and one
//! bad object does not stop it.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;

use crds::Message;
use futures::StreamExt;
use kube::core::DeserializeGuard;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event};
use kube::{Api, Resource, ResourceExt};
use serde::de::DeserializeOwned;
use tracing::{error, warn};

use super::cache::{Cache, Key, Versioned};
use super::metrics::{Metrics, named};

/// Seconds of one watch: load balancers cut idle connections at 240 s, silently.
const WATCH_SECONDS: u32 = 180;

/// Feeds a cache from a watch, for ever. `convert` makes what is kept out of what was read.
pub(crate) async fn feed<K, V>(
    api: Api<DeserializeGuard<K>>,
    kind: &str,
    selector: watcher::Config,
    cache: Arc<Cache<V>>,
    metrics: Arc<Metrics>,
    convert: impl Fn(K) -> V,
) where
    K: Resource + Clone + Debug + DeserializeOwned + Send + 'static,
    K::DynamicType: Clone,
    V: Versioned,
{
    let stream = watcher::watcher(api, selector.timeout(WATCH_SECONDS)).default_backoff();
    let mut stream = std::pin::pin!(stream);
    let (mut listed, mut before) = (BTreeSet::new(), 0);
    while let Some(event) = stream.next().await {
        match event {
            Ok(Event::Init) => {
                listed.clear();
                before = cache.newest();
            }
            Ok(Event::InitApply(object)) => {
                // A malformed object is still there: it is not taken for deleted.
                listed.insert(key_of(&object));
                take(kind, object, &cache, &metrics, &convert);
            }
            Ok(Event::InitDone) => cache.keep_only(&std::mem::take(&mut listed), before),
            Ok(Event::Apply(object)) => take(kind, object, &cache, &metrics, &convert),
            Ok(Event::Delete(object)) => cache.remove(&key_of(&object), Versioned::version(&object)),
            Err(failure) => {
                metrics.watch_errors.get_or_create(&named(kind)).inc();
                warn!(kind, error = super::error::chain(&failure), "watch failed, trying again");
            }
        }
    }
    error!(kind, "watch ended");
}

fn key_of<K: Resource>(object: &DeserializeGuard<K>) -> Key {
    (object.namespace().unwrap_or_default(), object.name_any())
}

fn take<K: Resource, V: Versioned>(
    kind: &str,
    object: DeserializeGuard<K>,
    cache: &Cache<V>,
    metrics: &Metrics,
    convert: &impl Fn(K) -> V,
) {
    let key = key_of(&object);
    match object.0 {
        Ok(mut object) => {
            object.managed_fields_mut().clear();
            cache.put(key, convert(object));
        }
        Err(invalid) => {
            // What was known of it before still stands: a half-wrong object changes nothing.
            metrics.malformed.get_or_create(&named(kind)).inc();
            let name = if key.0.is_empty() { key.1 } else { format!("{}/{}", key.0, key.1) };
            error!(message = %Message::Malformed { kind: kind.to_owned(), name, error: invalid.error });
        }
    }
}
