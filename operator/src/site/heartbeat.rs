//! The sign of life: the site's lease on the hub, renewed while the link is up, and what the site says of the link.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crds::labels::SYSTEM_NAMESPACE;
use crds::{Message, SiteBundle};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use plan::admittance::AGENT;
use plan::bundle::TERM_SET;
use plan::conditions::{Holds, set};
use plan::names::site_namespace;
use serde_json::json;
use tracing::{info, warn};

use super::context::Context;
use super::credential::InUse;
use super::memory;
use crate::join_file::read_join_file;
use crate::runtime::cache::Versioned;
use crate::runtime::error::{Error, chain};

/// Between two signs: several fit into the shortest silence that a hub should be set to.
const INTERVAL: Duration = Duration::from_secs(10);
/// For how long after a break of the link the hub's term is compared with what the watch brought.
const DOUBT: Duration = Duration::from_mins(10);
/// The condition of the remembered term that says whether the hub is heard.
const HUB_HEARD: &str = "HubHeard";

/// Renews the lease, for ever. When the hub refuses the credential, a newer one is looked for.
pub(super) async fn beat(context: Arc<Context>, in_use: Arc<InUse>, join_file: PathBuf, identity: String) {
    let api: Api<Lease> = Api::namespaced(context.hub.clone(), &site_namespace(&context.site));
    let mut tick = tokio::time::interval(INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut known = Known::default();
    context.heard.now();
    loop {
        tick.tick().await;
        let mut since = context.hub_history.newest();
        let mut answer = known.renew(&api, &identity).await;
        if matches!(&answer, Err(kube::Error::Api(status)) if status.code == 409) {
            // Nobody else writes it. Either one of our own signs arrived whose answer did not, or the hub's store is not the one
            // that took the last sign of life.
            if !known.is_own(&api).await {
                context.hub_history.went_back();
                since = context.hub_history.newest();
            }
            answer = known.renew(&api, &identity).await;
        }
        let said = match &answer {
            Ok(_) => Message::HubHeard {},
            Err(error) if is_refused(error) => Message::CredentialRefused { site: context.site.to_string() },
            Err(_) => Message::HubUnreachable {},
        };
        match &answer {
            // The version that the renewal got is that of the hub's store as a whole.
            Ok(lease) => {
                context.heard.now();
                context.hub_history.see(Versioned::version(lease), since);
            }
            Err(error) => {
                context.hub_history.note_break();
                warn!(error = chain(error), "the hub did not take the sign of life");
            }
        }
        if context.hub_history.broke_within(DOUBT) && another_leads(&context).await {
            info!("another leads than was known before the link broke: everything is read anew");
            context.hub_history.read_anew();
        }
        // A person who joins the site again puts a new file in place of the old: looked for whenever one is needed.
        if matches!(said, Message::CredentialRefused { .. }) || context.verdicts.other_hub() {
            rejoin(&context, &in_use, &join_file).await;
        }
        if let Err(error) = note(&context, said).await {
            warn!(error = chain(&error), "cannot note whether the hub is heard");
        }
    }
}

/// Whether the hub tells another term than the one that the watch brought. A restored hub always does, as its leader begins anew,
/// and the watch may wait for versions that the restored store has used already.
async fn another_leads(context: &Context) -> bool {
    let hub = site_namespace(&context.site);
    let bundles: Api<SiteBundle> = Api::namespaced(context.hub.clone(), &hub);
    // What cannot be read now is read at the next sign of life.
    let Ok(told) = bundles.get(TERM_SET).await else { return false };
    let known = context.bundles.get(&hub, TERM_SET);
    known.is_some_and(|known| known.spec.order != told.spec.order)
}

/// What is known of the site's own lease.
#[derive(Default)]
struct Known {
    /// Its version when it was last seen.
    version: Option<String>,
    /// The signs that were sent since and not answered, the newest last.
    unanswered: Vec<MicroTime>,
}

/// How many unanswered signs are remembered: as many as fit into an hour.
const UNANSWERED: usize = 360;

impl Known {
    /// Renews the lease as it was left.
    async fn renew(&mut self, api: &Api<Lease>, identity: &str) -> kube::Result<Lease> {
        // In microseconds, as the lease carries it: what is read back is compared with it.
        let now = Timestamp::from_microsecond(Timestamp::now().as_microsecond()).unwrap_or_default();
        let mut patch = json!({"spec": {"renewTime": MicroTime(now), "holderIdentity": identity}});
        if let Some(version) = &self.version {
            patch["metadata"] = json!({"resourceVersion": version});
        }
        self.unanswered.push(MicroTime(now));
        if self.unanswered.len() > UNANSWERED {
            self.unanswered.remove(0);
        }
        let answer = api.patch(AGENT, &PatchParams::default(), &Patch::Merge(&patch)).await;
        if let Ok(lease) = &answer {
            self.version = lease.resource_version();
            self.unanswered.clear();
        }
        answer
    }

    /// Whether what stands in the lease is a sign of ours that was not answered. What stands is taken for known in any case.
    async fn is_own(&mut self, api: &Api<Lease>) -> bool {
        // A patch that changes nothing returns the object, and needs no right to read it.
        let standing = api.patch(AGENT, &PatchParams::default(), &Patch::Merge(&json!({}))).await;
        let Ok(lease) = standing else { return true };
        self.version = lease.resource_version();
        let renewed = lease.spec.and_then(|spec| spec.renew_time);
        renewed.is_some_and(|renewed| self.unanswered.contains(&renewed))
    }
}

fn is_refused(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if matches!(status.code, 401 | 403))
}

/// While another replica leads: takes what that one renewed or a person put there, for ever. The watches of one that stands by end
/// with its credential too.
pub(super) async fn stand_by(context: Arc<Context>, in_use: Arc<InUse>, join_file: PathBuf) {
    let mut tick = tokio::time::interval(INTERVAL);
    loop {
        tick.tick().await;
        if context.heard.ago().is_none() {
            rejoin(&context, &in_use, &join_file).await;
        }
    }
}

async fn rejoin(context: &Context, in_use: &InUse, join_file: &Path) {
    match read_join_file(join_file).await {
        // To observe from now on is to begin anew, with other rights and another reading of the site.
        Ok(join) if join.observe && !context.observes => {
            warn!("the join file is for observing only; restart the agent to take it");
        }
        Ok(join) => match in_use.take_newer(&join.config, &context.local).await {
            Ok(true) => {
                info!("a newer credential was taken");
                follow(context, join.epoch);
            }
            Ok(false) => {}
            Err(error) => warn!(error = format!("{error:#}"), "cannot use the newer credential"),
        },
        Err(said) => warn!(message = %said),
    }
}

/// Follows the hub that a newer join file names.
fn follow(context: &Context, epoch: String) {
    if context.epoch.replace(epoch) {
        info!(epoch = context.epoch.get(), "following another hub id, as the new join file says");
        for set in memory::sets(context).into_iter().chain(context.verdicts.all().into_keys()) {
            context.sets.add((String::new(), set));
        }
        super::report::touch(context);
    }
}

/// Says on the site whether the hub is heard, when that changes.
async fn note(context: &Context, said: Message) -> Result<(), Error> {
    let Some(object) = context.memory.get(SYSTEM_NAMESPACE, TERM_SET) else { return Ok(()) };
    let holds = if matches!(said, Message::HubHeard {}) { Holds::True } else { Holds::False };
    let mut status = object.status.clone().unwrap_or_default();
    // It speaks of the link, not of the generation of the term that it stands beside.
    set(&mut status.conditions, HUB_HEARD, holds, &[said], None, context.clock.now());
    memory::note(context, TERM_SET, &status).await
}
