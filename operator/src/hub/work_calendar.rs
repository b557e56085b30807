//! Working days: whether a calendar counts.

use std::sync::Arc;

use crds::WorkCalendarStatus;
use plan::conditions::{Holds, READY, set};
use plan::work_calendar::{Calendars, judge};

use super::context::{Context, Leadership};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over a `WorkCalendar`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    _: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(calendar) = context.caches.calendars.get("", &name) else { return Ok(Outcome::Skipped.into()) };
    let all = context.caches.calendars.all();
    let all = all.iter().map(|((_, name), other)| (name.as_str(), &other.spec));
    let (holds, said) = match judge((&name, &calendar.spec), all) {
        Ok(said) => (Holds::True, vec![said]),
        Err(findings) => (Holds::False, findings),
    };
    let mut status: WorkCalendarStatus = calendar.status.clone().unwrap_or_default();
    set(&mut status.conditions, READY, holds, &said, calendar.metadata.generation, context.clock.now());
    context.status.cluster(&context.caches.calendars, &calendar, &status).await?;
    Ok(Outcome::Applied.into())
}

/// All that are published, as one.
pub(crate) fn calendars(context: &Context) -> Calendars {
    let all = context.caches.calendars.all();
    Calendars::of(
        all.iter()
            .map(|(_, calendar)| (calendar.metadata.name.as_deref().unwrap_or_default(), &calendar.spec)),
    )
}
