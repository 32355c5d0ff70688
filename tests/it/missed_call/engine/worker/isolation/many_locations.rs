//! Many locations on one engine, on virtual time: HighLevel is a FakeGhl in the same process, and each request takes a
//! moment on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::Client;
use gohighlevel::auth::StaticTokens;
use gohighlevel::client::{Transport, TransportError};
use gohighlevel::clock::Clock;
use gohighlevel::error::TransportErrorKind;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::{LedgerQuery, MemoryStore, Store};
use gohighlevel::recipes::missed_call::{Engine, Preset, Recipe};
use gohighlevel::testing::{Call, FakeGhl, FakeTransport, Fault, Seed};
use gohighlevel::webhooks::Delivery;
use jiff::Timestamp;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How long a request is on its way, there and back together.
const ON_THE_WAY: Duration = Duration::from_millis(60);
/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The time that Tokio shows: it leaps on when nobody can go on.
#[derive(Debug, Clone)]
pub(super) struct VirtualTime {
    start: Timestamp,
    began: Instant,
}

impl VirtualTime {
    fn new() -> Self {
        Self {
            start: "2026-11-20T16:00:00Z".parse().unwrap(),
            began: Instant::now(),
        }
    }
}

#[async_trait]
impl Clock for VirtualTime {
    fn now(&self) -> Timestamp {
        self.start + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// How many requests are open, and were at most.
#[derive(Debug, Default)]
struct Open {
    now: usize,
    at_most: usize,
}

/// The way to FakeGhl.
#[derive(Debug, Clone)]
struct Line {
    ghl: FakeTransport,
    open: Arc<Mutex<Open>>,
}

/// One open request.
struct Opened(Arc<Mutex<Open>>);

impl Opened {
    fn new(open: &Arc<Mutex<Open>>) -> Self {
        let mut counts = open.lock().unwrap();
        counts.now += 1;
        counts.at_most = counts.at_most.max(counts.now);
        Self(Arc::clone(open))
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.lock().unwrap().now -= 1;
    }
}

#[async_trait]
impl Transport for Line {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let _opened = Opened::new(&self.open);
        let answered = async {
            tokio::time::sleep(ON_THE_WAY / 2).await;
            let answer = self.ghl.call(request).await;
            tokio::time::sleep(ON_THE_WAY / 2).await;
            answer
        };
        let silence = |_| TransportError::new(TransportErrorKind::Timeout, "no answer");
        let answered = tokio::time::timeout(PATIENCE, answered).await;
        answered.map_err(silence)?
    }
}

pub(super) struct World {
    pub(super) ghl: FakeGhl,
    pub(super) clock: VirtualTime,
    pub(super) engine: Engine,
    pub(super) store: Arc<dyn Store>,
    open: Arc<Mutex<Open>>,
    running: Option<JoinHandle<()>>,
    /// Whom a call was missed of, where, and when.
    calls: Vec<(String, String, Timestamp)>,
}

impl World {
    pub(super) async fn with(locations: usize) -> Self {
        Self::with_limit(locations, 100).await
    }

    /// HighLevel takes so many requests of a location in ten seconds.
    pub(super) async fn with_limit(locations: usize, requests: u32) -> Self {
        let seed: Vec<_> = (0..locations).map(seed).collect();
        let seed = Seed::from_json(&json!({ "locations": seed }).to_string()).unwrap();
        let clock = VirtualTime::new();
        let ghl = FakeGhl::builder()
            .seed(seed)
            .clock(Arc::new(clock.clone()))
            .limit(requests, Duration::from_secs(10))
            .start()
            .await
            .unwrap();
        let (store, open) = (Arc::new(MemoryStore::new()), Arc::default());
        let engine = engine(&ghl, &clock, &open, store.clone(), locations);
        let mut world = Self {
            ghl,
            clock,
            engine,
            store,
            open,
            running: None,
            calls: Vec::new(),
        };
        world.run();
        world
    }

    fn run(&mut self) {
        let engine = self.engine.clone();
        let running = async move { engine.run(std::future::pending()).await };
        self.running = Some(tokio::spawn(running));
    }

    /// The process dies, and another one goes on with its store.
    pub(super) async fn restart(&mut self, locations: usize) {
        if let Some(running) = self.running.take() {
            running.abort();
            let _ = running.await;
        }
        let store = Arc::clone(&self.store);
        self.engine = engine(&self.ghl, &self.clock, &self.open, store, locations);
        self.run();
    }

    pub(super) async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    pub(super) fn make_ill(&self, location: usize, fault: Fault) {
        self.ghl
            .location_fault(&name(location), Some(fault))
            .unwrap();
    }

    pub(super) fn make_well(&self, location: usize) {
        self.ghl.location_fault(&name(location), None).unwrap();
    }

    /// Somebody new calls, nobody answers, and the webhook comes.
    pub(super) async fn missed_call(&mut self, location: usize) {
        let number = self.calls.len();
        // Numbers of different people are not in a row.
        let from = format!("+1312556{:04}", number * 7_919 % 10_000);
        let (location, now) = (name(location), self.clock.now());
        let (from, to) = (from.parse().unwrap(), "+13125550100".parse().unwrap());
        let call = Call::missed(&location, from, to);
        let trigger = self.ghl.call(&call).unwrap();
        let body = json!({
            "type": "InboundMessage", "direction": "inbound", "messageType": "CALL",
            "status": "no-answer", "locationId": location, "webhookId": trigger.webhook_id,
            "messageId": trigger.message_id, "contactId": trigger.contact_id,
            "from": call.from.e164(), "to": call.to.e164(), "dateAdded": now.to_string(),
        });
        let delivery = Delivery::read(body.to_string(), now).unwrap();
        self.engine.accept(&delivery).await.unwrap();
        self.calls.push((location, trigger.contact_id, now));
    }

    /// How long the text of each call in these locations was waited for, in the order of the calls; `None` where there was
    /// none so far. No text has gone out twice.
    pub(super) fn waits(&self, locations: impl Iterator<Item = usize>) -> Vec<Option<Duration>> {
        let locations: BTreeSet<String> = locations.map(name).collect();
        let mut texted = BTreeMap::new();
        for request in self.ghl.requests() {
            let is_text = request.method == "POST" && request.path == "/conversations/messages";
            if is_text && request.status.is_some_and(|status| status < 300) {
                let contact = request.body["contactId"].as_str().unwrap().to_owned();
                let first = texted.insert(contact, request.time);
                assert_eq!(first, None, "somebody has got two texts");
            }
        }
        let calls = self.calls.iter();
        let calls = calls.filter(|(location, ..)| locations.contains(location));
        let wait = |(_, contact, at): &(String, String, Timestamp)| {
            let texted = texted.get(contact)?;
            Some(Duration::try_from(texted.duration_since(*at)).unwrap())
        };
        calls.map(wait).collect()
    }

    /// How many texts of this location have come to an end, by its name in the ledger.
    pub(super) async fn outcomes(&self, location: usize) -> BTreeMap<String, usize> {
        let query = LedgerQuery::of_location(LocationId::new(name(location)).unwrap());
        let mut outcomes = BTreeMap::new();
        let outcome = |entry: Entry| match entry.kind {
            EntryKind::Done { step, .. } if step.as_str() == "text" => Some("done".to_owned()),
            EntryKind::NotDone { step, reason } if step.as_str() == "text" => Some(reason.code()),
            _ => None,
        };
        for outcome in self
            .store
            .ledger(&query)
            .await
            .unwrap()
            .into_iter()
            .filter_map(outcome)
        {
            *outcomes.entry(outcome).or_default() += 1;
        }
        outcomes
    }

    /// How many requests were open at once.
    pub(super) fn most_open(&self) -> usize {
        self.open.lock().unwrap().at_most
    }

    /// How many requests this location has made.
    pub(super) fn asked(&self, location: usize) -> usize {
        let location = name(location);
        let requests = self.ghl.requests().into_iter();
        requests
            .filter(|request| request.location.as_ref() == Some(&location))
            .count()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.abort();
        }
    }
}

pub(super) fn name(location: usize) -> String {
    format!("location{location:04}")
}

fn seed(location: usize) -> serde_json::Value {
    json!({
        "location": {
            "id": name(location), "name": "Soleil Infusion", "phone": "+13125550100",
            "timezone": "America/Chicago", "country": "US", "companyId": "company1",
        },
        "tokens": [format!("pit-{}", name(location))],
        "customValues": [{"name": "Calendly Link", "value": "https://calendly.com/soleil/visit"}],
    })
}

/// Floods of calls are texted like others, so that they come to the rate limit.
fn recipe() -> Recipe {
    let source = Preset::Soleil.recipe().source().to_owned();
    let source = source.replace("[compliance]", "[compliance]\nfloods = \"ignored\"");
    Recipe::from_toml("soleil.toml", &source).unwrap()
}

fn engine(
    ghl: &FakeGhl,
    clock: &VirtualTime,
    open: &Arc<Mutex<Open>>,
    store: Arc<dyn Store>,
    locations: usize,
) -> Engine {
    let mut tokens = StaticTokens::default();
    for location in 0..locations {
        let id = LocationId::new(name(location)).unwrap();
        tokens = tokens.with_location(id, format!("pit-{}", name(location)));
    }
    let client = Client::builder()
        .credentials(tokens)
        .transport(Line {
            ghl: ghl.transport(),
            open: Arc::clone(open),
        })
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let mut engine = Engine::builder(store).clock(Arc::new(clock.clone()));
    let recipe = recipe();
    for location in 0..locations {
        let location = client.location(LocationId::new(name(location)).unwrap());
        engine = engine.location(location, recipe.clone());
    }
    engine.build()
}
