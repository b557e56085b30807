//! One of several replicas leads.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::bail;
use crds::Message;
use crds::labels::SYSTEM_NAMESPACE;
use k8s_controller::LeaderElection;
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::Client;
use kube::api::{Api, PostParams};
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

use super::lacks::Lacks;
use super::metrics::Metrics;

/// Between two looks at the rights of one that does not lead.
const LOOK: Duration = Duration::from_secs(10);

/// Waits until the process is told to stop.
pub(crate) async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    info!(outcome = "stopped", "told to stop");
    Ok(())
}

/// Runs `work` while this process leads. On a signal the leadership is handed over at once; when it is lost, the process is to end,
/// so that nothing of it outlives the lease.
pub(crate) async fn lead<F>(
    client: Client,
    (lease, identity): (&str, &str),
    metrics: Arc<Metrics>,
    lacks: &Lacks,
    work: F,
) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<()>>,
{
    let election = LeaderElection::new(client.clone(), SYSTEM_NAMESPACE, lease, identity);
    let leads = AtomicBool::new(false);
    let leading = async {
        leads.store(true, Ordering::Relaxed);
        metrics.leader.set(1);
        work.await
    };
    tokio::select! {
        ended = election.with_lease(leading) => match ended {
            Some(ended) => ended,
            None => bail!("the lease {lease} was lost"),
        },
        stopped = told_to_stop() => { election.release().await; stopped }
        () = look_at_rights(client, lease, &leads, lacks) => Ok(()),
    }
}

/// The election tries for ever and in silence: says what it lacks for that, for ever.
async fn look_at_rights(client: Client, lease: &str, leads: &AtomicBool, lacks: &Lacks) {
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client);
    let mut tick = tokio::time::interval(LOOK);
    loop {
        tick.tick().await;
        let refused = if leads.load(Ordering::Relaxed) { None } else { refused(&reviews, lease).await };
        lacks.note("leadership", refused);
    }
}

async fn refused(reviews: &Api<SelfSubjectAccessReview>, lease: &str) -> Option<Message> {
    for verb in ["get", "create", "update"] {
        let attributes = ResourceAttributes {
            group: Some("coordination.k8s.io".into()),
            resource: Some("leases".into()),
            namespace: Some(SYSTEM_NAMESPACE.into()),
            name: (verb != "create").then(|| lease.to_owned()),
            verb: Some(verb.into()),
            ..ResourceAttributes::default()
        };
        let spec =
            SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..Default::default() };
        let review = SelfSubjectAccessReview { spec, ..SelfSubjectAccessReview::default() };
        // What cannot be asked now is asked the next time.
        let answer = reviews.create(&PostParams::default(), &review).await.ok()?;
        if answer.status.is_some_and(|status| !status.allowed) {
            let what = format!("{verb} leases.coordination.k8s.io {SYSTEM_NAMESPACE}/{lease}");
            return Some(Message::RightMissing { what, error: "SelfSubjectAccessReview".into() });
        }
    }
    None
}
