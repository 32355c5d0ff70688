//! Blocked slots: times in which nobody can book. They are deleted as [`CalendarEvents`](super::CalendarEvents).
//!
//! Scopes: `calendars/events.readonly`, `calendars/events.write`.

use jiff::Timestamp;
use serde::Serialize;
use serde_with::{serde_as, skip_serializing_none};

use super::events::{CalendarEvent, EventsQuery};
use crate::api::body::InLocation;
use crate::api::timestamp::Rfc3339;
use crate::client::{ApiVersion, Call, Location, Request, path};
use crate::ids::{CalendarEventId, CalendarId, UserId};
use crate::secret::Private;

/// The blocked slots of a location's calendars. Made by [`Location::blocked_slots`].
#[derive(Debug, Clone, Copy)]
pub struct BlockedSlots<'a> {
    location: &'a Location,
}

impl Location {
    /// The blocked slots of the location's calendars.
    pub fn blocked_slots(&self) -> BlockedSlots<'_> {
        BlockedSlots { location: self }
    }
}

impl<'a> BlockedSlots<'a> {
    /// The blocked slots that a query finds; HighLevel does not page them.
    pub fn list(&self, query: &EventsQuery) -> Call<'a, Vec<CalendarEvent>> {
        query.send(
            self.location,
            Request::get(path(&["calendars", "blocked-slots"])).operation("blocked_slots.list"),
        )
    }

    /// Blocks a slot. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for
    /// it with [`list`](Self::list) before blocking it again.
    pub fn create(&self, slot: &NewBlockedSlot) -> Call<'a, CalendarEvent> {
        let request = Request::post(path(&["calendars", "events", "block-slots"]))
            .operation("blocked_slots.create")
            .version(ApiVersion::V2021_04_15)
            .json(&InLocation::new(self.location.id(), slot))
            .data_key("event");
        self.location.send(request)
    }

    /// Changes a blocked slot; HighLevel asks for the owner each time.
    pub fn update(
        &self,
        id: &CalendarEventId,
        update: &BlockedSlotUpdate,
    ) -> Call<'a, CalendarEvent> {
        let segments = ["calendars", "events", "block-slots", id.as_str()];
        let request = Request::put(path(&segments))
            .operation("blocked_slots.update")
            .version(ApiVersion::V2021_04_15)
            .json(&InLocation::new(self.location.id(), update))
            .data_key("event");
        self.location.send(request)
    }
}

/// Whose slot is blocked. The OpenAPI file calls `calendarId` required; its own text says that either it or the user is
/// given, and never both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum BlockedSlotOwner {
    /// That of a calendar.
    #[serde(rename = "calendarId")]
    Calendar(CalendarId),
    /// That of a user, in all calendars.
    #[serde(rename = "assignedUserId")]
    User(UserId),
}

/// A slot to block.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewBlockedSlot {
    /// Whose slot.
    #[serde(flatten)]
    pub owner: BlockedSlotOwner,
    /// Why.
    pub title: Option<Private<String>>,
    /// Its start. Written in UTC with whole seconds.
    #[serde_as(as = "Rfc3339")]
    pub start_time: Timestamp,
    /// Its end. Written in UTC with whole seconds.
    #[serde_as(as = "Rfc3339")]
    pub end_time: Timestamp,
}

/// What to change about a blocked slot; `None` leaves a field as it is.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockedSlotUpdate {
    /// Whose slot.
    #[serde(flatten)]
    pub owner: BlockedSlotOwner,
    /// Why.
    pub title: Option<Private<String>>,
    /// Its start. Written in UTC with whole seconds.
    #[serde_as(as = "Option<Rfc3339>")]
    pub start_time: Option<Timestamp>,
    /// Its end. Written in UTC with whole seconds.
    #[serde_as(as = "Option<Rfc3339>")]
    pub end_time: Option<Timestamp>,
}
