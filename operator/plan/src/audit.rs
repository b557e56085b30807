//! What people of the provider and of the platform did in a department's namespaces, out of the audit logs of API servers: lines of
//! JSON that anybody may have written into a file, so nothing in them is believed to have a form.

use std::collections::{BTreeMap, BTreeSet};

use crds::AccessGrant;
use crds::tenancy::access_grant::AccessVerb;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::access::MOST_HOURS;

/// Who acted, as far as the department is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Who {
    /// 云服务商.
    Provider,
    /// 平台工程师.
    Engineer,
    /// 安全管理员、审计管理员.
    Officer,
    /// 超级管理员: whom nothing is denied.
    Superuser,
    /// Somebody else whom an access grant lets in.
    LetIn,
}

/// The groups by which these people are known.
const GROUPS: [(&str, Who); 5] = [
    ("oidc:zhengyun-providers", Who::Provider),
    ("oidc:zhengyun-platform-engineers", Who::Engineer),
    ("oidc:zhengyun-security-officers", Who::Officer),
    ("oidc:zhengyun-audit-officers", Who::Officer),
    ("system:masters", Who::Superuser),
];

/// One act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Act {
    /// When the request came.
    pub at: String,
    /// Who signed in.
    pub user: String,
    /// As whom they acted, if as somebody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acting_as: Option<String>,
    /// Whom they belong to.
    pub who: Who,
    /// The namespace.
    pub namespace: String,
    /// get, list, create, delete and so on.
    pub verb: String,
    /// The resource, with its subresource behind a slash.
    pub resource: String,
    /// The object, empty for all of them.
    pub name: String,
    /// The HTTP status of the answer, 0 when none is logged.
    pub code: u16,
    /// What it was possible by.
    pub under: Under,
}

/// What an act was possible by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Under {
    /// It was refused.
    Refused,
    /// An access grant that the department agreed to.
    Grant(String),
    /// The role that they have on the hub; it is not about what runs.
    Role,
    /// Nothing that the department agreed to.
    Nothing,
}

/// A line of an audit log, as far as it is of use.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default, rename = "auditID")]
    audit_id: String,
    stage: String,
    verb: String,
    user: User,
    impersonated_user: Option<User>,
    object_ref: Option<Object>,
    response_status: Option<Answer>,
    request_received_timestamp: Timestamp,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    username: String,
    #[serde(default)]
    groups: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    resource: String,
    #[serde(default)]
    subresource: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    code: u16,
}

/// What the department's acts are looked for by.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Its namespace on the hub.
    pub home: &'a str,
    /// Its namespaces on the sites, by workspace.
    pub namespaces: &'a BTreeMap<String, BTreeSet<String>>,
    /// Its access grants.
    pub grants: &'a [AccessGrant],
}

/// The acts in logs that are read line by line.
#[derive(Debug)]
pub struct Acts<'a> {
    facts: &'a Facts<'a>,
    found: BTreeMap<(Timestamp, String), Act>,
    /// How many lines are no events.
    pub unreadable: usize,
}

impl<'a> Acts<'a> {
    /// None yet.
    #[must_use]
    pub fn new(facts: &'a Facts<'a>) -> Self {
        Self { facts, found: BTreeMap::new(), unreadable: 0 }
    }

    /// Takes one line.
    pub fn line(&mut self, line: &[u8]) {
        if line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let Ok(event) = serde_json::from_slice::<Event>(line) else {
            self.unreadable += 1;
            return;
        };
        if let Some(act) = self.act(&event) {
            let at = event.request_received_timestamp;
            // A long request is logged when it begins and when it ends: one act, with the last answer. One without an id is its own.
            let id = if event.audit_id.is_empty() {
                String::from_utf8_lossy(line).into_owned()
            } else {
                event.audit_id
            };
            self.found.insert((at, id), act);
        }
    }

    /// All of them, the oldest first.
    #[must_use]
    pub fn all(self) -> Vec<Act> {
        self.found.into_values().collect()
    }

    fn act(&self, event: &Event) -> Option<Act> {
        let object = event.object_ref.as_ref()?;
        if event.stage == "RequestReceived" {
            return None;
        }
        // A namespace itself is named by the request as being in itself, or only by its name.
        let namespace = match (object.namespace.as_str(), object.resource.as_str()) {
            ("", "namespaces") => object.name.as_str(),
            (namespace, _) => namespace,
        };
        let on_hub = namespace == self.facts.home;
        let workspace = self.facts.namespaces.iter().find(|(_, all)| all.contains(namespace));
        if !on_hub && workspace.is_none() {
            return None;
        }
        let as_whom = event.impersonated_user.as_ref();
        let who = self.who(&event.user, as_whom)?;
        let code = event.response_status.as_ref().map_or(0, |answer| answer.code);
        let resource = match object.subresource.as_str() {
            "" => object.resource.clone(),
            sub => format!("{}/{sub}", object.resource),
        };
        let at = event.request_received_timestamp;
        let under = match workspace {
            _ if matches!(code, 401 | 403) => Under::Refused,
            None => Under::Role,
            Some((workspace, _)) => {
                let effective = as_whom.unwrap_or(&event.user);
                let grants = self.facts.grants.iter();
                let mut possible = grants.filter(|grant| {
                    let spec = &grant.spec;
                    spec.user == effective.username
                        && spec.workspaces.contains(workspace)
                        && within(grant, at)
                        && covers(grant, &event.verb, &object.resource, &object.subresource)
                });
                let name = possible.next().and_then(|grant| grant.metadata.name.clone());
                name.map_or(Under::Nothing, Under::Grant)
            }
        };
        Some(Act {
            at: at.to_string(),
            user: event.user.username.clone(),
            acting_as: as_whom.map(|user| user.username.clone()),
            who,
            namespace: namespace.to_owned(),
            verb: event.verb.clone(),
            resource,
            name: object.name.clone(),
            code,
            under,
        })
    }

    /// Who it is: by what they signed in as or, failing that, by whom they acted as. Parts of Kubernetes and of ours are nobody.
    fn who(&self, user: &User, as_whom: Option<&User>) -> Option<Who> {
        let of = |user: &User| {
            if user.username.starts_with("system:") {
                return None;
            }
            let by_group = GROUPS.iter().find(|(group, _)| user.groups.iter().any(|one| one == group));
            let let_in = || {
                let named = self.facts.grants.iter().any(|grant| grant.spec.user == user.username);
                named.then_some(Who::LetIn)
            };
            by_group.map(|(_, who)| *who).or_else(let_in)
        };
        of(user).or_else(|| as_whom.and_then(of))
    }
}

/// Whether a moment is within the hours of an access grant, as they are written down; one that was ended early ends when that was.
fn within(grant: &AccessGrant, at: Timestamp) -> bool {
    let Some(status) = &grant.status else { return false };
    let Some(until) = status.until.as_deref().and_then(|until| until.parse::<Timestamp>().ok()) else {
        return false;
    };
    let hours = SignedDuration::from_hours(i64::from(grant.spec.hours.min(MOST_HOURS)));
    let ended = status.ended_at.as_deref().and_then(|ended| ended.parse::<Timestamp>().ok());
    // The hub writes whole seconds, and what was done before it in the same one was done under the agreement.
    let ended = ended.and_then(|ended| ended.checked_add(SignedDuration::from_secs(1)).ok());
    let end = ended.map_or(until, |ended| ended.min(until));
    until.saturating_sub(hours).is_ok_and(|begin| begin <= at) && at < end
}

/// Whether an access grant lets its user do this.
fn covers(grant: &AccessGrant, verb: &str, resource: &str, subresource: &str) -> bool {
    let spec = &grant.spec;
    let reads = matches!(verb, "get" | "list" | "watch");
    match (resource, subresource) {
        ("secrets", _) => reads && spec.secrets,
        ("pods", "exec" | "attach" | "portforward" | "log" | "ephemeralcontainers") => {
            spec.verbs.contains(&AccessVerb::Debug)
        }
        _ if reads => true,
        _ => spec.verbs.contains(&AccessVerb::Edit),
    }
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
