//! Events that are reported out of order: what was done before a call does not answer it, what was done after it does.

use std::sync::Arc;

use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::testing::{Call, CallStatus, Direction, SimulatedEvent};
use serde_json::json;

use crate::missed_call::harness::world::{LOCATION, World, business, caller};

const RECIPE: &str = r#"
    name = "before"
    version = 1

    [steps.text]
    do = "text"
    after = "PT2M"
    body = "Hi {{ contact.first_name }}, sorry we missed your call."
"#;

/// What answers a missed call.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Answer {
    Reply,
    Answered,
    Returned,
    TeamWrote,
    Booked,
}

const ALL: [Answer; 5] = [
    Answer::Reply,
    Answer::Answered,
    Answer::Returned,
    Answer::TeamWrote,
    Answer::Booked,
];

async fn world() -> World {
    let recipe = Recipe::from_toml("before.toml", RECIPE).unwrap();
    World::with(recipe, Arc::new(MemoryStore::new())).await
}

impl World {
    /// The webhook of what happens now. `contact` is the caller's.
    async fn answers(&self, answer: Answer, contact: &str) -> String {
        let call = Call::missed(LOCATION, caller(), business());
        let completed = call.with_status(CallStatus::Completed, 40);
        let event = |payload: serde_json::Value| {
            let mut payload = payload.as_object().unwrap().clone();
            payload.insert("locationId".into(), LOCATION.into());
            self.ghl.event(payload)
        };
        let at = self.now();
        let id = match answer {
            Answer::Reply => self.writes(caller(), "do you have time?").await.webhook_id,
            Answer::Answered => self.call(&completed).await.webhook_id,
            Answer::Returned => {
                let back = Call {
                    from: business(),
                    to: caller(),
                    direction: Direction::Outbound,
                    ..completed
                };
                self.call(&back).await.webhook_id
            }
            Answer::TeamWrote => event(json!({
                "type": "OutboundMessage", "direction": "outbound", "messageType": "SMS",
                "contactId": contact, "messageId": "team1", "source": "app", "userId": "maria",
                "body": "We see you at nine.", "status": "sent", "dateAdded": at,
            })),
            Answer::Booked => event(json!({
                "type": "AppointmentCreate",
                "appointment": {
                    "id": "appointment1", "contactId": contact, "appointmentStatus": "confirmed",
                    "dateAdded": at,
                },
            })),
        };
        self.ghl.deliveries_settled().await;
        id
    }

    fn now(&self) -> String {
        use gohighlevel::clock::Clock;
        self.clock.now().to_string()
    }

    async fn missed(&self) -> SimulatedEvent {
        self.call(&Call::missed(LOCATION, caller(), business()))
            .await
    }

    async fn sweeps(&self) {
        let location = LocationId::new(LOCATION).unwrap();
        self.engine.sweep(&location).await.unwrap();
    }

    /// The contact of somebody who called long ago, so that no episode of theirs hears anything.
    async fn known_caller(&self) -> String {
        self.ghl.hold_webhooks(true);
        let greeting = self.writes(caller(), "hello").await;
        self.ghl.hold_webhooks(false);
        self.minutes(31 * 24 * 60).await;
        greeting.contact_id
    }
}

#[tokio::test]
async fn what_was_done_before_the_call_and_is_reported_after_it_stops_no_text() {
    for answer in ALL {
        let world = world().await;
        let contact = world.known_caller().await;
        let webhook = world.answers(answer, &contact).await;
        world.minutes(10).await;
        world.missed().await;
        world.pass(std::time::Duration::from_secs(90)).await;
        world.sweeps().await;
        world.ghl.resend(&webhook).unwrap();
        world.ghl.deliveries_settled().await;
        world.minutes(5).await;
        let history = world.history().await;
        assert_eq!(
            world.texts(&contact).await.len(),
            1,
            "{answer:?}: {history:?}"
        );
    }
}

#[tokio::test]
async fn what_was_done_after_the_call_and_is_reported_before_it_stops_the_text() {
    for answer in ALL {
        let world = world().await;
        let contact = world.known_caller().await;
        world.ghl.hold_webhooks(true);
        let call = world.missed().await;
        world.ghl.hold_webhooks(false);
        world.pass(std::time::Duration::from_secs(30)).await;
        world.answers(answer, &contact).await;
        world.pass(std::time::Duration::from_secs(30)).await;
        world.ghl.resend(&call.webhook_id).unwrap();
        world.ghl.deliveries_settled().await;
        world.minutes(5).await;
        let history = world.history().await;
        assert_eq!(
            world.texts(&contact).await.len(),
            0,
            "{answer:?}: {history:?}"
        );
        let told = history.len();
        // It was taken with the call: told once more, it is nothing new.
        world.sweeps().await;
        assert_eq!(world.history().await.len() - told, 1, "{answer:?}");
        assert_eq!(world.history().await.last().unwrap(), "swept");
    }
}

#[tokio::test]
async fn a_sweep_that_finds_a_call_and_its_answer_sends_no_text() {
    for answer in [Answer::Reply, Answer::Answered, Answer::Returned] {
        let world = world().await;
        world.ghl.hold_webhooks(true);
        let contact = world.missed().await.contact_id;
        world.pass(std::time::Duration::from_secs(40)).await;
        world.answers(answer, &contact).await;
        world.ghl.hold_webhooks(false);
        world.clock.advance(std::time::Duration::from_secs(90));
        let location = LocationId::new(LOCATION).unwrap();
        let swept = world.engine.sweep(&location).await.unwrap();
        assert_eq!((swept.seen, swept.found), (2, 2), "{answer:?}");
        let history = world.history().await;
        let found = history.iter().filter(|told| *told == "found").count();
        assert_eq!(found, 2, "{history:?}");
        world.minutes(5).await;
        assert!(world.texts(&contact).await.is_empty(), "{answer:?}");
        let swept = world.engine.sweep(&location).await.unwrap();
        assert_eq!((swept.seen, swept.found), (0, 0), "{answer:?}");
    }
}

#[tokio::test]
async fn the_last_report_of_the_call_itself_counts() {
    // HighLevel tells of a call each time its status changes: a mailbox took it, or somebody after all.
    for (steps, texts) in [
        (["completed", "voicemail"], 1),
        (["voicemail", "completed"], 0),
    ] {
        let world = world().await;
        let contact = world.known_caller().await;
        for status in steps {
            let event = json!({
                "type": "InboundMessage", "direction": "inbound", "messageType": "CALL",
                "locationId": LOCATION, "contactId": contact, "messageId": "call1",
                "status": status, "callStatus": status, "callDuration": 40,
                "from": caller().e164(), "to": business().e164(), "dateAdded": world.now(),
            });
            world.ghl.event(event.as_object().unwrap().clone());
            world.ghl.deliveries_settled().await;
        }
        world.minutes(5).await;
        let history = world.history().await;
        assert_eq!(world.texts(&contact).await.len(), texts, "{history:?}");
    }
}

#[tokio::test]
async fn what_one_episode_has_set_off_the_next_does_not_set_off_again() {
    let recipe = format!(
        "{RECIPE}\n[call]\ncooldown = \"PT1H\"\nmax_age = \"PT10M\"\n
        [steps.answer]\ndo = \"task\"\non = \"replied\"\ntitle = \"Answer them\"\n"
    );
    let recipe = Recipe::from_toml("replied.toml", &recipe).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let contact = world.missed().await.contact_id;
    // The cooldown is over, and the episode is still live for calls that are told late.
    world.minutes(65).await;
    world.ghl.hold_webhooks(true);
    let second = world.missed().await;
    world.ghl.hold_webhooks(false);
    world.pass(std::time::Duration::from_secs(10)).await;
    world.writes(caller(), "are you there?").await;
    world.ghl.resend(&second.webhook_id).unwrap();
    world.ghl.deliveries_settled().await;
    world.minutes(10).await;
    let history = world.history().await;
    assert_eq!(world.texts(&contact).await.len(), 1, "{history:?}");
    assert!(
        history.contains(&"not_done text replied".to_owned()),
        "{history:?}"
    );
    assert_eq!(world.tasks(&contact).await.len(), 1, "{history:?}");
}

#[tokio::test]
async fn what_belongs_to_the_call_before_does_not_answer_the_next() {
    let world = world().await;
    let contact = world.missed().await.contact_id;
    world.minutes(5).await;
    assert_eq!(world.texts(&contact).await.len(), 1);
    world.ghl.hold_webhooks(true);
    let reply = world.writes(caller(), "do you open on Sunday?").await;
    world.ghl.hold_webhooks(false);
    world.minutes(5 * 60).await;
    world.missed().await;
    world.ghl.resend(&reply.webhook_id).unwrap();
    world.ghl.deliveries_settled().await;
    world.minutes(5).await;
    assert_eq!(
        world.texts(&contact).await.len(),
        2,
        "{:?}",
        world.history().await
    );
}
