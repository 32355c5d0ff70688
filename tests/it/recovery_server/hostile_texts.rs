//! Texts that were made to be slow to read, sent to a running server: missed calls and the health check go on.
//!
//! The bound of each reader is checked elsewhere, without a clock. This measures; `.ci/door` runs it on a release build.
#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::path::PathBuf;
use std::time::Duration;

use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::testing::{Call, FakeGhl, TextMessage};

use super::door::{exchange, post, status};
use super::server::{Place, Server};
use crate::fake_ghl::{SOLEIL, SOLEIL_PHONE};

/// Calls, and health checks, that are measured.
const MEASURED: u32 = 300;
/// The limit for the slowest hundredth.
const LIMIT: Duration = Duration::from_millis(50);

/// Numbers far apart, so that no two look like one machine's.
fn caller(number: u32) -> String {
    format!("+1312{}55{:04}", 2 + number % 8, (number * 7_919) % 10_000)
}

/// Two long ones and twenty of ten segments, which together took minutes to read once.
fn texts() -> Vec<String> {
    let long = ["ok ", "please now "].map(|words| words.repeat(10_000 / words.len()) + "stop");
    let short = ["ok ", "thanks "].map(|words| words.repeat(1_600 / words.len()) + "x");
    long.into_iter()
        .chain(short.into_iter().cycle().take(20))
        .collect()
}

/// The signed requests of what happened while webhooks were held back.
fn requests(fake: &FakeGhl, from: usize) -> Vec<String> {
    let deliveries = fake.deliveries_from(from).into_iter();
    deliveries
        .map(|delivery| post(&delivery.signature, delivery.body.len()) + &delivery.body)
        .collect()
}

/// The slowest hundredth.
fn p99(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() * 99 / 100]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it measures; .ci/door runs it"]
async fn hostile_texts_delay_neither_calls_nor_health() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let program = std::env::var_os("RECOVERY_SERVER").map(PathBuf::from);
    let place = Place::new(&fake).with_program(program);
    let server = Server::start(&place, &fake).await;
    fake.hold_webhooks(true);
    let phone = || SOLEIL_PHONE.parse().unwrap();
    for number in 0..MEASURED {
        let call = Call::missed(SOLEIL, caller(number).parse().unwrap(), phone());
        fake.call(&call).unwrap();
    }
    let calls = requests(&fake, 0);
    let texts = texts();
    for (body, number) in texts.iter().zip(0..) {
        let text = TextMessage {
            location_id: SOLEIL.to_owned(),
            from: caller(number).parse().unwrap(),
            to: phone(),
            body: body.clone(),
        };
        fake.message(&text).unwrap();
    }
    let texts = requests(&fake, calls.len());

    let address = server.address().to_owned();
    // All of them again and again, one after the other.
    let stranger = tokio::spawn(async move {
        for text in texts.iter().cycle() {
            assert_eq!(status(&exchange(&address, text.as_bytes()).await), 200);
        }
    });
    let (mut of_calls, mut of_health) = (Vec::new(), Vec::new());
    let health = "GET /healthz HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
    for call in &calls {
        for (request, took) in [(call.as_str(), &mut of_calls), (health, &mut of_health)] {
            let began = SystemClock.elapsed();
            let answer = exchange(server.address(), request.as_bytes()).await;
            took.push(SystemClock.elapsed() - began);
            assert_eq!(status(&answer), 200);
        }
    }
    assert!(!stranger.is_finished(), "a text was refused");
    stranger.abort();
    let (of_calls, of_health) = (p99(of_calls), p99(of_health));
    println!(
        "hostile texts without a pause: missed calls p99 {of_calls:?}, health p99 {of_health:?}"
    );
    server.terminate();
    assert_eq!(server.ended().await.code(), Some(0));
    assert!(of_calls < LIMIT && of_health < LIMIT);
}
