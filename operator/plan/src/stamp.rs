//! The seal on what admission vouches for: HMAC-SHA256 over the canonical form of a stamp, by keys of which none is ever dropped.

use hmac::{Hmac, Mac as _};
use k8s_openapi::ByteString;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crds::Message;

/// Bytes of a key: as many as the digest has, more add nothing (RFC 2104).
pub const KEY_BYTES: usize = 32;

/// A key with the name that seals give.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its name, in every seal made with it.
    pub id: String,
    /// The secret.
    pub secret: ByteString,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// All keys, the newest last: that one seals, all of them verify.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Keys(pub Vec<Key>);

/// A seal: which key made it, and the code in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mac {
    /// The key's name.
    pub key: String,
    /// The code.
    pub mac: String,
}

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum Unsealed {
    /// There is no key.
    #[error("there is no key to seal with")]
    NoKey,
    /// What was to be sealed is no JSON.
    #[error("cannot write the stamp as JSON")]
    Json(#[from] serde_json::Error),
}

impl Keys {
    /// Seals a stamp with the newest key.
    ///
    /// # Errors
    /// When there is no key, or the stamp cannot be written as JSON.
    pub fn seal<T: Serialize>(&self, stamp: &T) -> Result<Mac, Unsealed> {
        let key = self.0.last().ok_or(Unsealed::NoKey)?;
        let code = code(key, stamp)?.finalize().into_bytes();
        Ok(Mac { key: key.id.clone(), mac: hex(&code) })
    }

    /// Whether a seal is of these keys and of this stamp; if not, why.
    ///
    /// # Errors
    /// With the sentence that says what is wrong with the seal.
    pub fn verify<T: Serialize>(&self, stamp: &T, seal: &Mac) -> Result<(), Message> {
        let Some(key) = self.0.iter().find(|key| key.id == seal.key) else {
            return Err(Message::SealKeyLost { key: seal.key.clone() });
        };
        let holds = code(key, stamp).ok().zip(unhex(&seal.mac));
        // In constant time: what is compared is the secret's word.
        match holds.map(|(code, said)| code.verify_slice(&said)) {
            Some(Ok(())) => Ok(()),
            _ => Err(Message::SealBroken { key: seal.key.clone() }),
        }
    }
}

fn code<T: Serialize>(key: &Key, stamp: &T) -> Result<Hmac<Sha256>, serde_json::Error> {
    let bytes = serde_json_canonicalizer::to_vec(stamp)?;
    let code = Hmac::<Sha256>::new_from_slice(&key.secret.0);
    // HMAC takes keys of every length, so there is no error to tell.
    let code = code.map_err(|_| <serde_json::Error as serde::ser::Error>::custom("the key's length"))?;
    Ok(code.chain_update(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let lower = text.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c));
    let pairs = (lower && text.len().is_multiple_of(2)).then(|| text.as_bytes().chunks_exact(2))?;
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(id: &str, fill: u8) -> Key {
        Key { id: id.into(), secret: ByteString(vec![fill; KEY_BYTES]) }
    }

    #[test]
    fn the_code_is_the_one_of_rfc_4231() {
        // Test case 2: key "Jefe", data "what do ya want for nothing?"; a JSON string is its text in quotes, so the data is ours.
        let keys = Keys(vec![Key { id: "a".into(), secret: ByteString(b"Jefe".to_vec()) }]);
        let direct =
            Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap().chain_update("what do ya want for nothing?");
        let known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(&direct.finalize().into_bytes()), known);
        let quoted = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap().chain_update("\"x\"");
        assert_eq!(keys.seal(&"x").unwrap().mac, hex(&quoted.finalize().into_bytes()));
    }

    #[test]
    fn a_seal_holds_for_what_was_sealed_in_any_order_of_keys_and_for_nothing_else() {
        let keys = Keys(vec![key("a", 1)]);
        let seal = keys.seal(&json!({"by": "li", "at": 1})).unwrap();
        assert_eq!(keys.verify(&json!({"at": 1, "by": "li"}), &seal), Ok(()));
        let broken = Err(Message::SealBroken { key: "a".into() });
        assert_eq!(keys.verify(&json!({"at": 2, "by": "li"}), &seal), broken);
        for mac in ["", "00", "zz", &seal.mac[2..], &seal.mac.to_uppercase(), &format!("{}00", seal.mac)] {
            let other = Mac { key: "a".into(), mac: mac.into() };
            assert_eq!(keys.verify(&json!({"at": 1, "by": "li"}), &other), broken, "{mac}");
        }
    }

    #[test]
    fn the_newest_key_seals_older_ones_still_verify_and_a_lost_one_is_named() {
        let old = Keys(vec![key("a", 1)]);
        let both = Keys(vec![key("a", 1), key("b", 2)]);
        let (before, after) = (old.seal(&1).unwrap(), both.seal(&1).unwrap());
        assert_eq!(after.key, "b");
        assert_eq!((both.verify(&1, &before), both.verify(&1, &after)), (Ok(()), Ok(())));
        assert_eq!(old.verify(&1, &after), Err(Message::SealKeyLost { key: "b".into() }));
        // A seal that names another key than the one that made it is none.
        let renamed = Mac { key: "b".into(), mac: before.mac };
        assert_eq!(both.verify(&1, &renamed), Err(Message::SealBroken { key: "b".into() }));
        assert!(matches!(Keys::default().seal(&1), Err(Unsealed::NoKey)));
    }

    #[test]
    fn secrets_are_not_in_what_is_printed_of_a_key() {
        assert_eq!(format!("{:?}", key("a", 7)), "Key { id: \"a\", .. }");
    }
}
