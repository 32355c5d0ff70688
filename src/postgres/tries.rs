//! How often and after which pause something is tried again.

use std::time::Duration;

use super::error::{DatabaseError, Fault};
use crate::clock::{Clock, SystemClock};

/// After a deadlock or a serialization failure: the other transaction ends within milliseconds.
const AGAIN_MS: [u64; 8] = [2, 5, 10, 20, 50, 100, 200, 400];
/// After a connection was lost: a pooler or a standby takes over within seconds. What takes longer is reported.
const BROKEN_MS: [u64; 7] = [10, 100, 300, 600, 1_000, 2_000, 3_000];

/// Counts the tries of one operation.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    again: usize,
    broken: usize,
}

impl Tries {
    /// Whether an earlier try may have been committed without anybody having heard of it.
    pub(crate) fn may_be_done(&self) -> bool {
        self.broken > 0
    }

    /// Pauses before the next try, or returns the error where there is none.
    pub(crate) async fn wait(&mut self, error: DatabaseError) -> Result<(), DatabaseError> {
        let (pauses, count) = match error.fault() {
            Fault::Again => (&AGAIN_MS[..], &mut self.again),
            Fault::Broken => (&BROKEN_MS[..], &mut self.broken),
            Fault::Unique(_) | Fault::Guard | Fault::Other => return Err(error),
        };
        let Some(pause) = pauses.get(*count) else {
            return Err(error);
        };
        *count += 1;
        tracing::debug!(%error, "the database is asked again");
        // Two that hinder each other must not do so again.
        let pause = pause + fastrand::u64(0..=*pause);
        SystemClock.sleep(Duration::from_millis(pause)).await;
        Ok(())
    }
}
