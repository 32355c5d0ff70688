//! Incoming webhooks: the cost of verifying, reading and recognising a repeat, compared with the bare signature check, on
//! one core; and how many are accepted durably per second, from request to response. Fails if a limit is missed.
#![allow(clippy::disallowed_methods, reason = "a bench reads the time")]
#![allow(clippy::print_stdout, reason = "it prints its results")]

#[path = "scale/arriving.rs"]
mod arriving;
#[path = "scale/bare_rows.rs"]
mod bare_rows;
mod scale;

use std::collections::HashSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use gohighlevel::Client;
use gohighlevel::auth::StaticTokens;
use gohighlevel::clock::{Clock, SystemClock};
use gohighlevel::recipes::missed_call::Engine;
use gohighlevel::recipes::missed_call::store::SqliteStore;
use gohighlevel::webhooks::{Endpoint, Verifier};
use http::{HeaderValue, Request, StatusCode};
use scale::{Figures, callers, percentile};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

/// Rounds of the first figure, and webhooks in each. Bare checks and full processing take turns.
const ROUNDS: u64 = 60;
const OF_A_ROUND: u64 = 500;
/// The share of the bare rate that full processing must reach.
const SHARE: f64 = 0.85;
/// Webhooks of the second figure, and how many are sent concurrently.
const EVENTS: u64 = 20_000;
const SENDERS: u64 = 32;
/// How much longer each may take than a row that SQLite alone writes to the same disk.
const TIMES_A_ROW: f64 = 5.0;

/// Signs as HighLevel does.
struct Signer(Ed25519KeyPair);

impl Signer {
    fn new() -> Self {
        Self(Ed25519KeyPair::generate().expect("a key"))
    }

    fn verifier(&self) -> Verifier {
        // The prefix of the 32 bytes of a key in its SubjectPublicKeyInfo.
        let prefix = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
        let key = STANDARD.encode([prefix, self.0.public_key().as_ref()].concat());
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----");
        let verifier = Verifier::builder().ed25519_pem(&pem);
        verifier.expect("a key").build()
    }

    fn signed(&self, body: String) -> Request<Bytes> {
        let signature = STANDARD.encode(self.0.sign(body.as_bytes()));
        let mut request = Request::post("/webhooks/ghl")
            .body(body.into())
            .expect("a request");
        let signature = HeaderValue::from_str(&signature).expect("a header");
        request.headers_mut().insert("x-ghl-signature", signature);
        request
    }
}

/// The time of a bare signature check, and of verifying, reading and looking for a repeat.
fn alone_and_whole() -> (Duration, Duration) {
    let signer = Signer::new();
    let verifier = signer.verifier();
    let key = UnparsedPublicKey::new(&ED25519, signer.0.public_key().as_ref());
    let (mut alone, mut whole) = (Vec::new(), Vec::new());
    let mut taken = HashSet::new();
    for round in 0..ROUNDS {
        let webhooks: Vec<_> = (0..OF_A_ROUND)
            .map(|number| signer.signed(arriving::missed_call(round * OF_A_ROUND + number)))
            .collect();
        let signatures: Vec<_> = webhooks
            .iter()
            .map(|webhook| STANDARD.decode(&webhook.headers()["x-ghl-signature"]))
            .map(|signature| signature.expect("base64"))
            .collect();
        let now = SystemClock.now();

        let begun = Instant::now();
        for (webhook, signature) in webhooks.iter().zip(&signatures) {
            key.verify(webhook.body(), signature).expect("it is right");
        }
        alone.push(begun.elapsed());

        let begun = Instant::now();
        for webhook in webhooks {
            let (parts, body) = webhook.into_parts();
            let delivery = verifier.verify(&parts.headers, body, now);
            let key = delivery.expect("it is right").dedupe_key();
            assert!(taken.insert(key), "it is new");
        }
        whole.push(begun.elapsed());
    }
    (percentile(&mut alone, 50), percentile(&mut whole, 50))
}

fn engine(file: &Path) -> Engine {
    let client = Client::builder().credentials(StaticTokens::new("pit-bench"));
    let client = client.base_url("http://127.0.0.1:9").build();
    let client = client.expect("a client");
    let store = SqliteStore::open(file).expect("a store");
    let mut engine = Engine::builder(Arc::new(store));
    for number in 0..callers::LOCATIONS {
        let location = client.location(callers::location(number));
        engine = engine.location(location, arriving::recipe());
    }
    engine.build()
}

/// The time in which an endpoint with a SQLite store answers all webhooks of concurrent senders with 200. Each is a missed
/// call that opens an episode, the webhook with the most writes.
async fn answered(file: &Path) -> Duration {
    let signer = Signer::new();
    let endpoint = Endpoint::new(signer.verifier(), engine(file));
    let of_sender = |sender: u64| -> Vec<_> {
        let numbers = (sender..EVENTS).step_by(SENDERS as usize);
        numbers
            .map(|number| signer.signed(arriving::missed_call(number)))
            .collect()
    };
    let webhooks: Vec<_> = (0..SENDERS).map(of_sender).collect();
    let begun = Instant::now();
    let mut senders = JoinSet::new();
    for webhooks in webhooks {
        let endpoint = endpoint.clone();
        senders.spawn(async move {
            for webhook in webhooks {
                assert_eq!(endpoint.answer(webhook).await.status(), StatusCode::OK);
            }
        });
    }
    senders.join_all().await;
    begun.elapsed()
}

fn main() -> ExitCode {
    let mut figures = Figures::default();
    let (alone, whole) = alone_and_whole();
    let each = |round: Duration| round.as_secs_f64() * 1e6 / OF_A_ROUND as f64;
    println!(
        "bare check of an Ed25519 signature: {:.1} µs; with reading and a look for a repeat: {:.1} µs",
        each(alone),
        each(whole)
    );
    let times = whole.as_secs_f64() / alone.as_secs_f64();
    figures.below(
        "  full processing over the bare check",
        times,
        1.0 / SHARE,
        "×",
    );
    println!("  that is {:.1} % of the bare rate", 100.0 / times);

    let folder = tempfile::tempdir().expect("a folder");
    let rows = bare_rows::written(&folder.path().join("rows.db"), EVENTS, SENDERS);
    let runtime = Builder::new_multi_thread().enable_all().build();
    let webhooks = runtime
        .expect("an executor")
        .block_on(answered(&folder.path().join("webhooks.db")));
    let each = |time: Duration| time.as_secs_f64() * 1e6 / EVENTS as f64;
    println!(
        "{EVENTS} webhooks from {SENDERS} senders accepted durably, each: {:.0} µs, {:.0} in a second; a bare row on this disk: {:.0} µs",
        each(webhooks),
        1e6 / each(webhooks),
        each(rows)
    );
    let times = webhooks.as_secs_f64() / rows.as_secs_f64();
    figures.below("  a webhook over a row", times, TIMES_A_ROW, "×");
    figures.outcome()
}
