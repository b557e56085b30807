//! Which Pod Security Standard a pod keeps to, as the API server's own admission would say (version `latest` of Kubernetes 1.36).
//!
//! Only to foretell: what is enforced is enforced by the API server itself.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{
    Capabilities, Container, LifecycleHandler, Pod, PodSpec, Probe, SecurityContext, Volume,
};

/// Why a pod breaks a standard: the fields, in the order of the standard.
pub type Reasons = BTreeSet<&'static str>;

/// Capabilities that the baseline lets a container add.
const CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
/// Kernel parameters that a pod may set for itself.
const SYSCTLS: [&str; 12] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
];
const SELINUX_TYPES: [&str; 5] =
    ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/// What of a pod breaks `baseline`.
#[must_use]
pub fn breaks_baseline(pod: &Pod) -> Reasons {
    let Some(spec) = &pod.spec else { return Reasons::new() };
    let mut broken = Reasons::new();
    let mut note = |breaks: bool, reason| breaks.then(|| broken.insert(reason));
    note(spec.host_network == Some(true), "hostNetwork");
    note(spec.host_pid == Some(true), "hostPID");
    note(spec.host_ipc == Some(true), "hostIPC");
    note(volumes(spec).any(|volume| volume.host_path.is_some()), "hostPath");
    let containers = containers(spec);
    for container in &containers {
        let context = container.security_context.clone().unwrap_or_default();
        note(context.privileged == Some(true), "privileged");
        note(added(&context).any(|added| !CAPABILITIES.contains(&added)), "capabilities");
        let ports = container.ports.iter().flatten();
        note(ports.into_iter().any(|port| port.host_port.is_some_and(|port| port != 0)), "hostPort");
        // A pod with users of its own may see all of its own /proc.
        note(unmasked(&context) && spec.host_users != Some(false), "procMount");
        note(hosts(container).any(|host| !host.is_empty()), "probe or hook host");
        note(
            context.windows_options.as_ref().is_some_and(|windows| windows.host_process == Some(true)),
            "hostProcess",
        );
    }
    let pod_context = spec.security_context.clone().unwrap_or_default();
    note(
        pod_context.windows_options.as_ref().is_some_and(|windows| windows.host_process == Some(true)),
        "hostProcess",
    );
    let contexts = || containers.iter().filter_map(|container| container.security_context.as_ref());
    let selinux = contexts()
        .filter_map(|context| context.se_linux_options.as_ref())
        .chain(pod_context.se_linux_options.as_ref())
        .any(|options| {
            let empty = |text: &Option<String>| text.as_deref().unwrap_or_default().is_empty();
            let kind = options.type_.as_deref().unwrap_or_default();
            !SELINUX_TYPES.contains(&kind) || !empty(&options.user) || !empty(&options.role)
        });
    note(selinux, "seLinuxOptions");
    let seccomp = contexts()
        .filter_map(|context| context.seccomp_profile.as_ref())
        .chain(pod_context.seccomp_profile.as_ref())
        .any(|profile| profile.type_ == "Unconfined");
    note(seccomp, "seccompProfile");
    let apparmor = contexts()
        .filter_map(|context| context.app_armor_profile.as_ref())
        .chain(pod_context.app_armor_profile.as_ref())
        .any(|profile| profile.type_ == "Unconfined");
    note(apparmor || pod.metadata.annotations.as_ref().is_some_and(unconfined), "appArmorProfile");
    let sysctls = pod_context.sysctls.iter().flatten();
    note(sysctls.into_iter().any(|sysctl| !SYSCTLS.contains(&sysctl.name.as_str())), "sysctls");
    broken
}

/// What of a pod breaks `restricted`: all that breaks `baseline`, and more.
#[must_use]
pub fn breaks_restricted(pod: &Pod) -> Reasons {
    let mut broken = breaks_baseline(pod);
    let Some(spec) = &pod.spec else { return broken };
    let mut note = |breaks: bool, reason| breaks.then(|| broken.insert(reason));
    let host_path = |volume: &Volume| volume.host_path.is_some();
    note(volumes(spec).any(|volume| !host_path(volume) && !is_restricted(volume)), "volume types");
    let pod_context = spec.security_context.clone().unwrap_or_default();
    let windows = spec.os.as_ref().is_some_and(|os| os.name == "windows");
    // Root among users of its own is nobody on the node.
    let on_the_node = spec.host_users != Some(false);
    note(on_the_node && pod_context.run_as_user == Some(0), "runAsUser");
    for container in containers(spec) {
        let context = container.security_context.clone().unwrap_or_default();
        let non_root = context.run_as_non_root.or(pod_context.run_as_non_root);
        note(unmasked(&context), "procMount");
        note(on_the_node && non_root != Some(true), "runAsNonRoot");
        note(on_the_node && context.run_as_user == Some(0), "runAsUser");
        if windows {
            continue;
        }
        note(context.allow_privilege_escalation != Some(false), "allowPrivilegeEscalation");
        let drops = context.capabilities.as_ref().and_then(|capabilities| capabilities.drop.as_ref());
        note(!drops.is_some_and(|drop| drop.iter().any(|name| name == "ALL")), "capabilities");
        note(added(&context).any(|added| added != "NET_BIND_SERVICE"), "capabilities");
        let seccomp = context.seccomp_profile.as_ref().or(pod_context.seccomp_profile.as_ref());
        let confined = |kind: &str| ["RuntimeDefault", "Localhost"].contains(&kind);
        note(!seccomp.is_some_and(|profile| confined(&profile.type_)), "seccompProfile");
    }
    broken
}

fn unmasked(context: &SecurityContext) -> bool {
    context.proc_mount.as_deref().is_some_and(|mount| mount != "Default")
}

fn volumes(spec: &PodSpec) -> impl Iterator<Item = &Volume> {
    spec.volumes.iter().flatten()
}

/// Every container of a pod. What an ephemeral one shares with the others is all that is looked at.
fn containers(spec: &PodSpec) -> Vec<Container> {
    let ephemeral = spec.ephemeral_containers.iter().flatten().map(|ephemeral| Container {
        security_context: ephemeral.security_context.clone(),
        ..Container::default()
    });
    let init = spec.init_containers.iter().flatten().cloned();
    spec.containers.iter().cloned().chain(init).chain(ephemeral).collect()
}

fn added(context: &SecurityContext) -> impl Iterator<Item = &str> {
    let capabilities: Option<&Capabilities> = context.capabilities.as_ref();
    capabilities.and_then(|capabilities| capabilities.add.as_ref()).into_iter().flatten().map(String::as_str)
}

/// Hosts that probes and hooks ask, which may be another than the pod's own address.
fn hosts(container: &Container) -> impl Iterator<Item = &str> {
    let probes = [&container.liveness_probe, &container.readiness_probe, &container.startup_probe];
    let probes = probes.into_iter().flatten().flat_map(|probe: &Probe| {
        let http = probe.http_get.as_ref().and_then(|get| get.host.as_deref());
        http.into_iter().chain(probe.tcp_socket.as_ref().and_then(|socket| socket.host.as_deref()))
    });
    let lifecycle = container.lifecycle.iter().flat_map(|hooks| [&hooks.post_start, &hooks.pre_stop]);
    let hooks = lifecycle.flatten().flat_map(|hook: &LifecycleHandler| {
        let http = hook.http_get.as_ref().and_then(|get| get.host.as_deref());
        http.into_iter().chain(hook.tcp_socket.as_ref().and_then(|socket| socket.host.as_deref()))
    });
    probes.chain(hooks)
}

fn unconfined(annotations: &BTreeMap<String, String>) -> bool {
    let profiles = annotations
        .iter()
        .filter(|(key, _)| key.starts_with("container.apparmor.security.beta.kubernetes.io/"))
        .map(|(_, profile)| profile.as_str());
    profiles.into_iter().any(|profile| {
        !profile.is_empty() && profile != "runtime/default" && !profile.starts_with("localhost/")
    })
}

fn is_restricted(volume: &Volume) -> bool {
    volume.config_map.is_some()
        || volume.csi.is_some()
        || volume.downward_api.is_some()
        || volume.empty_dir.is_some()
        || volume.ephemeral.is_some()
        || volume.image.is_some()
        || volume.persistent_volume_claim.is_some()
        || volume.projected.is_some()
        || volume.secret.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn pod(spec: &Value, container: &Value) -> Pod {
        let mut full = json!({"containers": [{"name": "a", "image": "a"}]});
        full.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
        full["containers"][0].as_object_mut().unwrap().extend(container.as_object().unwrap().clone());
        serde_json::from_value(json!({"spec": full})).unwrap()
    }

    fn tight() -> Value {
        json!({"securityContext": {
            "runAsNonRoot": true, "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"}
        }})
    }

    #[test]
    fn a_plain_pod_keeps_to_the_baseline_and_a_tight_one_to_all() {
        let plain = pod(&json!({}), &json!({}));
        assert_eq!(breaks_baseline(&plain), Reasons::new());
        let reasons =
            Reasons::from(["allowPrivilegeEscalation", "capabilities", "runAsNonRoot", "seccompProfile"]);
        assert_eq!(breaks_restricted(&plain), reasons);
        assert_eq!(breaks_restricted(&pod(&json!({}), &tight())), Reasons::new());
    }

    #[rstest]
    #[case::network(json!({"hostNetwork": true}), json!({}), "hostNetwork")]
    #[case::pid(json!({"hostPID": true}), json!({}), "hostPID")]
    #[case::path(json!({"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}), json!({}), "hostPath")]
    #[case::sysctl(json!({"securityContext": {"sysctls": [{"name": "vm.x", "value": "1"}]}}), json!({}), "sysctls")]
    #[case::selinux(json!({"securityContext": {"seLinuxOptions": {"type": "spc_t"}}}), json!({}), "seLinuxOptions")]
    #[case::privileged(json!({}), json!({"securityContext": {"privileged": true}}), "privileged")]
    #[case::capability(json!({}), json!({"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}), "capabilities")]
    #[case::port(json!({}), json!({"ports": [{"containerPort": 80, "hostPort": 80}]}), "hostPort")]
    #[case::seccomp(json!({}), json!({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}), "seccompProfile")]
    #[case::apparmor(json!({}), json!({"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}), "appArmorProfile")]
    #[case::probe(json!({}), json!({"livenessProbe": {"tcpSocket": {"port": 80, "host": "10.0.0.1"}}}), "probe or hook host")]
    fn what_breaks_the_baseline_is_named(
        #[case] spec: Value,
        #[case] container: Value,
        #[case] reason: &'static str,
    ) {
        let pod = pod(&spec, &container);
        assert_eq!(breaks_baseline(&pod), Reasons::from([reason]));
        assert!(breaks_restricted(&pod).contains(reason));
    }

    #[test]
    fn an_init_container_counts_like_any_other() {
        let init =
            json!({"initContainers": [{"name": "i", "image": "i", "securityContext": {"privileged": true}}]});
        assert_eq!(breaks_baseline(&pod(&init, &json!({}))), Reasons::from(["privileged"]));
    }

    #[test]
    fn other_volumes_than_the_standard_lists_break_only_the_strictest() {
        let nfs = json!({"volumes": [{"name": "v", "nfs": {"server": "s", "path": "/"}}]});
        let pod = pod(&nfs, &tight());
        assert_eq!(breaks_baseline(&pod), Reasons::new());
        assert_eq!(breaks_restricted(&pod), Reasons::from(["volume types"]));
    }
}
