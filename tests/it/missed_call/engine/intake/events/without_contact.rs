//! Events that do not name their contact: the engine finds the episode by the references that it has met.

use std::sync::Arc;

use gohighlevel::clock::Clock;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::recipes::missed_call::store::{MemoryStore, PersonKey, Reference};
use gohighlevel::recipes::missed_call::{Acceptance, Erasure};
use gohighlevel::testing::SimulatedEvent;
use gohighlevel::webhooks::Delivery;
use serde_json::{Value, json};

use super::{recipe, world};
use crate::missed_call::engine::worker::crash::reopen;
use crate::missed_call::harness::world::{LOCATION, World, caller};

/// Nobody has an episode with this.
const NOBODYS: &str = "nobodys000000000001";

impl World {
    /// HighLevel tells of something, without the contact.
    async fn takes(&self, mut payload: Value) -> Acceptance {
        payload["locationId"] = LOCATION.into();
        let delivery = Delivery::read(payload.to_string(), self.clock.now()).unwrap();
        self.engine.accept(&delivery).await.unwrap()
    }

    /// The thread of the last call, as its webhook told it.
    fn thread(&self) -> String {
        let body = self.ghl.deliveries().pop().unwrap().body;
        let body: Value = serde_json::from_str(&body).unwrap();
        body["conversationId"].as_str().unwrap().to_owned()
    }

    async fn called(&self) -> (SimulatedEvent, String) {
        let call = self.missed_call().await;
        let thread = self.thread();
        self.minutes(1).await;
        (call, thread)
    }
}

#[tokio::test]
async fn a_task_is_known_by_its_id() {
    let world = world().await;
    let (call, _) = world.called().await;
    let task = world.tasks(&call.contact_id).await.remove(0).id;
    let done = |id: &str| json!({"type": "TaskComplete", "id": id});
    assert_eq!(world.takes(done(NOBODYS)).await, Acceptance::Ignored);
    assert_eq!(world.takes(done(task.as_str())).await, Acceptance::Accepted);
    assert_eq!(
        world.takes(done(task.as_str())).await,
        Acceptance::Duplicate
    );
    world.minutes(48 * 60).await;
    assert_eq!(world.happened().await, [format!("task_done {task}")]);
    world
        .assert_not_texted(&call.contact_id, "overtaken:task_done")
        .await;
    assert_eq!(world.tags(&call.contact_id).await, ["called-back"]);
}

#[tokio::test]
async fn a_task_is_known_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let mut world = World::with(recipe(), reopen(&file).await).await;
    let (call, _) = world.called().await;
    let task = world.tasks(&call.contact_id).await.remove(0).id;
    world.restart(Arc::new(MemoryStore::new())).await;
    world.restart(reopen(&file).await).await;
    let done = json!({"type": "TaskComplete", "id": task.as_str()});
    assert_eq!(world.takes(done).await, Acceptance::Accepted);
    assert_eq!(world.happened().await, [format!("task_done {task}")]);
}

#[tokio::test]
async fn an_appointment_is_known_by_its_id() {
    let world = world().await;
    let (call, _) = world.called().await;
    let appointment = |event: &str, id: &str, contact: Option<&str>| {
        let mut appointment = json!({"id": id, "appointmentStatus": "confirmed"});
        if let Some(contact) = contact {
            appointment["contactId"] = contact.into();
        }
        json!({"type": event, "appointment": appointment, "webhookId": format!("{event}{id}")})
    };
    let booked = appointment("AppointmentCreate", "visit", Some(&call.contact_id));
    assert_eq!(world.takes(booked).await, Acceptance::Accepted);
    for (id, expected) in [
        (NOBODYS, Acceptance::Ignored),
        ("visit", Acceptance::Accepted),
    ] {
        let deleted = appointment("AppointmentDelete", id, None);
        assert_eq!(world.takes(deleted).await, expected, "{id}");
    }
    world.minutes(1).await;
    let happened = world.happened().await;
    assert_eq!(happened, ["booked visit", "booking_cancelled visit"]);
    assert_eq!(world.tags(&call.contact_id).await, ["booking-lost"]);
}

#[tokio::test]
async fn a_message_is_known_by_its_thread_or_by_the_number() {
    let text = |direction: &str, change: Value| {
        let mut body = json!({
            "type": format!("{direction}Message"), "messageType": "SMS", "body": "Can I come tomorrow?",
            "direction": direction.to_lowercase(), "messageId": "m1", "source": "app",
        });
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        body
    };
    for (direction, reason) in [("Inbound", "replied"), ("Outbound", "overtaken:team_wrote")] {
        let side = if direction == "Inbound" { "from" } else { "to" };
        for by_thread in [true, false] {
            let world = world().await;
            let (call, thread) = world.called().await;
            let nobodys = text(
                direction,
                json!({"conversationId": NOBODYS, side: "+13125559999"}),
            );
            assert_eq!(world.takes(nobodys).await, Acceptance::Ignored);
            let known = if by_thread {
                json!({"conversationId": thread})
            } else {
                json!({"conversationId": NOBODYS, side: caller().e164()})
            };
            let taken = world.takes(text(direction, known)).await;
            assert_eq!(taken, Acceptance::Accepted, "{direction} {by_thread}");
            world.minutes(5).await;
            world.assert_not_texted(&call.contact_id, reason).await;
        }
    }
}

#[tokio::test]
async fn a_no_is_a_no_without_its_contact() {
    for body in [
        json!({"type": "InboundMessage", "messageType": "SMS", "body": "STOP", "direction": "inbound", "messageId": "m1"}),
        json!({"type": "ContactDndUpdate", "phone": caller().e164(), "dndSettings": {"SMS": {"status": "active"}}}),
    ] {
        let world = world().await;
        let (call, thread) = world.called().await;
        let mut body = body;
        body["conversationId"] = thread.into();
        assert_eq!(world.takes(body).await, Acceptance::Accepted);
        world.minutes(48 * 60).await;
        assert!(world.texts(&call.contact_id).await.is_empty());
        // It is kept for the contact, too.
        let again = world.missed_call().await;
        world.minutes(5).await;
        world
            .assert_not_texted(&again.contact_id, "suppressed")
            .await;
    }
}

#[tokio::test]
async fn a_call_reported_without_its_contact_joins_its_caller_s_episode() {
    let world = world().await;
    let (_, thread) = world.called().await;
    let missed = |message: &str, thread: &str, from: &str| {
        json!({
            "type": "InboundMessage", "direction": "inbound", "messageType": "CALL", "messageId": message,
            "callStatus": "no-answer", "conversationId": thread, "from": from,
        })
    };
    for (message, thread, from) in [
        ("c1", thread.as_str(), "+13125559999"),
        ("c2", NOBODYS, caller().e164()),
        ("c3", NOBODYS, "+13125559999"),
    ] {
        world.takes(missed(message, thread, from)).await;
    }
    let history = world.history().await;
    let calls: Vec<_> = history
        .iter()
        .filter(|told| told.starts_with("call_"))
        .collect();
    assert_eq!(
        calls,
        ["call_missed", "call_joined", "call_joined", "call_unclear"]
    );
}

#[tokio::test]
async fn somebody_who_was_erased_is_found_by_nothing() {
    let world = world().await;
    let (call, thread) = world.called().await;
    let task = world.tasks(&call.contact_id).await.remove(0).id;
    let contact = ContactId::new(call.contact_id.as_str()).unwrap();
    let location = LocationId::new(LOCATION).unwrap();
    let references = [
        Reference::Task(task.to_string()),
        Reference::Conversation(thread.parse().unwrap()),
        Reference::Appointment("visit".into()),
    ];
    let person = PersonKey {
        location: location.clone(),
        contact,
        number: Some(caller()),
    };
    world.engine.record_booking(&person, "visit").await.unwrap();
    let found = async |reference: &Reference| {
        let found = world.store.episode_by_reference(&location, reference).await;
        found.unwrap().is_some()
    };
    for reference in &references {
        assert!(found(reference).await, "{reference}");
    }
    assert_eq!(world.engine.erase(&person).await.unwrap(), Erasure::Done(1));
    for reference in &references {
        assert!(!found(reference).await, "{reference}");
    }
    let by_number = world.store.episode_by_number(&location, &caller()).await;
    assert!(by_number.unwrap().is_none());
}
