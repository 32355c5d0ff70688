//! The ids by which an episode is found if an event does not name the contact.

use std::fmt;

use super::EpisodeId;
use crate::ids::{ConversationId, LocationId};

/// An id of HighLevel's, or of the host's, that belongs to one episode. It is stored in the form that `Display` prints.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reference {
    /// A task that a step has created, by its id.
    Task(String),
    /// An appointment that the caller has booked, by its id.
    Appointment(String),
    /// The thread with the caller's contact. It belongs to the episode opened last.
    Conversation(ConversationId),
}

impl fmt::Display for Reference {
    /// Its kind and id, such as `task:5HrBqZ2qwVNtZ8tPhPEs`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task(id) => write!(f, "task:{id}"),
            Self::Appointment(id) => write!(f, "appointment:{id}"),
            Self::Conversation(id) => write!(f, "conversation:{id}"),
        }
    }
}

/// Links a reference to an episode, or removes the link. The last change of a reference counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceChange {
    /// The location.
    pub location: LocationId,
    /// The reference.
    pub reference: Reference,
    /// The episode that it leads to; `None` to remove the link.
    pub episode: Option<EpisodeId>,
}
