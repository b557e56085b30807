//! When a leadership must end though its lease holds.
//!
//! | seen | why it ends |
//! |---|---|
//! | an order of a newer term, or of another leadership of the same number, in the hub's own store | another leads |
//! | orders of this term that lend what no ledger knows | the ledger was lost: in a new term the sites say what is still to be counted |
//! | another id of the hub | a person made this another hub |
//! | a term not below ours, of another leadership, heard by most of the sites that are heard | the hub was restored: the next term is above what they heard |
//! | such a term heard by a site about which a ruling is open | the same, for that site |
//!
//! One site that lies about terms, and about which no ruling is open, ends nothing unless it is the only one that is heard; and then
//! each leadership lives for half a minute at the least.

use std::time::Duration;

use plan::conditions::{READY, find};
use plan::data_center::Heard;
use plan::names::{DepartmentName, site_of};
use plan::order::{ahead, superseded};
use plan::report::held;
use plan::ruling;
use tokio::time::Instant;

use super::context::{Context, Leadership, persons, said};
use super::{identity, lending};

/// How long a leadership lives at the least before most sites' words end it: reports may still be those of before, and a site that
/// lies shall not be able to do it often.
const SETTLING: Duration = Duration::from_secs(30);
/// Between two looks at the hub's id, which only a person changes.
const IDENTITY: Duration = Duration::from_secs(5);

/// Returns why this leadership has ended.
pub(super) async fn ended(context: &Context, leadership: &Leadership) -> String {
    let begun = Instant::now();
    let mut look = tokio::time::interval(Duration::from_secs(1));
    let mut asked = Instant::now();
    loop {
        look.tick().await;
        let told = context.caches.bundles.all();
        let newer = told.iter().find(|(_, bundle)| superseded(&bundle.spec.order.term, &leadership.term));
        if let Some((_, bundle)) = newer {
            return format!("another leader told term {}", bundle.spec.order.term.number);
        }
        let lost = told.iter().filter(|(_, bundle)| bundle.spec.shard.index == 0).find(|(_, bundle)| {
            let department = DepartmentName::parse(&bundle.spec.set).ok();
            department.is_some_and(|department| {
                context.caches.ledger(&department).is_none()
                    && lending::was_lost(context, leadership, &department)
            })
        });
        if let Some((_, bundle)) = lost {
            return format!("the ledger of {} was lost", bundle.spec.set);
        }
        if let Some(why) = sites_are_ahead(context, leadership, begun.elapsed() >= SETTLING) {
            return why;
        }
        if asked.elapsed() >= IDENTITY {
            asked = Instant::now();
            // What cannot be read now is read the next time.
            if let Ok(Some(epoch)) = identity::known(&context.client).await
                && epoch != leadership.epoch
            {
                return "the hub's id was changed".into();
            }
        }
    }
}

fn sites_are_ahead(context: &Context, leadership: &Leadership, settled: bool) -> Option<String> {
    let (mut heard, mut before_us) = (0_usize, 0_usize);
    for ((_, name), _) in context.caches.data_centers.all() {
        let Some(site) = site_of(&format!("site-{name}")) else { continue };
        let namespace = plan::names::site_namespace(&site);
        let reports = context.caches.reports(&namespace);
        let said = said(&reports);
        let Some(head) = said.head().filter(|head| head.epoch == leadership.epoch) else { continue };
        let newer = head.term.as_ref().filter(|term| ahead(term, &leadership.term));
        // One that was carried out says nothing about what the site says now.
        let mut rulings = context.caches.rulings(&namespace);
        rulings.retain(|ruling| {
            let conditions = ruling.status.as_ref().map(|status| status.conditions.as_slice());
            find(conditions.unwrap_or_default(), READY).is_none_or(|ready| ready.status != "True")
        });
        let persons = persons(&rulings);
        if let Some(newer) = newer
            && said.sets().iter().any(|(set, reported)| ruling::follows(&persons, set, &held(Some(reported))))
        {
            return Some(format!("{site}, about which a person ruled, heard term {}", newer.number));
        }
        if matches!(context.hearing.of(&site, context.silence), Heard::Ago(ago) if ago < context.silence) {
            heard += 1;
            before_us += usize::from(newer.is_some());
        }
    }
    (settled && before_us * 2 > heard)
        .then(|| format!("{before_us} of {heard} sites heard a newer term: the hub was restored"))
}
