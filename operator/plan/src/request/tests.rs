use std::collections::BTreeMap;

use crds::{Approval, Grant, GrantSpec, Message, RequestPhase, ResourceRequest};
use k8s_openapi::jiff::{Timestamp, ToSpan};
use rstest::rstest;
use serde_json::{Value, json};

use super::automatic::{Used, automatic};
use super::chain::{Deadline, Seen};
use super::decide::{Decided, Facts, decide, grant_name};
use super::samples::{SCAN, approval, at, grant, paper, policy, spec, submitted, with};
use crate::conditions::Holds;
use crate::measured::Measured;

const TWO: [&str; 2] = ["head", "review"];

fn days(since: Timestamp, days: u16) -> Deadline {
    Deadline { at: since + (i64::from(days) * 24).hours(), provisional: false }
}

struct Case<'a> {
    request: &'a ResourceRequest,
    approvals: &'a [Approval],
    unsealed: &'a [&'a str],
    room: Measured,
    grant: Option<&'a Grant>,
    now: Timestamp,
}

impl<'a> Case<'a> {
    fn of(request: &'a ResourceRequest, approvals: &'a [Approval]) -> Self {
        let now = at(50).parse().unwrap();
        Self { request, approvals, unsealed: &[], room: Measured::ALL, grant: None, now }
    }

    fn decide(&self) -> Decided {
        let sealed =
            |approval: &Approval| !self.unsealed.contains(&approval.metadata.name.as_deref().unwrap());
        let seen: Vec<Seen<'_>> =
            self.approvals.iter().map(|approval| Seen { approval, sealed: sealed(approval) }).collect();
        decide(&Facts {
            request: self.request,
            sealed: true,
            approvals: &seen,
            automatic: Err(Message::AutomaticOnlyChanges {}),
            hindrance: None,
            room: self.room,
            level: None,
            grant: self.grant,
            now: self.now,
            due: &days,
        })
    }
}

fn agreed(request: &ResourceRequest) -> Vec<Approval> {
    vec![approval("a1", request, "head", "wang", 2), approval("a2", request, "review", "zhao", 3)]
}

fn given(decided: &Decided) -> Option<&GrantSpec> {
    decided.grant.as_ref()
}

fn told(decided: &Decided) -> Vec<u16> {
    let codes = decided.history.iter().flat_map(|entry| entry.message.lines());
    codes.map(|line| line[3..7].parse().unwrap()).collect()
}

#[test]
fn what_every_step_agrees_to_is_granted_once_as_it_was_asked_for() {
    let request = submitted(spec("8"), &TWO);
    let decided = Case::of(&request, &agreed(&request)).decide();
    assert_eq!(decided.phase, RequestPhase::Approved);
    insta::assert_yaml_snapshot!((given(&decided), &decided.history));
    let mut written = Grant::new(&grant_name(&request).unwrap(), given(&decided).unwrap().clone());
    written.metadata.creation_timestamp = None;
    let approvals = agreed(&request);
    let after = Case { grant: Some(&written), ..Case::of(&request, &approvals) }.decide();
    assert_eq!((after.phase, after.holds, given(&after)), (RequestPhase::Granted, Holds::True, None));
}

#[test]
fn the_same_decisions_in_any_order_come_to_the_same_and_a_clock_that_went_back_changes_nothing() {
    let request = submitted(spec("8"), &TWO);
    let mut back = agreed(&request);
    let expected = Case::of(&request, &back).decide().grant;
    back.reverse();
    back[0] = with(&back[0], json!({"stamp.at": "2026-11-23T08:00:00Z"}));
    assert_eq!(Case::of(&request, &back).decide().grant, expected);
    assert!(expected.is_some());
}

#[rstest]
#[case::stale_digest(json!({"digest": SCAN}), 1733)]
#[case::another_request(json!({"stamp.requestUid": "other"}), 1733)]
#[case::own_request(json!({"stamp.by": "oidc:li"}), 1734)]
#[case::wrong_group(json!({"stamp.group": "oidc:weisheng-head"}), 1735)]
#[case::the_escalation_before_it_is_overdue(json!({"stamp.group": "oidc:office"}), 1735)]
#[case::after_the_deadline(json!({"stamp.at": "2026-12-01T16:00:00Z"}), 1736)]
#[case::on_paper_where_none_counts(json!({"recorded": paper()}), 1741)]
#[case::less_where_it_may_not(json!({"sites": [{"site": "s0", "amounts": {"cpu": "1"}}]}), 1743)]
#[case::another_step(json!({"step": "conference"}), 1737)]
#[case::of_a_later_step(json!({"step": "review"}), 1737)]
fn what_does_not_hold_is_ignored_loudly_and_grants_nothing(#[case] change: Value, #[case] code: u16) {
    let request = submitted(spec("8"), &TWO);
    let mut approvals = agreed(&request);
    approvals[0] = with(&approvals[0], change);
    let decided = Case::of(&request, &approvals).decide();
    assert_eq!((decided.phase, given(&decided)), (RequestPhase::Deciding, None));
    assert_eq!(decided.verdicts["a1"].as_ref().unwrap_err().code(), code);
    assert!(told(&decided).contains(&code), "{:?}", decided.history);
    assert!(decided.step.is_some());
}

#[test]
fn what_admission_did_not_seal_is_ignored_and_so_is_a_request_that_it_did_not() {
    let request = submitted(spec("8"), &TWO);
    let approvals = agreed(&request);
    let decided = Case { unsealed: &["a1"], ..Case::of(&request, &approvals) }.decide();
    assert_eq!(given(&decided), None);
    assert_eq!(decided.verdicts["a1"].as_ref().unwrap_err().code(), 1732);
    assert_eq!(told(&decided), [1727, 1752, 1753, 1731, 1732, 1731, 1737]);

    let mut changed = request.clone();
    changed.spec.sites[0].amounts.cpu = Some("9".into());
    let decided = Case::of(&changed, &approvals).decide();
    assert_eq!((decided.phase, given(&decided), decided.said.code()), (RequestPhase::Invalid, None, 1712));
    let mut bare = request;
    bare.spec.stamp = None;
    assert_eq!(Case::of(&bare, &approvals).decide().said.code(), 1711);
}

#[test]
fn a_withdrawn_a_refused_and_a_draft_request_grant_nothing() {
    let mut request = submitted(spec("8"), &TWO);
    let mut approvals = agreed(&request);
    request.spec.withdrawn = Some(true);
    let decided = Case::of(&request, &approvals).decide();
    assert_eq!((decided.phase, given(&decided)), (RequestPhase::Withdrawn, None));
    request.spec.withdrawn = None;
    approvals[1] = with(&approvals[1], json!({"decision": "refuse", "reason": "可用现有资源"}));
    let decided = Case::of(&request, &approvals).decide();
    assert_eq!((decided.phase, given(&decided)), (RequestPhase::Refused, None));
    assert!(decided.said.to_string().contains("可用现有资源"));
    request.spec.submitted = None;
    assert_eq!(Case::of(&request, &approvals).decide().phase, RequestPhase::Draft);
}

#[test]
fn an_overdue_step_is_decided_by_its_escalation_and_is_never_consent() {
    let request = submitted(spec("8"), &TWO);
    let mut approvals = agreed(&request);
    approvals.truncate(1);
    let late: Timestamp = "2026-12-20T00:00:00Z".parse().unwrap();
    let decided = Case { now: late, ..Case::of(&request, &approvals) }.decide();
    assert_eq!((decided.phase, decided.said.code(), given(&decided)), (RequestPhase::Deciding, 1715, None));
    assert!(decided.step.is_some_and(|step| step.overdue && step.name == "review"));
    let office = json!({"stamp.group": "oidc:office", "stamp.at": "2026-12-20T00:00:00Z"});
    approvals.push(with(&approval("a2", &request, "review", "zhao", 3), office));
    assert!(given(&Case::of(&request, &approvals).decide()).is_some());
    // Where nobody is named for it, it is said that it must be submitted again.
    let decided = Case { now: late, ..Case::of(&request, &[]) }.decide();
    assert_eq!(decided.said.code(), 1716);
}

#[test]
fn a_decision_on_paper_takes_a_second_person_who_is_neither_its_writer_nor_the_requester() {
    let request = submitted(spec("200"), &["conference"]);
    let entered = with(&approval("p", &request, "conference", "wang", 5), json!({"recorded": paper()}));
    let confirm = |by: &str| with(&approval("c", &request, "conference", by, 5), json!({"confirms": "p"}));
    let alone = Case::of(&request, std::slice::from_ref(&entered)).decide();
    assert_eq!((alone.said.code(), given(&alone)), (1714, None));
    for (by, code) in [("wang", 1745), ("li", 1734)] {
        let decided = Case::of(&request, &[entered.clone(), confirm(by)]).decide();
        assert_eq!(decided.verdicts["c"].as_ref().unwrap_err().code(), code);
        assert_eq!(given(&decided), None);
    }
    let personal = Case::of(&request, &[approval("x", &request, "conference", "wang", 4)]).decide();
    assert_eq!(personal.verdicts["x"].as_ref().unwrap_err().code(), 1742);
    let decided = Case::of(&request, &[confirm("zhao"), entered.clone()]).decide();
    assert!(given(&decided).is_some());
    assert_eq!(told(&decided), [1727, 1752, 1753, 1725, 1726]);
    let disagrees = with(&confirm("zhao"), json!({"decision": "refuse", "reason": "不同"}));
    assert_eq!(given(&Case::of(&request, &[entered, disagrees]).decide()), None);
}

#[test]
fn less_than_asked_is_granted_and_later_steps_agree_to_what_is_left() {
    let mut request = submitted(spec("8"), &["review", "conference"]);
    let steps = &mut request.spec.stamp.as_mut().unwrap().steps;
    steps[1].recorded = None;
    let less = json!({"sites": [{"site": "s0", "amounts": {"cpu": "6", "memory": "8Gi", "namespaces": 1}}]});
    let reduced = with(&approval("a1", &request, "review", "zhao", 3), less);
    let stale = approval("a2", &request, "conference", "wang", 4);
    let decided = Case::of(&request, &[reduced.clone(), stale.clone()]).decide();
    assert_eq!(decided.verdicts["a2"].as_ref().unwrap_err().code(), 1733);
    let digest = decided.step.unwrap().digest;
    let decided = Case::of(&request, &[reduced.clone(), with(&stale, json!({"digest": digest}))]).decide();
    let spec = given(&decided).unwrap();
    assert_eq!(spec.sites[0].amounts.cpu, "6");
    assert_eq!(spec.request.as_ref().unwrap().digest, digest);
    let more = json!({"sites": [{"site": "s0", "amounts": {"cpu": "9"}}]});
    let decided = Case::of(&request, &[with(&reduced, more)]).decide();
    assert_eq!(decided.verdicts["a1"].as_ref().unwrap_err().code(), 1744);
}

#[test]
fn a_quorum_takes_different_persons() {
    let mut request = submitted(spec("8"), &["review"]);
    request.spec.stamp.as_mut().unwrap().steps[0].quorum = Some(2);
    let one = approval("a1", &request, "review", "zhao", 3);
    let twice = approval("a2", &request, "review", "zhao", 4);
    let decided = Case::of(&request, &[one.clone(), twice]).decide();
    assert_eq!((decided.verdicts["a2"].as_ref().unwrap_err().code(), given(&decided)), (1740, None));
    assert_eq!(decided.step.unwrap().agreed, ["oidc:zhao"]);
    assert!(
        given(&Case::of(&request, &[one, approval("a2", &request, "review", "wang", 4)]).decide()).is_some()
    );
}

#[test]
fn without_room_in_the_budget_an_approved_request_says_what_is_left() {
    let request = submitted(spec("8"), &TWO);
    let approvals = agreed(&request);
    let amounts = json!({"cpu": "7", "memory": "1Ti", "namespaces": 9});
    let room = Measured::parse(&serde_json::from_value(amounts).unwrap()).unwrap();
    let decided = Case { room, ..Case::of(&request, &approvals) }.decide();
    assert_eq!((decided.phase, given(&decided)), (RequestPhase::Approved, None));
    assert!(decided.said.to_string().starts_with("ZY-1717") && decided.said.to_string().contains("剩余 7"));
}

#[test]
fn a_decision_that_counted_and_is_gone_stays_in_the_history_and_counts_no_more() {
    let mut request = submitted(spec("8"), &TWO);
    let approvals = agreed(&request);
    let before = Case::of(&request, &approvals[..1]).decide();
    request.status = Some(crds::ResourceRequestStatus { history: before.history, ..Default::default() });
    let decided = Case::of(&request, &[]).decide();
    assert_eq!(told(&decided), [1727, 1752, 1753, 1722, 1729]);
    assert_eq!(decided.step.unwrap().name, "head");
}

#[rstest]
#[case::small("more", "12", "2027-12-31", Some(40), Ok(1751))]
#[case::too_much("more", "13", "2027-12-31", Some(40), Err(1755))]
#[case::little_used("more", "12", "2027-12-31", Some(34), Err(1757))]
#[case::use_unreadable("more", "12", "2027-12-31", None, Err(1756))]
#[case::longer_too("more", "12", "2028-12-31", Some(40), Err(1754))]
#[case::less("less", "4", "2027-12-31", None, Ok(1750))]
#[case::renewal("renew", "8", "2028-12-31", Some(90), Err(1753))]
fn what_needs_nobody_is_what_the_rule_says(
    #[case] change: &str,
    #[case] cpu: &str,
    #[case] until: &str,
    #[case] used: Option<u8>,
    #[case] expected: Result<u16, u16>,
) {
    let mut asked = spec(cpu);
    asked.change = serde_json::from_value(json!(change)).unwrap();
    asked.until = until.into();
    let used = used.map(|compute| ("s0".to_owned(), Used { compute, storage: 0 })).into_iter().collect();
    let held = grant("8", "2027-12-31");
    let policy = policy();
    let said = automatic(&asked, policy.automatic.as_ref(), Some(&held), &used);
    assert_eq!(said.map(|said| said.code()).map_err(|why| why.code()), expected);
    assert!(automatic(&asked, None, Some(&held), &BTreeMap::new()).is_err(), "no rule, nothing by itself");
}
