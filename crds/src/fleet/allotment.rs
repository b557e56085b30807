//! `Allotment`: the hub's record of what a department has of its budget at one site.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use crate::Amounts;
use crate::common::conditions;

/// What a department has of its budget at one site (机房配额), in the site's namespace on the hub under the department's name: what
/// is granted there, what the site was told, and what it may still be enforcing. A record for people: the `EscrowLedger` decides.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "Allotment",
    category = "zhengyun",
    namespaced,
    status = "AllotmentStatus",
    derive = "PartialEq",
    doc = "Allotment (机房配额): what a department has of its budget at one site.",
    printcolumn(name = "Granted CPU", type_ = "string", json_path = ".spec.granted.cpu"),
    printcolumn(name = "Told CPU", type_ = "string", json_path = ".status.told.cpu"),
    printcolumn(name = "Counted CPU", type_ = "string", json_path = ".status.counted.cpu"),
    printcolumn(name = "Counted memory", type_ = "string", json_path = ".status.counted.memory"),
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
pub struct AllotmentSpec {
    /// What the department's grants give it at this site (批复数).
    pub granted: Amounts,
}

/// How far the site is.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AllotmentStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// What the site was told last (下达数).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Amounts>,
    /// The most that it may still be enforcing (计入数): this is what counts against the budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Amounts>,
}
