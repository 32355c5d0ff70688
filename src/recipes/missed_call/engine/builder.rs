//! Setting up an engine.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::Engine;
use super::admin::Admin;
use super::base::Base;
use super::consent_source::ConsentSource;
use super::early_reports::EarlyReports;
use super::feed::Feed;
use super::intake::Intake;
use super::locations::{KEPT, LocationEntry, LocationSource, Locations, MOST, SourceSettings};
use super::observer::EngineObserver;
use super::pulse::Pulse;
use super::reply_queue::ReplyQueue;
use super::swept_until::SweptUntil;
use super::worker::Worker;
use super::worker::app_links::App;
use super::worker::notifier::TeamNotifier;
use super::worker::quarantine::Quarantine;
use super::worker::unserved::Unserved;
use crate::client::Location;
use crate::clock::{Clock, SystemClock};
use crate::ids::LocationId;
use crate::recipes::missed_call::core::compliance::QuietHours;
use crate::recipes::missed_call::core::recipe::Recipe;
use crate::recipes::missed_call::core::reply::ReplyAgent;
use crate::recipes::missed_call::store::Store;

/// Sets up an [`Engine`].
#[must_use]
pub struct EngineBuilder {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    locations: HashMap<LocationId, LocationEntry>,
    source: Option<Arc<dyn LocationSource>>,
    cache: (usize, Duration),
    notifier: Option<Arc<dyn TeamNotifier>>,
    agent: Option<Arc<dyn ReplyAgent>>,
    consents: Option<Arc<dyn ConsentSource>>,
    quiet_hours: Option<Arc<QuietHours>>,
    app: App,
    observers: Vec<Arc<dyn EngineObserver>>,
}

impl EngineBuilder {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            clock: Arc::new(SystemClock),
            locations: HashMap::new(),
            source: None,
            cache: (MOST, KEPT),
            notifier: None,
            agent: None,
            consents: None,
            quiet_hours: None,
            app: App::default(),
            observers: Vec::new(),
        }
    }

    /// Runs `recipe` in `location`. A location has one recipe; the last one given counts.
    ///
    /// It lifts no halt: a location that was removed with [`Engine::remove_location`] stays removed over restarts, until
    /// [`Engine::put_location`].
    pub fn location(mut self, location: Location, recipe: impl Into<Arc<Recipe>>) -> Self {
        self.locations.insert(
            location.id().clone(),
            LocationEntry {
                location,
                recipe: recipe.into(),
            },
        );
        self
    }

    /// The host's own list of locations, which is asked about each location that the process does not know. The process
    /// then serves every location of the store. Without a source, it serves those that it was given, and leaves effects of
    /// all others to other processes.
    pub fn location_source(mut self, source: impl LocationSource) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// How many answers of the source are kept, and for how long; 10,000 and five minutes if nothing is said. After that
    /// time a changed recipe or token counts. [`Engine::forget_location`] makes it count at once in one process.
    pub fn location_cache(mut self, at_most: usize, kept: Duration) -> Self {
        self.cache = (at_most, kept);
        self
    }

    /// Another source of time than the machine's. Use the same for the client.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Receives the notices of steps with `to = "host"`. Without a notifier they are not done.
    pub fn notifier(mut self, notifier: Arc<dyn TeamNotifier>) -> Self {
        self.notifier = Some(notifier);
        self
    }

    /// Is asked right before each text that is more than the answer to the call whether the person has consented. Without a
    /// source, what [`record_consent`](Engine::record_consent) has kept counts, a reply, and what the recipe says.
    pub fn consents(mut self, source: impl ConsentSource) -> Self {
        self.consents = Some(Arc::new(source));
        self
    }

    /// Sees every committed entry of the ledger, what waits, and how long the store takes. There can be several.
    /// [`EngineMetrics`](crate::recipes::missed_call::EngineMetrics) (feature `metrics`) is one.
    pub fn observer(mut self, observer: impl EngineObserver) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Other quiet hours and numbers of texts than those that come with the crate ([`QuietHours::SOURCE`]): your counsel's,
    /// or this year's movable holidays.
    pub fn quiet_hours(mut self, rules: QuietHours) -> Self {
        self.quiet_hours = Some(Arc::new(rules));
        self
    }

    /// The agency's own address of HighLevel's app (white label), such as `https://crm.agency.example`, for the links that
    /// the team gets. HighLevel's own if none is given.
    pub fn app_address(mut self, address: &Url) -> Self {
        self.app = App::at(address);
        self
    }

    /// Classifies replies better than the rules do. Without an agent the rules decide alone.
    ///
    /// It is asked about every reply to an open episode that the rules do not settle, as soon as the reply is stored and
    /// while [`Engine::run`] or [`Engine::step`] works, never before the webhook is acknowledged: a slow agent must not
    /// hold that up, and HighLevel may not send a reply a second time if the process dies while the agent thinks. Texts
    /// stop at once, as on any reply. An answer within 15 seconds on the engine's clock is what the episode gets; after
    /// that, after an error and after a crash it gets the class of the rules. The agent is asked about a reply once at
    /// most, and not at all about one that arrives before its call.
    pub fn reply_agent(mut self, agent: Arc<dyn ReplyAgent>) -> Self {
        self.agent = Some(agent);
        self
    }

    /// The engine.
    pub fn build(self) -> Engine {
        let (most, kept) = self.cache;
        let source = self
            .source
            .map(|source| SourceSettings { source, most, kept });
        let locations = Locations::new(self.locations, source, &self.clock);
        let feed = Feed::new(self.observers);
        let early = EarlyReports::in_store(Arc::clone(&self.store));
        let base = Arc::new(Base::new(self.store, self.clock, locations, feed));
        let replies = Arc::new(ReplyQueue::new(self.agent));
        let swept = Arc::new(SweptUntil::default());
        let pulse = Arc::new(Pulse::default());
        Engine {
            intake: Arc::new(Intake {
                base: Arc::clone(&base),
                early,
                replies: Arc::clone(&replies),
                swept: Arc::clone(&swept),
            }),
            admin: Arc::new(Admin {
                base: Arc::clone(&base),
                swept,
                pulse: Arc::clone(&pulse),
                has_notifier: self.notifier.is_some(),
            }),
            worker: Arc::new(Worker {
                base: Arc::clone(&base),
                replies,
                pulse,
                notifier: self.notifier,
                consents: self.consents,
                quiet_hours: self.quiet_hours,
                app: self.app,
                quarantine: Quarantine::default(),
                unserved: Unserved::default(),
            }),
            base,
        }
    }
}
