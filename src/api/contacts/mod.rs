//! Contacts: the people a location speaks with.
//!
//! Here are the methods for contacts themselves; the contact as it is read is in `model` and `wire`, what is written in `write`, do
//! not disturb in `dnd`, the search in `search`, the exact look-up in `lookup`, followers, businesses and lists in `related`, appointments in
//! `appointment`. Notes, tags, tasks, campaigns and workflows of a contact have files of their own beside this folder.
//!
//! Source: HighLevel's OpenAPI file `contacts.json`; the bodies of search and duplicate lookup, which it leaves open,
//! are those of live answers (`GoHighLevel/highlevel-api-docs` #31, #43, #170, #289). Scopes: `contacts.readonly`,
//! `contacts.write`.

mod appointment;
mod attribution;
mod dnd;
mod lookup;
mod model;
mod related;
mod search;
mod wire;
mod write;

pub use appointment::{AppointmentState, AppointmentTime, ContactAppointment};
pub use attribution::Attribution;
pub use dnd::{DndChannel, DndSetting, DndSettings, DndStatus, InboundDndSettings};
pub use lookup::{ContactLookup, ContactLookupPage, LookupBy, LookupCursor};
pub use model::{Contact, ContactOpportunity, CustomFieldValue, RejectedFields, UpsertedContact};
pub use related::{
    AfterContact, ContactList, ContactListPage, ContactsOfBusiness, FollowerChange, ListStart,
};
pub use search::{
    ContactField, ContactFilter, ContactPage, ContactSearch, ContactSort, ContactSortField,
};
pub use write::{Change, ContactUpdate, CustomFieldInput, NewContact};

use futures_util::Stream;
use model::DuplicateLookup;
use write::{Duplicated, VersionedBody};

use crate::api::body::InLocation;
use crate::api::listing::count;
use crate::client::{Call, Location, ReplaySafety, Request, items, path};
use crate::error::Result;
use crate::ids::ContactId;
use crate::phone::PhoneNumber;

/// How many contacts a page of a search has at most.
const MOST_ON_A_PAGE: usize = 500;

/// The contacts of one location. Made by [`Location::contacts`].
#[derive(Debug, Clone, Copy)]
pub struct Contacts<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's contacts.
    pub fn contacts(&self) -> Contacts<'_> {
        Contacts { location: self }
    }
}

impl<'a> Contacts<'a> {
    /// Creates a contact. Prefer [`upsert`](Self::upsert), which may be repeated.
    ///
    /// Fails with [`Duplicate`](crate::error::ErrorKind::Duplicate), which names the contact that is there, if the
    /// location does not allow duplicates. After [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), and even
    /// after [`Validation`](crate::error::ErrorKind::Validation) (`GoHighLevel/highlevel-api-docs` #64), look with
    /// [`find_by_phone`](Self::find_by_phone) before creating it again.
    pub fn create(&self, contact: &NewContact) -> Call<'a, Contact> {
        let request = Request::post(path(&["contacts", ""]))
            .operation("contacts.create")
            .json(&self.versioned(&InLocation::new(self.location.id(), contact)))
            .data_key("contact");
        self.location.send(request)
    }

    /// Updates the contact with the same e-mail or phone, or creates it. What HighLevel recognises a contact by, and in
    /// which order, is a setting of the location
    /// ([`contact_unique_identifiers`](super::locations::LocationSettings::contact_unique_identifiers)). If the other value
    /// belongs to another contact, [`UpsertedContact::rejected`] says so.
    pub fn upsert(&self, contact: &NewContact) -> Call<'a, UpsertedContact> {
        let request = Request::post(path(&["contacts", "upsert"]))
            .operation("contacts.upsert")
            .replay(ReplaySafety::Repeatable)
            .json(&self.versioned(&InLocation::new(self.location.id(), contact)))
            .data_key("data");
        let (email, phone) = (contact.email.clone(), contact.phone.clone());
        self.location
            .send(request)
            .map(move |upserted: UpsertedContact| {
                let email = email.as_ref().map(|email| email.as_str());
                upserted.compare(email, phone.as_ref())
            })
    }

    /// Creates a contact even where one with the same e-mail or phone is there, if the location allows duplicates;
    /// otherwise it does what [`upsert`](Self::upsert) does. Unlike that it is not repeated.
    pub fn create_duplicate(&self, contact: &NewContact) -> Call<'a, UpsertedContact> {
        let contact = Duplicated {
            contact,
            create_new_if_duplicate_allowed: true,
        };
        let request = Request::post(path(&["contacts", "upsert"]))
            .operation("contacts.create_duplicate")
            .json(&self.versioned(&InLocation::new(self.location.id(), &contact)))
            .data_key("data");
        self.location.send(request)
    }

    /// One contact by its id.
    pub fn get(&self, id: &ContactId) -> Call<'a, Contact> {
        let request = Request::get(path(&["contacts", id.as_str()]))
            .operation("contacts.get")
            .data_key("contact");
        self.location.send(request)
    }

    /// Changes what `update` names and leaves the rest. Fails with
    /// [`Duplicate`](crate::error::ErrorKind::Duplicate) if another contact holds the new e-mail or phone, and with
    /// [`Config`](crate::error::ErrorKind::Config) if the new e-mail is empty.
    pub fn update(&self, id: &ContactId, update: &ContactUpdate) -> Call<'a, Contact> {
        const OPERATION: &str = "contacts.update";
        let request = Request::put(path(&["contacts", id.as_str()]))
            .operation(OPERATION)
            .json(&self.versioned(update))
            .data_key("contact");
        self.location.send(request).only_if(update.check(OPERATION))
    }

    /// Deletes a contact.
    pub async fn delete(&self, id: &ContactId) -> Result<()> {
        let request =
            Request::delete(path(&["contacts", id.as_str()])).operation("contacts.delete");
        self.location.send_discarding(request).await
    }

    /// One page of the contacts that a search finds. The index lags behind writes by some seconds: to see what was just
    /// written use [`get`](Self::get) or [`find_by_phone`](Self::find_by_phone).
    ///
    /// A filter field that HighLevel does not know is [`Refused`](crate::error::ErrorKind::Refused).
    pub fn search(&self, search: &ContactSearch) -> Call<'a, ContactPage> {
        let request = Request::post(path(&["contacts", "search"]))
            .operation("contacts.search")
            .replay(ReplaySafety::Safe)
            .json(&InLocation::new(self.location.id(), search));
        let asked = search.clone();
        self.location
            .send(request)
            .map(move |page: ContactPage| page.with_request(&asked))
    }

    /// All contacts that a search finds, page after page from the page it names.
    ///
    /// ```no_run
    /// # async fn example(location: &gohighlevel::client::Location) -> gohighlevel::Result<()> {
    /// use std::pin::pin;
    /// use futures_util::TryStreamExt;
    /// use gohighlevel::api::contacts::{ContactField, ContactFilter, ContactSearch};
    ///
    /// let search = ContactSearch::new(ContactFilter::contains(ContactField::City, "Chicago"));
    /// let contacts = location.contacts();
    /// let mut found = pin!(contacts.stream(&search));
    /// while let Some(contact) = found.try_next().await? {
    ///     println!("{}", contact.id);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn stream(
        &self,
        search: &ContactSearch,
    ) -> impl Stream<Item = Result<Contact>> + Send + use<'a> {
        let (contacts, search) = (*self, search.clone());
        let skipped = search.page.skipped(search.page_limit);
        items("contacts.search", skipped, move |ask| {
            let mut search = search.clone();
            let length = ask.length(count(search.page_limit), MOST_ON_A_PAGE);
            search.page_limit = u32::try_from(length).unwrap_or(u32::MAX);
            search.page = ask.cursor.unwrap_or(search.page);
            contacts.search(&search)
        })
    }

    /// The contact that HighLevel takes for the holder of this phone number. `None` if there is none.
    pub fn find_by_phone(&self, phone: &PhoneNumber) -> Call<'a, Option<Contact>> {
        let request = self
            .duplicate_lookup("contacts.find_by_phone")
            .query("number", phone.e164());
        self.location
            .send::<DuplicateLookup>(request)
            .map(|lookup| lookup.contact)
    }

    /// The contact that HighLevel takes for the holder of this e-mail address. `None` if there is none.
    pub fn find_by_email(&self, email: &str) -> Call<'a, Option<Contact>> {
        let request = self
            .duplicate_lookup("contacts.find_by_email")
            .query("email", email);
        self.location
            .send::<DuplicateLookup>(request)
            .map(|lookup| lookup.contact)
    }

    fn versioned<T>(&self, body: T) -> VersionedBody<T> {
        let v3 = self.location.speaks_v3();
        VersionedBody { v3, body }
    }

    fn duplicate_lookup(&self, operation: &'static str) -> Request {
        Request::get(path(&["contacts", "search", "duplicate"]))
            .operation(operation)
            .query("locationId", self.location.id())
    }
}
