//! The certificates of the admission webhook: when new ones are due, and which authority signs.
//!
//! | what | lives | a new one |
//! |---|---|---|
//! | serving certificate | 90 days | with 30 left, or when it is asked for under other names |
//! | authority | 3 years | with a year left; both stand in the bundle until the older ends |
//!
//! The older authority signs as long as what it signs ends before itself: by then its successor has stood in the bundle for months, and
//! no API server meets an authority that it has not been told of.

/// Seconds in a day.
const DAY: i64 = 24 * 3600;
/// Seconds that a serving certificate is good for.
pub const SERVES: i64 = 90 * DAY;
/// It is renewed with so much left.
const SERVES_LEFT: i64 = 30 * DAY;
/// Seconds that an authority is good for.
pub const SIGNS: i64 = 3 * 365 * DAY;
/// A successor is made with so much left.
const SIGNS_LEFT: i64 = 365 * DAY;
/// Certificates are dated back: the API server's clock may be behind the hub's.
pub const DATED_BACK: i64 = 3600;

/// What there is: ends of lives in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lives {
    /// The authorities', oldest first.
    pub authorities: Vec<i64>,
    /// The serving certificate's, and the names it is for; nothing when there is none.
    pub serving: Option<(i64, Vec<String>)>,
}

/// What is to be made. Authorities that have ended are dropped from the bundle whenever something is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// A new authority.
    pub authority: bool,
    /// A new serving certificate.
    pub serving: bool,
}

impl Due {
    /// Whether nothing is.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

/// What is due for a server that is asked under these names.
#[must_use]
pub fn due(lives: &Lives, names: &[String], now: i64) -> Due {
    let authority = lives.authorities.iter().max().is_none_or(|until| until - now < SIGNS_LEFT);
    let serving = lives.serving.as_ref().is_none_or(|(until, of)| {
        // One that outlives its authority is none; neither is one for a name that is not asked.
        let signed = lives.authorities.iter().any(|authority| authority >= until);
        until - now < SERVES_LEFT || !signed || names.iter().any(|name| !of.contains(name))
    });
    Due { authority, serving }
}

/// Which authority signs now, by its place in the list: the oldest that outlives what it signs.
#[must_use]
pub fn signs(authorities: &[i64], now: i64) -> Option<usize> {
    authorities.iter().position(|until| *until >= now + SERVES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn days(days: i64) -> i64 {
        NOW + days * DAY
    }

    fn lives(authorities: &[i64], serving: i64) -> Lives {
        Lives { authorities: authorities.to_vec(), serving: Some((serving, vec!["a".into()])) }
    }

    #[test]
    fn what_is_due_follows_from_what_is_left() {
        let names = ["a".to_owned()];
        let due = |authorities: &[i64], serving| {
            let due = due(&lives(authorities, serving), &names, NOW);
            (due.authority, due.serving)
        };
        assert_eq!(due(&[days(1000)], days(90)), (false, false));
        assert_eq!(due(&[days(1000)], days(29)), (false, true));
        assert_eq!(due(&[days(364)], days(90)), (true, false));
        assert_eq!(due(&[days(364), days(1000)], days(90)), (false, false), "the successor is there");
        assert_eq!(due(&[], days(90)), (true, true), "nobody vouches for it");
        assert_eq!(due(&[days(60)], days(90)), (true, true), "it outlives its authority");
        let nothing = Lives { authorities: Vec::new(), serving: None };
        assert_eq!(super::due(&nothing, &names, NOW), Due { authority: true, serving: true });
        let other = ["a".to_owned(), "b".to_owned()];
        assert!(super::due(&lives(&[days(1000)], days(90)), &other, NOW).serving, "asked under another name");
    }

    #[test]
    fn a_successor_signs_nothing_until_it_has_stood_in_the_bundle_for_months() {
        assert_eq!(signs(&[days(364), days(1000)], NOW), Some(0));
        assert_eq!(signs(&[days(89), days(1000)], NOW), Some(1));
        assert_eq!(signs(&[days(-1)], NOW), None);
        // From the day the successor is made until it signs first, whatever the day of the renewals.
        let stood =
            (0..SIGNS_LEFT / DAY).take_while(|day| signs(&[days(364 - day), days(1100)], NOW) == Some(0));
        assert!(stood.count() > 180);
    }
}
