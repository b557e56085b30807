//! How well an object is, by what the hub says of it.
//!
//! | object | `Ready` | health | a problem |
//! |---|---|---|---|
//! | any | none, or of an older generation | not judged | yes |
//! | any | True | ready | no |
//! | any | False | not ready | yes |
//! | any | Unknown | unknown | yes |
//! | any | False because a person ended it, or its time is over | not expected | no |
//! | room that is not accepted | none, older, True, or False because it is only registered | not expected | no |
//! | room that is not accepted | False with another reason: the object is wrong | not ready | yes |

use crds::{DataCenter, Message};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use plan::conditions::{READY, find};
use serde::Serialize;

use super::super::find::Named;
use super::super::table::clean_lines;

/// How well an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Health {
    /// `Ready` is True for the object as it is now.
    Ready,
    /// `Ready` is False.
    NotReady,
    /// `Ready` is Unknown: a site is not heard.
    Unknown,
    /// The hub has not looked at the object as it is now.
    NotJudged,
    /// Nothing is expected of it: a room that is only registered, a budget that was withdrawn.
    NotExpected,
}

impl Health {
    /// Whether somebody is to see to it.
    pub(crate) fn is_problem(self) -> bool {
        !matches!(self, Self::Ready | Self::NotExpected)
    }
}

/// What `Ready` says of the object as it is now.
pub(crate) fn health(object: &impl Named) -> (Health, String) {
    let generation = object.meta().generation;
    let Some(ready) = ready(object).filter(|ready| ready.observed_generation == generation) else {
        return (Health::NotJudged, Message::NotYetJudged {}.to_string());
    };
    let health = match ready.status.as_str() {
        "True" => Health::Ready,
        "False" if is_over(&ready.reason) => Health::NotExpected,
        "False" => Health::NotReady,
        _ => Health::Unknown,
    };
    (health, clean_lines(&ready.message))
}

/// As [`health`], but nothing is expected of a room that is only registered.
pub(crate) fn room_health(object: &DataCenter) -> (Health, String) {
    let (health, message) = health(object);
    if object.spec.accepted {
        return (health, message);
    }
    let only_registered = Message::InventoryOnly {};
    let reason = ready(object).map(|ready| ready.reason.as_str());
    match health {
        Health::NotReady | Health::Unknown if reason != Some(only_registered.reason()) => (health, message),
        Health::NotJudged => (Health::NotExpected, only_registered.to_string()),
        _ => (Health::NotExpected, message),
    }
}

fn ready(object: &impl Named) -> Option<&Condition> {
    find(object.conditions(), READY)
}

/// Whether a person ended it, or its time is over, so that nobody is to see to it.
fn is_over(reason: &str) -> bool {
    [
        Message::BudgetWithdrawn {},
        Message::BudgetNotCounted { year: String::new() },
        Message::GrantTakenBack {},
        Message::GrantReplaced { by: String::new() },
        Message::RemovalWithdrawn {},
        Message::RulingPast { sets: String::new() },
        Message::VouchPast {},
    ]
    .iter()
    .any(|over| over.reason() == reason)
}
