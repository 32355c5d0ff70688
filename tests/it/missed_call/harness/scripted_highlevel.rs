//! HighLevel as a function in the process of the test, and an engine on it: for rules about one exact moment.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::Client;
use gohighlevel::client::{Transport, TransportError};
use gohighlevel::clock::Clock;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::episode::StepName;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::{LedgerQuery, Store};
use gohighlevel::recipes::missed_call::{Engine, Preset, Recipe};
use gohighlevel::webhooks::Delivery;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

pub(crate) const LOCATION: &str = "soleilLocation000001";

pub(crate) fn start() -> Timestamp {
    "2026-11-20T16:00:00Z".parse().unwrap()
}

/// What HighLevel does with one request.
pub(crate) enum Answer {
    Json(u16, Value),
    /// The same, and this was the last place of the burst window.
    LastPlace(Value),
    Hang,
    /// The same as `Json`, once there is a permit.
    Held(Arc<Semaphore>, Value),
}

type Decide = dyn Fn(&str, &str) -> Answer + Send + Sync;

/// HighLevel as a function of method and path, which remembers what it was asked.
#[derive(Clone)]
pub(crate) struct Scripted {
    decide: Arc<Decide>,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

impl Scripted {
    pub(crate) fn new(decide: impl Fn(&str, &str) -> Answer + Send + Sync + 'static) -> Self {
        Self {
            decide: Arc::new(decide),
            asked: Arc::default(),
        }
    }

    pub(crate) fn count(&self, line: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|asked| *asked == line).count()
    }

    pub(crate) fn client(&self, clock: Arc<dyn Clock>) -> Client {
        Client::builder()
            .token("pit-review")
            .transport(self.clone())
            .clock(clock)
            .build()
            .unwrap()
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let (method, path) = (request.method().as_str(), request.uri().path());
        self.asked.lock().unwrap().push(format!("{method} {path}"));
        let response = http::Response::builder();
        let (response, body) = match (self.decide)(method, path) {
            Answer::Json(status, body) => (response.status(status), body),
            Answer::LastPlace(body) => {
                let response = response.header("x-ratelimit-max", "100");
                (response.header("x-ratelimit-remaining", "0"), body)
            }
            Answer::Hang => std::future::pending().await,
            Answer::Held(permits, body) => {
                permits.acquire().await.unwrap().forget();
                (response, body)
            }
        };
        Ok(response.body(Bytes::from(body.to_string())).unwrap())
    }
}

/// What HighLevel answers when all is well.
pub(crate) fn well(method: &str, path: &str) -> Answer {
    let body = match (method, path.rsplit('/').next().unwrap()) {
        ("GET", "customValues") => json!({"customValues": [{
            "id": "v1",
            "fieldKey": "{{ custom_values.calendly_link }}",
            "value": "https://calendly.com/soleil/visit",
        }]}),
        ("POST", "messages") => json!({"conversationId": "k1", "messageId": "m1"}),
        ("POST", "tags") => json!({"tags": ["missed-call"]}),
        ("POST", "tasks") => json!({"task": {"id": "t1"}}),
        ("GET", contact) => json!({"contact": {"id": contact, "firstName": "Ana"}}),
        _ => json!({}),
    };
    Answer::Json(200, body)
}

pub(crate) fn recipe(after: &str) -> Recipe {
    let source = Preset::Soleil.recipe().source().to_owned();
    let source = source.replace(r#"after = "PT0S""#, &format!("after = \"{after}\""));
    Recipe::from_toml("soleil.toml", &source).unwrap()
}

pub(crate) fn delivery(body: Value, now: Timestamp) -> Delivery {
    Delivery::read(body.to_string(), now).unwrap()
}

pub(crate) fn missed_call(number: u32, now: Timestamp) -> Delivery {
    let body = json!({
        "type": "InboundMessage", "direction": "inbound", "messageType": "CALL",
        "status": "no-answer", "locationId": LOCATION, "webhookId": format!("w{number}"),
        "messageId": format!("call{number}"), "contactId": format!("contact{number}"),
        "from": format!("+131255501{number:02}"), "to": "+13125550100", "dateAdded": now.to_string(),
    });
    delivery(body, now)
}

pub(crate) fn stop(number: u32, now: Timestamp) -> Delivery {
    text("STOP", number, now)
}

pub(crate) fn text(word: &str, number: u32, now: Timestamp) -> Delivery {
    let body = json!({
        "type": "InboundMessage", "direction": "inbound", "messageType": "SMS", "body": word,
        "locationId": LOCATION, "webhookId": format!("{word}{number}"),
        "messageId": format!("{word}{number}"), "contactId": format!("contact{number}"),
        "from": format!("+131255501{number:02}"), "dateAdded": now.to_string(),
    });
    delivery(body, now)
}

pub(crate) fn engine(
    ghl: &Scripted,
    client_clock: Arc<dyn Clock>,
    clock: Arc<dyn Clock>,
    store: Arc<dyn Store>,
    recipe: Recipe,
) -> Engine {
    let location = LocationId::new(LOCATION).unwrap();
    Engine::builder(store)
        .clock(clock)
        .location(ghl.client(client_clock).location(location), recipe)
        .build()
}

pub(crate) async fn outcome(engine: &Engine, wanted: StepName) -> Option<String> {
    let entries = engine
        .store()
        .ledger(&LedgerQuery::default())
        .await
        .unwrap();
    entries.into_iter().find_map(|entry| match entry.kind {
        EntryKind::NotDone { step, reason } if step == wanted => Some(reason.code()),
        EntryKind::Done { step, .. } if step == wanted => Some("done".into()),
        _ => None,
    })
}
