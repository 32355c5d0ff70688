//! A host's agent that classifies replies: when it is asked, what its answer changes, and what holds without an answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::clock::Clock;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::reply::{AgentError, ReplyAgent};
use gohighlevel::recipes::missed_call::store::{Store, Subject};
use gohighlevel::recipes::missed_call::{Acceptance, Recipe, Reply};
use gohighlevel::secret::Private;
use gohighlevel::testing::SimulatedEvent;
use gohighlevel::webhooks::Delivery;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::logged::logged;
use crate::missed_call::harness::world::{LOCATION, World, caller};

/// What the agent does when it is asked.
enum Manner {
    Says(Reply),
    Fails,
    Hangs,
    Panics,
}

struct Agent {
    manner: Manner,
    asked: Mutex<Vec<(String, Reply)>>,
    was_asked: Notify,
}

impl Agent {
    fn that(manner: Manner) -> Arc<Self> {
        Arc::new(Self {
            manner,
            asked: Mutex::default(),
            was_asked: Notify::new(),
        })
    }

    fn asked(&self) -> Vec<(String, Reply)> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl ReplyAgent for Agent {
    async fn classify(&self, text: &Private<String>, rules: Reply) -> Result<Reply, AgentError> {
        let asked = (text.as_str().to_owned(), rules);
        self.asked.lock().unwrap().push(asked);
        self.was_asked.notify_one();
        match self.manner {
            Manner::Says(reply) => Ok(reply),
            Manner::Fails => Err(format!("cannot read: {}", text.as_str()).into()),
            Manner::Hangs => std::future::pending().await,
            Manner::Panics => panic!("the agent is broken"),
        }
    }
}

fn recipe() -> Recipe {
    let toml = r#"
        name = "reading"
        version = 1
        [business]
        display_name = "Soleil"
        [call]
        max_age = "PT10M"
        cooldown = "PT4H"
        [steps.text]
        do = "text"
        after = "PT2M"
        body = "Sorry we missed you, {{ location.name }}"
        [steps.person]
        do = "task"
        on = "help"
        title = "Asks for a person"
    "#;
    Recipe::from_toml("reading.toml", toml).unwrap()
}

/// Somebody has called a minute ago, and the text waits.
async fn called(agent: &Arc<Agent>) -> (World, SimulatedEvent) {
    let world = World::reading(recipe(), agent.clone()).await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    (world, call)
}

/// The kinds of the replies in the ledger, each with the message.
async fn replies(world: &World) -> Vec<Reply> {
    let reply = |kind| match kind {
        EntryKind::Replied { reply, .. } => Some(reply),
        _ => None,
    };
    let ledger = world.ledger().await;
    ledger
        .into_iter()
        .filter_map(|entry| reply(entry.kind))
        .collect()
}

#[tokio::test]
async fn the_agent_decides_what_a_reply_asks_for() {
    for (text, rules, answer, tasks) in [
        ("my tap drips", Reply::Other, Reply::Help, 1),
        ("are you open on Sunday?", Reply::Help, Reply::Booking, 0),
        ("thanks", Reply::Thanks, Reply::Help, 1),
        // It makes neither consent nor its withdrawal.
        ("my tap drips", Reply::Other, Reply::OptIn, 0),
        ("are you open on Sunday?", Reply::Help, Reply::OptOut, 1),
        ("my tap drips", Reply::Other, Reply::Automatic, 0),
    ] {
        let agent = Agent::that(Manner::Says(answer));
        let (world, call) = called(&agent).await;
        world.writes(caller(), text).await;
        world.minutes(30).await;
        assert_eq!(agent.asked(), [(text.to_owned(), rules)]);
        let decided = if answer.is_settled() { rules } else { answer };
        assert_eq!(replies(&world).await, [decided], "{text}");
        assert_eq!(world.tasks(&call.contact_id).await.len(), tasks, "{text}");
        world.assert_not_texted(&call.contact_id, "replied").await;
    }
}

#[tokio::test]
async fn a_reply_stops_the_text_before_the_agent_is_asked() {
    let agent = Agent::that(Manner::Says(Reply::Help));
    let (world, _) = called(&agent).await;
    world.writes(caller(), "my tap drips").await;
    assert_eq!(
        world.history().await,
        ["call_missed", "not_done text replied"]
    );
    assert!(agent.asked().is_empty());
    // A host with a loop of its own hears that there is something to do.
    let due = world.engine.next_due().await.unwrap();
    assert_eq!(due, Some(world.clock.now()));
    assert!(world.engine.step().await.unwrap() > 0);
    assert_eq!(agent.asked().len(), 1);
    assert_eq!(replies(&world).await, [Reply::Help]);
}

#[tokio::test]
async fn without_an_answer_the_rules_decide_in_time() {
    for (manner, waits) in [(Manner::Fails, 0), (Manner::Hangs, 15)] {
        let agent = Agent::that(manner);
        let (world, call) = called(&agent).await;
        let wrote_at = world.clock.now();
        world.writes(caller(), "are you open on Sunday?").await;
        world.engine.step().await.unwrap();
        let mut ledger = world.ledger().await.into_iter();
        let entry = ledger
            .rfind(|entry| entry.kind.name() == "replied")
            .unwrap();
        let waited = entry.at.duration_since(wrote_at);
        assert_eq!(waited, SignedDuration::from_secs(waits));
        assert_eq!(replies(&world).await, [Reply::Help]);
        world.minutes(5).await;
        assert_eq!(world.tasks(&call.contact_id).await.len(), 1);
        assert_eq!(agent.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_crash_before_the_answer_does_not_lose_the_reply() {
    let agent = Agent::that(Manner::Says(Reply::Thanks));
    let (mut world, call) = called(&agent).await;
    world.writes(caller(), "are you open on Sunday?").await;
    let store: Arc<dyn Store> = Arc::clone(&world.store);
    world.restart(store).await;
    world.minutes(5).await;
    assert!(agent.asked().is_empty());
    assert_eq!(replies(&world).await, [Reply::Help]);
    assert_eq!(world.tasks(&call.contact_id).await.len(), 1);
}

#[tokio::test]
async fn what_the_rules_settle_is_not_asked_about() {
    for text in [
        "STOP",
        "please take me off your list",
        "START",
        "wrong number",
        "I'm driving with Do Not Disturb While Driving turned on.",
    ] {
        let agent = Agent::that(Manner::Says(Reply::Help));
        let (world, call) = called(&agent).await;
        world.writes(caller(), text).await;
        world.minutes(30).await;
        assert_eq!(agent.asked(), [], "{text}");
        assert!(world.tasks(&call.contact_id).await.is_empty(), "{text}");
    }
}

#[tokio::test]
async fn strangers_and_closed_episodes_are_not_asked_about() {
    let agent = Agent::that(Manner::Says(Reply::Help));
    let (world, _) = called(&agent).await;
    world
        .writes("+13125550199".parse().unwrap(), "my tap drips")
        .await;
    world.minutes(24 * 60).await;
    world.writes(caller(), "my tap drips").await;
    world.minutes(1).await;
    assert_eq!(agent.asked(), []);
    assert_eq!(replies(&world).await, [Reply::Other]);
}

/// A text of the caller as HighLevel tells it.
fn text_in(contact: &str, message: &str, webhook: &str, body: &str) -> Value {
    json!({
        "type": "InboundMessage", "locationId": LOCATION, "contactId": contact,
        "conversationId": "thread", "direction": "inbound", "messageType": "SMS",
        "messageId": message, "webhookId": webhook, "body": body, "from": caller().e164(),
    })
}

#[tokio::test]
async fn one_reply_is_asked_about_once_however_often_it_is_delivered() {
    let agent = Agent::that(Manner::Says(Reply::Help));
    let (world, call) = called(&agent).await;
    let take = async |webhook: &str| {
        let body = text_in(&call.contact_id, "text-1", webhook, "my tap drips");
        let delivery = Delivery::read(body.to_string(), world.clock.now()).unwrap();
        world.engine.accept(&delivery).await.unwrap()
    };
    assert_eq!(take("webhook-1").await, Acceptance::Accepted);
    assert_eq!(take("webhook-1").await, Acceptance::Duplicate);
    // The same text in another delivery.
    assert_eq!(take("webhook-2").await, Acceptance::Duplicate);
    world.minutes(1).await;
    assert_eq!(take("webhook-1").await, Acceptance::Duplicate);
    world.minutes(1).await;
    assert_eq!(agent.asked().len(), 1);
    assert_eq!(replies(&world).await, [Reply::Help]);
}

#[tokio::test]
async fn a_wrong_number_in_other_words_ends_the_texts() {
    let agent = Agent::that(Manner::Says(Reply::WrongNumber));
    let (world, call) = called(&agent).await;
    world.writes(caller(), "Jill moved out in spring").await;
    world.minutes(5 * 60).await;
    let history = world.history().await;
    let opted_out = "opted_out opted_out".to_owned();
    assert!(history.contains(&opted_out), "{history:?}");
    world.missed_call().await;
    world.minutes(10).await;
    assert!(world.texts(&call.contact_id).await.is_empty());
}

#[tokio::test]
async fn a_wrong_number_counts_though_the_episode_ended_before_it_was_read() {
    let agent = Agent::that(Manner::Says(Reply::WrongNumber));
    let (world, call) = called(&agent).await;
    world.writes(caller(), "Jill moved out in spring").await;
    let removal = json!({"type": "UNINSTALL", "locationId": LOCATION});
    world.ghl.event(removal.as_object().unwrap().clone());
    world.ghl.deliveries_settled().await;
    world.pass(Duration::from_secs(5)).await;
    assert_eq!(agent.asked().len(), 1);
    let contact = Subject::contact(&ContactId::new(call.contact_id).unwrap());
    let location = LocationId::new(LOCATION).unwrap();
    let kept = world.store.suppressions(&location, &[contact]).await;
    assert_eq!(kept.unwrap().len(), 1);
}

#[tokio::test]
async fn the_text_reaches_the_agent_and_nobody_else() {
    const TEXT: &str = "my tap drips at Elm Street";
    for manner in [Manner::Says(Reply::Help), Manner::Fails] {
        let agent = Agent::that(manner);
        let (world, call) = called(&agent).await;
        let body = text_in(&call.contact_id, "text-1", "webhook-1", TEXT);
        let delivery = Delivery::read(body.to_string(), world.clock.now()).unwrap();
        let (_, log) = logged(async {
            world.engine.accept(&delivery).await.unwrap();
            world.minutes(1).await;
        })
        .await;
        assert_eq!(agent.asked().len(), 1);
        let ledger = world.ledger().await;
        let episode = ledger[0].episode.as_ref().unwrap();
        let stored = world.store.episode(episode).await.unwrap().unwrap();
        for told in [
            log,
            serde_json::to_string(&ledger).unwrap(),
            serde_json::to_string(&stored.state).unwrap(),
            format!("{:?} {:?}", world.engine, world.store),
        ] {
            assert!(!told.contains("Elm Street"), "{told}");
        }
    }
}

#[tokio::test]
async fn the_loop_asks_and_survives_an_agent_that_panics() {
    for (manner, expected) in [
        (Manner::Says(Reply::Booking), Reply::Booking),
        (Manner::Panics, Reply::Help),
    ] {
        let agent = Agent::that(manner);
        let (world, _) = called(&agent).await;
        world.writes(caller(), "are you open on Sunday?").await;
        world.engine.run(agent.was_asked.notified()).await;
        assert_eq!(agent.asked().len(), 1);
        world.minutes(1).await;
        assert_eq!(replies(&world).await, [expected]);
    }
}

#[tokio::test]
async fn an_agent_that_doubts_holds_all_texts_back() {
    let agent = Agent::that(Manner::Says(Reply::Doubtful));
    let (world, call) = called(&agent).await;
    world.writes(caller(), "my tap drips").await;
    world.minutes(5).await;
    assert_eq!(replies(&world).await, [Reply::Doubtful]);
    let history = world.history().await;
    assert!(
        history.iter().any(|entry| entry == "doubted"),
        "{history:?}"
    );
    // The next call is another episode.
    world.minutes(5 * 60).await;
    world.missed_call().await;
    world.minutes(5).await;
    world.assert_not_texted(&call.contact_id, "doubtful").await;
}
