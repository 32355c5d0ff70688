//! Tasks for the team.

use jiff::Timestamp;

use crate::ids::{ContactId, TaskId, UserId};
use crate::secret::Private;

payload! {
    /// A task about a contact. `TaskCreate` has been seen without `contactId` and `body`, which its page shows (issue
    /// #332 of `GoHighLevel/highlevel-api-docs`).
    pub struct Task {
        /// The task.
        task_id: Option<TaskId> = scalar("id"),
        /// The contact it is about.
        contact_id: Option<ContactId> = scalar("contactId"),
        /// Whose task it is.
        assigned_to: Option<UserId> = scalar("assignedTo"),
        /// Its title.
        title: Option<Private<String>> = scalar("title"),
        /// What it says.
        body: Option<Private<String>> = scalar("body"),
        /// When it was made.
        date_added: Option<Timestamp> = scalar("dateAdded"),
        /// When it is due.
        due_date: Option<Timestamp> = scalar("dueDate"),
    }
}
