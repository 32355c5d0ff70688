//! Followers and businesses of contacts, their appointments, and the two listings that are no search.

use futures_util::Stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::serde_as;

use super::appointment::{Appointments, ContactAppointment};
use super::model::Contact;
use super::{Contacts, InLocation};
use crate::api::offset::OffsetPage;
use crate::api::only_in;
use crate::client::{Call, Page, ReplaySafety, Request, items, path};
use crate::error::Result;
use crate::ids::{BusinessId, ContactId, UserId};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::secret::Private;

impl<'a> Contacts<'a> {
    /// Adds users who are told what happens with a contact.
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
            .map(|answer| answer.events)
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
        let (skip, after) = (query.skip, query.after.as_ref());
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
            .map(move |answer| OffsetPage::new(answer.contacts, answer.count, Some(skip)))
            .only_if(checked)
    }

    /// All contacts of a business, page after page from the one that `query` names.
    pub fn stream_of_business(
        &self,
        business: &BusinessId,
        query: &ContactsOfBusiness,
    ) -> impl Stream<Item = Result<Contact>> + Send + use<'a> {
        let (contacts, business, query) = (*self, business.clone(), query.clone());
        items("contacts.of_business", move |skip| {
            let mut query = query.clone();
            query.skip = skip.unwrap_or(query.skip);
            contacts.of_business(&business, &query)
        })
    }

    /// One page of all contacts, the oldest way to read them. HighLevel advises [`search`](Self::search) instead.
    ///
    /// It exists in version 2 only: a client of version 3 is told so
    /// ([`Config`](crate::error::ErrorKind::Config)) before anything is sent.
    pub fn list(&self, query: &ContactList) -> Call<'a, ContactListPage> {
        const OPERATION: &str = "contacts.list";
        let checked = only_in::version_2(self.location.speaks_v3(), OPERATION, "use `search`");
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
        self.location.send(request).only_if(checked)
    }

    /// All contacts, page after page from the one that `query` names. It exists in version 2 only, as
    /// [`list`](Self::list) does.
    pub fn stream_list(
        &self,
        query: &ContactList,
    ) -> impl Stream<Item = Result<Contact>> + Send + use<'a> {
        let (contacts, query) = (*self, query.clone());
        items("contacts.list", move |start| {
            let mut query = query.clone();
            query.start = start.or(query.start);
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
    next: Option<ListStart>,
}

impl ContactListPage {
    /// What [`ContactList::start`] has to be for the page after this one; `None` when this one is empty or HighLevel did
    /// not date its last contact.
    pub fn next(&self) -> Option<&ListStart> {
        self.next.as_ref()
    }
}

impl Page for ContactListPage {
    type Item = Contact;
    type Cursor = ListStart;

    fn next_page(&self) -> Option<ListStart> {
        self.next.clone()
    }

    fn into_items(self) -> Vec<Contact> {
        self.contacts
    }
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(default)]
struct ListWire {
    #[serde_as(deserialize_as = "LenientList")]
    contacts: Vec<Contact>,
    #[serde_as(deserialize_as = "Lenient")]
    count: Option<u64>,
    #[serde_as(deserialize_as = "LenientPart")]
    meta: Option<MetaWire>,
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MetaWire {
    #[serde_as(deserialize_as = "Lenient")]
    total: Option<u64>,
    #[serde_as(deserialize_as = "Lenient")]
    start_after: Option<Timestamp>,
    #[serde_as(deserialize_as = "Lenient")]
    start_after_id: Option<ContactId>,
}

impl From<ListWire> for ContactListPage {
    /// Live answers name the last contact in `meta`; the documentation has no `meta`, so the contact itself is asked.
    fn from(wire: ListWire) -> Self {
        let meta = wire.meta.unwrap_or_default();
        let next = wire.contacts.last().and_then(|last| {
            Some(ListStart {
                date_added: meta.start_after.or(last.date_added)?,
                id: meta.start_after_id.unwrap_or_else(|| last.id.clone()),
            })
        });
        Self {
            contacts: wire.contacts,
            total: wire.count.or(meta.total),
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
