//! A location as HighLevel gives it.

use serde::{Deserialize, Serialize};
use serde_with::{apply, serde_as, skip_serializing_none};

use crate::ids::{CompanyId, LocationId};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// A location as HighLevel gives it. The names and the website are those of a business and are printed; its address,
/// e-mail and contact person are not.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LocationDetails {
    /// Its id.
    pub id: LocationId,
    /// The agency above it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub company_id: Option<CompanyId>,
    /// The name of the location.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<String>,
    /// The time zone as an IANA name, such as `America/Chicago` or the older `US/Central`.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub timezone: Option<String>,
    /// The phone number of the business. It need not be one that HighLevel sends from.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub phone: Option<PhoneNumber>,
    /// The e-mail address of the business.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub email: Option<Private<String>>,
    /// The first name of the person to speak to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub first_name: Option<Private<String>>,
    /// The last name of the person to speak to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub last_name: Option<Private<String>>,
    /// Street and house number.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub address: Option<Private<String>>,
    /// The city.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub city: Option<Private<String>>,
    /// The state or province.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub state: Option<String>,
    /// The postal code.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub postal_code: Option<Private<String>>,
    /// The country as ISO 3166 alpha-2.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub country: Option<String>,
    /// The website.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub website: Option<String>,
    /// The business as its own profile page has it; it may differ from the fields above.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub business: Option<BusinessProfile>,
    /// How the location treats contacts.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub settings: Option<LocationSettings>,
    /// The domain of the location's pages in the app.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub domain: Option<String>,
    /// The URL of the logo.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub logo_url: Option<String>,
    /// Where else the business is on the internet.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub social: Option<SocialProfiles>,
    /// What the agency sells the location; HighLevel's documentation does not say in which form.
    #[serde(default)]
    pub reseller: Option<serde_json::Value>,
}

/// The business of a location as its profile page has it.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct BusinessProfile {
    /// The name of the business.
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<String>,
    /// The time zone as an IANA name.
    #[serde_as(deserialize_as = "Lenient")]
    pub timezone: Option<String>,
    /// The website.
    #[serde_as(deserialize_as = "Lenient")]
    pub website: Option<String>,
    /// Street and house number.
    #[serde_as(deserialize_as = "Lenient")]
    pub address: Option<Private<String>>,
    /// The city.
    #[serde_as(deserialize_as = "Lenient")]
    pub city: Option<Private<String>>,
    /// The state or province.
    #[serde_as(deserialize_as = "Lenient")]
    pub state: Option<String>,
    /// The postal code.
    #[serde_as(deserialize_as = "Lenient")]
    pub postal_code: Option<Private<String>>,
    /// The country as ISO 3166 alpha-2.
    #[serde_as(deserialize_as = "Lenient")]
    pub country: Option<String>,
    /// The URL of the logo.
    #[serde_as(deserialize_as = "Lenient")]
    pub logo_url: Option<String>,
}

open_enum! {
    /// What HighLevel recognises a contact by.
    pub enum ContactIdentifier {
        /// The e-mail address.
        Email = "email",
        /// The phone number.
        Phone = "phone",
    }
}

/// How a location treats contacts. Source: help article 48001181714 and live answers.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct LocationSettings {
    /// Whether two contacts may have the same e-mail or phone.
    #[serde_as(deserialize_as = "Lenient")]
    pub allow_duplicate_contact: Option<bool>,
    /// Whether a contact may have two opportunities in one pipeline.
    #[serde_as(deserialize_as = "Lenient")]
    pub allow_duplicate_opportunity: Option<bool>,
    /// Whether contacts that come by Facebook are merged by their name.
    #[serde_as(deserialize_as = "Lenient")]
    pub allow_facebook_name_merge: Option<bool>,
    /// Whether contacts have no time zones of their own.
    #[serde_as(deserialize_as = "Lenient")]
    pub disable_contact_timezone: Option<bool>,
    /// What an upsert recognises a contact by, in this order.
    #[serde_as(deserialize_as = "LenientList")]
    pub contact_unique_identifiers: Vec<ContactIdentifier>,
}

/// Where else a business is on the internet.
#[skip_serializing_none]
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SocialProfiles {
    /// Facebook.
    pub facebook_url: Option<String>,
    /// Google+, which was shut down.
    pub google_plus: Option<String>,
    /// LinkedIn.
    #[serde(rename = "linkedIn")]
    pub linked_in: Option<String>,
    /// Foursquare.
    pub foursquare: Option<String>,
    /// X.
    pub twitter: Option<String>,
    /// Yelp.
    pub yelp: Option<String>,
    /// Instagram.
    pub instagram: Option<String>,
    /// YouTube.
    pub youtube: Option<String>,
    /// Pinterest.
    pub pinterest: Option<String>,
    /// The RSS feed of the blog.
    pub blog_rss: Option<String>,
    /// The place's id at Google.
    pub google_places_id: Option<String>,
}
