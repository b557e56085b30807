//! From a share to the native quota that enforces it.

use std::collections::BTreeMap;

use crds::Share;
use serde_json::{Value, json};

use crate::quantity::{BadQuantity, Count, Mebibytes, MilliCpu};

/// Name of the quota in every workspace namespace.
pub const QUOTA_NAME: &str = "zhengyun";

/// A share whose amounts were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidShare {
    /// CPU that pods may request.
    pub cpu: MilliCpu,
    /// Memory that pods may request and be limited to.
    pub memory: Mebibytes,
    /// Storage that claims may request.
    pub storage: Mebibytes,
    /// Pods.
    pub pods: u32,
    /// Volume claims.
    pub volumes: u32,
    /// Services.
    pub services: u32,
}

impl ValidShare {
    /// Reads the amounts of a share.
    ///
    /// # Errors
    /// [`BadQuantity`] with the amount that cannot be read.
    pub fn parse(share: &Share) -> Result<Self, BadQuantity> {
        let Share { cpu, memory, storage, pods, volumes, services } = share;
        Ok(Self {
            cpu: MilliCpu::parse(cpu)?,
            memory: Mebibytes::parse(memory)?,
            storage: Mebibytes::parse(storage)?,
            pods: *pods,
            volumes: *volumes,
            services: *services,
        })
    }

    /// The hard limits of the native quota. Ways past the network isolation are zero.
    #[must_use]
    pub fn hard(&self) -> BTreeMap<String, String> {
        [
            ("requests.cpu", self.cpu.to_string()),
            ("requests.memory", self.memory.to_string()),
            ("limits.memory", self.memory.to_string()),
            ("requests.storage", self.storage.to_string()),
            ("pods", Count(self.pods.into()).to_string()),
            ("persistentvolumeclaims", Count(self.volumes.into()).to_string()),
            ("services", Count(self.services.into()).to_string()),
            ("services.nodeports", "0".to_owned()),
            ("services.loadbalancers", "0".to_owned()),
        ]
        .into_iter()
        .map(|(resource, amount)| (resource.to_owned(), amount))
        .collect()
    }
}

/// The quota object of one namespace.
#[must_use]
pub fn resource_quota(namespace: &str, share: &ValidShare, labels: &Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": QUOTA_NAME, "namespace": namespace, "labels": labels},
        "spec": {"hard": share.hard()}
    })
}
