//! Which order follows which: the hub's next telling, and the site's answer to it (DESIGN section 3, invariant 3).
//!
//! Hub, for one set at one site:
//!
//! | order that stands | site holds | wanted content | next |
//! |---|---|---|---|
//! | none | nothing | any | tell, after [`NOTHING`] |
//! | none | something | any | hold: the hub has forgotten, a person decides |
//! | of a newer term | anything | any | hold: another leads, and what it told is never overwritten |
//! | digest = wanted | that order | | settled |
//! | digest = wanted, older term | another | | tell again in this term |
//! | digest = wanted, this term | another | | wait for the site |
//! | another digest | that order | new | tell, after it |
//! | another digest | another | new | tell, after it and all that it was after, at most 16 |
//!
//! "That order" is its digest *and* its revision: the same content can be wanted again, and an old report that shows its digest
//! proves nothing about the order that stands now.
//!
//! Site, for one complete set:
//!
//! | order | answer |
//! |---|---|
//! | other epoch | quarantine |
//! | older term than the newest seen | not taken |
//! | the digest it holds | already held |
//! | revision not above, or own digest not in `after` | quarantine |
//! | else | accept |

use crds::{Message, Order, Term};

/// How many orders of a set may be unconfirmed before the hub waits for the site.
pub const MAX_UNCONFIRMED: usize = 16;

/// Stands in `after` and in reports for a site that holds no order of the set yet.
pub const NOTHING: &str = "";

/// What the hub does next for one set at one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tell {
    /// The site holds what is wanted.
    Settled,
    /// The order stands; the site has not confirmed it yet.
    Unconfirmed,
    /// Write this order.
    Write(Order),
    /// Nothing can be told before the site or a person acts.
    Hold(Message),
}

/// What a site last reported to hold of a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holds<'a> {
    /// Digest of the order in its memory, or [`NOTHING`].
    pub digest: &'a str,
    /// Revision of that order.
    pub revision: i64,
}

/// Decides the next telling of a set whose wanted content has the digest `wanted`.
#[must_use]
pub fn tell(
    standing: Option<&Order>,
    holds: Holds<'_>,
    wanted: &str,
    epoch: &str,
    term: &Term,
    place: (&str, &str),
) -> Tell {
    let (site, set) = place;
    let ahead = || Tell::Hold(Message::SiteAhead { site: site.to_owned(), set: set.to_owned() });
    let order = |revision, after| {
        Tell::Write(Order {
            epoch: epoch.to_owned(),
            term: term.clone(),
            revision,
            digest: wanted.to_owned(),
            after,
        })
    };
    let Some(standing) = standing else {
        return if holds.digest == NOTHING { order(1, vec![NOTHING.to_owned()]) } else { ahead() };
    };
    if superseded(&standing.term, term) {
        return Tell::Hold(Message::NewerLeader { number: standing.term.number.to_string() });
    }
    // A revision above ours is one that we did not tell, whatever its content.
    let known = holds.revision <= standing.revision
        && (standing.digest == holds.digest || standing.after.iter().any(|digest| digest == holds.digest));
    if !known {
        return ahead();
    }
    let confirmed = holds == (Holds { digest: &standing.digest, revision: standing.revision });
    if standing.digest == wanted && standing.epoch == epoch {
        return match (confirmed, &standing.term == term) {
            (true, _) => Tell::Settled,
            (false, true) => Tell::Unconfirmed,
            (false, false) => order(standing.revision + 1, standing.after.clone()),
        };
    }
    let mut after = if confirmed { Vec::new() } else { standing.after.clone() };
    // The same content told again stands once: what counts is what the site may hold.
    after.retain(|digest| *digest != standing.digest);
    after.push(standing.digest.clone());
    if after.len() > MAX_UNCONFIRMED {
        return Tell::Hold(Message::TooManyUnconfirmed {
            site: site.to_owned(),
            set: set.to_owned(),
            limit: MAX_UNCONFIRMED.to_string(),
        });
    }
    order(standing.revision + 1, after)
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

/// Decides about a complete set. `held` is the order in the agent's memory, `newest` the newest term it has seen.
#[must_use]
pub fn accept(set: &str, held: Option<&Order>, newest: Option<&Term>, epoch: &str, order: &Order) -> Answer {
    if order.epoch != epoch {
        return Answer::Quarantine(Message::OtherEpoch { set: set.to_owned(), epoch: order.epoch.clone() });
    }
    if newest.is_some_and(|newest| order.term.number < newest.number)
        || newest.is_some_and(|newest| order.term.number == newest.number && order.term.id != newest.id)
    {
        // The order that the site holds was of an older term when it was told; that is no reason to refuse it now.
        return if held.is_some_and(|held| held == order) { Answer::Held } else { Answer::Stale };
    }
    let Some(held) = held else {
        return if order.after.iter().any(|digest| digest == NOTHING) {
            Answer::Accept
        } else {
            forked(set, "-")
        };
    };
    if held == order {
        return Answer::Held;
    }
    let follows = order.after.contains(&held.digest) || order.digest == held.digest;
    if order.revision > held.revision && follows { Answer::Accept } else { forked(set, &held.digest) }
}

fn forked(set: &str, applied: &str) -> Answer {
    let applied = applied.chars().take(12).collect();
    Answer::Quarantine(Message::Forked { set: set.to_owned(), applied })
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SET: (&str, &str) = ("kaicheng", "jiaoyu");

    fn term(number: i64) -> Term {
        Term { number, id: format!("t{number}") }
    }

    fn told(standing: Option<&Order>, holds: Option<&Order>, wanted: &str, number: i64) -> Tell {
        let holds =
            holds.map(|order| Holds { digest: &order.digest, revision: order.revision }).unwrap_or_default();
        tell(standing, holds, wanted, "e", &term(number), SET)
    }

    fn written(tell: Tell) -> Order {
        match tell {
            Tell::Write(order) => order,
            other => panic!("not told: {other:?}"),
        }
    }

    #[test]
    fn the_first_order_follows_nothing_and_is_accepted_by_a_site_without_memory() {
        let first = written(told(None, None, "a", 1));
        assert_eq!((first.revision, first.after.as_slice()), (1, [NOTHING.to_owned()].as_slice()));
        assert_eq!(accept("s", None, None, "e", &first), Answer::Accept);
        assert_eq!(accept("s", Some(&first), Some(&term(1)), "e", &first), Answer::Held);
    }

    #[test]
    fn a_settled_set_is_not_told_again_by_a_new_leader_and_an_unconfirmed_one_is() {
        let first = written(told(None, None, "a", 1));
        assert_eq!(told(Some(&first), Some(&first), "a", 2), Tell::Settled);
        assert_eq!(told(Some(&first), None, "a", 1), Tell::Unconfirmed);
        let again = written(told(Some(&first), None, "a", 2));
        assert_eq!((again.revision, again.term.number), (2, 2));
    }

    #[test]
    fn an_order_lists_what_was_told_since_the_confirmed_one() {
        let first = written(told(None, None, "a", 1));
        let second = written(told(Some(&first), Some(&first), "b", 1));
        let third = written(told(Some(&second), Some(&first), "c", 1));
        assert_eq!(third.after, ["a", "b"]);
        let fourth = written(told(Some(&third), Some(&third), "d", 1));
        assert_eq!(fourth.after, ["c"]);
        assert_eq!(accept("s", Some(&second), None, "e", &third), Answer::Accept);
        assert!(matches!(accept("s", Some(&second), None, "e", &fourth), Answer::Quarantine(_)));
    }

    #[test]
    fn a_hub_that_forgot_holds_and_does_not_tell() {
        let first = written(told(None, None, "a", 1));
        assert!(matches!(told(None, Some(&first), "b", 1), Tell::Hold(Message::SiteAhead { .. })));
        let foreign = Order { digest: "z".into(), ..first.clone() };
        assert!(matches!(told(Some(&first), Some(&foreign), "b", 1), Tell::Hold(Message::SiteAhead { .. })));
    }

    #[test]
    fn after_sixteen_unconfirmed_orders_the_hub_waits() {
        let mut standing = written(told(None, None, "0", 1));
        for n in 1..MAX_UNCONFIRMED {
            standing = written(told(Some(&standing), None, &n.to_string(), 1));
        }
        assert_eq!(standing.after.len(), MAX_UNCONFIRMED);
        assert!(matches!(
            told(Some(&standing), None, "x", 1),
            Tell::Hold(Message::TooManyUnconfirmed { .. })
        ));
        assert!(matches!(told(Some(&standing), Some(&standing), "x", 1), Tell::Write(_)));
    }

    #[test]
    fn an_older_leader_never_overwrites_what_a_newer_one_told() {
        let newer = written(told(None, None, "a", 2));
        assert!(matches!(told(Some(&newer), Some(&newer), "b", 1), Tell::Hold(Message::NewerLeader { .. })));
        assert!(superseded(&Term { number: 1, id: "rival".into() }, &term(1)));
        assert!(!superseded(&term(1), &term(1)) && !superseded(&term(1), &term(2)));
    }

    #[test]
    fn a_term_is_above_all_that_is_known_but_not_above_a_lie() {
        let lie = Term { number: i64::MAX, id: "x".into() };
        assert_eq!(next_term(&[term(3)], [&term(5), &lie], "n".into()).number, 6);
        assert_eq!(next_term(&[], [&lie], "n".into()).number, 1);
    }

    #[test]
    fn an_older_term_is_not_taken_and_another_epoch_is_quarantined() {
        let old = Order {
            epoch: "e".into(),
            term: term(1),
            revision: 9,
            digest: "b".into(),
            after: vec!["a".into()],
        };
        let held = Order { term: term(1), revision: 1, digest: "a".into(), epoch: "e".into(), after: vec![] };
        assert_eq!(accept("s", Some(&held), Some(&term(2)), "e", &old), Answer::Stale);
        assert!(matches!(accept("s", Some(&held), None, "other", &old), Answer::Quarantine(_)));
        let rival = Term { number: 1, id: "rival".into() };
        assert_eq!(accept("s", Some(&held), Some(&rival), "e", &old), Answer::Stale);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Want(u8),
        Deliver,
        Report,
        NewLeader,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..5_u8).prop_map(Step::Want),
            Just(Step::Deliver),
            Just(Step::Report),
            Just(Step::NewLeader)
        ]
    }

    proptest! {
        // Orders and reports may be lost or late in any way; one hub line and its site never part, and they meet in the end.
        #[test]
        fn a_site_never_quarantines_the_orders_of_its_own_hub_and_ends_with_the_wanted_one(
            steps in proptest::collection::vec(step(), 0..80)
        ) {
            let (mut number, mut wanted) = (1, "0".to_owned());
            let (mut standing, mut held, mut newest, mut reported) = (None::<Order>, None::<Order>, None::<Term>, None::<Order>);
            let heal = [Step::Deliver, Step::Report, Step::Want(9), Step::Deliver, Step::Report, Step::Deliver, Step::Report];
            for step in steps.into_iter().chain(heal) {
                match step {
                    Step::Want(content) => wanted = content.to_string(),
                    Step::NewLeader => number += 1,
                    Step::Deliver => if let Some(order) = &standing {
                        match accept("s", held.as_ref(), newest.as_ref(), "e", order) {
                            Answer::Accept => { held = Some(order.clone()); newest = Some(order.term.clone()); }
                            Answer::Held | Answer::Stale => {}
                            Answer::Quarantine(why) => prop_assert!(false, "{why}"),
                        }
                    },
                    Step::Report => reported.clone_from(&held),
                }
                match told(standing.as_ref(), reported.as_ref(), &wanted, number) {
                    Tell::Write(order) => standing = Some(order),
                    Tell::Hold(Message::TooManyUnconfirmed { .. }) | Tell::Settled | Tell::Unconfirmed => {}
                    Tell::Hold(why) => prop_assert!(false, "{why}"),
                }
            }
            prop_assert_eq!(held.map(|order| order.digest), Some("9".to_owned()));
        }
    }
}
