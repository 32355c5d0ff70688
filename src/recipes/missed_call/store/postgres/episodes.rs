//! Episodes: their states, who has one and which are to wake.

use jiff::{SignedDuration, Timestamp};
use tokio_postgres::Row;

use super::failure::Failed;
use super::rows::{count, millis, names, time};
use crate::ids::LocationId;
use crate::phone::PhoneNumber;
use crate::postgres::{Statement, guard};
use crate::recipes::missed_call::core::compliance::{CallersAround, NewCaller};
use crate::recipes::missed_call::core::model::{EpisodeId, PersonKey, Reference};
use crate::recipes::missed_call::store::{EpisodeChange, Scope};

pub(super) fn write(change: &EpisodeChange) -> Result<Statement, Failed> {
    let state = &change.state;
    let json =
        serde_json::to_string(state).map_err(|error| Failed::unreadable(error.to_string()))?;
    let caller = state.caller().map(|caller| caller.e164().to_owned());
    let wake_at = change.wake_at.map(millis);
    let Some(revision) = change.read_at_revision else {
        return Ok(Statement::new(
            "INSERT INTO @.episode
               (id, location, contact, caller, live, revision, wake_at, state_json, new_caller_at)
             VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8)",
        )
        .text(state.id().as_str())
        .text(state.location().as_str())
        .text(state.contact().as_str())
        .with(caller)
        .with(state.is_open())
        .with(wake_at)
        .with(json)
        // That stays as it is.
        .with(state.new_caller().map(|caller| millis(caller.called_at))));
    };
    let one_is_changed = guard("(SELECT count(*) FROM changed) = 1");
    Ok(Statement::new(format!(
        "WITH changed AS (
           UPDATE @.episode SET live = $3, revision = revision + 1, wake_at = $4, state_json = $5,
             contact = $6, caller = $7
           WHERE id = $1 AND revision = $2 RETURNING 1)
         SELECT {one_is_changed}"
    ))
    .text(state.id().as_str())
    .with(revision.cast_signed())
    .with(state.is_open())
    .with(wake_at)
    .with(json)
    .text(state.contact().as_str())
    .with(caller))
}

/// The open episode of a person: of the contact, or else of the number.
pub(super) fn live(person: &PersonKey) -> Statement {
    let sql = "SELECT state_json, revision FROM (
          (SELECT state_json, revision, 0 AS way FROM @.episode
           WHERE location = $1 AND contact = $2 AND live)
          UNION ALL
          (SELECT state_json, revision, 1 AS way FROM @.episode
           WHERE location = $1 AND caller = $3 AND live)
        ) AS found ORDER BY way LIMIT 1";
    of_person(sql, person)
}

/// The same, or else the episode of theirs that was opened last.
pub(super) fn latest(person: &PersonKey) -> Statement {
    let sql = "SELECT state_json, revision FROM (
          (SELECT state_json, revision, 0 AS way, opened FROM @.episode
           WHERE location = $1 AND contact = $2 AND live)
          UNION ALL
          (SELECT state_json, revision, 1 AS way, opened FROM @.episode
           WHERE location = $1 AND caller = $3 AND live)
          UNION ALL
          (SELECT state_json, revision, 2 AS way, opened FROM @.episode
           WHERE location = $1 AND contact = $2 ORDER BY opened DESC LIMIT 1)
          UNION ALL
          (SELECT state_json, revision, 2 AS way, opened FROM @.episode
           WHERE location = $1 AND caller = $3 ORDER BY opened DESC LIMIT 1)
        ) AS found ORDER BY way, opened DESC LIMIT 1";
    of_person(sql, person)
}

fn of_person(sql: &str, person: &PersonKey) -> Statement {
    Statement::new(sql)
        .text(person.location.as_str())
        .text(person.contact.as_str())
        .with(
            person
                .number
                .as_ref()
                .map(|number| number.e164().to_owned()),
        )
}

pub(super) fn by_number(location: &LocationId, number: &PhoneNumber) -> Statement {
    Statement::new(
        "SELECT state_json, revision FROM (
          (SELECT state_json, revision, 0 AS way FROM @.episode
           WHERE location = $1 AND caller = $2 AND live)
          UNION ALL
          (SELECT state_json, revision, 1 AS way FROM @.episode
           WHERE location = $1 AND caller = $2 ORDER BY opened DESC LIMIT 1)
        ) AS found ORDER BY way LIMIT 1",
    )
    .text(location.as_str())
    .text(number.e164())
}

pub(super) fn by_reference(location: &LocationId, reference: &Reference) -> Statement {
    Statement::new(
        "SELECT state_json, revision FROM @.episode WHERE id =
           (SELECT episode FROM @.episode_reference WHERE location = $1 AND reference = $2)",
    )
    .text(location.as_str())
    .with(reference.to_string())
}

pub(super) fn read(id: &EpisodeId) -> Statement {
    Statement::new("SELECT state_json, revision FROM @.episode WHERE id = $1").text(id.as_str())
}

pub(super) fn live_in(location: &LocationId) -> Statement {
    Statement::new("SELECT id FROM @.episode WHERE location = $1 AND live").text(location.as_str())
}

pub(super) fn to_wake(now: Timestamp, limit: usize, scope: &Scope) -> Statement {
    let mut statement =
        Statement::new("SELECT id FROM @.episode WHERE wake_at <= $1").with(millis(now));
    if let Some(names) = names(scope) {
        let names = statement.named(names);
        statement.and(&format!(" AND location = ANY({names})"));
    }
    let limit = statement.named(count(limit));
    statement.and(&format!(" ORDER BY wake_at LIMIT {limit}"));
    statement
}

pub(super) fn reschedule_wakeup(id: &EpisodeId, at: Timestamp) -> Statement {
    Statement::new("UPDATE @.episode SET wake_at = $2 WHERE id = $1 AND wake_at IS NOT NULL")
        .text(id.as_str())
        .with(millis(at))
}

/// New callers before and at a moment and after it, the nearest of each; and those with these numbers.
pub(super) fn new_callers(location: &LocationId, around: &CallersAround) -> Statement {
    let moment = millis(around.called_at);
    let span = |within: SignedDuration| {
        let within = i64::try_from(within.as_millis()).unwrap_or(i64::MAX);
        (moment.saturating_sub(within), moment.saturating_add(within))
    };
    let (since, until) = span(around.within);
    let (numbers_since, numbers_until) = span(around.numbers_within);
    let numbers = around.numbers.iter();
    let numbers: Vec<String> = numbers.map(|number| number.e164().to_owned()).collect();
    Statement::new(
        "(SELECT caller, new_caller_at FROM @.episode
           WHERE location = $1 AND new_caller_at <= $2 AND new_caller_at > $3
           ORDER BY new_caller_at DESC LIMIT $5)
         UNION ALL
         (SELECT caller, new_caller_at FROM @.episode
           WHERE location = $1 AND new_caller_at > $2 AND new_caller_at < $4
           ORDER BY new_caller_at LIMIT $5)
         UNION ALL
         (SELECT caller, new_caller_at FROM @.episode
           WHERE location = $1 AND caller = ANY($6) AND new_caller_at > $7 AND new_caller_at < $8)",
    )
    .text(location.as_str())
    .with(moment)
    .with(since)
    .with(until)
    .with(count(around.most))
    .with(numbers)
    .with(numbers_since)
    .with(numbers_until)
}

pub(super) fn read_new_callers(rows: &[Row]) -> Result<Vec<NewCaller>, Failed> {
    let read = |row: &Row| {
        let number: Option<String> = row.try_get(0)?;
        let number = number.map(|number| number.parse()).transpose();
        Ok(NewCaller {
            number: number.map_err(|_| Failed::unreadable("a stored number is none"))?,
            called_at: time(row.try_get(1)?),
        })
    };
    rows.iter().map(read).collect()
}
