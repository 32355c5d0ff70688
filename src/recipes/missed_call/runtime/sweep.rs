//! What no webhook told of: HighLevel's own records are read, and calls and messages that are news are taken as if their
//! webhook had come now, under the same rules of age.
//!
//! What a webhook and a sweep say of one message has one name in the store, and a name is taken once: so webhooks may come
//! before, after or never, and several processes may sweep at once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use super::accept::name_of;
use super::{Acceptance, Engine, Site};
use crate::api::contacts::SortDirection;
use crate::api::conversations::{ExportQuery, Message as Recorded};
use crate::error::Error;
use crate::ids::LocationId;
use crate::message::Direction;
use crate::recipes::missed_call::intake;
use crate::recipes::missed_call::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::store::{Commit, DeliveryName, StoreError};
use crate::webhooks::{Delivery, Event, Message};

/// How far back the first sweep of a process looks: over a weekend on which it was down. What is older is answered by
/// nobody any more, but a no that was said meanwhile counts.
const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(72);
/// How far every other one reaches back before the one before it: HighLevel dates a call by its beginning and tells what
/// became of it at its end.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);
/// Webhooks come within seconds; what is younger is left to them.
const LEFT_TO_WEBHOOKS: SignedDuration = SignedDuration::from_mins(1);

/// Until when each location was swept.
#[derive(Default)]
pub(super) struct Sweeps {
    until: Mutex<HashMap<LocationId, Timestamp>>,
}

impl Sweeps {
    fn until(&self) -> MutexGuard<'_, HashMap<LocationId, Timestamp>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a sweep came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Swept {
    /// How many calls and messages that mean something to the recipe are new since the sweep before.
    pub seen: u64,
    /// How many no webhook had told of. They are taken now.
    pub found: u64,
}

/// A sweep could not be done. What it has taken so far is taken; sweep again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The location is none of the engine's.
    #[error("location {0} has no recipe in this engine; add it with EngineBuilder::location")]
    UnknownLocation(LocationId),
    /// HighLevel's records could not be read. The token needs the scope `conversations/message.readonly`.
    #[error("the recorded messages could not be read: {0}")]
    NotRead(#[source] Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Reads the calls and messages that HighLevel has recorded in a location, as background work, and takes those that no
    /// webhook told of: as late as a webhook that comes now, so a call that is too old gets no text. Each that is found,
    /// and the sweep itself, stands in the ledger ([`EntryKind::Found`], [`EntryKind::Swept`]).
    ///
    /// Records do not say between which numbers a call was: the contact's own number is the caller's, and steps that are
    /// for some of the business's numbers only are not done. No number is compared with the recipe's lists of callers
    /// either, or counted for a flood. What somebody without an episode did before a missed call is read again by the
    /// sweeps after it, and then counts as an answer to that call. E-mails are not looked at.
    pub async fn sweep(&self, location: &LocationId) -> Result<Swept, SweepError> {
        let Some(site) = self.shared.sites.get(location) else {
            return Err(SweepError::UnknownLocation(location.clone()));
        };
        let now = self.shared.clock.now();
        let before = self.shared.sweeps.until().get(location).copied();
        let reach = |from: Timestamp, by| from.saturating_sub(by).unwrap_or(Timestamp::MIN);
        let from = match before {
            Some(before) => reach(before, OVERLAP),
            None => reach(now, FIRST_LOOK),
        };
        let to = reach(now, LEFT_TO_WEBHOOKS);
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
            all.push(message.map_err(SweepError::NotRead)?);
        }
        // As webhooks would have come, whatever HighLevel makes of the order that was asked for.
        all.sort_by_key(|message| message.date_added);
        let mut swept = Swept::default();
        for message in &all {
            let is_new = before.is_none_or(|before| message.date_added > Some(before));
            if let Some(acceptance) = self.take_recorded(site, message, now).await? {
                swept.seen += u64::from(is_new);
                swept.found += u64::from(acceptance == Acceptance::Taken);
            }
        }
        self.write_down(site, swept, (from, to), now).await?;
        self.shared.sweeps.until().insert(location.clone(), to);
        Ok(swept)
    }

    /// Sweeps every location again and again, with this pause in between, until `shutdown` completes. A pause of two
    /// minutes leaves time to answer a call whose webhook was lost; what fails is logged and tried again after it.
    pub async fn run_sweeps(&self, pause: Duration, shutdown: impl Future<Output = ()> + Send) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut locations: Vec<&LocationId> = self.shared.sites.keys().collect();
        locations.sort();
        loop {
            for location in &locations {
                tokio::select! {
                    biased;
                    () = &mut shutdown => return,
                    swept = self.sweep(location) => {
                        if let Err(error) = swept {
                            tracing::warn!(%location, error = &error as &dyn std::error::Error, "a sweep failed");
                        }
                    }
                }
            }
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                () = self.shared.clock.sleep(pause) => {}
            }
        }
    }

    /// `None` if the message means nothing to the recipe, or more is to come of it.
    async fn take_recorded(
        &self,
        site: &Site,
        recorded: &Recorded,
        now: Timestamp,
    ) -> Result<Option<Acceptance>, StoreError> {
        let message = Message::recorded(recorded);
        let event = match recorded.direction {
            Some(Direction::Inbound) => Event::InboundMessage(message),
            Some(Direction::Outbound) => Event::OutboundMessage(message),
            _ => return Ok(None),
        };
        let location = site.location.id().clone();
        let delivery = Delivery::found(&format!("found:{}", recorded.id), event, location, now);
        let Some(signal) = intake::read(&delivery, now) else {
            return Ok(None);
        };
        if signal.of_message().is_none() {
            return Ok(None);
        }
        let name = DeliveryName {
            name: name_of(&delivery, &signal),
            received_at: now,
        };
        let found = EntryKind::Found {
            message: recorded.id.clone(),
            made_at: recorded.date_added.unwrap_or(now),
        };
        self.take(site, &signal, name, Some(&found)).await.map(Some)
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
