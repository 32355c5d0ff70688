//! `conversations.json`: sending messages, and telling what was sent or received outside of HighLevel.

use gohighlevel::api::conversations::{
    ChatChannel, DeliveryError, DeliveryStatus, EmailEvents, EmailForward, EmailReplyMode,
    EmailStatus, EmailStatusUpdate, Forwarded, InboundChannel, InboundEntry, InboundThread,
    LoggedCall, OptimizationPeriod, OutboundCall, OutgoingChat, OutgoingEmail, OutgoingSms,
    RecipientStatus, StatusUpdate,
};
use gohighlevel::message::{CallStatus, Direction};
use gohighlevel::secret::Private;

use super::{conversations_enums as words, id, moment};
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    let mut drivers = sending();
    drivers.extend(after_sending());
    drivers.extend(logging());
    drivers
}

fn sending() -> Vec<Driver> {
    vec![
        Driver::both(
            "conversations.send_sms",
            [
                call!(|stage| {
                    let sms = OutgoingSms {
                        from_number: Some(id("+15550001111")),
                        to_number: Some(id("+15550002222")),
                        template_id: Some(id("t1")),
                        appointment_id: Some(id("a1")),
                        conversation_provider_id: Some(id("p1")),
                        attachments: vec![Private::from("https://files.example/1.png")],
                        scheduled_at: Some(moment()),
                        ..OutgoingSms::new(id("c1"), "Sorry we missed your call.")
                    };
                    stage.location.conversations().send_sms(&sms).await
                }),
                call!(|stage| {
                    let sms = OutgoingSms::new(id("c1"), "Sorry we missed your call.");
                    stage.location.conversations().send_sms(&sms).await
                }),
            ],
        ),
        Driver::both(
            "conversations.send_email",
            [
                call!(|stage| {
                    let conversations = stage.location.conversations();
                    conversations.send_email(&whole_email()).await
                }),
                call!(|stage| {
                    let email = OutgoingEmail {
                        forward: Some(EmailForward::new(Forwarded::Thread(id("m1")))),
                        ..OutgoingEmail::new(id("c1"), "Hello", "<p>Hi</p>")
                    };
                    stage.location.conversations().send_email(&email).await
                }),
                call!(|stage| {
                    let email = OutgoingEmail::new(id("c1"), "Hello", "<p>Hi</p>");
                    stage.location.conversations().send_email(&email).await
                }),
                words::send_email(),
            ],
        ),
        Driver::both(
            "conversations.send_chat",
            [
                call!(|stage| {
                    let chat = OutgoingChat {
                        attachments: vec![Private::from("https://files.example/1.png")],
                        template_id: Some(id("t1")),
                        reply_message_id: Some(id("m1")),
                        appointment_id: Some(id("a1")),
                        conversation_provider_id: Some(id("p1")),
                        from_number: Some(id("+15550001111")),
                        to_number: Some(id("+15550002222")),
                        scheduled_at: Some(moment()),
                        ..OutgoingChat::new(ChatChannel::WhatsApp, id("c1"), "Hi")
                    };
                    stage.location.conversations().send_chat(&chat).await
                }),
                call!(|stage| {
                    let chat = OutgoingChat::new(ChatChannel::LiveChat, id("c1"), "Hi");
                    stage.location.conversations().send_chat(&chat).await
                }),
                call!(|stage| {
                    let chat = OutgoingChat {
                        body: None,
                        ..OutgoingChat::new(ChatChannel::TikTok, id("c1"), "")
                    };
                    stage.location.conversations().send_chat(&chat).await
                }),
                words::send_chat(),
            ],
        ),
        Driver::both(
            "conversations.reply_to_review",
            [call!(|stage| {
                let conversations = stage.location.conversations();
                conversations.reply_to_review(&id("v1"), "Thank you").await
            })],
        ),
    ]
}

fn whole_email() -> OutgoingEmail {
    let forwarded = Forwarded::Email {
        message_id: id("m1"),
        email_message_id: id("e1"),
    };
    OutgoingEmail {
        text: Some(Private::from("Hi")),
        from: Some(Private::from("Sanjay <sanjay@example.com>")),
        to: Some(Private::from("deo@example.com")),
        cc: vec![Private::from("one@example.com")],
        bcc: vec![Private::from("two@example.com")],
        reply_message_id: Some(id("m2")),
        reply_mode: Some(EmailReplyMode::ReplyAll),
        thread_id: Some(id("m3")),
        template_id: Some(id("t1")),
        appointment_id: Some(id("a1")),
        conversation_provider_id: Some(id("p1")),
        custom_subtype_id: Some(id("s1")),
        forward: Some(EmailForward {
            source_contact_id: Some(id("c2")),
            source_conversation_id: Some(id("v2")),
            to_email: Some(Private::from("three@example.com")),
            recipient_contact_id: Some(id("c3")),
            recipient_conversation_id: Some(id("v3")),
            ..EmailForward::new(forwarded)
        }),
        uses_native_scheduling_ai: Some(true),
        optimization_period: Some(OptimizationPeriod::TwoDays),
        attachments: vec![Private::from("https://files.example/1.pdf")],
        scheduled_at: Some(moment()),
        ..OutgoingEmail::new(id("c1"), "Hello", "<p>Hi</p>")
    }
}

fn after_sending() -> Vec<Driver> {
    vec![
        Driver::both(
            "conversations.cancel_scheduled",
            [call!(|stage| {
                let conversations = stage.location.conversations();
                conversations.cancel_scheduled(&id("m1")).await
            })],
        ),
        Driver::both(
            "conversations.cancel_scheduled_email",
            [call!(|stage| {
                let conversations = stage.location.conversations();
                conversations.cancel_scheduled_email(&id("e1")).await
            })],
        ),
        Driver::both(
            "conversations.set_typing",
            [call!(|stage| {
                let conversations = stage.location.conversations();
                conversations.set_typing(&id("v1"), "visitor-1", true).await
            })],
        ),
        Driver::both(
            "conversations.update_status",
            [
                call!(|stage| {
                    let update = StatusUpdate {
                        error: Some(DeliveryError {
                            code: "1".to_owned(),
                            kind: "saas".to_owned(),
                            message: "There was an error from the provider".to_owned(),
                        }),
                        email_message_id: Some(id("e1")),
                        recipients: vec![Private::from("deo@example.com")],
                        ..StatusUpdate::new(DeliveryStatus::Failed)
                    };
                    let conversations = stage.location.conversations();
                    conversations.update_status(&id("m1"), &update).await
                }),
                words::update_status(),
            ],
        ),
        Driver::only(
            Version::V3,
            "conversations.update_email_status",
            [
                call!(|stage| {
                    let conversations = stage.location.conversations();
                    conversations
                        .update_email_status(&id("e1"), &whole_status())
                        .await
                }),
                words::update_email_status(),
            ],
        ),
    ]
}

fn whole_status() -> EmailStatusUpdate {
    EmailStatusUpdate {
        events: Some(EmailEvents {
            delivered: Some(1),
            opened: Some(2),
            clicked: Some(3),
            replied: Some(4),
            failed: Some(5),
            accepted: Some(6),
            rejected: Some(7),
            unsubscribed: Some(8),
            complained: Some(9),
            stored: Some(10),
            other: [("forwarded".to_owned(), 11)].into(),
        }),
        recipients: vec![RecipientStatus {
            email: Private::from("deo@example.com"),
            status: EmailStatus::Failed,
            fail_reason: Some("no such address".to_owned()),
        }],
        ..EmailStatusUpdate::new(EmailStatus::Opened)
    }
}

fn logging() -> Vec<Driver> {
    vec![
        Driver::both(
            "conversations.log_inbound",
            [
                call!(|stage| {
                    let conversations = stage.location.conversations();
                    conversations.log_inbound(&whole_entry()).await
                }),
                call!(|stage| {
                    let thread = InboundThread::Contact {
                        contact_id: id("c1"),
                    };
                    let entry = InboundEntry::new(InboundChannel::Sms, thread);
                    stage.location.conversations().log_inbound(&entry).await
                }),
                call!(|stage| {
                    let thread = InboundThread::Conversation {
                        conversation_id: id("v1"),
                    };
                    let entry = InboundEntry {
                        direction: None,
                        ..InboundEntry::new(InboundChannel::WebChat, thread)
                    };
                    stage.location.conversations().log_inbound(&entry).await
                }),
                words::log_inbound(),
            ],
        ),
        Driver::both(
            "conversations.log_outbound_call",
            [
                call!(|stage| {
                    let call = OutboundCall {
                        call: missed_call(),
                        attachments: vec![Private::from("https://files.example/1.wav")],
                        alt_id: Some("call-1".to_owned()),
                        date: Some(moment()),
                        ..least_call()
                    };
                    stage
                        .location
                        .conversations()
                        .log_outbound_call(&call)
                        .await
                }),
                call!(|stage| {
                    let conversations = stage.location.conversations();
                    conversations.log_outbound_call(&least_call()).await
                }),
            ],
        ),
        Driver::both(
            "conversations.set_attachments",
            [call!(|stage| {
                let attachments = [Private::from("https://files.example/1.wav")];
                let conversations = stage.location.conversations();
                conversations.set_attachments(&id("m1"), &attachments).await
            })],
        ),
    ]
}

fn whole_entry() -> InboundEntry {
    let thread = InboundThread::Both {
        conversation_id: id("v1"),
        contact_id: id("c1"),
    };
    InboundEntry {
        conversation_provider_id: Some(id("p1")),
        body: Some(Private::from("Hi")),
        html: Some(Private::from("<p>Hi</p>")),
        subject: Some(Private::from("Hello")),
        attachments: vec![Private::from("https://files.example/1.png")],
        email_from: Some(Private::from("deo@example.com")),
        email_to: Some(Private::from("office@example.com")),
        email_cc: vec![Private::from("one@example.com")],
        email_bcc: vec![Private::from("two@example.com")],
        email_message_id: Some(id("e1")),
        alt_id: Some("message-1".to_owned()),
        direction: Some(Direction::Outbound),
        date: Some(moment()),
        call: Some(missed_call()),
        ..InboundEntry::new(InboundChannel::Call, thread)
    }
}

fn missed_call() -> LoggedCall {
    LoggedCall {
        to: Some(id("+15550001111")),
        from: Some(id("+15550002222")),
        status: Some(CallStatus::NoAnswer),
    }
}

fn least_call() -> OutboundCall {
    OutboundCall {
        conversation_id: id("v1"),
        conversation_provider_id: id("p1"),
        call: LoggedCall::default(),
        attachments: Vec::new(),
        alt_id: None,
        date: None,
    }
}
