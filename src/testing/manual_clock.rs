//! A clock that moves only when a test moves it, or when a caller waits on it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// A [`Clock`] for tests. It stands still; [`advance`](Self::advance) moves it, and so does every wait: a `sleep` moves
/// the clock to its end and returns at once, so that no test ever waits in real time.
///
/// A wait takes no real time then, while an answer over the network does. Where one client waits for what another one
/// does (two that renew one OAuth grant in a shared store), the wait may pass before the other is done: such a test takes a
/// [`Clock`] of its own, which holds each `sleep` until the test moves the time.
///
/// Clones share the time. [`wrong_by`](Self::wrong_by) is the clock of another machine.
///
/// ```
/// use gohighlevel::clock::Clock;
/// use gohighlevel::testing::ManualClock;
/// use jiff::{SignedDuration, Timestamp};
///
/// let there = ManualClock::new(Timestamp::UNIX_EPOCH);
/// let here = there.wrong_by(SignedDuration::from_hours(2));
/// there.advance(std::time::Duration::from_secs(60));
/// assert_eq!(here.elapsed(), there.elapsed());
/// assert_eq!(here.now().duration_since(there.now()), SignedDuration::from_hours(2));
/// // Its owner corrects it.
/// here.set_wrong_by(SignedDuration::ZERO);
/// assert_eq!(here.now(), there.now());
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock {
    start: Timestamp,
    elapsed: Arc<Mutex<Duration>>,
    ahead: Arc<Mutex<SignedDuration>>,
}

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self {
            start,
            elapsed: Arc::default(),
            ahead: Arc::default(),
        }
    }

    /// A clock on which the same time passes, and whose time of day is this far ahead of this one's; behind if negative.
    #[must_use]
    pub fn wrong_by(&self, ahead: SignedDuration) -> Self {
        Self {
            ahead: Arc::new(Mutex::new(ahead)),
            ..self.clone()
        }
    }

    /// Sets the time of day this far ahead of what it would be, for all clones; no time passes.
    pub fn set_wrong_by(&self, ahead: SignedDuration) {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = ahead;
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
        let ahead = *self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = SignedDuration::try_from(self.elapsed()).unwrap_or(SignedDuration::MAX);
        self.start
            .saturating_add(passed.saturating_add(ahead))
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
