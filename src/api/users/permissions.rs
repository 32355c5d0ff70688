//! The permissions of a user.

use serde::{Deserialize, Serialize};
use serde_with::{apply, skip_serializing_none};

use crate::lenient::Lenient;

/// What a user may do and see. `None` is not said on reading, and is not sent on writing: then HighLevel's default
/// counts, which is to allow nearly everything.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct UserPermissions {
    /// See campaigns.
    pub campaigns_enabled: Option<bool>,
    /// See campaigns, and change none.
    pub campaigns_read_only: Option<bool>,
    /// See contacts.
    pub contacts_enabled: Option<bool>,
    /// See workflows.
    pub workflows_enabled: Option<bool>,
    /// See workflows, and change none.
    pub workflows_read_only: Option<bool>,
    /// See triggers.
    pub triggers_enabled: Option<bool>,
    /// See funnels.
    pub funnels_enabled: Option<bool>,
    /// See websites.
    pub websites_enabled: Option<bool>,
    /// See opportunities.
    pub opportunities_enabled: Option<bool>,
    /// See the dashboard's figures.
    pub dashboard_stats_enabled: Option<bool>,
    /// Act on many contacts at once.
    pub bulk_requests_enabled: Option<bool>,
    /// See appointments.
    pub appointments_enabled: Option<bool>,
    /// See reviews.
    pub reviews_enabled: Option<bool>,
    /// See online listings.
    pub online_listings_enabled: Option<bool>,
    /// Make calls.
    pub phone_call_enabled: Option<bool>,
    /// See conversations.
    pub conversations_enabled: Option<bool>,
    /// See nothing but what the user looks after.
    pub assigned_data_only: Option<bool>,
    /// See reports on Google Ads.
    pub adwords_reporting_enabled: Option<bool>,
    /// See memberships.
    pub membership_enabled: Option<bool>,
    /// See reports on Facebook ads.
    pub facebook_ads_reporting_enabled: Option<bool>,
    /// See reports on attribution.
    pub attributions_reporting_enabled: Option<bool>,
    /// See the settings.
    pub settings_enabled: Option<bool>,
    /// See tags.
    pub tags_enabled: Option<bool>,
    /// See what opportunities are worth.
    pub lead_value_enabled: Option<bool>,
    /// See marketing.
    pub marketing_enabled: Option<bool>,
    /// See reports on users.
    pub agent_reporting_enabled: Option<bool>,
    /// Use the bot.
    pub bot_service: Option<bool>,
    /// Use the social planner.
    pub social_planner: Option<bool>,
    /// See blogs.
    pub blogging_enabled: Option<bool>,
    /// See invoices.
    pub invoice_enabled: Option<bool>,
    /// See affiliates.
    pub affiliate_manager_enabled: Option<bool>,
    /// Use AI for content.
    pub content_ai_enabled: Option<bool>,
    /// Pay money back.
    pub refunds_enabled: Option<bool>,
    /// Record payments.
    pub record_payment_enabled: Option<bool>,
    /// Cancel subscriptions.
    pub cancel_subscription_enabled: Option<bool>,
    /// See payments.
    pub payments_enabled: Option<bool>,
    /// See communities.
    pub communities_enabled: Option<bool>,
    /// Export payments.
    pub export_payments_enabled: Option<bool>,
}
