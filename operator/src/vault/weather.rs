//! Whether the secret store answers at all: while it does not, one asks for all, later and later.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crds::Message;
use tokio::time::Instant;

/// First wait after a failure; it doubles up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);
/// Longest wait: a store that was unsealed is used again within this time.
const LONGEST: Duration = Duration::from_mins(1);

/// The weather; fair at first.
#[derive(Debug, Default)]
pub(super) struct Weather(Mutex<Option<Foul>>);

#[derive(Debug)]
struct Foul {
    said: Message,
    /// How often in a row.
    failures: u64,
    wait: Duration,
    /// When the next may ask.
    next: Instant,
}

/// How often it had failed when somebody began to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked(u64);

impl Weather {
    /// Whether somebody may ask now. In foul weather whoever may is the only one until the wait is over again.
    pub(super) fn may_ask(&self, now: Instant) -> Result<Asked, (Message, Duration)> {
        match self.state().as_mut() {
            Some(foul) if now < foul.next => Err((foul.said.clone(), foul.next - now)),
            Some(foul) => {
                foul.next = now + foul.wait;
                Ok(Asked(foul.failures))
            }
            None => Ok(Asked(0)),
        }
    }

    /// It failed for everybody; says for how long nobody asks. Those who asked at the same time have seen one failure.
    pub(super) fn foul(&self, asked: Asked, said: Message, now: Instant) -> Duration {
        let mut state = self.state();
        let (failures, wait) = match state.as_ref() {
            Some(foul) if foul.failures > asked.0 => {
                return foul.next.saturating_duration_since(now).max(FIRST);
            }
            Some(foul) => (foul.failures + 1, (foul.wait * 2).min(LONGEST)),
            None => (1, FIRST),
        };
        *state = Some(Foul { said, failures, wait, next: now + wait });
        wait
    }

    /// It answered; says whether that is news.
    pub(super) fn fair(&self) -> bool {
        self.state().take().is_some()
    }

    fn state(&self) -> MutexGuard<'_, Option<Foul>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_that_fail_together_are_one_failure_and_then_one_asks_later_and_later() {
        let (weather, begin) = (Weather::default(), Instant::now());
        let asked: Vec<Asked> = (0..8).map(|_| weather.may_ask(begin).unwrap()).collect();
        let waits: Vec<Duration> =
            asked.into_iter().map(|asked| weather.foul(asked, Message::VaultSealed {}, begin)).collect();
        assert!(waits.iter().all(|wait| *wait == FIRST), "{waits:?}");
        assert_eq!(weather.may_ask(begin), Err((Message::VaultSealed {}, FIRST)));
        let (mut now, mut tries) = (begin, 0);
        while now < begin + Duration::from_mins(10) {
            now += Duration::from_secs(1);
            if let Ok(asked) = weather.may_ask(now) {
                assert!(weather.may_ask(now).is_err(), "one at a time");
                weather.foul(asked, Message::VaultSealed {}, now);
                tries += 1;
            }
        }
        assert!((12..=16).contains(&tries), "{tries} in ten minutes");
        assert!(weather.fair() && !weather.fair());
        assert!(weather.may_ask(now).is_ok());
    }
}
