//! `System`: the register of information systems.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::common::{conditions, rule};
use crate::{Basis, ProtectionLevel, Zone};

/// An information system (信息系统), entered in the district's register (信息系统目录); also what is graded (定级对象).
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "System",
    shortname = "sys",
    category = "zhengyun",
    namespaced,
    status = "SystemStatus",
    derive = "PartialEq",
    doc = "System (信息系统): an entry of the district's register of information systems.",
    printcolumn(name = "名称", type_ = "string", json_path = ".spec.displayName"),
    printcolumn(name = "Kind", type_ = "string", json_path = ".spec.kind"),
    printcolumn(name = "S", type_ = "integer", json_path = ".spec.level.information"),
    printcolumn(name = "A", type_ = "integer", json_path = ".spec.level.service"),
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
#[x_kube(validation = rule("!('intranet' in self.zones)", crate::Message::IntranetSystem {}))]
pub struct SystemSpec {
    /// Chinese name (系统名称).
    #[schemars(length(min = 1, max = 64))]
    pub display_name: String,
    /// What it is to the district (系统类别).
    pub kind: SystemKind,
    /// Network zones (网络区域) that it uses.
    #[schemars(length(min = 1, max = 6), extend("x-kubernetes-list-type" = "set"))]
    pub zones: Vec<Zone>,
    /// Protection level (等保定级).
    pub level: ProtectionLevel,
    /// Filing of the level with the police (定级备案).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filing: Option<Filing>,
    /// Recovery class that it needs (灾备等级).
    #[serde(default)]
    pub recovery: RecoveryClass,
    /// Class of funds (资金分类) that pays for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funding: Option<FundingClass>,
    /// Reference of the city department's guidance (市级主管部门指导意见), which a vertical-line system needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub guidance: Option<String>,
    /// Who operates it (运维单位), as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub operator: Option<String>,
    /// Who built it (承建单位), as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub supplier: Option<String>,
    /// Data that it provides (提供的数据).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(max = 64)), extend("x-kubernetes-list-type" = "set"))]
    pub provides: Vec<String>,
    /// Data that it uses (使用的数据).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(max = 64)), extend("x-kubernetes-list-type" = "set"))]
    pub consumes: Vec<String>,
    /// Who administers it (三员): three roles that nobody has two of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officers: Option<Officers>,
    /// The document that this rests on (依据).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

/// The three administrators of a system (三员): the first applies, the second assesses, the third reads and reviews. Each is named by
/// users or groups of the sign-in service.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rule(
    "!self.system.exists(name, name in self.security || name in self.audit) && !self.security.exists(name, name in self.audit)",
    crate::Message::OneOfThreeOfficers {}
))]
pub struct Officers {
    /// System administrators (系统管理员).
    #[serde(default)]
    #[schemars(length(max = 8), inner(length(min = 6, max = 128), regex(pattern = "^oidc:")), extend("x-kubernetes-list-type" = "set"))]
    pub system: Vec<String>,
    /// Security administrators (安全管理员).
    #[serde(default)]
    #[schemars(length(max = 8), inner(length(min = 6, max = 128), regex(pattern = "^oidc:")), extend("x-kubernetes-list-type" = "set"))]
    pub security: Vec<String>,
    /// Audit administrators (审计管理员).
    #[serde(default)]
    #[schemars(length(max = 8), inner(length(min = 6, max = 128), regex(pattern = "^oidc:")), extend("x-kubernetes-list-type" = "set"))]
    pub audit: Vec<String>,
    /// The record (委托书 or 会议纪要) by which the service centre's officers do what nobody is named for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub entrusted: Option<String>,
}

impl Officers {
    /// The three roles by their fields, and who has them.
    #[must_use]
    pub fn roles(&self) -> [(&'static str, &[String]); 3] {
        [("system", &self.system), ("security", &self.security), ("audit", &self.audit)]
    }
}

/// What a system is to the district.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SystemKind {
    /// 增量: a new build.
    New,
    /// 存量: exists already.
    Existing,
    /// 外联: run by others, only linked.
    Linked,
    /// 平台服务: a shared service of the platform, such as the three core databases.
    Platform,
}

impl SystemKind {
    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::New => "增量",
            Self::Existing => "存量",
            Self::Linked => "外联",
            Self::Platform => "平台服务",
        }
    }
}

/// Filing of a level with the police (定级备案).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Filing {
    /// Number of the filing (备案编号).
    #[schemars(length(min = 1, max = 64))]
    pub number: String,
    /// Date of the filing (备案日期), as 2025-03-01.
    #[schemars(length(min = 10, max = 10), regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub date: String,
}

/// Recovery class of a system. The documents know 数据级 and 应用级; backup only is below both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RecoveryClass {
    /// 无.
    #[default]
    None,
    /// 备份: copies, no promise of place or time.
    Backup,
    /// 数据级: verified copies elsewhere.
    Data,
    /// 应用级: the standby can serve.
    Application,
}

/// Class of funds (资金分类, 000 §五(二)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FundingClass {
    /// 基础设施.
    Infrastructure,
    /// 业务应用.
    Business,
    /// 系统运维.
    Operations,
}

/// What is true of the system now.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
}
