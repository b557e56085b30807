//! The budget under any interleaving (invariant 1): a hub that lends to three sites, sites that lend to two namespaces each, both by
//! the same escrow, with the real order logic between them. Orders and reports are lost, late and repeated; leaders of the hub and
//! agents of the sites crash between any two writes, come back, or act together on old views; the hub's store is restored to any
//! earlier point, and its ledger is lost.
//!
//! What must hold after every step: what the quotas of all namespaces can charge together is at most the budget.
//! And when all is healed, every namespace has what was wished, as far as the budget goes.

#![allow(clippy::panic, reason = "a test")]

mod steps;
mod world;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use steps::{Step, step};
use world::*;

fn run(steps: Vec<Step>, without: Option<Rule>) -> Result<World, TestCaseError> {
    let mut world = World { without, ..World::default() };
    world.lead();
    for step in steps {
        let shown = format!("{step:?}");
        world.step(step);
        prop_assert!(world.charged() <= BUDGET, "{} of {BUDGET} after {shown}", world.charged());
    }
    Ok(world)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(step(), 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, max_shrink_iters: 3000, ..ProptestConfig::default() })]

    #[test]
    fn the_quotas_together_never_exceed_the_budget_and_reach_it_in_the_end(steps in steps()) {
        let mut world = run(steps, None)?;
        world.wishes = ([5, 4, 3], [2, 3]);
        world.heal();
        prop_assert!(world.charged() <= BUDGET);
        let have = world.sites.iter().map(|site| site.quotas.values().map(|quota| quota.status).sum::<u32>());
        prop_assert_eq!(have.collect::<Vec<_>>(), vec![5, 4, 3]);
    }
}

/// Whether some random history goes over the budget without a rule.
fn goes_over(without: Option<Rule>) -> bool {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    (0..3000).any(|_| {
        let history = steps().new_tree(&mut runner).map(|tree| tree.current()).unwrap_or_default();
        run(history, without).is_err()
    })
}

#[test]
fn every_rule_of_the_hub_is_needed() {
    assert!(goes_over(Some(Rule::Vouching)), "vouching");
    assert!(goes_over(Some(Rule::Terms)), "terms");
    assert!(goes_over(Some(Rule::Confirmation)), "confirmations");
}

/// An agent that was stopped between ledger and quota comes back after another has lent the same to the other namespace.
#[test]
fn a_quota_is_never_written_over_a_later_one() {
    let told = |namespaces| {
        let heard = (0..3).flat_map(|site| [Step::HearTerm(site), Step::Report(site)]);
        let tell = [
            Step::Lend { leader: 0, fresh: true },
            Step::TellSite { leader: 0, site: 0 },
            Step::Read(0),
            Step::Report(0),
        ];
        std::iter::once(Step::Wish([12, 0, 0], namespaces)).chain(heard).chain(tell).collect::<Vec<_>>()
    };
    let (stopped, other) = (0, 3);
    let mut steps = told([0, 12]);
    steps.push(Step::LendSite { agent: stopped, fresh: true });
    steps.extend(told([12, 0]));
    for _ in 0..2 {
        steps.push(Step::LendSite { agent: other, fresh: true });
        for namespace in 0..2 {
            steps.extend([Step::Write(other, namespace), Step::Controller(namespace * 3)]);
        }
    }
    let world = run(steps.clone(), None).unwrap_or_default();
    assert_eq!(world.charged(), 12, "the other namespace has it all");
    steps.push(Step::Write(stopped, 1));
    assert!(run(steps.clone(), None).is_ok());
    assert!(run(steps, Some(Rule::Guard)).is_err());
}
