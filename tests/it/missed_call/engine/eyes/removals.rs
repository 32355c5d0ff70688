//! The removal of an app from an agency names no location; observers see which locations are meant.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use gohighlevel::clock::Clock as _;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{Engine, EngineObserver, Halt, ObservedEntry};
use gohighlevel::webhooks::Delivery;
use serde_json::json;

use crate::held_clock::HeldClock;

const COMPANY: &str = "soleilCompany0000001";

#[derive(Debug, Clone, Default)]
struct Removed(Arc<Mutex<BTreeSet<String>>>);

impl EngineObserver for Removed {
    fn recorded(&self, seen: &ObservedEntry) {
        let location = seen.entry.location.to_string();
        let mut removed = self.0.lock().unwrap();
        match &seen.entry.kind {
            EntryKind::Halted {
                halt: Halt::Uninstalled,
            } => removed.insert(location),
            EntryKind::Resumed {
                halt: Halt::Uninstalled,
            } => removed.remove(&location),
            _ => false,
        };
    }
}

#[tokio::test]
async fn a_removal_from_an_agency_is_seen_for_each_of_its_locations() {
    let removed = Removed::default();
    let clock = HeldClock::new();
    let engine = Engine::builder(Arc::new(MemoryStore::new()))
        .clock(Arc::new(clock.clone()))
        .observer(removed.clone())
        .build();
    let hears = async |kind: &str, location: Option<&str>, number: u32| {
        let body = json!({
            "type": kind, "companyId": COMPANY, "locationId": location,
            "webhookId": format!("webhook{number}"),
        });
        let delivery = Delivery::read(body.to_string(), clock.now()).unwrap();
        engine.accept(&delivery).await.unwrap();
        clock.advance(std::time::Duration::from_secs(1));
        engine.settled().await.unwrap();
    };
    hears("INSTALL", Some("north"), 1).await;
    hears("INSTALL", Some("south"), 2).await;
    hears("UNINSTALL", None, 3).await;
    let expected: BTreeSet<_> = ["north", "south"].map(str::to_owned).into();
    assert_eq!(*removed.0.lock().unwrap(), expected);
    hears("INSTALL", Some("south"), 4).await;
    let expected: BTreeSet<_> = ["north".to_owned()].into();
    assert_eq!(*removed.0.lock().unwrap(), expected);
}
