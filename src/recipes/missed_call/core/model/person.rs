//! How a person is named: by contact and number to find their episode, by a hash on the suppression list.

use crate::digest::sha256_hex;
use crate::ids::{ContactId, LocationId};
use crate::phone::PhoneNumber;

/// How to find somebody's episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonKey {
    /// Where.
    pub location: LocationId,
    /// By the contact …
    pub contact: ContactId,
    /// … or by the number.
    pub number: Option<PhoneNumber>,
}

/// Who must not be texted: a number or a contact, kept as a hash so that the list outlives the person's data.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject(String);

impl Subject {
    /// A number.
    pub fn number(number: &PhoneNumber) -> Self {
        Self::hashed(&format!("number:{}", number.e164()))
    }

    /// A contact, for opt-outs that come without a number.
    pub fn contact(contact: &ContactId) -> Self {
        Self::hashed(&format!("contact:{contact}"))
    }

    /// A contact and the numbers known for it, each once.
    pub(crate) fn all<'a>(
        contact: &ContactId,
        numbers: impl IntoIterator<Item = &'a PhoneNumber>,
    ) -> Vec<Self> {
        let mut subjects = vec![Self::contact(contact)];
        subjects.extend(numbers.into_iter().map(Self::number));
        subjects.sort();
        subjects.dedup();
        subjects
    }

    fn hashed(text: &str) -> Self {
        Self(sha256_hex(text.as_bytes()))
    }

    /// The hash in hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
