//! The host's own list of locations: asked as they are needed, kept for a while, and never in anybody's way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::Client;
use gohighlevel::clock::Clock;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::{LedgerQuery, MemoryStore, Store};
use gohighlevel::recipes::missed_call::{
    AcceptError, Acceptance, Engine, LocationSource, Lookup, Recipe, Removal, SourceError,
};
use gohighlevel::testing::ManualClock;
use gohighlevel::webhooks::{Delivery, Endpoint, Verifier};
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::missed_call::harness::scripted_highlevel::{self, Scripted, start, well};
use crate::webhooks::signing::Ed25519Signer;

/// Many calls at once are texted like others.
fn recipe(after: &str) -> Recipe {
    let source = scripted_highlevel::recipe(after).source().to_owned();
    let source = source.replace("[compliance]", "[compliance]\nfloods = \"ignored\"");
    Recipe::from_toml("soleil.toml", &source).unwrap()
}

/// A table of a host.
struct Table {
    client: Client,
    recipe: Mutex<Arc<Recipe>>,
    known: Mutex<BTreeSet<LocationId>>,
    not_served: Mutex<BTreeSet<LocationId>>,
    fails: AtomicBool,
    asked: Mutex<BTreeMap<LocationId, usize>>,
}

#[async_trait]
impl LocationSource for Table {
    async fn look_up(&self, location: &LocationId) -> Result<Lookup, SourceError> {
        *self
            .asked
            .lock()
            .unwrap()
            .entry(location.clone())
            .or_default() += 1;
        tokio::task::yield_now().await;
        if self.fails.load(Ordering::SeqCst) {
            return Err("the table is locked".into());
        }
        if self.not_served.lock().unwrap().contains(location) {
            return Ok(Lookup::NotServed);
        }
        if self.known.lock().unwrap().contains(location) {
            let recipe = Arc::clone(&self.recipe.lock().unwrap());
            return Ok(Lookup::found(
                self.client.location(location.clone()),
                recipe,
            ));
        }
        Ok(Lookup::Unknown)
    }
}

impl Table {
    fn asked(&self) -> usize {
        self.asked.lock().unwrap().values().sum()
    }

    fn knows(&self, location: &LocationId) {
        self.known.lock().unwrap().insert(location.clone());
    }
}

struct Host {
    ghl: Scripted,
    clock: ManualClock,
    store: Arc<dyn Store>,
    table: Arc<Table>,
    engine: Engine,
}

impl Host {
    fn keeping(most: usize) -> Self {
        let ghl = Scripted::new(well);
        let clock = ManualClock::new(start());
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let table = Arc::new(Table {
            client: ghl.client(Arc::clone(&shared)),
            recipe: Mutex::new(Arc::new(recipe("PT0S"))),
            known: Mutex::default(),
            not_served: Mutex::default(),
            fails: AtomicBool::new(false),
            asked: Mutex::default(),
        });
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let engine = Engine::builder(Arc::clone(&store))
            .clock(shared)
            .location_source(Arc::clone(&table))
            .location_cache(most, Duration::from_secs(300))
            .build();
        Self {
            ghl,
            clock,
            store,
            table,
            engine,
        }
    }

    fn new() -> Self {
        Self::keeping(100)
    }

    async fn takes(&self, body: Value) -> Result<Acceptance, AcceptError> {
        let delivery = Delivery::read(body.to_string(), self.clock.now()).unwrap();
        self.engine.accept(&delivery).await
    }

    async fn call(&self, location: &LocationId, number: u32) -> Result<Acceptance, AcceptError> {
        self.takes(call(location, number, &self.clock)).await
    }

    fn texts(&self) -> usize {
        self.ghl.count("POST /conversations/messages")
    }

    async fn ends(&self) -> Vec<String> {
        let ledger = self.store.ledger(&LedgerQuery::default()).await.unwrap();
        let end = |kind| match kind {
            EntryKind::Done { step, .. } => Some(format!("{step} done")),
            EntryKind::NotDone { step, reason } => Some(format!("{step} {reason}")),
            _ => None,
        };
        ledger
            .into_iter()
            .filter_map(|entry| end(entry.kind))
            .collect()
    }

    async fn pass(&self, minutes: u64) {
        for _ in 0..minutes {
            while self.engine.step().await.unwrap() > 0 {}
            self.clock.advance(Duration::from_secs(60));
        }
    }
}

fn id(number: usize) -> LocationId {
    LocationId::new(format!("location{number:05}")).unwrap()
}

fn call(location: &LocationId, number: u32, clock: &ManualClock) -> Value {
    json!({
        "type": "InboundMessage", "direction": "inbound", "messageType": "CALL",
        "status": "no-answer", "locationId": location, "webhookId": format!("w{number}"),
        "messageId": format!("call{number}"), "contactId": format!("contact{number}"),
        "from": format!("+1312556{:04}", number * 7_919 % 10_000), "to": "+13125550100",
        "dateAdded": clock.now().to_string(),
    })
}

#[tokio::test]
async fn fifty_thousand_locations_are_asked_about_as_they_are_needed() {
    const KEPT: usize = 100;
    let host = Host::keeping(KEPT);
    host.table.known.lock().unwrap().extend((0..50_000).map(id));
    assert_eq!(host.table.asked(), 0, "nothing is asked at the start");
    for number in 0..500 {
        let location = id(number as usize * 97 % 50_000);
        let accepted = host.call(&location, number).await.unwrap();
        assert_eq!(accepted, Acceptance::Accepted);
        assert!(host.engine.locations().len() <= KEPT);
    }
    assert_eq!(host.table.asked(), 500, "each once");
    // The latest ones are kept.
    for number in 450..500 {
        let location = id(number as usize * 97 % 50_000);
        host.call(&location, number).await.unwrap();
    }
    assert_eq!(host.table.asked(), 500);
    host.pass(9).await;
    assert_eq!(host.texts(), 500);
    assert!(
        host.engine
            .locations()
            .iter()
            .all(|served| served.from_source)
    );
}

#[tokio::test]
async fn those_who_need_one_location_at_once_wait_for_one_answer() {
    let host = Host::new();
    let location = id(1);
    host.table.knows(&location);
    let calls = (0..20).map(|number| host.call(&location, number));
    for accepted in futures_util::future::join_all(calls).await {
        assert_eq!(accepted.unwrap(), Acceptance::Accepted);
    }
    assert_eq!(host.table.asked(), 1);
}

#[tokio::test]
async fn a_webhook_that_comes_before_its_grant_comes_again() {
    let host = Host::new();
    let (location, other) = (id(1), id(2));
    host.table.not_served.lock().unwrap().insert(other.clone());
    let signer = Ed25519Signer::generate();
    let verifier = Verifier::builder().ed25519_pem(&signer.pem()).unwrap();
    let endpoint = Endpoint::builder(verifier.build(), host.engine.clone());
    let endpoint = endpoint.clock(host.clock.clone()).build();
    let delivered = async |location: &LocationId, number| {
        let body = call(location, number, &host.clock).to_string();
        let mut request = Request::post("/webhooks/ghl")
            .body(Bytes::from(body.clone()))
            .unwrap();
        *request.headers_mut() = signer.headers(body.as_bytes());
        endpoint.answer(request).await.status()
    };
    assert_eq!(delivered(&location, 1).await, StatusCode::TOO_MANY_REQUESTS);
    host.table.fails.store(true, Ordering::SeqCst);
    host.clock.advance(Duration::from_secs(11));
    assert_eq!(delivered(&location, 1).await, StatusCode::TOO_MANY_REQUESTS);
    host.table.fails.store(false, Ordering::SeqCst);
    host.clock.advance(Duration::from_secs(11));
    assert_eq!(delivered(&other, 2).await, StatusCode::OK, "it is nobody's");
    host.table.knows(&location);
    assert_eq!(delivered(&location, 1).await, StatusCode::OK);
    host.pass(1).await;
    assert_eq!(host.texts(), 1);
}

#[tokio::test]
async fn an_installation_makes_the_source_be_asked_again_at_once() {
    let host = Host::new();
    let location = id(1);
    let refused = host.call(&location, 1).await.unwrap_err();
    assert!(
        matches!(refused, AcceptError::UnknownLocation(_)),
        "{refused}"
    );
    host.table.knows(&location);
    assert!(
        host.call(&location, 1).await.is_err(),
        "that it is unknown is kept"
    );
    let installed = json!({"type": "INSTALL", "locationId": location, "webhookId": "install"});
    host.takes(installed).await.unwrap();
    assert_eq!(host.call(&location, 1).await.unwrap(), Acceptance::Accepted);

    // The host knows it from its own pages too, before the webhook.
    let other = id(2);
    assert!(host.call(&other, 2).await.is_err());
    host.table.knows(&other);
    host.engine.app_installed(&other).await.unwrap();
    assert_eq!(host.call(&other, 2).await.unwrap(), Acceptance::Accepted);
}

#[tokio::test]
async fn a_changed_recipe_counts_after_the_time_that_answers_are_kept_or_at_once() {
    let host = Host::new();
    let location = id(1);
    host.table.knows(&location);
    let changed = recipe("PT1S");
    host.call(&location, 1).await.unwrap();
    *host.table.recipe.lock().unwrap() = Arc::new(changed.clone());
    let in_force = async || {
        let status = host.engine.status(&location).await.unwrap();
        status.recipe.unwrap().fingerprint == changed.fingerprint()
    };
    assert!(!in_force().await);
    host.clock.advance(Duration::from_secs(301));
    assert!(in_force().await);
    *host.table.recipe.lock().unwrap() = Arc::new(recipe("PT0S"));
    assert!(host.engine.forget_location(&location));
    assert!(!in_force().await);
}

#[tokio::test]
async fn due_effects_of_a_location_that_cannot_be_found_wait_and_keep_no_others_waiting() {
    let host = Host::new();
    let (lost, well) = (id(1), id(2));
    host.table.knows(&lost);
    host.table.knows(&well);
    for number in 0..50 {
        host.call(&lost, number).await.unwrap();
    }
    host.table.known.lock().unwrap().remove(&lost);
    host.engine.forget_location(&lost);
    host.call(&well, 99).await.unwrap();
    while host.engine.step().await.unwrap() > 0 {}
    assert_eq!(host.texts(), 1, "the other one's text goes out");
    let asked = host.table.asked.lock().unwrap()[&lost];
    assert!(asked <= 3, "{asked}");
    host.pass(4).await;
    assert_eq!(host.texts(), 1);
    host.table.knows(&lost);
    host.pass(4).await;
    assert_eq!(host.texts(), 51, "none is lost");
}

#[tokio::test]
async fn what_the_source_said_last_counts_while_it_fails() {
    let host = Host::new();
    let location = id(1);
    host.table.knows(&location);
    host.call(&location, 1).await.unwrap();
    host.table.fails.store(true, Ordering::SeqCst);
    host.clock.advance(Duration::from_secs(400));
    assert_eq!(host.call(&location, 2).await.unwrap(), Acceptance::Accepted);
    host.pass(1).await;
    assert_eq!(host.texts(), 2);
    host.engine.forget_location(&location);
    let refused = host.call(&location, 3).await.unwrap_err();
    assert!(
        matches!(refused, AcceptError::SourceFailed { .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn a_removed_location_is_not_served_though_the_source_has_it() {
    let host = Host::new();
    let location = id(1);
    host.table.knows(&location);
    host.call(&location, 1).await.unwrap();
    assert!(
        host.engine
            .remove_location(&location, Removal::End)
            .await
            .unwrap()
    );
    host.clock.advance(Duration::from_secs(1));
    host.call(&location, 2).await.unwrap();
    host.pass(2).await;
    assert_eq!(host.texts(), 0);
    let ends = host.ends().await;
    assert_eq!(ends.len(), 6, "{ends:?}");
    assert!(ends.iter().all(|end| end.ends_with(" removed")), "{ends:?}");
    // Once the source has forgotten it too, its webhooks are acknowledged and not sent again and again.
    host.table.known.lock().unwrap().remove(&location);
    host.engine.forget_location(&location);
    assert_eq!(host.call(&location, 3).await.unwrap(), Acceptance::Ignored);
    host.table.knows(&location);
    let handle = host.table.client.location(location.clone());
    host.engine
        .put_location(handle, recipe("PT0S"))
        .await
        .unwrap();
    host.call(&location, 4).await.unwrap();
    host.pass(1).await;
    assert_eq!(host.texts(), 1);
}
