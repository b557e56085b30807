//! `SiteReport`: what a site says. The hub makes it empty; the site may only fill its status.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data_center::SiteFacts;
use super::order::Term;

/// What a site says (现场报告): the term it heard, and what it made of every set.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "SiteReport",
    shortname = "sr",
    category = "zhengyun",
    namespaced,
    status = "SiteReportStatus",
    derive = "PartialEq",
    doc = "SiteReport (现场报告): the term a site heard, and what it made of every set of orders.",
    printcolumn(name = "Term", type_ = "integer", json_path = ".status.term.number"),
    printcolumn(name = "Agent", type_ = "string", json_path = ".status.facts.agentVersion"),
    printcolumn(name = "Nodes", type_ = "integer", json_path = ".status.facts.readyNodes")
)]
#[serde(rename_all = "camelCase")]
pub struct SiteReportSpec {
    /// Which shard of the report this object is, from 0.
    #[schemars(range(min = 0, max = 63))]
    pub shard: u32,
}

/// What the site says.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteReportStatus {
    /// The hub's id that the site joined.
    #[serde(default)]
    #[schemars(length(max = 32))]
    pub epoch: String,
    /// The newest term that the site heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<Term>,
    /// What the site says of itself.
    #[serde(default)]
    pub facts: SiteFacts,
    /// Every set that the site holds or was told, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 2048), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["set"]))]
    pub sets: Vec<ReportedSet>,
}

/// What a site made of one set.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedSet {
    /// Name of the set.
    #[schemars(length(min = 1, max = 63))]
    pub set: String,
    /// How far the newest order is.
    pub phase: SetPhase,
    /// Revision of the order that the site accepted, 0 for none.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub revision: i64,
    /// Digest of the order that the site accepted, empty for none: what an order must follow.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub accepted: String,
    /// Digest of the order that is in force as a whole, empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub applied: String,
    /// Why it is not in force: code, Chinese, English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 2048))]
    pub message: String,
}

/// How far an order is on a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SetPhase {
    /// 已接受: in the agent's memory, being applied.
    #[default]
    Accepted,
    /// 已生效: in force as a whole.
    Applied,
    /// 受阻: cannot be put in force; the message says why.
    Blocked,
    /// 隔离: does not follow what the site has; nothing is done before a person decides.
    Quarantined,
}
