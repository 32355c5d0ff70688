//! Notes on a contact.

use jiff::Timestamp;

use crate::ids::{ContactId, NoteId};
use crate::secret::Private;

payload! {
    /// A note on a contact.
    pub struct Note {
        /// The note.
        note_id: Option<NoteId> = scalar("id"),
        /// The contact.
        contact_id: Option<ContactId> = scalar("contactId"),
        /// What it says.
        body: Option<Private<String>> = scalar("body"),
        /// When it was written.
        date_added: Option<Timestamp> = scalar("dateAdded"),
    }
}
