//! An engine that runs says when there is nothing to do.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::clock::Clock as _;
use gohighlevel::recipes::missed_call::Engine;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::testing::ManualClock;
use jiff::Timestamp;

use crate::held_clock::HeldClock;
use crate::missed_call::harness::scripted_highlevel::{
    Scripted, engine, missed_call, recipe, start, well,
};

const TEXT: &str = "POST /conversations/messages";

/// An engine that does not run yet, with texts due this long after the call.
fn engine_at_start(after: &str) -> (Scripted, HeldClock, Engine) {
    let ghl = Scripted::new(well);
    let clock = HeldClock::new();
    let since_then = start().duration_since(Timestamp::UNIX_EPOCH);
    clock.advance(since_then.unsigned_abs());
    let fast = Arc::new(ManualClock::new(start()));
    let store = Arc::new(MemoryStore::new());
    let engine = engine(&ghl, fast, Arc::new(clock.clone()), store, recipe(after));
    (ghl, clock, engine)
}

#[tokio::test]
async fn a_test_waits_until_nothing_is_due_or_under_way() {
    let (ghl, clock, engine) = engine_at_start("PT5S");
    engine.settled().await.unwrap();
    let running = engine.clone();
    let run = tokio::spawn(async move { running.run(std::future::pending()).await });
    let call = missed_call(10, start());
    engine.accept(&call).await.unwrap();
    engine.settled().await.unwrap();
    assert_eq!(ghl.count("POST /contacts/contact10/tags"), 1);
    assert_eq!(ghl.count(TEXT), 0, "it is due in five seconds");
    clock.advance(Duration::from_secs(5));
    engine.settled().await.unwrap();
    assert_eq!(ghl.count(TEXT), 1);
    run.abort();
}

#[tokio::test]
async fn what_is_due_and_not_done_is_waited_for() {
    let (ghl, clock, engine) = engine_at_start("PT0S");
    engine.accept(&missed_call(10, clock.now())).await.unwrap();
    let waits = tokio::time::timeout(Duration::ZERO, engine.settled());
    assert!(waits.await.is_err(), "no engine runs");
    while engine.step().await.unwrap() > 0 {}
    engine.settled().await.unwrap();
    assert_eq!(ghl.count(TEXT), 1);
}
