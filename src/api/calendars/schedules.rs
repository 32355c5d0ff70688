//! Schedules: when a user can be booked, and, in version 3, when an event calendar can.

use futures_util::Stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::{serde_as, skip_serializing_none};

use super::only_in_v3;
use super::page::{CalendarPage, Paging};
use super::rules::ScheduleRule;
use crate::api::body::InLocation;
use crate::api::listing::Entries;
use crate::client::{ApiVersion, Call, Location, Request, items, path};
use crate::error::Result;
use crate::ids::{CalendarId, LocationId, ScheduleId, UserId};
use crate::lenient::{Lenient, LenientList};

/// The schedules of a location's users and event calendars. Made by [`Location::schedules`].
#[derive(Debug, Clone, Copy)]
pub struct Schedules<'a> {
    location: &'a Location,
}

impl Location {
    /// The schedules of the location's users and event calendars.
    pub fn schedules(&self) -> Schedules<'_> {
        Schedules { location: self }
    }
}

impl<'a> Schedules<'a> {
    /// One page of a user's schedules; HighLevel allows 500 a page at most.
    pub fn search(&self, search: &ScheduleSearch) -> Call<'a, CalendarPage<Schedule>> {
        let paging = search.paging;
        let request = Request::get(path(&["calendars", "schedules", "search"]))
            .operation("schedules.search")
            .version(ApiVersion::V2021_04_15)
            .query("locationId", self.location.id())
            .query("userId", &search.user_id)
            .query_opt("calendarId", search.calendar_id.as_ref())
            .query("skip", paging.skip)
            .query("limit", paging.limit);
        self.location
            .send::<ScheduleList>(request)
            .map(move |list| CalendarPage::new(list.schedules, paging, None))
    }

    /// All of a user's schedules, page after page from the one that `search` names.
    pub fn stream(
        &self,
        search: &ScheduleSearch,
    ) -> impl Stream<Item = Result<Schedule>> + Send + use<'a> {
        let (schedules, search) = (*self, search.clone());
        let skipped = Some(u64::from(search.paging.skip));
        items("schedules.search", skipped, move |ask| {
            let mut search = search.clone();
            search.paging = ask.cursor.unwrap_or(search.paging);
            schedules.search(&search)
        })
    }

    /// One schedule by its id.
    pub fn get(&self, id: &ScheduleId) -> Call<'a, Schedule> {
        let request = Request::get(schedule_path(id))
            .operation("schedules.get")
            .version(ApiVersion::V2021_04_15)
            .data_key("schedule");
        self.location.send(request)
    }

    /// Creates a schedule. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look
    /// for it with [`search`](Self::search) before creating it again.
    pub fn create(&self, schedule: &NewSchedule) -> Call<'a, Schedule> {
        let request = Request::post(path(&["calendars", "schedules"]))
            .operation("schedules.create")
            .version(ApiVersion::V2021_04_15)
            .json(&InLocation::new(self.location.id(), schedule))
            .data_key("schedule");
        self.location.send(request)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(&self, id: &ScheduleId, update: &ScheduleUpdate) -> Call<'a, Schedule> {
        let request = Request::put(schedule_path(id))
            .operation("schedules.update")
            .version(ApiVersion::V2021_04_15)
            .json(update)
            .data_key("schedule");
        self.location.send(request)
    }

    /// Deletes a schedule with all of its rules. This cannot be undone.
    pub async fn delete(&self, id: &ScheduleId) -> Result<()> {
        let request = Request::delete(schedule_path(id))
            .operation("schedules.delete")
            .version(ApiVersion::V2021_04_15);
        self.location.send_discarding(request).await
    }

    /// Lets a schedule count for a calendar too.
    pub async fn add_calendar(&self, id: &ScheduleId, calendar: &CalendarId) -> Result<()> {
        let request = Request::put(association_path(id, calendar))
            .operation("schedules.add_calendar")
            .version(ApiVersion::V2021_04_15);
        self.location.send_discarding(request).await
    }

    /// Lets a schedule no longer count for a calendar.
    pub async fn remove_calendar(&self, id: &ScheduleId, calendar: &CalendarId) -> Result<()> {
        let request = Request::delete(association_path(id, calendar))
            .operation("schedules.remove_calendar")
            .version(ApiVersion::V2021_04_15);
        self.location.send_discarding(request).await
    }

    /// The schedule of an event calendar. Version 3 only.
    pub fn of_event_calendar(&self, calendar: &CalendarId) -> Call<'a, EventCalendarSchedule> {
        let checked = only_in_v3(self.location, "schedules.of_event_calendar");
        let request = Request::get(event_calendar_path(calendar))
            .operation("schedules.of_event_calendar")
            .version(ApiVersion::V3)
            .data_key("schedule");
        self.location.send(request).only_if(checked)
    }

    /// Creates the schedule of an event calendar. Version 3 only. It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look with
    /// [`of_event_calendar`](Self::of_event_calendar).
    pub fn create_for_event_calendar(
        &self,
        calendar: &CalendarId,
        schedule: &NewEventCalendarSchedule,
    ) -> Call<'a, EventCalendarSchedule> {
        let checked = only_in_v3(self.location, "schedules.create_for_event_calendar");
        let request = Request::post(event_calendar_path(calendar))
            .operation("schedules.create_for_event_calendar")
            .version(ApiVersion::V3)
            .json(schedule)
            .data_key("schedule");
        self.location.send(request).only_if(checked)
    }

    /// Changes the schedule of an event calendar where `update` says so. Version 3 only.
    pub fn update_for_event_calendar(
        &self,
        calendar: &CalendarId,
        update: &EventCalendarScheduleUpdate,
    ) -> Call<'a, EventCalendarSchedule> {
        let checked = only_in_v3(self.location, "schedules.update_for_event_calendar");
        let request = Request::put(event_calendar_path(calendar))
            .operation("schedules.update_for_event_calendar")
            .version(ApiVersion::V3)
            .json(update)
            .data_key("schedule");
        self.location.send(request).only_if(checked)
    }
}

fn schedule_path(id: &ScheduleId) -> String {
    path(&["calendars", "schedules", id.as_str()])
}

fn association_path(id: &ScheduleId, calendar: &CalendarId) -> String {
    path(&[
        "calendars",
        "schedules",
        id.as_str(),
        "associations",
        calendar.as_str(),
    ])
}

fn event_calendar_path(calendar: &CalendarId) -> String {
    path(&[
        "calendars",
        "schedules",
        "event-calendar",
        calendar.as_str(),
    ])
}

/// Which schedules to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleSearch {
    /// Those of this user; HighLevel asks for one.
    pub user_id: UserId,
    /// Only those that count for this calendar.
    pub calendar_id: Option<CalendarId>,
    /// Which page.
    pub paging: Paging,
}

/// When a user can be booked, as HighLevel gives it.
#[serde_with::apply(
    Option => #[serde(default)] #[serde_as(deserialize_as = "Lenient")],
    Vec => #[serde(default)] #[serde_as(deserialize_as = "LenientList")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Schedule {
    /// Its id.
    pub id: ScheduleId,
    /// The name that people see.
    pub name: Option<String>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The user it is for.
    pub user_id: Option<UserId>,
    /// The zone of its times, as an IANA name.
    pub timezone: Option<String>,
    /// When it is open.
    pub rules: Vec<ScheduleRule>,
    /// The calendars it counts for.
    pub calendar_ids: Vec<CalendarId>,
    /// Whether it was deleted.
    pub deleted: Option<bool>,
    /// When it was made.
    pub date_added: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
}

/// A schedule to create.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSchedule {
    /// The name that people see.
    pub name: String,
    /// The user it is for.
    pub user_id: UserId,
    /// The zone of its times, as an IANA name.
    pub timezone: String,
    /// When it is open.
    pub rules: Option<Vec<ScheduleRule>>,
    /// The calendars it counts for.
    pub calendar_ids: Option<Vec<CalendarId>>,
}

/// What to change about a schedule; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ScheduleUpdate {
    /// The name that people see.
    pub name: Option<String>,
    /// The zone of its times, as an IANA name.
    pub timezone: Option<String>,
    /// When it is open: all of the rules.
    pub rules: Option<Vec<ScheduleRule>>,
}

/// When an event calendar can be booked, as HighLevel gives it.
#[serde_with::apply(
    Option => #[serde_as(deserialize_as = "Lenient")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct EventCalendarSchedule {
    /// The calendar it is for.
    pub calendar_id: Option<CalendarId>,
    /// The zone of its times, as an IANA name.
    pub timezone: Option<String>,
    /// When it is open.
    #[serde_as(deserialize_as = "LenientList")]
    pub rules: Vec<ScheduleRule>,
    /// When it was made.
    pub date_added: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
}

/// A schedule to create for an event calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewEventCalendarSchedule {
    /// The zone of its times, as an IANA name.
    pub timezone: String,
    /// When it is open.
    pub rules: Vec<ScheduleRule>,
}

/// What to change about the schedule of an event calendar; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EventCalendarScheduleUpdate {
    /// The zone of its times, as an IANA name.
    pub timezone: Option<String>,
    /// When it is open: all of the rules.
    pub rules: Option<Vec<ScheduleRule>>,
}

#[serde_as]
#[derive(Deserialize)]
struct ScheduleList {
    #[serde(default)]
    schedules: Entries<Schedule>,
}
