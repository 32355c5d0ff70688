//! Whether the store works, found out by working: something is written, and what is late is read.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::failure::Failed;
use super::rows::{millis, time};
use crate::postgres::Statement;
use crate::recipes::missed_call::store::{LATE, StoreHealth};

/// The most late effects of a kind that are counted.
const MOST_COUNTED: i64 = 1000;

/// A write; and how many effects are late and since when: of those that wait in each lane, and of those under way.
pub(super) fn statements(now: Timestamp) -> [Statement; 4] {
    let since = millis(now.saturating_sub(LATE).unwrap_or(Timestamp::MIN));
    let waiting = |lane: i16| {
        Statement::new(
            "SELECT count(*), min(due_at) FROM (
               SELECT e.due_at FROM @.line l
               JOIN @.effect e ON e.lane = l.lane AND e.location = l.location
               WHERE l.lane = $1 AND l.due_at <= $2 AND e.due_at <= $2
               ORDER BY l.due_at, e.due_at LIMIT $3) AS late",
        )
        .with(lane)
        .with(since)
        .with(MOST_COUNTED)
    };
    [
        Statement::new("UPDATE @.beat SET beats = beats + 1"),
        waiting(0),
        waiting(1),
        Statement::new(
            "SELECT count(*), min(claimed_due_at) FROM (
               SELECT claimed_due_at FROM @.effect WHERE claimed_due_at <= $1
               ORDER BY claimed_due_at LIMIT $2) AS late",
        )
        .with(since)
        .with(MOST_COUNTED),
    ]
}

pub(super) fn read(answers: &[Vec<Row>], unreadable: u64) -> Result<StoreHealth, Failed> {
    let mut health = StoreHealth {
        unreadable,
        ..StoreHealth::default()
    };
    for row in answers.iter().flatten() {
        let late: i64 = row.try_get(0)?;
        health.late_effects += late.max(0).cast_unsigned();
        let since = row.try_get::<_, Option<i64>>(1)?.map(time);
        health.late_since = health.late_since.into_iter().chain(since).min();
    }
    Ok(health)
}
