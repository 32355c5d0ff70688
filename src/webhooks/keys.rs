//! Public keys: HighLevel's own, and the reader for keys in PEM.
//!
//! Only keys and the bare check of one signature live here; which header counts is decided in `verify`.

use std::fmt;

use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The key behind `X-GHL-Signature`. Source: HighLevel's Webhook Integration Guide.
pub(super) const HIGHLEVEL_ED25519: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=
-----END PUBLIC KEY-----";

/// The key behind `X-WH-Signature`. Source: `docs/oauth/WebhookAuthentication.md` in HighLevel's docs repository.
pub(super) const HIGHLEVEL_RSA: &str = "-----BEGIN PUBLIC KEY-----
MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAokvo/r9tVgcfZ5DysOSC
Frm602qYV0MaAiNnX9O8KxMbiyRKWeL9JpCpVpt4XHIcBOK4u3cLSqJGOLaPuXw6
dO0t6Q/ZVdAV5Phz+ZtzPL16iCGeK9po6D6JHBpbi989mmzMryUnQJezlYJ3DVfB
csedpinheNnyYeFXolrJvcsjDtfAeRx5ByHQmTnSdFUzuAnC9/GepgLT9SM4nCpv
uxmZMxrJt5Rw+VUaQ9B8JSvbMPpez4peKaJPZHBbU3OdeCVx5klVXXZQGNHOs8gF
3kvoV5rTnXV0IknLBXlcKKAQLZcY/Q9rG6Ifi9c+5vqlvHPCUJFT5XUGG5RKgOKU
J062fRtN+rLYZUV+BjafxQauvC8wSWeYja63VSUruvmNj8xkx2zE/Juc+yjLjTXp
IocmaiFeAO6fUtNjDeFVkhf5LNb59vECyrHD2SQIrhgXpO4Q3dVNA5rw576PwTzN
h/AMfHKIjE4xQA1SZuYJmNnmVZLIZBlQAF9Ntd03rfadZ+yDiOXCCs9FkHibELhC
HULgCsnuDJHcrGNd5/Ddm5hxGQ0ASitgHeMZ0kcIOwKDOzOU53lDza6/Y09T7sYJ
PQe7z0cvj7aE4B+Ax1ZoZGPzpJlZtGXCsu9aTEGEnKzmsFqwcSsnw3JB31IGKAyk
T1hhTiaCeIY/OwwwNUY2yvcCAwEAAQ==
-----END PUBLIC KEY-----";

/// A text that is not a public key of the wanted kind.
///
/// Both kinds are expected as one PEM block of SubjectPublicKeyInfo (RFC 7468, RFC 5280), the form in which HighLevel
/// publishes them: it starts with `-----BEGIN PUBLIC KEY-----`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidKey {
    /// It is not exactly one PEM block labelled `PUBLIC KEY`, or the block is not base64.
    #[error(
        "the webhook key is not one SPKI PEM block; give the text from `-----BEGIN PUBLIC KEY-----` to `-----END PUBLIC KEY-----` (one block a call, and never a private key)"
    )]
    NotPem,
    /// The PEM block holds something else than an Ed25519 public key.
    #[error(
        "the webhook key is not an Ed25519 public key in SPKI PEM; give the key that HighLevel publishes for `X-GHL-Signature` (an RSA key belongs to `rsa_pem`)"
    )]
    NotEd25519,
    /// The PEM block holds something else than an RSA public key of 2048 to 8192 bits.
    #[error(
        "the webhook key is not an RSA public key of 2048 to 8192 bits in SPKI PEM; give the key that HighLevel publishes for `X-WH-Signature` (an Ed25519 key belongs to `ed25519_pem`)"
    )]
    NotRsa,
}

/// What comes before the 32 bytes of the key in every Ed25519 SubjectPublicKeyInfo (RFC 8410, section 4).
const ED25519_SPKI_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// One Ed25519 public key.
pub(super) struct Ed25519Key(UnparsedPublicKey<[u8; 32]>);

impl Ed25519Key {
    pub(super) fn from_pem(pem: &str) -> Result<Self, InvalidKey> {
        let der = der_of(pem)?;
        let key = der
            .strip_prefix(&ED25519_SPKI_PREFIX)
            .and_then(|key| <[u8; 32]>::try_from(key).ok())
            .ok_or(InvalidKey::NotEd25519)?;
        Ok(Self(UnparsedPublicKey::new(&ED25519, key)))
    }

    pub(super) fn accepts(&self, body: &[u8], signature: &[u8]) -> bool {
        self.0.verify(body, signature).is_ok()
    }
}

/// One RSA public key, used with PKCS#1 v1.5 and SHA-256.
pub(super) struct RsaKey(UnparsedPublicKey<Box<[u8]>>);

impl RsaKey {
    pub(super) fn from_pem(pem: &str) -> Result<Self, InvalidKey> {
        let der = der_of(pem)?;
        // The type for encryption is the one that checks an SPKI key and its size without using it.
        PublicEncryptingKey::from_der(&der).map_err(|_| InvalidKey::NotRsa)?;
        Ok(Self(UnparsedPublicKey::new(
            &RSA_PKCS1_2048_8192_SHA256,
            der.into_boxed_slice(),
        )))
    }

    pub(super) fn accepts(&self, body: &[u8], signature: &[u8]) -> bool {
        self.0.verify(body, signature).is_ok()
    }
}

impl fmt::Debug for Ed25519Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519Key")
    }
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaKey")
    }
}

/// The bytes inside the one PEM block of `pem`. Line breaks may also be written as `\n`, as environment files do.
fn der_of(pem: &str) -> Result<Vec<u8>, InvalidKey> {
    let text = pem.replace("\\n", "\n");
    let inside = text
        .trim()
        .strip_prefix("-----BEGIN PUBLIC KEY-----")
        .and_then(|rest| rest.strip_suffix("-----END PUBLIC KEY-----"))
        .ok_or(InvalidKey::NotPem)?;
    let base64: String = inside.split_ascii_whitespace().collect();
    STANDARD.decode(base64).map_err(|_| InvalidKey::NotPem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha256_hex(bytes: &[u8]) -> String {
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes)
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    #[test]
    fn the_built_in_keys_are_the_published_ones() {
        assert_eq!(
            sha256_hex(&der_of(HIGHLEVEL_ED25519).unwrap()),
            "5a2c1b2749d3efcc233fb27d4ab43d56b8d20818c42cd226f6c9a3ff20d3097c"
        );
        assert_eq!(
            sha256_hex(&der_of(HIGHLEVEL_RSA).unwrap()),
            "2f62045d413b1b7747e26770ce7f57840cbf86288cd20ceb90d299a62501fd25"
        );
        Ed25519Key::from_pem(HIGHLEVEL_ED25519).unwrap();
        RsaKey::from_pem(HIGHLEVEL_RSA).unwrap();
    }

    #[test]
    fn a_pem_may_come_from_a_file_or_an_environment_variable() {
        let windows = HIGHLEVEL_ED25519.replace('\n', "\r\n");
        let one_line = HIGHLEVEL_ED25519.replace('\n', "\\n");
        for text in [
            format!("\n  {HIGHLEVEL_ED25519}\n"),
            windows,
            one_line,
            HIGHLEVEL_ED25519.replace('\n', ""),
        ] {
            assert!(Ed25519Key::from_pem(&text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_key() {
        use InvalidKey::{NotEd25519, NotPem, NotRsa};
        let twice = format!("{HIGHLEVEL_ED25519}\n{HIGHLEVEL_ED25519}");
        let cut = HIGHLEVEL_RSA.replace("T1hhTiaCeIY/OwwwNUY2yvcCAwEAAQ==\n", "");
        for text in [
            "",
            "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=",
            "-----BEGIN PUBLIC KEY-----\nno base64!\n-----END PUBLIC KEY-----",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "-----BEGIN PUBLIC KEY-----",
            &twice,
        ] {
            assert_eq!(Ed25519Key::from_pem(text).err(), Some(NotPem), "{text:?}");
            assert_eq!(RsaKey::from_pem(text).err(), Some(NotPem), "{text:?}");
        }
        assert_eq!(Ed25519Key::from_pem(HIGHLEVEL_RSA).err(), Some(NotEd25519));
        for text in [HIGHLEVEL_ED25519, cut.as_str()] {
            assert_eq!(RsaKey::from_pem(text).err(), Some(NotRsa), "{text:?}");
        }
        assert!(NotEd25519.to_string().contains("SPKI PEM"));
    }
}
