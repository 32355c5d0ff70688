//! Rooms and equipment that service calendars need.
//!
//! Scopes: `calendars/resources.readonly`, `calendars/resources.write`.

use futures_util::Stream;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::page::{CalendarPage, Paging};
use crate::api::body::InLocation;
use crate::api::listing::{Entries, Named};
use crate::client::{ApiVersion, Call, Location, Request, items, path};
use crate::error::Result;
use crate::ids::{CalendarId, CalendarResourceId, LocationId};
use crate::lenient::{Lenient, LenientList};
use crate::open_enum::open_enum;

/// The rooms and equipment of a location. Made by [`Location::calendar_resources`].
#[derive(Debug, Clone, Copy)]
pub struct CalendarResources<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's rooms and equipment.
    pub fn calendar_resources(&self) -> CalendarResources<'_> {
        CalendarResources { location: self }
    }
}

impl<'a> CalendarResources<'a> {
    /// One page of the rooms or of the equipment.
    pub fn list(
        &self,
        kind: &ResourceType,
        paging: Paging,
    ) -> Call<'a, CalendarPage<CalendarResource>> {
        let request = Request::get(path(&["calendars", "resources", kind.as_str()]))
            .operation("calendar_resources.list")
            .version(ApiVersion::V2021_04_15)
            .query("locationId", self.location.id())
            .query("limit", paging.limit)
            .query("skip", paging.skip);
        self.location
            .send::<Entries<CalendarResource>>(request)
            .map(move |list| CalendarPage::new(list, paging, None))
    }

    /// All rooms or all of the equipment, page after page from the one that `paging` names.
    pub fn stream(
        &self,
        kind: &ResourceType,
        paging: Paging,
    ) -> impl Stream<Item = Result<CalendarResource>> + Send + use<'a> {
        let (resources, kind) = (*self, kind.clone());
        let skipped = Some(u64::from(paging.skip));
        items("calendar_resources.list", skipped, move |ask| {
            resources.list(&kind, ask.cursor.unwrap_or(paging))
        })
    }

    /// One room or piece of equipment by its id.
    pub fn get(&self, kind: &ResourceType, id: &CalendarResourceId) -> Call<'a, CalendarResource> {
        let request = Request::get(resource_path(kind, id))
            .operation("calendar_resources.get")
            .version(ApiVersion::V2021_04_15)
            .data_key("resource");
        self.location.send(request)
    }

    /// Creates a room or a piece of equipment. It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with [`list`](Self::list).
    pub fn create(
        &self,
        kind: &ResourceType,
        resource: &NewCalendarResource,
    ) -> Call<'a, CalendarResource> {
        let request = Request::post(path(&["calendars", "resources", kind.as_str()]))
            .operation("calendar_resources.create")
            .version(ApiVersion::V2021_04_15)
            .json(&InLocation::new(self.location.id(), resource))
            .data_key("resource");
        self.location.send(request)
    }

    /// Changes what `update` names and leaves the rest. HighLevel does not tell the calendars in its answer.
    pub fn update(
        &self,
        kind: &ResourceType,
        id: &CalendarResourceId,
        update: &CalendarResourceUpdate,
    ) -> Call<'a, CalendarResource> {
        let request = Request::put(resource_path(kind, id))
            .operation("calendar_resources.update")
            .version(ApiVersion::V2021_04_15)
            .json(&InLocation::new(self.location.id(), update))
            .data_key("resource");
        self.location.send(request)
    }

    /// Deletes a room or a piece of equipment.
    pub async fn delete(&self, kind: &ResourceType, id: &CalendarResourceId) -> Result<()> {
        let request = Request::delete(resource_path(kind, id))
            .operation("calendar_resources.delete")
            .version(ApiVersion::V2021_04_15);
        self.location.send_discarding(request).await
    }
}

fn resource_path(kind: &ResourceType, id: &CalendarResourceId) -> String {
    path(&["calendars", "resources", kind.as_str(), id.as_str()])
}

open_enum! {
    /// What kind of thing a resource is.
    pub enum ResourceType {
        /// Equipment, of which there may be several.
        Equipment = "equipments",
        /// A room.
        Room = "rooms",
    }
}

/// A room or a piece of equipment as HighLevel gives it.
#[serde_with::apply(
    Option => #[serde_as(deserialize_as = "Lenient")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct CalendarResource {
    id: Option<CalendarResourceId>,
    #[serde(rename = "_id")]
    database_id: Option<CalendarResourceId>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// Its name.
    pub name: Option<String>,
    /// What kind of thing it is.
    pub resource_type: Option<ResourceType>,
    /// Whether it can be used.
    pub is_active: Option<bool>,
    /// What it is for.
    pub description: Option<String>,
    /// How many there are of the equipment.
    pub quantity: Option<u32>,
    /// How many of them are out of service.
    pub out_of_service: Option<u32>,
    /// How many people fit into the room.
    pub capacity: Option<u32>,
    /// The service calendars that need it.
    #[serde_as(deserialize_as = "LenientList")]
    pub calendar_ids: Vec<CalendarId>,
}

impl CalendarResource {
    /// Its id. HighLevel's documentation promises none.
    pub fn id(&self) -> Option<&CalendarResourceId> {
        self.id.as_ref().or(self.database_id.as_ref())
    }
}

/// A room or a piece of equipment to create; HighLevel asks for all of it, whatever the kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCalendarResource {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How many there are of the equipment.
    pub quantity: u32,
    /// How many of them are out of service.
    pub out_of_service: u32,
    /// How many people fit into the room.
    pub capacity: u32,
    /// The service calendars that need it: at most 100 for a room, one for equipment.
    pub calendar_ids: Vec<CalendarId>,
}

/// What to change about a room or a piece of equipment; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CalendarResourceUpdate {
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// How many there are of the equipment.
    pub quantity: Option<u32>,
    /// How many of them are out of service.
    pub out_of_service: Option<u32>,
    /// How many people fit into the room.
    pub capacity: Option<u32>,
    /// All service calendars that shall need it.
    pub calendar_ids: Option<Vec<CalendarId>>,
    /// Whether it can be used.
    pub is_active: Option<bool>,
}

impl Named for CalendarResource {
    fn name(&self) -> Option<&str> {
        self.id().map(CalendarResourceId::as_str)
    }
}
