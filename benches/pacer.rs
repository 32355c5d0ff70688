//! The pacer on a clock of its own: 300 and 1,000 requests at once against a limit of 100 in 10 seconds, and 10,000
//! queued requests over 1,000 locations, with their memory and wake-ups. Fails if the limit is exceeded, or if the
//! requests take longer than necessary.
#![allow(clippy::print_stdout, reason = "it prints its results")]

use std::alloc::System;
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::Client;
use gohighlevel::client::{Location, Request, Transport, TransportError};
use gohighlevel::clock::Clock;
use jiff::Timestamp;
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::Instant;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const LIMIT: usize = 100;
const WINDOW: Duration = Duration::from_secs(10);
/// How long a request takes to reach the server.
const WAY: Duration = Duration::from_millis(20);

/// The executor's clock. It is stopped, moves when all tasks wait, and counts the waits.
#[derive(Debug, Clone)]
struct Stopped {
    start: Instant,
    waits: Arc<AtomicUsize>,
}

impl Stopped {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            waits: Arc::default(),
        }
    }
}

#[async_trait]
impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        let now = Timestamp::UNIX_EPOCH.saturating_add(self.elapsed());
        now.unwrap_or(Timestamp::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        self.waits.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(duration).await;
    }
}

/// A server that enforces the limit over a sliding window for each path and sends HighLevel's documented headers.
#[derive(Debug, Clone, Default)]
struct Limited {
    /// Places in each path's window that others have used before its first request.
    taken: usize,
    arrived: Arc<Mutex<HashMap<String, VecDeque<Instant>>>>,
    refused: Arc<AtomicUsize>,
}

impl Limited {
    /// Whether the request is accepted, and how many places are left.
    fn admit(&self, path: &str) -> (bool, usize) {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if !arrived.contains_key(path) {
            let taken = std::iter::repeat_n(now, self.taken).collect();
            arrived.insert(path.to_owned(), taken);
        }
        let Some(window) = arrived.get_mut(path) else {
            return (false, 0);
        };
        while window.front().is_some_and(|at| *at + WINDOW <= now) {
            window.pop_front();
        }
        let goes = window.len() < LIMIT;
        if goes {
            window.push_back(now);
        }
        (goes, LIMIT - window.len())
    }
}

#[async_trait]
impl Transport for Limited {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        tokio::time::sleep(WAY).await;
        let (goes, remaining) = self.admit(request.uri().path());
        let mut answer = http::Response::new(Bytes::from_static(b"{}"));
        if !goes {
            self.refused.fetch_add(1, Ordering::Relaxed);
            *answer.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
        }
        for (name, value) in [
            ("x-ratelimit-max", LIMIT),
            ("x-ratelimit-remaining", remaining),
            ("x-ratelimit-interval-milliseconds", 10_000),
        ] {
            answer.headers_mut().insert(name, value.into());
        }
        Ok(answer)
    }
}

fn client(server: &Limited, clock: &Stopped) -> Client {
    let client = Client::builder()
        .token("pit-1")
        .transport(server.clone())
        .clock(Arc::new(clock.clone()));
    client.build().expect("a client")
}

async fn read(location: Location) -> bool {
    let path = format!("/things/{}", location.id());
    location.send::<Value>(Request::get(path)).await.is_ok()
}

/// Sends requests of one location at once. Returns whether the limit was kept and the time was near the ideal.
async fn at_once(requests: usize) -> bool {
    let (server, clock) = (Limited::default(), Stopped::new());
    let location = client(&server, &clock).location("loc1".parse().expect("an id"));
    let tasks: JoinSet<bool> = (0..requests).map(|_| read(location.clone())).collect();
    let served = tasks.join_all().await.into_iter().filter(|it| *it).count();
    let refused = server.refused.load(Ordering::Relaxed);
    let took = clock.elapsed();
    let windows = u32::try_from((requests - 1) / LIMIT).unwrap_or(u32::MAX);
    let ideal = WINDOW * windows;
    println!(
        "{requests} requests at once, {LIMIT} in {WINDOW:?}: {served} served, {refused} answers of 429, {:.2} s \
         (ideal {:.1} s)",
        took.as_secs_f64(),
        ideal.as_secs_f64(),
    );
    served == requests && refused == 0 && took <= ideal + Duration::from_millis(250) * windows
}

/// Counts how often a future is polled.
async fn counted<T>(future: impl Future<Output = T>, polls: Arc<AtomicUsize>) -> T {
    let mut future = pin!(future);
    poll_fn(|context| {
        polls.fetch_add(1, Ordering::Relaxed);
        future.as_mut().poll(context)
    })
    .await
}

/// Ten requests of each of 1,000 locations queue until their windows are free again.
async fn in_line() -> bool {
    const LOCATIONS: usize = 1000;
    const WAITING: usize = 10_000;
    // The first response says that others have used up the window.
    let server = Limited {
        taken: LIMIT - 1,
        ..Limited::default()
    };
    let clock = Stopped::new();
    let client = client(&server, &clock);
    let ids = (0..LOCATIONS).map(|number| format!("location-{number}").parse().expect("an id"));
    let locations: Vec<Location> = ids.map(|id| client.location(id)).collect();
    let first: JoinSet<bool> = locations.iter().cloned().map(read).collect();
    first.join_all().await;

    let polls = Arc::new(AtomicUsize::new(0));
    let waits = clock.waits.load(Ordering::Relaxed);
    let memory = Region::new(ALLOCATOR);
    let requests = locations.iter().cycle().take(WAITING).cloned();
    let requests = requests.map(|location| counted(read(location), Arc::clone(&polls)));
    let tasks: JoinSet<bool> = requests.collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let usage = locations.iter().map(|location| client.usage(location.id()));
    let standing: usize = usage.map(|usage| usage.waiting).sum();
    let change = memory.change();
    let bytes = change
        .bytes_allocated
        .saturating_sub(change.bytes_deallocated);

    let served = tasks.join_all().await.into_iter().filter(|it| *it).count();
    let refused = server.refused.load(Ordering::Relaxed);
    let wake_ups = polls.load(Ordering::Relaxed).saturating_sub(WAITING);
    let waits = clock.waits.load(Ordering::Relaxed) - waits;
    println!(
        "{WAITING} requests in line over {LOCATIONS} locations: {standing} wait in {:.1} MB ({} bytes each, task and \
         request included)",
        bytes as f64 / 1e6,
        bytes / WAITING,
    );
    println!(
        "until all were through: {served} served, {refused} answers of 429, {:.2} wake-ups each, {waits} waits on the \
         clock",
        wake_ups as f64 / WAITING as f64,
    );
    // One for its turn and one for its response; the head of a queue wakes once more for its window.
    (standing, served, refused) == (WAITING, WAITING, 0) && wake_ups <= 3 * WAITING
}

fn main() -> ExitCode {
    let run = async { [at_once(300).await, at_once(1000).await, in_line().await] };
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    let held = runtime.expect("an executor").block_on(run);
    if held.contains(&false) {
        println!("a limit was missed");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
