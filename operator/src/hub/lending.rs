//! Lending a department's budget to sites: recorded in its `EscrowLedger`, with a precondition, before anything is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crds::labels::SYSTEM_NAMESPACE;
use crds::{Department, EscrowLedger, EscrowLedgerSpec, Holder, Lot, Message, SiteReport};
use kube::ResourceExt;
use kube::api::{Api, PostParams};
use plan::admittance::Standing;
use plan::budget::Judged;
use plan::bundle::{Allotted, Content};
use plan::canonical;
use plan::data_center::is_live;
use plan::escrow::{Wait, Wish, last};
use plan::lender::{self, Lent, Site, lend, word};
use plan::listed;
use plan::measured::Measured;
use plan::names::{DepartmentName, SiteName, site_namespace};
use plan::ruling;

use super::context::{Caches, Context, Leadership, persons, said};
use crate::runtime::cache::key_of;
use crate::runtime::error::Error;

impl Caches {
    /// The ledger of a department.
    pub(crate) fn ledger(&self, department: &DepartmentName) -> Option<Arc<EscrowLedger>> {
        self.ledgers.get(SYSTEM_NAMESPACE, department.as_str())
    }
}

/// What each site is to be told of a department's budget.
pub(super) struct Lending {
    judged: Judged,
    lots: BTreeMap<String, Lot>,
    elastic: bool,
    suspended: bool,
}

impl Lending {
    /// Says in an order what may be used of the budget. A department that was never lent anything is told nothing of budgets.
    pub(super) fn allot(&self, content: &mut Content, site: &SiteName) {
        let Some(lot) = self.lots.get(site.as_str()).cloned() else { return };
        let of =
            |amounts: &BTreeMap<String, Measured>| amounts.get(site.as_str()).copied().unwrap_or_default();
        let (active, granted) = (of(&self.judged.active), of(&self.judged.granted));
        let ended = active != granted && !content.shared().fits(&active);
        let growth_stopped = ended || self.suspended;
        content.allot(Allotted { lot: Some(lot), growth_stopped, elastic: self.elastic });
    }
}

/// Decides what each site is to have, and writes the ledger where it changes.
pub(super) async fn lend_to_sites(
    context: &Context,
    leadership: &Leadership,
    department: &DepartmentName,
    judged: Judged,
) -> Result<Result<Lending, Message>, Error> {
    let ledger = context.caches.ledger(department);
    if ledger.is_none() && was_lost(context, leadership, department) {
        return Ok(Err(Message::WaitingFor { what: format!("EscrowLedger {department}") }));
    }
    let holders = ledger.as_ref().map(|ledger| ledger.spec.holders.clone()).unwrap_or_default();
    let register = context.caches.departments.get("", department.as_str());
    let heard = Heard::of(context, department, register.as_deref(), &holders);
    let sites = heard.sites(leadership, department);
    let (total, wishes) = wishes(&holders, &judged);
    let id = |site: &str, revision: i64, amounts: &Measured| {
        let Leadership { epoch, term } = leadership;
        let all = (epoch, term, department.as_str(), site, revision, amounts.amounts());
        canonical::digest(&all).unwrap_or_default()
    };
    let Lent { decided, lots, silent } = lend(&holders, total, &wishes, &sites, &id);
    let rests_on: BTreeSet<String> = judged.rests_on.iter().chain(&judged.missing).cloned().collect();
    let spec = EscrowLedgerSpec { holders: decided.holders, rests_on: rests_on.into_iter().collect() };
    let is_new = ledger.as_ref().map_or(!spec.holders.is_empty(), |ledger| ledger.spec != spec);
    if is_new {
        write(context, department, spec, ledger.as_deref()).await?;
    }
    for site in sites.keys().filter_map(|site| SiteName::parse(site).ok()) {
        let said = decided.waits.get(site.as_str()).map(|wait| why(&site, wait, &silent));
        let said = said.or_else(|| missing(&judged));
        note(context, &site, department, said);
    }
    let elastic = register.as_ref().is_some_and(|department| department.spec.elastic_shares);
    let suspended = register.is_some_and(|department| department.spec.suspended.is_some());
    Ok(Ok(Lending { judged, lots, elastic, suspended }))
}

/// Whether this leadership told lots of a ledger that is no more: only a new one can find out what is still to be counted.
pub(super) fn was_lost(context: &Context, leadership: &Leadership, department: &DepartmentName) -> bool {
    context.caches.data_centers.all().iter().any(|((_, site), _)| {
        let at = SiteName::parse(site).map(|site| site_namespace(&site)).unwrap_or_default();
        context.caches.bundles.get(&at, department.as_str()).is_some_and(|bundle| {
            let lot = bundle.spec.allotment.as_ref().and_then(|shares| shares.lot.as_ref());
            bundle.spec.order.term == leadership.term && lot.is_some_and(|lot| lot.revision > 0)
        })
    })
}

/// What each site is to have, and the total that this is of. While something is missing that was lent upon, nobody gets less.
fn wishes(holders: &[Holder], judged: &Judged) -> (Measured, Vec<Wish>) {
    let had = |holder: &Holder| Measured::parse(&last(holder).amounts).unwrap_or_default();
    let had: BTreeMap<&str, Measured> =
        holders.iter().map(|holder| (holder.name.as_str(), had(holder))).collect();
    let names: BTreeSet<&str> =
        had.keys().copied().chain(judged.granted.keys().map(String::as_str)).collect();
    let held_up = !judged.missing.is_empty();
    let wish = |name: &str| {
        let granted = judged.granted.get(name).copied().unwrap_or_default();
        let had = had.get(name).copied().filter(|_| held_up).unwrap_or_default();
        Wish { name: name.to_owned(), amounts: granted.max(&had) }
    };
    let total = if held_up { judged.total.max(&Measured::sum(had.values())) } else { judged.total };
    (total, names.into_iter().map(wish).collect())
}

/// What was heard of the sites that may hold a part of a department's budget.
struct Heard {
    sites: BTreeMap<String, HeardSite>,
}

struct HeardSite {
    reports: Vec<Arc<SiteReport>>,
    rulings: Vec<Arc<crds::Ruling>>,
}

impl Heard {
    /// Every site that the ledger knows, every one that says it has something of the department, and every one in use that the
    /// department may use: a hub that was restored does not know to whom it lent.
    fn of(
        context: &Context,
        department: &DepartmentName,
        register: Option<&Department>,
        holders: &[Holder],
    ) -> Self {
        let allowed = register.map(|department| department.spec.allowed_sites.as_slice()).unwrap_or_default();
        let mut sites = BTreeMap::new();
        let rooms: BTreeMap<String, bool> = context
            .caches
            .data_centers
            .all()
            .into_iter()
            .map(|((_, name), room)| (name, is_live(&room.spec)))
            .collect();
        let names: BTreeSet<&String> =
            rooms.keys().chain(holders.iter().map(|holder| &holder.name)).collect();
        for name in names {
            let Ok(site) = SiteName::parse(name) else { continue };
            let at = site_namespace(&site);
            let (reports, rulings) = (context.caches.reports(&at), context.caches.rulings(&at));
            let joined = said(&reports).head().is_some();
            let may = rooms.get(name) == Some(&true) && (allowed.is_empty() || allowed.contains(name));
            let says = said(&reports).set(department.as_str()).is_some();
            let holds = holders.iter().any(|holder| holder.name == *name);
            if holds || says || (may && joined) {
                sites.insert(name.clone(), HeardSite { reports, rulings });
            }
        }
        Self { sites }
    }

    fn sites(&self, leadership: &Leadership, department: &DepartmentName) -> BTreeMap<String, Site<'_>> {
        let site = |heard: &HeardSite| {
            let (said, rulings) = (said(&heard.reports), persons(&heard.rulings));
            let head = said.head().filter(|head| head.epoch == leadership.epoch);
            let term = head.and_then(|head| head.term.as_ref());
            (
                term == Some(&leadership.term),
                ruling::vouches(&rulings, &leadership.term),
                ruling::standing(&rulings),
            )
        };
        let each = self.sites.iter().map(|(name, heard)| {
            let (echoed, person, standing) = site(heard);
            let heard_when = match (said(&heard.reports).head(), echoed) {
                (None, _) => lender::Heard::Never,
                (Some(_), false) => lender::Heard::Earlier,
                (Some(_), true) => lender::Heard::InThisTerm,
            };
            let sets = heard.reports.iter().rev().filter_map(|shard| shard.status.as_ref());
            let mut sets = sets.flat_map(|status| &status.sets);
            let reported = sets.find(|set| set.set == department.as_str());
            (
                name.clone(),
                Site { heard: heard_when, person, abandoned: standing == Standing::Abandoned, reported },
            )
        });
        each.collect()
    }
}

/// The most that a site may still be using of the department's budget.
pub(super) fn counted(context: &Context, department: &DepartmentName, site: &SiteName) -> Measured {
    let ledger = context.caches.ledger(department);
    let holders = ledger.iter().flat_map(|ledger| &ledger.spec.holders);
    let holder = holders.into_iter().find(|holder| holder.name == site.as_str()).cloned().unwrap_or_default();
    let reports = context.caches.reports(&site_namespace(site));
    let reported = said(&reports).set(department.as_str());
    plan::escrow::ceiling(&holder, word(&Site { reported, ..Site::default() }).as_ref())
}

fn why(site: &SiteName, wait: &Wait, silent: &[String]) -> Message {
    let site = site.to_string();
    match wait {
        Wait::Room(holders) => Message::RaiseWaits { site, holders: listed(holders) },
        Wait::Word => {
            Message::RaiseUnvouched { silent: listed(silent.iter().filter(|name| **name != site)), site }
        }
        Wait::Total => Message::RaiseWaits { site, holders: "Budget".into() },
        Wait::Unconfirmed => Message::AllotmentTold { site },
    }
}

fn missing(judged: &Judged) -> Option<Message> {
    (!judged.missing.is_empty()).then(|| Message::RestsOnMissing { what: listed(&judged.missing) })
}

/// Remembers why a site does not have all of its allotment, and has the record say so when that is new.
fn note(context: &Context, site: &SiteName, department: &DepartmentName, why: Option<Message>) {
    let place = (site_namespace(site), department.to_string());
    if context.waiting.set(place.clone(), why) {
        context.queues.allotments.add(place);
    }
}

async fn write(
    context: &Context,
    department: &DepartmentName,
    spec: EscrowLedgerSpec,
    known: Option<&EscrowLedger>,
) -> Result<(), Error> {
    let api: Api<EscrowLedger> = Api::namespaced(context.client.clone(), SYSTEM_NAMESPACE);
    let name = department.as_str();
    let mut ledger = EscrowLedger::new(name, spec);
    ledger.metadata.namespace = Some(SYSTEM_NAMESPACE.to_owned());
    let written = if let Some(known) = known {
        // Two leaders cannot both lend the same: the second writes upon what it has not read.
        ledger.metadata.resource_version = known.resource_version();
        api.replace(name, &PostParams::default(), &ledger).await
    } else {
        api.create(&PostParams::default(), &ledger).await
    };
    let failed = |source| Error::Order {
        namespace: SYSTEM_NAMESPACE.into(),
        name: name.to_owned(),
        source: Box::new(source),
    };
    let mut written = written.map_err(failed)?;
    context.metrics.wrote("EscrowLedger");
    written.managed_fields_mut().clear();
    context.caches.ledgers.put(key_of(&written), written);
    Ok(())
}
