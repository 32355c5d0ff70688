//! Trigger links: links in messages that redirect, and tell HighLevel who clicked.
//!
//! Source: HighLevel's OpenAPI files `links.json` and `links-v3.json`. Scopes: `links.readonly`, `links.write`.

use futures_util::Stream;
use serde::{Deserialize, Serialize};
use serde_with::{apply, serde_as};

use super::offset::OffsetPage;
use crate::api::listing::Entries;
use crate::client::{ApiVersion, Call, Location, Request, items, path};
use crate::error::Result;
use crate::ids::{LinkId, LocationId};
use crate::lenient::Lenient;

/// The trigger links of one location. Made by [`Location::links`].
#[derive(Debug, Clone, Copy)]
pub struct Links<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's trigger links.
    pub fn links(&self) -> Links<'_> {
        Links { location: self }
    }
}

impl<'a> Links<'a> {
    /// All links; HighLevel does not page them.
    pub fn list(&self) -> Call<'a, Vec<Link>> {
        let request = Request::get(path(&["links", ""]))
            .operation("links.list")
            .query("locationId", self.location.id());
        self.location
            .send::<LinkList>(request)
            .map(|list| list.links.items)
    }

    /// One page of the links that a search finds.
    pub fn search(&self, search: &LinkSearch) -> Call<'a, OffsetPage<Link>> {
        let (skip, limit) = (search.skip, search.limit.unwrap_or(20));
        let request = Request::get(path(&["links", "search"]))
            .operation("links.search")
            .version(ApiVersion::V2021_04_15)
            .query("locationId", self.location.id())
            .query_opt("query", search.query.as_ref())
            .query_opt("skip", skip)
            .query_opt("limit", search.limit);
        self.location
            .send::<LinkList>(request)
            .map(move |list| OffsetPage::new(list.links, None, skip, Some(limit)))
    }

    /// All links that a search finds, page after page from the one it names.
    pub fn stream(&self, search: &LinkSearch) -> impl Stream<Item = Result<Link>> + Send + use<'a> {
        let (links, search) = (*self, search.clone());
        let skipped = Some(search.skip.unwrap_or(0));
        items("links.search", skipped, move |ask| {
            let mut search = search.clone();
            search.skip = ask.cursor.or(search.skip);
            links.search(&search)
        })
    }

    /// One link by its id.
    pub fn get(&self, id: &LinkId) -> Call<'a, Link> {
        let request = Request::get(path(&["links", "id", id.as_str()]))
            .operation("links.get")
            .query("locationId", self.location.id())
            .data_key("link");
        self.location.send(request)
    }

    /// Creates a link. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for
    /// it with [`list`](Self::list) before creating it again.
    pub fn create(&self, link: &LinkInput) -> Call<'a, Link> {
        let request = Request::post(path(&["links", ""]))
            .operation("links.create")
            .json(&NewLink {
                location_id: self.location.id(),
                link,
            })
            .data_key("link");
        self.location.send(request)
    }

    /// Sets name and target; HighLevel has no partial update.
    pub fn update(&self, id: &LinkId, link: &LinkInput) -> Call<'a, Link> {
        let request = Request::put(path(&["links", id.as_str()]))
            .operation("links.update")
            .json(link)
            .data_key("link");
        self.location.send(request)
    }

    /// Deletes a link.
    pub async fn delete(&self, id: &LinkId) -> Result<()> {
        let request = Request::delete(path(&["links", id.as_str()])).operation("links.delete");
        self.location.send_discarding(request).await
    }
}

/// Which links to find. The default finds all of the location.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkSearch {
    /// Free text.
    pub query: Option<String>,
    /// How many to leave out: [`OffsetPage::next`] of the page before.
    pub skip: Option<u64>,
    /// How many links a page has; HighLevel takes 20 if `None`.
    pub limit: Option<u64>,
}

/// A trigger link as HighLevel gives it.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// The name that people see.
    pub name: Option<String>,
    /// Where the link leads.
    pub redirect_to: Option<String>,
    /// The merge field, braces included and without spaces inside them: `{{trigger_link.n4AriwEnFrGh3tu08W0U}}`.
    pub field_key: Option<String>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
}

/// Name and target of a link to write; HighLevel asks for both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkInput {
    /// The name that people see.
    pub name: String,
    /// Where the link leads: a whole URL.
    pub redirect_to: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewLink<'a> {
    location_id: &'a LocationId,
    #[serde(flatten)]
    link: &'a LinkInput,
}

#[serde_as]
#[derive(Deserialize)]
struct LinkList {
    #[serde(default)]
    links: Entries<Link>,
}
