//! What a survey and a preview say of pods, beside what the API server itself says.

use anyhow::Result;
use e2e::district::District;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::PostParams;
use serde_json::{Value, json};

const SITE: &str = "laoji";

#[tokio::test(flavor = "multi_thread")]
async fn pod_security_is_foretold_as_the_api_server_judges() -> Result<()> {
    let mut district = District::builder().without_product().start().await?;
    let site = district.add_site(SITE).await?;
    let standards = ["baseline", "restricted"];
    for standard in standards {
        let label = format!("pod-security.kubernetes.io/enforce: {standard}");
        site.plane()
            .apply(&format!(
                "apiVersion: v1\nkind: Namespace\nmetadata: {{name: {standard}, labels: {{{label}}}}}\n"
            ))
            .await?;
    }
    let client = site.client()?;
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for (what, pod) in pods() {
        for standard in standards {
            let api: Api<Pod> = Api::namespaced(client.clone(), standard);
            let answer = api.create(&dry, &pod).await;
            let by_server = match &answer {
                Ok(_) => false,
                Err(error) if error.to_string().contains("violates PodSecurity") => true,
                Err(error) => anyhow::bail!("{what}: {error}"),
            };
            let broken = match standard {
                "baseline" => plan::pod_security::breaks_baseline(&pod),
                _ => plan::pod_security::breaks_restricted(&pod),
            };
            refused += usize::from(by_server);
            if by_server == broken.is_empty() {
                wrong
                    .push(format!("{what}, {standard}: refused by the server {by_server}, by us {broken:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(refused > 20, "{refused}");
    Ok(())
}

/// Pods that differ in one thing each from one that every standard takes.
fn pods() -> Vec<(&'static str, Pod)> {
    let tight = json!({
        "runAsNonRoot": true, "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"}
    });
    let of = |what, spec: Value, container: Value, context: Value| {
        let mut full = json!({"containers": [{"name": "a", "image": "a", "securityContext": tight.clone()}]});
        full.as_object_mut()
            .into_iter()
            .for_each(|full| full.extend(spec.as_object().cloned().unwrap_or_default()));
        let one = &mut full["containers"][0];
        for (key, value) in container.as_object().into_iter().flatten() {
            one[key] = value.clone();
        }
        for (key, value) in context.as_object().into_iter().flatten() {
            one["securityContext"][key] = value.clone();
        }
        let pod = serde_json::from_value(json!({"metadata": {"name": "a"}, "spec": full}));
        (what, pod.expect("a pod"))
    };
    let volume = |source: Value| {
        let mut volume = source;
        volume["name"] = "v".into();
        json!({"volumes": [volume]})
    };
    let none = || json!({});
    vec![
        of("tight", none(), none(), none()),
        of("plain", none(), json!({"securityContext": {}}), none()),
        of("host network", json!({"hostNetwork": true}), none(), none()),
        of("host pid", json!({"hostPID": true}), none(), none()),
        of("host ipc", json!({"hostIPC": true}), none(), none()),
        of("host path", volume(json!({"hostPath": {"path": "/"}})), none(), none()),
        of("host port", none(), json!({"ports": [{"containerPort": 80, "hostPort": 8080}]}), none()),
        of("nfs", volume(json!({"nfs": {"server": "s", "path": "/"}})), none(), none()),
        of("empty dir", volume(json!({"emptyDir": {}})), none(), none()),
        of("projected", volume(json!({"projected": {"sources": []}})), none(), none()),
        of("privileged", none(), none(), json!({"privileged": true, "allowPrivilegeEscalation": true})),
        of("escalation", none(), none(), json!({"allowPrivilegeEscalation": true})),
        of("capability", none(), none(), json!({"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}})),
        of(
            "low port",
            none(),
            none(),
            json!({"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}),
        ),
        of("chown", none(), none(), json!({"capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}})),
        of("drops one", none(), none(), json!({"capabilities": {"drop": ["NET_RAW"]}})),
        of("root", none(), none(), json!({"runAsUser": 0, "runAsNonRoot": false})),
        of(
            "root by the pod",
            json!({"securityContext": {"runAsUser": 0}}),
            none(),
            json!({"runAsNonRoot": null}),
        ),
        of("root by number", none(), none(), json!({"runAsUser": 0})),
        of(
            "non-root by the pod",
            json!({"securityContext": {"runAsNonRoot": true}}),
            none(),
            json!({"runAsNonRoot": null}),
        ),
        of("unconfined", none(), none(), json!({"seccompProfile": {"type": "Unconfined"}})),
        of("no seccomp", none(), none(), json!({"seccompProfile": null})),
        of(
            "seccomp by the pod",
            json!({"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}),
            none(),
            json!({"seccompProfile": null}),
        ),
        of("apparmor", none(), none(), json!({"appArmorProfile": {"type": "Unconfined"}})),
        of("selinux", none(), none(), json!({"seLinuxOptions": {"type": "spc_t"}})),
        of("selinux of containers", none(), none(), json!({"seLinuxOptions": {"type": "container_t"}})),
        of("selinux user", none(), none(), json!({"seLinuxOptions": {"user": "root"}})),
        of(
            "sysctl",
            json!({"securityContext": {"sysctls": [{"name": "net.core.somaxconn", "value": "1"}]}}),
            none(),
            none(),
        ),
        of(
            "safe sysctl",
            json!({"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]}}),
            none(),
            none(),
        ),
        of(
            "probe elsewhere",
            none(),
            json!({"livenessProbe": {"httpGet": {"port": 80, "host": "10.0.0.1"}}}),
            none(),
        ),
        of("probe", none(), json!({"livenessProbe": {"httpGet": {"port": 80}}}), none()),
        of(
            "hook elsewhere",
            none(),
            json!({"lifecycle": {"preStop": {"httpGet": {"port": 80, "host": "10.0.0.1"}}}}),
            none(),
        ),
        of(
            "privileged init container",
            json!({"initContainers": [{"name": "i", "image": "i", "securityContext": {"privileged": true}}]}),
            none(),
            none(),
        ),
    ]
}
