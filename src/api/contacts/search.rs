//! Searching contacts: filters, sorting, pages.
//!
//! HighLevel's OpenAPI file leaves request and response open; the forms are those of its search document as
//! `GoHighLevel/highlevel-api-docs` #31, #43, #170, #279 and #289 tell it.

use std::ops::{Bound, RangeBounds};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::{serde_as, skip_serializing_none};

use super::model::Contact;
use crate::api::cursor::{SearchPage, SortDirection};
use crate::api::listing::{Entries, count};
use crate::client::{Outlook, Page, Way};
use crate::ids::CustomFieldId;
use crate::lenient::Lenient;
use crate::open_enum::open_enum;
use crate::secret::Private;

/// What to search for. The default finds all contacts, a hundred to a page.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactSearch {
    /// What a contact has to fulfil; all of these together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<ContactFilter>,
    /// Free text of up to 75 characters over the fields that the location searches.
    pub query: Option<Private<String>>,
    /// The order; HighLevel takes two fields at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<ContactSort>,
    /// How many contacts a page has, up to 500.
    pub page_limit: u32,
    /// Which page.
    #[serde(flatten)]
    pub page: SearchPage,
}

impl Default for ContactSearch {
    fn default() -> Self {
        Self {
            filters: Vec::new(),
            query: None,
            sort: Vec::new(),
            page_limit: 100,
            page: SearchPage::First,
        }
    }
}

impl ContactSearch {
    /// Searches for the contacts that fulfil `filter`.
    pub fn new(filter: ContactFilter) -> Self {
        Self {
            filters: vec![filter],
            ..Self::default()
        }
    }
}

/// One page of found contacts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "PageWire")]
#[non_exhaustive]
pub struct ContactPage {
    /// The contacts of this page.
    pub contacts: Vec<Contact>,
    /// How many contacts the search finds in all.
    pub total: Option<u64>,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
    asked: SearchPage,
    limit: usize,
}

#[serde_as]
#[derive(Deserialize)]
struct PageWire {
    #[serde(default)]
    contacts: Entries<Contact>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    total: Option<u64>,
}

impl From<PageWire> for ContactPage {
    fn from(wire: PageWire) -> Self {
        Self {
            contacts: wire.contacts.items,
            total: wire.total,
            entries: wire.contacts.count,
            listed: wire.contacts.listed,
            asked: SearchPage::First,
            limit: usize::MAX,
        }
    }
}

impl ContactPage {
    /// The page of what was asked for.
    pub(super) fn with_request(self, search: &ContactSearch) -> Self {
        Self {
            asked: search.page.clone(),
            limit: count(search.page_limit),
            ..self
        }
    }

    /// The page after this one: by the cursor of the last contact, or where that has none by the number. `None` when this
    /// one is empty, or nothing tells how to go on.
    pub fn next(&self) -> Option<SearchPage> {
        self.way().map(Way::into_cursor)
    }

    fn way(&self) -> Option<Way<SearchPage>> {
        self.asked.way_on(&self.contacts, |contact| {
            (contact.id.as_str(), contact.search_after.as_ref())
        })
    }
}

impl Page for ContactPage {
    type Item = Contact;
    type Cursor = SearchPage;

    fn outlook(&self) -> Outlook<SearchPage> {
        Outlook {
            listed: self.listed,
            entries: self.entries,
            full: self.entries >= self.limit,
            total: self.total,
            more: None,
            way: self.way(),
        }
    }

    fn id_of(contact: &Contact) -> Option<&str> {
        Some(contact.id.as_str())
    }

    fn into_items(self) -> Vec<Contact> {
        self.contacts
    }
}

open_enum! {
    /// A field that a filter can ask about. `Other` takes the rest, such as `opportunities`.
    pub enum ContactField {
        /// The id.
        Id = "id",
        /// The whole name.
        Name = "contactName",
        /// The first name, in lower case.
        FirstName = "firstNameLowerCase",
        /// The last name, in lower case.
        LastName = "lastNameLowerCase",
        /// The e-mail address.
        Email = "email",
        /// The phone number in E.164.
        Phone = "phone",
        /// The company.
        CompanyName = "companyName",
        /// Street and house number.
        Address = "address",
        /// The city.
        City = "city",
        /// The state or province.
        State = "state",
        /// The postal code.
        PostalCode = "postalCode",
        /// The country.
        Country = "country",
        /// The time zone.
        Timezone = "timezone",
        /// The website.
        Website = "website",
        /// Where the contact came from.
        Source = "source",
        /// What the contact is to the business.
        Type = "type",
        /// The user who looks after the contact.
        AssignedTo = "assignedTo",
        /// The tags, in lower case.
        Tags = "tags",
        /// The master switch of do not disturb.
        Dnd = "dnd",
        /// Do not disturb for text messages.
        SmsDndStatus = "dndSettings.SMS.status",
        /// Do not disturb for e-mail.
        EmailDndStatus = "dndSettings.Email.status",
        /// Do not disturb for calls.
        CallDndStatus = "dndSettings.Call.status",
        /// When the contact was made.
        DateAdded = "dateAdded",
        /// When the contact was last changed.
        DateUpdated = "dateUpdated",
        /// The date of birth.
        DateOfBirth = "dateOfBirth",
    }
}

impl ContactField {
    /// A custom field.
    pub fn custom(id: &CustomFieldId) -> Self {
        Self::Other(format!("customFields.{id}"))
    }
}

/// What a contact has to fulfil.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ContactFilter(Node);

#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
enum Node {
    Leaf {
        field: ContactField,
        operator: &'static str,
        value: Option<Private<Value>>,
    },
    Group {
        group: &'static str,
        filters: Vec<ContactFilter>,
    },
}

impl ContactFilter {
    fn leaf(field: ContactField, operator: &'static str, value: Option<Value>) -> Self {
        Self(Node::Leaf {
            field,
            operator,
            value: value.map(Private::new),
        })
    }

    /// The field equals the value: a text of up to 75 characters, a number or a truth value; for tags also a list.
    pub fn eq(field: ContactField, value: impl Into<Value>) -> Self {
        Self::leaf(field, "eq", Some(value.into()))
    }

    /// The field does not equal the value.
    pub fn not_eq(field: ContactField, value: impl Into<Value>) -> Self {
        Self::leaf(field, "not_eq", Some(value.into()))
    }

    /// The field contains the text, which must hold no special characters. HighLevel does not offer it for e-mail.
    pub fn contains(field: ContactField, text: impl Into<String>) -> Self {
        Self::leaf(field, "contains", Some(Value::String(text.into())))
    }

    /// The field does not contain the text.
    pub fn not_contains(field: ContactField, text: impl Into<String>) -> Self {
        Self::leaf(field, "not_contains", Some(Value::String(text.into())))
    }

    /// The field has a value.
    pub fn exists(field: ContactField) -> Self {
        Self::leaf(field, "exists", None)
    }

    /// The field has no value.
    pub fn not_exists(field: ContactField) -> Self {
        Self::leaf(field, "not_exists", None)
    }

    /// The field lies in the range, such as `"2026-01-01".."2026-02-01"` or `10..=20`.
    pub fn range<V: Clone + Into<Value>>(field: ContactField, range: impl RangeBounds<V>) -> Self {
        let mut bounds = serde_json::Map::new();
        let mut bound =
            |name: &str, value: &V| bounds.insert(name.to_owned(), value.clone().into());
        match range.start_bound() {
            Bound::Included(value) => drop(bound("gte", value)),
            Bound::Excluded(value) => drop(bound("gt", value)),
            Bound::Unbounded => {}
        }
        match range.end_bound() {
            Bound::Included(value) => drop(bound("lte", value)),
            Bound::Excluded(value) => drop(bound("lt", value)),
            Bound::Unbounded => {}
        }
        Self::leaf(field, "range", Some(Value::Object(bounds)))
    }

    /// All of these.
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(Node::Group {
            group: "AND",
            filters: filters.into_iter().collect(),
        })
    }

    /// At least one of these.
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(Node::Group {
            group: "OR",
            filters: filters.into_iter().collect(),
        })
    }
}

/// A field to sort by, and which way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContactSort {
    /// The field.
    pub field: ContactSortField,
    /// Which way.
    pub direction: SortDirection,
}

open_enum! {
    /// A field that contacts can be sorted by.
    pub enum ContactSortField {
        /// When the contact was made.
        DateAdded = "dateAdded",
        /// When the contact was last changed.
        DateUpdated = "dateUpdated",
        /// The first name.
        FirstName = "firstNameLowerCase",
        /// The last name.
        LastName = "lastNameLowerCase",
        /// The e-mail address.
        Email = "email",
        /// Where the contact came from.
        Source = "source",
        /// The master switch of do not disturb.
        Dnd = "dnd",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn filters_are_written_as_highlevel_reads_them() {
        let filter = ContactFilter::any([
            ContactFilter::eq(ContactField::Phone, "+18887324197"),
            ContactFilter::all([
                ContactFilter::range(ContactField::DateAdded, "2026-01-01".."2026-02-01"),
                ContactFilter::range::<u64>(
                    ContactField::custom(&CustomFieldId::new("f1").unwrap()),
                    10..,
                ),
                ContactFilter::not_exists(ContactField::Email),
            ]),
        ]);
        assert_eq!(
            serde_json::to_value(&filter).unwrap(),
            json!({"group": "OR", "filters": [
                {"field": "phone", "operator": "eq", "value": "+18887324197"},
                {"group": "AND", "filters": [
                    {"field": "dateAdded", "operator": "range", "value": {"gte": "2026-01-01", "lt": "2026-02-01"}},
                    {"field": "customFields.f1", "operator": "range", "value": {"gte": 10}},
                    {"field": "email", "operator": "not_exists"},
                ]},
            ]})
        );
        assert!(!format!("{filter:?}").contains("888"));
    }

    #[test]
    fn a_page_is_a_number_or_a_cursor() {
        let mut search = ContactSearch::default();
        assert_eq!(
            serde_json::to_value(&search).unwrap(),
            json!({"pageLimit": 100})
        );
        search.page = SearchPage::Number { page: 2 };
        assert_eq!(
            serde_json::to_value(&search).unwrap(),
            json!({"pageLimit": 100, "page": 2})
        );
        search.page = SearchPage::After {
            search_after: serde_json::from_value(json!(["rosan@example.com", 1])).unwrap(),
        };
        assert_eq!(
            serde_json::to_value(&search).unwrap(),
            json!({"pageLimit": 100, "searchAfter": ["rosan@example.com", 1]})
        );
        assert!(!format!("{search:?}").contains("rosan"));
    }
}
