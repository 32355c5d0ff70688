//! The story: HighLevel and the service are set up, somebody calls twice and writes once, and HighLevel is asked what
//! it has then. What is told of it stands in `report`.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gohighlevel::Client;
use gohighlevel::api::conversations::{ConversationSearch, Message, MessagesQuery};
use gohighlevel::api::tags::TagName;
use gohighlevel::api::tasks::Task;
use gohighlevel::client::Location;
use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::message::{Direction, MessageType};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::episode::EpisodeId;
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::{LedgerQuery, SqliteStore};
use gohighlevel::recipes::missed_call::{Engine, Recipe};
use gohighlevel::testing::{Call, FakeGhl, Happening, TextMessage};
use gohighlevel::webhooks::{Verifier, receiver};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// A location of FakeGhl's sample seed, with its token and number.
const LOCATION: &str = "soleilLocation000001";
const TOKEN: &str = "pit-sample-soleil";
const BUSINESS: &str = "+13125550100";
/// What the caller writes in the end.
pub(crate) const REPLY: &str = "Thanks! I have just booked for tomorrow.";

/// How long to wait for a step that is due; what is missing then is told.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);
/// How often to look into the ledger while waiting.
const LOOK: Duration = Duration::from_millis(5);
/// A second call so shortly before the cooldown's end might come too late to join.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// All that happened.
pub(crate) struct Tour {
    pub(crate) caller: PhoneNumber,
    pub(crate) called: PhoneNumber,
    pub(crate) calls: Vec<Told>,
    pub(crate) reply: Told,
    /// The ledger of the calls, oldest first.
    pub(crate) ledger: Vec<Entry>,
    pub(crate) seen: Seen,
    /// Where the ledger was kept.
    pub(crate) db: PathBuf,
    pub(crate) db_is_kept: bool,
}

/// Something that happened in HighLevel, and the webhook that told of it.
pub(crate) struct Told {
    /// When it happened.
    pub(crate) at: Timestamp,
    pub(crate) event: String,
    /// When the webhook was sent, and how it was answered.
    pub(crate) sent_at: Timestamp,
    pub(crate) status: u16,
    happening: Happening,
}

impl Tour {
    /// The contact that HighLevel made for the caller.
    pub(crate) fn contact(&self) -> &str {
        &self.reply.happening.contact_id
    }
}

/// What HighLevel has for the caller at the end, asked through the ordinary API.
pub(crate) struct Seen {
    pub(crate) texts: Vec<Message>,
    pub(crate) tags: Vec<TagName>,
    pub(crate) tasks: Vec<Task>,
}

/// Takes the tour.
pub(crate) async fn take(recipe: &Recipe, db: Option<PathBuf>) -> Result<Tour, Failure> {
    // HighLevel.
    let fake = FakeGhl::builder().start().await?;

    // The service: a client, a store, and the engine that runs the recipe in one location.
    let client = Client::builder()
        .base_url(fake.url())
        .token(TOKEN)
        .build()?;
    let location = client.location(LocationId::new(LOCATION)?);
    let folder = tempfile::tempdir()?;
    let db_is_kept = db.is_some();
    let db = db.unwrap_or_else(|| folder.path().join("tour.db"));
    let engine = Engine::builder(Arc::new(SqliteStore::open(&db)?))
        .location(location.clone(), recipe.clone())
        .build();
    if let Some(error) = engine.preflight().await.into_iter().next() {
        return Err(error.into());
    }

    // Its endpoint for webhooks. A real service uses `Verifier::highlevel()`.
    let verifier = Verifier::builder()
        .ed25519_pem(&fake.public_key_pem())?
        .build();
    let endpoint = receiver(verifier, Arc::new(engine.clone()), Arc::new(SystemClock));
    let app = axum::Router::new().route("/webhooks/ghl", endpoint);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    fake.set_webhook_url(&format!("http://{}/webhooks/ghl", listener.local_addr()?))?;
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let at_work = engine.clone();
    let running = tokio::spawn(async move { at_work.run(async { drop(stopped.await) }).await });

    // What happens.
    let (caller, called) = (somebody()?, BUSINESS.parse::<PhoneNumber>()?);
    let call = Call::missed(LOCATION, caller.clone(), called.clone());
    let mut calls = vec![told(&fake, fake.call(&call)?).await?];
    wait_for_the_end_of(recipe, &engine, &calls).await?;
    let cooldown_ends = calls[0].at.saturating_add(recipe.cooldown())?;
    if SystemClock.now() + MARGIN < cooldown_ends {
        calls.push(told(&fake, fake.call(&call)?).await?);
    }
    let text = TextMessage {
        location_id: LOCATION.to_owned(),
        from: caller.clone(),
        to: called.clone(),
        body: REPLY.to_owned(),
    };
    let reply = told(&fake, fake.message(&text)?).await?;

    // What is left of it. The engine ends first: nothing may follow.
    let _ = stop.send(());
    running.await?;
    server.abort();
    let contact = ContactId::new(reply.happening.contact_id.as_str())?;
    Ok(Tour {
        caller,
        called,
        ledger: ledger(&engine, &calls).await?,
        seen: seen(&location, &contact).await?,
        calls,
        reply,
        db,
        db_is_kept,
    })
}

/// Somebody new each time: with `--db` the caller of an earlier tour would join their own call. They live around the
/// business: a number from a place that the recipe does not text would get none. The numbers 555-0100 to 555-0199 of
/// every area are kept free for stories.
fn somebody() -> Result<PhoneNumber, Failure> {
    const AREAS: [u16; 6] = [217, 309, 618, 630, 708, 773];
    let (area, last) = (fastrand::usize(..AREAS.len()), fastrand::u16(100..200));
    Ok(format!("+1{}5550{last}", AREAS[area]).parse()?)
}

/// Waits until the webhook of a happening is answered.
async fn told(fake: &FakeGhl, happening: Happening) -> Result<Told, Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        date_added: Timestamp,
    }

    fake.deliveries_settled().await;
    let delivery = fake
        .deliveries()
        .into_iter()
        .find(|delivery| delivery.webhook_id == happening.webhook_id)
        .ok_or("HighLevel made no webhook")?;
    let attempt = delivery.attempts.last().ok_or("no webhook was sent")?;
    Ok(Told {
        at: serde_json::from_str::<Body>(&delivery.body)?.date_added,
        event: delivery.event,
        sent_at: attempt.time,
        status: attempt.status.ok_or("a webhook was not answered")?,
        happening,
    })
}

/// Waits until the ledger tells how every step of the recipe ended.
async fn wait_for_the_end_of(
    recipe: &Recipe,
    engine: &Engine,
    calls: &[Told],
) -> Result<(), Failure> {
    let limit = SystemClock.now() + recipe.text_delay() + PATIENCE;
    if recipe.text_delay() > MARGIN {
        eprintln!(
            "The recipe sends its text {:#} after the call.",
            recipe.text_delay()
        );
    }
    loop {
        let ended = ledger(engine, calls).await?;
        let ended = ended.iter().filter(|entry| {
            matches!(
                entry.kind,
                EntryKind::Done { .. } | EntryKind::NotDone { .. }
            )
        });
        if ended.count() >= recipe.steps().count() || SystemClock.now() > limit {
            return Ok(());
        }
        SystemClock.sleep(LOOK).await;
    }
}

/// What the ledger has of these calls, whichever episodes they belong to.
async fn ledger(engine: &Engine, calls: &[Told]) -> Result<Vec<Entry>, Failure> {
    let location = LocationId::new(LOCATION)?;
    let mut entries = Vec::new();
    for call in calls {
        let episode = EpisodeId::of_call(&location, &call.happening.message_id.parse()?);
        let query = LedgerQuery::of_episode(episode);
        entries.extend(engine.store().ledger(&query).await?);
    }
    Ok(entries)
}

async fn seen(location: &Location, contact: &ContactId) -> Result<Seen, Failure> {
    let conversations = location.conversations();
    let search = ConversationSearch::with_contact(contact.clone());
    let mut texts = Vec::new();
    for conversation in conversations.search(&search).await?.conversations {
        let query = MessagesQuery {
            limit: Some(100),
            types: vec![MessageType::Sms],
            ..MessagesQuery::default()
        };
        let page = conversations.messages(&conversation.id, &query).await?;
        texts.extend(
            page.messages
                .into_iter()
                .filter(|message| message.direction == Some(Direction::Outbound)),
        );
    }
    Ok(Seen {
        texts,
        tags: location.contacts().get(contact).await?.tags,
        tasks: location.tasks().list(contact).await?,
    })
}
