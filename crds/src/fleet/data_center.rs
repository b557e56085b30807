//! `DataCenter`: a machine room; only some become sites of the cloud.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, MicroTime};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::token_issuer::TokenIssuer;
use crate::common::{conditions, rule};
use crate::{Amounts, Basis, Disposition, ProtectionLevel, Zone};

/// A data centre (机房). One whose disposition is `cloud` and that is accepted becomes a site that departments can use.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "DataCenter",
    plural = "datacenters",
    shortname = "dc",
    category = "zhengyun",
    status = "DataCenterStatus",
    derive = "PartialEq",
    doc = "DataCenter (机房): a machine room; one whose disposition is cloud and that is accepted becomes a site.",
    validation = rule("self.metadata.name.matches('^[a-z][a-z0-9-]{0,38}[a-z0-9]$') && !self.metadata.name.startsWith('kube-')", crate::Message::DataCenterName {}),
    printcolumn(name = "名称", type_ = "string", json_path = ".spec.displayName"),
    printcolumn(name = "Disposition", type_ = "string", json_path = ".spec.disposition"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Applied", type_ = "integer", json_path = ".status.sets.applied"),
    printcolumn(name = "Told", type_ = "integer", json_path = ".status.sets.told"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].message")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = rule("!(self.accepted && 'intranet' in self.zones)", crate::Message::IntranetOutside {}),
    validation = rule("!(self.accepted && self.provider == 'city')", crate::Message::CityInfrastructure {}),
    validation = rule("!self.accepted || self.disposition == 'cloud'", crate::Message::NotForCloud {}),
    validation = rule("!self.accepted || has(self.level)", crate::Message::LevelMissing {}),
)]
pub struct DataCenterSpec {
    /// Chinese name of the room, for example 凯城机房.
    #[schemars(length(min = 1, max = 64))]
    pub display_name: String,
    /// The `Department` that owns the room (产权单位).
    #[schemars(length(min = 1, max = 16))]
    pub owner: String,
    /// Who runs the room (运维单位), as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub operator: Option<String>,
    /// The building (所在楼宇): what fails together. A replica never stands in the same one.
    #[schemars(length(min = 1, max = 64))]
    pub building: String,
    /// What becomes of the room (处置).
    pub disposition: Disposition,
    /// Whose infrastructure it is (归属): city infrastructure is never a place of the district's.
    #[serde(default)]
    pub provider: Provider,
    /// Network zones (网络区域) that reach the room.
    #[schemars(length(min = 1, max = 6), extend("x-kubernetes-list-type" = "set"))]
    pub zones: Vec<Zone>,
    /// The protection level (等保等级) that the site was graded and filed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<ProtectionLevel>,
    /// Groups of alike nodes (节点池).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub node_pools: Vec<NodePool>,
    /// What stands in the room according to the register (台账).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory: Option<Inventory>,
    /// Whether the room was accepted as a site of the cloud (验收投用).
    #[serde(default)]
    pub accepted: bool,
    /// Whether the site only reports, and is told nothing (只观察): for a room where others' workloads run already.
    #[serde(default)]
    pub observe: bool,
    /// The document that this rests on (依据).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

/// Whose infrastructure a room is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Provider {
    /// 区级: the district's own.
    #[default]
    District,
    /// 市级云: the city's.
    City,
}

/// A group of alike nodes (节点池).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodePool {
    /// Name of the pool.
    #[schemars(length(min = 1, max = 40))]
    pub name: String,
    /// Instruction set (指令集), as in the node label `kubernetes.io/arch`, for example amd64, arm64, loong64.
    #[schemars(length(min = 1, max = 16))]
    pub architecture: String,
    /// Operating system and its version (操作系统).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub operating_system: Option<String>,
    /// Processor (处理器).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub processor: Option<String>,
    /// Reference of the product in a list of domestic products (国产产品目录编号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub domestic_reference: Option<String>,
}

/// What stands in a room according to the register (台账).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Inventory {
    /// Number of servers (服务器台数).
    #[schemars(range(min = 0, max = 100_000))]
    pub servers: u32,
    /// Number of core switches (核心交换机台数).
    #[schemars(range(min = 0, max = 10_000))]
    pub core_switches: u32,
}

/// What is true of the data centre now.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataCenterStatus {
    /// Conditions (状态条件): `Ready` as a whole, `Connected` whether the site is heard.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// What the site says of itself (现场情况).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<SiteFacts>,
    /// Who is believed to sign the tokens of the site's ServiceAccounts (已认可的令牌签发者): as the site said first, and since then
    /// only as a person accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<TokenIssuer>,
    /// How many sets of orders the site was told and has in force (指令组数).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets: Option<SetCounts>,
    /// The sets that are not simply in force, or that were disturbed (未生效或有漂移的指令组), at most 32 of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["set"]))]
    pub details: Vec<SetDetail>,
    /// The last sign of life (最后联系), by the site's own clock; said only while the site is not heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_contact: Option<MicroTime>,
}

/// One set of orders at one site: what was told and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetDetail {
    /// Name of the set.
    #[schemars(length(max = 63))]
    pub set: String,
    /// Revision that was told (已下发), 0 for none.
    #[schemars(range(min = 0))]
    pub told: i64,
    /// Revision that the site accepted (已接受), 0 for none.
    #[schemars(range(min = 0))]
    pub accepted: i64,
    /// Whether what was told is in force (已生效).
    pub applied: bool,
    /// What the site made of it, or why nothing is told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 2048))]
    pub message: String,
    /// The last change by others that was undone (漂移).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 1024))]
    pub drift: String,
}

/// What a site says of itself: hostile text, shown and never believed as a right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SiteFacts {
    /// Version of the agent.
    #[schemars(length(max = 64))]
    pub agent_version: String,
    /// Version of the site's API server.
    #[schemars(length(max = 64))]
    pub kubernetes_version: String,
    /// Nodes that are Ready (就绪节点数).
    #[schemars(range(min = 0, max = 100_000))]
    pub ready_nodes: u32,
    /// Namespaces that stand there for departments, also those the hub no longer knows (命名空间数).
    #[schemars(range(min = 0, max = 100_000))]
    pub namespaces: u32,
    /// Whether the agent only reports (只观察), by its own join file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub observing: bool,
    /// What its Ready nodes leave to pods (节点容量): CPU, memory and pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Amounts>,
    /// Namespaces of others that stand there (非本平台命名空间数), said only while the agent only reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100_000))]
    pub foreign_namespaces: Option<u32>,
}

/// How many sets of orders a site was told, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetCounts {
    /// Told by the hub (已下发).
    #[schemars(range(min = 0, max = 100_000))]
    pub told: u32,
    /// In the site's memory (已接受).
    #[serde(default)]
    #[schemars(range(min = 0, max = 100_000))]
    pub accepted: u32,
    /// In force (已生效).
    #[schemars(range(min = 0, max = 100_000))]
    pub applied: u32,
    /// Not acted upon, with a reason (受阻).
    #[schemars(range(min = 0, max = 100_000))]
    pub blocked: u32,
    /// Not following what the site or the hub has, until a person rules (隔离).
    #[serde(default)]
    #[schemars(range(min = 0, max = 100_000))]
    pub quarantined: u32,
    /// Kept from being as ordered by somebody else's changes (争用).
    #[serde(default)]
    #[schemars(range(min = 0, max = 100_000))]
    pub contested: u32,
    /// On the site, and not in what the hub told (中心无记录).
    #[serde(default)]
    #[schemars(range(min = 0, max = 100_000))]
    pub unknown: u32,
}
