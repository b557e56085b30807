//! Whether what stands in a cluster already is what we want, so that no request is needed.

use serde_json::Value;

/// Paths whose maps are ours alone: server-side apply leaves other writers' keys in them, so they are compared whole.
const CLOSED: [&[&str]; 1] = [&["spec", "hard"]];

/// Prefixes of label keys that are ours alone on every object that we keep.
const CLOSED_LABELS: [&str; 2] = ["zhengyun.io/", "pod-security.kubernetes.io/"];

/// Whether `live` has all that `wanted` says. What the API server added is no difference; a foreign key in a closed map is.
#[must_use]
pub fn covers(live: &Value, wanted: &Value) -> bool {
    has(live, wanted) && foreign(live, wanted).is_empty()
}

/// Keys in closed maps of `live` that `wanted` does not have, as JSON pointers: apply does not take them away.
#[must_use]
pub fn foreign(live: &Value, wanted: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for path in CLOSED {
        if let (Some(Value::Object(live)), Some(Value::Object(wanted))) = (at(live, path), at(wanted, path)) {
            let extra = live.keys().filter(|key| !wanted.contains_key(*key));
            found.extend(extra.map(|key| pointer(path, key)));
        }
    }
    let path = ["metadata", "labels"];
    if let (Some(Value::Object(live)), Some(Value::Object(wanted))) = (at(live, &path), at(wanted, &path)) {
        let ours = |key: &&String| CLOSED_LABELS.iter().any(|prefix| key.starts_with(prefix));
        let extra = live.keys().filter(ours).filter(|key| !wanted.contains_key(*key));
        found.extend(extra.map(|key| pointer(&path, key)));
    }
    found
}

fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

fn pointer(path: &[&str], key: &str) -> String {
    format!("/{}/{}", path.join("/"), key.replace('~', "~0").replace('/', "~1"))
}

fn has(live: &Value, wanted: &Value) -> bool {
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) => {
            wanted.iter().all(|(key, value)| live.get(key).is_some_and(|found| has(found, value)))
        }
        (Value::Array(live), Value::Array(wanted)) => {
            live.len() == wanted.len() && live.iter().zip(wanted).all(|(live, wanted)| has(live, wanted))
        }
        _ => live == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_server_added_is_no_difference() {
        let wanted = json!({"spec": {"rules": [{"port": 53}]}});
        let live = json!({"spec": {"rules": [{"port": 53, "protocol": "TCP"}]}, "status": {}});
        assert!(covers(&live, &wanted));
    }

    #[test]
    fn a_changed_missing_or_longer_value_is_a_difference() {
        let wanted = json!({"spec": {"rules": [1]}, "data": {"a": "b"}});
        assert!(!covers(&json!({"spec": {"rules": [2]}, "data": {"a": "b"}}), &wanted));
        assert!(!covers(&json!({"spec": {"rules": [1]}}), &wanted));
        assert!(!covers(&json!({"spec": {"rules": [1, 2]}, "data": {"a": "b"}}), &wanted));
    }

    #[test]
    fn a_foreign_key_in_a_closed_map_is_a_difference_and_named() {
        let wanted = json!({"metadata": {"labels": {"zhengyun.io/zone": "extranet"}}, "spec": {"hard": {"pods": "1"}}});
        let live = json!({
            "metadata": {"labels": {"zhengyun.io/zone": "extranet", "zhengyun.io/other": "x", "team": "y"}},
            "spec": {"hard": {"pods": "1", "secrets": "9"}}
        });
        assert!(!covers(&live, &wanted));
        assert_eq!(foreign(&live, &wanted), ["/spec/hard/secrets", "/metadata/labels/zhengyun.io~1other"]);
    }
}
