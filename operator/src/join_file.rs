//! The join file (接入文件): what `kubectl zhengyun site join` prints and `zhengyun site` reads. A kubeconfig whose context says
//! in an extension which site it is for and which hub it is of.

use std::path::Path;

use crds::Message;
use kube::config::{Config, Context, KubeConfigOptions, Kubeconfig};
use plan::names::{SiteName, site_namespace};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::runtime::clients::kubeconfig_error;

/// Name of the extension in the context.
const EXTENSION: &str = "zhengyun.io";
/// Longest epoch, as in `SiteReport.status.epoch`.
const EPOCH_MAX: usize = 32;

/// What the hub writes into the context beside the credentials.
#[derive(Serialize, Deserialize)]
struct Extension {
    site: String,
    epoch: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    observe: bool,
}

/// What goes into a join file.
pub(crate) struct Grant<'a> {
    /// The site it is for.
    pub(crate) site: &'a SiteName,
    /// The hub's id.
    pub(crate) epoch: &'a str,
    /// Whether the agent only reports.
    pub(crate) observe: bool,
    /// Address of the hub's API server, as the site reaches it.
    pub(crate) server: &'a str,
    /// The authorities that vouch for the server, PEM in base64; none for those of the system.
    pub(crate) authorities: Option<&'a str>,
    /// Name in the server's certificate, where it is not that of the address.
    pub(crate) tls_server_name: Option<&'a str>,
    /// The credential.
    pub(crate) token: &'a str,
}

/// Writes a join file.
pub(crate) fn write_join_file(grant: &Grant<'_>) -> Result<Kubeconfig, serde_json::Error> {
    let Grant { site, epoch, observe, .. } = *grant;
    let extension = Extension { site: site.to_string(), epoch: epoch.to_owned(), observe };
    let mut cluster = json!({"server": grant.server});
    if let Some(authorities) = grant.authorities {
        cluster["certificate-authority-data"] = authorities.into();
    }
    if let Some(name) = grant.tls_server_name {
        cluster["tls-server-name"] = name.into();
    }
    let context = json!({
        "cluster": "hub",
        "user": "agent",
        "namespace": site_namespace(grant.site),
        "extensions": [{"name": EXTENSION, "extension": extension}],
    });
    // From JSON because the type of a kubeconfig's token is of a crate that we do not have.
    serde_json::from_value(json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "hub", "cluster": cluster}],
        "users": [{"name": "agent", "user": {"token": grant.token}}],
        "contexts": [{"name": "hub", "context": context}],
        "current-context": "hub",
    }))
}

/// A join file that was read.
#[derive(Clone, Debug)]
pub(crate) struct JoinFile {
    /// The site that the credential is of.
    pub(crate) site: SiteName,
    /// The id of the hub that gave it.
    pub(crate) epoch: String,
    /// Whether the agent only reports.
    pub(crate) observe: bool,
    /// How the hub is reached.
    pub(crate) config: Config,
}

/// Reads a join file.
pub(crate) async fn read_join_file(path: &Path) -> Result<JoinFile, Message> {
    let refused = |error: String| Message::BadJoinFile { path: path.display().to_string(), error };
    let kubeconfig = Kubeconfig::read_from(path).map_err(|error| refused(kubeconfig_error(&error)))?;
    let (site, epoch, observe) = check(current_context(&kubeconfig)).map_err(refused)?;
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
    let config = config.map_err(|error| refused(kubeconfig_error(&error)))?;
    Ok(JoinFile { site, epoch, observe, config })
}

fn current_context(kubeconfig: &Kubeconfig) -> Option<&Context> {
    let current = kubeconfig.current_context.as_ref()?;
    kubeconfig.contexts.iter().find(|named| named.name == *current)?.context.as_ref()
}

/// Field and value of what is wrong, which needs no translation.
fn check(context: Option<&Context>) -> Result<(SiteName, String, bool), String> {
    let context = context.ok_or("current-context: -")?;
    let mut extensions = context.extensions.iter().flatten();
    let extension = extensions.find(|named| named.name == EXTENSION).ok_or("extensions[zhengyun.io]: -")?;
    let Extension { site, epoch, observe } = serde_json::from_value(extension.extension.clone())
        .map_err(|error| format!("extensions[zhengyun.io]: {error}"))?;
    let site = SiteName::parse(&site).map_err(|error| format!("extensions[zhengyun.io].site: {error}"))?;
    if !is_epoch(&epoch) {
        return Err(format!("extensions[zhengyun.io].epoch: {epoch:?}"));
    }
    let namespace = site_namespace(&site);
    if context.namespace.as_deref() != Some(namespace.as_str()) {
        let found = context.namespace.as_deref().unwrap_or("-");
        return Err(format!("context.namespace: {found:?} != {namespace:?}"));
    }
    Ok((site, epoch, observe))
}

/// Whether a text can be a hub's id.
pub(crate) fn is_epoch(text: &str) -> bool {
    (1..=EPOCH_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A file of this test's own that goes with it.
    struct File(std::path::PathBuf);

    impl File {
        fn of(text: &str) -> Self {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let name =
                format!("zhengyun-join-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            let path = std::env::temp_dir().join(name);
            std::fs::write(&path, text).unwrap();
            Self(path)
        }
    }

    impl Drop for File {
        fn drop(&mut self) {
            std::fs::remove_file(&self.0).ok();
        }
    }

    fn written() -> String {
        let site = SiteName::parse("kaicheng").unwrap();
        let grant = Grant {
            site: &site,
            epoch: "0123456789abcdef0123456789abcdef",
            observe: true,
            server: "https://hub.example:6443",
            authorities: None,
            tls_server_name: Some("hub"),
            token: "secret-token",
        };
        serde_yaml::to_string(&write_join_file(&grant).unwrap()).unwrap()
    }

    async fn refusal(text: &str) -> String {
        let file = File::of(text);
        match read_join_file(&file.0).await {
            Err(Message::BadJoinFile { path, error }) => {
                assert_eq!(path, file.0.display().to_string());
                error
            }
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn what_was_written_is_read_back() {
        let file = File::of(&written());
        let read = read_join_file(&file.0).await.unwrap();
        assert_eq!(read.site.as_str(), "kaicheng");
        assert_eq!(read.epoch, "0123456789abcdef0123456789abcdef");
        assert!(read.observe);
        let act = File::of(&written().replace("observe: true", "observe: false"));
        assert!(!read_join_file(&act.0).await.unwrap().observe);
        assert_eq!(read.config.default_namespace.as_str(), "site-kaicheng");
        assert_eq!(read.config.cluster_url.to_string(), "https://hub.example:6443/");
        assert_eq!(read.config.tls_server_name.as_deref(), Some("hub"));
        assert!(read.config.auth_info.token.is_some());
    }

    #[tokio::test]
    async fn a_kubeconfig_that_nobody_joined_with_is_refused() {
        let plain = written().replace("name: zhengyun.io", "name: other.io");
        assert_eq!(refusal(&plain).await, "extensions[zhengyun.io]: -");
        assert_eq!(refusal("apiVersion: v1\nkind: Config\n").await, "current-context: -");
    }

    #[tokio::test]
    async fn a_wrong_site_epoch_or_namespace_is_refused() {
        let site = written().replace("site: kaicheng", "site: Kai_cheng");
        assert!(refusal(&site).await.starts_with("extensions[zhengyun.io].site: \"Kai_cheng\""));
        let epoch = written().replace("0123456789abcdef0123456789abcdef", "'../x'");
        assert_eq!(refusal(&epoch).await, "extensions[zhengyun.io].epoch: \"../x\"");
        let namespace = written().replace("namespace: site-kaicheng", "namespace: site-other");
        assert_eq!(refusal(&namespace).await, "context.namespace: \"site-other\" != \"site-kaicheng\"");
    }

    #[tokio::test]
    async fn an_unreadable_file_is_refused_without_quoting_its_credentials() {
        let broken = refusal("users: [{user: {token: secret-token}\n- :").await;
        assert!(!broken.contains("secret-token"), "{broken}");
        let missing = read_join_file(Path::new("/nonexistent/join")).await.unwrap_err();
        assert!(matches!(missing, Message::BadJoinFile { error, .. } if error.contains("/nonexistent/join")));
    }

    #[test]
    fn an_epoch_is_short_and_plain() {
        assert!(is_epoch("0123456789abcdef0123456789abcdef"));
        for wrong in ["", "a b", "0123456789abcdef0123456789abcdef0", "x\n"] {
            assert!(!is_epoch(wrong), "{wrong:?}");
        }
    }
}
