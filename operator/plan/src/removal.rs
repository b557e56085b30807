//! Taking away what a workspace left on a site: nothing is done without a second person's agreement, and nothing but the very
//! namespaces that were named by uid.
//!
//! | removal | workspace | site reports | next |
//! |---|---|---|---|
//! | done or refused there before | | | nothing, for good |
//! | withdrawn | | | refused |
//! | not approved | | | wait |
//! | approved | still wants the site | | refused for good: it is asked for again once the workspace has left |
//! | approved, keep | gone | what the order still has | leave it out of the next order |
//! | approved, keep | gone | an order without it | done |
//! | approved, delete | gone | that uid | tombstone; told once the order that stands has it |
//! | approved, delete | gone | that the tombstone is done, or refused | done, or refused; the tombstone stands until that is written down |
//! | approved, delete | gone | no such uid | wait |

use crds::{
    Message, Removal, RemovalPlace, RemovalState, RemovedPlace, ReportedSet, Then, Tombstone, TombstoneState,
};

use crate::bundle::{Content, namespaces_of};
use crate::conditions::Holds;

/// What is known of one place of a removal.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlaceFacts<'a> {
    /// Whether a workspace wants the namespace at that site.
    pub still_wanted: bool,
    /// What the order that stands says of the namespace.
    pub order: InOrder,
    /// Whether the site holds the order that stands.
    pub confirmed: bool,
    /// What the site says of the department's set.
    pub reported: Option<&'a ReportedSet>,
}

/// What an order says of a namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InOrder {
    /// Nothing.
    #[default]
    Absent,
    /// It is kept.
    Kept,
    /// It is to be deleted.
    Deleted,
}

impl InOrder {
    /// Reads it out of an order's content.
    #[must_use]
    pub fn of(content: Option<&Content>, place: &RemovalPlace) -> Self {
        match content {
            Some(content) if namespaces_of(content).contains(&place.namespace) => Self::Kept,
            Some(content) if content.tombstones.iter().any(|stone| stone.uid == place.uid) => Self::Deleted,
            _ => Self::Absent,
        }
    }
}

/// What the next order says about a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Nothing,
    /// It leaves the namespace out.
    LeaveOut,
    /// It leaves the namespace out and asks for its deletion.
    Delete(Tombstone),
}

/// Decides about one place.
#[must_use]
pub fn step(removal: &Removal, place: &RemovalPlace, facts: PlaceFacts<'_>) -> (Step, RemovedPlace) {
    let spec = &removal.spec;
    let site = || place.site.clone();
    let name = removal.metadata.name.as_deref().unwrap_or_default();
    let namespace = removal.metadata.namespace.as_deref().unwrap_or_default();
    let said = |state, message: Option<Message>| RemovedPlace {
        site: site(),
        state,
        message: message.map(|message| message.to_string()),
    };
    let before = removal.status.iter().flat_map(|status| &status.places).find(|was| was.site == place.site);
    if let Some(before) = before.filter(|was| matches!(was.state, RemovalState::Done | RemovalState::Refused))
    {
        return (Step::Nothing, before.clone());
    }
    if spec.withdrawn {
        return (Step::Nothing, said(RemovalState::Refused, Some(Message::RemovalWithdrawn {})));
    }
    let Some(approval) = spec.approval.as_ref().filter(|approval| approval.by != spec.by) else {
        let command = format!("kubectl zhengyun approve removal {name} -n {namespace}");
        return (Step::Nothing, said(RemovalState::Waiting, Some(Message::AwaitsApproval { command })));
    };
    if facts.still_wanted {
        // For good: an agreement that stays in force would take away, whenever the workspace goes, what nobody spoke of.
        let wanted = Message::StillWanted { workspace: spec.workspace.clone(), site: site() };
        return (Step::Nothing, said(RemovalState::Refused, Some(wanted)));
    }
    match spec.then {
        Then::Keep if facts.order == InOrder::Kept => (Step::LeaveOut, said(RemovalState::Told, None)),
        Then::Keep if facts.confirmed => (Step::Nothing, said(RemovalState::Done, None)),
        Then::Keep => (Step::Nothing, said(RemovalState::Told, None)),
        Then::Delete => {
            let outcome = facts.reported.and_then(|set| set.tombstones.iter().find(|t| t.uid == place.uid));
            let known = facts.reported.is_some_and(|set| {
                set.namespaces.iter().any(|fact| fact.name == place.namespace && fact.uid == place.uid)
            });
            let told = || {
                let reason =
                    format!("{} <- {}: {} ({})", spec.by, approval.by, spec.reason, approval.reference);
                Step::Delete(Tombstone {
                    api_version: "v1".into(),
                    kind: "Namespace".into(),
                    namespace: None,
                    name: place.namespace.clone(),
                    uid: place.uid.clone(),
                    reason: reason.chars().take(512).collect(),
                })
            };
            match outcome {
                Some(outcome) => {
                    let state = match outcome.state {
                        TombstoneState::Done => RemovalState::Done,
                        TombstoneState::Refused => RemovalState::Refused,
                        TombstoneState::Waiting => RemovalState::Told,
                    };
                    let message = Some(outcome.message.clone()).filter(|message| !message.is_empty());
                    (told(), RemovedPlace { site: site(), state, message })
                }
                None if known && facts.order == InOrder::Deleted => (told(), said(RemovalState::Told, None)),
                None if known => {
                    let order = Message::WaitingFor { what: format!("SiteBundle site-{}", place.site) };
                    (told(), said(RemovalState::Waiting, Some(order)))
                }
                None => {
                    let missing = Message::NotReported {
                        site: site(),
                        namespace: place.namespace.clone(),
                        uid: place.uid.clone(),
                    };
                    (Step::Nothing, said(RemovalState::Waiting, Some(missing)))
                }
            }
        }
    }
}

/// What `Ready` says of a removal.
#[must_use]
pub fn ready(places: &[RemovedPlace]) -> (Holds, Vec<Message>) {
    let at = |state| {
        let at = places.iter().filter(move |place| place.state == state).map(|place| place.site.as_str());
        at.collect::<Vec<_>>().join(", ")
    };
    let refused = at(RemovalState::Refused);
    let pending: Vec<&RemovedPlace> = places
        .iter()
        .filter(|place| matches!(place.state, RemovalState::Waiting | RemovalState::Told))
        .collect();
    if !pending.is_empty() {
        let sites = pending.iter().map(|place| place.site.as_str()).collect::<Vec<_>>().join(", ");
        return (Holds::False, vec![Message::RemovalPending { places: sites }]);
    }
    if !refused.is_empty() {
        return (Holds::False, vec![Message::RemovalRefused { places: refused }]);
    }
    (Holds::True, vec![Message::RemovalDone { places: at(RemovalState::Done) }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crds::{NamespaceFact, RemovalSpec, RemovalStatus, TombstoneOutcome};
    use serde_json::json;

    fn removal(then: &str, approved_by: Option<&str>) -> Removal {
        let mut spec = json!({
            "workspace": "one", "places": [{"site": "s", "namespace": "aa-one", "uid": "u1"}], "then": then,
            "by": "lin", "reason": "moved"
        });
        if let Some(by) = approved_by {
            spec["approval"] = json!({"by": by, "reference": "审2026-7"});
        }
        Removal::new("r", serde_json::from_value::<RemovalSpec>(spec).unwrap())
    }

    fn reported(uid: &str, outcome: Option<TombstoneState>) -> ReportedSet {
        let fact = NamespaceFact { name: "aa-one".into(), uid: uid.into(), ..NamespaceFact::default() };
        let outcome =
            outcome.map(|state| TombstoneOutcome { uid: "u1".into(), state, message: String::new() });
        ReportedSet {
            namespaces: vec![fact],
            tombstones: outcome.into_iter().collect(),
            ..ReportedSet::default()
        }
    }

    fn decided(removal: &Removal, facts: PlaceFacts<'_>) -> (Step, RemovalState) {
        let (step, place) = step(removal, &removal.spec.places[0], facts);
        (step, place.state)
    }

    #[test]
    fn nothing_is_told_without_a_second_person_or_while_it_is_wanted() {
        let (here, nothing) = (reported("u1", None), (Step::Nothing, RemovalState::Waiting));
        let facts = PlaceFacts { reported: Some(&here), order: InOrder::Kept, ..PlaceFacts::default() };
        for alone in [removal("delete", None), removal("delete", Some("lin")), removal("keep", None)] {
            assert_eq!(decided(&alone, facts), nothing);
        }
        // And what is wanted when it is agreed to is not taken away later either.
        let wanted = PlaceFacts { still_wanted: true, ..facts };
        let refused = (Step::Nothing, RemovalState::Refused);
        assert_eq!(decided(&removal("delete", Some("wang")), wanted), refused);
    }

    #[test]
    fn only_the_uid_that_was_named_is_told_and_its_outcome_is_for_good() {
        let approved = removal("delete", Some("wang"));
        let of = |set: &ReportedSet| {
            decided(
                &approved,
                PlaceFacts { reported: Some(set), order: InOrder::Deleted, ..PlaceFacts::default() },
            )
        };
        let (step, state) = of(&reported("u1", None));
        let Step::Delete(tombstone) = step else { panic!("{step:?}") };
        assert_eq!((tombstone.uid.as_str(), state), ("u1", RemovalState::Told));
        assert_eq!(tombstone.reason, "lin <- wang: moved (审2026-7)");
        assert_eq!(of(&reported("u2", None)), (Step::Nothing, RemovalState::Waiting));
        // It stands in the orders until that is written down: a hub that dies in between asks again.
        let (step, state) = of(&reported("u2", Some(TombstoneState::Done)));
        assert!(matches!((step, state), (Step::Delete(_), RemovalState::Done)));
        assert_eq!(of(&reported("u2", Some(TombstoneState::Refused))).1, RemovalState::Refused);

        // A namespace of that uid in an old report brings nothing back.
        let mut done = approved.clone();
        let place = RemovedPlace { site: "s".into(), state: RemovalState::Done, message: None };
        done.status = Some(RemovalStatus { places: vec![place], ..RemovalStatus::default() });
        let old = reported("u1", None);
        let facts = PlaceFacts { reported: Some(&old), ..PlaceFacts::default() };
        assert_eq!(decided(&done, facts), (Step::Nothing, RemovalState::Done));
    }

    #[test]
    fn what_is_kept_is_left_out_of_the_orders_and_never_deleted() {
        let keep = removal("keep", Some("wang"));
        let facts = PlaceFacts { order: InOrder::Kept, ..PlaceFacts::default() };
        assert_eq!(decided(&keep, facts), (Step::LeaveOut, RemovalState::Told));
        let told = PlaceFacts::default();
        assert_eq!(decided(&keep, told), (Step::Nothing, RemovalState::Told));
        assert_eq!(
            decided(&keep, PlaceFacts { confirmed: true, ..told }),
            (Step::Nothing, RemovalState::Done)
        );
    }

    #[test]
    fn a_withdrawn_removal_is_told_no_more() {
        let mut withdrawn = removal("delete", Some("wang"));
        withdrawn.spec.withdrawn = true;
        let here = reported("u1", None);
        let facts = PlaceFacts { reported: Some(&here), ..PlaceFacts::default() };
        assert_eq!(decided(&withdrawn, facts), (Step::Nothing, RemovalState::Refused));
    }
}
