//! Operations of an agency on its locations. Each needs the agency's own token, as the client's default one.
//!
//! Source: HighLevel's OpenAPI file `locations.json`. Scopes: `locations.readonly`, `locations.write`; HighLevel gives the
//! scope for deleting to its own apps only.

use futures_util::Stream;
use serde::Deserialize;
use serde_with::serde_as;

use super::model::LocationDetails;
use super::write::{LocationUpdate, NewLocation};
use crate::api::cursor::SortDirection;
use crate::api::listing::Entries;
use crate::api::offset::OffsetPage;
use crate::client::{Call, Client, Request, items, path};
use crate::error::Result;
use crate::ids::{CompanyId, LocationId};
use crate::secret::Private;

/// The locations of an agency. Made by [`Client::locations`].
#[derive(Debug, Clone, Copy)]
pub struct Locations<'a> {
    client: &'a Client,
}

impl Client {
    /// The locations of the agency whose token is the client's default one.
    pub fn locations(&self) -> Locations<'_> {
        Locations { client: self }
    }
}

impl<'a> Locations<'a> {
    /// One page of the agency's locations. Their details are fewer than those of
    /// [`Location::details`](crate::client::Location::details).
    pub fn search(&self, search: &LocationSearch) -> Call<'a, OffsetPage<LocationDetails>> {
        let (skip, limit) = (search.skip, u64::from(search.limit));
        let request = Request::get(path(&["locations", "search"]))
            .operation("locations.search")
            .query_opt("companyId", search.company_id.as_ref())
            .query_opt("email", search.email.as_ref().map(|text| text.as_str()))
            .query_opt("order", search.order.map(SortDirection::as_str))
            .query("skip", skip)
            .query("limit", search.limit);
        self.client
            .send::<LocationList>(request)
            .map(move |answer| OffsetPage::new(answer.locations, None, Some(skip), Some(limit)))
    }

    /// All locations that a search finds, page after page from the one it names.
    pub fn stream(
        &self,
        search: &LocationSearch,
    ) -> impl Stream<Item = Result<LocationDetails>> + Send + use<'a> {
        let (locations, search) = (*self, search.clone());
        items("locations.search", Some(search.skip), move |ask| {
            let mut search = search.clone();
            search.skip = ask.cursor.unwrap_or(search.skip);
            locations.search(&search)
        })
    }

    /// Creates a location, which HighLevel allows to agencies on its largest plan. It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with [`search`](Self::search).
    pub fn create(&self, location: &NewLocation) -> Call<'a, LocationDetails> {
        let request = Request::post(path(&["locations", ""]))
            .operation("locations.create")
            .json(location)
            .data_key("location");
        self.client.send(request)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(&self, id: &LocationId, update: &LocationUpdate) -> Call<'a, LocationDetails> {
        let request = Request::put(path(&["locations", id.as_str()]))
            .operation("locations.update")
            .json(update)
            .data_key("location");
        self.client.send(request)
    }

    /// Deletes a location with all that is in it.
    pub async fn delete(&self, id: &LocationId, twilio: TwilioAccount) -> Result<()> {
        let request = Request::delete(path(&["locations", id.as_str()]))
            .operation("locations.delete")
            .query("deleteTwilioAccount", twilio == TwilioAccount::Delete);
        self.client.send_discarding(request).await
    }
}

/// What becomes of the Twilio account of a location that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TwilioAccount {
    /// It stays.
    Keep,
    /// It is deleted too, and with it its phone numbers.
    Delete,
}

/// Which locations to find. The default finds the first ten of the agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationSearch {
    /// The agency; that of the token if `None`.
    pub company_id: Option<CompanyId>,
    /// The location with this e-mail address.
    pub email: Option<Private<String>>,
    /// Which way to sort; HighLevel takes the smallest first if `None`.
    pub order: Option<SortDirection>,
    /// How many locations to leave out.
    pub skip: u64,
    /// How many locations a page has.
    pub limit: u32,
}

impl Default for LocationSearch {
    fn default() -> Self {
        Self {
            company_id: None,
            email: None,
            order: None,
            skip: 0,
            limit: 10,
        }
    }
}

#[serde_as]
#[derive(Deserialize)]
struct LocationList {
    #[serde(default)]
    locations: Entries<LocationDetails>,
}
