//! `SiteBundle`: orders from the hub to one site.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::order::{BundleObject, Order, Shard, Shares, Tombstone};
use super::record::RecordHead;

/// Orders (下发指令) to one site: one set per department, one for the platform, one that tells the hub's term.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "SiteBundle",
    shortname = "sb",
    category = "zhengyun",
    namespaced,
    derive = "PartialEq",
    doc = "SiteBundle (下发指令): orders from the hub to one site, a shard of one set.",
    printcolumn(name = "Set", type_ = "string", json_path = ".spec.set"),
    printcolumn(name = "Revision", type_ = "integer", json_path = ".spec.order.revision"),
    printcolumn(name = "Term", type_ = "integer", json_path = ".spec.order.term.number"),
    printcolumn(name = "Shards", type_ = "integer", json_path = ".spec.shard.count"),
    printcolumn(name = "Digest", type_ = "string", json_path = ".spec.order.digest", priority = 1)
)]
#[serde(rename_all = "camelCase")]
pub struct SiteBundleSpec {
    /// Version of the format of this object; an agent refuses one it does not know.
    #[schemars(range(min = 1, max = 1000))]
    pub format_version: u32,
    /// Name of the set: a department, `platform` or `term`.
    #[schemars(length(min = 1, max = 63))]
    pub set: String,
    /// What makes this order the one that follows.
    pub order: Order,
    /// Which part of the set this object is.
    pub shard: Shard,
    /// Abilities the agent must have to understand the set; one that lacks any leaves the whole set alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), inner(length(max = 63)))]
    pub requires: Vec<String>,
    /// The rendered objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 4096), extend("x-kubernetes-list-type" = "atomic"))]
    pub objects: Vec<BundleObject>,
    /// What the department may use on the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allotment: Option<Shares>,
    /// What is to be deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), extend("x-kubernetes-list-type" = "atomic"))]
    pub tombstones: Vec<Tombstone>,
    /// Where the hub's chain of records ended when this was told (留痕链末端): the site remembers it. In the first shard, and no part
    /// of what the digest is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<RecordHead>,
}
