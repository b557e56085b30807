//! What nobody may do to get something granted, and what is ignored when the gate was taken away.

use anyhow::{Context as _, Result};
use crds::{Approval, Message, RequestPhase};
use e2e::desk::{Desk, NAMESPACE, asking, li, sun, wang, zhao};
use e2e::district::District;
use e2e::story::ready;
use e2e::users::Person;
use k8s_openapi::api::admissionregistration::v1::{
    MutatingWebhookConfiguration, ValidatingAdmissionPolicyBinding,
};
use kube::Api;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use super::{SITE, begun, phase};

fn code(message: &Message) -> String {
    format!("ZY-{}", message.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_what_was_submitted_or_decides_what_is_not_theirs() -> Result<()> {
    let district = begun().await?;
    let desk = Desk::of(&district, &li())?;
    let admin = Desk::with(district.hub().client()?, NAMESPACE);

    // A draft is changed at will; submitted it is not, by anybody, and not deleted either.
    let mut draft = asking(SITE, 2);
    draft["submitted"] = json!(false);
    desk.ask("one", draft).await?;
    let change = |spec: Value| Patch::Merge(json!({ "spec": spec }));
    desk.requests().patch("one", &PatchParams::default(), &change(json!({"reason": "选课系统扩容"}))).await?;
    desk.requests().patch("one", &PatchParams::default(), &change(json!({"submitted": true}))).await?;
    district.waits_at("one", "head").await?;
    for spec in [
        json!({"reason": "改"}),
        json!({"submitted": false}),
        json!({"until": "2030-01-01"}),
        json!({"grant": "x", "change": "more"}),
    ] {
        let refused = admin.requests().patch("one", &PatchParams::default(), &change(spec)).await;
        let refused = District::refusal(refused.map_err(Into::into))?;
        assert!(refused.contains("ZY-1703"), "{refused}");
    }
    // A stamp that is written by hand is taken off again: nothing of it stays.
    let forged = change(json!({"stamp": {"by": "oidc:wang"}}));
    let written = admin.requests().patch("one", &PatchParams::default(), &forged).await?;
    assert_eq!(written.spec.stamp.context("a stamp")?.by, "oidc:li");
    let deleted = admin.requests().delete("one", &DeleteParams::default()).await;
    assert!(District::refusal(deleted.map_err(Into::into))?.contains("ZY-4343"));

    // Strangers, forms that are not told of, and what makes no sense.
    let engineer = Desk::of(&district, &Person::platform_engineer("chen"))?;
    let refused = District::refusal(engineer.ask("two", asking(SITE, 2)).await)?;
    assert!(refused.contains("ZY-1765"), "{refused}");
    let mut spec = asking(SITE, 2);
    spec["onBehalfOf"] = json!({"signedBy": "局长", "form": "b".repeat(64)});
    engineer.ask("two", spec).await?;
    for (field, value, expected) in [
        ("system", json!("nothing"), "ZY-1002"),
        ("until", json!("2020-01-01"), "ZY-1766"),
        ("sharing", Value::Null, "ZY-1767"),
        ("securityTest", Value::Null, "ZY-1768"),
        ("policy", json!("other"), "ZY-1002"),
        ("sites", json!([{"site": "moon", "amounts": {"cpu": "1"}}]), "ZY-1002"),
    ] {
        let mut spec = asking(SITE, 2);
        spec[field] = value;
        let refused = District::refusal(desk.ask("three", spec).await)?;
        assert!(refused.contains(expected), "{field}: {refused}");
    }

    // Decisions: one's own, without a right, of the wrong group, of another step, of something else, twice.
    let opinion = desk.opinion("one", "head").await?;
    let refused = District::refusal(desk.decide("a", opinion.clone()).await)?;
    assert!(refused.contains("cannot create resource"), "{refused}");
    let both = Person::new("li", &["jiaoyu-admin", "jiaoyu-head"]);
    let refused = District::refusal(Desk::of(&district, &both)?.decide("a", opinion.clone()).await)?;
    assert!(refused.contains(&code(&Message::ApprovalOwn {})), "{refused}");
    let refused = District::refusal(Desk::of(&district, &sun())?.decide("a", opinion.clone()).await)?;
    assert!(refused.contains("ZY-1735"), "{refused}");
    let head = Desk::of(&district, &wang())?;
    for (field, value, expected) in [
        ("step", json!("funds"), "ZY-1737"),
        ("digest", json!("c".repeat(64)), "ZY-1733"),
        ("request", json!("nothing"), "ZY-1739"),
        ("sites", json!([{"site": SITE, "amounts": {"cpu": "1"}}]), "ZY-1743"),
        ("decision", json!("refuse"), "ZY-1707"),
        ("recorded", json!({"document": "d", "date": "2026-11-20", "scan": "a".repeat(64)}), "ZY-1741"),
    ] {
        let mut spec = opinion.clone();
        spec[field] = value;
        let refused = District::refusal(head.decide("a", spec).await)?;
        assert!(refused.contains(expected), "{field}: {refused}");
    }
    head.decide("a", opinion.clone()).await?;
    let changed =
        admin.approvals().patch("a", &PatchParams::default(), &change(json!({"reason": "x"}))).await;
    assert!(District::refusal(changed.map_err(Into::into))?.contains("ZY-1706"));
    let deleted = admin.approvals().delete("a", &DeleteParams::default()).await;
    assert!(District::refusal(deleted.map_err(Into::into))?.contains("ZY-4343"));

    // Withdrawn, it is over, and cannot be taken up again.
    district.waits_at("one", "technical-review").await?;
    let review = Desk::of(&district, &zhao())?;
    let opinion = review.opinion("one", "technical-review").await?;
    desk.requests().patch("one", &PatchParams::default(), &change(json!({"withdrawn": true}))).await?;
    phase(&district, "one", RequestPhase::Withdrawn).await?;
    let refused = District::refusal(review.decide("b", opinion).await)?;
    assert!(refused.contains("ZY-1738"), "{refused}");
    let back =
        desk.requests().patch("one", &PatchParams::default(), &change(json!({"withdrawn": false}))).await;
    assert!(District::refusal(back.map_err(Into::into))?.contains("ZY-1703"));

    // Engineers take a grant back and write none.
    let grants = engineer.grants();
    let mine: crds::Grant = serde_json::from_value(json!({
        "apiVersion": "zhengyun.io/v1alpha1", "kind": "Grant", "metadata": {"name": "mine"},
        "spec": {"sites": [{"site": SITE, "amounts": {"cpu": "9", "memory": "9Gi"}}], "until": "2199-12-31", "basis": {"document": "d"}}
    }))?;
    let refused = grants.create(&PostParams::default(), &mine).await;
    assert!(District::refusal(refused.map_err(Into::into))?.contains("cannot create resource"));
    admin.grants().create(&PostParams::default(), &mine).await?;
    let more = change(json!({"until": "2198-12-31"}));
    let refused = grants.patch("mine", &PatchParams::default(), &more).await;
    assert!(District::refusal(refused.map_err(Into::into))?.contains("ZY-4344"));
    grants.patch("mine", &PatchParams::default(), &change(json!({"takenBack": true}))).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_webhook_nothing_is_taken_and_what_is_forged_is_ignored_loudly() -> Result<()> {
    let district = begun().await?;
    let desk = Desk::of(&district, &li())?;
    desk.ask("one", asking(SITE, 2)).await?;
    district.waits_at("one", "head").await?;
    let client = district.hub().client()?;
    let webhooks: Api<MutatingWebhookConfiguration> = Api::all(client.clone());
    webhooks.delete("zhengyun", &DeleteParams::default()).await?;
    let head = Desk::of(&district, &wang())?;
    let opinion = head.opinion("one", "head").await?;
    district
        .eventually("without the webhook an unsealed decision is refused", async || {
            let refused = District::refusal(head.decide("plain", opinion.clone()).await)?;
            anyhow::Ok(refused.contains("ZY-4340"))
        })
        .await?;
    // An administrator who takes the rules away too may write what they like: the hub gives nothing for it.
    let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(client.clone());
    bindings.delete("zhengyun-requests", &DeleteParams::default()).await?;
    let admin = Desk::with(client.clone(), NAMESPACE);
    let mut forged = opinion;
    let request = desk.requests().get("one").await?;
    forged["stamp"] = json!({
        "by": "oidc:wang", "group": "oidc:jiaoyu-head", "at": "2026-11-24T00:00:00Z", "requestUid": request.metadata.uid,
        "due": "2199-01-01T00:00:00Z", "key": "none", "mac": "d".repeat(64)
    });
    district
        .eventually("the forged decision is written", async || {
            anyhow::Ok(admin.decide("forged", forged.clone()).await.is_ok())
        })
        .await?;
    let approvals: Api<Approval> = Api::namespaced(client.clone(), NAMESPACE);
    let ignored = district.said(approvals, "forged", "False").await?;
    assert!(ready(&ignored).is_some_and(|(_, said)| said.starts_with("ZY-1732")));
    let loud = |found: Option<&crds::ResourceRequest>| {
        found.is_some_and(|request| super::codes(request).contains(&"ZY-1731".to_owned()))
    };
    district.eventually_object(desk.requests(), "one", "the request says that it ignores it", loud).await?;
    district.waits_at("one", "head").await?;

    let mut bare = asking(SITE, 8);
    bare["stamp"] = json!({
        "by": "oidc:li", "at": "2026-11-24T00:00:00Z", "digest": "e".repeat(64), "number": "x", "policy": "resources",
        "steps": [], "key": "none", "mac": "f".repeat(64)
    });
    admin.ask("bare", bare).await?;
    let said = phase(&district, "bare", RequestPhase::Invalid).await?;
    assert!(ready(&said).is_some_and(|(_, said)| said.starts_with("ZY-1711")));
    assert!(desk.grants().list(&ListParams::default()).await?.items.is_empty(), "nothing is granted");
    Ok(())
}
