//! From what a namespace was given to the native quota that enforces it.

use crds::Lot;
use crds::labels::SHARE_REVISION;
use serde_json::{Value, json};

use crate::measured::Measured;

/// Name of the quota in every workspace namespace.
pub const QUOTA_NAME: &str = "zhengyun";

/// The quota object of one namespace.
#[must_use]
pub fn resource_quota(namespace: &str, lot: &Lot, labels: &Value) -> Value {
    let hard = Measured::parse(&lot.amounts).unwrap_or_default().hard();
    json!({
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {
            "name": QUOTA_NAME,
            "namespace": namespace,
            "labels": labels,
            "annotations": {SHARE_REVISION: lot.revision.to_string()}
        },
        "spec": {"hard": hard}
    })
}

/// The revision of the ledger that a quota was written for.
#[must_use]
pub fn revision(quota: &Value) -> Option<i64> {
    let annotations = quota.pointer("/metadata/annotations")?;
    annotations.get(SHARE_REVISION)?.as_str()?.parse().ok()
}
