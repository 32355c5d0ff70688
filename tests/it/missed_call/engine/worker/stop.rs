//! The end of a run: claims that have not begun are released at once, and work in progress has a limited time.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::client::Lane;
use gohighlevel::clock::Clock;
use gohighlevel::recipes::missed_call::store::{Claim, MemoryStore, Progress, Shares, Store};
use gohighlevel::recipes::missed_call::{Engine, Recipe, Stopped};
use gohighlevel::testing::ManualClock;
use jiff::SignedDuration;
use serde_json::json;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

use super::concurrent_faults::StillClock;
use crate::held_clock::HeldClock;
use crate::missed_call::harness::builders::the_text;
use crate::missed_call::harness::scripted_highlevel::{
    Answer, Scripted, engine, missed_call, outcome, recipe, start, well,
};

/// An engine that runs, until it is asked to stop.
struct Running {
    engine: Engine,
    store: Arc<MemoryStore>,
    stop: oneshot::Sender<()>,
    run: JoinHandle<Stopped>,
}

impl Running {
    /// With this many missed calls, and this long for its end.
    async fn with(
        ghl: &Scripted,
        client_clock: Arc<dyn Clock>,
        calls: u32,
        grace: Duration,
    ) -> Self {
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(StillClock::default());
        let recipe = recipe("PT0S")
            .source()
            .replace("[compliance]", "[compliance]\nfloods = \"ignored\"");
        let recipe = Recipe::from_toml("soleil.toml", &recipe).unwrap();
        let engine = engine(ghl, client_clock, clock, store.clone(), recipe);
        for number in 10..10 + calls {
            engine.accept(&missed_call(number, start())).await.unwrap();
        }
        let (stop, stopped) = oneshot::channel();
        let running = engine.clone();
        let run = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            running.run_until(stopped, grace).await
        });
        // Everything goes as far as it can.
        for _ in 0..2_000 {
            tokio::task::yield_now().await;
        }
        Self {
            engine,
            store,
            stop,
            run,
        }
    }

    async fn stop(self) -> (Stopped, Engine, Arc<MemoryStore>) {
        drop(self.stop);
        (self.run.await.unwrap(), self.engine, self.store)
    }
}

/// What is free for whoever runs next, a second after the start.
async fn free(store: &MemoryStore, lane: Lane) -> Vec<Claim> {
    let now = start() + SignedDuration::from_secs(1);
    let lease = SignedDuration::from_mins(15);
    store
        .claim(now, lane, 100, lease, &Shares::UNLIMITED)
        .await
        .unwrap()
}

fn still() -> Arc<dyn Clock> {
    Arc::new(ManualClock::new(start()))
}

#[tokio::test(start_paused = true)]
async fn what_is_not_begun_is_free_again_at_once() {
    // What is read before a text does not come back.
    let ghl = Scripted::new(|method, path| match method {
        "GET" if path != "/" => Answer::Hang,
        _ => well(method, path),
    });
    let running = Running::with(&ghl, still(), 3, Duration::from_secs(3600)).await;
    assert!(free(&running.store, Lane::Interactive).await.is_empty());
    let began = tokio::time::Instant::now();
    let (stopped, _, store) = running.stop().await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    let texts = free(&store, Lane::Interactive).await;
    assert_eq!(texts.len(), 3);
    // Those of the lane behind, whose reads do not come back either, are among them.
    let others = free(&store, Lane::Background).await;
    assert_eq!(
        (stopped.returned, stopped.abandoned),
        (texts.len() + others.len(), 0)
    );
    for text in texts {
        assert_eq!(text.progress, Progress::NEW);
    }
    assert_eq!(ghl.count("POST /conversations/messages"), 0);
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_the_rate_limit_is_with_the_store() {
    let ghl = Scripted::new(|method, path| match (method, path) {
        ("GET", path) if path.starts_with("/contacts/") => {
            let Answer::Json(_, body) = well(method, path) else {
                unreachable!()
            };
            Answer::LastPlace(body)
        }
        _ => well(method, path),
    });
    let clock = HeldClock::new();
    let grace = Duration::from_secs(8);
    let running = Running::with(&ghl, Arc::new(clock.clone()), 6, grace).await;
    assert_eq!(clock.waiting(), 0, "something waits for the rate limit");
    let sent = ghl.count("POST /conversations/messages");
    assert!((1..6).contains(&sent), "{sent}");
    let (stopped, _, store) = running.stop().await;
    assert_eq!((stopped.returned, stopped.abandoned), (0, 0));
    // What was not begun is free at once, and what was put off when there is room.
    let not_begun = free(&store, Lane::Interactive).await;
    assert!(not_begun.iter().all(|text| text.progress == Progress::NEW));
    let now = start() + SignedDuration::from_secs(11);
    let (all, lease) = (Shares::UNLIMITED, SignedDuration::from_mins(15));
    let put_off = store.claim(now, Lane::Interactive, 100, lease, &all).await;
    let put_off = put_off.unwrap();
    assert_eq!(not_begun.len() + put_off.len(), 6 - sent);
    assert!(!put_off.is_empty());
    for text in put_off {
        let progress = Progress::Waiting {
            failures: 0,
            last_failure: Some("rate_limited".into()),
        };
        assert_eq!(text.progress, progress);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_comes_to_its_end() {
    let permits = Arc::new(Semaphore::new(0));
    let of_ghl = Arc::clone(&permits);
    let ghl = Scripted::new(move |method, path| match (method, path) {
        ("POST", "/conversations/messages") => Answer::Held(
            Arc::clone(&of_ghl),
            json!({"conversationId": "k1", "messageId": "m1"}),
        ),
        _ => well(method, path),
    });
    let running = Running::with(&ghl, still(), 1, Duration::from_secs(3600)).await;
    assert_eq!(ghl.count("POST /conversations/messages"), 1);
    let Running {
        engine, stop, run, ..
    } = running;
    drop(stop);
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert!(!run.is_finished());
    permits.add_permits(1);
    let stopped = run.await.unwrap();
    assert_eq!((stopped.finished, stopped.abandoned), (1, 0));
    let end = outcome(&engine, the_text()).await;
    assert_eq!(end.as_deref(), Some("done"));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_end_in_time_is_dropped_and_settled_later() {
    let ghl = Scripted::new(|method, path| match (method, path) {
        ("POST", "/conversations/messages") => Answer::Hang,
        _ => well(method, path),
    });
    let grace = Duration::from_secs(8);
    let running = Running::with(&ghl, still(), 2, grace).await;
    assert_eq!(ghl.count("POST /conversations/messages"), 2);
    let began = tokio::time::Instant::now();
    let (stopped, _, store) = running.stop().await;
    assert!(began.elapsed() >= grace && began.elapsed() < grace * 2);
    assert_eq!((stopped.abandoned, stopped.returned), (2, 0));
    // HighLevel may have them: they are nobody's to send before it is known.
    assert!(free(&store, Lane::Interactive).await.is_empty());
}
