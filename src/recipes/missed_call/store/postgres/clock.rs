//! By which clock claims end: the database's, which is one for all processes.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

use super::rows::millis;

/// The clock of claims, as a store sees it.
#[derive(Debug, Default)]
pub(super) struct LeaseClock {
    /// Claims end by the caller's time instead.
    is_callers: bool,
    /// How many milliseconds the caller's clock was ahead of the database's when both were seen last. The end of a claim is
    /// shown to the caller on its own clock.
    skew: AtomicI64,
}

impl LeaseClock {
    pub(super) fn of_caller() -> Self {
        Self {
            is_callers: true,
            ..Self::default()
        }
    }

    /// The time to take instead of the database's.
    pub(super) fn instead(&self, now: Timestamp) -> Option<i64> {
        self.is_callers.then(|| millis(now))
    }

    /// Notes what the database's clock said at `now`.
    pub(super) fn saw(&self, now: Timestamp, database: i64) {
        let skew = millis(now).saturating_sub(database);
        self.skew.store(skew, Ordering::Relaxed);
    }

    pub(super) fn skew(&self) -> i64 {
        self.skew.load(Ordering::Relaxed)
    }
}
