//! The canonical form of JSON (RFC 8785) and the digest over it.

use std::fmt::Write;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// SHA-256 over the canonical form, in hexadecimal.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn digest<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    Ok(of_bytes(&serde_json_canonicalizer::to_vec(value)?))
}

/// SHA-256 over bytes, such as a scanned document, in hexadecimal.
#[must_use]
pub fn of_bytes(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn the_order_of_keys_does_not_change_a_digest_and_a_value_does() {
        let one = super::digest(&json!({"b": 1, "a": [1, 2]})).unwrap();
        let two: serde_json::Value = serde_json::from_str(r#"{ "a": [1,2], "b": 1.0 }"#).unwrap();
        assert_eq!(one, super::digest(&two).unwrap());
        assert_ne!(one, super::digest(&json!({"b": 1, "a": [2, 1]})).unwrap());
    }
}
