//! Requests of ours, counted by who made them and what they were.

use std::collections::BTreeMap;
use std::fmt;

use super::figure::Words;
use crate::audit::Entry;

/// Who made a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Writer {
    /// The hub, on its own API server.
    Hub,
    /// An agent, on its site's API server, also as a department's executor.
    Agent,
    /// An agent, on the hub's API server.
    Link,
}

impl Writer {
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        let account = entry.user.strip_prefix("system:serviceaccount:")?;
        match account {
            "zhengyun-system:zhengyun-hub" => Some(Self::Hub),
            "zhengyun-system:zhengyun-site" => Some(Self::Agent),
            _ => account.starts_with("site-").then_some(Self::Link),
        }
    }

    pub(super) fn words(self) -> Words {
        match self {
            Self::Hub => Words::new("中心", "hub"),
            Self::Agent => Words::new("代理在机房", "agent on its site"),
            Self::Link => Words::new("代理在中心", "agent on the hub"),
        }
    }
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hub => "hub",
            Self::Agent => "agent",
            Self::Link => "link",
        })
    }
}

/// How often each of them did each thing: by verb, and for a status by kind too, as that is where writes too many are.
pub(super) fn counted<'a>(
    requests: impl IntoIterator<Item = &'a Entry>,
) -> BTreeMap<(Writer, String), usize> {
    let mut counts = BTreeMap::new();
    for entry in requests.into_iter().filter(|entry| !is_passing(entry)) {
        let Some(writer) = Writer::of(entry) else { continue };
        let what = match entry.subresource.as_str() {
            "" => entry.verb.clone(),
            subresource => format!("{}-{}-{subresource}", entry.verb, entry.resource),
        };
        *counts.entry((writer, what)).or_default() += 1;
    }
    counts
}

/// Signs of life, leadership and tokens come with time, not with work.
fn is_passing(entry: &Entry) -> bool {
    entry.resource == "leases" || entry.subresource == "token"
}

/// Whether it asks for something: get, list, or the end of a watch.
pub(super) fn is_read(verb: &str) -> bool {
    matches!(verb, "get" | "list" | "watch")
}

/// Whether it made a new object.
pub(super) fn creates(entry: &Entry) -> bool {
    entry.is_write() && entry.code == 201 && entry.subresource.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(user: &str, verb: &str, resource: &str, subresource: &str, code: u16) -> Entry {
        Entry {
            user: format!("system:serviceaccount:{user}"),
            pod: None,
            impersonated: None,
            user_agent: String::new(),
            verb: verb.into(),
            api_group: String::new(),
            resource: resource.into(),
            subresource: subresource.into(),
            namespace: "n".into(),
            name: "x".into(),
            code,
            dry_run: false,
        }
    }

    #[test]
    fn requests_are_counted_by_who_and_what_and_signs_of_life_are_not() {
        let all = [
            entry("zhengyun-system:zhengyun-hub", "patch", "namespaces", "", 201),
            entry("zhengyun-system:zhengyun-hub", "patch", "workspaces", "status", 200),
            entry("zhengyun-system:zhengyun-hub", "update", "leases", "", 200),
            entry("zhengyun-system:zhengyun-site", "create", "appliedbundles", "", 201),
            entry("site-kaicheng:agent", "patch", "sitereports", "status", 200),
            entry("site-kaicheng:agent", "patch", "leases", "", 200),
            entry("site-kaicheng:agent", "create", "serviceaccounts", "token", 201),
            entry("kube-system:other", "patch", "namespaces", "", 200),
        ];
        let counts: Vec<String> =
            counted(&all).iter().map(|((who, what), count)| format!("{who} {what} {count}")).collect();
        let expected = [
            "hub patch 1",
            "hub patch-workspaces-status 1",
            "agent create 1",
            "link patch-sitereports-status 1",
        ];
        assert_eq!(counts, expected);
        assert_eq!(all.iter().filter(|entry| creates(entry)).count(), 2);
    }
}
