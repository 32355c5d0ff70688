//! Calls for the drivers of `conversations.json` that send each value of an enum once.

use gohighlevel::api::conversations::{
    ChatChannel, ConversationSearch, ConversationSort, ConversationStatus, DeliveryStatus,
    EmailForward, EmailReplyMode, EmailStatus, EmailStatusUpdate, ExportChannel, ExportOrder,
    ExportQuery, Forwarded, InboundChannel, InboundEntry, InboundThread, LoggedCall, MessageAction,
    MessagesQuery, OptimizationPeriod, OutgoingChat, OutgoingEmail, StatusUpdate,
};
use gohighlevel::message::{CallStatus, Direction, MessageType};

use super::id;
use crate::contract::stage::{Play, call};

/// The kinds of messages that HighLevel can be asked for by search. A voicemail is not among them.
const SEARCHED: [MessageType; 13] = [
    MessageType::Call,
    MessageType::IvrCall,
    MessageType::CustomCall,
    MessageType::Sms,
    MessageType::CustomSms,
    MessageType::SmsReaction,
    MessageType::Email,
    MessageType::WhatsApp,
    MessageType::Facebook,
    MessageType::Instagram,
    MessageType::GoogleBusiness,
    MessageType::LiveChat,
    MessageType::WebChat,
];

pub(super) fn search() -> Play {
    call!(|stage| {
        let conversations = stage.location.conversations();
        let mut searches = Vec::new();
        for status in [
            ConversationStatus::All,
            ConversationStatus::Read,
            ConversationStatus::Unread,
            ConversationStatus::Starred,
            ConversationStatus::Recents,
        ] {
            searches.push(ConversationSearch {
                status: Some(status),
                ..ConversationSearch::default()
            });
        }
        for sort in [
            ConversationSort::LastManualMessage,
            ConversationSort::LastMessage,
            ConversationSort::OverdueAt,
            ConversationSort::DueAt,
        ] {
            searches.push(ConversationSearch {
                sort_by: Some(sort),
                ..ConversationSearch::default()
            });
        }
        for last_message_type in SEARCHED {
            searches.push(ConversationSearch {
                last_message_type: Some(last_message_type),
                last_message_direction: Some(Direction::Outbound),
                last_message_action: Some(MessageAction::Automated),
                ..ConversationSearch::default()
            });
        }
        for search in searches {
            conversations.search(&search).await.unwrap();
        }
        Ok(())
    })
}

pub(super) fn messages() -> Play {
    call!(|stage| {
        for message_type in [
            MessageType::Call,
            MessageType::Sms,
            MessageType::Email,
            MessageType::WhatsApp,
            MessageType::Facebook,
            MessageType::Instagram,
            MessageType::GoogleBusiness,
            MessageType::LiveChat,
            "TYPE_INTERNAL_COMMENT".into(),
        ] {
            let query = MessagesQuery {
                types: vec![message_type],
                ..MessagesQuery::default()
            };
            let conversations = stage.location.conversations();
            conversations.messages(&id("v1"), &query).await.unwrap();
        }
        Ok(())
    })
}

pub(super) fn export() -> Play {
    call!(|stage| {
        for channel in [
            ExportChannel::Call,
            ExportChannel::Sms,
            ExportChannel::Email,
            ExportChannel::WhatsApp,
            ExportChannel::Instagram,
            ExportChannel::Facebook,
        ] {
            let query = ExportQuery {
                channel: Some(channel),
                sort_by: Some(ExportOrder::Created),
                ..ExportQuery::default()
            };
            let conversations = stage.location.conversations();
            conversations.export(&query).await.unwrap();
        }
        Ok(())
    })
}

pub(super) fn send_chat() -> Play {
    call!(|stage| {
        for channel in [
            ChatChannel::Rcs,
            ChatChannel::WhatsApp,
            ChatChannel::Instagram,
            ChatChannel::Facebook,
            ChatChannel::LiveChat,
            ChatChannel::TikTok,
            ChatChannel::Custom,
        ] {
            let chat = OutgoingChat::new(channel, id("c1"), "Hi");
            let conversations = stage.location.conversations();
            conversations.send_chat(&chat).await.unwrap();
        }
        Ok(())
    })
}

pub(super) fn send_email() -> Play {
    call!(|stage| {
        for (period, mode) in [
            (OptimizationPeriod::OneDay, EmailReplyMode::Reply),
            (OptimizationPeriod::TwoDays, EmailReplyMode::ReplyAll),
            (OptimizationPeriod::ThreeDays, EmailReplyMode::Reply),
        ] {
            let email = OutgoingEmail {
                optimization_period: Some(period),
                reply_mode: Some(mode),
                forward: Some(EmailForward::new(Forwarded::Thread(id("m1")))),
                ..OutgoingEmail::new(id("c1"), "Hello", "<p>Hi</p>")
            };
            let conversations = stage.location.conversations();
            conversations.send_email(&email).await.unwrap();
        }
        Ok(())
    })
}

pub(super) fn update_status() -> Play {
    call!(|stage| {
        for status in [
            DeliveryStatus::Pending,
            DeliveryStatus::Delivered,
            DeliveryStatus::Read,
            DeliveryStatus::Failed,
        ] {
            let update = StatusUpdate::new(status);
            let conversations = stage.location.conversations();
            let answer = conversations.update_status(&id("m1"), &update).await;
            answer.unwrap();
        }
        Ok(())
    })
}

pub(super) fn update_email_status() -> Play {
    call!(|stage| {
        let mut answer = Ok(());
        for status in [
            EmailStatus::Pending,
            EmailStatus::Scheduled,
            EmailStatus::Sent,
            EmailStatus::Delivered,
            EmailStatus::Read,
            EmailStatus::Undelivered,
            EmailStatus::Connected,
            EmailStatus::Failed,
            EmailStatus::Opened,
            EmailStatus::Clicked,
        ] {
            let update = EmailStatusUpdate::new(status);
            let conversations = stage.location.conversations();
            answer = conversations.update_email_status(&id("e1"), &update).await;
        }
        answer
    })
}

pub(super) fn log_inbound() -> Play {
    call!(|stage| {
        let thread = InboundThread::Both {
            conversation_id: id("v1"),
            contact_id: id("c1"),
        };
        let mut entries: Vec<InboundEntry> = [
            InboundChannel::Sms,
            InboundChannel::Rcs,
            InboundChannel::Email,
            InboundChannel::WhatsApp,
            InboundChannel::GoogleBusiness,
            InboundChannel::Instagram,
            InboundChannel::Facebook,
            InboundChannel::Custom,
            InboundChannel::WebChat,
            InboundChannel::LiveChat,
            InboundChannel::IvrCall,
            InboundChannel::CampaignCall,
            InboundChannel::CampaignVoicemail,
            InboundChannel::TikTok,
            InboundChannel::AllInOneChat,
            InboundChannel::FormSubmission,
        ]
        .map(|channel| InboundEntry::new(channel, thread.clone()))
        .into();
        let calls = [
            CallStatus::Pending,
            CallStatus::Completed,
            CallStatus::Answered,
            CallStatus::Busy,
            CallStatus::NoAnswer,
            CallStatus::Failed,
            CallStatus::Canceled,
            CallStatus::Voicemail,
        ]
        .map(|status| InboundEntry {
            call: Some(LoggedCall {
                status: Some(status),
                ..LoggedCall::default()
            }),
            ..InboundEntry::new(InboundChannel::Call, thread.clone())
        });
        entries.extend(calls);
        for entry in entries {
            let conversations = stage.location.conversations();
            conversations.log_inbound(&entry).await.unwrap();
        }
        Ok(())
    })
}
