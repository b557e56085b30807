//! The harness itself: a bare control plane does what a district needs, and leaves nothing behind.

use std::time::Instant;

use anyhow::{Context as _, Result};
use crds::{Grant, Message};
use e2e::control_plane::{ControlPlane, Options};
use e2e::district::District;
use e2e::process::Component;
use e2e::story::{budget, department, grant, ready};
use e2e::workdir::WorkDir;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Node, Pod, ServiceAccount};
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::Api;
use kube::api::{ListParams, PostParams};

fn runs(pid: u32) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn a_control_plane_schedules_audits_restarts_and_leaves_nothing_behind() -> Result<()> {
    let dir = WorkDir::create()?;
    let path = dir.path().to_owned();
    let started = Instant::now();
    let options = Options { scheduler: true, ..Options::default() };
    let plane = ControlPlane::start("bare", &dir.folder("bare")?, options).await?;
    eprintln!("control plane ready in {:?}", started.elapsed());

    let started = Instant::now();
    plane.kwok(2).await?;
    eprintln!("two nodes ready in {:?}", started.elapsed());
    let nodes: Api<Node> = Api::all(plane.admin()?);
    assert_eq!(nodes.list(&ListParams::default()).await?.items.len(), 2);

    a_pod_runs(&plane).await?;
    the_audit_log_tells_who_wrote(&plane).await?;
    an_object_can_be_put_past_the_api_server(&plane).await?;
    the_api_server_restarts_on_the_same_data(&plane).await?;
    assert!(plane.kubectl(["get", "nodes", "-o", "name"]).await?.contains("node/node-2"));
    assert!(plane.kubectl(["get", "tables"]).await.is_err());

    let parts =
        [Some(plane.etcd()), Some(plane.apiserver()), Some(plane.controller_manager()), plane.scheduler()];
    let pids: Vec<_> = parts.into_iter().flatten().filter_map(e2e::process::Component::pid).collect();
    assert_eq!(pids.len(), 4);
    assert!(pids.iter().all(|pid| runs(*pid)));
    drop(plane);
    drop(dir);
    assert!(!pids.iter().any(|pid| runs(*pid)));
    assert!(!path.exists());
    Ok(())
}

async fn a_pod_runs(plane: &ControlPlane) -> Result<()> {
    plane
        .apply(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: registry.example/web:1}]}\n",
        )
        .await?;
    let pods: Api<Pod> = Api::namespaced(plane.admin()?, "default");
    let running = |pod: Option<&Pod>| {
        pod.and_then(|pod| pod.status.as_ref()?.phase.as_deref()).is_some_and(|phase| phase == "Running")
    };
    e2e::wait::object(pods, "web", "the pod runs", running).await?;
    Ok(())
}

async fn the_audit_log_tells_who_wrote(plane: &ControlPlane) -> Result<()> {
    plane.apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: edu}\n").await?;
    plane
        .apply(
            "apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: edit, namespace: edu}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'oidc:edu-admin'}]
",
        )
        .await?;
    let mark = plane.audit_mark().await?;
    let config = ConfigMap {
        metadata: kube::api::ObjectMeta { name: Some("notice".into()), ..kube::api::ObjectMeta::default() },
        ..ConfigMap::default()
    };
    let teacher = plane.client("wang", &["oidc:edu-admin"])?;
    Api::<ConfigMap>::namespaced(teacher.clone(), "edu").create(&PostParams::default(), &config).await?;
    let denied =
        Api::<ConfigMap>::namespaced(teacher, "default").create(&PostParams::default(), &config).await;
    assert!(denied.is_err());

    let end = plane.audit_mark().await?;
    assert_ne!(mark, end);
    let writes: Vec<_> =
        plane.audit().since(mark)?.writes().into_iter().filter(|entry| entry.user == "wang").collect();
    let seen: Vec<_> = writes.iter().map(|entry| (entry.namespace.as_str(), entry.code)).collect();
    assert_eq!(seen, [("edu", 201), ("default", 403)]);
    assert!(plane.audit().since(mark)?.writes().ours().all().is_empty());
    Ok(())
}

async fn an_object_can_be_put_past_the_api_server(plane: &ControlPlane) -> Result<()> {
    let raw = br#"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"past"}}"#;
    plane.etcd_put_raw("/registry/namespaces/past", raw).await?;
    let namespaces: Api<Namespace> = Api::all(plane.admin()?);
    assert_eq!(namespaces.get("past").await?.metadata.name.as_deref(), Some("past"));
    Ok(())
}

async fn the_api_server_restarts_on_the_same_data(plane: &ControlPlane) -> Result<()> {
    for gracefully in [true, false] {
        let started = Instant::now();
        if gracefully {
            plane.stop_api().await?;
        } else {
            plane.kill_api()?;
        }
        let stopped = started.elapsed();
        assert!(Api::<Namespace>::all(plane.admin()?).get("edu").await.is_err());
        plane.start_api().await?;
        eprintln!("stopped (gracefully: {gracefully}) in {stopped:?}, back after {:?}", started.elapsed());
        Api::<Namespace>::all(plane.admin()?).get("edu").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_restored_control_plane_is_as_it_was_then_and_works_again() -> Result<()> {
    let dir = WorkDir::create()?;
    let options = Options { scheduler: true, ..Options::default() };
    let plane = ControlPlane::start("bare", &dir.folder("bare")?, options).await?;
    plane.kwok(1).await?;
    plane.kubectl(["create", "configmap", "before"]).await?;
    let started = Instant::now();
    let snapshot = plane.snapshot().await?;
    eprintln!("copied, and answering again after {:?}", started.elapsed());

    // Twice, so that the first restore is seen to leave the snapshot as it was.
    for _ in 0..2 {
        plane.kubectl(["create", "configmap", "after"]).await?;
        a_pod_runs(&plane).await?;
        a_new_namespace_has_its_account(&plane).await?;
        let later = revision(&plane).await?;
        let started = Instant::now();
        plane.restore(&snapshot).await?;
        eprintln!("restored in {:?}", started.elapsed());
        let maps: Api<ConfigMap> = Api::namespaced(plane.admin()?, "default");
        assert!(maps.get_opt("before").await?.is_some());
        assert!(maps.get_opt("after").await?.is_none());
        assert!(revision(&plane).await? < later);
    }
    // With the scheduler, the nodes and the controllers of before the restore, these would wait for ever.
    a_pod_runs(&plane).await?;
    a_new_namespace_has_its_account(&plane).await
}

async fn a_new_namespace_has_its_account(plane: &ControlPlane) -> Result<()> {
    plane.kubectl(["create", "namespace", "new"]).await?;
    let accounts: Api<ServiceAccount> = Api::namespaced(plane.admin()?, "new");
    e2e::wait::object(accounts, "default", "the namespace has its account", |found| found.is_some()).await?;
    Ok(())
}

/// How far the database has counted.
async fn revision(plane: &ControlPlane) -> Result<u64> {
    let maps: Api<ConfigMap> = Api::namespaced(plane.admin()?, "default");
    let list = maps.list(&ListParams::default()).await?;
    Ok(list.metadata.resource_version.context("a list without a revision")?.parse()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_build_takes_the_place_of_hub_and_agent_and_a_replica_stands_beside_the_hub() -> Result<()> {
    let district = District::start(["kaicheng"]).await?;
    let (hub, site) = (district.hub(), district.site("kaicheng")?);
    let other = district.dir().join("another-build");
    std::fs::copy(e2e::product::binary().await?, &other)?;
    let program = |component: &Component| {
        std::fs::read_link(format!("/proc/{}/exe", component.pid().unwrap_or_default()))
    };
    assert_ne!(program(hub.product()?)?, other);

    hub.run_build(&other).await?;
    assert_eq!(program(hub.product()?)?, other);
    site.run_agent_of(&other).await?;
    site.agent_ready().await?;
    assert_eq!(program(site.agent()?)?, other);
    // A restart is not a way back.
    hub.kill()?;
    hub.start().await?;
    assert_eq!(program(hub.product()?)?, other);

    let replica = hub.start_replica(1).await?;
    assert_ne!(program(&replica)?, other);
    the_product_notices_when_its_clock_is_set(&district).await?;
    // The first leads until it is told to stop, and hands over then.
    let leases: Api<Lease> = Api::namespaced(hub.client()?, "zhengyun-system");
    let leads = async |pod: &str| {
        let held = |lease: Option<&Lease>| {
            lease.and_then(|lease| lease.spec.as_ref()?.holder_identity.as_deref()) == Some(pod)
        };
        district.eventually_object(leases.clone(), "zhengyun-hub", &format!("{pod} leads"), held).await
    };
    leads("hub-0").await?;
    hub.product()?.terminate(e2e::wait::DEADLINE).await?;
    leads("hub-1").await?;
    let pid = replica.pid().context("a replica without a process")?;
    drop(replica);
    assert!(!runs(pid));
    Ok(())
}

/// What ends on a day ends when the clock comes to it, and has not ended when the clock goes back.
async fn the_product_notices_when_its_clock_is_set(district: &District) -> Result<()> {
    let hub = district.hub();
    let in_days = |days: i64| {
        let day = Timestamp::now() + SignedDuration::from_hours(24 * days);
        day.strftime("%Y-%m-%d").to_string()
    };
    let grant = grant("aa", "kaicheng", 10, 10).replace("2199-12-31", &in_days(40));
    hub.plane().apply(&(department("aa") + &budget("aa", 100, 10) + &grant)).await?;
    let says = async |code: &str| {
        let grants: Api<Grant> = Api::namespaced(hub.client()?, "dept-aa");
        let said = |grant: Option<&Grant>| {
            grant.and_then(|grant| ready(grant)).is_some_and(|(_, said)| said.starts_with(code))
        };
        district.eventually_object(grants, "kaicheng", &format!("the grant says {code}"), said).await
    };
    let before = says("ZY-").await?.context("a grant")?;
    let (_, before) = ready(&before).context("a condition")?;
    hub.clock().forward(60)?;
    says(&Message::GrantEnded { until: in_days(40) }.to_string()).await?;
    hub.clock().back(60)?;
    says(before).await?;
    Ok(())
}

#[tokio::test]
async fn a_district_lays_links_that_can_be_cut_and_tells_our_writes_from_others() -> Result<()> {
    let started = Instant::now();
    let district =
        District::builder().sites(["kaicheng", "zhengwu-waiwang"]).without_product().start().await?;
    eprintln!("a hub and a site, then another, ready in {:?}", started.elapsed());

    // As an agent would: the hub behind the link's address, under a certificate that is good for it.
    let site = district.site("kaicheng")?;
    let hub = district.hub().plane();
    let direct = std::fs::read_to_string(hub.admin_kubeconfig()?)?;
    let through = direct.replace(&hub.server_address().to_string(), &site.link()?.address().to_string());
    assert_ne!(through, direct);
    let file = site.plane().dir().join("through.kubeconfig");
    std::fs::write(&file, through)?;
    let ask = async || {
        hub.kubectl_with(&file, ["get", "datacenters", "--output=name", "--request-timeout=2s"]).await
    };
    assert!(ask().await?.contains("kaicheng"));
    site.cut_link()?;
    assert!(ask().await.is_err());
    site.black_hole_link()?;
    assert!(ask().await.is_err());
    site.heal_link()?;
    ask().await?;
    assert!(site.link()?.bytes_down() > 0);

    let executor = "--as=system:serviceaccount:zhengyun-executors:edu";
    let writes = district
        .writes_during(async || {
            district.hub().kubectl(["create", "namespace", "theirs"]).await?;
            site.kubectl(["create", "configmap", "theirs"]).await?;
            let denied = site.kubectl(["create", "configmap", "ours", executor]).await;
            assert!(denied.is_err(), "an executor has no rights yet");
            Ok(())
        })
        .await?;
    let shown: Vec<_> = writes.iter().map(|write| (write.plane.as_str(), write.entry.code)).collect();
    assert_eq!(shown, [("kaicheng", 403)]);

    let state = district.state().await;
    assert!(state.contains("displayName: kaicheng"), "{state}");
    assert!(district.site("nowhere").is_err());
    assert!(district.hub().kill().is_err(), "there is no product to kill");
    Ok(())
}
