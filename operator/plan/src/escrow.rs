//! Escrow: a total is lent to holders in parts, and the parts together never exceed it, whatever is lost, late, repeated or cut off
//! (DESIGN section 7). One algorithm at two levels: the hub lends a department's budget to sites, a site lends its allotment to
//! namespaces.
//!
//! A holder's *ceiling* is the most that it may be enforcing: what it confirmed, and everything that it was told since.
//!
//! | wish | what is told |
//! |---|---|
//! | less than it was told last | the cut, at once; the amount comes back when the holder confirms that lot or a later one |
//! | more, others' ceilings leave room, and every other holder is vouched for | the raise, as far as there is room |
//! | more, no room | what fits; the rest waits |
//! | more, but some other holder has not been heard since this teller began | nothing more |
//! | none: it is missing | what it was told last stays (invariant 2) |
//!
//! The new ledger is written with a precondition before anything of it is told.

use std::collections::BTreeMap;

use crds::{Holder, Lot};

use crate::measured::Measured;
use crate::order::MAX_UNCONFIRMED;

/// What a holder says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Revision of the lot that it holds, 0 for none.
    pub revision: i64,
    /// Id of that lot.
    pub id: String,
    /// The most that it can be enforcing while it holds this lot.
    pub enforcing: Measured,
}

/// What a holder should have. Wishes that come first are met first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Name of the holder.
    pub name: String,
    /// How much.
    pub amounts: Measured,
}

/// Why a holder does not have all that it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// These still have what is to be its part.
    Room(Vec<String>),
    /// The total is too small for all wishes.
    Total,
    /// Others have not been heard.
    Word,
    /// It has not confirmed too many lots.
    Unconfirmed,
}

/// What comes of wishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The ledger as it is to be written before anything is told.
    pub holders: Vec<Holder>,
    /// Why some wishes are not met yet.
    pub waits: BTreeMap<String, Wait>,
}

/// Who lends, and what is known.
pub struct Lender<'a> {
    /// What can be lent in all.
    pub total: Measured,
    /// What each holder says, nothing when it is not heard.
    pub word: &'a dyn Fn(&str) -> Option<Word>,
    /// Whether all holders but this one are known to hold what the ledger says.
    pub vouched: &'a dyn Fn(&str) -> bool,
    /// The id of a new lot.
    pub id: &'a dyn Fn(&str, i64, &Measured) -> String,
}

fn measured(lot: &Lot) -> Measured {
    Measured::parse(&lot.amounts).unwrap_or_default()
}

fn is(lot: &Lot, word: &Word) -> bool {
    lot.revision == word.revision && lot.id == word.id
}

/// What a holder was told last.
#[must_use]
pub fn last(holder: &Holder) -> &Lot {
    holder.told.last().unwrap_or(&holder.confirmed)
}

/// Whether the ledger knows what a holder says that it holds.
#[must_use]
pub fn knows(holder: Option<&Holder>, word: &Word) -> bool {
    match holder {
        // Nobody lent what is held without a lot: all of it is to be counted first.
        Some(holder) => std::iter::once(&holder.confirmed)
            .chain(&holder.told)
            .any(|lot| is(lot, word) && (lot.revision > 0 || word.enforcing.fits(&measured(lot)))),
        None => word.revision == 0 && word.enforcing.is_zero(),
    }
}

/// The most that a holder may be enforcing.
#[must_use]
pub fn ceiling(holder: &Holder, word: Option<&Word>) -> Measured {
    let all = || std::iter::once(&holder.confirmed).chain(&holder.told);
    let at = word.and_then(|word| all().position(|lot| is(lot, word)));
    let from = at.map_or(0, |at| at + 1);
    let said = word.map(|word| word.enforcing).unwrap_or_default();
    all().skip(from).map(measured).fold(said, |most, lot| most.max(&lot))
}

/// Takes into the ledger what holders say: a lot that is wholly in force is confirmed, one that the ledger does not know is counted.
fn settle(holder: &mut Holder, word: &Word) {
    if is(&holder.confirmed, word) {
        if word.revision == 0 {
            holder.confirmed.amounts = measured(&holder.confirmed).max(&word.enforcing).amounts();
        }
        return;
    }
    if let Some(at) = holder.told.iter().position(|lot| is(lot, word)) {
        if word.enforcing.fits(&measured(&holder.told[at])) {
            holder.confirmed = holder.told[at].clone();
            holder.told.drain(..=at);
        }
        return;
    }
    // The ledger is older than what the holder has: it counts, beside all that it may come to take.
    let amounts = measured(&holder.confirmed).max(&word.enforcing).amounts();
    holder.confirmed = Lot { revision: word.revision, id: word.id.clone(), amounts };
}

/// Decides what each holder is to be told. Without anything new to tell, the ledger is as it was, except where a holder has what it
/// does not know.
#[must_use]
pub fn decide(ledger: &[Holder], wishes: &[Wish], lender: &Lender<'_>) -> Decided {
    let mut book = Book::open(ledger, wishes, lender);
    // Cuts first: they need nobody's leave, and they are what raises wait for.
    for at in 0..book.holders.len() {
        let cut = book.was(at).min(&book.targets[at]);
        if cut != book.was(at) && !book.is_full(at) {
            book.tell(at, cut);
        }
    }
    for at in 0..book.holders.len() {
        if !book.targets[at].fits(&book.was(at)) {
            book.raise(at);
        }
    }
    for wish in wishes {
        let at = book.holders.iter().position(|holder| holder.name == wish.name);
        if at.is_some_and(|at| !wish.amounts.fits(&book.targets[at])) {
            book.waits.entry(wish.name.clone()).or_insert(Wait::Total);
        }
    }
    let Book { mut holders, waits, .. } = book;
    // Who was never told anything and is told nothing now is not in the ledger.
    holders.retain(|holder| *holder != Holder { name: holder.name.clone(), ..Holder::default() });
    Decided { holders, waits }
}

/// A ledger while it is decided about.
struct Book<'a> {
    lender: &'a Lender<'a>,
    holders: Vec<Holder>,
    words: Vec<Option<Word>>,
    targets: Vec<Measured>,
    waits: BTreeMap<String, Wait>,
}

impl<'a> Book<'a> {
    fn open(ledger: &[Holder], wishes: &[Wish], lender: &'a Lender<'a>) -> Self {
        let mut holders = ledger.to_vec();
        for wish in wishes {
            if !holders.iter().any(|holder| holder.name == wish.name) {
                holders.push(Holder { name: wish.name.clone(), ..Holder::default() });
            }
        }
        let words: Vec<Option<Word>> = holders.iter().map(|holder| (lender.word)(&holder.name)).collect();
        for (holder, word) in holders.iter_mut().zip(&words) {
            if let Some(word) = word.as_ref().filter(|word| !knows(Some(holder), word)) {
                settle(holder, word);
            }
        }
        let targets = targets(&holders, wishes, &lender.total);
        Self { lender, holders, words, targets, waits: BTreeMap::new() }
    }

    /// What a holder was told last.
    fn was(&self, at: usize) -> Measured {
        measured(last(&self.holders[at]))
    }

    /// Whether nothing more can be told before the holder says something.
    fn is_full(&self, at: usize) -> bool {
        let mut after = self.holders[at].clone();
        if let Some(word) = &self.words[at] {
            settle(&mut after, word);
        }
        after.told.len() >= MAX_UNCONFIRMED
    }

    fn tell(&mut self, at: usize, amounts: Measured) {
        let lots = self.holders.iter().flat_map(|holder| holder.told.iter().chain([&holder.confirmed]));
        let revision = lots.map(|lot| lot.revision).max().unwrap_or(0).saturating_add(1);
        let holder = &mut self.holders[at];
        if let Some(word) = &self.words[at] {
            settle(holder, word);
        }
        let id = (self.lender.id)(&holder.name, revision, &amounts);
        holder.told.push(Lot { revision, id, amounts: amounts.amounts() });
    }

    fn ceiling(&self, at: usize) -> Measured {
        ceiling(&self.holders[at], self.words[at].as_ref())
    }

    fn raise(&mut self, at: usize) {
        let (was, target, name) = (self.was(at), self.targets[at], self.holders[at].name.clone());
        if self.is_full(at) {
            self.waits.insert(name, Wait::Unconfirmed);
            return;
        }
        if !(self.lender.vouched)(&name) {
            self.waits.insert(name, Wait::Word);
            return;
        }
        let others = || (0..self.holders.len()).filter(|other| *other != at);
        let taken = others().fold(Measured::default(), |sum, other| sum.plus(&self.ceiling(other)));
        let raised = was.max(&target.min(&self.lender.total.minus(&taken)));
        if !target.fits(&raised) {
            let has_more = |other: &usize| !self.ceiling(*other).fits(&self.targets[*other]);
            let who = others().filter(has_more).map(|other| self.holders[other].name.clone()).collect();
            self.waits.insert(name, Wait::Room(who));
        }
        if raised != was {
            self.tell(at, raised);
        }
    }
}

/// What each holder is to have in the end: those without a wish what they were told last, the others what they have as far as they
/// wish it, and more as far as the total goes, in the order of their wishes. Nobody loses anything because somebody else wishes more.
fn targets(holders: &[Holder], wishes: &[Wish], total: &Measured) -> Vec<Measured> {
    let wish_of = |name: &str| wishes.iter().position(|wish| wish.name == name);
    let kept = holders.iter().filter(|holder| wish_of(&holder.name).is_none());
    let mut left =
        total.minus(&Measured::sum(&kept.map(|holder| measured(last(holder))).collect::<Vec<_>>()));
    let mut take = |amounts: Measured| {
        let taken = amounts.min(&left);
        left = left.minus(&taken);
        taken
    };
    let was = |wish: &Wish| {
        let holder = holders.iter().find(|holder| holder.name == wish.name);
        holder.map(|holder| measured(last(holder))).unwrap_or_default()
    };
    let had: Vec<Measured> = wishes.iter().map(|wish| take(wish.amounts.min(&was(wish)))).collect();
    let granted: Vec<Measured> =
        wishes.iter().zip(had).map(|(wish, had)| had.plus(&take(wish.amounts.minus(&had)))).collect();
    let target =
        |holder: &Holder| wish_of(&holder.name).map_or_else(|| measured(last(holder)), |at| granted[at]);
    holders.iter().map(target).collect()
}

/// The lot that a holder is told now. One that it does not have yet and that is more than what it has is told only while all others
/// are vouched for; until then it is told again what it has.
#[must_use]
pub fn to_tell(holder: &Holder, word: Option<&Word>, vouched: bool) -> Lot {
    let all = || std::iter::once(&holder.confirmed).chain(&holder.told);
    let has = word.and_then(|word| all().find(|lot| is(lot, word))).unwrap_or(&holder.confirmed);
    let last = last(holder);
    if vouched || measured(last).fits(&measured(has)) { last.clone() } else { has.clone() }
}

#[cfg(test)]
#[path = "escrow_tests.rs"]
mod tests;
