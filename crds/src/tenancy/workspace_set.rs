//! `WorkspaceSet`: one workspace for each of several departments, from one template, around a lead department.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::flow::FlowPort;
use super::workspace::WorkspaceSite;
use crate::common::{conditions, rule};
use crate::migration::system::SystemSpec;
use crate::{Basis, Zone};

/// One workspace for each of several departments from one template (批量业务空间), as in "1+12": a lead department and twelve
/// streets. Written by platform engineers on a documented decision of the district, so that no department writes for another.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "WorkspaceSet",
    shortname = "wsset",
    category = "zhengyun",
    status = "WorkspaceSetStatus",
    derive = "PartialEq",
    doc = "WorkspaceSet (批量业务空间): one workspace for each of several departments, from one template, around a lead department.",
    validation = rule("self.metadata.name.matches('^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$')", crate::Message::WorkspaceName {}),
    printcolumn(name = "名称", type_ = "string", json_path = ".spec.displayName"),
    printcolumn(name = "Lead", type_ = "string", json_path = ".spec.lead.department"),
    printcolumn(name = "Total", type_ = "integer", json_path = ".status.total"),
    printcolumn(name = "In force", type_ = "integer", json_path = ".status.inForce"),
    printcolumn(name = "Refused", type_ = "integer", json_path = ".status.refused"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].message")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rule("!(self.lead.department in self.members)", crate::Message::LeadIsMember {}))]
pub struct WorkspaceSetSpec {
    /// Chinese name.
    #[schemars(length(min = 1, max = 64))]
    pub display_name: String,
    /// The decision of the district that this rests on (依据). It stands for the consent of both sides to the flows below.
    pub basis: Basis,
    /// The lead department (牵头单位) and its workspace.
    pub lead: Lead,
    /// The departments (成员单位) that get one workspace each.
    #[schemars(length(min = 1, max = 64), inner(length(max = 16)), extend("x-kubernetes-list-type" = "set"))]
    pub members: Vec<String>,
    /// What each of them gets.
    pub template: Template,
    /// Flows between the workspace of the lead and those of the members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flows: Option<SetFlows>,
}

/// The lead department (牵头单位) and its workspace, which is its own and not made by the set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lead {
    /// The `Department`.
    #[schemars(length(min = 1, max = 16))]
    pub department: String,
    /// Name of its `Workspace`.
    #[schemars(length(min = 1, max = 40))]
    pub workspace: String,
}

/// What each member gets: a `System` and a `Workspace` of one name.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// Name of the `System` and the `Workspace` in each member's namespace; left out, that of the set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    #[x_kube(validation = rule("self.matches('^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$')", crate::Message::WorkspaceName {}))]
    pub name: Option<String>,
    /// The entry in the register (信息系统), made where it is missing. `{member}` in its Chinese name becomes the member's.
    pub system: SystemSpec,
    /// Chinese name of the workspaces; `{member}` becomes the member's name. Left out, that of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub display_name: Option<String>,
    /// The network zone (网络区域).
    #[x_kube(validation = rule("self != 'intranet'", crate::Message::IntranetZone {}))]
    pub zone: Zone,
    /// The `IsolationProfile` (隔离方案); left out, the member's, then the district's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub profile: Option<String>,
    /// Where each stands and with what share, which is charged to the member.
    #[schemars(length(min = 1, max = 32), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub sites: Vec<WorkspaceSite>,
}

/// Flows between the workspace of the lead and those of the members, in force while the set names both.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetFlows {
    /// Ports of the lead's workspace that the members' pods may reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["port", "protocol"]))]
    pub to_lead: Vec<FlowPort>,
    /// Ports of the members' workspaces that the lead's pods may reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["port", "protocol"]))]
    pub from_lead: Vec<FlowPort>,
    /// Until when (截止), as in a flow of a workspace; at most 366 days ahead.
    #[schemars(
        length(max = 25),
        regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|\+08:00))?$")
    )]
    pub until: String,
}

/// What became of the set.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceSetStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// How many members it names.
    #[serde(default)]
    #[schemars(range(min = 0, max = 64))]
    pub total: u32,
    /// How many of them have their workspace in force.
    #[serde(default)]
    #[schemars(range(min = 0, max = 64))]
    pub in_force: u32,
    /// How many are refused.
    #[serde(default)]
    #[schemars(range(min = 0, max = 64))]
    pub refused: u32,
    /// What became of each member's workspace, and of those of former members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["department"]))]
    pub instances: Vec<Instance>,
}

/// What became of one member's workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// The `Department` (成员单位).
    #[schemars(length(max = 16))]
    pub department: String,
    /// How it stands.
    pub state: InstanceState,
    /// Name of its namespace on the sites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub namespace: Option<String>,
    /// Why it is not in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub message: Option<String>,
}

/// How one member's workspace stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum InstanceState {
    /// 办理中: made, and not in force at every site yet.
    Pending,
    /// 已生效: in force at every site.
    InForce,
    /// 受阻: it cannot be, and the message says why.
    Refused,
    /// 已退出: no longer a member; what it has is kept as it is.
    Left,
}

impl InstanceState {
    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Pending => "办理中",
            Self::InForce => "已生效",
            Self::Refused => "受阻",
            Self::Left => "已退出",
        }
    }
}
