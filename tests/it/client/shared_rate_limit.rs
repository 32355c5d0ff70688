//! One rate limit for several clients: what each may send, and what happens while the place that keeps it fails.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::Client;
use gohighlevel::client::{Location, MemoryRateLimit, SharedRateLimit, SharedSlot, SlotRequest};
use gohighlevel::clock::Clock as _;
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::LocationId;
use gohighlevel::testing::FakeGhl;
use tokio::task::JoinSet;

use super::lines::served_in_three_windows;
use crate::held_clock::HeldClock;

const LOCATION: &str = "soleilLocation000001";

async fn start(clock: &HeldClock) -> FakeGhl {
    let clock = Arc::new(clock.clone());
    FakeGhl::builder().clock(clock).start().await.unwrap()
}

/// The location as a client of its own sees it.
fn location(ghl: &FakeGhl, clock: &HeldClock, limit: impl SharedRateLimit) -> Location {
    let client = Client::builder()
        .token("pit-sample-soleil")
        .base_url(ghl.url())
        .clock(Arc::new(clock.clone()))
        .shared_rate_limit(limit)
        .build()
        .unwrap();
    client.location(LocationId::new(LOCATION).unwrap())
}

/// A place that cannot be reached.
#[derive(Debug)]
struct Unreachable;

#[async_trait]
impl SharedRateLimit for Unreachable {
    async fn take(
        &self,
        _: &LocationId,
        _: SlotRequest,
    ) -> Result<SharedSlot, Box<dyn std::error::Error + Send + Sync>> {
        Err("no connection".into())
    }
}

#[tokio::test]
async fn three_hundred_of_three_clients_at_once_are_served_without_a_refusal() {
    let clock = HeldClock::new();
    let ghl = start(&clock).await;
    let limit = MemoryRateLimit::new(clock.clone());
    let mut tasks = JoinSet::new();
    for _ in 0..3 {
        let location = location(&ghl, &clock, limit.clone());
        for _ in 0..100 {
            let location = location.clone();
            tasks.spawn(async move { location.custom_values().list().await });
        }
    }
    served_in_three_windows(tasks, &ghl, &clock, Duration::from_millis(10_300)).await;
    assert!(clock.elapsed() <= Duration::from_secs(21));
}

#[tokio::test]
async fn a_burst_does_not_wait_for_what_others_have_used() {
    let clock = HeldClock::new();
    let ghl = start(&clock).await;
    let limit = MemoryRateLimit::new(clock.clone());
    let [first, second] = [(); 2].map(|()| location(&ghl, &clock, limit.clone()));
    for _ in 0..100 {
        first.custom_values().list().await.unwrap();
    }
    let burst = second.burst(2).unwrap();
    let error = burst.custom_values().list().await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::RateLimited);
    // The client knows now what the others have used.
    assert!(second.burst(1).is_err());
    assert_eq!(second.burst_wait(1), Duration::from_millis(10_250));
    let reserved = burst.reserve().await.unwrap_err();
    assert_eq!(*reserved.kind(), ErrorKind::RateLimited);
    drop(burst);
    clock.advance(Duration::from_millis(10_300));
    let burst = second.burst(1).unwrap();
    burst.custom_values().list().await.unwrap();
    assert_eq!(ghl.requests().len(), 101);
}

#[tokio::test]
async fn a_reserved_request_has_its_slot_before_the_decision() {
    let clock = HeldClock::new();
    let ghl = start(&clock).await;
    let limit = MemoryRateLimit::new(clock.clone());
    let [first, second] = [(); 2].map(|()| location(&ghl, &clock, limit.clone()));
    let reservation = second.reserve().await.unwrap();
    for _ in 0..99 {
        first.custom_values().list().await.unwrap();
    }
    // The hundredth is the reserved one.
    assert!(
        first
            .burst(1)
            .unwrap()
            .custom_values()
            .list()
            .await
            .is_err()
    );
    let sent = reservation.send(|location| location.get("/locations/soleilLocation000001"));
    let _: serde_json::Value = sent.await.unwrap();
    assert_eq!(ghl.requests().len(), 100);
}

#[tokio::test]
async fn while_the_shared_limit_fails_each_client_goes_by_its_own_count() {
    let clock = HeldClock::new();
    let ghl = start(&clock).await;
    let location = location(&ghl, &clock, Unreachable);
    for _ in 0..100 {
        location.custom_values().list().await.unwrap();
    }
    assert!(location.burst(1).is_err());
    assert_eq!(ghl.requests().len(), 100);
}
