//! Reading a site's own API server as the person who runs a verb: the hub holds no credential of any site.

use std::path::PathBuf;

use crds::Message;
use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client};
use plan::survey::Seen;

use super::failure::unanswered;
use super::lookup::all;
use super::reach::{Connect, Connection, reach};

/// How the site's own API server is reached.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct AtSite {
    /// The kubeconfig of the site.
    #[arg(
        long,
        value_name = "FILE",
        help = "机房自身集群的 kubeconfig (kubeconfig of the site's own cluster)"
    )]
    pub(crate) site_kubeconfig: PathBuf,
    /// A context in it.
    #[arg(
        long,
        value_name = "NAME",
        help = "机房 kubeconfig 中的 context (context of the site's kubeconfig)"
    )]
    pub(crate) site_context: Option<String>,
}

impl AtSite {
    /// Reaches it.
    pub(crate) async fn reach(&self) -> Result<Connection, Message> {
        let kubeconfig = Some(self.site_kubeconfig.clone());
        reach(&Connect { kubeconfig, context: self.site_context.clone() }).await
    }
}

/// Everything that a survey looks at.
pub(crate) async fn see(client: &Client) -> Result<Seen, Message> {
    Ok(Seen {
        namespaces: all(client, "Namespace").await?,
        pods: all(client, "Pod").await?,
        services: all(client, "Service").await?,
        claims: all(client, "PersistentVolumeClaim").await?,
        policies: all(client, "NetworkPolicy").await?,
        ingresses: all(client, "Ingress").await?,
        bindings: all(client, "RoleBinding").await?,
        cluster_bindings: all(client, "ClusterRoleBinding").await?,
    })
}

/// A namespace of the site.
pub(crate) async fn namespace(client: &Client, name: &str) -> Result<Namespace, Message> {
    let found = Api::<Namespace>::all(client.clone()).get_opt(name).await;
    let found = found.map_err(|error| unanswered("Namespace", &error))?;
    found.ok_or_else(|| Message::NoNamespace { namespace: name.to_owned() })
}
