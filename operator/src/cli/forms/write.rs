//! Writing a form, all or nothing: what was written before a row that is refused is taken back, in reverse, by what it is and not
//! by its name.

use crds::{Lang, Message};
use kube::Client;
use kube::api::{Api, DeleteParams, DynamicObject, Patch, PatchParams, PostParams, Preconditions};
use kube::core::ApiResource;
use plan::form::{Action, Line};
use serde_json::Value;

use super::super::failure::sentence;
use super::dry_run::{api, new, patch, refusal};
use crate::runtime::error::api_error;

/// How often something is looked at again that the hub's status reports changed in between.
const AGAIN: usize = 5;

/// Where a form is written to, and for whom it is told.
struct Hub<'a> {
    client: &'a Client,
    resource: &'a ApiResource,
    lang: Lang,
}

impl Hub<'_> {
    /// The objects that a row is one of.
    fn api(&self, line: &Line) -> Api<DynamicObject> {
        api(self.client, self.resource, line.namespace.as_deref())
    }

    fn said(&self, error: &kube::Error) -> String {
        match error {
            kube::Error::Api(status) => refusal(&status.message, self.lang),
            _ => api_error(error),
        }
    }

    fn changed_since(&self) -> String {
        sentence(&Message::ChangedSince {}, self.lang)
    }
}

/// A row that was written, or may have been.
struct Written<'a> {
    line: &'a Line,
    /// Which object, and its content; nothing when no answer came.
    seen: Option<(String, i64)>,
}

/// Why a form was not written.
#[derive(Debug)]
pub(super) struct Failed {
    line: usize,
    error: String,
    undone: usize,
    /// Rows that could not be taken back.
    pub(super) stays: Vec<Stays>,
    /// Names of objects that stood for a moment.
    pub(super) unmade: Vec<String>,
    /// What stays of them.
    pub(super) left_behind: Vec<String>,
}

/// A row that could not be taken back.
#[derive(Debug)]
pub(super) struct Stays {
    line: usize,
    name: String,
    error: String,
}

impl Failed {
    /// What is said of it.
    pub(super) fn said(&self) -> Vec<Message> {
        let (line, error) = (self.line.to_string(), self.error.clone());
        let mut said = vec![if self.stays.is_empty() {
            Message::FormUndone { line, error, count: self.undone.to_string() }
        } else {
            Message::FormHalfUndone { line, error }
        }];
        said.extend(self.stays.iter().map(|stays| Message::RowStays {
            line: stays.line.to_string(),
            name: stays.name.clone(),
            error: stays.error.clone(),
        }));
        if !self.left_behind.is_empty() {
            said.push(Message::NamespacesStay { namespaces: self.left_behind.join(", ") });
        }
        said
    }
}

/// Writes every row, or none.
pub(super) async fn write(
    client: &Client,
    resource: &ApiResource,
    lines: &[Line],
    lang: Lang,
) -> Result<(), Failed> {
    let hub = Hub { client, resource, lang };
    // Whoever stops it in the middle gets the register back as it was.
    let stop = tokio::spawn(tokio::signal::ctrl_c());
    let mut written: Vec<Written<'_>> = Vec::new();
    for line in lines.iter().filter(|line| line.action != Action::Same) {
        if stop.is_finished() {
            return Err(undo(&hub, line, sentence(&Message::Interrupted {}, lang), written).await);
        }
        match put(&hub, line).await {
            Ok(object) => written.push(Written { line, seen: Some(which(&object)) }),
            Err(error) => {
                // No answer is no refusal: it may have been written all the same.
                if !matches!(error, kube::Error::Api(_)) {
                    written.push(Written { line, seen: None });
                }
                return Err(undo(&hub, line, hub.said(&error), written).await);
            }
        }
    }
    stop.abort();
    Ok(())
}

fn which(object: &DynamicObject) -> (String, i64) {
    let metadata = &object.metadata;
    (metadata.uid.clone().unwrap_or_default(), metadata.generation.unwrap_or_default())
}

async fn put(hub: &Hub<'_>, line: &Line) -> kube::Result<DynamicObject> {
    let api = hub.api(line);
    let Action::Change(change) = &line.action else {
        return api.create(&PostParams::default(), &new(hub.resource, line)).await;
    };
    let mut version = change.version.clone();
    for _ in 0..AGAIN {
        let patch = patch(change, &version, &change.patch);
        match api.patch(&line.name, &PatchParams::default(), &Patch::Merge(patch)).await {
            Err(kube::Error::Api(status)) if status.is_conflict() => {}
            answer => return answer,
        }
        // The hub writes what it finds into the status; only a change of the content is a reason to stop.
        let now = api.get(&line.name).await?;
        if which(&now) != (change.uid.clone(), change.generation) {
            break;
        }
        version = now.metadata.resource_version.unwrap_or_default();
    }
    let patch = patch(change, &version, &change.patch);
    api.patch(&line.name, &PatchParams::default(), &Patch::Merge(patch)).await
}

async fn undo(hub: &Hub<'_>, at: &Line, error: String, written: Vec<Written<'_>>) -> Failed {
    let mut failed = Failed {
        line: at.line,
        error,
        undone: 0,
        stays: Vec::new(),
        unmade: Vec::new(),
        left_behind: Vec::new(),
    };
    for written in written.iter().rev() {
        let line = written.line;
        match take_back(hub, written).await {
            Ok(()) => {
                failed.undone += usize::from(written.seen.is_some());
                if line.action == Action::Create {
                    failed.unmade.push(line.name.clone());
                }
            }
            Err(error) => {
                failed.stays.push(Stays { line: line.line, name: line.name.clone(), error });
            }
        }
    }
    failed.unmade.sort();
    failed
}

async fn take_back(hub: &Hub<'_>, written: &Written<'_>) -> Result<(), String> {
    let line = written.line;
    let api = hub.api(line);
    let said = |error: kube::Error| hub.said(&error);
    for _ in 0..AGAIN {
        let Some(now) = api.get_opt(&line.name).await.map_err(said)? else { return Ok(()) };
        match still(written, &now) {
            Still::Ours => {}
            Still::Gone => return Ok(()),
            Still::Changed => return Err(hub.changed_since()),
        }
        let version = now.metadata.resource_version.clone().unwrap_or_default();
        let answer = if let Action::Change(change) = &line.action {
            let patch = patch(change, &version, &change.back);
            api.patch(&line.name, &PatchParams::default(), &Patch::Merge(patch)).await.map(|_| ())
        } else {
            let preconditions =
                Preconditions { uid: now.metadata.uid.clone(), resource_version: Some(version) };
            let params = DeleteParams::default().preconditions(preconditions);
            api.delete(&line.name, &params).await.map(|_| ())
        };
        match answer {
            Err(kube::Error::Api(status)) if status.is_conflict() => {}
            answer => return answer.map_err(said),
        }
    }
    Err(hub.changed_since())
}

/// What became of an object since it was written.
enum Still {
    /// It is as it was written.
    Ours,
    /// It is not there any more, or never was.
    Gone,
    /// Somebody else changed its content.
    Changed,
}

fn still(written: &Written<'_>, now: &DynamicObject) -> Still {
    let (uid, generation) = which(now);
    let same_content = || now.data.get("spec").is_some_and(|spec| covers(spec, &written.line.spec));
    let Some((seen, content)) = &written.seen else {
        // No answer came: what was not written has another content.
        return match &written.line.action {
            Action::Change(change) if uid != change.uid || generation == change.generation => Still::Gone,
            _ if same_content() => Still::Ours,
            Action::Change(_) => Still::Changed,
            _ => Still::Gone,
        };
    };
    match (*seen == uid, *content == generation) {
        (true, true) => Still::Ours,
        (true, false) => Still::Changed,
        (false, _) => Still::Gone,
    }
}

/// Whether a spec has everything that was written; the API server adds defaults.
fn covers(spec: &Value, written: &Value) -> bool {
    match (spec, written) {
        (Value::Object(spec), Value::Object(written)) => {
            written.iter().all(|(key, value)| spec.get(key).is_some_and(|spec| covers(spec, value)))
        }
        _ => spec == written,
    }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
