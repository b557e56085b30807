//! `Grant`: a part of a department's budget, given at named data centres until a day.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::common::{conditions, rule};
use crate::{Amounts, Basis, ProtectionLevel};

/// A grant (资源批复): an approved part of a department's budget at named data centres until a day. Its end stops growth, not
/// service; taking it back is a person's decision.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "Grant",
    category = "zhengyun",
    namespaced,
    status = "GrantStatus",
    derive = "PartialEq",
    doc = "Grant (资源批复): an approved part of a department's budget at named data centres until a day.",
    printcolumn(name = "Sites", type_ = "string", json_path = ".spec.sites[*].site"),
    printcolumn(name = "CPU", type_ = "string", json_path = ".spec.sites[*].amounts.cpu"),
    printcolumn(name = "Memory", type_ = "string", json_path = ".spec.sites[*].amounts.memory"),
    printcolumn(name = "Request", type_ = "string", json_path = ".spec.request.number"),
    printcolumn(name = "Until", type_ = "string", json_path = ".spec.until"),
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
pub struct GrantSpec {
    /// What is given where.
    #[schemars(length(min = 1, max = 32), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub sites: Vec<GrantedSite>,
    /// The last day (到期日), as "2027-12-31", by the calendar of Beijing.
    #[schemars(length(min = 10, max = 10), regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    #[x_kube(validation = rule("self.matches('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$')", crate::Message::DayMalformed { field: "spec.until".into() }))]
    pub until: String,
    /// The decision that it rests on (依据).
    pub basis: Basis,
    /// The request (资源申请) that it came of, where it came of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<GrantOrigin>,
    /// The grant that it takes the place of (替换的批复): that one counts no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 63))]
    pub replaces: Option<String>,
    /// It was taken back (收回). A grant is taken back and not deleted: what is only missing changes nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub taken_back: bool,
}

/// The request that a grant came of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantOrigin {
    /// The `ResourceRequest` (资源申请).
    #[schemars(length(min = 1, max = 63))]
    pub name: String,
    /// Its uid.
    #[schemars(length(max = 64))]
    pub uid: String,
    /// Its approval number (审批编号).
    #[schemars(length(max = 64))]
    pub number: String,
    /// What was approved: SHA-256 over its canonical form as the last step left it.
    #[schemars(length(max = 64))]
    pub digest: String,
    /// The protection level of the system then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<ProtectionLevel>,
}

/// What is given at one data centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantedSite {
    /// The `DataCenter` (机房).
    #[schemars(length(min = 1, max = 40))]
    pub site: String,
    /// How much.
    pub amounts: Amounts,
}

/// What is true of the grant now.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// What is in force of it: what a wrong change of it leaves as it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub in_force: Vec<GrantedSite>,
}
