//! Single e-mails, recordings, what was said in calls, and the export of all messages.

use std::time::Duration;

use gohighlevel::api::conversations::{
    EmailEvents, EmailStatus, EmailStatusUpdate, ExportChannel, ExportOrder, ExportQuery,
    MessageStatus, RecipientStatus,
};
use gohighlevel::api::cursor::SortDirection;
use gohighlevel::ids::{ConversationId, MessageId};
use gohighlevel::message::CallStatus;
use serde_json::json;

use super::support::{
    CONTACT, LOCATION, Server, V3, V2021_04, asks, asks_in_both, assert_not_in,
    assert_prints_no_personal_data, assert_repeated, contact_id, fixture, text,
};

const CONVERSATION: &str = "tDtDnQdgm2LXpyiqYvZ6";

fn id() -> ConversationId {
    ConversationId::new(CONVERSATION).unwrap()
}

fn message() -> MessageId {
    MessageId::new("t22c6DQcTDf3MjRhwf77").unwrap()
}

#[tokio::test]
async fn single_emails() {
    let email_id = MessageId::new("rnGyqh2F6uBrIkfhFo9A").unwrap();
    let target = "/conversations/messages/email/rnGyqh2F6uBrIkfhFo9A";
    let email = asks_in_both(
        V2021_04,
        fixture!("conversations/email"),
        ("GET", target, None),
        async |server| server.location.conversations().email(&email_id).await,
    )
    .await;
    assert_eq!(email.id, email_id);
    assert_eq!(email.thread_id, Some(message()));
    assert_eq!(email.status, Some(MessageStatus::Opened));
    assert_eq!(text(&email.subject), Some("Sorry, Rosan"));
    assert_eq!((email.to.len(), email.cc.len(), email.bcc.len()), (1, 1, 0));
    assert_prints_no_personal_data(&email);
    let server = Server::answering(200, fixture!("conversations/email_odd")).await;
    let odd = server.location.conversations().email(&email_id).await;
    let odd = odd.unwrap();
    assert_eq!(odd.thread_id, None);
    assert_eq!(odd.attachments.len(), 1);
    assert_eq!(odd.date_added, email.date_added);

    let target = format!("{target}/status");
    let update = EmailStatusUpdate {
        events: Some(EmailEvents {
            delivered: Some(1),
            clicked: Some(2),
            other: [("forwarded".to_owned(), 3)].into(),
            ..EmailEvents::default()
        }),
        recipients: vec![RecipientStatus {
            email: "rosan@example.com".into(),
            status: EmailStatus::Failed,
            fail_reason: Some("Mailbox not found".into()),
        }],
        ..EmailStatusUpdate::new(EmailStatus::Delivered)
    };
    let body = json!({
        "status": "delivered",
        "events": {"delivered": 1, "clicked": 2, "forwarded": 3},
        "recipients": [
            {"emailId": "rosan@example.com", "status": "failed", "failReason": "Mailbox not found"},
        ],
    });
    let asked = ("PUT", target.as_str(), Some(body));
    let answer = fixture!("conversations/status_updated");
    let updated = asks(V3, answer, asked, async |server| {
        let conversations = server.location.conversations();
        conversations.update_email_status(&email_id, &update).await
    });
    updated.await.unwrap();
    assert_not_in(V2021_04, async |server| {
        let conversations = server.location.conversations();
        conversations.update_email_status(&email_id, &update).await
    })
    .await;
    assert_prints_no_personal_data(&update);
}

#[tokio::test]
async fn recordings_and_what_was_said() {
    let message = message();
    let target =
        format!("/conversations/messages/t22c6DQcTDf3MjRhwf77/locations/{LOCATION}/recording");
    let asked = ("GET", target.as_str(), None);
    let recording = asks_in_both(V2021_04, "RIFF rosan", asked, async |server| {
        server.location.conversations().recording(&message).await
    })
    .await;
    assert_eq!(&recording[..], b"RIFF rosan");
    assert_prints_no_personal_data(&recording);

    let target =
        format!("/conversations/locations/{LOCATION}/messages/t22c6DQcTDf3MjRhwf77/transcription");
    for (answer, count) in [
        (fixture!("conversations/transcription"), 2),
        (fixture!("conversations/transcription_one"), 1),
    ] {
        let asked = ("GET", target.as_str(), None);
        let sentences = asks_in_both(V2021_04, answer, asked, async |server| {
            server
                .location
                .conversations()
                .transcription(&message)
                .await
        })
        .await;
        assert_eq!(sentences.len(), count);
        assert_eq!(sentences[0].start, Some(Duration::from_millis(34)));
        assert_eq!(sentences[0].end, Some(Duration::from_millis(4500)));
        assert_eq!(text(&sentences[0].text), Some("Sorry, this is Rosan"));
        assert_eq!(sentences[0].media_channel, Some(1));
        assert_eq!(sentences[0].confidence, Some(0.5));
        assert_prints_no_personal_data(&sentences);
    }
    let download = format!("{target}/download");
    let asked = ("GET", download.as_str(), None);
    let file = asks_in_both(V2021_04, "Rosan: sorry", asked, async |server| {
        let conversations = server.location.conversations();
        conversations.transcription_file(&message).await
    })
    .await;
    assert_eq!(*file, "Rosan: sorry");
    assert_prints_no_personal_data(&file);
}

#[tokio::test]
async fn export() {
    let query = ExportQuery {
        channel: Some(ExportChannel::Call),
        conversation_id: Some(id()),
        contact_id: Some(contact_id()),
        from: Some("2026-05-01T00:00:00Z".parse().unwrap()),
        to: Some("2026-06-01T00:00:00.5Z".parse().unwrap()),
        sort_by: Some(ExportOrder::Updated),
        sort: Some(SortDirection::Ascending),
        cursor: Some("abc=".into()),
        limit: Some(50),
    };
    let target = format!(
        "/conversations/messages/export?locationId={LOCATION}&limit=50&cursor=abc%3D&sortBy=updatedAt&sortOrder=asc&conversationId={CONVERSATION}&contactId={CONTACT}&channel=Call&startDate=2026-05-01T00%3A00%3A00.000Z&endDate=2026-06-01T00%3A00%3A00.500Z"
    );
    let page = asks_in_both(
        V2021_04,
        fixture!("conversations/export"),
        ("GET", &target, None),
        async |server| server.location.conversations().export(&query).await,
    )
    .await;
    assert_eq!((page.messages.len(), page.total), (1, Some(1234)));
    assert_eq!(page.next(), Some("eyJwaXRJZCI6ImFiYy0xMjMifQ=="));
    let message = &page.messages[0];
    assert_eq!(message.call_status, Some(CallStatus::Voicemail));
    assert_eq!(message.call_duration, Some(Duration::from_secs(120)));
    assert_eq!(message.content_type.as_deref(), Some("text/plain"));
    assert!(message.conversation_provider_id.is_some() && message.chat_widget_id.is_some());

    let server = Server::answering(200, fixture!("conversations/export_odd")).await;
    let (conversations, all) = (server.location.conversations(), ExportQuery::default());
    let page = conversations.export(&all).await.unwrap();
    assert_eq!((page.next(), page.total), (None, Some(0)));
    assert_repeated(async |location| location.conversations().export(&query).await).await;
}
