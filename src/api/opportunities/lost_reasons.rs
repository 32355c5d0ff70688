//! Why opportunities are lost.

use jiff::Timestamp;
use serde::Deserialize;
use serde_with::{apply, serde_as};

use crate::api::listing::Entries;
use crate::client::Request;
use crate::ids::{LocationId, LostReasonId};
use crate::lenient::Lenient;

/// A reason why opportunities are lost.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LostReason {
    /// Its id.
    pub id: LostReasonId,
    /// The name that people see.
    pub name: Option<String>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// Which lost reasons to find. The default finds all that were not deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LostReasonSearch {
    /// The one with this name.
    pub name: Option<String>,
    /// Free text.
    pub query: Option<String>,
    /// Those that were deleted (`true`), or were not.
    pub deleted: Option<bool>,
    /// How many to leave out: [`OffsetPage::next`](crate::api::offset::OffsetPage::next) of the page before.
    pub skip: Option<u64>,
    /// How many reasons a page has; HighLevel takes 100 if `None`.
    pub limit: Option<u64>,
    /// Whether to count all of them.
    pub count: Option<bool>,
}

impl LostReasonSearch {
    pub(super) fn parameters(&self, request: Request) -> Request {
        request
            .query_opt("name", self.name.as_ref())
            .query_opt("query", self.query.as_ref())
            .query_opt("deleted", self.deleted)
            .query_opt("skip", self.skip)
            .query_opt("limit", self.limit)
            .query_opt("getCount", self.count)
    }
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LostReasonList {
    #[serde(default)]
    pub(super) lost_reasons: Entries<LostReason>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub(super) total: Option<u64>,
}
