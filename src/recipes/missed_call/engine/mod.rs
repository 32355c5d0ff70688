//! The engine: accepts what is reported, and performs what episodes ask for through the client.
//!
//! An input becomes durable in one transaction before it is acknowledged; effects are claimed, decided, written down,
//! attempted and settled; stored replies are classified by the host's reply agent. The episode decides; this module holds
//! only what needs the store, the clock or HighLevel.
//!
//! | part | what it does | what it shares with others |
//! |---|---|---|
//! | [`intake`] | accepts webhooks, workflow calls, sweeps and reports of the host | early reports, reply queue, ends of sweeps |
//! | [`worker`] | performs effects, wakes episodes, has replies classified | reply queue, pulse |
//! | [`admin`] | pauses, erases, checks | ends of sweeps, pulse |
//! | [`base`] | store, time, locations, for all of them | |
//! | [`feed`] | tells the log, watchers and observers of each commit | |
//!
//! No part holds another one. All of them change episodes through [`update`], which loads, decides, commits, and decides
//! again after a conflict.
//!
//! # How to add a step
//!
//! 1. Add a variant to `StepAction` (`core/recipe/step.rs`), and to `Intent` (`core/model/intent.rs`) what exactly is done.
//! 2. The compiler names the rest, because every decision that depends on the kind of a step or an intent lists all kinds:
//!    its decision (`core/episode/decide`), its facts (`worker/facts`), its requests in the rate limit and whether one is
//!    reserved (`worker/rate_limit.rs`), the meaning of a refusal (`worker/failure.rs`), the request itself
//!    (`worker/highlevel/mod.rs`), the search for its trace (`worker/highlevel/find.rs`), whether it may be repeated and
//!    what it leaves in HighLevel (`core/model/intent.rs`), whom it reaches (`core/recipe/step.rs`), what an erasure leaves
//!    of it (`core/redact.rs`) and what it needs of the location (`core/recipe/check`, `admin/preflight.rs`).
//! 3. Give it a word and its keys in `core/recipe/keys/steps.rs`, and read them in `core/recipe/parse/steps.rs`; until then
//!    the compiler warns that nothing constructs the variant.
//!
//! An event is added as `core/signal/mod.rs` says, an endpoint as `crate::api`, a store as
//! [`Store`](super::store::Store).

mod acceptance;
mod admin;
mod base;
mod builder;
mod commit_parts;
mod consent_source;
mod daily_counts;
mod early_reports;
#[cfg(feature = "metrics")]
mod engine_metrics;
mod feed;
mod found_by;
mod highlevel_time;
mod intake;
mod locations;
mod log_once;
mod news;
mod observer;
mod pulse;
mod receipts;
mod reply_queue;
mod swept_until;
mod update;
mod watch;
mod worker;
mod workflow_endpoint;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::Stream;
use jiff::{SignedDuration, Timestamp};

pub use acceptance::{AcceptError, Acceptance};
pub use admin::erase::Erasure;
pub use admin::health_check::Health;
pub use admin::location_set::{LocationStatus, Put, RecipeInUse, Removal, ServedLocation};
#[cfg(feature = "setup")]
pub(crate) use admin::number_facts::{number_facts, other_text_provider};
pub use admin::preflight::PreflightError;
pub use admin::preflight_group::PreflightGroup;
pub use builder::EngineBuilder;
pub use consent_source::{ConsentQuestion, ConsentSource};
#[cfg(feature = "metrics")]
pub use engine_metrics::EngineMetrics;
pub use intake::sweep::{SweepError, SweepReport};
pub use locations::{LocationSource, Lookup, SourceError};
pub use observer::{EngineObserver, ObservedEntry, StoreAnswer, StoreOperation, WorkCount};
pub use worker::notifier::{Notice, TeamNotifier};
pub use worker::stop::Stopped;
pub use workflow_endpoint::ScopedEngine;

use self::admin::Admin;
use self::base::Base;
use self::intake::Intake;
use self::locations::LocationEntry;
use self::worker::Worker;
use self::worker::stop::GRACE;
use super::core::compliance::{Consent, ConsentKind};
use super::core::model::{DoubtDecision, Halt, PersonKey, Trigger};
use super::core::recipe::Recipe;
use super::core::workflow_call::WorkflowCall;
use super::store::{LedgerRow, Pruned, Retention, Store, StoreError};
use crate::client::Location;
use crate::clock::Clock;
use crate::ids::LocationId;
use crate::webhooks::{Delivery, Event, Handler, NotDurable};

/// Runs missed-call text back for any number of locations in one process. Cheap to clone.
///
/// Give it webhooks ([`accept`](Self::accept), or as the [`Handler`] of the webhook
/// [`Endpoint`](crate::webhooks::Endpoint)), and keep
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
/// // In production: a `SqliteStore`, which survives a restart.
/// let engine = Engine::builder(Arc::new(MemoryStore::new()))
///     .location(location, Recipe::preset("soleil")?)
///     .build();
/// engine.run(std::future::pending()).await;
/// # Ok(()) }
/// ```
///
/// `gohighlevel::serve` (feature `axum`) runs it beside the endpoint.
#[derive(Clone)]
pub struct Engine {
    base: Arc<Base>,
    intake: Arc<Intake>,
    worker: Arc<Worker>,
    admin: Arc<Admin>,
}

/// Setting up, and what is shared.
impl Engine {
    /// Starts to set up an engine on this store.
    pub fn builder(store: Arc<dyn Store>) -> EngineBuilder {
        EngineBuilder::new(store)
    }

    /// The store it works on: the ledger is read there.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.base.store
    }

    /// The clock that the engine goes by: HighLevel's time, as its answers give it, or this machine's where they have given
    /// none yet or differ from it by no more than five seconds. Give it to the webhook endpoint too: with the machine's
    /// own, a clock that is five minutes slow makes it refuse webhooks as from the future.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.base.clock)
    }

    /// How far this machine's clock is ahead of HighLevel's; negative if it is behind. `None` before HighLevel's first
    /// answers. See [`Client::clock_offset`](crate::Client::clock_offset).
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        self.base.time.offset()
    }
}

/// What is reported.
impl Engine {
    /// Accepts a verified delivery. When this returns `Ok`, it may be acknowledged; after an error it must be delivered
    /// again.
    pub async fn accept(&self, delivery: &Delivery) -> Result<Acceptance, AcceptError> {
        match &delivery.event {
            Event::Install(_) => Ok(self.admin.installation(delivery, true).await?),
            Event::Uninstall => Ok(self.admin.installation(delivery, false).await?),
            _ => self.intake.accept(delivery).await,
        }
    }

    /// Reports what HighLevel does not: a booking in another calendar, a click on a link of your own, a call from a phone
    /// that HighLevel does not know. Steps of the person's open episode follow it, or stop on it. If their last episode is
    /// closed, it is written down for the reports until
    /// [`Episode::ATTRIBUTION_WINDOW`](crate::recipes::missed_call::core::episode::Episode::ATTRIBUTION_WINDOW) after the call.
    ///
    /// `reference` is its id; the same trigger with the same reference is accepted once. [`Acceptance::Ignored`] says
    /// that the person has no such episode. An opt-out ([`Trigger::OptedOut`]) and a
    /// doubt ([`Trigger::Doubtful`]) are kept for every later call all the same.
    pub async fn record(
        &self,
        person: &PersonKey,
        what: Trigger,
        reference: &str,
    ) -> Result<Acceptance, AcceptError> {
        self.intake.record(person, what, reference).await
    }

    /// [`record`](Self::record)s a booking. `appointment` is its id in whatever calendar it is kept: reports count each
    /// once, take it back when [`Trigger::BookingCancelled`] is recorded with the same id, and look up its worth by it.
    pub async fn record_booking(
        &self,
        person: &PersonKey,
        appointment: &str,
    ) -> Result<Acceptance, AcceptError> {
        self.record(person, Trigger::Booked, appointment).await
    }

    /// [`record`](Self::record)s that the person opened a link. `click` is the id of this click: that of the link alone
    /// would be accepted once for everybody.
    pub async fn record_click(
        &self,
        person: &PersonKey,
        click: &str,
    ) -> Result<Acceptance, AcceptError> {
        self.record(person, Trigger::Clicked, click).await
    }

    /// Keeps that a person consented to texts, for later texts of recipes that ask for it. Keep the proof itself for five
    /// years (16 CFR 310.5).
    ///
    /// The same reference is accepted once. It takes back no opt-out: only the person can do that, with START.
    /// [`Acceptance::Ignored`] says that the location is not one of the engine's.
    pub async fn record_consent(
        &self,
        person: &PersonKey,
        how: ConsentKind,
        consent: &Consent,
    ) -> Result<Acceptance, AcceptError> {
        self.intake.record_consent(person, how, consent).await
    }

    /// Keeps what a person of the business decided about a caller whose reply may have been an opt-out
    /// ([`Reply::Doubtful`](super::Reply::Doubtful)). It holds from the moment when this returns.
    ///
    /// [`DoubtDecision::MayText`] lifts the doubt and nothing else: not a STOP, and no step that has ended is repeated. If
    /// there is no doubt, it is [`Acceptance::Ignored`]. [`DoubtDecision::NoMoreTexts`] does all that an opt-out of the caller
    /// does, whether there is a doubt or not.
    ///
    /// `by` says who decided, and stands in the ledger for ever; it must not say who the caller is. `reference` is your id of
    /// the decision, and the same reference is accepted once. Give the person's number if you know it: a doubt is kept for the
    /// contact and for each number, and a decision without a number lifts it for the contact and the number of its last
    /// episode. People in HighLevel decide with a tag (`callers.may_text_tag`, `callers.no_more_texts_tag`) or with a note
    /// whose first line is `texts ok` or `no texts`.
    pub async fn record_decision(
        &self,
        person: &PersonKey,
        decision: DoubtDecision,
        by: &str,
        reference: &str,
    ) -> Result<Acceptance, AcceptError> {
        self.intake
            .record_decision(person, decision, by, reference)
            .await
    }

    /// Accepts a call that a workflow reports, as if HighLevel's webhook had reported it: it is written when this returns
    /// `Ok`, and a repeat changes nothing ([`WorkflowCall`] says what a repeat is). One of a location without a recipe is
    /// ignored and logged.
    ///
    /// The call's location is believed. Behind an endpoint it is what the request says, and a secret proves no location:
    /// where several locations share a secret, each can report for the others. So for *Webhook* steps, whose headers
    /// everyone can read who edits the location's workflows, give each location an endpoint of its own
    /// ([`for_workflows_of`](Self::for_workflows_of)). A marketplace action has one secret for all locations, which its
    /// developers alone see; there the engine itself is the [`Action`](crate::workflows::actions::Action):
    ///
    /// ```
    /// # #[cfg(feature = "axum")]
    /// # fn app(engine: gohighlevel::recipes::missed_call::Engine) -> Result<axum::Router, Box<dyn std::error::Error>> {
    /// use gohighlevel::ids::LocationId;
    /// use gohighlevel::workflows::{SharedSecret, WorkflowEndpoint};
    ///
    /// // A workflow of one location, with the trigger *Call Status* and a step *Webhook*:
    /// let soleil = engine.for_workflows_of([LocationId::new("ve9EPM428h8vShlRW1KT")?]);
    /// let secret = SharedSecret::new("x-workflow-secret", std::env::var("SOLEIL_SECRET")?)?;
    /// let webhook = WorkflowEndpoint::builder(secret).webhook(soleil);
    /// // "Missed-call text back" as a step of any workflow:
    /// let secret = SharedSecret::new("x-workflow-secret", std::env::var("ACTION_SECRET")?)?;
    /// let step = WorkflowEndpoint::builder(secret).action(engine);
    /// # let app =
    /// axum::Router::new()
    ///     .route("/workflows/soleil/call", webhook.route())
    ///     .route("/workflows/missed-call-text-back", step.route())
    /// # ; Ok(app) }
    /// ```
    pub async fn accept_workflow_call(
        &self,
        call: &WorkflowCall,
    ) -> Result<Acceptance, AcceptError> {
        let accepted = self.intake.accept_workflow_call(call).await?;
        Ok(accepted.unwrap_or(Acceptance::Ignored))
    }

    /// This engine for workflows of these locations alone: calls of all others are refused.
    pub fn for_workflows_of(
        &self,
        locations: impl IntoIterator<Item = LocationId>,
    ) -> ScopedEngine {
        ScopedEngine::new(Arc::clone(&self.intake), locations)
    }

    /// Reads the calls and messages that HighLevel has recorded in a location, as background work, and accepts those that no
    /// webhook reported: as late as a webhook that comes now, so a call that is too old gets no text. The ledger has an
    /// entry for each that is found and for the sweep itself ([`EntryKind::Found`], [`EntryKind::Swept`]).
    ///
    /// Records do not say between which numbers a call was: the contact's own number is the caller's, and steps that are
    /// for some of the business's numbers only are not done. E-mails are not looked at.
    ///
    /// One that cannot be accepted does not keep others from being accepted; the first error is returned at the end, and
    /// the next sweep looks at the same time again. But what will not get better by that is logged and skipped: records
    /// that make HighLevel's answer too large or unreadable, and a contact that HighLevel refuses or that cannot be read,
    /// whose number is then not known.
    ///
    /// [`EntryKind::Found`]: crate::recipes::missed_call::ledger::EntryKind::Found
    /// [`EntryKind::Swept`]: crate::recipes::missed_call::ledger::EntryKind::Swept
    pub async fn sweep(&self, location: &LocationId) -> Result<SweepReport, SweepError> {
        self.intake.sweep(location).await
    }

    /// Sweeps every location again and again, with this pause in between, until `shutdown` completes: those that the process
    /// was given, and those that its source has named lately. It follows what is put and removed. A pause of two
    /// minutes leaves time to answer a call whose webhook was lost; what fails is logged and tried again after it. A
    /// location whose sweep takes long delays no other.
    pub async fn run_sweeps(&self, pause: Duration, shutdown: impl Future<Output = ()> + Send) {
        self.intake.run_sweeps(pause, shutdown).await;
    }
}

/// What is done.
impl Engine {
    /// Performs effects, has replies classified and wakes episodes until `shutdown` completes, then ends within 10 seconds,
    /// as [`run_until`](Self::run_until) does.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
        self.run_until(shutdown, GRACE).await;
    }

    /// Performs effects, has replies classified and wakes episodes until `shutdown` completes. From then on nothing is
    /// begun: effects that wait for the rate limit, or for what is read before an attempt, are given back to the store.
    /// Those that are under way with HighLevel have `grace` to come to their end, and are dropped then.
    ///
    /// Dropping the future is as safe as a crash: what was under way is settled on the next start.
    ///
    /// A host with a server of its own asks for the end in this order: no new connections,
    /// [`Endpoint::drain`](crate::webhooks::Endpoint::drain), `shutdown`; each under a time limit, because strangers decide
    /// how long a request takes. `gohighlevel::serve` (feature `axum`) does that.
    pub async fn run_until(
        &self,
        shutdown: impl Future<Output = ()> + Send,
        grace: Duration,
    ) -> Stopped {
        self.worker.run_until(shutdown, grace).await
    }

    /// Has replies classified, performs what is due now, one effect after the other, and wakes the episodes whose time has
    /// come. Returns how many replies, effects and episodes that were.
    ///
    /// For tests on a clock set by hand, and for hosts that have a loop of their own.
    pub async fn step(&self) -> Result<usize, StoreError> {
        self.worker.step().await
    }

    /// Waits until nothing is due or under way on the store, and [observers](EngineBuilder::observer) have seen everything.
    /// It is for tests of a service whose engine [runs](Self::run): after a webhook is accepted, it says when the text is
    /// sent. What is due later does not count; move the clock and wait again.
    ///
    /// Without an engine that runs, what is due stays due, and this never returns.
    pub async fn settled(&self) -> Result<(), StoreError> {
        self.worker.settled().await
    }

    /// When [`step`](Self::step) has something to do next.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.worker.next_due().await
    }
}

/// Locations that come and go while the engine works.
///
/// What they change counts in this process; removals, and their end, in every process on the store. Where several processes
/// share a store, give all of them a [`LocationSource`](EngineBuilder::location_source), or tell each.
impl Engine {
    /// Serves a location with this recipe from now on: adds it, or replaces its handle and recipe. Episodes that are open keep
    /// the recipe that they began with. Lifts [`Halt::Uninstalled`], [`Halt::Removed`] and [`Halt::Finishing`], in the store
    /// and so for all processes, but no pause. Sweeps include the location at once.
    ///
    /// Call it when the host has stored a grant, has changed a recipe, or has given a location another token. After a new
    /// installation call [`app_installed`](Self::app_installed) too: a removal that is reported after this call counts
    /// otherwise, even if it happened before the installation.
    pub async fn put_location(
        &self,
        location: Location,
        recipe: impl Into<Arc<Recipe>>,
    ) -> Result<Put, StoreError> {
        let recipe = recipe.into();
        let entry = LocationEntry { location, recipe };
        self.admin.put_location(entry).await
    }

    /// Serves a location no more, and has what is pending in it done or ended. It works where the process does not serve
    /// the location, too. Returns whether it did.
    ///
    /// The removal is in the store, as a [`Halt`]: no process on it answers the location's calls any more, after restarts
    /// too, until [`put_location`](Self::put_location). Calls that another process still takes are in the ledger as not
    /// answered ([`Reason::Removed`](super::episode::Reason::Removed)). After an error, call it again.
    pub async fn remove_location(
        &self,
        location: &LocationId,
        removal: Removal,
    ) -> Result<bool, StoreError> {
        self.admin.remove_location(location, removal).await
    }

    /// Forgets a location in this process, and writes nothing: its source, if there is one, is asked again at once, and
    /// otherwise the location is left to other processes. Returns whether it was known.
    pub fn forget_location(&self, location: &LocationId) -> bool {
        self.admin.forget_location(location)
    }

    /// The locations that this process serves, by id: those that it was given, and those that its source has named lately.
    pub fn locations(&self) -> Vec<ServedLocation> {
        self.admin.locations()
    }

    /// How a location stands: whether it is served, its recipe, what halts it, what is open. The source is asked if the
    /// process does not know the location.
    pub async fn status(&self, location: &LocationId) -> Result<LocationStatus, AcceptError> {
        self.admin.status(location).await
    }
}

/// What is seen of it.
impl Engine {
    /// The ledger as it grows: all entries with a higher sequence than `after`, then each new one as it is written, without
    /// an end. 0 begins with the first. What this engine writes is there at once; for entries that other processes have
    /// written it looks every five seconds.
    ///
    /// To copy the ledger elsewhere, keep the last sequence that is copied, and go on after it: no entry is missed or comes
    /// twice. An [erasure](Self::erase) rewrites entries in place and is not seen here:
    /// [`EngineObserver::erased`] tells of it.
    ///
    /// An error of the store is an item; the stream goes on after it. Drop the stream to end it: it keeps the store open.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use std::pin::pin;
    /// # use std::sync::Arc;
    /// use futures_util::StreamExt as _;
    /// # use gohighlevel::ids::LocationId;
    /// # use gohighlevel::recipes::missed_call::{Engine, store::MemoryStore};
    /// # let engine = Engine::builder(Arc::new(MemoryStore::new())).build();
    /// # engine.pause(&LocationId::new("soleilLocation000001")?).await?;
    ///
    /// let mut entries = pin!(engine.watch(0));
    /// if let Some(row) = entries.next().await {
    ///     let row = row?;
    ///     println!("{}: {}", row.sequence, row.entry.kind.name());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn watch(
        &self,
        after: u64,
    ) -> impl Stream<Item = Result<LedgerRow, StoreError>> + Send + use<> {
        self.base.watch(after)
    }
}

/// What the operator asks for.
impl Engine {
    /// From here on nothing is sent or written to HighLevel for this location, until [`resume`](Self::resume): over
    /// restarts too. Calls and other reports are still written into the ledger. What is under way comes to its end.
    ///
    /// Pausing a paused location changes nothing. [`Store::halts`] says what halts a location.
    pub async fn pause(&self, location: &LocationId) -> Result<(), StoreError> {
        self.admin.pause(location).await
    }

    /// Goes on in a paused location, within a minute. Effects that are too old by then are not done any more, as after any
    /// delay: a text that answers a call waits no longer than the recipe's `max_age`.
    ///
    /// Returns what still halts the location: [`Halt::Uninstalled`] where the app is not there.
    pub async fn resume(&self, location: &LocationId) -> Result<Option<Halt>, StoreError> {
        self.admin.resume(location).await
    }

    /// The app is installed in this location, as the host knows from its OAuth callback or from a list of installations.
    /// Calls are answered again from here on, as after the webhook `INSTALL`, which says the same and may come before,
    /// after or never. A removal that happened before counts no more, however late it is reported; one without a date
    /// counts from its arrival. The host's source of locations is asked again at once.
    ///
    /// Returns what still halts the location: [`Halt::Paused`] until [`resume`](Self::resume).
    pub async fn app_installed(&self, location: &LocationId) -> Result<Option<Halt>, StoreError> {
        self.admin.app_installed(location).await
    }

    /// Erases a person on their request: their contact, numbers, names and all that was written to them, from episodes and
    /// from the ledger, with their consents. The rest says that a person called, what was done, when, and how it ended.
    ///
    /// Their opt-outs stay, as hashes of contact and number: they outlive the person's data, so that a later call is not
    /// answered by text. HighLevel keeps its own data; delete the contact there. With the texts goes the evidence that
    /// they were allowed: export it first if a law asks you to keep it.
    ///
    /// A [`SqliteStore`](crate::recipes::missed_call::store::SqliteStore) overwrites what is erased in its file and empties
    /// its log; while a report is being read, it empties the log after the next one.
    ///
    /// It works where the location has no app or token any more. Give the number too: episodes are found by either.
    pub async fn erase(&self, person: &PersonKey) -> Result<Erasure, StoreError> {
        self.admin.erase(person).await
    }

    /// Deletes what is over and older than `retention` says: closed episodes with their effects and entries, and where it says
    /// so suppressions and consents. What is open stays, whatever its age. Call it once a day, say; it works in small
    /// batches, between which webhooks and texts are taken care of. Names of deliveries and counted texts are deleted by
    /// themselves, after 30 and two days.
    ///
    /// Reports can only show what is left. The file of a
    /// [`SqliteStore`](crate::recipes::missed_call::store::SqliteStore) does not become smaller, but it stops growing.
    pub async fn prune(&self, retention: &Retention) -> Result<Pruned, StoreError> {
        self.admin.prune(retention).await
    }

    /// Whether the engine does its work: it has the store write and read, looks for late effects, and takes a second at
    /// most. Ask it as often as you like: the store writes once a second for it at most.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # use std::sync::Arc;
    /// # use gohighlevel::recipes::missed_call::{Engine, store::MemoryStore};
    /// # let engine = Engine::builder(Arc::new(MemoryStore::new())).build();
    /// let health = engine.health().await;
    /// let status = if health.is_ok() { 200 } else { 503 };
    /// assert_eq!((status, health.to_string().as_str()), (200, "ok"));
    /// # }
    /// ```
    pub async fn health(&self) -> Health {
        self.admin.health().await
    }

    /// Reads of each location what its recipe needs (custom values, name, users, pipelines, workflows, custom fields), and
    /// lists what is wrong there or in the engine's own set-up. Hints of the recipes come along, among them that the store
    /// knows other words under the same version. An empty list means that all is well. The zone files that quiet hours go
    /// by are logged; [`ZoneFiles`](crate::recipes::missed_call::compliance::ZoneFiles) names them too.
    pub async fn preflight(&self) -> Vec<PreflightError> {
        self.admin.preflight().await
    }

    /// The same of one location: before its first call, or after a change of its recipe.
    pub async fn preflight_of(&self, location: &LocationId) -> Vec<PreflightError> {
        self.admin.preflight_of(location).await
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let locations = self.base.locations.ids();
        f.debug_struct("Engine")
            .field("store", &self.base.store)
            .field("locations", &locations)
            .finish()
    }
}

#[async_trait::async_trait]
impl Handler for Engine {
    fn wants(&self, delivery: &Delivery) -> bool {
        match &delivery.event {
            // Whose location it is, and whether the app is there: it may get a recipe one day, or have it again.
            Event::Install(_) | Event::Uninstall => true,
            _ => self.intake.concerns(delivery),
        }
    }

    async fn handle(&self, delivery: Delivery) -> Result<(), NotDurable> {
        self.accept(&delivery)
            .await
            .map(drop)
            .map_err(NotDurable::new)
    }
}
