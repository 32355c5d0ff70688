//! Which processes are there. A process says so while it works, and the claims of one that no longer does are free for
//! others, long before their end.
//!
//! | after | what follows |
//! |---|---|
//! | [`REPORT_EVERY`] | the process says again that it is there, together with its next question |
//! | [`GONE_AFTER`] | its claims are given to others |
//!
//! A process begins nothing that the database has not just written down, so the last request of one that has lost the
//! database begins soon after its last report, and has come to its end when its claims are given to others. The time-out of
//! a request must be shorter than [`GONE_AFTER`] for that, less some seconds.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio_postgres::Row;

use crate::clock::{Clock as _, SystemClock};
use crate::postgres::{Database, DatabaseError, NOW, Statement};

const REPORT_EVERY: Duration = Duration::from_secs(10);
const GONE_AFTER: Duration = Duration::from_secs(60);
/// How soon a report is tried again that failed.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How long it is remembered that a process was there.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

/// This process, as others see it.
#[derive(Debug)]
pub(super) struct Presence {
    /// Its name in this run.
    process: i64,
    /// When it reported last, on the clock that never goes back.
    reported: Mutex<Option<Duration>>,
}

impl Default for Presence {
    fn default() -> Self {
        Self {
            process: fastrand::i64(..),
            reported: Mutex::default(),
        }
    }
}

impl Presence {
    pub(super) fn process(&self) -> i64 {
        self.process
    }

    /// Says that this process is there, and frees the claims of those that are not, if that was not done just now. A failure
    /// is the same as silence.
    pub(super) async fn report(&self, database: &Database) {
        let now = SystemClock.elapsed();
        if !self.is_due(now) {
            return;
        }
        if let Err(error) = database.queries(&statements(self.process)).await {
            self.failed(now, &error);
        }
    }

    /// Asks a question, and reports in the same round trip if that was not done just now.
    pub(super) async fn report_and_ask(
        &self,
        database: &Database,
        question: Statement,
    ) -> Result<Vec<Row>, DatabaseError> {
        let now = SystemClock.elapsed();
        if !self.is_due(now) {
            return database.query(&question).await;
        }
        let mut all = Vec::from(statements(self.process));
        all.push(question);
        let answers = database.queries(&all).await;
        let answers = answers.inspect_err(|error| self.failed(now, error));
        Ok(answers?.pop().unwrap_or_default())
    }

    fn failed(&self, now: Duration, error: &DatabaseError) {
        tracing::warn!(%error, "the database does not know that this process is there; after a minute others take its work over");
        *self.reported() = Some(now.saturating_sub(REPORT_EVERY - AGAIN_AFTER));
    }

    /// Whether it is time for a report. Who asks makes it.
    fn is_due(&self, now: Duration) -> bool {
        let mut reported = self.reported();
        let is_due = reported.is_none_or(|last| now.saturating_sub(last) >= REPORT_EVERY);
        if is_due {
            *reported = Some(now);
        }
        is_due
    }

    fn reported(&self) -> std::sync::MutexGuard<'_, Option<Duration>> {
        self.reported.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn statements(process: i64) -> [Statement; 3] {
    let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    [
        Statement::new(format!(
            "INSERT INTO @.process (id, seen_at) VALUES ($1, {NOW})
             ON CONFLICT (id) DO UPDATE SET seen_at = greatest(process.seen_at, excluded.seen_at)"
        ))
        .with(process),
        Statement::new(format!(
            "WITH free AS (
               SELECT e.episode, e.step, e.ordinal FROM @.effect e
               WHERE e.claimed_due_at IS NOT NULL AND e.due_at > {NOW}
                 AND e.claimed_by IS NOT NULL AND NOT EXISTS (
                   SELECT 1 FROM @.process p WHERE p.id = e.claimed_by AND p.seen_at > {NOW} - $1)
               FOR UPDATE OF e SKIP LOCKED),
             freed AS (
               UPDATE @.effect e SET due_at = {NOW} FROM free f
               WHERE e.episode = f.episode AND e.step = f.step AND e.ordinal = f.ordinal
               RETURNING e.location, e.lane)
             UPDATE @.line l SET due_at = least(l.due_at, {NOW})
             FROM (SELECT DISTINCT location, lane FROM freed) AS f
             WHERE l.location = f.location AND l.lane = f.lane"
        ))
        .with(millis(GONE_AFTER)),
        Statement::new(format!(
            "DELETE FROM @.process WHERE id IN (
               SELECT id FROM @.process WHERE seen_at < {NOW} - $1 FOR UPDATE SKIP LOCKED)"
        ))
        .with(millis(REMEMBERED)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_due_every_ten_seconds() {
        let presence = Presence::default();
        let at = Duration::from_secs;
        let due: Vec<u64> = (100..=135)
            .filter(|now| presence.is_due(at(*now)))
            .collect();
        assert_eq!(due, [100, 110, 120, 130]);
    }
}
