//! The hub of a district: a control plane, without nodes where the product runs beside it.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result};
use k8s_openapi::api::admissionregistration::v1::{MutatingWebhook, MutatingWebhookConfiguration};
use kube::{Api, Client};

use crate::clock::{Clock, VARIABLE};
use crate::control_plane::{ControlPlane, Options};
use crate::process::{Component, Spec};
use crate::product;
use crate::setup::{Charts, Setup};
use crate::wait::poll;

/// Where the product listens on the address of its control plane.
pub(crate) const PRODUCT_PORT: u16 = 8080;
/// Where it serves the admission webhook there.
const ADMISSION_PORT: u16 = 8443;
/// Measured: a few seconds, on a loaded machine too.
const READY_WITHIN: Duration = Duration::from_secs(90);
/// As long as Kubernetes leaves a pod to end.
pub(crate) const END_WITHIN: Duration = Duration::from_secs(30);

/// The hub.
#[derive(Debug)]
pub struct Hub {
    /// Whether the product runs in pods.
    installed: bool,
    product: OnceLock<Component>,
    /// What the product is told beside.
    args: OnceLock<Vec<String>>,
    plane: ControlPlane,
}

impl Hub {
    /// Starts the control plane with our kinds and rights, not yet the product.
    pub(crate) async fn start_plane(dir: &Path, setup: Setup) -> Result<Self> {
        // Without nodes there is nothing to schedule.
        let options = Options {
            scheduler: setup.real_nodes.is_some(),
            real: setup.real_nodes.clone(),
            issuer: setup.issuer.clone(),
            ..Options::default()
        };
        let plane = Box::pin(ControlPlane::start("hub", dir, options)).await?;
        setup.install(&plane, "hub").await?;
        let installed = setup.charts == Charts::WithProduct;
        Ok(Self { installed, product: OnceLock::new(), args: OnceLock::new(), plane })
    }

    /// Has the product told more, when it is started.
    pub(crate) fn tell(&self, args: Vec<String>) -> Result<()> {
        self.args.set(args).map_err(|_| anyhow::anyhow!("the product was told already"))
    }

    /// Starts the product for the first time and waits until it is ready.
    pub(crate) async fn start_product(&self) -> Result<()> {
        let component = self.spawn_replica("zhengyun-hub", 0).await?;
        let component = self.product.get_or_init(|| component);
        product_ready(component, self.listen()).await?;
        self.registered().await
    }

    /// Starts one more replica of the product beside the first, as pod `hub-<number>`, and waits until it is ready. It
    /// belongs to the caller: dropping it kills it.
    pub async fn start_replica(&self, number: u16) -> Result<Component> {
        let component = self.spawn_replica(&format!("zhengyun-hub-{number}"), number).await?;
        product_ready(&component, self.replica_listen(number)).await?;
        Ok(component)
    }

    async fn spawn_replica(&self, name: &str, number: u16) -> Result<Component> {
        let kubeconfig = self.plane.account_kubeconfig("zhengyun-system", "zhengyun-hub").await?;
        let listen = self.replica_listen(number);
        let mut args =
            ["hub", "--kubeconfig", &kubeconfig.display().to_string(), "--listen", &listen.to_string()]
                .map(str::to_owned)
                .to_vec();
        args.extend(self.args.get().cloned().unwrap_or_default());
        let admission = self.admission_listen(number);
        // Not by arguments: an earlier version that runs here for a while does not know them.
        let env = [
            ("ZHENGYUN_ADMISSION_LISTEN", admission.to_string()),
            ("ZHENGYUN_ADMISSION_URL", format!("https://{admission}/admit")),
        ];
        product_component(name, &format!("hub-{number}"), args, &env, self.plane.dir()).await
    }

    /// Waits until the API server is told where the admission webhook is and whom to trust there: the leader does that.
    async fn registered(&self) -> Result<()> {
        let api: Api<MutatingWebhookConfiguration> = Api::all(self.plane.admin()?);
        poll(READY_WITHIN, "the admission webhook is registered", async || {
            let webhooks = api.get("zhengyun").await?.webhooks.unwrap_or_default();
            let told = |webhook: &MutatingWebhook| {
                webhook.client_config.url.is_some() && webhook.client_config.ca_bundle.is_some()
            };
            Ok(webhooks.iter().all(told).then_some(()))
        })
        .await
    }

    /// Its control plane.
    #[must_use]
    pub fn plane(&self) -> &ControlPlane {
        &self.plane
    }

    /// Where the product serves its health and metrics.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.replica_listen(0)
    }

    /// Where a replica serves its health and metrics; the first is number 0.
    #[must_use]
    pub fn replica_listen(&self, number: u16) -> SocketAddr {
        SocketAddr::new(self.plane.address(), PRODUCT_PORT + number)
    }

    /// The clock of the product.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::of(self.plane.dir())
    }

    /// Where a replica serves the admission webhook.
    #[must_use]
    pub fn admission_listen(&self, number: u16) -> SocketAddr {
        SocketAddr::new(self.plane.address(), ADMISSION_PORT + number)
    }

    /// The process `zhengyun hub`.
    pub fn product(&self) -> Result<&Component> {
        self.product.get().context("the product does not run here as a process of the harness")
    }

    /// Kills the product with -9; where it is installed, its replicas are taken away. The control plane stays.
    pub fn kill(&self) -> Result<()> {
        if self.installed { self.pods().stop() } else { self.product()?.kill() }
    }

    /// Whether the product runs, or something starts it again.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.installed || self.product.get().is_some_and(Component::alive)
    }

    /// What the product has written to its log since it was started last.
    pub async fn log(&self) -> Result<String> {
        if self.installed { self.pods().logs().await } else { Ok(self.product()?.log_tail(usize::MAX)) }
    }

    /// Starts the product again and waits until it is ready.
    pub async fn start(&self) -> Result<()> {
        if self.installed {
            self.pods().start()?;
            return self.pods().rolled_out().await;
        }
        let product = self.product()?;
        product.start()?;
        product_ready(product, self.listen()).await
    }

    /// Puts another build of the product in the place of this one and waits until it is ready.
    pub async fn run_build(&self, program: &Path) -> Result<()> {
        let product = self.product()?;
        product.replace_program(program, END_WITHIN).await?;
        product_ready(product, self.listen()).await
    }

    /// Stops the product in its tracks; its connections and its lease stay.
    pub fn pause(&self) -> Result<()> {
        self.product()?.pause()
    }

    /// Lets a paused product go on.
    pub fn resume(&self) -> Result<()> {
        self.product()?.resume()
    }

    /// A client of the administrator.
    pub fn client(&self) -> Result<Client> {
        self.plane.admin()
    }

    /// Runs the real kubectl as the administrator and returns what it prints.
    pub async fn kubectl<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<String> {
        self.plane.kubectl(args).await
    }

    /// Runs a verb of `kubectl zhengyun` as the administrator and returns what it prints.
    pub async fn zhengyun<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<String> {
        product::run(&self.plane.admin_kubeconfig()?, args).await
    }
}

/// Starts a process of the product as a pod of it would be.
pub(crate) async fn product_component(
    name: &str,
    pod: &str,
    args: Vec<String>,
    env: &[(&str, String)],
    dir: &Path,
) -> Result<Component> {
    let clock = Clock::of(dir).file().display().to_string();
    let ours =
        [("RUST_LOG", "info"), ("POD_NAME", pod), ("POD_NAMESPACE", "zhengyun-system"), (VARIABLE, &clock)];
    let ours = ours.map(|(key, value)| (key, value.to_owned()));
    Component::spawn(Spec {
        name: name.to_owned(),
        program: product::binary().await?.to_owned(),
        args,
        env: ours.iter().chain(env).map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
        log: dir.join(format!("{name}.log")),
    })
}

/// Waits until a process of the product says that it is ready.
pub(crate) async fn product_ready(component: &Component, listen: SocketAddr) -> Result<()> {
    let client = reqwest::Client::new();
    let url = format!("http://{listen}/readyz");
    poll(READY_WITHIN, &format!("{} is ready", component.name()), async || {
        component.check_alive()?;
        let answer = client.get(&url).timeout(Duration::from_secs(2)).send().await;
        Ok(answer.is_ok_and(|answer| answer.status().is_success()).then_some(()))
    })
    .await
    .with_context(|| component.log_tail(30))
}
