//! What a person is shown before ruling about the sets that are held at a site, and what each way out comes to.
//!
//! | site says | order on the hub | held, because |
//! |---|---|---|
//! | quarantined, or forgotten | any | the site says so |
//! | anything | none | the hub does not know the set |
//! | an order that the hub's follows, or that is older than these | any | it is not: the site is told, or told again |
//! | another order | any | the hub does not know it ([`order::tell`]) |
//!
//! | namespace on the site | in the hub's next order | take-hub | take-site |
//! |---|---|---|---|
//! | with the same share | yes | nothing changes | nothing changes |
//! | with another share | yes | the hub's share | the site's share goes into the register |
//! | yes | no | stays as it is, kept by no order | goes into the register, or is named with what stands against it |
//! | no | yes | is made | is made |
//!
//! Neither deletes: what an approved removal takes away goes on as it was approved, and is shown beside both.

mod effects;

use std::collections::BTreeSet;

use crds::{
    Enforcement, Message, Order, OrderId, Removal, ReportedSet, SetPhase, Share, Then, Workspace, Zone,
};
use serde::Serialize;

pub use self::effects::is_wrong;
use self::effects::{next_order, registered, take_hub, take_site, taken};
use crate::bundle::{Content, TERM_SET};
use crate::order::{Line, Standing, Tell, Word, tell};
use crate::report::held as held_order;

/// What is known of one set at one site.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Name of the site.
    pub site: &'a str,
    /// What the site says of the set.
    pub reported: &'a ReportedSet,
    /// The order that stands on the hub, with its content.
    pub told: Option<(&'a Order, &'a Content)>,
    /// What the hub has of the department.
    pub register: &'a Register<'a>,
}

/// What the hub has of one department (登记).
#[derive(Clone, Debug, Default)]
pub struct Register<'a> {
    /// Whether the `Department` is there.
    pub department: bool,
    /// Names of its systems.
    pub systems: BTreeSet<String>,
    /// Its workspaces.
    pub workspaces: Vec<&'a Workspace>,
    /// Its removals.
    pub removals: Vec<&'a Removal>,
}

/// A set that is held, and what each way out comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldSet {
    /// Name of the set.
    pub set: String,
    /// The order that the site holds, the default for none.
    pub site: OrderId,
    /// The order that stands on the hub, the default for none.
    pub hub: OrderId,
    /// Number of the leadership that told the hub's order.
    pub term: Option<i64>,
    /// What the site made of the newest order.
    pub phase: SetPhase,
    /// Why it is held: what the site says, and what the hub finds.
    pub why: String,
    /// What take-hub does.
    pub take_hub: TakeHub,
    /// What take-site does.
    pub take_site: TakeSite,
    /// What both do.
    pub both: Both,
}

/// 以中心为准: what becomes of the site.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TakeHub {
    /// Namespaces that stay as they are and are kept by no order.
    pub stay: Vec<String>,
    /// Shares that change on the site.
    pub shares: Vec<ShareChange>,
}

/// 以机房为准: what becomes of the register.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TakeSite {
    /// Workspaces that are registered.
    pub create: Vec<NewWorkspace>,
    /// Shares that change in the register.
    pub shares: Vec<ShareChange>,
    /// Namespaces that cannot be registered, and stay as they are.
    pub cannot: Vec<Cannot>,
}

/// What becomes of register and site either way.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Both {
    /// Namespaces that the site does not have and that will be made.
    pub made: Vec<String>,
    /// Namespaces that approved removals take away.
    pub taken: Vec<TakenAway>,
    /// Workspaces that are wrong: they change nothing before they are put right.
    pub wrong: Vec<String>,
}

/// A share that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareChange {
    /// Namespace on the site.
    pub namespace: String,
    /// The `Workspace`, empty where none is registered.
    pub workspace: String,
    /// What it was, none where it had none.
    pub from: Option<Share>,
    /// What it will be.
    pub to: Share,
}

/// A workspace that is registered from what stands on the site.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewWorkspace {
    /// Name of the `Workspace`.
    pub name: String,
    /// Its namespace on the site.
    pub namespace: String,
    /// Its Chinese name.
    pub display_name: String,
    /// The `System` that it serves.
    pub system: String,
    /// The zone that it stands in.
    pub zone: Zone,
    /// Its share there.
    pub share: Share,
    /// How far the rules are in force there, if it was adopted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adopted: Option<Enforcement>,
}

/// A namespace that cannot be registered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cannot {
    /// Namespace on the site.
    pub namespace: String,
    /// Why.
    pub why: String,
    /// Whether a person has to restore something before the site's word can be taken.
    pub restore_first: bool,
}

/// A namespace that an approved removal takes away.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TakenAway {
    /// Namespace on the site.
    pub namespace: String,
    /// Name of the `Removal`.
    pub removal: String,
    /// What becomes of it.
    pub then: Then,
}

/// Looks at one set; nothing when it is not held.
#[must_use]
pub fn look(facts: &Facts<'_>) -> Option<HeldSet> {
    let order = facts.told.map(|(order, _)| order);
    let why = why_held(facts.site, facts.reported, order)?;
    let registered = registered(facts);
    let taken = taken(facts, &registered);
    let next = next_order(facts, &registered, &taken);
    let here = |name: &String| facts.reported.namespaces.iter().any(|fact| fact.name == *name);
    Some(HeldSet {
        set: facts.reported.set.clone(),
        site: held_order(Some(facts.reported)),
        hub: order.map(Order::id).unwrap_or_default(),
        term: order.map(|order| order.term.number),
        phase: facts.reported.phase,
        why,
        take_hub: take_hub(facts, &registered, &next, &taken),
        take_site: take_site(facts, &registered, &next, &taken),
        both: Both {
            made: next.keys().filter(|name| !here(name)).cloned().collect(),
            wrong: registered.iter().filter(|one| one.wrong).map(|one| one.name.to_owned()).collect(),
            taken,
        },
    })
}

/// Why a set is held: a line from the site, a line from the hub.
fn why_held(site: &str, reported: &ReportedSet, standing: Option<&Order>) -> Option<String> {
    if reported.set == TERM_SET {
        return None;
    }
    let nothing = Order::default();
    let told = standing.unwrap_or(&nothing);
    let line = Line { epoch: &told.epoch, term: &told.term, site, set: &reported.set };
    let standing = standing.map(|order| Standing { order, wanted: true });
    let unknown = standing.is_none();
    let holds = held_order(Some(reported));
    let word = Word { holds: Some(&holds), ..Word::default() };
    let found = match tell(standing, word, line) {
        Tell::Hold(why) => Some(why),
        _ if unknown => Some(Message::SetUnknown { site: site.to_owned(), set: reported.set.clone() }),
        _ => None,
    };
    let said = matches!(reported.phase, SetPhase::Quarantined | SetPhase::Forgotten);
    let said = said.then(|| reported.message.clone());
    let lines: Vec<String> = said.into_iter().chain(found.map(|why| why.to_string())).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests;
