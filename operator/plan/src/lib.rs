//! Every decision of Zhengyun, as pure functions over plain data: no client, no runtime, no clock.
//!
//! What is read comes in as facts, what is to be written goes out as values, and time comes in as a value. The manifest lists
//! nothing that could do I/O.

pub mod access;
pub mod admission;
pub mod admittance;
pub mod audit;
pub mod adopt;
pub mod budget;
pub mod bundle;
pub mod canonical;
pub mod conditions;
pub mod covers;
pub mod credential;
pub mod data_center;
pub mod department;
pub mod drift;
pub mod egress;
pub mod elastic;
pub mod escrow;
pub mod flows;
pub mod form;
pub mod hosts;
pub mod isolation;
pub mod joining;
pub mod lender;
pub mod lending;
pub mod measured;
pub mod names;
pub mod order;
pub mod place;
pub mod plain;
pub mod pod_security;
pub mod quantity;
pub mod quarantine;
pub mod quota;
pub mod records;
pub mod removal;
pub mod report;
pub mod request;
pub mod ruling;
pub mod secrets;
pub mod serving;
pub mod site;
pub mod stamp;
pub mod survey;
pub mod system;
pub mod trust;
pub mod unified_code;
pub mod until;
pub mod usage;
pub mod work_calendar;
pub mod workspace;
pub mod workspace_set;

use crds::Message;

/// What a validation says when it does not agree: at least one sentence for people.
pub type Findings = Vec<Message>;

/// Whether an object that others point to is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Nobody has looked at this generation of it yet.
    NotJudged,
    /// It was found to be right.
    Ready,
    /// It was found to be wrong, and says why itself.
    Refused,
}

/// How names that exist are listed in a sentence: sorted, at most ten.
#[must_use]
pub fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| name.as_ref().to_owned()).collect();
    names.sort();
    let more = names.len() > 10;
    names.truncate(10);
    match (names.is_empty(), more) {
        (true, _) => "-".into(),
        (false, false) => names.join(", "),
        (false, true) => format!("{}, ...", names.join(", ")),
    }
}
