//! The locations of an engine, their recipes and their time zones.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::client::{Client, Location};
use crate::ids::LocationId;
use crate::recipes::missed_call::core::recipe::Recipe;
use crate::recipes::missed_call::store::{Store, StoreError};

/// The most recipes that are kept in memory beside those that locations have now. Episodes of older ones get theirs from
/// the store.
const MOST_OLD_RECIPES: usize = 1000;

/// A location and the recipe that runs in it.
pub(super) struct LocationEntry {
    pub(super) location: Location,
    pub(super) recipe: Arc<Recipe>,
}

/// All locations by id, and the recipes by fingerprint.
pub(super) struct Locations {
    entries: HashMap<LocationId, LocationEntry>,
    /// The recipes of open episodes are among them.
    recipes: Mutex<HashMap<String, Arc<Recipe>>>,
    /// Time zones that were read, and when by the monotonic clock.
    zones: Mutex<HashMap<LocationId, (TimeZone, Duration)>>,
}

impl Locations {
    pub(super) fn new(entries: HashMap<LocationId, LocationEntry>) -> Self {
        let recipes = entries.values().map(|entry| {
            let recipe = Arc::clone(&entry.recipe);
            (recipe.fingerprint().to_owned(), recipe)
        });
        Self {
            recipes: Mutex::new(recipes.collect()),
            entries,
            zones: Mutex::default(),
        }
    }

    pub(super) fn get(&self, location: &LocationId) -> Option<&LocationEntry> {
        self.entries.get(location)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &LocationId> {
        self.entries.keys()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &LocationEntry> {
        self.entries.values()
    }

    pub(super) fn clients(&self) -> impl Iterator<Item = &Client> {
        self.entries.values().map(|entry| entry.location.client())
    }

    /// The recipe with this fingerprint: one that is in memory, or else the store's.
    pub(super) async fn recipe(
        &self,
        store: &dyn Store,
        fingerprint: &str,
    ) -> Result<Arc<Recipe>, StoreError> {
        if let Some(recipe) = self.recipes().get(fingerprint) {
            return Ok(Arc::clone(recipe));
        }
        let source = store.recipe_source(fingerprint).await?;
        let source = source.ok_or_else(|| {
            StoreError::new("find the recipe of an episode", "it is not in the store")
        })?;
        let recipe = Recipe::from_stored(&source).ok_or_else(|| {
            StoreError::new("read the recipe of an episode", "nothing can be made of it")
        })?;
        let recipe = Arc::new(recipe);
        let mut recipes = self.recipes();
        if recipes.len() >= self.entries.len() + MOST_OLD_RECIPES {
            recipes.clear();
        }
        recipes.insert(fingerprint.to_owned(), Arc::clone(&recipe));
        Ok(recipe)
    }

    /// The same if it is in memory.
    pub(super) fn recipe_in_memory(&self, fingerprint: &str) -> Option<Arc<Recipe>> {
        self.recipes().get(fingerprint).map(Arc::clone)
    }

    /// The zone of a location that was kept, and when.
    pub(super) fn kept_zone(&self, location: &LocationId) -> Option<(TimeZone, Duration)> {
        self.zones().get(location).cloned()
    }

    pub(super) fn keep_zone(&self, location: &LocationId, zone: TimeZone, read_at: Duration) {
        self.zones().insert(location.clone(), (zone, read_at));
    }

    fn recipes(&self) -> MutexGuard<'_, HashMap<String, Arc<Recipe>>> {
        self.recipes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn zones(&self) -> MutexGuard<'_, HashMap<LocationId, (TimeZone, Duration)>> {
        self.zones.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
