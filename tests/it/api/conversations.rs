//! Conversations: sending, searching threads, reading messages and calls.

use std::time::Duration;

use gohighlevel::api::conversations::{
    ConversationSearch, ConversationStatus, ConversationType, EmailReplyMode, MessageSource,
    MessageStatus, MessagesQuery, OutgoingEmail, OutgoingSms,
};
use gohighlevel::api::cursor::SortDirection;
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{ConversationId, MessageId, UserId};
use gohighlevel::message::{CallStatus, Direction, MessageType};
use gohighlevel::phone::PhoneNumber;
use serde_json::json;

use super::support::{
    CONTACT, LOCATION, Server, V2021_04, assert_prints_no_personal_data, assert_repeated,
    assert_sent_once, contact_id, fixture, phone, text,
};

fn sms() -> OutgoingSms {
    OutgoingSms::new(contact_id(), "Sorry we missed your call")
}

fn conversation_id() -> ConversationId {
    ConversationId::new("ABCHkzuJQ8ZMd4Te84GK").unwrap()
}

fn message_id(id: &str) -> MessageId {
    MessageId::new(id).unwrap()
}

#[tokio::test]
async fn send_sms() {
    let server = Server::answering(201, fixture!("conversations/send_sms")).await;
    let sent = server.location.conversations().send_sms(&sms()).await;
    server
        .assert_asked(
            "POST",
            "/conversations/messages",
            V2021_04,
            Some(json!({
                "type": "SMS",
                "contactId": CONTACT,
                "message": "Sorry we missed your call",
            })),
        )
        .await;
    let sent = sent.unwrap();
    assert_eq!(sent.message_id, message_id("t22c6DQcTDf3MjRhwf77"));
    assert_eq!(sent.message_ids, []);
    assert_eq!(
        sent.conversation_id.unwrap().as_str(),
        "ABC12h2F6uBrIkfXYazb"
    );
}

#[tokio::test]
async fn send_sms_with_everything() {
    let server = Server::answering(200, fixture!("conversations/send_odd")).await;
    let sms = OutgoingSms {
        from_number: Some(PhoneNumber::parse("+15550001234").unwrap()),
        to_number: Some(phone()),
        attachments: vec!["https://files.example/rosan.png".into()],
        scheduled_at: Some("2022-11-24T11:04:23.7Z".parse().unwrap()),
        ..sms()
    };
    let sent = server.location.conversations().send_sms(&sms).await;
    server
        .assert_asked(
            "POST",
            "/conversations/messages",
            V2021_04,
            Some(json!({
                "type": "SMS",
                "contactId": CONTACT,
                "message": "Sorry we missed your call",
                "fromNumber": "+15550001234",
                "toNumber": "+18887324197",
                "attachments": ["https://files.example/rosan.png"],
                "scheduledTimestamp": 1_669_287_863,
            })),
        )
        .await;
    let sent = sent.unwrap();
    assert_eq!(sent.message_id, message_id("m7"));
    assert_eq!(sent.message_ids, [message_id("m7")]);
    assert_eq!(sent.status, Some(MessageStatus::Other("teleported".into())));
    assert_prints_no_personal_data(&sms);
}

#[tokio::test]
async fn send_email() {
    let server = Server::answering(201, fixture!("conversations/send_email")).await;
    let email = OutgoingEmail {
        text: Some("Hi Rosan".into()),
        from: Some("Sanjay <sanjay@example.com>".into()),
        to: Some("rosan@example.com".into()),
        cc: vec!["deo@example.com".into()],
        bcc: vec!["deo2@example.com".into()],
        reply_message_id: Some(message_id("m1")),
        reply_mode: Some(EmailReplyMode::ReplyAll),
        thread_id: Some(message_id("m0")),
        ..OutgoingEmail::new(contact_id(), "Hello Rosan", "<p>Hi Rosan</p>")
    };
    let sent = server.location.conversations().send_email(&email).await;
    server
        .assert_asked(
            "POST",
            "/conversations/messages",
            V2021_04,
            Some(json!({
                "type": "Email",
                "contactId": CONTACT,
                "subject": "Hello Rosan",
                "html": "<p>Hi Rosan</p>",
                "message": "Hi Rosan",
                "emailFrom": "Sanjay <sanjay@example.com>",
                "emailTo": "rosan@example.com",
                "emailCc": ["deo@example.com"],
                "emailBcc": ["deo2@example.com"],
                "replyMessageId": "m1",
                "emailReplyMode": "reply_all",
                "threadId": "m0",
            })),
        )
        .await;
    let sent = sent.unwrap();
    assert_eq!(
        sent.email_message_id,
        Some(message_id("rnGyqh2F6uBrIkfhFo9A"))
    );
    assert_eq!(sent.status, Some(MessageStatus::Pending));
    assert_prints_no_personal_data(&email);
}

#[tokio::test]
async fn a_yes_without_a_message_is_an_unknown_outcome() {
    for body in ["", "{}", r#"{"messageId":null}"#] {
        let server = Server::answering(201, body).await;
        let error = server
            .location
            .conversations()
            .send_sms(&sms())
            .await
            .unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::UnknownOutcome, "{body:?}");
        assert_eq!(error.status(), Some(201));
    }
}

#[tokio::test]
async fn an_opted_out_contact_is_not_texted() {
    let body = r#"{"status":400,"message":"Cannot send message as DND is active for SMS."}"#;
    let server = Server::answering(400, body).await;
    let conversations = server.location.conversations();
    let error = conversations.send_sms(&sms()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::DoNotDisturb);
}

#[tokio::test]
async fn search() {
    let server = Server::answering(200, fixture!("conversations/search")).await;
    let search = ConversationSearch {
        assigned_to: Some(UserId::new("y0BeYjuRIlDwsDcOHOJo").unwrap()),
        query: Some("Rosan Deo".into()),
        status: Some(ConversationStatus::Unread),
        last_message_type: Some(MessageType::Sms),
        last_message_direction: Some(Direction::Inbound),
        from: Some("2026-05-08T00:00:00Z".parse().unwrap()),
        to: Some("2026-05-09T00:00:00Z".parse().unwrap()),
        sort: Some(SortDirection::Ascending),
        start_after: Some("2026-05-08T09:59:41.937Z".parse().unwrap()),
        limit: Some(50),
        ..ConversationSearch::with_contact(contact_id())
    };
    let page = server.location.conversations().search(&search).await;
    server
        .assert_asked(
            "GET",
            &format!(
                "/conversations/search?locationId={LOCATION}&contactId={CONTACT}\
                 &assignedTo=y0BeYjuRIlDwsDcOHOJo&query=Rosan%20Deo&status=unread\
                 &lastMessageType=TYPE_SMS&lastMessageDirection=inbound\
                 &startDate=1778198400000&endDate=1778284800000&sort=asc\
                 &startAfterDate=1778234381937&limit=50"
            ),
            V2021_04,
            None,
        )
        .await;
    let page = page.unwrap();
    assert_eq!(page.total, Some(100));
    let found = &page.conversations[0];
    assert_eq!(found.id, conversation_id());
    assert_eq!(found.conversation_type, Some(ConversationType::Phone));
    assert_eq!(found.phone, Some(phone()));
    assert_eq!(found.contact_id, Some(contact_id()));
    assert_eq!(found.location_id.as_ref().unwrap().as_str(), LOCATION);
    assert_eq!(found.assigned_to, search.assigned_to);
    assert_eq!(found.unread_count, Some(1));
    assert_eq!(found.last_message_type, Some(MessageType::Sms));
    assert_eq!(found.last_message_direction, Some(Direction::Outbound));
    assert_eq!(text(&found.contact_name), Some("Rosan D."));
    assert_eq!(text(&found.full_name), Some("Rosan Deo"));
    assert_eq!(text(&found.email), Some("rosan@example.com"));
    assert_eq!(
        text(&found.last_message_body),
        Some("Sorry we missed your call")
    );
    assert_eq!(
        page.next(),
        Some("2026-05-08T09:59:41.937Z".parse().unwrap())
    );
    assert_prints_no_personal_data(&(page, search));
}

#[tokio::test]
async fn search_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("conversations/search_odd")).await;
    let search = ConversationSearch::default();
    let page = server.location.conversations().search(&search).await;
    server
        .assert_asked(
            "GET",
            &format!("/conversations/search?locationId={LOCATION}"),
            V2021_04,
            None,
        )
        .await;
    let page = page.unwrap();
    assert_eq!(page.conversations.len(), 2);
    let [first, second] = &page.conversations[..] else {
        panic!("two conversations")
    };
    assert_eq!(first.conversation_type, Some(ConversationType::Phone));
    assert_eq!(first.unread_count, Some(2));
    assert_eq!(first.phone, None);
    assert_eq!(
        first.last_message_date,
        Some("2021-08-03T16:27:33.263Z".parse().unwrap())
    );
    assert_eq!(
        second.conversation_type,
        Some(ConversationType::Other("TYPE_NEW".into()))
    );
}

#[tokio::test]
async fn messages() {
    let server = Server::answering(200, fixture!("conversations/messages")).await;
    let query = MessagesQuery {
        after: Some(message_id("m0")),
        limit: Some(20),
        types: vec![MessageType::Sms, MessageType::Call],
    };
    let conversations = server.location.conversations();
    let page = conversations.messages(&conversation_id(), &query).await;
    server
        .assert_asked(
            "GET",
            "/conversations/ABCHkzuJQ8ZMd4Te84GK/messages\
             ?lastMessageId=m0&limit=20&type=TYPE_SMS%2CTYPE_CALL",
            V2021_04,
            None,
        )
        .await;
    let page = page.unwrap();
    assert_eq!(page.next(), Some(&message_id("m2")));
    let [sms, call] = &page.messages[..] else {
        panic!("two messages")
    };
    assert_eq!(sms.message_type, Some(MessageType::Sms));
    assert_eq!(text(&sms.body), Some("Sorry we missed your call"));
    assert_eq!(sms.status, Some(MessageStatus::Delivered));
    assert_eq!(sms.source, Some(MessageSource::Api));
    assert_eq!(sms.call_status, None);
    assert_eq!(sms.attachments, ["https://files.example/rosan.png".into()]);
    assert_eq!(call.direction, Some(Direction::Inbound));
    assert_eq!(call.call_status, Some(CallStatus::NoAnswer));
    assert_eq!(call.call_duration, Some(Duration::ZERO));
    assert_prints_no_personal_data(&page);
}

#[tokio::test]
async fn messages_reads_the_flat_form() {
    let server = Server::answering(200, fixture!("conversations/messages_flat")).await;
    let conversations = server.location.conversations();
    let query = MessagesQuery::default();
    let page = conversations.messages(&conversation_id(), &query).await;
    server
        .assert_asked(
            "GET",
            "/conversations/ABCHkzuJQ8ZMd4Te84GK/messages",
            V2021_04,
            None,
        )
        .await;
    let page = page.unwrap();
    assert_eq!(page.next(), None);
    assert_eq!(
        page.messages[0].user_id,
        Some(UserId::new("y0BeYjuRIlDwsDcOHOJo").unwrap())
    );
    assert_eq!(
        page.messages[0].email_message_ids,
        [message_id("e1"), message_id("e2")]
    );
}

#[tokio::test]
async fn messages_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("conversations/messages_odd")).await;
    let conversations = server.location.conversations();
    let query = MessagesQuery::default();
    let page = conversations
        .messages(&conversation_id(), &query)
        .await
        .unwrap();
    let [first, second] = &page.messages[..] else {
        panic!("two messages")
    };
    assert_eq!(first.message_type, Some(MessageType::Call));
    assert_eq!(first.call_status, Some(CallStatus::Voicemail));
    assert_eq!(first.direction, Some(Direction::Other("sideways".into())));
    assert_eq!(
        second.call_status,
        Some(CallStatus::Other("hung-by-cat".into()))
    );
    assert_eq!(second.call_duration, Some(Duration::from_secs(95)));
    assert_eq!(page.next(), None);
}

#[tokio::test]
async fn message() {
    let server = Server::answering(200, fixture!("conversations/message")).await;
    let conversations = server.location.conversations();
    let call = conversations.message(&message_id("tyW42xcCallId")).await;
    server
        .assert_asked(
            "GET",
            "/conversations/messages/tyW42xcCallId",
            V2021_04,
            None,
        )
        .await;
    let call = call.unwrap();
    assert_eq!(call.call_status, Some(CallStatus::NoAnswer));
    assert_eq!(call.call_duration, Some(Duration::from_secs(17)));
    assert_eq!(call.message_type, Some(MessageType::Call));
    assert_eq!(call.location_id.as_ref().unwrap().as_str(), LOCATION);
    assert_eq!(call.contact_id, Some(contact_id()));
    assert_eq!(call.conversation_id, Some(conversation_id()));
    assert_eq!(
        call.date_added,
        Some("2026-05-08T11:57:42.25Z".parse().unwrap())
    );
    assert_eq!(
        call.date_updated,
        Some("2026-05-08T11:58:00Z".parse().unwrap())
    );
    assert_prints_no_personal_data(&call);
}

#[tokio::test]
async fn message_reads_the_flat_form_and_odd_answers() {
    let server = Server::answering(200, fixture!("conversations/message_flat")).await;
    let conversations = server.location.conversations();
    let message = conversations.message(&message_id("x")).await.unwrap();
    assert_eq!(message.message_type, Some(MessageType::Sms));
    assert_eq!(text(&message.body), Some("Hi, this is Rosan"));
    assert_prints_no_personal_data(&message);

    let server = Server::answering(200, fixture!("conversations/message_odd")).await;
    let conversations = server.location.conversations();
    let message = conversations.message(&message_id("x")).await.unwrap();
    assert_eq!(message.id, message_id("m9"));
    assert_eq!((message.message_type, message.call_status), (None, None));
}

#[tokio::test]
async fn only_sending_is_not_repeated() {
    let email = OutgoingEmail::new(contact_id(), "Hello", "<p>Hi</p>");
    assert_sent_once(async |location| location.conversations().send_sms(&sms()).await).await;
    assert_sent_once(async |location| location.conversations().send_email(&email).await).await;
    assert_repeated(async |location| {
        let search = ConversationSearch::default();
        location.conversations().search(&search).await
    })
    .await;
    assert_repeated(async |location| {
        let query = MessagesQuery::default();
        location
            .conversations()
            .messages(&conversation_id(), &query)
            .await
    })
    .await;
    assert_repeated(async |location| location.conversations().message(&message_id("m")).await)
        .await;
}
