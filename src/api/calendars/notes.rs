//! Notes of appointments.
//!
//! Scopes: `calendars/events.readonly`, `calendars/events.write`.

use futures_util::Stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::{serde_as, skip_serializing_none};

use super::page::{CalendarPage, Paging};
use crate::api::listing::Entries;
use crate::client::{ApiVersion, Call, Location, Request, items, path};
use crate::error::Result;
use crate::ids::{CalendarEventId, ContactId, NoteId, UserId};
use crate::lenient::{Lenient, LenientPart};
use crate::secret::Private;

/// The notes of a location's appointments. Made by [`Location::appointment_notes`].
#[derive(Debug, Clone, Copy)]
pub struct AppointmentNotes<'a> {
    location: &'a Location,
}

impl Location {
    /// The notes of the location's appointments.
    pub fn appointment_notes(&self) -> AppointmentNotes<'_> {
        AppointmentNotes { location: self }
    }
}

impl<'a> AppointmentNotes<'a> {
    /// One page of an appointment's notes; HighLevel allows 20 a page at most.
    pub fn list(
        &self,
        appointment: &CalendarEventId,
        paging: Paging,
    ) -> Call<'a, CalendarPage<AppointmentNote>> {
        let request = Request::get(notes_path(appointment, None))
            .operation("appointment_notes.list")
            .version(ApiVersion::V2021_04_15)
            .query("limit", paging.limit)
            .query("offset", paging.skip);
        self.location
            .send::<NoteList>(request)
            .map(move |list| CalendarPage::new(list.notes, paging, list.has_more))
    }

    /// All notes of an appointment, page after page from the one that `paging` names.
    pub fn stream(
        &self,
        appointment: &CalendarEventId,
        paging: Paging,
    ) -> impl Stream<Item = Result<AppointmentNote>> + Send + use<'a> {
        let (notes, appointment) = (*self, appointment.clone());
        let skipped = Some(u64::from(paging.skip));
        items("appointment_notes.list", skipped, move |ask| {
            notes.list(&appointment, ask.cursor.unwrap_or(paging))
        })
    }

    /// Writes a note. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for
    /// it with [`list`](Self::list) before writing it again.
    pub fn create(
        &self,
        appointment: &CalendarEventId,
        note: &AppointmentNoteInput,
    ) -> Call<'a, AppointmentNote> {
        let request = Request::post(notes_path(appointment, None))
            .operation("appointment_notes.create")
            .version(ApiVersion::V2021_04_15)
            .json(note)
            .data_key("note");
        self.location.send(request)
    }

    /// Sets the text of a note.
    pub fn update(
        &self,
        appointment: &CalendarEventId,
        id: &NoteId,
        note: &AppointmentNoteInput,
    ) -> Call<'a, AppointmentNote> {
        let request = Request::put(notes_path(appointment, Some(id)))
            .operation("appointment_notes.update")
            .version(ApiVersion::V2021_04_15)
            .json(note)
            .data_key("note");
        self.location.send(request)
    }

    /// Deletes a note.
    pub async fn delete(&self, appointment: &CalendarEventId, id: &NoteId) -> Result<()> {
        let request = Request::delete(notes_path(appointment, Some(id)))
            .operation("appointment_notes.delete")
            .version(ApiVersion::V2021_04_15);
        self.location.send_discarding(request).await
    }
}

fn notes_path(appointment: &CalendarEventId, note: Option<&NoteId>) -> String {
    let notes = ["calendars", "appointments", appointment.as_str(), "notes"];
    match note {
        Some(note) => path(&[&notes[..], &[note.as_str()]].concat()),
        None => path(&notes),
    }
}

/// A note of an appointment as HighLevel gives it.
#[serde_with::apply(
    Option => #[serde(default)] #[serde_as(deserialize_as = "Lenient")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AppointmentNote {
    /// Its id.
    pub id: NoteId,
    /// The text.
    pub body: Option<Private<String>>,
    /// The user it is by.
    pub user_id: Option<UserId>,
    /// The contact of the appointment.
    pub contact_id: Option<ContactId>,
    /// When it was written.
    pub date_added: Option<Timestamp>,
    /// Who wrote it.
    #[serde_with(skip_apply)]
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub created_by: Option<NoteAuthor>,
}

/// Who wrote a note.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct NoteAuthor {
    /// The user.
    #[serde_as(deserialize_as = "Lenient")]
    pub id: Option<UserId>,
    /// The name.
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<Private<String>>,
}

/// A note to write.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppointmentNoteInput {
    /// The text.
    pub body: Private<String>,
    /// The user it is by.
    pub user_id: Option<UserId>,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NoteList {
    #[serde(default)]
    notes: Entries<AppointmentNote>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    has_more: Option<bool>,
}
