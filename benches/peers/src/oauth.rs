//! The rows about OAuth: one refresh, shared stores, failing stores, dropped callers, tokens below an agency.
//!
//! FakeGhl runs in its strictest mode: a refresh token that is used twice ends the grant at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gohighlevel::auth::oauth::GrantKey;
use gohighlevel::auth::store::{MemoryTokenStore, TokenStore};
use gohighlevel::clock::SystemClock;
use gohighlevel::error::{Error, ErrorKind};
use gohighlevel::testing::{FakeGhl, Gate, GatePoint, ManualClock};
use http::Method;

use crate::scene::{
    Anything, LIFE, PeerScene, Process, SOLEIL, Scene, agency_seed, asked, builder, clock,
    exchange, location, peer, peer_read, peer_served, served,
};
use crate::table::Row;

const AT_ONCE: usize = 50;

pub async fn expired_locally() -> Anything<Row> {
    let scene = Scene::connected().await?;
    scene.clock.advance(LIFE);
    let own = (scene.process.served(AT_ONCE).await, scene.token_calls());

    let peer = PeerScene::connected(true).await?;
    let other = peer_served(&peer.client()?, AT_ONCE).await;

    Ok(Row {
        scene: "50 requests at once, token expired locally: token calls / requests served",
        must: "1 / 50",
        own: (format!("{} / {}", own.1, own.0), own == (AT_ONCE, 1)),
        ghl_sdk: Some(format!("{} / {other}", peer.token_calls())),
        highlevel_api: Some(format!("{} / –", refreshes_of_highlevel_api().await)),
    })
}

/// highlevel-api leaves tokens to its user and offers a refresher. Counts how often that asks for a new token.
async fn refreshes_of_highlevel_api() -> usize {
    let expired = highlevel_api::auth::TokenData {
        access_token: "old".to_owned(),
        refresh_token: Some("refresh".to_owned()),
        token_type: "Bearer".to_owned(),
        expires_in: 3600,
        scope: None,
        user_type: None,
        company_id: None,
        location_id: None,
        issued_at: Some(1),
    };
    let refresher = highlevel_api::auth::TokenRefresher::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let requests = (0..AT_ONCE).map(|_| {
        // Each request has read the token from the storage.
        let (refresher, calls, mut token) = (refresher.clone(), calls.clone(), expired.clone());
        async move {
            let mut new = token.clone();
            let refresh = || async {
                calls.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                new.mark_issued_now();
                Ok(new)
            };
            refresher.ensure_valid(SOLEIL, &mut token, refresh).await
        }
    });
    served(requests).await;
    calls.load(Ordering::SeqCst)
}

pub async fn refused_by_the_server() -> Anything<Row> {
    let scene = Scene::connected().await?;
    scene.fake.expire_access_tokens();
    let own = (scene.process.served(AT_ONCE).await, scene.token_calls());

    let peer = PeerScene::connected(false).await?;
    peer.fake.expire_access_tokens();
    let other = peer_served(&peer.client()?, AT_ONCE).await;

    Ok(Row {
        scene: "50 at once, server says 401 while the local expiry lies ahead: token calls / served",
        must: "1 / 50",
        own: (format!("{} / {}", own.1, own.0), own == (AT_ONCE, 1)),
        ghl_sdk: Some(format!("{} / {other}", peer.token_calls())),
        highlevel_api: None,
    })
}

/// "grant dead" or "grant alive": whether a new client on the same store is served.
fn state(alive: bool) -> &'static str {
    if alive { "grant alive" } else { "grant dead" }
}

/// Holds the first token call until a second one arrives or clearly will not, so that two clients that would refresh at the
/// same time do so.
async fn meet(mut gate: Gate) {
    let first = gate.arrived().await;
    let second = tokio::time::timeout(Duration::from_secs(1), gate.arrived()).await;
    drop((first, second));
}

fn token_gate(fake: &FakeGhl) -> Anything<Gate> {
    Ok(fake.gate(Method::POST, "/oauth/token", GatePoint::BeforeEffect)?)
}

pub async fn two_clients_on_one_store() -> Anything<Row> {
    // Real time: the wait for the other client must last as long as the server holds its call.
    let life = Duration::from_secs(3);
    let ended = || tokio::time::sleep(life + Duration::from_millis(100));
    let fake = builder(&SystemClock).token_lifetime(life).start().await?;
    let store = MemoryTokenStore::new();
    let [first, second, third] = [(); 3].map(|()| Process::new(&fake, &SystemClock, store.clone()));
    let (first, second, third) = (first?, second?, third?);
    let code = fake.authorize_location(SOLEIL)?;
    first.credentials.connect(&code).await?;
    ended().await;
    let half = AT_ONCE / 2;
    let gate = token_gate(&fake)?;
    let own = tokio::join!(first.served(half), second.served(half), meet(gate));
    let own = (own.0 + own.1, asked(&fake, "/oauth/token") - 1);
    ended().await;
    let alive = third.served(1).await == 1;

    let peer = PeerScene::connected(true).await?;
    let clients = (peer.client()?, peer.client()?);
    let gate = token_gate(&peer.fake)?;
    let other = tokio::join!(
        peer_served(&clients.0, half),
        peer_served(&clients.1, half),
        meet(gate)
    );
    let calls = peer.token_calls();
    let other_alive = peer_read(peer.client()?).await.is_ok();

    Ok(Row {
        scene: "two clients on one store, 25 requests each, refresh-token reuse kills the grant: token calls / served",
        must: "1 / 50",
        own: (
            format!("{} / {}, {}", own.1, own.0, state(alive)),
            own == (AT_ONCE, 1) && alive,
        ),
        ghl_sdk: Some(format!(
            "{calls} / {}, {}",
            other.0 + other.1,
            state(other_alive)
        )),
        highlevel_api: None,
    })
}

pub async fn saving_fails() -> Anything<Row> {
    let scene = Scene::connected().await?;
    scene.clock.advance(LIFE);
    scene.store.fail(1);
    let once = scene.process.served(AT_ONCE).await;

    // One renewal tries to save several times; here all tries fail.
    scene.clock.advance(LIFE);
    scene.store.fail(4);
    let key = GrantKey::Location(SOLEIL.parse()?);
    let before = scene.store.get(&key).await?;
    let failure = scene.process.clone().read(SOLEIL.to_owned()).await;
    let reported = failure.is_err_and(|error| {
        let error = error.downcast_ref::<Error>();
        error.is_some_and(|error| *error.kind() == ErrorKind::TokenStore)
    });
    let later = scene.process.served(1).await == 1;
    let after = scene.store.get(&key).await?;
    let tokens = |stored: Option<gohighlevel::auth::store::Stored>| stored?.grant.tokens;
    let saved = tokens(before) != tokens(after);
    let holds = once == AT_ONCE && reported && later && saved && scene.token_calls() == 2;

    let peer = PeerScene::connected(true).await?;
    peer.store.fail(1);
    let other = peer_served(&peer.client()?, AT_ONCE).await;
    let other_alive = peer_read(peer.client()?).await.is_ok();

    Ok(Row {
        scene: "saving the new token fails",
        must: "kept in memory, saved on the next try",
        own: (
            format!(
                "once: {once} of {AT_ONCE} served; 4 times: {}; {} token calls for both",
                if reported && later && saved {
                    "reported, then served and saved"
                } else {
                    "grant lost"
                },
                scene.token_calls(),
            ),
            holds,
        ),
        ghl_sdk: Some(format!(
            "once: {other} of {AT_ONCE} served, {}",
            state(other_alive)
        )),
        highlevel_api: None,
    })
}

pub async fn dropped_caller() -> Anything<Row> {
    let scene = Scene::connected().await?;
    scene.clock.advance(LIFE);
    drop_one(&scene.fake, scene.process.clone().read(SOLEIL.to_owned())).await?;
    let own = scene.process.served(1).await == 1 && scene.token_calls() == 1;

    let peer = PeerScene::connected(true).await?;
    let client = peer.client()?;
    drop_one(&peer.fake, peer_read(client.clone())).await?;
    let other = peer_read(client).await.is_ok();

    Ok(Row {
        scene: "caller drops its future during a refresh",
        must: "refresh completes, next caller served",
        own: (
            if own {
                "refresh completes, next caller served".to_owned()
            } else {
                format!(
                    "next caller not served, {} token calls",
                    scene.token_calls()
                )
            },
            own,
        ),
        ghl_sdk: Some(
            if other {
                "next caller served"
            } else {
                "grant lost"
            }
            .to_owned(),
        ),
        highlevel_api: None,
    })
}

/// Starts a request and drops it while the server holds the answer to its refresh.
async fn drop_one(
    fake: &FakeGhl,
    request: impl Future<Output = Anything<()>> + Send + 'static,
) -> Anything<()> {
    let mut gate = fake.gate(Method::POST, "/oauth/token", GatePoint::BeforeAnswer)?;
    let caller = tokio::spawn(request);
    let held = gate.arrived().await.ok_or("FakeGhl is gone")?;
    caller.abort();
    let _ = caller.await;
    held.release();
    Ok(())
}

/// An agency with a number of locations, and this crate connected to it.
struct Agency {
    fake: FakeGhl,
    clock: ManualClock,
    process: Process,
    locations: usize,
}

impl Agency {
    async fn connected(locations: usize, minted_refresh_tokens: bool) -> Anything<Self> {
        let clock = clock()?;
        let fake = builder(&clock)
            .seed(agency_seed(locations)?)
            .minted_refresh_tokens(minted_refresh_tokens)
            .start()
            .await?;
        let process = Process::new(&fake, &clock, MemoryTokenStore::new())?;
        let agency = Self {
            fake,
            clock,
            process,
            locations,
        };
        agency.process.credentials.connect(&agency.code()?).await?;
        Ok(agency)
    }

    fn code(&self) -> Anything<String> {
        let names: Vec<String> = (0..self.locations).map(location).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(self.fake.authorize_agency("agency", &names)?)
    }
}

pub async fn minted_token_expired() -> Anything<Row> {
    let mut own = [0, 0];
    for (with_refresh_token, own) in [true, false].into_iter().zip(&mut own) {
        let agency = Agency::connected(1, with_refresh_token).await?;
        for _ in 0..5 {
            agency.clock.advance(LIFE);
            let read = agency.process.clone().read(location(0));
            *own += usize::from(read.await.is_ok());
        }
    }

    let agency = Agency::connected(1, true).await?;
    let tokens = exchange(&agency.fake, &agency.code()?, false).await?;
    let store = Arc::new(ghl_sdk::MemoryTokenStore::new(tokens));
    let client = peer(&agency.fake, ghl_sdk::UserType::Company, store)?;
    let minted = client.as_location("agency", &location(0)).await?;
    minted.locations().get(&location(0)).await?;
    agency.clock.advance(LIFE);
    let mut other = 0;
    for _ in 0..5 {
        other += usize::from(minted.locations().get(&location(0)).await.is_ok());
    }

    Ok(Row {
        scene: "location token minted from an agency, after it expired: served of 5 \
                (and of 5 where the reply had no refresh token)",
        must: "always renews",
        own: (format!("{} of 5 ({} of 5)", own[0], own[1]), own == [5, 5]),
        ghl_sdk: Some(format!("{other} of 5")),
        highlevel_api: None,
    })
}

pub async fn dead_locations() -> Anything<Row> {
    const LOCATIONS: usize = 20;
    let agency = Agency::connected(LOCATIONS, true).await?;
    let read_all = || (0..LOCATIONS).map(|number| agency.process.clone().read(location(number)));
    served(read_all()).await;
    let calls = || {
        (
            asked(&agency.fake, "/oauth/token"),
            asked(&agency.fake, "/oauth/locationToken"),
        )
    };
    let before = calls();
    agency.clock.advance(LIFE);
    let own = served(read_all()).await;
    let after = calls();
    let (refreshes, mints) = (after.0 - before.0, after.1 - before.1);
    Ok(Row {
        scene: "20 dead locations under one expired agency token: agency refreshes + mints, served",
        must: "1 + 20, all served",
        own: (
            format!("{refreshes} + {mints}, {own} of {LOCATIONS} served"),
            (refreshes, mints, own) == (1, LOCATIONS, LOCATIONS),
        ),
        ghl_sdk: Some("no such path".to_owned()),
        highlevel_api: None,
    })
}
