//! Who vouches for people: a small OpenID Connect issuer, as the district's real one does (统一身份认证). It signs ID tokens, publishes
//! its keys over TLS, and keeps the token files that kubeconfigs name fresh. Nobody logs in by a browser here: who holds the harness
//! asks for a token by name.

mod serve;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rcgen::KeyPair;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::pki::{Authority, write_secret};
use crate::users::{PREFIX, Person};
use crate::{addresses, product};

/// Where it listens on an address of its own.
const PORT: u16 = 8443;
/// What the API servers are called in tokens, as in the file that the charts ship.
pub const AUDIENCE: &str = "zhengyun";
/// How long a token is good for.
const LIFETIME: Duration = Duration::from_mins(10);
/// How often token files are written anew. Clients read them again each minute, so none holds a token that is about to end.
const RENEWED_EVERY: Duration = Duration::from_mins(3);
const KEY_ID: &str = "1";

/// A running issuer. It has a thread and a runtime of its own, so it outlives the runtime of the test that made it; it ends when
/// dropped.
pub struct Issuer {
    address: Ipv4Addr,
    authority: Authority,
    tokens: Arc<Tokens>,
    end: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

/// What signs, and the token files that are kept fresh.
struct Tokens {
    url: String,
    key: EncodingKey,
    dir: PathBuf,
    files: Mutex<BTreeMap<Person, PathBuf>>,
}

impl Issuer {
    /// Starts an issuer that keeps its token files in a folder.
    pub fn start(dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
        let address = addresses::allocate()?;
        let authority = Authority::new("sign-in")?;
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)
            .context("make the key that signs tokens")?;
        let tokens = Arc::new(Tokens {
            url: format!("https://{address}:{PORT}"),
            key: EncodingKey::from_ec_der(key.serialized_der()),
            dir: dir.to_owned(),
            files: Mutex::new(BTreeMap::new()),
        });
        let documents = serve::Documents { discovery: tokens.discovery(), keys: tokens.keys()? };
        let identity = authority.server(&[address.into()], &[])?;
        let end = CancellationToken::new();
        let serving = serve::Listening::start(SocketAddr::from((address, PORT)), &identity, documents)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("start the issuer's runtime")?;
        let (renewed, ended) = (Arc::clone(&tokens), end.clone());
        let thread = std::thread::Builder::new()
            .name("issuer".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = ended.cancelled() => (),
                        () = serving.run() => (),
                        () = renewed.renew() => (),
                    }
                });
            })
            .context("start the issuer's thread")?;
        Ok(Self { address, authority, tokens, end, thread: Some(thread) })
    }

    /// Its own loopback address.
    #[must_use]
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// What it calls itself in tokens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.tokens.url
    }

    /// The file that tells an API server whom it vouches for: the one that the charts ship, with this issuer filled in.
    pub fn configuration(&self) -> Result<String> {
        let shipped = product::workspace().join("charts/zhengyun-hub/files/authentication.yaml");
        let text =
            std::fs::read_to_string(&shipped).with_context(|| format!("read {}", shipped.display()))?;
        let mut configuration: Value = serde_yaml::from_str(&text).context("the shipped file")?;
        let issuer = configuration.pointer_mut("/jwt/0/issuer").context("an issuer in the shipped file")?;
        issuer["url"] = json!(self.url());
        issuer["certificateAuthority"] = json!(self.authority.certificate());
        serde_json::to_string_pretty(&configuration).context("write the file")
    }

    /// What a token of a person says.
    pub fn claims(&self, person: &Person) -> Result<Value> {
        self.tokens.claims(person)
    }

    /// Signs whatever it is told to, as an issuer with a fault would.
    pub fn sign(&self, claims: &Value) -> Result<String> {
        self.tokens.sign(claims)
    }

    /// A file with a token of a person, written anew for as long as the issuer runs.
    pub fn token_file(&self, person: &Person) -> Result<PathBuf> {
        self.tokens.file(person)
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.end.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer").field("url", &self.tokens.url).finish_non_exhaustive()
    }
}

impl Tokens {
    fn discovery(&self) -> Value {
        json!({
            "issuer": self.url,
            "jwks_uri": format!("{}{}", self.url, serve::KEYS),
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        })
    }

    fn keys(&self) -> Result<Value> {
        let mut key = Jwk::from_encoding_key(&self.key, Algorithm::ES256).context("publish a key")?;
        key.common.key_id = Some(KEY_ID.to_owned());
        serde_json::to_value(JwkSet { keys: vec![key] }).context("write the keys")
    }

    fn claims(&self, person: &Person) -> Result<Value> {
        let now =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("the clock is before 1970")?;
        let plain = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
        Ok(json!({
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": plain(person.name()),
            "groups": person.groups().into_iter().map(plain).collect::<Vec<_>>(),
            "iat": now.as_secs(),
            "exp": (now + LIFETIME).as_secs(),
        }))
    }

    fn sign(&self, claims: &Value) -> Result<String> {
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &self.key).context("sign a token")
    }

    fn file(&self, person: &Person) -> Result<PathBuf> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = files.get(person) {
            return Ok(known.clone());
        }
        let path = self.dir.join(format!("{}.token", files.len()));
        self.write(person, &path)?;
        files.insert(person.clone(), path.clone());
        Ok(path)
    }

    fn write(&self, person: &Person, path: &Path) -> Result<()> {
        let token = self.sign(&self.claims(person)?)?;
        write_secret(path.to_owned(), &token)?;
        Ok(())
    }

    /// Writes all token files anew, again and again.
    async fn renew(&self) {
        loop {
            tokio::time::sleep(RENEWED_EVERY).await;
            for (person, path) in &*self.files.lock().unwrap_or_else(PoisonError::into_inner) {
                if let Err(failed) = self.write(person, path) {
                    eprintln!("{}: {failed:#}", person.name());
                }
            }
        }
    }
}
