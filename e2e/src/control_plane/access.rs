//! Ways into a control plane: kubeconfigs, clients, tokens, and the real kubectl.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use futures::FutureExt as _;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::api::PostParams;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config};

use super::{ControlPlane, server};
use crate::pki::{Authority, Credential, kubeconfig, write_secret};
use crate::tools::Tool;
use crate::users::Person;

pub(super) const ADMIN: &str = "admin";
pub(super) const MASTERS: &[&str] = &["system:masters"];
/// As long as the certificates.
const TOKEN_SECONDS: i64 = 24 * 60 * 60;

impl ControlPlane {
    /// Writes a kubeconfig for a user in groups, by client certificate, and says where it is: for parts of Kubernetes, for the
    /// administrator's way in when nothing else works, and for tests of who is nobody's user. People have tokens: `kubeconfig_of`.
    pub fn kubeconfig(&self, user: &str, groups: &[&str]) -> Result<PathBuf> {
        write_kubeconfig(&self.authority, &self.dir, &server(self.address), user, groups)
    }

    /// Writes a kubeconfig for the administrator, whom nothing is denied.
    pub fn admin_kubeconfig(&self) -> Result<PathBuf> {
        self.kubeconfig(ADMIN, MASTERS)
    }

    /// Writes a kubeconfig with a token of a ServiceAccount, as a pod of it would have, good for a day.
    pub async fn account_kubeconfig(&self, namespace: &str, account: &str) -> Result<PathBuf> {
        let token = self.account_token(namespace, account, &[]).await?;
        let user = format!("{namespace}-{account}");
        let text = kubeconfig(
            &server(self.address),
            &self.authority.certificate(),
            &user,
            &Credential::Token(token),
        )?;
        write_secret(kubeconfig_path(&self.dir, &user), &text)
    }

    /// A token of a ServiceAccount for these audiences, as a pod of it may have one mounted, good for a day; for the API server
    /// when none is named.
    pub async fn account_token(&self, namespace: &str, account: &str, audiences: &[&str]) -> Result<String> {
        let request = TokenRequest {
            spec: Some(TokenRequestSpec {
                audiences: (!audiences.is_empty())
                    .then(|| audiences.iter().map(|audience| (*audience).to_owned()).collect()),
                expiration_seconds: Some(TOKEN_SECONDS),
                ..TokenRequestSpec::default()
            }),
            ..TokenRequest::default()
        };
        Api::<ServiceAccount>::namespaced(self.admin()?, namespace)
            .create_token_request(account, &PostParams::default(), &request)
            .await
            .with_context(|| format!("ask for a token of {namespace}/{account}"))?
            .status
            .and_then(|status| status.token)
            .context("a token request without a token")
    }

    /// A client of the administrator. A new one each time: a client is bound to the runtime of the test that made it.
    pub fn admin(&self) -> Result<Client> {
        self.client(ADMIN, MASTERS)
    }

    /// A client of a user in groups, by client certificate. People have tokens: `client_of`.
    pub fn client(&self, user: &str, groups: &[&str]) -> Result<Client> {
        client(&self.authority, &server(self.address), user, groups)
    }

    /// A client with a token, whoever signed it and whatever it says.
    pub fn client_with_token(&self, token: &str) -> Result<Client> {
        client_from(&self.kubeconfig_with("token", &Credential::Token(token.to_owned()))?)
    }

    /// The kubeconfig of a person, who signs in by a token that the issuer keeps fresh in a file.
    fn person_kubeconfig(&self, person: &Person) -> Result<String> {
        let file = self.issuer.token_file(person)?;
        self.kubeconfig_with(person.name(), &Credential::TokenFile(file))
    }

    fn kubeconfig_with(&self, user: &str, credential: &Credential) -> Result<String> {
        kubeconfig(&server(self.address), &self.authority.certificate(), user, credential)
    }

    /// Writes a kubeconfig for a person and says where it is. There is no long-lived certificate in it.
    pub fn kubeconfig_of(&self, person: &Person) -> Result<PathBuf> {
        write_secret(kubeconfig_path(&self.dir, person.name()), &self.person_kubeconfig(person)?)
    }

    /// A client of a person.
    pub fn client_of(&self, person: &Person) -> Result<Client> {
        client_from(&self.person_kubeconfig(person)?)
    }

    /// Runs the real kubectl as a person.
    pub async fn kubectl_of<S: AsRef<OsStr>>(
        &self,
        person: &Person,
        args: impl IntoIterator<Item = S>,
    ) -> Result<String> {
        self.kubectl_with(&self.kubeconfig_of(person)?, args).await
    }

    /// Runs the real kubectl as the administrator and returns what it prints.
    pub async fn kubectl<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<String> {
        self.kubectl_with(&self.admin_kubeconfig()?, args).await
    }

    /// Runs the real kubectl with a kubeconfig and returns what it prints; what it says when it fails is the error.
    pub async fn kubectl_with<S: AsRef<OsStr>>(
        &self,
        kubeconfig: &Path,
        args: impl IntoIterator<Item = S>,
    ) -> Result<String> {
        let program =
            tokio::task::spawn_blocking(|| Tool::Kubectl.path()).await.context("find kubectl")??;
        let mut command = tokio::process::Command::new(program);
        command
            .args(args)
            .env("KUBECONFIG", kubeconfig)
            // Its memory of what an API server serves is keyed by address, and ours come back with other content.
            .env("KUBECACHEDIR", self.dir.join("kubectl-cache"))
            .env("KUBERC", "off")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let shown = format!("{:?}", command.as_std().get_args().collect::<Vec<_>>());
        let output = command.output().await.context("run kubectl")?;
        if !output.status.success() {
            bail!("kubectl {shown} on {}: {}", self.name, String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

pub(super) fn client(authority: &Authority, server: &str, user: &str, groups: &[&str]) -> Result<Client> {
    let identity = authority.client(user, groups)?;
    let text = kubeconfig(server, &authority.certificate(), user, &Credential::Certificate(identity))?;
    client_from(&text)
}

/// A client from a kubeconfig.
fn client_from(text: &str) -> Result<Client> {
    let parsed = Kubeconfig::from_yaml(text).context("read a kubeconfig")?;
    // Everything is embedded or in a file, so nothing in it waits.
    let config = Config::from_custom_kubeconfig(parsed, &KubeConfigOptions::default())
        .now_or_never()
        .context("a kubeconfig that waits")?
        .context("use a kubeconfig")?;
    Client::try_from(config).context("make a client")
}

pub(super) fn write_kubeconfig(
    authority: &Authority,
    dir: &Path,
    server: &str,
    user: &str,
    groups: &[&str],
) -> Result<PathBuf> {
    let identity = authority.client(user, groups)?;
    let text = kubeconfig(server, &authority.certificate(), user, &Credential::Certificate(identity))?;
    write_secret(kubeconfig_path(dir, user), &text)
}

fn kubeconfig_path(dir: &Path, user: &str) -> PathBuf {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    dir.join(format!("{}.kubeconfig", user.chars().map(safe).collect::<String>()))
}
