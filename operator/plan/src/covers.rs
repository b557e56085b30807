//! Whether what stands in a cluster already is what we want, so that no request is needed.

use serde_json::Value;

/// Paths whose maps are ours alone: server-side apply leaves other writers' keys in them, so they are compared whole.
const CLOSED: [&[&str]; 1] = [&["spec", "hard"]];

/// Prefixes of label keys that are ours alone on every object that we keep.
const CLOSED_LABELS: [&str; 2] = ["zhengyun.io/", "pod-security.kubernetes.io/"];

/// Parts that are ours alone and compared both ways, by kind: what somebody adds to them opens the fence.
const OURS: [(&str, &str); 3] =
    [("NetworkPolicy", "spec"), ("ResourceQuota", "spec"), ("RoleBinding", "subjects")];

/// Whether `live` has all that `wanted` says. What the API server added is no difference; a foreign key in a closed map, or
/// anything more in a part that is ours alone, is.
#[must_use]
pub fn covers(live: &Value, wanted: &Value) -> bool {
    has(live, wanted) && foreign(live, wanted).is_empty() && surplus(live, wanted).is_empty()
}

/// Parts of `live` that are ours alone and say more than `wanted`, as JSON pointers. We write all that the API server would add to
/// them, so anything more is somebody else's.
#[must_use]
pub fn surplus(live: &Value, wanted: &Value) -> Vec<String> {
    let kind = wanted.get("kind").and_then(Value::as_str).unwrap_or_default();
    let ours = OURS.iter().filter(|(of, _)| *of == kind).map(|(_, part)| *part);
    ours.filter(|part| {
        let (live, wanted) =
            (live.get(part).unwrap_or(&Value::Null), wanted.get(part).unwrap_or(&Value::Null));
        live != wanted
    })
    .map(|part| format!("/{part}"))
    .collect()
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
    fn whatever_is_added_to_a_policy_or_a_binding_is_a_difference() {
        let deny = json!({"kind": "NetworkPolicy", "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}});
        assert!(covers(&deny, &deny));
        for (pointer, value) in
            [("ingress", json!([{}])), ("podSelector", json!({"matchLabels": {"x": "y"}}))]
        {
            let mut opened = deny.clone();
            opened["spec"][pointer] = value;
            assert!(!covers(&opened, &deny), "{pointer}");
            assert_eq!(surplus(&opened, &deny), ["/spec"]);
        }
        let nobody = json!({"kind": "RoleBinding", "roleRef": {"name": "r"}});
        let somebody =
            json!({"kind": "RoleBinding", "roleRef": {"name": "r"}, "subjects": [{"name": "thief"}]});
        assert!(!covers(&somebody, &nobody));
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
