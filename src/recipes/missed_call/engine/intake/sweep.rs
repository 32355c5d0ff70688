//! What no webhook reported: HighLevel's own records are read, and calls and messages that are new are accepted as if their
//! webhook had come now, under the same rules of age.
//!
//! What a webhook and a sweep say of one message has one name in the store, and a name is committed once: so webhooks may
//! come before, after or never, and several processes may sweep at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Intake;
use super::interpret::is_missed;
use super::sweep_records::{Found, back, is_unreadable, recorded};
use crate::error::{Error, ErrorKind};
use crate::ids::{ContactId, LocationId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::call::Caller;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::reply::Reply;
use crate::recipes::missed_call::core::signal::{Occurrence, Origin, Signal};
use crate::recipes::missed_call::engine::acceptance::{AcceptError, Acceptance};
use crate::recipes::missed_call::engine::commit_parts::entry_without_episode;
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::engine::update::StoreFailures;
use crate::recipes::missed_call::store::{Commit, LedgerQuery, StoreError};

/// How far back a sweep looks at most: over a weekend on which nothing swept. An older call is not answered any
/// more, but an opt-out since then counts.
const LONGEST_LOOK: SignedDuration = SignedDuration::from_hours(72);
/// How far it reaches back before the end of the sweep before it: HighLevel dates a call by its beginning and reports
/// its outcome at its end.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);
/// Webhooks come within seconds; what is younger is left to them.
const LEFT_TO_WEBHOOKS: SignedDuration = SignedDuration::from_mins(1);

/// The result of a sweep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SweepReport {
    /// How many calls and messages that mean something to the recipe are new since the sweep before, of this process or
    /// of the one before it.
    pub seen: u64,
    /// How many no webhook had reported. They are accepted now.
    pub found: u64,
}

/// A sweep could not be done, or not in full. What could be accepted is accepted; sweep again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The engine does not serve the location.
    #[error(
        "location {0} is not served by this engine; give it with EngineBuilder::location or Engine::put_location"
    )]
    UnknownLocation(LocationId),
    /// The host's source could not say whether the location is served, or with which recipe.
    #[error("location {location} could not be looked up: {error}")]
    NotLookedUp {
        /// The location.
        location: LocationId,
        /// What the source said.
        #[source]
        error: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// HighLevel did not answer what time it is, and this machine's clock may be wrong: the age of a recorded call decides
    /// whether it is answered.
    #[error(
        "HighLevel did not answer what time it is, so the age of recorded calls is not known; sweep again"
    )]
    TimeNotKnown,
    /// HighLevel's records could not be read. The token needs the scope `conversations/message.readonly`.
    #[error("the recorded messages could not be read: {0}")]
    NotRead(#[source] Error),
    /// A contact could not be read, so that one call or text at least waits for the next sweep. The token needs the scope
    /// `contacts.readonly`.
    #[error("the contact of a recorded message could not be read: {0}")]
    ContactNotRead(#[source] Error),
    /// The store failed, or could not read one episode at least.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AcceptError> for SweepError {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::Store(error) => Self::Store(error),
            AcceptError::UnknownLocation(location) => Self::UnknownLocation(location),
            AcceptError::SourceFailed { location, error } => Self::NotLookedUp { location, error },
        }
    }
}

impl Intake {
    /// Reads what HighLevel has recorded in a location since the last sweep, and accepts what no webhook reported.
    pub(in super::super) async fn sweep(
        &self,
        location: &LocationId,
    ) -> Result<SweepReport, SweepError> {
        let unknown = || SweepError::UnknownLocation(location.clone());
        let site = self.base.site(location).await?.ok_or_else(unknown)?;
        let site = &*site;
        if !self.base.time.is_sure() {
            // What a wrong clock has swept would not be looked at again when it is right, and a call would get no text
            // because it seems old.
            self.base.time.ask().await;
            if !self.base.time.is_sure() {
                return Err(SweepError::TimeNotKnown);
            }
        }
        let now = self.base.now();
        let before = self.swept_until(location, now).await?;
        let from = before.map_or(Timestamp::MIN, |before| back(before, OVERLAP));
        let from = from.max(back(now, LONGEST_LOOK));
        let to = back(now, LEFT_TO_WEBHOOKS);
        let found = recorded(site, (from, to), now)
            .await
            .map_err(SweepError::NotRead)?;
        let is_new = |found: &&Found| before.is_none_or(|before| found.made_at > before);
        let seen = found.iter().filter(is_new).count();
        // What ends texts and what was done about the call is known before the call is answered.
        let is_call = |found: &Found| is_missed(site, &found.occurrence.signal);
        let (calls, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_call);
        let callers = calls
            .iter()
            .filter_map(|call| call.occurrence.signal.contact());
        let mut sweep = Sweep {
            site,
            callers: callers.cloned().collect(),
            numbers: HashMap::new(),
            failed: None,
            not_known: HashSet::new(),
        };
        let (mut found, ignored) = self.take_found(&mut sweep, others).await;
        let (calls, _) = self.take_found(&mut sweep, calls).await;
        found += calls;
        if calls > 0 {
            // Some may be about a call that was found after them, and are accepted with it.
            let before = ignored.len();
            let (_, ignored) = self.take_found(&mut sweep, ignored).await;
            found += before - ignored.len();
        }
        if let Some(error) = sweep.failed {
            return Err(error);
        }
        let count = |count: usize| count.try_into().unwrap_or(u64::MAX);
        let swept = SweepReport {
            seen: count(seen),
            found: count(found),
        };
        self.write_down(site, swept, (from, to), now).await?;
        self.swept.set(location.clone(), to);
        Ok(swept)
    }

    /// Until when a location was swept, by this process or by the one before it.
    async fn swept_until(
        &self,
        location: &LocationId,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        // What lies ahead was swept by a clock that was wrong.
        let has_been = |until: &Timestamp| *until <= now;
        let by_this_process = self.swept.of(location);
        if let Some(until) = by_this_process.filter(has_been) {
            return Ok(Some(until));
        }
        // A restart is mostly a short one, and three days of a ledger are long.
        for look in [OVERLAP, LONGEST_LOOK] {
            let query = LedgerQuery {
                since: Some(back(now, look)),
                ..LedgerQuery::of_location(location.clone())
            };
            let entries = self.base.store.ledger(&query).await?;
            let swept = entries.iter().filter_map(|entry| match entry.kind {
                EntryKind::Swept { to, .. } => Some(to),
                _ => None,
            });
            if let Some(until) = swept.filter(has_been).max() {
                return Ok(Some(until));
            }
        }
        Ok(None)
    }

    /// Accepts these one after the other. Returns how many are new, and those that belong to no episode.
    async fn take_found(&self, sweep: &mut Sweep<'_>, all: Vec<Found>) -> (usize, Vec<Found>) {
        let mut accepted = 0;
        let mut ignored = Vec::new();
        for mut found in all {
            // A store in memory never waits, and other work of the thread would.
            tokio::task::yield_now().await;
            match self.take_one(sweep, &mut found).await {
                Ok(Acceptance::Accepted) => accepted += 1,
                Ok(Acceptance::Ignored) => ignored.push(found),
                Ok(Acceptance::Duplicate) => {}
                Err(error) => {
                    sweep.failed.get_or_insert(error);
                    sweep
                        .not_known
                        .extend(found.occurrence.signal.contact().cloned());
                }
            }
        }
        (accepted, ignored)
    }

    async fn take_one(
        &self,
        sweep: &mut Sweep<'_>,
        found: &mut Found,
    ) -> Result<Acceptance, SweepError> {
        let Found { occurrence, .. } = found;
        if self.base.store.is_processed(&occurrence.name).await? {
            return Ok(Acceptance::Duplicate);
        }
        let contact = occurrence.signal.contact();
        if is_missed(sweep.site, &occurrence.signal)
            && contact.is_some_and(|contact| sweep.not_known.contains(contact))
        {
            // What could not be accepted may be an opt-out: the call waits with it for the next sweep.
            return Ok(Acceptance::Ignored);
        }
        if let Some(contact) = lacks_number(&occurrence.signal, sweep.site) {
            match sweep.number_of(contact).await {
                Ok(number) => set_number(&mut occurrence.signal, number),
                Err(error) if occurrence.signal.is_no() => {
                    // It holds for the contact at once, and for the number when that can be read.
                    let without_number = Occurrence {
                        name: format!("{}:by_contact", occurrence.name),
                        origin: Origin::SweepWithoutNumber,
                        ..occurrence.clone()
                    };
                    self.take(sweep.site, &without_number).await?;
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
        }
        // For others it would be kept for nothing.
        let contact = occurrence.signal.contact();
        if contact.is_some_and(|contact| sweep.callers.contains(contact)) {
            self.keep(sweep.site, occurrence).await?;
        }
        Ok(self.take(sweep.site, occurrence).await?)
    }

    async fn write_down(
        &self,
        site: &LocationEntry,
        swept: SweepReport,
        (from, to): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if swept == SweepReport::default() {
            return Ok(());
        }
        let SweepReport { seen, found } = swept;
        let kind = EntryKind::Swept {
            from,
            to,
            seen,
            found,
        };
        let commit = Commit {
            entries: vec![entry_without_episode(site.location.id(), kind, now)],
            ..Commit::default()
        };
        self.base
            .commit(StoreFailures::Return, commit)
            .await
            .map(drop)
    }
}

/// One sweep.
struct Sweep<'a> {
    site: &'a LocationEntry,
    /// Whose calls it has found.
    callers: HashSet<ContactId>,
    /// The numbers of contacts, as far as they were asked for.
    numbers: HashMap<ContactId, Option<PhoneNumber>>,
    failed: Option<SweepError>,
    /// Contacts of whom a report could not be accepted.
    not_known: HashSet<ContactId>,
}

impl Sweep<'_> {
    async fn number_of(&mut self, contact: &ContactId) -> Result<Option<PhoneNumber>, SweepError> {
        if let Some(known) = self.numbers.get(contact) {
            return Ok(known.clone());
        }
        let background = self.site.location.in_background();
        let number = match background.contacts().get(contact).await {
            Ok(contact) => contact.phone,
            Err(error) if *error.kind() == ErrorKind::NotFound => None,
            Err(error)
                if is_unreadable(&error)
                    || matches!(
                        error.kind(),
                        ErrorKind::Refused | ErrorKind::Validation { .. }
                    ) =>
            {
                let location = self.site.location.id();
                tracing::warn!(
                    %location,
                    %contact,
                    error = &error as &dyn std::error::Error,
                    "the contact of a recorded message cannot be read; its number is not known"
                );
                None
            }
            Err(error) => return Err(SweepError::ContactNotRead(error)),
        };
        self.numbers.insert(contact.clone(), number.clone());
        Ok(number)
    }
}

/// The contact of a signal whose number decides on texts, of now or of later, if the report does not say the number.
fn lacks_number<'a>(signal: &'a Signal, site: &LocationEntry) -> Option<&'a ContactId> {
    match signal {
        Signal::Missed(call) | Signal::Answered { call, .. } => {
            (call.caller.is_none() && is_missed(site, signal)).then_some(&call.contact)
        }
        Signal::Wrote { person, reply, .. } => {
            let decides = reply.holds_messages_back() || *reply == Reply::OptIn;
            (person.number.is_none() && decides).then_some(&person.contact)
        }
        Signal::Unclear { .. }
        | Signal::Happened { .. }
        | Signal::Receipt { .. }
        | Signal::TaskDone { .. }
        | Signal::ContactGone { .. }
        | Signal::Consented { .. }
        | Signal::Decided { .. }
        | Signal::Tagged { .. }
        | Signal::DoNotDisturb { .. } => None,
    }
}

fn set_number(signal: &mut Signal, number: Option<PhoneNumber>) {
    match signal {
        Signal::Missed(call) | Signal::Answered { call, .. } => {
            call.caller = number.map(Caller::Number);
        }
        Signal::Wrote { person, .. } => person.number = number,
        Signal::Unclear { .. }
        | Signal::Happened { .. }
        | Signal::Receipt { .. }
        | Signal::TaskDone { .. }
        | Signal::ContactGone { .. }
        | Signal::Consented { .. }
        | Signal::Decided { .. }
        | Signal::Tagged { .. }
        | Signal::DoNotDisturb { .. } => {}
    }
}
