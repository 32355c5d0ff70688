//! A clock that a test moves forward from outside, on top of the one that FakeGhl was given.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::clock::Clock;

/// The given clock, and by how many milliseconds it was moved forward.
#[derive(Debug)]
pub(super) struct ShiftedClock {
    inner: Arc<dyn Clock>,
    ahead: AtomicU64,
}

impl ShiftedClock {
    pub(super) fn new(inner: Arc<dyn Clock>) -> Self {
        Self {
            inner,
            ahead: AtomicU64::new(0),
        }
    }

    pub(super) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead.fetch_add(by, Ordering::SeqCst);
    }

    fn ahead(&self) -> Duration {
        Duration::from_millis(self.ahead.load(Ordering::SeqCst))
    }
}

#[async_trait]
impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let now = self.inner.now();
        now.checked_add(self.ahead()).unwrap_or(Timestamp::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.inner.elapsed() + self.ahead()
    }

    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration).await;
    }
}
