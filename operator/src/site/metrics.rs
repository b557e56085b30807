//! What is true of the site when Prometheus asks: all of it from what the agent knows, so that asking costs no API server anything.

use std::collections::BTreeMap;

use crds::SetPhase;
use crds::metrics;
use plan::bundle::TERM_SET;

use super::context::Context;
use super::credential::InUse;
use super::{memory, report};
use crate::runtime::metrics::Facts;

/// Says how the site is.
pub(super) fn look(context: &Context, in_use: &InUse, facts: &mut Facts) {
    if let Some(ago) = context.heard.ago() {
        facts.say(&metrics::HUB_CONTACT_AGE, &[], ago.as_secs_f64());
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 stay far below 2^53")]
    facts.say(&metrics::CREDENTIAL_EXPIRY, &[], in_use.expires() as f64);
    let ready = context.nodes.all().iter().filter(|(_, node)| node.ready).count();
    facts.count(&metrics::NODES_READY, &[], ready);
    facts.count(&metrics::NAMESPACES, &[], context.objects.our_namespaces().len());
    sets(context, facts);
}

fn sets(context: &Context, facts: &mut Facts) {
    let verdicts = context.verdicts.all();
    let mut counts = BTreeMap::from(
        [
            SetPhase::Accepted,
            SetPhase::Applied,
            SetPhase::Blocked,
            SetPhase::Quarantined,
            SetPhase::Contested,
        ]
        .map(|phase| (state(phase), 0)),
    );
    let mut phases: BTreeMap<String, SetPhase> =
        verdicts.into_iter().map(|(set, (phase, _))| (set, phase)).collect();
    for set in memory::sets(context).into_iter().filter(|set| set != TERM_SET) {
        let Some(held) = memory::first(context, &set) else { continue };
        let status = held.status.clone().unwrap_or_default();
        phases.entry(set).or_insert_with(|| report::own_phase(&status, &held.spec.accepted.order));
    }
    for phase in phases.into_values() {
        *counts.entry(state(phase)).or_default() += 1;
    }
    for (state, count) in counts {
        facts.count(&metrics::SETS, &[("state", state)], count);
    }
}

fn state(phase: SetPhase) -> &'static str {
    match phase {
        SetPhase::Accepted => "accepted",
        SetPhase::Applied => "applied",
        SetPhase::Blocked => "blocked",
        SetPhase::Quarantined => "quarantined",
        SetPhase::Contested => "contested",
        SetPhase::Forgotten => "forgotten",
    }
}
