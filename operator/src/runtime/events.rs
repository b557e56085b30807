//! What a process lacks as Events on its pod, for those who see only `kubectl describe pod`.

use std::collections::BTreeMap;

use crds::labels::SYSTEM_NAMESPACE;
use k8s_openapi::api::core::v1::ObjectReference;
use kube::Client;
use kube::runtime::events::{Event, EventType, Recorder, Reporter};
use tracing::debug;

use super::error::chain;
use super::lacks::Lacks;

/// Longest text of an event, in bytes.
const LONGEST: usize = 1024;

/// The pod that a process runs as.
#[derive(Clone, Debug)]
pub(crate) struct Pod {
    /// Its name.
    pub name: String,
    /// Its uid: without it `kubectl describe` does not show the events.
    pub uid: Option<String>,
}

/// Tells what is lacking, once each time that it begins, for ever.
pub(crate) async fn tell(lacks: &Lacks, client: Client, pod: Pod) {
    let reporter = Reporter { controller: "zhengyun".into(), instance: Some(pod.name.clone()) };
    let recorder = Recorder::new(client, reporter);
    let reference = ObjectReference {
        api_version: Some("v1".into()),
        kind: Some("Pod".into()),
        namespace: Some(SYSTEM_NAMESPACE.into()),
        name: Some(pod.name),
        uid: pod.uid,
        ..ObjectReference::default()
    };
    let mut changes = lacks.changes();
    let mut told: BTreeMap<String, u16> = BTreeMap::new();
    loop {
        let now = lacks.all();
        told.retain(|what, _| now.iter().any(|(known, _)| known == what));
        for (what, lack) in now {
            if told.insert(what, lack.code()) == Some(lack.code()) {
                continue;
            }
            let event = Event {
                type_: EventType::Warning,
                reason: lack.reason().to_owned(),
                note: Some(capped(lack.to_string())),
                action: "Run".into(),
                secondary: None,
            };
            // The log and `/readyz` say it too: where events cannot be written they do without.
            if let Err(error) = recorder.publish(&event, &reference).await {
                debug!(
                    outcome = "failed",
                    slice = "events",
                    cause = chain(&error),
                    "the event was not written"
                );
            }
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn capped(mut text: String) -> String {
    let mut end = LONGEST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_never_longer_than_the_api_server_takes() {
        assert_eq!(capped("短".into()), "短");
        let long = capped(format!("a{}", "长".repeat(1000)));
        assert!(long.len() <= LONGEST && long.ends_with('长'), "{}", long.len());
    }
}
