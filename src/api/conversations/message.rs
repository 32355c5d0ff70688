//! Messages and calls as HighLevel gives them, alone or in pages, wrapped or flat.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_with::serde_as;

use crate::api::listing::{Entries, count};
use crate::client::{Outlook, Page, Way};
use crate::ids::{
    ContactId, ConversationId, ConversationProviderId, LocationId, MessageId, UserId,
};
use crate::lenient::{Addresses, Lenient, LenientList, LenientPart, LenientTexts};
use crate::message::{CallStatus, Direction, MessageType};
use crate::open_enum::open_enum;
use crate::secret::Private;

open_enum! {
    /// How far a message is. On calls HighLevel puts the words of [`CallStatus`] here, which are kept as `Other`;
    /// [`Message::call_status`] reads them. Source: `status` in HighLevel's `conversations.json`.
    pub enum MessageStatus {
        /// Waits to be sent.
        Pending = "pending",
        /// Is to be sent at a later time.
        Scheduled = "scheduled",
        /// Waits in the carrier's queue.
        Queued = "queued",
        /// On its way.
        Sent = "sent",
        /// Arrived.
        Delivered = "delivered",
        /// Seen.
        Read = "read",
        /// An e-mail was opened.
        Opened = "opened",
        /// A link in an e-mail was clicked.
        Clicked = "clicked",
        /// Could not be sent; the API does not say why.
        Failed = "failed",
        /// Was sent and did not arrive.
        Undelivered = "undelivered",
        /// The contact has opted out.
        OptOut = "opt_out",
        /// A connection was made.
        Connected = "connected",
    }
}

open_enum! {
    /// What in HighLevel sent a message.
    pub enum MessageSource {
        /// A workflow.
        Workflow = "workflow",
        /// An action on many contacts at once.
        BulkActions = "bulk_actions",
        /// A campaign.
        Campaign = "campaign",
        /// The API.
        Api = "api",
        /// A person in the app.
        App = "app",
    }
}

/// A message or a call in a conversation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "MessageWire")]
#[non_exhaustive]
pub struct Message {
    /// The id.
    pub id: MessageId,
    /// What kind of message it is.
    pub message_type: Option<MessageType>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The contact.
    pub contact_id: Option<ContactId>,
    /// The conversation it is in.
    pub conversation_id: Option<ConversationId>,
    /// When it was sent or received.
    pub date_added: Option<Timestamp>,
    /// When it last changed.
    pub date_updated: Option<Timestamp>,
    /// Which way it went.
    pub direction: Option<Direction>,
    /// How far it is.
    pub status: Option<MessageStatus>,
    /// What HighLevel adds to a message that failed. It is mostly absent: the API does not show the carrier's code.
    pub error: Option<Private<String>>,
    /// The text; calls and e-mails have none here.
    pub body: Option<Private<String>>,
    /// URLs of what came with it.
    pub attachments: Vec<Private<String>>,
    /// What happened to a call; `None` for anything else.
    pub call_status: Option<CallStatus>,
    /// How long a call took.
    pub call_duration: Option<Duration>,
    /// The single e-mails of a thread.
    pub email_message_ids: Vec<MessageId>,
    /// The media type of the text.
    pub content_type: Option<String>,
    /// The provider that carried it.
    pub conversation_provider_id: Option<ConversationProviderId>,
    /// The chat on a website that it came by.
    pub chat_widget_id: Option<String>,
    /// What in HighLevel sent it.
    pub source: Option<MessageSource>,
    /// The user who sent it; inbound calls have none.
    pub user_id: Option<UserId>,
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MessageWire {
    #[serde_as(deserialize_as = "Lenient")]
    id: Option<MessageId>,
    #[serde(rename = "type")]
    #[serde_as(deserialize_as = "Lenient")]
    type_code: Option<u32>,
    #[serde_as(deserialize_as = "Lenient")]
    message_type: Option<MessageType>,
    #[serde_as(deserialize_as = "Lenient")]
    location_id: Option<LocationId>,
    #[serde_as(deserialize_as = "Lenient")]
    contact_id: Option<ContactId>,
    #[serde_as(deserialize_as = "Lenient")]
    conversation_id: Option<ConversationId>,
    #[serde_as(deserialize_as = "Lenient")]
    date_added: Option<Timestamp>,
    #[serde_as(deserialize_as = "Lenient")]
    date_updated: Option<Timestamp>,
    #[serde_as(deserialize_as = "Lenient")]
    direction: Option<Direction>,
    #[serde_as(deserialize_as = "Lenient")]
    status: Option<MessageStatus>,
    error: Option<ErrorWire>,
    #[serde_as(deserialize_as = "Lenient")]
    body: Option<Private<String>>,
    #[serde_as(deserialize_as = "LenientTexts<Addresses>")]
    attachments: Vec<Private<String>>,
    #[serde_as(deserialize_as = "LenientPart")]
    meta: Option<MetaWire>,
    #[serde_as(deserialize_as = "Lenient")]
    content_type: Option<String>,
    #[serde_as(deserialize_as = "Lenient")]
    conversation_provider_id: Option<ConversationProviderId>,
    #[serde_as(deserialize_as = "Lenient")]
    chat_widget_id: Option<String>,
    #[serde_as(deserialize_as = "Lenient")]
    source: Option<MessageSource>,
    #[serde_as(deserialize_as = "Lenient")]
    user_id: Option<UserId>,
}

/// Live answers have `call`, the documentation has the two flat fields.
#[serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MetaWire {
    #[serde_as(deserialize_as = "LenientPart")]
    call: Option<CallWire>,
    #[serde_as(deserialize_as = "Lenient")]
    call_status: Option<CallStatus>,
    #[serde_as(deserialize_as = "Lenient")]
    call_duration: Option<f64>,
    #[serde_as(deserialize_as = "LenientPart")]
    email: Option<EmailWire>,
}

/// Words, or an object as the app of a custom provider sets it.
#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorWire {
    Words(Private<String>),
    Parts(Box<ErrorParts>),
    Other(IgnoredAny),
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorParts {
    #[serde_as(deserialize_as = "Lenient")]
    code: Option<String>,
    #[serde_as(deserialize_as = "Lenient")]
    message: Option<String>,
}

impl ErrorWire {
    /// `30006: Landline or unreachable carrier`.
    fn words(self) -> Option<Private<String>> {
        match self {
            Self::Words(words) => Some(words),
            Self::Parts(parts) => match (parts.code, parts.message) {
                (Some(code), Some(message)) => Some(format!("{code}: {message}").into()),
                (code, message) => code.or(message).map(Private::from),
            },
            Self::Other(_) => None,
        }
    }
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(default)]
struct CallWire {
    #[serde_as(deserialize_as = "Lenient")]
    status: Option<CallStatus>,
    #[serde_as(deserialize_as = "Lenient")]
    duration: Option<f64>,
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EmailWire {
    #[serde_as(deserialize_as = "LenientList")]
    message_ids: Vec<MessageId>,
    /// The file's example has the ids one step further in than most live answers.
    #[serde_as(deserialize_as = "LenientPart")]
    email: Option<Box<EmailWire>>,
}

impl EmailWire {
    fn ids(self) -> Vec<MessageId> {
        match self.email {
            Some(inner) if self.message_ids.is_empty() => inner.message_ids,
            _ => self.message_ids,
        }
    }
}

impl TryFrom<MessageWire> for Message {
    type Error = &'static str;

    fn try_from(wire: MessageWire) -> Result<Self, &'static str> {
        let meta = wire.meta.unwrap_or_default();
        let call = meta.call.unwrap_or_default();
        let message_type = wire
            .message_type
            .or_else(|| wire.type_code.and_then(type_of_code));
        let is_call = message_type
            .as_ref()
            .is_some_and(|kind| kind.is_call() || kind.is_voicemail());
        // The call's own words first: an outbound call that reached a voicemail is `completed` as a message.
        let call_status = call.status.or(meta.call_status).or_else(|| {
            let status = wire.status.as_ref().filter(|_| is_call)?;
            Some(CallStatus::from(status.as_str()))
        });
        Ok(Self {
            id: wire.id.ok_or("a message without an id")?,
            message_type,
            location_id: wire.location_id,
            contact_id: wire.contact_id,
            conversation_id: wire.conversation_id,
            date_added: wire.date_added,
            date_updated: wire.date_updated,
            direction: wire.direction,
            status: wire.status,
            error: wire.error.and_then(|error| error.words()),
            body: wire.body,
            attachments: wire.attachments,
            call_status,
            call_duration: call
                .duration
                .or(meta.call_duration)
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            email_message_ids: meta.email.unwrap_or_default().ids(),
            content_type: wire.content_type,
            conversation_provider_id: wire.conversation_provider_id,
            chat_widget_id: wire.chat_widget_id,
            source: wire.source,
            user_id: wire.user_id,
        })
    }
}

/// The few codes that HighLevel documents, for messages that lack the word.
fn type_of_code(code: u32) -> Option<MessageType> {
    match code {
        1 => Some(MessageType::Call),
        2 => Some(MessageType::Sms),
        3 => Some(MessageType::Email),
        10 => Some(MessageType::Voicemail),
        34 => Some(MessageType::CustomCall),
        _ => None,
    }
}

/// Which messages of a conversation to read. The default is the newest page of all kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessagesQuery {
    /// Only messages older than this one; [`MessagePage::next`] gives it.
    pub after: Option<MessageId>,
    /// How many messages a page has; HighLevel takes 20 if `None`.
    pub limit: Option<u32>,
    /// Only messages of these kinds; all if empty.
    pub types: Vec<MessageType>,
}

/// One page of a conversation's messages.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "PageWire")]
#[non_exhaustive]
pub struct MessagePage {
    /// The messages of this page, newest first.
    pub messages: Vec<Message>,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
    limit: usize,
    /// What HighLevel says of a page after this one.
    more: Option<bool>,
    last: Option<MessageId>,
}

impl MessagePage {
    /// The page of what was asked for.
    pub(super) fn with_request(self, limit: Option<u32>) -> Self {
        Self {
            limit: count(limit.unwrap_or(20)),
            ..self
        }
    }

    /// What [`MessagesQuery::after`] has to be for the page after this one; `None` if this is the last: HighLevel says so, or
    /// says nothing and the page is not full.
    pub fn next(&self) -> Option<&MessageId> {
        let goes_on = self.more.unwrap_or(self.entries >= self.limit);
        self.last.as_ref().filter(|_| goes_on)
    }
}

impl Page for MessagePage {
    type Item = Message;
    type Cursor = MessageId;

    fn outlook(&self) -> Outlook<MessageId> {
        Outlook {
            listed: self.listed,
            entries: self.entries,
            full: self.entries >= self.limit,
            total: None,
            more: self.more,
            way: self.next().cloned().map(Way::At),
        }
    }

    fn id_of(message: &Message) -> Option<&str> {
        Some(message.id.as_str())
    }

    fn into_items(self) -> Vec<Message> {
        self.messages
    }
}

/// The page as documented, or the same page under `messages`.
#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageWire {
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    last_message_id: Option<MessageId>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    next_page: Option<bool>,
    #[serde(default)]
    messages: ListOrPage,
}

impl From<PageWire> for MessagePage {
    fn from(wire: PageWire) -> Self {
        let list = match wire.messages {
            ListOrPage::Page(page) => return *page,
            ListOrPage::List(list) => list,
        };
        let last = list.items.last().map(|message| message.id.clone());
        Self {
            last: wire.last_message_id.filter(|_| list.count > 0).or(last),
            messages: list.items,
            entries: list.count,
            listed: list.listed,
            limit: usize::MAX,
            more: wire.next_page,
        }
    }
}

impl Default for ListOrPage {
    fn default() -> Self {
        Self::List(Entries::default())
    }
}

enum ListOrPage {
    List(Entries<Message>),
    Page(Box<MessagePage>),
}

impl<'de> Deserialize<'de> for ListOrPage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListOrPageVisitor)
    }
}

struct ListOrPageVisitor;

impl<'de> Visitor<'de> for ListOrPageVisitor {
    type Value = ListOrPage;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or a page of messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<ListOrPage, A::Error> {
        let list = de::value::SeqAccessDeserializer::new(items);
        Entries::deserialize(list).map(ListOrPage::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<ListOrPage, A::Error> {
        let page = de::value::MapAccessDeserializer::new(entries);
        MessagePage::deserialize(page).map(|page| ListOrPage::Page(Box::new(page)))
    }

    fn visit_unit<E: de::Error>(self) -> Result<ListOrPage, E> {
        let none = Entries {
            listed: true,
            ..Entries::default()
        };
        Ok(ListOrPage::List(none))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rest: &str) -> Message {
        serde_json::from_str(&format!(r#"{{"id":"m1",{rest}}}"#)).unwrap()
    }

    #[test]
    fn the_outcome_of_a_call_is_found_wherever_it_is() {
        let voicemail = Some(CallStatus::Voicemail);
        for rest in [
            r#""messageType":"TYPE_CALL","status":"completed","meta":{"call":{"status":"voicemail"}}"#,
            r#""messageType":"TYPE_CALL","status":"completed","meta":{"callStatus":"voicemail"}"#,
            r#""messageType":"TYPE_CALL","status":"voicemail","meta":null"#,
            r#""messageType":"TYPE_IVR_CALL","status":"voicemail","meta":{"call":{"status":null}}"#,
            r#""type":"1","status":"voicemail","meta":[]"#,
        ] {
            assert_eq!(read(rest).call_status, voicemail, "{rest}");
        }
        assert_eq!(
            read(r#""messageType":"TYPE_SMS","status":"delivered""#).call_status,
            None
        );
    }

    #[test]
    fn durations_are_numbers_or_texts() {
        for rest in [
            r#""meta":{"call":{"duration":12}}"#,
            r#""meta":{"call":{"duration":"12"}}"#,
            r#""meta":{"callDuration":"12.0"}"#,
        ] {
            assert_eq!(read(rest).call_duration, Some(Duration::from_secs(12)));
        }
        assert_eq!(
            read(r#""meta":{"call":{"duration":-1}}"#).call_duration,
            None
        );
    }

    #[test]
    fn ids_of_emails_and_attachments_come_in_two_shapes() {
        let ids = |rest: &str| {
            let ids = read(rest).email_message_ids;
            ids.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        for rest in [
            r#""meta":{"email":{"messageIds":["e1","e2"]}}"#,
            r#""meta":{"email":{"email":{"messageIds":["e1","e2"]}}}"#,
            r#""meta":{"email":{"messageIds":["e1","e2"],"email":{"messageIds":["e1"]}}}"#,
            r#""meta":{"email":{"messageIds":[],"email":{"messageIds":["e1","e2"]}}}"#,
        ] {
            assert_eq!(ids(rest), ["e1", "e2"], "{rest}");
        }
        assert!(ids(r#""meta":{"email":{"email":"a@example.com"}}"#).is_empty());
        let message = read(r#""attachments":["https://a/",{"url":"https://b/","type":"png"},7]"#);
        let attachments = message.attachments.iter().map(|it| it.as_str());
        assert_eq!(
            attachments.collect::<Vec<_>>(),
            ["https://a/", "https://b/"]
        );
    }

    #[test]
    fn a_page_is_read_wrapped_and_flat() {
        for json in [
            r#"{"messages":{"lastMessageId":"m1","nextPage":true,"messages":[{"id":"m1"},{"no":1}]},"traceId":"t"}"#,
            r#"{"lastMessageId":"m1","nextPage":"true","messages":[{"id":"m1"}]}"#,
        ] {
            let page: MessagePage = serde_json::from_str(json).unwrap();
            assert_eq!(page.messages.len(), 1);
            assert_eq!(page.next().unwrap().as_str(), "m1");
        }
        for json in [
            "{}",
            r#"{"messages":null}"#,
            r#"{"messages":[],"lastMessageId":"m1","nextPage":false}"#,
            r#"{"messages":{"lastMessageId":"m1"}}"#,
        ] {
            let page: MessagePage = serde_json::from_str(json).unwrap();
            assert_eq!((page.messages.len(), page.next()), (0, None), "{json}");
        }
    }

    #[test]
    fn a_page_goes_on_after_its_last_message_where_highlevel_does_not_name_it() {
        for (json, next) in [
            (
                r#"{"nextPage":true,"messages":[{"id":"m1"},{"id":"m2"}]}"#,
                Some("m2"),
            ),
            (r#"{"messages":[{"id":"m1"},{"id":"m2"}]}"#, Some("m2")),
            (r#"{"messages":[{"id":"m1"}]}"#, None),
            (
                r#"{"nextPage":false,"messages":[{"id":"m1"},{"id":"m2"}]}"#,
                None,
            ),
        ] {
            let page: MessagePage = serde_json::from_str(json).unwrap();
            let next_page = page.with_request(Some(2));
            assert_eq!(next_page.next().map(MessageId::as_str), next, "{json}");
        }
    }
}
