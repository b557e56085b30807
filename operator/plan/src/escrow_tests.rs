use super::*;
use crds::Amounts;

fn pods(pods: u32) -> Measured {
    Measured::parse(&Amounts { pods, ..Amounts::default() }).unwrap()
}

fn lot(revision: i64, amount: u32) -> Lot {
    Lot { revision, id: format!("l{revision}"), amounts: pods(amount).amounts() }
}

fn holder(name: &str, confirmed: Lot, told: &[Lot]) -> Holder {
    Holder { name: name.into(), confirmed, told: told.to_vec() }
}

fn word(revision: i64, enforcing: u32) -> Word {
    Word { revision, id: format!("l{revision}"), enforcing: pods(enforcing) }
}

fn wish(name: &str, amount: u32) -> Wish {
    Wish { name: name.into(), amounts: pods(amount) }
}

fn decided(ledger: &[Holder], wishes: &[Wish], total: u32, words: &[(&str, Word)], vouched: bool) -> Decided {
    let lender = Lender {
        total: pods(total),
        word: &|name| words.iter().find(|(of, _)| *of == name).map(|(_, word)| word.clone()),
        vouched: &|_| vouched,
        id: &|_, revision, _| format!("l{revision}"),
    };
    decide(ledger, wishes, &lender)
}

#[test]
fn wishes_are_met_as_far_as_the_total_goes_the_first_first() {
    let decided = decided(&[], &[wish("a", 6), wish("b", 6)], 10, &[], true);
    let none = Lot::default();
    assert_eq!(decided.holders, [holder("a", none.clone(), &[lot(1, 6)]), holder("b", none, &[lot(2, 4)])]);
    assert_eq!(decided.waits, BTreeMap::from([("b".to_owned(), Wait::Total)]));
}

#[test]
fn a_cut_share_returns_only_after_the_holder_confirms_that_cut_or_a_later_one() {
    let ledger = [holder("a", lot(1, 10), &[])];
    let wishes = [wish("a", 4), wish("b", 6)];
    let told = decided(&ledger, &wishes, 10, &[("a", word(1, 10))], true);
    assert_eq!(told.holders, [holder("a", lot(1, 10), &[lot(2, 4)])]);
    assert_eq!(told.waits, BTreeMap::from([("b".to_owned(), Wait::Room(vec!["a".to_owned()]))]));
    // The small number under the old lot proves nothing.
    let old = decided(&told.holders, &wishes, 10, &[("a", word(1, 4))], true);
    assert_eq!(old.holders.len(), 1 + usize::from(old.waits.is_empty()));
    let confirmed = decided(&told.holders, &wishes, 10, &[("a", word(2, 4))], true);
    assert_eq!(confirmed.holders[1], holder("b", Lot::default(), &[lot(3, 6)]));
    assert!(confirmed.waits.is_empty());
}

#[test]
fn what_is_in_use_beyond_a_cut_is_not_given_away() {
    let ledger = [holder("a", lot(1, 10), &[lot(2, 4)])];
    let decided = decided(&ledger, &[wish("a", 4), wish("b", 6)], 10, &[("a", word(2, 7))], true);
    assert_eq!(decided.holders[1].told, [lot(3, 3)]);
    assert_eq!(decided.waits["b"], Wait::Room(vec!["a".to_owned()]));
}

#[test]
fn without_word_of_the_others_nothing_is_raised_and_cuts_go_on() {
    let ledger = [holder("a", lot(1, 4), &[]), holder("b", lot(2, 4), &[])];
    let decided = decided(&ledger, &[wish("a", 6), wish("b", 2)], 10, &[], false);
    assert_eq!(decided.holders, [holder("a", lot(1, 4), &[]), holder("b", lot(2, 4), &[lot(3, 2)])]);
    assert_eq!(decided.waits["a"], Wait::Word);
}

#[test]
fn nobody_loses_what_nobody_speaks_of() {
    let ledger = [holder("a", lot(1, 4), &[])];
    let decided = decided(&ledger, &[wish("b", 10)], 10, &[("a", word(1, 4))], true);
    assert_eq!(decided.holders, [holder("a", lot(1, 4), &[]), holder("b", Lot::default(), &[lot(2, 6)])]);
}

#[test]
fn what_the_ledger_does_not_know_is_counted_and_nothing_is_told_with_a_revision_that_was_used() {
    let ledger = [holder("a", lot(1, 4), &[])];
    let decided = decided(&ledger, &[wish("a", 4), wish("b", 10)], 10, &[("a", word(7, 9))], true);
    assert_eq!(decided.holders[0].confirmed, lot(7, 9));
    assert_eq!(decided.holders[0].told, [lot(8, 4)]);
    assert_eq!(decided.holders[1].told, [lot(9, 1)]);
}

#[test]
fn the_same_again_changes_nothing() {
    let wishes = [wish("a", 6), wish("b", 6)];
    let first = decided(&[], &wishes, 10, &[], true);
    assert_eq!(decided(&first.holders, &wishes, 10, &[], true), first);
    assert_eq!(decided(&first.holders, &wishes, 10, &[("a", word(1, 6)), ("b", word(2, 4))], true), first);
}

#[test]
fn after_sixteen_lots_that_are_not_confirmed_nothing_more_is_told() {
    let mut ledger = Vec::new();
    for round in 0..40 {
        ledger = decided(&ledger, &[wish("a", 1 + round % 2)], 10, &[], true).holders;
    }
    assert_eq!(ledger[0].told.len(), MAX_UNCONFIRMED);
    let last = last(&ledger[0]).revision;
    let heard = decided(&ledger, &[wish("a", 5)], 10, &[("a", word(last, 2))], true);
    assert_eq!(heard.holders[0].told.len(), 1);
}

#[test]
fn a_raise_that_it_does_not_have_is_told_again_only_while_all_others_are_vouched_for() {
    let raised = holder("a", lot(1, 4), &[lot(2, 8)]);
    assert_eq!(to_tell(&raised, None, true), lot(2, 8));
    assert_eq!(to_tell(&raised, None, false), lot(1, 4));
    assert_eq!(to_tell(&raised, Some(&word(2, 8)), false), lot(2, 8));
    let cut = holder("a", lot(1, 8), &[lot(2, 4)]);
    assert_eq!(to_tell(&cut, None, false), lot(2, 4));
}
