//! A store in one SQLite file, for one process.
//!
//! A commit returns after it is on the disk (write-ahead log, `synchronous = FULL`). Commits that arrive together share one
//! write, and readers do not wait for it. Before a commit returns, the store checks that its open files are still the files
//! at their paths. A lock keeps a second process out, so claims that exist at the start belong to a dead process.

mod condition;
mod early_reports;
mod effects;
mod episodes;
mod error;
mod halts;
mod health;
mod integrity;
mod ledger;
mod lines;
mod lock;
mod opening;
mod prune;
mod reading;
mod receipts;
mod references;
mod rows;
mod schema;
mod tally;
mod texting;
mod worker;
mod writer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub use reading::SqliteLedger;
pub use tally::LastRun;

use self::condition::Condition;
use self::integrity::Checker;
use self::lock::Lock;
use self::worker::Worker;
use super::{
    AwaitedReceipt, Claim, Commit, CommitOutcome, CompanyApp, ContactHistory, EarlyReport, Halted,
    LedgerQuery, LedgerRow, PruneBatch, Pruned, PutOff, Scope, Shares, Store, StoreError,
    StoreHealth, Stored, Suppression,
};
use crate::client::Lane;
use crate::ids::{CompanyId, LocationId, MessageId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::{CallersAround, NewCaller, SendCounts};
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::core::model::{PersonKey, Reference, Subject};
use crate::sqlite::{self, Failure};
use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// How long to wait for short reads before the log is emptied.
const LOG_PATIENCE: Duration = Duration::from_millis(100);

/// Keeps everything in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    /// The path without links.
    real: PathBuf,
    // They are dropped in this order: first the writer, which orders checks, then the checker, whose connection is
    // interrupted, and then a connection that writes the log back.
    writer: Worker,
    _checker: Checker,
    /// For reads that decisions wait for.
    reader: Worker,
    /// For long reads of the ledger, by reports.
    ledger: Worker,
    _lock: Lock,
    condition: Arc<Condition>,
    last_run: LastRun,
    /// When a write last succeeded as a check.
    last_beat: Mutex<Option<Timestamp>>,
    /// Whether the log may still hold deleted data.
    log_remembers: AtomicBool,
}

impl SqliteStore {
    /// Opens the database at `path`, and creates it if it does not exist. Effects that a dead process had claimed are free
    /// again. A file of up to 256 MB is checked completely before it is used; a larger one is checked in the background.
    ///
    /// Fails, and leaves the file unchanged, if it is already open, by whatever path; if it is a folder, not a database, or
    /// the database of another application or of a newer release; if it is damaged; if it has several names (hard links); if
    /// it is missing while its log (`-wal`) exists; and if it cannot be written. The message names the file and says what to
    /// do. The file must be on a disk of this machine, not on a network file system.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        opening::open(path)
            .map_err(|failure| condition::store_error("open the database", path, failure))
    }

    /// How the last run on this database ended, as far as it was known at the start.
    pub fn last_run(&self) -> LastRun {
        self.last_run
    }

    /// Writes the log back into the database and empties it, because it holds data that was deleted since. This is not
    /// possible while a report reads; it is tried again after that.
    async fn empty_log(&self) {
        // It is reset before, so that an erasure during the work is not overlooked.
        self.log_remembers.store(false, Ordering::Relaxed);
        let path = self.real.clone();
        let emptied = tokio::task::spawn_blocking(move || {
            let connection = sqlite::connect(&path)?;
            sqlite::make_durable(&connection)?;
            // No write is possible meanwhile.
            connection.busy_timeout(LOG_PATIENCE)?;
            let busy = |row: &rusqlite::Row<'_>| row.get(0);
            let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], busy)?;
            Ok::<_, Failure>(!busy)
        });
        if !matches!(emptied.await, Ok(Ok(true))) {
            self.log_remembers.store(true, Ordering::Relaxed);
            tracing::warn!(
                path = %self.path.display(),
                "the log of the database still holds what was forgotten, because somebody reads it; it is emptied after the next report"
            );
        }
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        let forgets = !commit.forgotten.is_empty();
        let committed = self
            .writer
            .run("commit", move |connection| {
                rows::commit(connection, &commit)
            })
            .await?;
        if forgets && committed == CommitOutcome::Done {
            self.empty_log().await;
        }
        Ok(committed)
    }

    async fn open_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        let person = person.clone();
        self.reader
            .run("read an episode", move |connection| {
                episodes::live(connection, &person)
            })
            .await
    }

    async fn latest_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        let person = person.clone();
        self.reader
            .run("read an episode", move |connection| {
                episodes::latest(connection, &person)
            })
            .await
    }

    async fn episode_by_number(
        &self,
        location: &LocationId,
        number: &PhoneNumber,
    ) -> Result<Option<Stored>, StoreError> {
        let (location, number) = (location.clone(), number.clone());
        self.reader
            .run("read an episode", move |connection| {
                episodes::by_number(connection, &location, &number)
            })
            .await
    }

    async fn episode_by_reference(
        &self,
        location: &LocationId,
        reference: &Reference,
    ) -> Result<Option<Stored>, StoreError> {
        let (location, reference) = (location.clone(), reference.clone());
        self.reader
            .run("read an episode", move |connection| {
                references::read(connection, &location, &reference)
            })
            .await
    }

    async fn new_callers(
        &self,
        location: &LocationId,
        around: &CallersAround,
    ) -> Result<Vec<NewCaller>, StoreError> {
        let (location, around) = (location.clone(), around.clone());
        self.reader
            .run("find new callers", move |connection| {
                episodes::new_callers(connection, &location, &around)
            })
            .await
    }

    async fn episode(&self, id: &EpisodeId) -> Result<Option<Stored>, StoreError> {
        let id = id.clone();
        self.reader
            .run("read an episode", move |connection| {
                episodes::read(connection, &id)
            })
            .await
    }

    async fn recipe_source(&self, fingerprint: &str) -> Result<Option<String>, StoreError> {
        let fingerprint = fingerprint.to_owned();
        self.reader
            .run("read a recipe", move |connection| {
                rows::recipe_source(connection, &fingerprint)
            })
            .await
    }

    async fn recipe_sources(&self) -> Result<Vec<String>, StoreError> {
        self.reader
            .run("read all recipes", rows::recipe_sources)
            .await
    }

    async fn suppressions(
        &self,
        location: &LocationId,
        subjects: &[Subject],
    ) -> Result<Vec<Suppression>, StoreError> {
        let (location, subjects) = (location.clone(), subjects.to_vec());
        self.reader
            .run("read suppressions", move |connection| {
                rows::suppressions(connection, &location, &subjects)
            })
            .await
    }

    async fn is_processed(&self, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.reader
            .run("find a delivery", move |connection| {
                rows::is_processed(connection, &name)
            })
            .await
    }

    async fn halts(&self, location: &LocationId) -> Result<Vec<Halted>, StoreError> {
        let location = location.clone();
        self.reader
            .run("read what halts a location", move |connection| {
                halts::read(connection, &location)
            })
            .await
    }

    async fn app_of(&self, company: &CompanyId) -> Result<Option<CompanyApp>, StoreError> {
        let company = company.clone();
        self.reader
            .run("read about the app of a company", move |connection| {
                halts::app_of(connection, &company)
            })
            .await
    }

    async fn locations_of(&self, company: &CompanyId) -> Result<Vec<LocationId>, StoreError> {
        let company = company.clone();
        self.reader
            .run("read the locations of a company", move |connection| {
                halts::locations_of(connection, &company)
            })
            .await
    }

    async fn open_episodes(&self, location: &LocationId) -> Result<Vec<EpisodeId>, StoreError> {
        let location = location.clone();
        self.reader
            .run("read the live episodes of a location", move |connection| {
                episodes::live_in(connection, &location)
            })
            .await
    }

    async fn texting_record(
        &self,
        location: &LocationId,
        subjects: &[Subject],
        since: Timestamp,
    ) -> Result<ContactHistory, StoreError> {
        let (location, subjects) = (location.clone(), subjects.to_vec());
        self.reader
            .run("read what was texted", move |connection| {
                texting::read(connection, &location, &subjects, since)
            })
            .await
    }

    async fn send_counts(
        &self,
        location: &LocationId,
        since: Date,
    ) -> Result<BTreeMap<Date, SendCounts>, StoreError> {
        let location = location.clone();
        self.reader
            .run("read what became of texts", move |connection| {
                texting::counts(connection, &location, since)
            })
            .await
    }

    async fn claim(
        &self,
        now: Timestamp,
        lane: Lane,
        limit: usize,
        lease: SignedDuration,
        shares: &Shares,
    ) -> Result<Vec<Claim>, StoreError> {
        let shares = shares.clone();
        self.writer
            .run("claim effects", move |connection| {
                effects::claim(connection, now, lane, limit, lease, &shares)
            })
            .await
    }

    async fn put_off(&self, time: Timestamp) -> Result<Vec<PutOff>, StoreError> {
        // It reads all planned effects, and no decision waits for it.
        self.ledger
            .run("find what was put off", move |connection| {
                effects::put_off(connection, time)
            })
            .await
    }

    async fn episodes_to_wake(
        &self,
        now: Timestamp,
        limit: usize,
        scope: &Scope,
    ) -> Result<Vec<EpisodeId>, StoreError> {
        let scope = scope.clone();
        self.reader
            .run("find episodes to wake", move |connection| {
                episodes::to_wake(connection, now, limit, &scope)
            })
            .await
    }

    async fn reschedule_wakeup(&self, id: &EpisodeId, at: Timestamp) -> Result<(), StoreError> {
        let id = id.clone();
        self.writer
            .run("put off an episode", move |connection| {
                episodes::reschedule_wakeup(connection, &id, at)
            })
            .await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.reader
            .run("find what is due next", rows::next_due)
            .await
    }

    async fn next_due_in(
        &self,
        lanes: &[(Lane, Shares)],
        scope: &Scope,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (lanes, scope) = (lanes.to_vec(), scope.clone());
        self.reader
            .run("find what is due next", move |connection| {
                rows::next_due_in(connection, &lanes, &scope)
            })
            .await
    }

    async fn awaited_receipt(
        &self,
        location: &LocationId,
        message: &MessageId,
    ) -> Result<Option<AwaitedReceipt>, StoreError> {
        let (location, message) = (location.clone(), message.clone());
        self.reader
            .run("find a text", move |connection| {
                receipts::one(connection, &location, &message)
            })
            .await
    }

    async fn claim_receipts(
        &self,
        now: Timestamp,
        again: Timestamp,
        limit: usize,
        shares: &Shares,
    ) -> Result<Vec<AwaitedReceipt>, StoreError> {
        let shares = shares.clone();
        self.writer
            .run("claim receipts", move |connection| {
                receipts::claim(connection, now, again, limit, &shares)
            })
            .await
    }

    async fn next_receipt(&self, shares: &Shares) -> Result<Option<Timestamp>, StoreError> {
        let shares = shares.clone();
        self.reader
            .run("find the next receipt", move |connection| {
                receipts::next(connection, &shares)
            })
            .await
    }

    async fn ledger_rows(&self, query: &LedgerQuery) -> Result<Vec<LedgerRow>, StoreError> {
        let query = query.clone();
        // An effect may wait for the few entries of its episode.
        let of_an_episode = query.episode.is_some();
        let worker = if of_an_episode {
            &self.reader
        } else {
            &self.ledger
        };
        let entries = worker
            .run("read the ledger", move |connection| {
                ledger::read(connection, &query)
            })
            .await;
        if !of_an_episode && self.log_remembers.load(Ordering::Relaxed) {
            self.empty_log().await;
        }
        entries
    }

    async fn prune(&self, batch: &PruneBatch) -> Result<Pruned, StoreError> {
        let batch = batch.clone();
        self.writer
            .run("delete what is over", move |connection| {
                prune::prune(connection, &batch)
            })
            .await
    }

    async fn keep_early(&self, report: &EarlyReport) -> Result<(), StoreError> {
        let report = report.clone();
        self.writer
            .run("keep an early report", move |connection| {
                early_reports::keep(connection, &report)
            })
            .await
    }

    async fn early_reports(
        &self,
        location: &LocationId,
        subject: &Subject,
    ) -> Result<Vec<EarlyReport>, StoreError> {
        let (location, subject) = (location.clone(), subject.clone());
        self.reader
            .run("read early reports", move |connection| {
                early_reports::of_subject(connection, &location, &subject)
            })
            .await
    }

    async fn before_call(
        &self,
        person: &PersonKey,
    ) -> Result<(Option<Stored>, Vec<EarlyReport>), StoreError> {
        let person = person.clone();
        self.reader
            .run("read what was before a call", move |connection| {
                let subject = Subject::contact(&person.contact);
                Ok((
                    episodes::latest(connection, &person)?,
                    early_reports::of_subject(connection, &person.location, &subject)?,
                ))
            })
            .await
    }

    async fn check(&self, now: Timestamp) -> Result<StoreHealth, StoreError> {
        health::check(self, now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ContactId;
    use crate::recipes::missed_call::core::model::Subject;
    use crate::recipes::missed_call::store::{DeliveryName, ErasedSubject};

    // A report over years of the ledger must delay neither writes nor the reads of webhooks and texts.
    #[tokio::test]
    async fn a_report_holds_up_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("store.db")).unwrap();
        let commit = Commit {
            delivery: Some(DeliveryName {
                name: "a delivery".into(),
                received_at: Timestamp::UNIX_EPOCH,
            }),
            ..Commit::default()
        };
        let (began, begun) = tokio::sync::oneshot::channel();
        let (written, wait) = std::sync::mpsc::channel();
        let reading = store.ledger.run("read for long", move |connection| {
            let count = || -> rusqlite::Result<i64> {
                connection.query_row("SELECT count(*) FROM delivery", [], |row| row.get(0))
            };
            let before = count()?;
            began.send(()).map_err(|()| "nobody waits")?;
            wait.recv()?;
            Ok((before, count()?))
        });
        let writing = async {
            begun.await.unwrap();
            let committed = store.commit(commit.clone()).await.unwrap();
            assert!(store.is_processed("a delivery").await.unwrap());
            let of_nobody = LedgerQuery::of_episode(EpisodeId::from_stored("nobody"));
            assert_eq!(store.ledger(&of_nobody).await.unwrap(), []);
            written.send(()).unwrap();
            committed
        };
        let (read, committed) = tokio::join!(reading, writing);
        assert_eq!(committed, CommitOutcome::Done);
        assert_eq!(read.unwrap(), (0, 0), "all that it reads is of one moment");
        assert_eq!(
            store.commit(commit).await.unwrap(),
            CommitOutcome::Duplicate
        );
    }

    #[tokio::test]
    async fn what_is_forgotten_while_a_report_is_read_leaves_the_log_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = SqliteStore::open(&path).unwrap();
        let forgets = Commit {
            forgotten: vec![ErasedSubject {
                location: LocationId::new("somewhere").unwrap(),
                subject: Subject::contact(&ContactId::new("somebody").unwrap()),
            }],
            delivery: Some(DeliveryName {
                name: "a delivery".into(),
                received_at: Timestamp::UNIX_EPOCH,
            }),
            ..Commit::default()
        };
        let log = || std::fs::metadata(folder.path().join("store.db-wal")).unwrap();
        let (began, begun) = tokio::sync::oneshot::channel();
        let (forgotten, wait) = std::sync::mpsc::channel();
        let reading = store.ledger.run("read for long", move |connection| {
            connection.query_row("SELECT count(*) FROM ledger", [], |_| Ok(()))?;
            began.send(()).map_err(|()| "nobody waits")?;
            Ok(wait.recv()?)
        });
        let forgetting = async {
            begun.await.unwrap();
            assert_eq!(store.commit(forgets).await.unwrap(), CommitOutcome::Done);
            assert!(log().len() > 0);
            forgotten.send(()).unwrap();
        };
        let (read, ()) = tokio::join!(reading, forgetting);
        read.unwrap();
        store.ledger(&LedgerQuery::default()).await.unwrap();
        assert_eq!(log().len(), 0);
    }
}
