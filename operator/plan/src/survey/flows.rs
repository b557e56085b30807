//! How a namespace is reached and what it reaches, as far as objects say it: nobody looked at traffic.

use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicyPeer};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::{Room, name_of};

/// All flows, a text each.
pub(super) fn flows(room: &Room<'_>) -> Vec<String> {
    let mut flows: Vec<String> = outside(room);
    flows.extend(room.services.iter().filter_map(|service| elsewhere(service)));
    flows.extend(room.policies.iter().map(|policy| described(policy)));
    flows.sort();
    flows
}

/// How it is reached from outside the cluster.
pub(super) fn outside(room: &Room<'_>) -> Vec<String> {
    let services = room.services.iter().filter_map(|service| {
        let kind = kind_of(service);
        let opens = matches!(kind, "NodePort" | "LoadBalancer");
        opens.then(|| format!("{kind} {}{}", name_of(&service.metadata), ports(service)))
    });
    let hosts = room.ingresses.iter().flat_map(|ingress| {
        let rules = ingress.spec.iter().flat_map(|spec| spec.rules.iter().flatten());
        let name = name_of(&ingress.metadata);
        rules.map(move |rule| format!("Ingress {name} {}", rule.host.as_deref().unwrap_or("*")))
    });
    let host_ports = room.pods.iter().filter_map(|pod| {
        let spec = pod.spec.as_ref()?;
        let ports = spec.containers.iter().flat_map(|container| container.ports.iter().flatten());
        let ports: Vec<String> = ports.filter_map(|port| port.host_port).map(|p| p.to_string()).collect();
        (!ports.is_empty()).then(|| format!("hostPort {} {}", name_of(&pod.metadata), ports.join(",")))
    });
    services.chain(hosts).chain(host_ports).collect()
}

pub(super) fn kind_of(service: &Service) -> &str {
    service.spec.as_ref().and_then(|spec| spec.type_.as_deref()).unwrap_or("ClusterIP")
}

fn ports(service: &Service) -> String {
    let ports = service.spec.iter().flat_map(|spec| spec.ports.iter().flatten());
    let ports: Vec<String> = ports
        .map(|port| match port.node_port {
            Some(node) => format!("{}:{node}", port.port),
            None => port.port.to_string(),
        })
        .collect();
    if ports.is_empty() { String::new() } else { format!(" {}", ports.join(",")) }
}

/// Where a service points to, if that is outside the cluster.
pub(super) fn elsewhere(service: &Service) -> Option<String> {
    let (name, spec) = (name_of(&service.metadata), service.spec.as_ref()?);
    let external = spec.external_ips.iter().flatten().cloned().collect::<Vec<_>>();
    match (spec.external_name.as_deref(), external.is_empty()) {
        (Some(host), _) if kind_of(service) == "ExternalName" => Some(format!("ExternalName {name} {host}")),
        (_, false) => Some(format!("externalIPs {name} {}", external.join(","))),
        _ => None,
    }
}

/// Whether a network policy of its own opens the namespace to others, or others to it.
pub(super) fn opens_across(policy: &NetworkPolicy) -> bool {
    let across = |peers: Option<&Vec<NetworkPolicyPeer>>| match peers {
        Some(peers) if !peers.is_empty() => {
            peers.iter().any(|peer| peer.namespace_selector.is_some() || peer.ip_block.is_some())
        }
        // No peers are all peers.
        _ => true,
    };
    let Some(spec) = &policy.spec else { return false };
    let ingress = spec.ingress.iter().flatten().any(|rule| across(rule.from.as_ref()));
    ingress || spec.egress.iter().flatten().any(|rule| across(rule.to.as_ref()))
}

fn described(policy: &NetworkPolicy) -> String {
    let peers = |peers: Option<&Vec<NetworkPolicyPeer>>| match peers {
        Some(peers) if !peers.is_empty() => peers.iter().map(peer).collect::<Vec<_>>().join("|"),
        _ => "*".to_owned(),
    };
    let spec = policy.spec.as_ref();
    let ingress = spec.and_then(|spec| spec.ingress.as_ref()).into_iter().flatten();
    let egress = spec.and_then(|spec| spec.egress.as_ref()).into_iter().flatten();
    let into = ingress.map(|rule| format!(" <- {}", peers(rule.from.as_ref())));
    let out = egress.map(|rule| format!(" -> {}", peers(rule.to.as_ref())));
    let rules: String = into.chain(out).collect();
    format!("NetworkPolicy {}{rules}", name_of(&policy.metadata))
}

fn peer(peer: &NetworkPolicyPeer) -> String {
    if let Some(block) = &peer.ip_block {
        return block.cidr.clone();
    }
    let parts = [("namespaces", &peer.namespace_selector), ("pods", &peer.pod_selector)];
    let parts = parts
        .into_iter()
        .filter_map(|(what, selector)| Some(format!("{what} {}", chosen(selector.as_ref()?))));
    parts.collect::<Vec<_>>().join(" ")
}

fn chosen(selector: &LabelSelector) -> String {
    let labels = selector.match_labels.iter().flatten().map(|(key, value)| format!("{key}={value}"));
    let expressions = selector.match_expressions.iter().flatten().map(|expression| {
        let values = expression.values.iter().flatten().cloned().collect::<Vec<_>>();
        format!("{} {} {}", expression.key, expression.operator, values.join(",")).trim_end().to_owned()
    });
    let all: Vec<String> = labels.chain(expressions).collect();
    if all.is_empty() { "*".to_owned() } else { all.join(",") }
}
