//! Putting an accepted order in force, stage by stage.

use crds::{AppliedObject, Authority, Message, labels};
use plan::bundle::text;
use plan::names::DepartmentName;
use plan::site::{STAGES, Wanted, in_force};

use super::context::Context;
use crate::runtime::apply::Applied;
use crate::runtime::error::{Error, chain, is_refusal};

/// What became of an order.
pub(super) enum Enforced {
    /// All of it is in force.
    InForce(Vec<AppliedObject>),
    /// Something must show first.
    Waiting(Message),
    /// The site does not take it.
    Blocked(Message),
}

/// Makes everything in an order be as wanted. A stage begins when all before it is in force.
/// `known` is what stood in force before, by uid.
pub(super) async fn enforce(
    context: &Context,
    set: &str,
    wanted: &[Wanted],
    known: &[AppliedObject],
) -> Result<Enforced, Error> {
    let mut standing = Vec::with_capacity(wanted.len());
    for stage in 0..STAGES {
        let mut waiting = None;
        for one in wanted.iter().filter(|one| one.stage == stage) {
            if let Some(said) = foreign(context, one, known) {
                return Ok(Enforced::Blocked(said));
            }
            let Applied { live, .. } = match apply(context, set, one).await {
                Ok(applied) => applied,
                Err(error) => match refusal(one, &error) {
                    Some(said) => return Ok(Enforced::Blocked(said)),
                    None => return Err(error),
                },
            };
            let (namespace, name) = one.key();
            let (namespace, name) = (namespace.to_owned(), name.to_owned());
            standing.push(AppliedObject {
                kind: one.kind.kind.into(),
                namespace,
                name,
                uid: live.uid.clone(),
            });
            waiting = waiting.or(in_force(one, &live.value()).err());
        }
        if let Some(said) = waiting {
            return Ok(Enforced::Waiting(said));
        }
    }
    standing.sort();
    Ok(Enforced::InForce(standing))
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
        Message::ApplyRefused { kind: one.kind.kind.into(), name, error: chain(source.as_ref()) }
    })
}
