//! Users as HighLevel gives them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_with::{apply, serde_as};

use super::permissions::UserPermissions;
use crate::api::listing::Entries;
use crate::ids::{LocationId, UserId};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

open_enum! {
    /// What a user belongs to.
    pub enum UserType {
        /// Locations.
        Account = "account",
        /// The agency.
        Agency = "agency",
    }
}

open_enum! {
    /// What a user may do.
    pub enum UserRole {
        /// Everything.
        Admin = "admin",
        /// What the permissions say.
        User = "user",
    }
}

open_enum! {
    /// The language that the app speaks to a user.
    pub enum PlatformLanguage {
        /// English.
        English = "en_US",
        /// Spanish.
        Spanish = "es",
        /// French of Canada.
        CanadianFrench = "fr_CA",
        /// French of France.
        French = "fr_FR",
        /// Dutch.
        Dutch = "nl",
        /// German.
        German = "de",
        /// Portuguese of Portugal.
        Portuguese = "pt_PT",
        /// Portuguese of Brazil.
        BrazilianPortuguese = "pt_BR",
        /// Italian.
        Italian = "it",
        /// Swedish.
        Swedish = "sv",
        /// Danish.
        Danish = "da",
        /// Finnish.
        Finnish = "fi",
        /// Norwegian.
        Norwegian = "no",
    }
}

/// A user as HighLevel gives it.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The whole name.
    pub name: Option<Private<String>>,
    /// The first name.
    pub first_name: Option<Private<String>>,
    /// The last name.
    pub last_name: Option<Private<String>>,
    /// The e-mail address.
    pub email: Option<Private<String>>,
    /// The phone number. HighLevel keeps it as it was typed; `None` also where that had no country calling code.
    pub phone: Option<PhoneNumber>,
    /// The extension behind the phone number.
    pub extension: Option<Private<String>>,
    /// Whether the user was deleted; `None` where HighLevel does not say.
    pub deleted: Option<bool>,
    /// What the user belongs to and may do.
    #[serde_with(skip_apply)]
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub roles: Option<UserRoles>,
    /// What the user may do and see in detail.
    #[serde_with(skip_apply)]
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub permissions: Option<UserPermissions>,
    /// The newer form of the permissions, such as `contacts.write`.
    #[serde(default, deserialize_with = "one_or_many")]
    pub scopes: Vec<String>,
    /// The user's inbound numbers of HighLevel's own phone system (LC Phone), by location and as HighLevel keeps them.
    #[serde_with(skip_apply)]
    #[serde(default, deserialize_with = "numbers")]
    pub lc_phone: Option<BTreeMap<LocationId, Private<String>>>,
    /// The language that the app speaks to the user.
    pub platform_language: Option<PlatformLanguage>,
}

/// What a user belongs to and may do.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct UserRoles {
    /// Whether the user belongs to locations or to the agency.
    #[serde(rename = "type")]
    #[serde_as(deserialize_as = "Lenient")]
    pub user_type: Option<UserType>,
    /// What the user may do.
    #[serde_as(deserialize_as = "Lenient")]
    pub role: Option<UserRole>,
    /// The locations the user may enter.
    #[serde_as(deserialize_as = "LenientList")]
    pub location_ids: Vec<LocationId>,
    /// Whether an agency's user may enter these locations alone.
    #[serde_as(deserialize_as = "Lenient")]
    pub restrict_sub_account: Option<bool>,
}

#[serde_as]
#[derive(Deserialize)]
pub(super) struct UserList {
    #[serde(default)]
    pub(super) users: Entries<User>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub(super) count: Option<u64>,
}

/// A location without a number is left out; its neighbours stay.
fn numbers<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<LocationId, Private<String>>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Numbers {
        Some(BTreeMap<LocationId, Option<Private<String>>>),
        Neither(IgnoredAny),
    }
    Numbers::deserialize(deserializer).map(|numbers| match numbers {
        Numbers::Some(numbers) => {
            let numbers = numbers.into_iter();
            let given = numbers.filter_map(|(location, number)| Some((location, number?)));
            Some(given.collect())
        }
        Numbers::Neither(_) => None,
    })
}

/// HighLevel documents one scope and sends several.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Scopes {
        One(String),
        Many(Vec<String>),
        Neither(IgnoredAny),
    }
    Scopes::deserialize(deserializer).map(|scopes| match scopes {
        Scopes::One(scope) => vec![scope],
        Scopes::Many(scopes) => scopes,
        Scopes::Neither(_) => Vec::new(),
    })
}
