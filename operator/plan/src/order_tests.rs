use super::*;
use crate::bundle::Content;

fn term(number: i64) -> Term {
    Term { number, id: format!("t{number}") }
}

fn line(term: &Term) -> Line<'_> {
    Line { epoch: "e", term, site: "kaicheng", set: "jiaoyu" }
}

/// An order that stands in a test: its content is a text.
#[derive(Clone, Debug, PartialEq)]
struct Said {
    order: Order,
    content: String,
}

fn seal(next: Next, content: &str, term: &Term) -> Said {
    let Next { revision, after, because: _ } = next;
    let order = Order { epoch: "e".into(), term: term.clone(), revision, after, digest: String::new() };
    let order = Content { set: content.to_owned(), ..Content::default() }.seal(order).unwrap();
    Said { order, content: content.to_owned() }
}

fn told_by(term: &Term, standing: Option<&Said>, holds: &OrderId, wanted: &str, ruled: bool) -> Tell {
    let standing = standing.map(|said| Standing { order: &said.order, wanted: said.content == wanted });
    tell(standing, Word { holds: Some(holds), echoed: false, ruled }, line(term))
}

fn told(standing: Option<&Said>, holds: Option<&Said>, wanted: &str, number: i64) -> Tell {
    let holds = holds.map(|said| said.order.id()).unwrap_or_default();
    told_by(&term(number), standing, &holds, wanted, false)
}

fn written(standing: Option<&Said>, holds: Option<&Said>, wanted: &str, number: i64) -> Said {
    match told(standing, holds, wanted, number) {
        Tell::Write(next) => seal(next, wanted, &term(number)),
        other => panic!("not told: {other:?}"),
    }
}

fn answer(held: Option<&Said>, newest: Option<&Term>, said: &Said) -> Answer {
    accept("s", held.map(|said| &said.order), newest, "e", &said.order)
}

#[test]
fn the_first_order_follows_nothing_and_is_accepted_by_a_site_without_memory() {
    let first = written(None, None, "a", 1);
    assert_eq!((first.order.revision, first.order.after.as_slice()), (1, [OrderId::default()].as_slice()));
    assert_eq!(answer(None, None, &first), Answer::Accept);
    assert_eq!(answer(Some(&first), Some(&term(1)), &first), Answer::Held);
}

#[test]
fn a_settled_set_is_not_told_again_by_a_new_leader_and_an_unconfirmed_one_is() {
    let first = written(None, None, "a", 1);
    assert_eq!(told(Some(&first), Some(&first), "a", 2), Tell::Settled);
    assert_eq!(told(Some(&first), None, "a", 1), Tell::Unconfirmed);
    let again = written(Some(&first), None, "a", 2);
    assert_eq!((again.order.revision, again.order.term.number), (2, 2));
    // The site may have taken the first telling meanwhile.
    assert_eq!(again.order.after, [OrderId::default(), first.order.id()]);
}

#[test]
fn an_order_lists_what_was_told_since_the_confirmed_one() {
    let first = written(None, None, "a", 1);
    let second = written(Some(&first), Some(&first), "b", 1);
    let third = written(Some(&second), Some(&first), "c", 1);
    assert_eq!(third.order.after, [first.order.id(), second.order.id()]);
    let fourth = written(Some(&third), Some(&third), "d", 1);
    assert_eq!(fourth.order.after, [third.order.id()]);
    assert_eq!(answer(Some(&second), None, &third), Answer::Accept);
    assert!(matches!(answer(Some(&second), None, &fourth), Answer::Quarantine(_)));
}

#[test]
fn a_hub_that_forgot_holds_until_a_person_rules_what_its_order_is_to_follow() {
    let first = written(None, None, "a", 1);
    let later = written(Some(&first), Some(&first), "b", 1);
    for standing in [None, Some(&first)] {
        assert!(matches!(told(standing, Some(&later), "c", 1), Tell::Hold(Message::SiteAhead { .. })));
        let ruled = told_by(&term(1), standing, &later.order.id(), "c", true);
        let Tell::Write(next) = ruled else { panic!("{ruled:?}") };
        assert_eq!(next.revision, later.order.revision + 1);
        assert_eq!(answer(Some(&later), None, &seal(next, "c", &term(1))), Answer::Accept);
    }
}

#[test]
fn a_site_whose_store_went_back_is_told_again_and_follows() {
    let first = written(None, None, "a", 1);
    let second = written(Some(&first), Some(&first), "b", 1);
    let third = written(Some(&second), Some(&second), "c", 1);
    // It had confirmed the second; now it holds the first again, or nothing at all.
    for held in [Some(&first), None] {
        let Tell::Write(next) = told(Some(&third), held, "c", 1) else { panic!("not told") };
        assert!(matches!(next.because, Some(Message::SiteWentBack { .. })));
        let again = seal(next, "c", &term(1));
        assert_eq!(answer(held, Some(&term(1)), &again), Answer::Accept);
        // An old report looks the same; the site that in truth holds one of the newest follows too.
        assert_eq!(answer(Some(&third), Some(&term(1)), &again), Answer::Accept);
        assert_eq!(told(Some(&again), held, "c", 1), Tell::Unconfirmed);
        assert_eq!(told(Some(&again), Some(&again), "c", 1), Tell::Settled);
    }
}

#[test]
fn after_sixteen_unconfirmed_orders_the_hub_waits_and_a_strange_site_is_still_told() {
    let first = written(None, None, "first", 1);
    let mut standing = written(Some(&first), Some(&first), "0", 1);
    for n in 1..MAX_UNCONFIRMED {
        standing = written(Some(&standing), Some(&first), &n.to_string(), 1);
    }
    assert_eq!(standing.order.after.len(), MAX_UNCONFIRMED);
    let waits = told(Some(&standing), Some(&first), "x", 1);
    assert!(matches!(waits, Tell::Hold(Message::TooManyUnconfirmed { .. })));
    assert!(matches!(told(Some(&standing), Some(&standing), "x", 1), Tell::Write(_)));
    let Tell::Write(next) = told(Some(&standing), None, "x", 1) else { panic!("not told") };
    assert_eq!(next.after.len(), MAX_UNCONFIRMED + 1);
    assert!(next.after.contains(&standing.order.id()) && next.after.contains(&OrderId::default()));
}

#[test]
fn a_full_list_of_a_former_leader_is_cut_to_what_the_site_holds_once_it_has_heard_this_one() {
    let first = written(None, None, "first", 1);
    let mut standing = written(Some(&first), Some(&first), "0", 1);
    for n in 1..MAX_UNCONFIRMED {
        standing = written(Some(&standing), Some(&first), &n.to_string(), 1);
    }
    // The site takes no order of the former term any more: without its echo both would wait for each other.
    assert_eq!(answer(Some(&first), Some(&term(2)), &standing), Answer::Stale);
    let stands = Standing { order: &standing.order, wanted: true };
    let holds = first.order.id();
    let word = |echoed| Word { holds: Some(&holds), echoed, ruled: false };
    assert!(matches!(tell(Some(stands), word(false), line(&term(2))), Tell::Hold(_)));
    let Tell::Write(next) = tell(Some(stands), word(true), line(&term(2))) else { panic!("not told") };
    assert_eq!(next.after, [first.order.id()]);
    assert_eq!(answer(Some(&first), Some(&term(2)), &seal(next, "15", &term(2))), Answer::Accept);
}

#[test]
fn a_site_that_says_nothing_of_a_set_is_not_taken_for_one_whose_store_went_back() {
    let first = written(None, None, "a", 1);
    let second = written(Some(&first), Some(&first), "b", 1);
    let stands = |wanted| Some(Standing { order: &second.order, wanted });
    assert_eq!(tell(stands(true), Word::default(), line(&term(1))), Tell::Unconfirmed);
    let Tell::Write(next) = tell(stands(false), Word::default(), line(&term(1))) else { panic!("not told") };
    assert_eq!((next.after, next.because), (vec![first.order.id(), second.order.id()], None));
}

#[test]
fn a_term_of_the_same_number_or_above_is_ahead_and_a_lie_is_not() {
    let rival = Term { number: 8, id: "rival".into() };
    assert!(ahead(&rival, &term(8)) && ahead(&term(9), &term(8)));
    assert!(!ahead(&term(8), &term(8)) && !ahead(&term(7), &term(8)));
    assert!(!ahead(&Term { number: i64::MAX, id: "x".into() }, &term(8)));
}

#[test]
fn an_older_leader_never_overwrites_what_a_newer_one_told() {
    let newer = written(None, None, "a", 2);
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
    let first = written(None, None, "a", 1);
    let second = written(Some(&first), Some(&first), "b", 1);
    assert_eq!(answer(Some(&first), Some(&term(2)), &second), Answer::Stale);
    let other = accept("s", Some(&first.order), None, "other", &second.order);
    assert!(matches!(other, Answer::Quarantine(Message::OtherEpoch { .. })));
    let rival = Term { number: 1, id: "rival".into() };
    assert_eq!(answer(Some(&first), Some(&rival), &second), Answer::Stale);
}

#[test]
fn the_same_content_told_in_another_history_is_another_order() {
    let first = written(None, None, "a", 1);
    let kept = written(Some(&first), Some(&first), "b", 1);
    // The hub is restored to where only the first stood, tells something else and comes back to what it said before.
    let other = written(Some(&first), Some(&first), "c", 2);
    let back = written(Some(&other), Some(&other), "b", 2);
    assert_ne!(kept.order.id(), back.order.id());
    // Restored once more to the first history: what it tells after `kept` does not follow `back`.
    let next = written(Some(&kept), Some(&kept), "d", 3);
    assert!(matches!(answer(Some(&back), Some(&term(3)), &next), Answer::Quarantine(_)));
}
