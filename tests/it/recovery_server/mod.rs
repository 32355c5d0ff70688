//! The example `recovery_server` as a process of its own, with a FakeGhl in this one as its HighLevel.
//!
//! Processes have no clock set by hand: what is waited for is an event that can be seen from outside (a request that
//! FakeGhl logs, an answer, a row of the database), looked for again and again until a deadline that is far off.
#![allow(clippy::unwrap_used)]

mod door;
mod ending;
mod failovers;
mod faults;
mod hostile_texts;
mod isolation;
mod kills;
mod kills_on_postgres;
mod process;
mod refusals;
mod restarts;
mod rolling_deploys;
mod server;
mod start;
mod the_file;
mod two_programs;

use std::time::Duration;

use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::{LedgerQuery, SqliteStore, Store as _};
use gohighlevel::testing::{Call, FakeGhl};
use jiff::Timestamp;
use serde_json::Value;

use crate::fake_ghl::{Api, SOLEIL, SOLEIL_PHONE, STRANGER};
use server::Place;

/// How long to look for something that must come. Only a failing test waits for so long.
const DEADLINE: Duration = Duration::from_secs(120);

/// Looks every few milliseconds until `seen` says yes.
async fn until(what: &str, seen: impl Fn() -> bool + Send + Sync) {
    let looking = async {
        while !seen() {
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
    };
    let found = tokio::time::timeout(DEADLINE, looking).await;
    assert!(found.is_ok(), "not seen: {what}");
}

/// A stranger's call that nobody answers.
fn missed_call() -> Call {
    Call::missed(
        SOLEIL,
        STRANGER.parse().unwrap(),
        SOLEIL_PHONE.parse().unwrap(),
    )
}

/// What HighLevel has of a contact, read through its ordinary API.
#[derive(Debug, PartialEq)]
struct Kept {
    texts: Vec<Value>,
    tags: Value,
    tasks: Vec<Value>,
}

async fn kept(fake: &FakeGhl, contact: &str) -> Kept {
    kept_in(&Api::new(fake), contact).await
}

async fn kept_in(api: &Api, contact: &str) -> Kept {
    let messages = api.messages_of(SOLEIL, contact).await;
    let sent = |message: &Value| {
        message["direction"] == "outbound" && message["messageType"] == "TYPE_SMS"
    };
    let read = api.get(&format!("/contacts/{contact}")).await.expect(200);
    let tasks = api.get(&format!("/contacts/{contact}/tasks")).await;
    Kept {
        texts: messages.into_iter().filter(sent).collect(),
        tags: read["contact"]["tags"].clone(),
        tasks: tasks.expect(200)["tasks"].as_array().unwrap().clone(),
    }
}

/// Fails unless the contact got one text, the tag, and one task due an hour after the call.
async fn assert_served_once(fake: &FakeGhl, contact: &str, call_ended_at: Timestamp, case: &str) {
    let kept = kept(fake, contact).await;
    let [text] = kept.texts.as_slice() else {
        panic!("{case}: {} texts", kept.texts.len());
    };
    let body = text["body"].as_str().unwrap();
    assert!(body.contains("https://calendly.com/soleil/visit"), "{case}");
    assert_eq!(kept.tags, serde_json::json!(["missed-call"]), "{case}");
    let [task] = kept.tasks.as_slice() else {
        panic!("{case}: {} tasks", kept.tasks.len());
    };
    let title = "Missed call — follow up within 1 hour";
    assert_eq!(task["title"], title, "{case}");
    let due: Timestamp = task["dueDate"].as_str().unwrap().parse().unwrap();
    // Due dates are written in whole seconds, as HighLevel's samples have them.
    let hour_later = call_ended_at.as_second() + 3600;
    assert_eq!(due.as_millisecond(), hour_later * 1000, "{case}");
}

/// How long after the call HighLevel took the text.
async fn text_after(fake: &FakeGhl, contact: &str, call_ended_at: Timestamp) -> Duration {
    let kept = kept(fake, contact).await;
    let sent = kept.texts[0]["dateAdded"].as_str().unwrap();
    let sent: Timestamp = sent.parse().unwrap();
    sent.duration_since(call_ended_at).try_into().unwrap()
}

/// When the call of the first webhook ended, as the webhook tells it.
fn call_ended_at(fake: &FakeGhl) -> Timestamp {
    call_ended_at_of(fake, &fake.deliveries()[0].webhook_id)
}

/// When the call of this webhook ended.
fn call_ended_at_of(fake: &FakeGhl, webhook: &str) -> Timestamp {
    let deliveries = fake.deliveries();
    let told = deliveries
        .iter()
        .find(|delivery| delivery.webhook_id == webhook);
    let body: Value = serde_json::from_str(&told.unwrap().body).unwrap();
    body["dateAdded"].as_str().unwrap().parse().unwrap()
}

/// The whole ledger, once the server has stopped.
async fn ledger(place: &Place) -> Vec<Entry> {
    let store = SqliteStore::open(place.database()).unwrap();
    store.ledger(&LedgerQuery::default()).await.unwrap()
}

/// How many entries of the ledger there are of a kind.
fn count(ledger: &[Entry], kind: &str) -> usize {
    ledger
        .iter()
        .filter(|entry| entry.kind.name() == kind)
        .count()
}

/// Fails unless every step was done, once.
fn assert_done_once(ledger: &[Entry], case: &str) {
    fn done(entry: &Entry) -> Option<&str> {
        match &entry.kind {
            EntryKind::Done { step, .. } => Some(step.as_str()),
            _ => None,
        }
    }
    let mut steps: Vec<_> = ledger.iter().filter_map(done).collect();
    steps.sort_unstable();
    assert_eq!(steps, ["tag", "task", "text"], "{case}");
    assert_eq!(count(ledger, "call_missed"), 1, "{case}");
}
