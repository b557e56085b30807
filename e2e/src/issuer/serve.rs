//! The two documents of an issuer, over TLS.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use http::{Request, Response, StatusCode, header};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::pki::Identity;

const DISCOVERY: &str = "/.well-known/openid-configuration";
pub(super) const KEYS: &str = "/keys";
/// A client that says nothing for so long is let go.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is published.
pub(super) struct Documents {
    pub(super) discovery: Value,
    pub(super) keys: Value,
}

impl Documents {
    fn answer(&self, path: &str) -> Response<String> {
        let (status, body) = match path {
            DISCOVERY => (StatusCode::OK, self.discovery.to_string()),
            KEYS => (StatusCode::OK, self.keys.to_string()),
            _ => (StatusCode::NOT_FOUND, "{}".to_owned()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
        response
    }
}

/// A socket that listens already: whoever is told its address finds it.
pub(super) struct Listening {
    socket: std::net::TcpListener,
    acceptor: TlsAcceptor,
    documents: Arc<Documents>,
}

impl Listening {
    pub(super) fn start(address: SocketAddr, identity: &Identity, documents: Documents) -> Result<Self> {
        let certificate =
            CertificateDer::from_pem_slice(identity.certificate.as_bytes()).context("the certificate")?;
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).context("the key")?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .context("versions of TLS")?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .context("use the certificate")?;
        let socket = std::net::TcpListener::bind(address)
            .with_context(|| format!("listen on {address} for the issuer"))?;
        socket.set_nonblocking(true).context("prepare the issuer's socket")?;
        Ok(Self { socket, acceptor: TlsAcceptor::from(Arc::new(config)), documents: Arc::new(documents) })
    }

    /// Answers for as long as it is polled.
    pub(super) async fn run(self) {
        let listener = match TcpListener::from_std(self.socket) {
            Ok(listener) => listener,
            Err(failed) => return eprintln!("the issuer cannot listen: {failed}"),
        };
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let (acceptor, documents) = (self.acceptor.clone(), Arc::clone(&self.documents));
                    tokio::spawn(async move {
                        // A client that goes away, or does not trust us, is nobody's fault here.
                        let _ = tokio::time::timeout(PATIENCE, answer(stream, acceptor, documents)).await;
                    });
                }
                Err(failed) => eprintln!("the issuer cannot accept: {failed}"),
            }
        }
    }
}

async fn answer(stream: TcpStream, acceptor: TlsAcceptor, documents: Arc<Documents>) -> Result<()> {
    let stream = acceptor.accept(stream).await.context("TLS")?;
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let response = documents.answer(request.uri().path());
        async move { Ok::<_, Infallible>(response) }
    });
    http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.context("HTTP")
}
