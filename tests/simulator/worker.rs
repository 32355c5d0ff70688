//! A worker: a process that runs an engine. It crashes where the plan says, and starts again on the same store.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::client::{Client, Location};
use gohighlevel::clock::Clock;
use gohighlevel::error::Result;
use gohighlevel::recipes::missed_call::Engine;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::fixture::TOKEN;
use super::network::Network;
use super::plan::{CrashPoint, Interruption};
use super::store::WorkerStore;
use super::time::Time;
use super::world::World;

/// One life of a worker, from its start to its crash.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) worker: usize,
    ended: watch::Sender<bool>,
    /// Whether the host has given it the location, and has not begun to remove it since.
    location_is_given: AtomicBool,
}

impl Life {
    fn new(worker: usize) -> Self {
        Self {
            worker,
            ended: watch::Sender::new(false),
            // The engine is built with it.
            location_is_given: AtomicBool::new(true),
        }
    }

    pub(super) fn location_is_given(&self) -> bool {
        self.location_is_given.load(Ordering::Relaxed)
    }

    pub(super) fn set_location_is_given(&self, given: bool) {
        self.location_is_given.store(given, Ordering::Relaxed);
    }

    /// Ends this life at once. The returned future never completes, so that no code of this life continues.
    pub(super) async fn die<T>(&self) -> T {
        self.ended.send_replace(true);
        std::future::pending().await
    }

    /// Returns at once during this life, and never after its end.
    pub(super) async fn goes_on(&self) {
        if *self.ended.borrow() {
            std::future::pending().await
        }
    }

    /// Whether `work` succeeds before this life ends.
    pub(super) async fn completes(&self, work: impl Future<Output = bool>) -> bool {
        tokio::select! {
            biased;
            () = self.ended() => false,
            succeeded = work => succeeded,
        }
    }

    pub(super) async fn ended(&self) {
        // `self` holds the sender, so waiting cannot fail.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }
}

/// A planned crash or stall.
#[derive(Debug, Clone, Copy)]
struct Planned {
    point: CrashPoint,
    after: u32,
    interruption: Interruption,
}

/// How wrong the clock of a machine is.
#[derive(Debug, Default)]
struct ClockError {
    ahead: SignedDuration,
    /// How many milliseconds it gains in each second since it was set.
    gains: i64,
    set_at: Duration,
}

impl ClockError {
    fn at(&self, elapsed: Duration) -> SignedDuration {
        let since = elapsed.saturating_sub(self.set_at).as_secs();
        let gained = i64::try_from(since).unwrap_or(0).saturating_mul(self.gains);
        self.ahead + SignedDuration::from_millis(gained)
    }
}

/// The parts of a worker that survive its crashes.
#[derive(Default)]
pub(super) struct Worker {
    running: Mutex<Option<(Arc<Life>, Engine)>>,
    interruptions: Mutex<Vec<Planned>>,
    down: Mutex<Duration>,
    clock_error: Arc<Mutex<ClockError>>,
}

impl Worker {
    pub(super) fn arm(&self, point: CrashPoint, after: u32, interruption: Interruption) {
        lock(&self.interruptions).push(Planned {
            point,
            after,
            interruption,
        });
    }

    pub(super) fn disarm(&self) {
        lock(&self.interruptions).clear();
    }

    /// The worker reaches this point. Returns what happens to it there.
    fn reaches(&self, point: CrashPoint) -> Option<Interruption> {
        let mut interruptions = lock(&self.interruptions);
        let mut next = None;
        for (index, planned) in interruptions.iter_mut().enumerate() {
            if planned.point == point {
                match planned.after.checked_sub(1) {
                    Some(left) => planned.after = left,
                    None => next = next.or(Some(index)),
                }
            }
        }
        let interruption = interruptions.remove(next?).interruption;
        if let Interruption::Crash { down } = interruption {
            *lock(&self.down) = down;
        }
        Some(interruption)
    }

    /// The worker reaches this point in its life, and crashes or waits there.
    pub(super) async fn pass(&self, life: &Life, point: CrashPoint, time: &Time) {
        match self.reaches(point) {
            Some(Interruption::Crash { .. }) => life.die().await,
            Some(Interruption::Stall { length }) => time.sleep(length).await,
            None => {}
        }
    }

    pub(super) fn set_clock(&self, ahead: SignedDuration, gains: i64, now: Duration) {
        *lock(&self.clock_error) = ClockError {
            ahead,
            gains,
            set_at: now,
        };
    }

    /// The time that its clock shows.
    pub(super) fn now(&self, time: &Time) -> Timestamp {
        shown(time, &self.clock_error)
    }

    /// The current life and its engine.
    pub(super) fn running(&self) -> Option<(Arc<Life>, Engine)> {
        lock(&self.running).clone()
    }

    pub(super) fn stop(&self) {
        *lock(&self.running) = None;
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs one life after the other until the world ends. Fails if an engine cannot be built.
pub(super) async fn keep_running(world: Arc<World>, index: usize) -> Result<()> {
    let worker = &world.workers[index];
    loop {
        let life = Arc::new(Life::new(index));
        let engine = engine(&world, &life)?;
        *lock(&worker.running) = Some((Arc::clone(&life), engine.clone()));
        tokio::select! {
            biased;
            () = life.ended() => {}
            () = engine.run(std::future::pending()) => {}
        }
        worker.stop();
        let down = *lock(&worker.down);
        world.note(&format_args!("worker {} is down", index + 1));
        world.time.sleep(down).await;
        world.note(&format_args!("worker {} starts again", index + 1));
    }
}

fn engine(world: &Arc<World>, life: &Arc<Life>) -> Result<Engine> {
    let location = location(world, life)?;
    Ok(Engine::builder(Arc::new(WorkerStore::new(world, life)))
        .clock(clock(world, life))
        .location(location, world.recipe())
        .build())
}

/// The location with a client of its own.
pub(super) fn location(world: &Arc<World>, life: &Arc<Life>) -> Result<Location> {
    let client = Client::builder()
        .token(TOKEN)
        .transport(Network::new(world, life))
        .clock(clock(world, life))
        .build()?;
    Ok(client.location(world.fixture.location.clone()))
}

fn clock(world: &World, life: &Life) -> Arc<MachineClock> {
    Arc::new(MachineClock {
        time: world.time.clone(),
        error: Arc::clone(&world.workers[life.worker].clock_error),
    })
}

/// The clock of a worker's machine, which may be wrong.
#[derive(Debug)]
struct MachineClock {
    time: Time,
    error: Arc<Mutex<ClockError>>,
}

fn shown(time: &Time, error: &Mutex<ClockError>) -> Timestamp {
    let error = lock(error).at(time.elapsed());
    time.now().saturating_add(error).unwrap_or(Timestamp::MAX)
}

#[async_trait]
impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        shown(&self.time, &self.error)
    }

    fn elapsed(&self) -> Duration {
        self.time.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        self.time.sleep(duration).await;
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("interruptions", &self.interruptions)
            .finish_non_exhaustive()
    }
}
