//! Funnels and websites of a location: list them. The API cannot make or change one.
//!
//! Source: HighLevel's live documentation ("Fetch List of Funnels"). Scope: `funnels/funnel.readonly`.

use futures_util::Stream;
use jiff::Timestamp;
use serde::Deserialize;
use serde_with::{apply, serde_as};

use super::offset::OffsetPage;
use crate::api::listing::Entries;
use crate::client::{Call, Location, Request, items, path};
use crate::error::Result;
use crate::ids::{FunnelId, LocationId};
use crate::lenient::Lenient;

/// The funnels and websites of one location. Made by [`Location::funnels`].
#[derive(Debug, Clone, Copy)]
pub struct Funnels<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's funnels and websites.
    pub fn funnels(&self) -> Funnels<'_> {
        Funnels { location: self }
    }
}

impl<'a> Funnels<'a> {
    /// One page of funnels and websites.
    pub fn list(&self, query: &FunnelQuery) -> Call<'a, OffsetPage<Funnel>> {
        let (skip, limit) = (query.skip, u64::from(query.limit));
        let request = Request::get(path(&["funnels", "funnel", "list"]))
            .operation("funnels.list")
            .query("locationId", self.location.id())
            .query_opt("name", query.name.as_ref())
            .query_opt("type", query.kind.as_ref())
            .query("offset", skip)
            .query("limit", query.limit);
        self.location
            .send::<FunnelList>(request)
            .map(move |list| OffsetPage::new(list.funnels, list.count, Some(skip), Some(limit)))
    }

    /// All funnels and websites that a query finds, page after page from the one it names.
    pub fn stream(
        &self,
        query: &FunnelQuery,
    ) -> impl Stream<Item = Result<Funnel>> + Send + use<'a> {
        let (funnels, query) = (*self, query.clone());
        items("funnels.list", Some(query.skip), move |ask| {
            let mut query = query.clone();
            query.skip = ask.cursor.unwrap_or(query.skip);
            funnels.list(&query)
        })
    }
}

/// Which funnels to list. The default finds the first 20.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunnelQuery {
    /// Those with this name.
    pub name: Option<String>,
    /// Those of this kind: `funnel` or `website`.
    pub kind: Option<String>,
    /// How many to leave out.
    pub skip: u64,
    /// How many a page has.
    pub limit: u32,
}

impl Default for FunnelQuery {
    fn default() -> Self {
        Self {
            name: None,
            kind: None,
            skip: 0,
            limit: 20,
        }
    }
}

/// A funnel or a website as HighLevel lists it.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Funnel {
    /// Its id.
    #[serde(rename = "_id", alias = "id")]
    pub id: FunnelId,
    /// The name that people see.
    pub name: Option<String>,
    /// `funnel` or `website`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Its path on the location's domain.
    pub url: Option<String>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// When it was made.
    pub date_added: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
}

#[serde_as]
#[derive(Deserialize)]
struct FunnelList {
    #[serde(default)]
    funnels: Entries<Funnel>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    count: Option<u64>,
}
