//! What an agent does with an accepted order: which kinds it keeps, and in which order they come into force (DESIGN section 6).
//!
//! | stage | what | next stage when |
//! |---|---|---|
//! | 0 | namespaces, accounts | applied |
//! | 1 | configuration, among it the parameters of the admission policies | applied |
//! | 2 | quotas | each quota's `status.hard` equals its `spec.hard` |
//! | 3 | limits, network policies | applied |
//! | 4 | role bindings: only now may anybody act | applied |
//! | 5 | the department's own content | applied |
//!
//! What stands in one stage is written at once: nothing in it needs anything else of it.

use crds::labels::EXECUTOR_NAMESPACE;
use crds::{Authority, Enforcement, Lot, Message, Tombstone};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

use crate::bundle::{Content, FEATURES, FORMAT, namespaces_of, text};
use crate::covers::covers;
use crate::isolation;
use crate::isolation::stage::{lifted, stage_of};
use crate::measured::Measured;
use crate::names::DepartmentName;
use crate::quota::{QUOTA_NAME, resource_quota};

/// The stage in which quotas are applied: nothing after it is applied in a namespace whose quota is not in force.
pub const QUOTA_STAGE: u8 = 2;
/// How many deletions an order may ask for: a mistake that asks for hundreds is left alone whole.
pub const MAX_TOMBSTONES: usize = 5;
/// The stage of the department's own content, the last.
const DEPARTMENT_STAGE: u8 = 5;

/// A kind that the agent keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptKind {
    /// API group, empty for the core.
    pub group: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// Name in URLs.
    pub plural: &'static str,
    /// Whether objects stand in a namespace.
    pub namespaced: bool,
    /// The stage in which platform objects of it are applied.
    pub stage: u8,
}

/// Every kind that an order may hold, as `v1` of its group. Secrets are not among them: an order is read by whoever reads the hub.
pub const KEPT: [KeptKind; 7] = [
    KeptKind { group: "", kind: "Namespace", plural: "namespaces", namespaced: false, stage: 0 },
    KeptKind { group: "", kind: "ServiceAccount", plural: "serviceaccounts", namespaced: true, stage: 0 },
    KeptKind {
        group: "",
        kind: "ResourceQuota",
        plural: "resourcequotas",
        namespaced: true,
        stage: QUOTA_STAGE,
    },
    KeptKind { group: "", kind: "LimitRange", plural: "limitranges", namespaced: true, stage: 3 },
    // Before the quota, on which everything else waits: by then the API server has seen the parameters of its policies.
    KeptKind { group: "", kind: "ConfigMap", plural: "configmaps", namespaced: true, stage: 1 },
    KeptKind {
        group: "networking.k8s.io",
        kind: "NetworkPolicy",
        plural: "networkpolicies",
        namespaced: true,
        stage: 3,
    },
    KeptKind {
        group: "rbac.authorization.k8s.io",
        kind: "RoleBinding",
        plural: "rolebindings",
        namespaced: true,
        stage: 4,
    },
];

impl KeptKind {
    /// The `apiVersion` of its objects.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { "v1".into() } else { format!("{}/v1", self.group) }
    }

    /// The kind of an object, if it is one that is kept.
    #[must_use]
    pub fn of(object: &Value) -> Option<&'static Self> {
        let (version, kind) = (text(object, "/apiVersion"), text(object, "/kind"));
        KEPT.iter().find(|kept| kept.kind == kind && kept.api_version() == version)
    }
}

/// One object to be kept, with its stage and whose rights it is applied with.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// What kind it is.
    pub kind: &'static KeptKind,
    /// The stage in which it is applied.
    pub stage: u8,
    /// With whose rights.
    pub authority: Authority,
    /// The object.
    pub object: Value,
}

impl Wanted {
    /// Namespace and name, the first empty for an object without.
    #[must_use]
    pub fn key(&self) -> (&str, &str) {
        (text(&self.object, "/metadata/namespace"), text(&self.object, "/metadata/name"))
    }
}

/// Whether this version understands what an order says. Looked at before anything else of it: what a newer hub says may not even
/// have the digest that this version would make of it.
///
/// # Errors
/// A sentence that names what is lacking.
pub fn understood(content: &Content) -> Result<(), Message> {
    let set = || content.set.clone();
    if content.format_version != FORMAT {
        return Err(Message::FormatUnknown { set: set(), version: content.format_version.to_string() });
    }
    let lacking: Vec<&str> =
        content.requires.iter().map(String::as_str).filter(|feature| !FEATURES.contains(feature)).collect();
    if !lacking.is_empty() {
        return Err(Message::RequiresMissing { set: set(), features: lacking.join(", ") });
    }
    Ok(())
}

/// Everything that an order wants on the site, by stage, or why the whole order is left alone: never half understood.
///
/// # Errors
/// A sentence that names what is not understood.
pub fn wanted(content: &Content) -> Result<Vec<Wanted>, Message> {
    let set = || content.set.clone();
    understood(content)?;
    if content.tombstones.len() > MAX_TOMBSTONES {
        let (count, limit) = (content.tombstones.len().to_string(), MAX_TOMBSTONES.to_string());
        return Err(Message::TombstonesTooMany { set: set(), count, limit });
    }
    if let Some(strange) =
        content.tombstones.iter().find(|t| (t.api_version.as_str(), t.kind.as_str()) != ("v1", "Namespace"))
    {
        return Err(Message::KindNotAllowed { kind: strange.kind.clone(), name: strange.name.clone() });
    }
    let own = namespaces_of(content);
    let confined = |object: &Value| {
        let (kind, namespace) = (text(object, "/kind"), text(object, "/metadata/namespace"));
        let executor = kind == "ServiceAccount"
            && namespace == EXECUTOR_NAMESPACE
            && text(object, "/metadata/name") == content.set;
        kind == "Namespace" || executor || own.contains(namespace)
    };
    let mut all = Vec::with_capacity(content.objects.len() + content.allotment.len());
    for bundled in &content.objects {
        let object = bundled.object.value();
        let name = || text(&object, "/metadata/name").to_owned();
        let refused = || Message::KindNotAllowed { kind: text(&object, "/kind").to_owned(), name: name() };
        let kind = KeptKind::of(&object).ok_or_else(refused)?;
        // Outside the namespaces that the set itself makes an order has no business, whoever wrote it.
        if name().is_empty()
            || text(&object, "/metadata/namespace").is_empty() == kind.namespaced
            || !confined(&object)
        {
            return Err(refused());
        }
        let stage = if bundled.authority == Authority::Department { DEPARTMENT_STAGE } else { kind.stage };
        all.push(Wanted { kind, stage, authority: bundled.authority, object });
    }
    for share in &content.allotment {
        let readable =
            Measured::of_share(&share.share).is_ok() && DepartmentName::parse(&content.set).is_ok();
        if !own.contains(&share.namespace) || !readable {
            let (kind, name) = ("ResourceQuota".into(), share.namespace.clone());
            return Err(Message::KindNotAllowed { kind, name });
        }
    }
    all.sort_by_key(|wanted| wanted.stage);
    Ok(all)
}

/// The quotas of lots, as objects.
#[must_use]
pub fn quotas(content: &Content, lots: &[(String, Lot)]) -> Vec<Value> {
    let Ok(department) = DepartmentName::parse(&content.set) else { return Vec::new() };
    let labels = isolation::set_labels(&department);
    lots.iter().map(|(namespace, lot)| resource_quota(namespace, lot, &labels)).collect()
}

/// What an order wants beside its quotas, and the quotas by what each namespace was lent, by stage. A namespace that has no room in
/// the allotment is not made, nor anything in it.
#[must_use]
pub fn with_quotas(mut wanted: Vec<Wanted>, content: &Content, lots: &BTreeMap<String, Lot>) -> Vec<Wanted> {
    let Ok(department) = DepartmentName::parse(&content.set) else { return wanted };
    let no_room = |name: &str| {
        !lots.contains_key(name) && content.allotment.iter().any(|share| share.namespace == name)
    };
    wanted.retain(|one| match one.key() {
        ("", name) => !no_room(name),
        (namespace, _) => !no_room(namespace),
    });
    let opened: BTreeSet<String> = wanted
        .iter()
        .filter(|one| one.kind.kind == "Namespace" && stage_of(&one.object) != Enforcement::Enforce)
        .map(|one| one.key().1.to_owned())
        .collect();
    let labels = isolation::set_labels(&department);
    for (namespace, lot) in lots {
        let quota = resource_quota(namespace, lot, &labels);
        // The share is counted in full at every stage; what it limits comes with the last.
        let object = if opened.contains(namespace) { lifted(quota) } else { quota };
        if let Some(kind) = KeptKind::of(&object) {
            wanted.push(Wanted { kind, stage: kind.stage, authority: Authority::Platform, object });
        }
    }
    wanted.sort_by_key(|one| one.stage);
    wanted
}

/// What stands in the cluster under the name in a tombstone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grave<'a> {
    /// Its uid.
    pub uid: &'a str,
    /// The set of orders that it stands in.
    pub set: &'a str,
    /// Whether it is being deleted already.
    pub terminating: bool,
}

/// What is done about a tombstone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Burial {
    /// Delete that uid.
    Delete,
    /// It is being deleted: wait.
    Wait(Message),
    /// Nothing of that uid stands there.
    Done(Option<Message>),
    /// It is not deleted, whatever was asked.
    Refuse(Message),
}

/// Decides about one tombstone of a set: only the very uid, only of this set, and never what an order wants (invariant 2).
#[must_use]
pub fn bury(tombstone: &Tombstone, content: &Content, live: Option<Grave<'_>>) -> Burial {
    let namespace = || tombstone.name.clone();
    let Some(live) = live else { return Burial::Done(None) };
    if live.uid != tombstone.uid {
        // What was to go is gone, and what has its name now was made since.
        return Burial::Done(Some(Message::TombstoneOther {
            namespace: namespace(),
            uid: live.uid.to_owned(),
        }));
    }
    if namespaces_of(content).contains(&tombstone.name) {
        return Burial::Refuse(Message::TombstoneWanted { namespace: namespace() });
    }
    if live.set != content.set {
        return Burial::Refuse(Message::TombstoneForeign { namespace: namespace() });
    }
    if live.terminating {
        Burial::Wait(Message::TombstoneRunning { namespace: namespace() })
    } else {
        Burial::Delete
    }
}

/// Whether an object that was applied is in force: for a quota, when the site's controller shows the limits it enforces.
///
/// # Errors
/// A sentence that says what is waited for.
pub fn in_force(wanted: &Wanted, live: &Value) -> Result<(), Message> {
    if wanted.kind.kind != "ResourceQuota" || text(live, "/metadata/name") != QUOTA_NAME {
        return Ok(());
    }
    let hard = |part: &str| live.pointer(&format!("/{part}/hard")).cloned().unwrap_or_default();
    if hard("status") == hard("spec") && covers(live, &wanted.object) {
        Ok(())
    } else {
        Err(Message::QuotaPending { namespace: wanted.key().0.to_owned() })
    }
}

#[cfg(test)]
#[path = "site_tests.rs"]
mod tests;
