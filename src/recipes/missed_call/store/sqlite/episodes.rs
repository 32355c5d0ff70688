//! Episodes: their names and numbers, their states, who has one and which are to wake.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Rows, params};

use super::error::{Conflict, Result, read_json};
use crate::ids::LocationId;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::{CallersAround, NewCaller};
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::core::model::PersonKey;
use crate::recipes::missed_call::store::{EpisodeChange, Scope, Stored};

pub(super) const BY_CONTACT: &str =
    "SELECT state_json, revision FROM episode WHERE location = ?1 AND contact = ?2 AND live = 1";
pub(super) const BY_CALLER: &str =
    "SELECT state_json, revision FROM episode WHERE location = ?1 AND caller = ?2 AND live = 1";
pub(super) const LAST_OF_CONTACT: &str = "SELECT state_json, revision, number FROM episode
    WHERE location = ?1 AND contact = ?2 ORDER BY number DESC LIMIT 1";
pub(super) const LAST_OF_CALLER: &str = "SELECT state_json, revision, number FROM episode
    WHERE location = ?1 AND caller = ?2 ORDER BY number DESC LIMIT 1";
pub(super) const BY_NAME: &str = "SELECT state_json, revision FROM episode
    WHERE number = (SELECT number FROM episode_name WHERE name = ?1)";
pub(super) const TO_WAKE: &str =
    "SELECT (SELECT name FROM episode_name WHERE number = episode.number), location
    FROM episode WHERE wake_at <= ?1 ORDER BY wake_at";
pub(super) const NEXT_WAKE: &str =
    "SELECT wake_at, location FROM episode WHERE wake_at IS NOT NULL ORDER BY wake_at";
/// New callers before and at a moment, the nearest first …
pub(super) const NEW_BEFORE: &str = "SELECT caller, new_caller_at FROM episode
    WHERE location = ?1 AND new_caller_at <= ?2 AND new_caller_at > ?3
    ORDER BY new_caller_at DESC LIMIT ?4";
/// … and after it.
pub(super) const NEW_AFTER: &str = "SELECT caller, new_caller_at FROM episode
    WHERE location = ?1 AND new_caller_at > ?2 AND new_caller_at < ?3
    ORDER BY new_caller_at LIMIT ?4";
/// The plus keeps SQLite from looking through all new callers of the time for the number.
pub(super) const NEW_OF_NUMBER: &str = "SELECT caller, new_caller_at FROM episode
    WHERE location = ?1 AND caller = ?2 AND +new_caller_at > ?3 AND +new_caller_at < ?4";

pub(super) const LIVE: &str = "SELECT (SELECT name FROM episode_name WHERE number = episode.number)
    FROM episode WHERE location = ?1 AND live = 1";

/// The number of an episode, which has one from here on.
pub(super) fn number(connection: &Connection, id: &EpisodeId) -> Result<i64> {
    let known = connection
        .prepare_cached("SELECT number FROM episode_name WHERE name = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    if let Some(number) = known {
        return Ok(number);
    }
    connection
        .prepare_cached("INSERT INTO episode_name (name) VALUES (?1)")?
        .execute([id.as_str()])?;
    Ok(connection.last_insert_rowid())
}

pub(super) fn write(connection: &Connection, change: &EpisodeChange) -> Result<()> {
    let state = &change.state;
    let json = serde_json::to_string(state)?;
    let wake_at = change.wake_at.map(Timestamp::as_millisecond);
    let Some(revision) = change.read_at_revision else {
        let number = number(connection, state.id())?;
        connection
            .prepare_cached(
                "INSERT INTO episode
                 (number, location, contact, caller, live, revision, wake_at, state_json, new_caller_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8)",
            )?
            .execute(params![
                number,
                state.location().as_str(),
                state.contact().as_str(),
                state.caller().map(|caller| caller.e164()),
                state.is_open(),
                wake_at,
                json,
                // That stays as it is.
                state.new_caller().map(|caller| caller.called_at.as_millisecond()),
            ])?;
        return Ok(());
    };
    let changed = connection
        .prepare_cached(
            "UPDATE episode SET live = ?3, revision = revision + 1, wake_at = ?4, state_json = ?5,
                 contact = ?6, caller = ?7
             WHERE number = (SELECT number FROM episode_name WHERE name = ?1) AND revision = ?2",
        )?
        .execute(params![
            state.id().as_str(),
            revision.cast_signed(),
            state.is_open(),
            wake_at,
            json,
            state.contact().as_str(),
            state.caller().map(|caller| caller.e164()),
        ])?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Conflict.into())
    }
}

pub(super) fn live(connection: &Connection, person: &PersonKey) -> Result<Option<Stored>> {
    let by_contact = connection
        .prepare_cached(BY_CONTACT)?
        .query_row([person.location.as_str(), person.contact.as_str()], stored)
        .optional()?;
    let found = match (by_contact, &person.number) {
        (Some(found), _) => Some(found),
        (None, Some(number)) => connection
            .prepare_cached(BY_CALLER)?
            .query_row([person.location.as_str(), number.e164()], stored)
            .optional()?,
        (None, None) => None,
    };
    found.map(read_stored).transpose()
}

/// Numbers count up, so the one that was opened last has the highest.
pub(super) fn latest(connection: &Connection, person: &PersonKey) -> Result<Option<Stored>> {
    if let Some(live) = live(connection, person)? {
        return Ok(Some(live));
    }
    let last = |sql: &str, who: &str| {
        connection
            .prepare_cached(sql)?
            .query_row([person.location.as_str(), who], |row| {
                Ok((row.get::<_, i64>(2)?, stored(row)?))
            })
            .optional()
    };
    let of_contact = last(LAST_OF_CONTACT, person.contact.as_str())?;
    let of_caller = match &person.number {
        Some(number) => last(LAST_OF_CALLER, number.e164())?,
        None => None,
    };
    let latest = of_contact
        .into_iter()
        .chain(of_caller)
        .max_by_key(|(number, _)| *number);
    latest.map(|(_, row)| read_stored(row)).transpose()
}

pub(super) fn read(connection: &Connection, id: &EpisodeId) -> Result<Option<Stored>> {
    connection
        .prepare_cached(BY_NAME)?
        .query_row([id.as_str()], stored)
        .optional()?
        .map(read_stored)
        .transpose()
}

pub(super) fn by_number(
    connection: &Connection,
    location: &LocationId,
    number: &PhoneNumber,
) -> Result<Option<Stored>> {
    for sql in [BY_CALLER, LAST_OF_CALLER] {
        let found = connection
            .prepare_cached(sql)?
            .query_row([location.as_str(), number.e164()], stored)
            .optional()?;
        if let Some(found) = found {
            return read_stored(found).map(Some);
        }
    }
    Ok(None)
}

pub(super) fn new_callers(
    connection: &Connection,
    location: &LocationId,
    around: &CallersAround,
) -> Result<Vec<NewCaller>> {
    let moment = around.called_at.as_millisecond();
    let span = |within: SignedDuration| {
        let within = i64::try_from(within.as_millis()).unwrap_or(i64::MAX);
        (moment.saturating_sub(within), moment.saturating_add(within))
    };
    let most = i64::try_from(around.most).unwrap_or(i64::MAX);
    let mut found = Vec::new();
    let (since, until) = span(around.within);
    for (sql, bound) in [(NEW_BEFORE, since), (NEW_AFTER, until)] {
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query(params![location.as_str(), moment, bound, most])?;
        read_new_callers(rows, &mut found)?;
    }
    let (since, until) = span(around.numbers_within);
    let mut statement = connection.prepare_cached(NEW_OF_NUMBER)?;
    for number in &around.numbers {
        let rows = statement.query(params![location.as_str(), number.e164(), since, until])?;
        read_new_callers(rows, &mut found)?;
    }
    Ok(found)
}

fn read_new_callers(mut rows: Rows<'_>, found: &mut Vec<NewCaller>) -> Result<()> {
    while let Some(row) = rows.next()? {
        let number: Option<String> = row.get(0)?;
        found.push(NewCaller {
            number: number.map(|number| number.parse()).transpose()?,
            called_at: Timestamp::from_millisecond(row.get(1)?)?,
        });
    }
    Ok(())
}

pub(super) fn stored(row: &Row<'_>) -> rusqlite::Result<(String, i64)> {
    Ok((row.get(0)?, row.get(1)?))
}

pub(super) fn read_stored((json, revision): (String, i64)) -> Result<Stored> {
    Ok(Stored {
        state: read_json(&json)?,
        revision: revision.cast_unsigned(),
    })
}

pub(super) fn to_wake(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
    scope: &Scope,
) -> Result<Vec<EpisodeId>> {
    let mut statement = connection.prepare_cached(TO_WAKE)?;
    let mut rows = statement.query([now.as_millisecond()])?;
    let mut ids = Vec::new();
    while ids.len() < limit
        && let Some(row) = rows.next()?
    {
        if is_within(scope, row, 1)? {
            ids.push(EpisodeId::from_stored(row.get::<_, String>(0)?));
        }
    }
    Ok(ids)
}

/// When the next episode of these locations is due.
pub(super) fn next_wake(connection: &Connection, scope: &Scope) -> Result<Option<Timestamp>> {
    let mut statement = connection.prepare_cached(NEXT_WAKE)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if is_within(scope, row, 1)? {
            return Ok(Some(Timestamp::from_millisecond(row.get(0)?)?));
        }
    }
    Ok(None)
}

/// Whether the location in this column is one of the scope's. A name that is none is in all of them only.
fn is_within(scope: &Scope, row: &Row<'_>, column: usize) -> rusqlite::Result<bool> {
    if *scope == Scope::All {
        return Ok(true);
    }
    let location = LocationId::new(row.get::<_, String>(column)?);
    Ok(location.is_ok_and(|location| scope.contains(&location)))
}

pub(super) fn reschedule_wakeup(
    connection: &Connection,
    id: &EpisodeId,
    at: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE episode SET wake_at = ?2 WHERE wake_at IS NOT NULL
             AND number = (SELECT number FROM episode_name WHERE name = ?1)",
        )?
        .execute(params![id.as_str(), at.as_millisecond()])?;
    Ok(())
}

pub(super) fn live_in(connection: &Connection, location: &LocationId) -> Result<Vec<EpisodeId>> {
    let ids = connection
        .prepare_cached(LIVE)?
        .query_map([location.as_str()], |row| row.get::<_, String>(0))?
        .map(|id| id.map(EpisodeId::from_stored))
        .collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}
