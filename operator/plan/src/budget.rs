//! What a department may use where, by its budgets and grants.
//!
//! | a grant | counts for the site | things may grow in it |
//! |---|---|---|
//! | fits into what earlier grants leave of the budget | as written | yes |
//! | does not fit | as it was in force before, as far as the budget goes | as far |
//! | its last day is past | as it was in force | no |
//! | taken back | not | no |
//! | replaced by one that counts, or that was taken back | not | no |
//! | missing though it was lent upon | nothing is cut anywhere until it is back | as far as the rest goes |

use std::collections::BTreeMap;

use crds::{Amounts, Budget, Grant, GrantedSite, Message};
use k8s_openapi::jiff::civil::Date;
use k8s_openapi::jiff::tz::{TimeZone, offset};
use k8s_openapi::jiff::{Timestamp, ToSpan, Zoned};

use crate::conditions::Holds;
use crate::department::missing as unknown;
use crate::measured::{Measured, TooMuch};

/// From how many days before its end a grant says so.
const REMINDER: i32 = 30;

/// What is in the register for one department.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Its budgets, by name.
    pub budgets: &'a BTreeMap<String, &'a Budget>,
    /// Its grants, by name.
    pub grants: &'a BTreeMap<String, &'a Grant>,
    /// What the ledger rests on.
    pub rests_on: &'a [String],
    /// Names of the data centres in use.
    pub data_centers: &'a [String],
    /// The day, by the calendar of Beijing.
    pub today: Date,
}

/// What comes of budgets and grants.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// What may be used in all.
    pub total: Measured,
    /// What each site may have.
    pub granted: BTreeMap<String, Measured>,
    /// The part of it in which things may grow.
    pub active: BTreeMap<String, Measured>,
    /// What each budget says of itself.
    pub budgets: BTreeMap<String, (Holds, Message)>,
    /// What each grant says of itself, and what is in force of it.
    pub grants: BTreeMap<String, (Holds, Message, Vec<GrantedSite>)>,
    /// What the ledger rests on and is not there.
    pub missing: Vec<String>,
    /// What a ledger that is written now rests on.
    pub rests_on: Vec<String>,
}

/// The time zone of Beijing, by which years and days end.
fn beijing() -> TimeZone {
    TimeZone::fixed(offset(8))
}

/// The day in Beijing.
#[must_use]
pub fn day(now: Timestamp) -> Date {
    Zoned::new(now, beijing()).date()
}

/// How long until the next day begins in Beijing.
#[must_use]
pub fn until_tomorrow(now: Timestamp) -> std::time::Duration {
    let tomorrow = day(now).saturating_add(1.day()).to_zoned(beijing()).map(|next| next.timestamp());
    let left = tomorrow.map_or(3600, |next| next.as_second() - now.as_second());
    // A second more: at the very moment the day might still be the old one.
    std::time::Duration::from_secs(u64::try_from(left).unwrap_or(0) + 1)
}

/// Judges the budgets and grants of one department.
#[must_use]
pub fn judge(facts: Facts<'_>) -> Judged {
    let mut judged = Judged::default();
    let year = facts.today.year();
    let stands = facts.budgets.iter().filter(|(_, budget)| !budget.spec.withdrawn);
    let counted = stands.clone().map(|(_, budget)| budget.spec.year).filter(|of| *of <= year).max();
    let counts = stands.filter(|(_, budget)| Some(budget.spec.year) == counted);
    for (name, budget) in counts {
        judged.total = judged.total.plus(&measured(&budget.spec.total));
        judged.rests_on.push(format!("Budget/{name}"));
    }
    let mut left = judged.total;
    let mut ordered: Vec<_> = facts.grants.iter().collect();
    ordered.sort_by_key(|(name, grant)| {
        (grant.metadata.creation_timestamp.as_ref().map(|at| at.0), name.as_str())
    });
    let mut asked = Vec::new();
    let judge_one =
        |judged: &mut Judged, (left, stands): (&mut Measured, &Measured), name: &str, grant: &Grant| {
            let rests = format!("Grant/{name}");
            let lent_upon = facts.rests_on.contains(&rests);
            let is_new = grant.spec.replaces.is_some() && had(grant).is_zero();
            let room = if is_new { left.minus(stands) } else { *left };
            let (holds, said, in_force) = one(grant, &room, counted.is_some(), lent_upon, facts);
            for GrantedSite { site, amounts } in &in_force {
                let amounts = measured(amounts);
                *left = left.minus(&amounts);
                add(&mut judged.granted, site, &amounts);
                if !has_ended(grant, facts.today) {
                    add(&mut judged.active, site, &amounts);
                }
            }
            if !in_force.is_empty() {
                judged.rests_on.push(rests);
            }
            let counts = !in_force.is_empty() || grant.spec.taken_back;
            judged.grants.insert(name.to_owned(), (holds, said, in_force));
            counts
        };
    let lines = lines(&ordered);
    for (at, line) in lines.iter().enumerate() {
        asked.extend(line.first().map(|(_, newest)| whole(newest)));
        // What replaces a grant has its place, but takes nothing from those that stand.
        let later: Vec<Measured> = lines[at + 1..].iter().flatten().map(|(_, grant)| had(grant)).collect();
        let stands = Measured::sum(&later);
        let mut counts: Option<&str> = None;
        for (name, grant) in line.iter().copied() {
            if let Some(by) = counts {
                let said = Message::GrantReplaced { by: by.to_owned() };
                judged.grants.insert(name.to_owned(), (Holds::False, said, Vec::new()));
            } else if judge_one(&mut judged, (&mut left, &stands), name, grant) {
                counts = Some(name);
            }
        }
    }
    let asked = Measured::sum(&asked);
    let granted = Measured::sum(judged.granted.values());
    for (name, budget) in facts.budgets {
        judged
            .budgets
            .insert(name.clone(), of_budget(budget, counted, year, (&judged.total, &asked, &granted)));
    }
    judged.missing = facts.rests_on.iter().filter(|rests| !stands_in(rests, facts)).cloned().collect();
    judged
}

/// Grants in lines, each the newest first: one replaces the next. A line stands where its oldest was made, so that what replaces
/// a grant has its place and its part of the budget.
fn lines<'a>(ordered: &[(&'a String, &'a &'a Grant)]) -> Vec<Vec<(&'a str, &'a Grant)>> {
    let named: BTreeMap<&str, &Grant> =
        ordered.iter().map(|(name, grant)| (name.as_str(), **grant)).collect();
    let mut lines: Vec<Vec<(&str, &Grant)>> = Vec::new();
    let mut place: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, grant) in ordered {
        let replaced =
            grant.spec.replaces.as_deref().filter(|of| named.contains_key(of) && *of != name.as_str());
        let at = replaced.and_then(|of| place.get(of).copied()).unwrap_or_else(|| {
            lines.push(Vec::new());
            lines.len() - 1
        });
        place.insert(name.as_str(), at);
        lines[at].insert(0, (name.as_str(), **grant));
    }
    lines
}

fn measured(amounts: &Amounts) -> Measured {
    // The schema lets nothing else in.
    Measured::parse(amounts).unwrap_or_default()
}

fn add(to: &mut BTreeMap<String, Measured>, site: &str, amounts: &Measured) {
    let sum = to.entry(site.to_owned()).or_default();
    *sum = sum.plus(amounts);
}

/// What was in force of a grant.
fn had(grant: &Grant) -> Measured {
    let in_force = grant.status.iter().flat_map(|status| &status.in_force);
    Measured::sum(&in_force.map(|site| measured(&site.amounts)).collect::<Vec<_>>())
}

/// All that a grant gives, unless it was taken back.
fn whole(grant: &Grant) -> Measured {
    let spec = &grant.spec;
    let sites = spec.sites.iter().filter(|_| !spec.taken_back).map(|site| measured(&site.amounts));
    Measured::sum(&sites.collect::<Vec<_>>())
}

fn has_ended(grant: &Grant, today: Date) -> bool {
    // A day that is none, such as 30 February, has ended: it is refused with a sentence.
    last_day(grant).is_none_or(|until| until < today)
}

fn last_day(grant: &Grant) -> Option<Date> {
    grant.spec.until.parse().ok()
}

fn stands_in(rests: &str, facts: Facts<'_>) -> bool {
    match rests.split_once('/') {
        Some(("Budget", name)) => facts.budgets.contains_key(name),
        Some(("Grant", name)) => facts.grants.contains_key(name),
        _ => true,
    }
}

/// What a grant comes to where `left` is left of the budget.
fn one(
    grant: &Grant,
    left: &Measured,
    any_budget: bool,
    lent_upon: bool,
    facts: Facts<'_>,
) -> (Holds, Message, Vec<GrantedSite>) {
    let spec = &grant.spec;
    if spec.taken_back {
        return (Holds::False, Message::GrantTakenBack {}, Vec::new());
    }
    let before = || grant.status.iter().flat_map(|status| &status.in_force).cloned().collect::<Vec<_>>();
    let Some(until) = last_day(grant) else {
        let said = Message::DayMalformed { field: "spec.until".into() };
        return (Holds::False, said, clipped(before(), left));
    };
    let strange = spec.sites.iter().enumerate().find_map(|(at, site)| {
        let field = format!("spec.sites[{at}].site");
        unknown(&field, &site.site, "机房 DataCenter", facts.data_centers)
    });
    if let Some(said) = strange {
        return (Holds::False, said, clipped(before(), left));
    }
    if until < facts.today {
        let said = Message::GrantEnded { until: spec.until.clone() };
        // What was never in force before its end gives nothing; what was counts on, or less if a person wrote less.
        let stays = if lent_upon { lesser(&spec.sites, &before()) } else { Vec::new() };
        return (Holds::False, said, clipped(stays, left));
    }
    if !any_budget {
        return (Holds::False, Message::NoBudget {}, clipped(before(), left));
    }
    if let Some(TooMuch { what, asked, left: there }) = whole(grant).too_much(left) {
        let said = Message::GrantExceeds { what, asked, left: there };
        return (Holds::False, said, clipped(before(), left));
    }
    let days = (until - facts.today).get_days();
    let (until, sites) = (spec.until.clone(), spec.sites.clone());
    if days <= REMINDER {
        return (Holds::True, Message::GrantEndsSoon { until, days: days.to_string() }, sites);
    }
    (Holds::True, Message::GrantInForce { until }, sites)
}

/// What is written, where it was in force before at most that.
fn lesser(written: &[GrantedSite], before: &[GrantedSite]) -> Vec<GrantedSite> {
    let of = |one: &GrantedSite| {
        let was = before.iter().find(|was| was.site == one.site).map(|was| measured(&was.amounts));
        let now = measured(&one.amounts);
        GrantedSite { site: one.site.clone(), amounts: was.map_or(now, |was| was.min(&now)).amounts() }
    };
    written.iter().map(of).collect()
}

/// As much of what was given as there is.
fn clipped(given: Vec<GrantedSite>, left: &Measured) -> Vec<GrantedSite> {
    let mut left = *left;
    let clip = |GrantedSite { site, amounts }| {
        let amounts = measured(&amounts).min(&left);
        left = left.minus(&amounts);
        GrantedSite { site, amounts: amounts.amounts() }
    };
    given.into_iter().map(clip).collect()
}

fn of_budget(
    budget: &Budget,
    counted: Option<i16>,
    year: i16,
    (total, asked, granted): (&Measured, &Measured, &Measured),
) -> (Holds, Message) {
    let of = budget.spec.year;
    if budget.spec.withdrawn {
        return (Holds::False, Message::BudgetWithdrawn {});
    }
    if Some(of) != counted {
        return (Holds::False, Message::BudgetNotCounted { year: of.to_string() });
    }
    if let Some(TooMuch { what, asked, left }) = asked.too_much(total) {
        return (Holds::False, Message::BudgetBelowGrants { what, total: left, granted: asked });
    }
    if of < year {
        return (Holds::True, Message::BudgetProvisional { year: year.to_string(), from: of.to_string() });
    }
    let cpu = |amounts: &Measured| amounts.amounts().cpu;
    (Holds::True, Message::BudgetInForce { cpu: cpu(total), granted: cpu(granted) })
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
