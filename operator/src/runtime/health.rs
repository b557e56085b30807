//! Health and metrics over HTTP.

use std::net::SocketAddr;

use warp::Filter;
use warp::http::StatusCode;

/// Serves `/healthz`, `/readyz` and `/metrics`, for ever.
pub(crate) async fn serve(
    listen: SocketAddr,
    metrics: impl Fn() -> String + Clone + Send + Sync + 'static,
    ready: impl Fn() -> bool + Clone + Send + Sync + 'static,
) {
    let health = warp::path!("healthz").map(|| "ok\n");
    let readiness = warp::path!("readyz").map(move || {
        let (code, text) =
            if ready() { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "not yet\n") };
        warp::reply::with_status(text, code)
    });
    let counted = warp::path!("metrics").map(move || {
        let text = metrics();
        warp::reply::with_header(
            text,
            "content-type",
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        )
    });
    warp::serve(warp::get().and(health.or(readiness).or(counted))).run(listen).await;
}
