use proptest::prelude::*;
use serde_json::json;

use super::*;

/// The national calendar of 2026, as it was published on 4 November 2025.
fn national() -> WorkCalendarSpec {
    let off = |name: &str, from: &str, to: &str| json!({"name": name, "from": format!("2026-{from}"), "to": format!("2026-{to}")});
    let spec = json!({
        "year": 2026, "layer": "national", "version": 1, "published": true,
        "issuedBy": {"document": "国务院办公厅关于2026年部分节假日安排的通知"},
        "holidays": [
            off("元旦", "01-01", "01-03"), off("春节", "02-15", "02-23"), off("清明节", "04-04", "04-06"),
            off("劳动节", "05-01", "05-05"), off("端午节", "06-19", "06-21"), off("中秋节", "09-25", "09-27"),
            off("国庆节", "10-01", "10-07"),
        ],
        "workdays": ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
    });
    serde_json::from_value(spec).unwrap()
}

fn city(version: u16, off: &str, worked: &[&str]) -> WorkCalendarSpec {
    let spec = json!({
        "year": 2026, "layer": "city", "version": version, "published": true, "issuedBy": {"document": "市通知"},
        "holidays": [{"name": "进博会", "from": off, "to": off}], "workdays": worked,
    });
    serde_json::from_value(spec).unwrap()
}

fn at(time: &str) -> Timestamp {
    format!("{time}+08:00").parse().unwrap()
}

/// When it is late, in Beijing, and whether that is provisional.
fn due(calendars: &Calendars, received: &str, days: u16) -> (String, bool) {
    let due = calendars.due(at(received), days);
    let last = due.at.checked_sub(k8s_openapi::jiff::SignedDuration::from_secs(1)).unwrap();
    (day(last).to_string(), due.is_provisional())
}

#[test]
fn holidays_and_worked_weekends_are_counted_as_published() {
    let spec = national();
    let calendars = Calendars::of([("2026", &spec)]);
    let last = |received: &str, days| due(&calendars, received, days);
    let fixed = |day: &str| (day.to_owned(), false);
    // Received on a Monday: the day of receipt is not counted, at whatever hour.
    assert_eq!(last("2026-03-02T00:00:00", 5), fixed("2026-03-09"));
    assert_eq!(last("2026-03-02T23:59:59", 5), fixed("2026-03-09"));
    // The Saturday before the Spring Festival is worked, then nine days are off.
    assert_eq!(last("2026-02-13T09:00:00", 1), fixed("2026-02-14"));
    assert_eq!(last("2026-02-13T09:00:00", 2), fixed("2026-02-24"));
    // Received on a holiday.
    assert_eq!(last("2026-10-03T09:00:00", 3), fixed("2026-10-10"));
    // By Beijing's day and not by that of UTC: 00:30 on the 3rd is the 2nd in UTC.
    assert_eq!(last("2026-03-03T00:30:00", 1), fixed("2026-03-04"));
    assert_eq!(
        calendars.due(at("2026-03-02T10:00:00"), 1).at,
        at("2026-03-04T00:00:00"),
        "to the end of the day"
    );
    assert_eq!(last("2026-03-02T10:00:00", 0), fixed("2026-03-02"));
}

#[test]
fn a_year_without_a_published_calendar_gives_a_provisional_date_and_says_which_year() {
    let spec = national();
    let calendars = Calendars::of([("2026", &spec)]);
    let over_new_year = calendars.due(at("2026-12-30T10:00:00"), 3);
    assert_eq!(
        (over_new_year.lacks.as_slice(), over_new_year.from.as_slice()),
        (&[2027][..], &["2026 v1".to_owned()][..])
    );
    assert_eq!(due(&calendars, "2026-12-30T10:00:00", 3), ("2027-01-04".to_owned(), true));
    assert_eq!(due(&Calendars::default(), "2026-02-13T09:00:00", 1), ("2026-02-16".to_owned(), true));
    let draft = WorkCalendarSpec { published: false, ..national() };
    assert_eq!(Calendars::of([("2026", &draft)]), Calendars::default());
    // The city's alone does not make a year known.
    let city = city(1, "2026-11-04", &[]);
    assert!(Calendars::of([("city", &city)]).due(at("2026-11-03T10:00:00"), 1).is_provisional());
}

#[test]
fn the_city_goes_before_the_nation_and_a_later_version_before_an_earlier() {
    let (national, first) = (national(), city(1, "2026-11-04", &["2026-02-22"]));
    let calendars = Calendars::of([("2026", &national), ("city-1", &first)]);
    assert_eq!(due(&calendars, "2026-11-03T10:00:00", 1).0, "2026-11-05");
    assert_eq!(due(&calendars, "2026-02-14T10:00:00", 1).0, "2026-02-22", "the city works on that day");
    // Amended in mid-year: the fourth is worked after all, the fifth is not.
    let second = city(2, "2026-11-05", &[]);
    let both = [("city-2", &second), ("2026", &national), ("city-1", &first)];
    let calendars = Calendars::of(both);
    assert_eq!(due(&calendars, "2026-11-03T10:00:00", 2).0, "2026-11-06");
    assert_eq!(calendars.due(at("2026-11-03T10:00:00"), 1).from, ["2026 v1", "city-2 v2"]);
    let said = |name: &str, spec: &WorkCalendarSpec| judge((name, spec), both).unwrap();
    assert_eq!(
        said("city-1", &first),
        Message::CalendarSuperseded { other: "city-2".into(), version: "2".into() }
    );
    assert!(matches!(said("city-2", &second), Message::CalendarCounts { .. }));
    assert!(matches!(said("2026", &national), Message::CalendarCounts { .. }));
}

#[test]
fn of_two_of_one_version_the_first_by_name_counts_and_the_other_is_refused() {
    let (one, other) = (national(), WorkCalendarSpec { workdays: Vec::new(), ..national() });
    let all = [("b", &other), ("a", &one)];
    assert_eq!(Calendars::of(all), Calendars::of([("a", &one)]));
    let taken = Message::CalendarVersionTaken {
        year: "2026".into(),
        layer: "国家".into(),
        version: "1".into(),
        other: "a".into(),
    };
    assert_eq!(judge(("b", &other), all), Err(vec![taken]));
    assert!(matches!(judge(("a", &one), all), Ok(Message::CalendarCounts { .. })));
}

#[test]
fn what_cannot_be_meant_is_refused_with_the_field_and_the_day() {
    let spec = |holidays: serde_json::Value, workdays: &[&str]| {
        let spec = json!({
            "year": 2026, "layer": "national", "version": 1, "published": true, "issuedBy": {"document": "x"},
            "holidays": holidays, "workdays": workdays,
        });
        serde_json::from_value::<WorkCalendarSpec>(spec).unwrap()
    };
    let refused = |holidays, workdays: &[&str]| {
        let findings = judge(("a", &spec(holidays, workdays)), []).unwrap_err();
        findings.into_iter().map(|finding| finding.text(crds::Lang::Zh)).collect::<Vec<_>>()
    };
    let off = |from: &str, to: &str| json!([{"name": "春节", "from": from, "to": to}]);
    insta::assert_yaml_snapshot!([
        refused(json!([]), &["2026-02-16"]),
        refused(off("2026-02-15", "2026-02-23"), &["2026-02-21"]),
        refused(off("2027-02-15", "2027-02-16"), &[]),
        refused(off("2026-02-23", "2026-02-15"), &[]),
        refused(off("2026-02-30", "2026-03-01"), &["15.2.2026x"]),
    ]);
    assert!(judge(("a", &spec(off("2025-12-31", "2026-01-02"), &["2025-12-28"])), []).is_ok());
}

/// Some days of 2026 off, and some weekend days worked.
fn any_calendar() -> impl Strategy<Value = WorkCalendarSpec> {
    let day = |at: u16| {
        let start = Date::new(2026, 1, 1).unwrap();
        start.checked_add(k8s_openapi::jiff::Span::new().days(i64::from(at))).unwrap()
    };
    let days = proptest::collection::btree_set(0_u16..365, 0..24);
    (days, any::<bool>()).prop_map(move |(days, city)| {
        let (workdays, off): (Vec<Date>, Vec<Date>) =
            days.into_iter().map(day).partition(|day| is_weekend(*day));
        let off = off.into_iter().map(|day| crds::Holiday {
            name: "休".into(),
            from: day.to_string(),
            to: day.to_string(),
        });
        WorkCalendarSpec {
            layer: if city { CalendarLayer::City } else { CalendarLayer::National },
            holidays: off.collect(),
            workdays: workdays.iter().map(ToString::to_string).collect(),
            ..national()
        }
    })
}

proptest! {
    #[test]
    fn exactly_so_many_worked_days_lie_between_receipt_and_the_end(
        spec in any_calendar(), hours in 0_i64..9000, wanted in 0_u16..60,
    ) {
        let calendars = Calendars::of([("a", &spec)]);
        let received = at("2026-01-01T00:00:00") + k8s_openapi::jiff::SignedDuration::from_hours(hours);
        let due = calendars.due(received, wanted);
        let last = day(due.at - k8s_openapi::jiff::SignedDuration::from_secs(1));
        let mut counted = 0;
        let mut one = day(received);
        while one < last {
            one = one.tomorrow().unwrap();
            counted += u16::from(calendars.is_working(one));
        }
        prop_assert_eq!(counted, wanted);
        prop_assert!(wanted == 0 || calendars.is_working(last));
        prop_assert_eq!(Some(due.at), end_of(last));
        // Later received or more days: never due earlier.
        prop_assert!(calendars.due(received, wanted + 1).at > due.at);
        prop_assert!(calendars.due(received + k8s_openapi::jiff::SignedDuration::from_hours(7), wanted).at >= due.at);
    }
}
