//! What became of a submitted request: the decisions on it, step by step, and the grant that comes of them.
//!
//! A decision counts in its step when all of this is true:
//!
//! | what | else |
//! |---|---|
//! | admission sealed it, for this very request | ignored, and said loudly |
//! | it is about what the steps before left of the request | ignored as out of date |
//! | whoever decides did not submit it | ignored |
//! | their group decides in this step, or in its place; once the step is overdue, the groups of its escalation and no others | ignored |
//! | it agrees to no more than that, and to less where the step may reduce | ignored |
//! | on paper where the step wants that: entered by one person and confirmed by another | waits, or ignored |

use std::collections::BTreeMap;

use crds::{
    Approval, ApprovalSpec, ApprovalStamp, ApprovalStep, AskedSite, Message, Paper, RequestStamp,
    ResourceRequest, Verdict,
};
use k8s_openapi::jiff::{Timestamp, ToSpan};

use super::{digest, instant, measured};
use crate::budget::day;

/// Until when a step is to be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The first moment at which it is overdue.
    pub at: Timestamp,
    /// A year on the way has no published calendar (暂定).
    pub provisional: bool,
}

impl Deadline {
    /// The last day, as people read it.
    #[must_use]
    pub fn shown(&self) -> String {
        let last = day(self.at.saturating_sub(1.second()).unwrap_or(self.at));
        if self.provisional { format!("{last} (暂定)") } else { last.to_string() }
    }
}

/// The working days after a moment, by the calendars as they are now.
pub type Due<'a> = &'a dyn Fn(Timestamp, u16) -> Deadline;

/// An approval, and whether its seal holds.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The approval.
    pub approval: &'a Approval,
    /// Whether admission sealed exactly this.
    pub sealed: bool,
}

impl Seen<'_> {
    fn name(&self) -> &str {
        self.approval.metadata.name.as_deref().unwrap_or_default()
    }

    fn stamp(&self) -> Option<&ApprovalStamp> {
        self.approval.spec.stamp.as_ref().filter(|_| self.sealed)
    }
}

/// What happened, for the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What, a sentence or two.
    pub said: Vec<Message>,
}

/// How a chain of decisions ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Every step agreed, the last one then.
    Approved(Timestamp),
    /// A step refused.
    Refused {
        /// Chinese name of the step.
        step: String,
        /// Why.
        reason: String,
    },
}

/// Where a chain of decisions stands.
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    /// The request.
    request: &'a ResourceRequest,
    /// Its stamp.
    stamp: &'a RequestStamp,
    /// What the steps left of what was asked for.
    pub sites: Vec<AskedSite>,
    /// The step that it waits at, unless it ended.
    pub step: Option<&'a ApprovalStep>,
    /// When that step began.
    pub since: Timestamp,
    /// Who agreed in it already, and to what.
    pub agreed: Vec<(String, Vec<AskedSite>)>,
    /// Decisions on paper that wait in it to be confirmed: by whom they were entered, by approval.
    pub papers: BTreeMap<String, (String, ApprovalSpec)>,
    /// How it ended.
    pub end: Option<End>,
    /// What happened.
    pub told: Vec<Told>,
    /// What each approval comes to.
    pub verdicts: BTreeMap<String, Result<Message, Message>>,
}

/// What a decision that counts does.
enum Act {
    Agree(Vec<AskedSite>),
    Refuse(String),
    Enter,
    Confirm { paper: String },
}

impl<'a> Chain<'a> {
    /// Walks through the decisions on a request that was sealed.
    #[must_use]
    pub fn walk(request: &'a ResourceRequest, stamp: &'a RequestStamp, approvals: &[Seen<'_>]) -> Self {
        let mut chain = Self {
            request,
            stamp,
            sites: request.spec.sites.clone(),
            step: stamp.steps.first(),
            since: instant(&stamp.at),
            agreed: Vec::new(),
            papers: BTreeMap::new(),
            end: None,
            told: Vec::new(),
            verdicts: BTreeMap::new(),
        };
        if stamp.steps.is_empty() {
            chain.end = Some(End::Approved(chain.since));
        }
        for step in &stamp.steps {
            let mut here: Vec<&Seen<'_>> =
                approvals.iter().filter(|seen| seen.approval.spec.step == step.name).collect();
            // Within one second, and while a clock goes back, what confirms comes after what it confirms.
            here.sort_by_key(|seen| {
                let spec = &seen.approval.spec;
                (spec.stamp.as_ref().map(|stamp| &stamp.at), spec.confirms.is_some(), seen.name())
            });
            for seen in here {
                chain.take(seen);
            }
        }
        // Those of steps that the request does not have.
        for seen in approvals {
            if !chain.verdicts.contains_key(seen.name()) {
                chain.take(seen);
            }
        }
        chain
    }

    /// What must be agreed to now.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.request.spec, &self.sites)
    }

    /// The group by which somebody may decide now, where `late` says that the step is overdue.
    #[must_use]
    pub fn group_of(&self, groups: &[String], late: bool) -> Option<String> {
        let step = self.step?;
        let may: Vec<&String> = if late {
            step.escalation.iter().collect()
        } else {
            step.groups.iter().chain(&step.delegates).collect()
        };
        may.into_iter().find(|group| groups.contains(group)).cloned()
    }

    /// Whether somebody may decide so now.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub fn admit(&self, spec: &ApprovalSpec, stamp: &ApprovalStamp) -> Result<(), Message> {
        self.judge(spec, stamp).map(drop)
    }

    fn take(&mut self, seen: &Seen<'_>) {
        let spec = &seen.approval.spec;
        let judged = match seen.stamp() {
            Some(stamp) => self.judge(spec, stamp).map(|act| (stamp, act)),
            None => Err(Message::ApprovalUnsealed {}),
        };
        let name = seen.name().to_owned();
        match judged {
            Ok((stamp, act)) => {
                let step = self.step.map(|step| step.display_name.clone()).unwrap_or_default();
                self.verdicts.insert(name.clone(), Ok(Message::ApprovalCounts { step }));
                self.act(&name, spec, stamp, act);
            }
            Err(why) => {
                let stamp = spec.stamp.as_ref();
                let by = stamp.map_or_else(|| "?".to_owned(), |stamp| stamp.by.clone());
                let at = stamp.map_or(self.since, |stamp| instant(&stamp.at));
                let said = vec![Message::ApprovalIgnored { approval: name.clone() }, why.clone()];
                self.told.push(Told { at, by, said });
                self.verdicts.insert(name, Err(why));
            }
        }
    }

    /// The step that a decision is about, when it is the one that the request waits at.
    fn current(&self, named: &str) -> Result<&'a ApprovalStep, Message> {
        match (self.step, &self.end) {
            (Some(step), None) if step.name == named => Ok(step),
            (Some(step), None) => Err(Message::ApprovalWrongStep {
                step: named.to_owned(),
                current: format!("{} ({})", step.display_name, step.name),
            }),
            _ => Err(Message::ApprovalEnded { request: self.stamp.number.clone() }),
        }
    }

    fn judge(&self, spec: &ApprovalSpec, stamp: &ApprovalStamp) -> Result<Act, Message> {
        let step = self.current(&spec.step)?;
        if self.request.metadata.uid.as_deref() != Some(&stamp.request_uid) || spec.digest != self.digest() {
            return Err(Message::ApprovalStale { number: self.stamp.number.clone(), digest: self.digest() });
        }
        if stamp.by == self.stamp.by {
            return Err(Message::ApprovalOwn {});
        }
        self.may_decide(step, stamp)?;
        if self.agreed.iter().any(|(by, _)| *by == stamp.by) {
            return Err(Message::ApprovalTwice { by: stamp.by.clone() });
        }
        let on_paper = spec.recorded.is_some() || spec.confirms.is_some();
        match step.recorded {
            None if on_paper => return Err(Message::ApprovalNoPaper { step: step.display_name.clone() }),
            Some(Paper::Required) if !on_paper => {
                return Err(Message::ApprovalNeedsPaper { step: step.display_name.clone() });
            }
            _ => {}
        }
        self.reduces(step, spec)?;
        if let Some(paper) = &spec.confirms {
            return self.confirms(paper, spec, stamp);
        }
        if spec.recorded.is_some() {
            return Ok(Act::Enter);
        }
        Ok(match spec.decision {
            Verdict::Approve => Act::Agree(self.left_by(spec)),
            Verdict::Refuse => Act::Refuse(spec.reason.clone().unwrap_or_default()),
        })
    }

    fn may_decide(&self, step: &ApprovalStep, stamp: &ApprovalStamp) -> Result<(), Message> {
        let late = instant(&stamp.at) >= instant(&stamp.due);
        if self.group_of(std::slice::from_ref(&stamp.group), late).is_some() {
            return Ok(());
        }
        let in_time = step.groups.iter().chain(&step.delegates);
        if late && in_time.clone().any(|group| *group == stamp.group) {
            let due = Deadline { at: instant(&stamp.due), provisional: false }.shown();
            return Err(Message::ApprovalLate { due, escalation: crate::listed(&step.escalation) });
        }
        let allowed = if late { crate::listed(&step.escalation) } else { crate::listed(in_time) };
        Err(Message::ApprovalWrongGroup { by: stamp.by.clone(), step: step.display_name.clone(), allowed })
    }

    fn reduces(&self, step: &ApprovalStep, spec: &ApprovalSpec) -> Result<(), Message> {
        if spec.sites.is_empty() {
            return Ok(());
        }
        if step.may_reduce != Some(true) || spec.decision == Verdict::Refuse {
            return Err(Message::ApprovalNoReduction { step: step.display_name.clone() });
        }
        for site in &spec.sites {
            let asked = self.sites.iter().find(|asked| asked.site == site.site);
            let asked = asked.map(|asked| measured(&asked.amounts)).unwrap_or_default();
            if let Some(more) = measured(&site.amounts).too_much(&asked) {
                let (site, what) = (site.site.clone(), more.what);
                return Err(Message::ApprovalMore { site, what, agreed: more.asked, asked: more.left });
            }
        }
        Ok(())
    }

    fn confirms(&self, paper: &str, spec: &ApprovalSpec, stamp: &ApprovalStamp) -> Result<Act, Message> {
        match self.papers.get(paper) {
            Some((by, _)) if *by == stamp.by => Err(Message::ApprovalOwnPaper { approval: paper.to_owned() }),
            Some((_, entered)) if entered.decision == spec.decision => {
                Ok(Act::Confirm { paper: paper.to_owned() })
            }
            _ => Err(Message::ApprovalConfirmsNothing { approval: paper.to_owned() }),
        }
    }

    /// What a decision leaves of what was asked for. What it does not name stays.
    fn left_by(&self, spec: &ApprovalSpec) -> Vec<AskedSite> {
        let of = |asked: &AskedSite| {
            spec.sites.iter().find(|site| site.site == asked.site).unwrap_or(asked).clone()
        };
        self.sites.iter().map(of).collect()
    }

    fn act(&mut self, name: &str, spec: &ApprovalSpec, stamp: &ApprovalStamp, act: Act) {
        let at = instant(&stamp.at);
        let step = self.step.map(|step| step.display_name.clone()).unwrap_or_default();
        let group = stamp.group.clone();
        let opinion = spec.reason.clone().unwrap_or_else(|| "-".into());
        let message = match act {
            Act::Agree(sites) => {
                let reduced = sites != self.sites;
                self.agreed.push((stamp.by.clone(), sites));
                if reduced {
                    Message::HistoryReduced { step, group, opinion }
                } else {
                    Message::HistoryApproved { step, group, opinion }
                }
            }
            Act::Refuse(reason) => {
                self.end = Some(End::Refused { step: step.clone(), reason: reason.clone() });
                Message::HistoryRefused { step, group, reason }
            }
            Act::Enter => {
                self.papers.insert(name.to_owned(), (stamp.by.clone(), spec.clone()));
                let (document, date) = paper(spec);
                Message::HistoryEntered { step, document, date, decision: spec.decision.zh().into() }
            }
            Act::Confirm { paper: of } => {
                let Some((by, entered)) = self.papers.remove(&of) else { return };
                let (document, date) = paper(&entered);
                match entered.decision {
                    Verdict::Approve => {
                        let sites = self.left_by(&entered);
                        self.agreed.push((by, sites));
                    }
                    Verdict::Refuse => {
                        let reason = entered.reason.clone().unwrap_or_default();
                        self.end = Some(End::Refused { step: step.clone(), reason });
                    }
                }
                Message::HistoryConfirmed { step, document, date, decision: entered.decision.zh().into() }
            }
        };
        self.told.push(Told { at, by: stamp.by.clone(), said: vec![message] });
        self.next_step(at);
    }

    /// Goes on to the next step when enough agreed to this one.
    fn next_step(&mut self, at: Timestamp) {
        let Some(step) = self.step.filter(|_| self.end.is_none()) else {
            self.step = None;
            return;
        };
        if self.agreed.len() < usize::from(step.quorum.unwrap_or(1)) {
            return;
        }
        for (_, agreed) in std::mem::take(&mut self.agreed) {
            for (site, less) in self.sites.iter_mut().zip(agreed) {
                if measured(&less.amounts).fits(&measured(&site.amounts)) {
                    *site = less;
                }
            }
        }
        self.papers.clear();
        self.since = at.max(self.since);
        let next = self.stamp.steps.iter().position(|other| other.name == step.name).map_or(0, |at| at + 1);
        self.step = self.stamp.steps.get(next);
        if self.step.is_none() {
            self.end = Some(End::Approved(self.since));
        }
    }
}

fn paper(spec: &ApprovalSpec) -> (String, String) {
    spec.recorded.as_ref().map(|paper| (paper.document.clone(), paper.date.clone())).unwrap_or_default()
}
