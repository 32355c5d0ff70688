//! What an episode is found by where its contact is not told: ids that it has met.

use std::fmt;

use super::EpisodeId;
use crate::ids::{ConversationId, LocationId};

/// Something of HighLevel's, or of the host's, that belongs to one episode. It is stored as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reference {
    /// A task that a step has made, by its id.
    Task(String),
    /// An appointment that the caller has booked, by its id.
    Appointment(String),
    /// The thread with the caller's contact. It belongs to the episode that was opened last.
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

/// An episode is found by this, or is not any more. The last episode that is told counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceChange {
    /// Where.
    pub location: LocationId,
    /// By what.
    pub reference: Reference,
    /// Which; `None` when it is forgotten.
    pub episode: Option<EpisodeId>,
}
