//! What is said of a request, and the grant that is to be written.

use std::collections::BTreeMap;

use crds::message::join;
use crds::{
    Basis, Grant, GrantOrigin, GrantSpec, HistoryEntry, Message, PendingStep, ProtectionLevel, RequestPhase,
    RequestStamp, ResourceRequest,
};
use k8s_openapi::jiff::Timestamp;

use super::chain::{Chain, Due, End, Seen, Told};
use super::{digest, granted, instant, moment};
use crate::conditions::Holds;
use crate::measured::{Measured, TooMuch};

/// Name of the hub in histories.
const HUB: &str = "zhengyun-hub";
/// How many lines a history has at most.
const LINES: usize = 64;

/// What is known of one request.
pub struct Facts<'a> {
    /// The request.
    pub request: &'a ResourceRequest,
    /// Whether admission sealed exactly this.
    pub sealed: bool,
    /// The decisions on it.
    pub approvals: &'a [Seen<'a>],
    /// What the automatic rule says: which part of it applies, or why a person decides. Asked once: what was said first stands.
    pub automatic: Result<Message, Message>,
    /// Why it cannot be granted whoever agrees, such as a grant that was replaced meanwhile.
    pub hindrance: Option<Message>,
    /// What the department may still be granted, with what it holds by the grant that is to be replaced.
    pub room: Measured,
    /// The level of the system now.
    pub level: Option<ProtectionLevel>,
    /// The grant of its name, if there is one.
    pub grant: Option<&'a Grant>,
    /// The time.
    pub now: Timestamp,
    /// Working days.
    pub due: Due<'a>,
}

/// What comes of a request.
#[derive(Debug)]
pub struct Decided {
    /// How far it is.
    pub phase: RequestPhase,
    /// Whether it is granted.
    pub holds: Holds,
    /// What is said of it.
    pub said: Message,
    /// The step that it waits at.
    pub step: Option<PendingStep>,
    /// Its history.
    pub history: Vec<HistoryEntry>,
    /// What each approval comes to.
    pub verdicts: BTreeMap<String, Result<Message, Message>>,
    /// The grant that is to be written now.
    pub grant: Option<GrantSpec>,
    /// When to look again though nothing changed.
    pub again: Option<Timestamp>,
}

/// Name of the grant of a request: one for each, whoever writes it and however often.
#[must_use]
pub fn grant_name(request: &ResourceRequest) -> Option<String> {
    let digest = &request.spec.stamp.as_ref()?.digest;
    Some(format!("{}-{}", request.metadata.name.as_deref()?, digest.get(..8)?))
}

/// Decides about one request.
#[must_use]
pub fn decide(facts: &Facts<'_>) -> Decided {
    let spec = &facts.request.spec;
    let said_only = |phase, said| Decided {
        phase,
        holds: Holds::False,
        said,
        step: None,
        history: Vec::new(),
        verdicts: BTreeMap::new(),
        grant: None,
        again: None,
    };
    if !spec.is_submitted() {
        return said_only(RequestPhase::Draft, Message::RequestDraft {});
    }
    let Some(stamp) = spec.stamp.as_ref().filter(|_| facts.sealed) else {
        return said_only(RequestPhase::Invalid, Message::RequestUnsealed {});
    };
    if stamp.digest != digest(spec, &spec.sites) {
        return said_only(RequestPhase::Invalid, Message::RequestChanged { number: stamp.number.clone() });
    }
    let chain = Chain::walk(facts.request, stamp, facts.approvals);
    let mut decided = match facts.grant {
        Some(grant) => of_grant(facts, grant, stamp),
        None => open(facts, stamp, &chain),
    };
    decided.history = history(facts, stamp, &chain);
    decided.verdicts = chain.verdicts;
    decided
}

/// What is said once there is a grant.
fn of_grant(facts: &Facts<'_>, grant: &Grant, stamp: &RequestStamp) -> Decided {
    let name = grant.metadata.name.clone().unwrap_or_default();
    let ours = grant
        .spec
        .request
        .as_ref()
        .is_some_and(|origin| Some(&origin.uid) == facts.request.metadata.uid.as_ref());
    let (phase, holds, said) = if ours {
        let number = stamp.number.clone();
        (RequestPhase::Granted, Holds::True, Message::RequestGranted { number, grant: name })
    } else {
        (RequestPhase::Invalid, Holds::False, Message::GrantOfAnother { grant: name })
    };
    Decided {
        phase,
        holds,
        said,
        step: None,
        history: Vec::new(),
        verdicts: BTreeMap::new(),
        grant: None,
        again: None,
    }
}

/// What is said while there is none.
fn open(facts: &Facts<'_>, stamp: &RequestStamp, chain: &Chain<'_>) -> Decided {
    let number = || stamp.number.clone();
    let (mut step, mut grant, mut again) = (None, None, None);
    let automatic = facts.automatic.is_ok() && first_refusal(facts.request).is_none();
    let (phase, said) = if facts.request.spec.is_withdrawn() {
        (RequestPhase::Withdrawn, Message::RequestWithdrawn { number: number() })
    } else if let Some(End::Refused { step, reason }) = &chain.end {
        let (step, reason) = (step.clone(), reason.clone());
        (RequestPhase::Refused, Message::RequestRefused { number: number(), step, reason })
    } else if let Some(hindrance) = &facts.hindrance {
        (RequestPhase::Invalid, hindrance.clone())
    } else if automatic || matches!(chain.end, Some(End::Approved(_))) {
        if let Some(TooMuch { what, asked, left }) = super::whole(&chain.sites).too_much(&facts.room) {
            (RequestPhase::Approved, Message::RequestNoRoom { number: number(), what, asked, left })
        } else {
            grant = Some(grant_of(facts, stamp, chain));
            let grant = grant_name(facts.request).unwrap_or_default();
            (RequestPhase::Approved, Message::RequestGranting { number: number(), grant })
        }
    } else {
        let (pending, until, said) = pending(facts, stamp, chain);
        (step, again) = (Some(pending), until);
        (RequestPhase::Deciding, said)
    };
    Decided {
        phase,
        holds: Holds::False,
        said,
        step,
        history: Vec::new(),
        verdicts: BTreeMap::new(),
        grant,
        again,
    }
}

fn grant_of(facts: &Facts<'_>, stamp: &RequestStamp, chain: &Chain<'_>) -> GrantSpec {
    let request = facts.request;
    GrantSpec {
        sites: granted(&chain.sites),
        until: request.spec.until.clone(),
        basis: Basis { document: stamp.number.clone(), note: None },
        request: Some(GrantOrigin {
            name: request.metadata.name.clone().unwrap_or_default(),
            uid: request.metadata.uid.clone().unwrap_or_default(),
            number: stamp.number.clone(),
            digest: chain.digest(),
            level: facts.level,
        }),
        replaces: request.spec.grant.clone(),
        taken_back: false,
    }
}

/// The step that a request waits at, when it is overdue, and what is said of it.
fn pending(
    facts: &Facts<'_>,
    stamp: &RequestStamp,
    chain: &Chain<'_>,
) -> (PendingStep, Option<Timestamp>, Message) {
    let Some(step) = chain.step else {
        return (PendingStep::default(), None, Message::RequestUnsealed {});
    };
    let due = (facts.due)(chain.since, step.working_days);
    let overdue = facts.now >= due.at;
    let pending = PendingStep {
        name: step.name.clone(),
        display_name: step.display_name.clone(),
        since: moment(chain.since),
        due: due.shown(),
        overdue,
        agreed: chain.agreed.iter().map(|(by, _)| by.clone()).collect(),
        digest: chain.digest(),
    };
    let (number, name) = (stamp.number.clone(), step.display_name.clone());
    let said = match (overdue, chain.papers.keys().next()) {
        (true, _) if step.escalation.is_empty() => {
            Message::StepOverdueForNobody { number, step: name, due: pending.due.clone() }
        }
        (true, _) => Message::StepOverdue {
            number,
            step: name,
            due: pending.due.clone(),
            escalation: crate::listed(&step.escalation),
        },
        (false, Some(approval)) => {
            Message::AwaitsConfirmation { number, step: name, approval: approval.clone() }
        }
        (false, None) => Message::AwaitsStep { number, step: name, due: pending.due.clone() },
    };
    (pending, (!overdue).then_some(due.at), said)
}

/// The whole history: what happened, in order, and what was there before and is gone.
fn history(facts: &Facts<'_>, stamp: &RequestStamp, chain: &Chain<'_>) -> Vec<HistoryEntry> {
    let submitted = instant(&stamp.at);
    let by_hub = |at, said| Told { at, by: HUB.into(), said };
    let mut told = vec![Told {
        at: submitted,
        by: stamp.by.clone(),
        said: vec![Message::HistorySubmitted {
            number: stamp.number.clone(),
            policy: stamp.policy.clone(),
            steps: stamp.steps.iter().map(|step| step.display_name.as_str()).collect::<Vec<_>>().join(" → "),
        }],
    }];
    let first = automatic_line(facts.request);
    match (first, &facts.automatic) {
        (Some(_), _) => {}
        (None, Ok(rule)) => told.push(by_hub(submitted, vec![rule.clone()])),
        (None, Err(why)) => told.push(by_hub(submitted, vec![Message::NotAutomatic {}, why.clone()])),
    }
    told.extend(chain.told.iter().cloned());
    if let Some(grant) = facts.grant {
        let at = grant.metadata.creation_timestamp.as_ref().map_or(facts.now, |at| at.0);
        let name = grant.metadata.name.clone().unwrap_or_default();
        told.push(by_hub(at, vec![Message::HistoryGranted { grant: name }]));
    }
    let line = |told: Told| HistoryEntry { at: moment(told.at), by: told.by, message: join(&told.said) };
    let now: Vec<HistoryEntry> = told.into_iter().map(line).collect();
    // What was said first of the automatic rule stands behind its submission.
    let (submission, rest) = now.split_at(1.min(now.len()));
    let now: Vec<HistoryEntry> = submission.iter().chain(first).chain(rest).cloned().collect();
    let before = facts.request.status.iter().flat_map(|status| &status.history);
    let gone = before.filter(|entry| is_decision(&entry.message) && !now.contains(entry)).cloned();
    let mut all: Vec<HistoryEntry> = Vec::new();
    for entry in gone {
        let lost = Message::DecisionGone { at: entry.at.clone(), by: entry.by.clone() };
        let lost = HistoryEntry { at: entry.at.clone(), by: HUB.into(), message: lost.to_string() };
        all.extend([entry, lost]);
    }
    all.extend(now);
    all.sort_by(|one, other| one.at.cmp(&other.at));
    all.dedup();
    // The beginning is what later lines rest on; what is left out is the latest noise.
    all.truncate(LINES);
    all
}

/// What was said first of the automatic rule. The use of what is held changes from hour to hour, and the answer must not.
fn automatic_line(request: &ResourceRequest) -> Option<&HistoryEntry> {
    let lines = request.status.iter().flat_map(|status| &status.history);
    lines.into_iter().find(|line| matches!(code(&line.message), Some(1750..=1752)))
}

/// That line, where a person decides.
fn first_refusal(request: &ResourceRequest) -> Option<&HistoryEntry> {
    automatic_line(request).filter(|line| code(&line.message) == Some(1752))
}

fn code(line: &str) -> Option<u16> {
    line.strip_prefix("ZY-")?.split(' ').next()?.parse().ok()
}

/// Whether a line of a history tells of a decision that counted: the sentences from `HistoryApproved` to `HistoryConfirmed`.
fn is_decision(line: &str) -> bool {
    matches!(code(line), Some(1722..=1726))
}
