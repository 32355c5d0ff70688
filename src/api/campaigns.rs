//! Campaigns, HighLevel's older workflows: list them, put contacts in and take them out. The API can do no more with them.
//!
//! Source: HighLevel's OpenAPI file `contacts.json`, `/contacts/{contactId}/campaigns`, and its live documentation ("Get
//! Campaigns"). Scopes: `campaigns.readonly`, `contacts.write`.

use serde::{Deserialize, Serialize};
use serde_with::apply;

use crate::api::listing::Entries;
use crate::client::{Call, Location, Request, path};
use crate::error::Result;
use crate::ids::{CampaignId, ContactId, LocationId};
use crate::lenient::Lenient;
use crate::open_enum::open_enum;

/// The campaigns of one location. Made by [`Location::campaigns`].
#[derive(Debug, Clone, Copy)]
pub struct Campaigns<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's campaigns.
    pub fn campaigns(&self) -> Campaigns<'_> {
        Campaigns { location: self }
    }
}

impl<'a> Campaigns<'a> {
    /// All campaigns, or those in one state; HighLevel does not page them.
    pub fn list(&self, status: Option<&CampaignStatus>) -> Call<'a, Vec<Campaign>> {
        let request = Request::get(path(&["campaigns", ""]))
            .operation("campaigns.list")
            .query("locationId", self.location.id())
            .query_opt("status", status);
        self.location
            .send::<CampaignList>(request)
            .map(|list| list.campaigns.items)
    }

    /// Puts a contact into a campaign.
    ///
    /// It is not repeated, and whether it was done cannot be read back: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome) a person has to look.
    pub async fn add_contact(&self, contact: &ContactId, campaign: &CampaignId) -> Result<()> {
        let request = Request::post(campaign_path(contact, campaign.as_str()))
            .operation("campaigns.add_contact")
            .json(&Nothing {});
        self.location.send_discarding(request).await
    }

    /// Takes a contact out of a campaign.
    pub async fn remove_contact(&self, contact: &ContactId, campaign: &CampaignId) -> Result<()> {
        let request = Request::delete(campaign_path(contact, campaign.as_str()))
            .operation("campaigns.remove_contact");
        self.location.send_discarding(request).await
    }

    /// Takes a contact out of all campaigns.
    pub async fn remove_contact_from_all(&self, contact: &ContactId) -> Result<()> {
        let all = if self.location.speaks_v3() {
            "remove-all"
        } else {
            "removeAll"
        };
        let request = Request::delete(campaign_path(contact, all))
            .operation("campaigns.remove_contact_from_all");
        self.location.send_discarding(request).await
    }
}

fn campaign_path(contact: &ContactId, last: &str) -> String {
    path(&["contacts", contact.as_str(), "campaigns", last])
}

open_enum! {
    /// Whether a campaign runs.
    pub enum CampaignStatus {
        /// It does not.
        Draft = "draft",
        /// It does.
        Published = "published",
    }
}

/// A campaign as HighLevel lists it.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// The name that people see.
    pub name: Option<String>,
    /// Whether it runs.
    pub status: Option<CampaignStatus>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
}

#[derive(Deserialize)]
struct CampaignList {
    #[serde(default)]
    campaigns: Entries<Campaign>,
}

/// HighLevel asks for a body and defines no field of it.
#[derive(Serialize)]
struct Nothing {}
