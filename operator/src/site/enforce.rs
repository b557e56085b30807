//! Putting an accepted order in force, stage by stage.

use std::collections::BTreeMap;

use crds::{AppliedObject, Authority, Message, labels};
use plan::bundle::text;
use plan::names::DepartmentName;
use plan::site::{QUOTA_STAGE, Wanted, in_force};

use super::context::Context;
use crate::runtime::apply::Applied;
use crate::runtime::error::{Error, api_error, is_refusal};

/// What became of an order.
pub(super) enum Enforced {
    /// All of it is in force.
    InForce(Vec<AppliedObject>),
    /// Something must show first.
    Waiting(Message),
    /// The site does not take a part of it; this much of it stands.
    Blocked(Message, Vec<AppliedObject>),
}

/// Makes everything in an order be as wanted. A stage begins when all before it is in force; a namespace that the site does not
/// take, or that waits, holds up itself and not its neighbours. `known` is what stood in force before, by uid.
pub(super) async fn enforce(
    context: &Context,
    set: &str,
    wanted: &[Wanted],
    known: &[AppliedObject],
) -> Result<Enforced, Error> {
    let mut standing = Vec::with_capacity(wanted.len());
    let mut blocked: BTreeMap<&str, Message> = BTreeMap::new();
    let mut waiting: BTreeMap<&str, Message> = BTreeMap::new();
    // In the order of their stages, as `plan` sorted them; a namespace's own objects come after it and wait for its quota.
    for one in wanted {
        let (namespace, name) = one.key();
        let place = if namespace.is_empty() { name } else { namespace };
        let held = waiting.contains_key(place) && one.stage > QUOTA_STAGE;
        if blocked.contains_key(place) || held {
            continue;
        }
        if let Some(said) = foreign(context, one, known) {
            blocked.insert(place, said);
            continue;
        }
        let Applied { live, .. } = match apply(context, set, one).await {
            Ok(applied) => applied,
            Err(error) => match refusal(one, &error) {
                Some(said) => {
                    blocked.insert(place, said);
                    continue;
                }
                None => return Err(error),
            },
        };
        let (kind, namespace, name) = (one.kind.kind.to_owned(), namespace.to_owned(), name.to_owned());
        standing.push(AppliedObject { kind, namespace, name, uid: live.uid.clone() });
        if let Err(said) = in_force(one, &live.value()) {
            waiting.insert(place, said);
        }
    }
    standing.sort();
    Ok(match (blocked.into_values().next(), waiting.into_values().next()) {
        (Some(said), _) => Enforced::Blocked(said, standing),
        (None, Some(said)) => Enforced::Waiting(said),
        (None, None) => Enforced::InForce(standing),
    })
}

/// A namespace that somebody else made, or that another department holds, is never taken over. One that was ours by uid stays ours
/// whatever became of its labels: that is drift.
fn foreign(context: &Context, one: &Wanted, known: &[AppliedObject]) -> Option<Message> {
    if one.kind.kind != "Namespace" {
        return None;
    }
    let live = context.objects.get(&one.object)?;
    let pointer = format!("/metadata/labels/{}", labels::DEPARTMENT.replace('/', "~1"));
    let same_owner = live.ours && text(&live.value(), &pointer) == text(&one.object, &pointer);
    let was_ours = known.iter().any(|object| object.kind == "Namespace" && object.uid == live.uid);
    (!same_owner && !was_ours).then(|| Message::ForeignNamespace {
        namespace: one.key().1.to_owned(),
        place: format!("机房 {}", context.site),
    })
}

async fn apply(context: &Context, set: &str, one: &Wanted) -> Result<Applied, Error> {
    match (one.authority, DepartmentName::parse(set)) {
        (Authority::Platform, _) => context.objects.apply(&one.object).await,
        (Authority::Department, Ok(department)) => {
            let client = context.executors.of(&department).map_err(|error| Error::Executor {
                department: department.to_string(),
                error: format!("{error:#}"),
            })?;
            context.objects.apply_with(&client, &one.object).await
        }
        (Authority::Department, Err(_)) => {
            Err(Error::Executor { department: set.to_owned(), error: "no department has this name".into() })
        }
    }
}

/// What a person is told when the API server will not take an object however often it is asked.
fn refusal(one: &Wanted, error: &Error) -> Option<Message> {
    let Error::Apply { source, .. } = error else { return None };
    is_refusal(source).then(|| {
        let (namespace, name) = one.key();
        let name = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") };
        Message::ApplyRefused { kind: one.kind.kind.into(), name, error: api_error(source) }
    })
}
