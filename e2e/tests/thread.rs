//! One thin thread, whole: a department, its system and its workspace, from the hub to the sites and back.

use anyhow::Result;
use crds::ResourceRequest;
use crds::tenancy::workspace::PlaceState;
use e2e::district::District;
use e2e::story::{department, system, workspace};
use k8s_openapi::api::core::v1::{LimitRange, Namespace, ResourceQuota};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::{ListParams, PostParams};
use kube::{Api, ResourceExt};
use serde_json::json;

const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: NAME, namespace: jiaoyu-jichu}
spec:
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: app
      image: registry.local/app:1
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      resources: {requests: {cpu: CPU}}
";

fn pod(name: &str, cpu: &str) -> String {
    POD.replace("NAME", name).replace("CPU", cpu)
}

async fn settled(sites: &[&str]) -> Result<District> {
    let district = District::start(sites.iter().copied()).await?;
    let yaml = department("jiaoyu")
        + &system("jiaoyu", "jiaoyu")
        + &workspace("jiaoyu", "jichu", "jiaoyu", sites, "4");
    district.hub().plane().apply(&yaml).await?;
    district.in_force("jiaoyu", "jichu").await?;
    Ok(district)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_lives_on_two_sites_behind_its_quota_and_walls() -> Result<()> {
    let district = settled(&["kaicheng", "wujiaochang"]).await?;

    let workspace = district.in_force("jiaoyu", "jichu").await?;
    let status = workspace.status.unwrap_or_default();
    assert_eq!(status.namespace.as_deref(), Some("jiaoyu-jichu"));
    let places: Vec<_> = status.sites.iter().map(|place| (place.site.as_str(), place.state)).collect();
    assert_eq!(places, [("kaicheng", PlaceState::Applied), ("wujiaochang", PlaceState::Applied)]);

    for site in district.sites() {
        fenced(site.client()?).await?;
    }
    roles_came_last(&district).await?;
    lived_in(&district).await?;
    asked_for(&district).await?;
    explained(&district).await
}

/// The API server finds the admission webhook, by its service where the hub runs in pods: a draft is taken.
async fn asked_for(district: &District) -> Result<()> {
    let requests: Api<ResourceRequest> = Api::namespaced(district.hub().client()?, "dept-jiaoyu");
    let spec = json!({
        "change": "new", "system": "jiaoyu", "sites": [{"site": "kaicheng", "amounts": {"cpu": "1"}}],
        "until": "2027-12-31", "funding": "infrastructure", "reason": "开学", "submitted": false,
    });
    let draft = ResourceRequest::new("draft", serde_json::from_value(spec)?);
    // The leader tells the API server whom to trust there after it has begun.
    let taken = async || match requests.create(&PostParams::default(), &draft).await {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status)) if status.message.contains("calling webhook") => Ok(false),
        Err(error) => Err(error),
    };
    district.eventually("a draft is taken", taken).await
}

/// Everything that fences the workspace in stands on the site, and the quota is in force.
async fn fenced(client: kube::Client) -> Result<()> {
    let namespace = Api::<Namespace>::all(client.clone()).get("jiaoyu-jichu").await?;
    let label = |key: &str| namespace.labels().get(key).map(String::as_str);
    assert_eq!(label("zhengyun.io/department"), Some("jiaoyu"));
    assert_eq!(label("zhengyun.io/level"), Some("S3A3"));
    assert_eq!(label("pod-security.kubernetes.io/enforce"), Some("restricted"));

    let quota = Api::<ResourceQuota>::namespaced(client.clone(), "jiaoyu-jichu").get("zhengyun").await?;
    let hard = quota.spec.and_then(|spec| spec.hard).unwrap_or_default();
    assert_eq!(hard["requests.cpu"].0, "4");
    assert_eq!(hard["limits.memory"].0, "8Gi");
    assert_eq!(quota.status.and_then(|status| status.hard), Some(hard));

    let names = |names: Vec<String>| names;
    let policies =
        Api::<NetworkPolicy>::namespaced(client.clone(), "jiaoyu-jichu").list(&ListParams::default()).await?;
    let policies = names(policies.iter().map(ResourceExt::name_any).collect());
    let four = ["zhengyun-deny", "zhengyun-flows", "zhengyun-name-service", "zhengyun-within-workspace"];
    assert_eq!(policies, four);
    let limits =
        Api::<LimitRange>::namespaced(client.clone(), "jiaoyu-jichu").list(&ListParams::default()).await?;
    assert_eq!(limits.items.len(), 1);
    let bindings =
        Api::<RoleBinding>::namespaced(client, "jiaoyu-jichu").list(&ListParams::default()).await?;
    let bindings = names(bindings.iter().map(ResourceExt::name_any).collect());
    assert_eq!(
        bindings,
        [
            "zhengyun-department-admin",
            "zhengyun-department-auditor",
            "zhengyun-department-member",
            "zhengyun-executor"
        ]
    );
    Ok(())
}

/// Nobody could act in the namespace before its quota was in force.
async fn roles_came_last(district: &District) -> Result<()> {
    let plane = district.site("kaicheng")?.plane();
    plane.audit_mark().await?;
    let entries = plane.audit().since(e2e::audit::Mark::default())?;
    let position = |resource: &str, subresource: &str| {
        entries.all().iter().position(|entry| {
            entry.is_write()
                && entry.resource == resource
                && entry.subresource == subresource
                && entry.namespace == "jiaoyu-jichu"
        })
    };
    let enforced = position("resourcequotas", "status");
    let bound = position("rolebindings", "");
    assert!(enforced.is_some() && bound.is_some() && enforced < bound, "{enforced:?} {bound:?}");
    Ok(())
}

/// What the department's people can do there, and what they cannot.
async fn lived_in(district: &District) -> Result<()> {
    let kaicheng = district.site("kaicheng")?;
    let admin = kaicheng.plane().client("li", &["oidc:jiaoyu-admin"])?;
    kaicheng.plane().apply_as(&admin, &pod("first", "3")).await?;
    let refusal = async |yaml: &str| {
        let refused = kaicheng.plane().apply_as(&admin, yaml).await;
        refused.map_or_else(|error| format!("{error:#}"), |_| "it was allowed".to_owned())
    };
    let over = refusal(&pod("second", "2")).await;
    assert!(over.contains("exceeded quota"), "{over}");
    let privileged = pod("third", "100m").replace("runAsNonRoot: true", "runAsNonRoot: false");
    let privileged = refusal(&privileged).await;
    assert!(privileged.contains("PodSecurity"), "{privileged}");
    let elsewhere = refusal(&pod("fourth", "100m").replace("jiaoyu-jichu", "default")).await;
    assert!(elsewhere.contains("forbidden"), "{elsewhere}");
    let quotas: Api<ResourceQuota> = Api::namespaced(admin, "jiaoyu-jichu");
    assert!(quotas.delete("zhengyun", &kube::api::DeleteParams::default()).await.is_err());
    Ok(())
}

/// `kubectl explain` answers with sentences, units and the Chinese term.
async fn explained(district: &District) -> Result<()> {
    let share = district.hub().kubectl(["explain", "workspace.spec.sites.share"]).await?;
    for said in ["CPU (处理器)", "thousandths of a", "Memory (内存)", "64Gi"] {
        assert!(share.contains(said), "{said} is not in:\n{share}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_site_goes_on_from_its_memory_and_catches_up_when_the_link_heals() -> Result<()> {
    let district = settled(&["kaicheng", "wujiaochang"]).await?;
    let kaicheng = district.site("kaicheng")?;
    kaicheng.cut_link()?;
    let larger = workspace("jiaoyu", "jichu", "jiaoyu", &["kaicheng", "wujiaochang"], "6");
    district.hub().plane().apply(&larger).await?;

    let cpu_is = |cpu: &'static str| {
        move |quota: Option<&ResourceQuota>| {
            let hard = quota.and_then(|quota| quota.spec.as_ref()?.hard.as_ref());
            hard.is_some_and(|hard| hard["requests.cpu"].0 == cpu)
        }
    };
    let quota =
        |site: &e2e::site::Site| anyhow::Ok(Api::<ResourceQuota>::namespaced(site.client()?, "jiaoyu-jichu"));
    let other = quota(district.site("wujiaochang")?)?;
    district
        .eventually_object(other, "zhengyun", "the site with a link has the new share", cpu_is("6"))
        .await?;

    // The agent is killed and started again with the hub out of reach: it undoes drift from its memory alone.
    kaicheng.kill_agent()?;
    let patch = serde_json::json!({"spec": {"hard": {"requests.cpu": "99", "secrets": "1"}}});
    let merge = kube::api::Patch::Merge(&patch);
    quota(kaicheng)?.patch("zhengyun", &kube::api::PatchParams::default(), &merge).await?;
    kaicheng.start_agent()?;
    let undone = |found: Option<&ResourceQuota>| {
        let hard = found.and_then(|quota| quota.spec.as_ref()?.hard.as_ref());
        hard.is_some_and(|hard| hard["requests.cpu"].0 == "4" && !hard.contains_key("secrets"))
    };
    district.eventually_object(quota(kaicheng)?, "zhengyun", "drift is undone from memory", undone).await?;

    kaicheng.heal_link()?;
    district
        .eventually_object(quota(kaicheng)?, "zhengyun", "the healed site has the new share", cpu_is("6"))
        .await?;
    district.in_force("jiaoyu", "jichu").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opened_fence_is_closed_and_a_right_taken_away_is_gone_everywhere() -> Result<()> {
    let district = settled(&["kaicheng"]).await?;
    let kaicheng = district.site("kaicheng")?;
    let policies: Api<NetworkPolicy> = Api::namespaced(kaicheng.client()?, "jiaoyu-jichu");
    let openings = [
        serde_json::json!({"spec": {"ingress": [{}]}}),
        serde_json::json!({"spec": {"podSelector": {"matchLabels": {"nobody": "has"}}}}),
    ];
    for opening in openings {
        let merge = kube::api::Patch::Merge(&opening);
        policies.patch("zhengyun-deny", &kube::api::PatchParams::default(), &merge).await?;
        let closed = |policy: Option<&NetworkPolicy>| {
            policy.and_then(|policy| policy.spec.as_ref()).is_some_and(|spec| {
                spec.ingress.is_none() && spec.pod_selector.as_ref().is_none_or(|s| s.match_labels.is_none())
            })
        };
        district
            .eventually_object(policies.clone(), "zhengyun-deny", "the fence is closed again", closed)
            .await?;
    }

    // The admin group becomes an auditor: what it was bound to before binds it no more, on the hub and on the site.
    let demoted =
        department("jiaoyu").replace("oidc:jiaoyu-admin', role: admin", "oidc:jiaoyu-admin', role: auditor");
    district.hub().plane().apply(&demoted).await?;
    let unbound = |binding: Option<&RoleBinding>| {
        binding.is_some_and(|binding| binding.subjects.as_ref().is_none_or(Vec::is_empty))
    };
    for (client, namespace) in
        [(district.hub().client()?, "dept-jiaoyu"), (kaicheng.client()?, "jiaoyu-jichu")]
    {
        let bindings: Api<RoleBinding> = Api::namespaced(client, namespace);
        district.eventually_object(bindings, "zhengyun-department-admin", "nobody is admin", unbound).await?;
    }
    let was_admin = kaicheng.plane().client("li", &["oidc:jiaoyu-admin"])?;
    assert!(kaicheng.plane().apply_as(&was_admin, &pod("late", "100m")).await.is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_taken_off_the_register_leaves_what_runs_untouched() -> Result<()> {
    let district = settled(&["kaicheng"]).await?;
    let hub = district.hub().client()?;
    let workspaces: Api<crds::Workspace> = Api::namespaced(hub.clone(), "dept-jiaoyu");
    workspaces.delete("jichu", &kube::api::DeleteParams::default()).await?;
    // Another workspace makes the set be told again: what is no longer registered stays in it.
    let other = workspace("jiaoyu", "second", "jiaoyu", &["kaicheng"], "1");
    district.hub().plane().apply(&other).await?;
    district.in_force("jiaoyu", "second").await?;

    let kaicheng = district.site("kaicheng")?.client()?;
    fenced(kaicheng.clone()).await?;
    let quotas: Api<ResourceQuota> = Api::namespaced(kaicheng, "jiaoyu-jichu");
    quotas.delete("zhengyun", &kube::api::DeleteParams::default()).await?;
    let back = |quota: Option<&ResourceQuota>| {
        quota.is_some_and(|quota| quota.metadata.deletion_timestamp.is_none())
    };
    district.eventually_object(quotas, "zhengyun", "the quota is still kept", back).await?;
    Ok(())
}
