//! Lists the locations of an agency that have the app installed.
//!
//! Source: `GET /oauth/installedLocations` of `oauth.json` (pages by `skip` and `limit`) and
//! `GET /oauth/installed-locations` of `oauth-v3.json` (pages by token). Scope: `oauth.readonly`.

use futures_util::Stream;
use jiff::Timestamp;
use serde::Deserialize;
use serde_with::serde_as;

use super::endpoint::OAuth;
use crate::api::listing::Entries;
use crate::api::version_gate;
use crate::client::{Ask, Outlook, Page, Request, Way, items};
use crate::error::Result;
use crate::ids::{CompanyId, LocationId};
use crate::lenient::{Lenient, LenientPart};
use crate::secret::{Private, Secret};

/// The largest page that version 3 gives.
const PAGE: u32 = 100;

/// Which locations of an agency are asked for; all that have the app installed, unless set otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledQuery {
    /// The agency.
    pub company_id: CompanyId,
    /// Whether the app is installed there; `None` gives both.
    pub is_installed: Option<bool>,
    /// Locations whose name holds this.
    pub name: Option<String>,
    /// One location alone.
    pub location_id: Option<LocationId>,
    /// Locations with this version of the app.
    pub version_id: Option<String>,
    /// Locations with this plan.
    pub plan_id: Option<String>,
    /// Locations that try the app, or that do not.
    pub on_trial: Option<bool>,
    /// Whether to leave out locations that the token's user may not enter, as some administrators may not. Version 3
    /// alone knows it: anything but `None` under version 2 is
    /// [`Config`](crate::error::ErrorKind::Config).
    pub restrict_to_user_locations: Option<bool>,
    /// How many on a page, from 1 to 100.
    pub page_size: u32,
}

impl InstalledQuery {
    /// All locations of this agency that have the app installed.
    pub fn new(company_id: CompanyId) -> Self {
        Self {
            company_id,
            is_installed: Some(true),
            name: None,
            location_id: None,
            version_id: None,
            plan_id: None,
            on_trial: None,
            restrict_to_user_locations: None,
            page_size: PAGE,
        }
    }
}

/// Where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledCursor(Cursor);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Cursor {
    Skip(u64),
    Token(String),
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstalledPage {
    /// The locations.
    pub locations: Vec<InstalledLocation>,
    /// The next page, if there is one.
    pub next: Option<InstalledCursor>,
    /// The page before, if there is one; version 3 tells it.
    pub previous: Option<InstalledCursor>,
    /// How many there are on all pages, as HighLevel counts.
    pub total: Option<u64>,
    /// How many there are on all pages about; version 3 tells it where counting takes too long.
    pub estimated_total: Option<u64>,
    /// Whether locations that the agency will make get the app too. Version 2 tells it.
    pub install_to_future_locations: Option<bool>,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
    full: bool,
    /// How many there are on all pages, where the count is surely of what was asked for.
    counted: Option<u64>,
    /// What HighLevel says of a page after this one.
    more: Option<bool>,
}

/// A location with what the app is to it.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InstalledLocation {
    /// The location's id.
    #[serde(rename = "_id", alias = "id")]
    pub id: LocationId,
    /// Its name.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<String>,
    /// Its postal address in one line.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub address: Option<Private<String>>,
    /// Whether the app is installed there.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub is_installed: Option<bool>,
    /// The version of the app.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub version_id: Option<String>,
    /// When it was installed.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub installed_at: Option<Timestamp>,
}

/// Both versions at once.
#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default, alias = "items")]
    locations: Entries<InstalledLocation>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    count: Option<u64>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    install_to_future_locations: Option<bool>,
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pagination: Option<Pagination>,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    next_page_token: Option<String>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    has_next_page: Option<bool>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    total_records: Option<u64>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    estimated_total_records: Option<u64>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    prev_page_token: Option<String>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    has_prev_page: Option<bool>,
}

impl Pagination {
    fn next(&self) -> Option<Cursor> {
        cursor(self.next_page_token.as_ref(), self.has_next_page)
    }

    fn previous(&self) -> Option<Cursor> {
        cursor(self.prev_page_token.as_ref(), self.has_prev_page)
    }
}

/// A page, if its token is there and nothing denies that the page is.
fn cursor(token: Option<&String>, there: Option<bool>) -> Option<Cursor> {
    let token = token.filter(|token| !token.is_empty() && there != Some(false))?;
    Some(Cursor::Token(token.clone()))
}

const OPERATION: &str = "oauth.installed_locations";

impl OAuth {
    /// Reads a page of the locations below an agency, with the agency's token; the first, unless `cursor` says which.
    pub async fn installed_locations(
        &self,
        agency_token: &Secret,
        query: &InstalledQuery,
        cursor: Option<&InstalledCursor>,
    ) -> Result<InstalledPage> {
        let version_3 = self.client().speaks_v3();
        let restricts = query.restrict_to_user_locations;
        let instead =
            "leave `restrict_to_user_locations` out, or set the client up with `ApiVersion::V3`";
        version_gate::version_3(version_3 || restricts.is_none(), OPERATION, instead)?;
        let path = if version_3 {
            "/oauth/installed-locations"
        } else {
            "/oauth/installedLocations"
        };
        let size = query.page_size.clamp(1, PAGE);
        let mut request = Request::get(path)
            .operation(OPERATION)
            .bearer(Some(agency_token))
            .query("companyId", &query.company_id)
            .query("appId", self.app().app_id())
            .query_opt("isInstalled", query.is_installed)
            .query_opt("query", query.name.as_ref())
            .query_opt("locationId", query.location_id.as_ref())
            .query_opt("versionId", query.version_id.as_ref())
            .query_opt("planId", query.plan_id.as_ref())
            .query_opt("onTrial", query.on_trial)
            .query_opt("restrictToUserLocations", restricts);
        let skip = match cursor {
            Some(InstalledCursor(Cursor::Skip(skip))) => *skip,
            _ => 0,
        };
        request = if version_3 {
            let token = match cursor {
                Some(InstalledCursor(Cursor::Token(token))) => Some(token),
                _ => None,
            };
            request
                .query("pageSize", size)
                .query_opt("pageToken", token)
        } else {
            request.query("skip", skip).query("limit", size)
        };
        let body: Body = self.client().send(request).await?;
        Ok(page(body, skip, size))
    }

    /// All locations below an agency, page after page.
    ///
    /// A page that names itself as the next, or an empty one that names a next, is an error of kind
    /// [`Listing`](crate::error::ErrorKind::Listing) rather than a loop, and so are locations that are counted and do not come.
    pub fn stream_installed_locations<'a>(
        &'a self,
        agency_token: &'a Secret,
        query: &'a InstalledQuery,
    ) -> impl Stream<Item = Result<InstalledLocation>> + Send + use<'a> {
        items(
            OPERATION,
            Some(0),
            move |ask: Ask<InstalledCursor>| async move {
                self.installed_locations(agency_token, query, ask.cursor.as_ref())
                    .await
            },
        )
    }
}

impl Page for InstalledPage {
    type Item = InstalledLocation;
    type Cursor = InstalledCursor;

    fn outlook(&self) -> Outlook<InstalledCursor> {
        Outlook {
            listed: self.listed,
            entries: self.entries,
            full: self.full,
            total: self.counted,
            more: self.more,
            way: self.next.clone().map(Way::At),
        }
    }

    fn id_of(location: &InstalledLocation) -> Option<&str> {
        Some(location.id.as_str())
    }

    fn into_items(self) -> Vec<InstalledLocation> {
        self.locations
    }
}

fn page(body: Body, skip: u64, size: u32) -> InstalledPage {
    let held = body.locations.count as u64;
    let pagination = body.pagination.as_ref();
    let next = match pagination {
        Some(pagination) => pagination.next(),
        // `count` may be that of the whole agency, so a page that is not the last by it may be the last all the same, and
        // then an empty one follows; or that of the page alone.
        None => {
            let of_all = |count: &u64| held < u64::from(size) || *count > held;
            let is_last = body
                .count
                .filter(of_all)
                .is_some_and(|count| skip + held >= count);
            (held > 0 && !is_last).then_some(Cursor::Skip(skip + held))
        }
    };
    let more = match pagination {
        Some(pagination) => pagination.has_next_page,
        None => (held > 0).then_some(next.is_some()),
    };
    let previous = pagination.and_then(Pagination::previous);
    let total = pagination.and_then(|pagination| pagination.total_records);
    InstalledPage {
        next: next.map(InstalledCursor),
        previous: previous.map(InstalledCursor),
        total: total.or(body.count),
        estimated_total: pagination.and_then(|pagination| pagination.estimated_total_records),
        install_to_future_locations: body.install_to_future_locations,
        entries: body.locations.count,
        listed: body.locations.listed,
        full: held >= u64::from(size),
        counted: total,
        more,
        locations: body.locations.items,
    }
}
