//! The hub: one vertical slice per kind, each a function from a key to a pass.
//!
//! A pass reads facts from the caches (`dereference`), lets `plan` decide (`validate`, `build`), applies, and writes the status.

mod access_grant;
mod allotment;
mod approval_policy;
mod budget;
mod context;
mod data_center;
mod department;
mod district;
mod egress;
mod feeds;
mod flows;
mod identity;
mod isolation_profile;
mod joining;
mod leadership;
mod lending;
mod metrics;
mod orders;
mod removal;
mod request;
pub(crate) mod review;
mod ruling;
mod secrets;
mod system;
mod triggers;
mod work_calendar;
mod workspace;
mod workspace_set;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use crds::metrics::Component;
use futures::future::BoxFuture;
use futures::{FutureExt, future};
use tracing::{info, warn};

use self::context::{Caches, Hearing, Holders, Notes, Queues};
pub(crate) use self::context::{Context, Leadership};
use self::egress::Exit;
use self::flows::Neighbours;
use crate::admission::{self, Admission};
use crate::runtime::apply::Objects;
use crate::runtime::clients::{Clients, configuration};
use crate::runtime::clock::Clock;
use crate::runtime::drive::{Pass, drive};
use crate::runtime::error::{Error, chain};
use crate::runtime::events::Pod;
use crate::runtime::health::Board;
use crate::runtime::history::History;
use crate::runtime::lacks::Lacks;
use crate::runtime::metrics::Metrics;
use crate::runtime::queue::Queue;
use crate::runtime::records::Records;
use crate::runtime::status::StatusWriter;
use crate::runtime::{events, health, leader, log};
use crate::vault::{Vault, VaultArgs};

/// Field manager of everything that the hub writes.
pub(crate) const MANAGER: &str = "zhengyun-hub";
/// Field manager of what the secret store brings about.
const SECRETS_MANAGER: &str = "zhengyun-hub-secrets";
/// The lease that one replica holds.
const LEASE: &str = "zhengyun-hub";
/// Passes at a time in one slice: enough to keep two cores of an API server busy, few enough to leave it room.
const CONCURRENCY: usize = 8;

/// How the hub is started.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Args {
    /// Credentials for the hub's API server; left out, those of the pod.
    #[arg(long)]
    pub kubeconfig: Option<PathBuf>,
    /// Where health and metrics are served.
    #[arg(long, default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// Name of this replica, unique among all.
    #[arg(long, env = "POD_NAME")]
    pub identity: String,
    /// Uid of this replica's pod, for the events on it.
    #[arg(long, env = "POD_UID", hide = true)]
    pub pod_uid: Option<String>,
    /// Seconds without a sign of life after which a site is Unknown.
    #[arg(long, default_value_t = 60)]
    pub silence_seconds: u64,
    #[command(flatten)]
    pub admission: admission::Place,
    /// The secret store.
    #[command(flatten)]
    pub vault: VaultArgs,
}

/// Runs the hub until it is told to stop or loses its leadership.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let clients = Clients::new(configuration(args.kubeconfig.as_deref()).await?)?;
    let metrics = Metrics::new(Component::Hub, None);
    let client = clients.request.clone();
    let lacks = Arc::new(Lacks::default());
    let context = Arc::new(Context {
        client: client.clone(),
        caches: Caches::default(),
        queues: Queues::default(),
        objects: Objects::new(feeds::kept(), client.clone(), MANAGER, Arc::clone(&metrics)),
        status: StatusWriter::new(client.clone(), MANAGER, Arc::clone(&metrics)),
        status_of_secrets: StatusWriter::new(client.clone(), SECRETS_MANAGER, Arc::clone(&metrics)),
        vault: Vault::new(&args.vault, Arc::clone(&metrics)),
        metrics: Arc::clone(&metrics),
        lacks: Arc::clone(&lacks),
        clock: Clock::system(),
        history: Arc::new(History::new("hub")),
        silence: Duration::from_secs(args.silence_seconds),
        hearing: Hearing::default(),
        holders: Holders::default(),
        held: Notes::default(),
        refused: Notes::default(),
        waiting: Notes::default(),
        neighbours: Neighbours::default(),
        exit: Exit::default(),
        granting: tokio::sync::Mutex::default(),
        steps: context::Steps::default(),
        records: Records::new(client.clone(), Clock::system(), Arc::clone(&metrics)),
        admission: Arc::new(Admission::new(args.admission.admission_url.clone())),
    });
    triggers::connect(&context);
    let scraped = {
        let context = Arc::clone(&context);
        move || context.metrics.text(|facts| metrics::look(&context, facts))
    };
    let board = Board::new(scraped.clone(), Arc::clone(&lacks));
    let ready = {
        let context = Arc::clone(&context);
        move || context.caches.is_ready() && context.objects.is_ready() && context.admission.is_ready()
    };
    board.show(scraped, ready);
    let pod = Pod { name: args.identity.clone(), uid: args.pod_uid.clone() };
    let beside = async {
        tokio::join!(
            health::serve(args.listen, board),
            events::tell(&lacks, client.clone(), pod),
            admission::serve(args.admission.admission_listen, Arc::clone(&context)),
            admission::keep(Arc::clone(&context)),
        );
    };
    let mut era = context.history.era();
    let feeds = feeds::run(Arc::clone(&context), clients.watch);
    let work = work(Arc::clone(&context));
    let work = leader::lead(client.clone(), (LEASE, &args.identity), metrics, &lacks, work);
    tokio::select! {
        () = feeds => anyhow::bail!("a watch has ended for good"),
        () = beside => anyhow::bail!("the health server has ended"),
        ended = work => ended,
        // Leading or not: what this process knows is of a history that is no more, and a new one reads all of it.
        _ = era.changed() => anyhow::bail!("the hub's store went back to an earlier state"),
    }
}

/// What the leader does.
async fn work(context: Arc<Context>) -> anyhow::Result<()> {
    context.caches.wait_until_ready().await;
    context.objects.wait_until_ready().await;
    let leadership = Arc::new(identity::begin(&context).await.context("cannot begin a leadership")?);
    log::name_term(leadership.term.number);
    info!(outcome = "leading", epoch = leadership.epoch, "this replica leads");

    // Where it ends goes with every order. What cannot be read now is read when something is recorded.
    if let Err(error) = context.records.read().await {
        warn!(
            outcome = "failed",
            slice = "records",
            cause = chain(&error),
            "cannot read where the records end"
        );
    }
    let queues = &context.queues;
    // Certificates run out though nothing changes.
    queues.admission.add((String::new(), admission::CONFIGURATION.to_owned()));
    let slices: Vec<BoxFuture<'_, ()>> = vec![
        slice("district", &queues.districts, &context, &leadership, district::pass),
        slice("data_center", &queues.data_centers, &context, &leadership, data_center::pass),
        slice("department", &queues.departments, &context, &leadership, department::pass),
        slice("isolation_profile", &queues.profiles, &context, &leadership, isolation_profile::pass),
        slice("system", &queues.systems, &context, &leadership, system::pass),
        slice("workspace", &queues.workspaces, &context, &leadership, workspace::pass),
        slice("workspace_set", &queues.sets, &context, &leadership, workspace_set::pass),
        slice("access_grant", &queues.access_grants, &context, &leadership, access_grant::pass),
        slice("removal", &queues.removals, &context, &leadership, removal::pass),
        slice("ruling", &queues.rulings, &context, &leadership, ruling::pass),
        slice("work_calendar", &queues.calendars, &context, &leadership, work_calendar::pass),
        slice("approval_policy", &queues.policies, &context, &leadership, approval_policy::pass),
        slice("request", &queues.requests, &context, &leadership, request::pass),
        slice("budget", &queues.budgets, &context, &leadership, budget::pass),
        slice("allotment", &queues.allotments, &context, &leadership, allotment::pass),
        slice("admission", &queues.admission, &context, &leadership, admission::pass),
        slice("orders", &queues.orders, &context, &leadership, orders::pass),
        slice("secrets", &queues.secrets, &context, &leadership, secrets::pass),
    ];
    tokio::select! {
        _ = future::join_all(slices) => Ok(()),
        why = leadership::ended(&context, &leadership) => anyhow::bail!("this leadership has ended: {why}"),
    }
}

fn slice<'a, F, Fut>(
    name: &'static str,
    queue: &Arc<Queue>,
    context: &Arc<Context>,
    leadership: &Arc<Leadership>,
    pass: F,
) -> BoxFuture<'a, ()>
where
    F: Fn(Arc<Context>, Arc<Leadership>, String, String) -> Fut + Send + 'a,
    Fut: Future<Output = Result<Pass, Error>> + Send + 'a,
{
    let (context, leadership) = (Arc::clone(context), Arc::clone(leadership));
    let metrics = Arc::clone(&context.metrics);
    let lacks = Arc::clone(&context.lacks);
    drive(name, Arc::clone(queue), CONCURRENCY, metrics, lacks, move |(namespace, name)| {
        pass(Arc::clone(&context), Arc::clone(&leadership), namespace, name)
    })
    .boxed()
}
