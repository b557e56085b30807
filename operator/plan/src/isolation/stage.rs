//! How far the rules are in force in an adopted namespace (DESIGN section 3, invariant 11).
//!
//! | object | observe | warn | enforce |
//! |---|---|---|---|
//! | the namespace's marks of ownership and stage | yes | yes | yes |
//! | its Pod Security labels | its own | ours warn and audit, `enforce` its own | ours |
//! | ConfigMaps | lifted | yes | yes |
//! | RoleBindings | lifted | yes | yes |
//! | ResourceQuota, LimitRange, NetworkPolicies | lifted | lifted | yes |
//!
//! *Lifted* is a form without effect. It is written over an object that stands, because what an order leaves out is not taken away,
//! and makes none. So a step forward from nothing adds nothing before its stage, and a step back takes away what the stage added.

use std::collections::BTreeMap;

use crds::{BundleObject, Enforcement, RawObject, labels};
use serde_json::{Map, Value, json};

use crate::bundle::text;

/// Prefix of the labels that the built-in Pod Security admission reads.
pub const POD_SECURITY: &str = "pod-security.kubernetes.io/";
/// The mode that refuses.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// The objects of an adopted namespace at a stage. `mark` is what the site must say of it: [`labels::ADOPT`].
#[must_use]
pub fn staged(objects: Vec<BundleObject>, stage: Enforcement, mark: &str) -> Vec<BundleObject> {
    let render = |BundleObject { authority, object }| {
        let object = RawObject::new(at_stage(object.value(), stage, mark));
        BundleObject { authority, object }
    };
    objects.into_iter().map(render).collect()
}

fn at_stage(object: Value, stage: Enforcement, mark: &str) -> Value {
    let warned = stage >= Enforcement::Warn;
    match text(&object, "/kind") {
        "Namespace" => namespace(object, stage, mark),
        "ConfigMap" | "RoleBinding" if warned => object,
        _ if stage == Enforcement::Enforce => object,
        _ => lifted(object),
    }
}

fn namespace(mut object: Value, stage: Enforcement, mark: &str) -> Value {
    object["metadata"]["labels"][labels::ENFORCEMENT] = stage.id().into();
    object["metadata"]["annotations"][labels::ADOPT] = mark.into();
    if stage == Enforcement::Enforce {
        return object;
    }
    let Some(own) = object.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) else {
        return object;
    };
    let standard = own.get(ENFORCE).cloned();
    own.retain(|key, _| !key.starts_with(POD_SECURITY));
    if stage == Enforcement::Observe {
        // A freeze would stop what the department does there already.
        own.remove(labels::FROZEN);
    }
    if let Some(standard) = standard.filter(|_| stage == Enforcement::Warn) {
        for mode in ["warn", "audit"] {
            own.insert(format!("{POD_SECURITY}{mode}"), standard.clone());
            own.insert(format!("{POD_SECURITY}{mode}-version"), "latest".into());
        }
    }
    object
}

/// An object in the form that has no effect.
#[must_use]
pub fn lifted(mut object: Value) -> Value {
    object["metadata"]["annotations"][labels::LIFTED] = "true".into();
    match text(&object, "/kind") {
        "ResourceQuota" => object["spec"] = json!({}),
        "LimitRange" => object["spec"] = json!({"limits": [{"type": "Container"}]}),
        "NetworkPolicy" => {
            let types = object.pointer("/spec/policyTypes").cloned().unwrap_or_else(|| json!(["Ingress"]));
            // It selects no pod. One that lets everything through would open what others' policies in the namespace close.
            let nothing = json!([
                {"key": labels::LIFTED, "operator": "Exists"},
                {"key": labels::LIFTED, "operator": "DoesNotExist"}
            ]);
            object["spec"] = json!({"podSelector": {"matchExpressions": nothing}, "policyTypes": types});
        }
        "RoleBinding" => {
            object.as_object_mut().map(|binding| binding.remove("subjects"));
        }
        _ => {}
    }
    object
}

/// Whether an object is only written over one that stands.
#[must_use]
pub fn is_lifted(object: &Value) -> bool {
    !annotation(object, labels::LIFTED).is_empty()
}

/// The stage that the namespace of an object's own order names; a namespace without one is fenced in whole.
#[must_use]
pub fn stage_of(namespace: &Value) -> Enforcement {
    let label = namespace.pointer("/metadata/labels").and_then(|labels| labels.get(labels::ENFORCEMENT));
    label.and_then(Value::as_str).and_then(Enforcement::of).unwrap_or(Enforcement::Enforce)
}

/// What an object says under an annotation.
#[must_use]
pub fn annotation<'a>(object: &'a Value, key: &str) -> &'a str {
    let annotations = object.pointer("/metadata/annotations");
    annotations.and_then(|annotations| annotations.get(key)).and_then(Value::as_str).unwrap_or_default()
}

/// An adopted namespace as it is to stand, seen what stands: Pod Security labels of its own stay until ours take their place, are
/// remembered in it, and come back with a step back. None for a namespace that is not adopted.
#[must_use]
pub fn as_found(wanted: &Value, live: &Value) -> Option<Value> {
    if text(wanted, "/kind") != "Namespace" || annotation(wanted, labels::ADOPT).is_empty() {
        return None;
    }
    // Before our first write there is no stage, and every label is its own.
    let of = live.pointer("/metadata/labels").and_then(|labels| labels.get(labels::ENFORCEMENT));
    let was = of.and_then(Value::as_str).and_then(Enforcement::of).unwrap_or(Enforcement::Observe);
    let known: BTreeMap<String, String> =
        serde_json::from_str(annotation(live, labels::FOUND)).unwrap_or_default();
    let mut found: BTreeMap<String, String> = known.into_iter().filter(|(key, _)| sets(was, key)).collect();
    found.extend(pod_security(live).filter(|(key, _)| !sets(was, key)));

    let stage = stage_of(wanted);
    let mut object = wanted.clone();
    for (key, value) in found.iter().filter(|(key, _)| !sets(stage, key)) {
        object["metadata"]["labels"][key] = value.as_str().into();
    }
    if !found.is_empty() {
        object["metadata"]["annotations"][labels::FOUND] = json!(found).to_string().into();
    }
    Some(object)
}

/// Whether a Pod Security label is ours to say at a stage.
fn sets(stage: Enforcement, key: &str) -> bool {
    match stage {
        Enforcement::Observe => false,
        Enforcement::Warn => !key.starts_with(ENFORCE),
        Enforcement::Enforce => true,
    }
}

fn pod_security(namespace: &Value) -> impl Iterator<Item = (String, String)> {
    let labels = namespace.pointer("/metadata/labels").and_then(Value::as_object);
    let ours = labels.into_iter().flat_map(Map::iter).filter(|(key, _)| key.starts_with(POD_SECURITY));
    ours.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
}

#[cfg(test)]
#[path = "stage_tests.rs"]
mod tests;
