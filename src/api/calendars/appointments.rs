//! Appointments: book, read and change them. They are listed and deleted as [`CalendarEvents`](super::CalendarEvents).
//!
//! Scopes: `calendars/events.readonly`, `calendars/events.write`.

use jiff::Timestamp;
use serde::Serialize;
use serde_with::{serde_as, skip_serializing_none};

use super::events::{AppointmentStatus, CalendarEvent};
use crate::api::body::InLocation;
use crate::api::timestamp::Rfc3339;
use crate::client::{ApiVersion, Call, Location, Request, path};
use crate::error::{Error, Result};
use crate::ids::{CalendarEventId, CalendarId, ContactId, UserId};
use crate::open_enum::open_enum;
use crate::secret::Private;

/// The appointments in a location's calendars. Made by [`Location::appointments`].
#[derive(Debug, Clone, Copy)]
pub struct Appointments<'a> {
    location: &'a Location,
}

impl Location {
    /// The appointments in the location's calendars.
    pub fn appointments(&self) -> Appointments<'_> {
        Appointments { location: self }
    }
}

impl<'a> Appointments<'a> {
    /// Books an appointment. It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with
    /// [`CalendarEvents::list`](super::CalendarEvents::list) before booking it again.
    pub fn create(&self, appointment: &NewAppointment) -> Call<'a, CalendarEvent> {
        let checked = self.check("appointments.create", &appointment.details);
        let request = Request::post(path(&["calendars", "events", "appointments"]))
            .operation("appointments.create")
            .version(ApiVersion::V2021_04_15)
            .json(&InLocation::new(self.location.id(), appointment))
            .data_key("event");
        self.location.send(request).only_if(checked)
    }

    /// One appointment by its id.
    pub fn get(&self, id: &CalendarEventId) -> Call<'a, CalendarEvent> {
        let request = Request::get(appointment_path(id))
            .operation("appointments.get")
            .version(ApiVersion::V2021_04_15)
            .data_key("event");
        self.location.send(request)
    }

    /// Changes what `update` names and leaves the rest. The id of a series changes all of it.
    pub fn update(
        &self,
        id: &CalendarEventId,
        update: &AppointmentUpdate,
    ) -> Call<'a, CalendarEvent> {
        let checked = self.check("appointments.update", &update.details);
        let request = Request::put(appointment_path(id))
            .operation("appointments.update")
            .version(ApiVersion::V2021_04_15)
            .json(update)
            .data_key("event");
        self.location.send(request).only_if(checked)
    }

    /// Version 3 alone takes two of the statuses that each version gives.
    fn check(&self, operation: &'static str, details: &AppointmentDetails) -> Result<()> {
        match details.appointment_status {
            Some(AppointmentStatus::Active | AppointmentStatus::Completed)
                if !self.location.speaks_v3() =>
            {
                Err(Error::config(
                    operation,
                    "the statuses `active` and `completed` are written in API version 3 only; use `showed`, or a \
                     client that was built with `api_version(ApiVersion::V3)`",
                ))
            }
            _ => Ok(()),
        }
    }
}

fn appointment_path(id: &CalendarEventId) -> String {
    path(&["calendars", "events", "appointments", id.as_str()])
}

/// An appointment to book.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAppointment {
    /// The calendar.
    pub calendar_id: CalendarId,
    /// Who books it.
    pub contact_id: ContactId,
    /// Its start. Written in UTC with whole seconds.
    #[serde_as(as = "Rfc3339")]
    pub start_time: Timestamp,
    /// Everything else.
    #[serde(flatten)]
    pub details: AppointmentDetails,
}

impl NewAppointment {
    /// An appointment as the calendar's settings make it.
    pub fn new(calendar_id: CalendarId, contact_id: ContactId, start_time: Timestamp) -> Self {
        Self {
            calendar_id,
            contact_id,
            start_time,
            details: AppointmentDetails::default(),
        }
    }
}

/// What to change about an appointment; `None` leaves a field as it is.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppointmentUpdate {
    /// The calendar.
    pub calendar_id: Option<CalendarId>,
    /// Its start. Written in UTC with whole seconds.
    #[serde_as(as = "Option<Rfc3339>")]
    pub start_time: Option<Timestamp>,
    /// Everything else.
    #[serde(flatten)]
    pub details: AppointmentDetails,
}

/// What can be said about an appointment; `None` is not written.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppointmentDetails {
    /// Its end; one slot after the start if `None`. Written in UTC with whole seconds.
    #[serde_as(as = "Option<Rfc3339>")]
    pub end_time: Option<Timestamp>,
    /// The title.
    pub title: Option<Private<String>>,
    /// How it stands. [`Active`](AppointmentStatus::Active) and [`Completed`](AppointmentStatus::Completed) fail with
    /// [`Config`](crate::error::ErrorKind::Config) before version 3.
    pub appointment_status: Option<AppointmentStatus>,
    /// The user it is with.
    pub assigned_user_id: Option<UserId>,
    /// What it is about.
    pub description: Option<Private<String>>,
    /// Where it is; the kind of place is [`Custom`](MeetingLocationType::Custom) then.
    pub address: Option<Private<String>>,
    /// What kind of place it is at.
    pub meeting_location_type: Option<MeetingLocationType>,
    /// Which of the calendar's or the member's places it is at, by
    /// [`meeting_id`](super::MeetingLocation::meeting_id).
    pub meeting_location_id: Option<String>,
    /// Whether the kind of place counts (`true`) or the calendar's own place (`false`).
    pub override_location_config: Option<bool>,
    /// Whether the calendar's notice and date range do not matter.
    pub ignore_date_range: Option<bool>,
    /// Whether automations run; they do if `None`.
    pub to_notify: Option<bool>,
    /// Whether it is booked even where no slot is free; the date range does not matter then either.
    pub ignore_free_slot_validation: Option<bool>,
    /// How a series goes on, as an RFC 5545 `RRULE` without `DTSTART`. HighLevel heeds it only together with
    /// `ignore_free_slot_validation`.
    pub rrule: Option<String>,
}

open_enum! {
    /// What kind of place an appointment is at.
    pub enum MeetingLocationType {
        /// Any text.
        Custom = "custom",
        /// Zoom.
        Zoom = "zoom",
        /// Google Meet.
        GoogleMeet = "gmeet",
        /// The telephone.
        Phone = "phone",
        /// An address.
        Address = "address",
        /// Microsoft Teams.
        Teams = "ms_teams",
        /// Google, in the newer spelling.
        Google = "google",
    }
}
