//! One Kubernetes control plane: etcd, API server, controller manager, and a scheduler where asked.

mod access;
mod apply;
mod backup;
mod flags;
mod nodes;
mod real;

pub use backup::Snapshot;
pub use real::RealNodes;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, Result};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use kube::runtime::wait::conditions;
use kube::{Api, Client};
use serde_json::json;

use crate::addresses;
use crate::audit::{AuditLog, Mark};
use crate::issuer::Issuer;
use crate::nodes::{API_ADDRESS, Node, Switch};
use crate::pki::{Authority, service_account_keys, write_secret};
use crate::process::{Component, Spec};
use crate::tools::Tool;
use crate::wait::{condition, poll, within};

/// How long a component may take to be ready. On a quiet machine a whole control plane takes 3 s; on a loaded one ten times that.
const READY_WITHIN: Duration = Duration::from_secs(90);
/// How long an API server may take to finish its requests and end.
const STOP_WITHIN: Duration = Duration::from_secs(30);

/// Differences between control planes.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Run a scheduler. The hub has no nodes, so it needs none.
    pub scheduler: bool,
    /// More flags of the API server.
    pub apiserver_flags: Vec<String>,
    /// Nodes that run pods.
    pub real: Option<RealNodes>,
    /// Who vouches for people; where it is left out, the control plane has an issuer of its own.
    pub issuer: Option<Arc<Issuer>>,
}

/// A running control plane; dropping it kills its components, the folder stays with its owner.
#[derive(Debug)]
pub struct ControlPlane {
    name: String,
    dir: PathBuf,
    address: Ipv4Addr,
    authority: Authority,
    issuer: Arc<Issuer>,
    audit: AuditLog,
    marks: AtomicU64,
    // In the order in which they are to end: nothing loses what it depends on before it goes itself.
    nodes: Vec<Node>,
    switch: Option<Switch>,
    kwok: Mutex<Option<Component>>,
    scheduler: Option<Component>,
    controller_manager: Component,
    apiserver: Component,
    etcd: Component,
}

impl ControlPlane {
    /// Starts a control plane in a folder and waits until it is ready and has its first ServiceAccount.
    pub async fn start(name: &str, dir: &Path, options: Options) -> Result<Self> {
        Self::start_parts(name, dir, options)
            .await
            .with_context(|| format!("start the control plane {name} in {}", dir.display()))
    }

    async fn start_parts(name: &str, dir: &Path, options: Options) -> Result<Self> {
        // The product may link another crypto library; the choice must be made once, and by somebody.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        std::fs::create_dir_all(dir).context("create the folder")?;
        let address = addresses::allocate()?;
        let authority = Authority::new(name)?;
        let files = flags::Files::new(dir);
        write_pki(&files, &authority, address)?;
        let issuer = match options.issuer {
            Some(issuer) => issuer,
            None => Arc::new(Issuer::start(&dir.join("issuer"))?),
        };
        write_secret(files.authentication(), &issuer.configuration()?)?;

        let mut apiserver_flags = flags::apiserver(&files, address);
        // Nodes take as long to start as a control plane, and need it only at the end.
        let (switch, nodes) = match &options.real {
            Some(real) => {
                apiserver_flags.extend(real::prepare(&files, &authority, dir)?);
                let (switch, nodes) =
                    real.start(dir, &authority, SocketAddr::from((address, flags::APISERVER_PORT))).await?;
                (Some(switch), nodes)
            }
            None => (None, Vec::new()),
        };
        apiserver_flags.extend(options.apiserver_flags);
        let etcd = spawn(Tool::Etcd, dir, flags::etcd(&files, address)).await?;
        listening(&etcd, SocketAddr::from((address, flags::ETCD_PORT))).await?;
        let apiserver = spawn(Tool::KubeApiserver, dir, apiserver_flags).await?;
        // The rest asks once a second whether the API server is ready, so starting it earlier ends later.
        let admin = access::client(&authority, &server(address), access::ADMIN, access::MASTERS)?;
        answering(&apiserver, &admin).await?;
        nodes.iter().try_for_each(Node::go)?;
        let kubeconfig = |user: &str, groups: &[&str]| {
            access::write_kubeconfig(&authority, dir, &server(address), user, groups)
        };
        // Its own bootstrap role is for one identity per controller; in a test one for all of them is enough.
        let manager = kubeconfig("system:kube-controller-manager", &["system:masters"])?;
        let controller_manager =
            spawn(Tool::KubeControllerManager, dir, flags::controller_manager(&files, &manager)).await?;
        let scheduler = if options.scheduler {
            let kubeconfig = kubeconfig("system:kube-scheduler", &[])?;
            Some(spawn(Tool::KubeScheduler, dir, flags::scheduler(&kubeconfig)).await?)
        } else {
            None
        };

        let plane = Self {
            name: name.to_owned(),
            dir: dir.to_owned(),
            address,
            authority,
            issuer,
            audit: AuditLog::new(files.audit_log()),
            marks: AtomicU64::new(0),
            nodes,
            switch,
            kwok: Mutex::new(None),
            scheduler,
            controller_manager,
            apiserver,
            etcd,
        };
        // The controllers work once they have made this one.
        let accounts: Api<ServiceAccount> = Api::namespaced(admin, "default");
        let made = condition(accounts, "default", conditions::is_created());
        within(READY_WITHIN, "the default ServiceAccount", made)
            .await
            .with_context(|| plane.controller_manager.log_tail(20))?;
        if options.real.is_some() {
            plane.real_nodes_ready().await?;
        }
        Ok(plane)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its folder: logs, keys, kubeconfigs, the database.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its own loopback address. Ports other than those of its components are free for others that belong to it.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address.into()
    }

    /// The address and port of the API server.
    #[must_use]
    pub fn server_address(&self) -> SocketAddr {
        SocketAddr::from((self.address, flags::APISERVER_PORT))
    }

    /// Who vouches for its people.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The database.
    #[must_use]
    pub fn etcd(&self) -> &Component {
        &self.etcd
    }

    /// The API server.
    #[must_use]
    pub fn apiserver(&self) -> &Component {
        &self.apiserver
    }

    /// The controllers of Kubernetes, among them the one that enforces quotas.
    #[must_use]
    pub fn controller_manager(&self) -> &Component {
        &self.controller_manager
    }

    /// The scheduler, where there is one.
    #[must_use]
    pub fn scheduler(&self) -> Option<&Component> {
        self.scheduler.as_ref()
    }

    /// Stops the API server properly; the database stays.
    pub async fn stop_api(&self) -> Result<()> {
        self.apiserver.terminate(STOP_WITHIN).await
    }

    /// Kills the API server with -9; the database stays.
    pub fn kill_api(&self) -> Result<()> {
        self.apiserver.kill()
    }

    /// Starts the API server again on the same data and waits until it answers.
    pub async fn start_api(&self) -> Result<()> {
        self.apiserver.start()?;
        answering(&self.apiserver, &self.admin()?).await
    }

    /// The public keys of ServiceAccount tokens, PEM.
    pub fn account_public_keys(&self) -> Result<String> {
        let file = flags::Files::new(&self.dir).account_public();
        std::fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))
    }

    /// Has tokens signed with another key from now on; those that were signed before stay good. The API server starts anew.
    pub async fn change_account_key(&self) -> Result<()> {
        let files = flags::Files::new(&self.dir);
        let (private, public) = service_account_keys()?;
        write_secret(files.account_public(), &(public + &self.account_public_keys()?))?;
        write_secret(files.account_key(), &private)?;
        self.stop_api().await?;
        self.start_api().await
    }

    /// The audit log.
    #[must_use]
    pub fn audit(&self) -> &AuditLog {
        &self.audit
    }

    /// A place in the audit log that everything answered before now is before. An answer may overtake its line in the log;
    /// so this makes a request of its own and waits until it is logged.
    pub async fn audit_mark(&self) -> Result<Mark> {
        let from = self.audit.mark();
        let name = format!("audit-mark-{}", self.marks.fetch_add(1, Ordering::Relaxed));
        Api::<Namespace>::all(self.admin()?).get_opt(&name).await.context("ask for a mark")?;
        poll(READY_WITHIN, "the mark is in the audit log", async || self.audit.find(from, &name)).await
    }

    /// Puts raw bytes under a key of the database, past the API server: what a bug or a restore can leave there.
    pub async fn etcd_put_raw(&self, key: &str, bytes: &[u8]) -> Result<()> {
        let body = json!({ "key": ByteString(key.into()), "value": ByteString(bytes.into()) });
        let url = format!("http://{}:{}/v3/kv/put", self.address, flags::ETCD_PORT);
        let answer = reqwest::Client::new().post(url).json(&body).send().await.context("write to etcd")?;
        answer.error_for_status().with_context(|| format!("put {key} into etcd"))?;
        Ok(())
    }

    /// The end of every component's log, for a failed test.
    #[must_use]
    pub fn log_tails(&self, lines: usize) -> String {
        let tail =
            |part: &Component| format!("--- {} of {}\n{}\n", part.name(), self.name, part.log_tail(lines));
        [&self.apiserver, &self.controller_manager].map(tail).concat()
    }
}

fn server(address: Ipv4Addr) -> String {
    format!("https://{address}:{}", flags::APISERVER_PORT)
}

fn write_pki(files: &flags::Files, authority: &Authority, address: Ipv4Addr) -> Result<()> {
    std::fs::create_dir_all(files.pki()).context("create the folder of keys")?;
    let (private, public) = service_account_keys()?;
    // The second address is the first of the service range, by which pods reach the API server; the third that of real nodes.
    let addresses = [address, Ipv4Addr::new(10, 0, 0, 1), API_ADDRESS].map(IpAddr::from);
    let server = authority.server(&addresses, &["localhost", "kubernetes", "kubernetes.default.svc"])?;
    write_secret(files.ca(), &authority.certificate())?;
    write_secret(files.server_certificate(), &server.certificate)?;
    write_secret(files.server_key(), &server.key)?;
    write_secret(files.account_key(), &private)?;
    write_secret(files.account_public(), &public)?;
    write_secret(files.audit_policy(), flags::AUDIT_POLICY)?;
    Ok(())
}

async fn spawn(tool: Tool, dir: &Path, args: Vec<String>) -> Result<Component> {
    // Building a missing tool takes minutes, which the runtime's threads do not have.
    let program = tokio::task::spawn_blocking(move || tool.path()).await.context("find a component")??;
    let name = tool.name().to_owned();
    let log = dir.join(format!("{name}.log"));
    Component::spawn(Spec { name, program, args, env: Vec::new(), log })
}

async fn answering(apiserver: &Component, client: &Client) -> Result<()> {
    poll(READY_WITHIN, "the API server is ready", async || {
        apiserver.check_alive()?;
        let request = http::Request::get("/readyz").body(Vec::new()).context("ask /readyz")?;
        Ok(client.request_text(request).await.is_ok().then_some(()))
    })
    .await
    .with_context(|| apiserver.log_tail(20))
}

/// Waits until something listens at an address, or the component that should has ended.
pub(crate) async fn listening(component: &Component, address: SocketAddr) -> Result<()> {
    let what = format!("{} listens on {address}", component.name());
    poll(READY_WITHIN, &what, async || {
        component.check_alive()?;
        Ok(tokio::net::TcpStream::connect(address).await.ok())
    })
    .await?;
    Ok(())
}
