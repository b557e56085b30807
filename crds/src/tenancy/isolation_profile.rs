//! `IsolationProfile`: how a department is fenced in.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::common::conditions;

/// How workspaces are fenced in (隔离方案). Traffic is denied both ways unless a profile or the department opens it.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "IsolationProfile",
    shortname = "isoprof",
    category = "zhengyun",
    status = "IsolationProfileStatus",
    derive = "PartialEq",
    doc = "IsolationProfile (隔离方案): how workspaces are fenced in.",
    printcolumn(name = "名称", type_ = "string", json_path = ".spec.displayName"),
    printcolumn(name = "Pod Security", type_ = "string", json_path = ".spec.podSecurity"),
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
pub struct IsolationProfileSpec {
    /// Chinese name.
    #[schemars(length(min = 1, max = 64))]
    pub display_name: String,
    /// The Pod Security Standard that the site's API server enforces (容器安全基线).
    #[serde(default)]
    pub pod_security: PodSecurity,
    /// What a container gets that says nothing about resources (默认资源).
    #[serde(default)]
    pub container_defaults: ContainerDefaults,
    /// Network (网络).
    #[serde(default)]
    pub network: Network,
}

/// A Pod Security Standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PodSecurity {
    /// The strictest (严格).
    #[default]
    Restricted,
    /// Refuses known ways out of a container (基本).
    Baseline,
}

impl PodSecurity {
    /// The value of the namespace label.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Baseline => "baseline",
        }
    }
}

/// What a container gets that says nothing about resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerDefaults {
    /// CPU request: cores or thousandths of a core ("100m").
    #[schemars(length(min = 1, max = 12), regex(pattern = r"^[0-9]+m?$"))]
    pub cpu: String,
    /// Memory request and limit ("128Mi").
    #[schemars(length(min = 1, max = 12), regex(pattern = r"^[0-9]+(Mi|Gi|Ti)$"))]
    pub memory: String,
}

impl Default for ContainerDefaults {
    fn default() -> Self {
        Self { cpu: "100m".into(), memory: "128Mi".into() }
    }
}

/// What the network lets through besides what a department opens within itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// Whether pods of one workspace reach each other.
    #[serde(default = "yes")]
    pub within_workspace: bool,
    /// Whether pods may ask the site's name service (域名解析), in `kube-system`, port 53.
    #[serde(default = "yes")]
    pub name_service: bool,
}

impl Default for Network {
    fn default() -> Self {
        Self { within_workspace: true, name_service: true }
    }
}

fn yes() -> bool {
    true
}

/// What is true of the profile now.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IsolationProfileStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
}
