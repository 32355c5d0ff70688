//! Conversations beyond texts and e-mails: the threads themselves, the other channels, what is logged.

use gohighlevel::api::conversations::{
    ChatChannel, ConversationFeedback, ConversationScore, ConversationSearch, ConversationSort,
    ConversationType, ConversationUpdate, DeliveryError, DeliveryStatus, EmailForward, Forwarded,
    InboundChannel, InboundEntry, InboundThread, LoggedCall, MessageAction, MessagesQuery,
    OptimizationPeriod, OutboundCall, OutgoingChat, OutgoingEmail, OutgoingSms, StatusUpdate,
};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{
    CalendarEventId, ConversationId, ConversationProviderId, CustomSubtypeId, MessageId,
    TemplateId, UserId,
};
use gohighlevel::message::{CallStatus, Direction, MessageType};
use gohighlevel::phone::PhoneNumber;
use serde_json::json;

use crate::client::scripted::{Scene, answer};

use super::support::{
    CONTACT, LOCATION, Server, V3, V2021_04, asks, asks_in_both, assert_not_in,
    assert_prints_no_personal_data, assert_repeated, assert_sent_once, contact_id, fixture, phone,
    text,
};

const CONVERSATION: &str = "tDtDnQdgm2LXpyiqYvZ6";

fn id() -> ConversationId {
    ConversationId::new(CONVERSATION).unwrap()
}

fn message() -> MessageId {
    MessageId::new("t22c6DQcTDf3MjRhwf77").unwrap()
}

fn provider() -> ConversationProviderId {
    ConversationProviderId::new("61d6d1f9cdac7612faf80753").unwrap()
}

#[tokio::test]
async fn conversations_are_created_read_changed_and_deleted() {
    let body = json!({"locationId": LOCATION, "contactId": CONTACT});
    let created = asks_in_both(
        V2021_04,
        fixture!("conversations/created"),
        ("POST", "/conversations/", Some(body)),
        async |server| server.location.conversations().create(&contact_id()).await,
    )
    .await;
    assert_eq!(created.id, id());
    assert_eq!(
        created.last_message_date,
        Some("2023-10-01T12:00:00Z".parse().unwrap())
    );
    let one = format!("/conversations/{CONVERSATION}");
    let read = asks_in_both(
        V2021_04,
        fixture!("conversations/get"),
        ("GET", &one, None),
        async |server| server.location.conversations().get(&id()).await,
    )
    .await;
    assert_eq!(read.conversation_type, Some(ConversationType::InternalChat));
    assert_eq!((read.starred, read.inbox), (Some(true), Some(true)));

    let mut update = ConversationUpdate {
        unread_count: Some(0),
        starred: Some(true),
        feedback: None,
    };
    let mut body = json!({"locationId": LOCATION, "unreadCount": 0, "starred": true});
    let answer = fixture!("conversations/updated");
    let asked = ("PUT", one.as_str(), Some(body.clone()));
    let updated = asks_in_both(V2021_04, answer, asked, async |server| {
        server.location.conversations().update(&id(), &update).await
    })
    .await;
    assert_eq!(
        updated.last_message_date,
        Some("2021-08-03T16:27:33.263Z".parse().unwrap())
    );
    assert_eq!(updated.user_id.as_ref(), updated.assigned_to.as_ref());
    assert!(updated.user_id.is_some());
    assert_prints_no_personal_data(&updated);
    update.feedback = Some(ConversationFeedback::Positive);
    body["feedback"] = json!("positive");
    let asked = ("PUT", one.as_str(), Some(body));
    let updated = asks(V3, answer, asked, async |server| {
        server.location.conversations().update(&id(), &update).await
    });
    updated.await.unwrap();
    assert_not_in(V2021_04, async |server| {
        server.location.conversations().update(&id(), &update).await
    })
    .await;

    asks_in_both(
        V2021_04,
        fixture!("conversations/deleted"),
        ("DELETE", &one, None),
        async |server| server.location.conversations().delete(&id()).await,
    )
    .await;
    assert_sent_once(async |location| location.conversations().create(&contact_id()).await).await;
}

#[tokio::test]
async fn a_conversation_that_is_there_is_named() {
    let exists = r#"{"statusCode":400,"message":"HttpException Conversation with the contact id:c1 already exists!"}"#;
    let found = format!(r#"{{"conversations":[{{"id":"{CONVERSATION}"}}],"total":1}}"#);
    let named =
        r#"{"message":"Conversation already exists","conversationId":"v9","statusCode":400}"#;
    for (refusal, search, expected, asked) in [
        (exists, answer(200, &found), Some(CONVERSATION), 2),
        // The search lags behind, or fails itself.
        (
            exists,
            answer(200, r#"{"conversations":[],"total":0}"#),
            None,
            2,
        ),
        (exists, answer(400, "{}"), None, 2),
        (named, answer(200, &found), Some("v9"), 1),
    ] {
        let scene = Scene::new([answer(400, refusal), search]);
        let created = scene.location.conversations().create(&contact_id()).await;
        let error = created.unwrap_err();
        let conversation_id = expected.map(|id| id.parse().unwrap());
        assert_eq!(
            *error.kind(),
            ErrorKind::ConversationExists { conversation_id }
        );
        assert_eq!((error.status(), scene.count()), (Some(400), asked));
        assert!(error.to_string().contains("already exists"), "{error}");
    }
}

#[tokio::test]
async fn every_parameter_of_the_search_is_written() {
    let user = |id: &str| UserId::new(id).unwrap();
    let search = ConversationSearch {
        id: Some(id()),
        followers: vec![user("u1"), user("u2")],
        mentions: vec![user("u3")],
        last_message_action: Some(MessageAction::Manual),
        score: Some(ConversationScore {
            profile: "p1".into(),
            min: Some(0.5),
            max: Some(10.0),
        }),
        sort_by: Some(ConversationSort::Score {
            profile: "p2".into(),
        }),
        ..ConversationSearch::default()
    };
    let target = format!(
        "/conversations/search?locationId={LOCATION}&id={CONVERSATION}&followers=u1%2Cu2&mentions=u3&lastMessageAction=manual&scoreProfile=p1&scoreProfileMin=0.5&scoreProfileMax=10&sortBy=score_profile&sortScoreProfile=p2"
    );
    asks_in_both(
        V2021_04,
        fixture!("conversations/search"),
        ("GET", &target, None),
        async |server| server.location.conversations().search(&search).await,
    )
    .await;
}

#[tokio::test]
async fn the_type_of_comments_is_asked_for_in_the_plural() {
    let query = MessagesQuery {
        types: vec![MessageType::from("TYPE_INTERNAL_COMMENT")],
        ..MessagesQuery::default()
    };
    let target = format!("/conversations/{CONVERSATION}/messages?type=TYPE_INTERNAL_COMMENTS");
    asks_in_both(
        V2021_04,
        fixture!("conversations/messages"),
        ("GET", &target, None),
        async |server| {
            let conversations = server.location.conversations();
            conversations.messages(&id(), &query).await
        },
    )
    .await;
}

#[tokio::test]
async fn messages_are_sent_on_every_channel() {
    let answer = fixture!("conversations/send_sms");
    for (channel, word) in [
        (ChatChannel::Rcs, "RCS"),
        (ChatChannel::WhatsApp, "WhatsApp"),
        (ChatChannel::Instagram, "IG"),
        (ChatChannel::Facebook, "FB"),
        (ChatChannel::LiveChat, "Live_Chat"),
        (ChatChannel::TikTok, "TIKTOK"),
        (ChatChannel::Custom, "Custom"),
    ] {
        let chat = OutgoingChat::new(channel, contact_id(), "Sorry we missed your call");
        let body = json!({
            "type": word, "contactId": CONTACT, "message": "Sorry we missed your call",
        });
        let asked = ("POST", "/conversations/messages", Some(body));
        asks_in_both(V2021_04, answer, asked, async |server| {
            server.location.conversations().send_chat(&chat).await
        })
        .await;
        assert_prints_no_personal_data(&chat);
    }
    let chat = OutgoingChat {
        body: None,
        attachments: vec!["https://example.com/rosan.png".into()],
        template_id: Some(TemplateId::new("tpl").unwrap()),
        reply_message_id: Some(message()),
        appointment_id: Some(CalendarEventId::new("appt").unwrap()),
        conversation_provider_id: Some(provider()),
        from_number: Some(phone()),
        to_number: Some(phone()),
        scheduled_at: Some("2022-11-24T11:04:23Z".parse().unwrap()),
        ..OutgoingChat::new(ChatChannel::Custom, contact_id(), "")
    };
    let body = json!({
        "type": "Custom",
        "contactId": CONTACT,
        "attachments": ["https://example.com/rosan.png"],
        "templateId": "tpl",
        "replyMessageId": "t22c6DQcTDf3MjRhwf77",
        "appointmentId": "appt",
        "conversationProviderId": "61d6d1f9cdac7612faf80753",
        "fromNumber": "+18887324197",
        "toNumber": "+18887324197",
        "scheduledTimestamp": 1669287863,
    });
    let asked = ("POST", "/conversations/messages", Some(body));
    asks_in_both(V2021_04, answer, asked, async |server| {
        server.location.conversations().send_chat(&chat).await
    })
    .await;
    assert_prints_no_personal_data(&chat);
    assert_sent_once(async |location| location.conversations().send_chat(&chat).await).await;
}

#[tokio::test]
async fn texts_and_emails_have_templates_providers_and_forwards() {
    let sms = OutgoingSms {
        template_id: Some(TemplateId::new("tpl").unwrap()),
        appointment_id: Some(CalendarEventId::new("appt").unwrap()),
        conversation_provider_id: Some(provider()),
        ..OutgoingSms::new(contact_id(), "Sorry")
    };
    let body = json!({
        "type": "SMS",
        "contactId": CONTACT,
        "message": "Sorry",
        "templateId": "tpl",
        "appointmentId": "appt",
        "conversationProviderId": "61d6d1f9cdac7612faf80753",
    });
    let asked = ("POST", "/conversations/messages", Some(body));
    asks_in_both(
        V2021_04,
        fixture!("conversations/send_sms"),
        asked,
        async |server| server.location.conversations().send_sms(&sms).await,
    )
    .await;

    let email = OutgoingEmail {
        template_id: Some(TemplateId::new("tpl").unwrap()),
        custom_subtype_id: Some(CustomSubtypeId::new("sub").unwrap()),
        forward: Some(EmailForward {
            to_email: Some("rosan@example.com".into()),
            ..EmailForward::new(Forwarded::Email {
                message_id: MessageId::new("m1").unwrap(),
                email_message_id: MessageId::new("m2").unwrap(),
            })
        }),
        uses_native_scheduling_ai: Some(true),
        optimization_period: Some(OptimizationPeriod::TwoDays),
        ..OutgoingEmail::new(contact_id(), "Hello", "<p>Hi</p>")
    };
    let body = json!({
        "type": "Email",
        "contactId": CONTACT,
        "subject": "Hello",
        "html": "<p>Hi</p>",
        "templateId": "tpl",
        "customSubtypeId": "sub",
        "forward": {
            "isForwarded": true,
            "forwardWholeThread": false,
            "messageId": "m1",
            "emailMessageId": "m2",
            "toEmail": "rosan@example.com",
        },
        "usesNativeSchedulingAi": true,
        "optimizationPeriod": "48h",
    });
    let asked = ("POST", "/conversations/messages", Some(body));
    let sent = asks_in_both(
        V2021_04,
        fixture!("conversations/forwarded"),
        asked,
        async |server| server.location.conversations().send_email(&email).await,
    )
    .await;
    assert_eq!(sent.note.as_deref(), Some("Email queued successfully."));
    let forwarded = sent.forwarded.as_ref().unwrap();
    assert_eq!(text(&forwarded.forward_to_email), Some("rosan@example.com"));
    assert_eq!(forwarded.forward_whole_thread, Some(false));
    assert_prints_no_personal_data(&(sent, email));
}

#[tokio::test]
async fn what_is_scheduled_is_taken_back_or_an_error() {
    let one = "/conversations/messages/t22c6DQcTDf3MjRhwf77/schedule";
    let email = "/conversations/messages/email/t22c6DQcTDf3MjRhwf77/schedule";
    let message = message();
    for answer in [fixture!("conversations/cancelled"), ""] {
        asks_in_both(V2021_04, answer, ("DELETE", one, None), async |server| {
            let conversations = server.location.conversations();
            conversations.cancel_scheduled(&message).await
        })
        .await;
        asks_in_both(V2021_04, answer, ("DELETE", email, None), async |server| {
            let conversations = server.location.conversations();
            conversations.cancel_scheduled_email(&message).await
        })
        .await;
    }
    let server = Server::answering(200, fixture!("conversations/cancel_failed")).await;
    let conversations = server.location.conversations();
    for cancelled in [
        conversations.cancel_scheduled(&message).await,
        conversations.cancel_scheduled_email(&message).await,
    ] {
        let error = cancelled.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NotFound, "{error}");
        assert_eq!(error.status(), Some(200));
        let shown = error.to_string();
        assert!(shown.contains("Failed cancel"), "{shown}");
        assert!(
            shown.contains("HTTP 200 with status 404 in the body"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn reviews_are_answered_and_visitors_see_typing() {
    let body = json!({
        "locationId": LOCATION, "conversationId": CONVERSATION, "message": "Sorry",
    });
    let asked = ("POST", "/conversations/messages/review-reply", Some(body));
    asks_in_both(
        V2021_04,
        fixture!("conversations/send_sms"),
        asked,
        async |server| {
            let conversations = server.location.conversations();
            conversations.reply_to_review(&id(), "Sorry").await
        },
    )
    .await;
    for (typing, word) in [(true, "true"), (false, "false")] {
        let body = json!({
            "locationId": LOCATION,
            "isTyping": word,
            "visitorId": "v1",
            "conversationId": CONVERSATION,
        });
        let target = "/conversations/providers/live-chat/typing";
        asks_in_both(
            V2021_04,
            fixture!("conversations/typing"),
            ("POST", target, Some(body)),
            async |server| {
                let conversations = server.location.conversations();
                conversations.set_typing(&id(), "v1", typing).await
            },
        )
        .await;
    }
    assert_sent_once(async |location| location.conversations().reply_to_review(&id(), "x").await)
        .await;
    assert_repeated(async |location| {
        let conversations = location.conversations();
        conversations.set_typing(&id(), "v1", true).await
    })
    .await;
}

fn call() -> LoggedCall {
    LoggedCall {
        to: Some(PhoneNumber::parse("+13125550100").unwrap()),
        from: Some(phone()),
        status: Some(CallStatus::NoAnswer),
    }
}

#[tokio::test]
async fn what_happened_elsewhere_is_logged() {
    let call_body = json!({"to": "+13125550100", "from": "+18887324197", "status": "no-answer"});
    let both = InboundThread::Both {
        conversation_id: id(),
        contact_id: contact_id(),
    };
    let entry = InboundEntry {
        conversation_provider_id: Some(provider()),
        alt_id: Some("ext1".into()),
        date: Some("2026-06-01T10:00:00Z".parse().unwrap()),
        call: Some(call()),
        ..InboundEntry::new(InboundChannel::Call, both)
    };
    let body = json!({
        "type": "Call",
        "conversationId": CONVERSATION,
        "contactId": CONTACT,
        "conversationProviderId": "61d6d1f9cdac7612faf80753",
        "altId": "ext1",
        "direction": "inbound",
        "date": "2026-06-01T10:00:00Z",
        "call": call_body,
    });
    let answer = fixture!("conversations/logged");
    let asked = ("POST", "/conversations/messages/inbound", Some(body));
    let logged = asks_in_both(V2021_04, answer, asked, async |server| {
        server.location.conversations().log_inbound(&entry).await
    })
    .await;
    assert_eq!(logged.message_id, message());
    assert_eq!(logged.conversation_id, Some(id()));
    assert_eq!(logged.email_message_id, None);
    assert_eq!(logged.note.as_deref(), Some("Message added successfully"));
    assert_prints_no_personal_data(&(&entry, logged));

    let email = InboundEntry {
        body: Some("Sorry".into()),
        html: Some("<p>Sorry</p>".into()),
        subject: Some("Rosan".into()),
        attachments: vec!["https://example.com/rosan.pdf".into()],
        email_from: Some("rosan@example.com".into()),
        email_to: Some("sanjay@example.com".into()),
        email_cc: vec!["deo@example.com".into()],
        email_bcc: vec!["deo2@example.com".into()],
        email_message_id: Some(message()),
        direction: Some(Direction::Outbound),
        ..InboundEntry::new(
            InboundChannel::Email,
            InboundThread::Contact {
                contact_id: contact_id(),
            },
        )
    };
    let body = json!({
        "type": "Email",
        "contactId": CONTACT,
        "message": "Sorry",
        "html": "<p>Sorry</p>",
        "subject": "Rosan",
        "attachments": ["https://example.com/rosan.pdf"],
        "emailFrom": "rosan@example.com",
        "emailTo": "sanjay@example.com",
        "emailCc": ["deo@example.com"],
        "emailBcc": ["deo2@example.com"],
        "emailMessageId": "t22c6DQcTDf3MjRhwf77",
        "direction": "outbound",
    });
    let asked = ("POST", "/conversations/messages/inbound", Some(body));
    asks_in_both(V2021_04, answer, asked, async |server| {
        server.location.conversations().log_inbound(&email).await
    })
    .await;
    assert_prints_no_personal_data(&email);

    let outbound = OutboundCall {
        conversation_id: id(),
        conversation_provider_id: provider(),
        call: call(),
        attachments: Vec::new(),
        alt_id: None,
        date: None,
    };
    let body = json!({
        "type": "Call",
        "conversationId": CONVERSATION,
        "conversationProviderId": "61d6d1f9cdac7612faf80753",
        "call": call_body,
    });
    let asked = ("POST", "/conversations/messages/outbound", Some(body));
    asks_in_both(V2021_04, answer, asked, async |server| {
        let conversations = server.location.conversations();
        conversations.log_outbound_call(&outbound).await
    })
    .await;
    assert_sent_once(async |location| location.conversations().log_outbound_call(&outbound).await)
        .await;

    // HighLevel says 201 with nothing where it has logged nothing.
    let server = Server::answering(201, "").await;
    let error = server.location.conversations().log_inbound(&entry).await;
    assert_eq!(*error.unwrap_err().kind(), ErrorKind::UnknownOutcome);
}

#[tokio::test]
async fn providers_tell_what_became_of_messages() {
    let update = StatusUpdate {
        error: Some(DeliveryError {
            code: "1".into(),
            kind: "saas".into(),
            message: "There was an error from the provider".into(),
        }),
        email_message_id: Some(message()),
        recipients: vec!["rosan@example.com".into()],
        ..StatusUpdate::new(DeliveryStatus::Failed)
    };
    let body = json!({
        "status": "failed",
        "error": {"code": "1", "type": "saas", "message": "There was an error from the provider"},
        "emailMessageId": "t22c6DQcTDf3MjRhwf77",
        "recipients": ["rosan@example.com"],
    });
    let target = "/conversations/messages/t22c6DQcTDf3MjRhwf77";
    let status = format!("{target}/status");
    let asked = ("PUT", status.as_str(), Some(body));
    asks_in_both(
        V2021_04,
        fixture!("conversations/forwarded"),
        asked,
        async |server| {
            let conversations = server.location.conversations();
            conversations.update_status(&message(), &update).await
        },
    )
    .await;
    assert_prints_no_personal_data(&update);

    let attachments = format!("{target}/attachments");
    let body = json!({"attachments": ["https://example.com/a.wav"]});
    let asked = ("PUT", attachments.as_str(), Some(body));
    asks_in_both(V2021_04, "", asked, async |server| {
        let conversations = server.location.conversations();
        let files = ["https://example.com/a.wav".into()];
        conversations.set_attachments(&message(), &files).await
    })
    .await;
}
