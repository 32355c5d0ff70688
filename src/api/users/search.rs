//! Searching users.

use serde::Serialize;
use serde_with::skip_serializing_none;

use super::model::{User, UserList, UserRole, UserType};
use crate::api::cursor::SortDirection;
use crate::api::offset::OffsetPage;
use crate::client::{ReplaySafety, Request, path};
use crate::ids::{CompanyId, LocationId, UserId};
use crate::secret::Private;

/// Which users to find. The default finds all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserSearch {
    /// A part of the whole name, the e-mail address or the phone number.
    pub query: Option<Private<String>>,
    /// Those of this location.
    pub location_id: Option<LocationId>,
    /// Those that belong to locations, or to the agency.
    pub user_type: Option<UserType>,
    /// Those who may do this.
    pub role: Option<UserRole>,
    /// These alone.
    pub ids: Vec<UserId>,
    /// The field to sort by, such as `dateAdded`; first and last name if `None`.
    pub sort: Option<String>,
    /// Which way to sort.
    pub sort_direction: Option<SortDirection>,
    /// Those whose calendar is kept in step both ways (`true`), or is not.
    pub two_way_sync: Option<bool>,
    /// How many to leave out: [`OffsetPage::next`] of the page before.
    pub skip: Option<u64>,
    /// How many users a page has; HighLevel takes 25 if `None`.
    pub limit: Option<u64>,
}

impl UserSearch {
    pub(super) fn request(&self, company: &CompanyId, location: Option<&LocationId>) -> Request {
        let ids: Vec<&str> = self.ids.iter().map(UserId::as_str).collect();
        Request::get(path(&["users", "search"]))
            .operation("users.search")
            .query("companyId", company)
            .query_opt("locationId", location)
            .query_opt("query", self.query.as_ref().map(|text| text.as_str()))
            .query_opt("type", self.user_type.as_ref())
            .query_opt("role", self.role.as_ref())
            .query_opt("ids", (!ids.is_empty()).then(|| ids.join(",")))
            .query_opt("sort", self.sort.as_ref())
            .query_opt(
                "sortDirection",
                self.sort_direction.map(SortDirection::as_str),
            )
            .query_opt("enabled2waySync", self.two_way_sync)
            .query_opt("skip", self.skip)
            .query_opt("limit", self.limit)
    }

    pub(super) fn page(&self) -> impl FnOnce(UserList) -> OffsetPage<User> + Send + use<> {
        page(self.skip, self.limit)
    }
}

fn page(
    skip: Option<u64>,
    limit: Option<u64>,
) -> impl FnOnce(UserList) -> OffsetPage<User> + Send + use<> {
    move |list| OffsetPage::new(list.users, list.count, skip, Some(limit.unwrap_or(25)))
}

/// Users to find by their e-mail addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserEmailSearch {
    /// The addresses.
    pub emails: Vec<Private<String>>,
    /// Those who were deleted (`true`), or were not.
    pub deleted: Option<bool>,
    /// Which fields to give, separated by commas, or `all`; HighLevel gives id and e-mail address alone if `None`.
    pub projection: Option<String>,
    /// How many to leave out: [`OffsetPage::next`] of the page before.
    pub skip: Option<u64>,
    /// How many users a page has; HighLevel takes 25 if `None`.
    pub limit: Option<u64>,
}

/// HighLevel asks for the addresses as one text, and for numbers as texts.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserEmailBody<'a> {
    company_id: &'a CompanyId,
    emails: String,
    deleted: Option<bool>,
    projection: Option<&'a str>,
    skip: Option<String>,
    limit: Option<String>,
}

impl UserEmailSearch {
    pub(super) fn page(&self) -> impl FnOnce(UserList) -> OffsetPage<User> + Send + use<> {
        page(self.skip, self.limit)
    }

    pub(super) fn request(&self, company: &CompanyId) -> Request {
        let emails: Vec<&str> = self.emails.iter().map(|email| email.as_str()).collect();
        Request::post(path(&["users", "search", "filter-by-email"]))
            .operation("users.search_by_email")
            .replay(ReplaySafety::Safe)
            .json(&UserEmailBody {
                company_id: company,
                emails: emails.join(","),
                deleted: self.deleted,
                projection: self.projection.as_deref(),
                skip: self.skip.map(|number| number.to_string()),
                limit: self.limit.map(|number| number.to_string()),
            })
    }
}
