//! Bodies that create or change a contact: exactly the documented fields, since HighLevel refuses any other (422).

use jiff::civil::Date;
use serde::{Serialize, Serializer, ser};
use serde_json::{Map, Value};
use serde_with::skip_serializing_none;

use super::dnd::{DndChannel, DndSettings, InboundDndSettings};
use crate::api::tags::TagName;
use crate::error::{Error, Result};
use crate::ids::{CustomFieldId, UserId};
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// A contact to create or to upsert. `None` is not sent, so an upsert leaves such a field as it is. An empty e-mail address
/// is not sent either: HighLevel refuses it.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewContact {
    /// The first name.
    pub first_name: Option<Private<String>>,
    /// The last name.
    pub last_name: Option<Private<String>>,
    /// The whole name, for when its parts are not known.
    pub name: Option<Private<String>>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "is_blank")]
    pub email: Option<Private<String>>,
    /// The phone number.
    pub phone: Option<PhoneNumber>,
    /// The gender, such as `male`. HighLevel takes it for a new contact only and has no way to change it.
    pub gender: Option<Private<String>>,
    /// The company the contact works for.
    pub company_name: Option<Private<String>>,
    /// Street and house number.
    #[serde(rename = "address1")]
    pub address: Option<Private<String>>,
    /// The city.
    pub city: Option<Private<String>>,
    /// The state or province.
    pub state: Option<Private<String>>,
    /// The postal code.
    pub postal_code: Option<Private<String>>,
    /// The country as ISO 3166 alpha-2.
    pub country: Option<String>,
    /// The website.
    pub website: Option<Private<String>>,
    /// The contact's own time zone as an IANA name.
    pub timezone: Option<String>,
    /// The date of birth.
    pub date_of_birth: Option<Private<Date>>,
    /// Where the contact came from.
    pub source: Option<String>,
    /// The user who looks after the contact.
    pub assigned_to: Option<UserId>,
    /// The tags. An upsert with any of them replaces **all** tags of a contact that is there; to add some, use
    /// [`ContactTags::add`](crate::api::tags::ContactTags::add).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagName>,
    /// Values of custom fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_fields: Vec<CustomFieldInput>,
    /// The master switch of do not disturb.
    pub dnd: Option<bool>,
    /// Do not disturb by channel.
    pub dnd_settings: Option<DndSettings>,
    /// Do not disturb for what the contact sends.
    pub inbound_dnd_settings: Option<InboundDndSettings>,
}

fn is_blank(text: &Option<Private<String>>) -> bool {
    text.as_ref().is_none_or(|text| text.trim().is_empty())
}

/// What to change about a contact. What is [`Change::Keep`] or `None` stays as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactUpdate {
    /// The first name.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub first_name: Change<Private<String>>,
    /// The last name.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub last_name: Change<Private<String>>,
    /// The whole name.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub name: Change<Private<String>>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub email: Change<Private<String>>,
    /// The phone number.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub phone: Change<PhoneNumber>,
    /// Street and house number.
    #[serde(rename = "address1", skip_serializing_if = "Change::is_keep")]
    pub address: Change<Private<String>>,
    /// The city.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub city: Change<Private<String>>,
    /// The state or province.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub state: Change<Private<String>>,
    /// The postal code.
    pub postal_code: Option<Private<String>>,
    /// The country as ISO 3166 alpha-2.
    pub country: Option<String>,
    /// The website.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub website: Change<Private<String>>,
    /// The contact's own time zone as an IANA name.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub timezone: Change<String>,
    /// The date of birth.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub date_of_birth: Change<Private<Date>>,
    /// Where the contact came from.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub source: Change<String>,
    /// The user who looks after the contact.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub assigned_to: Change<UserId>,
    /// All tags the contact shall have. To add or remove some, use
    /// [`ContactTags`](crate::api::tags::ContactTags).
    pub tags: Option<Vec<TagName>>,
    /// Values of custom fields; fields not named here stay.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_fields: Vec<CustomFieldInput>,
    /// The master switch of do not disturb.
    pub dnd: Option<bool>,
    /// Do not disturb by channel.
    pub dnd_settings: Option<DndSettings>,
    /// Do not disturb for what the contact sends.
    pub inbound_dnd_settings: Option<InboundDndSettings>,
}

impl ContactUpdate {
    /// HighLevel takes no empty e-mail address.
    pub(super) fn check(&self, operation: &'static str) -> Result<()> {
        match &self.email {
            Change::Set(email) if email.trim().is_empty() => Err(Error::config(
                operation,
                "the e-mail address is empty; give `Change::Clear` to take it away, or `Change::Keep`",
            )),
            _ => Ok(()),
        }
    }
}

/// What to do with a field that HighLevel can empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
// Exhaustive on purpose: a change is one of these three.
pub enum Change<T> {
    /// Leave it as it is.
    #[default]
    Keep,
    /// Give it this value.
    Set(T),
    /// Empty it.
    Clear,
}

impl<T> Change<T> {
    fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T> From<T> for Change<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T: Serialize> Serialize for Change<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Keep | Self::Clear => serializer.serialize_none(),
        }
    }
}

/// The value to give to a custom field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CustomFieldInput {
    #[serde(flatten)]
    field: CustomFieldName,
    field_value: Private<Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum CustomFieldName {
    Id(CustomFieldId),
    Key(String),
}

impl CustomFieldInput {
    /// Names the field by its id. The value is a text, a number for numeric and monetary fields, or a list of texts for
    /// fields with several choices.
    pub fn by_id(id: CustomFieldId, value: impl Into<Value>) -> Self {
        Self {
            field: CustomFieldName::Id(id),
            field_value: Private::new(value.into()),
        }
    }

    /// Names the field by its key, such as `score`.
    pub fn by_key(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            field: CustomFieldName::Key(key.into()),
            field_value: Private::new(value.into()),
        }
    }
}

/// A body in the words of the client's API version. Ours are those of version 2.
pub(super) struct VersionedBody<T> {
    pub(super) v3: bool,
    pub(super) body: T,
}

impl<T: Serialize> Serialize for VersionedBody<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.v3 {
            return self.body.serialize(serializer);
        }
        let mut body = serde_json::to_value(&self.body).map_err(ser::Error::custom)?;
        if let Some(Value::Object(settings)) = body.get_mut("dndSettings") {
            *settings = std::mem::take(settings)
                .into_iter()
                .map(|(word, setting)| {
                    let channel = DndChannel::from(word.as_str());
                    (channel.in_version_3().to_owned(), setting)
                })
                .collect();
        }
        let fields = body.get_mut("customFields").and_then(Value::as_array_mut);
        for field in fields
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            rename(field, "field_value", "fieldValue");
        }
        body.serialize(serializer)
    }
}

fn rename(object: &mut Map<String, Value>, old: &str, new: &str) {
    if let Some(value) = object.remove(old) {
        object.insert(new.to_owned(), value);
    }
}

/// An upsert that makes a second contact where the location allows that.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Duplicated<'a> {
    #[serde(flatten)]
    pub(super) contact: &'a NewContact,
    pub(super) create_new_if_duplicate_allowed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_fields_are_not_written_and_cleared_ones_are_null() {
        let update = ContactUpdate {
            first_name: Change::Set("Rosan".into()),
            email: Change::Clear,
            tags: Some(Vec::new()),
            custom_fields: vec![CustomFieldInput::by_key("score", 42)],
            ..ContactUpdate::default()
        };
        assert_eq!(
            serde_json::to_string(&update).unwrap(),
            r#"{"firstName":"Rosan","email":null,"tags":[],"customFields":[{"key":"score","field_value":42}]}"#
        );
        assert!(!format!("{update:?}").contains("Rosan"));
        assert_eq!(
            serde_json::to_string(&ContactUpdate::default()).unwrap(),
            "{}"
        );
    }
}
