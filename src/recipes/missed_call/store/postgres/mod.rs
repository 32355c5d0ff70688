//! A store in a PostgreSQL database, for any number of processes.
//!
//! | file | question it answers |
//! |---|---|
//! | `commit` | how is all of a commit written at once, and once? |
//! | `effects`, `claims`, `clock` | which effects are due, whose turn is it, and until when is one claimed? |
//! | `presence` | whose claims are free because their process is gone? |
//! | `episodes`, `texting`, `halts`, `ledger`, `early_reports` | what is in each table? |
//! | `prune` | what is deleted? |
//! | `health` | does the store work? |
//! | `rows`, `runs`, `failure` | how do values become rows, changes statements, and failures errors? |

mod claims;
mod clock;
mod commit;
mod early_reports;
mod effects;
mod episodes;
mod failure;
mod halts;
mod health;
mod ledger;
mod presence;
mod prune;
mod rows;
mod runs;
mod texting;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use tokio_postgres::Row;

use self::clock::LeaseClock;
use self::commit::Committer;
use self::failure::Failed;
use self::presence::Presence;
use super::{
    Claim, Commit, CommitOutcome, CompanyApp, ContactHistory, EarlyReport, Halted, LedgerQuery,
    LedgerRow, Polling, PruneBatch, Pruned, PutOff, Scope, Shares, Store, StoreError, StoreHealth,
    Stored, Suppression,
};
use crate::client::Lane;
use crate::ids::{CompanyId, LocationId};
use crate::phone::PhoneNumber;
use crate::postgres::{Database, Statement};
use crate::recipes::missed_call::core::compliance::{CallersAround, NewCaller, SendCounts};
use crate::recipes::missed_call::core::model::{EpisodeId, PersonKey, Reference, Subject};

/// Often enough for a text, and seldom enough that a database which nobody uses can rest.
const POLLING: Polling = Polling {
    busy: Duration::from_secs(1),
    idle: Duration::from_secs(6),
};

/// Keeps everything in a PostgreSQL database, for any number of processes.
///
/// A commit is one transaction and one round trip, and on the database's disk when it returns. If the answer to it is lost,
/// the store finds out what became of it. Claims end by the database's clock, whatever the clocks of the processes say; the
/// caller's time decides what is due.
///
/// ```no_run
/// use std::sync::Arc;
/// use gohighlevel::postgres::Database;
/// use gohighlevel::recipes::missed_call::{Engine, store::PostgresStore};
///
/// # async fn open() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Database::connect("postgres://app:secret@db.example.com/app?sslmode=require").await?;
/// let engine = Engine::builder(Arc::new(PostgresStore::new(database)));
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct PostgresStore {
    database: Database,
    clock: LeaseClock,
    committer: Committer,
    presence: Presence,
    unreadable: AtomicU64,
}

impl PostgresStore {
    /// The store in this database.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            clock: LeaseClock::default(),
            committer: Committer::default(),
            presence: Presence::default(),
            unreadable: AtomicU64::new(0),
        }
    }

    /// Lets claims end by the time that the caller passes, and not by the database's clock. It is for tests on a virtual
    /// clock: where two processes have different clocks, both could hold one effect.
    #[must_use]
    pub fn with_claims_by_callers_clock(self) -> Self {
        Self {
            clock: LeaseClock::of_caller(),
            ..self
        }
    }

    async fn rows<T>(
        &self,
        doing: &'static str,
        statement: Statement,
        read: impl FnOnce(&[Row]) -> Result<T, Failed>,
    ) -> Result<T, StoreError> {
        let asked = self.database.query(&statement).await;
        let read = asked.map_err(Failed::from).and_then(|rows| read(&rows));
        self.noted(doing, read)
    }

    /// The error that the store's user sees.
    fn noted<T>(&self, doing: &'static str, done: Result<T, Failed>) -> Result<T, StoreError> {
        done.map_err(|failed| {
            if matches!(failed, Failed::Unreadable(_)) {
                self.unreadable.fetch_add(1, Ordering::Relaxed);
            }
            StoreError::new(doing, failed)
        })
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        let committed = self
            .committer
            .commit(&self.database, &self.clock, &commit)
            .await;
        if committed.is_ok() {
            self.presence.report(&self.database).await;
        }
        self.noted("commit", committed)
    }

    async fn open_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        self.rows(
            "read an episode",
            episodes::live(person),
            rows::first_stored,
        )
        .await
    }

    async fn latest_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        self.rows(
            "read an episode",
            episodes::latest(person),
            rows::first_stored,
        )
        .await
    }

    async fn episode_by_number(
        &self,
        location: &LocationId,
        number: &PhoneNumber,
    ) -> Result<Option<Stored>, StoreError> {
        let statement = episodes::by_number(location, number);
        self.rows("read an episode", statement, rows::first_stored)
            .await
    }

    async fn episode_by_reference(
        &self,
        location: &LocationId,
        reference: &Reference,
    ) -> Result<Option<Stored>, StoreError> {
        let statement = episodes::by_reference(location, reference);
        self.rows("read an episode", statement, rows::first_stored)
            .await
    }

    async fn new_callers(
        &self,
        location: &LocationId,
        around: &CallersAround,
    ) -> Result<Vec<NewCaller>, StoreError> {
        let statement = episodes::new_callers(location, around);
        self.rows("find new callers", statement, episodes::read_new_callers)
            .await
    }

    async fn episode(&self, id: &EpisodeId) -> Result<Option<Stored>, StoreError> {
        self.rows("read an episode", episodes::read(id), rows::first_stored)
            .await
    }

    async fn recipe_source(&self, fingerprint: &str) -> Result<Option<String>, StoreError> {
        let statement = Statement::new("SELECT source FROM @.recipe WHERE fingerprint = $1");
        let sources = self.rows("read a recipe", statement.text(fingerprint), texts);
        Ok(sources.await?.pop())
    }

    async fn recipe_sources(&self) -> Result<Vec<String>, StoreError> {
        let statement = Statement::new("SELECT source FROM @.recipe");
        self.rows("read all recipes", statement, texts).await
    }

    async fn suppressions(
        &self,
        location: &LocationId,
        subjects: &[Subject],
    ) -> Result<Vec<Suppression>, StoreError> {
        let statement = texting::suppressions(location, subjects);
        self.rows("read suppressions", statement, texting::read_suppressions)
            .await
    }

    async fn is_processed(&self, name: &str) -> Result<bool, StoreError> {
        let is_there = |rows: &[Row]| Ok(!rows.is_empty());
        self.rows("find a delivery", commit::is_processed(name), is_there)
            .await
    }

    async fn halts(&self, location: &LocationId) -> Result<Vec<Halted>, StoreError> {
        let statement = halts::of_location(location);
        self.rows("read what halts a location", statement, halts::read)
            .await
    }

    async fn app_of(&self, company: &CompanyId) -> Result<Option<CompanyApp>, StoreError> {
        let read = |rows: &[Row]| halts::read_app(company, rows);
        self.rows(
            "read about the app of a company",
            halts::app_of(company),
            read,
        )
        .await
    }

    async fn locations_of(&self, company: &CompanyId) -> Result<Vec<LocationId>, StoreError> {
        let statement = halts::locations_of(company);
        let doing = "read the locations of a company";
        self.rows(doing, statement, halts::read_locations).await
    }

    async fn open_episodes(&self, location: &LocationId) -> Result<Vec<EpisodeId>, StoreError> {
        let doing = "read the live episodes of a location";
        self.rows(doing, episodes::live_in(location), rows::episodes)
            .await
    }

    async fn texting_record(
        &self,
        location: &LocationId,
        subjects: &[Subject],
        since: Timestamp,
    ) -> Result<ContactHistory, StoreError> {
        let statements = texting::record(location, subjects, since);
        let answers = self.database.queries(&statements).await;
        let read = answers.map_err(Failed::from);
        let read = read.and_then(|answers| texting::read_record(&answers));
        self.noted("read what was texted", read)
    }

    async fn send_counts(
        &self,
        location: &LocationId,
        since: Date,
    ) -> Result<BTreeMap<Date, SendCounts>, StoreError> {
        let statement = texting::counts(location, since);
        self.rows("read what became of texts", statement, texting::read_counts)
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
        self.presence.report(&self.database).await;
        let asked = claims::Asked {
            process: self.presence.process(),
            now,
            lane,
            limit,
            lease,
            shares,
        };
        let claimed = claims::claim(&self.database, &self.clock, asked).await;
        let (claims, unreadable) = self.noted("claim effects", claimed)?;
        self.unreadable.fetch_add(unreadable, Ordering::Relaxed);
        Ok(claims)
    }

    async fn put_off(&self, time: Timestamp) -> Result<Vec<PutOff>, StoreError> {
        let statement = effects::put_off(time, self.clock.skew());
        self.rows("find what was put off", statement, effects::read_put_off)
            .await
    }

    async fn episodes_to_wake(
        &self,
        now: Timestamp,
        limit: usize,
        scope: &Scope,
    ) -> Result<Vec<EpisodeId>, StoreError> {
        let statement = episodes::to_wake(now, limit, scope);
        self.rows("find episodes to wake", statement, rows::episodes)
            .await
    }

    async fn reschedule_wakeup(&self, id: &EpisodeId, at: Timestamp) -> Result<(), StoreError> {
        let statement = episodes::reschedule_wakeup(id, at);
        self.rows("put off an episode", statement, |_| Ok(())).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let all = [Lane::Interactive, Lane::Background].map(|lane| (lane, Shares::UNLIMITED));
        self.next_due_in(&all, &Scope::All).await
    }

    async fn next_due_in(
        &self,
        lanes: &[(Lane, Shares)],
        scope: &Scope,
    ) -> Result<Option<Timestamp>, StoreError> {
        let statement = claims::next_due(lanes, scope, self.clock.skew());
        let asked = self
            .presence
            .report_and_ask(&self.database, statement)
            .await;
        let read = asked.map_err(Failed::from);
        let read = read.and_then(|rows| rows::first_time(&rows));
        self.noted("find what is due next", read)
    }

    async fn ledger_rows(&self, query: &LedgerQuery) -> Result<Vec<LedgerRow>, StoreError> {
        let read = ledger::read_settled(&self.database, query).await;
        self.noted("read the ledger", read)
    }

    async fn prune(&self, batch: &PruneBatch) -> Result<Pruned, StoreError> {
        let pruned = prune::prune(&self.database, batch).await;
        self.noted("delete what is over", pruned)
    }

    async fn keep_early(&self, report: &EarlyReport) -> Result<(), StoreError> {
        let statement = early_reports::keep(report);
        self.rows("keep an early report", statement, |_| Ok(()))
            .await
    }

    async fn early_reports(
        &self,
        location: &LocationId,
        subject: &Subject,
    ) -> Result<Vec<EarlyReport>, StoreError> {
        let statement = early_reports::of_subject(location, subject);
        let read = |rows: &[Row]| early_reports::read(location, subject, rows);
        self.rows("read early reports", statement, read).await
    }

    async fn before_call(
        &self,
        person: &PersonKey,
    ) -> Result<(Option<Stored>, Vec<EarlyReport>), StoreError> {
        let (location, subject) = (&person.location, Subject::contact(&person.contact));
        let statements = [
            episodes::latest(person),
            early_reports::of_subject(location, &subject),
        ];
        let answers = self.database.queries(&statements).await;
        let read = answers.map_err(Failed::from).and_then(|answers| {
            let rows = |place: usize| answers.get(place).map(Vec::as_slice).unwrap_or_default();
            Ok((
                rows::first_stored(rows(0))?,
                early_reports::read(location, &subject, rows(1))?,
            ))
        });
        self.noted("read what was before a call", read)
    }

    fn polling(&self) -> Option<Polling> {
        Some(POLLING)
    }

    async fn check(&self, now: Timestamp) -> Result<StoreHealth, StoreError> {
        let answers = self.database.queries(&health::statements(now)).await;
        let unreadable = self.unreadable.load(Ordering::Relaxed);
        let read = answers.map_err(Failed::from);
        let read = read.and_then(|answers| health::read(&answers, unreadable));
        self.noted("check that it works", read)
    }
}

/// The texts in the first column.
fn texts(rows: &[Row]) -> Result<Vec<String>, Failed> {
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
