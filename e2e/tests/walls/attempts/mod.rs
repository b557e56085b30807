//! Everything by which a department might leave its namespace, reach into another's or take more than it was given, and the code
//! of the sentence that it gets.

mod holdings;
mod network;
mod platform;
mod workloads;

use anyhow::Result;
use serde_json::{Value, json};

use crate::requests::Try;
use crate::world::World;

/// One attempt in all its ways.
pub(crate) struct Attempt {
    pub(crate) code: &'static str,
    pub(crate) tries: Vec<Try>,
}

/// Values at pointers.
type Set = Vec<(&'static str, Value)>;

/// Every attempt.
pub(crate) async fn all(world: &World) -> Result<Vec<Attempt>> {
    let mut all = workloads::workloads(world).await?;
    all.extend(workloads::pods_own(world).await?);
    all.extend(network::network(world).await?);
    all.extend(holdings::storage(world).await?);
    all.extend(holdings::access(world).await?);
    all.extend(platform::platform(world).await?);
    all.extend(platform::namespaces(world).await?);
    Ok(all)
}

/// A new object like a standing one, under another name.
fn another(live: &Value) -> Value {
    let mut object =
        json!({"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": {"name": "another"}});
    for part in ["spec", "template", "data", "rules", "roleRef", "subjects"] {
        if let Some(value) = live.get(part) {
            object[part] = value.clone();
        }
    }
    object["metadata"]["labels"] = live["metadata"]["labels"].clone();
    for allocated in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "nodeName", "volumeName"] {
        object
            .get_mut("spec")
            .and_then(Value::as_object_mut)
            .into_iter()
            .for_each(|spec| drop(spec.remove(allocated)));
    }
    object
}

fn put(object: &mut Value, pointer: &str, value: &Value) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    let key = key.replace("~1", "/");
    if object.pointer(parent).is_none_or(Value::is_null) && !parent.is_empty() {
        put(object, parent, &json!({}));
    }
    if let Some(Value::Object(map)) = object.pointer_mut(parent) {
        if value.is_null() {
            map.remove(&key);
        } else {
            map.insert(key, value.clone());
        }
    }
}
