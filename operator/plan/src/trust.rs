//! With which keys a site is believed to sign the tokens of its ServiceAccounts.
//!
//! | believed | the site says | a person accepted | believed then |
//! |---|---|---|---|
//! | nothing | anything | | what it says: it has just joined |
//! | anything | the same, or nothing | | the same |
//! | anything | something else | last of all, exactly this | what it says |
//! | anything | something else | nothing, or something else | the same; it waits for a person |

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crds::{Decision, Ruling, TokenIssuer};
use pem::{EncodeConfig, LineEnding, Pem, encode_config};
use serde_json::Value;
use yasna::construct_der;
use yasna::models::ObjectIdentifier;

use crate::canonical;

/// The condition that says whether the keys that a site signs with are those that are believed.
pub const KEYS_TRUSTED: &str = "KeysTrusted";
/// How many keys are taken of a set: the schema takes no more.
const MOST_KEYS: usize = 8;

/// The public keys of a JWK set (RFC 7517) as PEM, sorted; a key of a kind that nobody signs such tokens with is left out.
#[must_use]
pub fn keys(set: &Value) -> Vec<String> {
    let keys = set.get("keys").and_then(Value::as_array);
    let mut keys: Vec<String> = keys.into_iter().flatten().filter_map(public_key).collect();
    keys.sort();
    keys.dedup();
    keys.truncate(MOST_KEYS);
    keys
}

fn public_key(key: &Value) -> Option<String> {
    let text = |field: &str| key.get(field).and_then(Value::as_str);
    let bytes = |field: &str| URL_SAFE_NO_PAD.decode(text(field)?).ok();
    let der = match text("kty")? {
        "RSA" => {
            let (modulus, exponent) = (bytes("n")?, bytes("e")?);
            let numbers = construct_der(|der| {
                der.write_sequence(|sequence| {
                    sequence.next().write_bigint_bytes(&modulus, true);
                    sequence.next().write_bigint_bytes(&exponent, true);
                });
            });
            key_info(&[1, 2, 840, 113_549, 1, 1, 1], None, &numbers)
        }
        "EC" => {
            let (curve, size): (&[u64], usize) = match text("crv")? {
                "P-256" => (&[1, 2, 840, 10_045, 3, 1, 7], 32),
                "P-384" => (&[1, 3, 132, 0, 34], 48),
                _ => return None,
            };
            let (x, y) = (bytes("x")?, bytes("y")?);
            if (x.len(), y.len()) != (size, size) {
                return None;
            }
            // Uncompressed, as every reader takes it (SEC 1, 2.3.3).
            let point = [[4].as_slice(), &x, &y].concat();
            let curve = ObjectIdentifier::from_slice(curve);
            key_info(&[1, 2, 840, 10_045, 2, 1], Some(&curve), &point)
        }
        _ => return None,
    };
    let pem =
        encode_config(&Pem::new("PUBLIC KEY", der), EncodeConfig::new().set_line_ending(LineEnding::LF));
    // The secret store gives it back without the last end of line: what is compared must not have it.
    Some(pem.trim_end().to_owned())
}

/// A `SubjectPublicKeyInfo` (RFC 5280): an algorithm, its curve where it has any, and the key.
fn key_info(algorithm: &[u64], curve: Option<&ObjectIdentifier>, key: &[u8]) -> Vec<u8> {
    construct_der(|der| {
        der.write_sequence(|sequence| {
            sequence.next().write_sequence(|sequence| {
                sequence.next().write_oid(&ObjectIdentifier::from_slice(algorithm));
                match curve {
                    Some(curve) => sequence.next().write_oid(curve),
                    None => sequence.next().write_null(),
                }
            });
            sequence.next().write_bitvec_bytes(key, key.len() * 8);
        });
    })
}

/// What people compare: a digest over the issuer and all its keys.
#[must_use]
pub fn fingerprint(issuer: &TokenIssuer) -> String {
    canonical::digest(issuer).unwrap_or_default()
}

/// Who is believed from now on, after what was believed before, what the site says, and what persons accepted.
#[must_use]
pub fn believed(
    before: Option<&TokenIssuer>,
    said: Option<&TokenIssuer>,
    rulings: &[&Ruling],
) -> Option<TokenIssuer> {
    let (Some(before), Some(said)) = (before, said) else { return before.or(said).cloned() };
    let accepted = accepted(rulings).is_some_and(|accepted| accepted == fingerprint(said));
    Some(if accepted { said.clone() } else { before.clone() })
}

/// The fingerprint that was accepted last: keys that were replaced are not believed again by an old ruling.
#[must_use]
pub fn accepted<'a>(rulings: &[&'a Ruling]) -> Option<&'a str> {
    let rulings = rulings.iter().filter(|ruling| ruling.spec.decision == Decision::TrustKeys);
    let last = rulings.max_by_key(|ruling| {
        (ruling.metadata.creation_timestamp.as_ref().map(|at| at.0), &ruling.metadata.name)
    });
    last.and_then(|ruling| ruling.spec.fingerprint.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crds::RulingSpec;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use k8s_openapi::jiff::Timestamp;
    use serde_json::json;

    fn issuer(key: &str) -> TokenIssuer {
        TokenIssuer { issuer: "https://kubernetes.default.svc".into(), keys: vec![key.into()] }
    }

    fn ruling(at: i64, of: &TokenIssuer) -> Ruling {
        let spec =
            json!({"decision": "trustKeys", "fingerprint": fingerprint(of), "by": "an", "reason": "换钥"});
        let mut ruling = Ruling::new(&format!("r{at}"), serde_json::from_value::<RulingSpec>(spec).unwrap());
        ruling.metadata.creation_timestamp = Some(Time(Timestamp::from_second(at).unwrap()));
        ruling
    }

    #[test]
    fn the_first_keys_are_believed_and_others_only_when_a_person_accepted_exactly_them_last() {
        let (old, new, other) = (issuer("old"), issuer("new"), issuer("other"));
        assert_eq!(believed(None, Some(&old), &[]), Some(old.clone()));
        assert_eq!(believed(Some(&old), None, &[]), Some(old.clone()));
        assert_eq!(believed(Some(&old), Some(&new), &[]), Some(old.clone()));
        let accepted = ruling(1, &new);
        assert_eq!(believed(Some(&old), Some(&new), &[&accepted]), Some(new.clone()));
        assert_eq!(believed(Some(&old), Some(&other), &[&accepted]), Some(old.clone()));
        let later = ruling(2, &other);
        assert_eq!(believed(Some(&other), Some(&new), &[&later, &accepted]), Some(other), "replaced since");
    }

    #[test]
    fn keys_of_a_set_become_what_every_reader_takes() {
        // The points and numbers of RFC 7517, A.1, which `openssl pkey -pubin` reads.
        let set = json!({"keys": [
            {"kty": "EC", "crv": "P-256", "kid": "1",
             "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},
            {"kty": "RSA", "e": "AQAB", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"},
            {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
            {"kty": "oct", "k": "AA"}
        ]});
        insta::assert_snapshot!(keys(&set).join("\n"));
    }
}
