//! `Workspace`: a namespace of a department on one or more sites, for one system.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, MicroTime};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::adoption::{Adoption, Enforcement};
use super::flow::{Consent, Flow, FlowStatus};
use crate::common::{conditions, rule};
use crate::{Share, Zone};

/// A workspace (业务空间): a namespace of a department on one or more sites, for one information system.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "Workspace",
    shortname = "ws",
    category = "zhengyun",
    namespaced,
    status = "WorkspaceStatus",
    derive = "PartialEq",
    doc = "Workspace (业务空间): a namespace of a department on one or more sites, for one information system.",
    validation = rule("self.metadata.name.matches('^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$')", crate::Message::WorkspaceName {}),
    printcolumn(name = "名称", type_ = "string", json_path = ".spec.displayName"),
    printcolumn(name = "System", type_ = "string", json_path = ".spec.system"),
    printcolumn(name = "Namespace", type_ = "string", json_path = ".status.namespace"),
    printcolumn(name = "Stage", type_ = "string", json_path = ".status.enforcement"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].message")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = rule("(has(self.adopt) ? self.adopt : []) == (has(oldSelf.adopt) ? oldSelf.adopt : [])", crate::Message::AdoptFixed {}),
    validation = rule("self.zone == 'internet' || self.sites.all(place, !has(place.egressMbit) || place.egressMbit == 0)", crate::Message::EgressZone {}),
)]
pub struct WorkspaceSpec {
    /// Chinese name.
    #[schemars(length(min = 1, max = 64))]
    pub display_name: String,
    /// The `System` in the same namespace that this is for (信息系统).
    #[schemars(length(min = 1, max = 63))]
    pub system: String,
    /// The network zone (网络区域) that it stands in.
    #[x_kube(validation = rule("self != 'intranet'", crate::Message::IntranetZone {}))]
    pub zone: Zone,
    /// The `IsolationProfile` (隔离方案); left out, the department's, then the district's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub profile: Option<String>,
    /// Where it stands and with what share.
    #[schemars(length(min = 1, max = 32), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub sites: Vec<WorkspaceSite>,
    /// Namespaces that stand on sites already and become its own there (纳管), all of one name; at its other sites one of that name
    /// is made. Decided when the workspace is filed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub adopt: Vec<Adoption>,
    /// How far the rules are in force in adopted namespaces (生效阶段); left out, `observe`. In all others they are always in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforcement: Option<Enforcement>,
    /// Hosts that its ingresses may serve (域名), `*.` in front for all below one; unique over the district, and below the profile's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), inner(length(min = 1, max = 253)), extend("x-kubernetes-list-type" = "set"))]
    pub hosts: Vec<String>,
    /// Whether it is frozen (冻结): the department changes nothing there, what runs goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frozen: bool,
    /// Other workspaces that its pods may open connections to (互访). One of another department must agree by its `consents`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["name"]))]
    pub flows: Vec<Flow>,
    /// Flows of other departments that are agreed to (互访同意).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub consents: Vec<Consent>,
}

/// One place of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceSite {
    /// The `DataCenter` (机房).
    #[schemars(length(min = 1, max = 40))]
    pub site: String,
    /// What it may use there (机房份额).
    pub share: Share,
    /// Its share of the one central Internet exit (互联网出口带宽) there, in Mbit/s; only in the zone `internet`.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub egress_mbit: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What is true of the workspace now.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// Name of its namespace on the sites, assigned once and never parsed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub namespace: Option<String>,
    /// How far the rules are in force in its adopted namespaces (生效阶段).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforcement: Option<Enforcement>,
    /// What is true at each site.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub sites: Vec<WorkspaceSiteStatus>,
    /// What became of its flows, and of those of others to it (互访状态).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 96))]
    pub flows: Vec<FlowStatus>,
}

/// What is true of a workspace at one site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceSiteStatus {
    /// The `DataCenter` (机房).
    #[schemars(length(max = 40))]
    pub site: String,
    /// How far the workspace is there.
    pub state: PlaceState,
    /// Why it is not in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub message: Option<String>,
    /// The last change by others in its namespace there that was undone (漂移).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub drift: Option<String>,
    /// The last sign of life of the site (最后联系); said only while it is not heard, and then the rest is what was last known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_contact: Option<MicroTime>,
}

/// How far a workspace is at one site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PlaceState {
    /// 待下发: the order is not written yet.
    Pending,
    /// 已下发: the site was told.
    Told,
    /// 已接受: the site has it in its memory.
    Accepted,
    /// 已生效: in force.
    Applied,
    /// 受阻: the site cannot put it in force.
    Blocked,
    /// 已撤出: no longer wanted here; what stands there is kept.
    Left,
}

impl PlaceState {
    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Pending => "待下发",
            Self::Told => "已下发",
            Self::Accepted => "已接受",
            Self::Applied => "已生效",
            Self::Blocked => "受阻",
            Self::Left => "已撤出",
        }
    }
}
