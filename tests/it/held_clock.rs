//! A clock that only the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::clock::Clock;
use jiff::Timestamp;
use tokio::sync::watch;

/// A clock on which a wait lasts until somebody moves the time past its end. It counts the waits. Clones share the time.
#[derive(Debug, Clone)]
pub(crate) struct HeldClock {
    elapsed: Arc<watch::Sender<Duration>>,
    waits: Arc<AtomicU64>,
    waiting: Arc<AtomicUsize>,
}

impl HeldClock {
    pub(crate) fn new() -> Self {
        Self {
            elapsed: Arc::new(watch::Sender::new(Duration::ZERO)),
            waits: Arc::default(),
            waiting: Arc::default(),
        }
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += by);
    }

    /// How many waits there were.
    pub(crate) fn waits(&self) -> u64 {
        self.waits.load(Ordering::SeqCst)
    }

    /// How many wait at this moment.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }
}

/// One who waits, or has given up.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for HeldClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        self.waits.fetch_add(1, Ordering::SeqCst);
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let _waiting = Waiting(&self.waiting);
        let end = self.elapsed() + duration;
        let mut time = self.elapsed.subscribe();
        time.wait_for(|elapsed| *elapsed >= end).await.unwrap();
    }
}
