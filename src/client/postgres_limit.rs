//! One rate limit for all processes, kept in a PostgreSQL database.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::shared_limit::{MARGIN, SharedRateLimit, SharedSlot, SlotRequest};
use crate::clock::{Clock, SystemClock};
use crate::ids::LocationId;
use crate::postgres::{Database, DatabaseError, NOW, Statement};

/// A database that has answered nobody for so long is done without: a text must not wait for it.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);

/// For how long it is then left alone.
const LEFT_ALONE: Duration = Duration::from_secs(10);

/// A [`SharedRateLimit`] in a PostgreSQL database, for the clients of any number of processes. It goes by the database's
/// clock. Clones share it.
///
/// Each request costs a round trip to the database. If the database answers nobody for two seconds, the clients go by their
/// own counts for ten seconds: an outage delays few requests, and none of them for longer.
#[derive(Debug, Clone)]
pub struct PostgresRateLimit {
    database: Database,
    answers: Arc<Mutex<Answers>>,
}

/// How the database answers, on the system clock's elapsed time.
#[derive(Debug, Default)]
struct Answers {
    /// When it answered last.
    last: Duration,
    /// Until when it is left alone.
    left_alone_until: Duration,
}

impl PostgresRateLimit {
    /// The limit that is kept in this database.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            answers: Arc::default(),
        }
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once the database has answered nobody for too long. Many requests at once wait for one another, and as long as
    /// they get on that is no outage.
    async fn silence(&self) {
        let began = SystemClock.elapsed();
        loop {
            let end = self.answers().last.max(began) + ANSWERED_WITHIN;
            match end.checked_sub(SystemClock.elapsed()) {
                Some(left) if !left.is_zero() => SystemClock.sleep(left).await,
                Some(_) | None => return,
            }
        }
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
        if SystemClock.elapsed() < self.answers().left_alone_until {
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
            () = self.silence() => {
                Err(DatabaseError::broken("the database did not answer in time"))
            }
        };
        let answers = answers.inspect_err(|_| {
            self.answers().left_alone_until = SystemClock.elapsed() + LEFT_ALONE;
        })?;
        self.answers().last = SystemClock.elapsed();
        let row = answers.iter().flatten().next();
        let row = row.ok_or("the database did not say whether there is a slot")?;
        Ok(match u64::try_from(row.try_get::<_, i64>(0)?)? {
            0 => SharedSlot::Granted,
            wait => SharedSlot::Wait(Duration::from_millis(wait)),
        })
    }
}
