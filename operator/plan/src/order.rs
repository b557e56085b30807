//! Which order follows which: the hub's next telling, and the site's answer to it (DESIGN section 3, invariant 3).
//!
//! Hub, for one set at one site. "Known" is an order that stands or that the standing one may follow; the *base* is the oldest
//! of these, which the site is known to have reached. A site that says nothing of a set is taken to hold the base.
//!
//! | order that stands | site holds | wanted content | next |
//! |---|---|---|---|
//! | of a newer term | anything | any | hold: another leads, and what it told is never overwritten |
//! | none | nothing | any | tell, after nothing |
//! | none, or any | what a person ruled to be followed | any | tell, after it |
//! | none | something | any | hold: the hub has forgotten, a person decides |
//! | any | below the base | any | tell, after it: the site's own store went back |
//! | any | not known | any | hold: the hub has forgotten, a person decides |
//! | says what is wanted | that order | | settled |
//! | says what is wanted, this term | another | | wait for the site |
//! | says what is wanted, older term | another | | tell again in this term |
//! | says something else | that order | new | tell, after it |
//! | says something else | another | new | tell, after it and all that it was after, at most 16 |
//! | of an older term, and the site has echoed this one | another | any | tell, after what it holds: it takes no older order any more |
//!
//! Site, for one complete set:
//!
//! | order | answer |
//! |---|---|
//! | other epoch | quarantine |
//! | older term than the newest seen | not taken |
//! | the order it holds | already held |
//! | revision not above, or own order not in `after` | quarantine |
//! | else | accept |

use crds::{Message, Order, OrderId, Term};

/// How many orders of a set may be unconfirmed before the hub waits for the site.
pub const MAX_UNCONFIRMED: usize = 16;

/// What the hub does next for one set at one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tell {
    /// The site holds what is wanted.
    Settled,
    /// The order stands; the site has not confirmed it yet.
    Unconfirmed,
    /// Write an order that says what is wanted.
    Write(Next),
    /// Nothing can be told before the site or a person acts.
    Hold(Message),
}

/// The order to be written, before its content is sealed into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// Its revision.
    pub revision: i64,
    /// The orders that it may follow.
    pub after: Vec<OrderId>,
    /// Why the usual line is left, where it is.
    pub because: Option<Message>,
}

/// The order that stands, as far as the next one depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The order.
    pub order: &'a Order,
    /// Whether it says what is wanted now.
    pub wanted: bool,
}

/// Who tells, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The hub's id.
    pub epoch: &'a str,
    /// This leadership.
    pub term: &'a Term,
    /// Name of the site.
    pub site: &'a str,
    /// Name of the set.
    pub set: &'a str,
}

/// What the site last said, and what a person said of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Word<'a> {
    /// The order that it holds; nothing when it says nothing of the set.
    pub holds: Option<&'a OrderId>,
    /// Whether it has echoed this very leadership's term.
    pub echoed: bool,
    /// Whether a person ruled that the hub's order is to follow exactly what it holds.
    pub ruled: bool,
}

/// Decides the next telling of a set.
#[must_use]
pub fn tell(standing: Option<Standing<'_>>, word: Word<'_>, line: Line<'_>) -> Tell {
    let Line { epoch, term, site, set } = line;
    let Word { echoed, ruled, .. } = word;
    let base = standing.and_then(|standing| standing.order.after.first()).cloned().unwrap_or_default();
    let holds = word.holds.unwrap_or(&base);
    let ahead = || Tell::Hold(Message::SiteAhead { site: site.to_owned(), set: set.to_owned() });
    let write = |revision, after| Tell::Write(Next { revision, after, because: None });
    let Some(Standing { order: standing, wanted }) = standing else {
        return match (*holds == OrderId::default(), ruled) {
            (true, _) => write(1, vec![OrderId::default()]),
            (false, true) => write(holds.revision.saturating_add(1), vec![holds.clone()]),
            (false, false) => ahead(),
        };
    };
    if superseded(&standing.term, term) {
        return Tell::Hold(Message::NewerLeader { number: standing.term.number.to_string() });
    }
    let confirmed = standing.id() == *holds;
    if !confirmed && !standing.after.contains(holds) {
        let base = standing.after.iter().map(|known| known.revision).min().unwrap_or(standing.revision);
        let went_back = holds.revision < base;
        if !went_back && !ruled {
            return ahead();
        }
        let because = went_back.then(|| Message::SiteWentBack {
            site: site.to_owned(),
            set: set.to_owned(),
            from: base.to_string(),
            to: holds.revision.to_string(),
        });
        let revision = standing.revision.max(holds.revision).saturating_add(1);
        return Tell::Write(Next { revision, after: after_strange(standing, holds), because });
    }
    let same_term = &standing.term == term;
    if wanted && standing.epoch == epoch {
        if confirmed {
            return Tell::Settled;
        }
        if same_term {
            return Tell::Unconfirmed;
        }
    }
    if echoed && !same_term && !confirmed {
        // What stands can no longer be taken, nor anything before it: the list would only grow, and at its end nobody could move.
        return Tell::Write(Next {
            revision: standing.revision + 1,
            after: vec![holds.clone()],
            because: None,
        });
    }
    next(standing, confirmed, line)
}

/// An order that follows what stands.
fn next(standing: &Order, confirmed: bool, line: Line<'_>) -> Tell {
    let mut after = if confirmed { Vec::new() } else { standing.after.clone() };
    after.push(standing.id());
    if after.len() > MAX_UNCONFIRMED {
        return Tell::Hold(Message::TooManyUnconfirmed {
            site: line.site.to_owned(),
            set: line.set.to_owned(),
            limit: MAX_UNCONFIRMED.to_string(),
        });
    }
    Tell::Write(Next { revision: standing.revision + 1, after, because: None })
}

/// What an order may follow whose site holds something that is not known: that, and all that may have been on its way.
fn after_strange(standing: &Order, holds: &OrderId) -> Vec<OrderId> {
    let on_the_way = standing.after.iter().cloned().chain([standing.id()]);
    // A site that holds something strange took none of these, unless its report is old: then it took one of the newest.
    let surplus = (standing.after.len() + 1).saturating_sub(MAX_UNCONFIRMED);
    std::iter::once(holds.clone()).chain(on_the_way.skip(surplus)).collect()
}

/// Whether a site has heard a term that this leadership must stand above, as far as that can be true: a restored hub counts again,
/// and may come to a number that another leadership had.
#[must_use]
pub fn ahead(heard: &Term, own: &Term) -> bool {
    superseded(heard, own) && heard.number <= own.number.saturating_add(PLAUSIBLE)
}

/// Whether a term that stands is of another leadership that is not older than `own`.
#[must_use]
pub fn superseded(standing: &Term, own: &Term) -> bool {
    standing.number > own.number || (standing.number == own.number && standing.id != own.id)
}

/// What a site makes of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Write it to memory, then act on it.
    Accept,
    /// It is the order that the site holds.
    Held,
    /// It is of an older term: nothing is done, and nothing is wrong.
    Stale,
    /// It does not follow; report and wait for a person.
    Quarantine(Message),
}

/// Decides about a complete set. `held` is the order in the agent's memory, `newest` the newest term of the epoch that it has
/// seen.
#[must_use]
pub fn accept(set: &str, held: Option<&Order>, newest: Option<&Term>, epoch: &str, order: &Order) -> Answer {
    if order.epoch != epoch {
        return Answer::Quarantine(Message::OtherEpoch { set: set.to_owned(), epoch: order.epoch.clone() });
    }
    // The order that the site holds may be of an older term than the newest: that is no reason to refuse it now.
    if held == Some(order) {
        return Answer::Held;
    }
    if newest.is_some_and(|newest| superseded(newest, &order.term)) {
        return Answer::Stale;
    }
    let own = held.map(Order::id).unwrap_or_default();
    if order.revision > own.revision && order.after.contains(&own) {
        return Answer::Accept;
    }
    let applied = if own.digest.is_empty() { "-".to_owned() } else { short(&own.digest).to_owned() };
    Answer::Quarantine(Message::Forked { set: set.to_owned(), applied })
}

/// As much of a digest as people compare.
#[must_use]
pub fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// How far above the terms that the hub told itself a site's word is believed: a restored hub may lag behind by as many
/// leaderships as it had since the backup, and no hub has had a million of them.
const PLAUSIBLE: i64 = 1 << 20;

/// The term of a new leadership: above every one that the hub told, and above what sites heard, as far as that can be true. A
/// site that lies about it moves nobody but itself.
#[must_use]
pub fn next_term<'a>(told: &[Term], heard: impl IntoIterator<Item = &'a Term>, id: String) -> Term {
    let told = told.iter().map(|term| term.number).max().unwrap_or(0).max(0);
    let limit = told.saturating_add(PLAUSIBLE);
    let heard =
        heard.into_iter().map(|term| term.number).filter(|number| *number <= limit).max().unwrap_or(0);
    Term { number: told.max(heard).saturating_add(1), id }
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
