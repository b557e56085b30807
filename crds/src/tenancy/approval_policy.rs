//! `ApprovalPolicy`: who must agree to what, in which order, and what needs nobody.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::common::{conditions, rule};
use crate::tenancy::resource_request::AskedAmounts;

/// An approval policy (审批规则): the steps that a request goes through, and which requests need nobody. A request keeps the policy
/// under which it was submitted.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "ApprovalPolicy",
    plural = "approvalpolicies",
    shortname = "apol",
    category = "zhengyun",
    status = "ApprovalPolicyStatus",
    derive = "PartialEq",
    doc = "ApprovalPolicy (审批规则): the steps that a request goes through, and which requests need nobody.",
    printcolumn(name = "名称", type_ = "string", json_path = ".spec.displayName"),
    printcolumn(name = "Steps", type_ = "string", json_path = ".spec.steps[*].name"),
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
pub struct ApprovalPolicySpec {
    /// Chinese name (规则名称).
    #[schemars(length(min = 1, max = 64))]
    pub display_name: String,
    /// The steps in their order (审批环节). All that apply must agree.
    #[schemars(length(min = 1, max = 8), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["name"]))]
    pub steps: Vec<ApprovalStep>,
    /// What is granted without a person (自动审批规则); left out, nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<AutomaticRule>,
    /// The document that this rests on (依据).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<crate::Basis>,
}

/// One step of a policy (审批环节).
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rule("(has(self.departmentHead) && self.departmentHead) || (has(self.groups) && self.groups.size() > 0)", crate::Message::StepWithoutApprovers {}))]
pub struct ApprovalStep {
    /// Short name of the step, for example `technical-review`.
    #[schemars(length(min = 1, max = 40), regex(pattern = r"^[a-z]([a-z0-9-]*[a-z0-9])?$"))]
    pub name: String,
    /// Chinese name (环节名称), for example 服务中心项目管理部(技术审核).
    #[schemars(length(min = 1, max = 64))]
    pub display_name: String,
    /// The groups of the department's own that have the role `head` decide (本单位主要领导).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department_head: Option<bool>,
    /// Groups of the sign-in service that decide (审批用户组), with their prefix `oidc:`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(max = 128), regex(pattern = "^oidc:.+$")), extend("x-kubernetes-list-type" = "set"))]
    pub groups: Vec<String>,
    /// How many different persons must agree (须同意人数); left out, one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 5))]
    pub quorum: Option<u8>,
    /// Groups that may decide in their place (代审用户组); each use is told in the history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(max = 128), regex(pattern = "^oidc:.+$")), extend("x-kubernetes-list-type" = "set"))]
    pub delegates: Vec<String>,
    /// Working days from the day after the step began (时限,工作日). Overdue is never consent: from then on `escalation` decides.
    #[schemars(range(min = 1, max = 120))]
    pub working_days: u16,
    /// Groups that decide once the step is overdue (逾期后审批用户组); left out, nobody, and the request is asked for again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(max = 128), regex(pattern = "^oidc:.+$")), extend("x-kubernetes-list-type" = "set"))]
    pub escalation: Vec<String>,
    /// Whether less than what was asked may be agreed to (可部分批准); left out, no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_reduce: Option<bool>,
    /// Whether a decision on paper or of a meeting may or must stand for the step (书面决定); left out, it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Paper>,
    /// Which requests need the step (适用条件); left out, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<StepWhen>,
}

/// Whether a decision on paper may stand for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Paper {
    /// 可用书面决定: as well as a person's own decision.
    Allowed,
    /// 须书面决定: nothing else counts, such as for a meeting.
    Required,
}

/// Which requests need a step: those for which any of these is true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepWhen {
    /// The request is for a new project (新建项目).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_project: Option<bool>,
    /// Any part of what is asked for, over all data centres, is above this (超过限额).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<AskedAmounts>,
}

/// What is granted without a person (自动审批规则), as a rule people can read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutomaticRule {
    /// Every decrease (减少一律自动).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decrease: Option<bool>,
    /// Small increases of what is held and used (小幅增加).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub increase: Option<SmallIncrease>,
}

/// Which increases are small: of every part at most so many per cent, or up to a small total; and what is held is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SmallIncrease {
    /// At most so many per cent more of each part (增幅上限,%).
    #[schemars(range(min = 0, max = 1000))]
    pub at_most_percent: u16,
    /// Or a total of at most this (或总量不超过).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub or_total_at_most: Option<AskedAmounts>,
    /// At least so many per cent of the held CPU or memory are in use (处理器或内存使用率下限,%). Unreadable use is for a person.
    #[schemars(range(min = 0, max = 100))]
    pub used_at_least_percent: u8,
    /// At least so many per cent of the held storage are in use, where more storage is asked for (存储使用率下限,%).
    #[schemars(range(min = 0, max = 100))]
    pub storage_used_at_least_percent: u8,
}

/// What is true of the policy now.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalPolicyStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
}
