//! What the site says to the hub: the term it heard, and what it made of every set. Sent when it says something else.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crds::{ReportedSet, SetPhase, SiteFacts, SiteReport, SiteReportStatus};
use kube::api::{Api, Patch, PatchParams};
use plan::bundle::TERM_SET;
use plan::conditions::{READY, find};
use plan::data_center::REPORT;
use plan::names::site_namespace;
use serde_json::json;
use tokio::time::Instant;

use super::context::Context;
use super::memory;
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;
use crate::runtime::metrics::named;

/// How long changes are gathered into one report.
const GATHER: Duration = Duration::from_millis(50);
/// Longest time that a report waits for passes that are still running.
const LONGEST_GATHER: Duration = Duration::from_secs(1);
/// Longest message in a report, in characters; the schema takes 2,048.
const MESSAGE: usize = 1024;

/// What was sent last.
#[derive(Debug, Default)]
pub(super) struct Sent {
    last: Option<SiteReportStatus>,
    waiting_since: Option<Instant>,
    settled_once: bool,
}

/// Something that the report says may have changed.
pub(super) fn touch(context: &Context) {
    context.reports.add_after((String::new(), REPORT.to_owned()), GATHER);
}

/// One pass: say what is true now, unless it was said already.
pub(super) async fn pass(context: Arc<Context>) -> Result<Pass, Error> {
    let mut sent = context.sent.lock().await;
    let since = *sent.waiting_since.get_or_insert_with(Instant::now);
    // While passes are running the truth is about to change; at the start none of it is known.
    if !context.sets.is_idle() && (!sent.settled_once || since.elapsed() < LONGEST_GATHER) {
        return Ok(Pass { outcome: Outcome::Waiting("passes".into()), again: Some(GATHER) });
    }
    sent.settled_once = true;
    sent.waiting_since = None;
    let status = compose(&context);
    let api: Api<SiteReport> = Api::namespaced(context.hub.clone(), &site_namespace(&context.site));
    if sent.last.is_none() {
        let failed = |source| Error::Read { what: "the site's report".into(), source: Box::new(source) };
        sent.last = Some(api.get(REPORT).await.map_err(failed)?.status.unwrap_or_default());
    }
    if sent.last.as_ref() == Some(&status) {
        return Ok(Outcome::Applied.into());
    }
    let patch = json!({
        "apiVersion": "zhengyun.io/v1alpha1",
        "kind": "SiteReport",
        "metadata": {"name": REPORT},
        "status": status
    });
    let parameters = PatchParams::apply("zhengyun-site").force();
    api.patch_status(REPORT, &parameters, &Patch::Apply(&patch)).await.map_err(|source| Error::Status {
        kind: "SiteReport".into(),
        name: REPORT.into(),
        source: Box::new(source),
    })?;
    context.metrics.writes.get_or_create(&named("SiteReport")).inc();
    sent.last = Some(status);
    Ok(Outcome::Applied.into())
}

fn compose(context: &Context) -> SiteReportStatus {
    let ready = context.nodes.all().iter().filter(|(_, node)| node.ready).count();
    let term = memory::recall(context, TERM_SET).map(|term| term.order.term);
    SiteReportStatus {
        epoch: context.epoch.clone(),
        term,
        facts: SiteFacts {
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
            kubernetes_version: context.version.clone(),
            ready_nodes: u32::try_from(ready).unwrap_or(u32::MAX),
            namespaces: u32::try_from(context.objects.our_namespaces()).unwrap_or(u32::MAX),
        },
        sets: sets(context),
    }
}

fn sets(context: &Context) -> Vec<ReportedSet> {
    let verdicts = context.verdicts.all();
    let all: BTreeSet<String> = memory::sets(context).into_iter().chain(verdicts.keys().cloned()).collect();
    let reported = all.into_iter().filter(|set| set != TERM_SET || verdicts.contains_key(set)).map(|set| {
        let held = memory::recall(context, &set);
        let status = held.as_ref().and_then(|held| held.object.status.clone()).unwrap_or_default();
        let current =
            |order: &&crds::Order| held.as_ref().is_some_and(|held| held.order.digest == order.digest);
        let own = match status.phase {
            Some(SetPhase::Applied) if status.applied.as_ref().is_some_and(|order| current(&order)) => {
                SetPhase::Applied
            }
            Some(SetPhase::Blocked) => SetPhase::Blocked,
            _ => SetPhase::Accepted,
        };
        let waiting = find(&status.conditions, READY).filter(|ready| ready.status != "True");
        let (phase, message) = match verdicts.get(&set) {
            Some((phase, said)) => (*phase, said.to_string()),
            None => (own, waiting.map(|ready| ready.message.clone()).unwrap_or_default()),
        };
        ReportedSet {
            set,
            phase,
            revision: held.as_ref().map_or(0, |held| held.order.revision),
            accepted: held.map(|held| held.order.digest).unwrap_or_default(),
            applied: status.applied.map(|order| order.digest).unwrap_or_default(),
            message: message.chars().take(MESSAGE).collect(),
        }
    });
    reported.collect()
}
