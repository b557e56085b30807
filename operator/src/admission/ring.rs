//! What the Secret `zhengyun-admission` holds, and reading and writing it.

use std::collections::BTreeMap;

use crds::labels::SYSTEM_NAMESPACE;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, PostParams};
use kube::{Client, ResourceExt as _};
use plan::serving::Lives;
use plan::stamp::Keys;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::SECRET;
use crate::runtime::error::Error;

/// Keys in the Secret.
const AUTHORITIES: &str = "authorities.json";
const SERVING: &str = "serving.json";
const SEALS: &str = "seals.json";

/// Everything that the replicas share.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Ring {
    /// Oldest first.
    pub(super) authorities: Vec<Authority>,
    pub(super) serving: Serving,
    pub(super) seals: Keys,
}

/// An authority that signs serving certificates.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Authority {
    /// Its subject.
    pub(super) name: String,
    /// PEM.
    pub(super) certificate: String,
    /// PEM.
    pub(super) key: String,
    /// Its end, in seconds since 1970.
    pub(super) until: i64,
}

/// The certificate that is served.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Serving {
    /// PEM.
    pub(super) certificate: String,
    /// PEM.
    pub(super) key: String,
    /// Its end, in seconds since 1970.
    pub(super) until: i64,
    /// What it is for.
    pub(super) names: Vec<String>,
}

impl Ring {
    /// Reads the Secret.
    pub(super) fn read(secret: &Secret) -> Result<Self, Error> {
        Ok(Self {
            authorities: part(secret, AUTHORITIES)?,
            serving: part(secret, SERVING)?,
            seals: part(secret, SEALS)?,
        })
    }

    /// Makes the Secret, if there is none.
    pub(super) async fn create(&self, client: &Client) -> Result<Secret, Error> {
        let secret = self.secret(ObjectMeta::default())?;
        let api: Api<Secret> = Api::namespaced(client.clone(), SYSTEM_NAMESPACE);
        api.create(&PostParams::default(), &secret).await.map_err(failed)
    }

    /// Writes the Secret upon the one that was read, and upon no other.
    pub(super) async fn replace(&self, client: &Client, read: &Secret) -> Result<Secret, Error> {
        let metadata = ObjectMeta { resource_version: read.resource_version(), ..ObjectMeta::default() };
        let api: Api<Secret> = Api::namespaced(client.clone(), SYSTEM_NAMESPACE);
        api.replace(SECRET, &PostParams::default(), &self.secret(metadata)?).await.map_err(failed)
    }

    fn secret(&self, metadata: ObjectMeta) -> Result<Secret, Error> {
        let data = [
            (AUTHORITIES, serde_json::to_vec(&self.authorities)),
            (SERVING, serde_json::to_vec(&self.serving)),
            (SEALS, serde_json::to_vec(&self.seals)),
        ];
        let mut written = BTreeMap::new();
        for (key, bytes) in data {
            let bytes = bytes.map_err(|source| Error::Convert { what: key.into(), source })?;
            written.insert(key.to_owned(), ByteString(bytes));
        }
        let metadata =
            ObjectMeta { name: Some(SECRET.into()), namespace: Some(SYSTEM_NAMESPACE.into()), ..metadata };
        Ok(Secret { metadata, data: Some(written), type_: Some("Opaque".into()), ..Secret::default() })
    }

    /// When what ends.
    pub(super) fn lives(&self) -> Lives {
        Lives {
            authorities: self.authorities.iter().map(|authority| authority.until).collect(),
            serving: Some((self.serving.until, self.serving.names.clone())),
        }
    }

    /// The certificates of all authorities: what the API server is told to trust.
    pub(super) fn bundle(&self) -> ByteString {
        let bundle: String =
            self.authorities.iter().map(|authority| authority.certificate.as_str()).collect();
        ByteString(bundle.into_bytes())
    }
}

fn failed(source: kube::Error) -> Error {
    Error::Apply {
        kind: "Secret".into(),
        name: format!("{SYSTEM_NAMESPACE}/{SECRET}"),
        source: Box::new(source),
    }
}

fn part<T: DeserializeOwned>(secret: &Secret, key: &str) -> Result<T, Error> {
    let nothing = ByteString::default();
    let bytes = secret.data.as_ref().and_then(|data| data.get(key)).unwrap_or(&nothing);
    // The parser may quote what stands there, which is secret.
    serde_json::from_slice(&bytes.0)
        .map_err(|_| Error::Certificate { what: format!("read {key}"), error: "JSON".into() })
}
