//! Where episodes, planned effects, suppressions and the ledger are kept.
//!
//! A [`Store`] knows nothing of calls and texts: it keeps what the engine commits, in one step or not at all, and hands
//! out effects that are due, each to one worker at a time. What a row means is decided elsewhere.

mod backlog;
mod error;
mod health;
mod installation;
mod memory;
mod progress;
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
pub use error::{StoreError, StoreFault};
pub(crate) use health::LATE;
pub use health::StoreHealth;
pub use installation::{CompanyApp, CompanyLocation, HaltChange, Halted};
pub use memory::MemoryStore;
pub use progress::{Before, Progress};
pub use shares::Shares;
#[cfg(feature = "sqlite")]
pub use sqlite::{LastRun, SqliteStore};

use super::core::compliance::{CallersAround, Consent, ConsentKind, NewCaller, SendCounts};
use super::core::episode::EpisodeState;
use super::core::ledger::Entry;
use super::core::model::{EffectId, EpisodeId, Reason};
use crate::client::Lane;
use crate::ids::{CompanyId, LocationId};
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// Keeps everything that must outlive a crash.
///
/// What a [`commit`](Self::commit) wrote before it returned survives a power cut, as far as the store promises
/// durability at all. Times are whole milliseconds.
///
/// # How to add a store
///
/// Implement this trait: the compiler names every method without a default. In `commit`, take [`Commit`] apart by all its
/// fields, without `..`, and match [`EffectChange`] without a catch-all: then the compiler names what a later release adds.
/// Check it with the contract tests of this crate (`tests/it/missed_call/*_contract.rs`), which run against any `Store`.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Writes all of `commit`, or nothing.
    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError>;

    /// The live episode of this contact or number in this location.
    async fn open_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError>;

    /// The live episode of this contact or number in this location, as [`open_episode`](Self::open_episode) finds it;
    /// without one, that of theirs which was opened last. A store must find it without looking at everybody's.
    async fn latest_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError>;

    /// The live episode of this number in this location; without one, that of theirs which was opened last. As
    /// [`latest_episode`](Self::latest_episode) for somebody whose contact is not told.
    async fn episode_by_number(
        &self,
        location: &LocationId,
        number: &PhoneNumber,
    ) -> Result<Option<Stored>, StoreError>;

    /// The episode in this location that a commit has said to be found by this. A store must find it without looking at
    /// others.
    async fn episode_by_reference(
        &self,
        location: &LocationId,
        reference: &Reference,
    ) -> Result<Option<Stored>, StoreError>;

    /// The calls of new callers in this location that `around` asks for, in any order, some of them perhaps twice: the first calls of episodes, live or
    /// not, whose state [says so](EpisodeState::new_caller). A store must find them without looking at others.
    async fn new_callers(
        &self,
        location: &LocationId,
        around: &CallersAround,
    ) -> Result<Vec<NewCaller>, StoreError>;

    /// An episode by its name, live or not.
    async fn episode(&self, id: &EpisodeId) -> Result<Option<Stored>, StoreError>;

    /// The exact text of a recipe that an episode started with.
    async fn recipe_source(&self, fingerprint: &str) -> Result<Option<String>, StoreError>;

    /// The texts of all recipes that episodes started with, to tell whether other words ran under the same version. A store
    /// that does not know answers with none.
    async fn recipe_sources(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    /// What forbids to text one of these in this location; nothing if they may be texted.
    async fn suppressions(
        &self,
        location: &LocationId,
        subjects: &[Subject],
    ) -> Result<Vec<Suppression>, StoreError>;

    /// Whether a delivery of this name was taken.
    async fn is_processed(&self, name: &str) -> Result<bool, StoreError>;

    /// All that was said about what halts this location, in force or lifted.
    async fn halts(&self, location: &LocationId) -> Result<Vec<Halted>, StoreError>;

    /// What was last said about the app of this company as a whole.
    async fn app_of(&self, company: &CompanyId) -> Result<Option<CompanyApp>, StoreError>;

    /// The locations of this company, as far as commits have told.
    async fn locations_of(&self, company: &CompanyId) -> Result<Vec<LocationId>, StoreError>;

    /// All live episodes of this location.
    async fn open_episodes(&self, location: &LocationId) -> Result<Vec<EpisodeId>, StoreError>;

    /// What is known of these in this location that decides on one more text: consents, and the texts that were sent to
    /// any of them at `since` or later.
    async fn texting_record(
        &self,
        location: &LocationId,
        subjects: &[Subject],
        since: Timestamp,
    ) -> Result<ContactHistory, StoreError>;

    /// What became of the location's texts on this day in UTC and on later ones; days without texts may be left out.
    async fn send_counts(
        &self,
        location: &LocationId,
        since: Date,
    ) -> Result<BTreeMap<Date, SendCounts>, StoreError>;

    /// Takes up to `limit` effects of this lane that are due at `now` for the length of `lease`. Until then nobody else gets
    /// them; each taking raises the attempt of the effect, and what was taken before cannot write any more.
    ///
    /// They are given by turns: first one of each location, beginning with the one whose last turn is the longest ago (of
    /// those that never had one, with the one whose effects are due for the longest), then a second one of each, and so on,
    /// of none more than `shares` let it have. Of a location the longest due comes first; but in the lane of what somebody
    /// waits for, while its oldest has been due for a minute or longer, three out of four are the newest.
    ///
    /// How long it takes must not grow with how much is planned, nor with how much is due.
    async fn claim(
        &self,
        now: Timestamp,
        lane: Lane,
        limit: usize,
        lease: SignedDuration,
        shares: &Shares,
    ) -> Result<Vec<Claim>, StoreError>;

    /// All effects that were claimed at least once and are due, or whose claims end, later than `time`. Asked when work
    /// begins and when the clock has jumped: the clock that put them off may have been ahead. A store whose contents do
    /// not outlive the process need not answer.
    async fn put_off(&self, time: Timestamp) -> Result<Vec<PutOff>, StoreError> {
        let _ = time;
        Ok(Vec::new())
    }

    /// Live episodes whose time to wake has come.
    async fn episodes_to_wake(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<EpisodeId>, StoreError>;

    /// Wakes a live episode at this time instead, and changes nothing else of it: for one that cannot be read.
    async fn reschedule_wakeup(&self, id: &EpisodeId, at: Timestamp) -> Result<(), StoreError>;

    /// When the next effect or episode is due.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// When the next effect is due that [`claim`](Self::claim) gives in one of these lanes with these shares, or the next
    /// episode.
    async fn next_due_in(&self, lanes: &[(Lane, Shares)]) -> Result<Option<Timestamp>, StoreError>;

    /// The entries of the ledger that match, oldest first.
    async fn ledger(&self, query: &LedgerQuery) -> Result<Vec<Entry>, StoreError>;

    /// Whether it works: something is written and read, so that an error here says that webhooks cannot be taken, and why
    /// ([`StoreError::fault`]). It is asked as often as once a second, and may answer from what it found a second ago.
    ///
    /// Without an implementation of its own a store commits nothing and looks what is due next; one that can fail to write
    /// should write.
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

/// All that one input changes.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// The name of the delivery that this comes from; a name is taken once.
    pub delivery: Option<DeliveryName>,
    /// Names of deliveries that came before it and are taken with it. One that was taken already is no hindrance.
    pub earlier: Vec<DeliveryName>,
    /// Episodes to write.
    pub episodes: Vec<EpisodeChange>,
    /// Effects to plan, move on or end.
    pub effects: Vec<EffectChange>,
    /// Suppressions to add or lift.
    pub suppressions: Vec<SuppressionChange>,
    /// Consents to add.
    pub consents: Vec<ConsentGiven>,
    /// Texts to count, or not to count any more.
    pub texts: Vec<SentText>,
    /// What became of texts: added to the counts of the day.
    pub counts: Vec<DailyCounts>,
    /// Episodes whose entries in the ledger are replaced.
    pub rewritten: Vec<RedactedEntries>,
    /// Whose consents and counted texts are forgotten. What must not be texted stays.
    pub forgotten: Vec<ErasedSubject>,
    /// Entries to append to the ledger, in order.
    pub entries: Vec<Entry>,
    /// A recipe to keep under its fingerprint.
    pub recipe: Option<RecipeText>,
    /// Locations in which nothing is to be done any more, or again.
    pub halts: Vec<HaltChange>,
    /// Locations whose company is known.
    pub companies: Vec<CompanyLocation>,
    /// What is said of the app of whole companies.
    pub company_apps: Vec<CompanyApp>,
    /// What episodes are found by from here on, or are not.
    pub references: Vec<ReferenceChange>,
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitOutcome {
    /// All of it is written.
    Done,
    /// The delivery was taken before; nothing is written.
    Duplicate,
    /// Somebody else has written one of the episodes, or has taken one of the effects; nothing is written. Read again
    /// and decide again.
    Conflict,
}

/// The name of a delivery, and when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryName {
    /// The name over all repeats.
    pub name: String,
    /// When it arrived. Names may be forgotten 30 days later: HighLevel does not send again after that.
    pub received_at: Timestamp,
}

/// A new or changed episode.
#[derive(Debug, Clone)]
pub struct EpisodeChange {
    /// Its state.
    pub state: EpisodeState,
    /// The revision it was read at; `None` for a new one.
    pub read_at_revision: Option<u64>,
    /// When to wake it.
    pub wake_at: Option<Timestamp>,
}

/// An episode as it was read.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its state.
    pub state: EpisodeState,
    /// To be given back when it is written.
    pub revision: u64,
}

/// The text of a recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeText {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The exact TOML. It may name people.
    pub source: Private<String>,
}

/// A change to an effect.
#[derive(Debug, Clone, PartialEq)]
pub enum EffectChange {
    /// A new effect. The name of an effect is taken once for ever: planning it again is a conflict.
    Plan {
        /// Its name.
        effect: EffectId,
        /// Not before.
        due: Timestamp,
        /// The lane it is claimed from.
        lane: Lane,
    },
    /// A claimed effect stays with its worker, and this is how far it has come.
    Keep {
        /// The effect and the attempt that holds it.
        fence: Fence,
        /// How far it is.
        progress: Progress,
    },
    /// A claimed effect is given back, to be taken again at `due`.
    Release {
        /// The effect and the attempt that holds it.
        fence: Fence,
        /// How far it is.
        progress: Progress,
        /// Not before.
        due: Timestamp,
    },
    /// A claimed effect has come to its end.
    End {
        /// The effect and the attempt that holds it.
        fence: Fence,
    },
    /// An effect that a wrong clock has put off is due at this time, or its claim ends then, if that is sooner. Nothing
    /// changes if somebody has claimed or ended it meanwhile.
    Recall {
        /// The effect and its last attempt; 0 for one that was never claimed.
        fence: Fence,
        /// Not before, and not later.
        due: Timestamp,
    },
}

/// An effect that was claimed once and is not due before long.
#[derive(Debug, Clone, PartialEq)]
pub struct PutOff {
    /// The effect and its last attempt.
    pub fence: Fence,
    /// Whether somebody holds it; its claim ends then.
    pub claimed: bool,
    /// How far it had come.
    pub progress: Progress,
}

/// The right to write to a claimed effect: it is lost when somebody else claims the effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The effect.
    pub effect: EffectId,
    /// The attempt as of the claim.
    pub attempt: u32,
}

/// A claimed effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The effect and this attempt.
    pub fence: Fence,
    /// How far it had come.
    pub progress: Progress,
}

/// Why somebody must not be texted, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Why.
    pub reason: Reason,
    /// When that was last said.
    pub since: Timestamp,
}

/// A change to the suppression list. Each reason is kept by itself: lifting one leaves the other in force. What was said
/// later counts, in whatever order it is told: an older change than the one on the list does nothing.
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

/// That somebody consented to texts. Of two of one kind the later one counts.
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

/// That a text was sent to somebody, as far as is known when its attempt begins. It may be forgotten after two days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentText {
    /// Where.
    pub location: LocationId,
    /// To whom.
    pub subject: Subject,
    /// The text: one is counted once, however often it is attempted.
    pub effect: EffectId,
    /// When; `None` if it turned out not to be sent.
    pub sent_at: Option<Timestamp>,
}

/// What became of texts of a location on one day in UTC. It may be forgotten after fifteen days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyCounts {
    /// Where.
    pub location: LocationId,
    /// The day in UTC.
    pub day: Date,
    /// How many more.
    pub more: SendCounts,
}

/// The entries of an episode as they are to stand in the ledger, each in the place of the one before it. Another number
/// of them than the ledger has is a conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct RedactedEntries {
    /// The episode.
    pub episode: EpisodeId,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// Somebody whose consents and counted texts are forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedSubject {
    /// Where.
    pub location: LocationId,
    /// Who.
    pub subject: Subject,
}

/// What decides on one more text to somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactHistory {
    /// The last consent of each kind.
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

/// Which entries of the ledger to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LedgerQuery {
    /// Of this location only.
    pub location: Option<LocationId>,
    /// Of this episode only.
    pub episode: Option<EpisodeId>,
    /// Written at this time or later.
    pub since: Option<Timestamp>,
    /// Written before this time.
    pub until: Option<Timestamp>,
}

impl LedgerQuery {
    /// All entries of one episode.
    pub fn of_episode(episode: EpisodeId) -> Self {
        Self {
            episode: Some(episode),
            ..Self::default()
        }
    }

    /// All entries of one location.
    pub fn of_location(location: LocationId) -> Self {
        Self {
            location: Some(location),
            ..Self::default()
        }
    }

    fn matches(&self, entry: &Entry) -> bool {
        self.location
            .as_ref()
            .is_none_or(|location| *location == entry.location)
            && self
                .episode
                .as_ref()
                .is_none_or(|episode| entry.episode.as_ref() == Some(episode))
            && self.since.is_none_or(|since| entry.at >= since)
            && self.until.is_none_or(|until| entry.at < until)
    }
}
