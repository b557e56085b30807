//! `ResourceRequest`: what a department asks for.
//!
//! Nothing in it has a schema default: what was submitted must read the same, and have the same digest, for as long as it is kept.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::common::{conditions, rule};
use crate::tenancy::approval_policy::{ApprovalStep, AutomaticRule};
use crate::{Amounts, Funding};

/// A request for resources (资源申请), in the department's namespace: a draft until `submitted` is true, then frozen. It can be
/// withdrawn, and neither changed nor deleted.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "ResourceRequest",
    shortname = "rr",
    category = "zhengyun",
    namespaced,
    status = "ResourceRequestStatus",
    derive = "PartialEq",
    doc = "ResourceRequest (资源申请): what a department asks for; a draft until it is submitted, then frozen.",
    validation = rule("self.metadata.name.size() <= 40", crate::Message::RequestName {}),
    printcolumn(name = "Number", type_ = "string", json_path = ".spec.stamp.number"),
    printcolumn(name = "Change", type_ = "string", json_path = ".spec.change"),
    printcolumn(name = "System", type_ = "string", json_path = ".spec.system"),
    printcolumn(name = "Phase", type_ = "string", json_path = ".status.phase"),
    printcolumn(name = "Step", type_ = "string", json_path = ".status.step.displayName"),
    printcolumn(name = "Due", type_ = "string", json_path = ".status.step.due"),
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
    // With `has`: how long an optional value may be is unknown to the estimate of what a rule costs, and it refuses the kind.
    validation = rule(
        "!(has(oldSelf.submitted) && oldSelf.submitted) || (has(self.submitted) && self.submitted && self.change == oldSelf.change && self.system == oldSelf.system && self.sites == oldSelf.sites && self.until == oldSelf.until && self.funding == oldSelf.funding && self.reason == oldSelf.reason && has(self.grant) == has(oldSelf.grant) && (!has(self.grant) || self.grant == oldSelf.grant) && has(self.project) == has(oldSelf.project) && (!has(self.project) || self.project == oldSelf.project) && has(self.urgency) == has(oldSelf.urgency) && (!has(self.urgency) || self.urgency == oldSelf.urgency) && has(self.sharing) == has(oldSelf.sharing) && (!has(self.sharing) || self.sharing == oldSelf.sharing) && has(self.securityTest) == has(oldSelf.securityTest) && (!has(self.securityTest) || self.securityTest == oldSelf.securityTest) && has(self.levelRise) == has(oldSelf.levelRise) && (!has(self.levelRise) || self.levelRise == oldSelf.levelRise) && has(self.onBehalfOf) == has(oldSelf.onBehalfOf) && (!has(self.onBehalfOf) || self.onBehalfOf == oldSelf.onBehalfOf) && has(self.policy) == has(oldSelf.policy) && (!has(self.policy) || self.policy == oldSelf.policy) && has(self.stamp) == has(oldSelf.stamp) && (!has(self.stamp) || self.stamp == oldSelf.stamp))",
        crate::Message::RequestFrozen {}
    ),
    validation = rule("!(oldSelf.?withdrawn.orValue(false)) || self.?withdrawn.orValue(false)", crate::Message::RequestFrozen {}),
    validation = rule("(self.change == 'new') != has(self.grant)", crate::Message::RequestGrantField {}),
)]
pub struct ResourceRequestSpec {
    /// What is to change (申请类型).
    pub change: RequestChange,
    /// The `Grant` (资源批复) that is to be replaced; all but `new` name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 63))]
    pub grant: Option<String>,
    /// The `System` (信息系统) that it is for.
    #[schemars(length(min = 1, max = 63))]
    pub system: String,
    /// What the department is to have then, whole and not the difference, at each data centre.
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub sites: Vec<AskedSite>,
    /// The last day (到期日), as "2027-12-31", by the calendar of Beijing.
    #[schemars(length(min = 10, max = 10))]
    #[x_kube(validation = rule("self.matches('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$')", crate::Message::DayMalformed { field: "spec.until".into() }))]
    pub until: String,
    /// What the money is for (经费类别).
    pub funding: Funding,
    /// The project behind it (项目).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Project>,
    /// Why (申请理由), in a sentence or two.
    #[schemars(length(min = 1, max = 1000))]
    pub reason: String,
    /// How urgent it is (紧急程度); left out, normal. It changes no deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// Whether the system shares its data (支持共享), which a new system must say (002 第七条).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharing: Option<Sharing>,
    /// The security test (安全测评) before it runs, which a new system names: plan, report or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub security_test: Option<String>,
    /// A rise of the system's protection level (等级提升): it is decided elsewhere and only referred to here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_rise: Option<LevelRise>,
    /// Who asked on paper (代为申请), where somebody else typed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    /// The `ApprovalPolicy` (审批规则); left out, `resources`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 63))]
    pub policy: Option<String>,
    /// Whether it is submitted (已提交): from then on nothing but `withdrawn` changes. Left out, it is a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted: Option<bool>,
    /// Whether it was withdrawn (撤回); what was granted by then stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<bool>,
    /// Who submitted it, when and under which rules: written by the hub's admission, and by nobody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<RequestStamp>,
}

/// What a request changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RequestChange {
    /// 新增.
    New,
    /// 增加.
    More,
    /// 减少.
    Less,
    /// 迁移: the same in all at other data centres.
    Move,
    /// 续期: the same until another day.
    Renew,
}

impl RequestChange {
    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::New => "新增",
            Self::More => "增加",
            Self::Less => "减少",
            Self::Move => "迁移",
            Self::Renew => "续期",
        }
    }
}

/// What is asked for at one data centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AskedSite {
    /// The `DataCenter` (机房).
    #[schemars(length(min = 1, max = 40))]
    pub site: String,
    /// How much.
    pub amounts: AskedAmounts,
}

/// Amounts that are asked for (申请数量). What is left out is zero; nothing has a schema default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AskedAmounts {
    /// CPU (处理器): cores ("16") or thousandths of a core ("500m").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 12), regex(pattern = r"^[0-9]+m?$"))]
    pub cpu: Option<String>,
    /// Memory (内存): "512Mi", "64Gi" or "1Ti".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 12), regex(pattern = r"^[0-9]+(Mi|Gi|Ti)$"))]
    pub memory: Option<String>,
    /// Storage (存储): "512Mi", "500Gi" or "1Ti".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 12), regex(pattern = r"^[0-9]+(Mi|Gi|Ti)$"))]
    pub storage: Option<String>,
    /// Number of pods (容器组数).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub pods: Option<u32>,
    /// Number of volume claims (数据卷数).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub volumes: Option<u32>,
    /// Number of services (服务数).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub services: Option<u32>,
    /// Number of namespaces (命名空间数): each place of a workspace takes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100_000))]
    pub namespaces: Option<u32>,
}

impl From<&AskedAmounts> for Amounts {
    fn from(asked: &AskedAmounts) -> Self {
        let nothing = Self::default();
        Self {
            cpu: asked.cpu.clone().unwrap_or(nothing.cpu),
            memory: asked.memory.clone().unwrap_or(nothing.memory),
            storage: asked.storage.clone().unwrap_or(nothing.storage),
            pods: asked.pods.unwrap_or(0),
            volumes: asked.volumes.unwrap_or(0),
            services: asked.services.unwrap_or(0),
            namespaces: asked.namespaces.unwrap_or(0),
        }
    }
}

/// The project behind a request (项目).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// Name or number of the project (项目名称或编号).
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// Whether it is a new project (新建项目); left out, it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<bool>,
}

/// How urgent a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Urgency {
    /// 一般.
    Normal,
    /// 紧急.
    Urgent,
}

/// Whether a system shares its data (002 第七条: a project that does not support sharing is not approved).
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rule("(has(self.supported) && self.supported) || (has(self.exemption) && self.exemption != '')", crate::Message::RequestSharing {}))]
pub struct Sharing {
    /// It shares (支持共享).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported: Option<bool>,
    /// The document that exempts it (豁免依据).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub exemption: Option<String>,
}

/// References of a rise of the protection level: it is reviewed, approved and filed elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LevelRise {
    /// The expert review (专家评审).
    #[schemars(length(min = 1, max = 200))]
    pub review: String,
    /// The approval by the department in charge (主管部门审核).
    #[schemars(length(min = 1, max = 200))]
    pub approval: String,
    /// The filing with the police (公安机关备案).
    #[schemars(length(min = 1, max = 200))]
    pub filing: String,
}

/// Who asked on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OnBehalfOf {
    /// Post or person on the form (申请表签字人).
    #[schemars(length(min = 1, max = 64))]
    pub signed_by: String,
    /// SHA-256 of the signed form as scanned, in hexadecimal (签字扫描件摘要).
    #[schemars(length(min = 64, max = 64), regex(pattern = "^[0-9a-f]{64}$"))]
    pub form: String,
}

impl ResourceRequestSpec {
    /// Whether it is submitted.
    #[must_use]
    pub fn is_submitted(&self) -> bool {
        self.submitted == Some(true)
    }

    /// Whether it was withdrawn.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn == Some(true)
    }
}

/// Who submitted a request, when and under which rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestStamp {
    /// The user, as the API server knows them.
    #[schemars(length(min = 1, max = 256))]
    pub by: String,
    /// The user's uid, where the sign-in service has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 128))]
    pub uid: String,
    /// When (提交时间), by the hub's clock.
    #[schemars(length(min = 20, max = 20))]
    pub at: String,
    /// SHA-256 over the canonical form (RFC 8785) of what was submitted.
    #[schemars(length(min = 64, max = 64))]
    pub digest: String,
    /// The approval number (审批编号), which people confirm.
    #[schemars(length(min = 1, max = 64))]
    pub number: String,
    /// Name of the policy.
    #[schemars(length(min = 1, max = 63))]
    pub policy: String,
    /// The steps of it that apply (适用的审批环节), as they were.
    #[schemars(length(max = 8), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["name"]))]
    pub steps: Vec<ApprovalStep>,
    /// Its rule for what needs nobody, as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<AutomaticRule>,
    /// Which key sealed it.
    #[schemars(length(max = 32))]
    pub key: String,
    /// The seal: HMAC-SHA256 over all of this and the object's identity.
    #[schemars(length(max = 64))]
    pub mac: String,
}

/// How far a request is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RequestPhase {
    /// 草稿: not submitted.
    #[default]
    Draft,
    /// 审批中: waits for a person.
    Deciding,
    /// 已批准待额度: approved, and the budget has no room yet.
    Approved,
    /// 已批复: granted.
    Granted,
    /// 不予批准: refused by a person.
    Refused,
    /// 已撤回: withdrawn.
    Withdrawn,
    /// 无效: it does not hold; the message says why.
    Invalid,
}

impl RequestPhase {
    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Deciding => "审批中",
            Self::Approved => "已批准待额度",
            Self::Granted => "已批复",
            Self::Refused => "不予批准",
            Self::Withdrawn => "已撤回",
            Self::Invalid => "无效",
        }
    }
}

/// What became of the request.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceRequestStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// How far it is (进度).
    #[serde(default)]
    pub phase: RequestPhase,
    /// The step that it waits at (当前环节).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<PendingStep>,
    /// Who decided what, when and why (办理经过), oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub history: Vec<HistoryEntry>,
    /// What granting it would do at each data centre (批准后的影响); said until it is decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub what_if: Vec<WhatIf>,
    /// What is in force at each data centre of what was granted (现已生效).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub enforced: Vec<EnforcedSite>,
    /// The `Grant` that came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub grant: Option<String>,
}

/// The step that a request waits at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PendingStep {
    /// Short name of the step.
    #[schemars(length(max = 40))]
    pub name: String,
    /// Chinese name of the step.
    #[schemars(length(max = 64))]
    pub display_name: String,
    /// When it began.
    #[schemars(length(max = 20))]
    pub since: String,
    /// The last day (办结期限), marked 暂定 while a year's calendar is not published.
    #[schemars(length(max = 64))]
    pub due: String,
    /// Whether that day is past (已逾期).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overdue: bool,
    /// Who agreed already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), inner(length(max = 256)))]
    pub agreed: Vec<String>,
    /// What a decision must carry: SHA-256 over what is to be granted as the steps before left it.
    #[schemars(length(max = 64))]
    pub digest: String,
}

/// One line of a request's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// When it happened.
    #[schemars(length(max = 20))]
    pub at: String,
    /// Who: a user, or `zhengyun-hub`.
    #[schemars(length(max = 256))]
    pub by: String,
    /// What and why: code, Chinese, English.
    #[schemars(length(max = 2048))]
    pub message: String,
}

/// What granting a request would do at one data centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhatIf {
    /// The `DataCenter` (机房).
    #[schemars(length(max = 40))]
    pub site: String,
    /// What the department has there by all its grants now.
    pub now: Amounts,
    /// What it would have.
    pub then: Amounts,
    /// What would fill up or be refused: code, Chinese, English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub message: Option<String>,
}

/// What is in force at one data centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnforcedSite {
    /// The `DataCenter` (机房).
    #[schemars(length(max = 40))]
    pub site: String,
    /// What the department's allotment there is, over all its grants, as the site confirmed it; nothing before it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allotment: Option<Amounts>,
}
