//! All messages of a location, over all conversations.

use futures_util::Stream;
use jiff::Timestamp;
use serde::Deserialize;
use serde_with::serde_as;

use super::Conversations;
use super::message::Message;
use crate::api::contacts::SortDirection;
use crate::client::{ApiVersion, Call, Page, Request, items, path};
use crate::error::Result;
use crate::ids::{ContactId, ConversationId};
use crate::lenient::{Lenient, LenientList};
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
        self.location.send(request)
    }

    /// All of the location's messages that a query finds, page after page from the one it names.
    pub fn stream_export(
        &self,
        query: &ExportQuery,
    ) -> impl Stream<Item = Result<Message>> + Send + use<'a> {
        let (conversations, query) = (*self, query.clone());
        items("conversations.export", move |cursor| {
            let mut query = query.clone();
            query.cursor = cursor.or(query.cursor);
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
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ExportPage {
    /// The messages of this page.
    #[serde_as(deserialize_as = "LenientList")]
    pub messages: Vec<Message>,
    /// How many messages there are in all.
    #[serde_as(deserialize_as = "Lenient")]
    pub total: Option<u64>,
    #[serde(rename = "nextCursor")]
    #[serde_as(deserialize_as = "Lenient")]
    next: Option<String>,
}

impl ExportPage {
    /// What [`ExportQuery::cursor`] has to be for the page after this one; `None` if this is the last.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref().filter(|cursor| !cursor.is_empty())
    }
}

impl Page for ExportPage {
    type Item = Message;
    type Cursor = String;

    fn next_page(&self) -> Option<String> {
        self.next().map(str::to_owned)
    }

    fn into_items(self) -> Vec<Message> {
        self.messages
    }
}
