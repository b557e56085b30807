//! Secrets: what each department has in the secret store, kept in a queue of its own so that nothing else waits for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crds::{Department, DepartmentStatus, Message};
use plan::Readiness;
use plan::admittance::Standing;
use plan::conditions::{Holds, find, readiness, set};
use plan::names::{DepartmentName, SiteName, site_namespace};
use plan::ruling::standing;
use plan::secrets::{AtSite, SECRETS_READY, Wanted};
use plan::trust::{KEYS_TRUSTED, fingerprint};

use super::context::{Context, Leadership, persons, said};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over a department's secrets. One that is no longer registered keeps all that it has: only a request takes data away.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    _: String,
    name: String,
) -> Result<Pass, Error> {
    let (Some(vault), Some(department), Ok(parsed)) =
        (&context.vault, context.caches.departments.get("", &name), DepartmentName::parse(&name))
    else {
        return Ok(Outcome::Skipped.into());
    };
    let conditions = department.status.as_ref().map(|status| status.conditions.as_slice());
    match readiness(conditions.unwrap_or_default(), department.metadata.generation) {
        Readiness::Ready => {}
        // What is wrong changes nothing; what was not looked at yet will be.
        Readiness::Refused | Readiness::NotJudged => return Ok(Outcome::Skipped.into()),
    }
    let sites = match sites(&context, &department, &parsed) {
        Ok(sites) => sites,
        Err(what) => return Ok(Pass::waiting(what)),
    };
    let suspended = department.spec.suspended.is_some();
    let wanted = Wanted::new(&parsed, suspended, &sites);
    let went = vault.settle(&name, &wanted).await;
    if went.cleared {
        everybody(&context);
    }
    let store = department.status.as_ref().and_then(|status| status.secrets.clone());
    let (holds, said, store) = match &went.failure {
        Some(failure) => (Holds::False, vec![failure.clone()], store),
        None if suspended => (Holds::False, vec![Message::SecretsWithdrawn {}], Some(wanted.told())),
        None => {
            let said = shortcomings(&context, &wanted, &sites);
            let holds = if said.is_empty() { Holds::True } else { Holds::False };
            let said = if said.is_empty() { vec![Message::Settled {}] } else { said };
            (holds, said, Some(wanted.told()))
        }
    };
    let status = DepartmentStatus { secrets: store, ..DepartmentStatus::default() };
    update_status(&context, &department, status, holds, &said).await?;
    let outcome = match went.failure {
        Some(failure) => Outcome::Waiting(failure.to_string()),
        None => Outcome::Applied,
    };
    Ok(Pass { outcome, again: Some(went.again) })
}

/// Has every department looked at again.
pub(super) fn everybody(context: &Context) {
    for (key, _) in context.caches.departments.all() {
        look_again(context, &key.1, Duration::ZERO);
    }
}

/// Has a department looked at again, if there is a secret store.
pub(super) fn look_again(context: &Context, department: &str, later: Duration) {
    if context.vault.is_some() {
        context.queues.secrets.add_after((String::new(), department.to_owned()), later);
    }
}

/// The department at every site where it has something, or could log in before.
fn sites(
    context: &Context,
    department: &Department,
    name: &DepartmentName,
) -> Result<BTreeMap<SiteName, AtSite>, Message> {
    let store = department.status.as_ref().and_then(|status| status.secrets.as_ref());
    let had = |site: &SiteName| {
        store.is_some_and(|store| store.sites.iter().any(|login| login.site == site.as_str()))
    };
    let known =
        store.iter().flat_map(|store| &store.sites).filter_map(|login| SiteName::parse(&login.site).ok());
    // What is left of a site that is no longer registered is taken back too.
    let mut sites: BTreeMap<SiteName, AtSite> =
        known.map(|site| (site, AtSite { had: true, ..AtSite::default() })).collect();
    for ((_, room), data_center) in context.caches.data_centers.all() {
        let Ok(site) = SiteName::parse(&room) else { continue };
        let at = site_namespace(&site);
        let rulings = context.caches.rulings(&at);
        let Some(told) = context.caches.standing(&at, name.as_str()) else { continue };
        let Some(content) = told.content else {
            return Err(Message::WaitingFor { what: format!("SiteBundle {name} ({site})") });
        };
        if standing(&persons(&rulings)) == Standing::Abandoned {
            continue;
        }
        // Both must say so: the order that it is the department's, and the site that it is ours and not another's of that name.
        let reports = context.caches.reports(&at);
        let reported = said(&reports).set(name.as_str()).map(|set| set.namespaces.as_slice());
        let stands = |namespace: &str| reported.iter().copied().flatten().any(|fact| fact.name == namespace);
        let namespaces = content.allotment.iter().map(|share| share.namespace.clone());
        let namespaces = namespaces.filter(|namespace| stands(namespace)).collect();
        let issuer = data_center.status.as_ref().and_then(|status| status.issuer.clone());
        let had = had(&site);
        sites.insert(site, AtSite { namespaces, issuer, had });
    }
    Ok(sites)
}

/// What the department's pods cannot do, though all of it stands.
fn shortcomings(context: &Context, wanted: &Wanted, sites: &BTreeMap<SiteName, AtSite>) -> Vec<Message> {
    let awaited = wanted.awaited();
    let mut said = Vec::new();
    if !awaited.is_empty() {
        said.push(Message::SecretsAwaitKeys { sites: plan::listed(awaited) });
    }
    for site in sites.iter().filter(|(_, at)| !at.namespaces.is_empty()).map(|(site, _)| site) {
        said.extend(keys_changed(context, site));
    }
    said
}

/// That a site signs with keys that nobody has accepted.
fn keys_changed(context: &Context, site: &SiteName) -> Option<Message> {
    let room = context.caches.data_centers.get("", site.as_str())?;
    let conditions = room.status.as_ref().map(|status| status.conditions.as_slice())?;
    find(conditions, KEYS_TRUSTED).filter(|trusted| trusted.status == "False")?;
    let reports = context.caches.reports(&site_namespace(site));
    let said = said(&reports).head()?.issuer.as_ref().map(fingerprint)?;
    Some(Message::KeysChanged { site: site.to_string(), fingerprint: said })
}

/// Writes this slice's own part of the status, where it says something else.
async fn update_status(
    context: &Context,
    department: &Department,
    mut status: DepartmentStatus,
    holds: Holds,
    said: &[Message],
) -> Result<(), Error> {
    let before = department.status.clone().unwrap_or_default();
    status.conditions = before.conditions.into_iter().filter(|one| one.type_ == SECRETS_READY).collect();
    let was =
        DepartmentStatus { conditions: status.conditions.clone(), secrets: before.secrets, namespace: None };
    set(
        &mut status.conditions,
        SECRETS_READY,
        holds,
        said,
        department.metadata.generation,
        context.clock.now(),
    );
    if status == was {
        return Ok(());
    }
    context.status_of_secrets.part(&context.caches.departments, department, &status).await
}
