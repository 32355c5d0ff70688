//! The statements. Each function runs inside the worker's savepoint, so it is all or nothing.

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::{
    Claim, Commit, Committed, EffectChange, EpisodeChange, Fence, LedgerQuery, PersonKey, Progress,
    Stored, Subject, Suppression,
};
use crate::client::Lane;
use crate::ids::LocationId;
use crate::recipes::missed_call::episode::{EffectId, EpisodeId, Reason, StepName};
use crate::recipes::missed_call::ledger::Entry;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How long the names of deliveries are kept.
const DELIVERY_MEMORY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A commit that must be taken back as a whole, though nothing failed.
#[derive(Debug, thiserror::Error)]
#[error("conflict")]
struct Conflict;

const fn lane_number(lane: Lane) -> i64 {
    match lane {
        Lane::Interactive => 0,
        Lane::Background => 1,
    }
}

pub(super) fn free_claims(connection: &Connection) -> Result<()> {
    connection.execute(
        "UPDATE effect SET due_at = claimed_due_at, claimed_due_at = NULL WHERE claimed_due_at IS NOT NULL",
        [],
    )?;
    Ok(())
}

pub(super) fn commit(connection: &Connection, commit: &Commit) -> Result<Committed> {
    if let Some(delivery) = &commit.delivery {
        let known: bool = connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM delivery WHERE name = ?1)")?
            .query_row([&delivery.name], |row| row.get(0))?;
        if known {
            return Ok(Committed::Duplicate);
        }
    }
    connection.execute_batch("SAVEPOINT change")?;
    match write(connection, commit) {
        Ok(()) => {
            connection.execute_batch("RELEASE change")?;
            Ok(Committed::Done)
        }
        Err(error) => {
            connection.execute_batch("ROLLBACK TO change; RELEASE change")?;
            if error.is::<Conflict>() || is_unique_violation(&*error) {
                Ok(Committed::Conflict)
            } else {
                Err(error)
            }
        }
    }
}

fn is_unique_violation(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    matches!(
        error.downcast_ref::<rusqlite::Error>(),
        Some(rusqlite::Error::SqliteFailure(failure, _))
            if [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE].contains(&failure.extended_code)
    )
}

fn write(connection: &Connection, commit: &Commit) -> Result<()> {
    if let Some(delivery) = &commit.delivery {
        connection
            .prepare_cached("INSERT INTO delivery (name, received_at) VALUES (?1, ?2)")?
            .execute(params![
                delivery.name,
                delivery.received_at.as_millisecond()
            ])?;
        let oldest = delivery
            .received_at
            .saturating_sub(DELIVERY_MEMORY)
            .unwrap_or(Timestamp::MIN);
        // A few at a time, so that no single commit pays for a month.
        connection
            .prepare_cached(
                "DELETE FROM delivery WHERE name IN
                 (SELECT name FROM delivery WHERE received_at < ?1 ORDER BY received_at LIMIT 4)",
            )?
            .execute([oldest.as_millisecond()])?;
    }
    // An episode that ends makes room for one that begins.
    let (begins, others): (Vec<_>, Vec<_>) = commit
        .episodes
        .iter()
        .partition(|change| change.read_at_revision.is_none());
    for change in others.into_iter().chain(begins) {
        write_episode(connection, change)?;
    }
    for change in &commit.effects {
        write_effect(connection, change)?;
    }
    for change in &commit.suppressions {
        let key = (
            change.location.as_str(),
            change.subject.as_str(),
            change.reason.code(),
        );
        if change.suppressed {
            connection
                .prepare_cached(
                    "INSERT INTO suppression (location, subject, reason, since) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET since = max(since, excluded.since)",
                )?
                .execute(params![key.0, key.1, key.2, change.at.as_millisecond()])?;
        } else {
            connection
                .prepare_cached(
                    "DELETE FROM suppression WHERE location = ?1 AND subject = ?2 AND reason = ?3 AND since < ?4",
                )?
                .execute(params![key.0, key.1, key.2, change.at.as_millisecond()])?;
        }
    }
    for entry in &commit.entries {
        connection
            .prepare_cached(
                "INSERT INTO ledger (at, location, episode, entry_json) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                entry.at.as_millisecond(),
                entry.location.as_str(),
                entry.episode.as_ref().map(EpisodeId::as_str),
                serde_json::to_string(entry)?,
            ])?;
    }
    if let Some(recipe) = &commit.recipe {
        connection
            .prepare_cached(
                "INSERT INTO recipe (fingerprint, source) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?
            .execute(params![recipe.fingerprint, recipe.source.as_str()])?;
    }
    Ok(())
}

fn write_episode(connection: &Connection, change: &EpisodeChange) -> Result<()> {
    let state = &change.state;
    let json = serde_json::to_string(state)?;
    let wake_at = change.wake_at.map(Timestamp::as_millisecond);
    let Some(revision) = change.read_at_revision else {
        connection
            .prepare_cached(
                "INSERT INTO episode (id, location, contact, caller, live, revision, wake_at, state_json)
                 VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7)",
            )?
            .execute(params![
                state.id().as_str(),
                state.location().as_str(),
                state.contact().as_str(),
                state.caller().map(|caller| caller.e164()),
                state.is_live(),
                wake_at,
                json,
            ])?;
        return Ok(());
    };
    let changed = connection
        .prepare_cached(
            "UPDATE episode SET live = ?3, revision = revision + 1, wake_at = ?4, state_json = ?5
             WHERE id = ?1 AND revision = ?2",
        )?
        .execute(params![
            state.id().as_str(),
            revision.cast_signed(),
            state.is_live(),
            wake_at,
            json
        ])?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Conflict.into())
    }
}

fn write_effect(connection: &Connection, change: &EffectChange) -> Result<()> {
    let (fence, due, progress, claimed) = match change {
        EffectChange::Plan { effect, due, lane } => {
            connection
                .prepare_cached(
                    "INSERT INTO effect (episode, step, ordinal, lane, due_at, attempt, progress_json)
                     VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
                )?
                .execute(params![
                    effect.episode.as_str(),
                    effect.step.as_str(),
                    effect.ordinal,
                    lane_number(*lane),
                    due.as_millisecond(),
                    serde_json::to_string(&Progress::NEW)?,
                ])?;
            return Ok(());
        }
        EffectChange::Keep { fence, progress } => (fence, None, Some(progress), true),
        EffectChange::Release {
            fence,
            progress,
            due,
        } => (fence, Some(due.as_millisecond()), Some(progress), false),
        EffectChange::End { fence } => (fence, None, None, false),
    };
    let progress = progress.map(serde_json::to_string).transpose()?;
    let changed = connection
        .prepare_cached(
            "UPDATE effect SET
               due_at = CASE WHEN ?5 THEN due_at ELSE ?6 END,
               claimed_due_at = CASE WHEN ?5 THEN claimed_due_at ELSE NULL END,
               progress_json = coalesce(?7, progress_json)
             WHERE episode = ?1 AND step = ?2 AND ordinal = ?3 AND attempt = ?4 AND due_at IS NOT NULL",
        )?
        .execute(params![
            fence.effect.episode.as_str(),
            fence.effect.step.as_str(),
            fence.effect.ordinal,
            fence.attempt,
            claimed,
            due,
            progress,
        ])?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Conflict.into())
    }
}

pub(super) fn live_episode(connection: &Connection, person: &PersonKey) -> Result<Option<Stored>> {
    let by_contact = connection
        .prepare_cached("SELECT state_json, revision FROM episode WHERE location = ?1 AND contact = ?2 AND live = 1")?
        .query_row([person.location.as_str(), person.contact.as_str()], stored)
        .optional()?;
    let found = match (by_contact, &person.number) {
        (Some(found), _) => Some(found),
        (None, Some(number)) => connection
            .prepare_cached(
                "SELECT state_json, revision FROM episode WHERE location = ?1 AND caller = ?2 AND live = 1",
            )?
            .query_row([person.location.as_str(), number.e164()], stored)
            .optional()?,
        (None, None) => None,
    };
    found.map(read_stored).transpose()
}

pub(super) fn episode(connection: &Connection, id: &EpisodeId) -> Result<Option<Stored>> {
    connection
        .prepare_cached("SELECT state_json, revision FROM episode WHERE id = ?1")?
        .query_row([id.as_str()], stored)
        .optional()?
        .map(read_stored)
        .transpose()
}

/// Reads what was stored as JSON. What serde says of a failure repeats the value, which may be somebody's; only the place
/// is told.
fn read_json<T: serde::de::DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| {
        let column = error.column();
        format!("a stored row cannot be read at character {column}; use the release that wrote it")
            .into()
    })
}

fn stored(row: &Row<'_>) -> rusqlite::Result<(String, i64)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn read_stored((json, revision): (String, i64)) -> Result<Stored> {
    Ok(Stored {
        state: read_json(&json)?,
        revision: revision.cast_unsigned(),
    })
}

pub(super) fn recipe_source(connection: &Connection, fingerprint: &str) -> Result<Option<String>> {
    Ok(connection
        .prepare_cached("SELECT source FROM recipe WHERE fingerprint = ?1")?
        .query_row([fingerprint], |row| row.get(0))
        .optional()?)
}

pub(super) fn suppressions(
    connection: &Connection,
    location: &LocationId,
    subjects: &[Subject],
) -> Result<Vec<Suppression>> {
    let mut statement = connection.prepare_cached(
        "SELECT reason, since FROM suppression WHERE location = ?1 AND subject = ?2",
    )?;
    let mut found = Vec::new();
    for subject in subjects {
        let mut rows = statement.query([location.as_str(), subject.as_str()])?;
        while let Some(row) = rows.next()? {
            let code: String = row.get(0)?;
            found.push(Suppression {
                // A reason of a newer release forbids as well as any.
                reason: Reason::of_opt_out(&code).unwrap_or(Reason::Suppressed),
                since: Timestamp::from_millisecond(row.get(1)?)?,
            });
        }
    }
    Ok(found)
}

pub(super) fn claim(
    connection: &Connection,
    now: Timestamp,
    lane: Lane,
    limit: usize,
    lease: SignedDuration,
) -> Result<Vec<Claim>> {
    let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
    let due: Vec<(String, String, u32)> = connection
        .prepare_cached(
            "SELECT episode, step, ordinal FROM effect WHERE lane = ?3 AND due_at <= ?1 ORDER BY due_at LIMIT ?2",
        )?
        .query_map(params![now.as_millisecond(), i64::try_from(limit)?, lane_number(lane)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut take = connection.prepare_cached(
        "UPDATE effect SET attempt = attempt + 1, claimed_due_at = due_at, due_at = ?4
         WHERE episode = ?1 AND step = ?2 AND ordinal = ?3 RETURNING attempt, progress_json",
    )?;
    let mut claims = Vec::with_capacity(due.len());
    for (episode, step, ordinal) in due {
        let (attempt, progress): (u32, String) = take.query_row(
            params![episode, step, ordinal, until.as_millisecond()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let Ok(progress) = read_json(&progress) else {
            // Written by a newer release, or broken. It stays claimed, so that it stands in nobody's way.
            tracing::error!(
                episode,
                step,
                "an effect in the store cannot be read; use the release that wrote it"
            );
            continue;
        };
        let effect = EffectId {
            episode: EpisodeId::from_stored(episode),
            step: StepName::from_stored(step),
            ordinal,
        };
        claims.push(Claim {
            fence: Fence { effect, attempt },
            progress,
        });
    }
    Ok(claims)
}

pub(super) fn episodes_to_wake(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<EpisodeId>> {
    let ids = connection
        .prepare_cached("SELECT id FROM episode WHERE wake_at <= ?1 ORDER BY wake_at LIMIT ?2")?
        .query_map(
            params![now.as_millisecond(), i64::try_from(limit)?],
            |row| row.get::<_, String>(0),
        )?
        .map(|id| id.map(EpisodeId::from_stored))
        .collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}

pub(super) fn next_due(connection: &Connection) -> Result<Option<Timestamp>> {
    let earliest: Option<i64> = connection
        .prepare_cached(
            "SELECT min(due) FROM (
               SELECT (SELECT min(due_at) FROM effect WHERE lane = 0 AND due_at IS NOT NULL) AS due
               UNION ALL SELECT (SELECT min(due_at) FROM effect WHERE lane = 1 AND due_at IS NOT NULL)
               UNION ALL SELECT (SELECT min(wake_at) FROM episode WHERE wake_at IS NOT NULL))",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(earliest.map(Timestamp::from_millisecond).transpose()?)
}

pub(super) fn ledger(connection: &Connection, query: &LedgerQuery) -> Result<Vec<Entry>> {
    let (sql, values) = ledger_statement(query);
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(rusqlite::params_from_iter(values), |row| {
        row.get::<_, String>(0)
    })?;
    rows.map(|json| read_json(&json?)).collect()
}

/// Only the conditions that are asked for stand in the statement, so that it finds its index: the thread that reads is
/// the one that takes webhooks.
fn ledger_statement(query: &LedgerQuery) -> (String, Vec<Value>) {
    let mut sql = "SELECT entry_json FROM ledger".to_owned();
    let mut values = Vec::new();
    let text = |text: &str| Value::Text(text.to_owned());
    let time = |time: Timestamp| Value::Integer(time.as_millisecond());
    let conditions = [
        (
            "location = ?",
            query.location.as_ref().map(|id| text(id.as_str())),
        ),
        (
            "episode = ?",
            query.episode.as_ref().map(|id| text(id.as_str())),
        ),
        ("at >= ?", query.since.map(time)),
        ("at < ?", query.until.map(time)),
    ];
    for (condition, value) in conditions {
        if let Some(value) = value {
            sql.push_str(if values.is_empty() {
                " WHERE "
            } else {
                " AND "
            });
            sql.push_str(condition);
            values.push(value);
        }
    }
    sql.push_str(" ORDER BY seq");
    (sql, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_of_one_episode_is_found_by_its_index() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(include_str!("schema.sql"))
            .unwrap();
        let query = LedgerQuery::of_episode(EpisodeId::from_stored("e"));
        let (sql, values) = ledger_statement(&query);
        let plan: String = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap()
            .query_row(rusqlite::params_from_iter(values), |row| row.get(3))
            .unwrap();
        assert!(plan.contains("ledger_by_episode"), "{plan}");
    }
}
