//! Text messages and e-mails to send, and HighLevel's answers to them.

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_with::{apply, serde_as, skip_serializing_none};

use super::message::MessageStatus;
use crate::api::timestamp::EpochSeconds;
use crate::ids::{
    CalendarEventId, ContactId, ConversationId, ConversationProviderId, CustomSubtypeId, MessageId,
    TemplateId,
};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// A text message to send.
///
/// ```
/// use gohighlevel::api::conversations::OutgoingSms;
/// use gohighlevel::ids::ContactId;
/// use gohighlevel::phone::PhoneNumber;
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let sms = OutgoingSms {
///     from_number: Some(PhoneNumber::parse("+15550001111")?),
///     ..OutgoingSms::new(ContactId::new("ve9EPM428h8vShlRW1KT")?, "Sorry we missed your call.")
/// };
/// # Ok(()) }
/// ```
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutgoingSms {
    /// Who gets it.
    pub contact_id: ContactId,
    /// The text.
    #[serde(rename = "message")]
    pub body: Private<String>,
    /// The location's number to send from; its default number if `None`.
    pub from_number: Option<PhoneNumber>,
    /// The contact's number to send to; its main number if `None`.
    pub to_number: Option<PhoneNumber>,
    /// The template to send in place of the text.
    pub template_id: Option<TemplateId>,
    /// The appointment it is about.
    pub appointment_id: Option<CalendarEventId>,
    /// The provider that carries it; the location's default one if `None`.
    pub conversation_provider_id: Option<ConversationProviderId>,
    /// URLs of pictures and the like, which make it an MMS.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Private<String>>,
    /// When HighLevel shall send it, to the second; at once if `None`.
    #[serde(rename = "scheduledTimestamp")]
    #[serde_as(as = "Option<EpochSeconds>")]
    pub scheduled_at: Option<Timestamp>,
}

impl OutgoingSms {
    /// A text to the contact's main number, from the location's default number, at once.
    pub fn new(contact_id: ContactId, body: impl Into<Private<String>>) -> Self {
        Self {
            contact_id,
            body: body.into(),
            from_number: None,
            to_number: None,
            template_id: None,
            appointment_id: None,
            conversation_provider_id: None,
            attachments: Vec::new(),
            scheduled_at: None,
        }
    }
}

/// An e-mail to send.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutgoingEmail {
    /// Who gets it.
    pub contact_id: ContactId,
    /// The subject.
    pub subject: Private<String>,
    /// The body as HTML.
    pub html: Private<String>,
    /// The body as plain text, for readers without HTML.
    #[serde(rename = "message")]
    pub text: Option<Private<String>>,
    /// The sender, such as `Sanjay <sanjay@example.com>`; the location's default sender if `None`.
    #[serde(rename = "emailFrom")]
    pub from: Option<Private<String>>,
    /// Which of the contact's addresses gets it; the main one if `None`.
    #[serde(rename = "emailTo")]
    pub to: Option<Private<String>>,
    /// Who gets a copy.
    #[serde(rename = "emailCc", skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<Private<String>>,
    /// Who gets a copy unseen by the others.
    #[serde(rename = "emailBcc", skip_serializing_if = "Vec::is_empty")]
    pub bcc: Vec<Private<String>>,
    /// The message this one answers.
    pub reply_message_id: Option<MessageId>,
    /// To whom an answer goes.
    #[serde(rename = "emailReplyMode")]
    pub reply_mode: Option<EmailReplyMode>,
    /// The message that groups the e-mails of a thread.
    pub thread_id: Option<MessageId>,
    /// The template to send in place of the body.
    pub template_id: Option<TemplateId>,
    /// The appointment it is about.
    pub appointment_id: Option<CalendarEventId>,
    /// The provider that carries it; the location's default one if `None`.
    pub conversation_provider_id: Option<ConversationProviderId>,
    /// What kind of e-mail it is, for contacts that have unsubscribed from some kinds.
    pub custom_subtype_id: Option<CustomSubtypeId>,
    /// The e-mail or thread that it forwards.
    pub forward: Option<EmailForward>,
    /// Whether HighLevel shall find the best time to send it.
    pub uses_native_scheduling_ai: Option<bool>,
    /// Within which time HighLevel shall look for the best one.
    pub optimization_period: Option<OptimizationPeriod>,
    /// URLs of files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Private<String>>,
    /// When HighLevel shall send it, to the second; at once if `None`.
    #[serde(rename = "scheduledTimestamp")]
    #[serde_as(as = "Option<EpochSeconds>")]
    pub scheduled_at: Option<Timestamp>,
}

impl OutgoingEmail {
    /// An e-mail to the contact's main address, from the location's default sender, at once.
    pub fn new(
        contact_id: ContactId,
        subject: impl Into<Private<String>>,
        html: impl Into<Private<String>>,
    ) -> Self {
        Self {
            contact_id,
            subject: subject.into(),
            html: html.into(),
            text: None,
            from: None,
            to: None,
            cc: Vec::new(),
            bcc: Vec::new(),
            reply_message_id: None,
            reply_mode: None,
            thread_id: None,
            template_id: None,
            appointment_id: None,
            conversation_provider_id: None,
            custom_subtype_id: None,
            forward: None,
            uses_native_scheduling_ai: None,
            optimization_period: None,
            attachments: Vec::new(),
            scheduled_at: None,
        }
    }
}

open_enum! {
    /// To whom an answer to an e-mail goes.
    pub enum EmailReplyMode {
        /// To the sender.
        Reply = "reply",
        /// To everybody who got the e-mail.
        ReplyAll = "reply_all",
    }
}

/// Within which time HighLevel shall look for the best one to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum OptimizationPeriod {
    /// A day.
    #[serde(rename = "24h")]
    OneDay,
    /// Two days.
    #[serde(rename = "48h")]
    TwoDays,
    /// Three days.
    #[serde(rename = "72h")]
    ThreeDays,
}

/// What an e-mail forwards.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Forwarded {
    /// A whole thread.
    Thread(MessageId),
    /// A single e-mail of a thread.
    Email {
        /// The thread.
        message_id: MessageId,
        /// The single e-mail.
        email_message_id: MessageId,
    },
}

impl Serialize for Forwarded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (message, email) = match self {
            Self::Thread(message) => (message, None),
            Self::Email {
                message_id,
                email_message_id,
            } => (message_id, Some(email_message_id)),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("isForwarded", &true)?;
        map.serialize_entry("forwardWholeThread", &email.is_none())?;
        map.serialize_entry("messageId", message)?;
        if let Some(email) = email {
            map.serialize_entry("emailMessageId", email)?;
        }
        map.end()
    }
}

/// What an e-mail forwards, and to whom.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailForward {
    /// What.
    #[serde(flatten)]
    pub what: Forwarded,
    /// The contact that it came from; HighLevel finds it if `None`.
    pub source_contact_id: Option<ContactId>,
    /// The conversation that it came from; HighLevel finds it if `None`.
    pub source_conversation_id: Option<ConversationId>,
    /// The address to forward to.
    pub to_email: Option<Private<String>>,
    /// The contact to forward to.
    pub recipient_contact_id: Option<ContactId>,
    /// The conversation with the contact to forward to.
    pub recipient_conversation_id: Option<ConversationId>,
}

impl EmailForward {
    /// Forwards to the contact that the e-mail is sent to.
    pub fn new(what: Forwarded) -> Self {
        Self {
            what,
            source_contact_id: None,
            source_conversation_id: None,
            to_email: None,
            recipient_contact_id: None,
            recipient_conversation_id: None,
        }
    }
}

/// What was forwarded, and to whom.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ForwardedEmail {
    /// Whether it was the whole thread.
    pub forward_whole_thread: Option<bool>,
    /// The thread.
    pub message_id: Option<MessageId>,
    /// The single e-mail.
    pub email_message_id: Option<MessageId>,
    /// The contact that it came from.
    pub source_contact_id: Option<ContactId>,
    /// The conversation that it came from.
    pub source_conversation_id: Option<ConversationId>,
    /// The address it was forwarded to.
    pub forward_to_email: Option<Private<String>>,
    /// The contact it was forwarded to.
    pub recipient_contact_id: Option<ContactId>,
    /// The conversation with the contact it was forwarded to.
    pub recipient_conversation_id: Option<ConversationId>,
}

/// A message that HighLevel has queued. That it arrives is not said by this.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "SentWire")]
#[non_exhaustive]
pub struct SentMessage {
    /// Its id; for an e-mail, that of the thread.
    pub message_id: MessageId,
    /// The ids of all messages that it became, where a channel makes several of one, as Google Business does.
    pub message_ids: Vec<MessageId>,
    /// The conversation it is in.
    pub conversation_id: Option<ConversationId>,
    /// The id of the single e-mail in its thread.
    pub email_message_id: Option<MessageId>,
    /// How far it is; HighLevel seldom says so here.
    pub status: Option<MessageStatus>,
    /// HighLevel's words, such as `Message queued successfully.`
    pub note: Option<String>,
    /// What was forwarded, and to whom.
    pub forwarded: Option<ForwardedEmail>,
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SentWire {
    #[serde_as(deserialize_as = "Lenient")]
    message_id: Option<MessageId>,
    /// The name of the id where the message stands in a wrapper.
    #[serde_as(deserialize_as = "Lenient")]
    id: Option<MessageId>,
    #[serde_as(deserialize_as = "LenientList")]
    message_ids: Vec<MessageId>,
    #[serde_as(deserialize_as = "Lenient")]
    conversation_id: Option<ConversationId>,
    #[serde_as(deserialize_as = "Lenient")]
    email_message_id: Option<MessageId>,
    #[serde_as(deserialize_as = "Lenient")]
    status: Option<MessageStatus>,
    #[serde_as(deserialize_as = "Lenient")]
    msg: Option<String>,
    #[serde_as(deserialize_as = "LenientPart")]
    forward_data: Option<ForwardedEmail>,
}

impl TryFrom<SentWire> for SentMessage {
    type Error = &'static str;

    /// Some channels give a list of ids in place of one.
    fn try_from(wire: SentWire) -> Result<Self, &'static str> {
        let message_id = wire
            .message_id
            .or_else(|| wire.message_ids.first().cloned())
            .or_else(|| wire.email_message_id.clone())
            .or(wire.id)
            .ok_or("a sent message without an id")?;
        Ok(Self {
            message_id,
            message_ids: wire.message_ids,
            conversation_id: wire.conversation_id,
            email_message_id: wire.email_message_id,
            status: wire.status,
            note: wire.msg,
            forwarded: wire.forward_data,
        })
    }
}

/// A message with its `type` beside its own fields.
#[derive(Serialize)]
pub(super) struct OfType<'a, T> {
    #[serde(rename = "type")]
    message_type: &'static str,
    #[serde(flatten)]
    message: &'a T,
}

impl<'a, T> OfType<'a, T> {
    pub(super) fn new(message_type: &'static str, message: &'a T) -> Self {
        Self {
            message_type,
            message,
        }
    }
}
