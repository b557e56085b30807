//! `Budget`: what a department may use in a fiscal year.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::common::conditions;
use crate::{Amounts, Basis};

/// A budget (资源额度): what a department may use over all data centres in a fiscal year. Several of one year add up. Decided by the
/// service centre on a document; money itself stays in the finance office's system.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "Budget",
    category = "zhengyun",
    namespaced,
    status = "BudgetStatus",
    derive = "PartialEq",
    doc = "Budget (资源额度): what a department may use over all data centres in a fiscal year.",
    printcolumn(name = "Year", type_ = "integer", json_path = ".spec.year"),
    printcolumn(name = "Funding", type_ = "string", json_path = ".spec.funding"),
    printcolumn(name = "CPU", type_ = "string", json_path = ".spec.total.cpu"),
    printcolumn(name = "Memory", type_ = "string", json_path = ".spec.total.memory"),
    printcolumn(name = "Storage", type_ = "string", json_path = ".spec.total.storage"),
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
pub struct BudgetSpec {
    /// Fiscal year (财政年度), by the calendar of Beijing. The latest year that has begun counts; without a successor it goes on
    /// provisionally (结转，待批复).
    #[schemars(range(min = 2000, max = 2200))]
    pub year: i16,
    /// What the money is for (经费类别).
    pub funding: Funding,
    /// The project behind it (项目).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub project: Option<String>,
    /// How much.
    pub total: Amounts,
    /// The document that it rests on (依据).
    pub basis: Basis,
    /// It counts no more (作废). A budget is withdrawn and not deleted: what is only missing changes nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

/// What the money behind a budget is for (经费类别).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Funding {
    /// 基础设施.
    Infrastructure,
    /// 业务应用.
    Application,
    /// 系统运维.
    Operation,
}

/// What is true of the budget now.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BudgetStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
}
