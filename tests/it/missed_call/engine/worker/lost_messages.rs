//! Messages whose answer is lost, beside similar messages: the engine takes no other message for its own, and sends none
//! twice.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::api::conversations::{ConversationSearch, Email, MessagesQuery, OutgoingEmail};
use gohighlevel::ids::ContactId;
use gohighlevel::message::{Direction, MessageType};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::testing::{Call, Fault};
use http::Method;

use crate::missed_call::harness::world::{LOCATION, World, business};

const SEND: &str = "/conversations/messages";
/// Contacts of the sample location with an address.
const MARIA: &str = "sampleContactMaria01";
const STAFF: &str = "sampleContactStaff05";

/// Whatever is lost, HighLevel did it or did not.
const SENT: Fault = Fault::DropAfter;
const NOT_SENT: Fault = Fault::DropBefore;

async fn world(steps: &str) -> World {
    let text = format!(
        "name = \"lost\"\nversion = 1\n[compliance]\nlater_texts = \"always\"\n{steps}\n\
         [steps.task]\ndo = \"task\"\ntitle = \"Call back\""
    );
    let recipe = Recipe::from_toml("lost.toml", &text).unwrap();
    World::with(recipe, Arc::new(MemoryStore::new())).await
}

async fn calls(world: &World, number: &str) {
    let number: PhoneNumber = number.parse().unwrap();
    world
        .call(&Call::missed(LOCATION, number, business()))
        .await;
}

async fn maria_calls(world: &World) {
    calls(world, "+13125550111").await;
}

/// The answer to the next message that is sent gets lost.
fn lose(world: &World, fault: Fault) {
    world.ghl.fault(Method::POST, SEND, fault, 1).unwrap();
}

/// All e-mails to the contact, newest first.
async fn emails(world: &World, contact: &str) -> Vec<Email> {
    let location = world.location();
    let conversations = location.conversations();
    let search = ConversationSearch::with_contact(ContactId::new(contact).unwrap());
    let mut emails = Vec::new();
    for conversation in conversations.search(&search).await.unwrap().conversations {
        let query = MessagesQuery {
            types: vec![MessageType::Email],
            ..MessagesQuery::default()
        };
        let page = conversations.messages(&conversation.id, &query);
        for message in page.await.unwrap().messages {
            for id in &message.email_message_ids {
                emails.push(conversations.email(id).await.unwrap());
            }
        }
    }
    emails
}

async fn subjects(world: &World, contact: &str) -> Vec<String> {
    let emails = emails(world, contact).await;
    let subject = |email: &Email| email.subject.as_ref().unwrap().as_str().to_owned();
    emails.iter().map(subject).collect()
}

async fn assert_told(world: &World, told: &[&str]) {
    let history = world.history().await;
    for told in told {
        assert!(history.iter().any(|entry| entry == told), "{history:?}");
    }
}

const EMAIL: &str = r#"
    [steps.email]
    do = "email"
    after = "PT2M"
    subject = "Sorry we missed you"
    body = "Hi {{ contact.first_name }}, call us back any time."
"#;

#[tokio::test]
async fn an_email_that_somebody_else_sends_is_not_taken_for_ours() {
    for fault in [NOT_SENT, SENT] {
        let world = world(EMAIL).await;
        maria_calls(&world).await;
        world.minutes(1).await;
        let contact = ContactId::new(MARIA).unwrap();
        let invoice = OutgoingEmail::new(contact, "Your invoice", "<p>It is attached.</p>");
        let location = world.location();
        location.conversations().send_email(&invoice).await.unwrap();
        lose(&world, fault);
        world.minutes(5).await;
        assert_eq!(
            subjects(&world, MARIA).await,
            ["Sorry we missed you", "Your invoice"]
        );
        assert_told(&world, &["outcome_unknown", "done email"]).await;
    }
}

#[tokio::test]
async fn an_email_like_that_of_another_step_is_distinguished_from_it() {
    let again = EMAIL
        .replace("steps.email", "steps.again")
        .replace("PT2M", "PT3M");
    for fault in [NOT_SENT, SENT] {
        let world = world(&format!("{EMAIL}{again}")).await;
        maria_calls(&world).await;
        world.minutes(2).await;
        lose(&world, fault);
        world.minutes(5).await;
        assert_eq!(emails(&world, MARIA).await.len(), 2);
        assert_told(&world, &["outcome_unknown", "done email", "done again"]).await;
    }
}

#[tokio::test]
async fn a_text_like_that_of_another_step_is_distinguished_from_it() {
    let steps = r#"
        [steps.text]
        do = "text"
        body = "Sorry we missed you."
        [steps.again]
        do = "text"
        after = "PT1M"
        body = "Sorry we missed you."
    "#;
    for fault in [NOT_SENT, SENT] {
        let world = world(steps).await;
        maria_calls(&world).await;
        world.pass(Duration::from_secs(30)).await;
        lose(&world, fault);
        world.minutes(5).await;
        assert_eq!(world.texts(MARIA).await.len(), 2);
        assert_told(&world, &["outcome_unknown", "done text", "done again"]).await;
    }
}

#[tokio::test]
async fn a_team_notification_of_another_call_is_distinguished_from_it() {
    let steps = format!(
        "[steps.tell]\ndo = \"notify\"\nafter = \"PT1M\"\ntitle = \"Missed call\"\n\
         to = {{ email_contact = \"{STAFF}\" }}"
    );
    for fault in [NOT_SENT, SENT] {
        let world = world(&steps).await;
        maria_calls(&world).await;
        world.pass(Duration::from_secs(30)).await;
        calls(&world, "+13125550112").await;
        world.pass(Duration::from_secs(45)).await;
        lose(&world, fault);
        world.minutes(5).await;
        let emails = emails(&world, STAFF).await;
        let about = |name: &str| {
            let bodies = emails.iter().map(|email| email.body.as_ref().unwrap());
            bodies.filter(|body| body.contains(name)).count()
        };
        assert_eq!((about("Maria"), about("Jonas")), (1, 1));
        assert!(
            emails
                .iter()
                .all(|email| email.direction == Some(Direction::Outbound))
        );
    }
}
