//! Messages of the team to the caller, and messages that only look like them.

use gohighlevel::clock::Clock;
use serde_json::{Value, json};

use super::world;
use crate::missed_call::harness::world::World;

/// A call was missed, and within its first minute this message went out.
async fn told(change: Value) -> (World, String) {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    let mut message = json!({
        "type": "OutboundMessage", "direction": "outbound", "messageType": "SMS",
        "contactId": call.contact_id, "conversationId": "thread", "messageId": "message1",
        "body": "Hi, this is Maria. When would you like to come?", "status": "sent",
        "dateAdded": world.clock.now().to_string(),
    });
    for (name, value) in change.as_object().unwrap() {
        message[name] = value.clone();
    }
    world.hears(message).await;
    world.minutes(48 * 60).await;
    (world, call.contact_id)
}

#[tokio::test]
async fn a_caller_whom_a_person_wrote_to_gets_no_automatic_text() {
    for change in [
        json!({"source": "app", "userId": "maria"}),
        json!({"source": "app"}),
        json!({"source": "App"}),
        json!({"userId": "maria"}),
        json!({"messageType": "WhatsApp", "source": "app"}),
        json!({"messageType": "Live Chat", "source": "app"}),
        json!({"messageType": "Email", "source": "app", "userId": "maria"}),
    ] {
        let (world, contact) = told(change.clone()).await;
        assert_eq!(world.happened().await, ["team_wrote message1"], "{change}");
        world
            .assert_not_texted(&contact, "overtaken:team_wrote")
            .await;
        assert_eq!(world.tasks(&contact).await.len(), 1, "{change}");
    }
}

#[tokio::test]
async fn machines_are_nobody_of_the_team() {
    for change in [
        json!({"source": "api"}),
        json!({"source": "api", "userId": "maria"}),
        json!({"source": "workflow", "userId": "maria"}),
        json!({"source": "campaign"}),
        json!({"source": "bulk_actions"}),
        json!({}),
        // HighLevel's own notifications have this source.
        json!({"messageType": "Email", "source": "app"}),
        // What reaches the team alone.
        json!({"messageType": "TYPE_INTERNAL_COMMENT", "source": "app", "userId": "maria"}),
        json!({"messageType": "VoiceMail", "source": "app", "userId": "maria"}),
    ] {
        let (world, contact) = told(change.clone()).await;
        assert_eq!(world.happened().await, [""; 0], "{change}");
        assert_eq!(world.texts(&contact).await.len(), 2, "{change}");
    }
}

#[tokio::test]
async fn our_own_texts_are_not_the_teams() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(60).await;
    world.ghl.deliveries_settled().await;
    let ours = world.ghl.deliveries();
    assert!(ours.iter().any(|sent| sent.event == "OutboundMessage"));
    world.minutes(48 * 60).await;
    assert_eq!(world.happened().await, [""; 0]);
    assert_eq!(world.texts(&call.contact_id).await.len(), 2);
}
