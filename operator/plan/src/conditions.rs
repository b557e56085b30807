//! Conditions: what is said of an object, changed only when it says something else.

use crds::Message;
use crds::message::join;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use k8s_openapi::jiff::Timestamp;

use crate::Readiness;

/// The condition that is the truth about an object as a whole.
pub const READY: &str = "Ready";

/// The condition that says whether what the register says of a data centre is right: `Ready` also says whether it is heard.
pub const REGISTERED: &str = "Registered";

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// It holds.
    True,
    /// It does not.
    False,
    /// Nobody can say.
    Unknown,
}

impl Holds {
    fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// Says something about an object. The time changes only with the status; the same words again change nothing.
pub fn set(
    conditions: &mut Vec<Condition>,
    type_: &str,
    holds: Holds,
    messages: &[Message],
    generation: Option<i64>,
    now: Timestamp,
) {
    let old = conditions.iter().position(|condition| condition.type_ == type_);
    let since = old
        .map(|at| &conditions[at])
        .filter(|condition| condition.status == holds.as_str())
        .map_or(Time(now), |condition| condition.last_transition_time.clone());
    let new = Condition {
        type_: type_.to_owned(),
        status: holds.as_str().to_owned(),
        reason: messages.first().map_or("Settled", Message::reason).to_owned(),
        message: join(messages),
        observed_generation: generation,
        last_transition_time: since,
    };
    match old {
        Some(at) => conditions[at] = new,
        None => conditions.push(new),
    }
}

/// One condition by its type.
#[must_use]
pub fn find<'a>(conditions: &'a [Condition], type_: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.type_ == type_)
}

/// Whether a condition holds, of the generation that stands in the object now.
#[must_use]
pub fn is_true(conditions: &[Condition], type_: &str, generation: Option<i64>) -> bool {
    judged(conditions, type_, generation) == Readiness::Ready
}

/// What `Ready` says of the generation that stands in the object now.
#[must_use]
pub fn readiness(conditions: &[Condition], generation: Option<i64>) -> Readiness {
    judged(conditions, READY, generation)
}

/// What a condition says of the generation that stands in the object now.
#[must_use]
pub fn judged(conditions: &[Condition], type_: &str, generation: Option<i64>) -> Readiness {
    match find(conditions, type_) {
        Some(ready) if ready.observed_generation == generation => {
            if ready.status == "True" {
                Readiness::Ready
            } else {
                Readiness::Refused
            }
        }
        _ => Readiness::NotJudged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_time_moves_only_with_the_status() {
        let mut conditions = Vec::new();
        set(&mut conditions, READY, Holds::False, &[Message::NoProfile {}], Some(1), at(1));
        set(&mut conditions, READY, Holds::False, &[Message::ShareEmpty {}], Some(2), at(2));
        assert_eq!(conditions[0].last_transition_time, Time(at(1)));
        assert_eq!(conditions[0].reason, "ShareEmpty");
        set(&mut conditions, READY, Holds::True, &[Message::Settled {}], Some(2), at(3));
        assert_eq!((conditions.len(), &conditions[0].last_transition_time), (1, &Time(at(3))));
    }

    #[test]
    fn a_judgement_of_an_older_generation_is_none() {
        let mut conditions = Vec::new();
        set(&mut conditions, READY, Holds::True, &[Message::Settled {}], Some(1), at(1));
        assert_eq!(readiness(&conditions, Some(1)), Readiness::Ready);
        assert_eq!(readiness(&conditions, Some(2)), Readiness::NotJudged);
    }
}
