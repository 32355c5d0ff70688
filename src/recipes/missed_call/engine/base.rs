//! What every part of the engine sees: the store, the time, the locations, and how work is announced.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::acceptance::AcceptError;
use super::feed::Feed;
use super::highlevel_time::HighLevelTime;
use super::locations::{Answer, LocationEntry, Locations};
use super::log_once::LogOnce;
use crate::clock::Clock;
use crate::ids::LocationId;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::episode::{Episode, EpisodeState};
use crate::recipes::missed_call::core::model::{EpisodeId, Halt, Reason, Subject};
use crate::recipes::missed_call::store::{Halted, Store, StoreError, Stored, Suppression};

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

/// What the suppression list says of a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnTheList {
    /// They are on it for good, until they take it back.
    pub(super) suppressed: bool,
    /// A reply leaves a doubt that nobody has decided.
    pub(super) doubtful: bool,
    /// HighLevel has said that one of their numbers is a landline.
    pub(super) landline: bool,
}

impl Base {
    pub(super) fn new(
        store: Arc<dyn Store>,
        own: Arc<dyn Clock>,
        locations: Locations,
        feed: Feed,
    ) -> Self {
        let time = Arc::new(HighLevelTime::new(own));
        for site in locations.entries() {
            time.add(site.location.client());
        }
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

    /// Whether a location is served; its source is asked if that is not known.
    pub(super) async fn find(&self, location: &LocationId) -> Answer {
        let answer = self.locations.find(location).await;
        if let Answer::Served(site) = &answer {
            self.time.add(site.location.client());
        }
        answer
    }

    /// The location of a report; `None` if reports of it are ignored.
    pub(super) async fn site(
        &self,
        location: &LocationId,
    ) -> Result<Option<Arc<LocationEntry>>, AcceptError> {
        let error = match self.find(location).await {
            Answer::Served(site) => return Ok(Some(site)),
            Answer::NotServed => return Ok(None),
            Answer::Unknown => AcceptError::UnknownLocation(location.clone()),
            Answer::Failed(error) => AcceptError::SourceFailed {
                location: location.clone(),
                error,
            },
        };
        // A source that has forgotten a removed location must not have its webhooks sent again and again.
        let halts = self.store.halts(location).await?;
        let is_gone = |halt: Halt| Halt::LIFTED_BY_PUTTING.contains(&halt);
        if halts
            .iter()
            .any(|known| known.halted && is_gone(known.halt))
        {
            return Ok(None);
        }
        Err(error)
    }

    /// Takes a location out in which nothing is pending any more.
    pub(super) async fn take_out_if_finished(&self, id: &LocationId) -> Result<(), StoreError> {
        if self.store.open_episodes(id).await?.is_empty()
            && let Some(before) = self.locations.take_out(id, true)
        {
            self.let_go_of(&before);
            tracing::info!(location = %id, "a removed location has finished");
        }
        Ok(())
    }

    /// Goes no more by the time that the client of an entry has learnt, unless another location has it.
    pub(super) fn let_go_of(&self, before: &LocationEntry) {
        let client = before.location.client();
        if !self.locations.have(client) {
            self.time.remove(client);
        }
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
        let (location, fingerprint) = (stored.state.location(), stored.state.recipe());
        let recipe = self.locations.recipe(&*self.store, location, fingerprint);
        let recipe = recipe.await?;
        Ok(Loaded {
            episode: Episode::resume(stored.state, recipe),
            revision: stored.revision,
        })
    }

    /// What the suppression list says of the episode's caller and contact, and of the contact's number.
    pub(super) async fn on_the_list(
        &self,
        episode: &Episode,
        phone: Option<&PhoneNumber>,
    ) -> Result<OnTheList, StoreError> {
        let state = episode.state();
        let subjects = Subject::all(state.contact(), state.caller().into_iter().chain(phone));
        let found = self.store.suppressions(state.location(), &subjects).await?;
        let has = |reason: Reason| found.iter().any(|kept: &Suppression| kept.reason == reason);
        let refuses =
            |kept: &Suppression| !matches!(kept.reason, Reason::Doubtful | Reason::Landline);
        Ok(OnTheList {
            suppressed: found.iter().any(refuses),
            doubtful: has(Reason::Doubtful),
            landline: has(Reason::Landline),
        })
    }

    /// What halts the location, if anything does.
    pub(super) async fn halted(&self, location: &LocationId) -> Result<Option<Halt>, StoreError> {
        let halts = self.store.halts(location).await?;
        let in_force = halts.iter().filter(|known| known.halted);
        Ok(in_force.map(|known| known.halt).max())
    }

    /// What keeps effects of the episode from being performed, if anything does.
    pub(super) async fn holds(&self, episode: &EpisodeState) -> Result<Option<Halt>, StoreError> {
        let halts = self.store.halts(episode.location()).await?;
        let holds = |known: &&Halted| {
            known.halted && (known.halt != Halt::Finishing || episode.is_called_after(known.since))
        };
        Ok(halts.iter().filter(holds).map(|known| known.halt).max())
    }
}
