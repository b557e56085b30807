//! `IsolationProfile`: how a department is fenced in.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
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
    /// Where images come from (镜像).
    #[serde(default)]
    pub images: Images,
    /// What pods may ask of nodes and of the scheduler (容器组).
    #[serde(default)]
    pub pods: Pods,
    /// Volumes (存储).
    #[serde(default)]
    pub storage: Storage,
    /// Ways in from outside (入口).
    #[serde(default)]
    pub ingress: Ingress,
    /// Labels and annotations (标签与注解).
    #[serde(default)]
    pub metadata: Metadata,
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
    /// Address ranges that a department's own network policies may name (可用网段), for example `10.20.0.0/16`; none named, none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), inner(length(max = 49)), extend("x-kubernetes-list-type" = "set"))]
    pub ip_blocks: Vec<String>,
}

impl Default for Network {
    fn default() -> Self {
        Self { within_workspace: true, name_service: true, ip_blocks: Vec::new() }
    }
}

/// Where images come from, in any container and in image volumes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Images {
    /// Registries, or folders of one, that images may come from (镜像仓库), for example `registry.gov.cn/edu`; left out, any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32), inner(length(min = 1, max = 253)), extend("x-kubernetes-list-type" = "set"))]
    pub registries: Option<Vec<String>>,
    /// Pull policies that containers may have (拉取策略); left out, any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 3), extend("x-kubernetes-list-type" = "set"))]
    pub pull_policies: Option<Vec<PullPolicy>>,
}

/// When a node asks the registry for an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PullPolicy {
    /// Each time: whoever may not read the image cannot run it.
    Always,
    /// When the node does not have it.
    IfNotPresent,
    /// Never.
    Never,
}

impl PullPolicy {
    /// The value in a container.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::IfNotPresent => "IfNotPresent",
            Self::Never => "Never",
        }
    }
}

/// What pods may ask of nodes and of the scheduler. Classes that are not named may not be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pods {
    /// Labels of nodes that every pod must select (节点选择), for departments with nodes of their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(length(max = 8), schema_with = "labels_of_nodes")]
    pub node_selector: BTreeMap<String, String>,
    /// Keys of taints that pods may tolerate (可容忍的污点) besides those of nodes that are not ready.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 317)), extend("x-kubernetes-list-type" = "set"))]
    pub tolerations: Vec<String>,
    /// Priority classes (优先级); a class that the site gives to pods without one must be named too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 253)), extend("x-kubernetes-list-type" = "set"))]
    pub priority_classes: Vec<String>,
    /// Runtime classes (运行时).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 253)), extend("x-kubernetes-list-type" = "set"))]
    pub runtime_classes: Vec<String>,
    /// Device classes that resource claims may ask for (设备类).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 253)), extend("x-kubernetes-list-type" = "set"))]
    pub device_classes: Vec<String>,
    /// Schedulers (调度器).
    #[serde(default = "default_schedulers")]
    #[schemars(length(min = 1, max = 8), inner(length(min = 1, max = 253)), extend("x-kubernetes-list-type" = "set"))]
    pub schedulers: Vec<String>,
}

impl Default for Pods {
    fn default() -> Self {
        Self {
            node_selector: BTreeMap::new(),
            tolerations: Vec::new(),
            priority_classes: Vec::new(),
            runtime_classes: Vec::new(),
            device_classes: Vec::new(),
            schedulers: default_schedulers(),
        }
    }
}

fn default_schedulers() -> Vec<String> {
    vec!["default-scheduler".into()]
}

fn labels_of_nodes(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object", "maxProperties": 8, "additionalProperties": {"type": "string", "maxLength": 63}})
}

/// Volumes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Storage {
    /// Storage classes that claims may name (存储类); left out, any. Where some are named, a claim must name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 253)), extend("x-kubernetes-list-type" = "set"))]
    pub classes: Option<Vec<String>>,
}

/// Ways in from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ingress {
    /// Ingress classes (入口类); left out, any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 253)), extend("x-kubernetes-list-type" = "set"))]
    pub classes: Option<Vec<String>>,
    /// Domains under which workspaces may have hosts (域名后缀), for example `edu.yp.gov.cn`; none named, a workspace has no hosts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 253)), extend("x-kubernetes-list-type" = "set"))]
    pub host_suffixes: Vec<String>,
}

/// Labels and annotations of what departments run. Those of this platform (`zhengyun.io/`) are never theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Keys of labels that pods and what makes them must have (必备标签).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 317)), extend("x-kubernetes-list-type" = "set"))]
    pub required_labels: Vec<String>,
    /// Beginnings of keys of labels that may not be set (禁用标签), for example `scheduling.`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 317)), extend("x-kubernetes-list-type" = "set"))]
    pub forbidden_labels: Vec<String>,
    /// Beginnings of keys of annotations that may not be set (禁用注解).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 317)), extend("x-kubernetes-list-type" = "set"))]
    pub forbidden_annotations: Vec<String>,
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
