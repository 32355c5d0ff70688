//! Companies: the agencies above locations.
//!
//! Source: HighLevel's OpenAPI files `companies.json` and `companies-v3.json`, which are alike. Scope:
//! `companies.readonly`, with a token of the agency.

use serde::Deserialize;
use serde_json::{Map, Value};
use serde_with::apply;

use crate::client::{Call, Client, Request, path};
use crate::ids::{CompanyId, UserId};
use crate::lenient::{Lenient, LenientPart};
use crate::secret::Private;

/// The agencies that the client's default token belongs to. Made by [`Client::companies`].
#[derive(Debug, Clone, Copy)]
pub struct Companies<'a> {
    client: &'a Client,
}

impl Client {
    /// The agencies. The client's default token has to be an agency's.
    pub fn companies(&self) -> Companies<'_> {
        Companies { client: self }
    }
}

impl<'a> Companies<'a> {
    /// One company by its id.
    pub fn get(&self, id: &CompanyId) -> Call<'a, Company> {
        let request = Request::get(path(&["companies", id.as_str()]))
            .operation("companies.get")
            .data_key("company");
        self.client.send(request)
    }
}

/// A company as HighLevel gives it. The names and addresses on the web are those of a business and are printed; its
/// postal address, e-mail and phone are not.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// The name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<Private<String>>,
    /// The phone number as it was typed.
    pub phone: Option<Private<String>>,
    /// The website.
    pub website: Option<String>,
    /// The logo.
    pub logo_url: Option<String>,
    /// Street and house number.
    pub address: Option<Private<String>>,
    /// The city.
    pub city: Option<Private<String>>,
    /// The state or province.
    pub state: Option<Private<String>>,
    /// The postal code.
    pub postal_code: Option<Private<String>>,
    /// The country as ISO 3166 alpha-2.
    pub country: Option<String>,
    /// The time zone as an IANA name, such as the older `US/Central`.
    pub timezone: Option<String>,
    /// The white-label domain of the app.
    pub domain: Option<String>,
    /// The white-label domain of the API.
    pub spare_domain: Option<String>,
    /// The subdomain of the app.
    pub subdomain: Option<String>,
    /// The address of the privacy policy.
    pub privacy_policy: Option<String>,
    /// The address of the terms and conditions.
    pub terms_conditions: Option<String>,
    /// The state of the subscription, such as `active-trial`.
    pub status: Option<String>,
    /// What kind of customer it is, such as `agency`.
    pub customer_type: Option<String>,
    /// The number of the plan.
    pub plan: Option<i64>,
    /// The currency.
    pub currency: Option<String>,
    /// How many locations it has.
    pub location_count: Option<u64>,
    /// The number by which HighLevel's support knows it.
    pub relationship_number: Option<String>,
    /// The niche it works in.
    pub business_niche: Option<String>,
    /// The category of its business.
    pub business_category: Option<String>,
    /// The affinity group of its business.
    pub business_affinity_group: Option<String>,
    /// By whom it was referred.
    pub referral_id: Option<String>,
    /// Its account at Stripe.
    pub stripe_connect_id: Option<String>,
    /// Whether it resells HighLevel's services.
    pub is_reselling: Option<bool>,
    /// Whether it is an enterprise account.
    pub is_enterprise_account: Option<bool>,
    /// Whether it is a sandbox.
    pub is_sandbox_account: Option<bool>,
    /// Whether it has priority support.
    pub premium_upgraded: Option<bool>,
    /// Whether its clients may upgrade.
    pub upgrade_enabled_for_clients: Option<bool>,
    /// Whether its clients may cancel.
    pub cancel_enabled_for_clients: Option<bool>,
    /// Whether locations that do not pay are suspended by themselves.
    pub auto_suspend_enabled: Option<bool>,
    /// Whether features that HighLevel has given up are shown.
    pub enable_depreciated_features: Option<bool>,
    /// Whether HighLevel's e-mail service is off.
    pub disable_email_service: Option<bool>,
    /// Whether new locations start with sample data.
    pub enable_new_sub_account_default_data: Option<bool>,
    /// Whether its telephony is on trial.
    pub twilio_trial_mode: Option<bool>,
    /// What is left of the credit for telephony.
    pub twilio_free_credits: Option<f64>,
    /// The version of the terms of service that was accepted.
    pub terms_of_service_version: Option<String>,
    /// Who accepted the terms of service.
    pub terms_of_service_accepted_by: Option<UserId>,
    /// When the terms of service were accepted, as HighLevel writes it.
    pub terms_of_service_accepted_date: Option<String>,
    /// The version of the privacy policy that was accepted.
    pub privacy_policy_version: Option<String>,
    /// Who accepted the privacy policy.
    pub privacy_policy_accepted_by: Option<UserId>,
    /// When the privacy policy was accepted, as HighLevel writes it.
    pub privacy_policy_accepted_date: Option<String>,
    /// The version of the affiliate policy that was accepted.
    pub affiliate_policy_version: Option<String>,
    /// Who accepted the affiliate policy.
    pub affiliate_policy_accepted_by: Option<UserId>,
    /// When the affiliate policy was accepted, as HighLevel writes it.
    pub affiliate_policy_accepted_date: Option<String>,
    /// What was asked when the company joined HighLevel.
    #[serde_with(skip_apply)]
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub onboarding_info: Option<Private<Map<String, Value>>>,
    /// Settings for reselling; HighLevel does not document the form.
    #[serde_with(skip_apply)]
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub saas_settings: Option<Private<Map<String, Value>>>,
}
