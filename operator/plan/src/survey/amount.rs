//! What the pods, claims and services of a namespace need together.

use std::collections::BTreeMap;
use std::fmt::Display;

use crds::Share;
use k8s_openapi::api::core::v1::{Container, Pod, PodSpec, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use serde::Serialize;

use super::Room;
use crate::quantity::{Mebibytes, MilliCpu, thousandths};

/// The share that a namespace would need for what is in it now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Need {
    /// CPU that pods request, as in a share.
    pub cpu: String,
    /// Memory that pods request or are limited to, whichever is more.
    pub memory: String,
    /// Storage that claims request.
    pub storage: String,
    /// Pods.
    pub pods: usize,
    /// Volume claims.
    pub volumes: usize,
    /// Services.
    pub services: usize,
}

impl Need {
    /// What is needed in a namespace.
    #[must_use]
    pub fn of(room: &Room<'_>) -> Self {
        let amounts = Amounts::of(room);
        Self {
            cpu: amounts.cpu.to_string(),
            memory: amounts.memory.to_string(),
            storage: amounts.storage.to_string(),
            pods: room.pods.len(),
            volumes: room.claims.len(),
            services: room.services.len(),
        }
    }
}

/// The same as amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    cpu: MilliCpu,
    memory: Mebibytes,
    storage: Mebibytes,
}

impl Amounts {
    pub(super) fn of(room: &Room<'_>) -> Self {
        let specs = || room.pods.iter().filter_map(|pod| pod.spec.as_ref());
        let sum = |resource: &str, of: Part| specs().map(|spec| pod_amount(spec, resource, of)).sum::<u128>();
        let memory = sum("memory", Part::Requests).max(sum("memory", Part::Limits));
        let storage = room.claims.iter().filter_map(|claim| claim.spec.as_ref()?.resources.as_ref());
        let storage = storage.map(|resources| amount(resources.requests.as_ref(), "storage")).sum();
        Self {
            cpu: MilliCpu(narrow(sum("cpu", Part::Requests))),
            memory: mebibytes(memory),
            storage: mebibytes(storage),
        }
    }

    /// What of a share is smaller than what is used: resource, used, share.
    pub(super) fn above(self, room: &Room<'_>, share: &Share) -> Vec<(&'static str, String, String)> {
        let Share { cpu, memory, storage, pods, volumes, services } = share;
        let memory = Mebibytes::parse(memory).unwrap_or_default();
        let storage = Mebibytes::parse(storage).unwrap_or_default();
        let cpu = MilliCpu::parse(cpu).unwrap_or_default();
        let text = |amount: &dyn Display| amount.to_string();
        let all = [
            ("cpu", self.cpu > cpu, text(&self.cpu), text(&cpu)),
            ("memory", self.memory > memory, text(&self.memory), text(&memory)),
            ("storage", self.storage > storage, text(&self.storage), text(&storage)),
            ("pods", room.pods.len() > *pods as usize, text(&room.pods.len()), text(pods)),
            ("volumes", room.claims.len() > *volumes as usize, text(&room.claims.len()), text(volumes)),
            (
                "services",
                room.services.len() > *services as usize,
                text(&room.services.len()),
                text(services),
            ),
        ];
        let above = all.into_iter().filter(|(_, above, ..)| *above);
        above.map(|(resource, _, used, share)| (resource, used, share)).collect()
    }
}

#[derive(Clone, Copy)]
enum Part {
    Requests,
    Limits,
}

/// How many pods have a container that does not say its CPU or memory.
pub(super) fn silent(pods: &[&Pod]) -> usize {
    let says = |container: &Container| {
        let requests = container.resources.as_ref().and_then(|resources| resources.requests.as_ref());
        ["cpu", "memory"].iter().all(|resource| requests.is_some_and(|all| all.contains_key(*resource)))
    };
    let silent = |pod: &&&Pod| pod.spec.as_ref().is_some_and(|spec| !spec.containers.iter().all(says));
    pods.iter().filter(silent).count()
}

/// What a quota counts for a pod, in thousandths: its containers and sidecars together, or its largest step of initialisation.
fn pod_amount(spec: &PodSpec, resource: &str, part: Part) -> u128 {
    let of = |container: &Container| {
        let resources: Option<&ResourceRequirements> = container.resources.as_ref();
        let list = resources.and_then(|resources| match part {
            Part::Requests => resources.requests.as_ref(),
            Part::Limits => resources.limits.as_ref(),
        });
        amount(list, resource)
    };
    let (mut sidecars, mut largest) = (0, 0);
    for init in spec.init_containers.iter().flatten() {
        if init.restart_policy.as_deref() == Some("Always") {
            sidecars += of(init);
            largest = largest.max(sidecars);
        } else {
            largest = largest.max(sidecars + of(init));
        }
    }
    let running = sidecars + spec.containers.iter().map(of).sum::<u128>();
    running.max(largest) + amount(spec.overhead.as_ref(), resource)
}

fn amount(list: Option<&BTreeMap<String, Quantity>>, resource: &str) -> u128 {
    list.and_then(|list| list.get(resource)).and_then(|quantity| thousandths(&quantity.0)).unwrap_or_default()
}

fn narrow(amount: u128) -> u64 {
    u64::try_from(amount).unwrap_or(u64::MAX)
}

fn mebibytes(thousandths: u128) -> Mebibytes {
    Mebibytes(narrow(thousandths.div_ceil(1000 << 20)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pod_counts_its_containers_with_sidecars_or_its_largest_initialisation() {
        let pod = |init: &str, sidecar: &str, own: &str| {
            let container = |cpu: &str, policy: Option<&str>| json!({"name": "c", "restartPolicy": policy, "resources": {"requests": {"cpu": cpu}}});
            let spec = json!({
                "initContainers": [container(sidecar, Some("Always")), container(init, None)],
                "containers": [container(own, None)]
            });
            let spec: PodSpec = serde_json::from_value(spec).unwrap();
            pod_amount(&spec, "cpu", Part::Requests)
        };
        assert_eq!(pod("3", "500m", "1"), 3500);
        assert_eq!(pod("1", "500m", "2"), 2500);
    }
}
