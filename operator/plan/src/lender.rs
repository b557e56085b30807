//! The hub's lending: a department's budget, lent to sites.
//!
//! | a site | is vouched for |
//! |---|---|
//! | has echoed this leadership's term, and the ledger knows what it holds | yes: whatever was told before can reach it no more |
//! | has not been heard in this leadership | when a person states that the hub was not restored since |
//! | holds what the ledger does not know | once that is counted |
//! | has never been heard: it has not joined | yes: it holds nothing yet |
//! | was abandoned | yes: its ceiling stays counted for good |

use std::collections::BTreeMap;

use crds::{Holder, Lot, ReportedSet};

use crate::escrow::{Decided, Lender, Wish, Word, decide, knows, to_tell};
use crate::measured::Measured;

/// When a site was heard last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Heard {
    /// Never: it has not joined.
    #[default]
    Never,
    /// Before it could know of this leadership.
    Earlier,
    /// It has echoed this very leadership's term.
    InThisTerm,
}

/// What is known of a site.
#[derive(Clone, Copy, Debug, Default)]
pub struct Site<'a> {
    /// When it was heard last.
    pub heard: Heard,
    /// Whether a person vouches for what the ledger says of it in this leadership.
    pub person: bool,
    /// Whether it was abandoned.
    pub abandoned: bool,
    /// What it says of the department's set.
    pub reported: Option<&'a ReportedSet>,
}

/// What comes of the wishes.
#[derive(Clone, Debug, PartialEq)]
pub struct Lent {
    /// The ledger to be written first, and what waits.
    pub decided: Decided,
    /// What each site is to be told now.
    pub lots: BTreeMap<String, Lot>,
    /// Sites that are not vouched for.
    pub silent: Vec<String>,
}

/// What a site says that it holds.
#[must_use]
pub fn word(site: &Site<'_>) -> Option<Word> {
    let Some(reported) = site.reported else {
        // Who has spoken in this leadership and says nothing of the department has nothing of it.
        return (site.heard == Heard::InThisTerm).then(|| Word {
            revision: 0,
            id: String::new(),
            enforcing: Measured::default(),
        });
    };
    let lot = reported.lot.clone().unwrap_or_default();
    let shares = reported.namespaces.iter().filter_map(|fact| fact.share.as_ref());
    let shares: Vec<Measured> = shares.map(|share| Measured::of_share(share).unwrap_or_default()).collect();
    let counted = reported.counted.as_ref().map(|counted| Measured::parse(counted).unwrap_or(Measured::ALL));
    let enforcing = match (&counted, &reported.lot) {
        (Some(counted), _) => *counted,
        (None, Some(lot)) => Measured::parse(&lot.amounts).unwrap_or(Measured::ALL),
        // An agent that knows no budgets enforces each share.
        (None, None) => Measured::sum(&shares),
    };
    Some(Word { revision: lot.revision, id: lot.id, enforcing })
}

/// Lends a budget to sites. `sites` are all that may hold a part of it.
#[must_use]
pub fn lend(
    ledger: &[Holder],
    total: Measured,
    wishes: &[Wish],
    sites: &BTreeMap<String, Site<'_>>,
    id: &dyn Fn(&str, i64, &Measured) -> String,
) -> Lent {
    let mut ledger = ledger.to_vec();
    for name in sites.keys() {
        if !ledger.iter().any(|holder| holder.name == *name) {
            ledger.push(Holder { name: name.clone(), ..Holder::default() });
        }
    }
    let word = |name: &str| sites.get(name).and_then(word);
    let vouched = |name: &str| {
        let site = sites.get(name).copied().unwrap_or_default();
        let holder = ledger.iter().find(|holder| holder.name == name);
        let known = word(name).is_none_or(|word| knows(holder, &word));
        site.abandoned || (known && (site.person || site.heard != Heard::Earlier))
    };
    let silent: Vec<String> =
        ledger.iter().map(|holder| holder.name.clone()).filter(|name| !vouched(name)).collect();
    let others = |name: &str| silent.iter().all(|silent| silent == name);
    let decided = decide(&ledger, wishes, &Lender { total, word: &word, vouched: &others, id });
    let lots = decided.holders.iter().map(|holder| {
        let lot = to_tell(holder, word(&holder.name).as_ref(), others(&holder.name));
        (holder.name.clone(), lot)
    });
    let lots = lots.collect();
    Lent { decided, lots, silent }
}
