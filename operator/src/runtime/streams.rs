//! The only place where watches are built: a backoff of its own for each, cut well below what load balancers cut, pruned, and one
//! bad object does not stop it.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use crds::Message;
use futures::StreamExt;
use kube::core::DeserializeGuard;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event};
use kube::{Api, Resource, ResourceExt};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::cache::{Cache, Key, Versioned};
use super::error::chain;
use super::history::History;
use super::lacks::{Lacks, lack_of_watch};
use super::log::code_of;
use super::metrics::{Metrics, of_kind};

/// Seconds of one watch: load balancers cut idle connections at 240 s, silently.
const WATCH_SECONDS: u32 = 180;

/// A watch that lived this long was sound.
const SOUND: Duration = Duration::from_secs(10);
/// Half of the pause after a watch that was not; it doubles with each, to half a minute.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// What all watches of one cluster share.
#[derive(Clone)]
pub(crate) struct Source {
    /// Where failures are counted.
    pub metrics: Arc<Metrics>,
    /// Whether the cluster's store went back.
    pub history: Arc<History>,
    /// What follows a watch that broke.
    pub broken: Broken,
    /// Where it is noted that the process's own cluster lacks a right or a kind; nothing for a cluster that is another's.
    pub lacks: Option<Arc<Lacks>>,
}

impl Source {
    /// Tells a failure of a kind's watch once, and once that it is over.
    fn note(&self, kind: &str, failing: &mut bool, failure: Option<&watcher::Error>) {
        let lack = failure.and_then(|failure| lack_of_watch(kind, failure));
        let own = lack.clone().filter(|lack| !matches!(lack, Message::ClusterAway { .. }));
        if let Some(lacks) = &self.lacks {
            lacks.note(&format!("watch {kind}"), own.clone());
        }
        let told_there = own.is_some() && self.lacks.is_some();
        match failure {
            Some(failure) if !*failing && !told_there => {
                let said = lack.unwrap_or(Message::PassFailed { error: String::new() });
                warn!(
                    outcome = "failed",
                    slice = "watch",
                    name = kind,
                    code = code_of(&said),
                    cause = chain(failure),
                    "goes on trying"
                );
            }
            None if *failing => info!(outcome = "found", slice = "watch", name = kind, "watched again"),
            _ => {}
        }
        *failing = failure.is_some() && (*failing || !told_there);
    }
}

/// What follows a watch that broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The next one goes on from the version where it broke: for links on which a whole list is dear, where something else tells
    /// whether the store went back.
    GoOn,
    /// Everything is listed again: a store can only be restored while its API server is down, and a watch that goes on in a
    /// restored one waits in silence for versions of another history.
    ListAnew,
}

/// Feeds a cache from a watch, for ever; from a new one when the cluster's store went back. `convert` makes what is kept out of
/// what was read.
pub(crate) async fn feed<K, V>(
    api: Api<DeserializeGuard<K>>,
    kind: &str,
    selector: watcher::Config,
    cache: Arc<Cache<V>>,
    source: Source,
    convert: impl Fn(K) -> V,
) where
    K: Resource + Clone + Debug + DeserializeOwned + Send + 'static,
    K::DynamicType: Clone,
    V: Versioned,
{
    let Source { metrics, history, broken, .. } = &source;
    let mut failing = false;
    cache.call(kind);
    // Told from the beginning, at zero.
    drop(metrics.watch_errors.get_or_create(&of_kind(kind)));
    drop(metrics.malformed.get_or_create(&of_kind(kind)));
    let mut era = history.era();
    let mut broke_early = 0_u32;
    loop {
        let this_era = *era.borrow_and_update();
        let one = watcher::watcher(api.clone(), selector.clone().timeout(WATCH_SECONDS)).default_backoff();
        let mut stream = std::pin::pin!(one);
        let (mut listed, mut before, mut whole) = (BTreeSet::new(), 0, None::<Instant>);
        let other_history = loop {
            let event = tokio::select! {
                event = stream.next() => event,
                _ = era.changed() => break true,
            };
            let Some(event) = event else {
                error!(outcome = "stopped", slice = "watch", name = kind, "the watch has ended");
                return;
            };
            // A list that begins has not succeeded yet.
            if !matches!(event, Ok(Event::Init)) {
                source.note(kind, &mut failing, event.as_ref().err());
            }
            match event {
                Ok(Event::Init) => {
                    listed.clear();
                    before = cache.newest();
                }
                Ok(Event::InitApply(object)) => {
                    let key = key_of(&object);
                    // A list that was begun when a newer version was known: no list of the same history has an older one.
                    let known = cache.version_of(&key);
                    if known > Versioned::version(&object) && known <= before {
                        history.went_back();
                        break true;
                    }
                    // A malformed object is still there: it is not taken for deleted.
                    listed.insert(key);
                    history.saw(Versioned::version(&object), this_era);
                    take(kind, object, &cache, metrics, &convert);
                }
                Ok(Event::InitDone) => {
                    whole = Some(Instant::now());
                    cache.keep_only(&std::mem::take(&mut listed), before);
                }
                Ok(Event::Apply(object)) => {
                    history.saw(Versioned::version(&object), this_era);
                    take(kind, object, &cache, metrics, &convert);
                }
                Ok(Event::Delete(object)) => {
                    history.saw(Versioned::version(&object), this_era);
                    cache.remove(&key_of(&object), Versioned::version(&object));
                }
                Err(_) => {
                    metrics.watch_errors.get_or_create(&of_kind(kind)).inc();
                    history.note_break();
                    // While a list fails, the stream's own backoff is what keeps the tries apart.
                    if let Some(since) = whole.filter(|_| *broken == Broken::ListAnew) {
                        // Lists that succeed while watches fail are the dearest thing that can be done to a server in trouble.
                        broke_early = if since.elapsed() < SOUND { (broke_early + 1).min(6) } else { 0 };
                        break false;
                    }
                }
            }
        };
        if other_history {
            cache.begin_anew();
        } else if broke_early > 0 {
            tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(broke_early)).await;
        }
    }
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
            metrics.malformed.get_or_create(&of_kind(kind)).inc();
            let name = if key.0.is_empty() { key.1.clone() } else { format!("{}/{}", key.0, key.1) };
            let said = Message::Malformed { kind: kind.to_owned(), name, error: invalid.error };
            let (namespace, name) = (key.0.as_str(), key.1.as_str());
            error!(outcome = "failed", slice = "watch", kind, namespace, name, code = code_of(&said), cause = %said, "it is skipped");
        }
    }
}
