//! The secret store of a district: a real server with TLS and a store on disk, so that killing, sealing and unsealing it are real.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::addresses;
use crate::control_plane::{ControlPlane, listening};
use crate::pki::{Authority, write_secret};
use crate::process::{Component, Spec};
use crate::product;
use crate::proxy::Proxy;
use crate::tools::Tool;

const PORT: u16 = 8200;
const CLUSTER_PORT: u16 = 8201;
/// Where the hub comes in: the same address, for which the certificate is good.
const LINK_PORT: u16 = 8300;
/// The hub's login, role and policy.
const HUB: &str = "zhengyun-hub";
/// The audience of the hub's token.
const AUDIENCE: &str = "zhengyun-vault";
/// Longest wait for an answer.
const ANSWER: Duration = Duration::from_secs(30);

/// The secret store, and the link that the hub has to it.
#[derive(Debug)]
pub struct Vault {
    dir: PathBuf,
    address: SocketAddr,
    authority: String,
    unseal_key: String,
    root_token: String,
    link: Proxy,
    server: Component,
}

/// An answer: its status and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its body, null for none.
    pub body: Value,
}

impl Answer {
    /// The body of an answer that is well.
    pub fn well(self) -> Result<Value> {
        ensure!((200..300).contains(&self.status), "{}: {}", self.status, self.body);
        Ok(self.body)
    }
}

/// A request in the store's own audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// read, update, delete, …
    pub operation: String,
    /// What it was about.
    pub path: String,
}

impl Vault {
    /// Starts a server in a folder, makes it ready for use and lets the hub of this control plane log in.
    pub(crate) async fn start(dir: &Path, hub: &ControlPlane) -> Result<Self> {
        let store = dir.join("store");
        std::fs::create_dir_all(&store).context("create the folder")?;
        let ip = IpAddr::from(addresses::allocate()?);
        let (address, link) = (SocketAddr::new(ip, PORT), SocketAddr::new(ip, LINK_PORT));
        let authority = Authority::new("vault")?;
        let identity = authority.server(&[ip], &["localhost"])?;
        let certificate = write_secret(dir.join("server.crt"), &identity.certificate)?;
        let key = write_secret(dir.join("server.key"), &identity.key)?;
        write_secret(dir.join("ca.crt"), &authority.certificate())?;
        let config = json!({
            // What it is run on in earnest; one member that elects itself at once.
            "storage": {"raft": {"path": store, "node_id": "one", "performance_multiplier": 1}},
            "cluster_addr": format!("https://{}", SocketAddr::new(ip, CLUSTER_PORT)),
            "listener": {"tcp": {"address": address.to_string(), "tls_cert_file": certificate, "tls_key_file": key}},
            "api_addr": format!("https://{address}"),
            "disable_mlock": true,
            "ui": false,
            "log_level": "warn"
        });
        let config = write_secret(dir.join("config.json"), &config.to_string())?;
        let program =
            tokio::task::spawn_blocking(|| Tool::Vault.path()).await.context("find the secret store")??;
        let server = Component::spawn(Spec {
            name: "vault".into(),
            program,
            args: vec!["server".into(), format!("-config={}", config.display())],
            env: Vec::new(),
            log: dir.join("vault.log"),
        })?;
        listening(&server, address).await?;
        let mut vault = Self {
            dir: dir.to_owned(),
            address,
            authority: authority.certificate(),
            unseal_key: String::new(),
            root_token: String::new(),
            link: Proxy::start(link, address)?,
            server,
        };
        let init = json!({"secret_shares": 1, "secret_threshold": 1});
        let keys = vault.ask(Method::PUT, "", "sys/init", Some(init)).await?.well().context("initialize")?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        vault.unseal_key = text(&keys["keys"][0]);
        vault.root_token = text(&keys["root_token"]);
        vault.unseal().await?;
        let audit = json!({"type": "file", "options": {"file_path": vault.audit_log()}});
        vault.write("sys/audit/file", audit).await?;
        vault.welcome(hub).await?;
        Ok(vault)
    }

    /// Lets the hub log in, as the administrator of a secret store does by the README.
    async fn welcome(&self, hub: &ControlPlane) -> Result<()> {
        let file = product::workspace().join("charts/zhengyun-hub/vault/zhengyun-hub.hcl");
        let policy = std::fs::read_to_string(file).context("read the hub's policy")?;
        self.write(&format!("sys/policies/acl/{HUB}"), json!({"policy": policy})).await?;
        self.write(&format!("sys/auth/{HUB}"), json!({"type": "jwt"})).await?;
        let config = json!({"jwt_validation_pubkeys": [hub.account_public_keys()?]});
        self.write(&format!("auth/{HUB}/config"), config).await?;
        let role = json!({
            "role_type": "jwt",
            "user_claim": "sub",
            "bound_audiences": [AUDIENCE],
            "bound_subject": "system:serviceaccount:zhengyun-system:zhengyun-hub",
            "token_policies": [HUB],
            "token_ttl": "1h"
        });
        self.write(&format!("auth/{HUB}/role/{HUB}"), role).await?;
        let token = hub.account_token("zhengyun-system", "zhengyun-hub", &[AUDIENCE]).await?;
        write_secret(self.token_file(), &token)?;
        Ok(())
    }

    /// How the hub is told of it.
    pub(crate) fn hub_args(&self) -> Vec<String> {
        vec![
            format!("--vault-address=https://{}", self.link.address()),
            format!("--vault-ca-file={}", self.dir.join("ca.crt").display()),
            format!("--vault-token-file={}", self.token_file().display()),
            // What was changed there by hand is found while a test watches.
            "--vault-check-seconds=5".into(),
        ]
    }

    fn token_file(&self) -> PathBuf {
        self.dir.join("hub-token")
    }

    fn audit_log(&self) -> PathBuf {
        self.dir.join("audit.log")
    }

    /// The hub's link to it.
    #[must_use]
    pub fn link(&self) -> &Proxy {
        &self.link
    }

    /// Kills it with -9; what it stored stays.
    pub fn kill(&self) -> Result<()> {
        self.server.kill()
    }

    /// Starts it again; it is sealed then.
    pub async fn restart(&self) -> Result<()> {
        self.server.start()?;
        listening(&self.server, self.address).await
    }

    /// Seals it.
    pub async fn seal(&self) -> Result<()> {
        self.ask(Method::PUT, &self.root_token, "sys/seal", None).await?.well().context("seal").map(drop)
    }

    /// Unseals it and waits until it works.
    pub async fn unseal(&self) -> Result<()> {
        let key = json!({"key": self.unseal_key});
        self.ask(Method::PUT, "", "sys/unseal", Some(key)).await?.well().context("unseal")?;
        crate::wait::poll(ANSWER, "the secret store is active", async || {
            self.server.check_alive()?;
            Ok((self.ask(Method::GET, "", "sys/health", None).await?.status == 200).then_some(()))
        })
        .await
    }

    /// Writes something as root.
    pub async fn write(&self, path: &str, body: Value) -> Result<Value> {
        let answer = self.ask(Method::POST, &self.root_token, path, Some(body)).await?;
        answer.well().with_context(|| format!("write {path}"))
    }

    /// Deletes something as root.
    pub async fn delete(&self, path: &str) -> Result<()> {
        let answer = self.ask(Method::DELETE, &self.root_token, path, None).await?;
        answer.well().with_context(|| format!("delete {path}")).map(drop)
    }

    /// Reads something as root.
    pub async fn read(&self, path: &str) -> Result<Answer> {
        self.ask(Method::GET, &self.root_token, path, None).await
    }

    /// Reads something with a token.
    pub async fn read_with(&self, token: &str, path: &str) -> Result<Answer> {
        self.ask(Method::GET, token, path, None).await
    }

    /// Logs in as a pod does, with the JWT that is mounted into it; the token, or why there is none.
    pub async fn log_in(&self, login: &str, jwt: &str) -> Result<Result<String, String>> {
        let body = json!({"role": "workload", "jwt": jwt});
        let Answer { status, body } =
            self.ask(Method::POST, "", &format!("{login}/login"), Some(body)).await?;
        Ok(match body["auth"]["client_token"].as_str() {
            Some(token) if status == 200 => Ok(token.to_owned()),
            _ => Err(format!("{status} {}", body["errors"])),
        })
    }

    /// What the hub asked since a place in the audit log that `mark` gave.
    pub fn requests_since(&self, mark: usize) -> Result<Vec<Request>> {
        let log = std::fs::read_to_string(self.audit_log()).context("read the audit log")?;
        let lines = log.lines().skip(mark).filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let policies = |line: &Value| {
            line["auth"]["policies"]
                .as_array()
                .is_some_and(|policies| policies.iter().any(|policy| policy == HUB))
        };
        let asked = lines.filter(|line| line["type"] == "request" && policies(line));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let request = |line: Value| Request {
            operation: text(&line["request"]["operation"]),
            path: text(&line["request"]["path"]),
        };
        Ok(asked.map(request).collect())
    }

    /// A place in the audit log.
    pub fn mark(&self) -> Result<usize> {
        Ok(std::fs::read_to_string(self.audit_log()).context("read the audit log")?.lines().count())
    }

    async fn ask(&self, method: Method, token: &str, path: &str, body: Option<Value>) -> Result<Answer> {
        let authority =
            reqwest::Certificate::from_pem(self.authority.as_bytes()).context("read the authority")?;
        let client = reqwest::Client::builder()
            .tls_certs_only([authority])
            .timeout(ANSWER)
            .build()
            .context("make a client")?;
        let mut request = client.request(method, format!("https://{}/v1/{path}", self.address));
        if !token.is_empty() {
            request = request.header("X-Vault-Token", token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.with_context(|| format!("ask for {path}"))?;
        let (status, text) = (answer.status().as_u16(), answer.text().await.context("read an answer")?);
        let body = match text.as_str() {
            "" => Value::Null,
            text => match serde_json::from_str(text) {
                Ok(body) => body,
                Err(_) => bail!("{path}: {text}"),
            },
        };
        Ok(Answer { status, body })
    }
}
