//! Working days by the calendar of Beijing.
//!
//! | a day | is worked |
//! |---|---|
//! | named by the city's calendar | as that says |
//! | else named by the national calendar | as that says |
//! | else | from Monday to Friday |
//!
//! Of each layer and year the highest published version counts; older ones stay for the record. While a year has no published national
//! calendar, only weekends are known, and a date that rests on it is provisional (暂定).

use std::collections::{BTreeMap, BTreeSet};

use crds::{CalendarLayer, Message, WorkCalendarSpec};
use k8s_openapi::jiff::Timestamp;
use k8s_openapi::jiff::civil::{Date, Weekday};

use crate::Findings;
use crate::budget::day;
use crate::until::end_of;

/// All calendars that count, as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendars {
    /// What counts for a layer of a year: the name of its calendar, with the version.
    counted: BTreeMap<(i16, CalendarLayer), String>,
    /// Whether a day that is named is worked, by layer.
    named: BTreeMap<(Date, CalendarLayer), bool>,
}

/// Until when something is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The first moment at which it is late: the end of the last working day.
    pub at: Timestamp,
    /// Years on the way that have no published national calendar: the date is provisional (暂定) while there are any.
    pub lacks: Vec<i16>,
    /// The calendars that it rests on.
    pub from: Vec<String>,
}

impl Due {
    /// Whether it may still move.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        !self.lacks.is_empty()
    }
}

impl Calendars {
    /// Takes calendars by their names; what cannot count is left out.
    pub fn of<'a>(all: impl IntoIterator<Item = (&'a str, &'a WorkCalendarSpec)>) -> Self {
        let mut best: BTreeMap<(i16, CalendarLayer), (&str, &WorkCalendarSpec)> = BTreeMap::new();
        for (name, spec) in all.into_iter().filter(|(_, spec)| spec.published && days(spec).is_ok()) {
            let known = best.entry((spec.year, spec.layer)).or_insert((name, spec));
            if outranks((name, spec), *known) {
                *known = (name, spec);
            }
        }
        let mut calendars = Self::default();
        for (of, (name, spec)) in best {
            calendars.counted.insert(of, format!("{name} v{}", spec.version));
            let days = days(spec).unwrap_or_default();
            calendars.named.extend(days.into_iter().map(|(day, worked)| ((day, spec.layer), worked)));
        }
        calendars
    }

    /// Whether a day is worked.
    #[must_use]
    pub fn is_working(&self, day: Date) -> bool {
        let named = |layer| self.named.get(&(day, layer)).copied();
        let named = named(CalendarLayer::City).or_else(|| named(CalendarLayer::National));
        named.unwrap_or_else(|| !is_weekend(day))
    }

    /// So many working days after something was received: the day of receipt is not counted, and the last one counts to its end.
    #[must_use]
    pub fn due(&self, received: Timestamp, working_days: u16) -> Due {
        let (mut last, mut left) = (day(received), working_days);
        let mut years = BTreeSet::from([last.year()]);
        while left > 0 {
            // The end of the calendar of days is ten thousand years away.
            let Ok(next) = last.tomorrow() else { break };
            last = next;
            years.insert(last.year());
            left -= u16::from(self.is_working(last));
        }
        let lacks =
            years.iter().filter(|year| !self.counted.contains_key(&(**year, CalendarLayer::National)));
        let from = self.counted.iter().filter(|((year, _), _)| years.contains(year));
        Due {
            at: end_of(last).unwrap_or(Timestamp::MAX),
            lacks: lacks.copied().collect(),
            from: from.map(|(_, name)| name.clone()).collect(),
        }
    }
}

/// Whether one calendar counts before another of its layer and year. Of the same version the first by name: the other is refused.
fn outranks(one: (&str, &WorkCalendarSpec), other: (&str, &WorkCalendarSpec)) -> bool {
    let rank = |(name, spec): (&str, &WorkCalendarSpec)| (spec.version, std::cmp::Reverse(name.to_owned()));
    rank(one) > rank(other)
}

/// What is said of a calendar.
///
/// # Errors
/// What a person must write otherwise.
pub fn judge<'a>(
    (name, spec): (&str, &WorkCalendarSpec),
    all: impl IntoIterator<Item = (&'a str, &'a WorkCalendarSpec)>,
) -> Result<Message, Findings> {
    days(spec)?;
    let (year, layer) = (spec.year.to_string(), spec.layer.zh().to_owned());
    if !spec.published {
        return Ok(Message::CalendarDraft { year, layer });
    }
    let alike = |other: &WorkCalendarSpec| (other.year, other.layer) == (spec.year, spec.layer);
    let others = all.into_iter().filter(|(other, of)| *other != name && of.published && alike(of));
    let before = others.filter(|other| days(other.1).is_ok() && outranks(*other, (name, spec)));
    let by = before.reduce(|best, other| if outranks(other, best) { other } else { best });
    match by {
        None => Ok(Message::CalendarCounts { year, layer, version: spec.version.to_string() }),
        Some((other, of)) if of.version == spec.version => {
            let (version, other) = (spec.version.to_string(), other.to_owned());
            Err(vec![Message::CalendarVersionTaken { year, layer, version, other }])
        }
        Some((other, of)) => {
            Ok(Message::CalendarSuperseded { other: other.to_owned(), version: of.version.to_string() })
        }
    }
}

/// The days that a calendar names, and whether each is worked.
fn days(spec: &WorkCalendarSpec) -> Result<BTreeMap<Date, bool>, Findings> {
    let mut findings = Vec::new();
    let mut named = BTreeMap::new();
    let mut name = |day: Date, worked: bool, findings: &mut Findings| {
        if named.insert(day, worked).is_some_and(|known| known != worked) {
            findings.push(Message::CalendarDayTwice { day: day.to_string() });
        }
    };
    for (at, holiday) in spec.holidays.iter().enumerate() {
        let field = |part: &str| format!("spec.holidays[{at}].{part}");
        let from = of_year(spec, field("from"), &holiday.from, &mut findings);
        let to = of_year(spec, field("to"), &holiday.to, &mut findings);
        let (Some(from), Some(to)) = (from, to) else { continue };
        if from > to {
            let (from, to) = (holiday.from.clone(), holiday.to.clone());
            findings.push(Message::CalendarHolidayBackwards { field: field("to"), from, to });
        }
        let next = |day: &Date| day.tomorrow().ok();
        for day in std::iter::successors(Some(from), next).take_while(|day| *day <= to) {
            name(day, false, &mut findings);
        }
    }
    for (at, written) in spec.workdays.iter().enumerate() {
        let field = format!("spec.workdays[{at}]");
        let Some(day) = of_year(spec, field.clone(), written, &mut findings) else { continue };
        if !is_weekend(day) {
            let (day, weekday) = (written.clone(), zh(day.weekday()).to_owned());
            findings.push(Message::CalendarWorkdayInWeek { field, day, weekday });
        }
        name(day, true, &mut findings);
    }
    if findings.is_empty() { Ok(named) } else { Err(findings) }
}

/// A day of the calendar's year. The New Year's holiday may begin in the last week of the year before.
fn of_year(spec: &WorkCalendarSpec, field: String, written: &str, findings: &mut Findings) -> Option<Date> {
    let Ok(day) = written.parse::<Date>() else {
        findings.push(Message::DayMalformed { field });
        return None;
    };
    let eve = day.year() == spec.year - 1 && day.month() == 12 && day.day() >= 25;
    if day.year() != spec.year && !eve {
        let (day, year) = (written.to_owned(), spec.year.to_string());
        findings.push(Message::CalendarDayOutside { field, day, year });
        return None;
    }
    Some(day)
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn zh(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

#[cfg(test)]
#[path = "work_calendar_tests.rs"]
mod tests;
