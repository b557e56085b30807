//! How much of an allotment is in use: what pods and volume claims are charged for in the native quotas, which holds on every
//! site, where a metrics server may not. Told in steps, so that a pod more or less is no report.

use crds::{Amounts, UsedShare};
use k8s_openapi::api::core::v1::Node;

use crate::measured::Measured;

/// Steps in which it is told, in per cent.
const STEP: u64 = 5;

/// How much of an allotment is in use; nothing while nothing is allotted.
#[must_use]
pub fn share(used: &Measured, allotted: &Measured) -> Option<UsedShare> {
    let compute = [0, 1].into_iter().filter_map(|part| percent(used, allotted, part)).max()?;
    let storage = percent(used, allotted, 2).unwrap_or(0);
    Some(UsedShare { compute, storage })
}

fn percent(used: &Measured, allotted: &Measured, part: usize) -> Option<u8> {
    let (used, allotted) = (used.part(part), allotted.part(part));
    let percent = used.saturating_mul(100).checked_div(allotted)?.min(100);
    u8::try_from(percent / STEP * STEP).ok()
}

/// What a node has for pods.
#[must_use]
pub fn allocatable(node: &Node) -> Measured {
    let allocatable = node.status.as_ref().and_then(|status| status.allocatable.as_ref());
    Measured::of_node(|name| allocatable?.get(name).map(|quantity| quantity.0.as_str()))
}

/// What the Ready nodes of a site have together; nothing when there is none.
#[must_use]
pub fn capacity<'a>(nodes: impl Iterator<Item = &'a Measured>) -> Option<Amounts> {
    let sum = Measured::sum(nodes);
    (!sum.is_zero()).then(|| sum.amounts())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn measured(cpu: &str, memory: &str, storage: &str) -> Measured {
        let amounts = json!({"cpu": cpu, "memory": memory, "storage": storage});
        Measured::parse(&serde_json::from_value(amounts).unwrap()).unwrap()
    }

    #[test]
    fn use_is_told_in_steps_of_what_is_used_more() {
        let lot = measured("10", "100Gi", "100Gi");
        let told = |cpu, memory, storage| share(&measured(cpu, memory, storage), &lot).unwrap();
        assert_eq!(told("4", "39Gi", "84Gi"), UsedShare { compute: 40, storage: 80 });
        assert_eq!(told("1", "44Gi", "0Gi"), UsedShare { compute: 40, storage: 0 });
        assert_eq!(told("30", "0Gi", "0Gi").compute, 100);
        assert_eq!(share(&lot, &Measured::default()), None);
    }

    #[test]
    fn nodes_have_what_they_leave_to_pods() {
        let node = json!({"status": {"allocatable": {"cpu": "3920m", "memory": "16Gi", "pods": "110"}}});
        let one = allocatable(&serde_json::from_value(node).unwrap());
        let both = capacity([one, one].iter()).unwrap();
        assert_eq!((both.cpu.as_str(), both.memory.as_str(), both.pods), ("7840m", "32Gi", 220));
        assert_eq!(capacity([].iter()), None);
    }
}
