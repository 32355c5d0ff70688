//! What a template is filled with: values of one contact, one location and its custom values.

use std::collections::BTreeMap;

use super::contact_name::presentable;
use super::error::{CopyError, Kind, LONGEST_VALUE};
use super::template::MergeField;
use super::transliterate::latin;
use crate::secret::Private;

/// First names longer than this are no first names.
pub(crate) const FIRST_NAME_LIMIT: usize = 20;
/// The same for a whole name.
pub(crate) const NAME_LIMIT: usize = 40;
/// What a greeting says to somebody whose name is not known.
const NEUTRAL_NAME: &str = "there";

/// The values of the merge fields for one text. They are data: nothing in them is ever read as a template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeValues {
    /// `contact.first_name` as the contact has it, presentable or not.
    pub first_name: Option<Private<String>>,
    /// `contact.last_name`.
    pub last_name: Option<Private<String>>,
    /// `contact.name`. Without it, first and last name are put together.
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
    /// The value to print for `field`, or nothing if there is none that can be shown to the reader.
    pub(crate) fn get(&self, field: &MergeField) -> Option<String> {
        let shown = |value: &Option<Private<String>>, limit| {
            value.as_deref().and_then(|value| presentable(value, limit))
        };
        match field {
            MergeField::ContactFirstName => shown(&self.first_name, FIRST_NAME_LIMIT),
            MergeField::ContactLastName => shown(&self.last_name, FIRST_NAME_LIMIT),
            MergeField::ContactName => shown(&self.name, NAME_LIMIT).or_else(|| {
                let first = shown(&self.first_name, FIRST_NAME_LIMIT)?;
                match shown(&self.last_name, FIRST_NAME_LIMIT) {
                    Some(last) => Some(format!("{first} {last}")),
                    None => Some(first),
                }
            }),
            MergeField::LocationName => trimmed(self.location_name.as_deref()),
            MergeField::LocationPhone => trimmed(self.location_phone.as_deref()),
            MergeField::CustomValue(key) => {
                trimmed(self.custom_values.get(key).map(String::as_str))
            }
            MergeField::NumberName => trimmed(self.number_name.as_deref()),
            MergeField::NumberLink => trimmed(self.number_link.as_deref()),
        }
    }

    /// Fails if the value of a field is longer than any text: nothing else is to be done with it then. Names are bounded
    /// when they are shown.
    pub(super) fn check_length(&self, field: &MergeField) -> Result<(), CopyError> {
        let value = match field {
            MergeField::ContactFirstName
            | MergeField::ContactLastName
            | MergeField::ContactName => None,
            MergeField::LocationName => self.location_name.as_ref(),
            MergeField::LocationPhone => self.location_phone.as_ref(),
            MergeField::CustomValue(key) => self.custom_values.get(key),
            MergeField::NumberName => self.number_name.as_ref(),
            MergeField::NumberLink => self.number_link.as_ref(),
        };
        match value {
            Some(value) if value.len() > LONGEST_VALUE => {
                Err(CopyError::new(Kind::ValueTooLong, Some(field)))
            }
            _ => Ok(()),
        }
    }

    /// What stands in for a field without a value: a neutral word, or the reason why there can be no text.
    pub(crate) fn absence(&self, field: &MergeField) -> Result<&'static str, CopyError> {
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

    /// The same values without those of the contact for which `refuse` holds.
    pub(super) fn without_names(mut self, refuse: impl Fn(&str) -> bool) -> Self {
        for name in self.names_mut() {
            if name.as_deref().is_some_and(|name| refuse(name)) {
                *name = None;
            }
        }
        self
    }

    /// Whether there is any name of the contact.
    pub(super) fn has_names(&self) -> bool {
        self.first_name.is_some() || self.last_name.is_some() || self.name.is_some()
    }

    /// The same values with each name of the contact as a text shows it.
    pub(super) fn with_names_as_shown(mut self) -> Self {
        (self.first_name, self.last_name, self.name) = (
            self.get(&MergeField::ContactFirstName).map(Private::new),
            self.get(&MergeField::ContactLastName).map(Private::new),
            self.get(&MergeField::ContactName).map(Private::new),
        );
        self
    }

    /// The same values with the names in plain letters, and without a name that cannot be written so.
    pub(super) fn with_latin_names(mut self) -> Self {
        for name in self.names_mut() {
            *name = name
                .as_deref()
                .and_then(|name| latin(name))
                .map(Private::new);
        }
        self
    }

    /// The same values with the first name for the whole name, and no last name.
    pub(super) fn with_first_name_only(mut self) -> Self {
        self.last_name = None;
        self.name = None;
        self
    }

    fn names_mut(&mut self) -> [&mut Option<Private<String>>; 3] {
        [&mut self.first_name, &mut self.last_name, &mut self.name]
    }
}

fn trimmed(value: Option<&str>) -> Option<String> {
    let value = value?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}
