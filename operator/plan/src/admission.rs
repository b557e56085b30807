//! Which places of a department's workspaces have room in what was granted: exact however many are filed at once, because one pass
//! over the department decides about all of them, in an order that does not change.
//!
//! | a place | has room when |
//! |---|---|
//! | is in the orders with as much or more | always |
//! | is new, or asks for more | all of the site's places together fit into its grants that have not ended; the oldest first |

use std::collections::BTreeMap;

use crds::Message;

use crate::measured::{Measured, TooMuch};

/// One place of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of its namespace.
    pub namespace: String,
    /// What it asks for.
    pub share: Measured,
    /// What it has in the orders.
    pub has: Option<Measured>,
}

/// The places at one site that have no room, with what is said of them. `places` are in the order of their age; `kept` is what
/// stands in the orders and nobody asks for any more; `active` is what was granted there and has not ended, nothing without a grant.
#[must_use]
pub fn refused(
    site: &str,
    places: &[Place],
    kept: &Measured,
    active: Option<&Measured>,
) -> BTreeMap<String, Message> {
    let of = |place: &Place| place.has.unwrap_or_default();
    let fits_in_what_it_has = |place: &Place| place.share.fits(&of(place));
    // What asks for less gives the rest back at once; everybody else has what they have.
    let mut taken = places.iter().fold(*kept, |sum, place| {
        sum.plus(&if fits_in_what_it_has(place) { place.share } else { of(place) })
    });
    let mut refused = BTreeMap::new();
    for place in places.iter().filter(|place| !fits_in_what_it_has(place)) {
        let Some(active) = active else {
            refused.insert(place.namespace.clone(), Message::NoGrant { site: site.to_owned() });
            continue;
        };
        let others = taken.minus(&of(place));
        // What it has already is its own also where a grant has ended.
        let left = active.minus(&others).max(&of(place));
        match place.share.too_much(&left) {
            None => taken = others.plus(&place.share),
            Some(TooMuch { what, asked, left }) => {
                let said = Message::ShareExceedsGrant { site: site.to_owned(), what, asked, left };
                refused.insert(place.namespace.clone(), said);
            }
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use crds::Amounts;

    fn cpu(cores: u32) -> Measured {
        let zero = || "0Gi".to_owned();
        let amounts =
            Amounts { cpu: cores.to_string(), memory: zero(), storage: zero(), ..Amounts::default() };
        Measured::parse(&amounts).unwrap()
    }

    fn place(name: &str, share: u32, has: Option<u32>) -> Place {
        Place { namespace: name.into(), share: cpu(share), has: has.map(cpu) }
    }

    fn names(places: &[Place], kept: u32, active: Option<u32>) -> Vec<String> {
        refused("s", places, &cpu(kept), active.map(cpu).as_ref()).into_keys().collect()
    }

    #[test]
    fn the_oldest_come_first_and_who_does_not_fit_is_told_what_is_left() {
        let places = [place("a", 6, None), place("b", 6, None), place("c", 4, None)];
        assert_eq!(names(&places, 0, Some(10)), ["b"]);
        let said = &refused("s", &places, &cpu(0), Some(&cpu(10)))["b"];
        assert_eq!(said.text(crds::Lang::Zh), "机房 s 资源超出批复:处理器 cpu 申请 6,剩余 4");
    }

    #[test]
    fn who_is_in_the_orders_keeps_what_it_has_before_anybody_older_gets_more() {
        assert_eq!(names(&[place("a", 6, None), place("b", 6, Some(6))], 0, Some(10)), ["a"]);
        assert_eq!(names(&[place("a", 9, Some(4)), place("b", 6, Some(6))], 0, Some(10)), ["a"]);
    }

    #[test]
    fn what_is_given_back_is_there_for_others_and_what_is_kept_is_not() {
        assert_eq!(names(&[place("a", 2, Some(8)), place("b", 6, None)], 0, Some(8)), [""; 0]);
        assert_eq!(names(&[place("b", 6, None)], 4, Some(8)), ["b"]);
    }

    #[test]
    fn without_a_grant_nothing_new_is_given_and_nothing_is_taken() {
        assert_eq!(names(&[place("a", 2, Some(2)), place("b", 1, None)], 0, None), ["b"]);
        assert_eq!(names(&[place("a", 2, Some(2)), place("b", 3, Some(2))], 0, Some(0)), ["b"]);
    }
}
