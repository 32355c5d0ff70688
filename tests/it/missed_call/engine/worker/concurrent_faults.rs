//! Promises that hold when something else fails at the same time: full lanes, waits for the rate limit, revoked tokens,
//! and a store that fails for a moment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::clock::Clock;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::recipes::missed_call::episode::EpisodeId;
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::{
    LedgerQuery, MemoryStore, PersonKey, SqliteStore, Store, Subject,
};
use gohighlevel::recipes::missed_call::{Acceptance, Engine, Erasure, Preset, Recipe};
use gohighlevel::testing::ManualClock;
use gohighlevel::webhooks::Event;
use jiff::Timestamp;
use serde_json::json;

use crate::missed_call::harness::builders::{the_task, the_text};
use crate::missed_call::harness::faulty_store::Flaky;
use crate::missed_call::harness::scripted_highlevel::{
    Answer, LOCATION, Scripted, delivery, engine, missed_call, outcome, recipe, start, stop, text,
    well,
};

/// A clock that stands still and on which no wait ends; it remembers how long was to be waited.
#[derive(Debug, Clone, Default)]
pub(super) struct StillClock {
    waits: Arc<Mutex<Vec<Duration>>>,
}

#[async_trait]
impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        start()
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    async fn sleep(&self, duration: Duration) {
        self.waits.lock().unwrap().push(duration);
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_text_does_not_wait_for_a_place_among_the_tasks() {
    let ghl = Scripted::new(|method, path| match (method, path) {
        ("POST", path) if path.ends_with("/tags") || path.ends_with("/tasks") => Answer::Hang,
        _ => well(method, path),
    });
    // Twenty calls have forty tags and tasks, more than are under way at once; their texts are due in five seconds.
    let clock = StillClock::default();
    let fast = Arc::new(ManualClock::new(start()));
    let store = Arc::new(MemoryStore::new());
    let engine = engine(&ghl, fast, Arc::new(clock.clone()), store, recipe("PT5S"));
    for number in 10..30 {
        engine.accept(&missed_call(number, start())).await.unwrap();
    }
    let running = engine.clone();
    let running = tokio::spawn(async move { running.run(std::future::pending()).await });
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    running.abort();
    let waits = clock.waits.lock().unwrap().clone();
    assert!(!waits.is_empty());
    for wait in waits {
        assert!(wait <= Duration::from_secs(5), "the texts wait {wait:?}");
        assert!(wait >= Duration::from_millis(200), "a busy loop: {wait:?}");
    }
}

#[tokio::test]
async fn a_text_does_not_wait_behind_those_of_another_location() {
    let ghl = Scripted::new(|method, path| match (method, path) {
        // Of the busy location nothing comes back.
        ("GET", path) if path.starts_with("/contacts/contact") => Answer::Hang,
        _ => well(method, path),
    });
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(start()));
    let client = ghl.client(Arc::clone(&clock));
    let mut engine = Engine::builder(Arc::new(MemoryStore::new())).clock(clock);
    for location in [LOCATION, "elsewhere"] {
        let location = client.location(LocationId::new(location).unwrap());
        engine = engine.location(location, recipe("PT0S"));
    }
    let engine = engine.build();
    for number in 1000..1100 {
        engine.accept(&missed_call(number, start())).await.unwrap();
    }
    let elsewhere = json!({
        "type": "InboundMessage", "direction": "inbound", "messageType": "CALL",
        "status": "no-answer", "locationId": "elsewhere", "webhookId": "w1",
        "messageId": "call1", "contactId": "ana",
        "from": "+13125550142", "to": "+13125550100", "dateAdded": start().to_string(),
    });
    engine.accept(&delivery(elsewhere, start())).await.unwrap();
    let running = engine.clone();
    let running = tokio::spawn(async move { running.run(std::future::pending()).await });
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    running.abort();
    assert_eq!(ghl.count("POST /conversations/messages"), 1);
}

#[tokio::test]
async fn a_text_has_an_outcome_even_if_highlevel_never_answers() {
    let ghl = Scripted::new(|_, _| Answer::Json(401, json!({"message": "Invalid JWT"})));
    let clock = ManualClock::new(start());
    let store = Arc::new(MemoryStore::new());
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let engine = engine(&ghl, Arc::clone(&shared), shared, store, recipe("PT0S"));
    engine.accept(&missed_call(10, start())).await.unwrap();
    for _ in 0..60 {
        engine.step().await.unwrap();
        clock.advance(Duration::from_secs(60));
    }
    assert_eq!(outcome(&engine, the_text()).await.as_deref(), Some("stale"));
}

#[tokio::test]
async fn a_stop_during_the_wait_for_the_rate_limit_is_seen() {
    let ghl = Scripted::new(|method, path| match well(method, path) {
        // The last thing read before the first text uses up the window.
        Answer::Json(200, body) if path.ends_with("/customValues") => Answer::LastPlace(body),
        answer => answer,
    });
    let clock = ManualClock::new(start());
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let store = Arc::new(MemoryStore::new());
    let engine = engine(&ghl, Arc::clone(&shared), shared, store, recipe("PT0S"));
    engine.accept(&missed_call(11, start())).await.unwrap();
    while engine.step().await.unwrap() > 0 {}
    engine.accept(&missed_call(10, start())).await.unwrap();
    while engine.step().await.unwrap() > 0 {}
    let texts = || ghl.count("POST /conversations/messages");
    assert_eq!(texts(), 1, "the second one waits");
    let asked = ghl.asked.lock().unwrap().len();
    engine.accept(&stop(10, clock.now())).await.unwrap();
    let next = engine.next_due().await.unwrap().unwrap();
    assert!(next > clock.now(), "it waits until there is room");
    clock.advance(Duration::from_secs(15));
    while engine.step().await.unwrap() > 0 {}
    assert!(ghl.asked.lock().unwrap().len() > asked);
    assert_eq!(texts(), 1);
    let entries = engine.store().ledger(&LedgerQuery::default()).await;
    let opted_out = |entry: &Entry| matches!(&entry.kind, EntryKind::NotDone { step, reason } if *step == the_text() && reason.code() == "opted_out");
    assert!(entries.unwrap().iter().any(opted_out));
}

#[tokio::test]
async fn a_store_that_fails_for_a_moment_costs_no_text() {
    for (reads, intents) in [(1, 0), (3, 0), (0, 1), (0, 3)] {
        let ghl = Scripted::new(well);
        let clock = ManualClock::new(start());
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let store = Arc::new(Flaky::default());
        let flaky: Arc<dyn Store> = store.clone();
        let engine = engine(&ghl, Arc::clone(&shared), shared, flaky, recipe("PT0S"));
        engine.accept(&missed_call(10, start())).await.unwrap();
        store.reads_to_fail.store(reads, Ordering::SeqCst);
        store.intents_to_fail.store(intents, Ordering::SeqCst);
        for _ in 0..12 {
            engine.step().await.unwrap();
            clock.advance(Duration::from_secs(5));
        }
        assert_eq!(
            outcome(&engine, the_text()).await.as_deref(),
            Some("done"),
            "{reads} reads and {intents} intents fail"
        );
        assert_eq!(ghl.count("POST /conversations/messages"), 1);
    }
}

#[tokio::test]
async fn an_episode_that_cannot_be_read_does_not_keep_the_others_open() {
    let ghl = Scripted::new(well);
    let clock = ManualClock::new(start());
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let store = Arc::new(Flaky::default());
    let flaky: Arc<dyn Store> = store.clone();
    let engine = engine(&ghl, Arc::clone(&shared), shared, flaky, recipe("PT0S"));
    // More than are woken at once, and one that can be read behind them all.
    let broken: Vec<u32> = (1000..1300).collect();
    for number in broken.iter().chain(&[1300]) {
        engine.accept(&missed_call(*number, start())).await.unwrap();
    }
    // So many come to the rate limit.
    let soon = start() + Duration::from_secs(15 * 60);
    while let Some(next) = engine.next_due().await.unwrap().filter(|next| *next < soon) {
        clock.advance_to(next);
        while engine.step().await.unwrap() > 0 {}
    }
    let broken = broken
        .iter()
        .map(|number| EpisodeId::from_stored(format!("{LOCATION}:call{number}")));
    store.unreadable.lock().unwrap().extend(broken);
    clock.advance(Duration::from_secs(5 * 3600));
    // What is due is done all the same.
    engine.accept(&missed_call(10, clock.now())).await.unwrap();
    let texts = ghl.count("POST /conversations/messages");
    engine.step().await.unwrap();
    assert_eq!(ghl.count("POST /conversations/messages"), texts + 1);
    // Those that cannot be read are put off.
    while engine.step().await.unwrap() > 0 {}
    assert!(engine.next_due().await.unwrap() > Some(clock.now()));
    let entries = engine
        .store()
        .ledger(&LedgerQuery::default())
        .await
        .unwrap();
    let closed = |entry: &Entry| matches!(entry.kind, EntryKind::Closed { .. });
    assert_eq!(entries.iter().filter(|entry| closed(entry)).count(), 1);
}

#[tokio::test]
async fn nothing_is_tried_without_end_where_other_writers_are_faster_each_time() {
    let ghl = Scripted::new(well);
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(start()));
    let store = Arc::new(Flaky::default());
    let flaky: Arc<dyn Store> = store.clone();
    let engine = engine(&ghl, Arc::clone(&clock), clock, flaky, recipe("PT0S"));
    engine.accept(&missed_call(10, start())).await.unwrap();
    store.is_contested.store(true, Ordering::SeqCst);
    let error = engine.accept(&missed_call(11, start())).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("again and again"), "{cause}");
    let person = PersonKey {
        location: LocationId::new(LOCATION).unwrap(),
        contact: ContactId::new("contact10").unwrap(),
        number: None,
    };
    engine.erase(&person).await.unwrap_err();
    // The location is halted, though its episodes stay open.
    let removal = delivery(
        json!({"type": "UNINSTALL", "locationId": LOCATION}),
        start(),
    );
    let accepted = engine.accept(&removal).await.unwrap();
    assert_eq!(accepted, Acceptance::Accepted);
    store.is_contested.store(false, Ordering::SeqCst);
    while engine.step().await.unwrap() > 0 {}
    assert_eq!(ghl.count("POST /conversations/messages"), 0);
}

#[tokio::test]
async fn a_task_whose_owner_cannot_be_found_out_goes_to_nobody() {
    for (status, message) in [
        (401, "The token is not authorized for this scope."),
        (403, "Forbidden resource"),
        (400, "Invalid locationId"),
        (404, "Not found"),
    ] {
        let ghl = Scripted::new(move |method, path| match (method, path) {
            ("GET", "/users/") => Answer::Json(status, json!({"message": message})),
            _ => well(method, path),
        });
        let source = Preset::Soleil.recipe().source().to_owned();
        let source = source.replace(
            r#"assign_to = "contact_owner""#,
            r#"assign_to = { user_email = "desk@example.com" }"#,
        );
        let recipe = Recipe::from_toml("soleil.toml", &source).unwrap();
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(start()));
        let store = Arc::new(MemoryStore::new());
        let engine = engine(&ghl, Arc::clone(&clock), clock, store, recipe);
        engine.accept(&missed_call(10, start())).await.unwrap();
        engine.step().await.unwrap();
        assert_eq!(ghl.count("GET /users/"), 1);
        let outcome = outcome(&engine, the_task()).await;
        assert_eq!(outcome.as_deref(), Some("done"), "{status}");
    }
}

#[tokio::test]
async fn a_start_that_arrives_late_does_not_lift_a_newer_stop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let stores: [Arc<dyn Store>; 2] = [
        Arc::new(MemoryStore::new()),
        Arc::new(SqliteStore::open(path).unwrap()),
    ];
    for store in stores {
        let ghl = Scripted::new(well);
        let clock = ManualClock::new(start());
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let engine = engine(&ghl, Arc::clone(&shared), shared, store, recipe("PT0S"));
        let wrote = clock.now();
        clock.advance(Duration::from_secs(60));
        engine.accept(&stop(10, clock.now())).await.unwrap();
        clock.advance(Duration::from_secs(60));
        // HighLevel delivers in no certain order: the START was written before the STOP.
        engine.accept(&text("START", 10, wrote)).await.unwrap();
        let location = LocationId::new(LOCATION).unwrap();
        let subjects = [Subject::contact(&ContactId::new("contact10").unwrap())];
        let store = engine.store();
        assert_eq!(
            store
                .suppressions(&location, &subjects)
                .await
                .unwrap()
                .len(),
            1
        );
        // One that was written after it counts.
        clock.advance(Duration::from_secs(60));
        engine
            .accept(&text("UNSTOP", 10, clock.now()))
            .await
            .unwrap();
        assert!(
            store
                .suppressions(&location, &subjects)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_call_without_any_name_of_its_own_is_not_lost() {
    let ghl = Scripted::new(well);
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(start()));
    let store = Arc::new(MemoryStore::new());
    let engine = engine(&ghl, Arc::clone(&clock), clock, store, recipe("PT0S"));
    // No id of the message, and a name of the delivery that is too long for one.
    let body = json!({
        "type": "InboundMessage", "direction": "inbound", "messageType": "CALL",
        "status": "no-answer", "locationId": LOCATION, "contactId": "contact10",
        "from": "+13125550110", "webhookId": "w".repeat(255),
    });
    let delivery = delivery(body, start());
    let acceptance = engine.accept(&delivery).await.unwrap();
    assert_eq!(acceptance, Acceptance::Accepted);
}

#[tokio::test]
async fn a_stop_is_kept_even_if_the_episode_cannot_be_read() {
    let ghl = Scripted::new(well);
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(start()));
    let store = Arc::new(Flaky::default());
    let flaky: Arc<dyn Store> = store.clone();
    let engine = engine(&ghl, Arc::clone(&clock), clock, flaky, recipe("PT0S"));
    engine.accept(&missed_call(10, start())).await.unwrap();
    store.reads_to_fail.store(1, Ordering::SeqCst);
    let acceptance = engine.accept(&stop(10, start())).await.unwrap();
    assert_eq!(acceptance, Acceptance::Accepted);
    engine.step().await.unwrap();
    assert_eq!(ghl.count("POST /conversations/messages"), 0);
    let outcome = outcome(&engine, the_text()).await;
    assert_eq!(outcome.as_deref(), Some("suppressed"));
}

#[tokio::test]
async fn what_took_too_long_to_prepare_is_prepared_again() {
    let clock = ManualClock::new(start());
    let slow = clock.clone();
    let first = AtomicBool::new(true);
    let ghl = Scripted::new(move |method, path| {
        if path == "/contacts/contact1" && first.swap(false, Ordering::Relaxed) {
            slow.advance(Duration::from_secs(8 * 60));
        }
        well(method, path)
    });
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let store = Arc::new(MemoryStore::new());
    let engine = engine(&ghl, Arc::clone(&shared), shared, store, recipe("PT0S"));
    for number in [1, 2] {
        engine.accept(&missed_call(number, start())).await.unwrap();
    }
    // The texts are claimed first, both at once; whoever has one for longer than that could lose the claim in the middle of
    // the attempt.
    engine.step().await.unwrap();
    assert_eq!(ghl.count("POST /conversations/messages"), 0);
    while engine.step().await.unwrap() > 0 {}
    assert_eq!(ghl.count("POST /conversations/messages"), 2);
    assert_eq!(outcome(&engine, the_text()).await.as_deref(), Some("done"));
}

#[tokio::test]
async fn what_is_reported_at_the_same_moment_as_its_call_reaches_its_episode() {
    let five_hours = Duration::from_secs(5 * 3600);
    for (has_called_before, is_another_process) in
        [(false, false), (true, false), (false, true), (true, true)]
    {
        for (call_comes_first, before_commit) in [(true, false), (false, false), (true, true)] {
            let case = format!(
                "{has_called_before} {is_another_process} {call_comes_first} {before_commit}"
            );
            let ghl = Scripted::new(well);
            let clock = ManualClock::new(start());
            let shared: Arc<dyn Clock> = Arc::new(clock.clone());
            let store = Arc::new(Flaky::default());
            let flaky: Arc<dyn Store> = store.clone();
            let a_process = || {
                let (one, other) = (Arc::clone(&shared), Arc::clone(&shared));
                engine(&ghl, one, other, Arc::clone(&flaky), recipe("PT0S"))
            };
            let engine = a_process();
            let other = if is_another_process {
                a_process()
            } else {
                engine.clone()
            };
            if has_called_before {
                let mut call = missed_call(10, clock.now());
                if let Event::InboundMessage(call) = &mut call.event {
                    call.message_id = Some("call_before".parse().unwrap());
                }
                engine.accept(&call).await.unwrap();
                while engine.step().await.unwrap() > 0 {}
                clock.advance(five_hours);
                while engine.step().await.unwrap() > 0 {}
            }
            let texts = ghl.count("POST /conversations/messages");
            let call = missed_call(10, clock.now());
            let reply = text("are you open", 10, clock.now());
            // Each looks for an episode before the other has written anything.
            let (first, second) = if call_comes_first {
                (call, reply)
            } else {
                (reply, call)
            };
            let meanwhile = if before_commit {
                &store.before_commit
            } else {
                &store.after_read
            };
            *meanwhile.lock().unwrap() = Some((other, second.clone()));
            engine.accept(&first).await.unwrap();
            let query =
                LedgerQuery::of_episode(EpisodeId::from_stored(format!("{LOCATION}:call10")));
            for _ in 0..2 {
                let entries = store.ledger(&query).await.unwrap();
                let names = entries.iter().map(|entry| entry.kind.name());
                let names: Vec<_> = names.filter(|name| *name != "not_done").collect();
                assert_eq!(names, ["call_missed", "replied"], "{case}");
                // Both may be told again.
                for repeated in [&first, &second] {
                    engine.accept(repeated).await.unwrap();
                }
            }
            engine.step().await.unwrap();
            assert_eq!(ghl.count("POST /conversations/messages"), texts, "{case}");
            let entries = store.ledger(&query).await.unwrap();
            let is_left_out = |entry: &Entry| {
                matches!(&entry.kind, EntryKind::NotDone { step, reason }
                    if *step == the_text() && reason.code() == "replied")
            };
            assert!(entries.iter().any(is_left_out), "{case}");
        }
    }
}

#[tokio::test]
async fn a_call_of_somebody_who_was_erased_is_not_taken_again() {
    let ghl = Scripted::new(well);
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(start()));
    let store = Arc::new(MemoryStore::new());
    let source = recipe("PT0S").source().replacen(
        "[call]",
        "[call]\nvoicemail_below = \"PT10S\"\nsuspected_voicemail = \"missed\"",
        1,
    );
    let recipe = Recipe::from_toml("soleil.toml", &source).unwrap();
    let engine = engine(&ghl, Arc::clone(&clock), clock, store, recipe);
    engine.accept(&missed_call(10, start())).await.unwrap();
    while engine.step().await.unwrap() > 0 {}
    let person = PersonKey {
        location: LocationId::new(LOCATION).unwrap(),
        contact: ContactId::new("contact10").unwrap(),
        number: None,
    };
    assert_eq!(engine.erase(&person).await.unwrap(), Erasure::Done(1));
    // HighLevel says something else of the same call, so it has another name.
    let mailbox = json!({
        "type": "InboundMessage", "direction": "inbound", "messageType": "CALL",
        "status": "completed", "callDuration": 3, "locationId": LOCATION, "webhookId": "w11",
        "messageId": "call10", "contactId": "contact10", "from": "+13125550110",
        "to": "+13125550100", "dateAdded": start().to_string(),
    });
    let mailbox = delivery(mailbox, start());
    let taken = engine.accept(&mailbox).await.unwrap();
    assert_eq!(taken, Acceptance::Accepted);
    while engine.step().await.unwrap() > 0 {}
    assert_eq!(ghl.count("POST /conversations/messages"), 1);
}
