//! One commit, all or nothing; and the small tables. Each function runs inside the worker's savepoint.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::error::{Conflict, Result};
use super::{
    effects, episodes, halts, ledger, lines, receipts as receipt_rows, references, texting,
};
use crate::client::Lane;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::model::Subject;
use crate::recipes::missed_call::store::{Commit, CommitOutcome, Scope, Shares, Suppression};

/// How long the names of deliveries are kept.
const DELIVERY_MEMORY: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) const NEXT_DUE: &str = "SELECT min(due) FROM (
               SELECT (SELECT min(due_at) FROM line WHERE lane = 0 AND due_at IS NOT NULL) AS due
               UNION ALL SELECT (SELECT min(due_at) FROM line WHERE lane = 1 AND due_at IS NOT NULL)
               UNION ALL SELECT (SELECT min(wake_at) FROM episode WHERE wake_at IS NOT NULL))";

pub(super) fn commit(connection: &Connection, commit: &Commit) -> Result<CommitOutcome> {
    if let Some(delivery) = &commit.delivery
        && is_processed(connection, &delivery.name)?
    {
        return Ok(CommitOutcome::Duplicate);
    }
    connection.execute_batch("SAVEPOINT change")?;
    match write(connection, commit) {
        Ok(()) => {
            connection.execute_batch("RELEASE change")?;
            Ok(CommitOutcome::Done)
        }
        Err(error) => {
            connection.execute_batch("ROLLBACK TO change; RELEASE change")?;
            if error.is::<Conflict>() || is_unique_violation(&*error) {
                Ok(CommitOutcome::Conflict)
            } else {
                Err(error)
            }
        }
    }
}

pub(super) fn is_processed(connection: &Connection, delivery: &str) -> Result<bool> {
    let mut taken =
        connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM delivery WHERE name = ?1)")?;
    Ok(taken.query_row([delivery], |row| row.get(0))?)
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
    // Without `..`, so that a new kind of change cannot be forgotten here.
    let Commit {
        delivery,
        earlier,
        episodes,
        effects,
        suppressions,
        consents,
        texts,
        counts,
        rewritten,
        forgotten,
        entries,
        recipe,
        halts,
        companies,
        company_apps,
        references,
        receipts,
    } = commit;
    if let Some(delivery) = delivery {
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
    for delivery in earlier {
        connection
            .prepare_cached(
                "INSERT INTO delivery (name, received_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                delivery.name,
                delivery.received_at.as_millisecond()
            ])?;
    }
    // An episode that ends makes room for one that begins.
    let (begins, others): (Vec<_>, Vec<_>) = episodes
        .iter()
        .partition(|change| change.read_at_revision.is_none());
    for change in others.into_iter().chain(begins) {
        episodes::write(connection, change)?;
    }
    for change in effects {
        effects::write(connection, change)?;
    }
    for change in suppressions {
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
    texting::write_consents(connection, consents)?;
    texting::count(connection, texts)?;
    texting::add(connection, counts)?;
    for rewritten in rewritten {
        ledger::rewrite(connection, rewritten)?;
    }
    texting::forget(connection, forgotten)?;
    ledger::append(connection, entries)?;
    if let Some(recipe) = recipe {
        connection
            .prepare_cached(
                "INSERT INTO recipe (fingerprint, source) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?
            .execute(params![recipe.fingerprint, recipe.source.as_str()])?;
    }
    for change in halts {
        halts::write(connection, change)?;
    }
    for company in companies {
        halts::write_company(connection, company)?;
    }
    for app in company_apps {
        halts::write_app(connection, app)?;
    }
    for change in references {
        references::write(connection, change)?;
    }
    for change in receipts {
        receipt_rows::write(connection, change)?;
    }
    Ok(())
}

pub(super) fn recipe_source(connection: &Connection, fingerprint: &str) -> Result<Option<String>> {
    Ok(connection
        .prepare_cached("SELECT source FROM recipe WHERE fingerprint = ?1")?
        .query_row([fingerprint], |row| row.get(0))
        .optional()?)
}

pub(super) fn recipe_sources(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT source FROM recipe")?;
    let sources: rusqlite::Result<Vec<String>> =
        statement.query_map([], |row| row.get(0))?.collect();
    Ok(sources?)
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
                reason: Reason::of_suppression(&code).unwrap_or(Reason::Suppressed),
                since: Timestamp::from_millisecond(row.get(1)?)?,
            });
        }
    }
    Ok(found)
}

pub(super) fn next_due(connection: &Connection) -> Result<Option<Timestamp>> {
    let mut statement = connection.prepare_cached(NEXT_DUE)?;
    let earliest: Option<i64> = statement.query_row([], |row| row.get(0))?;
    Ok(earliest.map(Timestamp::from_millisecond).transpose()?)
}

/// When the next effect is due that these shares let be given, or the next episode of these locations.
pub(super) fn next_due_in(
    connection: &Connection,
    lanes: &[(Lane, Shares)],
    scope: &Scope,
) -> Result<Option<Timestamp>> {
    let wake = episodes::next_wake(connection, scope)?;
    let effect = lines::next_due(connection, lanes)?;
    Ok(wake.into_iter().chain(effect).min())
}
