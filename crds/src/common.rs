//! What several kinds share: zones, levels, shares, documents, conditions.

use kube::core::Rule;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::fmt;

use crate::message::Message;

/// A rule of the schema whose refusal is a sentence of the catalogue.
pub(crate) fn rule(expression: &str, refusal: Message) -> Rule {
    Rule::new(expression).message(refusal.to_string().as_str())
}

/// A network zone (网络区域) of the district.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Zone {
    /// 政务内网: under graded protection (分级保护), outside this platform; only rooms may name it.
    Intranet,
    /// 政务外网: where the cloud attaches.
    Extranet,
    /// 互联网接入: through the one central exit.
    Internet,
    /// 移动接入.
    Mobile,
    /// 专网/条线: vertical lines and dedicated networks.
    Vertical,
    /// 市级链路: links to the city's systems.
    City,
}

impl Zone {
    /// The identifier that stands in YAML.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Intranet => "intranet",
            Self::Extranet => "extranet",
            Self::Internet => "internet",
            Self::Mobile => "mobile",
            Self::Vertical => "vertical",
            Self::City => "city",
        }
    }

    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Intranet => "政务内网",
            Self::Extranet => "政务外网",
            Self::Internet => "互联网接入",
            Self::Mobile => "移动接入",
            Self::Vertical => "专网/条线",
            Self::City => "市级链路",
        }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// What becomes of a machine room (机房).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Disposition {
    /// 上云机房: becomes a site of the cloud once accepted.
    Cloud,
    /// 仅登记: in the register, never a place.
    Inventory,
    /// 待腾退: to be emptied onto the cloud.
    ToVacate,
    /// 条线机房: run by a vertical line.
    Vertical,
    /// 规划灾备中心: planned recovery centre.
    PlannedRecovery,
}

impl Disposition {
    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Cloud => "上云",
            Self::Inventory => "仅登记",
            Self::ToVacate => "待腾退",
            Self::Vertical => "条线",
            Self::PlannedRecovery => "规划灾备",
        }
    }
}

/// A protection level (等保等级) by its two halves (GB/T 22240-2020 section 4): the level of the whole is the higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProtectionLevel {
    /// S, 业务信息安全等级: level of the information, 1 to 4.
    #[schemars(range(min = 1, max = 4))]
    pub information: u8,
    /// A, 系统服务安全等级: level of the service, 1 to 4.
    #[schemars(range(min = 1, max = 4))]
    pub service: u8,
}

impl ProtectionLevel {
    /// G, the level of the whole: the higher of the two.
    #[must_use]
    pub fn overall(self) -> u8 {
        self.information.max(self.service)
    }

    /// Whether a place of this level may carry something of `other`: S and A compared separately.
    #[must_use]
    pub fn carries(self, other: Self) -> bool {
        other.information <= self.information && other.service <= self.service
    }
}

impl fmt::Display for ProtectionLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S{}A{}", self.information, self.service)
    }
}

/// The document that something rests on (依据).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Basis {
    /// Title or number (文号) of the document.
    #[schemars(length(min = 1, max = 200))]
    pub document: String,
    /// Where in the document, and what was added to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub note: Option<String>,
}

/// A second person's agreement (复核).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Signature {
    /// Who agrees: the user as the API server knows them, checked when it is written, and never who asked.
    #[schemars(length(min = 1, max = 256))]
    pub by: String,
    /// The number under which it was approved (审批编号).
    #[schemars(length(min = 1, max = 100))]
    pub reference: String,
}

/// A share of a site for one workspace on it (机房份额). What is left out is zero, and zero means none may be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// CPU (处理器) that pods may request together: cores ("16") or thousandths of a core ("500m").
    #[schemars(length(min = 1, max = 12), regex(pattern = r"^[0-9]+m?$"))]
    pub cpu: String,
    /// Memory (内存) that pods may request and be limited to together: "512Mi", "64Gi" or "1Ti".
    #[schemars(length(min = 1, max = 12), regex(pattern = r"^[0-9]+(Mi|Gi|Ti)$"))]
    pub memory: String,
    /// Storage (存储) that volume claims may request together: "512Mi", "500Gi" or "1Ti".
    #[serde(default = "no_storage")]
    #[schemars(length(min = 1, max = 12), regex(pattern = r"^[0-9]+(Mi|Gi|Ti)$"))]
    pub storage: String,
    /// Number of pods (容器组数).
    #[serde(default = "default_pods")]
    #[schemars(range(min = 0, max = 100_000))]
    pub pods: u32,
    /// Number of volume claims (数据卷数).
    #[serde(default = "default_volumes")]
    #[schemars(range(min = 0, max = 10_000))]
    pub volumes: u32,
    /// Number of services (服务数).
    #[serde(default = "default_services")]
    #[schemars(range(min = 0, max = 10_000))]
    pub services: u32,
}

/// Amounts that a department may use together (额度). What is left out is zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Amounts {
    /// CPU (处理器) that pods may request: cores ("16") or thousandths of a core ("500m").
    #[schemars(length(min = 1, max = 12), regex(pattern = r"^[0-9]+m?$"))]
    pub cpu: String,
    /// Memory (内存) that pods may request and be limited to: "512Mi", "64Gi" or "1Ti".
    #[schemars(length(min = 1, max = 12), regex(pattern = r"^[0-9]+(Mi|Gi|Ti)$"))]
    pub memory: String,
    /// Storage (存储) that volume claims may request: "512Mi", "500Gi" or "1Ti".
    #[serde(default = "no_storage")]
    #[schemars(length(min = 1, max = 12), regex(pattern = r"^[0-9]+(Mi|Gi|Ti)$"))]
    pub storage: String,
    /// Number of pods (容器组数).
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub pods: u32,
    /// Number of volume claims (数据卷数).
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub volumes: u32,
    /// Number of services (服务数).
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000))]
    pub services: u32,
    /// Number of namespaces (命名空间数): each place of a workspace takes one.
    #[serde(default)]
    #[schemars(range(min = 0, max = 100_000))]
    pub namespaces: u32,
}

impl Default for Amounts {
    /// Nothing.
    fn default() -> Self {
        let (cpu, memory, storage) = ("0".into(), "0Gi".into(), no_storage());
        Self { cpu, memory, storage, pods: 0, volumes: 0, services: 0, namespaces: 0 }
    }
}

fn no_storage() -> String {
    "0Gi".into()
}
fn default_pods() -> u32 {
    50
}
fn default_volumes() -> u32 {
    20
}
fn default_services() -> u32 {
    20
}

/// The schema of `status.conditions`: a list of Kubernetes conditions, one per type, bounded.
pub(crate) fn conditions(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "description": "What holds now and why (状态条件). `Ready` is the truth about the object as a whole.",
        "type": "array",
        "maxItems": 16,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
        "items": {
            "type": "object",
            "required": ["type", "status", "lastTransitionTime", "reason", "message"],
            "properties": {
                "type": {"type": "string", "maxLength": 316, "description": "What the condition is about."},
                "status": {"type": "string", "enum": ["True", "False", "Unknown"], "description": "Whether it holds."},
                "observedGeneration": {"type": "integer", "format": "int64", "minimum": 0, "description": "The metadata.generation that this speaks of."},
                "lastTransitionTime": {"type": "string", "format": "date-time", "description": "When the status last changed."},
                "reason": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "One word for programs."},
                "message": {"type": "string", "maxLength": 32768, "description": "A sentence for people: code, Chinese, English."}
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_carries_another_only_when_both_halves_fit() {
        let site = ProtectionLevel { information: 3, service: 2 };
        assert!(site.carries(ProtectionLevel { information: 3, service: 2 }));
        assert!(!site.carries(ProtectionLevel { information: 2, service: 3 }));
        assert_eq!(site.overall(), 3);
        assert_eq!(site.to_string(), "S3A2");
    }
}
