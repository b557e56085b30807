//! When the agent puts back what others changed, and when it leaves it to people (DESIGN section 6: a fight is reported, not fought).
//!
//! | corrections of one object within the last minute | next |
//! |---|---|
//! | fewer than 3 | put it back |
//! | 3 or more | leave it for 5 minutes after the last one, and say so |

use std::time::Duration;

/// Corrections of one object within [`WINDOW`] that are taken for accidents.
const ACCIDENTS: usize = 3;
/// How long corrections are remembered.
const WINDOW: Duration = Duration::from_mins(1);
/// How long something contested is left alone. Long enough that it costs nothing, short enough that a fence does not stay open.
const PAUSE: Duration = Duration::from_mins(5);

/// What is done about a change by somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Put it back.
    Correct,
    /// Leave it for this long.
    Leave(Duration),
}

/// The corrections of one object, oldest first, as times on a clock of the process's own.
#[derive(Clone, Debug, Default)]
pub struct Corrections(Vec<Duration>);

impl Corrections {
    /// Decides about one more change.
    #[must_use]
    pub fn judge(&self, now: Duration) -> Verdict {
        let Some(last) = self.0.last() else { return Verdict::Correct };
        let recent = self.0.iter().filter(|at| last.saturating_sub(**at) < WINDOW).count();
        let pause = if recent >= ACCIDENTS { PAUSE } else { Duration::ZERO };
        match (*last + pause).saturating_sub(now) {
            Duration::ZERO => Verdict::Correct,
            left => Verdict::Leave(left),
        }
    }

    /// Remembers a correction.
    pub fn note(&mut self, now: Duration) {
        self.0.retain(|at| now.saturating_sub(*at) < WINDOW);
        self.0.push(now);
    }

    /// Whether it can be forgotten.
    #[must_use]
    pub fn is_past(&self, now: Duration) -> bool {
        self.0.last().is_none_or(|last| now.saturating_sub(*last) > WINDOW + PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_third_change_within_a_minute_is_put_back_and_the_fourth_is_left_for_five_minutes() {
        let mut corrections = Corrections::default();
        for second in [0, 10, 20] {
            assert_eq!(corrections.judge(at(second)), Verdict::Correct);
            corrections.note(at(second));
        }
        assert_eq!(corrections.judge(at(30)), Verdict::Leave(at(290)));
        assert_eq!(corrections.judge(at(319)), Verdict::Leave(at(1)));
        assert_eq!(corrections.judge(at(320)), Verdict::Correct);
    }

    #[test]
    fn changes_that_are_far_apart_are_each_put_back() {
        let mut corrections = Corrections::default();
        for second in (0..600).step_by(31) {
            assert_eq!(corrections.judge(at(second)), Verdict::Correct, "{second}");
            corrections.note(at(second));
        }
        assert!(!corrections.is_past(at(600)) && corrections.is_past(at(1000)));
    }
}
