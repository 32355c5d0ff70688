//! All messages of a location, over all conversations.

use futures_util::Stream;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_with::{DeserializeAs, serde_as};

use super::Conversations;
use super::message::Message;
use crate::api::cursor::SortDirection;
use crate::api::listing::{Entries, count};
use crate::client::{ApiVersion, Call, Outlook, Page, Request, Way, items, path};
use crate::error::Result;
use crate::ids::{ContactId, ConversationId};
use crate::lenient::Lenient;
use crate::open_enum::open_enum;

impl<'a> Conversations<'a> {
    /// One page of the location's messages, the newest first.
    pub fn export(&self, query: &ExportQuery) -> Call<'a, ExportPage> {
        let request = Request::get(path(&["conversations", "messages", "export"]))
            .operation("conversations.export")
            .version(ApiVersion::V2021_04_15)
            .query("locationId", self.location.id())
            .query_opt("limit", query.limit)
            .query_opt("cursor", query.cursor.as_ref())
            .query_opt("sortBy", query.sort_by.map(ExportOrder::as_str))
            .query_opt("sortOrder", query.sort.map(SortDirection::as_str))
            .query_opt("conversationId", query.conversation_id.as_ref())
            .query_opt("contactId", query.contact_id.as_ref())
            .query_opt("channel", query.channel.as_ref())
            .query_opt("startDate", query.from.map(|time| format!("{time:.3}")))
            .query_opt("endDate", query.to.map(|time| format!("{time:.3}")));
        let limit = query.limit;
        self.location
            .send(request)
            .map(move |page: ExportPage| page.with_request(limit))
    }

    /// All of the location's messages that a query finds, page after page from the one it names.
    pub fn stream_export(
        &self,
        query: &ExportQuery,
    ) -> impl Stream<Item = Result<Message>> + Send + use<'a> {
        let (conversations, query) = (*self, query.clone());
        let skipped = query.cursor.is_none().then_some(0);
        items("conversations.export", skipped, move |ask| {
            let mut query = query.clone();
            query.cursor = ask.cursor.or(query.cursor);
            conversations.export(&query)
        })
    }
}

open_enum! {
    /// A channel that an export can be limited to.
    pub enum ExportChannel {
        /// Calls.
        Call = "Call",
        /// Text messages.
        Sms = "SMS",
        /// E-mails.
        Email = "Email",
        /// WhatsApp.
        WhatsApp = "WhatsApp",
        /// Instagram.
        Instagram = "Instagram",
        /// Facebook.
        Facebook = "Facebook",
    }
}

/// What an export is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExportOrder {
    /// When a message was made.
    Created,
    /// When a message last changed.
    Updated,
}

impl ExportOrder {
    fn as_str(self) -> &'static str {
        match self {
            Self::Created => "createdAt",
            Self::Updated => "updatedAt",
        }
    }
}

/// Which messages to export. The default exports all but e-mails, a hundred to a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportQuery {
    /// Only messages of this channel. If `None`, all but e-mails, and with HighLevel's notes on what was done.
    pub channel: Option<ExportChannel>,
    /// Only messages of this conversation.
    pub conversation_id: Option<ConversationId>,
    /// Only messages of this contact.
    pub contact_id: Option<ContactId>,
    /// Only messages from this moment on.
    pub from: Option<Timestamp>,
    /// Only messages up to this moment.
    pub to: Option<Timestamp>,
    /// What to sort by; HighLevel takes [`ExportOrder::Created`] if `None`.
    pub sort_by: Option<ExportOrder>,
    /// Which way to sort; HighLevel takes the newest first if `None`.
    pub sort: Option<SortDirection>,
    /// Where to go on: [`ExportPage::next`] of the page before.
    pub cursor: Option<String>,
    /// How many messages a page has; HighLevel takes 100 if `None`.
    pub limit: Option<u32>,
}

/// One page of exported messages.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "PageWire")]
#[non_exhaustive]
pub struct ExportPage {
    /// The messages of this page.
    pub messages: Vec<Message>,
    /// How many messages there are in all.
    pub total: Option<u64>,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
    limit: usize,
    /// `Some(None)` where HighLevel says that there is no next page.
    next: Option<Option<String>>,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageWire {
    #[serde(default)]
    messages: Entries<Message>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    total: Option<u64>,
    #[serde(default, deserialize_with = "as_written")]
    next_cursor: Option<Option<String>>,
}

/// The cursor, also where it is null or empty, which says that there is none; not called where the field is missing.
fn as_written<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<String>>, D::Error> {
    let cursor: Option<String> = Lenient::deserialize_as(deserializer)?;
    Ok(Some(cursor.filter(|cursor| !cursor.is_empty())))
}

impl From<PageWire> for ExportPage {
    fn from(wire: PageWire) -> Self {
        Self {
            messages: wire.messages.items,
            total: wire.total,
            entries: wire.messages.count,
            listed: wire.messages.listed,
            limit: usize::MAX,
            next: wire.next_cursor,
        }
    }
}

impl ExportPage {
    /// The page of what was asked for.
    fn with_request(self, limit: Option<u32>) -> Self {
        Self {
            limit: count(limit.unwrap_or(100)),
            ..self
        }
    }

    /// What [`ExportQuery::cursor`] has to be for the page after this one; `None` if this is the last.
    pub fn next(&self) -> Option<&str> {
        self.next.as_ref()?.as_deref()
    }
}

impl Page for ExportPage {
    type Item = Message;
    type Cursor = String;

    fn outlook(&self) -> Outlook<String> {
        Outlook {
            listed: self.listed,
            entries: self.entries,
            full: self.entries >= self.limit,
            total: self.total,
            more: self.next.as_ref().map(Option::is_some),
            way: self.next().map(|cursor| Way::At(cursor.to_owned())),
        }
    }

    fn id_of(message: &Message) -> Option<&str> {
        Some(message.id.as_str())
    }

    fn into_items(self) -> Vec<Message> {
        self.messages
    }
}
