//! Conversations: the thread with a contact, its messages and calls, and sending.
//!
//! Here are the methods that read, write and send most often. Conversations and their search are in `thread`, messages
//! as they are read in `message`, what is sent in `send` and `chat`, single e-mails in `email`, what happened outside of
//! HighLevel in `log`, recordings in `recording`, all messages of a location in `export`, subscriptions in
//! `preferences`. Uploading files is not here: attachments are given as URLs.
//!
//! Source: HighLevel's OpenAPI file `conversations.json` (version 2021-04-15); the wrapped forms of its answers are
//! those of `GoHighLevel/highlevel-api-docs` #54, #110 and #214. Scopes: `conversations.readonly`,
//! `conversations.write`, `conversations/message.readonly`, `conversations/message.write`.

mod chat;
mod email;
mod export;
mod log;
mod message;
mod preferences;
mod recording;
mod send;
mod thread;

pub use chat::{ChatChannel, OutgoingChat};
pub use email::{Email, EmailEvents, EmailStatus, EmailStatusUpdate, RecipientStatus};
pub use export::{ExportChannel, ExportOrder, ExportPage, ExportQuery};
pub use log::{
    DeliveryError, DeliveryStatus, InboundChannel, InboundEntry, InboundThread, LoggedCall,
    LoggedMessage, OutboundCall, StatusUpdate,
};
pub use message::{Message, MessagePage, MessageSource, MessageStatus, MessagesQuery};
pub use preferences::{
    CustomSubtypeUpdate, DefaultSubtype, NewCustomSubtype, Preferences, SubscriptionAction,
    SubscriptionChange, SubscriptionStatus, SubtypeChannel,
};
pub use recording::TranscribedSentence;
pub use send::{
    EmailForward, EmailReplyMode, Forwarded, ForwardedEmail, OptimizationPeriod, OutgoingEmail,
    OutgoingSms, SentMessage,
};
pub use thread::{
    Conversation, ConversationFeedback, ConversationPage, ConversationScore, ConversationSearch,
    ConversationSort, ConversationStatus, ConversationType, ConversationUpdate, MessageAction,
};

use futures_util::Stream;
use send::OfType;
use thread::{ConversationPlace, NewConversation};

use crate::api::body::InLocation;
use crate::client::{ApiVersion, Call, Location, Request, items, path};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{ContactId, ConversationId, MessageId};
use crate::message::MessageType;

/// How many conversations a page has at most.
const MOST_ON_A_PAGE: usize = 100;

/// The conversations of one location. Made by [`Location::conversations`].
#[derive(Debug, Clone, Copy)]
pub struct Conversations<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's conversations.
    pub fn conversations(&self) -> Conversations<'_> {
        Conversations { location: self }
    }
}

impl<'a> Conversations<'a> {
    /// Sends a text message. The answer means that HighLevel has queued it; whether it arrived is the message's
    /// [`status`](Message::status) later. Each attempt costs money.
    ///
    /// Fails with [`DoNotDisturb`](crate::error::ErrorKind::DoNotDisturb) if the contact has opted out. It is not
    /// repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with
    /// [`messages`](Self::messages) before sending it again.
    pub fn send_sms(&self, sms: &OutgoingSms) -> Call<'a, SentMessage> {
        let request = Request::post(path(&["conversations", "messages"]))
            .operation("conversations.send_sms")
            .version(ApiVersion::V2021_04_15)
            .json(&OfType::new("SMS", sms))
            .data_key("message");
        self.location.send(request)
    }

    /// Sends an e-mail. It fails, and is not repeated, like [`send_sms`](Self::send_sms).
    pub fn send_email(&self, email: &OutgoingEmail) -> Call<'a, SentMessage> {
        let request = Request::post(path(&["conversations", "messages"]))
            .operation("conversations.send_email")
            .version(ApiVersion::V2021_04_15)
            .json(&OfType::new("Email", email))
            .data_key("message");
        self.location.send(request)
    }

    /// Starts a conversation with a contact. It is not repeated.
    ///
    /// A contact has at most one. Fails with [`ConversationExists`](ErrorKind::ConversationExists) if it is there already,
    /// which names it: HighLevel's refusal does not (`GoHighLevel/highlevel-api-docs` #5), so it is looked for. The search
    /// lags behind by some seconds; of a conversation that was made a moment ago the name may be missing.
    pub fn create(&self, contact: &ContactId) -> Call<'a, Conversation> {
        let body = NewConversation {
            contact_id: contact,
        };
        let request = Request::post(path(&["conversations", ""]))
            .operation("conversations.create")
            .version(ApiVersion::V2021_04_15)
            .json(&InLocation::new(self.location.id(), &body))
            .data_key("conversation");
        let (conversations, contact) = (*self, contact.clone());
        self.location
            .send(request)
            .explain(async move |error| conversations.name_existing(error, contact).await)
    }

    async fn name_existing(&self, error: Error, contact: ContactId) -> Error {
        let unnamed = ErrorKind::ConversationExists {
            conversation_id: None,
        };
        if *error.kind() != unnamed {
            return error;
        }
        // Where the search fails the refusal stands as it was.
        let conversation_id = self.first_of(&contact).await.ok().flatten();
        error.with_kind(ErrorKind::ConversationExists { conversation_id })
    }

    /// The conversation of a contact, if there is one.
    pub(crate) async fn first_of(&self, contact: &ContactId) -> Result<Option<ConversationId>> {
        let search = ConversationSearch::with_contact(contact.clone());
        let page = self.search(&search).await?;
        let first = page.conversations.into_iter().next();
        Ok(first.map(|conversation| conversation.id))
    }

    /// One conversation by its id.
    pub fn get(&self, id: &ConversationId) -> Call<'a, Conversation> {
        let request = Request::get(path(&["conversations", id.as_str()]))
            .operation("conversations.get")
            .version(ApiVersion::V2021_04_15)
            .data_key("conversation");
        self.location.send(request)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(
        &self,
        id: &ConversationId,
        update: &ConversationUpdate,
    ) -> Call<'a, Conversation> {
        const OPERATION: &str = "conversations.update";
        let checked = self
            .location
            .v3_only(OPERATION, "`feedback`", update.feedback.is_some());
        let request = Request::put(path(&["conversations", id.as_str()]))
            .operation(OPERATION)
            .version(ApiVersion::V2021_04_15)
            .json(&InLocation::new(self.location.id(), update))
            .data_key("conversation");
        self.location.send(request).only_if(checked)
    }

    /// Deletes a conversation with its messages.
    pub async fn delete(&self, id: &ConversationId) -> Result<()> {
        let request = Request::delete(path(&["conversations", id.as_str()]))
            .operation("conversations.delete")
            .version(ApiVersion::V2021_04_15);
        self.location.send_discarding(request).await
    }

    /// One page of the conversations that a search finds. A contact has at most one conversation.
    pub fn search(&self, search: &ConversationSearch) -> Call<'a, ConversationPage> {
        self.search_after(search, None)
    }

    fn search_after(
        &self,
        search: &ConversationSearch,
        after: Option<&ConversationPlace>,
    ) -> Call<'a, ConversationPage> {
        let request = Request::get(path(&["conversations", "search"]));
        let request = search
            .parameters(request, self.location.id(), after)
            .operation("conversations.search")
            .version(ApiVersion::V2021_04_15);
        let asked = search.clone();
        self.location
            .send(request)
            .map(move |page: ConversationPage| page.with_request(&asked))
    }

    /// One page of a conversation's messages and calls, newest first.
    pub fn messages(
        &self,
        conversation: &ConversationId,
        query: &MessagesQuery,
    ) -> Call<'a, MessagePage> {
        let types = query
            .types
            .iter()
            .map(type_to_ask_for)
            .collect::<Vec<_>>()
            .join(",");
        let request = Request::get(path(&["conversations", conversation.as_str(), "messages"]))
            .operation("conversations.messages")
            .version(ApiVersion::V2021_04_15)
            .query_opt("lastMessageId", query.after.as_ref())
            .query_opt("limit", query.limit)
            .query_opt("type", (!types.is_empty()).then_some(types));
        let limit = query.limit;
        self.location
            .send(request)
            .map(move |page: MessagePage| page.with_request(limit))
    }

    /// All conversations that a search finds, page after page, in every order.
    ///
    /// HighLevel goes on after the value that it sorts by. Where that is not one conversation's alone, a page begins before the
    /// last value of the page before it, and what came already is left out.
    pub fn stream(
        &self,
        search: &ConversationSearch,
    ) -> impl Stream<Item = Result<Conversation>> + Send + use<'a> {
        let (conversations, search) = (*self, search.clone());
        let skipped = search.start_after.is_none().then_some(0);
        items("conversations.search", skipped, move |ask| {
            let mut search = search.clone();
            if ask.known > 0 {
                let length = ask.length(search.length(), MOST_ON_A_PAGE);
                search.limit = u32::try_from(length).ok();
            }
            conversations.search_after(&search, ask.cursor.as_ref())
        })
    }

    /// All messages and calls of a conversation, newest first, page after page.
    pub fn stream_messages(
        &self,
        conversation: &ConversationId,
        query: &MessagesQuery,
    ) -> impl Stream<Item = Result<Message>> + Send + use<'a> {
        let (conversations, conversation, query) = (*self, conversation.clone(), query.clone());
        let skipped = query.after.is_none().then_some(0);
        items("conversations.messages", skipped, move |ask| {
            let mut query = query.clone();
            query.after = ask.cursor.or(query.after);
            conversations.messages(&conversation, &query)
        })
    }

    /// One message or call by its id.
    pub fn message(&self, id: &MessageId) -> Call<'a, Message> {
        let request = Request::get(path(&["conversations", "messages", id.as_str()]))
            .operation("conversations.message")
            .version(ApiVersion::V2021_04_15)
            .data_key("message");
        self.location.send(request)
    }
}

/// The list of types to ask for has one word in the plural that messages have in the singular.
fn type_to_ask_for(message_type: &MessageType) -> &str {
    match message_type.as_str() {
        "TYPE_INTERNAL_COMMENT" => "TYPE_INTERNAL_COMMENTS",
        word => word,
    }
}
