//! One commit: one transaction and one round trip, written as a whole or not at all.
//!
//! The first statement names the commit, with its delivery or with a mark. Where the answer to COMMIT is lost, the same
//! transaction is tried again: if the first try was committed after all, or still will be, the name is there.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp};

use super::clock::LeaseClock;
use super::failure::Failed;
use super::rows::millis;
use super::{effects, episodes, halts, ledger, receipts as receipt_rows, texting};
use crate::postgres::{Database, DatabaseError, Fault, NOW, Statement, Tries};
use crate::recipes::missed_call::core::model::ReferenceChange;
use crate::recipes::missed_call::store::{Commit, CommitOutcome, DeliveryName};

/// How long the names of deliveries are kept.
const DELIVERY_MEMORY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long the marks of commits are kept, in milliseconds: much longer than one is tried again.
const MARK_MEMORY_MS: i64 = 60 * 60 * 1000;

/// One commit in this many removes what is too old …
const TIDIES_EACH: u32 = 16;
/// … as many of it as this.
const TIDIED_AT_ONCE: i64 = 64;

/// Writes commits.
#[derive(Debug, Default)]
pub(super) struct Committer {
    commits: AtomicU32,
}

impl Committer {
    pub(super) async fn commit(
        &self,
        database: &Database,
        clock: &LeaseClock,
        commit: &Commit,
    ) -> Result<CommitOutcome, Failed> {
        let mark = fastrand::i64(..);
        let number = self.commits.fetch_add(1, Ordering::Relaxed);
        let tidies = number.is_multiple_of(TIDIES_EACH);
        let statements = statements(commit, mark, tidies, clock.skew())?;
        let mut tries = Tries::default();
        loop {
            let Err(error) = database.transaction(&statements).await else {
                return Ok(CommitOutcome::Done);
            };
            match error.fault() {
                Fault::Unique(key) if key == "delivery_key" => {
                    return outcome_of_delivery(database, commit, mark, &tries).await;
                }
                Fault::Unique(key) if key == "commit_mark_key" && tries.may_be_done() => {
                    return Ok(CommitOutcome::Done);
                }
                // The ledger was copied here from a server that had counted further. Opening the database again puts that
                // right.
                Fault::Unique(key) if key == "ledger_key" => {
                    return Err(DatabaseError::new(
                        "the ledger has entries of transactions that are still to come, most likely because the database was moved while this process ran; start it again",
                    )
                    .into());
                }
                Fault::Unique(_) | Fault::Guard => return Ok(CommitOutcome::Conflict),
                Fault::Again | Fault::Broken => tries.wait(error).await?,
                Fault::Other => return Err(error.into()),
            }
        }
    }
}

/// The delivery was accepted: by this commit, whose answer was lost, or before.
async fn outcome_of_delivery(
    database: &Database,
    commit: &Commit,
    mark: i64,
    tries: &Tries,
) -> Result<CommitOutcome, Failed> {
    let Some(delivery) = commit.delivery.as_ref().filter(|_| tries.may_be_done()) else {
        return Ok(CommitOutcome::Duplicate);
    };
    let asked = Statement::new("SELECT 1 FROM @.delivery WHERE name = $1 AND commit_mark = $2")
        .text(&delivery.name)
        .with(mark);
    Ok(if database.query(&asked).await?.is_empty() {
        CommitOutcome::Duplicate
    } else {
        CommitOutcome::Done
    })
}

fn statements(
    commit: &Commit,
    mark: i64,
    tidies: bool,
    skew: i64,
) -> Result<Vec<Statement>, Failed> {
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
    let mut all = vec![named(delivery.as_ref(), mark)];
    if tidies {
        all.push(tidied(delivery.as_ref()));
    }
    all.extend(earlier.iter().map(|delivery| accepted(delivery, mark)));
    // An episode that ends makes room for one that begins.
    let (begins, others): (Vec<_>, Vec<_>) = episodes
        .iter()
        .partition(|change| change.read_at_revision.is_none());
    for change in others.into_iter().chain(begins) {
        all.push(episodes::write(change)?);
    }
    all.extend(effects::write(effects, episodes, skew)?);
    all.extend(texting::suppress(suppressions));
    all.extend(texting::consent(consents));
    all.extend(texting::count(texts));
    all.extend(texting::add(counts)?);
    for rewritten in rewritten {
        all.push(ledger::rewrite(rewritten)?);
    }
    all.extend(texting::forget(forgotten));
    all.extend(ledger::append(entries)?);
    if let Some(recipe) = recipe {
        let kept = Statement::new(
            "INSERT INTO @.recipe (fingerprint, source) VALUES ($1, $2)
             ON CONFLICT (fingerprint) DO NOTHING",
        );
        all.push(kept.text(&recipe.fingerprint).text(recipe.source.as_str()));
    }
    all.extend(halts.iter().map(halts::write));
    all.extend(companies.iter().map(halts::write_company));
    all.extend(company_apps.iter().map(halts::write_app));
    all.extend(references.iter().map(refer));
    all.extend(receipt_rows::write(receipts));
    Ok(all)
}

/// The name of the commit, which is there once.
fn named(delivery: Option<&DeliveryName>, mark: i64) -> Statement {
    match delivery {
        Some(delivery) => Statement::new(
            "INSERT INTO @.delivery (name, received_at, commit_mark) VALUES ($1, $2, $3)",
        )
        .text(&delivery.name)
        .with(millis(delivery.received_at))
        .with(mark),
        None => Statement::new(format!(
            "INSERT INTO @.commit_mark (mark, at) VALUES ($1, {NOW})"
        ))
        .with(mark),
    }
}

/// Removes names that are too old. It passes over those that another commit removes.
fn tidied(delivery: Option<&DeliveryName>) -> Statement {
    match delivery {
        Some(delivery) => {
            let oldest = delivery.received_at.saturating_sub(DELIVERY_MEMORY);
            Statement::new(
                "DELETE FROM @.delivery WHERE name IN (
                   SELECT name FROM @.delivery WHERE received_at < $1
                   ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
            )
            .with(millis(oldest.unwrap_or(Timestamp::MIN)))
            .with(TIDIED_AT_ONCE)
        }
        None => Statement::new(format!(
            "DELETE FROM @.commit_mark WHERE mark IN (
               SELECT mark FROM @.commit_mark WHERE at < {NOW} - $1
               ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)"
        ))
        .with(MARK_MEMORY_MS)
        .with(TIDIED_AT_ONCE),
    }
}

fn accepted(delivery: &DeliveryName, mark: i64) -> Statement {
    Statement::new(
        "INSERT INTO @.delivery (name, received_at, commit_mark) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO NOTHING",
    )
    .text(&delivery.name)
    .with(millis(delivery.received_at))
    .with(mark)
}

pub(super) fn is_processed(name: &str) -> Statement {
    Statement::new("SELECT 1 FROM @.delivery WHERE name = $1").text(name)
}

fn refer(change: &ReferenceChange) -> Statement {
    let (location, reference) = (change.location.as_str(), change.reference.to_string());
    match &change.episode {
        Some(episode) => Statement::new(
            "INSERT INTO @.episode_reference (location, reference, episode) VALUES ($1, $2, $3)
             ON CONFLICT (location, reference) DO UPDATE SET episode = excluded.episode",
        )
        .text(location)
        .with(reference)
        .text(episode.as_str()),
        None => {
            Statement::new("DELETE FROM @.episode_reference WHERE location = $1 AND reference = $2")
                .text(location)
                .with(reference)
        }
    }
}
