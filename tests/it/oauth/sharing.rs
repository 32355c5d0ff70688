//! Several clients and processes that share one token store: together they refresh a token only once.

use std::time::Duration;

use gohighlevel::auth::store::{FileTokenStore, MemoryTokenStore, SqliteTokenStore, TokenStore};
use gohighlevel::testing::GatePoint;
use http::Method;

use super::support::{LIFE, Process, SOLEIL, asked, builder, until, while_claims_hold};
use crate::held_clock::HeldClock;

/// Two processes use the same stored tokens, each through its own handle, for five generations of tokens. FakeGhl has no
/// grace period: one token call too many would end the grant.
async fn share(one: impl TokenStore + Clone, two: impl TokenStore) {
    let clock = HeldClock::new();
    let fake = builder(&clock)
        .refresh_grace(Duration::ZERO)
        .start()
        .await
        .unwrap();
    let processes = [
        Process::new(&fake, &clock, one.clone()),
        Process::new(&fake, &clock, two),
    ];
    let code = fake.authorize_location(SOLEIL).unwrap();
    processes[0].credentials.connect(&code).await.unwrap();
    for generation in 1..=5 {
        if generation % 2 == 1 {
            clock.advance(LIFE);
        } else {
            fake.expire_access_tokens();
        }
        let both = async {
            tokio::join!(
                processes[0].read_at_once(&[SOLEIL; 25]),
                processes[1].read_at_once(&[SOLEIL; 25]),
            )
        };
        let (one, two) = while_claims_hold(&clock, &one, both).await;
        let refreshes = asked(&fake, "/oauth/token") - 1;
        assert_eq!(
            (refreshes, one.0 + two.0),
            (generation, 50),
            "{:?} {:?}",
            one.1,
            two.1
        );
    }
}

#[tokio::test]
async fn two_clients_on_one_store_in_memory_make_one_token_call() {
    let store = MemoryTokenStore::new();
    share(store.clone(), store).await;
}

#[tokio::test]
async fn two_processes_on_one_folder_make_one_token_call() {
    let folder = tempfile::tempdir().unwrap();
    share(
        FileTokenStore::open(folder.path()).unwrap(),
        FileTokenStore::open(folder.path()).unwrap(),
    )
    .await;
}

#[tokio::test]
async fn two_processes_on_one_database_make_one_token_call() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grants.db");
    share(
        SqliteTokenStore::open(&path).unwrap(),
        SqliteTokenStore::open(&path).unwrap(),
    )
    .await;
}

#[tokio::test]
async fn a_client_that_waits_for_anothers_claim_polls_the_store_and_makes_no_token_call() {
    let clock = HeldClock::new();
    let fake = builder(&clock).start().await.unwrap();
    let store = MemoryTokenStore::new();
    let one = Process::new(&fake, &clock, store.clone());
    let other = Process::new(&fake, &clock, store);
    let code = fake.authorize_location(SOLEIL).unwrap();
    one.credentials.connect(&code).await.unwrap();
    clock.advance(LIFE);
    let mut gate = fake
        .gate(Method::POST, "/oauth/token", GatePoint::BeforeAnswer)
        .unwrap();
    let asks = tokio::spawn(async move { one.read(SOLEIL).await });
    let held = gate.arrived().await.unwrap();
    let waits = tokio::spawn(async move { other.read(SOLEIL).await });
    for look in 1..=10 {
        until(|| clock.waits() == look && clock.waiting() == 1).await;
        clock.advance(Duration::from_millis(50));
    }
    until(|| clock.waits() == 11).await;
    held.release();
    asks.await.unwrap().unwrap();
    clock.advance(Duration::from_millis(50));
    waits.await.unwrap().unwrap();
    assert_eq!(asked(&fake, "/oauth/token") - 1, 1);
}
