//! Making certificates and keys.

use std::time::Duration;

use k8s_openapi::ByteString;
use plan::serving::{DATED_BACK, Due, SERVES, SIGNS, signs};
use plan::stamp::{KEY_BYTES, Key, Keys};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::ring::{Authority, Ring, Serving};
use crate::runtime::error::Error;

/// What could not be made or read, with its cause.
fn failed(what: &str) -> impl FnOnce(&dyn std::fmt::Display) -> Error + '_ {
    move |error| Error::Certificate { what: what.to_owned(), error: error.to_string() }
}

/// All that is needed, for the first time.
pub(super) fn new_ring(names: &[String], now: i64) -> Result<Ring, Error> {
    let authorities = vec![authority(now)?];
    let serving = serving(&authorities, names, now)?;
    Ok(Ring { authorities, serving, seals: Keys(vec![seal_key()]) })
}

/// What there is, with what is due; authorities that have ended are left out.
pub(super) fn renewed(ring: &Ring, due: Due, names: &[String], now: i64) -> Result<Ring, Error> {
    let mut ring = ring.clone();
    ring.authorities.retain(|authority| authority.until > now);
    if due.authority {
        ring.authorities.push(authority(now)?);
    }
    if due.serving {
        ring.serving = serving(&ring.authorities, names, now)?;
    }
    Ok(ring)
}

/// What TLS serves.
pub(super) fn certified(serving: &Serving) -> Result<CertifiedKey, Error> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(serving.certificate.as_bytes()).collect();
    let chain = chain.map_err(|error| failed("read the certificate")(&error))?;
    let key = PrivateKeyDer::from_pem_slice(serving.key.as_bytes());
    // What is wrong with it is not said: it is a secret.
    let key = key.map_err(|_| failed("read the key")(&"PEM"))?;
    let key = any_supported_type(&key).map_err(|error| failed("use the key")(&error))?;
    let certified = CertifiedKey::new(chain, key);
    certified.keys_match().map_err(|error| failed("use the certificate")(&error))?;
    Ok(certified)
}

fn seal_key() -> Key {
    let secret: [u8; KEY_BYTES] = rand::random();
    Key { id: format!("{:016x}", rand::random::<u64>()), secret: ByteString(secret.to_vec()) }
}

fn authority(now: i64) -> Result<Authority, Error> {
    let until = now + SIGNS;
    // A name of its own: two authorities stand side by side, and one is looked for by its name.
    let name = format!("zhengyun-admission {until}");
    let key = KeyPair::generate().map_err(|error| failed("make a key")(&error))?;
    let mut params = issuer(&name, now, until);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = params.self_signed(&key).map_err(|error| failed("sign an authority")(&error))?;
    Ok(Authority { name, certificate: certificate.pem(), key: key.serialize_pem(), until })
}

fn serving(authorities: &[Authority], names: &[String], now: i64) -> Result<Serving, Error> {
    let ends: Vec<i64> = authorities.iter().map(|authority| authority.until).collect();
    let of = signs(&ends, now).and_then(|place| authorities.get(place));
    let of = of.ok_or_else(|| failed("sign a certificate")(&"there is no authority"))?;
    let key_of = KeyPair::from_pem(&of.key).map_err(|_| failed("read the authority's key")(&"PEM"))?;
    let params = issuer(&of.name, now, of.until);
    let issuer = Issuer::from_params(&params, key_of);
    let until = now + SERVES;
    let mut params = CertificateParams::new(names).map_err(|error| failed("name a certificate")(&error))?;
    params.distinguished_name = subject("zhengyun-admission");
    last(&mut params, now, until);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate().map_err(|error| failed("make a key")(&error))?;
    let certificate =
        params.signed_by(&key, &issuer).map_err(|error| failed("sign a certificate")(&error))?;
    Ok(Serving { certificate: certificate.pem(), key: key.serialize_pem(), until, names: names.to_vec() })
}

fn issuer(name: &str, now: i64, until: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    last(&mut params, now, until);
    params
}

fn subject(name: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    subject
}

/// From an hour ago until then. Times are of a library that nothing else here needs, so they are not named.
fn last(params: &mut CertificateParams, now: i64, until: i64) {
    let after = |seconds: i64| {
        rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    };
    (params.not_before, params.not_after) = (after(now - DATED_BACK), after(until));
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn what_is_renewed_keeps_every_key_that_sealed_and_every_authority_that_has_not_ended() {
        let names = ["localhost".to_owned()];
        let ring = new_ring(&names, NOW).unwrap();
        assert!(certified(&ring.serving).is_ok());
        let both = renewed(&ring, Due { authority: true, serving: true }, &names, NOW + 1).unwrap();
        assert_eq!(both.seals, ring.seals);
        assert_eq!(both.authorities.len(), 2);
        assert!(both.authorities[0] == ring.authorities[0] && both.serving != ring.serving);
        let later = ring.authorities[0].until;
        let after = renewed(&both, Due::default(), &names, later).unwrap();
        assert!(after.authorities == both.authorities[1..]);
    }

    #[test]
    fn a_certificate_with_the_key_of_another_is_refused() {
        let names = ["localhost".to_owned()];
        let (one, other) = (new_ring(&names, NOW).unwrap(), new_ring(&names, NOW).unwrap());
        let mixed = Serving { key: other.serving.key, ..one.serving };
        let said = certified(&mixed).unwrap_err().to_string();
        assert!(said.starts_with("cannot use the certificate"), "{said}");
    }
}
