//! What the verbs write, in the name of the person who runs them.

use std::fmt::Debug;

use crds::{Decision, Message, RuledSet, Ruling, RulingSpec, Term};
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::core::NamespaceResourceScope;
use kube::{Client, Resource, ResourceExt};
use plan::names::{SiteName, site_namespace};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::failure::{Exit, Failure, unanswered};
use crate::runtime::error::api_error;

/// A kind whose objects people write, in namespaces.
pub(crate) trait Kept:
    Resource<DynamicType = (), Scope = NamespaceResourceScope> + Clone + Debug + Serialize + DeserializeOwned
{
}

impl<K> Kept for K where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
        + Clone
        + Debug
        + Serialize
        + DeserializeOwned
{
}

/// Who runs the verb, as the API server knows them.
pub(crate) async fn whoami(client: &Client) -> Result<String, Message> {
    let api: Api<SelfSubjectReview> = Api::all(client.clone());
    let review = api.create(&PostParams::default(), &SelfSubjectReview::default()).await;
    let review = review.map_err(|error| unanswered("SelfSubjectReview", &error))?;
    let user = review.status.and_then(|status| status.user_info).and_then(|user| user.username);
    user.ok_or_else(|| Message::CannotConnect {
        error: "SelfSubjectReview.status.userInfo.username: -".into(),
    })
}

/// The API server did not take something: its own words, which carry the codes of the platform's rules.
pub(crate) fn refused(what: &str, error: &kube::Error) -> Failure {
    let said = Message::NotWritten { what: what.to_owned(), error: api_error(error) };
    let exit = match error {
        // What the person may not do, and what is wrong with it, are two things to a script.
        kube::Error::Api(status) if !matches!(status.code, 401 | 403) => Exit::NotWell,
        _ => Exit::OutOfReach,
    };
    Failure { said, exit }
}

/// A name that nobody else takes in the same second.
pub(crate) fn named(stem: &str) -> String {
    format!("{stem}-{}", Timestamp::now().as_second())
}

/// Creates an object and returns how it is called: kind, namespace, name.
pub(crate) async fn create<K: Kept>(client: &Client, namespace: &str, object: &K) -> Result<String, Failure> {
    let what = format!("{} {namespace}/{}", K::kind(&()), object.name_any());
    let api: Api<K> = Api::namespaced(client.clone(), namespace);
    let created = api.create(&PostParams::default(), object).await;
    created.map(|_| what.clone()).map_err(|error| refused(&what, &error))
}

/// Changes the spec of an object as it was read: if it is another by now, nothing is changed.
pub(crate) async fn change<K: Kept>(client: &Client, object: &K, spec: Value) -> Result<K, Failure> {
    let namespace = object.namespace().unwrap_or_default();
    let name = object.name_any();
    let patch = json!({"metadata": {"resourceVersion": object.resource_version()}, "spec": spec});
    let api: Api<K> = Api::namespaced(client.clone(), &namespace);
    let changed = api.patch(&name, &PatchParams::default(), &Patch::Merge(patch)).await;
    changed.map_err(|error| refused(&format!("{} {namespace}/{name}", K::kind(&())), &error))
}

/// Writes down what a person decided about a site.
pub(crate) async fn rule(
    client: &Client,
    site: &SiteName,
    decision: Decision,
    sets: Vec<RuledSet>,
    reason: &str,
) -> Result<Ruling, Failure> {
    let by = whoami(client).await?;
    write_ruling(client, site, RulingSpec { sets, ..ruling(decision, by, reason) }).await
}

/// A ruling that is about nothing yet.
fn ruling(decision: Decision, by: String, reason: &str) -> RulingSpec {
    let reason = reason.to_owned();
    RulingSpec { decision, sets: Vec::new(), term: None, fingerprint: None, by, reason, approval: None }
}

/// Writes that a person accepts the keys of this fingerprint, with which a site signs tokens.
pub(crate) async fn trust(
    client: &Client,
    site: &SiteName,
    fingerprint: &str,
    reason: &str,
) -> Result<Ruling, Failure> {
    let by = whoami(client).await?;
    let fingerprint = Some(fingerprint.to_owned());
    write_ruling(client, site, RulingSpec { fingerprint, ..ruling(Decision::TrustKeys, by, reason) }).await
}

/// Writes that a person vouches, for one leadership of the hub, for what its ledgers say of a site.
pub(crate) async fn vouch(
    client: &Client,
    site: &SiteName,
    term: &Term,
    reason: &str,
) -> Result<Ruling, Failure> {
    let by = whoami(client).await?;
    let term = Some(term.clone());
    write_ruling(client, site, RulingSpec { term, ..ruling(Decision::Vouch, by, reason) }).await
}

async fn write_ruling(client: &Client, site: &SiteName, spec: RulingSpec) -> Result<Ruling, Failure> {
    let stem = match spec.decision {
        Decision::TakeHub => "take-hub",
        Decision::TakeSite => "take-site",
        Decision::Abandon => "abandon",
        Decision::Readmit => "readmit",
        Decision::Vouch => "vouch",
        Decision::TrustKeys => "trust-keys",
    };
    let mut ruling = Ruling::new(&named(stem), spec);
    let namespace = site_namespace(site);
    create(client, &namespace, &ruling).await?;
    ruling.metadata.namespace = Some(namespace);
    Ok(ruling)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_refuses_is_not_a_missing_right() {
        let answer = |code: u16, text: &str| {
            let status = kube::core::Status::failure(text, "Invalid").with_code(code);
            refused("Ruling site-a/x", &kube::Error::Api(status.boxed()))
        };
        let rule = answer(422, "ZY-4004 不得复核自己提交的事项 (nobody approves their own request)");
        assert_eq!(rule.exit, Exit::NotWell);
        assert!(rule.said.to_string().contains("ZY-4004"), "{}", rule.said);
        assert_eq!(answer(409, "conflict").exit, Exit::NotWell);
        assert_eq!(answer(403, "forbidden").exit, Exit::OutOfReach);
    }
}
