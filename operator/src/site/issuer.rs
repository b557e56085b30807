//! With which keys the site's API server signs the tokens of ServiceAccounts: read here and reported, as nobody else may call a site.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crds::TokenIssuer;
use http::Request;
use kube::Client;
use plan::bundle::text;
use plan::trust::{fingerprint, keys};
use serde_json::Value;
use tracing::info;

use super::context::Context;
use super::report;
use crate::runtime::lacks::lack_in;

/// Between two looks: as often as the hub hears of the site at all.
const INTERVAL: Duration = Duration::from_secs(10);
/// Where an API server tells of its issuer (OpenID Connect Discovery 1.0).
const DISCOVERY: &str = "/.well-known/openid-configuration";
/// Where it tells its keys, whatever address it tells others.
const KEYS: &str = "/openid/v1/jwks";
/// What this is needed for, where it is lacking.
const WHAT: &str = "the keys of ServiceAccount tokens";

/// What was read last.
#[derive(Debug, Default)]
pub(super) struct Issuer(Mutex<Option<TokenIssuer>>);

impl Issuer {
    pub(super) fn get(&self) -> Option<TokenIssuer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes what was read; says whether it is something else.
    fn set(&self, read: TokenIssuer) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let other = known.as_ref() != Some(&read);
        *known = Some(read);
        other
    }
}

/// Looks for ever, and has it reported when it is something else. What cannot be read now leaves what is known.
pub(super) async fn keep_read(context: &Context) {
    let mut tick = tokio::time::interval(INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        match read(&context.local).await {
            Ok(Some(issuer)) => {
                context.lacks.note(WHAT, None);
                let fingerprint = fingerprint(&issuer);
                if context.issuer.set(issuer) {
                    // What people at the site read to the officer who is to accept other keys.
                    info!(outcome = "keys", fingerprint, "ServiceAccount tokens are signed with these keys");
                    report::touch(context);
                }
            }
            // An issuer of another kind than Kubernetes' own tells nothing here.
            Ok(None) => context.lacks.note(WHAT, None),
            Err(error) => context.lacks.note(WHAT, lack_in(&format!("get {KEYS}"), &error)),
        }
    }
}

async fn read(client: &Client) -> kube::Result<Option<TokenIssuer>> {
    let discovery = get(client, DISCOVERY).await?;
    let issuer = text(&discovery, "/issuer").chars().take(256).collect();
    let keys = keys(&get(client, KEYS).await?);
    Ok((!keys.is_empty()).then_some(TokenIssuer { issuer, keys }))
}

async fn get(client: &Client, path: &str) -> kube::Result<Value> {
    client.request(Request::get(path).body(Vec::new()).map_err(kube::Error::HttpError)?).await
}
