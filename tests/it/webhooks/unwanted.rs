//! Events that mean nothing to the engine: acknowledged, though its store can do nothing at all.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use gohighlevel::Client;
use gohighlevel::auth::StaticTokens;
use gohighlevel::recipes::missed_call::store::SqliteStore;
use gohighlevel::recipes::missed_call::{Acceptance, Engine, Preset};
use gohighlevel::testing::ManualClock;
use gohighlevel::webhooks::{Delivery, Handler};
use jiff::Timestamp;

const LOCATION: &str = "soleilLocation000001";

/// An engine on a store every use of which fails: its tables are gone.
fn engine(folder: &Path, now: Timestamp) -> Engine {
    let file = folder.join("missed-calls.db");
    let store = SqliteStore::open(&file).unwrap();
    let connection = rusqlite::Connection::open(&file).unwrap();
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        .unwrap();
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(tables.len() > 5, "{tables:?}");
    for table in tables {
        connection
            .execute_batch(&format!("DROP TABLE {table}"))
            .unwrap();
    }
    let client = Client::builder().credentials(StaticTokens::new("pit-nobody"));
    let client = client.base_url("http://127.0.0.1:9").build().unwrap();
    Engine::builder(Arc::new(store))
        .clock(Arc::new(ManualClock::new(now)))
        .location(
            client.location(LOCATION.parse().unwrap()),
            Preset::Soleil.recipe(),
        )
        .build()
}

/// Every event of the fixtures as if it were of this location.
fn events(location: &str, now: Timestamp) -> Vec<Delivery> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/webhooks");
    let mut events = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let body = std::fs::read_to_string(path).unwrap();
            // Of a field that comes twice the last one counts.
            let fields = body.trim_end().strip_suffix('}').unwrap();
            let body = format!(r#"{fields},"locationId":"{location}"}}"#);
            events.push(Delivery::read(body, now).unwrap());
        }
    }
    events
}

fn names<'a>(events: impl IntoIterator<Item = &'a Delivery>) -> BTreeSet<&'a str> {
    events
        .into_iter()
        .filter_map(|delivery| delivery.event.name())
        .collect()
}

#[tokio::test]
async fn an_event_that_nobody_wants_asks_nothing_of_the_store() {
    let now: Timestamp = "2026-06-01T10:00:00Z".parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), now);
    let mut events = events(LOCATION, now);
    // The fixtures have no call back that was answered.
    let call_back = format!(
        r#"{{"type":"OutboundMessage","direction":"outbound","messageType":"CALL","callStatus":"completed",
        "status":"completed","callDuration":60,"contactId":"c-1","messageId":"m-1","locationId":"{LOCATION}"}}"#
    );
    // Nor have they a note or a tag that decides about a doubt.
    let note = format!(
        r#"{{"type":"NoteCreate","id":"note-1","contactId":"c-1","body":"no texts","dateAdded":"{now}","locationId":"{LOCATION}"}}"#
    );
    let tag = format!(
        r#"{{"type":"ContactTagUpdate","id":"c-1","tags":["no-texts"],"timestamp":"{now}","locationId":"{LOCATION}"}}"#
    );
    for event in [call_back, note, tag] {
        events.push(Delivery::read(event, now).unwrap());
    }
    let (wanted, unwanted): (Vec<_>, Vec<_>) =
        events.iter().partition(|delivery| engine.wants(delivery));
    assert!(names(unwanted.iter().copied()).len() > 40, "{unwanted:?}");
    for delivery in unwanted {
        let accepted = engine.accept(delivery).await;
        assert_eq!(accepted.unwrap(), Acceptance::Ignored, "{delivery:?}");
    }
    // Of each kind that is wanted there is one that needs the store.
    let mut needs_store = Vec::new();
    for delivery in &wanted {
        if engine.accept(delivery).await.is_err() {
            needs_store.push(*delivery);
        }
    }
    assert_eq!(names(needs_store), names(wanted));
}

#[tokio::test]
async fn nor_does_one_of_another_location() {
    let now = "2026-06-01T10:00:00Z".parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), now);
    let mut events = events("anotherLocation00001", now);
    // Whether the app is there, and whose the location is, is kept: it may have a recipe one day.
    events.retain(|delivery| !matches!(delivery.event.name(), Some("INSTALL" | "UNINSTALL")));
    assert!(events.len() > 50);
    for delivery in events {
        assert!(!engine.wants(&delivery), "{delivery:?}");
        let accepted = engine.accept(&delivery).await;
        assert_eq!(accepted.unwrap(), Acceptance::Ignored, "{delivery:?}");
    }
}
