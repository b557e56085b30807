//! `AppliedBundle`: the agent's memory on the site.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::escrow_ledger::Holder;
use super::order::{Lot, Order};
use super::site_bundle::SiteBundleSpec;
use super::site_report::{SetPhase, TombstoneOutcome};
use crate::Amounts;
use crate::common::conditions;

/// The agent's memory (现场记录): the order it accepted, written before it acts, so that it goes on after a restart, hub or no hub.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "AppliedBundle",
    shortname = "ab",
    category = "zhengyun",
    namespaced,
    status = "AppliedBundleStatus",
    derive = "PartialEq",
    doc = "AppliedBundle (现场记录): the order that the agent accepted, and what it made of it.",
    printcolumn(name = "Set", type_ = "string", json_path = ".spec.accepted.set"),
    printcolumn(name = "Revision", type_ = "integer", json_path = ".spec.accepted.order.revision"),
    printcolumn(name = "Phase", type_ = "string", json_path = ".status.phase"),
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
pub struct AppliedBundleSpec {
    /// The accepted order with its content, as the hub wrote it.
    pub accepted: SiteBundleSpec,
    /// The site's own ledger of the department's allotment; in the first shard only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<SiteLedger>,
}

/// What each namespace was given of the department's allotment (现场台账), written before any quota is.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteLedger {
    /// Who holds what: namespaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1024), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["name"]))]
    pub holders: Vec<Holder>,
    /// The allotment that this was lent of, as the accepted order says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Lot>,
    /// The most that may have been in use here since all of it last fitted into what was told, when that is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Amounts>,
    /// Growth was stopped, and the present shares are what was left room for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub growth_stopped: bool,
}

/// What the agent made of the order.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppliedBundleStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// How far the accepted order is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<SetPhase>,
    /// The order that is in force as a whole, which an accepted one may not be yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<Order>,
    /// The objects of the set that stand on the site, with their uid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8192), extend("x-kubernetes-list-type" = "atomic"))]
    pub objects: Vec<AppliedObject>,
    /// The last change by others that was undone, by namespace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1024), extend("x-kubernetes-list-type" = "atomic"))]
    pub drift: Vec<Drift>,
    /// What became of the deletions that the order asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), extend("x-kubernetes-list-type" = "atomic"))]
    pub tombstones: Vec<TombstoneOutcome>,
}

/// A change by others that was undone (漂移).
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// Where: a namespace, or the name of an object without one.
    #[schemars(length(max = 253))]
    pub namespace: String,
    /// What was changed and by whom: code, Chinese, English.
    #[schemars(length(max = 1024))]
    pub message: String,
}

/// One object of a set that stands on the site.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppliedObject {
    /// Kind of the object.
    #[schemars(length(max = 63))]
    pub kind: String,
    /// Namespace of the object, empty for one without.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 63))]
    pub namespace: String,
    /// Name of the object.
    #[schemars(length(max = 253))]
    pub name: String,
    /// Its uid.
    #[schemars(length(max = 64))]
    pub uid: String,
}
