//! Key pairs that sign as HighLevel does.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const SIGNATURE: &str = "x-ghl-signature";
pub(crate) const LEGACY_SIGNATURE: &str = "x-wh-signature";

pub(crate) struct Ed25519Signer(Ed25519KeyPair);

impl Ed25519Signer {
    pub(crate) fn generate() -> Self {
        Self(Ed25519KeyPair::generate().unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        pem(self.0.public_key().as_der().unwrap().as_ref())
    }

    pub(crate) fn sign(&self, body: &[u8]) -> Vec<u8> {
        self.0.sign(body).as_ref().to_vec()
    }

    pub(crate) fn headers(&self, body: &[u8]) -> HeaderMap {
        headers(&[(SIGNATURE, &STANDARD.encode(self.sign(body)))])
    }
}

pub(crate) struct RsaSigner(RsaKeyPair);

impl RsaSigner {
    pub(crate) fn generate() -> Self {
        Self(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        pem(self.0.public_key().as_der().unwrap().as_ref())
    }

    pub(crate) fn sign(&self, body: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                body,
                &mut signature,
            )
            .unwrap();
        signature
    }

    pub(crate) fn headers(&self, body: &[u8]) -> HeaderMap {
        headers(&[(LEGACY_SIGNATURE, &STANDARD.encode(self.sign(body)))])
    }
}

pub(crate) fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    headers
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    )
}
