//! The world of these histories: what lives in the stores, who acts on it, and what each of them may do.

use std::cell::Cell;
use std::collections::BTreeMap;

use crds::{Amounts, Holder, NamespaceShare, Order, OrderId, ReportedSet, Share, Shares, SiteLedger, Term};
use plan::bundle::{Allotted, Content};
use plan::escrow::Wish;
use plan::lender::{self, Heard, Site};
use plan::lending::{Facts, Lent, Live, lend};
use plan::measured::Measured;
use plan::order::{Answer, Line, Next, Standing, Tell, Word, accept, next_term, tell};

pub(crate) const SITES: [&str; 3] = ["s0", "s1", "s2"];
pub(crate) const NAMESPACES: [&str; 2] = ["d-a", "d-b"];
pub(crate) const BUDGET: u32 = 12;

/// A rule that can be switched off, to see that it is needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rule {
    /// A raise takes word of all others in this leadership.
    Vouching,
    /// A quota is never written over one of a later revision.
    Guard,
    /// Sites take no orders of older terms than they have heard.
    Terms,
    /// A cut comes back when it is confirmed.
    Confirmation,
}

pub(crate) fn pods(pods: u32) -> Measured {
    let zero = || "0".to_owned();
    let (memory, storage) = ("0Gi".into(), "0Gi".into());
    let amounts = Amounts { cpu: zero(), memory, storage, pods, namespaces: 2, ..Amounts::default() };
    Measured::parse(&amounts).unwrap_or_default()
}

pub(crate) fn share(pods: u32) -> Share {
    Share { cpu: "0".into(), memory: "0Gi".into(), storage: "0Gi".into(), pods, volumes: 0, services: 0 }
}

#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) order: Order,
    pub(crate) content: Content,
}

/// What lives in the hub's store.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    pub(crate) version: u64,
    pub(crate) ledger: Vec<Holder>,
    pub(crate) orders: [(u64, Option<Told>); 3],
    pub(crate) reports: [Option<Report>; 3],
    pub(crate) term: Option<Term>,
}

#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) term: Option<Term>,
    pub(crate) set: Option<ReportedSet>,
}

#[derive(Clone, Debug)]
pub(crate) struct Leader {
    pub(crate) term: Term,
    pub(crate) view: Store,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quota {
    pub(crate) version: u64,
    pub(crate) revision: i64,
    pub(crate) spec: u32,
    pub(crate) status: u32,
    pub(crate) used: u32,
}

/// What lives in a site's store.
#[derive(Clone, Debug, Default)]
pub(crate) struct SiteStore {
    pub(crate) version: u64,
    pub(crate) held: Option<Told>,
    pub(crate) newest: Option<Term>,
    pub(crate) ledger: SiteLedger,
    pub(crate) quotas: BTreeMap<&'static str, Quota>,
}

/// One agent: what it saw last, and what it is about to write.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agent {
    pub(crate) view: SiteStore,
    pub(crate) lent: Option<Lent>,
}

#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) without: Option<Rule>,
    pub(crate) wishes: ([u8; 3], [u8; 2]),
    pub(crate) store: Store,
    pub(crate) leaders: Vec<Leader>,
    pub(crate) leaderships: u64,
    pub(crate) lots: Cell<u64>,
    pub(crate) backups: Vec<Store>,
    pub(crate) sites: [SiteStore; 3],
    pub(crate) agents: [[Agent; 2]; 3],
    pub(crate) written: Vec<(usize, Told)>,
    pub(crate) reported: Vec<(usize, Report)>,
    pub(crate) restored: bool,
}

impl World {
    pub(crate) fn lead(&mut self) {
        self.leaderships += 1;
        let orders = self.store.orders.iter().filter_map(|(_, told)| Some(told.as_ref()?.order.term.clone()));
        let told: Vec<Term> = self.store.term.iter().cloned().chain(orders).collect();
        let heard = self.store.reports.iter().flatten().filter_map(|report| report.term.as_ref());
        let term = next_term(&told, heard, format!("id-{}", self.leaderships));
        self.store.term = Some(term.clone());
        self.leaders.push(Leader { term, view: self.store.clone() });
    }

    /// What the hub would lend and tell, as one leader sees it.
    pub(crate) fn lending(&self, leader: &Leader) -> lender::Lent {
        let Leader { term, view } = leader;
        let wishes = SITES.iter().zip(self.wishes.0);
        let wishes: Vec<Wish> = wishes
            .map(|(name, wish)| Wish { name: (*name).to_owned(), amounts: pods(wish.into()) })
            .collect();
        let site = |at: usize| {
            let report = view.reports[at].as_ref();
            let echoed = report.is_some_and(|report| report.term.as_ref() == Some(term));
            let reported = report.and_then(|report| report.set.as_ref());
            let heard = if echoed || self.without == Some(Rule::Vouching) {
                Heard::InThisTerm
            } else {
                Heard::Earlier
            };
            Site { heard, person: false, abandoned: false, reported }
        };
        let sites = SITES.iter().enumerate().map(|(at, name)| ((*name).to_owned(), site(at))).collect();
        let total = pods(BUDGET).plus(&pods(0)).plus(&pods(0));
        let id = |name: &str, revision: i64, _: &Measured| {
            self.lots.set(self.lots.get() + 1);
            format!("{name}-{revision}-{}", self.lots.get())
        };
        let mut ledger = view.ledger.clone();
        if self.without == Some(Rule::Confirmation) {
            for holder in &mut ledger {
                if let Some(last) = holder.told.pop() {
                    (holder.confirmed, holder.told) = (last, Vec::new());
                }
            }
        }
        lender::lend(&ledger, total, &wishes, &sites, &id)
    }

    pub(crate) fn lend(&mut self, at: usize) {
        let leader = self.leaders[at].clone();
        let told_in_this_term = leader.view.orders.iter().any(|(_, told)| {
            told.as_ref().is_some_and(|t| t.order.term == leader.term && t.content.allotted.lot.is_some())
        });
        if leader.view.ledger.is_empty() && told_in_this_term {
            // The ledger was lost: this leadership ends, so that what it told can no longer be taken.
            self.leaders.remove(at);
            return;
        }
        let lent = self.lending(&leader);
        if lent.decided.holders != leader.view.ledger && self.store.version == leader.view.version {
            self.store.ledger = lent.decided.holders;
            self.store.version += 1;
            self.leaders[at].view.ledger.clone_from(&self.store.ledger);
            self.leaders[at].view.version = self.store.version;
        }
    }

    pub(crate) fn tell_site(&mut self, at: usize, site: usize, ruled: bool) {
        let Leader { term, view } = self.leaders[at].clone();
        if view.ledger.is_empty() {
            return;
        }
        let lent = self.lending(&self.leaders[at]);
        if lent.decided.holders != view.ledger {
            // Nothing is told before the ledger says it.
            return;
        }
        let Some(lot) = lent.lots.get(SITES[site]) else { return };
        let namespaces = NAMESPACES.iter().zip(self.wishes.1);
        let allotment = namespaces
            .map(|(name, pods)| NamespaceShare { namespace: (*name).to_owned(), share: share(pods.into()) })
            .collect();
        let allotted = Allotted { lot: Some(lot.clone()), ..Allotted::default() };
        let content = Content { set: "d".into(), allotment, allotted, ..Content::default() };
        let (version, standing) = view.orders[site].clone();
        let wanted = |told: &Told| told.content == content;
        let stands = standing.as_ref().map(|told| Standing { order: &told.order, wanted: wanted(told) });
        let report = view.reports[site].as_ref();
        let set = report.and_then(|report| report.set.as_ref());
        let holds = set.map(|set| OrderId { revision: set.revision, digest: set.accepted.clone() });
        let echoed = report.is_some_and(|report| report.term.as_ref() == Some(&term));
        let word = Word { holds: holds.as_ref(), echoed, ruled };
        let line = Line { epoch: "e", term: &term, site: SITES[site], set: "d" };
        if let Tell::Write(Next { revision, after, .. }) = tell(stands, word, line)
            && self.store.orders[site].0 == version
        {
            let order = Order { epoch: "e".into(), term, revision, after, digest: String::new() };
            let order = content.seal(order).unwrap_or_default();
            let told = Told { order, content };
            self.written.push((site, told.clone()));
            self.store.orders[site] = (version + 1, Some(told));
            self.leaders[at].view.orders[site].clone_from(&self.store.orders[site]);
        }
    }

    pub(crate) fn read(&mut self, site: usize, told: &Told) {
        let store = &mut self.sites[site];
        let held = store.held.as_ref().map(|held| &held.order);
        let newest = store.newest.as_ref().filter(|_| self.without != Some(Rule::Terms));
        if accept("d", held, newest, "e", &told.order) == Answer::Accept {
            if store.newest.as_ref().is_none_or(|newest| newest.number < told.order.term.number) {
                store.newest = Some(told.order.term.clone());
            }
            store.held = Some(told.clone());
            store.version += 1;
        }
    }

    pub(crate) fn facts<T>(store: &SiteStore, then: impl FnOnce(Facts<'_>) -> T) -> Option<T> {
        let shares: Shares = store.held.as_ref()?.content.shares()?;
        let live = |quota: &Quota| {
            let one = |pods: u32| Measured::of_share(&share(pods)).unwrap_or_default();
            Live {
                revision: quota.revision,
                enforced: quota.spec == quota.status,
                used: one(quota.used),
                most: one(quota.spec.max(quota.status).max(quota.used)),
            }
        };
        let quotas = store.quotas.iter().map(|(name, quota)| ((*name).to_owned(), live(quota))).collect();
        let stands = |name: &str| store.quotas.contains_key(name);
        Some(then(Facts { shares: &shares, quotas: &quotas, stands: &stands }))
    }

    pub(crate) fn lend_site(&mut self, site: usize, agent: usize) {
        let view = self.agents[site][agent].view.clone();
        let Some(lent) = Self::facts(&view, |facts| lend(&view.ledger, facts)) else { return };
        let store = &mut self.sites[site];
        if lent.ledger != view.ledger {
            if store.version != view.version {
                return;
            }
            store.version += 1;
            store.ledger = lent.ledger.clone();
            self.agents[site][agent].view.ledger = lent.ledger.clone();
            self.agents[site][agent].view.version = store.version;
        }
        self.agents[site][agent].lent = Some(lent);
    }

    pub(crate) fn write(&mut self, site: usize, agent: usize, namespace: &'static str) {
        let Agent { view, lent } = &self.agents[site][agent];
        let Some(lot) = lent.as_ref().and_then(|lent| lent.lots.get(namespace)) else { return };
        let known = view.quotas.get(namespace).copied();
        let live = self.sites[site].quotas.get(namespace).copied();
        let guarded = known.map(|quota| quota.version) == live.map(|quota| quota.version)
            && known.is_none_or(|quota| quota.revision <= lot.revision);
        if guarded || self.without == Some(Rule::Guard) {
            let live = live.unwrap_or_default();
            let quota =
                Quota { version: live.version + 1, revision: lot.revision, spec: lot.amounts.pods, ..live };
            self.sites[site].quotas.insert(namespace, quota);
            self.agents[site][agent].view.quotas.insert(namespace, quota);
        }
    }

    pub(crate) fn report(&self, site: usize) -> Report {
        let store = &self.sites[site];
        let set = store.held.as_ref().map(|held| {
            let lent = Self::facts(store, |facts| lend(&store.ledger, facts));
            ReportedSet {
                set: "d".into(),
                revision: held.order.revision,
                accepted: held.order.digest.clone(),
                lot: held.content.allotted.lot.clone(),
                counted: lent.and_then(|lent| lent.counted),
                ..ReportedSet::default()
            }
        });
        Report { term: store.newest.clone(), set }
    }

    pub(crate) fn charged(&self) -> u32 {
        let quotas = self.sites.iter().flat_map(|site| site.quotas.values());
        quotas.map(|quota| quota.spec.max(quota.status).max(quota.used)).sum()
    }
}

pub(crate) fn pick<T>(from: &[T], at: usize) -> Option<&T> {
    (!from.is_empty()).then(|| &from[at % from.len()])
}
