use super::*;
use crds::{NamespaceShare, Share};

fn share(pods: u32) -> Share {
    let (cpu, memory, storage) = ("1".into(), "1Gi".into(), "0Gi".into());
    Share { cpu, memory, storage, pods, volumes: 0, services: 0 }
}

fn amounts(pods: u32, namespaces: u32) -> Amounts {
    Amounts { cpu: "9".into(), memory: "9Gi".into(), pods, namespaces, ..Amounts::default() }
}

fn shares(lot: Option<(i64, u32, u32)>, each: &[(&str, u32)]) -> Shares {
    let namespace =
        |(name, pods): &(&str, u32)| NamespaceShare { namespace: (*name).into(), share: share(*pods) };
    let lot = lot.map(|(revision, pods, namespaces)| Lot {
        revision,
        id: "x".into(),
        amounts: amounts(pods, namespaces),
    });
    Shares { lot, namespaces: each.iter().map(namespace).collect(), ..Shares::default() }
}

/// Quotas as the controller shows them: namespace, revision, pods, pods in use.
fn quotas(all: &[(&str, i64, u32, u32)]) -> BTreeMap<String, Live> {
    let live = |(name, revision, pods, used): &(&str, i64, u32, u32)| {
        let of = |pods| Measured::of_share(&share(pods)).unwrap();
        let live =
            Live { revision: *revision, enforced: true, used: of(*used), most: of(*pods).max(&of(*used)) };
        ((*name).to_owned(), live)
    };
    all.iter().map(live).collect()
}

fn lent(before: &SiteLedger, shares: &Shares, live: &[(&str, i64, u32, u32)]) -> Lent {
    let quotas = quotas(live);
    let stands = |name: &str| quotas.contains_key(name);
    lend(before, Facts { shares, quotas: &quotas, stands: &stands })
}

fn pods(lent: &Lent) -> Vec<(&str, u32)> {
    lent.lots.iter().map(|(name, lot)| (name.as_str(), lot.amounts.pods)).collect()
}

#[test]
fn namespaces_are_lent_their_shares_and_the_same_again_changes_nothing() {
    let order = shares(Some((1, 10, 2)), &[("a", 4), ("b", 6)]);
    let first = lent(&SiteLedger::default(), &order, &[]);
    assert_eq!(pods(&first), [("a", 4), ("b", 6)]);
    assert!(first.waits.is_empty() && first.counted.is_none());
    let again = lent(&first.ledger, &order, &[("a", 1, 4, 4), ("b", 2, 6, 0)]);
    assert_eq!(again, first);
}

#[test]
fn a_share_that_grows_before_there_is_room_takes_nothing_from_the_others() {
    let first = lent(&SiteLedger::default(), &shares(Some((1, 12, 3)), &[("a", 4), ("b", 4), ("c", 4)]), &[]);
    let order = shares(Some((1, 12, 3)), &[("a", 6), ("b", 6), ("c", 4)]);
    let grown = lent(&first.ledger, &order, &[("a", 1, 4, 0), ("b", 2, 4, 0), ("c", 3, 4, 0)]);
    assert_eq!(pods(&grown), [("a", 4), ("b", 4), ("c", 4)]);
    assert_eq!(grown.waits.keys().collect::<Vec<_>>(), ["a", "b"]);
    // The first who asks for less makes room.
    let order = shares(Some((1, 12, 3)), &[("a", 6), ("b", 6), ("c", 2)]);
    let cut = lent(&first.ledger, &order, &[("a", 1, 4, 0), ("b", 2, 4, 0), ("c", 3, 4, 0)]);
    assert_eq!(pods(&cut), [("a", 4), ("b", 4), ("c", 2)]);
}

#[test]
fn a_quota_on_its_way_may_still_say_what_was_lent_before() {
    let first = lent(&SiteLedger::default(), &shares(Some((1, 12, 2)), &[("a", 4), ("b", 4)]), &[]);
    let live = [("a", 1, 4, 0), ("b", 2, 4, 0)];
    let settled = lent(&first.ledger, &shares(Some((1, 12, 2)), &[("a", 4), ("b", 4)]), &live);
    assert_eq!(settled.before(), []);
    let moved = lent(&settled.ledger, &shares(Some((1, 12, 2)), &[("a", 2), ("b", 4)]), &live);
    let before: Vec<_> = moved.before().into_iter().map(|(name, lot)| (name, lot.amounts.pods)).collect();
    assert_eq!(before, [("a".to_owned(), 4)]);
}

#[test]
fn a_namespace_that_has_no_room_is_not_made() {
    let first = lent(&SiteLedger::default(), &shares(Some((1, 10, 1)), &[("a", 4), ("b", 6)]), &[]);
    assert_eq!(pods(&first), [("a", 4)]);
    assert!(matches!(first.waits["b"], Message::NoRoomYet { .. }));
}

#[test]
fn a_share_that_moves_is_given_when_the_other_has_given_it_up() {
    let before = lent(&SiteLedger::default(), &shares(Some((1, 10, 2)), &[("a", 8), ("b", 2)]), &[]).ledger;
    let order = shares(Some((1, 10, 2)), &[("a", 2), ("b", 8)]);
    let cut = lent(&before, &order, &[("a", 1, 8, 5), ("b", 2, 2, 0)]);
    assert_eq!(pods(&cut), [("a", 2), ("b", 2)]);
    assert!(matches!(cut.waits["b"], Message::ShareWaits { .. }));
    let draining = lent(&cut.ledger, &order, &[("a", 3, 2, 5), ("b", 2, 2, 0)]);
    assert_eq!(pods(&draining), [("a", 2), ("b", 5)]);
    let drained = lent(&draining.ledger, &order, &[("a", 3, 2, 2), ("b", 4, 5, 0)]);
    assert_eq!(pods(&drained), [("a", 2), ("b", 8)]);
}

#[test]
fn a_cut_allotment_is_confirmed_when_all_that_is_in_use_fits() {
    let order = |revision, pods| shares(Some((revision, pods, 1)), &[("a", pods)]);
    let before = lent(&SiteLedger::default(), &order(1, 10), &[]).ledger;
    let told = lent(&before, &order(2, 4), &[("a", 1, 10, 7)]);
    assert_eq!(told.counted.as_ref().map(|counted| counted.pods), Some(10));
    let draining = lent(&told.ledger, &order(2, 4), &[("a", 2, 4, 7)]);
    assert_eq!(draining.counted.as_ref().map(|counted| counted.pods), Some(10), "the same until it fits");
    let fits = lent(&told.ledger, &order(2, 4), &[("a", 2, 4, 4)]);
    assert_eq!((fits.counted, &fits.ledger), (None, &told.ledger));
}

#[test]
fn a_quota_that_the_ledger_does_not_know_is_counted_for_what_it_is() {
    let order = shares(Some((1, 10, 2)), &[("a", 4), ("b", 6)]);
    let found = lent(&SiteLedger::default(), &order, &[("a", 0, 8, 3)]);
    assert_eq!(pods(&found), [("a", 4), ("b", 2)]);
}

#[test]
fn when_growth_stops_what_is_used_stays_with_a_quarter_more_and_later_use_changes_nothing() {
    let order = shares(Some((1, 20, 2)), &[("a", 10), ("b", 10)]);
    let before = lent(&SiteLedger::default(), &order, &[]).ledger;
    let stopped = Shares { growth_stopped: true, ..order.clone() };
    let first = lent(&before, &stopped, &[("a", 1, 10, 4), ("b", 2, 10, 0)]);
    assert_eq!(pods(&first), [("a", 5), ("b", 0)]);
    let later = lent(&first.ledger, &stopped, &[("a", 3, 5, 1), ("b", 4, 0, 0)]);
    assert_eq!(later.ledger, first.ledger);
    let renewed = lent(&later.ledger, &order, &[("a", 3, 5, 1), ("b", 4, 0, 0)]);
    assert_eq!(pods(&renewed), [("a", 10), ("b", 10)]);
}

#[test]
fn an_order_of_a_hub_that_knows_no_budgets_gives_each_share() {
    let lent = lent(&SiteLedger::default(), &shares(None, &[("a", 400), ("b", 600)]), &[]);
    assert_eq!(pods(&lent), [("a", 400), ("b", 600)]);
    assert_eq!(lent.counted, None);
}
