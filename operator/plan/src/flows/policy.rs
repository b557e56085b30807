//! The one network policy of a workspace that holds its flows. It is always there: what an order leaves out is not taken away,
//! so a flow that has ended must be said by a policy that no longer opens it.

use std::collections::BTreeSet;

use crds::{BundleObject, FlowPort, RawObject, labels};
use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};

use super::{AtSite, Opened};
use crate::bundle::{Content, text};

/// Name of the policy.
pub const POLICY: &str = "zhengyun-flows";
/// What stands for "no end" among the ends of rules.
const NO_END: &str = "-";

/// The policy, with this metadata. When each rule ends stands beside it, so that an order that nobody renders anew, because its
/// workspace is no longer registered or is wrong now, still ends on time.
#[must_use]
pub fn network_policy(mut metadata: Value, open: &AtSite) -> Value {
    metadata["annotations"] =
        json!({labels::INGRESS_UNTIL: ends(&open.into), labels::EGRESS_UNTIL: ends(&open.out)});
    let mut spec = json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]});
    // An empty list would be dropped by the API server, and what it gives back must compare equal.
    if !open.into.is_empty() {
        spec["ingress"] = open.into.iter().map(|opened| rule("from", opened)).collect();
    }
    if !open.out.is_empty() {
        spec["egress"] = open.out.iter().map(|opened| rule("to", opened)).collect();
    }
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec})
}

fn ends(rules: &BTreeSet<Opened>) -> String {
    let ends = rules.iter().map(|rule| rule.until.map_or_else(|| NO_END.to_owned(), |end| end.to_string()));
    ends.collect::<Vec<_>>().join(",")
}

fn rule(direction: &str, opened: &Opened) -> Value {
    let ports: Vec<Value> = opened
        .ports
        .iter()
        .map(|FlowPort { port, protocol }| json!({"port": port, "protocol": protocol.id()}))
        .collect();
    // Both labels: the API server writes the one, our policy on namespaces keeps the other.
    let peer = json!({"namespaceSelector": {"matchLabels": {
        "kubernetes.io/metadata.name": opened.namespace,
        labels::DEPARTMENT: opened.department
    }}});
    json!({direction: [peer], "ports": ports})
}

/// Takes out of a content what has ended, and says when the next rule ends.
pub fn end_in(content: &mut Content, now: Timestamp) -> Option<Timestamp> {
    let name = format!("\"name\":\"{POLICY}\"");
    let nothing = [labels::INGRESS_UNTIL, labels::EGRESS_UNTIL].map(|key| format!("\"{key}\":\"\""));
    let mut next = None;
    for bundled in &mut content.objects {
        let raw = &bundled.object;
        if !raw.mentions(&name) || nothing.iter().all(|nothing| raw.mentions(nothing)) {
            continue;
        }
        let mut policy = raw.value();
        if text(&policy, "/metadata/name") != POLICY || text(&policy, "/kind") != "NetworkPolicy" {
            continue;
        }
        let mut changed = false;
        for (part, key) in [("ingress", labels::INGRESS_UNTIL), ("egress", labels::EGRESS_UNTIL)] {
            let (ended, following) = end_rules(&mut policy, part, key, now);
            changed |= ended;
            next = [next, following].into_iter().flatten().min();
        }
        if changed {
            *bundled = BundleObject { authority: bundled.authority, object: RawObject::new(policy) };
        }
    }
    next
}

/// Takes the rules of one direction that have ended out of a policy: whether there were any, and when the next one ends.
fn end_rules(policy: &mut Value, part: &str, key: &str, now: Timestamp) -> (bool, Option<Timestamp>) {
    let pointer = format!("/metadata/annotations/{}", key.replace('/', "~1"));
    let ends: Vec<String> =
        text(policy, &pointer).split(',').filter(|end| !end.is_empty()).map(str::to_owned).collect();
    let rules = policy["spec"][part].as_array().cloned().unwrap_or_default();
    let end = |end: &str| end.parse::<Timestamp>().ok();
    let next = ends.iter().filter_map(|text| end(text)).filter(|end| *end > now).min();
    let stays = |text: &str| end(text).is_none_or(|end| end > now);
    if rules.len() != ends.len() || ends.iter().all(|text| stays(text)) {
        return (false, next);
    }
    let kept: Vec<(String, Value)> = ends.into_iter().zip(rules).filter(|(text, _)| stays(text)).collect();
    let (ends, rules): (Vec<String>, Vec<Value>) = kept.into_iter().unzip();
    policy["metadata"]["annotations"][key] = ends.join(",").into();
    if rules.is_empty() {
        policy["spec"].as_object_mut().map(|spec| spec.remove(part));
    } else {
        policy["spec"][part] = rules.into();
    }
    (true, next)
}
