//! Until when something holds: a day, to its end in China, or a moment.

use std::time::Duration;

use k8s_openapi::jiff::civil::Date;
use k8s_openapi::jiff::tz::{Offset, TimeZone};
use k8s_openapi::jiff::{SignedDuration, Timestamp};

/// How far ahead an end may be.
const FARTHEST: SignedDuration = SignedDuration::from_hours(366 * 24);
/// China has one time and no summer time.
const CHINA: Offset = Offset::constant(8);

/// The first moment at which what is written no longer holds; nothing when it is no date.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    if text.len() != "2027-06-30".len() {
        return text.parse().ok();
    }
    end_of(text.parse().ok()?)
}

/// The first moment after a day in China.
#[must_use]
pub fn end_of(day: Date) -> Option<Timestamp> {
    CHINA.to_timestamp(day.tomorrow().ok()?.at(0, 0, 0, 0)).ok()
}

/// Whether an end is farther ahead than any may be.
#[must_use]
pub fn too_far(end: Timestamp, now: Timestamp) -> bool {
    end > now.saturating_add(FARTHEST).unwrap_or(Timestamp::MAX)
}

/// How long to wait for a moment: at most an hour, because the machine's clock may be set meanwhile.
#[must_use]
pub fn left(moment: Timestamp, now: Timestamp) -> Duration {
    const AT_MOST: Duration = Duration::from_hours(1);
    Duration::try_from(moment.duration_since(now)).unwrap_or_default().min(AT_MOST)
}

/// A moment as people in China read it.
#[must_use]
pub fn shown(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::fixed(CHINA)).strftime("%Y-%m-%d %H:%M:%S +08:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_china() {
        let end = parse("2027-06-30").unwrap();
        assert_eq!(end, "2027-06-30T16:00:00Z".parse().unwrap());
        assert_eq!(shown(end), "2027-07-01 00:00:00 +08:00");
        assert_eq!(parse("2027-07-01T00:00:00+08:00"), Some(end));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for wrong in ["2027-02-30", "2027-13-01", "soon", "", "2027-06-30T25:00:00Z"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_end_is_at_most_366_days_ahead() {
        let now = "2027-01-01T00:00:00Z".parse().unwrap();
        assert!(!too_far("2028-01-02T00:00:00Z".parse().unwrap(), now));
        assert!(too_far("2028-01-02T00:00:01Z".parse().unwrap(), now));
    }
}
