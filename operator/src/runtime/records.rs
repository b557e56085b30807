//! Writing records: one chain, whoever leads, and nothing twice.

use std::sync::{Arc, PoisonError, RwLock};

use crds::{Record, RecordHead, RecordSpec};
use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::api::{Api, ListParams, ObjectMeta, PostParams};
use plan::records::{Act, NAMESPACE, head, name, next};
use tokio::sync::Mutex;
use tracing::info;

use super::clock::Clock;
use super::error::Error;
use super::metrics::Metrics;

/// How many names are read at a time.
const PAGE: u32 = 500;
/// How many of the last records are looked at for what is to be written: a crash between a record and what follows it is of the last moments.
const RECENT: usize = 64;

/// The chain as this leader knows it.
pub(crate) struct Records {
    client: Client,
    clock: Clock,
    metrics: Arc<Metrics>,
    /// The last records, nothing before they were read. Held while one is written: the next follows it.
    tail: Mutex<Option<Vec<RecordSpec>>>,
    head: RwLock<Option<RecordHead>>,
}

impl Records {
    /// A chain that was not read yet.
    pub(crate) fn new(client: Client, clock: Clock, metrics: Arc<Metrics>) -> Self {
        Self { client, clock, metrics, tail: Mutex::default(), head: RwLock::default() }
    }

    /// Where the chain ends, as far as is known.
    pub(crate) fn head(&self) -> Option<RecordHead> {
        self.head.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads where the chain ends.
    pub(crate) async fn read(&self) -> Result<(), Error> {
        let mut tail = self.tail.lock().await;
        *tail = Some(self.last().await?);
        self.keep(tail.as_deref());
        Ok(())
    }

    /// Writes down what was done, unless that was written down already. Called before what says that it was done.
    pub(crate) async fn append(&self, act: &Act) -> Result<(), Error> {
        let mut known = self.tail.lock().await;
        let mut tail = match known.take() {
            Some(tail) => tail,
            None => self.last().await?,
        };
        if tail.iter().any(|record| act.is_in(record)) {
            *known = Some(tail);
            self.keep(known.as_deref());
            return Ok(());
        }
        let record = next(tail.last().map(head).as_ref(), act, self.clock.now())
            .map_err(|source| Error::Convert { what: "a record".into(), source })?;
        let name = name(record.sequence);
        let api: Api<Record> = Api::namespaced(self.client.clone(), NAMESPACE);
        let made = api.create(&PostParams::default(), &Record::new(&name, record.clone())).await;
        // Where another wrote at this place first, nothing is known any more: it is read anew the next time.
        made.map_err(|source| Error::Apply {
            kind: "Record".into(),
            name: name.clone(),
            source: Box::new(source),
        })?;
        self.metrics.wrote("Record");
        info!(
            outcome = "applied",
            slice = "records",
            name,
            act = ?record.act,
            object = format!("{}/{}", record.namespace, record.name),
            by = record.by,
            "recorded"
        );
        tail.push(record);
        let surplus = tail.len().saturating_sub(RECENT);
        tail.drain(..surplus);
        *known = Some(tail);
        self.keep(known.as_deref());
        Ok(())
    }

    fn keep(&self, tail: Option<&[RecordSpec]>) {
        let end = tail.and_then(|tail| tail.last().map(head));
        *self.head.write().unwrap_or_else(PoisonError::into_inner) = end;
    }

    /// The last records in their order. Their names sort as their places do.
    async fn last(&self) -> Result<Vec<RecordSpec>, Error> {
        let failed = |source| Error::Read { what: "records".into(), source: Box::new(source) };
        let api: Api<Record> = Api::namespaced(self.client.clone(), NAMESPACE);
        let (mut names, mut page) = (Vec::new(), ListParams::default().limit(PAGE));
        loop {
            let part = api.list_metadata(&page).await.map_err(failed)?;
            names.extend(part.items.into_iter().filter_map(|record| record.metadata.name));
            names.drain(..names.len().saturating_sub(RECENT));
            match part.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => page = page.continue_token(&token),
                None => break,
            }
        }
        if names.is_empty() {
            self.make_namespace().await.map_err(failed)?;
        }
        let mut tail = Vec::new();
        for name in names {
            tail.push(api.get(&name).await.map_err(failed)?.spec);
        }
        Ok(tail)
    }

    /// Not of the chart: records stay when that is taken away.
    async fn make_namespace(&self) -> kube::Result<()> {
        let api: Api<Namespace> = Api::all(self.client.clone());
        if api.get_opt(NAMESPACE).await?.is_some() {
            return Ok(());
        }
        let metadata = ObjectMeta { name: Some(NAMESPACE.into()), ..ObjectMeta::default() };
        let namespace = Namespace { metadata, ..Namespace::default() };
        match api.create(&PostParams::default(), &namespace).await {
            Err(kube::Error::Api(status)) if status.code == 409 => Ok(()),
            made => made.map(drop),
        }
    }
}
