//! Secrets (密钥库) against a real server: who can read what, what a suspended department loses and keeps, keys that change, and weather.

use anyhow::{Context as _, Result, ensure};
use crds::{DataCenter, Department, SecretLogin};
use e2e::district::District;
use e2e::product;
use e2e::proxy::Mode;
use e2e::story::{bare_workspace, department, means, pod, ready, system, workspace};
use e2e::users::Person;
use k8s_openapi::api::core::v1::{Pod, ResourceQuota};
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use plan::conditions::find;
use plan::secrets::SECRETS_READY;
use plan::trust::KEYS_TRUSTED;
use serde_json::json;

const SITES: [&str; 2] = ["kaicheng", "laoji"];

/// Waits until a department's secrets are said to be well or not, with a sentence of this code.
async fn secrets_say(district: &District, name: &str, status: &str, code: &str) -> Result<Department> {
    let api: Api<Department> = Api::all(district.hub().client()?);
    let says = |found: Option<&Department>| {
        let conditions = found.and_then(|found| found.status.as_ref()).map(|status| &*status.conditions);
        find(conditions.unwrap_or_default(), SECRETS_READY)
            .is_some_and(|said| said.status == status && said.message.contains(code))
    };
    let what = format!("the secrets of {name} are {status} {code}");
    district.eventually_object(api, name, &what, says).await?.context("it was there a moment ago")
}

/// How pods of a department log in at a site, once its status says so.
async fn login(district: &District, name: &str, site: &str) -> Result<SecretLogin> {
    let api: Api<Department> = Api::all(district.hub().client()?);
    let at_site = |department: &Department| {
        let store = department.status.as_ref().and_then(|status| status.secrets.clone());
        store.unwrap_or_default().sites.into_iter().find(|login| login.site == site)
    };
    let told = |found: Option<&Department>| found.is_some_and(|found| at_site(found).is_some());
    let department = district.eventually_object(api, name, "its login is told", told).await?;
    department.as_ref().and_then(at_site).context("it was there a moment ago")
}

/// What a pod of a namespace at a site gets when it logs in there.
async fn pod_logs_in(
    district: &District,
    site: &str,
    namespace: &str,
    login: &SecretLogin,
) -> Result<Result<String, String>> {
    let jwt = district.site(site)?.plane().account_token(namespace, "default", &[&login.audience]).await?;
    district.vault()?.log_in(&login.login, &jwt).await
}

/// Waits until a pod can log in, and returns its token.
async fn pod_can(district: &District, site: &str, namespace: &str, name: &str) -> Result<String> {
    district
        .eventually(&format!("a pod of {namespace} at {site} logs in"), async || {
            let login = login(district, name, site).await?;
            anyhow::Ok(pod_logs_in(district, site, namespace, &login).await?.ok())
        })
        .await
}

async fn status_of(district: &District, token: &str, path: &str) -> Result<u16> {
    Ok(district.vault()?.read_with(token, path).await?.status)
}

async fn start() -> Result<District> {
    let district = District::builder().sites(SITES).vault().start().await?;
    let all = [
        department("aa"),
        system("aa", "one"),
        means("aa", &SITES),
        bare_workspace("aa", "one", "one", &SITES, "2"),
        department("bb"),
        system("bb", "one"),
        workspace("bb", "one", "one", &SITES[..1], "2"),
    ];
    district.hub().plane().apply(&all.concat()).await?;
    district.in_force("aa", "one").await?;
    district.in_force("bb", "one").await?;
    for name in ["aa", "bb"] {
        secrets_say(&district, name, "True", "").await?;
        let secret = json!({"data": {"password": name}});
        district.vault()?.write(&format!("zhengyun/{name}/data/db"), secret).await?;
    }
    Ok(district)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_has_its_secrets_on_every_site_and_nobody_elses() -> Result<()> {
    let district = start().await?;
    a_pod_reads_its_own_path_and_nothing_else(&district).await?;
    what_stands_is_looked_at_and_not_written_again(&district).await?;
    roles_follow_the_workspaces(&district).await?;
    suspended_it_reads_nothing_and_resumed_all_of_it(&district).await?;
    a_changed_site_key_waits_for_an_officer(&district).await
}

async fn a_pod_reads_its_own_path_and_nothing_else(district: &District) -> Result<()> {
    let [here, there] = SITES;
    let token = pod_can(district, here, "aa-one", "aa").await?;
    let own = district.vault()?.read_with(&token, "zhengyun/aa/data/db").await?.well()?;
    assert_eq!(own["data"]["data"]["password"], "aa");
    for path in ["zhengyun/bb/data/db", "sys/mounts", "auth/zhengyun/kaicheng/aa/role/workload"] {
        assert_eq!(status_of(district, &token, path).await?, 403, "{path}");
    }
    assert!(pod_can(district, there, "aa-one", "aa").await.is_ok(), "each site has a login of its own");

    let (own, others) = (login(district, "aa", here).await?, login(district, "bb", here).await?);
    let refused = |what: &str, answer: Result<String, String>| match answer {
        Ok(_) => anyhow::bail!("{what} was let in"),
        Err(why) => {
            ensure!(why.starts_with("400"), "{what}: {why}");
            Ok(())
        }
    };
    let vault = district.vault()?;
    refused("a pod of aa at bb's login", pod_logs_in(district, here, "aa-one", &others).await?)?;
    refused("a namespace that is no department's", pod_logs_in(district, here, "default", &own).await?)?;
    // A cluster of the same name of issuer, with the right audience and namespace, and other keys.
    let foreign = district.site(there)?.plane().account_token("aa-one", "default", &[&own.audience]).await?;
    refused("a token of another site", vault.log_in(&own.login, &foreign).await?)?;
    let general = district.site(here)?.plane().account_token("aa-one", "default", &[]).await?;
    refused("a token for the API server", vault.log_in(&own.login, &general).await?)?;
    Ok(())
}

async fn what_stands_is_looked_at_and_not_written_again(district: &District) -> Result<()> {
    let vault = district.vault()?;
    let mark = vault.mark()?;
    let asked = district
        .eventually("everything of aa was looked at again", async || {
            let asked = vault.requests_since(mark)?;
            let looked = asked.iter().any(|request| request.path.ends_with("laoji/aa/role/workload"));
            anyhow::Ok(looked.then_some(asked))
        })
        .await?;
    assert!(asked.iter().all(|request| request.operation == "read"), "{asked:#?}");
    // What somebody changes there by hand is found and put right.
    vault.delete("auth/zhengyun/kaicheng/bb/role/workload").await?;
    pod_can(district, "kaicheng", "bb-one", "bb").await.map(drop)
}

async fn roles_follow_the_workspaces(district: &District) -> Result<()> {
    let two = bare_workspace("aa", "two", "one", &["kaicheng"], "1");
    district.hub().plane().apply(&two).await?;
    district.in_force("aa", "two").await?;
    pod_can(district, "kaicheng", "aa-two", "aa").await?;
    let elsewhere = login(district, "aa", "laoji").await?;
    let other =
        district.site("kaicheng")?.plane().account_token("aa-two", "default", &[&elsewhere.audience]).await?;
    assert!(district.vault()?.log_in(&elsewhere.login, &other).await?.is_err(), "it is not at laoji");
    Ok(())
}

async fn suspend(district: &District, document: Option<&str>) -> Result<()> {
    let api: Api<Department> = Api::all(district.hub().client()?);
    let suspended = document.map(|document| json!({"document": document}));
    let patch = json!({"spec": {"suspended": suspended}});
    api.patch("aa", &PatchParams::default(), &Patch::Merge(patch)).await.map(drop).context("suspend")
}

async fn suspended_it_reads_nothing_and_resumed_all_of_it(district: &District) -> Result<()> {
    let site = district.site("kaicheng")?.client()?;
    let pods: Api<Pod> = Api::namespaced(site.clone(), "aa-one");
    pods.create(&PostParams::default(), &pod("runs")?).await?;
    let before = pod_can(district, "kaicheng", "aa-one", "aa").await?;
    let others = pod_can(district, "kaicheng", "bb-one", "bb").await?;
    let own = login(district, "aa", "kaicheng").await?;

    suspend(district, Some("区委编办〔2026〕7号")).await?;
    secrets_say(district, "aa", "False", "ZY-1606").await?;
    assert_eq!(status_of(district, &before, "zhengyun/aa/data/db").await?, 403, "logins are taken back");
    assert!(pod_logs_in(district, "kaicheng", "aa-one", &own).await?.is_err());
    assert_eq!(status_of(district, &others, "zhengyun/bb/data/db").await?, 200, "others keep theirs");
    let hub = district.hub().client()?;
    for (client, namespace) in [(&hub, "dept-aa"), (&site, "aa-one")] {
        bound(district, client, namespace, 0, 3).await?;
    }
    let cpu = |quota: &ResourceQuota| quota.spec.as_ref()?.hard.as_ref()?.get("requests.cpu").cloned();
    let quotas: Api<ResourceQuota> = Api::namespaced(site.clone(), "aa-one");
    let shrunk = |quota: Option<&ResourceQuota>| quota.and_then(cpu).is_some_and(|cpu| cpu.0 != "2");
    district.eventually_object(quotas.clone(), "zhengyun", "nothing grows", shrunk).await?;
    assert!(pods.get("runs").await?.metadata.deletion_timestamp.is_none(), "what runs goes on");
    let said: Department = Api::all(hub.clone()).get("aa").await?;
    let (status, message) = ready(&said).context("no word of it")?;
    assert!(status == "True" && message.contains("区委编办〔2026〕7号"), "{message}");

    suspend(district, None).await?;
    let token = pod_can(district, "kaicheng", "aa-one", "aa").await?;
    assert_eq!(status_of(district, &token, "zhengyun/aa/data/db").await?, 200, "nothing was lost");
    for (client, namespace) in [(&hub, "dept-aa"), (&site, "aa-one")] {
        bound(district, client, namespace, 1, 1).await?;
    }
    let whole = |quota: Option<&ResourceQuota>| quota.and_then(cpu).is_some_and(|cpu| cpu.0 == "2");
    district.eventually_object(quotas, "zhengyun", "it may grow again", whole).await.map(drop)
}

/// Waits until so many groups are administrators and auditors in a namespace.
async fn bound(
    district: &District,
    client: &kube::Client,
    namespace: &str,
    admins: usize,
    auditors: usize,
) -> Result<()> {
    let api: Api<RoleBinding> = Api::namespaced(client.clone(), namespace);
    for (role, wanted) in [("admin", admins), ("auditor", auditors)] {
        let name = format!("zhengyun-department-{role}");
        let holds = |binding: Option<&RoleBinding>| {
            binding.is_some_and(|binding| binding.subjects.as_ref().map_or(0, Vec::len) == wanted)
        };
        district.eventually_object(api.clone(), &name, &format!("{wanted} are {name}"), holds).await?;
    }
    Ok(())
}

async fn a_changed_site_key_waits_for_an_officer(district: &District) -> Result<()> {
    let plane = district.site("kaicheng")?.plane();
    let own = login(district, "aa", "kaicheng").await?;
    let old = plane.account_token("aa-one", "default", &[&own.audience]).await?;
    plane.change_account_key().await?;
    secrets_say(district, "aa", "False", "ZY-1608").await?;
    let new = plane.account_token("aa-one", "default", &[&own.audience]).await?;
    let vault = district.vault()?;
    assert!(vault.log_in(&own.login, &new).await?.is_err(), "nobody has accepted its key");
    assert!(vault.log_in(&own.login, &old).await?.is_ok(), "what is believed is believed still");

    let hub = district.hub().plane();
    let verb = ["site", "trust", "kaicheng", "--reason", "轮换"];
    let shown = product::run(&hub.kubeconfig_of(&Person::security_officer("an"))?, verb).await?;
    let code = shown.rsplit_once("--confirm ").context("no code")?.1.trim().to_owned();
    let confirmed = [&verb[..], &["--confirm", &code]].concat();
    let engineer = hub.kubeconfig_of(&Person::platform_engineer("gong"))?;
    let refused = District::refusal(product::run(&engineer, &confirmed).await)?;
    assert!(refused.contains("ZY-4006"), "{refused}");
    product::run(&hub.kubeconfig_of(&Person::security_officer("an"))?, &confirmed).await?;
    secrets_say(district, "aa", "True", "").await?;
    assert!(vault.log_in(&own.login, &new).await?.is_ok());
    let rooms: Api<DataCenter> = Api::all(district.hub().client()?);
    let room = rooms.get("kaicheng").await?;
    let conditions = room.status.as_ref().map(|status| &*status.conditions).unwrap_or_default();
    assert_eq!(find(conditions, KEYS_TRUSTED).map(|trusted| &*trusted.status), Some("True"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_keeps_nothing_from_running_and_is_used_again_by_itself() -> Result<()> {
    let district = start().await?;
    let vault = district.vault()?;
    // Others are brought up meanwhile: nothing of the hub waits for the store.
    let goes_on = async |number: u32| {
        let name = format!("more{number}");
        district.hub().plane().apply(&bare_workspace("aa", &name, "one", &SITES, "1")).await?;
        district.in_force("aa", &name).await.map(drop)
    };

    vault.seal().await?;
    secrets_say(&district, "aa", "False", "ZY-1601").await?;
    goes_on(1).await?;
    vault.unseal().await?;
    secrets_say(&district, "aa", "True", "").await?;
    pod_can(&district, "laoji", "aa-more1", "aa").await?;

    vault.kill()?;
    secrets_say(&district, "aa", "False", "ZY-1600").await?;
    goes_on(2).await?;
    vault.restart().await?;
    secrets_say(&district, "aa", "False", "ZY-1601").await?;
    vault.unseal().await?;
    secrets_say(&district, "aa", "True", "").await?;

    vault.link().set(Mode::BlackHole);
    secrets_say(&district, "aa", "False", "ZY-1600").await?;
    goes_on(3).await?;
    vault.link().set(Mode::Pass);
    secrets_say(&district, "aa", "True", "").await?;

    // A right that was taken away is named, and works again once it is given back.
    let policy = vault.read("sys/policies/acl/zhengyun-hub").await?.well()?["data"]["policy"].clone();
    let nothing = "path \"nothing\" { capabilities = [\"read\"] }";
    vault.write("sys/policies/acl/zhengyun-hub", json!({"policy": nothing})).await?;
    let said = secrets_say(&district, "aa", "False", "ZY-1603").await?;
    assert!(format!("{:?}", said.status).contains("sys/mounts/zhengyun/aa"), "{:?}", said.status);
    vault.write("sys/policies/acl/zhengyun-hub", json!({"policy": policy})).await?;
    secrets_say(&district, "aa", "True", "").await?;

    // A login that ended early is made anew and nobody notices.
    vault.write("sys/leases/revoke-prefix/auth/zhengyun-hub", json!({})).await?;
    vault.delete("auth/zhengyun/laoji/aa/role/workload").await?;
    pod_can(&district, "laoji", "aa-one", "aa").await?;
    assert!(vault.read("zhengyun/bb/data/db").await?.well()?["data"]["data"]["password"] == "bb");
    Ok(())
}
