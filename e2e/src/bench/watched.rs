//! Objects as a watch shows them, each with the moment it was shown.

use std::fmt::Debug;
use std::pin::pin;
use std::time::Instant;

use anyhow::{Context as _, Result};
use futures::StreamExt as _;
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Event};
use kube::{Api, Resource};
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::AbortOnDropHandle;

use crate::wait::{DEADLINE, within};

/// A watch that notes when each event came, also while nobody looks; it ends when dropped.
pub(super) struct Watched<K> {
    events: mpsc::UnboundedReceiver<(Instant, K)>,
    _task: AbortOnDropHandle<()>,
}

impl<K> Watched<K>
where
    K: Resource + Clone + Debug + DeserializeOwned + Send + 'static,
{
    /// Begins a watch and waits until everything that stands was listed.
    pub(super) async fn all(api: Api<K>) -> Result<Self> {
        Self::begin(api, watcher::Config::default()).await
    }

    /// Begins a watch of one object.
    pub(super) async fn one(api: Api<K>, name: &str) -> Result<Self> {
        Self::begin(api, watcher::Config::default().fields(&format!("metadata.name={name}"))).await
    }

    async fn begin(api: Api<K>, config: watcher::Config) -> Result<Self> {
        let (sender, events) = mpsc::unbounded_channel();
        let (listed, all_listed) = oneshot::channel();
        let task = tokio::spawn(async move {
            let mut listed = Some(listed);
            let mut stream = pin!(watcher::watcher(api, config).default_backoff());
            while let Some(event) = stream.next().await {
                let at = Instant::now();
                match event {
                    Ok(Event::Apply(object) | Event::InitApply(object)) => {
                        if sender.send((at, object)).is_err() {
                            return;
                        }
                    }
                    // Nobody waits for the lists of later watches.
                    Ok(Event::InitDone) => drop(listed.take().map(|listed| listed.send(()))),
                    Ok(Event::Init | Event::Delete(_)) => {}
                    Err(error) => eprintln!("a watch of the benchmark failed, trying again: {error}"),
                }
            }
        });
        let task = AbortOnDropHandle::new(task);
        within(DEADLINE, "everything is listed", async { all_listed.await.context("the watch has ended") })
            .await?;
        Ok(Self { events, _task: task })
    }

    /// The first event from here on that is as described, and when it came. Each event has the whole deadline: what moves
    /// is not late.
    pub(super) async fn until(
        &mut self,
        what: &str,
        mut holds: impl FnMut(&K) -> bool,
    ) -> Result<(Instant, K)> {
        loop {
            let next = async { self.events.recv().await.context("the watch has ended") };
            let (at, object) = within(DEADLINE, what, next).await?;
            if holds(&object) {
                return Ok((at, object));
            }
        }
    }
}
