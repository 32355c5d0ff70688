//! Tags: those of a contact, and those that are defined in a location.
//!
//! Source: HighLevel's OpenAPI files `contacts.json` (`/contacts/{contactId}/tags`) and `locations.json`
//! (`/locations/{locationId}/tags`). Scopes: `contacts.write` for a contact's tags, `locations/tags.readonly` and
//! `locations/tags.write` for the location's.

mod bulk;

pub use bulk::{BulkTagOutcome, BulkTagged, BulkTagging};

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_with::serde_as;

use crate::api::listing::Entries;
use crate::client::{Call, Location, ReplaySafety, Request, path};
use crate::error::Result;
use crate::ids::{ContactId, LocationId, TagId};
use crate::lenient::{FromScalar, Lenient, LenientList};

/// The tags on a location's contacts. Made by [`Location::contact_tags`].
#[derive(Debug, Clone, Copy)]
pub struct ContactTags<'a> {
    location: &'a Location,
}

/// The tags that are defined in one location. Made by [`Location::tags`].
#[derive(Debug, Clone, Copy)]
pub struct LocationTags<'a> {
    location: &'a Location,
}

impl Location {
    /// The tags on the location's contacts.
    pub fn contact_tags(&self) -> ContactTags<'_> {
        ContactTags { location: self }
    }

    /// The tags that are defined in the location.
    pub fn tags(&self) -> LocationTags<'_> {
        LocationTags { location: self }
    }
}

impl<'a> ContactTags<'a> {
    /// Adds tags to a contact and leaves its others; a tag that the location does not know yet is defined by this.
    /// Gives the contact's tags afterwards.
    pub fn add(&self, contact: &ContactId, tags: &[TagName]) -> Call<'a, Vec<TagName>> {
        let request = Request::post(path(&["contacts", contact.as_str(), "tags"]))
            .operation("contact_tags.add")
            .replay(ReplaySafety::Repeatable)
            .json(&TagNames { tags });
        self.location
            .send::<TagNameList>(request)
            .map(|list| list.tags)
    }

    /// Takes tags off a contact. Gives the contact's tags afterwards.
    pub fn remove(&self, contact: &ContactId, tags: &[TagName]) -> Call<'a, Vec<TagName>> {
        let request = Request::delete(path(&["contacts", contact.as_str(), "tags"]))
            .operation("contact_tags.remove")
            .json(&TagNames { tags });
        self.location
            .send::<TagNameList>(request)
            .map(|list| list.tags)
    }
}

impl<'a> LocationTags<'a> {
    /// All tags of the location; HighLevel does not page them.
    pub fn list(&self) -> Call<'a, Vec<Tag>> {
        let request = Request::get(self.path(None)).operation("tags.list");
        self.location
            .send::<TagList>(request)
            .map(|list| list.tags.items)
    }

    /// One tag by its id.
    pub fn get(&self, id: &TagId) -> Call<'a, Tag> {
        let request = Request::get(self.path(Some(id)))
            .operation("tags.get")
            .data_key("tag");
        self.location.send(request)
    }

    /// Defines a tag. HighLevel refuses a name that is there already
    /// ([`Refused`](crate::error::ErrorKind::Refused)). It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with [`list`](Self::list), or create it again,
    /// which is refused if it is there.
    pub fn create(&self, name: &TagName) -> Call<'a, Tag> {
        let request = Request::post(self.path(None))
            .operation("tags.create")
            .json(&TagInput { name })
            .data_key("tag");
        self.location.send(request)
    }

    /// Renames a tag.
    pub fn update(&self, id: &TagId, name: &TagName) -> Call<'a, Tag> {
        let request = Request::put(self.path(Some(id)))
            .operation("tags.update")
            .json(&TagInput { name })
            .data_key("tag");
        self.location.send(request)
    }

    /// Deletes a tag.
    pub async fn delete(&self, id: &TagId) -> Result<()> {
        self.location
            .send_discarding(Request::delete(self.path(Some(id))).operation("tags.delete"))
            .await
    }

    fn path(&self, id: Option<&TagId>) -> String {
        let location = self.location.id().as_str();
        match id {
            Some(id) => path(&["locations", location, "tags", id.as_str()]),
            None => path(&["locations", location, "tags"]),
        }
    }
}

/// The name of a tag, in lower case and without white space around it.
///
/// HighLevel lowers the case of tags when it puts them on a contact, so two spellings are one tag; here they are equal
/// from the start.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct TagName(Box<str>);

/// Text that cannot name a tag, because there is nothing in it but white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tag needs a name; there is nothing but white space")]
pub struct InvalidTagName;

impl TagName {
    /// Takes the name. Fails with [`InvalidTagName`] if nothing is left of it.
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidTagName> {
        let name = text.as_ref().trim();
        if name.is_empty() {
            return Err(InvalidTagName);
        }
        Ok(Self(name.to_lowercase().into_boxed_str()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TagName {
    type Err = InvalidTagName;

    fn from_str(text: &str) -> Result<Self, InvalidTagName> {
        Self::new(text)
    }
}

impl TryFrom<&str> for TagName {
    type Error = InvalidTagName;

    fn try_from(text: &str) -> Result<Self, InvalidTagName> {
        Self::new(text)
    }
}

impl AsRef<str> for TagName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TagName({:?})", self.0)
    }
}

impl<'de> Deserialize<'de> for TagName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(text).map_err(de::Error::custom)
    }
}

impl FromScalar for TagName {
    fn from_text(text: &str) -> Option<Self> {
        Self::new(text).ok()
    }
}

/// A tag as it is defined in a location.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// Its name; HighLevel may show it with capitals.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<TagName>,
    /// The location it belongs to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub location_id: Option<LocationId>,
}

#[derive(Serialize)]
struct TagInput<'a> {
    name: &'a TagName,
}

#[derive(Serialize)]
struct TagNames<'a> {
    tags: &'a [TagName],
}

#[serde_as]
#[derive(Deserialize)]
struct TagNameList {
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    tags: Vec<TagName>,
}

#[serde_as]
#[derive(Deserialize)]
struct TagList {
    #[serde(default)]
    tags: Entries<Tag>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_are_one_tag() {
        assert_eq!(TagName::new(" Missed Call "), TagName::new("missed call"));
        assert_eq!(TagName::new(" \n").unwrap_err(), InvalidTagName);
        assert_eq!(
            serde_json::from_str::<TagName>("\"VIP\"").unwrap().as_str(),
            "vip"
        );
        assert!(serde_json::from_str::<TagName>("\"\"").is_err());
    }
}
