//! `Approval`: what one person decided about a request at one step.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::common::{conditions, rule};
use crate::tenancy::resource_request::AskedSite;

/// A decision about a request (审批意见) by one person at one step, never changed and never deleted. A decision on paper or of a
/// meeting is entered by one person and confirmed by another with an approval of their own.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "Approval",
    category = "zhengyun",
    namespaced,
    status = "ApprovalStatus",
    derive = "PartialEq",
    doc = "Approval (审批意见): what one person decided about a request at one step.",
    printcolumn(name = "Request", type_ = "string", json_path = ".spec.request"),
    printcolumn(name = "Step", type_ = "string", json_path = ".spec.step"),
    printcolumn(name = "Decision", type_ = "string", json_path = ".spec.decision"),
    printcolumn(name = "By", type_ = "string", json_path = ".spec.stamp.by"),
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
    validation = rule("self == oldSelf", crate::Message::ApprovalFrozen {}),
    validation = rule("self.decision == 'approve' || (has(self.reason) && self.reason != '')", crate::Message::RefusalWithoutReason {}),
    validation = rule("!(has(self.recorded) && has(self.confirms))", crate::Message::ApprovalRecordedAndConfirms {}),
)]
pub struct ApprovalSpec {
    /// The `ResourceRequest` (资源申请).
    #[schemars(length(min = 1, max = 63))]
    pub request: String,
    /// What is decided about: the digest that the request's `status.step.digest` shows.
    #[schemars(length(min = 64, max = 64), regex(pattern = "^[0-9a-f]{64}$"))]
    pub digest: String,
    /// The step (审批环节).
    #[schemars(length(min = 1, max = 40))]
    pub step: String,
    /// The decision (审批结论).
    pub decision: Verdict,
    /// What is agreed to where it is less than what was asked for (部分批准).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub sites: Vec<AskedSite>,
    /// Why (审批意见), required of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 400))]
    pub reason: Option<String>,
    /// The decision on paper or of a meeting that this stands for (书面决定).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<RecordedDecision>,
    /// The approval with such a decision that this person confirms (复核).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 63))]
    pub confirms: Option<String>,
    /// Who and when: written by the hub's admission, and by nobody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<ApprovalStamp>,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// 同意.
    Approve,
    /// 不同意.
    Refuse,
}

impl Verdict {
    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Approve => "同意",
            Self::Refuse => "不同意",
        }
    }
}

/// A decision on paper or of a meeting (书面决定).
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedDecision {
    /// Number of the document or of the minutes (文号 or 会议纪要号).
    #[schemars(length(min = 1, max = 200))]
    pub document: String,
    /// Its date (日期), as "2026-11-24".
    #[schemars(length(min = 10, max = 10))]
    #[x_kube(validation = rule("self.matches('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$')", crate::Message::DayMalformed { field: "spec.recorded.date".into() }))]
    pub date: String,
    /// SHA-256 of the scan, in hexadecimal (扫描件摘要).
    #[schemars(length(min = 64, max = 64), regex(pattern = "^[0-9a-f]{64}$"))]
    pub scan: String,
}

/// Who decided and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalStamp {
    /// The user, as the API server knows them.
    #[schemars(length(min = 1, max = 256))]
    pub by: String,
    /// The user's uid, where the sign-in service has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 128))]
    pub uid: String,
    /// The group by which they may decide.
    #[schemars(length(min = 1, max = 128))]
    pub group: String,
    /// When, by the hub's clock.
    #[schemars(length(min = 20, max = 20))]
    pub at: String,
    /// The uid of the request.
    #[schemars(length(max = 64))]
    pub request_uid: String,
    /// Until when the step was to be decided, as it stood then.
    #[schemars(length(min = 20, max = 20))]
    pub due: String,
    /// Which key sealed it.
    #[schemars(length(max = 32))]
    pub key: String,
    /// The seal: HMAC-SHA256 over all that the approval says and the object's identity.
    #[schemars(length(max = 64))]
    pub mac: String,
}

/// What became of the approval.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalStatus {
    /// Conditions (状态条件): whether it counts, and if not why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
}
