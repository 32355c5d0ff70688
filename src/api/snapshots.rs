//! Snapshots of an agency: what locations are made from. Each operation needs the agency's own token, as the client's
//! default one.
//!
//! A snapshot is loaded into a location by [`NewLocation::snapshot_id`](super::locations::NewLocation::snapshot_id) or
//! [`LocationUpdate::snapshot`](super::locations::LocationUpdate::snapshot).
//!
//! Source: HighLevel's OpenAPI files `snapshots.json` and `snapshots-v3.json`. Scope: `snapshots.readonly`, and
//! `snapshots.write` for a link.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use serde_with::{apply, serde_as, skip_serializing_none};

use crate::api::listing::Entries;
use crate::client::{Call, Client, Request, path};
use crate::ids::{CompanyId, LocationId, SnapshotId, SnapshotPushId};
use crate::lenient::{Lenient, LenientList};

/// The snapshots of an agency. Made by [`Client::snapshots`].
#[derive(Debug, Clone, Copy)]
pub struct Snapshots<'a> {
    client: &'a Client,
}

impl Client {
    /// The snapshots of the agency whose token is the client's default one.
    pub fn snapshots(&self) -> Snapshots<'_> {
        Snapshots { client: self }
    }
}

impl<'a> Snapshots<'a> {
    /// All snapshots, the agency's own and imported ones; HighLevel does not page them.
    pub fn list(&self, company: &CompanyId) -> Call<'a, Vec<SnapshotDetails>> {
        let request = Request::get(path(&["snapshots", ""]))
            .operation("snapshots.list")
            .query("companyId", company);
        self.client
            .send::<SnapshotList>(request)
            .map(|list| list.snapshots.items)
    }

    /// Makes a link by which others import a snapshot. It is not repeated, and links cannot be listed: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome) a second link does no harm but to be there.
    pub fn share(
        &self,
        company: &CompanyId,
        snapshot: &SnapshotId,
        with: &SnapshotAudience,
    ) -> Call<'a, SnapshotLink> {
        let request = Request::post(path(&["snapshots", "share", "link"]))
            .operation("snapshots.share")
            .query("companyId", company)
            .json(&with.body(snapshot));
        self.client.send(request)
    }

    /// The loads of a snapshot into locations that a query finds, newest or oldest first as HighLevel gives them.
    pub fn pushes(
        &self,
        company: &CompanyId,
        snapshot: &SnapshotId,
        query: &SnapshotPushQuery,
    ) -> Call<'a, Vec<SnapshotPush>> {
        let v3 = self.client.speaks_v3();
        let request = Request::get(path(&["snapshots", "snapshot-status", snapshot.as_str()]))
            .operation("snapshots.pushes")
            .query("companyId", company)
            .query("from", moment(query.from, v3))
            .query("to", moment(query.to, v3))
            .query_opt("lastDoc", query.after.as_ref())
            .query("limit", query.limit);
        self.client
            .send::<PushList>(request)
            .map(|list| list.data.items)
    }

    /// How far the last load of a snapshot into a location has come.
    pub fn last_push(
        &self,
        company: &CompanyId,
        snapshot: &SnapshotId,
        location: &LocationId,
    ) -> Call<'a, SnapshotProgress> {
        let (snapshot, location) = (snapshot.as_str(), location.as_str());
        let segments = [
            "snapshots",
            "snapshot-status",
            snapshot,
            "location",
            location,
        ];
        let request = Request::get(path(&segments))
            .operation("snapshots.last_push")
            .query("companyId", company)
            .data_key("data");
        self.client.send(request)
    }
}

/// A moment as the query takes it: version 2 documents `10-10-2022 12:00 AM` without a zone, and is given UTC; version 3
/// takes ISO 8601 alone.
fn moment(moment: Timestamp, v3: bool) -> String {
    if v3 {
        return moment.to_string();
    }
    let civil = Offset::UTC.to_datetime(moment);
    civil.strftime("%m-%d-%Y %I:%M %p").to_string()
}

/// Who may import a snapshot by a link.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotAudience {
    /// Those who have the link. HighLevel does not say how this differs from [`Everybody`](Self::Everybody); its words are
    /// `link` and `permanent_link`.
    Link,
    /// Those who have the link, for ever.
    Everybody,
    /// Agencies, by their relationship numbers, such as `0-128-926`.
    Agencies(Vec<String>),
    /// Locations.
    Locations(Vec<LocationId>),
}

impl SnapshotAudience {
    fn body<'a>(&self, snapshot: &'a SnapshotId) -> ShareBody<'a> {
        let (share_type, relationship_number, share_location_id) = match self {
            Self::Link => ("link", None, None),
            Self::Everybody => ("permanent_link", None, None),
            Self::Agencies(numbers) => ("agency_link", Some(numbers.join(",")), None),
            Self::Locations(ids) => {
                let ids: Vec<&str> = ids.iter().map(LocationId::as_str).collect();
                ("location_link", None, Some(ids.join(",")))
            }
        };
        ShareBody {
            snapshot_id: snapshot,
            share_type,
            relationship_number,
            share_location_id,
        }
    }
}

/// Which loads of a snapshot to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotPushQuery {
    /// Not before.
    pub from: Timestamp,
    /// Not after.
    pub to: Timestamp,
    /// Those after this one, which is the last of the page before.
    pub after: Option<SnapshotPushId>,
    /// How many at most.
    pub limit: u32,
}

impl SnapshotPushQuery {
    /// The first 20 between two moments.
    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        Self {
            from,
            to,
            after: None,
            limit: 20,
        }
    }
}

/// A snapshot as HighLevel gives it.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SnapshotDetails {
    /// Its id.
    pub id: SnapshotId,
    /// The name that people see.
    pub name: Option<String>,
    /// Whose it is: `own` or `imported`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A link by which a snapshot is imported.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SnapshotLink {
    /// The id of what is shared.
    pub id: String,
    /// The address to open.
    pub share_link: Option<String>,
}

/// A load of a snapshot into one location.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SnapshotPush {
    /// Its id.
    pub id: SnapshotPushId,
    /// The location.
    pub location_id: Option<LocationId>,
    /// Such as `processing`; HighLevel does not list the words.
    pub status: Option<String>,
    /// When it began, as HighLevel writes it and without a zone: `10/28/2022, 6:24:54 PM`.
    pub date_added: Option<String>,
}

/// How far a load of a snapshot into one location has come.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SnapshotProgress {
    /// The id of the load.
    pub id: SnapshotPushId,
    /// The location.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub location_id: Option<LocationId>,
    /// Such as `processing`; HighLevel does not list the words.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub status: Option<String>,
    /// What is there already, such as `custom_values`.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub completed: Vec<String>,
    /// What is not there yet.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub pending: Vec<String>,
}

#[skip_serializing_none]
#[derive(Serialize)]
struct ShareBody<'a> {
    snapshot_id: &'a SnapshotId,
    share_type: &'static str,
    relationship_number: Option<String>,
    share_location_id: Option<String>,
}

#[derive(Deserialize)]
struct SnapshotList {
    #[serde(default)]
    snapshots: Entries<SnapshotDetails>,
}

#[derive(Deserialize)]
struct PushList {
    #[serde(default)]
    data: Entries<SnapshotPush>,
}
