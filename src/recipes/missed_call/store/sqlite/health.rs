//! Whether the store works, found out by working: something is written, and what is late is read.

use std::sync::PoisonError;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::error::Result;
use super::{SqliteStore, tally};
use crate::recipes::missed_call::store::{LATE, StoreError, StoreHealth};

/// Within this time one look at the disk counts for all who ask.
const BEAT: SignedDuration = SignedDuration::from_secs(1);

/// The most late effects of a kind that are counted.
const MOST_COUNTED: u32 = 1000;

/// How many of those that wait are late; and since when the first is.
pub(super) const WAITING: &str = "SELECT
    (SELECT count(*) FROM (SELECT 1 FROM line CROSS JOIN effect ON effect.line = line.number
     WHERE line.lane = ?1 AND line.due_at <= ?2 AND effect.due_at <= ?2 LIMIT ?3)),
    (SELECT min(due_at) FROM line WHERE lane = ?1 AND due_at <= ?2)";
/// Those that are under way.
pub(super) const UNDER_WAY: &str = "SELECT count(*), min(claimed_due_at) FROM
    (SELECT claimed_due_at FROM effect WHERE claimed_due_at <= ?1 ORDER BY claimed_due_at LIMIT ?2)";

pub(super) async fn check(
    store: &SqliteStore,
    now: Timestamp,
) -> std::result::Result<StoreHealth, StoreError> {
    let last_beat = || {
        store
            .last_beat
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    };
    let condition = &store.condition;
    let is_known = last_beat().is_some_and(|last| now.duration_since(last).abs() < BEAT);
    if !is_known || condition.damage().is_some() || condition.has_write_failed() {
        *last_beat() = None;
        let much = condition.has_write_failed();
        let beat = move |connection: &Connection| tally::beat(connection, much);
        store.writer.run("write to the disk", beat).await?;
        if much {
            condition.takes_writes_again();
        }
        *last_beat() = Some(now);
    }
    let since = now.saturating_sub(LATE).unwrap_or(Timestamp::MIN);
    let late = store.reader.run("read what is late", move |connection| {
        late(connection, since)
    });
    let (late_effects, late_since) = late.await?;
    Ok(StoreHealth {
        late_effects,
        late_since,
        unreadable: condition.unreadable(),
    })
}

/// How many effects were due at this time and are not done, and since when.
fn late(connection: &Connection, at: Timestamp) -> Result<(u64, Option<Timestamp>)> {
    let at = at.as_millisecond();
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?));
    let mut waiting = connection.prepare_cached(WAITING)?;
    let mut under_way = connection.prepare_cached(UNDER_WAY)?;
    let found = [
        waiting.query_row(params![0, at, MOST_COUNTED], read)?,
        waiting.query_row(params![1, at, MOST_COUNTED], read)?,
        under_way.query_row(params![at, MOST_COUNTED], read)?,
    ];
    let count: i64 = found.iter().map(|(count, _)| count).sum();
    let since = found.iter().filter_map(|(_, since)| *since).min();
    Ok((
        count.cast_unsigned(),
        since.map(Timestamp::from_millisecond).transpose()?,
    ))
}
