//! Time: the one file of the crate that reads the clock.
//!
//! Decisions take `now` as an argument. Whatever has to know the time or to wait asks a [`Clock`], so that tests
//! (and hosts that replay) can put their own in place.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use std::time::Duration;
//! use gohighlevel::clock::{Clock, SystemClock};
//!
//! async fn poll(clock: &dyn Clock, mut done: impl FnMut() -> bool) -> Duration {
//!     let began = clock.elapsed();
//!     while !done() {
//!         clock.sleep(Duration::from_secs(1)).await;
//!     }
//!     clock.elapsed() - began
//! }
//!
//! poll(&SystemClock, || true).await;
//! # #[cfg(feature = "testing")] {
//! // In a test the same code waits an hour in no time.
//! let clock = gohighlevel::testing::ManualClock::new("2026-05-08T12:00:00Z".parse().unwrap());
//! let mut looks = 0;
//! let took = poll(&clock, || { looks += 1; looks > 3600 }).await;
//! assert_eq!(took, Duration::from_secs(3600));
//! # }
//! # }
//! ```

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;

/// A source of time. An `Arc` of a clock is a clock too.
///
/// [`SystemClock`] is the one to use outside tests; `gohighlevel::testing::ManualClock` stands still until it is set.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time of day in UTC. It may jump when the machine's clock is set.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment in the past; it never goes back. Waits and rates are measured with it.
    fn elapsed(&self) -> Duration;

    /// Returns after `duration` has passed on this clock.
    async fn sleep(&self, duration: Duration);
}

#[async_trait]
impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }

    fn elapsed(&self) -> Duration {
        (**self).elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        (**self).sleep(duration).await;
    }
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the place where time comes in"
)]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
