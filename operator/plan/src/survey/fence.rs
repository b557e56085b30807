//! What a fence would refuse to make again, and what it would cut.

use std::collections::BTreeSet;

use crds::tenancy::isolation_profile::PodSecurity;
use crds::{Message, Share};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::rbac::v1::{RoleRef, Subject};

use super::amount::{Amounts, silent};
use super::flows::{elsewhere, kind_of, opens_across, outside};
use super::{Room, name_of};
use crate::listed;
use crate::pod_security::{Reasons, breaks_baseline, breaks_restricted};

/// Roles that no workload needs by default.
const BROAD: [&str; 3] = ["cluster-admin", "admin", "edit"];

/// What would be refused when it is made again: running pods are not stopped.
#[must_use]
pub fn refused(room: &Room<'_>, standard: PodSecurity) -> Vec<Message> {
    let mut all = Vec::new();
    let breaks = match standard {
        PodSecurity::Baseline => breaks_baseline,
        PodSecurity::Restricted => breaks_restricted,
    };
    all.extend(pods_above(standard.id(), &room.pods, breaks));
    let of = |kind: &str| {
        let services = room.services.iter().filter(|service| kind_of(service) == kind);
        services.map(|service| name_of(&service.metadata).to_owned()).collect::<Vec<_>>()
    };
    let (node_ports, balancers) = (of("NodePort"), of("LoadBalancer"));
    if !node_ports.is_empty() {
        all.push(Message::NodePorts { services: listed(node_ports) });
    }
    if !balancers.is_empty() {
        all.push(Message::LoadBalancers { services: listed(balancers) });
    }
    let elsewhere: Vec<String> = room.services.iter().filter_map(|service| elsewhere(service)).collect();
    if !elsewhere.is_empty() {
        all.push(Message::PointsElsewhere { services: listed(elsewhere) });
    }
    let quiet = silent(&room.pods);
    if quiet > 0 {
        all.push(Message::NoRequests { count: quiet.to_string() });
    }
    let broad = broad(room);
    if !broad.is_empty() {
        all.push(Message::BroadAccounts { bindings: listed(broad) });
    }
    let across = room.policies.iter().filter(|policy| opens_across(policy));
    let across: Vec<&str> = across.map(|policy| name_of(&policy.metadata)).collect();
    if !across.is_empty() {
        all.push(Message::OpensAcross { policies: listed(across) });
    }
    all
}

/// What only the strictest standard refuses.
pub(super) fn strictest(room: &Room<'_>) -> Option<Message> {
    let only = |pod: &Pod| {
        if breaks_baseline(pod).is_empty() { breaks_restricted(pod) } else { Reasons::new() }
    };
    pods_above(PodSecurity::Restricted.id(), &room.pods, only)
}

/// What would be cut, and what is used beyond the share, once everything is in force.
#[must_use]
pub fn cut(room: &Room<'_>, share: &Share) -> Vec<Message> {
    let above = Amounts::of(room).above(room, share).into_iter();
    let mut all: Vec<Message> = above
        .map(|(resource, used, share)| Message::QuotaShort { resource: resource.to_owned(), used, share })
        .collect();
    let mut flows = outside(room);
    flows.extend(room.services.iter().filter_map(|service| elsewhere(service)));
    if !flows.is_empty() {
        all.push(Message::FlowsClose { flows: listed(flows) });
    }
    all
}

fn pods_above(level: &str, pods: &[&Pod], breaks: impl Fn(&Pod) -> Reasons) -> Option<Message> {
    let broken: Vec<Reasons> =
        pods.iter().map(|pod| breaks(pod)).filter(|broken| !broken.is_empty()).collect();
    let reasons: BTreeSet<&str> = broken.iter().flatten().copied().collect();
    (!broken.is_empty()).then(|| Message::PodsAbove {
        level: level.to_owned(),
        count: broken.len().to_string(),
        reasons: reasons.into_iter().collect::<Vec<_>>().join(", "),
    })
}

/// Bindings that give every pod of the namespace a broad role.
fn broad(room: &Room<'_>) -> Vec<String> {
    let namespace = name_of(&room.namespace.metadata);
    let everybody = ["system:serviceaccounts", "system:authenticated", "system:unauthenticated"];
    let mine = |subject: &Subject, at: &str| match subject.kind.as_str() {
        "ServiceAccount" => {
            subject.name == "default" && subject.namespace.as_deref().unwrap_or(at) == namespace
        }
        "Group" => {
            everybody.contains(&subject.name.as_str())
                || subject.name.strip_prefix("system:serviceaccounts:") == Some(namespace)
        }
        _ => false,
    };
    let is_broad = |role: &RoleRef, subjects: &Option<Vec<Subject>>, at: &str| {
        role.kind == "ClusterRole"
            && BROAD.contains(&role.name.as_str())
            && subjects.iter().flatten().any(|subject| mine(subject, at))
    };
    let own = room.bindings.iter().filter(|one| is_broad(&one.role_ref, &one.subjects, namespace));
    let own = own.map(|one| format!("RoleBinding {} ({})", name_of(&one.metadata), one.role_ref.name));
    let all = room.cluster_bindings.iter().filter(|one| is_broad(&one.role_ref, &one.subjects, ""));
    let all = all.map(|one| format!("ClusterRoleBinding {} ({})", name_of(&one.metadata), one.role_ref.name));
    own.chain(all).collect()
}
