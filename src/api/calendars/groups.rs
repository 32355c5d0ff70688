//! Groups of calendars, which share a booking page.
//!
//! Scopes: `calendars/groups.readonly`, `calendars/groups.write`.

use serde::{Deserialize, Serialize};
use serde_with::{serde_as, skip_serializing_none};

use crate::api::body::InLocation;
use crate::api::listing::Entries;
use crate::client::{ApiVersion, Call, Location, ReplaySafety, Request, path};
use crate::error::Result;
use crate::ids::{CalendarGroupId, LocationId};
use crate::lenient::Lenient;

/// The groups of a location's calendars. Made by [`Location::calendar_groups`].
#[derive(Debug, Clone, Copy)]
pub struct CalendarGroups<'a> {
    location: &'a Location,
}

impl Location {
    /// The groups of the location's calendars.
    pub fn calendar_groups(&self) -> CalendarGroups<'_> {
        CalendarGroups { location: self }
    }
}

impl<'a> CalendarGroups<'a> {
    /// All groups; HighLevel does not page them.
    pub fn list(&self) -> Call<'a, Vec<CalendarGroup>> {
        let request = Request::get(path(&["calendars", "groups"]))
            .operation("calendar_groups.list")
            .version(ApiVersion::V2021_04_15)
            .query("locationId", self.location.id());
        self.location
            .send::<GroupList>(request)
            .map(|list| list.groups.items)
    }

    /// Creates a group, active unless `active` says otherwise. It is not repeated.
    pub fn create(
        &self,
        group: &CalendarGroupInput,
        active: Option<bool>,
    ) -> Call<'a, CalendarGroup> {
        let request = Request::post(path(&["calendars", "groups"]))
            .operation("calendar_groups.create")
            .version(ApiVersion::V2021_04_15)
            .json(&InLocation::new(
                self.location.id(),
                &NewGroup {
                    group,
                    is_active: active,
                },
            ))
            .data_key("group");
        self.location.send(request)
    }

    /// Whether no group of the location has this slug yet.
    pub fn is_slug_available(&self, slug: &str) -> Call<'a, bool> {
        let request = Request::post(path(&["calendars", "groups", "validate-slug"]))
            .operation("calendar_groups.is_slug_available")
            .version(ApiVersion::V2021_04_15)
            .replay(ReplaySafety::Safe)
            .json(&InLocation::new(self.location.id(), &Slug { slug }));
        self.location
            .send::<Availability>(request)
            .map(|answer| answer.available)
    }

    /// Sets name, description and slug; HighLevel has no partial update.
    pub fn update(
        &self,
        id: &CalendarGroupId,
        group: &CalendarGroupInput,
    ) -> Call<'a, CalendarGroup> {
        let request = Request::put(path(&["calendars", "groups", id.as_str()]))
            .operation("calendar_groups.update")
            .version(ApiVersion::V2021_04_15)
            .json(group)
            .data_key("group");
        self.location.send(request)
    }

    /// Switches a group on or off.
    pub async fn set_active(&self, id: &CalendarGroupId, is_active: bool) -> Result<()> {
        let request = Request::put(path(&["calendars", "groups", id.as_str(), "status"]))
            .operation("calendar_groups.set_active")
            .version(ApiVersion::V2021_04_15)
            .json(&Status { is_active });
        self.location.send_discarding(request).await
    }

    /// Deletes a group.
    pub async fn delete(&self, id: &CalendarGroupId) -> Result<()> {
        let request = Request::delete(path(&["calendars", "groups", id.as_str()]))
            .operation("calendar_groups.delete")
            .version(ApiVersion::V2021_04_15);
        self.location.send_discarding(request).await
    }
}

/// A group of calendars as HighLevel gives it.
#[serde_with::apply(
    Option => #[serde(default)] #[serde_as(deserialize_as = "Lenient")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CalendarGroup {
    /// Its id.
    pub id: CalendarGroupId,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The name that people see.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The last part of its address.
    pub slug: Option<String>,
    /// Whether it can be booked.
    pub is_active: Option<bool>,
}

/// A group of calendars to write; HighLevel asks for all three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalendarGroupInput {
    /// The name that people see.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The last part of its address.
    pub slug: String,
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewGroup<'a> {
    #[serde(flatten)]
    group: &'a CalendarGroupInput,
    is_active: Option<bool>,
}

#[derive(Serialize)]
struct Slug<'a> {
    slug: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    is_active: bool,
}

#[derive(Deserialize)]
struct Availability {
    available: bool,
}

#[serde_as]
#[derive(Deserialize)]
struct GroupList {
    #[serde(default)]
    groups: Entries<CalendarGroup>,
}
