//! The key FakeGhl signs its webhooks with: Ed25519 over the raw body, base64 in `X-GHL-Signature`.

use std::fmt;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::error::FakeGhlError;

/// What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410).
const SPKI_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

pub(super) struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    pub(super) fn generate() -> Result<Self, FakeGhlError> {
        Ed25519KeyPair::generate().map(Self).map_err(|_| {
            FakeGhlError::SigningKey("the system gave no randomness for a new one".to_owned())
        })
    }

    /// Reads a private key in PKCS#8, as PEM or DER.
    pub(super) fn read(key: &[u8]) -> Result<Self, FakeGhlError> {
        let der = match std::str::from_utf8(key) {
            Ok(text) if text.contains("-----BEGIN") => {
                let body: String = text
                    .lines()
                    .filter(|line| !line.starts_with("-----"))
                    .flat_map(str::split_whitespace)
                    .collect();
                STANDARD
                    .decode(body)
                    .map_err(|error| FakeGhlError::SigningKey(error.to_string()))?
            }
            _ => key.to_vec(),
        };
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
            .map(Self)
            .map_err(|error| FakeGhlError::SigningKey(error.to_string()))
    }

    pub(super) fn sign(&self, body: &[u8]) -> String {
        STANDARD.encode(self.0.sign(body))
    }

    pub(super) fn public_pem(&self) -> String {
        let mut der = SPKI_PREFIX.to_vec();
        der.extend_from_slice(self.0.public_key().as_ref());
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(der)
        )
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([secret])")
    }
}
