//! How a workspace takes over a namespace that stands on a site already, and how far the rules are in force in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A namespace that stands on a site already and becomes the workspace's there (纳管).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Adoption {
    /// The `DataCenter` (机房), one of `sites`.
    #[schemars(length(min = 1, max = 40))]
    pub site: String,
    /// The namespace there. A platform engineer marks it on the site too: neither alone takes anything over.
    #[schemars(length(min = 1, max = 63), regex(pattern = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"))]
    pub namespace: String,
}

/// How far the rules are in force in an adopted namespace (生效阶段): one step forward at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Enforcement {
    /// 观察: the namespace is known as the department's, and nothing else changes in it.
    Observe,
    /// 告警: the department's people may act in it, and what would break a rule is warned of.
    Warn,
    /// 强制: quota, network, pod security and policies are in force.
    Enforce,
}

impl Enforcement {
    /// The value that stands in YAML and in the namespace's label.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Warn => "warn",
            Self::Enforce => "enforce",
        }
    }

    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Observe => "观察",
            Self::Warn => "告警",
            Self::Enforce => "强制",
        }
    }

    /// The stage that a label names.
    #[must_use]
    pub fn of(label: &str) -> Option<Self> {
        [Self::Observe, Self::Warn, Self::Enforce].into_iter().find(|stage| stage.id() == label)
    }

    /// The next stage, none after the last.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Observe => Some(Self::Warn),
            Self::Warn => Some(Self::Enforce),
            Self::Enforce => None,
        }
    }
}
