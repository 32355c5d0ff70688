//! SIGTERM, whatever strangers and HighLevel do: the process ends with exit code 0 within its bound, its heir starts at
//! once, and nothing is lost or doubled.
//!
//! Each case runs once here, with a bound of a few seconds. `.ci/ending` runs all of them many times on a release build and
//! shows how long they take.
#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::time::Duration;

use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::testing::{Call, FakeGhl, Fault, SimulatedEvent};
use http::Method;
use rusqlite::Connection;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::kills::{Count, NO_LIMIT, patient_recipe, setting};
use super::server::{Place, Server};
use super::{ledger, until};
use crate::fake_ghl::{APP, SOLEIL, SOLEIL_PHONE};

/// How long the end may take.
const BOUND: Duration = Duration::from_secs(3);
/// After this much the process must be gone however slow the machine is. Without a bound these cases take minutes, or for
/// ever.
const TOO_LONG: Duration = Duration::from_secs(30);

const TEXTS: &str = "/conversations/messages";

#[derive(Debug, Clone, Copy)]
enum Case {
    HalfAHead,
    HalfABody,
    HighLevelHangs,
    /// 429 with `Retry-After: 60`.
    RateLimited,
    /// So many callers at once, three effects each.
    Callers(u32),
    /// Somebody else writes to the database, and does not end.
    Locked,
}

/// A SIGTERM in this case; returns how long the end took.
async fn end_in(case: Case, program: Option<std::path::PathBuf>, bound: Duration) -> Duration {
    let window = Duration::from_secs(10);
    let fake = FakeGhl::builder().limit(NO_LIMIT, window).start();
    let fake = fake.await.unwrap();
    let place = Place::new(&fake).with_program(program);
    place.write("recipe.toml", &patient_recipe());
    place.write_whole_config(&format!(
        "end_within_seconds = {}\napp_id = \"{APP}\"\n[store]\npath = {:?}\n[[location]]\nid = \"{SOLEIL}\"\n\
         recipe = \"recipe.toml\"\n",
        bound.as_secs(),
        place.database()
    ));
    let server = Server::start(&place, &fake).await;
    let mut calls = Vec::new();
    // What a stranger holds open.
    let mut stranger = None;
    // What keeps the database from being written.
    let mut lock = None;
    match case {
        Case::HalfAHead => {
            stranger = Some(send(&server, "POST /webhooks/ghl HTTP/1.1\r\nhost").await);
            calls.extend(call(&fake, 0..1));
            until("a text", || texts_asked_for(&fake) > 0).await;
        }
        Case::HalfABody => {
            let head = format!(
                "POST /webhooks/ghl HTTP/1.1\r\nhost: here\r\nx-ghl-signature: {}==\r\n\
                 content-length: 1000\r\n\r\n{{\"type\"",
                "A".repeat(86)
            );
            stranger = Some(send(&server, &head).await);
            calls.extend(call(&fake, 0..1));
            until("a text", || texts_asked_for(&fake) > 0).await;
        }
        Case::HighLevelHangs | Case::RateLimited => {
            let fault = match case {
                Case::HighLevelHangs => Fault::Hang(Duration::from_secs(3600)),
                _ => Fault::RetryAfter(Duration::from_secs(60)),
            };
            for path in [TEXTS, "/contacts/*/tags", "/contacts/*/tasks"] {
                fake.fault(Method::POST, path, fault, 1000).unwrap();
            }
            calls.extend(call(&fake, 0..20));
            until("a text", || texts_asked_for(&fake) > 0).await;
            fake.deliveries_settled().await;
        }
        Case::Callers(callers) => {
            calls.extend(call(&fake, 0..callers));
            // Some are done then, many are under way, and some are not yet told.
            let some = callers as usize / 4;
            until("some texts", || texts_asked_for(&fake) >= some).await;
        }
        Case::Locked => {
            calls.extend(call(&fake, 0..1));
            until("a text", || texts_asked_for(&fake) > 0).await;
            let other = Connection::open(place.database()).unwrap();
            other.execute_batch("BEGIN IMMEDIATE").unwrap();
            lock = Some(other);
            calls.extend(call(&fake, 1..5));
        }
    }
    let began = SystemClock.elapsed();
    server.terminate();
    let ended = tokio::time::timeout(TOO_LONG, server.ended()).await;
    let took = SystemClock.elapsed() - began;
    let ended = ended.unwrap_or_else(|_| panic!("{case:?}: it does not end:\n{}", place.log()));
    assert_eq!(ended.code(), Some(0), "{case:?}\n{}", place.log());

    fake.clear_faults();
    drop((lock, stranger));
    let heir = Server::start(&place, &fake).await;
    heir.settle_and_stop(&place, &fake).await;
    let ledger = ledger(&place).await;
    let count = Count::of(&fake, &calls, &ledger).await;
    assert_eq!((count.lost, count.doubled), (vec![], vec![]), "{case:?}");
    took
}

fn call(fake: &FakeGhl, callers: std::ops::Range<u32>) -> Vec<SimulatedEvent> {
    let call = |caller| {
        let number = format!("+1312{}", 2_000_000 + caller).parse().unwrap();
        let call = Call::missed(SOLEIL, number, SOLEIL_PHONE.parse().unwrap());
        fake.call(&call).unwrap()
    };
    callers.map(call).collect()
}

fn texts_asked_for(fake: &FakeGhl) -> usize {
    let requests = fake.requests();
    let is_text = |path: &str| path.starts_with(TEXTS);
    requests.iter().filter(|it| is_text(&it.path)).count()
}

/// Sends this and keeps the connection.
async fn send(server: &Server, text: &str) -> TcpStream {
    let mut stranger = TcpStream::connect(server.address()).await.unwrap();
    stranger.write_all(text.as_bytes()).await.unwrap();
    stranger
}

#[tokio::test]
async fn sigterm_with_half_a_request_ends() {
    end_in(Case::HalfAHead, None, BOUND).await;
}

#[tokio::test]
async fn sigterm_with_half_a_body_ends() {
    end_in(Case::HalfABody, None, BOUND).await;
}

#[tokio::test]
async fn sigterm_while_highlevel_hangs_ends() {
    end_in(Case::HighLevelHangs, None, BOUND).await;
}

#[tokio::test]
async fn sigterm_while_highlevel_says_to_come_back_in_a_minute_ends() {
    end_in(Case::RateLimited, None, BOUND).await;
}

#[tokio::test]
async fn sigterm_with_many_effects_under_way_ends() {
    end_in(Case::Callers(40), None, BOUND).await;
}

#[tokio::test]
async fn sigterm_while_the_database_is_locked_ends() {
    end_in(Case::Locked, None, BOUND).await;
}

#[tokio::test]
async fn a_second_sigterm_ends_at_once() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    place.write_whole_config(&format!(
        "end_within_seconds = 3600\napp_id = \"{APP}\"\n[store]\npath = {:?}\n[[location]]\nid = \"{SOLEIL}\"\n\
         preset = \"soleil\"\n",
        place.database()
    ));
    let server = Server::start(&place, &fake).await;
    let hang = Fault::Hang(Duration::from_secs(3600));
    fake.fault(Method::POST, TEXTS, hang, 1).unwrap();
    let calls = call(&fake, 0..1);
    until("a text", || texts_asked_for(&fake) > 0).await;
    server.terminate();
    until("the end", || place.log().contains("the service ends")).await;
    server.terminate();
    let ended = tokio::time::timeout(TOO_LONG, server.ended()).await;
    assert_eq!(ended.unwrap().code(), Some(143), "{}", place.log());

    let heir = Server::start(&place, &fake).await;
    heir.settle_and_stop(&place, &fake).await;
    let count = Count::of(&fake, &calls, &ledger(&place).await).await;
    assert_eq!((count.lost, count.doubled), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes of real time; .ci/ending runs it"]
async fn sigterm_ends_in_every_case_many_times() {
    let times = setting("ENDINGS").unwrap_or(50);
    let program = std::env::var_os("RECOVERY_SERVER").map(std::path::PathBuf::from);
    // The bound of a service that sets none.
    let bound = Duration::from_secs(10);
    for case in [
        Case::HalfAHead,
        Case::HalfABody,
        Case::HighLevelHangs,
        Case::RateLimited,
        Case::Callers(334),
        Case::Locked,
    ] {
        let began = SystemClock.elapsed();
        let mut took = Vec::new();
        for _ in 0..times {
            took.push(end_in(case, program.clone(), bound).await);
        }
        took.sort_unstable();
        let (median, longest) = (took[took.len() / 2], took[took.len() - 1]);
        println!(
            "{case:?}: {times} times, p50 {:.2} s, longest {:.2} s; {} s in all",
            median.as_secs_f64(),
            longest.as_secs_f64(),
            (SystemClock.elapsed() - began).as_secs()
        );
        assert!(longest <= bound, "{case:?}: {longest:?}");
    }
}
