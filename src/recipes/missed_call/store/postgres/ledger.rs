//! The ledger. The columns hold the time, the location and the episode of an entry; its JSON holds the event.
//!
//! The sequence of an entry is the number of the transaction that wrote it, times 2^20, and its place in there. So
//! sequences go up in the order in which transactions began to write, and not in the order in which they were committed:
//! one may appear below another that was read before. Who goes on after a sequence therefore reads nothing of
//! transactions that began after the oldest one that has not ended.

use std::time::Duration;

use tokio_postgres::Row;

use super::failure::Failed;
use super::rows::{count, location, millis, read_json, time};
use crate::clock::{Clock as _, SystemClock};
use crate::postgres::{Database, Statement, guard};
use crate::recipes::missed_call::core::ledger::Entry;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::store::{LedgerQuery, LedgerRow, RedactedEntries};

/// How many entries one transaction may write.
const OF_A_TRANSACTION: usize = 1 << 20;

/// The first sequence of the transaction that runs. No other database than PostgreSQL and those made from it numbers
/// transactions in this way; it is the only such statement here, with [`HORIZON`] and the one in `migrate`.
const FIRST: &str =
    "(pg_current_xact_id()::text::bigint + (SELECT added FROM @.ledger_origin)) * 1048576";

/// The first sequence that a transaction may still write that has not ended.
const HORIZON: &str = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint
     + (SELECT added FROM @.ledger_origin)) * 1048576";

/// How often, and after which pauses, it is looked whether the transactions have ended that hide newer entries.
const LOOKS: u32 = 200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

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

/// The entries that match. Below the horizon nothing is added any more.
pub(super) fn statement(query: &LedgerQuery, below_horizon: bool) -> Statement {
    // Without `..`, so that a new condition cannot be forgotten here.
    let LedgerQuery {
        location,
        episode,
        since,
        until,
        after,
        limit,
        kinds,
        episodes_since,
    } = query;
    let mut statement = Statement::new(
        "SELECT sequence, at, location, episode, entry_json FROM @.ledger l WHERE true",
    );
    let require = |condition: &str, name: String, statement: &mut Statement| {
        statement.and(&format!(" AND {}", condition.replace('?', &name)));
    };
    if let Some(location) = location {
        let name = statement.named(location.as_str().to_owned());
        require("location = ?", name, &mut statement);
    }
    if let Some(episode) = episode {
        let name = statement.named(episode.as_str().to_owned());
        require("episode = ?", name, &mut statement);
    }
    // An entry is as new as its episode.
    if let Some(since) = since.max(episodes_since) {
        let name = statement.named(millis(*since));
        require("at >= ?", name, &mut statement);
    }
    if let Some(until) = until {
        let name = statement.named(millis(*until));
        require("at < ?", name, &mut statement);
    }
    if let Some(after) = after {
        let name = statement.named(i64::try_from(*after).unwrap_or(i64::MAX));
        require("sequence > ?", name, &mut statement);
    }
    if below_horizon {
        statement.and(&format!(" AND sequence < {HORIZON}"));
    }
    if let Some(since) = episodes_since {
        let name = statement.named(millis(*since));
        let condition = "episode IS NOT NULL AND NOT EXISTS (SELECT 1 FROM @.ledger older
             WHERE older.episode = l.episode AND older.at < ?)";
        require(condition, name, &mut statement);
    }
    if !kinds.is_empty() {
        let kinds = kinds.iter().map(|kind| kind.name().to_owned());
        let name = statement.named(kinds.collect::<Vec<_>>());
        require("entry_json::json ->> 'kind' = ANY(?)", name, &mut statement);
    }
    statement.and(" ORDER BY sequence");
    if let Some(limit) = limit {
        let name = statement.named(count(*limit));
        statement.and(&format!(" LIMIT {name}"));
    }
    statement
}

/// All entries of these episodes.
pub(super) fn of_episodes(ids: Vec<String>) -> Statement {
    Statement::new(
        "SELECT sequence, at, location, episode, entry_json FROM @.ledger
         WHERE episode = ANY($1) ORDER BY sequence",
    )
    .with(ids)
}

/// The entries that match. Who goes on after a sequence waits for transactions that end soon, so that what was committed
/// just now is among them, and not for others.
pub(super) async fn read_settled(
    database: &Database,
    query: &LedgerQuery,
) -> Result<Vec<LedgerRow>, Failed> {
    let hidden = Statement::new(format!(
        "SELECT EXISTS (SELECT 1 FROM @.ledger WHERE sequence >= {HORIZON})"
    ));
    let goes_on = query.after.is_some();
    let both = [hidden, statement(query, goes_on)];
    for look in 1.. {
        let answers = database.queries(&both).await?;
        let [hidden, rows] = &answers[..] else {
            break;
        };
        let found = read(rows)?;
        let is_hidden = match hidden.first() {
            Some(row) => row.try_get(0)?,
            None => false,
        };
        let is_page = query.limit.is_some_and(|limit| found.len() >= limit);
        if !goes_on || !is_hidden || is_page || look >= LOOKS {
            return Ok(found);
        }
        SystemClock.sleep(BETWEEN_LOOKS).await;
    }
    Ok(Vec::new())
}

pub(super) fn read(rows: &[Row]) -> Result<Vec<LedgerRow>, Failed> {
    rows.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<LedgerRow, Failed> {
    let entry = Entry {
        at: time(row.try_get(1)?),
        location: location(row, 2)?,
        episode: row
            .try_get::<_, Option<String>>(3)?
            .map(EpisodeId::from_stored),
        kind: read_json(row.try_get(4)?)?,
    };
    Ok(LedgerRow {
        sequence: row.try_get::<_, i64>(0)?.cast_unsigned(),
        entry,
    })
}
