//! `SiteReport`: what a site says. The hub makes it empty; the site may only fill its status.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data_center::SiteFacts;
use super::order::{Lot, Term};
use super::record::RecordHead;
use super::token_issuer::TokenIssuer;
use crate::tenancy::adoption::Enforcement;
use crate::{Amounts, Share};

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
    /// Who signs the tokens of its ServiceAccounts, none while that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<TokenIssuer>,
    /// The last end of the hub's chain of records that the site was told (留痕链末端).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<RecordHead>,
    /// How many objects the whole report needs (分片数); the hub makes those that are missing.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 64))]
    pub shards: u32,
    /// Every set that the site holds, was told or has something of, by name; those that did not fit stand in the next shard.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 2048), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["set"]))]
    pub sets: Vec<ReportedSet>,
}

fn one() -> u32 {
    1
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
    #[schemars(range(min = 0, max = 9_007_199_254_740_991_i64))]
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
    /// The allotment in the order that the site accepted (机房配额).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Lot>,
    /// The most that the native quotas there may still let be used, while that is more than the allotment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Amounts>,
    /// How much of the allotment is in use (使用率), by what the native quotas charge; nothing while nothing is allotted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<UsedShare>,
    /// The namespaces that stand on the site for the set, also those that no order names any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1024), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["name"]))]
    pub namespaces: Vec<NamespaceFact>,
    /// What became of the deletions that the order asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["uid"]))]
    pub tombstones: Vec<TombstoneOutcome>,
}

/// How much of an allotment is in use, in per cent, in steps of five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UsedShare {
    /// Of CPU or memory, whichever is used more (处理器或内存).
    #[schemars(range(min = 0, max = 100))]
    pub compute: u8,
    /// Of storage (存储).
    #[schemars(range(min = 0, max = 100))]
    pub storage: u8,
}

/// A namespace of ours as it stands on a site (现场命名空间): enough to know again what a hub has forgotten.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamespaceFact {
    /// Its name.
    #[schemars(length(min = 1, max = 63))]
    pub name: String,
    /// Its uid.
    #[schemars(length(max = 64))]
    pub uid: String,
    /// The `Workspace` that it was made for, by its label.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 63))]
    pub workspace: String,
    /// The uid of that `Workspace`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub workspace_uid: String,
    /// The `System` that it serves, by its label.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 63))]
    pub system: String,
    /// The network zone that it stands in, by its label.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 63))]
    pub zone: String,
    /// Its Chinese name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub display_name: String,
    /// The share that the remembered order gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    /// The last change by others in it that was undone (漂移), empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 1024))]
    pub drift: String,
    /// How far the rules are in force in it, by its label; said only of adopted namespaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforcement: Option<Enforcement>,
}

/// What became of one deletion (删除令执行情况).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TombstoneOutcome {
    /// The uid that is to be deleted.
    #[schemars(length(max = 64))]
    pub uid: String,
    /// How far it is.
    pub state: TombstoneState,
    /// Why it is not done, or why nothing was to be done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 1024))]
    pub message: String,
}

/// How far a deletion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TombstoneState {
    /// 待执行: begun or waiting.
    Waiting,
    /// 已删除: nothing of that uid stands there.
    Done,
    /// 不予执行: it will not be done.
    Refused,
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
    /// 争用: in force but for what somebody else keeps changing.
    Contested,
    /// 无记录: something of the set stands on the site, but the site remembers no order of it.
    Forgotten,
}
