//! Putting an accepted order in force, stage by stage.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crds::labels::SHARE_REVISION;
use crds::{AppliedObject, Authority, Drift, Message};
use futures::stream::{self, StreamExt as _};
use plan::adopt::may_take;
use plan::bundle::text;
use plan::isolation::stage;
use plan::names::DepartmentName;
use plan::site::{QUOTA_STAGE, Wanted, in_force};
use serde_json::Value;

use super::burial::Buried;
use super::context::Context;
use super::drift::{Found, found};
use crate::runtime::apply::Applied;
use crate::runtime::error::{Error, api_error, is_refusal};

/// When a set that the site does not take is tried again: what is in its way may be taken away without an event of ours.
pub(super) const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// Objects of one set that are written at a time: they are of one stage, so none needs another.
const AT_ONCE: usize = 4;

/// What stood in force before.
pub(super) struct Known<'a> {
    /// Whether the very order was in force as a whole: what is not as it says now was changed by somebody else.
    pub settled: bool,
    /// Its objects, by uid.
    pub objects: &'a [AppliedObject],
    /// Quotas as they were before the site's own lending changed them, and bindings as they were before their end: that one still
    /// stands is nobody else's doing.
    pub before: &'a [Value],
}

impl Known<'_> {
    /// Whether an object stands as it was before this site itself wanted it otherwise.
    fn still_stands(&self, context: &Context, wanted: &Wanted) -> bool {
        let same = |before: &&Value| {
            text(before, "/kind") == wanted.kind.kind && key_of(before) == key_of(&wanted.object)
        };
        self.before.iter().filter(same).any(|before| context.objects.stands(before))
    }
}

fn key_of(object: &Value) -> (&str, &str) {
    (text(object, "/metadata/namespace"), text(object, "/metadata/name"))
}

/// How far an order is.
pub(super) enum State {
    /// All of it is in force.
    InForce,
    /// Something must show first.
    Waiting(Message),
    /// The site does not take a part of it.
    Blocked(Message),
    /// Somebody else keeps changing a part of it, which is left alone for so long.
    Contested(Message, Duration),
}

/// What became of an order.
pub(super) struct Enforced {
    pub state: State,
    /// This much of it stands.
    pub standing: Vec<AppliedObject>,
    /// What others had changed.
    pub drift: Vec<Drift>,
    /// What became of its tombstones.
    pub tombstones: Buried,
}

impl Enforced {
    /// An order that is not acted upon.
    pub(super) fn blocked(said: Message) -> Self {
        let (standing, drift, tombstones) = (Vec::new(), Vec::new(), Buried::default());
        Self { state: State::Blocked(said), standing, drift, tombstones }
    }

    /// What is in force but for shares that others have not given up yet waits for them.
    pub(super) fn waiting_for(self, waits: BTreeMap<String, Message>) -> Self {
        match (self.state, waits.into_values().next()) {
            (State::InForce, Some(said)) => Self { state: State::Waiting(said), ..self },
            (state, _) => Self { state, ..self },
        }
    }

    /// When to look again though nothing changed.
    pub(super) fn again(&self) -> Option<Duration> {
        match &self.state {
            State::Blocked(_) => Some(LOOK_AGAIN),
            State::Contested(_, left) => Some(*left),
            State::InForce | State::Waiting(_) => None,
        }
    }
}

/// Makes everything in an order be as wanted. A stage begins when all before it is in force; a namespace that the site does not
/// take, or that waits, holds up itself and not its neighbours.
pub(super) async fn enforce<'a>(
    context: &Context,
    set: &str,
    wanted: &'a [Wanted],
    known: &Known<'_>,
) -> Result<Enforced, Error> {
    let mut progress = Progress::default();
    // In the order of their stages, as `plan` sorted them; a namespace's own objects come after it and wait for its quota.
    for stage in wanted.chunk_by(|one, next| one.stage == next.stage) {
        let mut due = Vec::with_capacity(stage.len());
        for one in stage {
            due.extend(progress.due(context, one, known).await?);
        }
        let apply = |one: Due<'a>| async move { (apply(context, set, &one.wanted).await, one) };
        let mut applied = stream::iter(due).map(apply).buffered(AT_ONCE);
        while let Some((applied, one)) = applied.next().await {
            progress.note(&one, applied)?;
        }
    }
    Ok(progress.enforced())
}

/// One object that may be written now.
struct Due<'a> {
    /// Its namespace, or the namespace that it is.
    place: &'a str,
    wanted: Cow<'a, Wanted>,
}

/// How far an order is while it is put in force, by place.
#[derive(Default)]
struct Progress<'a> {
    standing: Vec<AppliedObject>,
    drift: Vec<Drift>,
    blocked: BTreeMap<&'a str, Message>,
    waiting: BTreeMap<&'a str, Message>,
    ending: BTreeSet<&'a str>,
    contested: Option<(Message, Duration)>,
}

impl<'a> Progress<'a> {
    /// The object, where nothing keeps it from being written.
    async fn due(
        &mut self,
        context: &Context,
        one: &'a Wanted,
        known: &Known<'_>,
    ) -> Result<Option<Due<'a>>, Error> {
        let (namespace, name) = one.key();
        let place = if namespace.is_empty() { name } else { namespace };
        let held = self.waiting.contains_key(place) && one.stage > QUOTA_STAGE;
        if self.blocked.contains_key(place) || self.ending.contains(place) || held {
            return Ok(None);
        }
        if let Some(said) = terminating(context, one) {
            // What still stands in it is about to go; it is made anew when it is gone, and that is an event.
            self.waiting.insert(place, said);
            self.ending.insert(place);
            return Ok(None);
        }
        if let Some(said) = foreign(context, one, known.objects) {
            self.blocked.insert(place, said);
            return Ok(None);
        }
        if stage::is_lifted(&one.object) && context.objects.get(&one.object).is_none() {
            return Ok(None);
        }
        let wanted = adopted(context, one).map_or(Cow::Borrowed(one), Cow::Owned);
        if known.settled && !context.objects.stands(&wanted.object) && !known.still_stands(context, &wanted) {
            match found(context, &wanted).await? {
                Found::Correct(drift) => self.drift.push(drift),
                Found::Leave(said, left) => {
                    // The rest is kept: what is fought over opens nothing else.
                    let sooner = self.contested.take().filter(|(_, sooner)| *sooner <= left);
                    self.contested = sooner.or(Some((said, left)));
                    return Ok(None);
                }
            }
        }
        Ok(Some(Due { place, wanted }))
    }

    /// What became of it.
    fn note(
        &mut self,
        Due { place, wanted }: &Due<'a>,
        applied: Result<Applied, Error>,
    ) -> Result<(), Error> {
        let live = match applied {
            Ok(Applied { live, .. }) => live,
            Err(error) => {
                let said = refusal(wanted, &error).ok_or(error)?;
                self.blocked.entry(place).or_insert(said);
                return Ok(());
            }
        };
        let (namespace, name) = wanted.key();
        let (kind, namespace, name) = (wanted.kind.kind.to_owned(), namespace.to_owned(), name.to_owned());
        self.standing.push(AppliedObject { kind, namespace, name, uid: live.uid.clone() });
        if let Err(said) = in_force(wanted, &live.value()) {
            self.waiting.insert(place, said);
        }
        Ok(())
    }

    fn enforced(mut self) -> Enforced {
        self.standing.sort();
        let (blocked, waiting) = (self.blocked.into_values().next(), self.waiting.into_values().next());
        let state = match (blocked, self.contested, waiting) {
            (Some(said), ..) => State::Blocked(said),
            (None, Some((said, left)), _) => State::Contested(said, left),
            (None, None, Some(said)) => State::Waiting(said),
            (None, None, None) => State::InForce,
        };
        Enforced { state, standing: self.standing, drift: self.drift, tombstones: Buried::default() }
    }
}

/// A namespace that is being deleted holds nothing any more, whatever is still to be seen in it.
fn terminating(context: &Context, one: &Wanted) -> Option<Message> {
    if one.kind.kind != "Namespace" {
        return None;
    }
    let live = context.objects.get(&one.object)?;
    let namespace = one.key().1.to_owned();
    let ends = !text(&live.value(), "/metadata/deletionTimestamp").is_empty();
    ends.then_some(Message::TombstoneRunning { namespace })
}

/// A namespace that somebody else made, or that another department holds, is taken over only by two keys. One that was ours by uid
/// stays ours whatever became of its labels: that is drift.
fn foreign(context: &Context, one: &Wanted, known: &[AppliedObject]) -> Option<Message> {
    if one.kind.kind != "Namespace" {
        return None;
    }
    let live = context.objects.get(&one.object);
    let uid = live.as_ref().map(|live| live.uid.as_str());
    let was_ours = known.iter().any(|object| object.kind == "Namespace" && Some(object.uid.as_str()) == uid);
    let live = live.map(|live| live.value());
    may_take(&one.object, live.as_ref(), was_ours, &format!("机房 {}", context.site)).err()
}

/// An adopted namespace with what of its own it keeps.
fn adopted(context: &Context, one: &Wanted) -> Option<Wanted> {
    if one.kind.kind != "Namespace" {
        return None;
    }
    let object = stage::as_found(&one.object, &context.objects.get(&one.object)?.value())?;
    Some(Wanted { object, ..one.clone() })
}

async fn apply(context: &Context, set: &str, one: &Wanted) -> Result<Applied, Error> {
    match (one.authority, DepartmentName::parse(set)) {
        // Lent upon a ledger: an agent that was left behind must not write over what was lent since.
        (Authority::Platform, _) if one.kind.kind == "ResourceQuota" => {
            context.objects.apply_counted(&one.object, SHARE_REVISION).await
        }
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
