//! How much of each department's allotment is in use here.

use std::time::Duration;

use crds::UsedShare;
use plan::measured::Measured;
use plan::names::site_namespace;
use plan::usage::share;

use super::context::Context;
use super::{lending, memory};
use crate::runtime::apply::Kept;
use crate::runtime::cache::Change;

/// How long changes of use alone are gathered: whoever decides by it looks at days.
const GATHER: Duration = Duration::from_secs(15);

/// How much of the allotment of a set is in use, nothing for what has none.
pub(super) fn of(context: &Context, set: &str) -> Option<UsedShare> {
    let held = memory::first(context, set)?;
    let shares = held.spec.accepted.allotment.as_ref()?;
    let allotted = Measured::parse(&shares.lot.as_ref()?.amounts).ok()?;
    let used = shares.namespaces.iter().filter_map(|share| lending::live(context, &share.namespace));
    let used: Vec<Measured> = used.map(|live| live.used).collect();
    share(&Measured::sum(&used), &allotted)
}

/// A quota changed: what is said of the use may be no longer true.
pub(super) fn changed(context: &Context, change: &Change<'_, Kept>) {
    let Some(set) = change.new.and_then(|quota| quota.set.as_deref()) else { return };
    let said = context.said.in_namespace(&site_namespace(&context.site));
    let mut said = said.iter().flat_map(|(_, report)| &report.status).flat_map(|status| &status.sets);
    if said.find(|one| one.set == set).is_some_and(|one| one.used != of(context, set)) {
        context.reports.add_after((String::new(), "report".to_owned()), GATHER);
    }
}
