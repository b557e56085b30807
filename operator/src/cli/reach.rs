//! Reaching the hub as the person who runs the plugin.

use std::path::PathBuf;
use std::time::Duration;

use crds::Message;
use kube::Client;
use kube::config::{Cluster, Config, KubeConfigOptions, Kubeconfig};

use crate::runtime::clients::kubeconfig_error;
use crate::runtime::error::api_error;

/// Longest wait for an answer: a person sits before it.
const ANSWER: Duration = Duration::from_secs(30);

/// Which cluster a verb speaks to.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Connect {
    /// The kubeconfig file.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help = "kubeconfig 文件 (kubeconfig file; default: KUBECONFIG, ~/.kube/config)"
    )]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// A context in it.
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help = "kubeconfig 中的 context (context of the kubeconfig)"
    )]
    pub(crate) context: Option<String>,
}

/// A cluster that is reached.
pub(crate) struct Connection {
    /// The client.
    pub(crate) client: Client,
    /// The namespace of the context.
    pub(crate) namespace: String,
    /// How the cluster is addressed.
    pub(crate) cluster: Cluster,
}

/// Reads the configuration and makes a client; no request goes out yet.
pub(crate) async fn reach(connect: &Connect) -> Result<Connection, Message> {
    let failed = |error: String| Message::CannotConnect { error };
    let read = match &connect.kubeconfig {
        Some(file) => Kubeconfig::read_from(file),
        None => Kubeconfig::read(),
    };
    let (mut config, cluster) = match read {
        Ok(kubeconfig) => {
            let cluster = cluster_of(&kubeconfig, connect.context.as_deref()).cloned().unwrap_or_default();
            let options =
                KubeConfigOptions { context: connect.context.clone(), ..KubeConfigOptions::default() };
            let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
            (config.map_err(|error| failed(kubeconfig_error(&error)))?, cluster)
        }
        // Nothing was named: in a pod its own account is meant.
        Err(error) if connect.kubeconfig.is_none() && connect.context.is_none() => {
            let config = Config::incluster().map_err(|_| failed(kubeconfig_error(&error)))?;
            let file = config.root_cert_file.as_ref();
            let cluster = Cluster {
                server: Some(config.cluster_url.to_string()),
                certificate_authority: file.map(|file| file.display().to_string()),
                ..Cluster::default()
            };
            (config, cluster)
        }
        Err(error) => return Err(failed(kubeconfig_error(&error))),
    };
    config.read_timeout = Some(ANSWER);
    let namespace = config.default_namespace.clone();
    let client = Client::try_from(config).map_err(|error| failed(api_error(&error)))?;
    Ok(Connection { client, namespace, cluster })
}

/// The cluster of a context, or of the current one.
fn cluster_of<'a>(kubeconfig: &'a Kubeconfig, context: Option<&str>) -> Option<&'a Cluster> {
    let wanted = context.or(kubeconfig.current_context.as_deref())?;
    let context = kubeconfig.contexts.iter().find(|named| named.name == wanted)?.context.as_ref()?;
    kubeconfig.clusters.iter().find(|named| named.name == context.cluster)?.cluster.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "
apiVersion: v1
kind: Config
current-context: a
clusters: [{name: ca, cluster: {server: 'https://a'}}, {name: cb, cluster: {server: 'https://b'}}]
contexts: [{name: a, context: {cluster: ca, user: u}}, {name: b, context: {cluster: cb, user: u}}]
";

    #[test]
    fn a_named_context_decides_over_the_current_one() {
        let two = Kubeconfig::from_yaml(TWO).unwrap();
        let server = |context| cluster_of(&two, context).and_then(|cluster| cluster.server.as_deref());
        assert_eq!(server(None), Some("https://a"));
        assert_eq!(server(Some("b")), Some("https://b"));
        assert_eq!(server(Some("c")), None);
    }

    #[tokio::test]
    async fn a_missing_file_is_said_and_not_replaced_by_another_cluster() {
        let connect = Connect { kubeconfig: Some("/nonexistent/config".into()), context: None };
        let said = reach(&connect).await.err().unwrap();
        assert!(matches!(said, Message::CannotConnect { error } if error.contains("/nonexistent/config")));
    }
}
