//! Waiting with a deadline.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use futures::future::BoxFuture;
use kube::Api;
use kube::runtime::wait::{Condition, await_condition};
use serde::de::DeserializeOwned;

/// The deadline of everything that a test waits for. Ten times what the slowest step takes on a loaded machine.
pub const DEADLINE: Duration = Duration::from_mins(2);
/// The longest pause between two looks at something that cannot be watched.
pub(crate) const GLANCE: Duration = Duration::from_millis(100);

/// What a check says: done with a value, or not yet.
pub trait Answer {
    /// What it yields once it is done.
    type Value;
    /// The value, or `None` for not yet. An error is also not yet, and is shown when the deadline passes.
    fn settle(self) -> Result<Option<Self::Value>>;
}

impl Answer for bool {
    type Value = ();
    fn settle(self) -> Result<Option<()>> {
        Ok(self.then_some(()))
    }
}

impl<T> Answer for Option<T> {
    type Value = T;
    fn settle(self) -> Result<Self> {
        Ok(self)
    }
}

impl<A: Answer, E: Into<anyhow::Error>> Answer for Result<A, E> {
    type Value = A::Value;
    fn settle(self) -> Result<Option<A::Value>> {
        self.map_err(Into::into)?.settle()
    }
}

/// Repeats a check until it yields; `pause` returns when it is worth another look.
pub async fn repeat<A: Answer>(
    what: &str,
    mut check: impl AsyncFnMut() -> A,
    mut pause: impl AsyncFnMut(),
) -> Result<A::Value> {
    let started = Instant::now();
    loop {
        // A check that hangs, on a black-holed link say, must not outlive the deadline.
        let left = DEADLINE.saturating_sub(started.elapsed());
        let last = match tokio::time::timeout(left, check()).await {
            Ok(answer) => match answer.settle() {
                Ok(Some(value)) => return Ok(value),
                Ok(None) => None,
                Err(error) => Some(error),
            },
            Err(_) => Some(anyhow::anyhow!("the check did not return")),
        };
        if started.elapsed() >= DEADLINE {
            let late = format!("not within {} s: {what}", DEADLINE.as_secs());
            return Err(
                last.map_or_else(|| anyhow::anyhow!(late.clone()), |error| error.context(late.clone()))
            );
        }
        pause().await;
    }
}

/// Waits, by a watch, until an object is as described; `None` stands for an object that does not exist. While the API
/// server is away it goes on trying.
pub async fn object<K>(
    api: Api<K>,
    name: &str,
    what: &str,
    predicate: impl Fn(Option<&K>) -> bool + Send + Sync,
) -> Result<Option<K>>
where
    K: kube::Resource + Clone + Debug + Send + DeserializeOwned + 'static,
{
    let watched = async {
        loop {
            if let Ok(found) = condition(api.clone(), name, &predicate).await {
                return found;
            }
            tokio::time::sleep(GLANCE).await;
        }
    };
    if let Ok(found) = tokio::time::timeout(DEADLINE, watched).await {
        return Ok(found);
    }
    let now = tokio::time::timeout(GLANCE * 10, api.get_opt(name)).await;
    bail!("not within {} s: {what}; {name} is {now:#?}", DEADLINE.as_secs())
}

/// `await_condition` on the heap: its future alone has 16 KiB, and would go into every future above it.
pub(crate) fn condition<'a, K>(
    api: Api<K>,
    name: &'a str,
    holds: impl Condition<K> + Send + Sync + 'a,
) -> BoxFuture<'a, Result<Option<K>>>
where
    K: kube::Resource + Clone + Debug + Send + DeserializeOwned + 'static,
{
    Box::pin(async move { await_condition(api, name, holds).await.with_context(|| format!("watch {name}")) })
}

/// Looks every few milliseconds whether something starting is ready; an error ends the wait.
pub(crate) async fn poll<T>(
    limit: Duration,
    what: &str,
    mut check: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let look = async {
        loop {
            if let Some(value) = check().await? {
                return Ok(value);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    within(limit, what, look).await
}

/// Gives something a deadline.
pub(crate) async fn within<T>(
    limit: Duration,
    what: &str,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    tokio::time::timeout(limit, work)
        .await
        .with_context(|| format!("not within {} s: {what}", limit.as_secs()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_check_may_answer_with_a_bool_an_option_or_a_result_of_either() {
        let mut looks = 0;
        let count = repeat(
            "three looks",
            async || {
                looks += 1;
                match looks {
                    1 => Err(anyhow::anyhow!("not ready to be asked")),
                    2 => Ok(None),
                    _ => Ok(Some(looks)),
                }
            },
            async || {},
        )
        .await;
        assert_eq!(count.unwrap(), 3);
        repeat("a bool", async || true, async || {}).await.unwrap();
    }

    #[tokio::test]
    async fn past_its_limit_a_wait_says_what_it_waited_for() {
        let error = within(Duration::from_millis(5), "the flood", std::future::pending::<Result<()>>()).await;
        assert_eq!(error.unwrap_err().to_string(), "not within 0 s: the flood");
    }
}
