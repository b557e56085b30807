//! Access for hours: until when, who is let in where, and what the sites say of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crds::{AccessGrant, AccessGrantStatus, AccessPlace, Message};
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use plan::access::{AtSite, Decision, Open, decide, ready, state, tells};
use plan::conditions::{Holds, READY, set};
use plan::department::missing;
use plan::names::{DepartmentName, SiteName, department_namespace, department_of, site_namespace};
use plan::until::left;

use super::context::{Context, Leadership, said};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over an `AccessGrant`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    namespace: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(cached) = context.caches.access_grants.get(&namespace, &name) else {
        return Ok(Outcome::Skipped.into());
    };
    let Some(department) = department_of(&namespace) else { return Ok(Outcome::Skipped.into()) };
    let now = context.clock.now();
    let findings = findings(&context, &cached);
    let mut grant = cached;
    let mut decision = decide(&grant, now);
    let mut status: AccessGrantStatus = grant.status.clone().unwrap_or_default();
    if let Decision::Begins(_) = decision {
        if !findings.is_empty() {
            return refuse(&context, &grant, status, &findings, now).await;
        }
        // Its end is written once and never again: what the cache does not have yet may have been written by the pass before.
        let api: Api<AccessGrant> = Api::namespaced(context.client.clone(), &namespace);
        let read = |source| Error::Read { what: format!("AccessGrant {name}"), source: Box::new(source) };
        let Some(live) = api.get_opt(&name).await.map_err(read)? else { return Ok(Outcome::Skipped.into()) };
        grant = Arc::new(live);
        decision = decide(&grant, now);
        status = grant.status.clone().unwrap_or_default();
        if let Decision::Begins(until) = decision {
            status.until = Some(until.to_string());
            decision = Decision::Open(until);
        }
    } else if decision == Decision::Awaits && !findings.is_empty() {
        return refuse(&context, &grant, status, &findings, now).await;
    }
    if decision == Decision::EndedEarly && status.ended_at.is_none() {
        status.ended_at = Some(now.to_string());
    }
    let place = |site: &String| {
        let before = status.places.iter().find(|place| place.site == *site).map(|place| place.state);
        let state = state(decision, before, at_site(&context, &department, site, &name));
        AccessPlace { site: site.clone(), state }
    };
    status.places = grant.spec.sites.iter().map(place).collect();
    let (holds, message) = ready(&grant, decision, &status.places);
    set(&mut status.conditions, READY, holds, &[message], grant.metadata.generation, now);
    context.status.namespaced(&context.caches.access_grants, &grant, &status).await?;
    let again = match decision {
        Decision::Open(end) | Decision::ClockWentBack(end) => Some(left(end, now)),
        _ => None,
    };
    Ok(Pass { outcome: Outcome::Applied, again })
}

async fn refuse(
    context: &Context,
    grant: &AccessGrant,
    mut status: AccessGrantStatus,
    findings: &[Message],
    now: Timestamp,
) -> Result<Pass, Error> {
    set(&mut status.conditions, READY, Holds::False, findings, grant.metadata.generation, now);
    context.status.namespaced(&context.caches.access_grants, grant, &status).await?;
    Ok(Outcome::Applied.into())
}

/// What it names and is not there.
fn findings(context: &Context, grant: &AccessGrant) -> Vec<Message> {
    let namespace = grant.metadata.namespace.as_deref().unwrap_or_default();
    let workspaces = context.caches.workspaces.in_namespace(namespace).into_iter();
    let workspaces: Vec<String> = workspaces.map(|(name, _)| name).collect();
    let sites: Vec<String> =
        context.caches.data_centers.all().into_iter().map(|((_, name), _)| name).collect();
    let spec = &grant.spec;
    let unknown = |field: &str, wanted: &[String], kind: &str, there: &[String]| -> Vec<Message> {
        let named = wanted.iter().enumerate();
        named.filter_map(|(at, name)| missing(&format!("spec.{field}[{at}]"), name, kind, there)).collect()
    };
    let mut findings = unknown("workspaces", &spec.workspaces, "业务空间 Workspace", &workspaces);
    findings.extend(unknown("sites", &spec.sites, "机房 DataCenter", &sites));
    findings
}

fn at_site(context: &Context, department: &DepartmentName, site: &str, grant: &str) -> AtSite {
    let Ok(site) = SiteName::parse(site) else { return AtSite::default() };
    let at = site_namespace(&site);
    let Some(standing) = context.caches.standing(&at, department.as_str()) else { return AtSite::default() };
    let reports = context.caches.reports(&at);
    let confirmed =
        said(&reports).set(department.as_str()).is_some_and(|set| set.applied == standing.order.digest);
    AtSite { told: standing.content.is_some_and(|content| tells(&content, grant)), confirmed }
}

/// Who is let into a department's namespaces at a site, by what is written of it, and when that changes by itself.
pub(super) fn opened<T>(
    context: &Context,
    department: &DepartmentName,
    site: &SiteName,
    then: impl FnOnce(&[Open<'_>]) -> T,
) -> (T, Option<Timestamp>) {
    let home = department_namespace(department);
    let now = context.clock.now();
    let grants = context.caches.access_grants.in_namespace(&home);
    let at_site =
        grants.iter().filter(|(_, grant)| grant.spec.sites.iter().any(|named| named == site.as_str()));
    let open: Vec<Open<'_>> = at_site
        .filter_map(|(name, grant)| {
            // Before its end is written down nobody is let in.
            let Decision::Open(until) = decide(grant, now) else { return None };
            let spec = &grant.spec;
            let named = spec.workspaces.iter().filter_map(|name| context.caches.workspaces.get(&home, name));
            let namespaces: BTreeSet<String> =
                named.filter_map(|workspace| workspace.status.as_ref()?.namespace.clone()).collect();
            let (user, verbs, secrets) = (&spec.user, &spec.verbs, spec.secrets);
            Some(Open { grant: name, user, namespaces, verbs, secrets, until })
        })
        .collect();
    let next = open.iter().map(|one| one.until).min();
    (then(&open), next)
}
