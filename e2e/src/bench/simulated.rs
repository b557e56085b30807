//! A simulated site: a client that speaks the protocol of orders as an agent does, with nothing behind it.
//!
//! The one place of the benchmarks that knows the format of orders and reports; decisions are those of `plan`.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use crds::{
    Order, ReportedSet, SetPhase, SiteBundle, SiteBundleSpec, SiteFacts, SiteReport, SiteReportStatus, Term,
};
use futures::StreamExt as _;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Event};
use kube::{Api, Client, Config, ResourceExt as _};
use plan::admittance::AGENT;
use plan::bundle::{Content, TERM_SET};
use plan::order::{Answer, accept};
use plan::report::shard_name;
use serde_json::json;
use tokio::time::Instant;

use crate::control_plane::ControlPlane;

/// Between two signs of life, as an agent gives them.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(10);
/// How long changes are gathered into one report, as an agent does.
const GATHER: Duration = Duration::from_millis(50);
/// How long a report that was not taken waits.
const RETRY: Duration = Duration::from_millis(500);
/// Field manager of an agent's reports.
const MANAGER: &str = "zhengyun-site";

/// A client with a site's own credential, by way of `link` or directly.
pub(super) async fn client(hub: &ControlPlane, site: &str, link: Option<SocketAddr>) -> Result<Client> {
    let file = hub.account_kubeconfig(&format!("site-{site}"), AGENT).await?;
    let mut kubeconfig = Kubeconfig::read_from(file).context("read a site's credential")?;
    if let (Some(link), Some(cluster)) =
        (link, kubeconfig.clusters.iter_mut().find_map(|c| c.cluster.as_mut()))
    {
        cluster.server = Some(format!("https://{link}"));
    }
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
    Client::try_from(config.context("use a site's credential")?).context("make a client of a site")
}

/// The time as leases carry it.
pub(super) fn now() -> MicroTime {
    MicroTime(Timestamp::now())
}

/// What an agent would remember.
struct Memory {
    site: String,
    epoch: String,
    term: Option<Term>,
    /// The shards as they stand on the hub, by name.
    told: BTreeMap<String, SiteBundleSpec>,
    held: BTreeMap<String, Order>,
}

/// Is the site until dropped; ends only when an order is not one that it can follow. What fails otherwise is tried again, as an
/// agent would.
pub(super) async fn run(client: Client, site: String, epoch: String) -> Result<Infallible> {
    let namespace = format!("site-{site}");
    let bundles: Api<SiteBundle> = Api::namespaced(client.clone(), &namespace);
    let leases: Api<Lease> = Api::namespaced(client.clone(), &namespace);
    let reports: Api<SiteReport> = Api::namespaced(client, &namespace);
    let mut orders = pin!(watcher::watcher(bundles, watcher::Config::default()).default_backoff());
    let mut beat = tokio::time::interval(HEARTBEAT);
    let mut memory = Memory { site, epoch, term: None, told: BTreeMap::new(), held: BTreeMap::new() };
    // An agent says at its start who it is.
    let mut due = Some(Instant::now() + GATHER);
    loop {
        let next = due.unwrap_or_else(|| Instant::now() + HEARTBEAT);
        tokio::select! {
            event = orders.next() => match event.context("a simulated site's watch has ended")? {
                Ok(event) => if memory.take(event)? {
                    due.get_or_insert_with(|| Instant::now() + GATHER);
                },
                Err(error) => memory.failed("watch its orders", &error),
            },
            _ = beat.tick() => {
                let patch = json!({"spec": {"renewTime": now(), "holderIdentity": "simulated"}});
                let renewed = leases.patch(AGENT, &PatchParams::default(), &Patch::Merge(&patch)).await;
                if let Err(error) = renewed {
                    memory.failed("renew its lease", &error);
                }
            }
            () = tokio::time::sleep_until(next), if due.is_some() => {
                // All of it fits into the first shard: a simulated site has few sets.
                let patch = json!([{"op": "add", "path": "/status", "value": memory.report()}]);
                let patch = serde_json::from_value(patch).context("make a patch of a report")?;
                let parameters =
                    PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() };
                let said = reports.patch_status(&shard_name(0), &parameters, &Patch::Json::<()>(patch)).await;
                due = said.is_err().then(|| Instant::now() + RETRY);
                if let Err(error) = said {
                    memory.failed("report", &error);
                }
            }
        }
    }
}

impl Memory {
    fn failed(&self, what: &str, error: &dyn std::error::Error) {
        eprintln!("the simulated site {} could not {what}, trying again: {error}", self.site);
    }

    /// Takes what the watch shows; whether the report says something else now.
    fn take(&mut self, event: Event<SiteBundle>) -> Result<bool> {
        match event {
            Event::Apply(bundle) | Event::InitApply(bundle) => {
                let set = bundle.spec.set.clone();
                self.told.insert(bundle.name_any(), bundle.spec);
                self.judge(&set)
            }
            Event::Delete(bundle) => {
                self.told.remove(&bundle.name_any());
                Ok(false)
            }
            Event::Init | Event::InitDone => Ok(false),
        }
    }

    fn judge(&mut self, set: &str) -> Result<bool> {
        let shards: Vec<&SiteBundleSpec> = self.told.values().filter(|shard| shard.set == set).collect();
        let Some(first) = shards.iter().find(|shard| shard.shard.index == 0) else { return Ok(false) };
        let order = first.order.clone();
        if set == TERM_SET {
            let newer = self.term.as_ref().is_none_or(|term| order.term.number > term.number);
            if newer {
                self.term = Some(order.term);
            }
            return Ok(newer);
        }
        let Ok(content) = Content::assemble(&shards) else { return Ok(false) };
        let newest = self.held.values().map(|order| &order.term).chain(&self.term).max_by_key(|t| t.number);
        match accept(set, self.held.get(set), newest, &self.epoch, &order) {
            Answer::Accept => {}
            Answer::Held | Answer::Stale => return Ok(false),
            Answer::Quarantine(why) => bail!("the simulated site {} refuses {set}: {why}", self.site),
        }
        if content.seal(order.clone()).context("write a set as JSON")? != order {
            bail!("the simulated site {} was told {set} with a digest that is not its own", self.site);
        }
        if let Err(why) = plan::site::wanted(&content) {
            bail!("the simulated site {} does not understand {set}: {why}", self.site);
        }
        self.held.insert(set.to_owned(), order);
        Ok(true)
    }

    /// Everything that is held is in force: there is nothing that could stand in its way.
    fn report(&self) -> SiteReportStatus {
        let reported = |(set, order): (&String, &Order)| ReportedSet {
            set: set.clone(),
            phase: SetPhase::Applied,
            revision: order.revision,
            accepted: order.digest.clone(),
            applied: order.digest.clone(),
            ..ReportedSet::default()
        };
        SiteReportStatus {
            shards: 1,
            epoch: self.epoch.clone(),
            term: self.term.clone(),
            records: self.told.values().filter_map(|bundle| bundle.records.clone()).max(),
            facts: SiteFacts {
                agent_version: "simulated".into(),
                kubernetes_version: "none".into(),
                ready_nodes: 1,
                namespaces: u32::try_from(self.held.len()).unwrap_or(u32::MAX),
                ..SiteFacts::default()
            },
            issuer: None,
            sets: self.held.iter().map(reported).collect(),
        }
    }
}
