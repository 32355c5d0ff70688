//! Locations that the host gives to the engine and takes away again while it works. That a location was removed is in the
//! store, so that other processes and later ones keep to it.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::Admin;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::model::{Halt, Reason};
use crate::recipes::missed_call::core::recipe::{DryRun, Recipe};
use crate::recipes::missed_call::engine::acceptance::AcceptError;
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::store::StoreError;

/// What [`Engine::put_location`](crate::recipes::missed_call::Engine::put_location) changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Put {
    /// The process did not serve the location before.
    Added,
    /// It served the location with another recipe.
    Changed,
    /// It served the location with the same recipe. The handle is the one that was given now.
    Same,
}

/// Whether what is pending in a removed location is finished or ended.
// Exhaustive on purpose: there is nothing between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It is done as its recipe says, replies and opt-outs count, and then the location is gone. Calls that end from now on
    /// are not answered.
    Finish,
    /// It ends now: each pending step is in the ledger as not done, because of
    /// [`Reason::Removed`](crate::recipes::missed_call::episode::Reason::Removed). What is under way with HighLevel in this
    /// moment comes to its end.
    End,
}

/// A location that a process serves.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServedLocation {
    /// Its id.
    pub id: LocationId,
    /// The recipe of episodes that begin now.
    pub recipe: Arc<Recipe>,
    /// Whether the host's source has named it, and not the builder or `put_location`.
    pub from_source: bool,
}

/// How a location stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LocationStatus {
    /// Its id.
    pub id: LocationId,
    /// Whether this process serves it: it has a handle and a recipe for it. Calls are answered if nothing halts it besides.
    pub served: bool,
    /// The recipe of episodes that begin now.
    pub recipe: Option<RecipeInUse>,
    /// For which calls nothing is sent and nothing is written to HighLevel, because the recipe is in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<DryRun>,
    /// What halts it, in this process and in all others on the store.
    pub halts: Vec<Halt>,
    /// How many episodes are open.
    pub open_episodes: usize,
    /// Until when this process has swept it.
    pub swept_until: Option<Timestamp>,
}

/// Which recipe a location has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecipeInUse {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// Its fingerprint.
    pub fingerprint: String,
}

impl LocationStatus {
    /// Whether a call that ends now is answered.
    pub fn answers_calls(&self) -> bool {
        self.served && self.halts.is_empty()
    }
}

impl Admin {
    /// Serves a location from now on, whatever was said of it before.
    pub(in super::super) async fn put_location(
        &self,
        entry: LocationEntry,
    ) -> Result<Put, StoreError> {
        let base = &self.base;
        let id = entry.location.id().clone();
        // What a removal was to end, and was interrupted in, is not done now.
        self.end_what_was_left(&id).await?;
        for known in base.store.halts(&id).await? {
            if known.halted && Halt::LIFTED_BY_PUTTING.contains(&known.halt) {
                if known.halt == Halt::Finishing {
                    // A call that was not answered until now is not answered late.
                    let later = Some(known.since);
                    self.end_all(&id, &Reason::Removed, later).await?;
                }
                self.halt(&id, known.halt, false).await?;
            }
        }
        base.log_once.forget_halts(&id);
        base.time.add(entry.location.client());
        let fingerprint = entry.recipe.fingerprint().to_owned();
        let dry_run = entry.recipe.dry_run();
        let put = match base.locations.put(entry) {
            None => Put::Added,
            Some(before) => {
                base.let_go_of(&before);
                if before.recipe.fingerprint() == fingerprint {
                    Put::Same
                } else {
                    Put::Changed
                }
            }
        };
        tracing::info!(location = %id, recipe = fingerprint, ?put, "location put");
        if let Some(dry_run) = dry_run {
            tracing::warn!(location = %id, "{dry_run}");
        }
        base.wake_up.notify_one();
        Ok(put)
    }

    /// Serves a location no more. Returns whether this process did.
    pub(in super::super) async fn remove_location(
        &self,
        id: &LocationId,
        removal: Removal,
    ) -> Result<bool, StoreError> {
        let base = &self.base;
        let was_served = base.locations.known(id).is_some();
        let halt = match removal {
            Removal::Finish => Halt::Finishing,
            Removal::End => Halt::Removed,
        };
        // First in the store: whatever comes in between ends for this reason. Only the first removal says since when.
        let known = self.last_said(id, halt).await?;
        if known.is_none_or(|known| !known.halted) {
            self.halt(id, halt, true).await?;
        }
        match removal {
            Removal::Finish => {
                base.locations.finish(id);
                base.take_out_if_finished(id).await?;
            }
            Removal::End => {
                if let Some(before) = base.locations.take_out(id, true) {
                    base.let_go_of(&before);
                }
                self.end_all(id, &Reason::Removed, None).await?;
            }
        }
        tracing::info!(location = %id, ?removal, "location removed");
        base.wake_up.notify_one();
        Ok(was_served)
    }

    /// Forgets a location in this process alone. Returns whether it was served.
    pub(in super::super) fn forget_location(&self, id: &LocationId) -> bool {
        let before = self.base.locations.take_out(id, false);
        if let Some(before) = &before {
            self.base.let_go_of(before);
        }
        before.is_some()
    }

    /// The locations that this process serves.
    pub(in super::super) fn locations(&self) -> Vec<ServedLocation> {
        let locations = &self.base.locations;
        let served = |site: Arc<LocationEntry>| ServedLocation {
            from_source: !locations.is_given(site.location.id()),
            id: site.location.id().clone(),
            recipe: Arc::clone(&site.recipe),
        };
        locations.entries().into_iter().map(served).collect()
    }

    /// How a location stands.
    pub(in super::super) async fn status(
        &self,
        id: &LocationId,
    ) -> Result<LocationStatus, AcceptError> {
        let store = &self.base.store;
        let site = self.base.site(id).await?;
        let halts = store.halts(id).await?.into_iter();
        let halts = halts.filter(|known| known.halted);
        Ok(LocationStatus {
            id: id.clone(),
            served: site.is_some(),
            dry_run: site.as_ref().and_then(|site| site.recipe.dry_run()),
            recipe: site.map(|site| RecipeInUse {
                name: site.recipe.name().to_owned(),
                version: site.recipe.version(),
                fingerprint: site.recipe.fingerprint().to_owned(),
            }),
            halts: halts.map(|known| known.halt).collect(),
            open_episodes: store.open_episodes(id).await?.len(),
            swept_until: self.swept.of(id),
        })
    }
}
