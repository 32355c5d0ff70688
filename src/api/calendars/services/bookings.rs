//! Bookings of services.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::{serde_as, skip_serializing_none};

use crate::api::body::InLocation;
use crate::api::calendars::{EventOrigin, only_in_v3};
use crate::api::listing::Entries;
use crate::api::timestamp::Rfc3339;
use crate::client::{ApiVersion, Call, Location, Request, path};
use crate::error::Result;
use crate::ids::{
    CalendarResourceId, ContactId, LocationId, ServiceAddOnId, ServiceBookingId, ServiceCategoryId,
    ServiceId, ServiceLocationId, StaffId,
};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;
use crate::secret::Private;

/// The bookings of a location's services. Made by [`Location::service_bookings`].
#[derive(Debug, Clone, Copy)]
pub struct ServiceBookings<'a> {
    location: &'a Location,
}

impl Location {
    /// The bookings of the location's services. Version 3 only.
    pub fn service_bookings(&self) -> ServiceBookings<'_> {
        ServiceBookings { location: self }
    }
}

impl<'a> ServiceBookings<'a> {
    /// The bookings in a range of time; HighLevel does not page them.
    pub fn list(&self, query: &BookingsQuery) -> Call<'a, Vec<ServiceBooking>> {
        let checked = only_in_v3(self.location, "service_bookings.list");
        let request = Request::get(path(&["calendars", "services", "bookings"]))
            .operation("service_bookings.list")
            .version(ApiVersion::V3)
            .query("locationId", self.location.id())
            .query("startTime", query.from.as_millisecond())
            .query("endTime", query.to.as_millisecond())
            .query_opt("timezone", query.timezone.as_ref())
            .query_opt("serviceLocationId", query.service_location_id.as_ref());
        self.location
            .send::<BookingList>(request)
            .map(|list| list.bookings.items)
            .only_if(checked)
    }

    /// One booking by its id.
    pub fn get(&self, id: &ServiceBookingId) -> Call<'a, ServiceBooking> {
        let checked = only_in_v3(self.location, "service_bookings.get");
        let request = Request::get(booking_path(id))
            .operation("service_bookings.get")
            .version(ApiVersion::V3)
            .data_key("booking");
        self.location.send(request).only_if(checked)
    }

    /// Books services. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for
    /// the booking with [`list`](Self::list) before booking again.
    pub fn create(
        &self,
        booking: &NewServiceBooking,
        checks: SkippedBookingChecks,
    ) -> Call<'a, ServiceBooking> {
        let checked = only_in_v3(self.location, "service_bookings.create");
        let request = checks
            .parameters(Request::post(path(&["calendars", "services", "bookings"])))
            .operation("service_bookings.create")
            .version(ApiVersion::V3)
            .json(&InLocation::new(self.location.id(), booking))
            .data_key("booking");
        self.location.send(request).only_if(checked)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(
        &self,
        id: &ServiceBookingId,
        update: &ServiceBookingUpdate,
        checks: SkippedBookingChecks,
    ) -> Call<'a, ServiceBooking> {
        let checked = only_in_v3(self.location, "service_bookings.update");
        let request = checks
            .parameters(Request::put(booking_path(id)))
            .operation("service_bookings.update")
            .version(ApiVersion::V3)
            .json(update)
            .data_key("booking");
        self.location.send(request).only_if(checked)
    }

    /// Deletes a booking.
    pub async fn delete(&self, id: &ServiceBookingId) -> Result<()> {
        only_in_v3(self.location, "service_bookings.delete")?;
        let request = Request::delete(booking_path(id))
            .operation("service_bookings.delete")
            .version(ApiVersion::V3);
        self.location.send_discarding(request).await
    }
}

fn booking_path(id: &ServiceBookingId) -> String {
    path(&["calendars", "services", "bookings", id.as_str()])
}

/// Which bookings to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingsQuery {
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// The zone of the times in the answer, as an IANA name.
    pub timezone: Option<String>,
    /// Only bookings at this place.
    pub service_location_id: Option<ServiceLocationId>,
}

/// Which checks HighLevel leaves out when it books. The default leaves out none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SkippedBookingChecks {
    /// Whether a slot is booked even if it is not free; the scheduling notice is then not checked either.
    pub override_availability: bool,
    /// Whether the scheduling notice and the date range are not checked.
    pub skip_scheduling_notice: bool,
}

impl SkippedBookingChecks {
    /// Both are false if they are not sent.
    fn parameters(self, request: Request) -> Request {
        request
            .query_opt(
                "overrideAvailability",
                self.override_availability.then_some(true),
            )
            .query_opt(
                "skipSchedulingNotice",
                self.skip_scheduling_notice.then_some(true),
            )
    }
}

open_enum! {
    /// How a booking stands. A contact who did not come is `no_show` here and `noshow` in appointments.
    pub enum ServiceBookingStatus {
        /// Not yet confirmed.
        New = "new",
        /// Agreed.
        Confirmed = "confirmed",
        /// Called off.
        Cancelled = "cancelled",
        /// Not a real one.
        Invalid = "invalid",
        /// The contact came.
        Showed = "showed",
        /// The contact did not come.
        NoShow = "no_show" | "noshow",
    }
}

/// How a new booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum NewBookingStatus {
    /// Not yet confirmed.
    New,
    /// Agreed.
    Confirmed,
}

/// A booking of services as HighLevel gives it.
#[serde_with::apply(
    Option => #[serde(default)] #[serde_as(deserialize_as = "Lenient")],
    Vec => #[serde(default)] #[serde_as(deserialize_as = "LenientList")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServiceBooking {
    /// Its id.
    #[serde(rename = "bookingId")]
    pub id: ServiceBookingId,
    /// The location (sub-account) it belongs to.
    pub location_id: Option<LocationId>,
    /// Who booked it.
    pub contact_id: Option<ContactId>,
    /// The place.
    pub service_location_id: Option<ServiceLocationId>,
    /// The title, which often holds the contact's name.
    pub title: Option<Private<String>>,
    /// Its start.
    pub start_time: Option<Timestamp>,
    /// Its end.
    pub end_time: Option<Timestamp>,
    /// Its zone, as an IANA name.
    pub timezone: Option<String>,
    /// How it stands.
    pub status: Option<ServiceBookingStatus>,
    /// The services it is about.
    pub services: Vec<BookedService>,
    /// Where it is, if the booker says where.
    pub meeting_location: Option<Private<String>>,
    /// Whether it was deleted.
    pub deleted: Option<bool>,
    /// Who or what made it.
    #[serde_with(skip_apply)]
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub created_by: Option<EventOrigin>,
    /// When it was made.
    pub date_added: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// What HighLevel remarks on a booking that was just written, such as a place that it did not heed.
    pub messages: Vec<Private<String>>,
}

/// A service in a booking.
#[serde_with::apply(
    Option => #[serde(default)] #[serde_as(deserialize_as = "Lenient")],
    Vec => #[serde(default)] #[serde_as(deserialize_as = "LenientList")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BookedService {
    /// The service.
    pub id: ServiceId,
    /// The category of the service.
    pub service_category_id: Option<ServiceCategoryId>,
    /// Who does it.
    pub service_staff_id: Option<StaffId>,
    /// Its start.
    pub service_start_time: Option<Timestamp>,
    /// Its end.
    pub service_end_time: Option<Timestamp>,
    /// Rooms and equipment it needs.
    #[serde_with(skip_apply)]
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    service_resources: Vec<BookedResource>,
    /// What was booked on top.
    pub service_add_ons: Vec<BookedAddOn>,
}

impl BookedService {
    /// Rooms and equipment it needs.
    pub fn resources(&self) -> impl Iterator<Item = &CalendarResourceId> {
        self.service_resources.iter().map(|resource| &resource.id)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct BookedResource {
    id: CalendarResourceId,
}

/// Something that was booked on top of a service.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct BookedAddOn {
    /// Its id.
    pub id: ServiceAddOnId,
    /// How many.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub quantity: Option<u32>,
}

/// Services to book.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewServiceBooking {
    /// Who books them.
    pub contact_id: ContactId,
    /// The start. Written in UTC with whole seconds.
    #[serde_as(as = "Rfc3339")]
    pub start_time: Timestamp,
    /// The end. Written in UTC with whole seconds.
    #[serde_as(as = "Rfc3339")]
    pub end_time: Timestamp,
    /// The zone, as an IANA name.
    pub timezone: String,
    /// The services.
    pub services: Vec<BookedServiceInput>,
    /// The place; the default one if `None`.
    pub service_location_id: Option<ServiceLocationId>,
    /// Where it is; required at a service location of type `AskBooker`.
    pub meeting_location: Option<Private<String>>,
    /// The title.
    pub title: Option<Private<String>>,
    /// How it stands; as the settings say if `None`.
    pub status: Option<NewBookingStatus>,
}

/// What to change about a booking; `None` leaves a field as it is.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceBookingUpdate {
    /// The start. Written in UTC with whole seconds.
    #[serde_as(as = "Option<Rfc3339>")]
    pub start_time: Option<Timestamp>,
    /// The end. Written in UTC with whole seconds.
    #[serde_as(as = "Option<Rfc3339>")]
    pub end_time: Option<Timestamp>,
    /// The zone, as an IANA name.
    pub timezone: Option<String>,
    /// All services the booking shall have.
    pub services: Option<Vec<BookedServiceInput>>,
    /// The place.
    pub service_location_id: Option<ServiceLocationId>,
    /// Where it is; required at a service location of type `AskBooker`.
    pub meeting_location: Option<Private<String>>,
    /// The title.
    pub title: Option<Private<String>>,
    /// How it stands.
    pub status: Option<ServiceBookingStatus>,
}

/// A service to book.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BookedServiceInput {
    /// The service.
    pub id: ServiceId,
    /// Who shall do it.
    pub staff_id: Option<StaffId>,
    /// Its place among the booking's services, from 0.
    pub position: Option<u32>,
    /// What is booked on top.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add_ons: Vec<ServiceAddOnInput>,
}

/// Something to book on top of a service.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceAddOnInput {
    /// Its id.
    pub id: ServiceAddOnId,
    /// How many.
    pub quantity: Option<u32>,
    /// How many minutes it takes.
    pub duration: Option<u32>,
}

#[serde_as]
#[derive(Deserialize)]
struct BookingList {
    #[serde(default)]
    bookings: Entries<ServiceBooking>,
}
