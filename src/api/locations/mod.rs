//! Locations (sub-accounts): what HighLevel knows of one, and an agency's dealings with its own.
//!
//! Here is what a location asks about itself; what an agency does is in `agency`, locations as they are read in `model`,
//! what is written of them in `write`.
//!
//! Source: HighLevel's OpenAPI file `locations.json`, `/locations/{locationId}`. Scope: `locations.readonly`. Tags, tasks,
//! custom fields, custom values and templates of a location have files of their own beside this folder.

mod agency;
mod model;
mod write;

pub use agency::{LocationSearch, Locations, TwilioAccount};
pub use model::{
    BusinessProfile, ContactIdentifier, LocationDetails, LocationSettings, SocialProfiles,
};
pub use write::{
    LocationSettingsInput, LocationUpdate, MailgunAccess, NewLocation, Prospect, Snapshot,
    TwilioAccess,
};

use serde::{Deserialize, Serialize};
use serde_with::{apply, serde_as};

use super::version_gate;
use crate::client::{Call, Location, Request, path};
use crate::error::Result;
use crate::ids::ConversationProviderId;
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;

const BUILD_V3: &str = "build the client with `ApiVersion::V3`";

impl Location {
    /// Reads the location itself.
    pub fn details(&self) -> Call<'_, LocationDetails> {
        let request = Request::get(path(&["locations", self.id().as_str()]))
            .operation("locations.get")
            .data_key("location");
        self.send(request)
    }

    /// The names of the time zones that HighLevel knows, such as `America/Chicago`.
    ///
    /// The documentation leaves the form of the answer open. A list of texts, or of objects with a `value`, alone or
    /// under `timezones` or `timeZones`, is read.
    pub fn time_zones(&self) -> Call<'_, Vec<String>> {
        let request = Request::get(path(&["locations", self.id().as_str(), "timezones"]))
            .operation("locations.time_zones");
        self.send::<serde_json::Value>(request)
            .map(move |answer| time_zone_names(&answer))
    }

    /// The products of HighLevel that the location may use. An agency's token is needed; in version 3 only.
    pub fn permissions(&self) -> Call<'_, Vec<Permission>> {
        const OPERATION: &str = "locations.permissions";
        let checked = version_gate::version_3(self.speaks_v3(), OPERATION, BUILD_V3);
        let request = Request::get(self.permissions_path()).operation(OPERATION);
        self.send::<Permissions>(request)
            .map(|answer| answer.permissions)
            .only_if(checked)
    }

    /// Sets all the products of HighLevel that the location may use. An agency's token is needed; in version 3 only.
    pub fn set_permissions(&self, permissions: &[Permission]) -> Call<'_, Vec<Permission>> {
        const OPERATION: &str = "locations.set_permissions";
        let checked = version_gate::version_3(self.speaks_v3(), OPERATION, BUILD_V3);
        let request = Request::put(self.permissions_path())
            .operation(OPERATION)
            .json(&PermissionsInput { permissions });
        self.send::<Permissions>(request)
            .map(|answer| answer.permissions)
            .only_if(checked)
    }

    /// The providers that can carry the location's texts or e-mails; in version 3 only.
    pub fn conversation_providers(
        &self,
        channel: &ProviderChannel,
    ) -> Call<'_, Vec<ConversationProvider>> {
        const OPERATION: &str = "locations.conversation_providers";
        let checked = version_gate::version_3(self.speaks_v3(), OPERATION, BUILD_V3);
        let id = self.id().as_str();
        let segments = ["locations", id, "conversationChannels", channel.as_str()];
        let request = Request::get(path(&segments))
            .operation(OPERATION)
            .data_key("conversationChannel");
        let email = *channel == ProviderChannel::Email;
        let answer = self.send::<Channels>(request).only_if(checked);
        answer.map(move |answer| {
            let entries = if email { answer.email } else { answer.sms };
            let providers = entries.into_iter();
            providers
                .filter_map(|entry| entry.conversation_provider)
                .collect()
        })
    }

    fn permissions_path(&self) -> String {
        path(&["locations", self.id().as_str(), "permissions"])
    }
}

fn time_zone_names(answer: &serde_json::Value) -> Vec<String> {
    let list = ["timezones", "timeZones"]
        .iter()
        .find_map(|key| answer.get(key))
        .unwrap_or(answer);
    let name = |item: &serde_json::Value| {
        let text = item.as_str().or_else(|| item.get("value")?.as_str());
        text.map(str::to_owned)
    };
    list.as_array()
        .map(|items| items.iter().filter_map(name).collect())
        .unwrap_or_default()
}

open_enum! {
    /// A product of HighLevel that a location may use.
    pub enum Permission {
        /// Text messages in both directions.
        TwoWayTextMessaging = "2-way-text-messaging",
        /// Google Business messages.
        GoogleBusinessMessaging = "gmb-messaging",
        /// Chat on websites.
        WebChat = "web-chat",
        /// Reviews.
        ReputationManagement = "reputation-management",
        /// Facebook messages.
        FacebookMessenger = "facebook-messenger",
        /// Google Business call tracking.
        GoogleBusinessCallTracking = "gmb-call-tracking",
        /// HighLevel's own text after a missed call.
        MissedCallTextBack = "missed-call-text-back",
        /// Payments by text message.
        TextToPay = "text-to-pay",
        /// Calendars.
        Calendar = "calendar",
        /// Contacts.
        Crm = "crm",
        /// Opportunities.
        Opportunities = "opportunities",
        /// E-mail marketing.
        EmailMarketing = "email-marketing",
        /// Forms.
        FormBuilder = "form-builder",
        /// Surveys.
        SurveyBuilder = "survey-builder",
        /// Trigger links.
        TriggerLinks = "trigger-links",
        /// HTML pages.
        HtmlBuilder = "html-builder",
        /// Templates of texts and e-mails.
        SmsEmailTemplates = "sms-email-templates",
        /// Funnels.
        Funnels = "funnels",
        /// Websites.
        Websites = "websites",
        /// Workflows.
        Workflow = "workflow",
        /// Memberships.
        Membership = "membership",
        /// Reports.
        AllReports = "all-reports",
        /// Triggers.
        Triggers = "triggers",
        /// Campaigns.
        Campaigns = "campaigns",
        /// The launch pad.
        Launchpad = "launchpad",
    }
}

open_enum! {
    /// A channel that providers can carry.
    pub enum ProviderChannel {
        /// Text messages.
        Sms = "SMS",
        /// E-mails.
        Email = "Email",
    }
}

/// What carries a channel's messages.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ConversationProvider {
    /// Its id, such as `twilio_provider`.
    #[serde(rename = "_id", alias = "id")]
    pub id: ConversationProviderId,
    /// The name that people see.
    pub name: Option<String>,
    /// The channel it carries.
    #[serde(rename = "type")]
    pub channel: Option<ProviderChannel>,
    /// Whether it is taken where none is named.
    #[serde(rename = "default")]
    pub is_default: Option<bool>,
}

#[derive(Serialize)]
struct PermissionsInput<'a> {
    permissions: &'a [Permission],
}

#[serde_as]
#[derive(Deserialize)]
struct Permissions {
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    permissions: Vec<Permission>,
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(default)]
struct Channels {
    #[serde(rename = "SMS")]
    #[serde_as(deserialize_as = "LenientList")]
    sms: Vec<ChannelEntry>,
    #[serde(rename = "Email")]
    #[serde_as(deserialize_as = "LenientList")]
    email: Vec<ChannelEntry>,
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ChannelEntry {
    #[serde_as(deserialize_as = "LenientPart")]
    conversation_provider: Option<ConversationProvider>,
}
