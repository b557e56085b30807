use super::*;
use crds::Lang;
use serde_json::json;

fn budget(year: i16, cpu: u32) -> Budget {
    let total = json!({"cpu": cpu.to_string(), "memory": "1Ti", "namespaces": 99});
    let spec = json!({"year": year, "funding": "application", "total": total, "basis": {"document": "d"}});
    Budget::new("b", serde_json::from_value(spec).unwrap())
}

fn grant(created: i64, site: &str, cpu: u32, until: &str) -> Grant {
    let amounts = json!({"cpu": cpu.to_string(), "memory": "1Gi", "namespaces": 1});
    let spec =
        json!({"sites": [{"site": site, "amounts": amounts}], "until": until, "basis": {"document": "d"}});
    let mut grant = Grant::new("g", serde_json::from_value(spec).unwrap());
    let created = Timestamp::from_second(created).unwrap();
    grant.metadata.creation_timestamp = Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(created));
    grant
}

fn in_force(mut grant: Grant, cpu: u32) -> Grant {
    let amounts = json!({"cpu": cpu.to_string(), "memory": "1Gi", "namespaces": 1});
    let status = json!({"inForce": [{"site": grant.spec.sites[0].site, "amounts": amounts}]});
    grant.status = serde_json::from_value(status).unwrap();
    grant
}

fn judged(budgets: &[Budget], grants: &[Grant], rests_on: &[&str]) -> Judged {
    let named = |kind: &str, at: usize| format!("{kind}{at}");
    let budgets: BTreeMap<String, &Budget> =
        budgets.iter().enumerate().map(|(at, budget)| (named("b", at), budget)).collect();
    let grants: BTreeMap<String, &Grant> =
        grants.iter().enumerate().map(|(at, grant)| (named("g", at), grant)).collect();
    let rests_on: Vec<String> = rests_on.iter().map(|rests| (*rests).to_owned()).collect();
    judge(Facts {
        budgets: &budgets,
        grants: &grants,
        rests_on: &rests_on,
        data_centers: &["s0".to_owned(), "s1".to_owned()],
        today: "2026-11-24".parse().unwrap(),
    })
}

fn cpu(of: &BTreeMap<String, Measured>) -> Vec<(&str, String)> {
    of.iter().map(|(site, amounts)| (site.as_str(), amounts.amounts().cpu)).collect()
}

fn said(judged: &Judged, grant: &str) -> (Holds, String) {
    let (holds, said, _) = &judged.grants[grant];
    (*holds, format!("ZY-{} {}", said.code(), said.text(Lang::Zh)))
}

#[test]
fn grants_are_parts_of_the_budgets_of_the_year_the_oldest_first() {
    let grants =
        [grant(3, "s0", 8, "2027-12-31"), grant(1, "s0", 4, "2027-12-31"), grant(2, "s1", 6, "2027-12-31")];
    let judged = judged(&[budget(2026, 8), budget(2026, 4), budget(2027, 100)], &grants, &[]);
    assert_eq!(cpu(&judged.granted), [("s0", "4".to_owned()), ("s1", "6".to_owned())]);
    assert_eq!(judged.active, judged.granted);
    assert_eq!(
        said(&judged, "g0"),
        (Holds::False, "ZY-1403 批复超出资源额度:处理器 cpu 批复 8,额度剩余 2".into())
    );
    assert_eq!(said(&judged, "g1").0, Holds::True);
    assert_eq!(judged.rests_on, ["Budget/b0", "Budget/b1", "Grant/g1", "Grant/g2"]);
    assert!(matches!(judged.budgets["b0"], (Holds::False, Message::BudgetBelowGrants { .. })));
    assert!(matches!(judged.budgets["b2"], (Holds::False, Message::BudgetNotCounted { .. })));
}

#[test]
fn a_year_without_a_budget_goes_on_with_the_last_one_and_says_so() {
    let judged = judged(&[budget(2024, 9), budget(2025, 8)], &[grant(1, "s0", 8, "2027-12-31")], &[]);
    assert_eq!(cpu(&judged.granted), [("s0", "8".to_owned())]);
    let (holds, said) = &judged.budgets["b1"];
    assert_eq!((*holds, said.code()), (Holds::True, 1402));
    assert!(said.text(Lang::Zh).contains("结转，待批复"), "{said}");
}

#[test]
fn a_grant_that_has_ended_stays_counted_and_nothing_grows_in_it() {
    let ended = in_force(grant(1, "s0", 8, "2026-11-23"), 6);
    let judged =
        judged(&[budget(2026, 10)], &[ended.clone(), grant(2, "s0", 1, "2026-11-24")], &["Grant/g0"]);
    assert_eq!(cpu(&judged.granted), [("s0", "7".to_owned())]);
    assert_eq!(cpu(&judged.active), [("s0", "1".to_owned())]);
    assert_eq!(said(&judged, "g0").0, Holds::False);
    assert!(matches!(&judged.grants["g1"].1, Message::GrantEndsSoon { days, .. } if days == "0"));
    // One that was written after its end gives nothing.
    assert!(self::judged(&[budget(2026, 10)], &[grant(1, "s0", 8, "2026-11-23")], &[]).granted.is_empty());
}

#[test]
fn a_wrong_change_of_a_grant_leaves_what_was_in_force() {
    let larger = in_force(grant(1, "s0", 100, "2027-12-31"), 4);
    let judged = judged(&[budget(2026, 10)], &[larger, in_force(grant(2, "moon", 4, "2027-12-31"), 4)], &[]);
    assert_eq!(cpu(&judged.granted), [("moon", "4".to_owned()), ("s0", "4".to_owned())]);
    assert!(said(&judged, "g0").1.starts_with("ZY-1403") && said(&judged, "g1").1.starts_with("ZY-1002"));
}

#[test]
fn a_smaller_budget_takes_from_the_latest_grant() {
    let grants = [in_force(grant(1, "s0", 6, "2027-12-31"), 6), in_force(grant(2, "s1", 6, "2027-12-31"), 6)];
    let judged = judged(&[budget(2026, 8)], &grants, &[]);
    assert_eq!(cpu(&judged.granted), [("s0", "6".to_owned()), ("s1", "2".to_owned())]);
}

#[test]
fn what_was_lent_upon_and_is_missing_is_named_and_what_was_taken_back_is_not() {
    let mut back = grant(1, "s0", 6, "2027-12-31");
    back.spec.taken_back = true;
    let rests_on = ["Budget/b0", "Grant/g0", "Grant/gone", "Budget/gone"];
    let judged = judged(&[budget(2026, 8)], &[back], &rests_on);
    assert_eq!(judged.missing, ["Grant/gone", "Budget/gone"]);
    assert!(judged.granted.is_empty());
    assert_eq!(judged.rests_on, ["Budget/b0"]);
}

#[test]
fn days_end_in_beijing() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    assert_eq!(day(at("2026-12-31T15:59:59Z")).year(), 2026);
    assert_eq!(day(at("2026-12-31T16:00:00Z")).year(), 2027);
    assert_eq!(until_tomorrow(at("2026-12-31T15:59:00Z")).as_secs(), 61);
}

#[test]
fn a_grant_that_replaces_one_takes_its_place_and_leaves_it_where_the_budget_has_no_room() {
    let replacing = |cpu, until| {
        let mut grant = grant(3, "s0", cpu, until);
        grant.spec.replaces = Some("g0".into());
        grant
    };
    let others = [in_force(grant(1, "s0", 4, "2027-12-31"), 4), in_force(grant(2, "s1", 4, "2027-12-31"), 4)];
    let with = |third: Grant| {
        let grants: Vec<Grant> = others.iter().cloned().chain([third]).collect();
        judged(&[budget(2026, 10)], &grants, &["Grant/g0"])
    };
    let taken = with(replacing(6, "2028-12-31"));
    assert_eq!(cpu(&taken.granted), [("s0", "6".to_owned()), ("s1", "4".to_owned())]);
    assert!(said(&taken, "g0").1.starts_with("ZY-1774"));
    assert!(matches!(taken.budgets["b0"], (Holds::True, _)), "what was replaced is not asked for twice");
    let no_room = with(replacing(7, "2028-12-31"));
    assert_eq!(cpu(&no_room.granted), [("s0", "4".to_owned()), ("s1", "4".to_owned())]);
    assert!(said(&no_room, "g2").1.starts_with("ZY-1403") && said(&no_room, "g0").0 == Holds::True);
    let mut back = replacing(6, "2028-12-31");
    back.spec.taken_back = true;
    assert_eq!(
        cpu(&with(back).granted),
        [("s1", "4".to_owned())],
        "taking it back does not bring the old one back"
    );
}
