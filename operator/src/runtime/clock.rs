//! The one clock, handed down from the start of the process.

use k8s_openapi::jiff::Timestamp;

/// Where the time comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(fn() -> Timestamp);

impl Clock {
    /// The machine's clock.
    pub(crate) fn system() -> Self {
        Self(Timestamp::now)
    }

    /// The time now, to the second: conditions carry no more.
    pub(crate) fn now(self) -> Timestamp {
        let now = (self.0)();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }
}
