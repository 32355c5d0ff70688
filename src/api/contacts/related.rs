//! Followers and businesses of contacts, their appointments, and the two listings beside the search.

use futures_util::Stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::{apply, serde_as};

use super::Contacts;
use super::appointment::{Appointments, ContactAppointment};
use super::model::Contact;
use crate::api::body::InLocation;
use crate::api::listing::{Entries, NextPageUrl, count, says_more};
use crate::api::offset::OffsetPage;
use crate::api::version_gate;
use crate::client::{Call, Outlook, Page, ReplaySafety, Request, Way, items, path};
use crate::error::Result;
use crate::ids::{BusinessId, ContactId, UserId};
use crate::lenient::{FromScalar as _, Lenient, LenientList, LenientPart};
use crate::secret::Private;

impl<'a> Contacts<'a> {
    /// Adds users who are notified of changes to a contact.
    pub fn add_followers(
        &self,
        contact: &ContactId,
        followers: &[UserId],
    ) -> Call<'a, FollowerChange> {
        let request = Request::post(path(&["contacts", contact.as_str(), "followers"]))
            .operation("contacts.add_followers")
            .replay(ReplaySafety::Repeatable)
            .json(&Followers { followers });
        self.location.send(request)
    }

    /// Takes followers off a contact.
    pub fn remove_followers(
        &self,
        contact: &ContactId,
        followers: &[UserId],
    ) -> Call<'a, FollowerChange> {
        let request = Request::delete(path(&["contacts", contact.as_str(), "followers"]))
            .operation("contacts.remove_followers")
            .json(&Followers { followers });
        self.location.send(request)
    }

    /// All appointments of a contact; HighLevel does not page them.
    pub fn appointments(&self, contact: &ContactId) -> Call<'a, Vec<ContactAppointment>> {
        let request = Request::get(path(&["contacts", contact.as_str(), "appointments"]))
            .operation("contacts.appointments");
        self.location
            .send::<Appointments>(request)
            .map(|answer| answer.events.items)
    }

    /// Puts contacts into a business, or with `None` takes them out of theirs. Gives the contacts that were changed.
    pub fn set_business(
        &self,
        contacts: &[ContactId],
        business: Option<&BusinessId>,
    ) -> Call<'a, Vec<ContactId>> {
        let body = SetBusiness {
            ids: contacts,
            business_id: business,
        };
        let request = Request::post(path(&["contacts", "bulk", "business"]))
            .operation("contacts.set_business")
            .replay(ReplaySafety::Repeatable)
            .json(&InLocation::new(self.location.id(), &body));
        self.location
            .send::<ChangedContacts>(request)
            .map(|answer| answer.ids)
    }

    /// One page of the contacts of a business.
    ///
    /// A cursor under version 2 of the API is [`Config`](crate::error::ErrorKind::Config).
    pub fn of_business(
        &self,
        business: &BusinessId,
        query: &ContactsOfBusiness,
    ) -> Call<'a, OffsetPage<Contact>> {
        const OPERATION: &str = "contacts.of_business";
        let (skip, limit, after) = (query.skip, query.limit, query.after.as_ref());
        let checked = self
            .location
            .v3_only(OPERATION, "the cursor", after.is_some());
        let request = Request::get(path(&["contacts", "business", business.as_str()]))
            .operation(OPERATION)
            .query("locationId", self.location.id())
            .query("limit", query.limit)
            .query("skip", skip)
            .query_opt("query", query.query.as_ref().map(|text| text.as_str()))
            .query_opt("startAfter", after.map(AfterContact::parameter));
        self.location
            .send::<ListWire>(request)
            .map(move |answer| {
                let limit = Some(u64::from(limit));
                OffsetPage::new(answer.contacts, answer.count, Some(skip), limit)
            })
            .only_if(checked)
    }

    /// All contacts of a business, page after page from the one that `query` names.
    pub fn stream_of_business(
        &self,
        business: &BusinessId,
        query: &ContactsOfBusiness,
    ) -> impl Stream<Item = Result<Contact>> + Send + use<'a> {
        let (contacts, business, query) = (*self, business.clone(), query.clone());
        let skipped = query.after.is_none().then_some(query.skip);
        items("contacts.of_business", skipped, move |ask| {
            let mut query = query.clone();
            query.skip = ask.cursor.unwrap_or(query.skip);
            contacts.of_business(&business, &query)
        })
    }

    /// One page of all contacts, the oldest way to read them. HighLevel advises [`search`](Self::search) instead.
    ///
    /// It exists in version 2 only: a client of version 3 gets
    /// [`Config`](crate::error::ErrorKind::Config), and nothing is sent.
    pub fn list(&self, query: &ContactList) -> Call<'a, ContactListPage> {
        const OPERATION: &str = "contacts.list";
        let checked = version_gate::version_2(self.location.speaks_v3(), OPERATION, "use `search`");
        let request = Request::get(path(&["contacts", ""]))
            .operation(OPERATION)
            .query("locationId", self.location.id())
            .query_opt("query", query.query.as_ref().map(|text| text.as_str()))
            .query_opt("limit", query.limit);
        let request = match &query.start {
            Some(start) => request
                .query("startAfter", start.date_added.as_millisecond())
                .query("startAfterId", &start.id),
            None => request,
        };
        let limit = query.limit;
        self.location
            .send(request)
            .map(move |page: ContactListPage| page.with_request(limit))
            .only_if(checked)
    }

    /// All contacts, page after page from the one that `query` names. It exists in version 2 only, as
    /// [`list`](Self::list) does.
    pub fn stream_list(
        &self,
        query: &ContactList,
    ) -> impl Stream<Item = Result<Contact>> + Send + use<'a> {
        let (contacts, query) = (*self, query.clone());
        let skipped = query.start.is_none().then_some(0);
        items("contacts.list", skipped, move |ask| {
            let mut query = query.clone();
            query.start = ask.cursor.or(query.start);
            contacts.list(&query)
        })
    }
}

/// Which contacts of a business to read. The default is the first page of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactsOfBusiness {
    /// Only contacts with this in their name, e-mail or phone.
    pub query: Option<Private<String>>,
    /// How many contacts a page has, up to 100.
    pub limit: u32,
    /// How many contacts to leave out.
    pub skip: u64,
    /// The contact to go on after; version 3 alone knows it.
    pub after: Option<AfterContact>,
}

/// The contact that a page of a business's contacts ended with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfterContact {
    /// The whole name in lower case.
    pub name: Private<String>,
    /// The id.
    pub id: ContactId,
}

impl AfterContact {
    fn parameter(&self) -> String {
        format!("{},{}", *self.name, self.id)
    }
}

impl Default for ContactsOfBusiness {
    fn default() -> Self {
        Self {
            query: None,
            limit: 25,
            skip: 0,
            after: None,
        }
    }
}

/// Which contacts to list. The default is the first page of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactList {
    /// Only contacts with this in their name, e-mail or phone.
    pub query: Option<Private<String>>,
    /// How many contacts a page has, up to 100; HighLevel takes 20 if `None`.
    pub limit: Option<u32>,
    /// Where to go on: [`ContactListPage::next`] of the page before.
    pub start: Option<ListStart>,
}

/// The contact that a page of a list ended with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListStart {
    /// When it was made.
    pub date_added: Timestamp,
    /// Its id.
    pub id: ContactId,
}

/// One page of listed contacts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "ListWire")]
#[non_exhaustive]
pub struct ContactListPage {
    /// The contacts of this page.
    pub contacts: Vec<Contact>,
    /// How many contacts there are in all.
    pub total: Option<u64>,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
    limit: usize,
    /// What HighLevel says of a page after this one.
    more: Option<bool>,
    next: Option<ListStart>,
}

impl ContactListPage {
    /// The page of what was asked for.
    fn with_request(self, limit: Option<u32>) -> Self {
        Self {
            limit: count(limit.unwrap_or(20)),
            ..self
        }
    }

    /// What [`ContactList::start`] has to be for the page after this one; `None` when this one is empty, or nothing says
    /// when its last contact was made.
    pub fn next(&self) -> Option<&ListStart> {
        self.next.as_ref()
    }
}

impl Page for ContactListPage {
    type Item = Contact;
    type Cursor = ListStart;

    fn outlook(&self) -> Outlook<ListStart> {
        Outlook {
            listed: self.listed,
            entries: self.entries,
            full: self.entries >= self.limit,
            total: self.total,
            more: self.more,
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
struct ListWire {
    #[serde(default)]
    contacts: Entries<Contact>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    count: Option<u64>,
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    meta: Option<MetaWire>,
}

/// `nextPageUrl` leads to HighLevel's own machines; what it asks for counts.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MetaWire {
    total: Option<u64>,
    start_after: Option<Timestamp>,
    start_after_id: Option<ContactId>,
    next_page: Option<String>,
    next_page_url: Option<String>,
}

impl From<ListWire> for ContactListPage {
    /// Live answers name the last contact in `meta`; the documentation has no `meta`, so the contact itself is asked, and
    /// then what the address of the next page says.
    fn from(wire: ListWire) -> Self {
        let meta = wire.meta.unwrap_or_default();
        let address = meta.next_page_url.as_deref().map(NextPageUrl::read);
        let said = |name: &str| address.as_ref()?.parameter(name);
        let last = wire.contacts.items.last();
        let next = last.and_then(|last| {
            let date_added = meta.start_after.or(last.date_added);
            let said_date = || Timestamp::from_text(said("startAfter")?);
            let said_id = || ContactId::new(said("startAfterId")?).ok();
            let id = meta.start_after_id.or_else(said_id);
            Some(ListStart {
                date_added: date_added.or_else(said_date)?,
                id: id.unwrap_or_else(|| last.id.clone()),
            })
        });
        let more = says_more(meta.next_page.as_deref())
            || (last.is_some() && says_more(meta.next_page_url.as_deref()));
        Self {
            total: wire.count.into_iter().chain(meta.total).max(),
            entries: wire.contacts.count,
            listed: wire.contacts.listed,
            contacts: wire.contacts.items,
            limit: usize::MAX,
            more: more.then_some(true),
            next,
        }
    }
}

/// The followers after a change, and whom it concerned.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FollowerChange {
    /// All followers afterwards.
    #[serde_as(deserialize_as = "LenientList")]
    pub followers: Vec<UserId>,
    /// Those who were not among them before.
    #[serde(rename = "followersAdded")]
    #[serde_as(deserialize_as = "LenientList")]
    pub added: Vec<UserId>,
    /// Those who are not among them any more.
    #[serde(rename = "followersRemoved")]
    #[serde_as(deserialize_as = "LenientList")]
    pub removed: Vec<UserId>,
}

#[derive(Serialize)]
struct Followers<'a> {
    followers: &'a [UserId],
}

/// `businessId` is written also where there is none: null takes the contacts out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SetBusiness<'a> {
    ids: &'a [ContactId],
    business_id: Option<&'a BusinessId>,
}

#[serde_as]
#[derive(Deserialize)]
struct ChangedContacts {
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    ids: Vec<ContactId>,
}
