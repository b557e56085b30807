//! What the site's admission policies allow in one namespace: their parameters, as one ConfigMap that they find by its name.
//!
//! Values are lists, an item a line, because that is what the policies can take apart; `*` stands for anything.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crds::tenancy::isolation_profile::PullPolicy;
use crds::{IsolationProfileSpec, Message, labels};
use serde_json::{Value, json};

use super::{Fence, metadata};
use crate::Findings;

/// Anything goes.
const ANY: &str = "*";

/// The ConfigMap of one workspace's namespace.
pub(super) fn config_map(fence: &Fence<'_>) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(fence, labels::PARAMETERS),
        "data": data(fence)
    })
}

/// Every parameter, also those that allow nothing: a missing key is a mistake that the policies refuse.
fn data(fence: &Fence<'_>) -> BTreeMap<&'static str, String> {
    let profile = fence.profile;
    let pull_policies = profile.images.pull_policies.as_deref();
    let pull_policies = pull_policies.map(|all| all.iter().copied().map(PullPolicy::id));
    let node_selector = profile.pods.node_selector.iter().map(|(key, value)| format!("{key}={value}"));
    BTreeMap::from([
        ("groups", lines(fence.groups.iter().map(|group| group.group.as_str()))),
        ("registries", any_or(profile.images.registries.as_deref())),
        ("pullPolicies", pull_policies.map_or_else(|| ANY.to_owned(), lines)),
        ("nodeSelector", lines(node_selector)),
        ("tolerations", lines(&profile.pods.tolerations)),
        ("priorityClasses", lines(&profile.pods.priority_classes)),
        ("runtimeClasses", lines(&profile.pods.runtime_classes)),
        ("deviceClasses", lines(&profile.pods.device_classes)),
        ("schedulers", lines(&profile.pods.schedulers)),
        ("storageClasses", any_or(profile.storage.classes.as_deref())),
        ("ingressClasses", any_or(profile.ingress.classes.as_deref())),
        ("hosts", lines(fence.hosts)),
        ("ipBlocks", lines(&profile.network.ip_blocks)),
        ("requiredLabels", lines(&profile.metadata.required_labels)),
        ("forbiddenLabels", lines(&profile.metadata.forbidden_labels)),
        ("forbiddenAnnotations", lines(&profile.metadata.forbidden_annotations)),
    ])
}

/// What is wrong with the lists of a profile: what the policies could not read would refuse everything.
#[must_use]
pub fn check(profile: &IsolationProfileSpec) -> Findings {
    let blocks = profile.network.ip_blocks.iter().enumerate();
    blocks
        .filter(|(_, block)| !is_cidr(block))
        .map(|(at, block)| Message::CidrMalformed {
            field: format!("spec.network.ipBlocks[{at}]"),
            value: block.clone(),
        })
        .collect()
}

fn is_cidr(block: &str) -> bool {
    let Some((address, bits)) = block.split_once('/') else { return false };
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.parse::<u8>().is_ok_and(|count| count <= most && count.to_string() == bits)
}

fn lines<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    // An item with a line break in it would be two.
    let whole = items.into_iter().filter(|item| !item.as_ref().contains(['\n', '\r']));
    whole.map(|item| item.as_ref().to_owned()).collect::<Vec<_>>().join("\n")
}

fn any_or(items: Option<&[String]>) -> String {
    items.map_or_else(|| ANY.to_owned(), lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_anything_and_what_is_empty_is_nothing() {
        assert_eq!(any_or(None), "*");
        assert_eq!(any_or(Some(&[])), "");
        assert_eq!(any_or(Some(&["a".into(), "b".into()])), "a\nb");
    }

    #[test]
    fn an_address_range_that_is_none_is_named_with_its_field() {
        let blocks = ["10.20.0.0/16", "fd00::/8", "10.20.0.0", "10.20.0.0/33", "a/8", "10.0.0.0/08"];
        let profile = json!({"displayName": "x", "network": {"ipBlocks": blocks}});
        let said = check(&serde_json::from_value(profile).unwrap());
        let fields: Vec<_> =
            said.iter().map(|said| said.text(crds::Lang::En).chars().take(24).collect::<String>()).collect();
        assert_eq!(fields.len(), 4, "{said:?}");
        assert_eq!(fields[0], "spec.network.ipBlocks[2]");
    }

    #[test]
    fn an_item_cannot_smuggle_in_another() {
        assert_eq!(lines(["a", "b\nc", "d"]), "a\nd");
    }
}
