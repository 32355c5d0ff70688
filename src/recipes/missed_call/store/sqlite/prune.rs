//! Deletes what is over, a batch at a time: webhooks and texts wait for the same thread. The pages that become free are
//! filled again by what is written later.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::Result;
use super::ledger;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::store::{LedgerQuery, PruneBatch, Pruned};

/// Finds references by their episode. Releases that do not know the index keep it up all the same.
pub(super) const INDEX: &str =
    "CREATE INDEX IF NOT EXISTS episode_reference_by_episode ON episode_reference (episode);";

const NUMBER: &str = "SELECT number FROM episode_name WHERE name = ?1";
const LAST_ENTRY: &str = "SELECT max(seq) FROM ledger";

/// Whether an episode is closed and none of its effects is still to end. The last episode and that of the last entry stay:
/// SQLite would give their numbers to others.
pub(super) const IS_OVER: &str = "SELECT
       NOT EXISTS (SELECT 1 FROM episode WHERE number = ?1 AND live = 1)
       AND NOT EXISTS (SELECT 1 FROM effect WHERE episode = ?1 AND due_at IS NOT NULL)
       AND ?1 IS NOT (SELECT max(number) FROM episode_name)
       AND ?1 IS NOT (SELECT episode FROM ledger WHERE seq = (SELECT max(seq) FROM ledger))";

/// Counted texts are deleted by their own rule, long before.
pub(super) const OF_EPISODE: [&str; 4] = [
    "DELETE FROM effect WHERE episode = ?1",
    "DELETE FROM episode_reference WHERE episode = ?1",
    "DELETE FROM episode WHERE number = ?1",
    "DELETE FROM episode_name WHERE number = ?1",
];
pub(super) const ENTRIES: &str = "DELETE FROM ledger WHERE episode = ?1";
const ENTRY: &str = "DELETE FROM ledger WHERE seq = ?1";
const SUPPRESSIONS: &str = "DELETE FROM suppression WHERE (location, subject, reason) IN
    (SELECT location, subject, reason FROM suppression WHERE since < ?1 LIMIT ?2)";
const CONSENTS: &str = "DELETE FROM consent WHERE (location, subject, kind) IN
    (SELECT location, subject, kind FROM consent WHERE given_at < ?1 LIMIT ?2)";

pub(super) fn prune(connection: &Connection, batch: &PruneBatch) -> Result<Pruned> {
    let query = LedgerQuery {
        after: Some(batch.after),
        limit: Some(batch.limit),
        ..LedgerQuery::default()
    };
    let rows = ledger::read(connection, &query)?;
    let last: Option<i64> = connection
        .prepare_cached(LAST_ENTRY)?
        .query_row([], |row| row.get(0))?;
    let mut pruned = Pruned {
        next: batch.next(&rows),
        ..Pruned::default()
    };
    for row in &rows {
        let sequence = row.sequence.cast_signed();
        let is_alone = row.entry.episode.is_none();
        if is_alone && Some(sequence) != last && batch.may_delete([&row.entry]) {
            let deleted = connection.prepare_cached(ENTRY)?.execute([sequence])?;
            pruned.entries += deleted as u64;
        }
    }
    let episodes: BTreeSet<&EpisodeId> = rows
        .iter()
        .filter_map(|row| row.entry.episode.as_ref())
        .collect();
    for id in episodes {
        prune_episode(connection, batch, id, &mut pruned)?;
    }
    let limit = i64::try_from(batch.limit).unwrap_or(i64::MAX);
    let older = |sql: &str, before: Option<Timestamp>| -> Result<u64> {
        let Some(before) = before else {
            return Ok(0);
        };
        let mut delete = connection.prepare_cached(sql)?;
        Ok(delete.execute(params![before.as_millisecond(), limit])? as u64)
    };
    pruned.suppressions = older(SUPPRESSIONS, batch.suppressions_before)?;
    pruned.consents = older(CONSENTS, batch.consents_before)?;
    if pruned.suppressions.max(pruned.consents) >= batch.limit as u64 {
        // There may be more of them than there are batches of entries.
        pruned.next = pruned.next.or(Some(batch.after));
    }
    Ok(pruned)
}

fn prune_episode(
    connection: &Connection,
    batch: &PruneBatch,
    id: &EpisodeId,
    pruned: &mut Pruned,
) -> Result<()> {
    let number = connection
        .prepare_cached(NUMBER)?
        .query_row([id.as_str()], |row| row.get::<_, i64>(0))
        .optional()?;
    let Some(number) = number else {
        return Ok(());
    };
    let mut is_over = connection.prepare_cached(IS_OVER)?;
    if !is_over.query_row([number], |row| row.get::<_, bool>(0))? {
        return Ok(());
    }
    let entries = ledger::read(connection, &LedgerQuery::of_episode(id.clone()))?;
    if !batch.may_delete(entries.iter().map(|row| &row.entry)) {
        return Ok(());
    }
    pruned.entries += connection.prepare_cached(ENTRIES)?.execute([number])? as u64;
    for sql in OF_EPISODE {
        connection.prepare_cached(sql)?.execute([number])?;
    }
    pruned.episodes += 1;
    Ok(())
}
