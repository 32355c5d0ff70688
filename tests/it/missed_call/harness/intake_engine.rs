//! An engine that accepts deliveries and performs nothing, webhook bodies for it, and views of its ledger and store.

use std::sync::Arc;

use gohighlevel::Client;
use gohighlevel::client::Lane;
use gohighlevel::clock::Clock;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::{
    LedgerQuery, MemoryStore, PersonKey, Shares, Subject,
};
use gohighlevel::recipes::missed_call::{Acceptance, Engine, Recipe};
use gohighlevel::testing::ManualClock;
use gohighlevel::webhooks::Delivery;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::builders::{LOCATION, NUMBER, at, contact, location, recipe};
use super::scripted_highlevel::{Answer, Scripted};

/// An engine that takes deliveries and never performs anything. Its HighLevel tells nothing, not even the time.
pub(crate) struct IntakeEngine {
    pub(crate) engine: Engine,
    pub(crate) clock: ManualClock,
    deliveries: u32,
}

impl IntakeEngine {
    /// With the recipe of the tests in each of these locations; the clock stands at 60.
    pub(crate) fn open(locations: &[&str]) -> Self {
        let clock = ManualClock::new(at(60));
        let client = Client::builder()
            .transport(Scripted::new(|_, _| Answer::Json(200, json!({}))))
            .token("pit-nobody")
            .clock(Arc::new(clock.clone()))
            .build()
            .unwrap();
        let mut engine =
            Engine::builder(Arc::new(MemoryStore::new())).clock(Arc::new(clock.clone()));
        for name in locations {
            let id = LocationId::new(*name).unwrap();
            let recipe = Recipe::from_toml("test.toml", recipe().source()).unwrap();
            engine = engine.location(client.location(id), recipe);
        }
        Self {
            engine: engine.build(),
            clock,
            deliveries: 0,
        }
    }

    pub(crate) async fn take(&mut self, body: &Value) -> Acceptance {
        self.take_raw(body.to_string()).await
    }

    pub(crate) async fn take_raw(&mut self, body: impl Into<bytes::Bytes>) -> Acceptance {
        let delivery = Delivery::read(body, self.clock.now()).unwrap();
        self.engine.accept(&delivery).await.unwrap()
    }

    /// Takes the event `body`, changed by `change`, as a delivery of its own.
    pub(crate) async fn event(&mut self, mut body: Value, change: Value) -> Acceptance {
        self.deliveries += 1;
        body["webhookId"] = json!(format!("webhook-{}", self.deliveries));
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::String(word) if word == "-" => {
                    body.as_object_mut().unwrap().remove(name);
                }
                value => body[name] = value.clone(),
            }
        }
        self.take(&body).await
    }

    pub(crate) async fn call(&mut self, change: Value) -> Acceptance {
        self.event(missed_call(), change).await
    }

    pub(crate) async fn text(&mut self, text: &str, change: Value) -> Acceptance {
        let mut body = text_in();
        body["body"] = json!(text);
        self.event(body, change).await
    }

    pub(crate) async fn ledger(&self) -> Vec<Entry> {
        let everything = LedgerQuery::default();
        self.engine.store().ledger(&everything).await.unwrap()
    }

    /// The ledger by names, with the code of a reason where there is one.
    pub(crate) async fn story(&self) -> Vec<String> {
        let name = |entry: Entry| match entry.kind {
            EntryKind::NotDone { step, reason } => format!("{step} not_done {reason}"),
            EntryKind::OptedOut { reason } => format!("opted_out {reason}"),
            EntryKind::OptedIn { reason } => format!("opted_in {reason}"),
            EntryKind::CallUnclear { status, .. } => format!("call_unclear {status}"),
            kind => kind.name().to_owned(),
        };
        self.ledger().await.into_iter().map(name).collect()
    }

    /// The only entry, as JSON.
    pub(crate) async fn entry(&self) -> Value {
        let mut ledger = self.ledger().await;
        assert_eq!(ledger.len(), 1, "{ledger:?}");
        serde_json::to_value(ledger.remove(0)).unwrap()
    }

    pub(crate) async fn suppressed(&self, subjects: &[Subject]) -> bool {
        let store = self.engine.store();
        !store
            .suppressions(&location(), subjects)
            .await
            .unwrap()
            .is_empty()
    }

    pub(crate) async fn live(&self, who: &str) -> bool {
        let key = PersonKey {
            location: location(),
            contact: contact(who),
            number: None,
        };
        let store = self.engine.store();
        store.open_episode(&key).await.unwrap().is_some()
    }

    /// Effects that wait for their time.
    pub(crate) async fn planned(&self) -> usize {
        let store = self.engine.store();
        let mut count = 0;
        for lane in [Lane::Interactive, Lane::Background] {
            let lease = SignedDuration::ZERO;
            let claims = store
                .claim(at(1_000_000), lane, 100, lease, &Shares::UNLIMITED)
                .await
                .unwrap();
            count += claims.len();
        }
        count
    }
}

pub(crate) fn desk() -> IntakeEngine {
    IntakeEngine::open(&[LOCATION])
}

/// A call that ended at 0, reported at 2.
pub(crate) fn missed_call() -> Value {
    json!({
        "type": "InboundMessage", "locationId": LOCATION, "timestamp": at(2), "contactId": "rosan",
        "conversationId": "thread", "dateAdded": at(0), "direction": "inbound",
        "messageType": "CALL", "messageId": "call-1", "status": "no-answer",
        "callDuration": 0, "callStatus": "no-answer", "from": NUMBER, "to": "+15550002222",
    })
}

pub(crate) fn text_in() -> Value {
    json!({
        "type": "InboundMessage", "locationId": LOCATION, "timestamp": at(50), "contactId": "rosan",
        "conversationId": "thread", "dateAdded": at(50), "direction": "inbound",
        "messageType": "SMS", "messageId": "text-1", "status": "delivered", "body": "hello",
        "from": NUMBER, "to": "+15550002222",
    })
}

pub(crate) fn do_not_disturb(status: &str) -> Value {
    json!({
        "type": "ContactDndUpdate", "locationId": LOCATION, "id": "rosan",
        "dndSettings": {"SMS": {"status": status}}, "phone": NUMBER,
    })
}
