//! `AccessGrant`: somebody of the provider is let into a department's workspaces for hours.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::common::{Signature, conditions, rule};

/// Somebody of the provider is let into a department's workspaces for hours (临时运维授权): asked for by the provider or the service
/// centre, agreed to by the department, closed by itself at its end.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "AccessGrant",
    category = "zhengyun",
    namespaced,
    status = "AccessGrantStatus",
    derive = "PartialEq",
    doc = "AccessGrant (临时运维授权): somebody of the provider is let into a department's workspaces for hours.",
    printcolumn(name = "User", type_ = "string", json_path = ".spec.user"),
    printcolumn(name = "Workspaces", type_ = "string", json_path = ".spec.workspaces"),
    printcolumn(name = "Sites", type_ = "string", json_path = ".spec.sites"),
    printcolumn(name = "Verbs", type_ = "string", json_path = ".spec.verbs"),
    printcolumn(name = "Agreed by", type_ = "string", json_path = ".spec.approval.by"),
    printcolumn(name = "Until", type_ = "string", json_path = ".status.until"),
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
        "self.user == oldSelf.user && self.workspaces == oldSelf.workspaces && self.sites == oldSelf.sites && self.verbs == oldSelf.verbs && self.secrets == oldSelf.secrets && self.ticket == oldSelf.ticket && self.reason == oldSelf.reason && self.hours == oldSelf.hours && self.by == oldSelf.by && (!has(oldSelf.approval) || (has(self.approval) && self.approval == oldSelf.approval))",
        crate::Message::NeverChanged {}
    ),
    validation = rule("!oldSelf.ended || self.ended", crate::Message::NeverChanged {}),
    validation = rule("!has(self.approval) || (self.approval.by != self.by && self.approval.by != self.user)", crate::Message::OwnApproval {}),
)]
pub struct AccessGrantSpec {
    /// Who is let in: one user as the API servers know them, never a group.
    #[schemars(length(min = 6, max = 256), regex(pattern = "^oidc:"))]
    pub user: String,
    /// The `Workspace`s (业务空间) of the department.
    #[schemars(length(min = 1, max = 8), inner(length(min = 1, max = 63)), extend("x-kubernetes-list-type" = "set"))]
    pub workspaces: Vec<String>,
    /// The `DataCenter`s (机房).
    #[schemars(length(min = 1, max = 8), inner(length(min = 1, max = 40)), extend("x-kubernetes-list-type" = "set"))]
    pub sites: Vec<String>,
    /// What may be done there (授权操作).
    #[schemars(length(min = 1, max = 3), extend("x-kubernetes-list-type" = "set"))]
    pub verbs: Vec<AccessVerb>,
    /// Whether Secrets may be read too (可读取密钥); not unless it is spelt out.
    #[serde(default)]
    pub secrets: bool,
    /// Number of the ticket (工单号).
    #[schemars(length(min = 1, max = 64))]
    pub ticket: String,
    /// Why (事由), in a sentence.
    #[schemars(length(min = 1, max = 400))]
    pub reason: String,
    /// For how many hours from the agreement on (时长,小时): at most 8.
    #[schemars(range(min = 1, max = 8))]
    pub hours: u8,
    /// Who asks: the user as the API server knows them, checked when it is written.
    #[schemars(length(min = 1, max = 256))]
    pub by: String,
    /// The department's agreement (本单位同意), without which nothing opens; never of who asks or is let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Signature>,
    /// Whether the department ended it before its time, or refused it (提前终止).
    #[serde(default)]
    pub ended: bool,
}

/// What somebody who is let in may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AccessVerb {
    /// 查看: reads what runs, no Secrets.
    View,
    /// 调试: logs, commands in containers, ports, containers put beside them.
    Debug,
    /// 变更: changes what runs.
    Edit,
}

/// What became of it.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessGrantStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// Until when: its hours counted from when the hub saw the agreement. Written once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub until: Option<String>,
    /// When the hub saw that the department ended it early. Written once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub ended_at: Option<String>,
    /// How far it is at each site.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub places: Vec<AccessPlace>,
}

/// How far it is at one site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessPlace {
    /// The `DataCenter` (机房).
    #[schemars(length(max = 40))]
    pub site: String,
    /// How far.
    pub state: AccessState,
}

/// How far an access grant is at one site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AccessState {
    /// 等待: not told to the site.
    Waiting,
    /// 已下发: the site was told.
    Told,
    /// 生效: the site says that it is in force.
    InForce,
    /// 收回中: over; the site, which takes it away by its own clock, has not said so yet.
    Closing,
    /// 已收回: the site says that it is no longer there.
    Ended,
}
