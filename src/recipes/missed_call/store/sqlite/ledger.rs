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
use crate::recipes::missed_call::store::{LedgerQuery, RedactedEntries};

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

pub(super) fn read(connection: &Connection, query: &LedgerQuery) -> Result<Vec<Entry>> {
    let (sql, values) = statement(query);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let json: String = row.get(3)?;
        entries.push(Entry {
            at: Timestamp::from_millisecond(row.get(0)?)?,
            location: LocationId::new(row.get::<_, String>(1)?)?,
            episode: row.get::<_, Option<String>>(2)?.map(EpisodeId::from_stored),
            kind: read_json(&json)?,
        });
    }
    Ok(entries)
}

/// The statement contains only the conditions that are set, so that SQLite finds its index: webhooks wait for the same
/// thread.
pub(super) fn statement(query: &LedgerQuery) -> (String, Vec<Value>) {
    let mut sql =
        "SELECT at, location, (SELECT name FROM episode_name WHERE number = episode), entry_json
        FROM ledger"
            .to_owned();
    // If both are given, the episode selects the rows: the plus excludes the other index.
    let in_location = if query.episode.is_some() {
        "+location = ?"
    } else {
        "location = ?"
    };
    let mut values = Vec::new();
    let text = |text: &str| Value::Text(text.to_owned());
    let time = |time: Timestamp| Value::Integer(time.as_millisecond());
    let conditions = [
        (
            in_location,
            query.location.as_ref().map(|id| text(id.as_str())),
        ),
        (
            "episode = (SELECT number FROM episode_name WHERE name = ?)",
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
