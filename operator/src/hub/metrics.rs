//! What is true of the district when Prometheus asks: all of it from the caches, so that asking costs the API server nothing.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crds::metrics;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::Resource;
use plan::Readiness;
use plan::admittance::Standing;
use plan::conditions::readiness;
use plan::data_center::{Heard, is_live};
use plan::measured::Measured;
use plan::names::{SiteName, site_namespace, site_of};
use plan::ruling::standing;

use super::context::{Caches, Context, persons};
use crate::runtime::cache::Cache;
use crate::runtime::metrics::Facts;

/// Says how the district is.
pub(super) fn look(context: &Context, facts: &mut Facts) {
    sites(context, facts);
    objects(&context.caches, facts);
    allotments(&context.caches, facts);
}

/// The sites that are in use; one that was given up is not missed.
fn sites(context: &Context, facts: &mut Facts) {
    for ((_, name), room) in context.caches.data_centers.all() {
        let Ok(site) = SiteName::parse(&name) else { continue };
        let rulings = context.caches.rulings(&site_namespace(&site));
        if !is_live(&room.spec) || standing(&persons(&rulings)) == Standing::Abandoned {
            continue;
        }
        let at = [("site", name.as_str())];
        // A process that was just started does not know yet.
        if let Heard::Ago(ago) = context.hearing.of(&site, context.silence) {
            facts.say(&metrics::SITE_CONTACT_AGE, &at, ago.as_secs_f64());
        }
        let Some(status) = &room.status else { continue };
        let ready = readiness(&status.conditions, room.metadata.generation) == Readiness::Ready;
        facts.count(&metrics::SITE_READY, &at, usize::from(ready));
        let counts = status.sets.unwrap_or_default();
        for (state, count) in [
            ("told", counts.told),
            ("accepted", counts.accepted),
            ("applied", counts.applied),
            ("blocked", counts.blocked),
            ("quarantined", counts.quarantined),
            ("contested", counts.contested),
            ("unknown", counts.unknown),
        ] {
            facts.say(&metrics::SITE_SETS, &[("site", &name), ("state", state)], f64::from(count));
        }
    }
}

fn objects(caches: &Caches, facts: &mut Facts) {
    count(
        "DataCenter",
        &caches.data_centers,
        |it| it.status.as_ref().map(|status| &*status.conditions),
        facts,
    );
    count(
        "Department",
        &caches.departments,
        |it| it.status.as_ref().map(|status| &*status.conditions),
        facts,
    );
    count("System", &caches.systems, |it| it.status.as_ref().map(|status| &*status.conditions), facts);
    count("Workspace", &caches.workspaces, |it| it.status.as_ref().map(|status| &*status.conditions), facts);
    count("WorkspaceSet", &caches.sets, |it| it.status.as_ref().map(|status| &*status.conditions), facts);
    count(
        "AccessGrant",
        &caches.access_grants,
        |it| it.status.as_ref().map(|status| &*status.conditions),
        facts,
    );
    count("Removal", &caches.removals, |it| it.status.as_ref().map(|status| &*status.conditions), facts);
    count("Ruling", &caches.rulings, |it| it.status.as_ref().map(|status| &*status.conditions), facts);
    count("Budget", &caches.budgets, |it| it.status.as_ref().map(|status| &*status.conditions), facts);
    count("Grant", &caches.grants, |it| it.status.as_ref().map(|status| &*status.conditions), facts);
    count("Allotment", &caches.allotments, |it| it.status.as_ref().map(|status| &*status.conditions), facts);
}

fn count<K: Resource + Debug>(
    kind: &str,
    cache: &Cache<K>,
    conditions: impl Fn(&K) -> Option<&[Condition]>,
    facts: &mut Facts,
) {
    let mut counts = BTreeMap::from([("true", 0), ("false", 0), ("unknown", 0)]);
    for (_, object) in cache.all() {
        let ready = match readiness(conditions(&object).unwrap_or_default(), object.meta().generation) {
            Readiness::Ready => "true",
            Readiness::Refused => "false",
            Readiness::NotJudged => "unknown",
        };
        *counts.entry(ready).or_default() += 1;
    }
    for (ready, count) in counts {
        facts.count(&metrics::OBJECTS, &[("kind", kind), ("ready", ready)], count);
    }
}

/// Sums over departments: as many values as there are sites, however many departments there are.
fn allotments(caches: &Caches, facts: &mut Facts) {
    let mut sums: BTreeMap<(String, &str), Measured> = BTreeMap::new();
    for ((namespace, _), allotment) in caches.allotments.all() {
        let Some(site) = site_of(&namespace) else { continue };
        let status = allotment.status.as_ref();
        let amounts = [
            ("granted", Some(&allotment.spec.granted)),
            ("told", status.and_then(|status| status.told.as_ref())),
            ("counted", status.and_then(|status| status.counted.as_ref())),
        ];
        for (stage, amounts) in amounts {
            let amount = amounts.and_then(|amounts| Measured::parse(amounts).ok()).unwrap_or_default();
            let sum = sums.entry((site.to_string(), stage)).or_default();
            *sum = sum.plus(&amount);
        }
    }
    for ((site, stage), sum) in sums {
        for (resource, value) in sum.base_units() {
            let labels = [("site", site.as_str()), ("resource", resource), ("stage", stage)];
            facts.say(&metrics::ALLOTMENTS, &labels, value);
        }
    }
}
