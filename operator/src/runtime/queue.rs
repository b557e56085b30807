//! What is to be looked at: each key once, never two passes of one key at a time, and some of them later.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::cache::Key;
use super::trigger;

/// Keys that wait for a pass.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// In line.
    line: VecDeque<Key>,
    /// Touched since the last pass began, and by what first: in line, or to be lined up when the running pass ends.
    dirty: HashMap<Key, String>,
    /// Being looked at.
    running: HashSet<Key>,
    /// To be lined up at a time; the earlier of two wins.
    later: HashMap<Key, (Instant, String)>,
}

impl Queue {
    /// Lines a key up.
    pub(crate) fn add(&self, key: Key) {
        self.state().add(key, trigger::current());
        self.changed.notify_one();
    }

    /// Lines a key up after a time.
    pub(crate) fn add_after(&self, key: Key, after: Duration) {
        self.add_later(key, after, trigger::current());
    }

    /// Lines a key up after a time, saying why.
    pub(super) fn add_later(&self, key: Key, after: Duration, trigger: String) {
        let at = Instant::now() + after;
        let mut state = self.state();
        match state.later.get_mut(&key) {
            Some(known) if known.0 <= at => {}
            Some(known) => *known = (at, trigger),
            None => drop(state.later.insert(key, (at, trigger))),
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Lines up everything that was to come later: it was counted by a clock that is no more.
    pub(crate) fn hurry(&self) {
        let mut state = self.state();
        let later: Vec<Key> = state.later.drain().map(|(key, _)| key).collect();
        for key in later {
            state.add(key, "the clock was set".into());
        }
        drop(state);
        self.changed.notify_one();
    }

    /// The next key and what touched it, when there is one. It is running until [`Queue::done`].
    pub(crate) async fn next(&self) -> (Key, String) {
        loop {
            let changed = self.changed.notified();
            let due = {
                let mut state = self.state();
                let due = state.line_up(Instant::now());
                if let Some(key) = state.line.pop_front() {
                    let trigger = state.dirty.remove(&key).unwrap_or_default();
                    state.running.insert(key.clone());
                    return (key, trigger);
                }
                due
            };
            match due {
                Some(due) => {
                    let _ = tokio::time::timeout_at(due, changed).await;
                }
                None => changed.await,
            }
        }
    }

    /// A pass has ended; a key that was touched meanwhile is lined up again.
    pub(crate) fn done(&self, key: &Key) {
        let mut state = self.state();
        state.running.remove(key);
        if state.dirty.contains_key(key) {
            state.line.push_back(key.clone());
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Whether nothing is in line or running.
    pub(crate) fn is_idle(&self) -> bool {
        let state = self.state();
        state.line.is_empty() && state.running.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, key: Key, trigger: String) {
        if self.dirty.contains_key(&key) {
            return;
        }
        self.dirty.insert(key.clone(), trigger);
        if !self.running.contains(&key) {
            self.line.push_back(key);
        }
    }

    /// Lines up what is due and says when the next one is.
    fn line_up(&mut self, now: Instant) -> Option<Instant> {
        let due: Vec<Key> =
            self.later.iter().filter(|(_, (at, _))| *at <= now).map(|(key, _)| key.clone()).collect();
        for key in due {
            if let Some((_, trigger)) = self.later.remove(&key) {
                self.add(key, trigger);
            }
        }
        self.later.values().map(|(at, _)| *at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        (String::new(), name.into())
    }

    #[tokio::test]
    async fn a_key_touched_twice_is_looked_at_once_and_one_touched_while_running_again() {
        let queue = Queue::default();
        queue.add(key("a"));
        queue.add(key("a"));
        let (a, _) = queue.next().await;
        assert!(queue.state().line.is_empty());
        queue.add(key("a"));
        assert!(queue.state().line.is_empty(), "it is running");
        queue.done(&a);
        assert_eq!(queue.next().await.0, key("a"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_to_come_later_comes_at_the_earlier_of_two_times() {
        let queue = Queue::default();
        let begin = Instant::now();
        queue.add_later(key("a"), Duration::from_secs(9), "late".into());
        queue.add_later(key("a"), Duration::from_secs(3), "soon".into());
        assert_eq!(queue.next().await, (key("a"), "soon".to_owned()));
        assert_eq!(begin.elapsed().as_secs(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_to_come_tomorrow_comes_now_when_the_clock_was_set() {
        let queue = Queue::default();
        let begin = Instant::now();
        queue.add_later(key("a"), Duration::from_hours(20), "time".into());
        queue.hurry();
        assert_eq!(queue.next().await, (key("a"), "the clock was set".to_owned()));
        assert_eq!(begin.elapsed().as_secs(), 0);
        assert!(queue.state().later.is_empty());
    }
}
