//! What the agent can see and use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crds::{AppliedBundle, Message, SetPhase, SiteBundle, SiteReport};
use k8s_openapi::api::core::v1::Node;
use kube::{Client, Config};
use plan::measured::Measured;
use plan::names::{DepartmentName, SiteName};
use plan::usage::allocatable;
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;

use super::burial::Burials;
use super::drift::Fights;
use crate::runtime::apply::Objects;
use crate::runtime::cache::{Cache, Versioned};
use crate::runtime::clients::acting_as;
use crate::runtime::clock::Clock;
use crate::runtime::history::History;
use crate::runtime::lacks::Lacks;
use crate::runtime::metrics::Metrics;
use crate::runtime::queue::Queue;
use crate::runtime::status::StatusWriter;

/// What is kept of a node: a whole one takes kilobytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeFact {
    version: u64,
    /// Whether it is Ready.
    pub ready: bool,
    /// What it leaves to pods.
    pub allocatable: Measured,
}

impl NodeFact {
    pub(super) fn new(node: Node) -> Self {
        let conditions = node.status.as_ref().and_then(|status| status.conditions.as_ref());
        let ready = conditions.into_iter().flatten().any(|c| c.type_ == "Ready" && c.status == "True");
        Self { version: Versioned::version(&node), ready, allocatable: allocatable(&node) }
    }
}

impl Versioned for NodeFact {
    fn version(&self) -> u64 {
        self.version
    }
}

/// What a pass of the agent works with.
pub(super) struct Context {
    pub site: SiteName,
    /// The uid of the site's cluster.
    pub cluster: String,
    pub epoch: Epoch,
    /// Whether it only reports: no order is accepted and nothing is written on the site but the agent's own.
    pub observes: bool,
    /// The site's own API server.
    pub local: Client,
    /// The hub's API server, with the site's credential.
    pub hub: Client,
    pub objects: Objects,
    pub status: StatusWriter,
    pub clock: Clock,
    pub metrics: Arc<Metrics>,
    pub lacks: Arc<Lacks>,
    /// Orders on the hub.
    pub bundles: Arc<Cache<SiteBundle>>,
    /// The agent's memory.
    pub memory: Arc<Cache<AppliedBundle>>,
    pub nodes: Arc<Cache<NodeFact>>,
    /// What the hub has of this site's words.
    pub said: Arc<Cache<SiteReport>>,
    /// Whether the hub's store went back.
    pub hub_history: Arc<History>,
    /// Whether the site's own store went back.
    pub local_history: Arc<History>,
    pub fights: Fights,
    pub burials: Burials,
    /// Keyed by set.
    pub sets: Arc<Queue>,
    /// One key: the report.
    pub reports: Arc<Queue>,
    pub verdicts: Verdicts,
    pub counted: super::lending::Counted,
    /// Who signs the tokens of the site's ServiceAccounts.
    pub issuer: super::issuer::Issuer,
    pub executors: Executors,
    pub heard: HubHeard,
    pub gathering: AsyncMutex<super::report::Gathering>,
    pub version: String,
    /// When the process began.
    pub begun: Instant,
}

/// The id of the hub that this site follows. A person changes it by joining the site again.
#[derive(Debug)]
pub(super) struct Epoch(Mutex<String>);

impl Epoch {
    pub(super) fn new(epoch: String) -> Self {
        Self(Mutex::new(epoch))
    }

    pub(super) fn get(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes another one; says whether it is another.
    pub(super) fn replace(&self, epoch: String) -> bool {
        let mut own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let other = *own != epoch;
        *own = epoch;
        other
    }
}

/// When the hub was heard last, on this process's own clock; at first when it began to listen.
#[derive(Debug, Default)]
pub(super) struct HubHeard(Mutex<Option<Instant>>);

impl HubHeard {
    pub(super) fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// How long ago; nothing for a process that does not listen, because another leads.
    pub(super) fn ago(&self) -> Option<Duration> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).map(|at| at.elapsed())
    }
}

/// Why the newest order of a set was not accepted. Not in the memory: what was refused is not remembered, only judged again.
#[derive(Debug, Default)]
pub(super) struct Verdicts(Mutex<BTreeMap<String, (SetPhase, Message)>>);

impl Verdicts {
    pub(super) fn set(&self, set: &str, verdict: Option<(SetPhase, Message)>) {
        let mut verdicts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match verdict {
            Some(verdict) => verdicts.insert(set.to_owned(), verdict),
            None => verdicts.remove(set),
        };
    }

    pub(super) fn all(&self) -> BTreeMap<String, (SetPhase, Message)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether any order came from another hub than the one that this site follows.
    pub(super) fn other_hub(&self) -> bool {
        let verdicts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        verdicts.values().any(|(_, said)| matches!(said, Message::OtherEpoch { .. }))
    }
}

/// Clients that act as the departments' executors, made when first needed.
pub(super) struct Executors {
    config: Config,
    clients: Mutex<BTreeMap<DepartmentName, Client>>,
}

impl Executors {
    pub(super) fn new(config: Config) -> Self {
        Self { config, clients: Mutex::default() }
    }

    pub(super) fn of(&self, department: &DepartmentName) -> anyhow::Result<Client> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(department) {
            return Ok(client.clone());
        }
        let user = format!("system:serviceaccount:{}:{department}", crds::labels::EXECUTOR_NAMESPACE);
        let client = acting_as(&self.config, &user)?;
        clients.insert(department.clone(), client.clone());
        Ok(client)
    }
}
