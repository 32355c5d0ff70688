//! The ledger. The columns hold the time, the location and the episode of an entry; its JSON holds the event.
//!
//! The sequence of an entry is the number of the transaction that wrote it, times 2^20, and its place in there. So
//! sequences go up in the order in which transactions began to write, and not in the order in which they were committed:
//! one may appear below another that was read before. Who goes on after a sequence therefore reads nothing of
//! transactions that began after the oldest one that has not ended.

use tokio_postgres::Row;

use super::failure::Failed;
use super::rows::{location, millis, read_json, time};
use crate::postgres::{Statement, guard};
use crate::recipes::missed_call::core::ledger::Entry;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::store::{LedgerQuery, RedactedEntries};

/// How many entries one transaction may write.
const OF_A_TRANSACTION: usize = 1 << 20;

/// The first sequence of the transaction that runs. No other database than PostgreSQL and those made from it numbers
/// transactions in this way; it is the only such statement here, with the one in `migrate`.
const FIRST: &str =
    "(pg_current_xact_id()::text::bigint + (SELECT added FROM @.ledger_origin)) * 1048576";

fn kind_of(entry: &Entry) -> Result<String, Failed> {
    serde_json::to_string(&entry.kind).map_err(|error| Failed::unreadable(error.to_string()))
}

pub(super) fn append(entries: &[Entry]) -> Result<Option<Statement>, Failed> {
    if entries.is_empty() {
        return Ok(None);
    }
    if entries.len() >= OF_A_TRANSACTION {
        return Err(Failed::unreadable("a commit has too many entries"));
    }
    let episode = |entry: &Entry| Some(entry.episode.as_ref()?.as_str().to_owned());
    let at: Vec<i64> = entries.iter().map(|entry| millis(entry.at)).collect();
    let locations = entries
        .iter()
        .map(|entry| entry.location.as_str().to_owned());
    let episodes: Vec<Option<String>> = entries.iter().map(episode).collect();
    let kinds: Vec<String> = entries.iter().map(kind_of).collect::<Result<_, _>>()?;
    Ok(Some(
        Statement::new(format!(
            "INSERT INTO @.ledger (sequence, at, location, episode, entry_json)
             SELECT {FIRST} + place - 1, at, location, episode, entry_json
             FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS e(at, location, episode, entry_json, place)"
        ))
        .with(at)
        .with(locations.collect::<Vec<String>>())
        .with(episodes)
        .with(kinds),
    ))
}

/// Replaces the entries of the episode.
pub(super) fn rewrite(rewritten: &RedactedEntries) -> Result<Statement, Failed> {
    let kinds = rewritten.entries.iter().map(kind_of);
    let kinds: Vec<String> = kinds.collect::<Result<_, _>>()?;
    let as_many = guard("(SELECT count(*) FROM place) = cardinality($2)");
    Ok(Statement::new(format!(
        "WITH place AS (
           SELECT sequence, row_number() OVER (ORDER BY sequence) AS place
           FROM @.ledger WHERE episode = $1),
         written AS (
           UPDATE @.ledger l SET entry_json = e.entry_json
           FROM place p, unnest($2) WITH ORDINALITY AS e(entry_json, place)
           WHERE l.sequence = p.sequence AND p.place = e.place)
         SELECT {as_many}"
    ))
    .text(rewritten.episode.as_str())
    .with(kinds))
}

/// The entries that match, with their sequences.
pub(super) fn statement(query: &LedgerQuery) -> Statement {
    // Without `..`, so that a new condition cannot be forgotten here.
    let LedgerQuery {
        location,
        episode,
        since,
        until,
    } = query;
    let mut statement =
        Statement::new("SELECT sequence, at, location, episode, entry_json FROM @.ledger");
    let mut word = " WHERE ";
    let mut require = |condition: &str, name: String, statement: &mut Statement| {
        statement.and(&format!("{word}{condition} {name}"));
        word = " AND ";
    };
    if let Some(location) = location {
        let name = statement.named(location.as_str().to_owned());
        require("location =", name, &mut statement);
    }
    if let Some(episode) = episode {
        let name = statement.named(episode.as_str().to_owned());
        require("episode =", name, &mut statement);
    }
    if let Some(since) = since {
        let name = statement.named(millis(*since));
        require("at >=", name, &mut statement);
    }
    if let Some(until) = until {
        let name = statement.named(millis(*until));
        require("at <", name, &mut statement);
    }
    statement.and(" ORDER BY sequence");
    statement
}

pub(super) fn read(rows: &[Row]) -> Result<Vec<Entry>, Failed> {
    rows.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry, Failed> {
    Ok(Entry {
        at: time(row.try_get(1)?),
        location: location(row, 2)?,
        episode: row
            .try_get::<_, Option<String>>(3)?
            .map(EpisodeId::from_stored),
        kind: read_json(row.try_get(4)?)?,
    })
}
