//! `District`: the district itself.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use crate::Basis;
use crate::common::conditions;

/// The district (区) that this platform serves. There is one.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "District",
    category = "zhengyun",
    status = "DistrictStatus",
    derive = "PartialEq",
    doc = "District (区): the district that this platform serves; there is one.",
    printcolumn(name = "名称", type_ = "string", json_path = ".spec.displayName"),
    printcolumn(name = "Egress Mbit/s", type_ = "integer", json_path = ".spec.egress.bandwidthMbps"),
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
pub struct DistrictSpec {
    /// Chinese name of the district, for example 杨浦区.
    #[schemars(length(min = 1, max = 64))]
    pub display_name: String,
    /// Administrative division code (行政区划代码, GB/T 2260), six digits.
    #[schemars(length(min = 6, max = 6), regex(pattern = "^[0-9]{6}$"))]
    pub division_code: String,
    /// The one central Internet exit (互联网集中出口).
    pub egress: Egress,
    /// The city that this district's cloud is linked with (市级平台).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub city: Option<String>,
    /// The `IsolationProfile` of departments and workspaces that name none (默认隔离方案).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub default_profile: Option<String>,
    /// The document that this rests on (依据).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

/// The one central Internet exit (互联网集中出口).
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Egress {
    /// The `DataCenter` that carries the exit.
    #[schemars(length(min = 1, max = 40))]
    pub data_center: String,
    /// Bandwidth of the exit in Mbit/s (兆比特每秒).
    #[schemars(range(min = 1, max = 1_000_000))]
    pub bandwidth_mbps: u32,
}

/// What is true of the district now.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DistrictStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
}
