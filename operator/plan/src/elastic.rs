//! Idle share that moves between a department's namespaces on a site (余量调剂): who needs more than its share borrows what others
//! leave idle and what nobody was given, and gives it back when its owner needs it.
//!
//! Each part is lent in steps of a quarter of a share, so that not every pod moves something. A namespace needs what it uses and one
//! step more. Nobody loses what it needs up to its share; nothing moves while nobody needs more than its share.

use crate::measured::Measured;

/// One namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it is given.
    pub share: Measured,
    /// What it uses.
    pub used: Measured,
    /// What it had until now.
    pub had: Measured,
}

/// What each is to have, in their order; together at most the total.
#[must_use]
pub fn wishes(members: &[Member], total: &Measured) -> Vec<Measured> {
    let step = |member: &Member| member.share.scaled(1, 4);
    // A namespace stays one namespace, whatever it uses.
    let need = |member: &Member| {
        let step = step(member);
        member.used.plus(&step).in_steps_of(&step).max(&Measured::NAMESPACE)
    };
    // Who borrows something keeps it until it needs a whole step less: a pod that comes and goes moves nothing.
    let wants = |member: &Member| {
        let need = need(member);
        let slack = need.plus(&step(member));
        need.max(&member.had.min(&slack))
    };
    let kept: Vec<Measured> = members.iter().map(|member| member.share.min(&need(member))).collect();
    let mut free = total.minus(&Measured::sum(&kept));
    let borrowed: Vec<Measured> = members
        .iter()
        .map(|member| {
            let more = wants(member).minus(&member.share).min(&free);
            free = free.minus(&more);
            more
        })
        .collect();
    members
        .iter()
        .zip(kept.into_iter().zip(borrowed))
        .map(|(member, (kept, borrowed))| {
            // What nobody borrows stays with its owner.
            let own = member.share.minus(&kept).min(&free);
            free = free.minus(&own);
            kept.plus(&own).plus(&borrowed)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crds::Amounts;

    fn pods(number: u32) -> Measured {
        let amounts =
            Amounts { cpu: "0".into(), memory: "0Gi".into(), storage: "0Gi".into(), ..Amounts::default() };
        Measured::parse(&Amounts { pods: number, namespaces: 1, ..amounts }).unwrap()
    }

    fn member(share: u32, used: u32, had: u32) -> Member {
        Member { share: pods(share), used: pods(used), had: pods(had) }
    }

    fn wished(members: &[Member], total: u32) -> Vec<u32> {
        let total = Measured::parse(&Amounts { namespaces: 9, ..pods(total).amounts() }).unwrap();
        wishes(members, &total).iter().map(|wish| wish.amounts().pods).collect()
    }

    #[test]
    fn nothing_moves_while_nobody_needs_more_than_its_share() {
        assert_eq!(wished(&[member(8, 0, 8), member(8, 5, 8)], 16), [8, 8]);
        assert_eq!(wished(&[member(8, 0, 8), member(8, 5, 8)], 20), [8, 8]);
    }

    #[test]
    fn who_needs_more_borrows_what_is_idle_and_what_nobody_was_given() {
        assert_eq!(wished(&[member(8, 0, 8), member(8, 8, 8)], 16), [6, 10]);
        assert_eq!(wished(&[member(8, 0, 8), member(8, 8, 8)], 18), [8, 10]);
        // Never what the owner needs.
        assert_eq!(wished(&[member(8, 7, 8), member(8, 8, 8)], 16), [8, 8]);
    }

    #[test]
    fn the_owner_gets_it_back_when_it_needs_it() {
        assert_eq!(wished(&[member(8, 5, 6), member(8, 10, 10)], 16), [8, 8]);
    }

    #[test]
    fn a_pod_that_comes_and_goes_moves_nothing() {
        let busy = wished(&[member(8, 0, 6), member(8, 8, 10)], 16);
        assert_eq!(wished(&[member(8, 0, 6), member(8, 7, 10)], 16), busy);
    }

    #[test]
    fn together_they_never_have_more_than_the_total() {
        for used in 0..20 {
            let members = [member(8, used, 8), member(4, 20 - used, 4), member(2, used / 2, 9)];
            assert!(wished(&members, 14).iter().sum::<u32>() <= 14, "{used}");
        }
    }
}
