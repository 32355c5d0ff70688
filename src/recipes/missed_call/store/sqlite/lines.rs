//! Lines: the effects of one location in one lane. They have turns, whatever stands in each.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::error::Result;
use crate::client::Lane;
use crate::ids::LocationId;
use crate::recipes::missed_call::store::Shares;
use crate::recipes::missed_call::store::backlog::{dealt, is_behind, of_both_ends};

/// Those in which something is due, in the order of their turns.
pub(super) const DUE: &str = "SELECT number, location, due_at, given FROM line
     WHERE lane = ?1 AND due_at <= ?2 ORDER BY turn, due_at, number";
pub(super) const OLDEST: &str = "SELECT episode, step, ordinal FROM effect
     WHERE line = ?1 AND due_at <= ?2 ORDER BY due_at LIMIT ?3";
pub(super) const NEWEST: &str = "SELECT episode, step, ordinal FROM effect
     WHERE line = ?1 AND due_at <= ?2 ORDER BY due_at DESC LIMIT ?3";
/// In the order in which something is due in them.
pub(super) const NEXT: &str = "SELECT location, due_at FROM line
     WHERE lane = ?1 AND due_at IS NOT NULL ORDER BY due_at";
pub(super) const OF_EPISODE: &str = "SELECT number FROM line
     WHERE location = coalesce((SELECT location FROM episode WHERE number = ?1), '') AND lane = ?2";
pub(super) const LOOK_AT: &str = "UPDATE line SET due_at = first.due_at
     FROM (SELECT min(due_at) AS due_at FROM effect WHERE line = ?1 AND due_at IS NOT NULL) AS first
     WHERE number = ?1 AND line.due_at IS NOT first.due_at";

/// An effect by the number of its episode, its step and its ordinal.
type Key = (i64, String, u32);

/// The turn of one line.
pub(super) struct Turn {
    line: i64,
    /// In the order in which they are given.
    pub(super) effects: Vec<Key>,
}

pub(super) const fn lane_number(lane: Lane) -> i64 {
    match lane {
        Lane::Interactive => 0,
        Lane::Background => 1,
    }
}

/// The line of the effects of this episode; made if it is not there.
pub(super) fn of(connection: &Connection, episode: i64, lane: Lane) -> Result<i64> {
    let key = (episode, lane_number(lane));
    let mut of_episode = connection.prepare_cached(OF_EPISODE)?;
    let known = of_episode.query_row(key, |row| row.get(0)).optional()?;
    if let Some(line) = known {
        return Ok(line);
    }
    connection
        .prepare_cached(
            "INSERT INTO line (location, lane, turn, given)
             VALUES (coalesce((SELECT location FROM episode WHERE number = ?1), ''), ?2, 0, 0)",
        )?
        .execute(key)?;
    Ok(connection.last_insert_rowid())
}

/// Notes when the first effect of a line is due, after one of them was changed.
pub(super) fn look_at(connection: &Connection, line: i64) -> Result<()> {
    connection.prepare_cached(LOOK_AT)?.execute([line])?;
    Ok(())
}

/// The same of all lines.
pub(super) fn look_at_all(connection: &Connection) -> Result<()> {
    connection.execute(
        "UPDATE line SET due_at =
           (SELECT min(due_at) FROM effect WHERE line = line.number AND due_at IS NOT NULL)",
        [],
    )?;
    Ok(())
}

/// The location of a line; `None` for effects that belong to none. A name that is none is nobody's.
fn location(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<LocationId>> {
    let location: String = row.get(column)?;
    Ok(LocationId::new(location).ok())
}

/// Whose turn it is, and with what.
pub(super) fn next_turns(
    connection: &Connection,
    now: Timestamp,
    lane: Lane,
    limit: usize,
    shares: &Shares,
) -> Result<Vec<Turn>> {
    let mut due = connection.prepare_cached(DUE)?;
    let mut rows = due.query(params![lane_number(lane), now.as_millisecond()])?;
    let mut turns = Vec::new();
    while turns.len() < limit
        && let Some(row) = rows.next()?
    {
        let most = shares.left(location(row, 1)?.as_ref()).min(limit);
        if most > 0 {
            let first = Timestamp::from_millisecond(row.get(2)?)?;
            let given = row.get::<_, i64>(3)?.cast_unsigned();
            let line = row.get(0)?;
            let behind = is_behind(lane, first, now).then_some(given);
            let effects = due_of(connection, line, now, behind, most)?;
            turns.push(Turn { line, effects });
        }
    }
    let available: Vec<usize> = turns.iter().map(|turn| turn.effects.len()).collect();
    for (turn, count) in turns.iter_mut().zip(dealt(&available, limit)) {
        turn.effects.truncate(count);
    }
    Ok(turns)
}

/// What is due in a line, in the order in which it is given. One that is behind has been given so many before.
fn due_of(
    connection: &Connection,
    line: i64,
    now: Timestamp,
    behind: Option<u64>,
    most: usize,
) -> Result<Vec<Key>> {
    let key = params![line, now.as_millisecond(), i64::try_from(most)?];
    let read = |sql: &str| -> Result<Vec<Key>> {
        let mut statement = connection.prepare_cached(sql)?;
        let found = statement.query_map(key, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    };
    let oldest = read(OLDEST)?;
    match behind {
        Some(given) => Ok(of_both_ends(oldest, read(NEWEST)?, given, most)),
        None => Ok(oldest),
    }
}

/// Notes that these turns were had.
pub(super) fn take_turns(connection: &Connection, turns: &[Turn]) -> Result<()> {
    let mut take = connection.prepare_cached(
        "UPDATE line SET turn = (SELECT max(turn) FROM line) + 1, given = given + ?2 WHERE number = ?1",
    )?;
    for turn in turns {
        take.execute(params![turn.line, i64::try_from(turn.effects.len())?])?;
        look_at(connection, turn.line)?;
    }
    Ok(())
}

/// When the next effect is due that these shares let be given.
pub(super) fn next_due(
    connection: &Connection,
    lanes: &[(Lane, Shares)],
) -> Result<Option<Timestamp>> {
    let mut next = connection.prepare_cached(NEXT)?;
    let mut earliest = None;
    for (lane, shares) in lanes {
        let mut rows = next.query([lane_number(*lane)])?;
        while let Some(row) = rows.next()? {
            if shares.left(location(row, 0)?.as_ref()) > 0 {
                let due = Timestamp::from_millisecond(row.get(1)?)?;
                earliest = Some(earliest.map_or(due, |earliest: Timestamp| earliest.min(due)));
                break;
            }
        }
    }
    Ok(earliest)
}
