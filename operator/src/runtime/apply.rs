//! Kubernetes objects that are kept as they should be: read from watches, written by server-side apply, and not written at all when
//! they stand there already.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::labels::{ADOPT, MANAGED_BY, MANAGER, SET, TOMBSTONE, TOMBSTONE_REASON};
use futures::future::join_all;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, Patch, PatchParams, Preconditions};
use kube::core::{DeserializeGuard, TypeMeta};
use kube::runtime::watcher;
use kube::{Client, ResourceExt};
use plan::adopt::set_of;
use plan::bundle::text;
use plan::covers::{covers, foreign, surplus};
use plan::isolation::stage::annotation;
use serde_json::{Value, json};

use super::cache::{Cache, Change, Key, Versioned};
use super::error::Error;
use super::metrics::Metrics;
use super::streams::{Source, feed};

/// An object as it stands in the cluster, kept as compact JSON: a parsed one takes four times the memory.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    version: u64,
    /// Its uid.
    pub uid: String,
    /// Whether it carries our mark.
    pub ours: bool,
    /// The set of orders that it stands in.
    pub set: Option<Box<str>>,
    json: Box<[u8]>,
}

impl Kept {
    pub(super) fn new(mut object: DynamicObject, resource: &ApiResource) -> Self {
        // Objects in a list come without what kind they are; compared with what is wanted, every one would differ.
        object.types =
            Some(TypeMeta { api_version: resource.api_version.clone(), kind: resource.kind.clone() });
        let version = Versioned::version(&object);
        let uid = object.uid().unwrap_or_default();
        let ours = object.labels().get(MANAGED_BY).is_some_and(|manager| manager == MANAGER);
        let set = object.labels().get(SET).map(|set| set.clone().into_boxed_str());
        let json = serde_json::to_vec(&object).unwrap_or_default().into_boxed_slice();
        Self { version, uid, ours, set, json }
    }

    /// The set of orders that a namespace was marked for on the site.
    pub(crate) fn adopting_set(&self) -> Option<String> {
        let value = self.value();
        set_of(annotation(&value, ADOPT)).map(str::to_owned)
    }

    /// The object.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.json).unwrap_or_default()
    }
}

impl Versioned for Kept {
    fn version(&self) -> u64 {
        self.version
    }
}

/// A kind of objects that is kept.
#[derive(Clone, Debug)]
pub(crate) struct KeptApi {
    /// What it is called in URLs.
    pub resource: ApiResource,
    /// Whether objects stand in a namespace.
    pub namespaced: bool,
    /// Whether those that are not ours are read too.
    pub all: bool,
}

impl KeptApi {
    /// A kind by its names.
    pub(crate) fn new(group: &str, version: &str, kind: &str, plural: &str, namespaced: bool) -> Self {
        let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        let resource = ApiResource {
            group: group.to_owned(),
            version: version.to_owned(),
            api_version,
            kind: kind.to_owned(),
            plural: plural.to_owned(),
        };
        // Whose a namespace is must be known before it is written; of all else only what is ours is read.
        Self { resource, namespaced, all: kind == "Namespace" }
    }

    /// Its objects in a namespace, or all of them where there are none.
    pub(super) fn at(&self, client: &Client, namespace: &str) -> Api<DynamicObject> {
        if self.namespaced {
            Api::namespaced_with(client.clone(), namespace, &self.resource)
        } else {
            Api::all_with(client.clone(), &self.resource)
        }
    }
}

/// What an apply came to.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    /// The object as it stands now.
    pub live: Arc<Kept>,
    /// Whether anything had to be written.
    pub changed: bool,
}

/// Objects that were applied: only [`Objects::apply_all`] makes one, so a status that takes it speaks of what was done.
#[derive(Debug)]
pub(crate) struct AllApplied {
    /// How many of them had to be written.
    pub changed: usize,
}

/// `apiVersion` and `kind`.
type VersionAndKind = (String, String);

/// All objects that one process keeps in one cluster.
pub(crate) struct Objects {
    kinds: BTreeMap<VersionAndKind, (KeptApi, Arc<Cache<Kept>>)>,
    pub(super) client: Client,
    pub(super) manager: String,
    pub(super) metrics: Arc<Metrics>,
}

impl Objects {
    /// Kinds that are kept, under one field manager.
    pub(crate) fn new(kinds: Vec<KeptApi>, client: Client, manager: &str, metrics: Arc<Metrics>) -> Self {
        let kinds = kinds
            .into_iter()
            .map(|kind| {
                let key = (kind.resource.api_version.clone(), kind.resource.kind.clone());
                (key, (kind, Arc::default()))
            })
            .collect();
        Self { kinds, client, manager: manager.to_owned(), metrics }
    }

    /// Tells of every change of any of them, with its kind.
    pub(crate) fn subscribe(&self, tell: impl Fn(&str, &Change<'_, Kept>) + Clone + Send + Sync + 'static) {
        for (kind, cache) in self.kinds.values() {
            let (tell, kind) = (tell.clone(), kind.resource.kind.clone());
            cache.subscribe(vec![Box::new(move |change: &Change<'_, Kept>| tell(&kind, change))]);
        }
    }

    /// Reads all of them, for ever.
    pub(crate) async fn feed(&self, client: Client, source: Source) {
        let feeds = self.kinds.values().map(|(kind, cache)| {
            let api: Api<DeserializeGuard<DynamicObject>> = Api::all_with(client.clone(), &kind.resource);
            let selector = watcher::Config::default();
            let selector =
                if kind.all { selector } else { selector.labels(&format!("{MANAGED_BY}={MANAGER}")) };
            let keep = |object| Kept::new(object, &kind.resource);
            feed(api, &kind.resource.kind, selector, Arc::clone(cache), source.clone(), keep)
        });
        join_all(feeds).await;
    }

    /// Whether every first list was read.
    pub(crate) fn is_ready(&self) -> bool {
        self.kinds.values().all(|(_, cache)| cache.is_ready())
    }

    /// Waits for every first list.
    pub(crate) async fn wait_until_ready(&self) {
        for (_, cache) in self.kinds.values() {
            cache.wait_until_ready().await;
        }
    }

    /// What is known of an object.
    pub(crate) fn get(&self, object: &Value) -> Option<Arc<Kept>> {
        let (_, cache) = self.kind(object).ok()?;
        cache.get(text(object, "/metadata/namespace"), text(object, "/metadata/name"))
    }

    /// A namespace by its name, ours or not.
    pub(crate) fn namespace(&self, name: &str) -> Option<Arc<Kept>> {
        self.get(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}))
    }

    /// The namespaces that carry our mark, by name.
    pub(crate) fn our_namespaces(&self) -> Vec<(String, Arc<Kept>)> {
        let kind = ("v1".to_owned(), "Namespace".to_owned());
        let namespaces = self.kinds.get(&kind).map(|(_, cache)| cache.all()).unwrap_or_default();
        let ours = namespaces.into_iter().filter(|(_, namespace)| namespace.ours);
        ours.map(|((_, name), namespace)| (name, namespace)).collect()
    }

    /// How many namespaces there are that do not carry our mark.
    pub(crate) fn foreign_namespaces(&self) -> usize {
        let kind = ("v1".to_owned(), "Namespace".to_owned());
        let namespaces = self.kinds.get(&kind).map(|(_, cache)| cache.all()).unwrap_or_default();
        namespaces.iter().filter(|(_, namespace)| !namespace.ours).count()
    }

    /// Whether an object stands as wanted already.
    pub(crate) fn stands(&self, wanted: &Value) -> bool {
        self.get(wanted).is_some_and(|live| covers(&live.value(), wanted))
    }

    /// Who wrote to an object last, other than we, as the API server knows their programs; nothing when it is gone.
    pub(crate) async fn last_writer(&self, wanted: &Value) -> Result<Option<String>, Error> {
        let (kind, name) = (self.kind(wanted)?.0, text(wanted, "/metadata/name"));
        let api = kind.at(&self.client, text(wanted, "/metadata/namespace"));
        let read =
            |source| Error::Read { what: format!("{} {name}", kind.resource.kind), source: Box::new(source) };
        let Some(live) = api.get_opt(name).await.map_err(read)? else { return Ok(None) };
        // Status is not what is kept: whoever writes it, Kubernetes' own controllers mostly, changed nothing of ours.
        let others = live
            .managed_fields()
            .iter()
            .filter(|entry| entry.subresource.is_none() && entry.manager.as_ref() != Some(&self.manager));
        let last = others.max_by_key(|entry| entry.time.as_ref().map(|time| time.0));
        Ok(last.and_then(|entry| entry.manager.clone()))
    }

    /// Deletes a namespace of this very uid, marked first with why: a policy on the site lets the agent delete no other.
    pub(crate) async fn delete_namespace(&self, name: &str, uid: &str, reason: &str) -> Result<(), Error> {
        let failed = |source| Error::Apply {
            kind: "Namespace".into(),
            name: name.to_owned(),
            source: Box::new(source),
        };
        let api: Api<Namespace> = Api::all(self.client.clone());
        let mark =
            json!({"metadata": {"uid": uid, "annotations": {TOMBSTONE: uid, TOMBSTONE_REASON: reason}}});
        api.patch_metadata(name, &PatchParams::default(), &Patch::Merge(&mark)).await.map_err(failed)?;
        let preconditions = Preconditions { uid: Some(uid.to_owned()), resource_version: None };
        let parameters = DeleteParams::default().preconditions(preconditions);
        api.delete(name, &parameters).await.map_err(failed)?;
        self.metrics.wrote("Namespace");
        Ok(())
    }

    /// Makes an object be as wanted, by our own rights.
    pub(crate) async fn apply(&self, wanted: &Value) -> Result<Applied, Error> {
        self.apply_with(&self.client, wanted).await
    }

    /// Makes objects be as wanted, in their order.
    pub(crate) async fn apply_all(&self, wanted: &[Value]) -> Result<AllApplied, Error> {
        let mut changed = 0;
        for object in wanted {
            changed += usize::from(self.apply(object).await?.changed);
        }
        Ok(AllApplied { changed })
    }

    /// Makes an object be as wanted, by the rights of `client`.
    pub(crate) async fn apply_with(&self, client: &Client, wanted: &Value) -> Result<Applied, Error> {
        let (kind, cache) = self.kind(wanted)?;
        let key = (text(wanted, "/metadata/namespace").to_owned(), text(wanted, "/metadata/name").to_owned());
        if let Some(live) = cache.get(&key.0, &key.1)
            && covers(&live.value(), wanted)
        {
            return Ok(Applied { live, changed: false });
        }
        let api = kind.at(client, &key.0);
        let failed = |source| Error::Apply {
            kind: kind.resource.kind.clone(),
            name: name_of(&key),
            source: Box::new(source),
        };
        let parameters = PatchParams::apply(&self.manager).force();
        let mut written = api.patch(&key.1, &parameters, &Patch::Apply(wanted)).await.map_err(failed)?;
        self.metrics.wrote(&kind.resource.kind);
        let now = serde_json::to_value(&written).unwrap_or_default();
        let mut repairs: Vec<Value> =
            foreign(&now, wanted).iter().map(|path| json!({"op": "remove", "path": path})).collect();
        for path in surplus(&now, wanted) {
            repairs.push(match wanted.pointer(&path) {
                Some(value) => json!({"op": "replace", "path": path, "value": value}),
                None => json!({"op": "remove", "path": path}),
            });
        }
        if !repairs.is_empty() {
            // Apply leaves what other writers own; in what is ours alone it must go.
            let repairs = serde_json::from_value(Value::from(repairs))
                .map_err(|source| Error::Convert { what: "a JSON patch".into(), source })?;
            let patch = Patch::Json::<()>(repairs);
            written = api.patch(&key.1, &PatchParams::default(), &patch).await.map_err(failed)?;
        }
        written.managed_fields_mut().clear();
        Ok(Applied { live: cache.put(key, Kept::new(written, &kind.resource)), changed: true })
    }

    pub(super) fn kind(&self, object: &Value) -> Result<(&KeptApi, &Arc<Cache<Kept>>), Error> {
        let (version, kind) = (text(object, "/apiVersion"), text(object, "/kind"));
        let known = self.kinds.get(&(version.to_owned(), kind.to_owned()));
        known.map(|(kind, cache)| (kind, cache)).ok_or_else(|| Error::UnknownKind { kind: kind.to_owned() })
    }
}

/// Namespace and name as one text.
pub(crate) fn name_of((namespace, name): &Key) -> String {
    if namespace.is_empty() { name.clone() } else { format!("{namespace}/{name}") }
}
