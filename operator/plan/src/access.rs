//! Access for hours (临时运维授权): what the hub makes of an agreement, how it stands in a site's orders, and how a site ends it by its
//! own clock.
//!
//! | agreed | ended early | until | now | decision |
//! |---|---|---|---|---|
//! | no | no | | | waits for the department |
//! | no | yes | | | declined |
//! | yes | no | not written yet | | begins: until is now and its hours |
//! | yes | no | written | before it, at most its hours | open |
//! | yes | no | written | more than its hours before it | the clock went back: not open |
//! | yes | no | written | at or past it | over |
//! | yes | yes | | | ended early |
//!
//! An agreement of who asked, or of who is let in, is none.

use std::collections::BTreeSet;

use crds::tenancy::access_grant::{AccessState, AccessVerb};
use crds::{AccessGrant, AccessPlace, Authority, BundleObject, Message, RawObject, labels};
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::bundle::{ACCESS, Content, text};
use crate::conditions::Holds;
use crate::isolation::set_labels;
use crate::names::DepartmentName;
use crate::site::Wanted;
use crate::until::shown;

/// The longest that anybody is let in.
pub const MOST_HOURS: u8 = 8;
/// How much a site's clock may be behind the hub's.
const SLACK: SignedDuration = SignedDuration::from_mins(5);
/// What the ClusterRoles of access begin with; what follows is what they are for.
const ROLE: &str = "zhengyun:access-";
/// What the role bindings of access are called, before what they are for.
const BINDING: &str = "zhengyun-access-";

/// What is true of an access grant now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The department has not agreed.
    Awaits,
    /// The department said no.
    Declined,
    /// It was agreed to just now, and holds until then.
    Begins(Timestamp),
    /// It holds until then.
    Open(Timestamp),
    /// The clock says that it has not been agreed to yet.
    ClockWentBack(Timestamp),
    /// Its hours are over.
    Over(Timestamp),
    /// The department ended it.
    EndedEarly,
}

/// Decides about an access grant.
#[must_use]
pub fn decide(grant: &AccessGrant, now: Timestamp) -> Decision {
    let spec = &grant.spec;
    let hours = SignedDuration::from_hours(i64::from(spec.hours.min(MOST_HOURS)));
    let agreed = spec.approval.as_ref().is_some_and(|by| by.by != spec.by && by.by != spec.user);
    let until = grant.status.as_ref().and_then(|status| status.until.as_deref()?.parse::<Timestamp>().ok());
    match (agreed, spec.ended, until) {
        (false, false, _) => Decision::Awaits,
        (false, true, _) => Decision::Declined,
        (true, true, _) => Decision::EndedEarly,
        (true, false, None) => Decision::Begins(now.saturating_add(hours).unwrap_or(now)),
        (true, false, Some(until)) if until <= now => Decision::Over(until),
        (true, false, Some(until)) if until.duration_since(now) > hours => Decision::ClockWentBack(until),
        (true, false, Some(until)) => Decision::Open(until),
    }
}

/// Somebody who is let into namespaces of a department at a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open<'a> {
    /// The access grant.
    pub grant: &'a str,
    /// Who.
    pub user: &'a str,
    /// The namespaces there.
    pub namespaces: BTreeSet<String>,
    /// What they may do.
    pub verbs: &'a [AccessVerb],
    /// Whether that is to read Secrets too.
    pub secrets: bool,
    /// Until when.
    pub until: Timestamp,
}

/// What a role of access is for, in the order in which their bindings stand.
const FOR: [&str; 4] = ["view", "debug", "edit", "secrets"];

impl Open<'_> {
    fn has(&self, what: &str) -> bool {
        let verb = |verb| self.verbs.contains(&verb);
        match what {
            // Whoever looks into a pod, or changes it, has to find it.
            "view" => true,
            "debug" => verb(AccessVerb::Debug),
            "edit" => verb(AccessVerb::Edit),
            _ => self.secrets,
        }
    }
}

/// Whether an object of an order is a binding of access.
#[must_use]
pub fn is_access(object: &RawObject) -> bool {
    object.mentions(&format!("\"name\":\"{ROLE}"))
}

/// Puts into an order who is let in, as role bindings that say when they end. What an order leaves out stays on the site, so a
/// binding that was told before is told again, with nobody in it.
pub fn put(
    content: &mut Content,
    previous: Option<&Content>,
    department: &DepartmentName,
    open: &[Open<'_>],
) {
    let told: BTreeSet<(String, String)> = previous
        .iter()
        .flat_map(|content| &content.objects)
        .filter(|bundled| is_access(&bundled.object))
        .map(|bundled| {
            let object = bundled.object.value();
            (text(&object, "/metadata/namespace").to_owned(), text(&object, "/metadata/name").to_owned())
        })
        .collect();
    for namespace in enforced(content) {
        for what in FOR {
            let mut let_in: Vec<&Open<'_>> =
                open.iter().filter(|one| one.namespaces.contains(&namespace) && one.has(what)).collect();
            let_in.sort_by_key(|one| (one.user, one.until, one.grant));
            let name = format!("{BINDING}{what}");
            if !let_in.is_empty() || told.contains(&(namespace.clone(), name.clone())) {
                let object = RawObject::new(binding(&namespace, &name, what, department, &let_in));
                content.objects.push(BundleObject { authority: Authority::Platform, object });
            }
        }
    }
    if content.objects.iter().any(|bundled| is_access(&bundled.object)) {
        // An agent that does not know how to end it must not begin it.
        content.requires.push(ACCESS.to_owned());
        content.requires.sort();
    }
}

/// The namespaces of an order in which the platform's rules are in force: nobody is let in where nothing is fenced.
fn enforced(content: &Content) -> BTreeSet<String> {
    let enforce = format!("\"{}\":\"{}\"", labels::ENFORCEMENT, labels::ENFORCE);
    let fenced = content.objects.iter().filter(|bundled| bundled.object.mentions(&enforce));
    let objects = fenced.map(|bundled| bundled.object.value());
    let namespaces = objects.filter(|object| text(object, "/kind") == "Namespace");
    namespaces.map(|object| text(&object, "/metadata/name").to_owned()).collect()
}

fn binding(
    namespace: &str,
    name: &str,
    what: &str,
    department: &DepartmentName,
    let_in: &[&Open<'_>],
) -> Value {
    let joined =
        |of: &dyn Fn(&Open<'_>) -> String| let_in.iter().map(|one| of(one)).collect::<Vec<_>>().join(",");
    let mut binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": set_labels(department),
            "annotations": {
                labels::ACCESS_UNTIL: joined(&|one| one.until.to_string()),
                labels::ACCESS_GRANTS: joined(&|one| one.grant.to_owned()),
            }
        },
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": format!("{ROLE}{what}")}
    });
    if !let_in.is_empty() {
        let user = |one: &&Open<'_>| json!({"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": one.user});
        binding["subjects"] = let_in.iter().map(user).collect();
    }
    binding
}

/// What a site does by its own clock: takes out of the bindings of access who is not in now. Says how these bindings were told, and
/// when the next of them changes by itself. An end that is farther off than anybody may be let in for lets nobody in: then this clock
/// went back, or somebody wrote another end.
pub fn close(wanted: &mut [Wanted], now: Timestamp) -> (Vec<Value>, Option<Timestamp>) {
    let (mut before, mut next) = (Vec::new(), None);
    for one in wanted.iter_mut().filter(|one| one.kind.kind == "RoleBinding") {
        if !text(&one.object, "/roleRef/name").starts_with(ROLE) {
            continue;
        }
        let ends: Vec<Option<Timestamp>> = text(&one.object, &annotation(labels::ACCESS_UNTIL))
            .split(',')
            .map(|end| end.parse::<Timestamp>().ok())
            .collect();
        let subjects = one.object["subjects"].as_array().cloned().unwrap_or_default();
        let mut kept = Vec::new();
        for (at, subject) in subjects.iter().enumerate() {
            let Some(end) = ends.get(at).copied().flatten() else { continue };
            let begins = end
                .saturating_sub(SignedDuration::from_hours(i64::from(MOST_HOURS)) + SLACK)
                .unwrap_or(Timestamp::MIN);
            if begins <= now && now < end {
                kept.push(subject.clone());
            }
            let change = [begins, end].into_iter().find(|change| *change > now);
            next = [next, change].into_iter().flatten().min();
        }
        if kept.len() < subjects.len() {
            before.push(one.object.clone());
            if kept.is_empty() {
                one.object.as_object_mut().map(|object| object.remove("subjects"));
            } else {
                one.object["subjects"] = kept.into();
            }
        }
    }
    (before, next)
}

fn annotation(key: &str) -> String {
    format!("/metadata/annotations/{}", key.replace('/', "~1"))
}

/// Whether an order lets somebody in on an access grant.
#[must_use]
pub fn tells(content: &Content, grant: &str) -> bool {
    let bindings = content.objects.iter().filter(|bundled| is_access(&bundled.object));
    let grants = bindings.map(|bundled| {
        let object = bundled.object.value();
        text(&object, &annotation(labels::ACCESS_GRANTS)).split(',').any(|named| named == grant)
    });
    grants.into_iter().any(|named| named)
}

/// What is known of a site.
#[derive(Clone, Copy, Debug, Default)]
pub struct AtSite {
    /// Whether the order that stands lets them in.
    pub told: bool,
    /// Whether the site says that this order is in force.
    pub confirmed: bool,
}

/// How far it is at a site. What was confirmed once stays so while the orders say the same of it: each later order, about whatever
/// else, has yet to be confirmed.
#[must_use]
pub fn state(decision: Decision, before: Option<AccessState>, at: AtSite) -> AccessState {
    match (decision, at.told, at.confirmed) {
        (Decision::Open(_), true, _) if before == Some(AccessState::InForce) => AccessState::InForce,
        (Decision::Over(_) | Decision::EndedEarly, false, _) if before == Some(AccessState::Ended) => {
            AccessState::Ended
        }
        (Decision::Open(_), true, true) => AccessState::InForce,
        (Decision::Open(_), true, false) => AccessState::Told,
        (Decision::Over(_) | Decision::EndedEarly, false, true) => AccessState::Ended,
        (Decision::Over(_) | Decision::EndedEarly, ..) => AccessState::Closing,
        _ => AccessState::Waiting,
    }
}

/// What `Ready` says: that it is in force everywhere, or that it is over and gone everywhere.
#[must_use]
pub fn ready(grant: &AccessGrant, decision: Decision, places: &[AccessPlace]) -> (Holds, Message) {
    let sites = |state: &dyn Fn(AccessState) -> bool| {
        let at = places.iter().filter(|place| state(place.state)).map(|place| place.site.as_str());
        at.collect::<Vec<_>>().join(", ")
    };
    let name = grant.metadata.name.as_deref().unwrap_or_default();
    let namespace = grant.metadata.namespace.as_deref().unwrap_or_default();
    let not_ended = sites(&|state| state != AccessState::Ended);
    let pending = sites(&|state| state != AccessState::InForce);
    match decision {
        Decision::Awaits => (
            Holds::False,
            Message::AccessAwaits {
                command: format!("kubectl zhengyun approve access {name} -n {namespace}"),
            },
        ),
        Decision::Declined => (Holds::True, Message::AccessDeclined {}),
        Decision::ClockWentBack(until) => (Holds::False, Message::AccessClock { until: shown(until) }),
        Decision::Open(until) if pending.is_empty() => {
            (Holds::True, Message::AccessInForce { until: shown(until) })
        }
        Decision::Begins(until) | Decision::Open(until) => {
            (Holds::False, Message::AccessOpening { until: shown(until), sites: pending })
        }
        Decision::Over(_) | Decision::EndedEarly if !not_ended.is_empty() => {
            (Holds::False, Message::AccessClosing { sites: not_ended })
        }
        Decision::Over(until) => (Holds::True, Message::AccessOver { until: shown(until) }),
        Decision::EndedEarly => (Holds::True, Message::AccessEndedEarly {}),
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
