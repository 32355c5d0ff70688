//! What every part of the engine sees: the store, the time, the locations, and how work is announced.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::feed::Feed;
use super::highlevel_time::HighLevelTime;
use super::locations::Locations;
use super::log_once::LogOnce;
use crate::clock::Clock;
use crate::ids::LocationId;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::model::{EpisodeId, Halt, Subject};
use crate::recipes::missed_call::store::{Store, StoreError, Stored};

/// Shared by the intake, the worker and the administration.
pub(super) struct Base {
    pub(super) store: Arc<dyn Store>,
    /// HighLevel's time, as far as it is known: [`time`](Self::time) for those who only read it.
    pub(super) clock: Arc<dyn Clock>,
    pub(super) time: Arc<HighLevelTime>,
    pub(super) locations: Locations,
    /// Notified when an input has planned effects, or brought a reply to classify.
    pub(super) wake_up: Notify,
    pub(super) log_once: LogOnce,
    /// Reports every commit.
    pub(super) feed: Feed,
}

/// An episode with the revision it was read at.
pub(super) struct Loaded {
    pub(super) episode: Episode,
    pub(super) revision: u64,
}

impl Base {
    pub(super) fn new(
        store: Arc<dyn Store>,
        own: Arc<dyn Clock>,
        locations: Locations,
        feed: Feed,
    ) -> Self {
        let time = Arc::new(HighLevelTime::new(own, locations.clients()));
        Self {
            store,
            clock: Arc::<HighLevelTime>::clone(&time),
            time,
            locations,
            wake_up: Notify::new(),
            log_once: LogOnce::default(),
            feed,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An episode by its name, with the recipe it started with.
    pub(super) async fn episode(&self, id: &EpisodeId) -> Result<Option<Loaded>, StoreError> {
        match self.store.episode(id).await? {
            Some(stored) => self.load(stored).await.map(Some),
            None => Ok(None),
        }
    }

    /// A stored episode, with the recipe it started with.
    pub(super) async fn load(&self, stored: Stored) -> Result<Loaded, StoreError> {
        let fingerprint = stored.state.recipe();
        let recipe = self.locations.recipe(&*self.store, fingerprint).await?;
        Ok(Loaded {
            episode: Episode::resume(stored.state, recipe),
            revision: stored.revision,
        })
    }

    /// Whether the episode's caller or contact, or the contact's number, is on the suppression list.
    pub(super) async fn is_suppressed(
        &self,
        episode: &Episode,
        phone: Option<&PhoneNumber>,
    ) -> Result<bool, StoreError> {
        let state = episode.state();
        let subjects = Subject::all(state.contact(), state.caller().into_iter().chain(phone));
        let found = self.store.suppressions(state.location(), &subjects).await?;
        Ok(!found.is_empty())
    }

    /// What halts the location, if anything does.
    pub(super) async fn halted(&self, location: &LocationId) -> Result<Option<Halt>, StoreError> {
        let halts = self.store.halts(location).await?;
        let in_force = halts.iter().filter(|known| known.halted);
        Ok(in_force.map(|known| known.halt).max())
    }
}
