//! The agent of a site: takes orders from the hub, remembers them, keeps them in force, and reports.
//!
//! Its links are outbound. With the hub gone it goes on from its memory, across its own restarts.

mod burial;
mod cluster;
mod context;
mod credential;
mod drift;
mod enforce;
mod heartbeat;
mod issuer;
mod lending;
mod link;
mod memory;
mod metrics;
mod orders;
mod report;
mod start;
mod usage;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crds::SiteReport;
use crds::labels::SYSTEM_NAMESPACE;
use crds::metrics::Component;
use futures::FutureExt;
use futures::future::join_all;
use k8s_openapi::api::core::v1::Node;
use kube::core::DeserializeGuard;
use kube::runtime::watcher::Config as Selector;
use kube::{Api, Config};
use plan::names::site_namespace;
use plan::site::KEPT;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tracing::info;

use self::burial::Burials;
use self::context::{Context, Epoch, Executors, HubHeard, NodeFact, Verdicts};
use self::drift::Fights;
use self::heartbeat::Begun;
use self::issuer::Issuer;
use self::start::Started;
use crate::runtime::apply::{Kept, KeptApi, Objects};
use crate::runtime::cache::Change;
use crate::runtime::clients::{Clients, configuration};
use crate::runtime::clock::Clock;
use crate::runtime::drive::drive;
use crate::runtime::events::Pod;
use crate::runtime::health::Board;
use crate::runtime::history::History;
use crate::runtime::lacks::Lacks;
use crate::runtime::metrics::Metrics;
use crate::runtime::queue::Queue;
use crate::runtime::status::StatusWriter;
use crate::runtime::streams::{Broken, Source, feed};
use crate::runtime::{events, health, leader, log};

/// Field manager of everything that the agent writes.
const MANAGER: &str = "zhengyun-site";
/// The lease on the site that one replica holds.
const LEASE: &str = "zhengyun-site";
/// Who waited longer than this for the lease stood by; whoever leads at once has just read everything.
const STOOD_BY: Duration = Duration::from_secs(30);
/// Sets at a time: as many as keep a site's API server busy and leave it room.
const CONCURRENCY: usize = 8;

/// How the agent is started.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Args {
    /// The file that `kubectl zhengyun site join` printed.
    #[arg(long)]
    pub hub_kubeconfig: PathBuf,
    /// Credentials for the site's own API server; left out, those of the pod.
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
    /// Only reports, whatever the join file says.
    #[arg(long)]
    pub observe: bool,
}

/// Runs the agent until it is told to stop or loses its leadership. What it lacks it waits for.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let config = configuration(args.kubeconfig.as_deref()).await?;
    let local = Clients::new(config.clone())?;
    let lacks = Arc::new(Lacks::default());
    let waiting = Metrics::new(Component::Site, None);
    let board = Board::new(move || waiting.text(|_| {}), Arc::clone(&lacks));
    let pod = Pod { name: args.identity.clone(), uid: args.pod_uid.clone() };
    let beside = async {
        tokio::join!(
            health::serve(args.listen, board.clone()),
            events::tell(&lacks, local.request.clone(), pod)
        );
    };
    let agent = async {
        let started = tokio::select! {
            started = start::started(&args.hub_kubeconfig, &local.request, &lacks) => started,
            stopped = leader::told_to_stop() => return stopped,
        };
        log::name_site(started.join.site.as_str());
        Box::pin(agent(args.clone(), (config, &local), started, (&lacks, &board))).await
    };
    tokio::select! {
        () = beside => anyhow::bail!("the health server has ended"),
        ended = agent => ended,
    }
}

/// Runs the agent that has what it needs.
async fn agent(
    args: Args,
    (config, local): (Config, &Clients),
    started: Started,
    (lacks, board): (&Arc<Lacks>, &Board),
) -> anyhow::Result<()> {
    let Started { join, in_use, version, cluster } = started;
    let hub = Clients::with_bearer(join.config.clone(), &in_use.bearer)?;
    let metrics = Metrics::new(Component::Site, Some(join.site.as_str()));
    // Either word is enough: neither a forgotten flag nor an old file makes an observer act.
    let observes = args.observe || join.observe;
    let looked_at = KEPT.iter().filter(|kind| !observes || kind.kind == "Namespace");
    let kept = looked_at.map(|kind| KeptApi::new(kind.group, "v1", kind.kind, kind.plural, kind.namespaced));
    let context = Arc::new(Context {
        site: join.site.clone(),
        cluster,
        epoch: Epoch::new(join.epoch.clone()),
        observes,
        local: local.request.clone(),
        hub: hub.request.clone(),
        objects: Objects::new(kept.collect(), local.request.clone(), MANAGER, Arc::clone(&metrics)),
        status: StatusWriter::new(local.request.clone(), MANAGER, Arc::clone(&metrics)),
        clock: Clock::system(),
        metrics: Arc::clone(&metrics),
        lacks: Arc::clone(lacks),
        bundles: Arc::default(),
        memory: Arc::default(),
        nodes: Arc::default(),
        said: Arc::default(),
        hub_history: Arc::new(History::new("hub")),
        local_history: Arc::new(History::new("site")),
        fights: Fights::default(),
        burials: Burials::default(),
        sets: Arc::new(Queue::default()),
        reports: Arc::new(Queue::default()),
        verdicts: Verdicts::default(),
        counted: lending::Counted::default(),
        issuer: Issuer::default(),
        executors: Executors::new(config),
        heard: HubHeard::default(),
        gathering: Mutex::default(),
        version,
        begun: Instant::now(),
    });
    connect(&context);
    let begun = Begun { in_use, file: args.hub_kubeconfig, join, identity: args.identity.clone() };
    let begun = Arc::new(begun);
    board.show(
        {
            let (context, begun) = (Arc::clone(&context), Arc::clone(&begun));
            move || context.metrics.text(|facts| metrics::look(&context, &begun.in_use, facts))
        },
        {
            let context = Arc::clone(&context);
            // Not the hub's orders: a site whose link is cut is ready, and goes on from its memory.
            move || context.memory.is_ready() && context.objects.is_ready()
        },
    );
    let feeds = feeds(&context, local, &hub);
    let stand_by = heartbeat::stand_by(Arc::clone(&context), Arc::clone(&begun));
    let work = work(Arc::clone(&context), begun);
    let work = leader::lead(local.request.clone(), (LEASE, &args.identity), metrics, lacks, work);
    tokio::select! {
        () = feeds => anyhow::bail!("a watch has ended for good"),
        why = stand_by => anyhow::bail!(why),
        ended = work => ended,
    }
}

/// What the leader does. The link does not wait for what the agent lacks on its site: the hub is to hear of it.
async fn work(context: Arc<Context>, begun: Arc<Begun>) -> anyhow::Result<()> {
    // Who only stood by has not looked whether the hub's store went back, and reads all of it anew.
    if context.begun.elapsed() > STOOD_BY {
        context.hub_history.read_anew();
    }
    let renewal = credential::keep_renewed(Arc::clone(&context), Arc::clone(&begun));
    let known = async {
        context.said.wait_until_ready().await;
        cluster::look_at_all(&context);
    };
    tokio::select! {
        why = heartbeat::beat(Arc::clone(&context), begun) => anyhow::bail!(why),
        _ = async { tokio::join!(renewal, known, keep(&context)) } => Ok(()),
    }
}

/// Keeps the site as it is ordered, and reports.
async fn keep(context: &Arc<Context>) {
    context.memory.wait_until_ready().await;
    context.objects.wait_until_ready().await;
    context.nodes.wait_until_ready().await;
    info!(
        outcome = "leading",
        epoch = context.epoch.get(),
        observes = context.observes,
        "this replica leads"
    );
    report::touch(context);
    let (metrics, lacks) = (|| Arc::clone(&context.metrics), || Arc::clone(&context.lacks));
    let sets = drive("set", Arc::clone(&context.sets), CONCURRENCY, metrics(), lacks(), |(_, set)| {
        orders::pass(Arc::clone(context), set)
    });
    let reports = drive("report", Arc::clone(&context.reports), 1, metrics(), lacks(), |_| async {
        // The first report compares what the hub has with what is true: it needs the hub's orders too.
        context.bundles.wait_until_ready().await;
        context.said.wait_until_ready().await;
        report::pass(Arc::clone(context)).await
    });
    tokio::join!(sets, reports, issuer::keep_read(context));
}

/// Which change makes which set be looked at again.
fn connect(context: &Arc<Context>) {
    let weak = Arc::downgrade(context);
    context.bundles.subscribe(vec![{
        let weak = weak.clone();
        Box::new(move |change| {
            let set = change.new.or(change.old).map(|bundle| bundle.spec.set.clone());
            if let (Some(context), Some(set)) = (weak.upgrade(), set) {
                context.sets.add((String::new(), set));
            }
        })
    }]);
    context.memory.subscribe(vec![{
        let weak = weak.clone();
        Box::new(move |change| {
            let set = change.new.or(change.old).map(|object| object.spec.accepted.set.clone());
            if let (Some(context), Some(set)) = (weak.upgrade(), set) {
                context.sets.add((String::new(), set));
            }
        })
    }]);
    context.said.subscribe(vec![{
        let weak = weak.clone();
        Box::new(move |change: &Change<'_, SiteReport>| {
            let Some(context) = weak.upgrade() else { return };
            if change.old.and_then(cluster::mark) == change.new.and_then(cluster::mark) {
                report::touch(&context);
            } else {
                cluster::look_at_all(&context);
            }
        })
    }]);
    context.nodes.subscribe(vec![{
        let weak = weak.clone();
        Box::new(move |change: &Change<'_, NodeFact>| {
            let ready = |node: Option<&NodeFact>| node.filter(|node| node.ready).map(|node| node.allocatable);
            if let Some(context) = weak.upgrade()
                && ready(change.old) != ready(change.new)
            {
                report::touch(&context);
            }
        })
    }]);
    context.objects.subscribe(move |kind, change: &Change<'_, Kept>| {
        let Some(context) = weak.upgrade() else { return };
        if kind == "Namespace" {
            // Marked for adoption, or no longer: its order waits for that, and it may stand in no set yet.
            let marks = [change.old, change.new].into_iter().flatten().filter_map(Kept::adopting_set);
            for set in marks.collect::<BTreeSet<String>>() {
                context.sets.add((String::new(), set));
            }
            if context.observes && change.old.is_some() != change.new.is_some() {
                report::touch(&context);
            }
        }
        if kind == "ResourceQuota" {
            usage::changed(&context, change);
        }
        // An object that lost its label was ours before: both sides count.
        for set in [change.old, change.new].into_iter().flatten().filter_map(|object| object.set.as_deref()) {
            context.sets.add((String::new(), set.to_owned()));
        }
    });
}

async fn feeds(context: &Arc<Context>, local: &Clients, hub: &Clients) {
    let metrics = || Arc::clone(&context.metrics);
    // Over the link a whole list is dear; the sign of life finds out whether the hub's store went back.
    let there = || {
        let history = Arc::clone(&context.hub_history);
        Source { metrics: metrics(), history, broken: Broken::GoOn, lacks: None }
    };
    let here = || {
        let history = Arc::clone(&context.local_history);
        Source {
            metrics: metrics(),
            history,
            broken: Broken::ListAnew,
            lacks: Some(Arc::clone(&context.lacks)),
        }
    };
    let own = site_namespace(&context.site);
    let orders: Api<DeserializeGuard<crds::SiteBundle>> = Api::namespaced(hub.watch.clone(), &own);
    let said: Api<DeserializeGuard<crds::SiteReport>> = Api::namespaced(hub.watch.clone(), &own);
    let memory: Api<DeserializeGuard<crds::AppliedBundle>> =
        Api::namespaced(local.watch.clone(), SYSTEM_NAMESPACE);
    let nodes: Api<DeserializeGuard<Node>> = Api::all(local.watch.clone());
    let all = Selector::default;
    let feeds = [
        feed(orders, "SiteBundle", all(), Arc::clone(&context.bundles), there(), |bundle| bundle).boxed(),
        feed(said, "SiteReport", all(), Arc::clone(&context.said), there(), |report| report).boxed(),
        feed(memory, "AppliedBundle", all(), Arc::clone(&context.memory), here(), |object| object).boxed(),
        feed(nodes, "Node", all(), Arc::clone(&context.nodes), here(), NodeFact::new).boxed(),
        context.objects.feed(local.watch.clone(), here()).boxed(),
        context.local_history.keep_looking::<Node>(Api::all(local.request.clone())).boxed(),
    ];
    join_all(feeds).await;
}
