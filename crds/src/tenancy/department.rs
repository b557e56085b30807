//! `Department`: a tenant.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Basis;
use crate::common::{conditions, rule};

/// A department (单位): an office, street or town of the district that uses the platform.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "Department",
    shortname = "dept",
    category = "zhengyun",
    status = "DepartmentStatus",
    derive = "PartialEq",
    doc = "Department (单位): an office, street or town of the district that uses the platform.",
    validation = rule("self.metadata.name.matches('^[a-z][a-z0-9]{1,15}$') && !(self.metadata.name in ['kube', 'default', 'dept', 'site', 'system', 'zhengyun', 'openshift', 'platform', 'term'])", crate::Message::DepartmentName {}),
    printcolumn(name = "名称", type_ = "string", json_path = ".spec.displayName"),
    printcolumn(name = "Kind", type_ = "string", json_path = ".spec.kind"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].message")
)]
#[serde(rename_all = "camelCase")]
pub struct DepartmentSpec {
    /// Chinese name (单位名称), for example 区教育局. Unique; it may change, the object's name never does.
    #[schemars(length(min = 1, max = 64))]
    pub display_name: String,
    /// What it is (单位类别).
    pub kind: DepartmentKind,
    /// The `Department` that this one belongs to (上级单位).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16))]
    pub parent: Option<String>,
    /// Unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters, the last one a check character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 18))]
    pub unified_code: Option<String>,
    /// Posts (岗位), not persons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub posts: Vec<Post>,
    /// Groups of the sign-in service whose members act for the department (用户组).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["group"]))]
    pub groups: Vec<DepartmentGroup>,
    /// Data centres that the department may use (可用机房); none named means every one in use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), inner(length(max = 40)), extend("x-kubernetes-list-type" = "set"))]
    pub allowed_sites: Vec<String>,
    /// The `IsolationProfile` of its workspaces that name none (隔离方案).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub isolation_profile: Option<String>,
    /// Idle share may move between the department's namespaces on a site by itself (余量调剂); off unless asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elastic_shares: bool,
    /// The document that this rests on (依据).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The document by which the department is suspended (停用依据), for as long as it is: its people only read, nothing grows, its
    /// secrets are not given out, and what runs goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Basis>,
}

impl DepartmentSpec {
    /// The department's groups with what they may do now at a place where these roles are bound: of one that is suspended, who has
    /// one of them only reads.
    #[must_use]
    pub fn acting_groups(&self, bound: &[DepartmentRole]) -> Vec<DepartmentGroup> {
        let role = |group: &DepartmentGroup| match self.suspended {
            Some(_) if bound.contains(&group.role) => DepartmentRole::Auditor,
            _ => group.role,
        };
        self.groups.iter().map(|group| DepartmentGroup { role: role(group), ..group.clone() }).collect()
    }
}

/// What a department is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DepartmentKind {
    /// 委办局.
    Office,
    /// 街道.
    Street,
    /// 镇.
    Town,
    /// 事业单位.
    Institution,
    /// 条线单位.
    Vertical,
}

impl DepartmentKind {
    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Office => "委办局",
            Self::Street => "街道",
            Self::Town => "镇",
            Self::Institution => "事业单位",
            Self::Vertical => "条线单位",
        }
    }
}

/// A post (岗位) and what it answers for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Post {
    /// Name of the post, for example 电子政务专职人员.
    #[schemars(length(min = 1, max = 64))]
    pub title: String,
    /// What it answers for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub duty: Option<String>,
}

/// A group of the sign-in service and what its members may do.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DepartmentGroup {
    /// Name of the group with the sign-in service's prefix, for example `oidc:jiaoyu-admin`. Unique over all departments.
    #[schemars(length(min = 1, max = 128))]
    #[x_kube(validation = rule("self.startsWith('oidc:') && self.size() > 5 && !self.startsWith('oidc:system:') && !self.startsWith('oidc:zhengyun')", crate::Message::GroupName {}))]
    pub group: String,
    /// What its members may do.
    pub role: DepartmentRole,
}

/// What the members of a group may do for their department.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DepartmentRole {
    /// 主要领导: sees all of the department on the hub and decides its requests; runs no workloads.
    Head,
    /// 管理员: registers systems and workspaces, runs workloads.
    Admin,
    /// 成员: runs workloads.
    Member,
    /// 只读: reads.
    Auditor,
}

impl DepartmentRole {
    /// The roles that are bound in the department's namespace on the hub.
    pub const ON_HUB: &'static [Self] = &[Self::Head, Self::Admin, Self::Member, Self::Auditor];
    /// The roles that are bound in its workspaces on the sites: who decides does not operate.
    pub const ON_SITES: &'static [Self] = &[Self::Admin, Self::Member, Self::Auditor];

    /// The ClusterRole, on hub and sites, that this role is bound to.
    #[must_use]
    pub fn cluster_role(self) -> &'static str {
        match self {
            Self::Head => "zhengyun:department-head",
            Self::Admin => "zhengyun:department-admin",
            Self::Member => "zhengyun:department-member",
            Self::Auditor => "zhengyun:department-auditor",
        }
    }
}

/// What is true of the department now.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DepartmentStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// The department's namespace on the hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub namespace: Option<String>,
    /// Where its secrets are (密钥库), once they were set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secrets: Option<SecretStore>,
}

/// Where a department's secrets are, and how its pods come to them.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretStore {
    /// The path of its secrets (路径), a KV store of version 2.
    #[schemars(length(max = 64))]
    pub mount: String,
    /// The sites whose pods may read them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub sites: Vec<SecretLogin>,
}

/// How pods of one site log in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretLogin {
    /// The site.
    #[schemars(length(min = 1, max = 40))]
    pub site: String,
    /// Where they log in (登录路径).
    #[schemars(length(max = 128))]
    pub login: String,
    /// As which role (角色).
    #[schemars(length(max = 64))]
    pub role: String,
    /// The audience that their token must be for (受众).
    #[schemars(length(max = 128))]
    pub audience: String,
}
