//! One rate limit for all processes, kept in a PostgreSQL database.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::shared_limit::{MARGIN, SharedRateLimit, SharedSlot, SlotRequest};
use crate::clock::{Clock, SystemClock};
use crate::ids::LocationId;
use crate::postgres::{Database, DatabaseError, NOW, Statement};

/// A database that has not answered by then is done without: a text must not wait for it.
const ANSWERED_WITHIN: Duration = Duration::from_millis(500);

/// For how long it is then left alone.
const LEFT_ALONE: Duration = Duration::from_secs(2);

/// A [`SharedRateLimit`] in a PostgreSQL database, for the clients of any number of processes. It goes by the database's
/// clock. Clones share it.
///
/// Each request costs a round trip to the database. A database that does not answer within half a second delays no request:
/// for two seconds after that the clients go by their own counts.
#[derive(Debug, Clone)]
pub struct PostgresRateLimit {
    database: Database,
    /// Until when the database is left alone, on the system clock's elapsed time.
    left_alone_until: Arc<Mutex<Duration>>,
}

impl PostgresRateLimit {
    /// The limit that is kept in this database.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            left_alone_until: Arc::default(),
        }
    }

    fn left_alone_until(&self) -> std::sync::MutexGuard<'_, Duration> {
        self.left_alone_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a slot as [`SharedWindow::take`](super::SharedWindow::take) does, in one statement. The time is read once the row
/// belongs to this transaction.
fn take(location: &LocationId, room: i64, keep: i64) -> Statement {
    Statement::new(format!(
        "INSERT INTO @.request_window AS w (location, sent, wait) VALUES ($1, ARRAY[{NOW}], 0)
         ON CONFLICT (location) DO UPDATE SET (sent, wait) = (
           SELECT CASE WHEN kept.number < $2 THEN kept.sent || clock.now ELSE kept.sent END,
             CASE WHEN kept.number < $2 THEN 0
               ELSE greatest(kept.sent[kept.number - $2 + 1] + $3 - clock.now, 1) END
           FROM (SELECT {NOW} AS now OFFSET 0) AS clock CROSS JOIN LATERAL (
             SELECT coalesce(array_agg(at ORDER BY at), '{{}}') AS sent, count(*) AS number
             FROM unnest(w.sent) AS at
             WHERE at + $3 > clock.now AND at <= clock.now + $3) AS kept)
         RETURNING wait"
    ))
    .text(location.as_str())
    .with(room)
    .with(keep)
}

#[async_trait]
impl SharedRateLimit for PostgresRateLimit {
    async fn take(
        &self,
        location: &LocationId,
        ask: SlotRequest,
    ) -> Result<SharedSlot, Box<dyn Error + Send + Sync>> {
        if SystemClock.elapsed() < *self.left_alone_until() {
            return Err("the database did not answer a moment ago".into());
        }
        let keep = i64::try_from((ask.interval + MARGIN).as_millis())?;
        let room = i64::try_from(ask.lane.room(ask.limit.max(1) as usize))?;
        let statements = [
            // What is lost with a crash of the database is a window at most.
            Statement::new("SET LOCAL synchronous_commit = off"),
            take(location, room, keep),
        ];
        let answers = tokio::select! {
            biased;
            answers = self.database.transaction(&statements) => answers,
            () = SystemClock.sleep(ANSWERED_WITHIN) => {
                Err(DatabaseError::broken("the database did not answer in time"))
            }
        };
        let answers = answers.inspect_err(|_| {
            *self.left_alone_until() = SystemClock.elapsed() + LEFT_ALONE;
        })?;
        let row = answers.iter().flatten().next();
        let row = row.ok_or("the database did not say whether there is a slot")?;
        Ok(match u64::try_from(row.try_get::<_, i64>(0)?)? {
            0 => SharedSlot::Granted,
            wait => SharedSlot::Wait(Duration::from_millis(wait)),
        })
    }
}
