//! Calendar events: listing appointments, deleting appointments and blocked slots, and the type that both are read as.
//!
//! Scopes: `calendars/events.readonly`, `calendars/events.write`.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_with::serde_as;

use super::appointments::MeetingLocationType;

use crate::api::listing::Entries;
use crate::client::{ApiVersion, Call, Location, Request, path};
use crate::error::Result;
use crate::ids::{
    CalendarEventId, CalendarGroupId, CalendarId, CalendarResourceId, ContactId, LocationId, UserId,
};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;
use crate::secret::Private;

/// The events in a location's calendars. Made by [`Location::calendar_events`].
#[derive(Debug, Clone, Copy)]
pub struct CalendarEvents<'a> {
    location: &'a Location,
}

impl Location {
    /// The events in the location's calendars: appointments and blocked slots.
    pub fn calendar_events(&self) -> CalendarEvents<'_> {
        CalendarEvents { location: self }
    }
}

impl<'a> CalendarEvents<'a> {
    /// The appointments that a query finds; HighLevel does not page them.
    pub fn list(&self, query: &EventsQuery) -> Call<'a, Vec<CalendarEvent>> {
        query.send(
            self.location,
            Request::get(path(&["calendars", "events"])).operation("calendar_events.list"),
        )
    }

    /// Deletes an appointment or a blocked slot. The id of a series deletes all of it.
    pub async fn delete(&self, id: &CalendarEventId) -> Result<()> {
        let request = Request::delete(path(&["calendars", "events", id.as_str()]))
            .operation("calendar_events.delete")
            .version(ApiVersion::V2021_04_15)
            .json(&EmptyBody {});
        self.location.send_discarding(request).await
    }
}

/// Which events to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventsQuery {
    /// Whose events; HighLevel wants exactly one owner.
    pub owner: EventOwner,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
}

/// Whose events to find.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventOwner {
    /// Those of a calendar.
    Calendar(CalendarId),
    /// Those of all calendars of a group.
    Group(CalendarGroupId),
    /// Those of a user.
    User(UserId),
}

impl EventsQuery {
    /// Times are written in milliseconds since 1970.
    pub(super) fn send<'a>(
        &self,
        location: &'a Location,
        request: Request,
    ) -> Call<'a, Vec<CalendarEvent>> {
        let request = match &self.owner {
            EventOwner::Calendar(id) => request.query("calendarId", id),
            EventOwner::Group(id) => request.query("groupId", id),
            EventOwner::User(id) => request.query("userId", id),
        };
        let request = request
            .version(ApiVersion::V2021_04_15)
            .query("locationId", location.id())
            .query("startTime", self.from.as_millisecond())
            .query("endTime", self.to.as_millisecond());
        location
            .send::<EventList>(request)
            .map(|list| list.events.items)
    }
}

open_enum! {
    /// The status of an appointment. The spelling differs elsewhere: calls have `canceled`, service bookings `no_show`.
    pub enum AppointmentStatus {
        /// Not yet confirmed.
        New = "new",
        /// Agreed.
        Confirmed = "confirmed",
        /// Called off.
        Cancelled = "cancelled",
        /// The contact came.
        Showed = "showed",
        /// The contact did not come.
        NoShow = "noshow",
        /// Not a real one.
        Invalid = "invalid",
        /// It takes place. Read always, written in version 3 only.
        Active = "active",
        /// It is over. Read always, written in version 3 only.
        Completed = "completed",
    }
}

/// An appointment or a blocked slot as HighLevel gives it; a blocked slot has neither contact nor status.
#[serde_with::apply(
    Option => #[serde(default)] #[serde_as(deserialize_as = "Lenient")],
    Vec => #[serde(default)] #[serde_as(deserialize_as = "LenientList")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[non_exhaustive]
pub struct CalendarEvent {
    /// Its id; for one instance of a series, the instance's.
    pub id: CalendarEventId,
    /// The calendar it is in.
    pub calendar_id: Option<CalendarId>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The group of its calendar.
    pub group_id: Option<CalendarGroupId>,
    /// Who booked it.
    pub contact_id: Option<ContactId>,
    /// The title, which often holds the contact's name.
    pub title: Option<Private<String>>,
    /// How it stands.
    pub appointment_status: Option<AppointmentStatus>,
    /// The same under a misspelt key: some answers have only this key, some have both.
    #[serde(rename = "appoinmentStatus")]
    misspelt_status: Option<AppointmentStatus>,
    /// The user it is with.
    pub assigned_user_id: Option<UserId>,
    /// The other users it is with.
    pub users: Vec<UserId>,
    /// Where it is: an address or a link.
    pub address: Option<Private<String>>,
    /// What kind of place that is.
    pub meeting_location_type: Option<MeetingLocationType>,
    /// Notes on it.
    pub notes: Option<Private<String>>,
    /// What it is about.
    pub description: Option<Private<String>>,
    /// Its start.
    pub start_time: Option<Timestamp>,
    /// Its end.
    pub end_time: Option<Timestamp>,
    /// Whether it is one of a series.
    pub is_recurring: Option<bool>,
    /// How the series goes on, as an RFC 5545 `RRULE`.
    pub rrule: Option<String>,
    /// The series it is an instance of.
    pub master_event_id: Option<CalendarEventId>,
    /// Rooms and equipment it needs.
    pub assigned_resources: Vec<CalendarResourceId>,
    /// Who or what made it.
    #[serde_with(skip_apply)]
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub created_by: Option<EventOrigin>,
    /// When it was made. Before version 3, creating and updating do not tell it.
    pub date_added: Option<Timestamp>,
    /// When it was last changed. Before version 3, creating and updating do not tell it.
    pub date_updated: Option<Timestamp>,
    /// Whether it was deleted; version 3 only.
    pub deleted: Option<bool>,
}

impl<'de> Deserialize<'de> for CalendarEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not a recursion: `remote = "Self"` derives this inherent function, which reads the fields.
        let mut read = Self::deserialize(deserializer)?;
        let misspelt = read.misspelt_status.take();
        read.appointment_status = read.appointment_status.or(misspelt);
        Ok(read)
    }
}

/// Who or what made an event.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct EventOrigin {
    /// The user, if it was one.
    #[serde_as(deserialize_as = "Lenient")]
    pub user_id: Option<UserId>,
    /// Which part of HighLevel, such as `booking_widget`.
    #[serde_as(deserialize_as = "Lenient")]
    pub source: Option<String>,
}

/// HighLevel asks for a body where there is nothing to say; it is `{}`.
#[derive(Serialize)]
struct EmptyBody {}

#[serde_as]
#[derive(Deserialize)]
struct EventList {
    #[serde(default)]
    events: Entries<CalendarEvent>,
}
