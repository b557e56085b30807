//! The hub's one admission webhook: it vouches for who asks and who decides, for the kinds in the chart's `webhook.yaml` only.
//!
//! Every replica serves, with the certificate and the keys of one Secret, which it reads by a watch; the first that finds none makes it.
//! The leader renews certificates and keeps the registration true. What is answered is decided in [`crate::hub::review`].

mod certificates;
mod listener;
mod registration;
mod ring;

pub(crate) use self::listener::serve;
pub(crate) use self::registration::pass;

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crds::Message;
use k8s_openapi::api::admissionregistration::v1::MutatingWebhookConfiguration;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::jiff::Timestamp;
use kube::Client;
use plan::stamp::Keys;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::sync::watch;
use tracing::{error, info, warn};

use self::ring::Ring;
use crate::hub::Context;
use crate::runtime::cache::{Cache, Key};
use crate::runtime::error::{Error, chain};
use crate::runtime::lacks::lack_of;
use crate::runtime::log::code_of;

/// The Secret with the certificates and the keys.
pub(crate) const SECRET: &str = "zhengyun-admission";
/// The webhook's configuration, which the chart installs.
pub(crate) const CONFIGURATION: &str = "zhengyun";
/// The service by which the API server asks.
const SERVICE: &str = "zhengyun-admission.zhengyun-system.svc";
/// Between two tries to make the Secret.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// Where it serves, and where it is asked when not by its service.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Place {
    /// Where the admission webhook is served.
    #[arg(long, env = "ZHENGYUN_ADMISSION_LISTEN", default_value = "0.0.0.0:8443")]
    pub admission_listen: SocketAddr,
    /// Where the API server asks it, when it does not run in pods and has no service.
    #[arg(long, env = "ZHENGYUN_ADMISSION_URL")]
    pub admission_url: Option<String>,
}

/// What a replica has of the webhook.
pub(crate) struct Admission {
    /// The Secret.
    pub secrets: Arc<Cache<Secret>>,
    /// The configuration.
    pub configurations: Arc<Cache<MutatingWebhookConfiguration>>,
    url: Option<String>,
    changed: watch::Sender<u64>,
    held: RwLock<Option<Arc<Held>>>,
}

/// What was read last of the Secret that could be read.
struct Held {
    ring: Ring,
    keys: Arc<Keys>,
    certified: Arc<CertifiedKey>,
}

impl std::fmt::Debug for Admission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admission").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Chosen anew for each connection: a renewed certificate needs no restart.
impl ResolvesServerCert for Admission {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.held()?.certified))
    }
}

impl Admission {
    /// A webhook that has no keys yet.
    pub(crate) fn new(url: Option<String>) -> Self {
        Self {
            secrets: Arc::default(),
            configurations: Arc::default(),
            url,
            changed: watch::channel(0).0,
            held: RwLock::default(),
        }
    }

    /// The keys that seal and verify; none before the Secret was read.
    pub(crate) fn keys(&self) -> Option<Arc<Keys>> {
        self.held().map(|held| Arc::clone(&held.keys))
    }

    /// Whether it can answer.
    pub(crate) fn is_ready(&self) -> bool {
        self.held().is_some()
    }

    /// One of the two objects changed.
    pub(crate) fn touch(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    fn held(&self) -> Option<Arc<Held>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn secret(&self) -> Option<Arc<Secret>> {
        self.secrets.get(crds::labels::SYSTEM_NAMESPACE, SECRET)
    }

    /// Names by which it is asked.
    fn names(&self) -> Vec<String> {
        let host = self.url.as_deref().and_then(|url| url.parse::<http::Uri>().ok());
        let host = host.and_then(|url| url.host().map(str::to_owned));
        std::iter::once(SERVICE.to_owned()).chain(host).collect()
    }

    fn hold(&self, ring: Ring) -> Result<(), Error> {
        let certified = certificates::certified(&ring.serving)?;
        let held = Held { keys: Arc::new(ring.seals.clone()), certified: Arc::new(certified), ring };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(held));
        Ok(())
    }

    /// Whether there were keys once: the configuration still carries an authority of them.
    fn had_keys(&self) -> bool {
        let configuration = self.configurations.get("", CONFIGURATION);
        let webhooks = configuration.and_then(|configuration| configuration.webhooks.clone());
        webhooks.into_iter().flatten().any(|webhook| webhook.client_config.ca_bundle.is_some())
    }
}

/// The machine's time: certificates are for others, whose clocks are their own.
fn machine_now() -> i64 {
    Timestamp::now().as_second()
}

/// Keeps what is held as the Secret says, and the Secret itself there; in every replica, for ever.
pub(crate) async fn keep(context: Arc<Context>) {
    let admission = &context.admission;
    let mut changed = admission.changed.subscribe();
    admission.secrets.wait_until_ready().await;
    admission.configurations.wait_until_ready().await;
    loop {
        changed.mark_unchanged();
        let missing = admission.configurations.get("", CONFIGURATION).is_none();
        let what = format!("MutatingWebhookConfiguration {CONFIGURATION}");
        context.lacks.note("admission registration", missing.then_some(Message::ObjectMissing { what }));
        let again = match admission.secret() {
            Some(secret) => take(&context, &secret),
            None => make(&context, context.client.clone()).await,
        };
        tokio::select! {
            // The sender lives as long as the context.
            _ = changed.changed() => {}
            () = tokio::time::sleep(TRY_AGAIN), if again => {}
        }
    }
}

/// Takes what the Secret says; says whether to look again though nothing changes.
fn take(context: &Context, secret: &Secret) -> bool {
    let admission = &context.admission;
    let known = admission.held();
    let lack = match Ring::read(secret) {
        Ok(ring) if known.as_ref().is_some_and(|held| held.ring == ring) => None,
        Ok(ring) => {
            let (keys, until) = (ring.seals.0.len(), ring.serving.until);
            match admission.hold(ring) {
                Ok(()) => {
                    info!(
                        outcome = "applied",
                        slice = "admission",
                        keys,
                        until,
                        "the certificate and the keys are taken"
                    );
                    None
                }
                Err(error) => Some(malformed(&error)),
            }
        }
        Err(error) => Some(malformed(&error)),
    };
    // What was held before still stands.
    context.lacks.note("admission keys", lack);
    false
}

fn malformed(error: &Error) -> Message {
    let name = format!("{}/{SECRET}", crds::labels::SYSTEM_NAMESPACE);
    Message::Malformed { kind: "Secret".into(), name, error: chain(error) }
}

/// Makes the Secret: of what this replica holds, or anew.
async fn make(context: &Context, client: Client) -> bool {
    let admission = &context.admission;
    let held = admission.held();
    let lost = held.is_some() || admission.had_keys();
    if lost {
        context.lacks.note("admission keys", Some(Message::SealKeysLost {}));
    }
    let ring = match &held {
        Some(held) => Ok(held.ring.clone()),
        None => certificates::new_ring(&admission.names(), machine_now()),
    };
    let created = match ring {
        Ok(ring) => ring.create(&client).await,
        Err(error) => Err(error),
    };
    match created {
        Ok(secret) => {
            if held.is_some() {
                warn!(outcome = "applied", slice = "admission", "the keys were lost and are put back");
            } else if lost {
                let said = Message::SealKeysLost {};
                error!(outcome = "applied", slice = "admission", code = code_of(&said), cause = %said, "new keys");
            } else {
                info!(outcome = "applied", slice = "admission", "this hub has its first keys");
            }
            let key: Key = (crds::labels::SYSTEM_NAMESPACE.into(), SECRET.into());
            admission.secrets.put(key, secret);
            admission.touch();
            false
        }
        // Another was first, and the watch brings what it made.
        Err(error) if error.is_conflict() => true,
        Err(error) => {
            let said = lack_of(&error).unwrap_or(Message::PassFailed { error: chain(&error) });
            context.lacks.note("admission keys", Some(said));
            true
        }
    }
}
