//! What needs nobody: every decrease, and a small increase of what is held and used, where the policy says so.

use std::collections::BTreeMap;

use crds::{AutomaticRule, Grant, Message, RequestChange, ResourceRequestSpec, SmallIncrease};

use super::submit::{asked, held};
use super::{measured, whole};
use crate::measured::Measured;

/// How much of what is held at a site is in use, in per cent. At a site that is not heard, nobody can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// Of CPU or memory, whichever is used more.
    pub compute: u8,
    /// Of storage.
    pub storage: u8,
}

/// Whether a request needs nobody.
///
/// # Errors
/// Why a person decides about it, said in its history.
pub fn automatic(
    spec: &ResourceRequestSpec,
    rule: Option<&AutomaticRule>,
    grant: Option<&Grant>,
    used: &BTreeMap<String, Used>,
) -> Result<Message, Message> {
    let (Some(rule), Some(grant)) = (rule, grant) else {
        return Err(Message::AutomaticOnlyChanges {});
    };
    match (spec.change, rule.decrease, &rule.increase) {
        (RequestChange::Less, Some(true), _) => Ok(Message::AutomaticDecrease {}),
        (RequestChange::More, _, Some(small)) => increase(spec, small, grant, used),
        _ => Err(Message::AutomaticOnlyChanges {}),
    }
}

fn increase(
    spec: &ResourceRequestSpec,
    small: &SmallIncrease,
    grant: &Grant,
    used: &BTreeMap<String, Used>,
) -> Result<Message, Message> {
    let (had, wants) = (held(grant), asked(spec));
    if spec.until != grant.spec.until || wants.keys().any(|site| !had.contains_key(site)) {
        return Err(Message::AutomaticOnlyAmounts {});
    }
    let all_had = Measured::sum(had.values());
    let all_wants = whole(&spec.sites);
    let percent = u64::from(small.at_most_percent);
    let is_small = all_wants.fits(&all_had.scaled(100 + percent, 100));
    let total = small.or_total_at_most.as_ref().map(measured);
    if !is_small && !total.is_some_and(|total| all_wants.fits(&total)) {
        return Err(Message::AutomaticTooMuch { percent: small.at_most_percent.to_string() });
    }
    for (site, wants) in &wants {
        let had = had.get(site).copied().unwrap_or_default();
        if *wants == had {
            continue;
        }
        let site = (*site).to_owned();
        let Some(used) = used.get(&site) else { return Err(Message::UseUnreadable { site }) };
        let least = small.used_at_least_percent;
        if used.compute < least {
            let (used, least) = (used.compute.to_string(), least.to_string());
            return Err(Message::UsedTooLittle { site, used, least });
        }
        let least = small.storage_used_at_least_percent;
        if had.storage_grows(wants) && used.storage < least {
            let (used, least) = (used.storage.to_string(), least.to_string());
            return Err(Message::UsedTooLittle { site, used, least });
        }
    }
    Ok(Message::AutomaticIncrease {
        percent: small.at_most_percent.to_string(),
        least: small.used_at_least_percent.to_string(),
    })
}
