//! Numbers that can be bought, and buying one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_with::{apply, skip_serializing_none};

use super::model::{Capabilities, NumberType};
use crate::client::Request;
use crate::error::{Error, Result};
use crate::ids::LocationId;
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// Which numbers to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailableNumbersQuery {
    /// The country as ISO 3166 alpha-2.
    pub country_code: String,
    /// The kinds of numbers; any if there is none, which version 3 of the API does not take.
    pub number_types: Vec<NumberType>,
    /// The digits a number starts with.
    pub first_part: Option<String>,
    /// The digits a number ends with.
    pub last_part: Option<String>,
    /// Digits a number contains.
    pub anywhere: Option<String>,
    /// Those that can text.
    pub sms: Option<bool>,
    /// Those that can text with pictures.
    pub mms: Option<bool>,
    /// Those that can call.
    pub voice: Option<bool>,
}

impl AvailableNumbersQuery {
    /// All numbers of these kinds in a country.
    pub fn new(
        country_code: impl Into<String>,
        number_types: impl IntoIterator<Item = NumberType>,
    ) -> Self {
        Self {
            country_code: country_code.into(),
            number_types: number_types.into_iter().collect(),
            first_part: None,
            last_part: None,
            anywhere: None,
            sms: None,
            mms: None,
            voice: None,
        }
    }

    pub(super) fn check(&self, operation: &'static str, v3: bool) -> Result<()> {
        if v3 && self.number_types.is_empty() {
            return Err(Error::config(
                operation,
                "API version 3 asks for kinds of numbers; name at least one in `number_types`",
            ));
        }
        Ok(())
    }

    /// Adds the search to a request as its parameters. HighLevel's file for version 3 requires all of them; what is not asked
    /// for is left out there too, because an empty text or `false` would ask for something else.
    pub(super) fn parameters(&self, request: Request) -> Request {
        let types: Vec<&str> = self.number_types.iter().map(word).collect();
        request
            .query("countryCode", &self.country_code)
            .query_opt("numberTypes", (!types.is_empty()).then(|| types.join(",")))
            .query_opt("firstPart", self.first_part.as_ref())
            .query_opt("lastPart", self.last_part.as_ref())
            .query_opt("anywhere", self.anywhere.as_ref())
            .query_opt("smsEnabled", self.sms)
            .query_opt("mmsEnabled", self.mms)
            .query_opt("voiceEnabled", self.voice)
    }
}

/// Looking for numbers and buying one spell toll-free in another way than listing them does.
fn word(number_type: &NumberType) -> &str {
    match number_type {
        NumberType::TollFree => "tollFree",
        other => other.as_str(),
    }
}

/// Numbers that can be bought.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct AvailableNumbers {
    /// What to give to [`NumberPurchase::fingerprint_id`], so that HighLevel knows the search again.
    pub fingerprint_id: Option<String>,
    /// The numbers.
    #[serde_as(deserialize_as = "LenientList")]
    pub numbers: Vec<AvailableNumber>,
}

open_enum! {
    /// Which address a buyer has to have.
    pub enum AddressRequirement {
        /// None.
        None = "none",
        /// Any.
        Any = "any",
        /// One in the number's area.
        Local = "local",
        /// One in another country.
        Foreign = "foreign",
    }
}

/// A number that can be bought.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct AvailableNumber {
    /// The number.
    pub phone_number: Option<PhoneNumber>,
    /// The number as people of its country write it.
    pub friendly_name: Option<Private<String>>,
    /// The country as ISO 3166 alpha-2.
    pub iso_country: Option<String>,
    /// The local access and transport area, which North American numbers have.
    pub lata: Option<String>,
    /// The town.
    pub locality: Option<String>,
    /// The rate centre.
    pub rate_center: Option<String>,
    /// The latitude in degrees.
    pub latitude: Option<f64>,
    /// The longitude in degrees.
    pub longitude: Option<f64>,
    /// The state or province.
    pub region: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// Which address a buyer has to have.
    pub address_requirements: Option<AddressRequirement>,
    /// Whether the carrier has it on trial.
    pub beta: Option<bool>,
    /// What it can do.
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub capabilities: Option<Capabilities>,
    /// What it costs.
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub price: Option<NumberPrice>,
}

/// What a number costs.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct NumberPrice {
    /// The kind of number that the price is for.
    pub number_type: Option<NumberType>,
    /// The amount.
    pub price: Option<f64>,
    /// The currency as ISO 4217.
    pub price_unit: Option<String>,
}

/// A number to buy.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberPurchase {
    /// The number.
    pub phone_number: PhoneNumber,
    /// The country as ISO 3166 alpha-2.
    pub country_code: Option<String>,
    /// What kind of number it is.
    #[serde(serialize_with = "number_type")]
    pub number_type: Option<NumberType>,
    /// The carrier's id of an address, where the number's country asks for one.
    pub address_sid: Option<String>,
    /// The carrier's id of papers, where the number's country asks for them.
    pub bundle_sid: Option<String>,
    /// The town.
    pub locality: Option<String>,
    /// The state or province.
    pub region: Option<String>,
    /// [`AvailableNumbers::fingerprint_id`] of the search that gave the number.
    pub fingerprint_id: Option<String>,
    /// Whether to leave out the check who the location is.
    #[serde(rename = "skipLocationKYC")]
    pub skip_location_kyc: Option<bool>,
    /// The payment, as Stripe names it. This and the two below are for API version 3 only:
    /// [`Config`](crate::error::ErrorKind::Config) under version 2.
    pub payment_intent_id: Option<String>,
    /// The account that is paid, as Stripe names it.
    pub stripe_account_id: Option<String>,
    /// The means of payment, as Stripe names it.
    pub payment_method_id: Option<String>,
}

impl NumberPurchase {
    /// The number and nothing else. HighLevel's file for version 3 declares all fields as required; leave none out
    /// there that you know.
    pub fn new(phone_number: PhoneNumber) -> Self {
        Self {
            phone_number,
            country_code: None,
            number_type: None,
            address_sid: None,
            bundle_sid: None,
            locality: None,
            region: None,
            fingerprint_id: None,
            skip_location_kyc: None,
            payment_intent_id: None,
            stripe_account_id: None,
            payment_method_id: None,
        }
    }

    /// Whether it holds what version 2 of the API does not know.
    pub(super) fn pays(&self) -> bool {
        self.payment_intent_id.is_some()
            || self.stripe_account_id.is_some()
            || self.payment_method_id.is_some()
    }
}

fn number_type<S: Serializer>(
    number_type: &Option<NumberType>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    number_type.as_ref().map(word).serialize(serializer)
}

/// What was bought. Version 2 gives the location's account at the carrier after it, version 3 the number.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct PurchasedNumber {
    /// The id of the location's account.
    pub id: Option<String>,
    /// The location.
    #[serde(alias = "location_id")]
    pub location_id: Option<LocationId>,
    /// The number; only version 3 gives it.
    pub number: Option<PhoneNumber>,
    /// Whether HighLevel's own phone system (LC Phone) serves the location.
    #[serde(alias = "under_ghl_account")]
    pub under_lc_account: Option<bool>,
    /// The carrier's id of the account. This and all below are given by version 2 only.
    #[serde(alias = "account_sid")]
    pub account_sid: Option<String>,
    /// Whether numbers are checked before texts are sent to them.
    #[serde(alias = "validate_sms")]
    pub validate_sms: Option<bool>,
    /// How far moving the account's numbers is.
    #[serde(alias = "migration_status")]
    pub migration_status: Option<String>,
    /// The numbers that are being moved.
    #[serde(alias = "migration_numbers")]
    #[serde_as(deserialize_as = "LenientList")]
    pub migration_numbers: Vec<Private<String>>,
    /// What each number is assigned to.
    #[serde_with(skip_apply)]
    #[serde(alias = "assigned_to_numbers")]
    #[serde_as(deserialize_as = "LenientPart")]
    pub assigned_to_numbers: Option<Private<BTreeMap<String, String>>>,
    /// What each number is for, such as `conversation`.
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub numbers: Option<Private<BTreeMap<String, String>>>,
    /// The name of each number.
    #[serde_with(skip_apply)]
    #[serde(alias = "number_name")]
    #[serde_as(deserialize_as = "LenientPart")]
    pub number_name: Option<Private<BTreeMap<String, String>>>,
    /// The carrier's id of the account that numbers are moved to.
    #[serde(alias = "new_account_sid")]
    pub new_account_sid: Option<String>,
}
