//! The store of episodes, planned effects, suppressions and the ledger.
//!
//! A [`Store`] knows nothing of calls and texts. It writes each commit of the engine as a whole or not at all, and gives
//! due effects to workers, each to one worker at a time. The core decides what a row means.

mod backlog;
mod early_report;
mod error;
mod health;
mod installation;
mod ledger_query;
mod memory;
mod polling;
#[cfg(feature = "postgres")]
mod postgres;
mod progress;
mod receipt;
mod retention;
mod scope;
mod shares;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

pub use super::core::model::{PersonKey, Subject};
pub use super::core::model::{Reference, ReferenceChange};
pub use early_report::EarlyReport;
pub use error::{StoreError, StoreFault};
pub(crate) use health::LATE;
pub use health::StoreHealth;
pub use installation::{CompanyApp, CompanyLocation, HaltChange, Halted};
pub use ledger_query::{LedgerQuery, LedgerRow};
pub use memory::MemoryStore;
pub(crate) use polling::Pauses;
pub use polling::Polling;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub use progress::{Before, Progress};
pub use receipt::{AwaitedReceipt, ReceiptChange};
pub use retention::{PruneBatch, Pruned, Retention};
pub use scope::Scope;
pub use shares::Shares;
#[cfg(feature = "sqlite")]
pub use sqlite::{LastRun, SqliteLedger, SqliteStore};

use super::core::compliance::{CallersAround, Consent, ConsentKind, NewCaller, SendCounts};
use super::core::episode::EpisodeState;
use super::core::ledger::Entry;
use super::core::model::{EffectId, EpisodeId, Reason};
use crate::client::Lane;
use crate::ids::{CompanyId, LocationId, MessageId};
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// Keeps everything that must survive a crash.
///
/// A durable store has a [`commit`](Self::commit) on the disk before it returns, so that it survives a power cut. Times are
/// whole milliseconds.
///
/// # How to add a store
///
/// * Implement this trait; the compiler names every method without a default.
/// * Destructure [`Commit`] without `..`, and match [`EffectChange`] without a catch-all. A release that adds a kind of change
///   then fails to compile instead of losing data.
/// * Run the checks of `testing::store_contract` (feature `testing`) on it. Both stores of this crate pass them.
/// * Keep the methods that say so independent of the number of rows: the checks do not measure time.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Writes all of `commit`, or nothing.
    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError>;

    /// The open episode of this contact or number in this location.
    async fn open_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError>;

    /// The open episode of this contact or number in this location, as [`open_episode`](Self::open_episode) finds it. If
    /// there is none: the episode of theirs that was opened last. A store must find it without reading the episodes of
    /// others.
    async fn latest_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError>;

    /// The open episode of this number in this location. If there is none: the episode of this number that was opened last.
    /// This is [`latest_episode`](Self::latest_episode) for an unknown contact.
    async fn episode_by_number(
        &self,
        location: &LocationId,
        number: &PhoneNumber,
    ) -> Result<Option<Stored>, StoreError>;

    /// The episode in this location that a commit has connected with this reference. A store must find it without reading
    /// others.
    async fn episode_by_reference(
        &self,
        location: &LocationId,
        reference: &Reference,
    ) -> Result<Option<Stored>, StoreError>;

    /// The calls of first-time callers in this location that `around` asks for, in any order, possibly with duplicates: the
    /// first calls of all episodes whose state [says so](EpisodeState::new_caller). A store must find them without reading
    /// others.
    async fn new_callers(
        &self,
        location: &LocationId,
        around: &CallersAround,
    ) -> Result<Vec<NewCaller>, StoreError>;

    /// An episode by its id, open or closed.
    async fn episode(&self, id: &EpisodeId) -> Result<Option<Stored>, StoreError>;

    /// The exact text of a recipe that an episode started with.
    async fn recipe_source(&self, fingerprint: &str) -> Result<Option<String>, StoreError>;

    /// The texts of all recipes that episodes started with. They show whether another text ran under the same version. A
    /// store that does not know them returns none.
    async fn recipe_sources(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    /// The suppressions of these subjects in this location; empty if they may be texted.
    async fn suppressions(
        &self,
        location: &LocationId,
        subjects: &[Subject],
    ) -> Result<Vec<Suppression>, StoreError>;

    /// Whether a delivery of this name was accepted.
    async fn is_processed(&self, name: &str) -> Result<bool, StoreError>;

    /// The latest state of each halt of this location, in force or lifted.
    async fn halts(&self, location: &LocationId) -> Result<Vec<Halted>, StoreError>;

    /// The latest state of this company's app as a whole.
    async fn app_of(&self, company: &CompanyId) -> Result<Option<CompanyApp>, StoreError>;

    /// The locations of this company that commits have named.
    async fn locations_of(&self, company: &CompanyId) -> Result<Vec<LocationId>, StoreError>;

    /// All open episodes of this location.
    async fn open_episodes(&self, location: &LocationId) -> Result<Vec<EpisodeId>, StoreError>;

    /// The consents of these subjects in this location, and the texts that were sent to any of them at `since` or later. They
    /// decide whether one more text may be sent.
    async fn texting_record(
        &self,
        location: &LocationId,
        subjects: &[Subject],
        since: Timestamp,
    ) -> Result<ContactHistory, StoreError>;

    /// The outcomes of the location's texts from this day in UTC on. Days without texts may be missing.
    async fn send_counts(
        &self,
        location: &LocationId,
        since: Date,
    ) -> Result<BTreeMap<Date, SendCounts>, StoreError>;

    /// Claims up to `limit` effects of this lane that are due at `now`, for the time `lease`. Nobody else gets them before
    /// that time ends. Each claim increases the attempt of the effect, and an earlier claim can no longer write.
    ///
    /// Locations take turns: each gives one effect, then each gives a second one, and so on. The location whose last turn is
    /// the longest ago comes first (of those without a turn, the one whose effects have been due the longest). None gives
    /// more than its `shares` permit, which also say of which locations effects are wanted at all. Within a location the effect that has been due the longest comes first. Exception: if
    /// the oldest effect in the interactive lane has been due for a minute or longer, three out of four are the newest.
    ///
    /// The time that it takes must not grow with the number of planned or due effects.
    async fn claim(
        &self,
        now: Timestamp,
        lane: Lane,
        limit: usize,
        lease: SignedDuration,
        shares: &Shares,
    ) -> Result<Vec<Claim>, StoreError>;

    /// All effects that were claimed at least once and whose due time, or the end of whose claim, is later than `time`. The
    /// engine asks when it starts and after a jump of the clock, because the clock that postponed them may have been ahead.
    /// A store that does not survive the process may return none.
    async fn put_off(&self, time: Timestamp) -> Result<Vec<PutOff>, StoreError> {
        let _ = time;
        Ok(Vec::new())
    }

    /// Up to `limit` open episodes of these locations whose wake-up is due.
    async fn episodes_to_wake(
        &self,
        now: Timestamp,
        limit: usize,
        scope: &Scope,
    ) -> Result<Vec<EpisodeId>, StoreError>;

    /// Moves the wake-up of an open episode to this time and changes nothing else. It is for episodes that cannot be read.
    async fn reschedule_wakeup(&self, id: &EpisodeId, at: Timestamp) -> Result<(), StoreError>;

    /// The time when the next effect or episode is due.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// The time when the next effect is due that [`claim`](Self::claim) gives for one of these lanes and shares, or when the
    /// next episode of these locations is due.
    async fn next_due_in(
        &self,
        lanes: &[(Lane, Shares)],
        scope: &Scope,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// The text with this message, if its receipt is awaited.
    async fn awaited_receipt(
        &self,
        location: &LocationId,
        message: &MessageId,
    ) -> Result<Option<AwaitedReceipt>, StoreError>;

    /// Claims up to `limit` texts of one location whose receipts are due at `now`, those first that have been due the
    /// longest. From then on they are due at `again`, so that nobody else looks after them before that time. It is the location
    /// whose text has been due the longest, of those that may give something by `shares`; how much they may give does not
    /// matter. Empty if nothing is due.
    async fn claim_receipts(
        &self,
        now: Timestamp,
        again: Timestamp,
        limit: usize,
        shares: &Shares,
    ) -> Result<Vec<AwaitedReceipt>, StoreError>;

    /// The time when the next receipt is due that [`claim_receipts`](Self::claim_receipts) gives for these shares. It is no
    /// part of [`next_due`](Self::next_due).
    async fn next_receipt(&self, shares: &Shares) -> Result<Option<Timestamp>, StoreError>;

    /// The entries of the ledger that match, in the order of their sequence.
    ///
    /// The sequence of an entry is higher than those of all entries that could be read before it was written, and no other
    /// entry ever has it: a reader that knows a sequence finds everything newer [after](LedgerQuery::after) it. Rewriting
    /// an entry does not change its sequence.
    async fn ledger_rows(&self, query: &LedgerQuery) -> Result<Vec<LedgerRow>, StoreError>;

    /// The entries of [`ledger_rows`](Self::ledger_rows) without their sequence.
    async fn ledger(&self, query: &LedgerQuery) -> Result<Vec<Entry>, StoreError> {
        let rows = self.ledger_rows(query).await?;
        Ok(rows.into_iter().map(|row| row.entry).collect())
    }

    /// Deletes what is over, as far as this batch says: closed episodes without an effect that is still to end, all of whose
    /// entries [may be deleted](PruneBatch::may_delete), with these entries, their effects and references; entries without
    /// an episode; suppressions and consents. What is deleted is deleted together, and what was open or changed meanwhile
    /// stays. A sequence of the ledger is not given again.
    ///
    /// A store may keep a few more than it must, such as the last episode and the last entry. The space must be used again.
    async fn prune(&self, batch: &PruneBatch) -> Result<Pruned, StoreError>;

    /// Keeps a report that may be the answer to a call which is reported later, to this process or another one. It is kept
    /// for [`EarlyReport::KEPT`] at least and should be deleted after that; a repeat of the same name changes nothing. An
    /// [erased subject](Commit::forgotten) loses its reports.
    async fn keep_early(&self, report: &EarlyReport) -> Result<(), StoreError>;

    /// The reports of this subject that are kept, in the order of their arrival: at most the newest
    /// [eight](EarlyReport::MOST_OF_ONE).
    async fn early_reports(
        &self,
        location: &LocationId,
        subject: &Subject,
    ) -> Result<Vec<EarlyReport>, StoreError>;

    /// [`latest_episode`](Self::latest_episode) and [`early_reports`](Self::early_reports) of a caller: what decides about a
    /// missed call. The default asks twice; a store that answers both at once takes calls faster.
    async fn before_call(
        &self,
        person: &PersonKey,
    ) -> Result<(Option<Stored>, Vec<EarlyReport>), StoreError> {
        let latest = self.latest_episode(person).await?;
        let subject = Subject::contact(&person.contact);
        let reports = self.early_reports(&person.location, &subject).await?;
        Ok((latest, reports))
    }

    /// How often a worker looks for what other processes have added. `None`, the default, is for a store that only this
    /// process writes to: its worker is woken by its own commits.
    fn polling(&self) -> Option<Polling> {
        None
    }

    /// Checks that the store works. It writes and reads, so that an error here means that webhooks cannot be accepted, and
    /// says why ([`StoreError::fault`]). It is called up to once a second, and may return a result that is a second old.
    ///
    /// The default writes an empty commit and reads the next due time. A store whose writes can fail should write a row.
    async fn check(&self, now: Timestamp) -> Result<StoreHealth, StoreError> {
        self.commit(Commit::default()).await?;
        let due = self.next_due().await?;
        let late_since = due.filter(|due| now.duration_since(*due) >= LATE);
        Ok(StoreHealth {
            late_effects: late_since.is_some().into(),
            late_since,
            ..StoreHealth::default()
        })
    }
}

/// All changes of one input. Stores should destructure it without `..`.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// The name of the delivery that caused it. A name is accepted once.
    pub delivery: Option<DeliveryName>,
    /// Names of earlier deliveries that are accepted with it, even if one was accepted before.
    pub earlier: Vec<DeliveryName>,
    /// Episodes to write.
    pub episodes: Vec<EpisodeChange>,
    /// Effects to plan, update or end.
    pub effects: Vec<EffectChange>,
    /// Suppressions to add or lift.
    pub suppressions: Vec<SuppressionChange>,
    /// Consents to add.
    pub consents: Vec<ConsentGiven>,
    /// Texts to count, or to stop counting.
    pub texts: Vec<SentText>,
    /// Outcomes of texts, to add to the counts of the day.
    pub counts: Vec<DailyCounts>,
    /// Episodes whose entries in the ledger are replaced.
    pub rewritten: Vec<RedactedEntries>,
    /// Subjects whose consents and counted texts are deleted. Their suppressions stay.
    pub forgotten: Vec<ErasedSubject>,
    /// Entries to append to the ledger, in order.
    pub entries: Vec<Entry>,
    /// A recipe to keep under its fingerprint.
    pub recipe: Option<RecipeText>,
    /// Locations to halt or to resume.
    pub halts: Vec<HaltChange>,
    /// Locations and their companies.
    pub companies: Vec<CompanyLocation>,
    /// New states of the app of whole companies.
    pub company_apps: Vec<CompanyApp>,
    /// References that lead to an episode from now on, or no longer.
    pub references: Vec<ReferenceChange>,
    /// Texts whose receipts are awaited from now on, later, or no longer.
    pub receipts: Vec<ReceiptChange>,
}

/// The outcome of a commit.
// Exhaustive on purpose: a committer has to handle all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitOutcome {
    /// All of it is written.
    Done,
    /// The delivery was accepted before; nothing is written.
    Duplicate,
    /// Another writer has changed one of the episodes, or has claimed one of the effects; nothing is written. Read and decide
    /// again.
    Conflict,
}

/// The name of a delivery, and when it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryName {
    /// The name, which is the same for all repeats.
    pub name: String,
    /// When it arrived. A store may delete names after 30 days, because HighLevel does not repeat a delivery after that.
    pub received_at: Timestamp,
}

/// A new or changed episode.
#[derive(Debug, Clone)]
pub struct EpisodeChange {
    /// Its state.
    pub state: EpisodeState,
    /// The revision that was read; `None` for a new episode.
    pub read_at_revision: Option<u64>,
    /// When to wake it.
    pub wake_at: Option<Timestamp>,
}

/// An episode as it was read.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its state.
    pub state: EpisodeState,
    /// Its revision, which a change must name.
    pub revision: u64,
}

/// The text of a recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeText {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The exact TOML. It may contain names of people.
    pub source: Private<String>,
}

/// A change to an effect.
// Exhaustive on purpose: a store has to write every change.
#[derive(Debug, Clone, PartialEq)]
pub enum EffectChange {
    /// A new effect. An effect is planned at most once: planning it again is a conflict, even after its end.
    Plan {
        /// Its name.
        effect: EffectId,
        /// Not before.
        due: Timestamp,
        /// The lane it is claimed from.
        lane: Lane,
    },
    /// A claimed effect stays with its worker and has new progress.
    Keep {
        /// The effect and the attempt that holds it.
        fence: Fence,
        /// Its progress.
        progress: Progress,
    },
    /// A claimed effect is released, and can be claimed again at `due`.
    Release {
        /// The effect and the attempt that holds it.
        fence: Fence,
        /// Its progress.
        progress: Progress,
        /// Not before.
        due: Timestamp,
    },
    /// A claimed effect has ended.
    End {
        /// The effect and the attempt that holds it.
        fence: Fence,
    },
    /// Moves the due time, or the end of the claim, of an effect to this time if that is sooner. It is for effects that a
    /// wrong clock has postponed. Nothing changes if the effect was claimed or ended meanwhile.
    Recall {
        /// The effect and its last attempt; 0 for one that was never claimed.
        fence: Fence,
        /// The new time.
        due: Timestamp,
    },
}

/// An effect that was claimed at least once and is due later.
#[derive(Debug, Clone, PartialEq)]
pub struct PutOff {
    /// The effect and its last attempt.
    pub fence: Fence,
    /// Whether a worker holds it. The time is then the end of the claim.
    pub claimed: bool,
    /// Its progress.
    pub progress: Progress,
}

/// The right to write to a claimed effect. The next claim of the effect ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The effect.
    pub effect: EffectId,
    /// The attempt that the claim began.
    pub attempt: u32,
}

/// A claimed effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The effect and this attempt.
    pub fence: Fence,
    /// Its progress.
    pub progress: Progress,
}

/// A reason not to text a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Why.
    pub reason: Reason,
    /// When it was last reported.
    pub since: Timestamp,
}

/// A change to the suppression list. Each reason is independent: lifting one leaves the others in force. The latest change
/// counts, in whatever order changes are reported: a change that is older than the one on the list does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionChange {
    /// Where.
    pub location: LocationId,
    /// Who.
    pub subject: Subject,
    /// Why.
    pub reason: Reason,
    /// Added, or lifted.
    pub suppressed: bool,
    /// When the person said so.
    pub at: Timestamp,
}

/// A consent to texts. The latest consent of each kind counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentGiven {
    /// Where.
    pub location: LocationId,
    /// Who.
    pub subject: Subject,
    /// How.
    pub kind: ConsentKind,
    /// When, and where the proof is.
    pub consent: Consent,
}

/// A text that was sent to a subject, as far as known when its attempt begins. A store may delete it after two days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentText {
    /// Where.
    pub location: LocationId,
    /// To whom.
    pub subject: Subject,
    /// The text. It is counted once, however often it is attempted.
    pub effect: EffectId,
    /// When; `None` if it was not sent after all.
    pub sent_at: Option<Timestamp>,
}

/// Outcomes of a location's texts on one day in UTC. A store may delete them after fifteen days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyCounts {
    /// Where.
    pub location: LocationId,
    /// The day in UTC.
    pub day: Date,
    /// How many more.
    pub more: SendCounts,
}

/// New contents of an episode's ledger entries, in their order. If the ledger has another number of entries, the commit
/// conflicts.
#[derive(Debug, Clone, PartialEq)]
pub struct RedactedEntries {
    /// The episode.
    pub episode: EpisodeId,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// A subject whose consents and counted texts are deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedSubject {
    /// Where.
    pub location: LocationId,
    /// Who.
    pub subject: Subject,
}

/// The facts that decide whether a subject gets one more text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactHistory {
    /// The latest consent of each kind.
    pub consents: BTreeMap<ConsentKind, Consent>,
    /// The texts that were sent, and when.
    pub sent: BTreeMap<EffectId, Timestamp>,
}

impl ContactHistory {
    fn add_consent(&mut self, kind: ConsentKind, consent: Consent) {
        let known = self.consents.get(&kind);
        if known.is_none_or(|known| known.given_at < consent.given_at) {
            self.consents.insert(kind, consent);
        }
    }
}
