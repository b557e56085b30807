//! What may happen in a history, one step at a time.

use crds::Term;
use proptest::prelude::*;

use super::world::*;

#[derive(Clone, Debug)]
pub(crate) enum Step {
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

pub(crate) fn step() -> impl Strategy<Value = Step> {
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

impl World {
    pub(crate) fn step(&mut self, step: Step) {
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
    pub(crate) fn heal(&mut self) {
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
