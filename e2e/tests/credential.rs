//! A site's credential: what it may do on the hub, that it renews itself, and that a thief is out once it is revoked.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use crds::{AppliedBundle, DataCenter};
use e2e::district::District;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use k8s_openapi::api::core::v1::{Event, Namespace, Secret, ServiceAccount};
use k8s_openapi::api::flowcontrol::v1::FlowSchema;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config};

const VERBS: [&str; 11] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "impersonate",
    "bind",
    "escalate",
];

/// A client with the token of the site's join file, straight to the hub.
async fn thief(district: &District, site: &str) -> Result<Client> {
    let file = district.site(site)?.plane().dir().join("join.kubeconfig");
    let kubeconfig = Kubeconfig::read_from(file)?;
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    Ok(Client::try_from(config)?)
}

/// Everything that the hub serves, as (group, resource, subresource), and what has no list in discovery.
async fn served(district: &District) -> Result<BTreeSet<(String, String, String)>> {
    let client = district.hub().client()?;
    let mut all = BTreeSet::new();
    let mut lists = client
        .list_core_api_resources("v1")
        .await?
        .resources
        .into_iter()
        .map(|r| (String::new(), r))
        .collect::<Vec<_>>();
    for group in client.list_api_groups().await?.groups {
        let version = group.preferred_version.context("a preferred version")?.group_version;
        let resources = client.list_api_group_resources(&version).await?.resources;
        lists.extend(resources.into_iter().map(|resource| (group.name.clone(), resource)));
    }
    for (group, resource) in lists {
        let (name, subresource) = resource.name.split_once('/').unwrap_or((&resource.name, ""));
        all.insert((group.clone(), name.to_owned(), subresource.to_owned()));
    }
    for (group, resource) in [("", "users"), ("", "groups"), ("authentication.k8s.io", "userextras")] {
        all.insert((group.to_owned(), resource.to_owned(), String::new()));
    }
    Ok(all)
}

/// What the bearer may do, as `verb group/resource/subresource in namespace`.
async fn allowed(client: &Client, served: &BTreeSet<(String, String, String)>) -> Result<BTreeSet<String>> {
    let mut questions = Vec::new();
    for namespace in ["site-kaicheng", "site-wujiaochang", "dept-center", "zhengyun-system", ""] {
        for (group, resource, subresource) in served {
            // A right to one name is asked for by that name.
            let name = if matches!(resource.as_str(), "leases" | "serviceaccounts") { "agent" } else { "" };
            questions.extend(VERBS.map(|verb| ResourceAttributes {
                group: Some(group.clone()),
                resource: Some(resource.clone()),
                subresource: (!subresource.is_empty()).then(|| subresource.clone()),
                namespace: Some(namespace.to_owned()),
                name: Some(name.to_owned()),
                verb: Some(verb.to_owned()),
                ..ResourceAttributes::default()
            }));
        }
    }
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let ask = async |attributes: ResourceAttributes| {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        let ResourceAttributes { verb, group, resource, subresource, namespace, .. } = &attributes;
        let asked = format!(
            "{} {}/{}/{} in {}",
            text(verb),
            text(group),
            text(resource),
            text(subresource),
            text(namespace)
        );
        let spec = SelfSubjectAccessReviewSpec {
            resource_attributes: Some(attributes),
            ..SelfSubjectAccessReviewSpec::default()
        };
        let review = SelfSubjectAccessReview { spec, ..SelfSubjectAccessReview::default() };
        let answer = reviews.create(&PostParams::default(), &review).await?;
        anyhow::Ok(answer.status.is_some_and(|status| status.allowed).then_some(asked))
    };
    let answers: Vec<Option<String>> =
        stream::iter(questions.into_iter().map(ask)).buffer_unordered(16).try_collect().await?;
    Ok(answers.into_iter().flatten().collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sites_credential_may_do_what_the_design_lists_and_nothing_else() -> Result<()> {
    let district = District::start(["kaicheng", "wujiaochang"]).await?;
    let client = thief(&district, "kaicheng").await?;
    let served = served(&district).await?;
    assert!(served.len() > 100, "discovery lists {} resources only", served.len());

    let mut expected: BTreeSet<String> = [
        "get zhengyun.io/sitebundles/ in site-kaicheng",
        "list zhengyun.io/sitebundles/ in site-kaicheng",
        "watch zhengyun.io/sitebundles/ in site-kaicheng",
        "get zhengyun.io/sitereports/ in site-kaicheng",
        "list zhengyun.io/sitereports/ in site-kaicheng",
        "watch zhengyun.io/sitereports/ in site-kaicheng",
        "patch zhengyun.io/sitereports/status in site-kaicheng",
        "patch coordination.k8s.io/leases/ in site-kaicheng",
        "create /serviceaccounts/token in site-kaicheng",
    ]
    .map(str::to_owned)
    .into();
    // What Kubernetes lets everybody who is signed in ask: who am I, and what may I do.
    for (group, resource) in [
        ("authentication.k8s.io", "selfsubjectreviews"),
        ("authorization.k8s.io", "selfsubjectaccessreviews"),
        ("authorization.k8s.io", "selfsubjectrulesreviews"),
    ] {
        for namespace in ["site-kaicheng", "site-wujiaochang", "dept-center", "zhengyun-system", ""] {
            expected.insert(format!("create {group}/{resource}/ in {namespace}"));
        }
    }
    let found = allowed(&client, &served).await?;
    let too_much: Vec<_> = found.difference(&expected).collect();
    let too_little: Vec<_> = expected.difference(&found).collect();
    assert!(
        too_much.is_empty() && too_little.is_empty(),
        "too much: {too_much:#?}\ntoo little: {too_little:#?}"
    );

    // Tried and not only asked: the neighbour's orders, its own rights, its own quota, somebody else's name.
    let foreign: Api<crds::SiteBundle> = Api::namespaced(client.clone(), "site-wujiaochang");
    assert!(refused(foreign.list(&kube::api::ListParams::default()).await));
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), "site-kaicheng");
    let request = k8s_openapi::api::authentication::v1::TokenRequest::default();
    assert!(refused(accounts.create_token_request("default", &PostParams::default(), &request).await));
    let reports: Api<crds::SiteReport> = Api::namespaced(client.clone(), "site-kaicheng");
    assert!(refused(reports.delete("report-0", &DeleteParams::default()).await));
    let own = crds::SiteReport::new("report-1", crds::SiteReportSpec { shard: 1 });
    assert!(refused(reports.create(&PostParams::default(), &own).await));
    // A platform engineer may give a site its credential, and nobody else of the same name theirs.
    let engineer = district.hub().plane().client("lin", &["oidc:zhengyun-platform-engineers"])?;
    let agents = |namespace: &str| Api::<ServiceAccount>::namespaced(engineer.clone(), namespace);
    agents("site-kaicheng").create_token_request("agent", &PostParams::default(), &request).await?;
    assert!(refused(agents("default").create_token_request("agent", &PostParams::default(), &request).await));
    let namespaces: Api<Namespace> = Api::all(client);
    assert!(refused(namespaces.list(&kube::api::ListParams::default()).await));
    Ok(())
}

fn refused<T>(answer: Result<T, kube::Error>) -> bool {
    matches!(answer, Err(kube::Error::Api(status)) if status.code == 403)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_renews_itself_a_revoked_one_is_out_and_the_site_can_be_joined_again() -> Result<()> {
    let district = District::start(["kaicheng"]).await?;
    let kaicheng = district.site("kaicheng")?;

    // The join file is good for an hour; the agent has asked for a longer one at once and kept it on the site.
    let secrets: Api<Secret> = Api::namespaced(kaicheng.client()?, "zhengyun-system");
    let kept = |secret: Option<&Secret>| {
        secret.is_some_and(|secret| secret.data.as_ref().is_some_and(|data| data.contains_key("token")))
    };
    district
        .eventually_object(secrets, "zhengyun-hub-credential", "the credential is renewed and kept", kept)
        .await?;

    let thief = thief(&district, "kaicheng").await?;
    let accounts: Api<ServiceAccount> = Api::namespaced(district.hub().client()?, "site-kaicheng");
    accounts.delete("agent", &DeleteParams::default()).await?;
    let orders: Api<crds::SiteBundle> = Api::namespaced(thief, "site-kaicheng");
    district
        .eventually("the thief is out", async || {
            let answer = orders.list(&kube::api::ListParams::default()).await;
            matches!(answer, Err(kube::Error::Api(status)) if status.code == 401)
        })
        .await?;

    let memory: Api<AppliedBundle> = Api::namespaced(kaicheng.client()?, "zhengyun-system");
    let says = |code: &'static str| {
        move |found: Option<&AppliedBundle>| {
            let conditions = found.and_then(|bundle| bundle.status.as_ref()).map(|status| &status.conditions);
            conditions.into_iter().flatten().any(|c| c.type_ == "HubHeard" && c.message.starts_with(code))
        }
    };
    district
        .eventually_object(memory.clone(), "term", "the site says that it is out", says("ZY-2014"))
        .await?;

    // The hub has made the account anew; a person joins the site again, and the running agent takes the new file.
    kaicheng.fetch_join_file(district.hub()).await?;
    district.eventually_object(memory, "term", "the site is heard again", says("ZY-2013")).await?;
    let centers: Api<DataCenter> = Api::all(district.hub().client()?);
    district.said(centers, "kaicheng", "True").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stolen_token_can_cost_is_bounded() -> Result<()> {
    let district = District::start(["kaicheng"]).await?;
    let client = thief(&district, "kaicheng").await?;
    // The API server says which queue a request went through: the site's own, not that of everybody's accounts.
    let schemas: Api<FlowSchema> = Api::all(district.hub().client()?);
    let own = schemas.get("zhengyun-site-kaicheng").await?;
    let path = "/apis/zhengyun.io/v1alpha1/namespaces/site-kaicheng/sitebundles";
    let through = async |client: &Client| {
        let request = http::Request::get(path).body(kube::client::Body::empty())?;
        let answer = client.send(request).await?;
        let header = answer.headers().get("x-kubernetes-pf-flowschema-uid").context("a flow schema")?;
        anyhow::Ok(header.to_str()?.to_owned())
    };
    assert_eq!(Some(through(&client).await?), own.metadata.uid);
    assert_ne!(Some(through(&district.hub().client()?).await?), own.metadata.uid);

    // It can store nothing but its own reports, whose size and number are bounded by schema and by the hub.
    let reports: Api<crds::SiteReport> = Api::namespaced(client.clone(), "site-kaicheng");
    let flood = serde_json::json!({"status": {"epoch": "x".repeat(100_000)}});
    let large = reports.patch_status("report-0", &PatchParams::default(), &Patch::Merge(&flood)).await;
    assert!(matches!(large, Err(kube::Error::Api(status)) if status.code == 422));
    let events: Api<Event> = Api::namespaced(client.clone(), "site-kaicheng");
    let event = serde_json::from_value(serde_json::json!({
        "metadata": {"name": "x", "namespace": "site-kaicheng"},
        "involvedObject": {"kind": "Pod", "name": "x", "namespace": "site-kaicheng"}
    }))?;
    assert!(refused(events.create(&PostParams::default(), &event).await));

    // It is nobody else, whoever it says it is.
    let file = district.site("kaicheng")?.plane().dir().join("join.kubeconfig");
    let mut config =
        Config::from_custom_kubeconfig(Kubeconfig::read_from(file)?, &KubeConfigOptions::default()).await?;
    config.auth_info.impersonate = Some("system:serviceaccount:zhengyun-system:zhengyun-hub".into());
    let impostor: Api<crds::SiteBundle> = Api::namespaced(Client::try_from(config)?, "site-kaicheng");
    assert!(refused(impostor.list(&kube::api::ListParams::default()).await));
    Ok(())
}
