//! Real nodes: what runs on them, what they let in, how they die, and what they leave of themselves on this machine: nothing.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use e2e::district::District;
use e2e::images::Image;
use e2e::requirements::skipped;
use e2e::site::Site;
use e2e::workdir::WorkDir;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;

const SITE: &str = "kaicheng";
/// Set for the process that is killed with what it started.
const TO_BE_KILLED: &str = "ZHENGYUN_TEST_TO_BE_KILLED";

/// A pod that serves on a node, and a Service in front of it where it has a name.
fn serves(name: &str, node: &str) -> String {
    let image = Image::Workload.reference();
    format!(
        "apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: default, labels: {{app: {name}}}}}
spec:
  nodeName: {node}
  terminationGracePeriodSeconds: 1
  containers:
    - name: app
      image: {image}
      imagePullPolicy: Never
      args: [serve, --name, {name}, --folder, /data]
      readinessProbe: {{httpGet: {{port: 8080, path: /}}, periodSeconds: 1}}
      volumeMounts: [{{name: data, mountPath: /data}}]
  volumes: [{{name: data, hostPath: {{path: /var/lib/kubelet/{name}, type: DirectoryOrCreate}}}}]
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: default}}
spec: {{selector: {{app: {name}}}, ports: [{{port: 80, targetPort: 8080}}]}}
---
"
    )
}

async fn all_serve(district: &District, site: &Site) -> Result<()> {
    let pods: Api<Pod> = Api::namespaced(site.client()?, "default");
    let is_ready = |pod: &Pod| {
        let conditions = pod.status.as_ref().and_then(|status| status.conditions.as_ref());
        conditions.is_some_and(|all| all.iter().any(|one| one.type_ == "Ready" && one.status == "True"))
    };
    let check = async || {
        let all = pods.list(&kube::api::ListParams::default()).await?.items;
        let serving = all.iter().filter(|pod| pod.metadata.name.as_deref() != Some("mover"));
        let serving: Vec<_> = serving.map(is_ready).collect();
        anyhow::Ok(serving.len() == 2 && serving.into_iter().all(|ready| ready))
    };
    district.eventually("both pods serve", check).await
}

/// Runs a verb of the workload in a pod, over the API server and the kubelet.
async fn from_inside(site: &Site, pod: &str, verb: &[&str]) -> Result<String> {
    site.kubectl(["exec", pod, "--", "/workload"].iter().chain(verb)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_run_find_each_other_by_name_and_come_back_with_their_node() -> Result<()> {
    if skipped("pods_run_find_each_other_by_name_and_come_back_with_their_node") {
        return Ok(());
    }
    let started = Instant::now();
    let district = District::builder()
        .sites([SITE, "siping"])
        .real_nodes(["hub", "siping"], 1)
        .real_nodes([SITE], 2)
        .without_product()
        .start()
        .await?;
    eprintln!("a hub and a site with a node each, a site with two, ready in {:?}", started.elapsed());
    let site = district.site(SITE)?;
    site.plane().apply(&(serves("first", "node-1") + &serves("second", "node-2"))).await?;
    all_serve(&district, site).await?;

    // By name, over the other node; the address behind a Service is programmed a moment after its pod is ready.
    let reached = async || {
        let said = from_inside(site, "first", &["get", "http://second.default.svc.cluster.local/"]).await?;
        anyhow::Ok(said.contains("second"))
    };
    district.eventually("a pod reaches another by its name", reached).await?;
    from_inside(site, "first", &["dial", "kubernetes.default.svc:443"]).await?;
    ensure!(site.kubectl(["logs", "first"]).await.is_ok(), "no logs");
    a_kubelet_lets_in_whom_the_api_server_allows(site).await?;
    // Another site's nodes have the same addresses, in another network: nothing of this one answers there.
    let other = district.site("siping")?;
    let pods = other.kubectl(["get", "pods", "--all-namespaces", "--output=name"]).await?;
    ensure!(!pods.contains("first"), "{pods}");

    the_mover_moves_data(&district, site).await?;

    let node = site.plane().nodes().first().context("a node")?;
    node.kill()?;
    let said = from_inside(site, "first", &["dial", "kubernetes.default.svc:443"]).await;
    ensure!(said.is_err(), "a pod of a dead node answers");
    site.plane().start_node(node).await?;
    all_serve(&district, site).await?;
    district
        .eventually("its pods are reached again", async || {
            from_inside(site, "second", &["get", "http://first.default.svc/"])
                .await
                .map(|said| said.contains("first"))
        })
        .await
}

/// A server of PostgreSQL, restic and rsync, as pods of the image for movers have them: not root, on a root that is read-only.
async fn the_mover_moves_data(district: &District, site: &Site) -> Result<()> {
    let node = site.plane().nodes().last().context("a node")?;
    node.load(&Image::Mover.archive().await?).await?;
    let image = Image::Mover.reference();
    let script = "set -e; initdb --pgdata=/tmp/data --auth=trust >/dev/null; \
pg_ctl --pgdata=/tmp/data --wait --log=/tmp/log start >/dev/null || cat /tmp/log; \
psql --host=/run/postgresql postgres -Atc 'create table t as select generate_series(1, 1000) x'; \
pg_basebackup --host=/run/postgresql --pgdata=/tmp/copy --checkpoint=fast; rsync --archive /tmp/copy/ /tmp/again/; \
RESTIC_PASSWORD=x restic --repo=/tmp/restic init >/dev/null; RESTIC_PASSWORD=x restic --repo=/tmp/restic backup /tmp/again >/dev/null; \
psql --host=/run/postgresql postgres -Atc 'select count(*) from t'; zhengyun --version";
    let pod = serde_json::json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "mover", "namespace": "default"},
        "spec": {
            "nodeName": node.name(), "restartPolicy": "Never",
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{
                "name": "mover", "image": image, "imagePullPolicy": "Never", "command": ["sh", "-c", script],
                "securityContext": {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}},
                "volumeMounts": [{"name": "own", "mountPath": "/tmp"}, {"name": "sockets", "mountPath": "/run/postgresql"}],
            }],
            "volumes": [{"name": "own", "emptyDir": {}}, {"name": "sockets", "emptyDir": {}}],
        },
    });
    site.plane().apply(&pod.to_string()).await?;
    let pods: Api<Pod> = Api::namespaced(site.client()?, "default");
    let ended = |pod: Option<&Pod>| {
        let phase = pod.and_then(|pod| pod.status.as_ref()?.phase.as_deref());
        matches!(phase, Some("Succeeded" | "Failed"))
    };
    district.eventually_object(pods.clone(), "mover", "the mover has ended", ended).await?;
    let log = site.kubectl(["logs", "mover"]).await?;
    ensure!(log.ends_with(&format!("1000\nzhengyun {}\n", env!("CARGO_PKG_VERSION"))), "{log}");
    pods.delete("mover", &kube::api::DeleteParams::default()).await?;
    Ok(())
}

/// Without a certificate nobody, with one only who may.
async fn a_kubelet_lets_in_whom_the_api_server_allows(site: &Site) -> Result<()> {
    let anybody = "http://10.99.0.12:10250/pods";
    ensure!(from_inside(site, "first", &["get", anybody]).await.is_err(), "a kubelet speaks without TLS");
    let nobody = site.plane().kubeconfig("mallory", &["oidc:jiaoyu-admin"])?;
    for path in ["/api/v1/nodes/node-2/proxy/pods", "/api/v1/nodes/node-2/proxy/metrics"] {
        let said = site.plane().kubectl_with(&nobody, ["get", "--raw", path]).await;
        ensure!(
            said.is_err_and(|error| format!("{error:#}").contains("forbidden")),
            "{path} is for everybody"
        );
        site.kubectl(["get", "--raw", path])
            .await
            .with_context(|| format!("{path} is not for the administrator"))?;
    }
    Ok(())
}

/// What of this machine a node could change: mounts, network devices, routes, control groups, tunables.
fn machine() -> Result<Vec<(&'static str, String)>> {
    let read = |path: &'static str| anyhow::Ok((path, std::fs::read_to_string(path).context(path)?));
    let listed = |what: &'static str, program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).output().with_context(|| format!("run {program}"))?;
        anyhow::Ok((what, String::from_utf8_lossy(&output.stdout).into_owned()))
    };
    Ok(vec![
        read("/proc/self/mounts")?,
        read("/proc/sys/kernel/panic")?,
        read("/proc/sys/vm/overcommit_memory")?,
        read("/proc/sys/net/ipv4/ip_forward")?,
        listed("devices", "ip", &["-brief", "link"])?,
        listed("routes", "ip", &["route", "show", "table", "all"])?,
        listed("firewall", "iptables-save", &[])?,
        listed("control groups", "find", &["/sys/fs/cgroup", "-type", "d", "-path", "*zhengyun*"])?,
        listed("folders", "find", &["/var/lib/kubelet", "/var/lib/containerd", "/etc/cni", "/run/netns"])?,
    ])
}

fn unchanged(before: &[(&'static str, String)]) -> Result<()> {
    for ((what, then), (_, now)) in before.iter().zip(machine()?) {
        ensure!(*then == now, "{what} changed from\n{then}\nto\n{now}");
    }
    Ok(())
}

/// Processes whose command line names a folder.
fn processes_of(folder: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let line = std::fs::read(entry?.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(folder) {
            found.push(line);
        }
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_node_is_left_on_this_machine_also_when_the_test_is_killed() -> Result<()> {
    if skipped("nothing_of_a_node_is_left_on_this_machine_also_when_the_test_is_killed") {
        return Ok(());
    }
    if std::env::var_os(TO_BE_KILLED).is_some() {
        let district = District::builder().real_nodes(["hub"], 1).without_product().start().await?;
        println!("folder {}", district.dir().display());
        return std::future::pending().await;
    }
    // What earlier runs left is gone before the machine is looked at.
    drop(WorkDir::create()?);
    let before = machine()?;
    let district = District::builder().real_nodes(["hub"], 1).without_product().start().await?;
    let folder = district.dir().display().to_string();
    ensure!(!processes_of(&folder)?.is_empty(), "no process is found by its folder");
    ensure!(
        machine()?.iter().any(|(what, now)| *what == "control groups" && !now.is_empty()),
        "no control group"
    );
    drop(district);
    unchanged(&before)?;
    ensure!(processes_of(&folder)?.is_empty(), "{:?}", processes_of(&folder)?);

    let mut child = Command::new(std::env::current_exe()?)
        .args([
            "--exact",
            "nothing_of_a_node_is_left_on_this_machine_also_when_the_test_is_killed",
            "--nocapture",
        ])
        .env(TO_BE_KILLED, "1")
        .stdout(Stdio::piped())
        .spawn()?;
    let lines = BufReader::new(child.stdout.take().context("its output")?).lines();
    let folder = lines.map_while(Result::ok).find_map(|line| Some(line.split_once("folder ")?.1.to_owned()));
    let folder = folder.context("the other process ended by itself")?;
    ensure!(!processes_of(&folder)?.is_empty(), "no process is found by its folder");
    child.kill()?;
    child.wait()?;
    let gone = async || anyhow::Ok(processes_of(&folder)?.is_empty());
    e2e::wait::repeat("its processes are gone", gone, async || tokio::task::yield_now().await).await?;
    // The next start cleans up, whatever it starts.
    drop(WorkDir::create()?);
    ensure!(!std::path::Path::new(&folder).exists(), "{folder} is left");
    unchanged(&before)
}
