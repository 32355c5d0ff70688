//! Bodies by which an agency creates or changes a location.

use serde::{Serialize, Serializer};
use serde_with::skip_serializing_none;

use super::model::SocialProfiles;
use crate::ids::{CompanyId, SnapshotId};
use crate::phone::PhoneNumber;
use crate::secret::{Private, Secret};

/// A location to create.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewLocation {
    /// The name.
    pub name: String,
    /// The agency.
    pub company_id: CompanyId,
    /// The phone number of the business.
    pub phone: Option<PhoneNumber>,
    /// Street and house number.
    pub address: Option<Private<String>>,
    /// The city.
    pub city: Option<Private<String>>,
    /// The state or province.
    pub state: Option<String>,
    /// The country as ISO 3166 alpha-2.
    pub country: Option<String>,
    /// The postal code.
    pub postal_code: Option<Private<String>>,
    /// The website.
    pub website: Option<String>,
    /// The time zone as an IANA name.
    pub timezone: Option<String>,
    /// The person to speak to.
    pub prospect_info: Option<Prospect>,
    /// How the location treats contacts.
    pub settings: Option<LocationSettingsInput>,
    /// Where else the business is on the internet.
    pub social: Option<SocialProfiles>,
    /// The Twilio account that carries its calls and texts.
    pub twilio: Option<TwilioAccess>,
    /// The Mailgun account that carries its e-mails.
    pub mailgun: Option<MailgunAccess>,
    /// What the location starts with.
    pub snapshot_id: Option<SnapshotId>,
}

impl NewLocation {
    /// A location with nothing but a name.
    pub fn new(company_id: CompanyId, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            company_id,
            phone: None,
            address: None,
            city: None,
            state: None,
            country: None,
            postal_code: None,
            website: None,
            timezone: None,
            prospect_info: None,
            settings: None,
            social: None,
            twilio: None,
            mailgun: None,
            snapshot_id: None,
        }
    }
}

/// What to change about a location; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LocationUpdate {
    /// The agency; HighLevel asks for it.
    pub company_id: CompanyId,
    /// The name.
    pub name: Option<String>,
    /// The phone number of the business.
    pub phone: Option<PhoneNumber>,
    /// Street and house number.
    pub address: Option<Private<String>>,
    /// The city.
    pub city: Option<Private<String>>,
    /// The state or province.
    pub state: Option<String>,
    /// The country as ISO 3166 alpha-2.
    pub country: Option<String>,
    /// The postal code.
    pub postal_code: Option<Private<String>>,
    /// The website.
    pub website: Option<String>,
    /// The time zone as an IANA name.
    pub timezone: Option<String>,
    /// The person to speak to.
    pub prospect_info: Option<Prospect>,
    /// How the location treats contacts.
    pub settings: Option<LocationSettingsInput>,
    /// Where else the business is on the internet.
    pub social: Option<SocialProfiles>,
    /// The Twilio account that carries its calls and texts.
    pub twilio: Option<TwilioAccess>,
    /// The Mailgun account that carries its e-mails.
    pub mailgun: Option<MailgunAccess>,
    /// What to load into the location.
    pub snapshot: Option<Snapshot>,
}

impl LocationUpdate {
    /// An update that changes nothing yet.
    pub fn new(company_id: CompanyId) -> Self {
        Self {
            company_id,
            name: None,
            phone: None,
            address: None,
            city: None,
            state: None,
            country: None,
            postal_code: None,
            website: None,
            timezone: None,
            prospect_info: None,
            settings: None,
            social: None,
            twilio: None,
            mailgun: None,
            snapshot: None,
        }
    }
}

/// The person to speak to; HighLevel asks for all three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Prospect {
    /// The first name.
    pub first_name: Private<String>,
    /// The last name.
    pub last_name: Private<String>,
    /// The e-mail address.
    pub email: Private<String>,
}

/// How a location treats contacts, as far as it can be written.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LocationSettingsInput {
    /// Whether two contacts may have the same e-mail or phone.
    pub allow_duplicate_contact: Option<bool>,
    /// Whether a contact may have two opportunities in one pipeline.
    pub allow_duplicate_opportunity: Option<bool>,
    /// Whether contacts that come by Facebook are merged by their name.
    pub allow_facebook_name_merge: Option<bool>,
    /// Whether contacts have no time zones of their own.
    pub disable_contact_timezone: Option<bool>,
}

/// The access to a Twilio account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TwilioAccess {
    /// The account's id.
    pub sid: String,
    /// The account's token.
    #[serde(serialize_with = "exposed")]
    pub auth_token: Secret,
}

/// The access to a Mailgun account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MailgunAccess {
    /// The account's key.
    #[serde(serialize_with = "exposed")]
    pub api_key: Secret,
    /// The domain that sends.
    pub domain: String,
}

/// A snapshot to load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// Its id.
    pub id: SnapshotId,
    /// Whether it overwrites what is in its way.
    #[serde(rename = "override")]
    pub overrides: bool,
}

/// A secret does not serialise itself; here it is what HighLevel is given.
fn exposed<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}
