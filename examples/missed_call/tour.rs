//! The tour: HighLevel, the service's endpoint and its engine in one process, over real HTTP, on a clock that is set by
//! hand. A story is played, and HighLevel is asked what it has then. `report` prints the result.

use std::error::Error;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use gohighlevel::Client;
use gohighlevel::api::contacts::NewContact;
use gohighlevel::api::conversations::{ConversationSearch, Message, MessagesQuery};
use gohighlevel::api::notes::Note;
use gohighlevel::api::tags::TagName;
use gohighlevel::api::tasks::Task;
use gohighlevel::client::Location;
use gohighlevel::clock::Clock as _;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::message::Direction;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::compliance::{Consent, ConsentKind};
use gohighlevel::recipes::missed_call::episode::EpisodeId;
use gohighlevel::recipes::missed_call::ledger::Entry;
use gohighlevel::recipes::missed_call::store::{LedgerQuery, PersonKey, SqliteStore};
use gohighlevel::recipes::missed_call::{Engine, Notice, PreflightError, Recipe, TeamNotifier};
use gohighlevel::testing::{Call, FakeGhl, ManualClock, SimulatedEvent, TextMessage};
use gohighlevel::webhooks::{Endpoint, Verifier};
use jiff::Timestamp;
use serde::Deserialize;

use super::story::{Story, What};

/// A location of FakeGhl's sample seed, with its token and number.
const LOCATION: &str = "soleilLocation000001";
const TOKEN: &str = "pit-sample-soleil";
const BUSINESS: &str = "+13125550100";
/// Ten in the morning there, on a Friday.
const BEGINS: &str = "2026-11-20T16:00:00Z";

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// All that happened.
pub(crate) struct Tour {
    pub(crate) caller: PhoneNumber,
    pub(crate) called: PhoneNumber,
    /// The contact that HighLevel has for the caller.
    pub(crate) contact: ContactId,
    pub(crate) scenes: Vec<PlayedScene>,
    /// Who has consented to texts before the call, and the record of it.
    pub(crate) consented: Option<(&'static str, String)>,
    /// The ledger of the calls, oldest first.
    pub(crate) ledger: Vec<Entry>,
    pub(crate) seen: Seen,
    /// Where the ledger was kept.
    pub(crate) db: PathBuf,
    pub(crate) db_is_kept: bool,
}

/// Something that the caller did in HighLevel, and the webhook that reported it.
pub(crate) struct PlayedScene {
    /// The words, if they wrote.
    pub(crate) text: Option<&'static str>,
    /// When it happened.
    pub(crate) at: Timestamp,
    pub(crate) event: String,
    /// When the webhook was sent, and how it was answered.
    pub(crate) sent_at: Timestamp,
    pub(crate) status: u16,
    simulated: SimulatedEvent,
}

impl Tour {
    /// When the first call ended: the time that everything is counted from.
    pub(crate) fn begins(&self) -> Timestamp {
        self.scenes
            .first()
            .map_or(Timestamp::UNIX_EPOCH, |call| call.at)
    }

    pub(crate) fn calls(&self) -> impl Iterator<Item = &PlayedScene> {
        self.scenes.iter().filter(|scene| scene.text.is_none())
    }
}

/// What HighLevel has for the caller at the end, asked through the ordinary API; and the notices that the team received.
pub(crate) struct Seen {
    pub(crate) messages: Vec<Message>,
    pub(crate) tags: Vec<TagName>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) notes: Vec<Note>,
    pub(crate) notices: Vec<Notice>,
}

/// The team of the story: it keeps the notices that it received.
#[derive(Debug, Clone, Default)]
struct Team {
    notices: Arc<Mutex<Vec<Notice>>>,
}

impl Team {
    fn notices(&self) -> Vec<Notice> {
        let notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        notices.clone()
    }
}

#[async_trait]
impl TeamNotifier for Team {
    async fn notify(&self, notice: &Notice) -> Result<(), Failure> {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        // The same notice can come a second time after a crash.
        if !notices.iter().any(|known| known.effect == notice.effect) {
            notices.push(notice.clone());
        }
        Ok(())
    }
}

/// Takes the tour.
pub(crate) async fn take(recipe: &Recipe, db: Option<PathBuf>) -> Result<Tour, Failure> {
    let clock = ManualClock::new(BEGINS.parse()?);

    // HighLevel.
    let fake = FakeGhl::builder()
        .clock(Arc::new(clock.clone()))
        .start()
        .await?;

    // The service: a client, a store, and the engine that runs the recipe in one location.
    let client = Client::builder()
        .base_url(fake.url())
        .token(TOKEN)
        .clock(Arc::new(clock.clone()))
        .build()?;
    let location = client.location(LocationId::new(LOCATION)?);
    let folder = tempfile::tempdir()?;
    let db_is_kept = db.is_some();
    let db = db.unwrap_or_else(|| folder.path().join("tour.db"));
    let team = Team::default();
    let engine = Engine::builder(Arc::new(SqliteStore::open(&db)?))
        .clock(Arc::new(clock.clone()))
        .notifier(Arc::new(team.clone()))
        .location(location.clone(), recipe.clone())
        .build();
    // The recipe's hints are printed before the tour, and the sample location has not every number of every recipe.
    let may_go_on = |error: &PreflightError| {
        matches!(
            error,
            PreflightError::Hint { .. }
                | PreflightError::Warning { .. }
                | PreflightError::DryRun { .. }
        )
    };
    let mut errors = engine.preflight().await.into_iter();
    if let Some(error) = errors.find(|error| !may_go_on(error)) {
        return Err(error.into());
    }

    // Its endpoint for webhooks. A real service uses `Verifier::highlevel()` and `SystemClock`.
    let verifier = Verifier::builder()
        .ed25519_pem(&fake.public_key_pem())?
        .build();
    let endpoint = Endpoint::builder(verifier, engine.clone())
        .clock(clock.clone())
        .build();
    let app = axum::Router::new().route("/webhooks/ghl", endpoint.route());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    fake.set_webhook_url(&format!("http://{}/webhooks/ghl", listener.local_addr()?))?;
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    // What happens.
    let story = Story::of(recipe.name());
    let (caller, called) = (somebody()?, BUSINESS.parse::<PhoneNumber>()?);
    let mut consented = None;
    if let Some((name, address)) = story.known_as {
        let contact = NewContact {
            first_name: Some(name.to_owned().into()),
            email: Some(address.to_owned().into()),
            phone: Some(caller.clone()),
            ..NewContact::default()
        };
        let contact = location.contacts().create(&contact).await?;
        let person = PersonKey {
            location: location.id().clone(),
            contact: contact.id,
            number: Some(caller.clone()),
        };
        let consent = Consent {
            given_at: clock.now(),
            reference: "website form, submission 1".to_owned(),
        };
        engine
            .record_consent(&person, ConsentKind::Written, &consent)
            .await?;
        consented = Some((name, consent.reference));
    }
    let begins = clock.now();
    let mut scenes: Vec<PlayedScene> = Vec::new();
    for scene in story.scenes {
        let at = begins.saturating_add(scene.after)?;
        let text = match scene.what {
            // A call after the cooldown would open another episode.
            What::Calls if !scenes.is_empty() && scene.after >= recipe.cooldown() => continue,
            What::Calls => None,
            What::Writes(text) => Some(text),
        };
        work_until(&engine, &clock, at).await?;
        let simulated = match text {
            None => fake.call(&Call::missed(LOCATION, caller.clone(), called.clone()))?,
            Some(body) => fake.message(&TextMessage {
                location_id: LOCATION.to_owned(),
                from: caller.clone(),
                to: called.clone(),
                body: body.to_owned(),
            })?,
        };
        scenes.push(played(&fake, text, simulated).await?);
    }
    work_until(&engine, &clock, begins.saturating_add(story.until)?).await?;
    server.abort();

    // What is left of it.
    let contact = scenes.first().ok_or("nobody called")?;
    let contact = ContactId::new(contact.simulated.contact_id.as_str())?;
    Ok(Tour {
        caller,
        called,
        ledger: ledger(&engine, &scenes).await?,
        seen: seen(&location, &contact, &team).await?,
        contact,
        scenes,
        consented,
        db,
        db_is_kept,
    })
}

/// Does what is due until then, and sets the clock from one thing to the next. A real service calls `Engine::run` once
/// and lets the time pass.
async fn work_until(engine: &Engine, clock: &ManualClock, end: Timestamp) -> Result<(), Failure> {
    loop {
        while engine.step().await? > 0 {}
        match engine.next_due().await? {
            Some(next) if next <= end => clock.advance_to(next),
            _ => break,
        }
    }
    clock.advance_to(end);
    Ok(())
}

/// Somebody new each time: with `--db` the caller of an earlier tour would join their own call. They live around the
/// business: a number from a place that the recipe does not text would get none. The numbers 555-0100 to 555-0199 of
/// every area are kept free for stories.
fn somebody() -> Result<PhoneNumber, Failure> {
    const AREAS: [u16; 6] = [217, 309, 618, 630, 708, 773];
    let (area, last) = (fastrand::usize(..AREAS.len()), fastrand::u16(100..200));
    Ok(format!("+1{}5550{last}", AREAS[area]).parse()?)
}

/// Waits until the webhook of a simulated event is answered.
async fn played(
    fake: &FakeGhl,
    text: Option<&'static str>,
    simulated: SimulatedEvent,
) -> Result<PlayedScene, Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        date_added: Timestamp,
    }

    fake.deliveries_settled().await;
    let delivery = fake
        .deliveries()
        .into_iter()
        .find(|delivery| delivery.webhook_id == simulated.webhook_id)
        .ok_or("HighLevel made no webhook")?;
    let attempt = delivery.attempts.last().ok_or("no webhook was sent")?;
    Ok(PlayedScene {
        text,
        at: serde_json::from_str::<Body>(&delivery.body)?.date_added,
        event: delivery.event,
        sent_at: attempt.time,
        status: attempt.status.ok_or("a webhook was not answered")?,
        simulated,
    })
}

/// What the ledger has of these calls, whichever episodes they belong to.
async fn ledger(engine: &Engine, scenes: &[PlayedScene]) -> Result<Vec<Entry>, Failure> {
    let location = LocationId::new(LOCATION)?;
    let mut entries = Vec::new();
    for call in scenes.iter().filter(|scene| scene.text.is_none()) {
        let episode = EpisodeId::of_call(&location, &call.simulated.message_id.parse()?);
        let query = LedgerQuery::of_episode(episode);
        entries.extend(engine.store().ledger(&query).await?);
    }
    Ok(entries)
}

async fn seen(location: &Location, contact: &ContactId, team: &Team) -> Result<Seen, Failure> {
    let conversations = location.conversations();
    let search = ConversationSearch::with_contact(contact.clone());
    let mut messages = Vec::new();
    for conversation in conversations.search(&search).await?.conversations {
        let query = MessagesQuery {
            limit: Some(100),
            ..MessagesQuery::default()
        };
        let page = conversations.messages(&conversation.id, &query).await?;
        messages.extend(
            page.messages
                .into_iter()
                .filter(|message| message.direction == Some(Direction::Outbound)),
        );
    }
    Ok(Seen {
        messages,
        tags: location.contacts().get(contact).await?.tags,
        tasks: location.tasks().list(contact).await?,
        notes: location.notes().list(contact).await?,
        notices: team.notices(),
    })
}
