//! `EscrowLedger`: what was lent to whom, so that a budget holds over links that are cut.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::order::Lot;

/// The ledger of a department's budget (额度台账), in `zhengyun-system` under the department's name. It is written with a
/// precondition before anything is told, so that two leaders cannot both lend the same; it outlives budgets and grants.
#[derive(CustomResource, KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "EscrowLedger",
    shortname = "escrow",
    category = "zhengyun",
    namespaced,
    derive = "PartialEq",
    doc = "EscrowLedger (额度台账): what each site was told and has confirmed of a department's budget.",
    printcolumn(name = "Holders", type_ = "string", json_path = ".spec.holders[*].name"),
    printcolumn(
        name = "Confirmed CPU",
        type_ = "string",
        json_path = ".spec.holders[*].confirmed.amounts.cpu"
    )
)]
#[serde(rename_all = "camelCase")]
pub struct EscrowLedgerSpec {
    /// Who holds what: sites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["name"]))]
    pub holders: Vec<Holder>,
    /// The budgets and grants that this rests on, as `Budget/2026`: while one of them is missing nothing is cut.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 512), inner(length(max = 300)), extend("x-kubernetes-list-type" = "set"))]
    pub rests_on: Vec<String>,
}

/// What one holder was told and has confirmed: a site in the hub's ledger, a namespace in a site's.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Holder {
    /// Name of the site or namespace.
    #[schemars(length(min = 1, max = 63))]
    pub name: String,
    /// What it confirmed last.
    #[serde(default)]
    pub confirmed: Lot,
    /// What it was told since, oldest first; it may be enforcing any of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 17), extend("x-kubernetes-list-type" = "atomic"))]
    pub told: Vec<Lot>,
}
