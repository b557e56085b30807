//! What every slice stands on: the only place that builds watches, drives passes, applies objects and writes status.

pub(crate) mod apply;
pub(crate) mod cache;
pub(crate) mod clients;
pub(crate) mod clock;
mod counted;
pub(crate) mod drive;
pub(crate) mod error;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod leader;
pub(crate) mod metrics;
mod process_metrics;
pub(crate) mod queue;
pub(crate) mod status;
pub(crate) mod streams;
