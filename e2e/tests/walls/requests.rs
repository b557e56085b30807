//! Attempts as requests: what is tried is tried in every way in which the API server takes it, each as a dry run.

use anyhow::{Context as _, Result};
use http::Request;
use kube::Client;
use serde_json::{Value, json};

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Try {
    /// How it is called in a failure.
    pub(crate) what: String,
    method: &'static str,
    path: String,
    media: &'static str,
    body: Value,
    /// Whether it can be tried without being done: not what opens a connection.
    dry: bool,
}

/// What the API server said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) said: String,
}

impl Answer {
    pub(crate) fn allowed(&self) -> bool {
        self.code < 300
    }
}

const JSON: &str = "application/json";
const STRATEGIC: &str = "application/strategic-merge-patch+json";

/// Where objects of a resource stand, `group/version/resource` or `version/resource` of the core.
pub(crate) fn collection(namespace: &str, resource: &str) -> String {
    let prefix = if resource.starts_with("v1/") { "api" } else { "apis" };
    let (version, name) = resource.rsplit_once('/').unwrap_or_default();
    format!("/{prefix}/{version}/namespaces/{namespace}/{name}")
}

impl Try {
    pub(crate) fn new(
        what: &str,
        method: &'static str,
        path: &str,
        media: &'static str,
        body: Value,
    ) -> Self {
        Self { what: what.to_owned(), method, path: path.to_owned(), media, body, dry: true }
    }

    pub(crate) fn post(what: &str, path: &str, body: Value) -> Self {
        Self::new(&format!("{what}: create"), "POST", path, JSON, body)
    }

    /// Whether it can be tried without being done.
    pub(crate) fn is_dry(&self) -> bool {
        self.dry
    }

    /// Whether it writes to a resource, or one of its subresources.
    pub(crate) fn touches(&self, collection: &str, subresource: &str) -> bool {
        let rest = self.path.strip_prefix(collection);
        rest.is_some_and(|rest| subresource.is_empty() || rest.ends_with(&format!("/{subresource}")))
    }

    /// Opens a connection into a pod or service; where it is let through, the node is not there to answer.
    pub(crate) fn connect(what: &str, path: &str) -> Self {
        Self { dry: false, ..Self::post(what, path, json!({})) }
    }

    pub(crate) fn put(what: &str, path: &str, body: Value) -> Self {
        Self::new(&format!("{what}: update"), "PUT", path, JSON, body)
    }

    pub(crate) fn merge(what: &str, path: &str, body: Value) -> Self {
        Self::new(&format!("{what}: merge patch"), "PATCH", path, "application/merge-patch+json", body)
    }

    pub(crate) fn delete(what: &str, path: &str) -> Self {
        Self::new(&format!("{what}: delete"), "DELETE", path, JSON, Value::Null)
    }

    /// Makes an object: by POST and by apply.
    pub(crate) fn make(what: &str, collection: &str, object: &Value) -> Vec<Self> {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let path = format!("{collection}/{name}");
        vec![Self::post(what, collection, object.clone()), Self::apply(what, &path, object.clone())]
    }

    fn apply(what: &str, path: &str, object: Value) -> Self {
        Self::new(&format!("{what}: apply"), "PATCH", path, "application/apply-patch+yaml", object)
    }

    /// Changes what stands at pointers, `null` taking it away: by PUT, the three patches, and apply.
    pub(crate) fn change(what: &str, path: &str, live: &Value, set: &[(&str, Value)]) -> Result<Vec<Self>> {
        let mut changed = live.clone();
        let mut patch = Vec::new();
        for (pointer, value) in set {
            // What leads there may not exist yet.
            let parts: Vec<&str> = pointer.split('/').skip(1).collect();
            for upto in 1..parts.len() {
                let parent = format!("/{}", parts[..upto].join("/"));
                if changed.pointer(&parent).is_none_or(Value::is_null) {
                    put_at(&mut changed, &parent, json!({}))?;
                    patch.push(json!({"op": "add", "path": parent, "value": {}}));
                }
            }
            put_at(&mut changed, pointer, value.clone())?;
            patch.push(match value {
                Value::Null => json!({"op": "remove", "path": pointer}),
                value => json!({"op": "add", "path": pointer, "value": value}),
            });
        }
        let mut partial = json!({});
        for (pointer, _) in set {
            copy_branch(live, &changed, &mut partial, pointer)?;
        }
        let mut tries = vec![
            Self::put(what, path, changed),
            Self::new(
                &format!("{what}: JSON patch"),
                "PATCH",
                path,
                "application/json-patch+json",
                Value::from(patch),
            ),
            Self::merge(what, path, partial.clone()),
            Self::new(&format!("{what}: strategic patch"), "PATCH", path, STRATEGIC, partial.clone()),
        ];
        // Apply takes nothing away that it did not write.
        if set.iter().all(|(_, value)| !value.is_null()) {
            partial["apiVersion"] = live["apiVersion"].clone();
            partial["kind"] = live["kind"].clone();
            partial["metadata"]["name"] = live["metadata"]["name"].clone();
            tries.push(Self::apply(what, path, partial));
        }
        Ok(tries)
    }

    fn request(&self) -> Result<Request<Vec<u8>>> {
        let join = if self.path.contains('?') { '&' } else { '?' };
        let apply = if self.media.starts_with("application/apply") { "&force=true" } else { "" };
        let dry =
            if self.dry { format!("{join}dryRun=All&fieldManager=somebody{apply}") } else { String::new() };
        let url = format!("{}{dry}", self.path);
        Request::builder()
            .method(self.method)
            .uri(url)
            .header("content-type", self.media)
            // With a body, a deletion takes its options from it, and would not be a dry run.
            .body(if self.body.is_null() { Vec::new() } else { self.body.to_string().into_bytes() })
            .context("a request")
    }

    /// What the API server warns of when it is sent as a dry run and taken.
    pub(crate) async fn warnings(&self, client: &Client) -> Result<Vec<String>> {
        let answer = client.send(self.request()?.map(Into::into)).await?;
        anyhow::ensure!(answer.status().is_success(), "{}: {}", self.what, answer.status());
        let warnings = answer.headers().get_all("warning").iter();
        Ok(warnings.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect())
    }

    /// Sends it as a dry run.
    pub(crate) async fn send(&self, client: &Client) -> Result<Answer> {
        let request = self.request()?;
        match client.request_text(request).await {
            Ok(said) => Ok(Answer { code: 200, said }),
            Err(kube::Error::Api(status)) => {
                let causes = status.details.as_ref().map(|details| format!(" {:?}", details.causes));
                Ok(Answer { code: status.code, said: status.message.clone() + &causes.unwrap_or_default() })
            }
            Err(error) => Err(error).with_context(|| self.what.clone()),
        }
    }
}

/// Sets what is at a pointer whose parent exists.
fn put_at(object: &mut Value, pointer: &str, value: Value) -> Result<()> {
    let (parent, key) = pointer.rsplit_once('/').context("a pointer")?;
    let key = key.replace("~1", "/").replace("~0", "~");
    match object.pointer_mut(parent).with_context(|| format!("{pointer} in the object"))? {
        Value::Object(map) if value.is_null() => drop(map.remove(&key)),
        Value::Object(map) => drop(map.insert(key, value)),
        Value::Array(items) => {
            let at: usize = key.parse().context("an index")?;
            *items.get_mut(at).context("an item")? = value;
        }
        _ => anyhow::bail!("{pointer} leads into nothing"),
    }
    Ok(())
}

/// Copies into `partial` what `changed` has on the way to a pointer, lists whole, as a merge patch has it.
fn copy_branch(live: &Value, changed: &Value, partial: &mut Value, pointer: &str) -> Result<()> {
    let parts: Vec<&str> = pointer.split('/').skip(1).collect();
    for (at, part) in parts.iter().enumerate() {
        let here = format!("/{}", parts[..=at].join("/"));
        let value = changed.pointer(&here).cloned().unwrap_or_default();
        if at + 1 == parts.len() || value.is_array() || live.pointer(&here).is_none_or(Value::is_null) {
            let parent = format!("/{}", parts[..at].join("/"));
            let parent = if at == 0 { Some(&mut *partial) } else { partial.pointer_mut(&parent) };
            parent.context("a branch")?[part.replace("~1", "/").replace("~0", "~")] = value;
            return Ok(());
        }
        if partial.pointer(&here).is_none() {
            put_at(partial, &here, json!({}))?;
        }
    }
    Ok(())
}
