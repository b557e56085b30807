//! The budget under any interleaving (invariant 1): a hub that lends to three sites, sites that lend to two namespaces each, both by
//! the same escrow, with the real order logic between them. Orders and reports are lost, late and repeated; leaders of the hub and
//! agents of the sites crash between any two writes, come back, or act together on old views; the hub's store is restored to any
//! earlier point, and its ledger is lost.
//!
//! What must hold after every step: what the quotas of all namespaces can charge together is at most the budget.
//! And when all is healed, every namespace has what was wished, as far as the budget goes.

#![allow(clippy::panic, reason = "a test")]

use std::cell::Cell;
use std::collections::BTreeMap;

use crds::{Amounts, Holder, NamespaceShare, Order, OrderId, ReportedSet, Share, Shares, SiteLedger, Term};
use plan::bundle::{Allotted, Content};
use plan::escrow::Wish;
use plan::lender::{self, Heard, Site};
use plan::lending::{Facts, Lent, Live, lend};
use plan::measured::Measured;
use plan::order::{Answer, Line, Next, Standing, Tell, Word, accept, next_term, tell};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

const SITES: [&str; 3] = ["s0", "s1", "s2"];
const NAMESPACES: [&str; 2] = ["d-a", "d-b"];
const BUDGET: u32 = 12;

/// A rule that can be switched off, to see that it is needed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// A raise takes word of all others in this leadership.
    Vouching,
    /// A quota is never written over one of a later revision.
    Guard,
    /// Sites take no orders of older terms than they have heard.
    Terms,
    /// A cut comes back when it is confirmed.
    Confirmation,
}

fn pods(pods: u32) -> Measured {
    let zero = || "0".to_owned();
    let (memory, storage) = ("0Gi".into(), "0Gi".into());
    let amounts = Amounts { cpu: zero(), memory, storage, pods, namespaces: 2, ..Amounts::default() };
    Measured::parse(&amounts).unwrap_or_default()
}

fn share(pods: u32) -> Share {
    Share { cpu: "0".into(), memory: "0Gi".into(), storage: "0Gi".into(), pods, volumes: 0, services: 0 }
}

#[derive(Clone, Debug)]
struct Told {
    order: Order,
    content: Content,
}

/// What lives in the hub's store.
#[derive(Clone, Debug, Default)]
struct Store {
    version: u64,
    ledger: Vec<Holder>,
    orders: [(u64, Option<Told>); 3],
    reports: [Option<Report>; 3],
    term: Option<Term>,
}

#[derive(Clone, Debug)]
struct Report {
    term: Option<Term>,
    set: Option<ReportedSet>,
}

#[derive(Clone, Debug)]
struct Leader {
    term: Term,
    view: Store,
}

#[derive(Clone, Copy, Debug, Default)]
struct Quota {
    version: u64,
    revision: i64,
    spec: u32,
    status: u32,
    used: u32,
}

/// What lives in a site's store.
#[derive(Clone, Debug, Default)]
struct SiteStore {
    version: u64,
    held: Option<Told>,
    newest: Option<Term>,
    ledger: SiteLedger,
    quotas: BTreeMap<&'static str, Quota>,
}

/// One agent: what it saw last, and what it is about to write.
#[derive(Clone, Debug, Default)]
struct Agent {
    view: SiteStore,
    lent: Option<Lent>,
}

#[derive(Clone, Debug)]
enum Step {
    Wish([u8; 3], [u8; 2]),
    NewLeader { old_lives_on: bool },
    Look(usize),
    Lend { leader: usize, fresh: bool },
    TellSite { leader: usize, site: usize },
    Read(usize),
    ReadOld(usize),
    HearTerm(usize),
    Report(usize),
    ReportOld(usize),
    Rule(usize, usize),
    LookAgent(usize),
    LendSite { agent: usize, fresh: bool },
    Write(usize, usize),
    Controller(usize),
    Use(usize, u8),
    Release(usize, u8),
    BackUp,
    Restore(usize, bool),
    LoseLedger,
}

fn step() -> impl Strategy<Value = Step> {
    let some = || 0..6_usize;
    prop_oneof![
        4 => (prop::array::uniform3(0..=12_u8), prop::array::uniform2(0..=12_u8))
            .prop_map(|(sites, namespaces)| Step::Wish(sites, namespaces)),
        1 => any::<bool>().prop_map(|old_lives_on| Step::NewLeader { old_lives_on }),
        2 => some().prop_map(Step::Look),
        8 => (some(), prop::bool::weighted(0.8)).prop_map(|(leader, fresh)| Step::Lend { leader, fresh }),
        10 => (some(), some()).prop_map(|(leader, site)| Step::TellSite { leader, site }),
        10 => some().prop_map(Step::Read),
        1 => some().prop_map(Step::ReadOld),
        6 => some().prop_map(Step::HearTerm),
        12 => some().prop_map(Step::Report),
        1 => some().prop_map(Step::ReportOld),
        1 => (some(), some()).prop_map(|(leader, site)| Step::Rule(leader, site)),
        2 => some().prop_map(Step::LookAgent),
        14 => (some(), prop::bool::weighted(0.8)).prop_map(|(agent, fresh)| Step::LendSite { agent, fresh }),
        16 => (some(), some()).prop_map(|(agent, namespace)| Step::Write(agent, namespace)),
        14 => some().prop_map(Step::Controller),
        8 => (some(), any::<u8>()).prop_map(|(at, by)| Step::Use(at, by)),
        4 => (some(), any::<u8>()).prop_map(|(at, by)| Step::Release(at, by)),
        1 => Just(Step::BackUp),
        1 => (some(), any::<bool>()).prop_map(|(at, live_on)| Step::Restore(at, live_on)),
        1 => Just(Step::LoseLedger),
    ]
}

#[derive(Debug, Default)]
struct World {
    without: Option<Rule>,
    wishes: ([u8; 3], [u8; 2]),
    store: Store,
    leaders: Vec<Leader>,
    leaderships: u64,
    lots: Cell<u64>,
    backups: Vec<Store>,
    sites: [SiteStore; 3],
    agents: [[Agent; 2]; 3],
    written: Vec<(usize, Told)>,
    reported: Vec<(usize, Report)>,
    restored: bool,
}

impl World {
    fn lead(&mut self) {
        self.leaderships += 1;
        let orders = self.store.orders.iter().filter_map(|(_, told)| Some(told.as_ref()?.order.term.clone()));
        let told: Vec<Term> = self.store.term.iter().cloned().chain(orders).collect();
        let heard = self.store.reports.iter().flatten().filter_map(|report| report.term.as_ref());
        let term = next_term(&told, heard, format!("id-{}", self.leaderships));
        self.store.term = Some(term.clone());
        self.leaders.push(Leader { term, view: self.store.clone() });
    }

    /// What the hub would lend and tell, as one leader sees it.
    fn lending(&self, leader: &Leader) -> lender::Lent {
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

    fn lend(&mut self, at: usize) {
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

    fn tell_site(&mut self, at: usize, site: usize, ruled: bool) {
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

    fn read(&mut self, site: usize, told: &Told) {
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

    fn facts<T>(store: &SiteStore, then: impl FnOnce(Facts<'_>) -> T) -> Option<T> {
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

    fn lend_site(&mut self, site: usize, agent: usize) {
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

    fn write(&mut self, site: usize, agent: usize, namespace: &'static str) {
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

    fn report(&self, site: usize) -> Report {
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

    fn charged(&self) -> u32 {
        let quotas = self.sites.iter().flat_map(|site| site.quotas.values());
        quotas.map(|quota| quota.spec.max(quota.status).max(quota.used)).sum()
    }

    fn step(&mut self, step: Step) {
        let (leaders, quotas) = (self.leaders.len().max(1), NAMESPACES.len() * SITES.len());
        match step {
            Step::Wish(sites, namespaces) => self.wishes = (sites, namespaces),
            Step::NewLeader { old_lives_on } => {
                if !old_lives_on {
                    self.leaders.clear();
                }
                self.lead();
            }
            Step::Look(at) => {
                if let Some(leader) = self.leaders.get_mut(at % leaders) {
                    leader.view = self.store.clone();
                }
            }
            Step::Lend { leader, fresh } => {
                if let Some(leader) = self.leaders.get_mut(leader % leaders).filter(|_| fresh) {
                    leader.view = self.store.clone();
                }
                if !self.leaders.is_empty() {
                    self.lend(leader % leaders);
                }
            }
            Step::TellSite { leader, site } if !self.leaders.is_empty() => {
                self.tell_site(leader % leaders, site % 3, false);
            }
            Step::Rule(leader, site) if !self.leaders.is_empty() => {
                self.leaders[leader % leaders].view = self.store.clone();
                self.tell_site(leader % leaders, site % 3, true);
            }
            Step::TellSite { .. } | Step::Rule(..) => {}
            Step::Read(at) => {
                if let (_, Some(told)) = self.store.orders[at % 3].clone() {
                    self.read(at % 3, &told);
                }
            }
            Step::ReadOld(at) => {
                if let Some((site, told)) = pick(&self.written, at).cloned() {
                    self.read(site, &told);
                }
            }
            Step::HearTerm(at) => {
                let (store, term) = (&mut self.sites[at % 3], self.store.term.clone());
                let newer =
                    |term: &Term| store.newest.as_ref().is_none_or(|newest| newest.number < term.number);
                if let Some(term) = term.filter(newer) {
                    (store.newest, store.version) = (Some(term), store.version + 1);
                }
            }
            Step::Report(at) => {
                let said = self.report(at % 3);
                self.reported.push((at % 3, said.clone()));
                self.store.reports[at % 3] = Some(said);
            }
            Step::ReportOld(at) => {
                if let Some((site, said)) = pick(&self.reported, at).cloned() {
                    self.store.reports[site] = Some(said);
                }
            }
            Step::LookAgent(at) => self.agents[at % 3][at / 3].view = self.sites[at % 3].clone(),
            Step::LendSite { agent, fresh } => {
                if fresh {
                    self.agents[agent % 3][agent / 3].view = self.sites[agent % 3].clone();
                }
                self.lend_site(agent % 3, agent / 3);
            }
            Step::Write(agent, namespace) => self.write(agent % 3, agent / 3, NAMESPACES[namespace % 2]),
            Step::Controller(at) => {
                if let Some(quota) = self.sites[at % 3].quotas.get_mut(NAMESPACES[at / 3]) {
                    (quota.status, quota.version) = (quota.spec, quota.version + 1);
                }
            }
            Step::Use(at, by) | Step::Release(at, by) => {
                let less = matches!(step, Step::Release(..));
                if let Some(quota) = self.sites[at % 3].quotas.get_mut(NAMESPACES[at % quotas / 3]) {
                    let used = if less {
                        quota.used.min(u32::from(by) % (BUDGET + 1))
                    } else {
                        quota.used.max(quota.status)
                    };
                    (quota.used, quota.version) = (used, quota.version + 1);
                }
            }
            Step::BackUp => self.backups.push(self.store.clone()),
            Step::Restore(at, live_on) => {
                if let Some(backup) = pick(&self.backups, at).cloned() {
                    self.store = backup;
                    self.restored = true;
                    if !live_on {
                        self.leaders.clear();
                    }
                }
            }
            Step::LoseLedger => {
                self.store.ledger.clear();
                self.store.version += 1;
            }
        }
    }

    /// All links whole, one leader, one agent each, nothing is used, and a person rules wherever asked.
    fn heal(&mut self) {
        self.leaders.clear();
        self.lead();
        for round in 0..60 {
            if self.leaders.is_empty() || round % 12 == 11 {
                self.leaders.clear();
                self.lead();
            }
            for site in 0..3 {
                self.step(Step::HearTerm(site));
                self.step(Step::Report(site));
                self.step(Step::Lend { leader: 0, fresh: true });
                if !self.leaders.is_empty() {
                    self.leaders[0].view = self.store.clone();
                    self.tell_site(0, site, true);
                }
                self.step(Step::Read(site));
                self.step(Step::LendSite { agent: site, fresh: true });
                for namespace in 0..2 {
                    self.step(Step::Write(site, namespace));
                    self.step(Step::Controller(site + namespace * 3));
                    self.step(Step::Release(site + namespace * 3, 0));
                }
                self.step(Step::Report(site));
            }
        }
    }
}

fn pick<T>(from: &[T], at: usize) -> Option<&T> {
    (!from.is_empty()).then(|| &from[at % from.len()])
}

fn run(steps: Vec<Step>, without: Option<Rule>) -> Result<World, TestCaseError> {
    let mut world = World { without, ..World::default() };
    world.lead();
    for step in steps {
        let shown = format!("{step:?}");
        world.step(step);
        prop_assert!(world.charged() <= BUDGET, "{} of {BUDGET} after {shown}", world.charged());
    }
    Ok(world)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(step(), 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, max_shrink_iters: 3000, ..ProptestConfig::default() })]

    #[test]
    fn the_quotas_together_never_exceed_the_budget_and_reach_it_in_the_end(steps in steps()) {
        let mut world = run(steps, None)?;
        world.wishes = ([5, 4, 3], [2, 3]);
        world.heal();
        prop_assert!(world.charged() <= BUDGET);
        let have = world.sites.iter().map(|site| site.quotas.values().map(|quota| quota.status).sum::<u32>());
        prop_assert_eq!(have.collect::<Vec<_>>(), vec![5, 4, 3]);
    }
}

/// Whether some random history goes over the budget without a rule.
fn goes_over(without: Option<Rule>) -> bool {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    (0..3000).any(|_| {
        let history = steps().new_tree(&mut runner).map(|tree| tree.current()).unwrap_or_default();
        run(history, without).is_err()
    })
}

#[test]
fn every_rule_of_the_hub_is_needed() {
    assert!(goes_over(Some(Rule::Vouching)), "vouching");
    assert!(goes_over(Some(Rule::Terms)), "terms");
    assert!(goes_over(Some(Rule::Confirmation)), "confirmations");
}

/// An agent that was stopped between ledger and quota comes back after another has lent the same to the other namespace.
#[test]
fn a_quota_is_never_written_over_a_later_one() {
    let told = |namespaces| {
        let heard = (0..3).flat_map(|site| [Step::HearTerm(site), Step::Report(site)]);
        let tell = [
            Step::Lend { leader: 0, fresh: true },
            Step::TellSite { leader: 0, site: 0 },
            Step::Read(0),
            Step::Report(0),
        ];
        std::iter::once(Step::Wish([12, 0, 0], namespaces)).chain(heard).chain(tell).collect::<Vec<_>>()
    };
    let (stopped, other) = (0, 3);
    let mut steps = told([0, 12]);
    steps.push(Step::LendSite { agent: stopped, fresh: true });
    steps.extend(told([12, 0]));
    for _ in 0..2 {
        steps.push(Step::LendSite { agent: other, fresh: true });
        for namespace in 0..2 {
            steps.extend([Step::Write(other, namespace), Step::Controller(namespace * 3)]);
        }
    }
    let world = run(steps.clone(), None).unwrap_or_default();
    assert_eq!(world.charged(), 12, "the other namespace has it all");
    steps.push(Step::Write(stopped, 1));
    assert!(run(steps.clone(), None).is_ok());
    assert!(run(steps, Some(Rule::Guard)).is_err());
}
