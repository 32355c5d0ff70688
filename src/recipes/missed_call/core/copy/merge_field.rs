//! Merge fields: the values that a template may ask for.

use std::fmt;

/// The fields with a fixed name, as they are written.
pub(super) const FIXED_FIELDS: &[&str] = &[
    "contact.first_name",
    "contact.last_name",
    "contact.name",
    "location.name",
    "location.phone",
    "number.name",
    "number.link",
];

/// A value that a template may ask for, written as in HighLevel: `{{ contact.first_name }}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MergeField {
    /// `contact.first_name`; "there" if the contact has no presentable first name.
    ContactFirstName,
    /// `contact.last_name`; nothing is printed if the contact has no presentable last name.
    ContactLastName,
    /// `contact.name`; "there" if the contact has no presentable name.
    ContactName,
    /// `location.name`: what the business calls itself in texts.
    LocationName,
    /// `location.phone`: the business's phone number as HighLevel has it, in E.164.
    LocationPhone,
    /// `custom_values.<key>`: a custom value of the location.
    CustomValue(String),
    /// `number.name`: what the recipe calls the number that was called.
    NumberName,
    /// `number.link`: the one link of the number that was called.
    NumberLink,
}

impl MergeField {
    pub(super) fn parse(path: &str) -> Option<Self> {
        Some(match path {
            "contact.first_name" => Self::ContactFirstName,
            "contact.last_name" => Self::ContactLastName,
            "contact.name" => Self::ContactName,
            "location.name" => Self::LocationName,
            "location.phone" => Self::LocationPhone,
            "number.name" => Self::NumberName,
            "number.link" => Self::NumberLink,
            _ => {
                let key = path.strip_prefix("custom_values.")?;
                let is_key = !key.is_empty()
                    && key
                        .bytes()
                        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
                if !is_key {
                    return None;
                }
                Self::CustomValue(key.to_owned())
            }
        })
    }

    /// Whether the value must be a link: the number's link, or a custom value with `link` or `url` in its key.
    pub(crate) fn is_link(&self) -> bool {
        match self {
            Self::NumberLink => true,
            Self::CustomValue(key) => key.contains("link") || key.contains("url"),
            _ => false,
        }
    }

    /// Whether the value is a name of the contact.
    pub(crate) fn is_name(&self) -> bool {
        matches!(
            self,
            Self::ContactFirstName | Self::ContactLastName | Self::ContactName
        )
    }

    /// Whether nothing is printed in place of a missing value.
    pub(super) fn is_left_out(&self) -> bool {
        matches!(self, Self::ContactLastName)
    }

    /// Whether the value depends on the number that was called.
    pub(crate) fn is_of_number(&self) -> bool {
        matches!(self, Self::NumberName | Self::NumberLink)
    }
}

impl fmt::Display for MergeField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ContactFirstName => "contact.first_name",
            Self::ContactLastName => "contact.last_name",
            Self::ContactName => "contact.name",
            Self::LocationName => "location.name",
            Self::LocationPhone => "location.phone",
            Self::NumberName => "number.name",
            Self::NumberLink => "number.link",
            Self::CustomValue(key) => return write!(f, "custom_values.{key}"),
        })
    }
}
