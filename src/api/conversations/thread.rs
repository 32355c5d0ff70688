//! Conversations as HighLevel gives them, and searching them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::{serde_as, skip_serializing_none};

use crate::api::cursor::SortDirection;
use crate::api::listing::{Entries, count};
use crate::client::{Outlook, Page, Request, Way};
use crate::ids::{ContactId, ConversationId, LocationId, UserId};
use crate::lenient::{Lenient, LenientList};
use crate::message::{Direction, MessageType};
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

open_enum! {
    /// Which conversations a search looks at.
    pub enum ConversationStatus {
        /// All.
        All = "all",
        /// Those without unread messages.
        Read = "read",
        /// Those with unread messages.
        Unread = "unread",
        /// Those with a star.
        Starred = "starred",
        /// The recent ones.
        Recents = "recents",
    }
}

open_enum! {
    /// What a conversation is about. One answer of HighLevel's gives a word, another a number.
    pub enum ConversationType {
        /// Texts and calls.
        Phone = "TYPE_PHONE" | "1",
        /// E-mail.
        Email = "TYPE_EMAIL" | "2",
        /// Facebook.
        FacebookMessenger = "TYPE_FB_MESSENGER" | "3",
        /// A review.
        Review = "TYPE_REVIEW" | "4",
        /// Texts among several people.
        GroupSms = "TYPE_GROUP_SMS" | "5",
        /// Messages among the business's own people.
        InternalChat = "TYPE_INTERNAL_CHAT" | "6",
    }
}

/// Which conversations to find, newest message first. The default finds all of the location.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConversationSearch {
    /// The conversation with this contact.
    pub contact_id: Option<ContactId>,
    /// The conversation with this id.
    pub id: Option<ConversationId>,
    /// Those that this user looks after; HighLevel takes the id `unassigned` for nobody.
    pub assigned_to: Option<UserId>,
    /// Those that one of these users follows.
    pub followers: Vec<UserId>,
    /// Those in which one of these users is mentioned.
    pub mentions: Vec<UserId>,
    /// Free text.
    pub query: Option<Private<String>>,
    /// Those that are read, unread, and so on.
    pub status: Option<ConversationStatus>,
    /// Those whose last message is of this kind.
    pub last_message_type: Option<MessageType>,
    /// Those whose last message went this way.
    pub last_message_direction: Option<Direction>,
    /// Those whose last outbound message was sent so.
    pub last_message_action: Option<MessageAction>,
    /// Those with such a score.
    pub score: Option<ConversationScore>,
    /// Those with a last message from this moment on.
    pub from: Option<Timestamp>,
    /// Those with a last message up to this moment.
    pub to: Option<Timestamp>,
    /// What to sort by; HighLevel takes the time of the last message if `None`.
    pub sort_by: Option<ConversationSort>,
    /// Which way to sort; HighLevel takes the newest first if `None`.
    pub sort: Option<SortDirection>,
    /// Where to go on: [`ConversationPage::next`] of the page before.
    pub start_after: Option<Timestamp>,
    /// How many conversations a page has; HighLevel takes 20 if `None`.
    pub limit: Option<u32>,
}

impl ConversationSearch {
    /// The conversation with one contact.
    pub fn with_contact(contact_id: ContactId) -> Self {
        Self {
            contact_id: Some(contact_id),
            ..Self::default()
        }
    }

    /// Adds the search to a request as its parameters, to go on after this place; times are written in milliseconds since
    /// 1970.
    pub(super) fn parameters(
        &self,
        request: Request,
        location: &LocationId,
        after: Option<&ConversationPlace>,
    ) -> Request {
        let (score, sort_by) = (self.score.as_ref(), self.sort_by.as_ref());
        let request = request
            .query("locationId", location)
            .query_opt("contactId", self.contact_id.as_ref())
            .query_opt("id", self.id.as_ref())
            .query_opt("assignedTo", self.assigned_to.as_ref())
            .query_opt("followers", joined(&self.followers))
            .query_opt("mentions", joined(&self.mentions))
            .query_opt("query", self.query.as_ref().map(|text| text.as_str()))
            .query_opt("status", self.status.as_ref())
            .query_opt("lastMessageType", self.last_message_type.as_ref())
            .query_opt("lastMessageDirection", self.last_message_direction.as_ref())
            .query_opt("lastMessageAction", self.last_message_action.as_ref())
            .query_opt("scoreProfile", score.map(|score| &score.profile))
            .query_opt("scoreProfileMin", score.and_then(|score| score.min))
            .query_opt("scoreProfileMax", score.and_then(|score| score.max))
            .query_opt("startDate", self.from.map(Timestamp::as_millisecond))
            .query_opt("endDate", self.to.map(Timestamp::as_millisecond))
            .query_opt("sortBy", sort_by.map(ConversationSort::as_str))
            .query_opt(
                "sortScoreProfile",
                sort_by.and_then(ConversationSort::profile),
            )
            .query_opt("sort", self.sort.map(SortDirection::as_str));
        let from = self.start_after.map(Timestamp::as_millisecond);
        let request = match after {
            Some(place) => place.parameters(request),
            None => request.query_opt("startAfterDate", from),
        };
        request.query_opt("limit", self.limit)
    }

    /// How many conversations a page has.
    pub(super) fn length(&self) -> usize {
        count(self.limit.unwrap_or(20))
    }
}

/// Ids with commas between them, if there are any.
fn joined(ids: &[UserId]) -> Option<String> {
    let ids: Vec<_> = ids.iter().map(UserId::as_str).collect();
    (!ids.is_empty()).then(|| ids.join(","))
}

open_enum! {
    /// How a message was sent.
    pub enum MessageAction {
        /// By a workflow or the like.
        Automated = "automated",
        /// By a person.
        Manual = "manual",
    }
}

/// The score of a conversation's contact.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationScore {
    /// The id of the score profile.
    pub profile: String,
    /// From this score on.
    pub min: Option<f64>,
    /// Up to this score.
    pub max: Option<f64>,
}

/// What conversations are sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConversationSort {
    /// The last message that a person has sent.
    LastManualMessage,
    /// The last message.
    LastMessage,
    /// The score in a score profile.
    Score {
        /// The id of the score profile.
        profile: String,
    },
    /// When an answer was due and did not come.
    OverdueAt,
    /// When an answer is due.
    DueAt,
}

impl ConversationSort {
    fn as_str(&self) -> &'static str {
        match self {
            Self::LastManualMessage => "last_manual_message_date",
            Self::LastMessage => "last_message_date",
            Self::Score { .. } => "score_profile",
            Self::OverdueAt => "overdue_at",
            Self::DueAt => "due_at",
        }
    }

    fn profile(&self) -> Option<&str> {
        match self {
            Self::Score { profile } => Some(profile),
            _ => None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewConversation<'a> {
    pub(super) contact_id: &'a ContactId,
}

/// What to change about a conversation; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConversationUpdate {
    /// How many messages count as not read; 0 marks all as read.
    pub unread_count: Option<u64>,
    /// Whether it has a star.
    pub starred: Option<bool>,
    /// The feedback on it; in version 3 only, since version 2 does not say in which form.
    pub feedback: Option<ConversationFeedback>,
}

/// Feedback on a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ConversationFeedback {
    /// Well of it.
    Positive,
    /// Badly of it.
    Negative,
}

/// A conversation: the thread with one contact.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The contact.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub contact_id: Option<ContactId>,
    /// The location it belongs to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub location_id: Option<LocationId>,
    /// What it is about.
    #[serde(default, rename = "type")]
    #[serde_as(deserialize_as = "Lenient")]
    pub conversation_type: Option<ConversationType>,
    /// The user who looks after it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub assigned_to: Option<UserId>,
    /// The user whom HighLevel names after a change beside [`assigned_to`](Self::assigned_to); it does not say why.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub user_id: Option<UserId>,
    /// The number of unread messages.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub unread_count: Option<u64>,
    /// Whether it has a star.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub starred: Option<bool>,
    /// Whether it is in the inbox.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub inbox: Option<bool>,
    /// Whether it was deleted.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub deleted: Option<bool>,
    /// When it began.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub date_added: Option<Timestamp>,
    /// When it last changed.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub date_updated: Option<Timestamp>,
    /// When the last message was.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub last_message_date: Option<Timestamp>,
    /// When a person last sent a message. HighLevel gives it at times, as it does the next two.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub last_manual_message_date: Option<Timestamp>,
    /// When an answer was due and did not come.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub overdue_at: Option<Timestamp>,
    /// When an answer is due.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub due_at: Option<Timestamp>,
    /// What a search has sorted it by; live answers have it, the file has not.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    sort: Vec<Value>,
    /// What kind the last message is.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub last_message_type: Option<MessageType>,
    /// Which way the last message went.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub last_message_direction: Option<Direction>,
    /// The text of the last message.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub last_message_body: Option<Private<String>>,
    /// The contact's name.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub contact_name: Option<Private<String>>,
    /// The contact's name as the contact's fields give it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub full_name: Option<Private<String>>,
    /// The contact's e-mail address.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub email: Option<Private<String>>,
    /// The contact's phone number.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub phone: Option<PhoneNumber>,
}

impl Conversation {
    /// Where it stands in an order: by what HighLevel says it is sorted by, or else by the time that is sorted by.
    fn place(&self, sort_by: Option<&ConversationSort>) -> Option<ConversationPlace> {
        let value = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let sort: Option<Vec<String>> = self.sort.iter().map(value).collect();
        let time = match sort_by {
            None | Some(ConversationSort::LastMessage) => self.last_message_date,
            Some(ConversationSort::LastManualMessage) => self.last_manual_message_date,
            Some(ConversationSort::OverdueAt) => self.overdue_at,
            Some(ConversationSort::DueAt) => self.due_at,
            Some(ConversationSort::Score { .. }) => None,
        };
        let time = time.map(|time| vec![time.as_millisecond().to_string()]);
        let sort = sort.filter(|values| !values.is_empty());
        sort.or(time).map(ConversationPlace)
    }
}

/// One page of found conversations.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "PageWire")]
#[non_exhaustive]
pub struct ConversationPage {
    /// The conversations of this page.
    pub conversations: Vec<Conversation>,
    /// How many conversations the search finds in all.
    pub total: Option<u64>,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
    limit: usize,
    sort_by: Option<ConversationSort>,
}

#[serde_as]
#[derive(Deserialize)]
struct PageWire {
    #[serde(default)]
    conversations: Entries<Conversation>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    total: Option<u64>,
}

impl From<PageWire> for ConversationPage {
    fn from(wire: PageWire) -> Self {
        Self {
            conversations: wire.conversations.items,
            total: wire.total,
            entries: wire.conversations.count,
            listed: wire.conversations.listed,
            limit: usize::MAX,
            sort_by: None,
        }
    }
}

impl ConversationPage {
    /// The page of what was asked for.
    pub(super) fn with_request(self, search: &ConversationSearch) -> Self {
        Self {
            limit: search.length(),
            sort_by: search.sort_by.clone(),
            ..self
        }
    }

    /// What [`ConversationSearch::start_after`] has to be for the page after this one: the time that the conversations are
    /// sorted by, of the last of them. `None` when this one is empty, HighLevel did not give that time, or they are sorted
    /// by a score.
    ///
    /// Conversations with the same time that do not fit on this page are not on the next one either. The
    /// [stream](super::Conversations::stream) loses none of them, and reads every order.
    pub fn next(&self) -> Option<Timestamp> {
        if matches!(self.sort_by, Some(ConversationSort::Score { .. })) {
            return None;
        }
        let place = self.conversations.last()?.place(self.sort_by.as_ref())?;
        Timestamp::from_millisecond(place.milliseconds()?).ok()
    }
}

impl Page for ConversationPage {
    type Item = Conversation;
    type Cursor = ConversationPlace;

    fn outlook(&self) -> Outlook<ConversationPlace> {
        let place = |conversation: &Conversation| conversation.place(self.sort_by.as_ref());
        let names = |place: &ConversationPlace, conversation: &Conversation| {
            place.names(conversation.id.as_str())
        };
        Outlook {
            listed: self.listed,
            entries: self.entries,
            full: self.entries >= self.limit,
            total: self.total,
            more: None,
            way: Way::after_last(&self.conversations, place, names),
        }
    }

    fn id_of(conversation: &Conversation) -> Option<&str> {
        Some(conversation.id.as_str())
    }

    fn into_items(self) -> Vec<Conversation> {
        self.conversations
    }
}

/// Where a conversation stands in its listing: what it is sorted by, as HighLevel writes it, and its id where HighLevel
/// gives that too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConversationPlace(Vec<String>);

impl ConversationPlace {
    /// The values of `startAfterDate`, one parameter each.
    fn parameters(&self, request: Request) -> Request {
        let values = self.0.iter();
        values.fold(request, |request, value| {
            request.query("startAfterDate", value)
        })
    }

    fn names(&self, id: &str) -> bool {
        self.0.iter().any(|value| value == id)
    }

    fn milliseconds(&self) -> Option<i64> {
        self.0.first()?.parse().ok()
    }
}
