//! What every slice stands on: the only place that builds watches, drives passes, applies objects and writes status.

pub(crate) mod apply;
pub(crate) mod cache;
pub(crate) mod clients;
pub(crate) mod clock;
mod counted;
pub(crate) mod drive;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod lacks;
pub(crate) mod leader;
pub(crate) mod log;
pub(crate) mod metrics;
mod outcome;
mod process_metrics;
pub(crate) mod queue;
pub(crate) mod records;
pub(crate) mod status;
pub(crate) mod streams;
pub(crate) mod trigger;
