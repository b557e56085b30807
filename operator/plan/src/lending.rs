//! A site's own lending: a department's allotment on the site, lent to its namespaces as native quotas.
//!
//! A namespace has confirmed a lot when its quota carries that lot's revision, shows the limits as enforced, and what is charged
//! fits: all of it at one version of the quota, which every later charge is a change of.
//!
//! | the order says | a namespace is to have |
//! |---|---|
//! | a share | the share, those that have one already first |
//! | growth has stopped, now | what is charged and a quarter more, at most what it had |
//! | growth has stopped, as before | what it had, at most its share |
//! | idle share may move | see [`crate::elastic`] |

use std::collections::BTreeMap;

use crds::{Amounts, Holder, Lot, Message, Shares, SiteLedger};
use serde_json::Value;

use crate::escrow::{Lender, Wish, Word, ceiling, decide, last};
use crate::measured::Measured;
use crate::{elastic, quota};

/// A namespace's quota as it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// The revision of the ledger that it was written for, 0 when it says none.
    pub revision: i64,
    /// Whether the site's controller shows that exactly its limits are enforced.
    pub enforced: bool,
    /// What is charged.
    pub used: Measured,
    /// The most that can be charged to it.
    pub most: Measured,
}

impl Live {
    /// Reads a quota.
    #[must_use]
    pub fn of(quota: &Value) -> Self {
        let measured = |pointer: &str| {
            let map = quota.pointer(pointer).and_then(|map| serde_json::from_value(map.clone()).ok());
            map.map(|map: BTreeMap<String, String>| Measured::charged(&map)).unwrap_or_default()
        };
        let (spec, status, used) =
            (measured("/spec/hard"), measured("/status/hard"), measured("/status/used"));
        Self {
            revision: quota::revision(quota).unwrap_or_default(),
            enforced: quota.pointer("/spec/hard") == quota.pointer("/status/hard"),
            used,
            most: spec.max(&status).max(&used),
        }
    }
}

/// What stands on the site for a department.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// What the accepted order says.
    pub shares: &'a Shares,
    /// The quotas, by namespace.
    pub quotas: &'a BTreeMap<String, Live>,
    /// Whether a namespace stands there.
    pub stands: &'a dyn Fn(&str) -> bool,
}

/// What comes of an order's shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Lent {
    /// The ledger, written before any quota is.
    pub ledger: SiteLedger,
    /// What each namespace is to have now. One that is not here has no room yet and is not made.
    pub lots: BTreeMap<String, Lot>,
    /// Why a namespace does not have all of its share.
    pub waits: BTreeMap<String, Message>,
    /// The most that may be in use, while that is more than the allotment.
    pub counted: Option<Amounts>,
}

impl Lent {
    /// What each quota may still say while it is on its way to the lot that was told last: lots of before, by namespace. That one was
    /// confirmed is recorded only when something rests on it.
    #[must_use]
    pub fn before(&self) -> Vec<(String, Lot)> {
        let of = |holder: &'_ Holder| {
            let all = std::iter::once(&holder.confirmed).chain(&holder.told).take(holder.told.len());
            let written = all.filter(|lot| lot.revision > 0);
            written.map(|lot| (holder.name.clone(), lot.clone())).collect::<Vec<_>>()
        };
        self.ledger.holders.iter().flat_map(of).collect()
    }
}

/// Lends what the order allots. The same facts again change nothing.
#[must_use]
pub fn lend(before: &SiteLedger, facts: Facts<'_>) -> Lent {
    let Facts { shares, quotas, stands } = facts;
    let wanted = |name: &str| shares.namespaces.iter().any(|share| share.namespace == name);
    let mut holders = before.holders.clone();
    // What is no longer in the orders still counts while it stands.
    holders.retain(|holder| wanted(&holder.name) || stands(&holder.name));
    let word = |name: &str| word(&holders, name, quotas.get(name)?);
    let in_use = |holders: &[Holder]| {
        let each = holders.iter().map(|holder| ceiling(holder, word(&holder.name).as_ref()));
        Measured::sum(&each.collect::<Vec<_>>())
    };
    let counted = counted(before, shares.lot.as_ref(), &in_use(&holders));
    let allotted = shares.lot.as_ref().map(measured);
    let lender = Lender {
        // A hub that knows no budgets allots what the shares come to.
        total: allotted.unwrap_or(Measured::ALL),
        word: &word,
        // One store holds ledger and quotas: nothing here can be behind the other.
        vouched: &|_| true,
        id: &|_, _, _| String::new(),
    };
    let decided = decide(&holders, &wishes(before, facts), &lender);
    let lots = decided.holders.iter().filter(|holder| wanted(&holder.name)).filter_map(|holder| {
        let lot = last(holder);
        (measured(lot).has_namespace() || stands(&holder.name)).then(|| (holder.name.clone(), lot.clone()))
    });
    let lots: BTreeMap<String, Lot> = lots.collect();
    let waits = decided.waits.into_keys().filter(|name| wanted(name)).map(|namespace| {
        let has_some = lots.contains_key(&namespace);
        let said = |namespace| {
            if has_some { Message::ShareWaits { namespace } } else { Message::NoRoomYet { namespace } }
        };
        (namespace.clone(), said(namespace))
    });
    let waits = waits.collect();
    let in_use = in_use(&decided.holders);
    let exceeds = allotted.is_some_and(|allotted| !in_use.fits(&allotted));
    let known =
        counted.as_ref().map(|counted| Measured::parse(counted).unwrap_or_default()).unwrap_or_default();
    Lent {
        ledger: SiteLedger {
            holders: decided.holders,
            lot: shares.lot.clone(),
            counted,
            growth_stopped: shares.growth_stopped,
        },
        lots,
        waits,
        counted: exceeds.then(|| known.max(&in_use).amounts()),
    }
}

fn measured(lot: &Lot) -> Measured {
    Measured::parse(&lot.amounts).unwrap_or_default()
}

/// What a quota says of the lot that its namespace holds.
fn word(holders: &[Holder], name: &str, live: &Live) -> Option<Word> {
    let told = holders.iter().find(|holder| holder.name == name);
    let known = told.is_some_and(|told| {
        std::iter::once(&told.confirmed).chain(&told.told).any(|lot| lot.revision == live.revision)
    });
    // Before the controller has caught up, anything that it was told may be what is enforced.
    (live.enforced || !known).then(|| Word {
        revision: live.revision,
        id: String::new(),
        enforcing: live.most,
    })
}

/// The most that may have been in use since all of it last fitted into what was allotted, when that is more than is allotted now.
/// It is found out once for each lot: what shrinks with every pod that ends would be a report each time.
fn counted(before: &SiteLedger, lot: Option<&Lot>, in_use: &Measured) -> Option<Amounts> {
    if before.lot.as_ref() == lot {
        return before.counted.clone();
    }
    let allotted = measured(lot?);
    let was = before.lot.as_ref().map(measured).unwrap_or_default();
    let known = before.counted.as_ref().map(|known| Measured::parse(known).unwrap_or_default());
    let most = if in_use.fits(&was) { was } else { known.unwrap_or_default().max(&was).max(in_use) };
    (!most.fits(&allotted)).then(|| most.max(&allotted).amounts())
}

/// What each namespace is to have, those that have something already first.
fn wishes(before: &SiteLedger, facts: Facts<'_>) -> Vec<Wish> {
    let Facts { shares, quotas, .. } = facts;
    let place = |name: &str| before.holders.iter().position(|holder| holder.name == name);
    let had = |name: &str| place(name).map(|at| measured(last(&before.holders[at]))).unwrap_or_default();
    let used = |name: &str| quotas.get(name).map(|live| live.used).unwrap_or_default();
    let mut named: Vec<(&str, Measured)> = shares
        .namespaces
        .iter()
        .map(|one| (one.namespace.as_str(), Measured::of_share(&one.share).unwrap_or_default()))
        .collect();
    named.sort_by_key(|(name, _)| (place(name).unwrap_or(usize::MAX), *name));
    if shares.elastic && !shares.growth_stopped {
        let all: Vec<elastic::Member> = named
            .iter()
            .map(|(name, share)| elastic::Member { share: *share, used: used(name), had: had(name) })
            .collect();
        let total = shares.lot.as_ref().map(measured).unwrap_or_default();
        for ((_, amounts), wish) in named.iter_mut().zip(elastic::wishes(&all, &total)) {
            *amounts = wish;
        }
    }
    let wish = |(name, share): (&str, Measured)| {
        let amounts = match (shares.growth_stopped, before.growth_stopped) {
            (false, _) => share,
            // Room for replacing pods one after the other; what uses nothing stays without.
            (true, false) => share.min(&had(name)).min(&used(name).scaled(5, 4)),
            (true, true) => share.min(&had(name)),
        };
        Wish { name: name.to_owned(), amounts }
    };
    named.into_iter().map(wish).collect()
}

#[cfg(test)]
#[path = "lending_tests.rs"]
mod tests;
