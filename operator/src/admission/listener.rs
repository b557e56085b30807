//! The TLS listener: one question at a time per stream, of a bounded size and within a bounded time, whoever asks.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crds::Message;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use kube::core::DynamicObject;
use kube::core::admission::{AdmissionRequest, AdmissionReview};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use tracing::{debug, warn};
use warp::http::{Response, StatusCode};
use warp::{Filter, Rejection, Reply};

use crate::hub::{Context, review};
use crate::runtime::log::code_of;

/// Between two tries to listen on a port that somebody else has.
const TRY_AGAIN: Duration = Duration::from_secs(5);
/// As long as the API server waits for an answer, a client may take to ask.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest question: an object may be 1.5 MiB in etcd, and an update has two of them.
const LARGEST: u64 = 4 << 20;
/// Connections at a time. An API server needs a few; others shall not take all of this process's memory.
const CONNECTIONS: usize = 128;

/// Serves the webhook, for ever. A port that somebody else has is lacking and no end of the process.
pub(crate) async fn serve(listen: SocketAddr, context: Arc<Context>) {
    let listener = loop {
        match TcpListener::bind(listen).await {
            Ok(listener) => break listener,
            Err(error) => {
                let (address, error) = (listen.to_string(), error.to_string());
                context.lacks.note("admission", Some(Message::AdmissionListenFailed { address, error }));
                tokio::time::sleep(TRY_AGAIN).await;
            }
        }
    };
    context.lacks.note("admission", None);
    let mut tls = ServerConfig::builder()
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(&context.admission) as Arc<_>);
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        // The semaphore lives as long as this function.
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let one = converse(stream, peer, acceptor.clone(), Arc::clone(&context));
                    connections.spawn(async move {
                        one.await;
                        drop(permit);
                    });
                }
                // Out of descriptors: what is open ends some time.
                Err(error) => {
                    warn!(outcome = "failed", slice = "admission", cause = %error, "cannot accept");
                    tokio::time::sleep(TRY_AGAIN).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, peer: SocketAddr, acceptor: TlsAcceptor, context: Arc<Context>) {
    let stream = match tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            debug!(outcome = "refused", slice = "admission", %peer, cause = %error, "no TLS");
            return;
        }
        Err(_) => return,
    };
    let filter = warp::service(answers(peer, context));
    let service = tower::service_fn(move |request| {
        let filter = filter.clone();
        async move {
            let late = || warp::reply::with_status("", StatusCode::REQUEST_TIMEOUT).into_response();
            let answered = tokio::time::timeout(PATIENCE, filter.oneshot(request)).await;
            Ok::<_, Infallible>(answered.map_or_else(|_| late(), |Ok(answer)| answer))
        }
    });
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    server.http2().timer(TokioTimer::new()).max_concurrent_streams(64).keep_alive_interval(PATIENCE);
    if let Err(error) = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).await
    {
        debug!(outcome = "ended", slice = "admission", %peer, cause = %error, "connection");
    }
}

fn answers(
    peer: SocketAddr,
    context: Arc<Context>,
) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone + Send + Sync + 'static {
    warp::path!("admit")
        .and(warp::post())
        .and(warp::body::content_length_limit(LARGEST))
        .and(warp::body::bytes())
        .map(move |body: warp::hyper::body::Bytes| answer(peer, &context, &body))
        .recover(move |rejection: Rejection| async move { Ok::<_, Infallible>(refuse(peer, &rejection)) })
}

/// The answer to a question, or 400 to what is none.
fn answer(peer: SocketAddr, context: &Context, body: &[u8]) -> Response<Vec<u8>> {
    let read = || -> Result<AdmissionRequest<DynamicObject>, String> {
        let review: AdmissionReview<DynamicObject> =
            serde_json::from_slice(body).map_err(|error| error.to_string())?;
        if review.types.api_version != "admission.k8s.io/v1" || review.types.kind != "AdmissionReview" {
            return Err(format!("{} {}", review.types.api_version, review.types.kind));
        }
        review.try_into().map_err(|_| "request".to_owned())
    };
    let request = match read() {
        Ok(request) => request,
        Err(error) => return malformed(peer, StatusCode::BAD_REQUEST, error),
    };
    let answer = review::review(context, &request);
    match serde_json::to_vec(&answer.into_review()) {
        Ok(bytes) => respond(StatusCode::OK, "application/json", bytes),
        Err(error) => malformed(peer, StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

fn refuse(peer: SocketAddr, rejection: &Rejection) -> Response<Vec<u8>> {
    let status = if rejection.is_not_found() {
        StatusCode::NOT_FOUND
    } else if rejection.find::<warp::reject::PayloadTooLarge>().is_some() {
        StatusCode::PAYLOAD_TOO_LARGE
    } else if rejection.find::<warp::reject::LengthRequired>().is_some() {
        StatusCode::LENGTH_REQUIRED
    } else if rejection.find::<warp::reject::MethodNotAllowed>().is_some() {
        StatusCode::METHOD_NOT_ALLOWED
    } else {
        StatusCode::BAD_REQUEST
    };
    malformed(peer, status, status.to_string())
}

fn malformed(peer: SocketAddr, status: StatusCode, error: String) -> Response<Vec<u8>> {
    let said = Message::ReviewMalformed { error };
    warn!(outcome = "refused", slice = "admission", %peer, code = code_of(&said), cause = %said, "no question");
    respond(status, "text/plain; charset=utf-8", said.to_string().into_bytes())
}

fn respond(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", warp::http::HeaderValue::from_static(kind));
    response
}
