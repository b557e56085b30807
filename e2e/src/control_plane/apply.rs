//! Applying YAML, as `kubectl apply --server-side` would, without starting a process per file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::core::{ApiResource, GroupVersionKind};
use kube::discovery::{ApiCapabilities, Scope, pinned_kind};
use kube::runtime::wait::conditions;
use kube::{Api, Client, ResourceExt as _};
use serde::Deserialize as _;

use super::ControlPlane;
use crate::wait::{condition, poll, within};

const FIELD_MANAGER: &str = "e2e";
/// A new kind takes the API server some tens of milliseconds to serve.
const SERVED_WITHIN: Duration = Duration::from_secs(30);

impl ControlPlane {
    /// Applies YAML documents in their order, as the administrator; a kind that is defined is served before the next.
    pub async fn apply(&self, yaml: &str) -> Result<Vec<DynamicObject>> {
        self.apply_as(&self.admin()?, yaml).await
    }

    /// Applies YAML documents in their order with a client of somebody.
    pub async fn apply_as(&self, client: &Client, yaml: &str) -> Result<Vec<DynamicObject>> {
        let mut known = HashMap::new();
        let mut applied = Vec::new();
        for object in parse(yaml)? {
            let what = described(&object);
            let result = apply_one(client, object, &mut known).await;
            applied.push(result.with_context(|| format!("apply {what} on {}", self.name))?);
        }
        Ok(applied)
    }

    /// Applies a YAML file.
    pub async fn apply_file(&self, path: &Path) -> Result<Vec<DynamicObject>> {
        let yaml = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        self.apply(&yaml).await.with_context(|| path.display().to_string())
    }

    /// Applies every `*.yaml` file of a folder, in the order of their names.
    pub async fn apply_folder(&self, folder: &Path) -> Result<Vec<DynamicObject>> {
        let mut applied = Vec::new();
        for file in yaml_files(folder)? {
            applied.extend(self.apply_file(&file).await?);
        }
        Ok(applied)
    }
}

/// The `*.yaml` files of a folder, sorted by name.
fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let what = || format!("list {}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(what)? {
        let path = entry.with_context(what)?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn parse(yaml: &str) -> Result<Vec<DynamicObject>> {
    let mut objects = Vec::new();
    for document in serde_yaml::Deserializer::from_str(yaml) {
        let value = serde_json::Value::deserialize(document).context("read YAML")?;
        // A document of comments only, as charts begin with, is no object.
        if !value.is_null() {
            objects.push(serde_json::from_value(value).context("read a Kubernetes object")?);
        }
    }
    Ok(objects)
}

fn described(object: &DynamicObject) -> String {
    let kind = object.types.as_ref().map_or("object without a kind", |types| types.kind.as_str());
    format!("{kind} {}", object.name_any())
}

async fn apply_one(
    client: &Client,
    object: DynamicObject,
    known: &mut HashMap<GroupVersionKind, (ApiResource, ApiCapabilities)>,
) -> Result<DynamicObject> {
    let types = object.types.as_ref().context("apiVersion and kind are missing")?;
    let kind = GroupVersionKind::try_from(types).context("apiVersion")?;
    if !known.contains_key(&kind) {
        let what = format!("{} is served", kind.api_version());
        let served = poll(SERVED_WITHIN, &what, async || Ok(pinned_kind(client, &kind).await.ok())).await?;
        known.insert(kind.clone(), served);
    }
    let (resource, capabilities) = known.get(&kind).context("the kind just found")?;
    let api: Api<DynamicObject> = match capabilities.scope {
        Scope::Cluster => Api::all_with(client.clone(), resource),
        Scope::Namespaced => {
            let namespace = object.namespace().unwrap_or_else(|| "default".into());
            made(client, &namespace).await?;
            Api::namespaced_with(client.clone(), &namespace, resource)
        }
    };
    let name = object.metadata.name.clone().context("metadata.name is missing")?;
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let applied = api.patch(&name, &params, &Patch::Apply(&object)).await?;
    if kind.kind == "CustomResourceDefinition" {
        let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
        let established = condition(definitions, &name, conditions::is_crd_established());
        within(SERVED_WITHIN, "the definition is established", established).await?;
    }
    Ok(applied)
}

/// Waits for a namespace: a department's is made by the hub soon after the department.
async fn made(client: &Client, namespace: &str) -> Result<()> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    // Whoever may not read namespaces is not to be stopped here: the API server says what is wrong.
    if let Ok(None) = namespaces.get_opt(namespace).await {
        let exists = condition(namespaces, namespace, |found: Option<&Namespace>| found.is_some());
        within(SERVED_WITHIN, &format!("namespace {namespace} is made"), exists).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_in_order_and_empty_ones_passed_over() {
        let objects = parse(
            "# a comment\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: a}\n",
        )
        .unwrap();
        let shown: Vec<_> = objects.iter().map(described).collect();
        assert_eq!(shown, ["Namespace a", "ConfigMap b"]);
    }

    #[test]
    fn files_are_taken_by_name_and_only_yaml() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["20-b.yaml", "10-a.yaml", "README.md"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let names: Vec<_> = yaml_files(folder.path())
            .unwrap()
            .iter()
            .map(|path| path.file_name().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["10-a.yaml", "20-b.yaml"]);
    }
}
