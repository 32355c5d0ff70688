//! Virtual time: it stands still while any task can run, and then advances to the next moment that a task waits for.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::clock::Clock;
use jiff::Timestamp;

/// The shortest wait. It lets time pass in a loop that waits for no time at all.
const SHORTEST: Duration = Duration::from_millis(1);

/// The true time of a simulated world. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Time {
    start: Timestamp,
    timers: Arc<Mutex<Timers>>,
}

#[derive(Debug, Default)]
struct Timers {
    elapsed: Duration,
    advances: u64,
    made: u64,
    /// By their moment and the order of their creation.
    waiting: BTreeMap<(Duration, u64), Waker>,
}

impl Time {
    pub(super) fn new(start: Timestamp) -> Self {
        Self {
            start,
            timers: Arc::default(),
        }
    }

    fn timers(&self) -> MutexGuard<'_, Timers> {
        self.timers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// No task can run: wakes the next waiting task at the moment it waits for.
    pub(super) fn advance(&self) {
        let next = {
            let mut timers = self.timers();
            timers.advances += 1;
            let next = timers.waiting.pop_first();
            if let Some(((moment, _), _)) = next {
                timers.elapsed = timers.elapsed.max(moment);
            }
            next
        };
        if let Some((_, waker)) = next {
            waker.wake();
        }
    }

    /// How often the time has advanced.
    pub(super) fn advances(&self) -> u64 {
        self.timers().advances
    }

    /// Waits until this much time has passed since the start.
    pub(super) fn until(&self, moment: Duration) -> Wait {
        let mut timers = self.timers();
        timers.made += 1;
        Wait {
            key: (moment.max(timers.elapsed + SHORTEST), timers.made),
            time: self.clone(),
        }
    }
}

#[async_trait]
impl Clock for Time {
    fn now(&self) -> Timestamp {
        self.start
            .saturating_add(self.elapsed())
            .unwrap_or(Timestamp::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.timers().elapsed
    }

    async fn sleep(&self, duration: Duration) {
        self.until(self.elapsed() + duration).await;
    }
}

/// A wait. Dropping it cancels it.
pub(super) struct Wait {
    key: (Duration, u64),
    time: Time,
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut timers = self.time.timers();
        if timers.elapsed >= self.key.0 {
            return Poll::Ready(());
        }
        timers.waiting.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.time.timers().waiting.remove(&self.key);
    }
}
