//! Notes of a contact: what the business wrote down about it.
//!
//! Source: HighLevel's OpenAPI file `contacts.json`, `/contacts/{contactId}/notes`. Scopes: `contacts.readonly`,
//! `contacts.write`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::{serde_as, skip_serializing_none};

use crate::api::listing::Entries;
use crate::client::{Call, Location, Request, path};
use crate::error::Result;
use crate::ids::{ContactId, NoteId, UserId};
use crate::lenient::Lenient;
use crate::secret::Private;

/// The notes of a location's contacts. Made by [`Location::notes`].
#[derive(Debug, Clone, Copy)]
pub struct Notes<'a> {
    location: &'a Location,
}

impl Location {
    /// The notes of the location's contacts.
    pub fn notes(&self) -> Notes<'_> {
        Notes { location: self }
    }
}

impl<'a> Notes<'a> {
    /// All notes of a contact; HighLevel does not page them.
    pub fn list(&self, contact: &ContactId) -> Call<'a, Vec<Note>> {
        let request =
            Request::get(path(&["contacts", contact.as_str(), "notes"])).operation("notes.list");
        self.location
            .send::<NoteList>(request)
            .map(|list| list.notes.items)
    }

    /// One note by its id.
    pub fn get(&self, contact: &ContactId, id: &NoteId) -> Call<'a, Note> {
        let request = Request::get(note_path(contact, id))
            .operation("notes.get")
            .data_key("note");
        self.location.send(request)
    }

    /// Writes a note. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for
    /// it with [`list`](Self::list) before writing it again.
    pub fn create(&self, contact: &ContactId, note: &NewNote) -> Call<'a, Note> {
        let request = Request::post(path(&["contacts", contact.as_str(), "notes"]))
            .operation("notes.create")
            .json(note)
            .data_key("note");
        self.location.send(request)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(&self, contact: &ContactId, id: &NoteId, update: &NoteUpdate) -> Call<'a, Note> {
        let request = Request::put(note_path(contact, id))
            .operation("notes.update")
            .json(update)
            .data_key("note");
        self.location.send(request)
    }

    /// Deletes a note.
    pub async fn delete(&self, contact: &ContactId, id: &NoteId) -> Result<()> {
        let request = Request::delete(note_path(contact, id)).operation("notes.delete");
        self.location.send_discarding(request).await
    }
}

fn note_path(contact: &ContactId, id: &NoteId) -> String {
    path(&["contacts", contact.as_str(), "notes", id.as_str()])
}

/// A note as HighLevel gives it.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// The contact it is about.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub contact_id: Option<ContactId>,
    /// The user who wrote it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub user_id: Option<UserId>,
    /// The headline.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub title: Option<Private<String>>,
    /// The text; HighLevel's app writes HTML.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub body: Option<Private<String>>,
    /// The colour as `#RRGGBB`.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub color: Option<String>,
    /// Whether it stays at the top.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub pinned: Option<bool>,
    /// When it was written.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub date_added: Option<Timestamp>,
}

/// A note to write.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewNote {
    /// The text.
    pub body: Private<String>,
    /// The headline.
    pub title: Option<Private<String>>,
    /// The user who writes it.
    pub user_id: Option<UserId>,
    /// The colour as `#RRGGBB`.
    pub color: Option<String>,
    /// Whether it stays at the top.
    pub pinned: Option<bool>,
}

impl NewNote {
    /// A note with nothing but a text.
    pub fn new(body: impl Into<Private<String>>) -> Self {
        Self {
            body: body.into(),
            title: None,
            user_id: None,
            color: None,
            pinned: None,
        }
    }
}

/// What to change about a note; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NoteUpdate {
    /// The text.
    pub body: Option<Private<String>>,
    /// The headline.
    pub title: Option<Private<String>>,
    /// The user who wrote it.
    pub user_id: Option<UserId>,
    /// The colour as `#RRGGBB`.
    pub color: Option<String>,
    /// Whether it stays at the top.
    pub pinned: Option<bool>,
}

#[serde_as]
#[derive(Deserialize)]
struct NoteList {
    #[serde(default)]
    notes: Entries<Note>,
}
