//! Any bytes as a webhook: signed they are read and taken by the engine, and nothing else passes for signed.
#![no_main]

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use gohighlevel::Client;
use gohighlevel::auth::StaticTokens;
use gohighlevel::client::{Transport, TransportError};
use gohighlevel::error::TransportErrorKind;
use gohighlevel::recipes::missed_call::reply::classify;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{Engine, Preset};
use gohighlevel::testing::ManualClock;
use gohighlevel::webhooks::{Delivery, Verifier, VerifyError};
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};

const SIGNATURE: &str = "x-ghl-signature";
const LEGACY_SIGNATURE: &str = "x-wh-signature";

/// The samples were made at about this time.
const NOW: &str = "2026-06-01T10:00:00Z";

static KEY: LazyLock<Ed25519KeyPair> =
    LazyLock::new(|| Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap());

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    // What stands before the 32 bytes of a key in its SubjectPublicKeyInfo.
    let prefix = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
    let key = STANDARD.encode([prefix, KEY.public_key().as_ref()].concat());
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----");
    // HighLevel's own keys are there for the older signature.
    let builder = Verifier::builder()
        .builtin_keys()
        .ed25519_pem(&pem)
        .unwrap();
    builder.accept_legacy_rsa(true).build()
});

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().build().unwrap());

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let client = Client::builder().transport(Nowhere);
    client
        .credentials(StaticTokens::new("pit-fuzz"))
        .build()
        .unwrap()
});

/// Taking a webhook asks HighLevel for nothing.
#[derive(Debug)]
struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn call(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        Err(TransportError::new(
            TransportErrorKind::Connect,
            "nobody is there",
        ))
    }
}

fuzz_target!(|body: &[u8]| {
    let now: Timestamp = NOW.parse().unwrap();
    if let Some(delivery) = signed(body, now) {
        engine_takes(&delivery, now);
    }
    altered(body, now);
    forged(body, now);
    read_over_and_over(body);
});

/// What the input spells, as a reply of a megabyte: a reader that it keeps busy runs into the time limit. One input in
/// sixteen, so that the others stay fast.
fn read_over_and_over(input: &[u8]) {
    const LENGTH: usize = 1 << 20;
    let text = String::from_utf8_lossy(input);
    if input.len() % 16 == 1 && !text.is_empty() {
        let text = text.repeat(LENGTH / text.len() + 1);
        assert_eq!(classify(&text), classify(&text), "read twice, it says two things");
    }
}

/// The body under a right signature, with its own end as `deliveryId`.
fn signed(body: &[u8], now: Timestamp) -> Option<Delivery> {
    let mut headers = HeaderMap::new();
    headers.insert(SIGNATURE, signature_of(body));
    if let Ok(id) = HeaderValue::from_bytes(&body[body.len().saturating_sub(300)..]) {
        headers.insert("deliveryid", id);
    }
    match VERIFIER.verify(&headers, Bytes::copy_from_slice(body), now) {
        Ok(delivery) => {
            assert_eq!(delivery.raw(), body);
            assert!(delivery.dedupe_key().as_str().len() <= 300);
            let _ = format!("{delivery:?}");
            // Its age does not depend on where it is read.
            assert!(Delivery::read(delivery.raw().to_vec(), now).is_ok());
            Some(delivery)
        }
        Err(
            VerifyError::InvalidDelivery(_) | VerifyError::Stale { .. } | VerifyError::FromTheFuture { .. },
        ) => Delivery::read(body.to_vec(), now).ok(),
        Err(error) => panic!("a right signature was refused: {error}"),
    }
}

/// An engine that has the delivery's location takes it, and a repeat of it changes nothing.
fn engine_takes(delivery: &Delivery, now: Timestamp) {
    let Some(location) = delivery.location_id.clone() else {
        return;
    };
    let engine = Engine::builder(Arc::new(MemoryStore::new()))
        .clock(Arc::new(ManualClock::new(now)))
        .location(CLIENT.location(location), Preset::Soleil.recipe())
        .build();
    RUNTIME.block_on(async {
        engine.accept(delivery).await.unwrap();
        engine.accept(delivery).await.unwrap();
    });
}

/// The body with one bit the other way round, under the signature of what it was.
fn altered(body: &[u8], now: Timestamp) {
    let Some(&first) = body.first() else {
        return;
    };
    let mut headers = HeaderMap::new();
    headers.insert(SIGNATURE, signature_of(body));
    let mut other = body.to_vec();
    let place = (usize::from(first) * 251 + body.len()) % body.len();
    other[place] ^= 1 << (first % 8);
    let refused = VERIFIER.verify(&headers, other, now);
    assert!(matches!(refused, Err(VerifyError::WrongSignature { .. })));
}

/// The input as a signature of itself, in either header.
fn forged(input: &[u8], now: Timestamp) {
    let encoded = STANDARD.encode(&input[..input.len().min(64)]);
    for value in [input, encoded.as_bytes()] {
        for header in [SIGNATURE, LEGACY_SIGNATURE] {
            let Ok(value) = HeaderValue::from_bytes(value) else {
                continue;
            };
            let mut headers = HeaderMap::new();
            headers.insert(header, value);
            let refused = VERIFIER.verify(&headers, Bytes::copy_from_slice(input), now);
            assert!(refused.is_err(), "forged in {header}");
        }
    }
}

fn signature_of(body: &[u8]) -> HeaderValue {
    let signature = STANDARD.encode(KEY.sign(body));
    HeaderValue::from_str(&signature).unwrap()
}
