//! Service locations: the places where services are done.

use serde::{Deserialize, Serialize};
use serde_with::{serde_as, skip_serializing_none};

use crate::api::body::InLocation;
use crate::api::calendars::only_in_v3;
use crate::api::listing::Entries;
use crate::client::{ApiVersion, Call, Location, Request, path};
use crate::error::Result;
use crate::ids::{LocationId, ServiceLocationId};
use crate::lenient::Lenient;
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// The places where a location's services are done. Made by [`Location::service_locations`].
#[derive(Debug, Clone, Copy)]
pub struct ServiceLocations<'a> {
    location: &'a Location,
}

impl Location {
    /// The places where the location's services are done. Version 3 only.
    pub fn service_locations(&self) -> ServiceLocations<'_> {
        ServiceLocations { location: self }
    }
}

impl<'a> ServiceLocations<'a> {
    /// All places; HighLevel does not page them.
    pub fn list(&self) -> Call<'a, Vec<ServiceLocation>> {
        let checked = only_in_v3(self.location, "service_locations.list");
        let request = Request::get(path(&["calendars", "services", "locations"]))
            .operation("service_locations.list")
            .version(ApiVersion::V3)
            .query("locationId", self.location.id());
        self.location
            .send::<PlaceList>(request)
            .map(|list| list.service_locations.items)
            .only_if(checked)
    }

    /// One place by its id.
    pub fn get(&self, id: &ServiceLocationId) -> Call<'a, ServiceLocation> {
        let checked = only_in_v3(self.location, "service_locations.get");
        let request = Request::get(place_path(id))
            .operation("service_locations.get")
            .version(ApiVersion::V3)
            .data_key("serviceLocation");
        self.location.send(request).only_if(checked)
    }

    /// Creates a place. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look
    /// for it with [`list`](Self::list) before creating it again.
    pub fn create(&self, place: &NewServiceLocation) -> Call<'a, ServiceLocation> {
        let checked = only_in_v3(self.location, "service_locations.create");
        let request = Request::post(path(&["calendars", "services", "locations"]))
            .operation("service_locations.create")
            .version(ApiVersion::V3)
            .json(&InLocation::new(self.location.id(), place))
            .data_key("serviceLocation");
        self.location.send(request).only_if(checked)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(
        &self,
        id: &ServiceLocationId,
        update: &ServiceLocationUpdate,
    ) -> Call<'a, ServiceLocation> {
        let checked = only_in_v3(self.location, "service_locations.update");
        let request = Request::put(place_path(id))
            .operation("service_locations.update")
            .version(ApiVersion::V3)
            .json(update)
            .data_key("serviceLocation");
        self.location.send(request).only_if(checked)
    }

    /// Deletes a place.
    pub async fn delete(&self, id: &ServiceLocationId) -> Result<()> {
        only_in_v3(self.location, "service_locations.delete")?;
        let request = Request::delete(place_path(id))
            .operation("service_locations.delete")
            .version(ApiVersion::V3);
        self.location.send_discarding(request).await
    }
}

fn place_path(id: &ServiceLocationId) -> String {
    path(&["calendars", "services", "locations", id.as_str()])
}

open_enum! {
    /// What kind of place it is.
    pub enum ServiceLocationType {
        /// A place with an address.
        Offline = "offline",
        /// The booker says where.
        AskBooker = "ask_booker",
    }
}

/// A place where services are done, as HighLevel gives it.
#[serde_with::apply(
    Option => #[serde(default)] #[serde_as(deserialize_as = "Lenient")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServiceLocation {
    /// Its id.
    pub id: ServiceLocationId,
    /// The location (sub-account) it belongs to.
    pub location_id: Option<LocationId>,
    /// The name that people see.
    pub name: Option<String>,
    /// The last part of its address on the web.
    pub slug: Option<String>,
    /// Whether it can be booked.
    pub is_active: Option<bool>,
    /// Whether it is hidden from the public.
    pub is_private: Option<bool>,
    /// The address of a picture.
    pub cover_image: Option<String>,
    /// What kind of place it is.
    pub location_type: Option<ServiceLocationType>,
    /// The street address; what the booker reads if the booker says where.
    pub address: Option<Private<String>>,
    /// The phone number; `None` also where it has no country calling code.
    pub phone: Option<PhoneNumber>,
}

/// A place to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewServiceLocation {
    /// The name that people see.
    pub name: String,
    /// The last part of its address on the web.
    pub slug: String,
    /// Everything else.
    #[serde(flatten)]
    pub details: ServiceLocationDetails,
}

/// What to change about a place; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ServiceLocationUpdate {
    /// The name that people see.
    pub name: Option<String>,
    /// The last part of its address on the web.
    pub slug: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub details: ServiceLocationDetails,
}

/// What can be said about a place; `None` is not written.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceLocationDetails {
    /// The phone number.
    pub phone: Option<PhoneNumber>,
    /// The street address; what the booker shall read if the booker says where.
    pub address: Option<Private<String>>,
    /// The address of a picture.
    pub cover_image: Option<String>,
    /// What kind of place it is.
    pub location_type: Option<ServiceLocationType>,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlaceList {
    #[serde(default)]
    service_locations: Entries<ServiceLocation>,
}
