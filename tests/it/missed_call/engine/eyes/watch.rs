//! The ledger as it grows.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _, poll};
use gohighlevel::clock::Clock;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::Engine;
use gohighlevel::recipes::missed_call::store::{
    LedgerQuery, LedgerRow, MemoryStore, Store, StoreError,
};

use crate::held_clock::HeldClock;
use crate::missed_call::harness::faulty_store::Flaky;

fn engine(store: Arc<dyn Store>, clock: &HeldClock) -> Engine {
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    Engine::builder(store).clock(clock).build()
}

fn place(number: u32) -> LocationId {
    LocationId::new(format!("location{number}")).unwrap()
}

/// The next entry's location.
async fn next(rows: impl Stream<Item = Result<LedgerRow, StoreError>>) -> String {
    let row = pin!(rows).next().await.unwrap().unwrap();
    row.entry.location.to_string()
}

#[tokio::test]
async fn what_an_engine_writes_is_seen_at_once() {
    // On this clock no wait ends.
    let engine = engine(Arc::new(MemoryStore::new()), &HeldClock::new());
    for number in 1..=3 {
        engine.pause(&place(number)).await.unwrap();
    }
    let mut rows = pin!(engine.watch(0));
    for number in 1..=3 {
        assert_eq!(next(rows.as_mut()).await, place(number).as_str());
    }
    assert!(poll!(rows.next()).is_pending());
    engine.pause(&place(4)).await.unwrap();
    assert_eq!(next(rows.as_mut()).await, place(4).as_str());
    assert!(poll!(rows.next()).is_pending());
}

#[tokio::test]
async fn it_goes_on_after_any_entry() {
    let engine = engine(Arc::new(MemoryStore::new()), &HeldClock::new());
    // More than are read at once.
    for number in 1..=300 {
        engine.pause(&place(number)).await.unwrap();
    }
    let all = engine.store().ledger_rows(&LedgerQuery::default()).await;
    let all = all.unwrap();
    let seen: Vec<_> = engine.watch(0).take(300).collect().await;
    let seen: Vec<_> = seen.into_iter().map(Result::unwrap).collect();
    assert_eq!(seen, all);
    let rest = engine.watch(all[297].sequence).take(2).collect::<Vec<_>>();
    let rest: Vec<_> = rest.await.into_iter().map(Result::unwrap).collect();
    assert_eq!(rest, all[298..]);
}

#[tokio::test]
async fn what_another_process_writes_is_seen_within_five_seconds() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let clock = HeldClock::new();
    let here = engine(Arc::clone(&store), &clock);
    let there = engine(store, &clock);
    let mut rows = pin!(here.watch(0));
    assert!(poll!(rows.next()).is_pending());
    there.pause(&place(1)).await.unwrap();
    clock.advance(Duration::from_secs(4));
    assert!(poll!(rows.next()).is_pending());
    clock.advance(Duration::from_secs(1));
    assert_eq!(next(rows.as_mut()).await, place(1).as_str());
}

#[tokio::test]
async fn it_goes_on_after_an_error_of_the_store() {
    let store = Arc::new(Flaky::default());
    let clock = HeldClock::new();
    let engine = engine(Arc::clone(&store) as Arc<dyn Store>, &clock);
    engine.pause(&place(1)).await.unwrap();
    engine.pause(&place(2)).await.unwrap();
    let mut rows = pin!(engine.watch(0));
    assert_eq!(next(rows.as_mut()).await, place(1).as_str());
    assert_eq!(next(rows.as_mut()).await, place(2).as_str());
    store.ledger_reads_to_fail.store(1, Ordering::SeqCst);
    assert!(matches!(poll!(rows.next()), Poll::Ready(Some(Err(_)))));
    engine.pause(&place(3)).await.unwrap();
    assert!(poll!(rows.next()).is_pending(), "the store rests");
    clock.advance(Duration::from_secs(1));
    assert_eq!(next(rows.as_mut()).await, place(3).as_str());
}
