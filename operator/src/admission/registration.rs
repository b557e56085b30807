//! What the leader does: renews in time, and has the API server trust the certificate and ask at the right place.

use std::time::Duration;

use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::{MutatingWebhook, MutatingWebhookConfiguration};
use kube::api::{Api, Patch, PatchParams};
use plan::serving::due;
use serde_json::{Value, json};
use std::sync::Arc;
use tracing::info;

use super::{CONFIGURATION, certificates, machine_now};
use crate::hub::{Context, Leadership, MANAGER};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// Between two looks at what is left of the certificates.
const LOOK: Duration = Duration::from_hours(1);

/// One look at all of it.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    _: String,
    _: String,
) -> Result<Pass, Error> {
    let admission = &context.admission;
    // Each of the two is there once every replica's `keep` or the chart has seen to it, and that is a change.
    let (Some(secret), Some(held)) = (admission.secret(), admission.held()) else {
        return Ok(Outcome::Skipped.into());
    };
    let (names, now) = (admission.names(), machine_now());
    let due = due(&held.ring.lives(), &names, now);
    let mut ring = held.ring.clone();
    if !due.is_nothing() {
        ring = certificates::renewed(&ring, due, &names, now)?;
        let written = ring.replace(&context.client, &secret).await?;
        info!(
            outcome = "applied",
            slice = "admission",
            authority = due.authority,
            serving = due.serving,
            until = ring.serving.until,
            "renewed"
        );
        let key = (crds::labels::SYSTEM_NAMESPACE.to_owned(), super::SECRET.to_owned());
        admission.secrets.put(key, written);
        admission.touch();
    }
    let Some(configuration) = admission.configurations.get("", CONFIGURATION) else {
        return Ok(Pass { outcome: Outcome::Skipped, again: Some(LOOK) });
    };
    if let Some(patch) = registration(&configuration, &ring.bundle(), admission.url.as_deref()) {
        let api: Api<MutatingWebhookConfiguration> = Api::all(context.client.clone());
        let params = PatchParams { field_manager: Some(MANAGER.into()), ..PatchParams::default() };
        let patched = api.patch(CONFIGURATION, &params, &Patch::Strategic(&patch)).await;
        let patched = patched.map_err(|source| Error::Apply {
            kind: "MutatingWebhookConfiguration".into(),
            name: CONFIGURATION.into(),
            source: Box::new(source),
        })?;
        info!(outcome = "applied", slice = "admission", "registered");
        admission.configurations.put((String::new(), CONFIGURATION.into()), patched);
    }
    Ok(Pass { outcome: Outcome::Applied, again: Some(LOOK) })
}

/// What is to be changed of the registration, nothing when it is right: whom to trust, and where to ask when not by the service.
fn registration(
    configuration: &MutatingWebhookConfiguration,
    bundle: &ByteString,
    url: Option<&str>,
) -> Option<Value> {
    let right = |webhook: &MutatingWebhook| {
        let client = &webhook.client_config;
        client.ca_bundle.as_ref() == Some(bundle) && (url.is_none() || client.url.as_deref() == url)
    };
    let wrong = configuration.webhooks.iter().flatten().filter(|webhook| !right(webhook));
    let patches: Vec<Value> = wrong
        .map(|webhook| {
            let client = match url {
                Some(url) => json!({"caBundle": bundle, "url": url, "service": null}),
                None => json!({"caBundle": bundle}),
            };
            json!({"name": webhook.name, "clientConfig": client})
        })
        .collect();
    (!patches.is_empty()).then(|| json!({"webhooks": patches}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration(client: Value) -> MutatingWebhookConfiguration {
        let webhook = json!({
            "name": "requests.zhengyun.io", "clientConfig": client,
            "sideEffects": "None", "admissionReviewVersions": ["v1"]
        });
        serde_json::from_value(json!({"metadata": {"name": CONFIGURATION}, "webhooks": [webhook]})).unwrap()
    }

    #[test]
    fn only_what_is_wrong_of_the_registration_is_changed() {
        let bundle = ByteString(b"new".to_vec());
        let service = json!({"name": "zhengyun-admission", "namespace": "zhengyun-system"});
        let by_service = configuration(json!({"service": service}));
        let wanted =
            json!({"webhooks": [{"name": "requests.zhengyun.io", "clientConfig": {"caBundle": bundle}}]});
        assert_eq!(registration(&by_service, &bundle, None), Some(wanted));
        let right = configuration(json!({"service": service, "caBundle": bundle}));
        assert_eq!(registration(&right, &bundle, None), None);
        let url = "https://127.0.0.1:8443/admit";
        let patch = registration(&right, &bundle, Some(url)).unwrap();
        assert_eq!(
            patch["webhooks"][0]["clientConfig"],
            json!({"caBundle": bundle, "url": url, "service": null})
        );
        let right = configuration(json!({"url": url, "caBundle": bundle}));
        assert_eq!(registration(&right, &bundle, Some(url)), None);
    }
}
