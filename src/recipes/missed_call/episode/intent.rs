//! What exactly is to be done for one effect.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// What exactly is to be done. It is stored before the attempt, and looked for after an attempt whose answer was lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Send this text to the contact.
    Text {
        /// The whole text.
        body: Private<String>,
        /// The number of the business it comes from; HighLevel's default where unknown.
        from: Option<PhoneNumber>,
        /// The number to send to, where that is not the contact's own.
        to: Option<PhoneNumber>,
        /// Why this hour is one to text the person in, for texts that keep quiet hours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<String>,
        /// The name of the copy it was made from: the step's, or that of a variant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        variant: Option<String>,
        /// The fingerprint of that copy, by which it was approved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        copy_fingerprint: Option<String>,
    },
    /// Put this tag on the contact.
    Tag {
        /// The tag.
        name: String,
    },
    /// Give the team this task.
    Task {
        /// Its title.
        title: String,
        /// What it says.
        body: Private<String>,
        /// When it is due.
        due: Timestamp,
        /// Whose it is.
        assignee: Option<UserId>,
    },
}
