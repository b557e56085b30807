//! The site's credential for the hub: kept in one Secret on the site, renewed by asking the hub for a new one for itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use crds::Message;
use crds::labels::{CREDENTIAL, SYSTEM_NAMESPACE};
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::{Secret, ServiceAccount};
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::{Client, Config};
use plan::admittance::AGENT;
use plan::credential::{Credential, GOOD_FOR, choose, renew_in};
use plan::names::{SiteName, site_namespace};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;
use tracing::{info, warn};

use super::context::Context;
use super::heartbeat::Begun;
use crate::join_file::JoinFile;
use crate::runtime::clients::Bearer;
use crate::runtime::error::chain;
use crate::runtime::lacks::{Lacks, lack_in};
use crate::runtime::log::code_of;

/// Between two tries while the hub does not renew it.
const RETRY: Duration = Duration::from_secs(30);
/// The key of the token in the Secret.
const TOKEN: &str = "token";
/// What reading the Secret is called where it is lacking.
const READ: &str = "the kept credential";
/// What keeping a renewed credential is called where it is lacking.
const KEEP: &str = "keeping the credential";

/// The credential in use, in memory only.
pub(super) struct InUse {
    /// What clients send.
    pub(super) bearer: Bearer,
    now: Mutex<Known>,
    expires: AtomicI64,
}

/// A credential, and whether it came with the join file.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    credential: Credential,
    joined: bool,
}

#[derive(Deserialize)]
struct Claims {
    iat: i64,
    exp: i64,
    #[serde(default)]
    sub: String,
}

fn claims(token: &str) -> Option<Claims> {
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&claims).ok()
}

/// Reads the times in a token. They are not verified: whoever could forge them here holds the token already.
fn read(token: &str) -> Option<Credential> {
    let Claims { iat, exp, sub: _ } = claims(token)?;
    Some(Credential { token: token.to_owned(), issued: iat, expires: exp })
}

fn joined(config: &Config) -> Option<Credential> {
    read(config.auth_info.token.as_ref()?.expose_secret())
}

/// Whether a token is that of a site's agent. As with its times: what counts is what the hub makes of it.
fn is_of(token: &str, site: &SiteName) -> bool {
    claims(token)
        .is_some_and(|claims| claims.sub == format!("system:serviceaccount:{}:{AGENT}", site_namespace(site)))
}

/// What the Secret on the site holds of this site: it may have been joined as another one before. An agent whose Secret cannot be
/// read goes on with what the join file brought.
async fn kept(site: &SiteName, local: &Client, lacks: &Lacks) -> Option<Credential> {
    let secrets: Api<Secret> = Api::namespaced(local.clone(), SYSTEM_NAMESPACE);
    let secret = secrets.get_opt(CREDENTIAL).await;
    let lack = match &secret {
        Ok(Some(_)) => None,
        Ok(None) => Some(Message::ObjectMissing { what: secret_name() }),
        Err(error) => lack_in(&format!("get {}", secret_name()), error),
    };
    lacks.note(READ, lack);
    let token = secret.ok()??.data?.remove(TOKEN)?;
    String::from_utf8(token.0).ok().filter(|token| is_of(token, site)).and_then(|token| read(&token))
}

fn secret_name() -> String {
    format!("Secret {SYSTEM_NAMESPACE}/{CREDENTIAL}")
}

/// The newest of what the join file and the Secret hold.
async fn newest(join: &JoinFile, local: &Client, lacks: &Lacks) -> Option<Known> {
    let joined = joined(&join.config);
    let chosen = choose(joined.clone(), kept(&join.site, local, lacks).await);
    chosen.map(|credential| Known { joined: joined.as_ref() == Some(&credential), credential })
}

/// Chooses between the credential of the join file and the one that was kept.
pub(super) async fn begin(join: &JoinFile, local: &Client, lacks: &Lacks) -> Result<InUse> {
    let chosen = newest(join, local, lacks).await.context("users[agent].user.token: -")?;
    let bearer = Bearer::new(&chosen.credential.token)?;
    let expires = AtomicI64::new(chosen.credential.expires);
    Ok(InUse { bearer, now: Mutex::new(chosen), expires })
}

impl InUse {
    fn put(&self, credential: &Credential) -> Result<()> {
        self.bearer.set(&credential.token)?;
        self.expires.store(credential.expires, Ordering::Relaxed);
        Ok(())
    }

    /// When the credential ends, in seconds since 1970.
    pub(super) fn expires(&self) -> i64 {
        self.expires.load(Ordering::Relaxed)
    }

    /// Takes a newer credential, one that a person put into the join file or that another replica renewed.
    pub(super) async fn take_newer(&self, join: &JoinFile, local: &Client, lacks: &Lacks) -> Result<bool> {
        let mut now = self.now.lock().await;
        let newer = newest(join, local, lacks).await;
        let Some(newer) = newer.filter(|newer| newer.credential.issued > now.credential.issued) else {
            return Ok(false);
        };
        self.put(&newer.credential)?;
        *now = newer;
        Ok(true)
    }
}

/// Renews the credential before it ends, for ever.
pub(super) async fn keep_renewed(context: Arc<Context>, begun: Arc<Begun>) {
    let in_use = &begun.in_use;
    let mut failing = false;
    loop {
        let Known { credential, joined } = in_use.now.lock().await.clone();
        let wait = renew_in(&credential, joined, context.clock.now().as_second());
        tokio::time::sleep(Duration::from_secs(wait)).await;
        if let Err(error) = renew(&context, in_use).await {
            // The sign of life says what is wrong with the link; this is said once.
            if !std::mem::replace(&mut failing, true) {
                let code = code_of(&Message::PassFailed { error: String::new() });
                warn!(
                    outcome = "failed",
                    slice = "credential",
                    code,
                    cause = chain(error.as_ref()),
                    "not renewed"
                );
            }
            tokio::time::sleep(RETRY).await;
        } else {
            failing = false;
        }
    }
}

async fn renew(context: &Context, in_use: &InUse) -> Result<()> {
    let accounts: Api<ServiceAccount> = Api::namespaced(context.hub.clone(), &site_namespace(&context.site));
    let spec = TokenRequestSpec { expiration_seconds: Some(GOOD_FOR), ..TokenRequestSpec::default() };
    let request = TokenRequest { spec: Some(spec), ..TokenRequest::default() };
    let given = accounts.create_token_request(AGENT, &PostParams::default(), &request).await?;
    let token = given.status.and_then(|status| status.token).context("the hub gave no token")?;
    let renewed = read(&token).context("the hub gave something that is no token")?;
    // Kept first: a process that dies now starts again with the new one. Where it cannot be kept it is used all the same.
    let secrets: Api<Secret> = Api::namespaced(context.local.clone(), SYSTEM_NAMESPACE);
    let patch = json!({"stringData": {TOKEN: token}});
    let kept = secrets.patch(CREDENTIAL, &PatchParams::default(), &Patch::Merge(&patch)).await;
    let lack = kept.as_ref().err().and_then(|error| match error {
        kube::Error::Api(status) if status.is_not_found() => {
            Some(Message::ObjectMissing { what: secret_name() })
        }
        error => lack_in(&format!("patch {}", secret_name()), error),
    });
    context.lacks.note(KEEP, lack);
    in_use.put(&renewed)?;
    kept?;
    info!(outcome = "renewed", slice = "credential", expires = renewed.expires, "the credential was renewed");
    *in_use.now.lock().await = Known { credential: renewed, joined: false };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_are_read_out_of_a_token_and_out_of_nothing_else() {
        let claims = BASE64_URL_SAFE_NO_PAD.encode(r#"{"iat":5,"exp":9,"sub":"x"}"#);
        let token = format!("h.{claims}.s");
        assert_eq!(read(&token), Some(Credential { token: token.clone(), issued: 5, expires: 9 }));
        for wrong in ["", "a.b.c", "opaque", "h.e30.s"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_that_was_kept_of_another_site_is_not_this_ones() {
        let site = SiteName::parse("kaicheng").unwrap();
        let token = |sub: &str| {
            let claims = json!({"iat": 5, "exp": 9, "sub": sub}).to_string();
            format!("h.{}.s", BASE64_URL_SAFE_NO_PAD.encode(claims))
        };
        assert!(is_of(&token("system:serviceaccount:site-kaicheng:agent"), &site));
        assert!(!is_of(&token("system:serviceaccount:site-wujiaochang:agent"), &site));
        assert!(!is_of("h.e30.s", &site));
    }
}
