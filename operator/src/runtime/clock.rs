//! The one clock, handed down from the start of the process.

use std::time::{Duration, Instant};

use k8s_openapi::jiff::Timestamp;
use tokio::time::MissedTickBehavior;

/// Between two looks at whether the clock was set.
const LOOK: Duration = Duration::from_secs(1);
/// What slewing and a busy machine never come to between two looks.
const JUMP: i64 = 5;

/// Where the time comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(fn() -> Timestamp);

impl Clock {
    /// The machine's clock.
    pub(crate) fn system() -> Self {
        Self(told)
    }

    /// The time now, to the second: conditions carry no more.
    pub(crate) fn now(self) -> Timestamp {
        let now = (self.0)();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// Notices when it is set.
    pub(crate) fn jumps(self) -> Jumps {
        let mut tick = tokio::time::interval(LOOK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Jumps { clock: self, tick, seen: (Instant::now(), self.now()) }
    }
}

/// Notices that the clock was set, forward or back: waits that end at a time of day were counted by the clock of before.
#[derive(Debug)]
pub(crate) struct Jumps {
    clock: Clock,
    tick: tokio::time::Interval,
    seen: (Instant, Timestamp),
}

impl Jumps {
    /// Waits until the clock was set. May be dropped and called again at any time.
    pub(crate) async fn next(&mut self) {
        loop {
            self.tick.tick().await;
            let now = (Instant::now(), self.clock.now());
            let (before, told_before) = std::mem::replace(&mut self.seen, now);
            let passed = i64::try_from(now.0.duration_since(before).as_secs()).unwrap_or(i64::MAX);
            if jumped(passed, now.1.as_second() - told_before.as_second()) {
                return;
            }
        }
    }
}

/// Whether a clock that says that so many seconds passed was set, when so many did.
fn jumped(passed: i64, told: i64) -> bool {
    told.abs_diff(passed) > JUMP.unsigned_abs()
}

#[cfg(not(feature = "harness-clock"))]
fn told() -> Timestamp {
    Timestamp::now()
}

/// The machine's time and the seconds in the file that the harness names: so its tests come to the end of a year.
#[cfg(feature = "harness-clock")]
fn told() -> Timestamp {
    let file = std::env::var_os("ZHENGYUN_CLOCK_OFFSET").and_then(|path| std::fs::read_to_string(path).ok());
    let seconds = file.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    let offset = k8s_openapi::jiff::SignedDuration::from_secs(seconds);
    Timestamp::now().saturating_add(offset).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_either_way_is_noticed_and_one_that_runs_is_not() {
        for (passed, told, set) in
            [(1, 1, false), (1, 0, false), (40, 38, false), (1, 86_401, true), (1, -86_399, true)]
        {
            assert_eq!(jumped(passed, told), set, "{passed} s, the clock says {told}");
        }
    }
}
