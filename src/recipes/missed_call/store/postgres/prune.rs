//! Deletes what is over, a batch at a time. What was changed since it was read stays.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio_postgres::Row;

use super::failure::Failed;
use super::ledger;
use super::rows::{count, millis};
use crate::postgres::{Database, Statement};
use crate::recipes::missed_call::core::ledger::Entry;
use crate::recipes::missed_call::store::{LedgerQuery, PruneBatch, Pruned};

/// The closed episodes among these, with their revisions.
const CLOSED: &str = "SELECT id, revision FROM @.episode WHERE id = ANY($1) AND NOT live";

/// Deletes episodes with all that belongs to them. Counted texts are deleted by their own rule, long before.
const EPISODES: &str = "WITH gone AS (
       DELETE FROM @.episode e USING unnest($1, $2) AS w(id, revision)
       WHERE e.id = w.id AND e.revision = w.revision AND NOT e.live
         AND NOT EXISTS (SELECT 1 FROM @.effect f WHERE f.episode = e.id AND f.due_at IS NOT NULL)
       RETURNING e.id),
     effects AS (DELETE FROM @.effect f USING gone WHERE f.episode = gone.id),
     names AS (DELETE FROM @.episode_reference r USING gone WHERE r.episode = gone.id),
     entries AS (DELETE FROM @.ledger l USING gone WHERE l.episode = gone.id RETURNING 1)
     SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM entries)";

const ENTRIES: &str = "WITH gone AS (
       DELETE FROM @.ledger WHERE sequence = ANY($1) AND episode IS NULL RETURNING 1)
     SELECT count(*) FROM gone";

const SUPPRESSIONS: &str = "WITH gone AS (
       DELETE FROM @.suppression WHERE (location, subject, reason) IN (
         SELECT location, subject, reason FROM @.suppression WHERE since < $1 LIMIT $2) RETURNING 1)
     SELECT count(*) FROM gone";

const CONSENTS: &str = "WITH gone AS (
       DELETE FROM @.consent WHERE (location, subject, kind) IN (
         SELECT location, subject, kind FROM @.consent WHERE given_at < $1 LIMIT $2) RETURNING 1)
     SELECT count(*) FROM gone";

pub(super) async fn prune(database: &Database, batch: &PruneBatch) -> Result<Pruned, Failed> {
    let query = LedgerQuery {
        after: Some(batch.after),
        limit: Some(batch.limit),
        ..LedgerQuery::default()
    };
    let rows = ledger::read(&database.query(&ledger::statement(&query, false)).await?)?;
    let mut pruned = Pruned {
        next: batch.next(&rows),
        ..Pruned::default()
    };
    let alone = rows.iter().filter(|row| row.entry.episode.is_none());
    let alone: Vec<i64> = alone
        .filter(|row| batch.may_delete([&row.entry]))
        .map(|row| row.sequence.cast_signed())
        .collect();
    if !alone.is_empty() {
        let statement = Statement::new(ENTRIES).with(alone);
        pruned.entries += deleted(&database.query(&statement).await?, 0)?;
    }
    let ids = rows.iter().filter_map(|row| row.entry.episode.as_ref());
    let mut ids: Vec<String> = ids.map(|id| id.as_str().to_owned()).collect();
    ids.sort_unstable();
    ids.dedup();
    if !ids.is_empty() {
        prune_episodes(database, batch, ids, &mut pruned).await?;
    }
    pruned.suppressions = older(database, batch, SUPPRESSIONS, batch.suppressions_before).await?;
    pruned.consents = older(database, batch, CONSENTS, batch.consents_before).await?;
    if pruned.suppressions.max(pruned.consents) >= batch.limit as u64 {
        // There may be more of them than there are batches of entries.
        pruned.next = pruned.next.or(Some(batch.after));
    }
    Ok(pruned)
}

async fn prune_episodes(
    database: &Database,
    batch: &PruneBatch,
    ids: Vec<String>,
    pruned: &mut Pruned,
) -> Result<(), Failed> {
    let closed = database.query(&Statement::new(CLOSED).with(ids)).await?;
    let mut revisions: BTreeMap<String, i64> = BTreeMap::new();
    for row in &closed {
        revisions.insert(row.try_get(0)?, row.try_get(1)?);
    }
    // Read after the revisions: what is added in between changes a revision, and the episode stays.
    let ids = revisions.keys().cloned().collect();
    let rows = ledger::read(&database.query(&ledger::of_episodes(ids)).await?)?;
    let mut entries: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for row in &rows {
        if let Some(id) = &row.entry.episode {
            entries.entry(id.as_str()).or_default().push(&row.entry);
        }
    }
    let over = revisions.into_iter().filter(|(id, _)| {
        let entries = entries.get(id.as_str());
        entries.is_some_and(|entries| batch.may_delete(entries.iter().copied()))
    });
    let (ids, revisions): (Vec<String>, Vec<i64>) = over.unzip();
    if ids.is_empty() {
        return Ok(());
    }
    let statement = Statement::new(EPISODES).with(ids).with(revisions);
    let answer = database.query(&statement).await?;
    pruned.episodes += deleted(&answer, 0)?;
    pruned.entries += deleted(&answer, 1)?;
    Ok(())
}

async fn older(
    database: &Database,
    batch: &PruneBatch,
    sql: &str,
    before: Option<Timestamp>,
) -> Result<u64, Failed> {
    let Some(before) = before else {
        return Ok(0);
    };
    let statement = Statement::new(sql)
        .with(millis(before))
        .with(count(batch.limit));
    deleted(&database.query(&statement).await?, 0)
}

/// How many rows a statement has deleted, as it says in this column.
fn deleted(rows: &[Row], column: usize) -> Result<u64, Failed> {
    let Some(row) = rows.first() else {
        return Ok(0);
    };
    Ok(row.try_get::<_, i64>(column)?.max(0).cast_unsigned())
}
