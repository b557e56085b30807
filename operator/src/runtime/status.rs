//! Status: written only when it says something else, and known to the cache at once.

use std::fmt::Debug;
use std::sync::Arc;

use kube::api::{Api, Patch, PatchParams};
use kube::core::NamespaceResourceScope;
use kube::core::object::HasStatus;
use kube::{Client, Resource, ResourceExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::cache::{Cache, key_of};
use super::error::Error;
use super::metrics::Metrics;

/// Writes the status of objects.
#[derive(Clone)]
pub(crate) struct StatusWriter {
    client: Client,
    manager: String,
    metrics: Arc<Metrics>,
}

impl StatusWriter {
    /// A writer under one field manager.
    pub(crate) fn new(client: Client, manager: &str, metrics: Arc<Metrics>) -> Self {
        Self { client, manager: manager.to_owned(), metrics }
    }

    /// Writes the status of an object that has no namespace, unless it says the same already.
    pub(crate) async fn cluster<K, S>(&self, cache: &Cache<K>, object: &K, status: &S) -> Result<(), Error>
    where
        K: Resource<DynamicType = ()> + HasStatus<Status = S> + Clone + Debug + DeserializeOwned,
        S: PartialEq + Serialize,
    {
        if object.status() == Some(status) {
            return Ok(());
        }
        self.write(Api::all(self.client.clone()), cache, object, status).await
    }

    /// Writes a part of the status of an object that has no namespace: under a field manager of its own it leaves the rest alone.
    pub(crate) async fn part<K, S>(&self, cache: &Cache<K>, object: &K, part: &S) -> Result<(), Error>
    where
        K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
        S: Serialize,
    {
        self.write(Api::all(self.client.clone()), cache, object, part).await
    }

    /// Writes the status of an object in a namespace, unless it says the same already.
    pub(crate) async fn namespaced<K, S>(&self, cache: &Cache<K>, object: &K, status: &S) -> Result<(), Error>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
            + HasStatus<Status = S>
            + Clone
            + Debug
            + DeserializeOwned,
        S: PartialEq + Serialize,
    {
        if object.status() == Some(status) {
            return Ok(());
        }
        let namespace = object.namespace().unwrap_or_default();
        self.write(Api::namespaced(self.client.clone(), &namespace), cache, object, status).await
    }

    async fn write<K, S>(&self, api: Api<K>, cache: &Cache<K>, object: &K, status: &S) -> Result<(), Error>
    where
        K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
        S: Serialize,
    {
        let (kind, name) = (K::kind(&()).into_owned(), object.name_any());
        let patch = json!({
            "apiVersion": K::api_version(&()),
            "kind": kind,
            // The uid makes this fail on an object that was deleted and made again meanwhile.
            "metadata": {"name": name, "uid": object.uid()},
            "status": status
        });
        let parameters = PatchParams::apply(&self.manager).force();
        let mut written = api
            .patch_status(&name, &parameters, &Patch::Apply(&patch))
            .await
            .map_err(|source| Error::Status { kind: kind.clone(), name, source: Box::new(source) })?;
        self.metrics.wrote(&kind);
        written.managed_fields_mut().clear();
        cache.put(key_of(&written), written);
        Ok(())
    }
}
