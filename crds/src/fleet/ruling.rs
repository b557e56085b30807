//! `Ruling`: what a person decided about a site where no program may decide.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::order::{OrderId, Term};
use crate::common::{Signature, conditions, rule};

/// What a person decided about a site (人工裁定), in the site's namespace on the hub. It is never changed, and names exactly what
/// it is about, so it decides nothing else later.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "Ruling",
    category = "zhengyun",
    namespaced,
    status = "RulingStatus",
    derive = "PartialEq",
    doc = "Ruling (人工裁定): what a person decided about a site where no program may decide.",
    printcolumn(name = "Decision", type_ = "string", json_path = ".spec.decision"),
    printcolumn(name = "By", type_ = "string", json_path = ".spec.by"),
    printcolumn(name = "Approved by", type_ = "string", json_path = ".spec.approval.by"),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].status"
    ),
    printcolumn(
        name = "Message",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].message"
    )
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = rule(
        "self.decision in ['takeHub', 'takeSite'] ? size(self.sets) > 0 : size(self.sets) == 0",
        crate::Message::RulingSets {}
    ),
    validation = rule(
        "self.decision == oldSelf.decision && has(self.term) == has(oldSelf.term) && (!has(self.term) || self.term == oldSelf.term) && has(self.fingerprint) == has(oldSelf.fingerprint) && (!has(self.fingerprint) || self.fingerprint == oldSelf.fingerprint) && self.sets == oldSelf.sets && self.by == oldSelf.by && self.reason == oldSelf.reason && (!has(oldSelf.approval) || (has(self.approval) && self.approval == oldSelf.approval))",
        crate::Message::NeverChanged {}
    ),
    validation = rule("has(self.term) == (self.decision == 'vouch')", crate::Message::VouchTerm {}),
    validation = rule("has(self.fingerprint) == (self.decision == 'trustKeys')", crate::Message::TrustFingerprint {}),
    validation = rule(
        "!has(self.approval) || self.approval.by != self.by",
        crate::Message::OwnApproval {}
    ),
)]
pub struct RulingSpec {
    /// What was decided.
    pub decision: Decision,
    /// The sets that it is about, each with the very orders that were shown to the person.
    #[serde(default)]
    #[schemars(length(max = 256), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["set"]))]
    pub sets: Vec<RuledSet>,
    /// The leadership of the hub that is vouched for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<Term>,
    /// The fingerprint (指纹) of the keys that are accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 64, max = 64))]
    pub fingerprint: Option<String>,
    /// Who decided: the user as the API server knows them, checked when it is written.
    #[schemars(length(min = 1, max = 256))]
    pub by: String,
    /// Why it is asked for or decided (理由), in a sentence.
    #[schemars(length(min = 1, max = 500))]
    pub reason: String,
    /// The second person's agreement (复核), without which a site is neither abandoned nor readmitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Signature>,
}

/// What a person can decide about a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// 以中心为准: the site is to follow what the hub's register says now.
    TakeHub,
    /// 以机房为准: the register was first brought to what stands on the site; the site is to follow it from there.
    TakeSite,
    /// 放弃机房: the site is given up; it is told nothing more and may say nothing more. What it may still use stays counted.
    Abandon,
    /// 恢复机房: a site that was given up is taken back.
    Readmit,
    /// 担保: the hub was not restored since it last spoke with the site, so what its ledgers say of it is all that the site holds;
    /// good for one leadership of the hub.
    Vouch,
    /// 认可公钥: the tokens of the site's ServiceAccounts are believed with the keys of this fingerprint.
    TrustKeys,
}

/// One set of a ruling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuledSet {
    /// Name of the set.
    #[schemars(length(min = 1, max = 63))]
    pub set: String,
    /// The order that the site held.
    pub site: OrderId,
    /// The order that stood on the hub, the default for none.
    #[serde(default)]
    pub hub: OrderId,
}

/// What became of the ruling.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RulingStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
}
