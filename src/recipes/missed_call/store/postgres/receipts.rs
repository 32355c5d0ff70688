//! Texts of which it is not known yet whether they were delivered.

use jiff::{SignedDuration, Timestamp};
use tokio_postgres::Row;

use super::failure::Failed;
use super::rows::{count, location, millis, names, time};
use crate::ids::{LocationId, MessageId};
use crate::postgres::Statement;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::store::{AwaitedReceipt, ReceiptChange, Shares};

/// How long a text stays that nobody has looked after when it was due: its location is served no more.
const LEFT: SignedDuration = SignedDuration::from_hours(72);

/// How many of these one commit removes.
const LEFT_AT_ONCE: i64 = 4;

pub(super) fn write(changes: &[ReceiptChange]) -> Vec<Statement> {
    let mut statements: Vec<Statement> = changes.iter().map(statement).collect();
    let due = |change: &ReceiptChange| match change {
        ReceiptChange::Await(awaited) => Some(awaited.due),
        ReceiptChange::Postpone { .. } | ReceiptChange::End { .. } => None,
    };
    if let Some(due) = changes.iter().filter_map(due).max() {
        let left = due.saturating_sub(LEFT).unwrap_or(Timestamp::MIN);
        statements.push(
            Statement::new(
                "DELETE FROM @.awaited_receipt WHERE (location, message) IN
                   (SELECT location, message FROM @.awaited_receipt
                    WHERE due_at < $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
            )
            .with(millis(left))
            .with(LEFT_AT_ONCE),
        );
    }
    statements
}

fn statement(change: &ReceiptChange) -> Statement {
    match change {
        ReceiptChange::Await(awaited) => Statement::new(
            "INSERT INTO @.awaited_receipt (location, message, episode, accepted_at, due_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (location, message) DO NOTHING",
        )
        .text(awaited.location.as_str())
        .text(awaited.message.as_str())
        .text(awaited.episode.as_str())
        .with(millis(awaited.accepted_at))
        .with(millis(awaited.due)),
        ReceiptChange::Postpone {
            location,
            message,
            due,
        } => Statement::new(
            "UPDATE @.awaited_receipt SET due_at = $3 WHERE location = $1 AND message = $2",
        )
        .text(location.as_str())
        .text(message.as_str())
        .with(millis(*due)),
        ReceiptChange::End { location, message } => {
            Statement::new("DELETE FROM @.awaited_receipt WHERE location = $1 AND message = $2")
                .text(location.as_str())
                .text(message.as_str())
        }
    }
}

const COLUMNS: &str = "location, message, episode, accepted_at, due_at";

pub(super) fn one(location: &LocationId, message: &MessageId) -> Statement {
    Statement::new(format!(
        "SELECT {COLUMNS} FROM @.awaited_receipt WHERE location = $1 AND message = $2"
    ))
    .text(location.as_str())
    .text(message.as_str())
}

/// What is allowed: `$1` to `$4`.
const ALLOWED: &str = "($1 OR location = ANY($2))
     AND NOT location = ANY($3) AND ($4::text IS NULL OR location = $4)";

fn allowed(statement: Statement, shares: &Shares) -> Statement {
    let exhausted = shares.exhausted();
    let exhausted = exhausted.map(|location| location.as_str().to_owned());
    let only = shares.only_one();
    let scope = names(shares.scope());
    statement
        .with(scope.is_none())
        .with(scope.unwrap_or_default())
        .with(exhausted.collect::<Vec<_>>())
        .with(only.map(|location| location.as_str().to_owned()))
}

/// Of two processes at the same moment one gets a location's texts, and the other gets none.
pub(super) fn claim(now: Timestamp, again: Timestamp, limit: usize, shares: &Shares) -> Statement {
    let sql = format!(
        "WITH first AS (
           SELECT location FROM @.awaited_receipt WHERE due_at <= $5 AND {ALLOWED}
           ORDER BY due_at LIMIT 1),
         due AS (
           SELECT location, message FROM @.awaited_receipt
           WHERE location = (SELECT location FROM first) AND due_at <= $5
           ORDER BY due_at LIMIT $6 FOR UPDATE SKIP LOCKED)
         UPDATE @.awaited_receipt r SET due_at = $7 FROM due
         WHERE r.location = due.location AND r.message = due.message
         RETURNING r.location, r.message, r.episode, r.accepted_at, r.due_at"
    );
    allowed(Statement::new(sql), shares)
        .with(millis(now))
        .with(count(limit))
        .with(millis(again))
}

pub(super) fn next(shares: &Shares) -> Statement {
    let sql =
        format!("SELECT due_at FROM @.awaited_receipt WHERE {ALLOWED} ORDER BY due_at LIMIT 1");
    allowed(Statement::new(sql), shares)
}

pub(super) fn read(rows: &[Row]) -> Result<Vec<AwaitedReceipt>, Failed> {
    let read = |row: &Row| {
        let message = MessageId::new(row.try_get::<_, String>(1)?)
            .map_err(|error| Failed::unreadable(error.to_string()))?;
        Ok(AwaitedReceipt {
            location: location(row, 0)?,
            message,
            episode: EpisodeId::from_stored(row.try_get::<_, String>(2)?),
            accepted_at: time(row.try_get(3)?),
            due: time(row.try_get(4)?),
        })
    };
    rows.iter().map(read).collect()
}
