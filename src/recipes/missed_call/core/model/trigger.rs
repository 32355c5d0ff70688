//! Triggers: the events that start or stop the steps of an episode.

use serde::{Deserialize, Serialize};

/// An event in the course of an episode that starts or stops steps. The words are those of a recipe's `on` and `stops_on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trigger {
    /// The caller called again and was not answered.
    MissedAgain,
    /// The caller called again and was answered.
    Answered,
    /// The business called the caller back and reached them.
    Returned,
    /// A person of the business wrote to the caller.
    TeamWrote,
    /// The caller wrote, on any channel.
    Replied,
    /// The caller asked for a person.
    Help,
    /// The caller booked an appointment.
    Booked,
    /// An appointment that the caller had booked was cancelled.
    BookingCancelled,
    /// The caller opened a link that was sent.
    Clicked,
    /// A task that a step has created was completed, and not by a step.
    TaskDone,
    /// The caller wants no more texts.
    OptedOut,
    /// The caller may want no more texts: the reply leaves a doubt.
    Doubtful,
    /// A step has handed the caller over to a person.
    HandedOff,
    /// A step has escalated the case.
    Escalated,
}

impl Trigger {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::MissedAgain,
        Self::Answered,
        Self::Returned,
        Self::TeamWrote,
        Self::Replied,
        Self::Help,
        Self::Booked,
        Self::BookingCancelled,
        Self::Clicked,
        Self::TaskDone,
        Self::OptedOut,
        Self::Doubtful,
        Self::HandedOff,
        Self::Escalated,
    ];

    /// Its word, such as `replied`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissedAgain => "missed_again",
            Self::Answered => "answered",
            Self::Returned => "returned",
            Self::TeamWrote => "team_wrote",
            Self::Replied => "replied",
            Self::Help => "help",
            Self::Booked => "booked",
            Self::BookingCancelled => "booking_cancelled",
            Self::Clicked => "clicked",
            Self::TaskDone => "task_done",
            Self::OptedOut => "opted_out",
            Self::Doubtful => "doubtful",
            Self::HandedOff => "handed_off",
            Self::Escalated => "escalated",
        }
    }

    /// Whether it stops messages unless their step says otherwise.
    pub(crate) fn ends_messages(self) -> bool {
        !matches!(self, Self::MissedAgain | Self::Escalated)
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|trigger| trigger.as_str() == word)
    }
}
