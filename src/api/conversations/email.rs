//! Single e-mails: reading them, and telling HighLevel what became of those that a custom provider sent.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::{serde_as, skip_serializing_none};

use super::Conversations;
use super::message::{MessageSource, MessageStatus};
use crate::api::version_gate;
use crate::client::{ApiVersion, Call, ReplaySafety, Request, path};
use crate::error::Result;
use crate::ids::{ContactId, ConversationId, ConversationProviderId, LocationId, MessageId};
use crate::lenient::{Addresses, Lenient, LenientList, LenientTexts};
use crate::message::Direction;
use crate::secret::Private;

impl<'a> Conversations<'a> {
    /// One e-mail by its id, which is one of a message's [`email_message_ids`](super::Message::email_message_ids).
    /// Live answers wrap it in `emailMessage`, the documentation does not; both are read.
    pub fn email(&self, id: &MessageId) -> Call<'a, Email> {
        let request = Request::get(path(&["conversations", "messages", "email", id.as_str()]))
            .operation("conversations.email")
            .version(ApiVersion::V2021_04_15)
            .data_key("emailMessage");
        self.location.send(request)
    }

    /// Tells what became of an e-mail. Only the app whose conversation provider sent it may
    /// ([`Forbidden`](crate::error::ErrorKind::Forbidden) otherwise); in version 3 only, see
    /// [`update_status`](Self::update_status) for version 2.
    pub async fn update_email_status(
        &self,
        id: &MessageId,
        update: &EmailStatusUpdate,
    ) -> Result<()> {
        const OPERATION: &str = "conversations.update_email_status";
        version_gate::version_3(self.location.speaks_v3(), OPERATION, "use `update_status`")?;
        let segments = ["conversations", "messages", "email", id.as_str(), "status"];
        let request = Request::put(path(&segments))
            .operation(OPERATION)
            .version(ApiVersion::V2021_04_15)
            .replay(match update.events {
                // Counters are merged into those that are there; perhaps they are added.
                Some(_) => ReplaySafety::Once,
                None => ReplaySafety::Repeatable,
            })
            .json(update);
        self.location.send_discarding(request).await
    }
}

/// An e-mail as HighLevel gives it.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Email {
    /// Its id.
    pub id: MessageId,
    /// Its id at the mail provider.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub alt_id: Option<String>,
    /// The message that groups the e-mails of the thread.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub thread_id: Option<MessageId>,
    /// The location it belongs to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub location_id: Option<LocationId>,
    /// The contact.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub contact_id: Option<ContactId>,
    /// The conversation it is in.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub conversation_id: Option<ConversationId>,
    /// When it was sent or received.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub date_added: Option<Timestamp>,
    /// The subject.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub subject: Option<Private<String>>,
    /// The body.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub body: Option<Private<String>>,
    /// The media type of the body.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub content_type: Option<String>,
    /// Which way it went.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub direction: Option<Direction>,
    /// How far it is.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub status: Option<MessageStatus>,
    /// The sender, with or without a name.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub from: Option<Private<String>>,
    /// Who got it.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub to: Vec<Private<String>>,
    /// Who got a copy.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub cc: Vec<Private<String>>,
    /// Who got a copy unseen by the others.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub bcc: Vec<Private<String>>,
    /// URLs of files.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientTexts<Addresses>")]
    pub attachments: Vec<Private<String>>,
    /// What carried it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub provider: Option<String>,
    /// The e-mail this one answers.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub reply_to_message_id: Option<MessageId>,
    /// What in HighLevel sent it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub source: Option<MessageSource>,
    /// The provider of conversations that carried it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub conversation_provider_id: Option<ConversationProviderId>,
}

/// How far an e-mail of a custom provider can be said to be. Source: `status` of `UpdateEmailMessageStatusDto` in
/// HighLevel's `conversations-v3.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum EmailStatus {
    /// Waits to be sent.
    Pending,
    /// Is to be sent at a later time.
    Scheduled,
    /// On its way.
    Sent,
    /// Arrived.
    Delivered,
    /// Seen.
    Read,
    /// Was sent and did not arrive.
    Undelivered,
    /// A connection was made.
    Connected,
    /// Could not be sent.
    Failed,
    /// It was opened.
    Opened,
    /// A link in it was clicked.
    Clicked,
}

/// The status of an e-mail that a custom provider sent.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EmailStatusUpdate {
    /// How far it is.
    pub status: EmailStatus,
    /// How often what happened; merged into what HighLevel has. With this it is not repeated.
    pub events: Option<EmailEvents>,
    /// How far it is for each of those who get it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<RecipientStatus>,
}

impl EmailStatusUpdate {
    /// The status alone.
    pub fn new(status: EmailStatus) -> Self {
        Self {
            status,
            events: None,
            recipients: Vec::new(),
        }
    }
}

/// How often what happened to an e-mail. HighLevel concludes the earlier events from the later: who clicked has opened.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EmailEvents {
    /// It arrived.
    pub delivered: Option<u32>,
    /// It was opened.
    pub opened: Option<u32>,
    /// A link in it was clicked.
    pub clicked: Option<u32>,
    /// It was answered.
    pub replied: Option<u32>,
    /// It could not be delivered.
    pub failed: Option<u32>,
    /// The mail server took it.
    pub accepted: Option<u32>,
    /// The mail server did not take it.
    pub rejected: Option<u32>,
    /// The recipient unsubscribed.
    pub unsubscribed: Option<u32>,
    /// The recipient marked it as spam.
    pub complained: Option<u32>,
    /// The provider has stored it.
    pub stored: Option<u32>,
    /// What else the provider counts, by the provider's own names.
    #[serde(flatten)]
    pub other: BTreeMap<String, u32>,
}

/// How far an e-mail is for one of those who get it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientStatus {
    /// The address, as it was written to.
    #[serde(rename = "emailId")]
    pub email: Private<String>,
    /// How far it is.
    pub status: EmailStatus,
    /// Why it failed, for [`EmailStatus::Failed`] only.
    pub fail_reason: Option<String>,
}
