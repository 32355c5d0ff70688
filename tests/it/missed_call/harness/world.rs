//! FakeGhl, the webhook receiver, a store and an engine on one manual clock: the whole path over real HTTP.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use gohighlevel::Client;
use gohighlevel::api::conversations::{ConversationSearch, Message, MessagesQuery};
use gohighlevel::api::tasks::Task;
use gohighlevel::client::Location;
use gohighlevel::clock::Clock;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::message::Direction;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::reply::ReplyAgent;
use gohighlevel::recipes::missed_call::store::{LedgerQuery, MemoryStore, Store};
use gohighlevel::recipes::missed_call::{Engine, EngineBuilder, Recipe, TeamNotifier};
use gohighlevel::testing::{Call, FakeGhl, ManualClock, SimulatedEvent, TextMessage};
use gohighlevel::webhooks::{Endpoint, Verifier};
use jiff::Timestamp;
use tokio::runtime::Runtime;

pub(crate) const LOCATION: &str = "soleilLocation000001";
pub(crate) const TOKEN: &str = "pit-sample-soleil";
pub(crate) const LINK: &str = "https://calendly.com/soleil/visit";

pub(crate) fn business() -> PhoneNumber {
    "+13125550100".parse().unwrap()
}

pub(crate) fn caller() -> PhoneNumber {
    "+13125550142".parse().unwrap()
}

pub(crate) fn soleil() -> Recipe {
    Recipe::preset("soleil").unwrap()
}

pub(crate) struct World {
    pub(crate) ghl: FakeGhl,
    pub(crate) clock: ManualClock,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) engine: Engine,
    recipe: Recipe,
    receiver: Option<Runtime>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(soleil(), Arc::new(MemoryStore::new())).await
    }

    pub(crate) async fn with(recipe: Recipe, store: Arc<dyn Store>) -> Self {
        let clock = ManualClock::new("2026-11-20T16:00:00Z".parse().unwrap());
        let ghl = FakeGhl::builder()
            .clock(Arc::new(clock.clone()))
            .start()
            .await
            .unwrap();
        let engine = engine(&ghl, &clock, Arc::clone(&store), recipe.clone());
        let receiver = receive(&ghl, &clock, engine.clone());
        Self {
            ghl,
            clock,
            store,
            engine,
            recipe,
            receiver: Some(receiver),
        }
    }

    /// With a team behind the service, whom steps of the recipe tell.
    pub(crate) async fn telling(recipe: Recipe, team: Arc<dyn TeamNotifier>) -> Self {
        let mut world = Self::with(recipe.clone(), Arc::new(MemoryStore::new())).await;
        world.kill_receiver();
        world.engine = Engine::builder(Arc::clone(&world.store))
            .clock(Arc::new(world.clock.clone()))
            .location(location(&world.ghl, &world.clock), recipe)
            .notifier(team)
            .build();
        world.receiver = Some(receive(&world.ghl, &world.clock, world.engine.clone()));
        world
    }

    /// With an agent of the service's that reads replies, for as long as this process lives.
    pub(crate) async fn reading(recipe: Recipe, agent: Arc<dyn ReplyAgent>) -> Self {
        let mut world = Self::with(recipe.clone(), Arc::new(MemoryStore::new())).await;
        world.kill_receiver();
        world.engine = Engine::builder(Arc::clone(&world.store))
            .clock(Arc::new(world.clock.clone()))
            .location(location(&world.ghl, &world.clock), recipe)
            .reply_agent(agent)
            .build();
        world.receiver = Some(receive(&world.ghl, &world.clock, world.engine.clone()));
        world
    }

    /// With an engine that is set up further.
    pub(crate) async fn set_up(
        recipe: Recipe,
        set_up: impl FnOnce(EngineBuilder) -> EngineBuilder,
    ) -> Self {
        let mut world = Self::with(recipe.clone(), Arc::new(MemoryStore::new())).await;
        world.kill_receiver();
        let engine = Engine::builder(Arc::clone(&world.store))
            .clock(Arc::new(world.clock.clone()))
            .location(location(&world.ghl, &world.clock), recipe);
        world.engine = set_up(engine).build();
        world.receiver = Some(receive(&world.ghl, &world.clock, world.engine.clone()));
        world
    }

    /// The process dies, and another starts on what `store` has kept.
    pub(crate) async fn restart(&mut self, store: Arc<dyn Store>) {
        self.kill_receiver();
        self.store = store;
        self.engine = engine(
            &self.ghl,
            &self.clock,
            Arc::clone(&self.store),
            self.recipe.clone(),
        );
        self.receiver = Some(receive(&self.ghl, &self.clock, self.engine.clone()));
    }

    /// The engine of another process, on what `store` keeps.
    #[cfg(all(unix, feature = "postgres"))]
    pub(crate) fn another_engine(&self, store: Arc<dyn Store>) -> Engine {
        engine(&self.ghl, &self.clock, store, self.recipe.clone())
    }

    /// The process is restarted with another recipe.
    pub(crate) async fn change_recipe(&mut self, recipe: Recipe) {
        self.recipe = recipe;
        let store = Arc::clone(&self.store);
        self.restart(store).await;
    }

    pub(crate) async fn missed_call(&self) -> SimulatedEvent {
        self.call(&Call::missed(LOCATION, caller(), business()))
            .await
    }

    pub(crate) async fn call(&self, call: &Call) -> SimulatedEvent {
        let trigger = self.ghl.call(call).unwrap();
        self.ghl.deliveries_settled().await;
        trigger
    }

    pub(crate) async fn writes(&self, from: PhoneNumber, body: &str) -> SimulatedEvent {
        let text = TextMessage {
            location_id: LOCATION.into(),
            from,
            to: business(),
            body: body.into(),
        };
        let trigger = self.ghl.message(&text).unwrap();
        self.ghl.deliveries_settled().await;
        trigger
    }

    /// Lets the engine work until nothing is due within `span` from now.
    pub(crate) async fn pass(&self, span: Duration) {
        let end = self.clock.now() + span;
        for _ in 0..10_000 {
            while self.engine.step().await.unwrap() > 0 {}
            match self.engine.next_due().await.unwrap() {
                Some(next) if next <= end => self.clock.advance_to(next),
                _ => {
                    self.clock.advance_to(end);
                    return;
                }
            }
        }
        panic!("the engine does not come to rest");
    }

    pub(crate) async fn minutes(&self, minutes: u64) {
        self.pass(Duration::from_secs(minutes * 60)).await;
    }

    /// A client beside the engine's, so that reading does not use up its pace.
    pub(crate) fn location(&self) -> Location {
        location(&self.ghl, &self.clock)
    }

    /// The texts that the contact has been sent, oldest first.
    pub(crate) async fn texts(&self, contact: &str) -> Vec<Message> {
        let location = self.location();
        let search = ConversationSearch::with_contact(ContactId::new(contact).unwrap());
        let mut texts = Vec::new();
        for conversation in location
            .conversations()
            .search(&search)
            .await
            .unwrap()
            .conversations
        {
            let query = MessagesQuery {
                limit: Some(100),
                ..MessagesQuery::default()
            };
            let page = location
                .conversations()
                .messages(&conversation.id, &query)
                .await
                .unwrap();
            let sent = |message: &Message| {
                message.direction == Some(Direction::Outbound) && message.body.is_some()
            };
            texts.extend(page.messages.into_iter().filter(sent));
        }
        texts.reverse();
        texts
    }

    pub(crate) async fn tasks(&self, contact: &str) -> Vec<Task> {
        self.location()
            .tasks()
            .list(&ContactId::new(contact).unwrap())
            .await
            .unwrap()
    }

    pub(crate) async fn tags(&self, contact: &str) -> Vec<String> {
        let contact = self
            .location()
            .contacts()
            .get(&ContactId::new(contact).unwrap())
            .await
            .unwrap();
        contact.tags.iter().map(ToString::to_string).collect()
    }

    pub(crate) async fn ledger(&self) -> Vec<Entry> {
        self.store.ledger(&LedgerQuery::default()).await.unwrap()
    }

    /// The kinds of the ledger's entries; for what was not done, with its step and reason.
    pub(crate) async fn history(&self) -> Vec<String> {
        let told = |entry: Entry| match entry.kind {
            EntryKind::NotDone { step, reason } => format!("not_done {step} {reason}"),
            EntryKind::Done { step, .. } => format!("done {step}"),
            EntryKind::OptedOut { reason } => format!("opted_out {reason}"),
            EntryKind::OptedIn { reason } => format!("opted_in {reason}"),
            EntryKind::Postponed { effect, code } => format!("postponed {} {code}", effect.step),
            other => other.name().to_owned(),
        };
        self.ledger()
            .await
            .into_iter()
            .map(told)
            .filter(|told| told != "attempted")
            .collect()
    }

    /// No text went out, and the ledger says why.
    pub(crate) async fn assert_not_texted(&self, contact: &str, reason: &str) {
        let history = self.history().await;
        assert!(self.texts(contact).await.is_empty(), "{history:?}");
        let told = format!("not_done text {reason}");
        assert!(history.contains(&told), "{history:?}");
    }

    /// Exactly what the recipe promises for one call: one text with the link, the tag, one task due in an hour.
    pub(crate) async fn assert_recovered_once(&self, call: &SimulatedEvent, ended_at: Timestamp) {
        let texts = self.texts(&call.contact_id).await;
        assert_eq!(texts.len(), 1, "{:?}", self.history().await);
        assert!(texts[0].body.as_ref().unwrap().contains(LINK));
        self.assert_tag_and_task(call, ended_at).await;
    }

    pub(crate) async fn assert_tag_and_task(&self, call: &SimulatedEvent, ended_at: Timestamp) {
        assert_eq!(self.tags(&call.contact_id).await, ["missed-call"]);
        let tasks = self.tasks(&call.contact_id).await;
        assert_eq!(tasks.len(), 1, "{:?}", self.history().await);
        assert_eq!(
            tasks[0].title.as_ref().unwrap().as_str(),
            "Missed call — follow up within 1 hour"
        );
        assert_eq!(
            tasks[0].due_date,
            Some(ended_at + Duration::from_secs(3600))
        );
        assert_eq!(tasks[0].completed, Some(false));
    }
}

impl World {
    /// Ends the receiver with all of its connections, as the death of a process does.
    fn kill_receiver(&mut self) {
        if let Some(receiver) = self.receiver.take() {
            receiver.shutdown_background();
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.kill_receiver();
    }
}

fn location(ghl: &FakeGhl, clock: &ManualClock) -> Location {
    let client = Client::builder()
        .token(TOKEN)
        .base_url(ghl.url())
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    client.location(LocationId::new(LOCATION).unwrap())
}

fn engine(ghl: &FakeGhl, clock: &ManualClock, store: Arc<dyn Store>, recipe: Recipe) -> Engine {
    Engine::builder(store)
        .clock(Arc::new(clock.clone()))
        .location(location(ghl, clock), recipe)
        .build()
}

/// Starts the webhook receiver on a runtime of its own, so that it can die as a whole.
fn receive(ghl: &FakeGhl, clock: &ManualClock, engine: Engine) -> Runtime {
    let verifier = Verifier::builder()
        .ed25519_pem(&ghl.public_key_pem())
        .unwrap()
        .build();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    ghl.set_webhook_url(&format!(
        "http://{}/webhooks/ghl",
        listener.local_addr().unwrap()
    ))
    .unwrap();
    let endpoint = Endpoint::builder(verifier, engine)
        .clock(clock.clone())
        .build();
    let app: Router = Router::new().route("/webhooks/ghl", endpoint.route());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        axum::serve(listener, app).await.unwrap();
    });
    runtime
}
