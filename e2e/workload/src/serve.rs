//! The questions, over HTTP.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use tokio::net::TcpListener;
use warp::http::Response;
use warp::http::StatusCode;
use warp::{Filter, Reply};

use crate::{files, reach};

/// The largest file that is taken.
const FILE_BYTES: u64 = 64 << 20;

#[derive(Deserialize)]
struct Dial {
    to: String,
}

#[derive(Deserialize)]
struct Resolve {
    name: String,
}

/// Serves until it cannot.
pub(crate) async fn serve(listen: SocketAddr, name: String, folder: PathBuf) -> Result<()> {
    let listener = TcpListener::bind(listen).await.with_context(|| format!("listen on {listen}"))?;
    warp::serve(routes(name, folder)).incoming(listener).run().await;
    Ok(())
}

fn routes(name: String, folder: PathBuf) -> impl Filter<Extract: Reply, Error = warp::Rejection> + Clone {
    let folder: Arc<std::path::Path> = folder.into();
    let root = warp::path::end().and(warp::get()).map(move || format!("{name}\n"));
    let read = {
        let folder = folder.clone();
        warp::path!("files" / String).and(warp::get()).then(move |name: String| {
            let folder = folder.clone();
            on_disk(move || files::read(&folder, &name), StatusCode::OK)
        })
    };
    let body = warp::body::content_length_limit(FILE_BYTES).and(warp::body::bytes());
    let write = warp::path!("files" / String).and(warp::put()).and(body).then(move |name: String, bytes| {
        let folder = folder.clone();
        let write = move || files::write(&folder, &name, AsRef::<[u8]>::as_ref(&bytes)).map(|()| Vec::new());
        on_disk(write, StatusCode::NO_CONTENT)
    });
    let dial = warp::path!("dial").and(warp::get()).and(warp::query());
    let dial = dial.then(async |question: Dial| answered(&reach::dial(&question.to).await));
    let resolve = warp::path!("resolve").and(warp::get()).and(warp::query());
    let resolve = resolve.then(async |question: Resolve| answered(&reach::resolve(&question.name).await));
    root.or(read).or(write).or(dial).or(resolve)
}

fn answered(answer: &reach::Answer) -> Response<String> {
    let code = if answer.is_good() { StatusCode::OK } else { StatusCode::BAD_GATEWAY };
    with_code(answer.text() + "\n", code)
}

async fn on_disk(
    work: impl FnOnce() -> std::io::Result<Vec<u8>> + Send + 'static,
    done: StatusCode,
) -> Response<Vec<u8>> {
    let ended = tokio::task::spawn_blocking(work).await;
    match ended.unwrap_or_else(|panicked| Err(std::io::Error::other(panicked))) {
        Ok(bytes) => with_code(bytes, done),
        Err(error) => {
            let code = match error.kind() {
                ErrorKind::NotFound => StatusCode::NOT_FOUND,
                ErrorKind::InvalidInput => StatusCode::BAD_REQUEST,
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StatusCode::FORBIDDEN,
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StatusCode::INSUFFICIENT_STORAGE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            with_code(format!("{error}\n").into_bytes(), code)
        }
    }
}

fn with_code<T>(body: T, code: StatusCode) -> Response<T> {
    let mut response = Response::new(body);
    *response.status_mut() = code;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Serves a folder and returns where.
    async fn served(folder: PathBuf) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(warp::serve(routes("here".to_owned(), folder)).incoming(listener).run());
        format!("http://{address}")
    }

    async fn asked(request: reqwest::RequestBuilder) -> (u16, String) {
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    #[tokio::test]
    async fn it_says_its_name_keeps_files_and_says_what_it_reaches() {
        let folder = tempfile::tempdir().unwrap();
        let url = served(folder.path().to_owned()).await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let get = async |path: &str| asked(client.get(format!("{url}{path}"))).await;
        assert_eq!(get("/").await, (200, "here\n".to_owned()));
        assert_eq!(get("/files/a").await.0, 404);
        assert_eq!(asked(client.put(format!("{url}/files/a")).body("text")).await, (204, String::new()));
        assert_eq!(get("/files/a").await, (200, "text".to_owned()));
        assert_eq!(get("/files/..%2Fa").await.0, 400);
        let own = url.trim_start_matches("http://");
        assert_eq!(get(&format!("/dial?to={own}")).await, (200, format!("connected {own}\n")));
        assert_eq!(get("/dial?to=127.0.0.1:1").await, (502, "refused 127.0.0.1:1\n".to_owned()));
        assert!(get("/resolve?name=localhost").await.1.starts_with("resolved "));
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_said_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let url = served(folder.path().join("none")).await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        assert_eq!(asked(client.put(format!("{url}/files/a")).body("text")).await.0, 404);
        assert!(!folder.path().join("none").exists());
    }
}
