//! Logging what happened outside of HighLevel: messages that came in, calls that went out, and what became of messages
//! that a custom provider carried.
//!
//! Source besides `conversations.json`: HighLevel's page on conversation providers, and
//! `GoHighLevel/highlevel-api-docs` #6, #70 and #284 (a call's duration cannot be logged).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::{apply, serde_as, skip_serializing_none};

use super::Conversations;
use super::send::{OfType, SentMessage};
use crate::api::timestamp::Rfc3339;
use crate::client::{ApiVersion, Call, Request, path};
use crate::error::Result;
use crate::ids::{ContactId, ConversationId, ConversationProviderId, MessageId};
use crate::lenient::Lenient;
use crate::message::{CallStatus, Direction};
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

impl<'a> Conversations<'a> {
    /// Logs a message or a call of a contact.
    ///
    /// It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with
    /// [`messages`](Self::messages) before logging it again. A custom message without its provider
    /// also ends with `UnknownOutcome`: HighLevel answers 201 with an empty body and logs nothing.
    pub fn log_inbound(&self, message: &InboundEntry) -> Call<'a, LoggedMessage> {
        let request = Request::post(path(&["conversations", "messages", "inbound"]))
            .operation("conversations.log_inbound")
            .version(ApiVersion::V2021_04_15)
            .json(message)
            .data_key("message");
        self.location.send(request)
    }

    /// Logs a call that the business made. It is not repeated, like [`log_inbound`](Self::log_inbound).
    pub fn log_outbound_call(&self, call: &OutboundCall) -> Call<'a, LoggedMessage> {
        let request = Request::post(path(&["conversations", "messages", "outbound"]))
            .operation("conversations.log_outbound_call")
            .version(ApiVersion::V2021_04_15)
            .json(&OfType::new("Call", call))
            .data_key("message");
        self.location.send(request)
    }

    /// Reports the delivery status of a message. Only the app whose conversation provider sent it may do so.
    pub fn update_status(
        &self,
        message: &MessageId,
        update: &StatusUpdate,
    ) -> Call<'a, SentMessage> {
        let segments = ["conversations", "messages", message.as_str(), "status"];
        let request = Request::put(path(&segments))
            .operation("conversations.update_status")
            .version(ApiVersion::V2021_04_15)
            .json(update)
            .data_key("message");
        self.location.send(request)
    }

    /// Gives a logged call other attachments, five URLs at most. HighLevel allows it for calls that were logged by API
    /// only ([`Forbidden`](crate::error::ErrorKind::Forbidden) otherwise).
    pub async fn set_attachments(
        &self,
        message: &MessageId,
        attachments: &[Private<String>],
    ) -> Result<()> {
        let segments = ["conversations", "messages", message.as_str(), "attachments"];
        let request = Request::put(path(&segments))
            .operation("conversations.set_attachments")
            .version(ApiVersion::V2021_04_15)
            .json(&Attachments { attachments });
        self.location.send_discarding(request).await
    }
}

open_enum! {
    /// How a logged message came.
    pub enum InboundChannel {
        /// By text message.
        Sms = "SMS",
        /// By rich text message.
        Rcs = "RCS",
        /// By e-mail.
        Email = "Email",
        /// By WhatsApp.
        WhatsApp = "WhatsApp",
        /// By Google Business.
        GoogleBusiness = "GMB",
        /// By Instagram.
        Instagram = "IG",
        /// By Facebook.
        Facebook = "FB",
        /// By a provider that somebody else has added.
        Custom = "Custom",
        /// By the chat of a website.
        WebChat = "WebChat",
        /// By the live chat of a website.
        LiveChat = "Live_Chat",
        /// As a call.
        Call = "Call",
        /// As a call through a voice menu.
        IvrCall = "IVR_Call",
        /// As a call of a campaign.
        CampaignCall = "Campaign_Call",
        /// As a voicemail of a campaign.
        CampaignVoicemail = "Campaign_VoiceMail",
        /// By TikTok.
        TikTok = "TIKTOK",
        /// By HighLevel's chat for all channels.
        AllInOneChat = "ALL_IN_ONE_CHAT",
        /// By a form.
        FormSubmission = "FORM_SUBMISSION",
    }
}

/// Where a logged message belongs. The documentation asks for both ids, the live service for one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum InboundThread {
    /// Into a conversation.
    Conversation {
        /// The conversation.
        conversation_id: ConversationId,
    },
    /// Into the conversation with a contact, which is made if there is none.
    Contact {
        /// The contact.
        contact_id: ContactId,
    },
    /// Both, as documented.
    Both {
        /// The conversation.
        conversation_id: ConversationId,
        /// The contact it is with.
        contact_id: ContactId,
    },
}

/// A message or a call of a contact that did not come through HighLevel.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InboundEntry {
    /// How it came.
    #[serde(rename = "type")]
    pub channel: InboundChannel,
    /// Where it belongs.
    #[serde(flatten)]
    pub thread: InboundThread,
    /// The provider that carried it. Only the location's default providers for text messages and e-mails may be left
    /// out.
    pub conversation_provider_id: Option<ConversationProviderId>,
    /// The text.
    #[serde(rename = "message")]
    pub body: Option<Private<String>>,
    /// The body of an e-mail as HTML.
    pub html: Option<Private<String>>,
    /// The subject of an e-mail.
    pub subject: Option<Private<String>>,
    /// URLs of what came with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Private<String>>,
    /// The sender of an e-mail.
    pub email_from: Option<Private<String>>,
    /// Who got an e-mail.
    pub email_to: Option<Private<String>>,
    /// Who got a copy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub email_cc: Vec<Private<String>>,
    /// Who got a copy unseen by the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub email_bcc: Vec<Private<String>>,
    /// The e-mail this one answers.
    pub email_message_id: Option<MessageId>,
    /// Its id at the provider.
    pub alt_id: Option<String>,
    /// Which way it went. HighLevel takes **outbound** if `None`.
    pub direction: Option<Direction>,
    /// When it was; now if `None`. Written in UTC with whole seconds.
    #[serde_as(as = "Option<Rfc3339>")]
    pub date: Option<Timestamp>,
    /// The call, for the channels that are calls.
    pub call: Option<LoggedCall>,
}

impl InboundEntry {
    /// Something that came in just now, with nothing in it yet.
    pub fn new(channel: InboundChannel, thread: InboundThread) -> Self {
        Self {
            channel,
            thread,
            conversation_provider_id: None,
            body: None,
            html: None,
            subject: None,
            attachments: Vec::new(),
            email_from: None,
            email_to: None,
            email_cc: Vec::new(),
            email_bcc: Vec::new(),
            email_message_id: None,
            alt_id: None,
            direction: Some(Direction::Inbound),
            date: None,
            call: None,
        }
    }
}

/// A call that did not go through HighLevel.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LoggedCall {
    /// Who was called.
    pub to: Option<PhoneNumber>,
    /// Who called; for an inbound call the contact's own number.
    pub from: Option<PhoneNumber>,
    /// What happened to it.
    pub status: Option<CallStatus>,
}

/// A call that the business made outside of HighLevel.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboundCall {
    /// The conversation it belongs into.
    pub conversation_id: ConversationId,
    /// The provider that carried it.
    pub conversation_provider_id: ConversationProviderId,
    /// The call.
    pub call: LoggedCall,
    /// URLs of what goes with it, such as a recording.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Private<String>>,
    /// Its id at the provider.
    pub alt_id: Option<String>,
    /// When it was; now if `None`. Written in UTC with whole seconds.
    #[serde_as(as = "Option<Rfc3339>")]
    pub date: Option<Timestamp>,
}

/// A message that was logged.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LoggedMessage {
    /// Its id.
    pub message_id: MessageId,
    /// The conversation it is in.
    pub conversation_id: Option<ConversationId>,
    /// The contact.
    pub contact_id: Option<ContactId>,
    /// When it was.
    pub date_added: Option<Timestamp>,
    /// The id of the single e-mail in its thread.
    pub email_message_id: Option<MessageId>,
    /// HighLevel's words, such as `Message queued successfully.`
    #[serde(rename = "message")]
    pub note: Option<String>,
}

/// The delivery statuses that a custom provider can report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DeliveryStatus {
    /// On its way.
    Pending,
    /// Arrived.
    Delivered,
    /// Seen.
    Read,
    /// Could not be sent or did not arrive.
    Failed,
}

/// How far a message of a custom provider is.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusUpdate {
    /// How far.
    pub status: DeliveryStatus,
    /// Why it failed.
    pub error: Option<DeliveryError>,
    /// The single e-mail, of a thread.
    pub email_message_id: Option<MessageId>,
    /// The recipients of an e-mail that the status is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<Private<String>>,
}

impl StatusUpdate {
    /// The status alone.
    pub fn new(status: DeliveryStatus) -> Self {
        Self {
            status,
            error: None,
            email_message_id: None,
            recipients: Vec::new(),
        }
    }
}

/// Why a message failed; HighLevel asks for all three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryError {
    /// The provider's code.
    pub code: String,
    /// The kind of error, such as `saas`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The message for users.
    pub message: String,
}

#[derive(Serialize)]
struct Attachments<'a> {
    attachments: &'a [Private<String>],
}
