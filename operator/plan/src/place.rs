//! How far a workspace is at its sites, and what `Ready` says of that.

use crds::tenancy::workspace::PlaceState;
use crds::{Message, ReportedSet, SetPhase, WorkspaceSiteStatus, WorkspaceStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;

use crate::conditions::{Holds, READY, find};

/// What is known of a workspace's set at one site.
#[derive(Clone, Debug, Default)]
pub struct PlaceFacts<'a> {
    /// Digest of the order that holds the workspace there, none while it is not told.
    pub told: Option<String>,
    /// Whether the order has the workspace as it is wanted now.
    pub current: bool,
    /// What the site says of the set.
    pub reported: Option<&'a ReportedSet>,
    /// Why its share is not granted there.
    pub refused: Option<Message>,
    /// Why nothing is told.
    pub held: Option<Message>,
    /// The last sign of life of a site that is not heard.
    pub silent_since: Option<MicroTime>,
}

/// How far a workspace is at one site.
#[must_use]
pub fn place_status(site: &str, namespace: &str, facts: PlaceFacts<'_>) -> WorkspaceSiteStatus {
    let (state, message) = match (&facts.told, facts.refused.as_ref().or(facts.held.as_ref()), facts.reported)
    {
        (_, Some(held), _) => (PlaceState::Blocked, Some(held.to_string())),
        (None, ..) => (PlaceState::Pending, None),
        (Some(_), ..) if !facts.current => (PlaceState::Pending, None),
        (Some(told), _, Some(reported))
            if reported.applied == *told && reported.phase == SetPhase::Applied =>
        {
            (PlaceState::Applied, None)
        }
        (Some(_), _, Some(reported))
            if matches!(reported.phase, SetPhase::Blocked | SetPhase::Quarantined | SetPhase::Contested) =>
        {
            (PlaceState::Blocked, Some(reported.message.clone()))
        }
        (Some(told), _, Some(reported)) if reported.accepted == *told => {
            (PlaceState::Accepted, Some(reported.message.clone()).filter(|said| !said.is_empty()))
        }
        _ => (PlaceState::Told, None),
    };
    let fact = facts.reported.and_then(|set| set.namespaces.iter().find(|fact| fact.name == namespace));
    let drift = fact.map(|fact| fact.drift.clone()).filter(|drift| !drift.is_empty());
    WorkspaceSiteStatus { site: site.to_owned(), state, message, drift, last_contact: facts.silent_since }
}

/// What `Ready` says of a valid workspace.
#[must_use]
pub fn ready(places: &[WorkspaceSiteStatus]) -> (Holds, Vec<Message>) {
    let wanted = || places.iter().filter(|place| place.state != PlaceState::Left);
    let pending: Vec<&str> = wanted()
        .filter(|place| place.state != PlaceState::Applied)
        .map(|place| place.site.as_str())
        .collect();
    let mut messages = if pending.is_empty() {
        vec![Message::WorkspaceWell { sites: wanted().count().to_string() }]
    } else {
        vec![Message::WorkspacePending { sites: pending.join(", ") }]
    };
    let left: Vec<&str> = places
        .iter()
        .filter(|place| place.state == PlaceState::Left)
        .map(|place| place.site.as_str())
        .collect();
    if !left.is_empty() {
        messages.push(Message::SiteLeft { sites: left.join(", ") });
    }
    (if pending.is_empty() { Holds::True } else { Holds::False }, messages)
}

/// Whether a status tells no more than another step of something that is under way: not there before, and not there yet. The
/// API server is spared each step where the next one follows within seconds.
#[must_use]
pub fn is_step(before: &WorkspaceStatus, now: &WorkspaceStatus) -> bool {
    let well = |status: &WorkspaceStatus| {
        find(&status.conditions, READY).is_some_and(|condition| condition.status == "True")
    };
    before.namespace.is_some() && !well(before) && !well(now) && without_steps(before) == without_steps(now)
}

fn without_steps(status: &WorkspaceStatus) -> WorkspaceStatus {
    use PlaceState::{Accepted, Applied, Blocked, Left, Pending, Told};
    let mut status = status.clone();
    for place in &mut status.sites {
        match place.state {
            Pending | Told | Accepted | Applied => (place.state, place.message) = (Pending, None),
            Blocked | Left => {}
        }
    }
    for condition in &mut status.conditions {
        // Which sites are still awaited.
        condition.message.clear();
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conditions::set;
    use crds::NamespaceFact;
    use k8s_openapi::jiff::Timestamp;
    use rstest::rstest;

    fn status(states: [PlaceState; 2]) -> WorkspaceStatus {
        let place = |site: &str, state| WorkspaceSiteStatus {
            site: site.into(),
            state,
            message: (state == PlaceState::Blocked).then(|| "ZY-1".to_owned()),
            drift: None,
            last_contact: None,
        };
        let sites = vec![place("a", states[0]), place("b", states[1])];
        let (holds, said) = ready(&sites);
        let mut status = WorkspaceStatus { namespace: Some("n".into()), sites, ..WorkspaceStatus::default() };
        set(&mut status.conditions, READY, holds, &said, Some(1), Timestamp::UNIX_EPOCH);
        status
    }

    #[rstest]
    #[case::told([PlaceState::Pending; 2], [PlaceState::Told, PlaceState::Pending], true)]
    #[case::one_site([PlaceState::Told; 2], [PlaceState::Applied, PlaceState::Told], true)]
    #[case::there([PlaceState::Applied, PlaceState::Told], [PlaceState::Applied; 2], false)]
    #[case::no_longer_there([PlaceState::Applied; 2], [PlaceState::Pending; 2], false)]
    #[case::blocked([PlaceState::Told; 2], [PlaceState::Blocked, PlaceState::Told], false)]
    #[case::no_longer_blocked([PlaceState::Blocked; 2], [PlaceState::Told; 2], false)]
    fn only_what_is_under_way_and_stays_so_is_a_step(
        #[case] before: [PlaceState; 2],
        #[case] now: [PlaceState; 2],
        #[case] step: bool,
    ) {
        assert_eq!(is_step(&status(before), &status(now)), step);
    }

    #[test]
    fn a_name_another_wish_and_a_first_status_are_news() {
        let told = status([PlaceState::Told; 2]);
        let mut other = told.clone();
        assert!(is_step(&told, &other));
        other.conditions[0].observed_generation = Some(2);
        assert!(!is_step(&told, &other));
        let nameless = WorkspaceStatus { namespace: None, ..told.clone() };
        assert!(!is_step(&nameless, &told) && !is_step(&WorkspaceStatus::default(), &told));
    }

    #[test]
    fn a_place_goes_from_pending_to_applied_as_the_site_reports() {
        let reported = |phase, accepted: &str, applied: &str| ReportedSet {
            set: "d".into(),
            phase,
            accepted: accepted.into(),
            applied: applied.into(),
            ..ReportedSet::default()
        };
        let state = |told: Option<&str>, reported: Option<&ReportedSet>| {
            let told = told.map(str::to_owned);
            let facts = PlaceFacts { told, current: true, reported, ..PlaceFacts::default() };
            place_status("kaicheng", "d-one", facts).state
        };
        assert_eq!(state(None, None), PlaceState::Pending);
        assert_eq!(state(Some("1"), None), PlaceState::Told);
        assert_eq!(state(Some("1"), Some(&reported(SetPhase::Accepted, "1", "0"))), PlaceState::Accepted);
        assert_eq!(state(Some("1"), Some(&reported(SetPhase::Blocked, "1", "0"))), PlaceState::Blocked);
        assert_eq!(state(Some("1"), Some(&reported(SetPhase::Applied, "1", "1"))), PlaceState::Applied);
        assert_eq!(state(Some("2"), Some(&reported(SetPhase::Applied, "1", "1"))), PlaceState::Told);
        assert_eq!(state(Some("1"), Some(&reported(SetPhase::Contested, "1", "1"))), PlaceState::Blocked);
    }

    #[test]
    fn a_place_tells_the_drift_of_its_own_namespace_and_how_long_the_site_is_silent() {
        let fact = |name: &str, drift: &str| NamespaceFact {
            name: name.into(),
            drift: drift.into(),
            ..NamespaceFact::default()
        };
        let namespaces = vec![fact("d-one", "ZY-2016 x"), fact("d-two", "ZY-2016 y")];
        let reported = ReportedSet { namespaces, ..ReportedSet::default() };
        let at = |namespace, silent_since| {
            let facts = PlaceFacts { reported: Some(&reported), silent_since, ..PlaceFacts::default() };
            place_status("kaicheng", namespace, facts)
        };
        let since = MicroTime(Timestamp::UNIX_EPOCH);
        let place = at("d-one", Some(since.clone()));
        assert_eq!((place.drift.as_deref(), place.last_contact), (Some("ZY-2016 x"), Some(since)));
        assert_eq!(at("d-three", None).drift, None);
    }

    #[test]
    fn a_workspace_is_ready_when_it_is_in_force_everywhere_it_is_wanted() {
        let place = |site: &str, state| WorkspaceSiteStatus {
            site: site.into(),
            state,
            message: None,
            drift: None,
            last_contact: None,
        };
        assert_eq!(ready(&[place("a", PlaceState::Applied), place("b", PlaceState::Left)]).0, Holds::True);
        let (holds, said) = ready(&[place("a", PlaceState::Applied), place("b", PlaceState::Told)]);
        assert_eq!((holds, said), (Holds::False, vec![Message::WorkspacePending { sites: "b".into() }]));
    }
}
