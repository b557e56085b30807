//! What every slice of the hub can see and use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crds::{
    AccessGrant, Allotment, Approval, ApprovalPolicy, Budget, DataCenter, Department, District, EscrowLedger,
    Grant, IsolationProfile, Message, Order, Removal, ResourceRequest, Ruling, SiteBundle, SiteReport,
    System, Term, WorkCalendar, Workspace, WorkspaceSet,
};
use k8s_openapi::api::coordination::v1::Lease;
use kube::{Client, ResourceExt};
use plan::admittance::{AGENT, STRANGER};
use plan::bundle::{Content, TERM_SET, shard_name};
use plan::data_center::{Heard, ToldSet};
use plan::names::{SiteName, site_namespace};
use plan::report::Said;
use tokio::sync::watch;
use tokio::time::Instant;

use super::egress::Exit;
use super::flows::Neighbours;
use crate::admission::Admission;
use crate::runtime::apply::Objects;
use crate::runtime::cache::{Cache, Key};
use crate::runtime::clock::Clock;
use crate::runtime::history::History;
use crate::runtime::lacks::Lacks;
use crate::runtime::metrics::Metrics;
use crate::runtime::queue::Queue;
use crate::runtime::records::Records;
use crate::runtime::status::StatusWriter;
use crate::vault::Vault;

/// Everything that is read from the hub's API server.
#[derive(Default)]
pub(crate) struct Caches {
    pub districts: Arc<Cache<District>>,
    pub data_centers: Arc<Cache<DataCenter>>,
    pub departments: Arc<Cache<Department>>,
    pub profiles: Arc<Cache<IsolationProfile>>,
    pub systems: Arc<Cache<System>>,
    pub workspaces: Arc<Cache<Workspace>>,
    pub sets: Arc<Cache<WorkspaceSet>>,
    pub access_grants: Arc<Cache<AccessGrant>>,
    pub removals: Arc<Cache<Removal>>,
    pub rulings: Arc<Cache<Ruling>>,
    pub policies: Arc<Cache<ApprovalPolicy>>,
    pub calendars: Arc<Cache<WorkCalendar>>,
    pub requests: Arc<Cache<ResourceRequest>>,
    pub approvals: Arc<Cache<Approval>>,
    pub budgets: Arc<Cache<Budget>>,
    pub grants: Arc<Cache<Grant>>,
    pub ledgers: Arc<Cache<EscrowLedger>>,
    pub allotments: Arc<Cache<Allotment>>,
    pub bundles: Arc<Cache<SiteBundle>>,
    pub reports: Arc<Cache<SiteReport>>,
    pub leases: Arc<Cache<Lease>>,
}

/// What is to be looked at, by slice.
#[derive(Default)]
pub(crate) struct Queues {
    pub districts: Arc<Queue>,
    pub data_centers: Arc<Queue>,
    pub departments: Arc<Queue>,
    pub profiles: Arc<Queue>,
    pub systems: Arc<Queue>,
    pub workspaces: Arc<Queue>,
    pub sets: Arc<Queue>,
    pub access_grants: Arc<Queue>,
    pub removals: Arc<Queue>,
    pub rulings: Arc<Queue>,
    pub policies: Arc<Queue>,
    pub calendars: Arc<Queue>,
    pub requests: Arc<Queue>,
    /// Keyed by department: all its budgets and grants.
    pub budgets: Arc<Queue>,
    /// Keyed by site namespace and department.
    pub allotments: Arc<Queue>,
    /// Keyed by department: all its orders to all sites.
    pub orders: Arc<Queue>,
    /// One key for all of the webhook.
    pub admission: Arc<Queue>,
    /// Keyed by department: what it has in the secret store.
    pub secrets: Arc<Queue>,
}

/// What a slice works with.
pub(crate) struct Context {
    pub client: Client,
    pub caches: Caches,
    pub queues: Queues,
    pub objects: Objects,
    pub status: StatusWriter,
    /// Writes what the secret store brings about, beside what is said of departments otherwise.
    pub status_of_secrets: StatusWriter,
    /// The secret store, if there is one.
    pub vault: Option<Vault>,
    pub metrics: Arc<Metrics>,
    pub lacks: Arc<Lacks>,
    pub clock: Clock,
    /// Whether the hub's own store went back.
    pub history: Arc<History>,
    pub silence: Duration,
    pub hearing: Hearing,
    pub holders: Holders,
    /// Why orders are not told, by site namespace and set.
    pub held: Notes,
    /// Why a share is not granted, by site namespace and the workspace's namespace.
    pub refused: Notes,
    /// Why a site does not have all of its allotment, by site namespace and department.
    pub waiting: Notes,
    pub neighbours: Neighbours,
    pub exit: Exit,
    /// Held while a grant is written: what one takes of a budget the next one must see.
    pub granting: tokio::sync::Mutex<()>,
    /// Steps of workspaces that are not written down yet.
    pub steps: Steps,
    /// What was decided and done, kept for good.
    pub records: Records,
    /// The webhook, with the keys that seal.
    pub admission: Arc<Admission>,
}

/// Who this leader is: nothing is told without it.
#[derive(Clone, Debug)]
pub(crate) struct Leadership {
    /// The hub's id.
    pub epoch: String,
    /// This leadership.
    pub term: Term,
}

/// When each site was last heard, on this process's own clock: the site's clock proves nothing.
#[derive(Debug)]
pub(crate) struct Hearing {
    since: Instant,
    /// By lease.
    sites: Mutex<BTreeMap<Key, Sign>>,
}

/// The renewal that was read last, and when it was seen to be a new one.
type Sign = (Option<String>, Option<Instant>);

impl Default for Hearing {
    fn default() -> Self {
        Self { since: Instant::now(), sites: Mutex::default() }
    }
}

impl Hearing {
    /// Takes a lease of a site's namespace as it was read. Whether it was *renewed* is known only from the second look on.
    pub(crate) fn observe(&self, lease: &Key, renewed: Option<String>) {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        match sites.get_mut(lease) {
            Some((known, heard)) if *known != renewed => {
                *known = renewed;
                *heard = Some(Instant::now());
            }
            Some(_) => {}
            None => {
                sites.insert(lease.clone(), (renewed, None));
            }
        }
    }

    /// When a site was heard last.
    pub(crate) fn of(&self, site: &SiteName, limit: Duration) -> Heard {
        self.of_lease(site, AGENT, limit)
    }

    /// When another cluster was heard last under the name of a site.
    pub(crate) fn of_other(&self, site: &SiteName, limit: Duration) -> Heard {
        self.of_lease(site, STRANGER, limit)
    }

    fn of_lease(&self, site: &SiteName, lease: &str, limit: Duration) -> Heard {
        let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        match sites.get(&(site_namespace(site), lease.to_owned())).and_then(|(_, heard)| *heard) {
            Some(heard) => Heard::Ago(heard.elapsed()),
            None if self.since.elapsed() >= limit => Heard::Ago(self.since.elapsed()),
            None => Heard::NotYetKnown,
        }
    }
}

/// Which workspace holds which namespace on the sites: two passes at a time cannot take one name.
#[derive(Debug, Default)]
pub(crate) struct Holders(Mutex<BTreeMap<String, Key>>);

impl Holders {
    /// Who holds a namespace, other than `own`.
    pub(crate) fn other(&self, namespace: &str, own: &Key) -> Option<String> {
        let holders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        holders
            .get(namespace)
            .filter(|holder| *holder != own)
            .map(|(namespace, name)| format!("{namespace}/{name}"))
    }

    /// Takes a namespace for a workspace. The first to hold it keeps it.
    pub(crate) fn take(&self, namespace: &str, own: &Key) {
        let mut holders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        holders.entry(namespace.to_owned()).or_insert_with(|| own.clone());
    }
}

/// Since when something that is under way has another step to tell. It is written down that it is under way when the next step,
/// or the last, does not come soon: a roll-out of hundreds would else write each step of each.
#[derive(Debug, Default)]
pub(crate) struct Steps(Mutex<BTreeMap<Key, Instant>>);

impl Steps {
    /// How long a step waits to be written.
    const WAIT: Duration = Duration::from_secs(10);

    /// How long to wait still for what comes next, if at all.
    pub(crate) fn left(&self, key: &Key) -> Option<Duration> {
        let mut steps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = *steps.entry(key.clone()).or_insert_with(Instant::now);
        Self::WAIT.checked_sub(since.elapsed()).filter(|left| !left.is_zero())
    }

    /// What is true is written down.
    pub(crate) fn taken(&self, key: &Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// What one slice found out and others say, by place.
#[derive(Debug, Default)]
pub(crate) struct Notes(Mutex<BTreeMap<Key, Message>>);

impl Notes {
    /// Remembers what is to be said of a place, or that nothing is; says whether that is new.
    pub(crate) fn set(&self, place: Key, why: Option<Message>) -> bool {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match &why {
            Some(why) => held.insert(place, why.clone()),
            None => held.remove(&place),
        };
        before != why
    }

    /// What is to be said of a place.
    pub(crate) fn get(&self, place: &Key) -> Option<Message> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(place).cloned()
    }
}

/// Shards of a report, read as one.
pub(crate) fn said(shards: &[Arc<SiteReport>]) -> Said<'_> {
    Said::new(shards.iter().filter_map(|shard| shard.status.as_ref()))
}

/// Rulings, as `plan` takes them.
pub(crate) fn persons(rulings: &[Arc<Ruling>]) -> Vec<&Ruling> {
    rulings.iter().map(|ruling| &**ruling).collect()
}

/// The order that stands for a set at a site, with its content.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// The order.
    pub order: Order,
    /// What it says, nothing when its shards are not all there.
    pub content: Option<Content>,
    /// The version of the first shard, which says which order stands.
    pub version: Option<String>,
}

impl Caches {
    /// The order that stands for a set in a site's namespace.
    pub(crate) fn standing(&self, namespace: &str, set: &str) -> Option<Standing> {
        let first = self.bundles.get(namespace, set)?;
        let order = first.spec.order.clone();
        let names = (1..first.spec.shard.count).map(|index| shard_name(set, &order.digest, index));
        let rest: Vec<Arc<SiteBundle>> =
            names.filter_map(|name| self.bundles.get(namespace, &name)).collect();
        let specs: Vec<_> = std::iter::once(&first).chain(&rest).map(|bundle| &bundle.spec).collect();
        let content = Content::assemble(&specs).ok();
        Some(Standing { order, content, version: first.resource_version() })
    }

    /// What a site says, all shards in their order; [`said`] reads them as one.
    pub(crate) fn reports(&self, namespace: &str) -> Vec<Arc<SiteReport>> {
        let shards = self.reports.in_namespace(namespace).into_iter().map(|(_, shard)| shard);
        let mut shards: Vec<Arc<SiteReport>> = shards.filter(|shard| shard.status.is_some()).collect();
        shards.sort_by_key(|shard| shard.spec.shard);
        shards
    }

    /// What persons ruled about a site.
    pub(crate) fn rulings(&self, namespace: &str) -> Vec<Arc<Ruling>> {
        self.rulings.in_namespace(namespace).into_iter().map(|(_, ruling)| ruling).collect()
    }

    /// The orders that stand for a site, by set, without the one that tells the term.
    pub(crate) fn told(&self, namespace: &str, held: &Notes) -> BTreeMap<String, ToldSet> {
        let bundles = self.bundles.in_namespace(namespace).into_iter();
        let first = bundles.filter(|(_, bundle)| bundle.spec.shard.index == 0 && bundle.spec.set != TERM_SET);
        let told = first.map(|(_, bundle)| {
            let set = bundle.spec.set.clone();
            let held = held.get(&(namespace.to_owned(), set.clone()));
            (set, ToldSet { order: bundle.spec.order.id(), held })
        });
        told.collect()
    }

    /// Whether each first list was read.
    fn readiness(&self) -> [watch::Receiver<bool>; 21] {
        let Self {
            districts,
            data_centers,
            departments,
            profiles,
            systems,
            workspaces,
            sets,
            access_grants,
            removals,
            rulings,
            policies,
            calendars,
            requests,
            approvals,
            budgets,
            grants,
            ledgers,
            allotments,
            bundles,
            reports,
            leases,
        } = self;
        [
            districts.readiness(),
            data_centers.readiness(),
            departments.readiness(),
            profiles.readiness(),
            systems.readiness(),
            workspaces.readiness(),
            sets.readiness(),
            access_grants.readiness(),
            removals.readiness(),
            rulings.readiness(),
            policies.readiness(),
            calendars.readiness(),
            requests.readiness(),
            approvals.readiness(),
            budgets.readiness(),
            grants.readiness(),
            ledgers.readiness(),
            allotments.readiness(),
            bundles.readiness(),
            reports.readiness(),
            leases.readiness(),
        ]
    }

    /// Whether every first list was read.
    pub(crate) fn is_ready(&self) -> bool {
        self.readiness().iter().all(|ready| *ready.borrow())
    }

    /// Waits for every first list.
    pub(crate) async fn wait_until_ready(&self) {
        for mut ready in self.readiness() {
            // The senders live as long as the caches, so waiting cannot fail.
            let _ = ready.wait_for(|ready| *ready).await;
        }
    }
}
