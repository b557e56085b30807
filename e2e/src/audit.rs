//! The audit log of a control plane: who wrote what, told by the API server and not by the one who claims to be quiet.

use std::fmt;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// A place in an audit log; the default is its beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark(u64);

/// An audit log, one JSON event per line.
#[derive(Debug, Clone)]
pub struct AuditLog {
    path: PathBuf,
}

/// A request as the API server saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who signed in.
    pub user: String,
    /// The pod whose token they signed in with.
    pub pod: Option<String>,
    /// As whom they acted, if they impersonated.
    pub impersonated: Option<String>,
    /// The client program.
    pub user_agent: String,
    /// get, list, watch, create, update, patch, delete, deletecollection.
    pub verb: String,
    /// The API group; empty for the core group.
    pub api_group: String,
    /// The plural of the kind.
    pub resource: String,
    /// status, scale, token and so on; empty for the object itself.
    pub subresource: String,
    /// The namespace, empty for cluster-scoped objects.
    pub namespace: String,
    /// The object's name, empty for lists and for creations by POST.
    pub name: String,
    /// The HTTP status of the answer.
    pub code: u16,
    /// Whether nothing was to be stored (`dryRun`).
    pub dry_run: bool,
}

impl AuditLog {
    /// The log at a path, which need not exist yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// How long the log is now.
    #[must_use]
    pub fn len(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |data| data.len())
    }

    /// Whether nothing was logged yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The end of the log as it stands. What was answered a moment ago may come after it:
    /// `ControlPlane::audit_mark` gives a place that all earlier requests are before.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.len())
    }

    /// Everything that was logged after a mark.
    pub fn since(&self, mark: Mark) -> Result<Entries> {
        self.read(mark)?.lines().map(parse).collect::<Result<Vec<_>>>().map(Entries)
    }

    /// The end of the first line after a mark that tells of a request for an object of this name.
    pub(crate) fn find(&self, from: Mark, name: &str) -> Result<Option<Mark>> {
        let mut end = from.0;
        for line in self.read(from)?.split_inclusive('\n') {
            end += u64::try_from(line.len()).context("length of a line")?;
            if parse(line)?.name == name {
                return Ok(Some(Mark(end)));
            }
        }
        Ok(None)
    }

    /// The complete lines after a mark; the last one may still be in the middle of being written.
    fn read(&self, from: Mark) -> Result<String> {
        let what = || format!("read {}", self.path.display());
        let mut file = File::open(&self.path).with_context(what)?;
        file.seek(SeekFrom::Start(from.0)).with_context(what)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).with_context(what)?;
        bytes.truncate(bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
        String::from_utf8(bytes).with_context(what)
    }
}

/// Entries of an audit log, in the order of their answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries(Vec<Entry>);

impl Entries {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Entry] {
        &self.0
    }

    /// Those that write something that stays, successful or not: a component that fails to write once a second is not
    /// quiet. Leases, tokens, reviews and dry runs are left out.
    #[must_use]
    pub fn writes(self) -> Self {
        Self(self.0.into_iter().filter(Entry::is_write).collect())
    }

    /// Those made by our own components, also when they act as a department's executor.
    #[must_use]
    pub fn ours(self) -> Self {
        Self(self.0.into_iter().filter(Entry::is_ours).collect())
    }
}

impl IntoIterator for Entries {
    type Item = Entry;
    type IntoIter = std::vec::IntoIter<Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Entry {
    /// Whether it writes something that stays.
    #[must_use]
    pub fn is_write(&self) -> bool {
        let writing =
            matches!(self.verb.as_str(), "create" | "update" | "patch" | "delete" | "deletecollection");
        let passing = match (self.api_group.as_str(), self.resource.as_str()) {
            ("", "serviceaccounts") => self.subresource == "token",
            // Reviews are questions to the API server that have the form of a creation.
            ("coordination.k8s.io", "leases") | ("authorization.k8s.io" | "authentication.k8s.io", _) => true,
            _ => false,
        };
        writing && !passing && !self.dry_run && !self.resource.is_empty()
    }

    /// Whether one of our components made it: the hub, an agent on its site or on the hub, an executor.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        let ours = |user: &str| {
            user.strip_prefix("system:serviceaccount:").is_some_and(|account| {
                let namespace = account.split(':').next().unwrap_or_default();
                matches!(namespace, "zhengyun-system" | "zhengyun-executors")
                    || namespace.starts_with("site-")
            })
        };
        ours(&self.user) || self.impersonated.as_deref().is_some_and(ours)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.user)?;
        if let Some(user) = &self.impersonated {
            write!(f, " as {user}")?;
        }
        write!(f, " {} {}", self.verb, self.resource)?;
        for (separator, part) in [("/", &self.subresource), (".", &self.api_group)] {
            if !part.is_empty() {
                write!(f, "{separator}{part}")?;
            }
        }
        write!(f, " {}/{} ({})", self.namespace, self.name, self.code)
    }
}

fn parse(line: &str) -> Result<Entry> {
    let raw: Raw = serde_json::from_str(line).with_context(|| format!("audit line {line:?}"))?;
    let object = raw.object_ref.unwrap_or_default();
    Ok(Entry {
        user: raw.user.username,
        pod: raw.user.extra.pod.into_iter().next(),
        impersonated: raw.impersonated_user.map(|user| user.username),
        user_agent: raw.user_agent,
        dry_run: raw.request_uri.contains("dryRun="),
        verb: raw.verb,
        api_group: object.api_group,
        resource: object.resource,
        subresource: object.subresource,
        namespace: object.namespace,
        name: object.name,
        code: raw.response_status.unwrap_or_default().code,
    })
}

/// The part of `audit.k8s.io/v1` Event that is of use here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    user: RawUser,
    impersonated_user: Option<RawUser>,
    #[serde(default)]
    user_agent: String,
    verb: String,
    #[serde(rename = "requestURI", default)]
    request_uri: String,
    object_ref: Option<RawObject>,
    response_status: Option<RawStatus>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawUser {
    username: String,
    extra: RawExtra,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawExtra {
    #[serde(rename = "authentication.kubernetes.io/pod-name")]
    pod: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawObject {
    api_group: String,
    resource: String,
    subresource: String,
    namespace: String,
    name: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawStatus {
    code: u16,
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
