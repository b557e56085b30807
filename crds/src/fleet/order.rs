//! Orders: what a hub tells a site, and what makes one order newer than another (DESIGN sections 3.3 and 6).

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{Amounts, Share};

/// One leadership of the hub (任期): a number above every earlier one, and a random id that tells two of the same number apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Term {
    /// Number of the leadership, counted up.
    #[schemars(range(min = 0, max = 9_007_199_254_740_991_i64))]
    pub number: i64,
    /// Random id of the leadership.
    #[schemars(length(max = 32))]
    pub id: String,
}

/// Which order of a set (指令号). The default stands for none: what a site without memory of the set holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderId {
    /// Counted up with every telling of the set, from 1; 0 for none.
    #[serde(default)]
    #[schemars(range(min = 0, max = 9_007_199_254_740_991_i64))]
    pub revision: i64,
    /// Digest of the order, empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub digest: String,
}

/// What makes an order the one that follows (指令标识).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The hub's random id; only a person changes it, and a site learns it when it joins.
    #[schemars(length(max = 32))]
    pub epoch: String,
    /// The leadership that told this order.
    pub term: Term,
    /// Counted up with every telling of the set.
    #[schemars(range(min = 0, max = 9_007_199_254_740_991_i64))]
    pub revision: i64,
    /// SHA-256 over the canonical form (RFC 8785) of all else that the order says, its content included, in hexadecimal. No two
    /// tellings have the same one.
    #[schemars(length(max = 64))]
    pub digest: String,
    /// The orders told since the last confirmed one, oldest first, the confirmed one included: the site must hold one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 17))]
    pub after: Vec<OrderId>,
}

impl Order {
    /// Which order it is.
    #[must_use]
    pub fn id(&self) -> OrderId {
        OrderId { revision: self.revision, digest: self.digest.clone() }
    }
}

/// Which part of a set an object is (分片). A set is acted upon only when all its shards are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Shard {
    /// Position, from 0.
    #[schemars(range(min = 0, max = 1023))]
    pub index: u32,
    /// How many shards the set has.
    #[schemars(range(min = 1, max = 1024))]
    pub count: u32,
}

/// With whose rights an object is applied on the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Authority {
    /// With the agent's own narrow role.
    Platform,
    /// By impersonating the department's ServiceAccount in `zhengyun-executors`.
    Department,
}

/// One Kubernetes object in an order, rendered by the hub and opaque to the order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BundleObject {
    /// With whose rights it is applied.
    #[serde(rename = "as")]
    pub authority: Authority,
    /// The object: apiVersion, kind, metadata and content.
    pub object: RawObject,
}

/// A Kubernetes object of any kind, kept as compact JSON: a parsed one takes four times the memory, and a hub keeps thousands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawObject(Box<str>);

impl RawObject {
    /// Keeps an object. Its keys are sorted, so that two that say the same are the same.
    #[must_use]
    pub fn new(mut object: Value) -> Self {
        object.sort_all_objects();
        Self(object.to_string().into_boxed_str())
    }

    /// The object.
    #[must_use]
    pub fn value(&self) -> Value {
        // What was written by `new` can be read.
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// Whether a piece of compact JSON stands in it: far cheaper than reading it.
    #[must_use]
    pub fn mentions(&self, piece: &str) -> bool {
        self.0.contains(piece)
    }
}

impl Serialize for RawObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RawObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::new)
    }
}

impl JsonSchema for RawObject {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RawObject".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A Kubernetes object of any kind.",
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": true
        })
    }
}

/// An amount that was lent (配额批次): a later one of the same holder has a higher revision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lot {
    /// Counted up in the ledger, from 1; 0 for nothing.
    #[serde(default)]
    #[schemars(range(min = 0, max = 9_007_199_254_740_991_i64))]
    pub revision: i64,
    /// What tells it from one of the same revision in another history; empty where there is only one history.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub id: String,
    /// How much.
    #[serde(default)]
    pub amounts: Amounts,
}

/// What the department may use on the site (机房配额); the agent computes the native quotas from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Shares {
    /// What the department may use there together; nothing from a hub that knows no budgets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Lot>,
    /// The grants behind it have ended (到期): no namespace grows beyond what it uses and a little room for replacing pods.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub growth_stopped: bool,
    /// Idle share may move between the namespaces (余量调剂).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elastic: bool,
    /// The share of each namespace.
    #[schemars(length(max = 1024), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["namespace"]))]
    pub namespaces: Vec<NamespaceShare>,
}

/// The share of one namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamespaceShare {
    /// Name of the namespace on the site.
    #[schemars(length(min = 1, max = 63))]
    pub namespace: String,
    /// What may be used in it.
    pub share: Share,
}

/// An order to delete one object (删除令): nothing else deletes, and never another uid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tombstone {
    /// API version of the object.
    #[schemars(length(max = 128))]
    pub api_version: String,
    /// Kind of the object.
    #[schemars(length(max = 63))]
    pub kind: String,
    /// Namespace of the object, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub namespace: Option<String>,
    /// Name of the object.
    #[schemars(length(max = 253))]
    pub name: String,
    /// The uid last reported there.
    #[schemars(length(max = 64))]
    pub uid: String,
    /// Who asked, why, and which approval allows it (审批编号).
    #[schemars(length(max = 512))]
    pub reason: String,
}
