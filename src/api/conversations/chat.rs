//! Sending on channels other than text message and e-mail; also cancelling scheduled messages and e-mails, replying to
//! reviews, and showing a live chat visitor that a user is typing.

use jiff::Timestamp;
use serde::Serialize;
use serde_with::{serde_as, skip_serializing_none};

use super::Conversations;
use super::send::{OfType, SentMessage};
use crate::api::body::InLocation;
use crate::api::timestamp::EpochSeconds;
use crate::client::{ApiVersion, Call, ReplaySafety, Request, path};
use crate::error::Result;
use crate::ids::{
    CalendarEventId, ContactId, ConversationId, ConversationProviderId, MessageId, TemplateId,
};
use crate::phone::PhoneNumber;
use crate::secret::Private;

impl<'a> Conversations<'a> {
    /// Sends a message on a channel other than text message and e-mail. It fails, and is not repeated, like
    /// [`send_sms`](Self::send_sms).
    pub fn send_chat(&self, chat: &OutgoingChat) -> Call<'a, SentMessage> {
        let request = Request::post(path(&["conversations", "messages"]))
            .operation("conversations.send_chat")
            .version(ApiVersion::V2021_04_15)
            .json(&OfType::new(chat.channel.as_str(), chat))
            .data_key("message");
        self.location.send(request)
    }

    /// Answers a review on Google. `conversation` is the one that the review is in. It is not repeated.
    ///
    /// HighLevel says of version 3 that this is for its own apps only, and will be removed.
    pub fn reply_to_review(
        &self,
        conversation: &ConversationId,
        text: impl Into<Private<String>>,
    ) -> Call<'a, SentMessage> {
        let body = ReviewReply {
            conversation_id: conversation,
            message: text.into(),
        };
        let request = Request::post(path(&["conversations", "messages", "review-reply"]))
            .operation("conversations.reply_to_review")
            .version(ApiVersion::V2021_04_15)
            .json(&InLocation::new(self.location.id(), &body))
            .data_key("message");
        self.location.send(request)
    }

    /// Cancels a scheduled message. HighLevel answers 200 even if it could not cancel it; here that is an error
    /// ([`NotFound`](crate::error::ErrorKind::NotFound) if it is not scheduled, or not any more).
    pub async fn cancel_scheduled(&self, message: &MessageId) -> Result<()> {
        let segments = ["conversations", "messages", message.as_str(), "schedule"];
        let request = Request::delete(path(&segments))
            .operation("conversations.cancel_scheduled")
            .version(ApiVersion::V2021_04_15);
        self.location.send_discarding(request).await
    }

    /// Cancels a scheduled e-mail, by its [`email_message_id`](SentMessage::email_message_id). It fails like
    /// [`cancel_scheduled`](Self::cancel_scheduled).
    pub async fn cancel_scheduled_email(&self, email_message: &MessageId) -> Result<()> {
        let id = email_message.as_str();
        let request = Request::delete(path(&[
            "conversations",
            "messages",
            "email",
            id,
            "schedule",
        ]))
        .operation("conversations.cancel_scheduled_email")
        .version(ApiVersion::V2021_04_15);
        self.location.send_discarding(request).await
    }

    /// Shows the visitor of a live chat that a user is typing, or is not any more. Scope:
    /// `conversations/livechat.write`.
    pub async fn set_typing(
        &self,
        conversation: &ConversationId,
        visitor: &str,
        typing: bool,
    ) -> Result<()> {
        let body = Typing {
            is_typing: if typing { "true" } else { "false" },
            visitor_id: visitor,
            conversation_id: conversation,
        };
        let request = Request::post(path(&["conversations", "providers", "live-chat", "typing"]))
            .operation("conversations.set_typing")
            .version(ApiVersion::V2021_04_15)
            .replay(ReplaySafety::Repeatable)
            .json(&InLocation::new(self.location.id(), &body));
        self.location.send_discarding(request).await
    }
}

/// A channel that [`OutgoingChat`] goes by. Source: `type` of the message to send in HighLevel's `conversations.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatChannel {
    /// Rich text messages.
    Rcs,
    /// WhatsApp.
    WhatsApp,
    /// Instagram.
    Instagram,
    /// Facebook.
    Facebook,
    /// Live chat on a website.
    LiveChat,
    /// TikTok.
    TikTok,
    /// A provider that somebody else has added;
    /// [`conversation_provider_id`](OutgoingChat::conversation_provider_id) says which.
    Custom,
}

impl ChatChannel {
    /// The word HighLevel uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rcs => "RCS",
            Self::WhatsApp => "WhatsApp",
            Self::Instagram => "IG",
            Self::Facebook => "FB",
            Self::LiveChat => "Live_Chat",
            Self::TikTok => "TIKTOK",
            Self::Custom => "Custom",
        }
    }
}

/// A message to send on a channel other than text message and e-mail.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutgoingChat {
    /// The channel.
    #[serde(skip)]
    pub channel: ChatChannel,
    /// Who gets it.
    pub contact_id: ContactId,
    /// The text; `None` to send only attachments or a template.
    #[serde(rename = "message")]
    pub body: Option<Private<String>>,
    /// URLs of pictures and files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Private<String>>,
    /// The template to send, which WhatsApp asks for outside of its time window.
    pub template_id: Option<TemplateId>,
    /// The message this one answers.
    pub reply_message_id: Option<MessageId>,
    /// The appointment it is about.
    pub appointment_id: Option<CalendarEventId>,
    /// The provider that carries it; the channel's default one if `None`.
    pub conversation_provider_id: Option<ConversationProviderId>,
    /// The location's number to send from, for the channels that have numbers.
    pub from_number: Option<PhoneNumber>,
    /// The contact's number to send to, for the channels that have numbers.
    pub to_number: Option<PhoneNumber>,
    /// When HighLevel shall send it, to the second; at once if `None`.
    #[serde(rename = "scheduledTimestamp")]
    #[serde_as(as = "Option<EpochSeconds>")]
    pub scheduled_at: Option<Timestamp>,
}

impl OutgoingChat {
    /// A text on a channel, at once.
    pub fn new(
        channel: ChatChannel,
        contact_id: ContactId,
        body: impl Into<Private<String>>,
    ) -> Self {
        Self {
            channel,
            contact_id,
            body: Some(body.into()),
            attachments: Vec::new(),
            template_id: None,
            reply_message_id: None,
            appointment_id: None,
            conversation_provider_id: None,
            from_number: None,
            to_number: None,
            scheduled_at: None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReviewReply<'a> {
    conversation_id: &'a ConversationId,
    message: Private<String>,
}

/// HighLevel asks for the flag as a text.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Typing<'a> {
    is_typing: &'static str,
    visitor_id: &'a str,
    conversation_id: &'a ConversationId,
}
