//! `Record`: what was decided and done, kept for good.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::common::rule;

/// A record (留痕): one act that was carried out, written by the hub alone, chained to the one before it and never changed or deleted.
/// It outlives what it speaks of.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "Record",
    shortname = "rec",
    category = "zhengyun",
    namespaced,
    derive = "PartialEq",
    doc = "Record (留痕): one act that was carried out, chained to the one before it and kept for good.",
    printcolumn(name = "At", type_ = "string", json_path = ".spec.at"),
    printcolumn(name = "By", type_ = "string", json_path = ".spec.by"),
    printcolumn(name = "Act", type_ = "string", json_path = ".spec.act"),
    printcolumn(name = "Kind", type_ = "string", json_path = ".spec.kind"),
    printcolumn(name = "Object", type_ = "string", json_path = ".spec.name"),
    printcolumn(name = "Text", type_ = "string", json_path = ".spec.text")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rule("self == oldSelf", crate::Message::RecordFrozen {}))]
pub struct RecordSpec {
    /// Its place in the chain, from 1 (序号).
    #[schemars(range(min = 1, max = 9_007_199_254_740_991_i64))]
    pub sequence: i64,
    /// When it was written, by the hub's clock (时间).
    #[schemars(length(min = 20, max = 20))]
    pub at: String,
    /// Who decided it (决定人), as the API server knows them.
    #[schemars(length(max = 256))]
    pub by: String,
    /// What was done (事项).
    pub act: RecordedAct,
    /// Kind of the object that it is about.
    #[schemars(length(max = 63))]
    pub kind: String,
    /// Namespace of the object.
    #[schemars(length(max = 63))]
    pub namespace: String,
    /// Name of the object.
    #[schemars(length(max = 253))]
    pub name: String,
    /// Uid of the object.
    #[schemars(length(max = 64))]
    pub uid: String,
    /// What is to be known of it (内容): code, Chinese, English.
    #[schemars(length(max = 2048))]
    pub text: String,
    /// Digest of the record before it, empty for the first (前序摘要).
    #[schemars(length(max = 64))]
    pub previous: String,
    /// SHA-256 over the canonical form (RFC 8785) of all else, in hexadecimal (摘要).
    #[schemars(length(max = 64))]
    pub digest: String,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RecordedAct {
    /// 人工裁定已执行.
    RulingCarriedOut,
    /// 清退已完成.
    RemovalDone,
    /// 资源已批复.
    Granted,
}

/// Where the chain of records ends (留痕链末端).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordHead {
    /// The last record's place.
    #[schemars(range(min = 1, max = 9_007_199_254_740_991_i64))]
    pub sequence: i64,
    /// Its digest.
    #[schemars(length(min = 64, max = 64))]
    pub digest: String,
}
