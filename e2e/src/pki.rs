//! Certificates and kubeconfigs: each control plane has an authority of its own, and the parts of Kubernetes are certificates it signed.

use std::io::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use k8s_openapi::ByteString;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType,
};
use serde_json::json;

/// Longer than any test or playground session, and no longer: nothing that leaks is of use tomorrow.
const LIFETIME: Duration = Duration::from_hours(24);

/// A certificate authority.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate with its key, both PEM.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The certificate.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

/// How a kubeconfig signs in.
#[derive(Debug, Clone)]
pub enum Credential {
    /// By a client certificate.
    Certificate(Identity),
    /// By a bearer token.
    Token(String),
    /// By a bearer token that somebody keeps fresh in a file.
    TokenFile(PathBuf),
}

impl Authority {
    /// Makes an authority.
    pub fn new(name: &str) -> Result<Self> {
        let mut params = params(name)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages =
            vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().context("make an authority's key")?;
        let issuer = CertifiedIssuer::self_signed(params, key).context("sign an authority")?;
        Ok(Self { issuer })
    }

    /// Its certificate, PEM.
    #[must_use]
    pub fn certificate(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for a server that is reached by these addresses and names.
    pub fn server(&self, addresses: &[IpAddr], names: &[&str]) -> Result<Identity> {
        let mut params = params("server")?;
        params.subject_alt_names = addresses.iter().copied().map(SanType::IpAddress).collect();
        for name in names {
            let name = (*name).try_into().with_context(|| format!("{name:?} as a DNS name"))?;
            params.subject_alt_names.push(SanType::DnsName(name));
        }
        self.sign(params, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A certificate for a user in groups, good for a day.
    pub fn client(&self, user: &str, groups: &[&str]) -> Result<Identity> {
        let mut params = params(user)?;
        for group in groups {
            params.distinguished_name.push(DnType::OrganizationName, *group);
        }
        self.sign(params, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn sign(&self, mut params: CertificateParams, usage: ExtendedKeyUsagePurpose) -> Result<Identity> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        let key = KeyPair::generate().context("make a key")?;
        let certificate = params.signed_by(&key, &self.issuer).context("sign a certificate")?;
        Ok(Identity { certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

fn params(common_name: &str) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new()).context("certificate parameters")?;
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, common_name);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("the clock is before 1970")?;
    let now = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(now.as_secs());
    // A server that starts in the same second must not find the certificate still in the future.
    params.not_before = now - Duration::from_mins(1);
    params.not_after = params.not_before + LIFETIME;
    Ok(params)
}

/// The key pair that signs ServiceAccount tokens, as PEM: private, public.
pub fn service_account_keys() -> Result<(String, String)> {
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).context("make a ServiceAccount key")?;
    Ok((key.serialize_pem(), key.public_key_pem()))
}

/// A kubeconfig with everything embedded. It is JSON, which every reader of YAML accepts.
pub fn kubeconfig(server: &str, authority: &str, user: &str, credential: &Credential) -> Result<String> {
    let data = |pem: &str| ByteString(pem.as_bytes().to_vec());
    let signing_in = match credential {
        Credential::Certificate(identity) => json!({
            "client-certificate-data": data(&identity.certificate),
            "client-key-data": data(&identity.key),
        }),
        Credential::Token(token) => json!({ "token": token }),
        Credential::TokenFile(path) => json!({ "tokenFile": path }),
    };
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "main", "cluster": {
            "server": server, "certificate-authority-data": data(authority),
        } }],
        "users": [{ "name": user, "user": signing_in }],
        "contexts": [{ "name": "main", "context": { "cluster": "main", "user": user } }],
        "current-context": "main",
    });
    serde_json::to_string_pretty(&config).context("write a kubeconfig")
}

/// Writes a file that only its owner can read, and says where it is.
pub fn write_secret(path: PathBuf, content: &str) -> Result<PathBuf> {
    write_private(&path, content).with_context(|| format!("write {}", path.display()))?;
    Ok(path)
}

/// Whole or not at all: another process may read the file at any moment.
fn write_private(path: &Path, content: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?; // mode 0600
    file.write_all(content.as_bytes())?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kubeconfig_carries_its_user_and_the_authority() {
        let authority = Authority::new("test").unwrap();
        let identity = authority.client("wang", &["oidc:edu-admin", "oidc:staff"]).unwrap();
        let text = kubeconfig(
            "https://127.77.1.1:6443",
            &authority.certificate(),
            "wang",
            &Credential::Certificate(identity.clone()),
        )
        .unwrap();
        let read = kube::config::Kubeconfig::from_yaml(&text).unwrap();
        let cluster = read.clusters[0].cluster.clone().unwrap();
        assert_eq!(cluster.server.as_deref(), Some("https://127.77.1.1:6443"));
        let encoded = serde_json::to_value(ByteString(authority.certificate().into_bytes())).unwrap();
        assert_eq!(cluster.certificate_authority_data.as_deref(), encoded.as_str());
        assert_eq!(read.auth_infos[0].name, "wang");
    }

    #[test]
    fn secrets_are_readable_by_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = write_secret(folder.path().join("key"), "secret").unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
