//! What no webhook told of: HighLevel's own records are read, and calls and messages that are news are taken as if their
//! webhook had come now, under the same rules of age.
//!
//! What a webhook and a sweep say of one message has one name in the store, and a name is taken once: so webhooks may come
//! before, after or never, and several processes may sweep at once.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use super::accept::{name_of, name_of_message};
use super::judge::is_missed;
use super::{Acceptance, Engine, Site};
use crate::api::conversations::{ExportQuery, Message as Recorded};
use crate::api::cursor::SortDirection;
use crate::error::{Error, ErrorKind, TransportErrorKind};
use crate::ids::{ContactId, LocationId, MessageId};
use crate::message::Direction;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::call::Caller;
use crate::recipes::missed_call::intake::{self, Signal};
use crate::recipes::missed_call::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::reply::Reply;
use crate::recipes::missed_call::store::{Commit, DeliveryName, LedgerQuery, StoreError};
use crate::webhooks::{Delivery, Event, Message};

/// How far back a sweep looks at most: over a weekend on which nothing swept. What is older is answered by nobody any
/// more, but a no that was said meanwhile counts.
const LONGEST_LOOK: SignedDuration = SignedDuration::from_hours(72);
/// How far it reaches back before the end of the sweep before it: HighLevel dates a call by its beginning and tells what
/// became of it at its end.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);
/// Webhooks come within seconds; what is younger is left to them.
const LEFT_TO_WEBHOOKS: SignedDuration = SignedDuration::from_mins(1);

/// A time is not parted further in search of the records in it that cannot be read.
const SHORTEST_LOOK: SignedDuration = SignedDuration::from_secs(1);
/// How many readings may fail by what was read: enough to find two records in three days. If more fail, it is not the
/// records.
const MOST_UNREADABLE: usize = 40;

/// Until when this process has swept each location.
#[derive(Default)]
pub(super) struct Sweeps {
    until: Mutex<HashMap<LocationId, Timestamp>>,
}

impl Sweeps {
    fn until(&self) -> MutexGuard<'_, HashMap<LocationId, Timestamp>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when all of these locations are swept.
    pub(super) fn all_until(&self) -> Option<Timestamp> {
        self.until().values().min().copied()
    }
}

/// What a sweep came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Swept {
    /// How many calls and messages that mean something to the recipe are new since the sweep before, of this process or
    /// of the one before it.
    pub seen: u64,
    /// How many no webhook had told of. They are taken now.
    pub found: u64,
}

/// A sweep could not be done, or not in full. What could be taken is taken; sweep again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The location is none of the engine's.
    #[error("location {0} has no recipe in this engine; add it with EngineBuilder::location")]
    UnknownLocation(LocationId),
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

impl Engine {
    /// Reads the calls and messages that HighLevel has recorded in a location, as background work, and takes those that no
    /// webhook told of: as late as a webhook that comes now, so a call that is too old gets no text. Each that is found,
    /// and the sweep itself, stands in the ledger ([`EntryKind::Found`], [`EntryKind::Swept`]).
    ///
    /// Records do not say between which numbers a call was: the contact's own number is the caller's, and steps that are
    /// for some of the business's numbers only are not done. E-mails are not looked at.
    ///
    /// One that cannot be taken keeps no other from being taken; the first error is returned at the end, and the next sweep
    /// looks at the same time again. But what will not get better by that is logged and passed over: records that make
    /// HighLevel's answer too large or unreadable, and a contact that HighLevel refuses or that cannot be read, whose
    /// number is then not known.
    pub async fn sweep(&self, location: &LocationId) -> Result<Swept, SweepError> {
        let Some(site) = self.shared.sites.get(location) else {
            return Err(SweepError::UnknownLocation(location.clone()));
        };
        if !self.shared.time.is_sure() {
            // What a wrong clock has swept would not be looked at again when it is right.
            self.shared.time.ask().await;
        }
        let now = self.shared.clock.now();
        let before = self.swept_until(location, now).await?;
        let from = before.map_or(Timestamp::MIN, |before| back(before, OVERLAP));
        let from = from.max(back(now, LONGEST_LOOK));
        let to = back(now, LEFT_TO_WEBHOOKS);
        let found = recorded(site, (from, to), now).await?;
        let is_new = |found: &&Found| before.is_none_or(|before| found.made_at > before);
        let seen = found.iter().filter(is_new).count();
        // What ends texts and what was done about the call is known before the call is answered.
        let is_call = |found: &Found| is_missed(site, &found.signal);
        let (calls, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_call);
        let callers = calls.iter().filter_map(|call| call.signal.contact());
        let mut sweep = Sweep {
            site,
            callers: callers.cloned().collect(),
            numbers: HashMap::new(),
            failed: None,
            not_known: HashSet::new(),
        };
        let (mut found, nobodys) = self.take_found(&mut sweep, others).await;
        let (calls, _) = self.take_found(&mut sweep, calls).await;
        found += calls;
        if calls > 0 {
            // Some may be about a call that was found after them, and are taken with it.
            let before = nobodys.len();
            let (_, nobodys) = self.take_found(&mut sweep, nobodys).await;
            found += before - nobodys.len();
        }
        if let Some(error) = sweep.failed {
            return Err(error);
        }
        let count = |count: usize| count.try_into().unwrap_or(u64::MAX);
        let swept = Swept {
            seen: count(seen),
            found: count(found),
        };
        self.write_down(site, swept, (from, to), now).await?;
        self.shared.sweeps.until().insert(location.clone(), to);
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
        let by_this_process = self.shared.sweeps.until().get(location).copied();
        if let Some(until) = by_this_process.filter(has_been) {
            return Ok(Some(until));
        }
        // A restart is mostly a short one, and three days of a ledger are long.
        for look in [OVERLAP, LONGEST_LOOK] {
            let query = LedgerQuery {
                since: Some(back(now, look)),
                ..LedgerQuery::of_location(location.clone())
            };
            let entries = self.shared.store.ledger(&query).await?;
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

    /// Takes these one after the other. Returns how many it took, and those that belong to nobody's episode.
    async fn take_found(&self, sweep: &mut Sweep<'_>, all: Vec<Found>) -> (usize, Vec<Found>) {
        let mut taken = 0;
        let mut nobodys = Vec::new();
        for mut found in all {
            // A store in memory never waits, and other work of the thread would.
            tokio::task::yield_now().await;
            match self.take_one(sweep, &mut found).await {
                Ok(Acceptance::Accepted) => taken += 1,
                Ok(Acceptance::Ignored) => nobodys.push(found),
                Ok(Acceptance::Duplicate) => {}
                Err(error) => {
                    sweep.failed.get_or_insert(error);
                    sweep.not_known.extend(found.signal.contact().cloned());
                }
            }
        }
        (taken, nobodys)
    }

    async fn take_one(
        &self,
        sweep: &mut Sweep<'_>,
        found: &mut Found,
    ) -> Result<Acceptance, SweepError> {
        if self.shared.store.is_processed(&found.delivery.name).await? {
            return Ok(Acceptance::Duplicate);
        }
        let contact = found.signal.contact();
        if is_missed(sweep.site, &found.signal)
            && contact.is_some_and(|contact| sweep.not_known.contains(contact))
        {
            // What could not be taken may be a no: the call waits with it for the next sweep.
            return Ok(Acceptance::Ignored);
        }
        let entry = EntryKind::Found {
            message: found.message.clone(),
            made_at: found.made_at,
        };
        let mut delivery = found.delivery.clone();
        if let Some(contact) = lacks_number(&found.signal, sweep.site) {
            match sweep.number_of(contact).await {
                Ok(number) => tell_number(&mut found.signal, number),
                Err(error) if found.signal.is_no() => {
                    // It holds for the contact at once, and for the number when that can be read.
                    delivery.name.push_str(":by_contact");
                    let taken = self.take(sweep.site, &found.signal, delivery, None);
                    taken.await?;
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
        }
        // For others it would be kept for nothing.
        let contact = found.signal.contact();
        if contact.is_some_and(|contact| sweep.callers.contains(contact)) {
            self.keep(sweep.site, &found.signal, &delivery, Some(&entry));
        }
        let taken = self.take(sweep.site, &found.signal, delivery, Some(&entry));
        Ok(taken.await?)
    }

    async fn write_down(
        &self,
        site: &Site,
        swept: Swept,
        (from, to): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if swept == Swept::default() {
            return Ok(());
        }
        let Swept { seen, found } = swept;
        let entry = Entry {
            at: now,
            location: site.location.id().clone(),
            episode: None,
            kind: EntryKind::Swept {
                from,
                to,
                seen,
                found,
            },
        };
        let commit = Commit {
            entries: vec![entry],
            ..Commit::default()
        };
        self.shared.store.commit(commit).await.map(drop)
    }
}

/// One sweep.
struct Sweep<'a> {
    site: &'a Site,
    /// Whose calls it has found.
    callers: HashSet<ContactId>,
    /// The numbers of contacts, as far as they were asked for.
    numbers: HashMap<ContactId, Option<PhoneNumber>>,
    failed: Option<SweepError>,
    /// Of whom something could not be taken.
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

/// Something recorded that means something to the recipe.
struct Found {
    message: MessageId,
    made_at: Timestamp,
    signal: Signal,
    delivery: DeliveryName,
}

/// What HighLevel has recorded of a location in this time, in the order in which webhooks would have told it.
async fn recorded(
    site: &Site,
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Vec<Found>, SweepError> {
    let mut all = Vec::new();
    let mut unreadable = 0;
    let mut to_read = vec![(from, to)];
    while let Some((from, to)) = to_read.pop() {
        let error = match recorded_between(site, (from, to), now).await {
            Ok(found) => {
                all.extend(found);
                continue;
            }
            Err(error) => error,
        };
        unreadable += 1;
        if unreadable > MOST_UNREADABLE || !is_unreadable(&error) {
            return Err(SweepError::NotRead(error));
        }
        let length = to.duration_since(from);
        if length > SHORTEST_LOOK {
            let middle = back(to, length / 2);
            // HighLevel takes both ends in, and times to the millisecond.
            let after = back(middle, -SignedDuration::from_millis(1));
            to_read.extend([(after, to), (from, middle)]);
        } else {
            let location = site.location.id();
            tracing::warn!(
                %location,
                %from,
                %to,
                error = &error as &dyn std::error::Error,
                "what was recorded in this time cannot be read, and is passed over"
            );
        }
    }
    // Whatever HighLevel makes of the order that was asked for.
    all.sort_by_key(|found| found.made_at);
    Ok(all)
}

async fn recorded_between(
    site: &Site,
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Vec<Found>, Error> {
    let query = ExportQuery {
        from: Some(from),
        to: Some(to),
        // Messages that come while pages are read come after them.
        sort: Some(SortDirection::Ascending),
        ..ExportQuery::default()
    };
    let background = site.location.in_background();
    let recorded = background.conversations().stream_export(&query);
    let mut recorded = std::pin::pin!(recorded);
    let mut all = Vec::new();
    while let Some(message) = recorded.next().await {
        all.extend(read(site, &message?, now));
        // A page has a hundred, and nothing in between waits.
        tokio::task::yield_now().await;
    }
    Ok(all)
}

/// Whether it is the answer that cannot be read, and another attempt comes to the same.
fn is_unreadable(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Decode { .. }
            | ErrorKind::Listing
            | ErrorKind::Transport(TransportErrorKind::TooLarge)
    )
}

/// `None` if the message means nothing to the recipe, or more is to come of it.
fn read(site: &Site, recorded: &Recorded, now: Timestamp) -> Option<Found> {
    let location = site.location.id().clone();
    let message = Message::recorded(recorded);
    let event = match &recorded.direction {
        Some(Direction::Inbound) => Event::InboundMessage(message),
        Some(Direction::Outbound) => Event::OutboundMessage(message),
        other => {
            let status = other.as_ref().map_or("no_direction", Direction::as_str);
            return unclear_call(location, recorded, status, now);
        }
    };
    let delivery = Delivery::found(&format!("found:{}", recorded.id), event, location, now);
    let signal = intake::read(&delivery, now)?;
    signal.of_message()?;
    Some(Found {
        message: recorded.id.clone(),
        made_at: recorded.date_added.unwrap_or(now),
        delivery: DeliveryName {
            name: name_of(&delivery, &signal),
            received_at: now,
        },
        signal,
    })
}

/// A recorded call that says nothing else.
fn unclear_call(
    location: LocationId,
    recorded: &Recorded,
    status: &str,
    now: Timestamp,
) -> Option<Found> {
    let kind = recorded.message_type.as_ref();
    if !kind.is_some_and(|kind| kind.is_call() || kind.is_voicemail()) {
        return None;
    }
    let signal = Signal::unclear(location.clone(), recorded.id.clone(), status);
    let says = signal.of_message()?;
    Some(Found {
        message: recorded.id.clone(),
        made_at: recorded.date_added.unwrap_or(now),
        delivery: DeliveryName {
            name: name_of_message(&location, &recorded.id, says),
            received_at: now,
        },
        signal,
    })
}

/// The contact of a signal whose number decides on texts, of now or of later, if the number is not told.
fn lacks_number<'a>(signal: &'a Signal, site: &Site) -> Option<&'a ContactId> {
    match signal {
        Signal::Missed(call) | Signal::Answered { call, .. } => {
            (call.caller.is_none() && is_missed(site, signal)).then_some(&call.contact)
        }
        Signal::Wrote { person, reply, .. } => {
            let decides = reply.ends_texts() || *reply == Reply::OptIn;
            (person.number.is_none() && decides).then_some(&person.contact)
        }
        _ => None,
    }
}

fn tell_number(signal: &mut Signal, number: Option<PhoneNumber>) {
    match signal {
        Signal::Missed(call) | Signal::Answered { call, .. } => {
            call.caller = number.map(Caller::Number);
        }
        Signal::Wrote { person, .. } => person.number = number,
        _ => {}
    }
}

fn back(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.saturating_sub(by).unwrap_or(Timestamp::MIN)
}
