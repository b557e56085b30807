//! What an agent must have before it can begin: the join file, its own API server, the uid of its cluster. It waits for each, says
//! what it waits for, and goes on by itself.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use crds::Message;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::Api;
use kube::{Client, ResourceExt};

use super::credential::{InUse, begin};
use crate::join_file::{JoinFile, read_join_file};
use crate::runtime::error::api_error;
use crate::runtime::lacks::{Lacks, lack_in};

/// Between two looks for what is waited for: a person watches.
const LOOK_AGAIN: Duration = Duration::from_secs(3);
/// The namespace that lives as long as a cluster.
const OLDEST: &str = "kube-system";

/// What an agent begins with.
pub(super) struct Started {
    pub(super) join: JoinFile,
    pub(super) in_use: InUse,
    /// Version of the site's API server.
    pub(super) version: String,
    /// The uid of the site's cluster.
    pub(super) cluster: String,
}

/// Waits until an agent can begin.
pub(super) async fn started(join_file: &Path, local: &Client, lacks: &Lacks) -> Started {
    let version = until(lacks, "the API server", async || {
        let version = local.apiserver_version().await;
        version.map(|version| version.git_version).map_err(|error| lack("GET /version", &error))
    });
    let version = version.await;
    let namespaces: Api<Namespace> = Api::all(local.clone());
    let cluster = until(lacks, "the cluster's uid", async || {
        let oldest =
            namespaces.get(OLDEST).await.map_err(|error| lack("get namespaces kube-system", &error))?;
        oldest.uid().ok_or(Message::ObjectMissing { what: format!("Namespace {OLDEST}") })
    });
    let cluster = cluster.await;
    // Together: a file that was replaced meanwhile brings another credential.
    let (join, in_use) = until(lacks, "join", async || {
        let awaited = |error| Message::JoinAwaited { path: join_file.display().to_string(), error };
        let join = read_join_file(join_file).await.map_err(|said| match said {
            Message::BadJoinFile { error, .. } => awaited(error),
            said => said,
        })?;
        let in_use = begin(&join, local, lacks).await.map_err(|error| awaited(format!("{error:#}")))?;
        Ok((join, in_use))
    })
    .await;
    Started { join, in_use, version, cluster }
}

fn lack(what: &str, error: &kube::Error) -> Message {
    lack_in(what, error)
        .unwrap_or_else(|| Message::PassFailed { error: format!("{what}: {}", api_error(error)) })
}

/// Tries until it is there.
async fn until<T, F: Future<Output = Result<T, Message>>>(
    lacks: &Lacks,
    what: &str,
    mut take: impl FnMut() -> F,
) -> T {
    loop {
        match take().await {
            Ok(found) => {
                lacks.note(what, None);
                return found;
            }
            Err(lack) => lacks.note(what, Some(lack)),
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
