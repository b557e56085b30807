//! What persons' rulings about a site come to.
//!
//! | decision | approved by a second person | site holds | ruling |
//! |---|---|---|---|
//! | takeHub, takeSite | not needed | what stands on the hub | carried out, for good |
//! | takeHub, takeSite | not needed | what the ruling names | the hub's next order follows it |
//! | takeHub, takeSite | not needed | anything else | decides nothing any more |
//! | abandon, readmit | no | | waits for the second person |
//! | abandon, readmit | yes | | in force until a later one |
//! | vouch | not needed | | the ledgers' word of the site counts for the leadership that it names |
//! | trustKeys | not needed: a security officer's own | | the site is believed with those keys, see `trust` |

use std::collections::BTreeMap;

use crds::{Decision, Message, OrderId, Ruling, Term};

use crate::admittance::Standing;
use crate::conditions::Holds;
use crate::data_center::ToldSet;
use crate::order::superseded;
use crate::report::{Said, held};
use crate::trust::fingerprint;

/// Whether a person ruled that a set's next order is to follow what the site holds.
#[must_use]
pub fn follows(rulings: &[&Ruling], set: &str, holds: &OrderId) -> bool {
    rulings.iter().any(|ruling| {
        let spec = &ruling.spec;
        matches!(spec.decision, Decision::TakeHub | Decision::TakeSite)
            && spec.sets.iter().any(|ruled| ruled.set == set && ruled.site == *holds)
    })
}

/// How the site stands by the latest ruling that is in force.
#[must_use]
pub fn standing(rulings: &[&Ruling]) -> Standing {
    let latest = rulings
        .iter()
        .filter(|ruling| {
            matches!(ruling.spec.decision, Decision::Abandon | Decision::Readmit) && agreed(ruling)
        })
        .max_by_key(|ruling| {
            (ruling.metadata.creation_timestamp.as_ref().map(|at| at.0), &ruling.metadata.name)
        });
    match latest.map(|ruling| ruling.spec.decision) {
        Some(Decision::Abandon) => Standing::Abandoned,
        _ => Standing::Welcome,
    }
}

/// Whether a person vouches for what the ledgers say of the site in this leadership of the hub.
#[must_use]
pub fn vouches(rulings: &[&Ruling], term: &Term) -> bool {
    rulings
        .iter()
        .any(|ruling| ruling.spec.decision == Decision::Vouch && ruling.spec.term.as_ref() == Some(term))
}

/// Whether a second person agreed.
fn agreed(ruling: &Ruling) -> bool {
    ruling.spec.approval.as_ref().is_some_and(|approval| approval.by != ruling.spec.by)
}

/// What `Ready` says of a ruling about a site that was told `told`.
#[must_use]
pub fn judge(ruling: &Ruling, told: &BTreeMap<String, ToldSet>, said: &Said<'_>) -> (Holds, Message) {
    let spec = &ruling.spec;
    let name = ruling.metadata.name.as_deref().unwrap_or_default();
    let namespace = ruling.metadata.namespace.as_deref().unwrap_or_default();
    if matches!(spec.decision, Decision::Abandon | Decision::Readmit) {
        return if agreed(ruling) {
            (Holds::True, Message::RulingDone { sets: namespace.to_owned() })
        } else {
            let command = format!("kubectl zhengyun approve ruling {name} -n {namespace}");
            (Holds::False, Message::AwaitsApproval { command })
        };
    }
    if spec.decision == Decision::Vouch {
        // Before the site has spoken again nobody knows of a later leadership.
        let past = said.head().and_then(|head| head.term.as_ref()).zip(spec.term.as_ref());
        return if past.is_some_and(|(heard, term)| superseded(heard, term)) {
            (Holds::False, Message::VouchPast {})
        } else {
            (Holds::True, Message::RulingDone { sets: namespace.to_owned() })
        };
    }
    if spec.decision == Decision::TrustKeys {
        let now = said.head().and_then(|head| head.issuer.as_ref()).map(fingerprint);
        return match (&spec.fingerprint, now) {
            (_, None) => (Holds::False, Message::WaitingFor { what: namespace.to_owned() }),
            (Some(accepted), Some(now)) if *accepted == now => {
                (Holds::True, Message::RulingDone { sets: namespace.to_owned() })
            }
            _ => (Holds::False, Message::TrustPast {}),
        };
    }
    let (mut done, mut open, mut past) = (Vec::new(), Vec::new(), Vec::new());
    for ruled in &spec.sets {
        let holds = held(said.set(&ruled.set));
        let stands = told.get(&ruled.set).map(|told| &told.order);
        if stands == Some(&holds) {
            done.push(ruled.set.as_str());
        } else if holds == ruled.site {
            open.push(ruled.set.as_str());
        } else {
            past.push(ruled.set.as_str());
        }
    }
    match (past.is_empty(), open.is_empty()) {
        (false, _) => (Holds::False, Message::RulingPast { sets: past.join(", ") }),
        (true, false) => {
            (Holds::False, Message::WaitingFor { what: format!("{namespace}: {}", open.join(", ")) })
        }
        (true, true) => (Holds::True, Message::RulingDone { sets: done.join(", ") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crds::{ReportedSet, RulingSpec, Signature, SiteReportStatus};
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use k8s_openapi::jiff::Timestamp;
    use serde_json::json;

    fn id(revision: i64) -> OrderId {
        OrderId { revision, digest: format!("d{revision}") }
    }

    fn ruling(decision: Decision, at: i64, approved_by: Option<&str>) -> Ruling {
        let sets = if matches!(decision, Decision::TakeHub | Decision::TakeSite) {
            json!([{"set": "aa", "site": id(8), "hub": id(5)}])
        } else {
            json!([])
        };
        let spec: RulingSpec = serde_json::from_value(
            json!({"decision": decision, "sets": sets, "by": "lin", "reason": "hub restored"}),
        )
        .unwrap();
        let approval = approved_by.map(|by| Signature { by: by.into(), reference: "审2026-1".into() });
        let mut ruling = Ruling::new(&format!("r{at}"), RulingSpec { approval, ..spec });
        ruling.metadata.creation_timestamp = Some(Time(Timestamp::from_second(at).unwrap()));
        ruling
    }

    #[test]
    fn a_ruling_is_about_the_very_order_that_it_names() {
        let ruling = ruling(Decision::TakeHub, 1, None);
        assert!(follows(&[&ruling], "aa", &id(8)));
        assert!(!follows(&[&ruling], "aa", &id(9)) && !follows(&[&ruling], "bb", &id(8)));
    }

    #[test]
    fn a_site_is_given_up_by_two_persons_and_taken_back_by_two() {
        let [alone, own, abandon, readmit] = [
            ruling(Decision::Abandon, 1, None),
            ruling(Decision::Abandon, 2, Some("lin")),
            ruling(Decision::Abandon, 3, Some("wang")),
            ruling(Decision::Readmit, 4, Some("wang")),
        ];
        assert_eq!(standing(&[&alone, &own]), Standing::Welcome);
        assert_eq!(standing(&[&alone, &abandon]), Standing::Abandoned);
        assert_eq!(standing(&[&readmit, &abandon]), Standing::Welcome);
        let waits = judge(&alone, &BTreeMap::new(), &Said::default()).1;
        assert!(matches!(waits, Message::AwaitsApproval { .. }));
    }

    #[test]
    fn a_ruling_is_open_while_the_site_holds_what_it_names_then_done_or_past() {
        let ruling = ruling(Decision::TakeHub, 1, None);
        let said = |revision| {
            let set = ReportedSet {
                set: "aa".into(),
                revision,
                accepted: id(revision).digest,
                ..ReportedSet::default()
            };
            SiteReportStatus { epoch: "e".into(), sets: vec![set], ..SiteReportStatus::default() }
        };
        let told = BTreeMap::from([("aa".to_owned(), ToldSet { order: id(9), held: None })]);
        let judged = |revision| judge(&ruling, &told, &Said::new([&said(revision)]));
        assert!(matches!(judged(8), (Holds::False, Message::WaitingFor { .. })));
        assert!(matches!(judged(9), (Holds::True, Message::RulingDone { .. })));
        assert!(matches!(judged(7), (Holds::False, Message::RulingPast { .. })));
    }
}
