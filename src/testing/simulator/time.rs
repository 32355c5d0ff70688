//! Virtual time: it stands still while anybody can go on, and then leaps to the next moment that somebody waits for.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::clock::Clock;

/// The shortest wait. A loop that waits for nothing at all still lets time pass.
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
    leaps: u64,
    made: u64,
    /// By the moment, and by the order in which they were made.
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

    /// Nobody can go on: the next one who waits is woken at the moment it waits for.
    pub(super) fn leap(&self) {
        let next = {
            let mut timers = self.timers();
            timers.leaps += 1;
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

    /// How often it has leapt.
    pub(super) fn leaps(&self) -> u64 {
        self.timers().leaps
    }

    /// Waits until this much has passed since the start.
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

/// A wait; given up when dropped.
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
