//! What made a pass look, for the log: the change that is being told while its key is lined up, or the pass that lined it up.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;

use super::cache::Key;

thread_local! {
    /// The change that this thread is telling: subscribers are called in place and line keys up.
    static TELLING: RefCell<Option<String>> = const { RefCell::new(None) };
}

tokio::task_local! {
    /// The pass that is running.
    static RUNNING: Running;
}

/// When nobody says more: the first look of a process.
const START: &str = "start";

/// A pass, and what it wrote so far.
struct Running {
    slice: &'static str,
    key: Key,
    wrote: RefCell<BTreeMap<String, usize>>,
}

/// What a pass wrote, by kind.
pub(crate) type Wrote = BTreeMap<String, usize>;

/// Runs what tells others of a change.
pub(crate) fn telling<R>(kind: &str, key: &Key, tell: impl FnOnce() -> R) -> R {
    let before = TELLING.replace(Some(format!("{kind} {}", super::apply::name_of(key))));
    let told = tell();
    TELLING.set(before);
    told
}

/// What is going on here and now.
pub(super) fn current() -> String {
    let telling = TELLING.with_borrow(Clone::clone);
    telling.unwrap_or_else(|| {
        RUNNING
            .try_with(|pass| format!("pass {} {}", pass.slice, super::apply::name_of(&pass.key)))
            .unwrap_or_else(|_| START.to_owned())
    })
}

/// Runs a pass and says what it wrote.
pub(super) async fn watched<F: Future>(slice: &'static str, key: Key, pass: F) -> (F::Output, Wrote) {
    let running = Running { slice, key, wrote: RefCell::default() };
    let both = async {
        let ended = pass.await;
        (ended, RUNNING.with(|running| running.wrote.take()))
    };
    RUNNING.scope(running, both).await
}

/// The running pass wrote an object of this kind. Outside of a pass nothing is noted.
pub(super) fn wrote(kind: &str) {
    let _ = RUNNING.try_with(|running| *running.wrote.borrow_mut().entry(kind.to_owned()).or_default() += 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_innermost_of_a_change_a_pass_and_the_start_is_what_made_it_look() {
        let key = |name: &str| (String::new(), name.to_owned());
        assert_eq!(current(), "start");
        let (seen, written) = watched("workspace", ("dept-aa".to_owned(), "one".to_owned()), async {
            wrote("Workspace");
            wrote("Workspace");
            let told = telling("SiteBundle", &key("aa"), current);
            (current(), told)
        })
        .await;
        assert_eq!(seen, ("pass workspace dept-aa/one".to_owned(), "SiteBundle aa".to_owned()));
        assert_eq!(written, BTreeMap::from([("Workspace".to_owned(), 2)]));
        wrote("Workspace");
        assert_eq!(current(), "start");
    }
}
