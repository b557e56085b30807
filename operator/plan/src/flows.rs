//! Flows between workspaces: open only while both sides say so, and not a moment longer.
//!
//! | between | declared by | and agreed to by | until |
//! |---|---|---|---|
//! | workspaces of one department | `spec.flows` of where it begins | nobody | the flow's end, if it has one |
//! | workspaces of two departments | `spec.flows` of where it begins | `spec.consents` of where it leads to | the earlier of both ends |
//! | a lead's workspace and a member's | the `WorkspaceSet` | the decision that it rests on | the set's end |
//!
//! Both stand in one zone, and the flow is open at the sites where both stand. Each side's order holds its own half: a policy
//! that lets out where it begins, one that lets in where it leads to; traffic passes only with both. Peers are named by labels
//! of namespaces that no tenant can write.

use std::collections::{BTreeMap, BTreeSet};

use crds::{Consent, Flow, FlowDirection, FlowPort, FlowState, FlowStatus, Message, WorkspaceSpec};
use k8s_openapi::jiff::Timestamp;

use crate::{Findings, listed, until};

mod policy;

pub use policy::{POLICY, end_in, network_policy};

/// Department and name of a workspace.
pub type Id = (String, String);

/// How many statuses of flows are kept: one's own first.
const STATUSES: usize = 96;

/// What is known of a workspace that flows begin at or lead to.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What it says.
    pub spec: &'a WorkspaceSpec,
    /// Its namespace on the sites, once it has one.
    pub namespace: Option<&'a str>,
}

/// A flow that a set of workspaces opens, on the decision that the set rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decreed<'a> {
    /// Name of the set.
    pub set: &'a str,
    /// Where it begins.
    pub from: Id,
    /// Where it leads to.
    pub to: Id,
    /// Ports there.
    pub ports: &'a [FlowPort],
    /// Its end.
    pub until: &'a str,
}

/// What flows of one workspace rest on.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Every workspace that its flows lead to, and every one whose flows lead to it.
    pub sides: &'a BTreeMap<Id, Side<'a>>,
    /// Names of all departments.
    pub departments: &'a BTreeSet<String>,
    /// Names of the department's own workspaces.
    pub own: &'a BTreeSet<String>,
    /// What sets say of flows from it and to it.
    pub decreed: &'a [Decreed<'a>],
    /// The time.
    pub now: Timestamp,
}

/// What one rule of a policy opens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opened {
    /// Department of the peer.
    pub department: String,
    /// Namespace of the peer.
    pub namespace: String,
    /// Ports.
    pub ports: Vec<FlowPort>,
    /// Its end, if it has one.
    pub until: Option<Timestamp>,
}

/// What is open at one site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtSite {
    /// Rules that let out.
    pub out: BTreeSet<Opened>,
    /// Rules that let in.
    pub into: BTreeSet<Opened>,
}

/// What became of the flows of one workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    /// What is open, by site.
    pub sites: BTreeMap<String, AtSite>,
    /// What is said of each.
    pub statuses: Vec<FlowStatus>,
    /// When one of them changes by itself.
    pub next: Option<Timestamp>,
}

/// What is wrong with a workspace's flows and consents in themselves, whatever others say.
#[must_use]
pub fn check(id: (&str, &str), spec: &WorkspaceSpec, now: Timestamp) -> Findings {
    let mut findings = Findings::new();
    let itself =
        |peer: &crds::Peer| peer.department.as_deref().unwrap_or(id.0) == id.0 && peer.workspace == id.1;
    for (at, flow) in spec.flows.iter().enumerate() {
        if itself(&flow.to) {
            findings.push(Message::FlowToItself { field: format!("spec.flows[{at}].to") });
        }
        let field = format!("spec.flows[{at}].until");
        let elsewhere = flow.to.department.as_deref().filter(|department| *department != id.0);
        match (&flow.until, elsewhere) {
            (Some(end), _) => findings.extend(check_end(field, end, now)),
            (None, Some(department)) => {
                findings.push(Message::FlowEndMissing { field, department: department.to_owned() });
            }
            (None, None) => {}
        }
    }
    for (at, consent) in spec.consents.iter().enumerate() {
        if itself(&consent.from) {
            findings.push(Message::FlowToItself { field: format!("spec.consents[{at}].from") });
        }
        findings.extend(check_end(format!("spec.consents[{at}].until"), &consent.until, now));
    }
    findings
}

/// What is wrong with an end.
#[must_use]
pub fn check_end(field: String, end: &str, now: Timestamp) -> Option<Message> {
    match until::parse(end) {
        None => Some(Message::FlowEndMalformed { field, value: end.to_owned() }),
        // No date of today in the sentence: a status that says another moment at each look would never be at rest.
        Some(parsed) if until::too_far(parsed, now) => {
            Some(Message::FlowEndTooFar { field, value: end.to_owned() })
        }
        Some(_) => None,
    }
}

/// What is open from and to a workspace now.
#[must_use]
pub fn decide(id: &Id, side: Side<'_>, facts: &Facts<'_>) -> Flows {
    let mut flows = Flows::default();
    for flow in side.spec.flows.iter().filter(|flow| check_flow(id, flow, facts.now)) {
        let to = peer(id, flow.to.department.as_deref(), &flow.to.workspace);
        if to != *id {
            let link = declared(id, &to, flow, facts.sides.get(&to).map(|side| side.spec), facts);
            flows.add(FlowDirection::Out, side, (&to, facts.sides.get(&to)), &flow.name, link);
        }
    }
    for (from, other) in facts.sides.iter().filter(|(from, _)| *from != id) {
        let to_here = other.spec.flows.iter().filter(|flow| {
            peer(from, flow.to.department.as_deref(), &flow.to.workspace) == *id
                && check_flow(from, flow, facts.now)
        });
        for flow in to_here {
            let link = declared(from, id, flow, Some(side.spec), facts);
            flows.add(FlowDirection::In, side, (from, Some(other)), &flow.name, link);
        }
    }
    for decreed in facts.decreed {
        let link = by_decision(decreed, facts.now);
        let (direction, other) = if decreed.from == *id {
            (FlowDirection::Out, &decreed.to)
        } else {
            (FlowDirection::In, &decreed.from)
        };
        flows.add(direction, side, (other, facts.sides.get(other)), decreed.set, link);
    }
    flows.statuses.sort();
    flows.statuses.truncate(STATUSES);
    flows
}

fn peer(id: &Id, department: Option<&str>, workspace: &str) -> Id {
    (department.unwrap_or(&id.0).to_owned(), workspace.to_owned())
}

/// Whether a flow is right in itself: a wrong one is refused where it is written, and opens nothing on either side.
fn check_flow(from: &Id, flow: &Flow, now: Timestamp) -> bool {
    let elsewhere = flow.to.department.as_ref().is_some_and(|department| *department != from.0);
    match &flow.until {
        Some(end) => check_end(String::new(), end, now).is_none(),
        None => !elsewhere,
    }
}

/// How a flow stands before it is known where both sides are.
enum Link {
    /// These ports, each until its end.
    Agreed(BTreeMap<FlowPort, Option<Timestamp>>),
    /// Nobody agreed.
    Awaits { ports: String, until: Option<Timestamp> },
    /// Agreed to other ports only.
    OtherPorts { asked: String, agreed: String },
    /// Over.
    Ended(Timestamp),
    /// It cannot be.
    Wrong(Message),
}

/// What a flow and the consents of where it leads to come to; `target` is what the other side says, if it is there.
fn declared(from: &Id, to: &Id, flow: &Flow, target: Option<&WorkspaceSpec>, facts: &Facts<'_>) -> Link {
    let now = facts.now;
    let end = flow.until.as_deref().and_then(until::parse);
    if let Some(end) = end.filter(|end| *end <= now) {
        return Link::Ended(end);
    }
    if from.0 == to.0 {
        return match target {
            Some(_) => Link::Agreed(flow.ports.iter().map(|port| (*port, end)).collect()),
            None => Link::Wrong(unknown("workspace", &to.1, "业务空间 Workspace", facts.own)),
        };
    }
    if !facts.departments.contains(&to.0) {
        return Link::Wrong(unknown("department", &to.0, "单位 Department", facts.departments));
    }
    // Whether the other side has such a workspace is not for this side to learn: without consent both look the same.
    let consents: Vec<(&Consent, Timestamp)> = target
        .iter()
        .flat_map(|target| &target.consents)
        .filter(|consent| peer(to, consent.from.department.as_deref(), &consent.from.workspace) == *from)
        .filter_map(|consent| Some((consent, until::parse(&consent.until)?)))
        .filter(|(_, end)| !until::too_far(*end, now))
        .collect();
    if consents.is_empty() {
        return Link::Awaits { ports: ports(&flow.ports), until: end };
    }
    let mut agreed: BTreeMap<FlowPort, Option<Timestamp>> = BTreeMap::new();
    for (consent, consent_end) in &consents {
        for port in consent.ports.iter().filter(|port| flow.ports.contains(port)) {
            let both = end.map_or(*consent_end, |end| end.min(*consent_end));
            let longest = agreed.entry(*port).or_insert(Some(both));
            *longest = (*longest).max(Some(both));
        }
    }
    let last = agreed.values().copied().max().flatten();
    agreed.retain(|_, end| end.is_none_or(|end| end > now));
    match last {
        None => Link::OtherPorts {
            asked: ports(&flow.ports),
            agreed: ports(consents.iter().flat_map(|(consent, _)| &consent.ports)),
        },
        Some(last) if agreed.is_empty() => Link::Ended(last),
        Some(_) => Link::Agreed(agreed),
    }
}

fn by_decision(decreed: &Decreed<'_>, now: Timestamp) -> Link {
    match until::parse(decreed.until) {
        None => Link::Wrong(Message::FlowEndMalformed {
            field: "WorkspaceSet.spec.flows.until".into(),
            value: decreed.until.to_owned(),
        }),
        Some(end) if end <= now => Link::Ended(end),
        Some(end) => Link::Agreed(decreed.ports.iter().map(|port| (*port, Some(end))).collect()),
    }
}

fn unknown(what: &str, value: &str, kind: &str, allowed: &BTreeSet<String>) -> Message {
    Message::UnknownReference {
        field: format!("spec.flows[].to.{what}"),
        value: value.to_owned(),
        kind: kind.to_owned(),
        allowed: listed(allowed),
    }
}

/// Ports as people read them: each once, in their order.
fn ports<'a>(ports: impl IntoIterator<Item = &'a FlowPort>) -> String {
    let ports: BTreeSet<&FlowPort> = ports.into_iter().collect();
    let said: Vec<String> =
        ports.iter().map(|port| format!("{}/{}", port.port, port.protocol.id())).collect();
    said.join(", ")
}

impl Flows {
    /// Takes what became of one flow, seen from the side that `side` is.
    fn add(
        &mut self,
        direction: FlowDirection,
        side: Side<'_>,
        (other, there): (&Id, Option<&Side<'_>>),
        name: &str,
        link: Link,
    ) {
        let peer = format!("{}/{}", other.0, other.1);
        let (state, message) = match link {
            Link::Agreed(agreed) => self.place(direction, side, (other, there), &agreed),
            Link::Awaits { ports, until } => {
                self.look_again(until);
                let message = match direction {
                    FlowDirection::Out => Message::FlowAwaitsConsent { peer: peer.clone(), ports },
                    FlowDirection::In => Message::FlowAsksConsent { peer: peer.clone(), ports },
                };
                (FlowState::AwaitsConsent, message)
            }
            Link::OtherPorts { asked, agreed } => {
                (FlowState::AwaitsConsent, Message::FlowOtherPorts { asked, agreed })
            }
            Link::Ended(end) => (FlowState::Ended, Message::FlowEnded { until: until::shown(end) }),
            Link::Wrong(message) => (FlowState::Refused, message),
        };
        let message = message.to_string();
        self.statuses.push(FlowStatus { direction, peer, name: name.to_owned(), state, message });
    }

    /// Opens what was agreed to at the sites where both stand.
    fn place(
        &mut self,
        direction: FlowDirection,
        side: Side<'_>,
        (other, there): (&Id, Option<&Side<'_>>),
        agreed: &BTreeMap<FlowPort, Option<Timestamp>>,
    ) -> (FlowState, Message) {
        let peer = format!("{}/{}", other.0, other.1);
        for end in agreed.values() {
            self.look_again(*end);
        }
        let Some(there) = there else { return (FlowState::Pending, Message::FlowPeerPending { peer }) };
        if there.spec.zone != side.spec.zone {
            let (own, other) = (side.spec.zone.to_string(), there.spec.zone.to_string());
            return (FlowState::Refused, Message::FlowZones { own, peer, other });
        }
        let sites = |spec: &WorkspaceSpec| -> BTreeSet<String> {
            spec.sites.iter().map(|place| place.site.clone()).collect()
        };
        let (here, beyond) = (sites(side.spec), sites(there.spec));
        let common: BTreeSet<&String> = here.intersection(&beyond).collect();
        if common.is_empty() {
            let (own, other) = (listed(here), listed(beyond));
            return (FlowState::Refused, Message::FlowNoCommonSite { peer, own, other });
        }
        let Some(namespace) = there.namespace else {
            return (FlowState::Pending, Message::FlowPeerPending { peer });
        };
        let mut by_end: BTreeMap<Option<Timestamp>, Vec<FlowPort>> = BTreeMap::new();
        for (port, end) in agreed {
            by_end.entry(*end).or_default().push(*port);
        }
        for (until, ports) in &by_end {
            let opened = Opened {
                department: other.0.clone(),
                namespace: namespace.to_owned(),
                ports: ports.clone(),
                until: *until,
            };
            for site in &common {
                let at = self.sites.entry((*site).clone()).or_default();
                match direction {
                    FlowDirection::Out => at.out.insert(opened.clone()),
                    FlowDirection::In => at.into.insert(opened.clone()),
                };
            }
        }
        let first_end =
            by_end.keys().flatten().min().map_or_else(|| "-".to_owned(), |end| until::shown(*end));
        let open = Message::FlowOpen { ports: ports(agreed.keys()), sites: listed(common), until: first_end };
        (FlowState::Open, open)
    }

    fn look_again(&mut self, at: Option<Timestamp>) {
        self.next = [self.next, at].into_iter().flatten().min();
    }

    /// Names of the own flows that are not open.
    #[must_use]
    pub fn not_open(&self) -> Vec<&str> {
        let own = self.statuses.iter().filter(|flow| flow.direction == FlowDirection::Out);
        own.filter(|flow| flow.state != FlowState::Open).map(|flow| flow.name.as_str()).collect()
    }
}

#[cfg(test)]
#[path = "flows_tests.rs"]
mod tests;
