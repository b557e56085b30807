//! A site of a district: a control plane with nodes, its link to the hub, and the agent.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::{Api, Client};

use crate::clock::Clock;
use crate::control_plane::{ControlPlane, Options};
use crate::hub::{END_WITHIN, Hub, PRODUCT_PORT, product_component, product_ready};
use crate::pki::write_secret;
use crate::process::Component;
use crate::proxy::{Mode, Proxy};
use crate::setup::{Charts, Setup};
use crate::wait;

/// The links are ports of the hub's own address, for which its certificate is good.
const FIRST_LINK_PORT: u16 = 16443;

/// A site.
#[derive(Debug)]
pub struct Site {
    name: String,
    /// Whether the agent runs in pods.
    installed: bool,
    agent: OnceLock<Component>,
    link: OnceLock<Proxy>,
    plane: ControlPlane,
}

impl Site {
    /// Starts the control plane with our kinds and rights, and its nodes; not yet the link and the agent.
    pub(crate) async fn start_plane(name: &str, dir: &Path, setup: Setup) -> Result<Self> {
        let options = Options {
            scheduler: true,
            real: setup.real_nodes.clone(),
            issuer: setup.issuer.clone(),
            ..Options::default()
        };
        let plane = Box::pin(ControlPlane::start(name, dir, options)).await?;
        setup.install(&plane, "site").await?;
        if setup.fake_nodes > 0 && setup.real_nodes.is_none() {
            plane.kwok(setup.fake_nodes).await?;
        }
        let installed = setup.charts == Charts::WithProduct;
        Ok(Self { name: name.to_owned(), installed, agent: OnceLock::new(), link: OnceLock::new(), plane })
    }

    /// Lays the link to the hub, as the site of this number.
    pub(crate) fn lay_link(&self, hub: &Hub, number: usize) -> Result<()> {
        let port = FIRST_LINK_PORT + u16::try_from(number).context("number of a site")?;
        let target = hub.plane().server_address();
        let proxy = if self.installed {
            // Pods see the hub as they see their own API server, at another port: that address is in the hub's certificate too.
            Proxy::on(self.plane.switch()?.listen(FIRST_LINK_PORT)?, target)?
        } else {
            Proxy::start(SocketAddr::new(target.ip(), port), target)?
        };
        self.link.set(proxy).map_err(|_| anyhow::anyhow!("the link of {} is laid already", self.name))
    }

    /// Fetches a new join file from the hub, as the platform engineer does, once the hub knows the site.
    pub async fn fetch_join_file(&self, hub: &Hub) -> Result<()> {
        self.fetch_join_file_with(hub, &[]).await
    }

    async fn fetch_join_file_with(&self, hub: &Hub, options: &[&str]) -> Result<()> {
        let accounts: Api<ServiceAccount> = Api::namespaced(hub.client()?, &format!("site-{}", self.name));
        let what = format!("the hub has an account for the agent of {}", self.name);
        wait::object(accounts, "agent", &what, |account| account.is_some()).await?;
        let server = format!("https://{}", self.link()?.address());
        let admin = hub.plane().admin_kubeconfig()?;
        let kubeconfig = format!("--kubeconfig={}", admin.display());
        let verb = ["site", "join", &self.name, &kubeconfig, "--server", &server];
        let file = hub.zhengyun(verb.iter().chain(options)).await?;
        write_secret(self.join_file(), &file)?;
        Ok(())
    }

    /// Joins the hub: fetches a join file, starts the agent and waits until it is ready.
    pub async fn join(&self, hub: &Hub) -> Result<()> {
        self.fetch_join_file(hub).await?;
        self.run_agent_as("zhengyun-site").await
    }

    /// Joins the hub to be observed only, with the account that may write nothing else.
    pub async fn join_observed(&self, hub: &Hub) -> Result<()> {
        self.fetch_join_file_with(hub, &["--observe"]).await?;
        self.run_agent_as("zhengyun-observer").await
    }

    /// Starts the agent with an account of the site, or starts it anew with another one or with a new token of it.
    pub async fn run_agent_as(&self, account: &str) -> Result<()> {
        let own = self.agent_kubeconfig();
        let of_account = self.plane.account_kubeconfig("zhengyun-system", account).await?;
        write_secret(own.clone(), &std::fs::read_to_string(of_account).context("read a kubeconfig")?)?;
        if let Some(agent) = self.agent.get() {
            agent.kill()?;
            agent.start()?;
            return product_ready(agent, self.listen()).await;
        }
        let agent = self.spawn_replica("zhengyun-site", 0).await?;
        product_ready(self.agent.get_or_init(|| agent), self.listen()).await
    }

    /// Starts one more replica of the agent beside the first, as pod `site-<number>`, and waits until it is ready. It belongs to the
    /// caller: dropping it kills it.
    pub async fn start_replica(&self, number: u16) -> Result<Component> {
        let component = self.spawn_replica(&format!("zhengyun-site-{number}"), number).await?;
        product_ready(&component, self.replica_listen(number)).await?;
        Ok(component)
    }

    async fn spawn_replica(&self, name: &str, number: u16) -> Result<Component> {
        let (own, join) = (self.agent_kubeconfig(), self.join_file());
        let args = vec![
            "site".to_owned(),
            format!("--kubeconfig={}", own.display()),
            format!("--hub-kubeconfig={}", join.display()),
            format!("--listen={}", self.replica_listen(number)),
        ];
        product_component(name, &format!("site-{number}"), args, &[], self.plane.dir()).await
    }

    /// The clock of the agent.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::of(self.plane.dir())
    }

    fn agent_kubeconfig(&self) -> PathBuf {
        self.plane.dir().join("agent.kubeconfig")
    }

    /// The file by which the site was joined.
    #[must_use]
    pub fn join_file(&self) -> PathBuf {
        self.plane.dir().join("join.kubeconfig")
    }

    /// Its name, as in the register.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its control plane.
    #[must_use]
    pub fn plane(&self) -> &ControlPlane {
        &self.plane
    }

    /// Where the agent serves its health and metrics.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.replica_listen(0)
    }

    /// Where a replica of the agent serves its health and metrics; the first is number 0.
    #[must_use]
    pub fn replica_listen(&self, number: u16) -> SocketAddr {
        SocketAddr::new(self.plane.address(), PRODUCT_PORT + number)
    }

    /// The process `zhengyun site`.
    pub fn agent(&self) -> Result<&Component> {
        self.agent.get().context("no agent runs here as a process of the harness")
    }

    /// The link to the hub.
    pub fn link(&self) -> Result<&Proxy> {
        self.link.get().with_context(|| format!("{} has no link yet", self.name))
    }

    /// Cuts the link: connections are closed and no new ones come about.
    pub fn cut_link(&self) -> Result<()> {
        self.set_link(Mode::Cut)
    }

    /// Makes the link as good as none, whatever was done to it.
    pub fn heal_link(&self) -> Result<()> {
        self.set_link(Mode::Pass)
    }

    /// Lets everything on the link vanish while connections stay open.
    pub fn black_hole_link(&self) -> Result<()> {
        self.set_link(Mode::BlackHole)
    }

    /// Delays the link by so much each way.
    pub fn delay_link(&self, delay: Duration) -> Result<()> {
        self.set_link(Mode::Delay(delay))
    }

    /// Narrows the link to so many bytes per second each way.
    pub fn narrow_link(&self, bytes_per_second: u64) -> Result<()> {
        self.set_link(Mode::Narrow(bytes_per_second))
    }

    fn set_link(&self, mode: Mode) -> Result<()> {
        self.link()?.set(mode);
        Ok(())
    }

    /// Kills the agent with -9; where it is installed, its replicas are taken away.
    pub fn kill_agent(&self) -> Result<()> {
        if self.installed { self.pods().stop() } else { self.agent()?.kill() }
    }

    /// Starts the agent again. It is not waited for: with the link cut it may have nothing to be ready for.
    pub fn start_agent(&self) -> Result<()> {
        if self.installed { self.pods().start() } else { self.agent()?.start() }
    }

    /// Puts another build of the agent in the place of this one. As after `start_agent`, it is not waited for.
    pub async fn run_agent_of(&self, program: &Path) -> Result<()> {
        self.agent()?.replace_program(program, END_WITHIN).await
    }

    /// Waits until the agent says that it is ready.
    pub async fn agent_ready(&self) -> Result<()> {
        product_ready(self.agent()?, self.listen()).await
    }

    /// Stops the agent in its tracks; its connections stay.
    pub fn pause_agent(&self) -> Result<()> {
        self.agent()?.pause()
    }

    /// Lets a paused agent go on.
    pub fn resume_agent(&self) -> Result<()> {
        self.agent()?.resume()
    }

    /// Stops the site's API server properly.
    pub async fn stop_api(&self) -> Result<()> {
        self.plane.stop_api().await
    }

    /// Starts the site's API server again on the same data.
    pub async fn start_api(&self) -> Result<()> {
        self.plane.start_api().await
    }

    /// A client of the site's administrator.
    pub fn client(&self) -> Result<Client> {
        self.plane.admin()
    }

    /// Runs the real kubectl as the site's administrator and returns what it prints.
    pub async fn kubectl<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<String> {
        self.plane.kubectl(args).await
    }
}
