//! Bodies that create or change a user.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_with::skip_serializing_none;

use super::model::{PlatformLanguage, UserRole, UserType};
use super::permissions::UserPermissions;
use crate::ids::{CompanyId, LocationId};
use crate::phone::PhoneNumber;
use crate::secret::{Private, Secret};

/// A user to create.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewUser {
    /// The agency.
    pub company_id: CompanyId,
    /// The first name.
    pub first_name: Private<String>,
    /// The last name.
    pub last_name: Private<String>,
    /// The e-mail address, with which the user logs in.
    pub email: Private<String>,
    /// The password, with which the user logs in.
    #[serde(serialize_with = "password")]
    pub password: Secret,
    /// What the user belongs to.
    #[serde(rename = "type")]
    pub user_type: UserType,
    /// What the user may do.
    pub role: UserRole,
    /// The locations the user may enter.
    pub location_ids: Vec<LocationId>,
    /// The phone number.
    pub phone: Option<PhoneNumber>,
    /// What the user may do and see in detail.
    pub permissions: Option<UserPermissions>,
    /// The newer form of the permissions, such as `contacts.write`: these alone are given, so none by an empty list.
    pub scopes: Option<Vec<String>>,
    /// The scopes that hold for what the user looks after alone.
    pub scopes_assigned_to_only: Option<Vec<String>>,
    /// The address of a picture.
    pub profile_photo: Option<String>,
    /// The user's number for calls and voicemail, by location; for locations with a Twilio account of their own.
    pub twilio_phone: Option<BTreeMap<LocationId, PhoneNumber>>,
    /// The language that the app speaks to the user.
    pub platform_language: Option<PlatformLanguage>,
}

/// What to change about a user; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserUpdate {
    /// The agency; HighLevel asks for it where the token is an agency's.
    pub company_id: Option<CompanyId>,
    /// The first name.
    pub first_name: Option<Private<String>>,
    /// The last name.
    pub last_name: Option<Private<String>>,
    /// The e-mail address, with which the user logs in.
    pub email: Option<Private<String>>,
    /// The password, with which the user logs in.
    #[serde(serialize_with = "new_password")]
    pub password: Option<Secret>,
    /// What the user belongs to.
    #[serde(rename = "type")]
    pub user_type: Option<UserType>,
    /// What the user may do.
    pub role: Option<UserRole>,
    /// All locations the user may enter.
    pub location_ids: Option<Vec<LocationId>>,
    /// The phone number.
    pub phone: Option<PhoneNumber>,
    /// What the user may do and see in detail.
    pub permissions: Option<UserPermissions>,
    /// The newer form of the permissions, such as `contacts.write`. They replace all that the user has; an empty list
    /// takes all away.
    pub scopes: Option<Vec<String>>,
    /// The scopes that hold for what the user looks after alone. They replace all that the user has.
    pub scopes_assigned_to_only: Option<Vec<String>>,
    /// The address of a picture.
    pub profile_photo: Option<String>,
    /// The user's number for calls and voicemail, by location; for locations with a Twilio account of their own. They
    /// replace all that the user has: a location left out loses its number.
    pub twilio_phone: Option<BTreeMap<LocationId, PhoneNumber>>,
    /// The language that the app speaks to the user.
    pub platform_language: Option<PlatformLanguage>,
}

/// A password has to be sent; a [`Secret`] does not write itself.
fn password<S: Serializer>(password: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(password.expose())
}

fn new_password<S: Serializer>(
    password: &Option<Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match password {
        Some(password) => serializer.serialize_str(password.expose()),
        None => serializer.serialize_none(),
    }
}
