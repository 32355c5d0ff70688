//! What became of texts that HighLevel has accepted: every one is known soon, for few requests, and no text waits for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::Client;
use gohighlevel::clock::Clock;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::{LedgerQuery, MemoryStore, SqliteStore, Store};
use gohighlevel::recipes::missed_call::{Engine, Recipe};
use gohighlevel::testing::{
    Call, FailedTextStatus, FakeGhl, ManualClock, SeenRequest, TextOutcomes,
};
use gohighlevel::webhooks::Delivery;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::missed_call::harness::scripted_highlevel::{self, Answer, Scripted, well};
use crate::missed_call::harness::world::{LOCATION, TOKEN, business, caller};

const RECIPE: &str = r#"
    name = "receipts"
    version = 1
    [business]
    display_name = "Soleil"
    [call]
    cooldown = "PT10M"

    [steps.text]
    do = "text"
    body = "Hi, this is Soleil. Sorry we missed your call."

    [steps.call]
    do = "task"
    on = "not_delivered"
    of = "text"
    title = "The text did not arrive: call"

    [steps.instead]
    do = "task"
    on = "not_sent"
    of = "text"
    title = "No text: call"

    [compliance]
    floods = "ignored"
"#;

/// FakeGhl without sockets, and an engine that gets the webhooks of calls alone.
struct Studio {
    ghl: FakeGhl,
    clock: ManualClock,
    engine: Engine,
    /// How many webhooks were looked at.
    seen: AtomicUsize,
}

impl Studio {
    fn open(recipe: &str, store: Arc<dyn Store>) -> Self {
        let clock = ManualClock::new("2026-11-20T16:00:00Z".parse().unwrap());
        let ghl = FakeGhl::builder()
            .clock(Arc::new(clock.clone()))
            .in_process()
            .unwrap();
        let engine = engine(&ghl, &clock, recipe, store);
        Self {
            ghl,
            clock,
            engine,
            seen: AtomicUsize::new(0),
        }
    }

    async fn missed(&self, call: &Call) -> String {
        let event = self.ghl.call(call).unwrap();
        let told = self.ghl.deliveries_from(self.seen.load(Ordering::Relaxed));
        self.seen.fetch_add(told.len(), Ordering::Relaxed);
        let told = told.into_iter().next_back().unwrap();
        assert_eq!(told.webhook_id, event.webhook_id);
        self.take(told.body).await;
        event.contact_id
    }

    async fn take(&self, body: String) {
        let delivery = Delivery::read(body, self.clock.now()).unwrap();
        self.engine.accept(&delivery).await.unwrap();
    }

    async fn pass(&self, span: Duration) {
        let end = self.clock.now() + span;
        loop {
            while self.engine.step().await.unwrap() > 0 {}
            match self.engine.next_due().await.unwrap() {
                Some(next) if next <= end => self.clock.advance_to(next),
                _ => return self.clock.advance_to(end),
            }
        }
    }

    /// What the ledger has to say of texts and tasks.
    async fn history(&self) -> Vec<String> {
        let entries = self.engine.store().ledger(&LedgerQuery::default()).await;
        let told = |kind| match kind {
            EntryKind::Done { step, .. } => Some(format!("done {step}")),
            EntryKind::NotDone { step, reason } => Some(format!("not_done {step} {reason}")),
            EntryKind::Delivered { step, .. } => Some(format!("delivered {step}")),
            EntryKind::NotDelivered { step, failure, .. } => {
                Some(format!("not_delivered {step} {}", failure.status.as_str()))
            }
            _ => None,
        };
        let entries = entries.unwrap().into_iter();
        entries.filter_map(|entry| told(entry.kind)).collect()
    }

    /// The requests that read messages.
    fn looks(&self) -> Vec<SeenRequest> {
        let reads = |request: &SeenRequest| {
            request.method == "GET" && request.path.contains("/conversations/messages/")
        };
        self.ghl.requests().into_iter().filter(reads).collect()
    }

    fn order(&self, change: impl FnOnce(&mut TextOutcomes)) {
        let mut order = TextOutcomes::delivered(LOCATION);
        change(&mut order);
        self.ghl.order_text_outcomes(order).unwrap();
    }
}

fn engine(ghl: &FakeGhl, clock: &ManualClock, recipe: &str, store: Arc<dyn Store>) -> Engine {
    let client = Client::builder()
        .token(TOKEN)
        .transport(ghl.transport())
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    Engine::builder(store)
        .clock(Arc::new(clock.clone()))
        .location(
            client.location(LocationId::new(LOCATION).unwrap()),
            Recipe::from_toml("receipts.toml", recipe).unwrap(),
        )
        .build()
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// 2,000 calls in an hour; of their texts 9 % fail a quarter of an hour later, and no webhook tells of any of it.
#[tokio::test]
async fn silent_failures_are_known_within_70_minutes_for_a_request_per_ten_texts() {
    const TEXTS: usize = 2_000;
    let studio = Studio::open(RECIPE, Arc::new(MemoryStore::new()));
    studio.order(|order| {
        order.failing_percent = 9;
        order.after_seconds = 15 * 60;
    });
    for _ in 0..TEXTS / 10 {
        for _ in 0..10 {
            let call = Call::from_somebody(LOCATION, business());
            studio.missed(&call).await;
        }
        studio.pass(Duration::from_secs(18)).await;
    }
    studio.pass(75 * MINUTE).await;

    let entries = studio.engine.store().ledger(&LedgerQuery::default()).await;
    let (mut accepted, mut known) = (BTreeMap::new(), BTreeMap::new());
    let mut failed = 0;
    for entry in entries.unwrap() {
        match entry.kind {
            EntryKind::Done {
                step,
                reference,
                accepted_at,
                seconds_after_call,
                ..
            } if step.as_str() == "text" => {
                // No text waits: neither for what is read, nor for the rate limit that it uses up.
                assert!(seconds_after_call <= 1, "{seconds_after_call} s");
                accepted.insert(reference.unwrap(), accepted_at);
            }
            EntryKind::Delivered { message, .. } => {
                assert_eq!(known.insert(message.to_string(), entry.at), None);
            }
            EntryKind::NotDelivered { message, .. } => {
                failed += 1;
                assert_eq!(known.insert(message.to_string(), entry.at), None);
            }
            _ => {}
        }
    }
    assert_eq!((accepted.len(), known.len(), failed), (TEXTS, TEXTS, 180));
    let waited = |(message, at): (&String, &Timestamp)| at.duration_since(accepted[message]);
    let longest = known.iter().map(waited).max().unwrap();
    assert!(longest <= SignedDuration::from_mins(70), "{longest:#}");
    let looks = studio.looks().len();
    assert!(looks <= TEXTS / 10, "{looks} requests");
    let followed = studio.history().await;
    let tasks = followed.iter().filter(|told| *told == "done call").count();
    assert_eq!(tasks, 180);
}

#[tokio::test]
async fn a_text_alone_is_read_by_itself_after_a_minute() {
    let studio = Studio::open(RECIPE, Arc::new(MemoryStore::new()));
    studio.order(|_| {});
    studio
        .missed(&Call::missed(LOCATION, caller(), business()))
        .await;
    studio.pass(SECOND * 59).await;
    assert_eq!(studio.history().await, ["done text"]);
    studio.pass(SECOND * 2).await;
    assert_eq!(studio.history().await, ["done text", "delivered text"]);
    studio.pass(100 * MINUTE).await;
    let looks = studio.looks();
    assert_eq!(looks.len(), 1);
    assert!(!looks[0].path.contains("export"), "{}", looks[0].path);
}

#[tokio::test]
async fn a_text_of_which_nothing_is_said_is_read_three_times() {
    let studio = Studio::open(RECIPE, Arc::new(MemoryStore::new()));
    studio
        .missed(&Call::missed(LOCATION, caller(), business()))
        .await;
    studio.pass(300 * MINUTE).await;
    assert_eq!(studio.history().await, ["done text"]);
    assert_eq!(studio.looks().len(), 3);
    assert_eq!(studio.engine.next_due().await.unwrap(), None);
}

#[tokio::test]
async fn a_webhook_tells_it_without_any_request() {
    let studio = Studio::open(RECIPE, Arc::new(MemoryStore::new()));
    studio
        .missed(&Call::missed(LOCATION, caller(), business()))
        .await;
    studio.pass(SECOND).await;
    let text = studio.ghl.texts(LOCATION).remove(0).message_id;
    for status in ["sent", "failed", "failed", "delivered"] {
        let before = studio.ghl.deliveries().len();
        studio
            .ghl
            .report_text(LOCATION, &text, status, None)
            .unwrap();
        let told = studio.ghl.deliveries_from(before).remove(0);
        studio.take(told.body).await;
    }
    studio.pass(100 * MINUTE).await;
    assert_eq!(
        studio.history().await,
        ["done text", "not_delivered text failed", "done call"]
    );
    assert_eq!(studio.looks().len(), 0);
}

#[tokio::test]
async fn a_landline_is_remembered_and_not_texted_again() {
    let studio = Studio::open(RECIPE, Arc::new(MemoryStore::new()));
    studio.order(|order| {
        order.failing_numbers = vec![caller()];
        order.status = FailedTextStatus::Failed;
        order.error = Some("30006: Landline or unreachable carrier".to_owned());
    });
    let call = Call::missed(LOCATION, caller(), business());
    let contact = studio.missed(&call).await;
    studio.pass(90 * MINUTE).await;
    studio.missed(&call).await;
    studio.pass(90 * MINUTE).await;
    assert_eq!(
        studio.history().await,
        [
            "done text",
            "not_delivered text failed",
            "done call",
            "not_done text landline",
            "done instead",
        ]
    );
    assert_eq!(studio.ghl.texts(LOCATION).len(), 1);
    let requests = studio.ghl.requests().into_iter();
    let path = format!("/contacts/{contact}/tasks");
    let mut tasks = requests.filter(|request| request.method == "POST" && request.path == path);
    let task = tasks.next();
    let body = task.unwrap().body["body"].as_str().unwrap().to_owned();
    assert!(body.contains("the number is a landline"), "{body}");
}

/// The breaker that counts refused texts counts these too.
#[tokio::test]
async fn too_many_failures_pause_texts() {
    let studio = Studio::open(RECIPE, Arc::new(MemoryStore::new()));
    studio.order(|order| order.failing_percent = 100);
    for _ in 0..60 {
        let call = Call::from_somebody(LOCATION, business());
        studio.missed(&call).await;
        studio.pass(SECOND).await;
    }
    studio.pass(5 * MINUTE).await;
    studio
        .missed(&Call::missed(LOCATION, caller(), business()))
        .await;
    studio.pass(MINUTE).await;
    let history = studio.history().await;
    assert!(
        history.contains(&"not_done text sending_paused:failed".to_owned()),
        "{history:?}"
    );
}

#[tokio::test]
async fn an_awaited_receipt_survives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut studio = Studio::open(RECIPE, Arc::new(SqliteStore::open(&path).unwrap()));
    studio.order(|order| order.failing_percent = 100);
    studio
        .missed(&Call::missed(LOCATION, caller(), business()))
        .await;
    studio.pass(SECOND * 10).await;
    assert_eq!(studio.history().await, ["done text"]);
    studio.engine = engine(
        &studio.ghl,
        &studio.clock,
        RECIPE,
        Arc::new(MemoryStore::new()),
    );
    let store = Arc::new(SqliteStore::open(&path).unwrap());
    studio.engine = engine(&studio.ghl, &studio.clock, RECIPE, store);
    studio.pass(3 * MINUTE).await;
    assert_eq!(
        studio.history().await,
        ["done text", "not_delivered text undelivered", "done call"]
    );
}

/// A clock that a test moves: a wait ends when the time has come.
#[derive(Debug)]
struct HandClock {
    time: ManualClock,
    moved: Arc<Notify>,
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.time.now()
    }

    fn elapsed(&self) -> Duration {
        self.time.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        let end = self.time.elapsed().saturating_add(duration);
        loop {
            let mut moved = std::pin::pin!(self.moved.notified());
            moved.as_mut().enable();
            if self.time.elapsed() >= end {
                return;
            }
            moved.await;
        }
    }
}

async fn everything_runs() {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn no_text_waits_for_a_receipt_that_hangs() {
    const SENDS: &str = "POST /conversations/messages";
    const LOOKS: &str = "GET /conversations/messages/m1";
    let ghl = Scripted::new(|method, path| match (method, path) {
        ("GET", "/conversations/messages/m1") => Answer::Hang,
        _ => well(method, path),
    });
    let time = ManualClock::new(scripted_highlevel::start());
    let moved = Arc::new(Notify::new());
    let clock = Arc::new(HandClock {
        time: time.clone(),
        moved: Arc::clone(&moved),
    });
    let store = Arc::new(MemoryStore::new());
    let recipe = scripted_highlevel::recipe("PT0S");
    let engine = scripted_highlevel::engine(&ghl, clock.clone(), clock, store, recipe);
    let running = engine.clone();
    let running = tokio::spawn(async move { running.run(std::future::pending()).await });
    for (number, sent, looked) in [(10, 1, 0), (20, 2, 1), (30, 3, 1)] {
        let call = scripted_highlevel::missed_call(number, time.now());
        engine.accept(&call).await.unwrap();
        everything_runs().await;
        assert_eq!((ghl.count(SENDS), ghl.count(LOOKS)), (sent, looked));
        time.advance(2 * MINUTE);
        moved.notify_waiters();
        everything_runs().await;
    }
    running.abort();
}
