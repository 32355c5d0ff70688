//! The app is removed and installed again, and host and engine learn of it in any order.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::Client;
use gohighlevel::clock::Clock;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::store::{MemoryStore, Store};
use gohighlevel::recipes::missed_call::{Acceptance, Engine, Halt};
use gohighlevel::testing::ManualClock;
use gohighlevel::webhooks::{Delivery, Handler};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::logged::logged;
use crate::missed_call::engine::intake::events::recipe;
use crate::missed_call::harness::world::{LOCATION, World};

const COMPANY: &str = "soleilCompany0000001";

/// An engine on the world's store that serves the location, or does not.
fn engine(world: &World, serves: bool) -> Engine {
    let engine = Engine::builder(Arc::clone(&world.store)).clock(Arc::new(world.clock.clone()));
    if serves {
        engine.location(world.location(), recipe()).build()
    } else {
        engine.build()
    }
}

async fn hears(engine: &Engine, world: &World, body: Value) -> Acceptance {
    let delivery = Delivery::read(body.to_string(), world.clock.now()).unwrap();
    assert!(engine.wants(&delivery), "{body}");
    engine.accept(&delivery).await.unwrap()
}

fn of_location(event: &str) -> Value {
    json!({"type": event, "locationId": LOCATION, "companyId": COMPANY})
}

/// What the host does, and what it and the engine hear, after the app was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The host takes the location out of its engine …
    Drops,
    /// … and in again.
    Adopts,
    /// The engine hears `INSTALL`.
    Hears,
    /// The host says that the app is there, as its OAuth callback shows.
    Says,
}

#[tokio::test]
async fn a_location_is_served_after_a_new_installation_in_any_order_of_reports() {
    use Then::{Adopts, Drops, Hears, Says};
    for order in [
        &[Hears][..],
        &[Says],
        &[Says, Hears],
        &[Hears, Says],
        &[Drops, Adopts, Hears],
        &[Drops, Hears, Adopts],
        &[Drops, Says, Adopts],
        &[Drops, Adopts, Says],
        &[Drops, Says, Hears, Adopts],
        &[Drops, Hears, Adopts, Says],
    ] {
        let mut world = World::with(recipe(), Arc::new(MemoryStore::new())).await;
        hears(&world.engine, &world, of_location("UNINSTALL")).await;
        let store = Arc::clone(&world.store);
        for (then, minute) in order.iter().zip(1..) {
            world.minutes(1).await;
            let mut installed = of_location("INSTALL");
            installed["webhookId"] = json!(minute);
            match then {
                Drops => world.engine = engine(&world, false),
                Adopts => world.engine = engine(&world, true),
                Hears => drop(hears(&world.engine, &world, installed).await),
                Says => {
                    let location = LocationId::new(LOCATION).unwrap();
                    let halted = world.engine.app_installed(&location).await.unwrap();
                    assert_eq!(halted, None, "{order:?}");
                }
            }
        }
        world.restart(store).await;
        let call = world.missed_call().await;
        world.minutes(5).await;
        let texts = world.texts(&call.contact_id).await;
        assert_eq!(texts.len(), 1, "{order:?}: {:?}", world.history().await);
    }
}

#[tokio::test]
async fn a_removal_counts_for_a_location_that_is_added_later() {
    let mut world = World::with(recipe(), Arc::new(MemoryStore::new())).await;
    let elsewhere = engine(&world, false);
    let taken = hears(&elsewhere, &world, of_location("UNINSTALL")).await;
    assert_eq!(taken, Acceptance::Accepted);
    let store = Arc::clone(&world.store);
    world.restart(store).await;
    let call = world.missed_call().await;
    world.minutes(5).await;
    world
        .assert_not_texted(&call.contact_id, "uninstalled")
        .await;
}

#[tokio::test]
async fn what_still_halts_a_location_is_reported() {
    let world = World::with(recipe(), Arc::new(MemoryStore::new())).await;
    let location = LocationId::new(LOCATION).unwrap();
    assert_eq!(world.engine.resume(&location).await.unwrap(), None);
    world.engine.pause(&location).await.unwrap();
    hears(&world.engine, &world, of_location("UNINSTALL")).await;
    let left = world.engine.resume(&location).await.unwrap();
    assert_eq!(left, Some(Halt::Uninstalled));
    world.engine.pause(&location).await.unwrap();
    let left = world.engine.app_installed(&location).await.unwrap();
    assert_eq!(left, Some(Halt::Paused));
    assert_eq!(world.engine.resume(&location).await.unwrap(), None);
}

#[tokio::test]
async fn a_removal_of_which_the_host_knows_more_counts_no_more() {
    let world = World::with(recipe(), Arc::new(MemoryStore::new())).await;
    let location = LocationId::new(LOCATION).unwrap();
    let mut removed = of_location("UNINSTALL");
    removed["timestamp"] = json!(world.clock.now());
    world.minutes(1).await;
    world.engine.app_installed(&location).await.unwrap();
    hears(&world.engine, &world, removed).await;
    assert_eq!(world.engine.resume(&location).await.unwrap(), None);
}

#[tokio::test]
async fn calls_that_a_halt_leaves_unanswered_are_warned_of_once() {
    let world = World::with(recipe(), Arc::new(MemoryStore::new())).await;
    let location = LocationId::new(LOCATION).unwrap();
    let unanswered = async || {
        for _ in 0..3 {
            world.missed_call().await;
            world.minutes(6 * 60).await;
        }
    };
    world.engine.pause(&location).await.unwrap();
    let ((), log) = logged(unanswered()).await;
    assert_eq!(log.matches("a call is not answered").count(), 1, "{log}");
    assert!(
        log.contains(LOCATION) && log.contains("Engine::resume"),
        "{log}"
    );
    world.engine.resume(&location).await.unwrap();
    hears(&world.engine, &world, of_location("UNINSTALL")).await;
    let ((), log) = logged(unanswered()).await;
    assert_eq!(log.matches("a call is not answered").count(), 1, "{log}");
    assert!(log.contains("INSTALL"), "{log}");
}

/// Something that HighLevel tells of the app: of the location, with or without its company, or of the company.
#[derive(Debug, Clone)]
struct LedgerBuilder {
    of_location: bool,
    names_company: bool,
    installed: bool,
    second: i64,
    /// Whether the engine that hears of it serves the location.
    is_served: bool,
}

fn told() -> impl Strategy<Value = LedgerBuilder> {
    (any::<[bool; 4]>(), 0_i64..4).prop_map(|(flags, second)| {
        let [of_location, names_company, installed, is_served] = flags;
        LedgerBuilder {
            of_location,
            names_company,
            installed,
            second,
            is_served,
        }
    })
}

/// Each thing at least once, in any order.
fn in_any_order() -> impl Strategy<Value = (Vec<LedgerBuilder>, Vec<usize>)> {
    proptest::collection::vec(told(), 1..7).prop_flat_map(|all| {
        let once: Vec<usize> = (0..all.len()).collect();
        let again = proptest::collection::vec(0..all.len(), 0..4);
        let order =
            again.prop_flat_map(move |again| Just([once.clone(), again].concat()).prop_shuffle());
        (Just(all), order)
    })
}

impl LedgerBuilder {
    fn body(&self, number: usize, start: Timestamp) -> String {
        let mut body = json!({
            "type": if self.installed { "INSTALL" } else { "UNINSTALL" },
            "timestamp": start + Duration::from_secs(self.second.unsigned_abs()),
            "webhookId": number,
        });
        if self.of_location {
            body["locationId"] = LOCATION.into();
        }
        if self.names_company || !self.of_location {
            body["companyId"] = COMPANY.into();
        }
        body.to_string()
    }
}

/// Whether the app is there after all of this: what was said last counts, and of one time that it is there. What is said of
/// the company counts if it is known to be the location's.
fn is_there(all: &[LedgerBuilder]) -> bool {
    let knows_company = all
        .iter()
        .any(|told| told.of_location && told.names_company);
    let counts = all.iter().filter(|told| told.of_location || knows_company);
    let last = counts.max_by_key(|told| (told.second, told.installed));
    last.is_none_or(|told| told.installed)
}

async fn is_there_after(all: &[LedgerBuilder], order: &[usize]) -> bool {
    let start: Timestamp = "2026-11-20T16:00:00Z".parse().unwrap();
    let clock = ManualClock::new(start + Duration::from_secs(60));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let location = LocationId::new(LOCATION).unwrap();
    let builder = || Engine::builder(Arc::clone(&store)).clock(Arc::new(clock.clone()));
    let client = Client::builder().token("pit-nobody").build().unwrap();
    let engines = [
        builder().build(),
        builder()
            .location(client.location(location.clone()), recipe())
            .build(),
    ];
    for number in order {
        let told = &all[*number];
        let body = told.body(*number, start);
        let delivery = Delivery::read(body, clock.now()).unwrap();
        let engine = &engines[usize::from(told.is_served)];
        engine.accept(&delivery).await.unwrap();
        clock.advance(Duration::from_secs(1));
    }
    engines[1].resume(&location).await.unwrap() != Some(Halt::Uninstalled)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whether_the_app_is_installed_does_not_depend_on_the_order_of_reports(
        (all, order) in in_any_order()
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let found = runtime.block_on(is_there_after(&all, &order));
        prop_assert_eq!(found, is_there(&all));
    }
}
