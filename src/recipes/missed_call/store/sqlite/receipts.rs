//! Texts of which it is not known yet whether they were delivered.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::error::Result;
use crate::ids::{LocationId, MessageId};
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::store::{AwaitedReceipt, ReceiptChange, Shares};

/// Beside the versions of the schema: releases that do not know the table leave it as it is.
pub(super) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS awaited_receipt (
    location TEXT NOT NULL,
    message TEXT NOT NULL,
    -- The episode's name.
    episode TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (location, message)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS awaited_receipt_due ON awaited_receipt (due_at);
CREATE INDEX IF NOT EXISTS awaited_receipt_by_location ON awaited_receipt (location, due_at);
";

/// How long a text stays that nobody has looked after when it was due: its location is served no more.
const LEFT: SignedDuration = SignedDuration::from_hours(72);

pub(super) const IN_ORDER: &str =
    "SELECT location, due_at FROM awaited_receipt WHERE due_at <= ?1 ORDER BY due_at";
pub(super) const OF_LOCATION: &str =
    "SELECT message, episode, accepted_at, due_at FROM awaited_receipt
    WHERE location = ?1 AND due_at <= ?2 ORDER BY due_at LIMIT ?3";
pub(super) const ONE: &str = "SELECT message, episode, accepted_at, due_at FROM awaited_receipt
    WHERE location = ?1 AND message = ?2";
pub(super) const LEFT_OVER: &str = "DELETE FROM awaited_receipt WHERE (location, message) IN
    (SELECT location, message FROM awaited_receipt WHERE due_at < ?1 ORDER BY due_at LIMIT 4)";
const POSTPONE: &str =
    "UPDATE awaited_receipt SET due_at = ?3 WHERE location = ?1 AND message = ?2";

pub(super) fn write(connection: &Connection, change: &ReceiptChange) -> Result<()> {
    match change {
        ReceiptChange::Await(awaited) => {
            connection
                .prepare_cached(
                    "INSERT INTO awaited_receipt (location, message, episode, accepted_at, due_at)
                     VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
                )?
                .execute(params![
                    awaited.location.as_str(),
                    awaited.message.as_str(),
                    awaited.episode.as_str(),
                    awaited.accepted_at.as_millisecond(),
                    awaited.due.as_millisecond(),
                ])?;
            let left = awaited.due.saturating_sub(LEFT).unwrap_or(Timestamp::MIN);
            connection
                .prepare_cached(LEFT_OVER)?
                .execute([left.as_millisecond()])?;
        }
        ReceiptChange::Postpone {
            location,
            message,
            due,
        } => {
            connection.prepare_cached(POSTPONE)?.execute(params![
                location.as_str(),
                message.as_str(),
                due.as_millisecond()
            ])?;
        }
        ReceiptChange::End { location, message } => {
            connection
                .prepare_cached("DELETE FROM awaited_receipt WHERE location = ?1 AND message = ?2")?
                .execute(params![location.as_str(), message.as_str()])?;
        }
    }
    Ok(())
}

pub(super) fn one(
    connection: &Connection,
    location: &LocationId,
    message: &MessageId,
) -> Result<Option<AwaitedReceipt>> {
    let row = connection
        .prepare_cached(ONE)?
        .query_row(params![location.as_str(), message.as_str()], columns)
        .optional()?;
    row.map(|row| read(location, row)).transpose()
}

pub(super) fn claim(
    connection: &Connection,
    now: Timestamp,
    again: Timestamp,
    limit: usize,
    shares: &Shares,
) -> Result<Vec<AwaitedReceipt>> {
    let Some((location, _)) = first(connection, now, shares)? else {
        return Ok(Vec::new());
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(OF_LOCATION)?;
    let rows = statement.query_map(
        params![location.as_str(), now.as_millisecond(), limit],
        columns,
    )?;
    let mut claimed = Vec::new();
    for row in rows {
        claimed.push(read(&location, row?)?);
    }
    let mut postpone = connection.prepare_cached(POSTPONE)?;
    for awaited in &mut claimed {
        awaited.due = again;
        postpone.execute(params![
            location.as_str(),
            awaited.message.as_str(),
            again.as_millisecond()
        ])?;
    }
    Ok(claimed)
}

pub(super) fn next(connection: &Connection, shares: &Shares) -> Result<Option<Timestamp>> {
    Ok(first(connection, Timestamp::MAX, shares)?.map(|(_, due)| due))
}

/// The location whose text has been due the longest until then, of those that these shares let be looked after.
fn first(
    connection: &Connection,
    until: Timestamp,
    shares: &Shares,
) -> Result<Option<(LocationId, Timestamp)>> {
    let mut statement = connection.prepare_cached(IN_ORDER)?;
    let mut rows = statement.query([until.as_millisecond()])?;
    while let Some(row) = rows.next()? {
        let location = LocationId::new(row.get::<_, String>(0)?)?;
        if shares.left(Some(&location)) > 0 {
            return Ok(Some((location, Timestamp::from_millisecond(row.get(1)?)?)));
        }
    }
    Ok(None)
}

fn columns(row: &Row<'_>) -> rusqlite::Result<(String, String, i64, i64)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn read(
    location: &LocationId,
    (message, episode, accepted_at, due): (String, String, i64, i64),
) -> Result<AwaitedReceipt> {
    Ok(AwaitedReceipt {
        location: location.clone(),
        message: MessageId::new(message)?,
        episode: EpisodeId::from_stored(episode),
        accepted_at: Timestamp::from_millisecond(accepted_at)?,
        due: Timestamp::from_millisecond(due)?,
    })
}
