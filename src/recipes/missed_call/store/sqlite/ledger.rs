//! The ledger. The columns hold the time, the location and the episode of an entry; its JSON holds the event. (In rows of
//! schema version 1 the JSON repeats the columns.)

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::episodes;
use super::error::{Conflict, Result, read_json};
use crate::ids::LocationId;
use crate::recipes::missed_call::core::ledger::Entry;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::store::{LedgerQuery, LedgerRow, RedactedEntries};

pub(super) fn append(connection: &Connection, entries: &[Entry]) -> Result<()> {
    for entry in entries {
        let episode = entry.episode.as_ref();
        let episode = episode
            .map(|id| episodes::number(connection, id))
            .transpose()?;
        connection
            .prepare_cached(
                "INSERT INTO ledger (at, location, episode, entry_json) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                entry.at.as_millisecond(),
                entry.location.as_str(),
                episode,
                serde_json::to_string(&entry.kind)?,
            ])?;
    }
    Ok(())
}

pub(super) const OF_EPISODE: &str = "SELECT seq FROM ledger
    WHERE episode = (SELECT number FROM episode_name WHERE name = ?1) ORDER BY seq";

/// Replaces the entries of the episode.
pub(super) fn rewrite(connection: &Connection, rewritten: &RedactedEntries) -> Result<()> {
    let places: Vec<i64> = connection
        .prepare_cached(OF_EPISODE)?
        .query_map([rewritten.episode.as_str()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if places.len() != rewritten.entries.len() {
        return Err(Conflict.into());
    }
    let mut write =
        connection.prepare_cached("UPDATE ledger SET entry_json = ?2 WHERE seq = ?1")?;
    for (place, entry) in places.into_iter().zip(&rewritten.entries) {
        write.execute(params![place, serde_json::to_string(&entry.kind)?])?;
    }
    Ok(())
}

pub(super) fn read(connection: &Connection, query: &LedgerQuery) -> Result<Vec<LedgerRow>> {
    let (sql, values) = statement(query);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let json: String = row.get(3)?;
        let entry = Entry {
            at: Timestamp::from_millisecond(row.get(0)?)?,
            location: LocationId::new(row.get::<_, String>(1)?)?,
            episode: row.get::<_, Option<String>>(2)?.map(EpisodeId::from_stored),
            kind: read_json(&json)?,
        };
        found.push(LedgerRow {
            sequence: row.get::<_, i64>(4)?.cast_unsigned(),
            entry,
        });
    }
    Ok(found)
}

/// The statement contains only the conditions that are set, so that SQLite finds its index: webhooks wait for the same
/// thread.
pub(super) fn statement(query: &LedgerQuery) -> (String, Vec<Value>) {
    let mut sql =
        "SELECT at, location, (SELECT name FROM episode_name WHERE number = episode), entry_json, seq
        FROM ledger"
            .to_owned();
    let text = |text: &str| Value::Text(text.to_owned());
    let time = |time: Timestamp| Value::Integer(time.as_millisecond());
    let number = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    // One condition selects the rows: the episode, else the sequence, else location and time. The plus excludes the index
    // of each other one.
    let by_episode = query.episode.is_some();
    let by_sequence = query.after.is_some();
    let choose = |is_first: bool, with: &'static str, without: &'static str| {
        if is_first { with } else { without }
    };
    let by_place_and_time = !by_episode && !by_sequence;
    let mut conditions: Vec<(String, Vec<Value>)> = Vec::new();
    let mut add = |condition: &str, value: Option<Value>| {
        conditions.extend(value.map(|value| (condition.to_owned(), vec![value])));
    };
    add(
        choose(by_place_and_time, "location = ?", "+location = ?"),
        query.location.as_ref().map(|id| text(id.as_str())),
    );
    add(
        "episode = (SELECT number FROM episode_name WHERE name = ?)",
        query.episode.as_ref().map(|id| text(id.as_str())),
    );
    add(
        choose(by_episode, "+seq > ?", "seq > ?"),
        query.after.map(number),
    );
    // An entry is as new as its episode.
    let since = query.since.max(query.episodes_since);
    add(
        choose(by_place_and_time, "at >= ?", "+at >= ?"),
        since.map(time),
    );
    // Without an upper bound SQLite expects too much of the times to look them up.
    let until = query.until.or(since.map(|_| Timestamp::MAX));
    add(
        choose(by_place_and_time, "at < ?", "+at < ?"),
        until.map(time),
    );
    add(
        "episode IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM ledger AS older WHERE older.episode = ledger.episode AND +older.at < ?)",
        query.episodes_since.map(time),
    );
    if !query.kinds.is_empty() {
        let places = vec!["?"; query.kinds.len()].join(", ");
        let kinds = query.kinds.iter().map(|kind| text(kind.name()));
        let condition = format!("json_extract(entry_json, '$.kind') IN ({places})");
        conditions.push((condition, kinds.collect()));
    }
    let mut values = Vec::new();
    for (condition, its_values) in conditions {
        let glue = if values.is_empty() {
            " WHERE "
        } else {
            " AND "
        };
        sql.push_str(glue);
        sql.push_str(&condition);
        values.extend(its_values);
    }
    sql.push_str(" ORDER BY seq");
    if let Some(limit) = query.limit {
        sql.push_str(" LIMIT ?");
        values.push(number(u64::try_from(limit).unwrap_or(u64::MAX)));
    }
    (sql, values)
}
