//! `Removal`: taking away what a workspace left on its sites.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::common::{Signature, conditions, rule};

/// Taking away what a workspace left on its sites (清退), in the department's namespace. Nothing else deletes, and nothing is
/// deleted but the very namespaces that it names by uid.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "Removal",
    category = "zhengyun",
    namespaced,
    status = "RemovalStatus",
    derive = "PartialEq",
    doc = "Removal (清退): taking away what a workspace left on its sites; approved by a second person.",
    printcolumn(name = "Workspace", type_ = "string", json_path = ".spec.workspace"),
    printcolumn(name = "Then", type_ = "string", json_path = ".spec.then"),
    printcolumn(name = "By", type_ = "string", json_path = ".spec.by"),
    printcolumn(name = "Approved by", type_ = "string", json_path = ".spec.approval.by"),
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
#[x_kube(
    validation = rule(
        "self.workspace == oldSelf.workspace && self.places == oldSelf.places && self.then == oldSelf.then && self.by == oldSelf.by && self.reason == oldSelf.reason && (!has(oldSelf.approval) || (has(self.approval) && self.approval == oldSelf.approval))",
        crate::Message::NeverChanged {}
    ),
    validation = rule("!oldSelf.withdrawn || self.withdrawn", crate::Message::NeverChanged {}),
    validation = rule("!has(self.approval) || self.approval.by != self.by", crate::Message::OwnApproval {}),
)]
pub struct RemovalSpec {
    /// The `Workspace` that it was.
    #[schemars(length(min = 1, max = 63))]
    pub workspace: String,
    /// What is to be taken away, each named by its uid. At most five at a time.
    #[schemars(length(min = 1, max = 5), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub places: Vec<RemovalPlace>,
    /// What becomes of the namespaces and all that is in them.
    pub then: Then,
    /// Who asks: the user as the API server knows them, checked when it is written.
    #[schemars(length(min = 1, max = 256))]
    pub by: String,
    /// Why it is asked for or decided (理由), in a sentence.
    #[schemars(length(min = 1, max = 400))]
    pub reason: String,
    /// The second person's agreement (复核), without which nothing happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Signature>,
    /// Whether it was withdrawn (撤回); what is done by then stays done.
    #[serde(default)]
    pub withdrawn: bool,
}

/// One namespace that is to be taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovalPlace {
    /// The `DataCenter` (机房).
    #[schemars(length(min = 1, max = 40))]
    pub site: String,
    /// Name of the namespace there.
    #[schemars(length(min = 1, max = 63))]
    pub namespace: String,
    /// Its uid, as the site reports it.
    #[schemars(length(min = 1, max = 64))]
    pub uid: String,
}

/// What becomes of a namespace that is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Then {
    /// 保留: it stays on the site as it is, and is no longer kept by orders.
    Keep,
    /// 删除: it is deleted with all that is in it.
    Delete,
}

/// What became of the removal.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemovalStatus {
    /// Conditions (状态条件).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// What became of each place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["site"]))]
    pub places: Vec<RemovedPlace>,
}

/// What became of one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedPlace {
    /// The `DataCenter` (机房).
    #[schemars(length(max = 40))]
    pub site: String,
    /// How far it is.
    pub state: RemovalState,
    /// Why it is not further.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub message: Option<String>,
}

/// How far a removal is at one site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RemovalState {
    /// 等待: for approval, for the site, or for the workspace to leave.
    Waiting,
    /// 已下发: the site was told.
    Told,
    /// 完成: done, and never looked at again.
    Done,
    /// 不予执行: will not be done, and never looked at again.
    Refused,
}
