//! Clients: one that may wait for ever on a watch, one that may not wait at all long for an answer.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use http::Request;
use http::header::{AUTHORIZATION, HeaderValue};
use kube::client::{Body, ClientBuilder};
use kube::config::{AuthInfo, KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::{Client, Config};
use tower::util::MapRequestLayer;

use super::error::chain;

/// Longest wait for an answer to a request that is not a watch.
const ANSWER: Duration = Duration::from_secs(30);

/// The two clients of one cluster.
#[derive(Clone)]
pub(crate) struct Clients {
    /// For watches: no limit on waiting for the next byte.
    pub watch: Client,
    /// For requests.
    pub request: Client,
}

impl Clients {
    /// Clients of a configuration.
    pub(crate) fn new(config: Config) -> anyhow::Result<Self> {
        Self::made_by(config, |config| Client::try_from(config).context("cannot make a client"))
    }

    /// Clients of a configuration that send this token, whatever the configuration says of credentials.
    pub(crate) fn with_bearer(mut config: Config, bearer: &Bearer) -> anyhow::Result<Self> {
        config.auth_info = AuthInfo::default();
        Self::made_by(config, |config| bearer.client(config))
    }

    fn made_by(config: Config, make: impl Fn(Config) -> anyhow::Result<Client>) -> anyhow::Result<Self> {
        let mut request = config.clone();
        request.read_timeout = Some(ANSWER);
        request.reset_reader_on_write = true;
        Ok(Self { watch: make(config)?, request: make(request)? })
    }
}

/// A bearer token in memory that clients send with each request, and that may change meanwhile. It is never in a file.
#[derive(Clone)]
pub(crate) struct Bearer(Arc<RwLock<HeaderValue>>);

impl Bearer {
    /// A token.
    pub(crate) fn new(token: &str) -> anyhow::Result<Self> {
        Ok(Self(Arc::new(RwLock::new(header(token)?))))
    }

    /// Puts another in its place.
    pub(crate) fn set(&self, token: &str) -> anyhow::Result<()> {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = header(token)?;
        Ok(())
    }

    fn client(&self, config: Config) -> anyhow::Result<Client> {
        let bearer = self.clone();
        let layer = MapRequestLayer::new(move |mut request: Request<Body>| {
            let header = bearer.0.read().unwrap_or_else(PoisonError::into_inner).clone();
            request.headers_mut().insert(AUTHORIZATION, header);
            request
        });
        let builder = ClientBuilder::try_from(config).context("cannot make a client")?;
        Ok(builder.with_layer(&layer).build())
    }
}

fn header(token: &str) -> anyhow::Result<HeaderValue> {
    // What is wrong with it is not said: it is a secret.
    let header = HeaderValue::from_str(&format!("Bearer {token}"));
    let mut header = header.map_err(|_| anyhow::anyhow!("the token is none"))?;
    header.set_sensitive(true);
    Ok(header)
}

/// The configuration in a file, or that of the pod.
pub(crate) async fn configuration(file: Option<&Path>) -> anyhow::Result<Config> {
    let Some(file) = file else {
        return Config::incluster().context("no --kubeconfig, and not in a pod");
    };
    let kubeconfig =
        Kubeconfig::read_from(file).with_context(|| format!("cannot read {}", file.display()))?;
    Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
        .await
        .with_context(|| format!("{} is not complete", file.display()))
}

/// The client that acts as somebody else.
pub(crate) fn acting_as(config: &Config, user: &str) -> anyhow::Result<Client> {
    let mut config = config.clone();
    config.auth_info.impersonate = Some(user.to_owned());
    config.read_timeout = Some(ANSWER);
    Client::try_from(config).context("cannot make a client")
}

/// What is wrong with a kubeconfig. A parser's own text may quote the file, which holds credentials.
pub(crate) fn kubeconfig_error(error: &KubeconfigError) -> String {
    match error {
        KubeconfigError::Parse(_) => "YAML".into(),
        _ => chain(error),
    }
}
