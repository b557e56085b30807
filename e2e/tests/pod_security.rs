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
    for (what, pod) in pods()? {
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

/// What differs, one thing each, from a pod that every standard takes: in its spec, its container, its security context.
const DIFFERENCES: &str = r"
- {what: tight}
- {what: plain, container: {securityContext: {}}}
- {what: host network, spec: {hostNetwork: true}}
- {what: host pid, spec: {hostPID: true}}
- {what: host ipc, spec: {hostIPC: true}}
- {what: host path, spec: {volumes: [{name: v, hostPath: {path: /}}]}}
- {what: host port, container: {ports: [{containerPort: 80, hostPort: 8080}]}}
- {what: nfs, spec: {volumes: [{name: v, nfs: {server: s, path: /}}]}}
- {what: empty dir, spec: {volumes: [{name: v, emptyDir: {}}]}}
- {what: projected, spec: {volumes: [{name: v, projected: {sources: []}}]}}
- {what: privileged, context: {privileged: true, allowPrivilegeEscalation: true}}
- {what: escalation, context: {allowPrivilegeEscalation: true}}
- {what: capability, context: {capabilities: {drop: [ALL], add: [SYS_ADMIN]}}}
- {what: low port, context: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}}
- {what: chown, context: {capabilities: {drop: [ALL], add: [CHOWN]}}}
- {what: drops one, context: {capabilities: {drop: [NET_RAW]}}}
- {what: root, context: {runAsUser: 0, runAsNonRoot: false}}
- {what: root by the pod, spec: {securityContext: {runAsUser: 0}}, context: {runAsNonRoot: null}}
- {what: root by number, context: {runAsUser: 0}}
- {what: non-root by the pod, spec: {securityContext: {runAsNonRoot: true}}, context: {runAsNonRoot: null}}
- {what: unconfined, context: {seccompProfile: {type: Unconfined}}}
- {what: no seccomp, context: {seccompProfile: null}}
- {what: seccomp by the pod, spec: {securityContext: {seccompProfile: {type: RuntimeDefault}}}, context: {seccompProfile: null}}
- {what: apparmor, context: {appArmorProfile: {type: Unconfined}}}
- {what: selinux, context: {seLinuxOptions: {type: spc_t}}}
- {what: selinux of containers, context: {seLinuxOptions: {type: container_t}}}
- {what: selinux user, context: {seLinuxOptions: {user: root}}}
- {what: proc mount, spec: {hostUsers: false}, context: {procMount: Unmasked}}
- {what: root in its own users, spec: {hostUsers: false}, context: {runAsUser: 0, runAsNonRoot: false}}
- {what: image volume, spec: {volumes: [{name: v, image: {reference: a}}]}}
- {what: ephemeral volume, spec: {volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}]}}
- {what: windows, spec: {os: {name: windows}}, container: {securityContext: {runAsNonRoot: true}}}
- {what: sysctl, spec: {securityContext: {sysctls: [{name: net.core.somaxconn, value: '1'}]}}}
- {what: safe sysctl, spec: {securityContext: {sysctls: [{name: net.ipv4.tcp_syncookies, value: '1'}]}}}
- {what: probe elsewhere, container: {livenessProbe: {httpGet: {port: 80, host: 10.0.0.1}}}}
- {what: probe, container: {livenessProbe: {httpGet: {port: 80}}}}
- {what: hook elsewhere, container: {lifecycle: {preStop: {httpGet: {port: 80, host: 10.0.0.1}}}}}
- {what: init container, spec: {initContainers: [{name: i, image: i, securityContext: {privileged: true}}]}}
";

/// The pods, each with what it differs in.
fn pods() -> Result<Vec<(String, Pod)>> {
    let differences: Vec<Value> = serde_yaml::from_str(DIFFERENCES)?;
    let pod = |difference: &Value| {
        let context = json!({
            "runAsNonRoot": true, "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"}
        });
        let mut spec = json!({"containers": [{"name": "a", "image": "a", "securityContext": context}]});
        for (key, value) in difference["spec"].as_object().into_iter().flatten() {
            spec[key] = value.clone();
        }
        for (key, value) in difference["container"].as_object().into_iter().flatten() {
            spec["containers"][0][key] = value.clone();
        }
        for (key, value) in difference["context"].as_object().into_iter().flatten() {
            spec["containers"][0]["securityContext"][key] = value.clone();
        }
        let what = difference["what"].as_str().unwrap_or_default().to_owned();
        Ok((what, serde_json::from_value(json!({"metadata": {"name": "a"}, "spec": spec}))?))
    };
    differences.iter().map(pod).collect()
}
