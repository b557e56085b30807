//! Objects that count their versions: an annotation says upon which revision of a ledger they were written, and one of an earlier
//! revision is never written over one of a later.

use crds::labels::LIFTED;
use kube::api::{Patch, PostParams};
use kube::core::DynamicObject;
use plan::bundle::text;
use plan::covers::covers;
use plan::isolation::stage::is_lifted;
use serde_json::{Value, json};

use super::apply::{Applied, Kept, Objects, name_of};
use super::error::Error;

impl Objects {
    /// Makes an object be as wanted, if it does not stand as of a later revision. `counter` is the annotation that counts. What stands
    /// is compared by that annotation and not by its version: whoever uses a quota changes it all the time.
    pub(crate) async fn apply_counted(&self, wanted: &Value, counter: &str) -> Result<Applied, Error> {
        let (kind, cache) = self.kind(wanted)?;
        let key = (text(wanted, "/metadata/namespace").to_owned(), text(wanted, "/metadata/name").to_owned());
        let known = cache.get(&key.0, &key.1);
        if let Some(live) = known.as_ref().filter(|live| covers(&live.value(), wanted)) {
            return Ok(Applied { live: std::sync::Arc::clone(live), changed: false });
        }
        let failed = |source| Error::Apply {
            kind: kind.resource.kind.clone(),
            name: name_of(&key),
            source: Box::new(source),
        };
        let api = kind.at(&self.client, &key.0);
        let written = match known {
            None => {
                let object: DynamicObject = serde_json::from_value(wanted.clone())
                    .map_err(|source| Error::Convert { what: name_of(&key), source })?;
                let parameters =
                    PostParams { field_manager: Some(self.manager.clone()), ..PostParams::default() };
                api.create(&parameters, &object).await
            }
            Some(live) => {
                let live = live.value();
                let revision = |object: &Value| -> i64 {
                    let annotation = format!("/metadata/annotations/{}", escaped(counter));
                    text(object, &annotation).parse().unwrap_or_default()
                };
                if revision(&live) > revision(wanted) {
                    return Err(Error::Superseded {
                        what: format!("{} {}", kind.resource.kind, name_of(&key)),
                    });
                }
                let patch = serde_json::from_value(Value::from(changes(&live, wanted, counter)))
                    .map_err(|source| Error::Convert { what: "a JSON patch".into(), source })?;
                let parameters = kube::api::PatchParams {
                    field_manager: Some(self.manager.clone()),
                    ..kube::api::PatchParams::default()
                };
                api.patch(&key.1, &parameters, &Patch::Json::<()>(patch)).await
            }
        };
        let mut written = match written {
            // Not a refusal: another wrote since it was read.
            Err(kube::Error::Api(status)) if matches!(status.code, 409 | 422) => {
                return Err(Error::Superseded { what: format!("{} {}", kind.resource.kind, name_of(&key)) });
            }
            written => written.map_err(failed)?,
        };
        self.metrics.wrote(&kind.resource.kind);
        kube::ResourceExt::managed_fields_mut(&mut written).clear();
        Ok(Applied { live: cache.put(key, Kept::new(written, &kind.resource)), changed: true })
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// What is to be changed of what stands, where that is still of the revision that was read.
fn changes(live: &Value, wanted: &Value, counter: &str) -> Vec<Value> {
    let mut changes = Vec::new();
    let annotation = format!("/metadata/annotations/{}", escaped(counter));
    if let Some(revision) = live.pointer(&annotation) {
        changes.push(json!({"op": "test", "path": annotation, "value": revision}));
    } else {
        // It was never counted, or somebody took the count away: then the very version counts.
        let version = live.pointer("/metadata/resourceVersion").cloned().unwrap_or_default();
        changes.push(json!({"op": "test", "path": "/metadata/resourceVersion", "value": version}));
    }
    for part in ["labels", "annotations"] {
        let path = format!("/metadata/{part}");
        if live.pointer(&path).is_none() {
            changes.push(json!({"op": "add", "path": path, "value": {}}));
        }
        let ours = wanted.pointer(&path).and_then(Value::as_object);
        for (key, value) in ours.into_iter().flatten() {
            changes.push(json!({"op": "add", "path": format!("{path}/{}", escaped(key)), "value": value}));
        }
    }
    for path in plan::covers::foreign(live, wanted).into_iter().filter(|path| path.starts_with("/metadata/"))
    {
        changes.push(json!({"op": "remove", "path": path}));
    }
    // Apply would take away what it had written; here it is said.
    if is_lifted(live) && !is_lifted(wanted) {
        changes.push(json!({"op": "remove", "path": format!("/metadata/annotations/{}", escaped(LIFTED))}));
    }
    changes.push(json!({"op": "replace", "path": "/spec", "value": wanted["spec"]}));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_is_changed_only_where_it_is_of_the_revision_that_was_read() {
        let wanted = json!({
            "metadata": {"labels": {"zhengyun.io/set": "d"}, "annotations": {"a/r": "2"}},
            "spec": {"hard": {"pods": "1"}}
        });
        let live = json!({"metadata": {"resourceVersion": "7", "labels": {"zhengyun.io/x": "y"}, "annotations": {"a/r": "1"}}});
        let changes = changes(&live, &wanted, "a/r");
        assert_eq!(changes[0], json!({"op": "test", "path": "/metadata/annotations/a~1r", "value": "1"}));
        assert!(changes.contains(&json!({"op": "remove", "path": "/metadata/labels/zhengyun.io~1x"})));
        assert_eq!(changes.last().unwrap()["value"], wanted["spec"]);
        let lifted = json!({"metadata": {"annotations": {"a/r": "1", "zhengyun.io/lifted": "true"}}});
        let again = super::changes(&lifted, &wanted, "a/r");
        let gone = json!({"op": "remove", "path": "/metadata/annotations/zhengyun.io~1lifted"});
        assert!(again.contains(&gone) && !changes.contains(&gone));
        let uncounted = super::changes(&json!({"metadata": {"resourceVersion": "7"}}), &wanted, "a/r");
        assert_eq!(uncounted[0], json!({"op": "test", "path": "/metadata/resourceVersion", "value": "7"}));
    }
}
