//! A department cannot undo its isolation: whatever it tries on a live API server is refused with a code and a sentence, and is
//! allowed once the rule that refuses it is taken away.

mod attempts;
mod frozen;
mod ordinary;
mod requests;
mod surface;
mod world;

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use futures::stream::{self, StreamExt as _};
use k8s_openapi::api::admissionregistration::v1::ValidatingAdmissionPolicyBinding;
use k8s_openapi::api::core::v1::ResourceQuota;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::{Api, Client, ResourceExt};
use serde_json::json;

use attempts::Attempt;
use requests::{Answer, Try, collection};
use surface::{Class, classify, discover, every_write, outside, standing};
use world::{OTHER, OWN, World};

/// So many requests at a time.
const AT_A_TIME: usize = 8;

/// Sends all, and returns those whose answer is not as it should be.
async fn wrong<'a>(
    client: &Client,
    tries: impl Iterator<Item = (&'a Try, String)>,
    right: impl Fn(&Answer, &str) -> bool,
) -> Result<Vec<String>> {
    let answers = stream::iter(tries)
        .map(async |(one, code)| Ok::<_, anyhow::Error>((one, one.send(client).await?, code)))
        .buffer_unordered(AT_A_TIME);
    let found = answers.collect::<Vec<_>>().await.into_iter().collect::<Result<Vec<_>>>()?;
    let wrong = found.into_iter().filter(|(_, answer, code)| !right(answer, code));
    Ok(wrong
        .map(|(one, answer, code)| {
            format!("{} (wants {code}): {} {:.300}", one.what, answer.code, answer.said)
        })
        .collect())
}

fn each(attempts: &[Attempt]) -> impl Iterator<Item = (&Try, String)> {
    attempts.iter().flat_map(|attempt| attempt.tries.iter().map(|one| (one, attempt.code.to_owned())))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_department_tries_is_refused_with_a_sentence_and_allowed_without_the_rule() -> Result<()> {
    let world = Box::pin(World::start()).await?;
    ordinary::a_host_is_one_workspaces(&world).await?;
    // A dead agent blocks nobody, and opens nothing.
    world.district.site(world::SITE)?.kill_agent()?;
    ordinary::rolled_out(&world).await?;
    ordinary::large(&world).await?;
    ordinary::without_effect(&world).await?;
    ordinary::without_parameters(&world).await?;
    ordinary::warned(&world).await?;

    let mut attempts = attempts::all(&world).await?;
    let found = discover(&world).await?;
    let classes = classify(&found)?;
    let mut anywhere = Vec::new();
    let tried: BTreeSet<String> =
        attempts.iter().flat_map(|attempt| &attempt.tries).map(|one| one.what.clone()).collect();
    for one in &found {
        let at = collection(OWN, &one.resource);
        let touched = || attempts.iter().flat_map(|a| &a.tries).any(|t| t.touches(&at, &one.subresource));
        ensure!(classes.get(&one.id()) != Some(&Class::Judged) || touched(), "nobody tries {}", one.id());
        let (name, live) = standing(&world, one).await?;
        anywhere.extend(every_write(one, OTHER, &name, &json!({}))?);
        match classes.get(&one.id()) {
            Some(Class::Cluster(code)) => {
                attempts.push(Attempt { code, tries: every_write(one, OWN, &name, &live)? });
            }
            // What says that it is the platform's is passed over by the other rules: nobody else may say so.
            Some(Class::Own | Class::Judged)
                if one.subresource.is_empty() && live["metadata"].is_object() =>
            {
                let path = format!("{}/{name}", collection(OWN, &one.resource));
                let label = [("/metadata/labels/app.kubernetes.io~1managed-by", json!("zhengyun"))];
                let tries = Try::change(&one.id(), &path, &live, &label)?;
                attempts.push(Attempt { code: "ZY-4201", tries });
            }
            _ => {}
        }
    }
    ensure!(tried.len() > 500, "only {} attempts", tried.len());

    let refused = |answer: &Answer, code: &str| !answer.allowed() && answer.said.contains(code);
    let open = wrong(&world.zhao, each(&attempts), refused).await?;
    ensure!(open.is_empty(), "{} not refused by a rule:\n{}", open.len(), open.join("\n"));
    let open = wrong(&world.li, each(&attempts), |answer, _| !answer.allowed()).await?;
    ensure!(
        open.is_empty(),
        "{} allowed to an administrator of the department:\n{}",
        open.len(),
        open.join("\n")
    );
    let without_namespace = outside(&world).await?;
    ensure!(without_namespace.len() > 20, "{without_namespace:?}");
    anywhere.extend(without_namespace);
    // In another's namespace, and outside of all, there is nothing that either may do.
    for person in [&world.li, &world.zhao] {
        let tries = anywhere.iter().map(|one| (one, "forbidden".to_owned()));
        let open = wrong(person, tries, |answer, _| answer.code == 403).await?;
        ensure!(open.is_empty(), "in another's namespace or outside of all:\n{}", open.join("\n"));
    }

    let closed = take_down(&world).await?;
    ensure!(closed > 5, "the walls were {closed} bindings");
    let shut = wrong(&world.zhao, each(&attempts), |answer, _| answer.allowed()).await?;
    ensure!(
        shut.is_empty(),
        "{} refused without the rules, so that nothing is known of these:\n{}",
        shut.len(),
        shut.join("\n")
    );
    Ok(())
}

/// Takes the walls down: the bindings of the policies, and the quota behind them. Returns how many bindings there were.
async fn take_down(world: &World) -> Result<usize> {
    let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(world.admin.clone());
    let all = bindings.list(&ListParams::default()).await?;
    let walls: Vec<String> =
        all.iter().map(ResourceExt::name_any).filter(|name| name != "zhengyun-agent").collect();
    for name in &walls {
        bindings.delete(name, &DeleteParams::default()).await?;
    }
    let quotas: Api<ResourceQuota> = Api::namespaced(world.admin.clone(), OWN);
    let more = json!({"spec": {"hard": {"services.nodeports": "9", "services.loadbalancers": "9"}}});
    quotas.patch("zhengyun", &PatchParams::default(), &Patch::Merge(&more)).await?;
    // The API server takes note within a second or two, policy by policy.
    for probe in attempts::all(world).await?.iter().map(|attempt| &attempt.tries[0]) {
        let gone = async || Ok::<_, anyhow::Error>(!probe.send(&world.zhao).await?.said.contains("ZY-4"));
        world.district.eventually("the walls are down", gone).await?;
    }
    Ok(walls.len())
}
