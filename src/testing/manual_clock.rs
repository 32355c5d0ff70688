//! A clock that moves only when told to, or when somebody waits on it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::clock::Clock;

/// A [`Clock`] for tests. It stands still; [`advance`](Self::advance) moves it, and so does every wait: a `sleep` moves
/// the clock to its end and returns at once, so that no test ever waits in real time.
///
/// A wait takes no real time then, while an answer over the network does. Where one client waits for what another one
/// does (two that renew one OAuth grant in a shared store), the wait may pass before the other is done: such a test takes a
/// [`Clock`] of its own, which holds each `sleep` until the test moves the time.
///
/// Clones share the time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    start: Timestamp,
    elapsed: Arc<Mutex<Duration>>,
}

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self {
            start,
            elapsed: Arc::default(),
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        *self.elapsed.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// Moves the clock forward to `time`; does nothing if that has passed.
    pub fn advance_to(&self, time: Timestamp) {
        if let Ok(gap) = Duration::try_from(time.duration_since(self.now())) {
            self.advance(gap);
        }
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.start
            .saturating_add(self.elapsed())
            .unwrap_or(Timestamp::MAX)
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn sleep(&self, duration: Duration) {
        let end = self.elapsed() + duration;
        // Others that are ready run first: they would have run during a real wait.
        tokio::task::yield_now().await;
        let mut elapsed = self.elapsed.lock().unwrap_or_else(PoisonError::into_inner);
        *elapsed = (*elapsed).max(end);
    }
}
