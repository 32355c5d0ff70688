//! Businesses: the companies that a location's contacts belong to.
//!
//! Source: HighLevel's OpenAPI files `businesses.json` and `businesses-v3.json`, which are alike. Scopes:
//! `businesses.readonly`, `businesses.write`. The operations of contacts read and change which
//! contacts belong to a business.

use futures_util::Stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use serde_with::{apply, serde_as, skip_serializing_none};

use super::offset::OffsetPage;
use crate::api::listing::Entries;
use crate::client::{Call, Location, Request, items, path};
use crate::error::Result;
use crate::ids::{BusinessId, LocationId};
use crate::lenient::{Lenient, LenientPart};
use crate::secret::Private;

/// The name that creating and updating have for what reading calls `business`.
const MISSPELT: &str = "buiseness";

/// The businesses of one location. Made by [`Location::businesses`].
#[derive(Debug, Clone, Copy)]
pub struct Businesses<'a> {
    location: &'a Location,
}

impl Location {
    /// The businesses that the location's contacts belong to.
    pub fn businesses(&self) -> Businesses<'_> {
        Businesses { location: self }
    }
}

impl<'a> Businesses<'a> {
    /// One page of the businesses. HighLevel takes no more than `limit` at once, and 100 if it is `None`; `skip` is
    /// [`OffsetPage::next`] of the page before.
    pub fn list(&self, skip: Option<u64>, limit: Option<u64>) -> Call<'a, OffsetPage<Business>> {
        let request = Request::get(path(&["businesses", ""]))
            .operation("businesses.list")
            .query("locationId", self.location.id())
            .query_opt("skip", skip)
            .query_opt("limit", limit);
        self.location
            .send::<BusinessList>(request)
            .map(move |list| {
                OffsetPage::new(list.businesses, None, skip, Some(limit.unwrap_or(100)))
            })
    }

    /// All businesses, page after page.
    pub fn stream(&self) -> impl Stream<Item = Result<Business>> + Send + use<'a> {
        let businesses = *self;
        items("businesses.list", Some(0), move |ask| {
            businesses.list(ask.cursor, None)
        })
    }

    /// One business by its id.
    pub fn get(&self, id: &BusinessId) -> Call<'a, Business> {
        let request = Request::get(path(&["businesses", id.as_str()]))
            .operation("businesses.get")
            .data_key("business");
        self.location.send(request)
    }

    /// Creates a business. It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with [`list`](Self::list) before
    /// creating it again.
    pub fn create(
        &self,
        name: impl Into<Private<String>>,
        fields: &BusinessFields,
    ) -> Call<'a, Business> {
        let request = Request::post(path(&["businesses", ""]))
            .operation("businesses.create")
            .json(&BusinessBody {
                location_id: Some(self.location.id()),
                name: Some(&name.into()),
                fields,
            })
            .data_key(MISSPELT);
        self.location.send(request)
    }

    /// Changes what is given here and leaves the rest; no new name if `name` is `None`.
    pub fn update(
        &self,
        id: &BusinessId,
        name: Option<&Private<String>>,
        fields: &BusinessFields,
    ) -> Call<'a, Business> {
        let request = Request::put(path(&["businesses", id.as_str()]))
            .operation("businesses.update")
            .json(&BusinessBody {
                location_id: None,
                name,
                fields,
            })
            .data_key(MISSPELT);
        self.location.send(request)
    }

    /// Deletes a business.
    pub async fn delete(&self, id: &BusinessId) -> Result<()> {
        let request =
            Request::delete(path(&["businesses", id.as_str()])).operation("businesses.delete");
        self.location.send_discarding(request).await
    }
}

/// A business as HighLevel gives it.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Business {
    /// Its id.
    pub id: BusinessId,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The name.
    pub name: Option<Private<String>>,
    /// The phone number as it was typed.
    pub phone: Option<Private<String>>,
    /// The e-mail address.
    pub email: Option<Private<String>>,
    /// The website.
    pub website: Option<Private<String>>,
    /// Street and house number.
    pub address: Option<Private<String>>,
    /// The city.
    pub city: Option<Private<String>>,
    /// The state or province.
    pub state: Option<Private<String>>,
    /// The postal code.
    pub postal_code: Option<Private<String>>,
    /// The country: a code or a name.
    pub country: Option<String>,
    /// What the location has noted about it.
    pub description: Option<Private<String>>,
    /// Who made it; HighLevel does not document the form.
    #[serde_with(skip_apply)]
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub created_by: Option<Private<Map<String, Value>>>,
    /// Who last changed it; HighLevel does not document the form.
    #[serde_with(skip_apply)]
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub updated_by: Option<Private<Map<String, Value>>>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// What to write of a business besides its name; `None` is not sent.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BusinessFields {
    /// The phone number.
    pub phone: Option<Private<String>>,
    /// The e-mail address.
    pub email: Option<Private<String>>,
    /// The website.
    pub website: Option<Private<String>>,
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
    /// What to note about it.
    pub description: Option<Private<String>>,
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BusinessBody<'a> {
    location_id: Option<&'a LocationId>,
    name: Option<&'a Private<String>>,
    #[serde(flatten)]
    fields: &'a BusinessFields,
}

#[serde_as]
#[derive(Deserialize)]
struct BusinessList {
    #[serde(default)]
    businesses: Entries<Business>,
}
