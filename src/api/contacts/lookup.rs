//! The exact look-up of contacts by e-mail address or phone number, over their additional ones too.
//!
//! It is not in HighLevel's OpenAPI files; it stands in HighLevel's live documentation of August 2026 alone ("Lookup Contact By
//! Email Or Phone"), for version 3, and is sent as such by any client that was not built for an older one.

use futures_util::Stream;
use serde::Deserialize;
use serde_with::serde_as;

use super::Contacts;
use super::model::Contact;
use crate::api::listing::{Entries, count};
use crate::client::{ApiVersion, Call, Outlook, Page, Request, Way, items, path};
use crate::error::Result;
use crate::lenient::Lenient;
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// How many contacts a page has at most.
const MOST: u32 = 20;

impl<'a> Contacts<'a> {
    /// One page of the contacts that have exactly this e-mail address or number, among their additional ones too. HighLevel
    /// answers tokens of OAuth apps only: with a private integration use [`find_by_phone`](Self::find_by_phone).
    pub fn lookup(&self, lookup: &ContactLookup) -> Call<'a, ContactLookupPage> {
        const OPERATION: &str = "contacts.lookup";
        let checked = self.location.v3_possible(OPERATION);
        let request = Request::get(path(&["contacts", "lookup"]))
            .operation(OPERATION)
            .version(ApiVersion::V3)
            .query("locationId", self.location.id());
        let request = match &lookup.by {
            LookupBy::Email(email) => request.query("email", email.as_str()),
            LookupBy::Phone(phone) => request.query("phone", phone.e164()),
        };
        let limit = lookup.limit;
        let request = request.query("limit", limit).query_opt(
            "nextCursor",
            lookup.after.as_ref().map(|LookupCursor(after)| after),
        );
        self.location
            .send::<LookupWire>(request)
            .map(move |wire| ContactLookupPage::new(wire, limit))
            .only_if(checked)
    }

    /// All contacts that a look-up finds, page after page from the one it names.
    pub fn stream_lookup(
        &self,
        lookup: &ContactLookup,
    ) -> impl Stream<Item = Result<Contact>> + Send + use<'a> {
        let (contacts, lookup) = (*self, lookup.clone());
        let skipped = lookup.after.is_none().then_some(0);
        items("contacts.lookup", skipped, move |ask| {
            let mut lookup = lookup.clone();
            lookup.after = ask.cursor.or(lookup.after);
            contacts.lookup(&lookup)
        })
    }
}

/// What contacts are looked up by.
#[derive(Debug, Clone, PartialEq, Eq)]
// Exhaustive on purpose: HighLevel takes one of the two.
pub enum LookupBy {
    /// An e-mail address, without regard to case.
    Email(Private<String>),
    /// A phone number.
    Phone(PhoneNumber),
}

/// Whom to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLookup {
    /// By what.
    pub by: LookupBy,
    /// Where to go on: [`ContactLookupPage::next`] of the page before.
    pub after: Option<LookupCursor>,
    /// How many contacts a page has, 20 at most.
    pub limit: u32,
}

impl ContactLookup {
    /// The holders of an e-mail address.
    pub fn email(email: impl Into<Private<String>>) -> Self {
        Self::by(LookupBy::Email(email.into()))
    }

    /// The holders of a phone number.
    pub fn phone(phone: PhoneNumber) -> Self {
        Self::by(LookupBy::Phone(phone))
    }

    fn by(by: LookupBy) -> Self {
        Self {
            by,
            after: None,
            limit: MOST,
        }
    }
}

/// Where a look-up goes on, as HighLevel writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupCursor(String);

/// One page of a look-up.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ContactLookupPage {
    /// The contacts of this page.
    pub contacts: Vec<Contact>,
    next: Option<LookupCursor>,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
    limit: u32,
}

impl ContactLookupPage {
    fn new(wire: LookupWire, limit: u32) -> Self {
        Self {
            contacts: wire.contacts.items,
            next: wire
                .next_cursor
                .filter(|cursor| !cursor.is_empty())
                .map(LookupCursor),
            entries: wire.contacts.count,
            listed: wire.contacts.listed,
            limit,
        }
    }

    /// Where the next page begins. HighLevel names it after every full page, though it may be empty.
    pub fn next(&self) -> Option<&LookupCursor> {
        self.next.as_ref()
    }
}

impl Page for ContactLookupPage {
    type Item = Contact;
    type Cursor = LookupCursor;

    fn outlook(&self) -> Outlook<LookupCursor> {
        Outlook {
            listed: self.listed,
            entries: self.entries,
            full: self.entries >= count(self.limit.min(MOST)),
            total: None,
            more: None,
            way: self.next.clone().map(Way::At),
        }
    }

    fn id_of(contact: &Contact) -> Option<&str> {
        Some(contact.id.as_str())
    }

    fn into_items(self) -> Vec<Contact> {
        self.contacts
    }
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LookupWire {
    #[serde(default)]
    contacts: Entries<Contact>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    next_cursor: Option<String>,
}
