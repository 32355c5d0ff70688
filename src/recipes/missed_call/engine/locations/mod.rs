//! The locations that this process serves, their recipes and their time zones. They come and go while the engine works.
//!
//! A location is given by the host, or found by its [`LocationSource`]. A worker holds the entry of the location that it
//! works for, which no change reaches.

mod cache;
mod source;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::watch;

use self::cache::SourceCache;
pub(super) use self::cache::{Answer, KEPT, MOST};
pub use self::source::{LocationSource, Lookup, SourceError};
use crate::client::{Client, Location};
use crate::clock::Clock;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::recipe::Recipe;
use crate::recipes::missed_call::store::{Scope, Store, StoreError};

/// The most recipes of episodes that are kept in memory. All are in the store.
const MOST_RECIPES: usize = 1000;
/// The most time zones that are kept.
const MOST_ZONES: usize = 10_000;

/// A location and the recipe that runs in it.
pub(super) struct LocationEntry {
    pub(super) location: Location,
    pub(super) recipe: Arc<Recipe>,
}

/// All locations by id, and the recipes by fingerprint.
pub(super) struct Locations {
    set: RwLock<Set>,
    source: Option<SourceCache>,
    /// Counts the changes of which locations are served.
    changes: watch::Sender<u64>,
    /// The recipes of open episodes are among them.
    recipes: Mutex<HashMap<String, Arc<Recipe>>>,
    /// Time zones that were read, and when by the monotonic clock.
    zones: Mutex<HashMap<LocationId, (TimeZone, Duration)>>,
}

/// The locations that the host has given.
#[derive(Default)]
struct Set {
    given: HashMap<LocationId, Given>,
    /// Locations that were removed, of which effects may be left to end.
    leaving: BTreeSet<LocationId>,
    /// Of these. `None` after a change.
    scope: Option<Scope>,
}

struct Given {
    site: Arc<LocationEntry>,
    /// It is removed when nothing is pending any more.
    is_finishing: bool,
}

/// What a host's own list of locations is, and how much of it is kept.
pub(super) struct SourceSettings {
    pub(super) source: Arc<dyn LocationSource>,
    pub(super) most: usize,
    pub(super) kept: Duration,
}

impl Locations {
    pub(super) fn new(
        entries: HashMap<LocationId, LocationEntry>,
        source: Option<SourceSettings>,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let cache = |settings: SourceSettings| {
            let clock = Arc::clone(clock);
            SourceCache::new(settings.source, clock, settings.most, settings.kept)
        };
        let given = entries.into_iter().map(|(id, entry)| {
            let given = Given {
                site: Arc::new(entry),
                is_finishing: false,
            };
            (id, given)
        });
        Self {
            set: RwLock::new(Set {
                given: given.collect(),
                ..Set::default()
            }),
            source: source.map(cache),
            changes: watch::Sender::new(0),
            recipes: Mutex::default(),
            zones: Mutex::default(),
        }
    }

    /// The entry of a location, as far as it is known without asking the source.
    pub(super) fn known(&self, location: &LocationId) -> Option<Arc<LocationEntry>> {
        let given = self.given(location);
        given.or_else(|| self.source.as_ref()?.last(location))
    }

    fn given(&self, location: &LocationId) -> Option<Arc<LocationEntry>> {
        let set = self.set();
        set.given.get(location).map(|given| Arc::clone(&given.site))
    }

    /// Whether the location may be served: only that it is not is certain.
    pub(super) fn may_be_served(&self, location: &LocationId) -> bool {
        match self.answer(location) {
            None => self.source.is_some(),
            Some(answer) => !matches!(answer, Answer::NotServed),
        }
    }

    fn answer(&self, location: &LocationId) -> Option<Answer> {
        let given = self.given(location).map(Answer::Served);
        given.or_else(|| self.source.as_ref()?.known(location))
    }

    /// Whether the location is served; the source is asked if that is not known.
    pub(super) async fn find(&self, location: &LocationId) -> Answer {
        if let Some(answer) = self.answer(location) {
            return answer;
        }
        let Some(source) = &self.source else {
            return Answer::NotServed;
        };
        let (answer, is_change) = source.find(location).await;
        if is_change {
            self.changed();
        }
        answer
    }

    /// Serves a location with this recipe from now on. Returns the entry before.
    pub(super) fn put(&self, entry: LocationEntry) -> Option<Arc<LocationEntry>> {
        let id = entry.location.id().clone();
        let given = Given {
            site: Arc::new(entry),
            is_finishing: false,
        };
        let before = self.change(|set| {
            set.leaving.remove(&id);
            set.given.insert(id.clone(), given)
        });
        let asked = self.forget_answer(&id);
        before.map(|given| given.site).or(asked)
    }

    /// Serves a location no more. Returns its entry. If effects are left to end, this process claims them.
    pub(super) fn take_out(
        &self,
        location: &LocationId,
        leaves_effects: bool,
    ) -> Option<Arc<LocationEntry>> {
        let given = self.change(|set| {
            if leaves_effects {
                set.leaving.insert(location.clone());
            } else {
                set.leaving.remove(location);
            }
            set.given.remove(location)
        });
        let asked = self.forget_answer(location);
        given.map(|given| given.site).or(asked)
    }

    /// Leaves the effects of a removed location to others: it was put elsewhere. Returns whether it was removed here.
    pub(super) fn leave_to_others(&self, location: &LocationId) -> bool {
        if !self.set().leaving.contains(location) {
            return false;
        }
        self.change(|set| set.leaving.remove(location))
    }

    /// Forgets what the source has said of a location. Returns what was served.
    pub(super) fn forget_answer(&self, location: &LocationId) -> Option<Arc<LocationEntry>> {
        self.zones().remove(location);
        let forgotten = self.source.as_ref()?.forget(location);
        if forgotten.is_some() {
            self.changed();
        }
        forgotten
    }

    /// Notes that a location is to be taken out when nothing is pending any more.
    pub(super) fn finish(&self, location: &LocationId) {
        if let Some(given) = self.set_mut().given.get_mut(location) {
            given.is_finishing = true;
        }
    }

    /// The locations that are to be taken out.
    pub(super) fn finishing(&self) -> Vec<LocationId> {
        let set = self.set();
        let finishing = set.given.iter().filter(|(_, given)| given.is_finishing);
        finishing.map(|(id, _)| id.clone()).collect()
    }

    /// The locations whose effects and episodes are taken from the store. A process with a source serves all.
    pub(super) fn scope(&self) -> Scope {
        if self.source.is_some() {
            return Scope::All;
        }
        if let Some(scope) = &self.set().scope {
            return scope.clone();
        }
        let mut set = self.set_mut();
        let scope: Scope = set.given.keys().chain(&set.leaving).cloned().collect();
        set.scope = Some(scope.clone());
        scope
    }

    /// The locations that are known to be served.
    pub(super) fn ids(&self) -> Vec<LocationId> {
        let id = |site: Arc<LocationEntry>| site.location.id().clone();
        self.entries().into_iter().map(id).collect()
    }

    /// The same, in the order of their ids.
    pub(super) fn entries(&self) -> Vec<Arc<LocationEntry>> {
        let mut all = self
            .source
            .as_ref()
            .map_or_else(Vec::new, SourceCache::served);
        let set = self.set();
        all.retain(|site| !set.given.contains_key(site.location.id()));
        all.extend(set.given.values().map(|given| Arc::clone(&given.site)));
        drop(set);
        all.sort_by(|one, other| one.location.id().cmp(other.location.id()));
        all
    }

    /// Whether the host has given the location, and not its source.
    pub(super) fn is_given(&self, location: &LocationId) -> bool {
        self.set().given.contains_key(location)
    }

    /// Whether any location has this client.
    pub(super) fn have(&self, client: &Client) -> bool {
        let mut entries = self.entries().into_iter();
        entries.any(|site| Arc::ptr_eq(site.location.client().server_time(), client.server_time()))
    }

    /// Announces each change of which locations are served.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The recipe with this fingerprint: one that is in memory, or else the store's.
    pub(super) async fn recipe(
        &self,
        store: &dyn Store,
        location: &LocationId,
        fingerprint: &str,
    ) -> Result<Arc<Recipe>, StoreError> {
        if let Some(recipe) = self.recipe_in_memory(location, fingerprint) {
            return Ok(recipe);
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
        if recipes.len() >= MOST_RECIPES {
            recipes.clear();
        }
        recipes.insert(fingerprint.to_owned(), Arc::clone(&recipe));
        Ok(recipe)
    }

    /// The same if it is in memory.
    pub(super) fn recipe_in_memory(
        &self,
        location: &LocationId,
        fingerprint: &str,
    ) -> Option<Arc<Recipe>> {
        let current = self.known(location).map(|site| Arc::clone(&site.recipe));
        current
            .filter(|recipe| recipe.fingerprint() == fingerprint)
            .or_else(|| self.recipes().get(fingerprint).map(Arc::clone))
    }

    /// The zone of a location that was kept, and when.
    pub(super) fn kept_zone(&self, location: &LocationId) -> Option<(TimeZone, Duration)> {
        self.zones().get(location).cloned()
    }

    pub(super) fn keep_zone(&self, location: &LocationId, zone: TimeZone, read_at: Duration) {
        let mut zones = self.zones();
        if zones.len() >= MOST_ZONES {
            zones.clear();
        }
        zones.insert(location.clone(), (zone, read_at));
    }

    fn change<T>(&self, change: impl FnOnce(&mut Set) -> T) -> T {
        let mut set = self.set_mut();
        let changed = change(&mut set);
        set.scope = None;
        drop(set);
        self.changed();
        changed
    }

    fn changed(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    fn set(&self) -> RwLockReadGuard<'_, Set> {
        self.set.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_mut(&self) -> RwLockWriteGuard<'_, Set> {
        self.set.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn recipes(&self) -> MutexGuard<'_, HashMap<String, Arc<Recipe>>> {
        self.recipes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn zones(&self) -> MutexGuard<'_, HashMap<LocationId, (TimeZone, Duration)>> {
        self.zones.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
