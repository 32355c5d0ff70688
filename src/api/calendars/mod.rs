//! Calendars: what can be booked, when, with whom, and what has been booked.
//!
//! Here are the methods of calendars themselves and what all parts share; a calendar as it is read is in `model`, its
//! settings in `settings`, `members` and `rules`, free slots in `slots`. Each further part has its file and its
//! handle: `groups`, `events`, `appointments`, `blocked_slots`, `notes`, `resources`, `notifications`, `schedules`,
//! `services`.
//!
//! Source: HighLevel's OpenAPI files `calendars.json` (version 2021-04-15) and `calendars-v3.json`. Scopes:
//! `calendars.readonly`, `calendars.write`, and those that the parts name. The two versions differ in operations that
//! v3 adds ([`services`], schedules of event calendars) and in a few words, not in paths or field names.

mod appointments;
mod blocked_slots;
mod events;
mod groups;
mod members;
mod model;
mod notes;
mod notifications;
mod page;
mod resources;
mod rules;
mod schedules;
pub mod services;
mod settings;
mod slots;

pub use appointments::{
    AppointmentDetails, AppointmentUpdate, Appointments, MeetingLocationType, NewAppointment,
};
pub use blocked_slots::{BlockedSlotOwner, BlockedSlotUpdate, BlockedSlots, NewBlockedSlot};
pub use events::{
    AppointmentStatus, CalendarEvent, CalendarEvents, EventOrigin, EventOwner, EventsQuery,
};
pub use groups::{CalendarGroup, CalendarGroupInput, CalendarGroups};
pub use members::{LocationKind, MeetingLocation, TeamMember, TeamMemberPriority};
pub use model::Calendar;
pub use notes::{AppointmentNote, AppointmentNoteInput, AppointmentNotes, NoteAuthor};
pub use notifications::{
    CalendarNotification, CalendarNotificationUpdate, CalendarNotifications,
    NewCalendarNotification, NotificationChannel, NotificationContent, NotificationOffset,
    NotificationQuery, NotificationReceiver, NotificationType,
};
pub use page::{CalendarPage, Paging};
pub use resources::{
    CalendarResource, CalendarResourceUpdate, CalendarResources, NewCalendarResource, ResourceType,
};
pub use rules::{
    CustomAvailability, OpenHours, ScheduleInterval, ScheduleRule, ScheduleWeekday, TimeRange,
};
pub use schedules::{
    EventCalendarSchedule, EventCalendarScheduleUpdate, NewEventCalendarSchedule, NewSchedule,
    Schedule, ScheduleSearch, ScheduleUpdate, Schedules,
};
pub use settings::{
    AvailabilityType, BookingOption, CalendarSettings, CalendarType, CalendarUpdate,
    FormSubmitType, GuestType, LookBusy, NewCalendar, Recurrence, RecurrenceFrequency,
    RoundRobinMode, TimeUnit, WidgetType,
};
pub use slots::{FreeSlots, FreeSlotsQuery};

use serde::Deserialize;
use serde_with::serde_as;

use crate::api::body::InLocation;
use crate::api::listing::Entries;
use crate::api::version_gate;
use crate::client::{ApiVersion, Call, Location, Request, path};
use crate::error::{Error, Result};
use crate::ids::{CalendarGroupId, CalendarId};

/// The calendars of one location. Made by [`Location::calendars`].
#[derive(Debug, Clone, Copy)]
pub struct Calendars<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's calendars.
    pub fn calendars(&self) -> Calendars<'_> {
        Calendars { location: self }
    }
}

impl<'a> Calendars<'a> {
    /// All calendars, or those of one group, with drafts; HighLevel does not page them.
    pub fn list(&self, group: Option<&CalendarGroupId>) -> Call<'a, Vec<Calendar>> {
        let request = Request::get(path(&["calendars", ""]))
            .operation("calendars.list")
            .version(ApiVersion::V2021_04_15)
            .query("locationId", self.location.id())
            .query_opt("groupId", group)
            .query("showDrafted", true);
        self.location
            .send::<CalendarList>(request)
            .map(|list| list.calendars.items)
    }

    /// One calendar by its id.
    pub fn get(&self, id: &CalendarId) -> Call<'a, Calendar> {
        let request = Request::get(path(&["calendars", id.as_str()]))
            .operation("calendars.get")
            .version(ApiVersion::V2021_04_15)
            .data_key("calendar");
        self.location.send(request)
    }

    /// Creates a calendar. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look
    /// for it with [`list`](Self::list) before creating it again.
    pub fn create(&self, calendar: &NewCalendar) -> Call<'a, Calendar> {
        const OPERATION: &str = "calendars.create";
        let settings = &calendar.settings;
        let checked =
            allowed(OPERATION, settings.refused_when_new()).and(self.check(OPERATION, settings));
        let request = Request::post(path(&["calendars", ""]))
            .operation(OPERATION)
            .version(ApiVersion::V2021_04_15)
            .json(&InLocation::new(self.location.id(), calendar))
            .data_key("calendar");
        self.location.send(request).only_if(checked)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(&self, id: &CalendarId, update: &CalendarUpdate) -> Call<'a, Calendar> {
        const OPERATION: &str = "calendars.update";
        let settings = &update.settings;
        let checked =
            allowed(OPERATION, settings.refused_in_update()).and(self.check(OPERATION, settings));
        let request = Request::put(path(&["calendars", id.as_str()]))
            .operation(OPERATION)
            .version(ApiVersion::V2021_04_15)
            .json(update)
            .data_key("calendar");
        self.location.send(request).only_if(checked)
    }

    /// Deletes a calendar.
    pub async fn delete(&self, id: &CalendarId) -> Result<()> {
        let request = Request::delete(path(&["calendars", id.as_str()]))
            .operation("calendars.delete")
            .version(ApiVersion::V2021_04_15);
        self.location.send_discarding(request).await
    }

    /// When a calendar can be booked. HighLevel refuses a range of more than 31 days.
    pub fn free_slots(&self, id: &CalendarId, query: &FreeSlotsQuery) -> Call<'a, FreeSlots> {
        let request = query
            .parameters(Request::get(path(&[
                "calendars",
                id.as_str(),
                "free-slots",
            ])))
            .operation("calendars.free_slots")
            .version(ApiVersion::V2021_04_15);
        self.location.send(request)
    }

    /// Version 3 alone takes a notice in minutes.
    fn check(&self, operation: &'static str, settings: &CalendarSettings) -> Result<()> {
        let minutes = settings.allow_booking_after_unit == Some(TimeUnit::Minutes);
        self.location.v3_only(
            operation,
            "the minutes of `allow_booking_after_unit`",
            minutes,
        )
    }
}

/// Fails where the API takes no request with these settings.
fn allowed(operation: &'static str, problem: Option<&'static str>) -> Result<()> {
    problem.map_or(Ok(()), |problem| Err(Error::config(operation, problem)))
}

#[serde_as]
#[derive(Deserialize)]
struct CalendarList {
    #[serde(default)]
    calendars: Entries<Calendar>,
}

/// Refuses an operation that only version 3 has, before anything is sent.
fn only_in_v3(location: &Location, operation: &'static str) -> Result<()> {
    version_gate::version_3(
        location.speaks_v3(),
        operation,
        "build the client with `api_version(ApiVersion::V3)`",
    )
}
