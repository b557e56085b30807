//! Health and metrics over HTTP.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crds::Message;
use crds::message::join;
use tokio::net::TcpListener;
use warp::Filter;
use warp::http::StatusCode;

use super::lacks::Lacks;

/// Between two tries to listen on a port that somebody else has.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// What is served, from the first moment of a process on: it may wait long for what it lacks.
#[derive(Clone)]
pub(crate) struct Board {
    face: Arc<RwLock<Face>>,
    lacks: Arc<Lacks>,
}

struct Face {
    metrics: Text,
    ready: Box<dyn Fn() -> bool + Send + Sync>,
}

type Text = Box<dyn Fn() -> String + Send + Sync>;

impl Board {
    /// A process that is not ready yet.
    pub(crate) fn new(metrics: impl Fn() -> String + Send + Sync + 'static, lacks: Arc<Lacks>) -> Self {
        let face = Face { metrics: Box::new(metrics), ready: Box::new(|| false) };
        Self { face: Arc::new(RwLock::new(face)), lacks }
    }

    /// From now on it is ready when `ready` says so, unless it lacks something that it cannot do without.
    pub(crate) fn show(
        &self,
        metrics: impl Fn() -> String + Send + Sync + 'static,
        ready: impl Fn() -> bool + Send + Sync + 'static,
    ) {
        let face = Face { metrics: Box::new(metrics), ready: Box::new(ready) };
        *self.face.write().unwrap_or_else(PoisonError::into_inner) = face;
    }

    fn metrics(&self) -> String {
        (self.face.read().unwrap_or_else(PoisonError::into_inner).metrics)()
    }

    fn readiness(&self) -> (StatusCode, String) {
        let ready = (self.face.read().unwrap_or_else(PoisonError::into_inner).ready)();
        let lacks = self.lacks.all();
        if ready && !lacks.iter().any(|(_, lack)| stops(lack)) {
            return (StatusCode::OK, "ok\n".into());
        }
        let why: Vec<Message> = lacks.into_iter().map(|(_, lack)| lack).collect();
        let why = if why.is_empty() { "not yet".into() } else { join(&why) };
        (StatusCode::SERVICE_UNAVAILABLE, why + "\n")
    }
}

/// Whether a process that lacks this does not do its work. One that the hub refuses does: it goes on from its memory.
fn stops(lack: &Message) -> bool {
    matches!(
        lack,
        Message::JoinAwaited { .. }
            | Message::RightMissing { .. }
            | Message::DefinitionMissing { .. }
            | Message::ObjectMissing { .. }
    )
}

/// Serves `/healthz`, `/readyz` and `/metrics`, for ever. A port that somebody else has is lacking and no end of the process.
pub(crate) async fn serve(listen: SocketAddr, board: Board) {
    let listener = loop {
        match TcpListener::bind(listen).await {
            Ok(listener) => break listener,
            Err(error) => {
                let (address, error) = (listen.to_string(), error.to_string());
                board.lacks.note("health", Some(Message::ListenFailed { address, error }));
                tokio::time::sleep(TRY_AGAIN).await;
            }
        }
    };
    board.lacks.note("health", None);
    let health = warp::path!("healthz").map(|| "ok\n");
    let asked = board.clone();
    let readiness = warp::path!("readyz").map(move || {
        let (code, text) = asked.readiness();
        warp::reply::with_status(text, code)
    });
    let counted = warp::path!("metrics").map(move || {
        let text = board.metrics();
        warp::reply::with_header(
            text,
            "content-type",
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        )
    });
    warp::serve(warp::get().and(health.or(readiness).or(counted))).incoming(listener).run().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_ready_when_it_says_so_and_lacks_nothing_that_it_needs() {
        let lacks = Arc::new(Lacks::default());
        let board = Board::new(String::new, Arc::clone(&lacks));
        assert_eq!(board.readiness(), (StatusCode::SERVICE_UNAVAILABLE, "not yet\n".into()));
        board.show(String::new, || true);
        assert_eq!(board.readiness(), (StatusCode::OK, "ok\n".into()));
        lacks.note("hub", Some(Message::CredentialRefused { site: "kaicheng".into() }));
        assert_eq!(board.readiness().0, StatusCode::OK, "it goes on from its memory");
        let lack = Message::DefinitionMissing { what: "AppliedBundle".into() };
        lacks.note("watch AppliedBundle", Some(lack.clone()));
        let (code, why) = board.readiness();
        assert!(code == StatusCode::SERVICE_UNAVAILABLE && why.contains(&lack.to_string()), "{why}");
        lacks.note("watch AppliedBundle", None);
        assert_eq!(board.readiness().0, StatusCode::OK);
    }
}
