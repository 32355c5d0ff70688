//! The source that a contact came from.

use serde::Deserialize;
use serde_with::serde_as;

use crate::lenient::Lenient;
use crate::secret::Private;

/// The visit that a contact came from or with. Most fields are empty for contacts that did not come by a website.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Attribution {
    /// The page.
    #[serde_as(deserialize_as = "Lenient")]
    pub url: Option<Private<String>>,
    /// What kind of visit it was, such as `Direct traffic` or `CRM UI`.
    #[serde_as(deserialize_as = "Lenient")]
    pub session_source: Option<String>,
    /// What the contact used, such as `survey`.
    #[serde_as(deserialize_as = "Lenient")]
    pub medium: Option<String>,
    /// The id of what the contact used.
    #[serde_as(deserialize_as = "Lenient")]
    pub medium_id: Option<String>,
    /// The page before.
    #[serde_as(deserialize_as = "Lenient")]
    pub referrer: Option<Private<String>>,
    /// The name of the advertising campaign.
    #[serde_as(deserialize_as = "Lenient")]
    pub campaign: Option<String>,
    /// The id of the advertising campaign.
    #[serde_as(deserialize_as = "Lenient")]
    pub campaign_id: Option<String>,
    /// The `utm_source` of the page's address.
    #[serde_as(deserialize_as = "Lenient")]
    pub utm_source: Option<String>,
    /// The `utm_medium` of the page's address.
    #[serde_as(deserialize_as = "Lenient")]
    pub utm_medium: Option<String>,
    /// The `utm_content` of the page's address.
    #[serde_as(deserialize_as = "Lenient")]
    pub utm_content: Option<String>,
    /// Google's click id.
    #[serde_as(deserialize_as = "Lenient")]
    pub gclid: Option<Private<String>>,
    /// Microsoft's click id.
    #[serde_as(deserialize_as = "Lenient")]
    pub msclikid: Option<Private<String>>,
    /// Google Display's click id.
    #[serde_as(deserialize_as = "Lenient")]
    pub dclid: Option<Private<String>>,
    /// Facebook's click id.
    #[serde_as(deserialize_as = "Lenient")]
    pub fbclid: Option<Private<String>>,
    /// Facebook's click cookie.
    #[serde_as(deserialize_as = "Lenient")]
    pub fbc: Option<Private<String>>,
    /// Facebook's browser cookie.
    #[serde_as(deserialize_as = "Lenient")]
    pub fbp: Option<Private<String>>,
    /// Facebook's id of the event.
    #[serde_as(deserialize_as = "Lenient")]
    pub fb_event_id: Option<Private<String>>,
    /// The browser.
    #[serde_as(deserialize_as = "Lenient")]
    pub user_agent: Option<Private<String>>,
    /// The address on the internet.
    #[serde_as(deserialize_as = "Lenient")]
    pub ip: Option<Private<String>>,
}
