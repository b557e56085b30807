//! Clients: one that may wait for ever on a watch, one that may not wait at all long for an answer.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::{Client, Config};

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
        let mut request = config.clone();
        request.read_timeout = Some(ANSWER);
        request.reset_reader_on_write = true;
        Ok(Self {
            watch: Client::try_from(config).context("cannot make a client")?,
            request: Client::try_from(request).context("cannot make a client")?,
        })
    }
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
