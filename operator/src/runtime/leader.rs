//! One of several replicas leads.

use std::future::Future;
use std::sync::Arc;

use anyhow::bail;
use crds::labels::SYSTEM_NAMESPACE;
use k8s_controller::LeaderElection;
use kube::Client;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

use super::metrics::Metrics;

/// Runs `work` while this process leads. On a signal the leadership is handed over at once; when it is lost, the process is to end,
/// so that nothing of it outlives the lease.
pub(crate) async fn lead<F>(
    client: Client,
    lease: &str,
    identity: &str,
    metrics: Arc<Metrics>,
    work: F,
) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<()>>,
{
    let election = LeaderElection::new(client, SYSTEM_NAMESPACE, lease, identity);
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let leading = async {
        metrics.leader.set(1);
        work.await
    };
    tokio::select! {
        ended = election.with_lease(leading) => match ended {
            Some(ended) => ended,
            None => bail!("the lease {lease} was lost"),
        },
        _ = terminated.recv() => { info!("told to stop"); election.release().await; Ok(()) }
        _ = interrupted.recv() => { info!("told to stop"); election.release().await; Ok(()) }
    }
}
