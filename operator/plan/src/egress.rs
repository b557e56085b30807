//! Shares of the district's one Internet exit: together they are never more than it carries.

use std::collections::BTreeMap;

use crds::Message;

/// What one workspace has and asks for, in Mbit/s by site.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// What orders or earlier decisions give it.
    pub held: BTreeMap<String, u32>,
    /// What it asks for now.
    pub asked: BTreeMap<String, u32>,
}

/// Decides about one workspace, where all `others` together hold so much of the exit.
///
/// What is held already is never taken back by asking for the same or less; what grows must fit beside all that others hold and
/// beside what it still holds elsewhere. Who is looked at later finds less.
///
/// # Errors
/// The sentence that says what was asked for, what is left and what there is.
pub fn admit(total: u32, others: u64, claim: &Claim) -> Result<(), Message> {
    let grows = claim.asked.iter().any(|(site, asked)| *asked > held(claim, site));
    if !grows {
        return Ok(());
    }
    let asked: u64 = claim.asked.values().map(|asked| u64::from(*asked)).sum();
    if others + after(claim) <= u64::from(total) {
        return Ok(());
    }
    let elsewhere = after(claim) - asked;
    Err(Message::EgressOver {
        asked: asked.to_string(),
        left: u64::from(total).saturating_sub(others + elsewhere).to_string(),
        total: total.to_string(),
    })
}

/// What a workspace may come to hold while its orders change: at each site the larger of what it has and what it asks for.
#[must_use]
pub fn after(claim: &Claim) -> u64 {
    let sites = claim.held.keys().chain(claim.asked.keys().filter(|site| !claim.held.contains_key(*site)));
    sites.map(|site| u64::from(held(claim, site).max(claim.asked.get(site).copied().unwrap_or(0)))).sum()
}

fn held(claim: &Claim, site: &str) -> u32 {
    claim.held.get(site).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim(held: &[(&str, u32)], asked: &[(&str, u32)]) -> Claim {
        let by_site = |amounts: &[(&str, u32)]| {
            amounts.iter().map(|(site, amount)| ((*site).to_owned(), *amount)).collect()
        };
        Claim { held: by_site(held), asked: by_site(asked) }
    }

    #[test]
    fn who_comes_later_is_told_what_was_asked_what_is_left_and_what_there_is() {
        assert_eq!(admit(300, 200, &claim(&[], &[("a", 60), ("b", 40)])), Ok(()));
        let said = admit(300, 200, &claim(&[], &[("a", 61), ("b", 40)])).unwrap_err();
        assert_eq!(
            said,
            Message::EgressOver { asked: "101".into(), left: "100".into(), total: "300".into() }
        );
    }

    #[test]
    fn what_is_held_stays_when_the_exit_gets_narrower_and_does_not_grow() {
        assert_eq!(admit(100, 200, &claim(&[("a", 50)], &[("a", 50)])), Ok(()));
        assert_eq!(admit(100, 200, &claim(&[("a", 50)], &[("a", 20)])), Ok(()));
        assert!(admit(100, 200, &claim(&[("a", 50)], &[("a", 51)])).is_err());
    }

    #[test]
    fn what_moves_counts_twice_until_the_old_site_gives_it_up() {
        assert!(admit(300, 0, &claim(&[("a", 200)], &[("b", 200)])).is_err());
        assert_eq!(admit(300, 0, &claim(&[("a", 200)], &[("b", 100)])), Ok(()));
    }

    proptest! {
        /// Whatever is asked for in whatever order, growing or shrinking, all that is held never comes to more than there is.
        #[test]
        fn all_shares_together_never_pass_the_exit(
            total in 0..500_u32,
            steps in prop::collection::vec((0..6_usize, 0..3_usize, 0..200_u32), 0..60),
        ) {
            let mut all: Vec<BTreeMap<String, u32>> = vec![BTreeMap::new(); 6];
            for (who, site, amount) in steps {
                let sum = |held: &BTreeMap<String, u32>| held.values().map(|n| u64::from(*n)).sum::<u64>();
                let others = all.iter().enumerate().filter(|(n, _)| *n != who).map(|(_, held)| sum(held)).sum();
                let mut asked = all[who].clone();
                asked.insert(format!("s{site}"), amount);
                let claim = Claim { held: all[who].clone(), asked: asked.clone() };
                if admit(total, others, &claim).is_ok() {
                    all[who] = asked;
                }
                let together: u64 = all.iter().map(sum).sum();
                prop_assert!(together <= u64::from(total), "{together} of {total}");
            }
        }
    }
}
