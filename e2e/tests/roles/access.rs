//! Somebody of the provider is let in for hours: never without the department, never longer than agreed, hub or no hub.

use anyhow::{Context as _, Result, ensure};
use crds::AccessGrant;
use e2e::district::District;
use e2e::product;
use e2e::users::Person;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Pod, Secret};
use k8s_openapi::api::rbac::v1::RoleBinding;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::{Value, json};

use crate::SITE;
use crate::objects::{HOME, OWN};

/// The people of the story, on the hub.
struct Desk<'a> {
    district: &'a District,
    /// Of the provider, who asks and is let in.
    wu: Person,
}

impl Desk<'_> {
    fn grants(&self, person: &Person) -> Result<Api<AccessGrant>> {
        Ok(Api::namespaced(self.district.hub().plane().client_of(person)?, HOME))
    }

    async fn ask(&self, person: &Person, name: &str, verbs: &[&str], secrets: bool) -> Result<AccessGrant> {
        let grant: AccessGrant = serde_json::from_value(json!({
            "apiVersion": "zhengyun.io/v1alpha1", "kind": "AccessGrant", "metadata": {"name": name},
            "spec": {
                "user": self.wu.name(), "workspaces": ["one"], "sites": [SITE], "verbs": verbs, "secrets": secrets,
                "ticket": "GD-2026-118", "reason": "数据库无响应", "hours": 2, "by": person.name()
            }
        }))?;
        Ok(self.grants(person)?.create(&PostParams::default(), &grant).await?)
    }

    async fn write(&self, person: &Person, name: &str, spec: Value) -> kube::Result<AccessGrant> {
        let grants: Api<AccessGrant> = self.grants(person).map_err(|e| kube::Error::Service(e.into()))?;
        grants.patch(name, &PatchParams::default(), &Patch::Merge(json!({"spec": spec}))).await
    }

    async fn agree(&self, person: &Person, name: &str) -> kube::Result<AccessGrant> {
        self.write(person, name, json!({"approval": {"by": person.name(), "reference": "同意〔2026〕1 号"}}))
            .await
    }

    /// Waits until an access grant says something.
    async fn says(&self, name: &str, code: &str) -> Result<AccessGrant> {
        let grants: Api<AccessGrant> = Api::namespaced(self.district.hub().client()?, HOME);
        let said = |found: Option<&AccessGrant>| {
            let conditions = found.and_then(|grant| grant.status.as_ref()).map(|status| &status.conditions);
            conditions.is_some_and(|all| all.iter().any(|one| one.message.starts_with(code)))
        };
        let what = format!("{name} says {code}");
        self.district.eventually_object(grants, name, &what, said).await?.context("it was there a moment ago")
    }
}

/// What somebody may do in the department's workspace on the site just now.
#[derive(Debug, PartialEq, Eq, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a line of a table of who may do what")]
struct May {
    view: bool,
    exec: bool,
    edit: bool,
    secrets: bool,
}

const NOTHING: May = May { view: false, exec: false, edit: false, secrets: false };

fn let_through<T>(answer: kube::Result<T>) -> Result<bool> {
    match answer {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status)) if status.code == 403 => Ok(false),
        // Authorized: no kubelet answers here.
        Err(kube::Error::Api(status)) if matches!(status.code, 400 | 500) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

async fn may(client: &Client) -> Result<May> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), OWN);
    let secrets: Api<Secret> = Api::namespaced(client.clone(), OWN);
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), OWN);
    let exec = format!("/api/v1/namespaces/{OWN}/pods/one/exec?command=ls&stdout=true");
    let exec = http::Request::post(exec).body(Vec::new())?;
    let dry = PatchParams { dry_run: true, ..PatchParams::default() };
    let touched = Patch::Merge(json!({"metadata": {"annotations": {"tried": "yes"}}}));
    Ok(May {
        view: let_through(pods.list(&ListParams::default()).await)?,
        exec: let_through(client.request_text(exec).await)?,
        edit: let_through(deployments.patch("web", &dry, &touched).await)?,
        secrets: let_through(secrets.list(&ListParams::default()).await)?,
    })
}

/// The whole story, in the district of the tables.
pub(crate) async fn story(district: &District) -> Result<()> {
    let desk = Desk { district, wu: Person::of_provider("wu") };
    let wu = district.site(SITE)?.plane().client_of(&desk.wu)?;
    assert_eq!(may(&wu).await?, NOTHING, "before anything was agreed");
    nobody_opens_it_but_the_department(&desk, &wu).await?;
    the_department_ends_it_before_its_time(&desk, &wu).await?;
    secrets_are_read_only_where_that_is_spelt_out(&desk, &wu).await?;
    it_ends_by_the_sites_own_clock(&desk, &wu).await?;
    the_department_reads_what_was_done(&desk).await
}

async fn nobody_opens_it_but_the_department(desk: &Desk<'_>, wu: &Client) -> Result<()> {
    let (engineer, li) = (Person::platform_engineer("lin"), Person::of_department("li", "jiaoyu"));
    desk.ask(&desk.wu, "t-1", &["view", "debug"], false).await?;
    let waits = desk.says("t-1", "ZY-1633").await?;
    assert!(waits.status.is_some_and(|status| status.until.is_none()));
    for (who, person) in [("who is let in", &desk.wu), ("the platform", &engineer)] {
        assert!(desk.agree(person, "t-1").await.is_err(), "{who} agrees");
    }
    let other = Person::of_department("chen", "weisheng");
    assert!(desk.agree(&other, "t-1").await.is_err(), "another department agrees");
    let member = Person::new("wang", &["jiaoyu-member"]);
    assert!(desk.agree(&member, "t-1").await.is_err(), "a member agrees");
    let forged = json!({"approval": {"by": "oidc:qian", "reference": "同意"}});
    let refused = desk.write(&li, "t-1", forged).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("ZY-4003")), "in the name of the head");
    let longer = desk.write(&li, "t-1", json!({"hours": 8})).await;
    assert!(longer.is_err_and(|error| error.to_string().contains("ZY-1122")), "what was asked is frozen");
    assert_eq!(may(wu).await?, NOTHING, "while it waits");

    // By the command that it tells, first shown and then confirmed.
    let kubeconfig = desk.district.hub().plane().kubeconfig_of(&li)?;
    let verb = ["approve", "access", "t-1", "-n", HOME, "--reference", "同意〔2026〕1号"];
    let shown = product::run(&kubeconfig, verb).await?;
    let code = shown.split("--confirm ").nth(1).and_then(|rest| rest.split_whitespace().next());
    product::run(&kubeconfig, verb.into_iter().chain(["--confirm", code.context("a code")?])).await?;
    let agreed = Timestamp::now();
    let status = desk.says("t-1", "ZY-1636").await?.status.context("a status")?;
    let until: Timestamp = status.until.context("an end")?.parse()?;
    let hours = until.duration_since(agreed);
    ensure!(hours <= SignedDuration::from_hours(2) && hours > SignedDuration::from_mins(115), "{hours:?}");
    assert_eq!(may(wu).await?, May { view: true, exec: true, ..NOTHING });
    Ok(())
}

async fn the_department_ends_it_before_its_time(desk: &Desk<'_>, wu: &Client) -> Result<()> {
    let head = Person::head_of_department("qian", "jiaoyu");
    desk.write(&head, "t-1", json!({"ended": true})).await?;
    desk.says("t-1", "ZY-1639").await?;
    assert_eq!(may(wu).await?, NOTHING, "after it was ended");
    let again = desk.write(&head, "t-1", json!({"ended": false})).await;
    assert!(again.is_err(), "what was ended is asked for anew");
    Ok(())
}

async fn secrets_are_read_only_where_that_is_spelt_out(desk: &Desk<'_>, wu: &Client) -> Result<()> {
    let (engineer, head) = (Person::platform_engineer("lin"), Person::head_of_department("qian", "jiaoyu"));
    desk.ask(&engineer, "t-2", &["edit"], true).await?;
    desk.agree(&head, "t-2").await?;
    desk.says("t-2", "ZY-1636").await?;
    assert_eq!(may(wu).await?, May { exec: false, view: true, edit: true, secrets: true });
    desk.write(&head, "t-2", json!({"ended": true})).await?;
    desk.says("t-2", "ZY-1639").await?;
    Ok(())
}

/// The hub is dead, the link is cut and the agent was killed: the site ends it all the same, at its minute.
async fn it_ends_by_the_sites_own_clock(desk: &Desk<'_>, wu: &Client) -> Result<()> {
    let (hub, site) = (desk.district.hub(), desk.district.site(SITE)?);
    let head = Person::head_of_department("qian", "jiaoyu");
    desk.ask(&desk.wu, "t-3", &["view"], false).await?;
    desk.agree(&head, "t-3").await?;
    desk.says("t-3", "ZY-1636").await?;
    // Two hours are not waited for: its end is brought forward where only the hub writes.
    let until = Timestamp::from_second(Timestamp::now().as_second() + 20)?;
    let sooner = Patch::Merge(json!({"status": {"until": until.to_string()}}));
    let grants: Api<AccessGrant> = Api::namespaced(hub.client()?, HOME);
    grants.patch_status("t-3", &PatchParams::default(), &sooner).await?;
    let bindings: Api<RoleBinding> = Api::namespaced(site.plane().admin()?, OWN);
    let told = |found: Option<&RoleBinding>| {
        let annotations = found.and_then(|binding| binding.metadata.annotations.as_ref());
        annotations.is_some_and(|all| all.get("zhengyun.io/access-until") == Some(&until.to_string()))
    };
    let name = "zhengyun-access-view";
    desk.district.eventually_object(bindings.clone(), name, "the site knows the new end", told).await?;
    site.cut_link()?;
    hub.kill()?;
    site.kill_agent()?;
    site.start_agent()?;
    assert_eq!(may(wu).await?, May { view: true, ..NOTHING }, "before its end");
    ensure!(Timestamp::now() < until, "this machine is too slow for the story");

    let closed = |found: Option<&RoleBinding>| found.is_some_and(|binding| binding.subjects.is_none());
    desk.district.eventually_object(bindings, name, "the site took it away", closed).await?;
    let late = Timestamp::now().duration_since(until);
    eprintln!("taken away {late:?} after its end");
    ensure!(late >= SignedDuration::ZERO && late < SignedDuration::from_secs(10), "{late:?}");
    assert_eq!(may(wu).await?, NOTHING, "after its end");

    hub.start().await?;
    site.heal_link()?;
    desk.says("t-3", "ZY-1638").await?;
    assert_eq!(may(wu).await?, NOTHING, "with the hub back");
    Ok(())
}

/// From the logs of both API servers: what was tried for the tables, and what the story did.
async fn the_department_reads_what_was_done(desk: &Desk<'_>) -> Result<()> {
    let (hub, site) = (desk.district.hub().plane(), desk.district.site(SITE)?.plane());
    for plane in [hub, site] {
        plane.audit_mark().await?;
    }
    let kubeconfig = hub.kubeconfig_of(&Person::of_department("li", "jiaoyu"))?;
    let output = tokio::process::Command::new(product::binary().await?)
        .args(["audit", "--department", "jiaoyu", "-o", "json", "--log"])
        .args([hub, site].map(|plane| plane.dir().join("audit.log")))
        .env("KUBECONFIG", &kubeconfig)
        .output()
        .await?;
    // The platform engineers' list of pods, for one, rests on no agreement.
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    let acts: Vec<&Value> = answer["acts"].as_array().into_iter().flatten().collect();
    let on_site = |user: &str| -> Vec<(String, String)> {
        let of = acts.iter().filter(|act| act["user"] == user && act["namespace"] == OWN);
        of.map(|act| {
            (format!("{} {}", act["verb"], act["resource"]).replace('"', ""), act["under"].to_string())
        })
        .collect()
    };
    let wu = on_site(desk.wu.name());
    for (what, under) in [("create pods/exec", "t-1"), ("list secrets", "t-2"), ("list pods", "t-3")] {
        let covered = wu.iter().any(|(did, by)| did == what && *by == format!("{{\"grant\":\"{under}\"}}"));
        ensure!(covered, "{what} under {under}: {wu:#?}");
    }
    ensure!(wu.iter().all(|(_, under)| under != "\"nothing\""), "{wu:#?}");
    let lin = on_site("oidc:lin");
    ensure!(lin.contains(&("list pods".into(), "\"nothing\"".into())), "{lin:#?}");
    ensure!(lin.contains(&("create pods/exec".into(), "\"refused\"".into())), "{lin:#?}");
    ensure!(
        acts.iter().all(|act| act["user"] != "oidc:li" && act["user"] != "oidc:wang"),
        "their own people"
    );
    Ok(())
}
