//! Standing in line for the rate limit: whose turn it is, who gives up, and what it costs.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::Client;
use gohighlevel::client::{
    Attempt, AttemptOutcome, Lane, Location, Observer, Transport, TransportError,
};
use gohighlevel::clock::Clock;
use gohighlevel::error::{Error, ErrorKind, TransportErrorKind};
use gohighlevel::ids::LocationId;
use gohighlevel::testing::FakeGhl;
use serde_json::Value;
use tokio::task::JoinSet;

use super::scripted::{Scene, Step, answer};
use crate::held_clock::HeldClock;

/// Lets everybody who can go on do so.
async fn settle() {
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
    }
}

async fn advance(clock: &HeldClock, by: Duration) {
    clock.advance(by);
    settle().await;
}

/// Waits for three hundred requests, of which a hundred may be sent in each window. The network takes no time on this clock:
/// it is moved by a window when all that may be sent has been answered.
pub(super) async fn served_in_three_windows<T: 'static>(
    mut tasks: JoinSet<Result<T, Error>>,
    ghl: &FakeGhl,
    clock: &HeldClock,
    window: Duration,
) {
    let mut served = 0;
    while served < 300 {
        tasks.join_next().await.unwrap().unwrap().unwrap();
        served += 1;
        if served % 100 == 0 && served < 300 {
            assert_eq!(ghl.requests().len(), served);
            advance(clock, window).await;
        }
    }
    let requests = ghl.requests();
    assert!(requests.iter().all(|request| request.status == Some(200)));
    assert_eq!(requests.len(), 300);
}

/// Answers everything, and remembers the paths.
#[derive(Debug, Clone, Default)]
struct Paths(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Transport for Paths {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.0.lock().unwrap().push(request.uri().path().to_owned());
        Ok(http::Response::new(Bytes::from_static(b"{}")))
    }
}

impl Paths {
    fn seen(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

fn held() -> (HeldClock, Paths, Client, Location) {
    let (clock, paths) = (HeldClock::new(), Paths::default());
    let client = Client::builder()
        .token("pit-planted-token")
        .transport(paths.clone())
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let location = client.location(LocationId::new("loc1").unwrap());
    (clock, paths, client, location)
}

fn spawn(tasks: &mut JoinSet<gohighlevel::Result<Value>>, location: &Location, path: String) {
    let location = location.clone();
    tasks.spawn(async move { location.get::<Value>(&path).await });
}

#[tokio::test]
async fn an_interactive_request_passes_a_thousand_in_the_background() {
    let (clock, paths, client, location) = held();
    let mut tasks = JoinSet::new();
    for number in 0..1_090 {
        spawn(
            &mut tasks,
            &location.in_background(),
            format!("/sweep/{number}"),
        );
    }
    settle().await;
    assert_eq!(paths.seen().len(), 90);
    assert_eq!(client.usage(location.id()).waiting, 1_000);
    // The tenth that the background leaves free is used up too, so that there is no place at all.
    for number in 0..10 {
        location
            .get::<Value>(&format!("/free/{number}"))
            .await
            .unwrap();
    }
    spawn(&mut tasks, &location, "/text".into());
    settle().await;
    assert_eq!(paths.seen().len(), 100);
    advance(&clock, Duration::from_millis(10_150)).await;
    let seen = paths.seen();
    assert_eq!(seen[100], "/text");
    assert_eq!(seen[101], "/sweep/90", "first come, first served");
    // One request at a time waits on the clock, however many stand in line.
    assert!(clock.waits() < 10);
}

#[tokio::test]
async fn who_gives_up_lets_the_next_one_go() {
    let (clock, paths, client, location) = held();
    for _ in 0..100 {
        location.get::<Value>("/x").await.unwrap();
    }
    let mut tasks = JoinSet::new();
    let first = tasks.spawn({
        let location = location.clone();
        async move { location.get::<Value>("/first").await }
    });
    spawn(&mut tasks, &location, "/second".into());
    settle().await;
    first.abort();
    settle().await;
    assert_eq!(client.usage(location.id()).waiting, 1);
    advance(&clock, Duration::from_secs(11)).await;
    assert_eq!(paths.seen()[100..], ["/second"]);
    assert_eq!(client.usage(location.id()).waiting, 0);
}

#[tokio::test]
async fn a_line_has_an_end() {
    let (_clock, paths, client, location) = held();
    let mut tasks = JoinSet::new();
    for _ in 0..10_100 {
        spawn(&mut tasks, &location, "/x".into());
    }
    settle().await;
    assert_eq!(client.usage(location.id()).waiting, 10_000);
    let error = location.get::<Value>("/one_too_many").await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.attempts(), 0);
    assert!(error.to_string().contains("10000 requests"), "{error}");
    assert_eq!(paths.seen().len(), 100);
}

#[tokio::test]
async fn a_request_whose_turn_comes_too_late_is_not_sent() {
    let scene = Scene::with([answer(200, "{}")], |builder| {
        builder.token("t").deadline(Duration::from_secs(5))
    });
    for _ in 0..100 {
        scene.location.get::<Value>("/x").await.unwrap();
    }
    let error = scene.location.get::<Value>("/late").await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::RateLimited);
    assert!(error.to_string().contains("deadline"), "{error}");
    assert_eq!(scene.count(), 100);
    assert_eq!(
        scene.clock.elapsed(),
        Duration::ZERO,
        "it does not wait for nothing"
    );
}

#[tokio::test]
async fn the_day_is_budgeted_and_usage_tells_what_is_left() {
    let answer_with_limits = answer(200, "{}")
        .header("x-ratelimit-limit-daily", 1_000)
        .header("x-ratelimit-daily-remaining", 10)
        .header("x-ratelimit-max", 50)
        .header("x-ratelimit-remaining", 40);
    let scene = Scene::new([answer_with_limits]);
    scene.location.get::<Value>("/x").await.unwrap();
    let usage = scene.client.usage(scene.location.id());
    assert_eq!(
        (usage.daily_limit, usage.daily_remaining),
        (Some(1_000), Some(10))
    );
    assert_eq!((usage.burst_limit, usage.burst_used), (50, 10));
    let background = scene.location.in_background();
    let error = background.get::<Value>("/sweep").await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::DailyLimit);
    scene.location.get::<Value>("/text").await.unwrap();
    assert_eq!(scene.count(), 2);
}

#[tokio::test]
async fn three_hundred_at_once_are_served_without_a_refusal() {
    let clock = HeldClock::new();
    let ghl = FakeGhl::builder()
        .clock(Arc::new(clock.clone()))
        .start()
        .await
        .unwrap();
    let client = Client::builder()
        .token("pit-sample-soleil")
        .base_url(ghl.url())
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let location = client.location(LocationId::new("soleilLocation000001").unwrap());
    let mut tasks = JoinSet::new();
    for _ in 0..300 {
        let location = location.clone();
        tasks.spawn(async move { location.custom_values().list().await });
    }
    served_in_three_windows(tasks, &ghl, &clock, Duration::from_millis(10_150)).await;
    assert!(clock.elapsed() <= Duration::from_millis(20_500));
}

#[derive(Debug, Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Observer for Seen {
    fn attempted(&self, attempt: &Attempt<'_>) {
        let Attempt {
            operation,
            number,
            outcome,
            repeats,
            lane,
            ..
        } = attempt;
        let line = format!("{operation} {number} {outcome:?} {lane:?} repeats {repeats}");
        self.0.lock().unwrap().push(line);
    }
}

#[tokio::test]
async fn an_observer_is_told_of_every_attempt() {
    let seen = Seen::default();
    let steps = [
        Step::Fail(TransportErrorKind::Timeout),
        answer(503, ""),
        answer(200, "{}"),
    ];
    let scene = Scene::with(steps, |builder| builder.token("t").observer(seen.clone()));
    scene
        .location
        .in_background()
        .get::<Value>("/x")
        .await
        .unwrap();
    assert_eq!(
        *seen.0.lock().unwrap(),
        [
            "raw.get 1 Failed(Timeout) Background repeats true",
            "raw.get 2 Answered(503) Background repeats true",
            "raw.get 3 Answered(200) Background repeats false",
        ]
    );
    assert_eq!(AttemptOutcome::Answered(200), AttemptOutcome::Answered(200));
    assert_eq!(Lane::default(), Lane::Interactive);
}

#[tokio::test]
async fn an_outage_is_not_answered_with_five_times_the_load() {
    let scene = Scene::new([answer(503, "")]);
    for _ in 0..1_000 {
        scene.location.get::<Value>("/x").await.unwrap_err();
    }
    assert!(scene.count() <= 1_000 + 100 + 200, "{}", scene.count());
}
