//! Tagging many contacts at once.
//!
//! Source: HighLevel's OpenAPI file `contacts.json`, `/contacts/bulk/tags/update/{type}`, which types the entries of the
//! answer as texts although its own example has objects.

use serde::{Deserialize, Serialize};
use serde_with::{serde_as, skip_serializing_none};

use super::{ContactTags, TagName};
use crate::api::body::InLocation;
use crate::client::{Call, ReplaySafety, Request, path};
use crate::error::Result;
use crate::ids::ContactId;
use crate::lenient::{Lenient, LenientList};
use crate::open_enum::open_enum;

impl<'a> ContactTags<'a> {
    /// Adds tags to many contacts at once. The outcome for each contact is in the answer.
    pub fn add_to_many(&self, contacts: &[ContactId], tags: &[TagName]) -> Call<'a, BulkTagging> {
        self.update_many("add", contacts, tags, None)
    }

    /// Takes tags off many contacts at once.
    pub fn remove_from_many(
        &self,
        contacts: &[ContactId],
        tags: &[TagName],
    ) -> Call<'a, BulkTagging> {
        self.update_many("remove", contacts, tags, None)
    }

    /// Takes all tags off many contacts at once.
    pub fn remove_all_from_many(&self, contacts: &[ContactId]) -> Call<'a, BulkTagging> {
        self.update_many("remove", contacts, &[], Some(true))
    }

    fn update_many(
        &self,
        what: &str,
        contacts: &[ContactId],
        tags: &[TagName],
        remove_all_tags: Option<bool>,
    ) -> Call<'a, BulkTagging> {
        let body = BulkTags {
            contacts,
            tags,
            remove_all_tags,
        };
        let request = Request::post(path(&["contacts", "bulk", "tags", "update", what]))
            .operation(format!("contact_tags.{what}_many"))
            .replay(ReplaySafety::Repeatable)
            .json(&InLocation::new(self.location.id(), &body));
        self.location.send(request)
    }
}

/// The outcome of tagging many contacts.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct BulkTagging {
    /// How many contacts could not be changed.
    #[serde_as(deserialize_as = "Lenient")]
    pub error_count: Option<u64>,
    /// One entry per contact.
    #[serde_as(deserialize_as = "LenientList")]
    pub responses: Vec<BulkTagged>,
}

/// The outcome for one contact.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct BulkTagged {
    /// The contact.
    #[serde_as(deserialize_as = "Lenient")]
    pub contact_id: Option<ContactId>,
    /// Whether it was changed.
    #[serde(rename = "type")]
    #[serde_as(deserialize_as = "Lenient")]
    pub outcome: Option<BulkTagOutcome>,
    /// HighLevel's words on it.
    #[serde_as(deserialize_as = "Lenient")]
    pub message: Option<String>,
    /// The tags it had before.
    #[serde_as(deserialize_as = "LenientList")]
    pub old_tags: Vec<TagName>,
    /// The tags it got.
    #[serde_as(deserialize_as = "LenientList")]
    pub tags_added: Vec<TagName>,
    /// The tags it lost.
    #[serde_as(deserialize_as = "LenientList")]
    pub tags_removed: Vec<TagName>,
}

open_enum! {
    /// Whether a contact was changed.
    pub enum BulkTagOutcome {
        /// It was.
        Success = "success",
        /// It was not.
        Error = "error",
    }
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BulkTags<'a> {
    contacts: &'a [ContactId],
    tags: &'a [TagName],
    remove_all_tags: Option<bool>,
}
