//! The engine: takes deliveries, and performs what episodes ask for through the client.
//!
//! An input becomes durable in one transaction before it is acknowledged ([`accept`](self)); effects are claimed,
//! permitted, written down, attempted and settled ([`perform`](self)); an agent of the host's reads replies that are stored
//! ([`reader`](self)). Decisions are the episode's; here is only what touches the store, the clock and HighLevel.

mod admin;
mod app_links;
mod counters;
mod highlevel_time;
mod intake;
mod log_once;
mod update;
mod worker;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Notify;
use url::Url;

pub use admin::erase::Erasure;
pub use admin::health::Health;
pub use admin::preflight::PreflightError;
pub use intake::accept::Acceptance;
pub use intake::sweep::{SweepError, SweepReport};
pub use intake::workflow_call::ScopedEngine;
pub use worker::notifier::{Notice, TeamNotifier};
pub use worker::stop::Stopped;

use self::admin::health::Pulse;
use self::app_links::App;
use self::counters::{counted, day_of};
use self::highlevel_time::HighLevelTime;
use self::intake::references::met;
use self::intake::reorder_buffer::ReorderBuffer;
use self::intake::reply_queue::ReplyQueue;
use self::intake::sweep::Sweeps;
use self::log_once::LogOnce;
use self::worker::quarantine::Quarantine;
use super::core::compliance::{QuietHours, SendCounts};
use super::core::episode::{Episode, Output};
use super::core::ledger::{Entry, EntryKind};
use super::core::model::EpisodeId;
use super::core::recipe::Recipe;
use super::core::reply::ReplyAgent;
use super::store::{Commit, DailyCounts, EffectChange, EpisodeChange, Store, StoreError, Stored};
use crate::client::Location;
use crate::clock::{Clock, SystemClock};
use crate::ids::LocationId;
use crate::webhooks::{Delivery, Handler, NotDurable};

/// The most recipes that are kept in memory beside those that locations have now. Episodes of older ones get theirs from
/// the store.
const MOST_OLD_RECIPES: usize = 1000;

/// Runs missed-call text back for any number of locations in one process. Cheap to clone.
///
/// Give it webhooks ([`accept`](Self::accept), or as the [`Handler`] of the webhook receiver), and keep
/// [`run`](Self::run) going:
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
/// use gohighlevel::{Client, ids::LocationId};
/// use gohighlevel::recipes::missed_call::{Engine, Recipe, store::MemoryStore};
///
/// let client = Client::from_env()?;
/// let location = client.location(LocationId::new("ve9EPM428h8vShlRW1KT")?);
/// let engine = Engine::builder(Arc::new(MemoryStore::new()))
///     .location(location, Recipe::preset("soleil")?)
///     .build();
/// engine.run(std::future::pending()).await;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<dyn Store>,
    /// HighLevel's time, as far as it is known: the one below, for all who only read it.
    clock: Arc<dyn Clock>,
    time: Arc<HighLevelTime>,
    sites: HashMap<LocationId, LocationEntry>,
    /// Recipes by fingerprint, those of running episodes included.
    recipes: Mutex<HashMap<String, Arc<Recipe>>>,
    /// Told when an input has planned effects, or brought a reply to read.
    planned: Notify,
    warned: LogOnce,
    early: ReorderBuffer,
    sweeps: Sweeps,
    quarantine: Quarantine,
    pulse: Pulse,
    notifier: Option<Arc<dyn TeamNotifier>>,
    reader: Option<ReplyQueue>,
    quiet_hours: Option<Arc<QuietHours>>,
    app: App,
    /// Time zones of locations, as far as they were asked for, and when by the monotonic clock.
    zones: Mutex<HashMap<LocationId, (TimeZone, Duration)>>,
}

impl Shared {
    fn zones(&self) -> MutexGuard<'_, HashMap<LocationId, (TimeZone, Duration)>> {
        self.zones.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A location and what runs in it.
pub(crate) struct LocationEntry {
    location: Location,
    recipe: Arc<Recipe>,
}

/// Sets up an [`Engine`].
#[must_use]
pub struct EngineBuilder {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    sites: HashMap<LocationId, LocationEntry>,
    notifier: Option<Arc<dyn TeamNotifier>>,
    reader: Option<ReplyQueue>,
    quiet_hours: Option<Arc<QuietHours>>,
    app: App,
}

impl EngineBuilder {
    /// Runs `recipe` in `location`. A location has one recipe; the last one given counts.
    pub fn location(mut self, location: Location, recipe: Recipe) -> Self {
        self.sites.insert(
            location.id().clone(),
            LocationEntry {
                location,
                recipe: Arc::new(recipe),
            },
        );
        self
    }

    /// Another source of time than the machine's. Use the same for the client.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Whom steps with `to = "host"` tell. Without one they are not done.
    pub fn notifier(mut self, notifier: Arc<dyn TeamNotifier>) -> Self {
        self.notifier = Some(notifier);
        self
    }

    /// Other quiet hours and numbers of texts than those that come with the crate
    /// ([`QuietHours::SOURCE`]): what your counsel says, or the year's holidays that move.
    pub fn quiet_hours(mut self, rules: QuietHours) -> Self {
        self.quiet_hours = Some(Arc::new(rules));
        self
    }

    /// The agency's own address of HighLevel's app (white label), such as `https://crm.agency.example`, for the links in
    /// what the team is told. HighLevel's own if none is given.
    pub fn app_address(mut self, address: &Url) -> Self {
        self.app = App::at(address);
        self
    }

    /// Who reads replies better than the rules do. Without one the rules decide alone.
    ///
    /// It is asked about every reply to a live episode that the rules do not settle, as soon as the reply is stored and
    /// while [`Engine::run`] or [`Engine::step`] works, never before the webhook is acknowledged: a slow agent must not
    /// hold that up, and HighLevel may not send a reply a second time if the process dies while the agent thinks. Texts
    /// stop at once, as on any reply. What the agent says within 15 seconds on the engine's clock is what the episode is
    /// told; after that, after an error and after a crash it is what the rules said. A reply is asked about once at most,
    /// and one that is told before its call not at all.
    pub fn reply_agent(mut self, agent: Arc<dyn ReplyAgent>) -> Self {
        self.reader = Some(ReplyQueue::new(agent));
        self
    }

    /// The engine.
    pub fn build(self) -> Engine {
        let recipes = self.sites.values().map(|site| {
            (
                site.recipe.fingerprint().to_owned(),
                Arc::clone(&site.recipe),
            )
        });
        let clients = self.sites.values().map(|site| site.location.client());
        let time = Arc::new(HighLevelTime::new(self.clock, clients));
        Engine {
            shared: Arc::new(Shared {
                recipes: Mutex::new(recipes.collect()),
                store: self.store,
                clock: Arc::<HighLevelTime>::clone(&time),
                time,
                sites: self.sites,
                planned: Notify::new(),
                notifier: self.notifier,
                warned: LogOnce::default(),
                early: ReorderBuffer::default(),
                sweeps: Sweeps::default(),
                quarantine: Quarantine::default(),
                pulse: Pulse::default(),
                reader: self.reader,
                quiet_hours: self.quiet_hours,
                app: self.app,
                zones: Mutex::default(),
            }),
        }
    }
}

impl Engine {
    /// Starts to set up an engine on this store.
    pub fn builder(store: Arc<dyn Store>) -> EngineBuilder {
        EngineBuilder {
            store,
            clock: Arc::new(SystemClock),
            sites: HashMap::new(),
            notifier: None,
            reader: None,
            quiet_hours: None,
            app: App::default(),
        }
    }

    /// The store it works on: the ledger is read there.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.shared.store
    }

    /// An episode by its name, with the recipe it started with.
    async fn episode(&self, id: &EpisodeId) -> Result<Option<Loaded>, StoreError> {
        match self.shared.store.episode(id).await? {
            Some(stored) => self.load_stored(stored).await.map(Some),
            None => Ok(None),
        }
    }

    /// An episode as it was stored, with the recipe it started with.
    async fn load_stored(&self, stored: Stored) -> Result<Loaded, StoreError> {
        let recipe = self.recipe(stored.state.recipe()).await?;
        Ok(Loaded {
            episode: Episode::resume(stored.state, recipe),
            revision: stored.revision,
        })
    }

    async fn recipe(&self, fingerprint: &str) -> Result<Arc<Recipe>, StoreError> {
        let known = || {
            self.shared
                .recipes
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(recipe) = known().get(fingerprint) {
            return Ok(Arc::clone(recipe));
        }
        let source = self.shared.store.recipe_source(fingerprint).await?;
        let source = source.ok_or_else(|| {
            StoreError::new("find the recipe of an episode", "it is not in the store")
        })?;
        let recipe = Recipe::from_stored(&source).ok_or_else(|| {
            StoreError::new("read the recipe of an episode", "nothing can be made of it")
        })?;
        let recipe = Arc::new(recipe);
        let mut recipes = known();
        if recipes.len() >= self.shared.sites.len() + MOST_OLD_RECIPES {
            recipes.clear();
        }
        recipes.insert(fingerprint.to_owned(), Arc::clone(&recipe));
        Ok(recipe)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("store", &self.shared.store)
            .field("locations", &self.shared.sites.keys())
            .finish()
    }
}

#[async_trait::async_trait]
impl Handler for Engine {
    fn wants(&self, delivery: &Delivery) -> bool {
        self.concerns(delivery)
    }

    async fn handle(&self, delivery: Delivery) -> Result<(), NotDurable> {
        self.accept(&delivery)
            .await
            .map(drop)
            .map_err(NotDurable::new)
    }
}

/// An episode with the revision it was read at.
pub(crate) struct Loaded {
    episode: Episode,
    revision: u64,
}

/// What `episode` asked for, as the part of a commit.
pub(crate) fn add_to(
    commit: &mut Commit,
    episode: &Episode,
    read_at_revision: Option<u64>,
    outputs: Vec<Output>,
    now: Timestamp,
) {
    let mut more = SendCounts::default();
    for action in outputs {
        match action {
            Output::Perform { effect, due, lane } => {
                commit
                    .effects
                    .push(EffectChange::Plan { effect, due, lane })
            }
            Output::Record(kind) => {
                commit.references.extend(met(episode, &kind));
                more = more.plus(counted(&kind, episode.recipe()));
                commit.entries.push(entry(episode, kind, now));
            }
        }
    }
    if more != SendCounts::default() {
        commit.counts.push(DailyCounts {
            location: episode.state().location().clone(),
            day: day_of(now),
            more,
        });
    }
    commit.episodes.push(EpisodeChange {
        state: episode.state().clone(),
        read_at_revision,
        wake_at: episode.next_wakeup(),
    });
}

fn entry(episode: &Episode, kind: EntryKind, now: Timestamp) -> Entry {
    Entry {
        at: now,
        location: episode.state().location().clone(),
        episode: Some(episode.state().id().clone()),
        kind,
    }
}
