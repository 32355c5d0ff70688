//! How a person is identified: by contact and number to find their episode, by a hash on the suppression list.

use crate::digest::sha256_hex;
use crate::ids::{ContactId, LocationId};
use crate::phone::PhoneNumber;

/// The key to find a person's episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonKey {
    /// The location.
    pub location: LocationId,
    /// The contact.
    pub contact: ContactId,
    /// The number, which also finds the episode.
    pub number: Option<PhoneNumber>,
}

impl PersonKey {
    /// A person by their contact alone.
    pub fn of_contact(location: LocationId, contact: ContactId) -> Self {
        Self {
            location,
            contact,
            number: None,
        }
    }

    /// A person by their number alone, where the contact is not known: somebody who books by phone, say. Their episodes,
    /// opt-outs and consents are found by the number. In place of the contact stands a name that is made of the number's
    /// hash, and that no contact has.
    pub fn of_number(location: LocationId, number: PhoneNumber) -> Self {
        Self {
            location,
            contact: ContactId::standing_for(Subject::number(&number).as_str()),
            number: Some(number),
        }
    }
}

/// An entry of the suppression list: a number or a contact that must not be texted. It is a hash, so that the list can
/// outlive the person's data.
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

    /// A contact and its known numbers, without duplicates.
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
