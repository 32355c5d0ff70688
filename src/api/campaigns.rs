//! Campaigns, HighLevel's older workflows: put contacts in and take them out. The API can do no more with them.
//!
//! Source: HighLevel's OpenAPI file `contacts.json`, `/contacts/{contactId}/campaigns`. Scope: `contacts.write`.

use serde::Serialize;

use crate::client::{Location, Request, path};
use crate::error::Result;
use crate::ids::{CampaignId, ContactId};

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

impl Campaigns<'_> {
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

/// HighLevel asks for a body and defines no field of it.
#[derive(Serialize)]
struct Nothing {}
