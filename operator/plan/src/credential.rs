//! A site's credential for the hub: which of two is to be used, and when it is to be renewed.

/// Seconds that a renewed credential is good for: a site cut off for longer is joined again by a person (DESIGN section 6).
pub const GOOD_FOR: i64 = 7 * 24 * 3600;

/// A credential with the times that stand in it, in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The token itself.
    pub token: String,
    /// When it was made.
    pub issued: i64,
    /// When it ends.
    pub expires: i64,
}

/// The one to use: the newest. A person who joins the site again thereby replaces what it kept, also where that one was revoked.
#[must_use]
pub fn choose(joined: Option<Credential>, kept: Option<Credential>) -> Option<Credential> {
    [joined, kept].into_iter().flatten().max_by_key(|credential| credential.issued)
}

/// Seconds until it is to be renewed: at once when it came with a join file, else after a third of whatever life the hub gave it,
/// so that a link may be cut for days before it ends; never so soon that a clock that is wrong makes a storm of it.
#[must_use]
pub fn renew_in(credential: &Credential, from_join_file: bool, now: i64) -> u64 {
    if from_join_file {
        return 0;
    }
    let life = credential.expires - credential.issued;
    u64::try_from(credential.issued + life / 3 - now).unwrap_or(0).max(SOONEST)
}

/// Seconds between two renewals at the least.
const SOONEST: u64 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn made(issued: i64, life: i64) -> Credential {
        Credential { token: issued.to_string(), issued, expires: issued + life }
    }

    #[test]
    fn the_newest_is_used_whichever_it_is() {
        let (old, new) = (made(10, 60), made(20, 60));
        assert_eq!(choose(Some(old.clone()), Some(new.clone())), Some(new.clone()));
        assert_eq!(choose(Some(new.clone()), Some(old.clone())), Some(new));
        assert_eq!(choose(None, Some(old.clone())), Some(old));
        assert_eq!(choose(None, None), None);
    }

    #[test]
    fn one_of_a_join_file_is_renewed_at_once_and_another_after_a_third_of_its_life() {
        assert_eq!(renew_in(&made(100, 3600), true, 100), 0);
        assert_eq!(renew_in(&made(100, 3600), false, 100), 1200);
        assert_eq!(renew_in(&made(0, GOOD_FOR), false, 0), u64::try_from(GOOD_FOR / 3).unwrap());
        assert_eq!(renew_in(&made(0, GOOD_FOR), false, GOOD_FOR), SOONEST);
    }
}
