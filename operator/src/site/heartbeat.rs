//! The sign of life: the site's lease on the hub, renewed while the link is up, and what the site says of the link.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crds::labels::SYSTEM_NAMESPACE;
use crds::{Message, SiteBundle};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use plan::admittance::{AGENT, STRANGER};
use plan::bundle::TERM_SET;
use plan::conditions::{Holds, set};
use plan::joining::{CLUSTER, CREDENTIAL_ENDS, LACKS};
use plan::names::site_namespace;
use serde_json::{Value, json};
use tracing::{info, warn};

use super::context::Context;
use super::credential::InUse;
use super::link::{self, Link};
use super::{cluster, memory};
use crate::join_file::{JoinFile, read_join_file};
use crate::runtime::cache::Versioned;
use crate::runtime::error::{Error, chain};
use crate::runtime::lacks::lack_of;
use crate::runtime::log::code_of;

/// Between two signs: several fit into the shortest silence that a hub should be set to.
const INTERVAL: Duration = Duration::from_secs(10);
/// For how long after a break of the link the hub's term is compared with what the watch brought.
const DOUBT: Duration = Duration::from_mins(10);
/// The condition of the remembered term that says whether the hub is heard.
const HUB_HEARD: &str = "HubHeard";
/// What reading the join file again is called where it is lacking.
const JOIN_FILE: &str = "the join file";

/// How the agent of this process was started, which a newer join file may contradict.
pub(super) struct Begun {
    pub(super) in_use: InUse,
    pub(super) file: PathBuf,
    /// What it was joined with.
    pub(super) join: JoinFile,
    /// Name of this replica.
    pub(super) identity: String,
}

/// Renews the lease. When the hub does not take the sign, a newer join file is looked for; ends with why this process cannot use it.
pub(super) async fn beat(context: Arc<Context>, begun: Arc<Begun>) -> String {
    let own: Api<Lease> = Api::namespaced(context.hub.clone(), &site_namespace(&context.site));
    let mut tick = tokio::time::interval(INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut known, mut link) = (Known::default(), Link::default());
    let mut unwritten = false;
    context.heard.now();
    loop {
        tick.tick().await;
        let answer = match cluster::ask(&context).await {
            Ok(true) => sign(&context, &begun, &own, &mut known).await.map(|()| true),
            Ok(false) => stranger(&context, &begun, &own).await.map(|()| false),
            Err(error) => Err(error),
        };
        let said = match &answer {
            Ok(false) => Message::NotThisCluster { site: context.site.to_string() },
            answer => link::judge(&context.site, answer),
        };
        link.tell(&context, &said, &answer);
        if answer.is_err() {
            context.hub_history.note_break();
        }
        if context.hub_history.broke_within(DOUBT) && another_leads(&context).await {
            info!(
                outcome = "restored",
                slice = "link",
                "another leads than was known before the link broke: everything is read anew"
            );
            context.hub_history.read_anew();
        }
        // A person who joins the site again puts a new file in place of the old: looked for whenever one may be needed.
        let needed = !matches!(said, Message::HubHeard {}) || context.verdicts.other_hub();
        if needed && let Err(why) = rejoin(&context, &begun).await {
            return why;
        }
        let failed = note(&context, said).await.err();
        if let Some(error) = failed.as_ref().filter(|_| !unwritten) {
            let said = lack_of(error).unwrap_or_else(|| Message::PassFailed { error: String::new() });
            warn!(
                outcome = "failed",
                slice = "link",
                code = code_of(&said),
                cause = chain(error),
                "cannot note whether the hub is heard"
            );
        }
        unwritten = failed.is_some();
    }
}

/// One sign of life of the cluster that speaks for the site.
async fn sign(context: &Context, begun: &Begun, api: &Api<Lease>, known: &mut Known) -> kube::Result<()> {
    let annotations = annotations(context, begun);
    let mut since = context.hub_history.newest();
    let mut answer = known.renew(api, &begun.identity, &annotations).await;
    if matches!(&answer, Err(kube::Error::Api(status)) if status.code == 409) {
        // Nobody else writes it. Either one of our own signs arrived whose answer did not, or the hub's store is not the one
        // that took the last sign of life.
        if !known.is_own(api).await {
            context.hub_history.went_back();
            since = context.hub_history.newest();
        }
        answer = known.renew(api, &begun.identity, &annotations).await;
    }
    let lease = answer?;
    // The version that the renewal got is that of the hub's store as a whole.
    context.heard.now();
    context.hub_history.see(Versioned::version(&lease), since);
    Ok(())
}

/// What a sign of life says beside the time.
fn annotations(context: &Context, begun: &Begun) -> Value {
    let ends = Timestamp::from_second(begun.in_use.expires()).map(|ends| ends.to_string()).ok();
    // What concerns the link itself the hub knows better.
    let lacks = context.lacks.all().into_iter().filter(|(what, _)| what != "hub");
    let lacks: Vec<String> = lacks.map(|(what, lack)| format!("{what} (ZY-{})", lack.code())).collect();
    let lacks = Some(lacks.join(", ")).filter(|lacks| !lacks.is_empty());
    json!({CLUSTER: context.cluster, CREDENTIAL_ENDS: ends, LACKS: lacks})
}

/// The sign of a cluster that the hub does not follow, by a lease of its own: people at the hub are to know of it.
async fn stranger(context: &Context, begun: &Begun, api: &Api<Lease>) -> kube::Result<()> {
    let spec = json!({"renewTime": MicroTime(Timestamp::now()), "holderIdentity": begun.identity});
    let patch = json!({"metadata": {"annotations": {CLUSTER: context.cluster}}, "spec": spec});
    api.patch(STRANGER, &PatchParams::default(), &Patch::Merge(&patch)).await.map(drop)
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
    async fn renew(&mut self, api: &Api<Lease>, identity: &str, annotations: &Value) -> kube::Result<Lease> {
        // In microseconds, as the lease carries it: what is read back is compared with it.
        let now = Timestamp::from_microsecond(Timestamp::now().as_microsecond()).unwrap_or_default();
        let spec = json!({"renewTime": MicroTime(now), "holderIdentity": identity});
        let mut patch = json!({"metadata": {"annotations": annotations}, "spec": spec});
        if let Some(version) = &self.version {
            patch["metadata"]["resourceVersion"] = json!(version);
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

/// While another replica leads: takes what that one renewed or a person put there. The watches of one that stands by end with its
/// credential too. Ends with why this process cannot use it.
pub(super) async fn stand_by(context: Arc<Context>, begun: Arc<Begun>) -> String {
    let mut tick = tokio::time::interval(INTERVAL);
    loop {
        tick.tick().await;
        if context.heard.ago().is_none()
            && let Err(why) = rejoin(&context, &begun).await
        {
            return why;
        }
    }
}

/// Takes a newer credential. What else a newer file says differently is taken by beginning anew: another reading of the site, other
/// rights, another address.
async fn rejoin(context: &Context, begun: &Begun) -> Result<(), String> {
    let join = match read_join_file(&begun.file).await {
        Ok(join) => join,
        Err(said) => {
            let Message::BadJoinFile { path, error } = said else { return Ok(()) };
            context.lacks.note(JOIN_FILE, Some(Message::JoinAwaited { path, error }));
            return Ok(());
        }
    };
    context.lacks.note(JOIN_FILE, None);
    if let Some(other) = differs(&begun.join, &join) {
        return Err(format!("the join file says another {other}: beginning anew"));
    }
    match begun.in_use.take_newer(&join, &context.local, &context.lacks).await {
        Ok(true) => {
            info!(
                outcome = "taken",
                slice = "credential",
                expires = begun.in_use.expires(),
                "a newer credential was taken"
            );
            follow(context, join.epoch);
        }
        Ok(false) => {}
        Err(error) => {
            let said = Message::PassFailed { error: chain(error.as_ref()) };
            warn!(outcome = "failed", slice = "credential", code = code_of(&said), cause = %said, "cannot use the newer credential");
        }
    }
    Ok(())
}

/// What a newer join file says differently and a running process cannot take.
fn differs(begun: &JoinFile, now: &JoinFile) -> Option<&'static str> {
    let (was, is) = (&begun.config, &now.config);
    if begun.site != now.site {
        return Some("site");
    }
    if begun.observe != now.observe {
        return Some("observe");
    }
    let same = was.cluster_url == is.cluster_url
        && was.root_cert == is.root_cert
        && was.tls_server_name == is.tls_server_name;
    (!same).then_some("hub address or CA")
}

/// Follows the hub that a newer join file names.
fn follow(context: &Context, epoch: String) {
    if context.epoch.replace(epoch) {
        info!(
            outcome = "taken",
            slice = "epoch",
            epoch = context.epoch.get(),
            "following another hub id, as the new join file says"
        );
        cluster::look_at_all(context);
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
