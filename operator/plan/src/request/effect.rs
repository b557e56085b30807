//! What granting a request would do: which site fills up, and what the budget would refuse.

use std::collections::{BTreeMap, BTreeSet};

use crds::{Grant, Message, ResourceRequestSpec, WhatIf};

use super::submit::{asked, held};
use super::whole;
use crate::measured::{Measured, TooMuch};

/// From how much of a site's capacity on it is said that it fills up, in per cent: what one node of five lost leaves.
const FULL: u64 = 80;

/// What is known of the sites.
pub struct Facts<'a> {
    /// What the department is granted at each site now.
    pub granted: &'a BTreeMap<String, Measured>,
    /// What the budget leaves, with what the replaced grant holds.
    pub room: &'a Measured,
    /// The grant that would be replaced.
    pub replaced: Option<&'a Grant>,
    /// What all departments together are granted at each site.
    pub promised: &'a BTreeMap<String, Measured>,
    /// What each site says that its nodes have, where it says so.
    pub capacity: &'a BTreeMap<String, Measured>,
}

/// What granting would do at each site that it speaks of.
#[must_use]
pub fn what_if(spec: &ResourceRequestSpec, facts: &Facts<'_>) -> Vec<WhatIf> {
    let (had, wants) = (facts.replaced.map(held).unwrap_or_default(), asked(spec));
    let no_room = whole(&spec.sites).too_much(facts.room);
    let sites: BTreeSet<&str> = had.keys().chain(wants.keys()).copied().collect();
    let one = |site: &str| {
        let of = |amounts: &BTreeMap<&str, Measured>| amounts.get(site).copied().unwrap_or_default();
        let now = facts.granted.get(site).copied().unwrap_or_default();
        let change = |before: Measured| before.minus(&of(&had)).plus(&of(&wants));
        let then = change(now);
        let promised = change(facts.promised.get(site).copied().unwrap_or_default());
        let message = match (&no_room, facts.capacity.get(site)) {
            (Some(TooMuch { what, asked, left }), _) => {
                let (what, asked, left) = (what.clone(), asked.clone(), left.clone());
                Some(Message::WouldExceedBudget { what, asked, left })
            }
            (None, Some(capacity)) => fills(site, &promised, capacity),
            (None, None) => Some(Message::CapacityUnknown { site: site.to_owned() }),
        };
        WhatIf {
            site: site.to_owned(),
            now: now.amounts(),
            then: then.amounts(),
            message: message.map(|message| message.to_string()),
        }
    };
    sites.into_iter().map(one).collect()
}

fn fills(site: &str, promised: &Measured, capacity: &Measured) -> Option<Message> {
    let (what, percent) = promised.fullest_of_nodes(capacity)?;
    let site = site.to_owned();
    if percent > 100 {
        return Some(Message::SiteOverfull { site, what, percent: percent.to_string() });
    }
    (percent >= FULL).then(|| Message::SiteFills { site, what, percent: percent.to_string() })
}
