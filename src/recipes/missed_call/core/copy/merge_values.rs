//! What a template is filled with: values of one contact, one location and its custom values.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::contact_names::ContactNames;
use super::error::{CopyError, Kind, LONGEST_VALUE};
use super::merge_field::MergeField;
use crate::secret::Private;

/// The greeting of a contact whose name is not known.
const NEUTRAL_NAME: &str = "there";

/// The values of the merge fields for one text. They are data and are never parsed as a template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeValues {
    /// `contact.first_name` as the contact has it, presentable or not.
    pub first_name: Option<Private<String>>,
    /// `contact.last_name`.
    pub last_name: Option<Private<String>>,
    /// `contact.name`. Without it, first and last name are joined.
    pub name: Option<Private<String>>,
    /// `location.name`: what HighLevel calls the location.
    pub location_name: Option<String>,
    /// `location.phone`: the phone number of the business in HighLevel.
    pub location_phone: Option<String>,
    /// The location's custom values by key, such as `calendly_link` (the part of HighLevel's `fieldKey` between
    /// `{{ custom_values.` and ` }}`).
    pub custom_values: BTreeMap<String, String>,
    /// `number.name`: what the recipe calls the number that was called.
    pub number_name: Option<String>,
    /// `number.link`: the link of that number.
    pub number_link: Option<String>,
}

impl MergeValues {
    /// The value of a field that is not a name of the contact, as it is.
    fn given(&self, field: &MergeField) -> Option<&str> {
        match field {
            MergeField::ContactFirstName
            | MergeField::ContactLastName
            | MergeField::ContactName => None,
            MergeField::LocationName => self.location_name.as_deref(),
            MergeField::LocationPhone => self.location_phone.as_deref(),
            MergeField::CustomValue(key) => self.custom_values.get(key).map(String::as_str),
            MergeField::NumberName => self.number_name.as_deref(),
            MergeField::NumberLink => self.number_link.as_deref(),
        }
    }

    /// What is printed in place of a missing value: a neutral word, or the reason why there can be no text.
    pub(crate) fn fallback_for(&self, field: &MergeField) -> Result<&'static str, CopyError> {
        match field {
            MergeField::ContactFirstName | MergeField::ContactName => Ok(NEUTRAL_NAME),
            MergeField::ContactLastName => Ok(""),
            MergeField::LocationName
            | MergeField::LocationPhone
            | MergeField::NumberName
            | MergeField::NumberLink => Err(CopyError::new(Kind::FieldMissing, Some(field))),
            MergeField::CustomValue(key) if self.custom_values.contains_key(key) => {
                Err(CopyError::new(Kind::CustomValueEmpty, Some(field)))
            }
            MergeField::CustomValue(_) => {
                Err(CopyError::new(Kind::CustomValueMissing, Some(field)))
            }
        }
    }

    /// Whether there is nothing to print for `field` but its fallback.
    pub(crate) fn lacks(&self, field: &MergeField) -> bool {
        FieldValues::new(self).get(field).is_none()
    }

    /// Whether the contact has any name.
    pub(super) fn has_names(&self) -> bool {
        self.names().iter().any(Option::is_some)
    }

    fn names(&self) -> [Option<&str>; 3] {
        let names = [&self.first_name, &self.last_name, &self.name];
        names.map(|name| name.as_deref().map(String::as_str))
    }
}

/// The values of one draft of a text: those of [`MergeValues`], with other names or without some of them.
pub(super) struct FieldValues<'a> {
    values: &'a MergeValues,
    /// In place of the location's name.
    business_name: Option<&'a str>,
    names: Cow<'a, ContactNames>,
    /// The custom values that the draft does without.
    left_out: &'a [MergeField],
}

impl<'a> FieldValues<'a> {
    /// Exactly these values.
    pub(super) fn new(values: &'a MergeValues) -> Self {
        Self {
            values,
            business_name: None,
            names: Cow::Owned(ContactNames::of(values.names())),
            left_out: &[],
        }
    }

    /// The same with this name of the business, if there is one.
    pub(super) fn with_business(self, business_name: Option<&'a str>) -> Self {
        Self {
            business_name,
            ..self
        }
    }

    /// The same with these names of the contact.
    pub(super) fn with_names<'b>(&'b self, names: &'b ContactNames) -> FieldValues<'b> {
        FieldValues {
            names: Cow::Borrowed(names),
            ..*self
        }
    }

    /// The same without these custom values.
    pub(super) fn without<'b>(&'b self, left_out: &'b [MergeField]) -> FieldValues<'b> {
        FieldValues {
            names: Cow::Borrowed(self.names.as_ref()),
            left_out,
            ..*self
        }
    }

    /// The names of the contact.
    pub(super) fn names(&self) -> &ContactNames {
        &self.names
    }

    /// The value to print for `field`, or nothing if there is none that the reader may see.
    pub(super) fn get(&self, field: &MergeField) -> Option<&str> {
        if field.is_name() {
            return self.names.get(field);
        }
        let value = self.given(field)?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// See [`MergeValues::fallback_for`].
    pub(super) fn fallback_for(&self, field: &MergeField) -> Result<&'static str, CopyError> {
        self.values.fallback_for(field)
    }

    /// Fails if the value of a field is longer than any text, so that no further work is done on it. Names are bounded
    /// when they are shown.
    pub(super) fn check_length(&self, field: &MergeField) -> Result<(), CopyError> {
        match self.given(field) {
            Some(value) if value.len() > LONGEST_VALUE => {
                Err(CopyError::new(Kind::ValueTooLong, Some(field)))
            }
            _ => Ok(()),
        }
    }

    fn given(&self, field: &MergeField) -> Option<&str> {
        match (field, self.business_name) {
            (MergeField::LocationName, Some(name)) => Some(name),
            _ if self.left_out.contains(field) => None,
            _ => self.values.given(field),
        }
    }
}
