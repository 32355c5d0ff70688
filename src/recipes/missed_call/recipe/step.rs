//! What a step of a recipe is: what it follows, when, what makes it needless, and what is done.

use std::collections::BTreeSet;
use std::num::NonZeroU8;

use jiff::SignedDuration;

use super::numbers::OnlyFor;
use super::variants::TextVariant;
use crate::client::Lane;
use crate::ids::UserId;
use crate::recipes::missed_call::copy::{Approval, Arm, Template};
use crate::recipes::missed_call::episode::Happening;
use crate::secret::Private;

/// One step: what it follows, and what is done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    pub(crate) on: Start,
    /// The calls that it is for.
    pub(crate) only_for: OnlyFor,
    /// The wait between that and the step.
    pub(crate) after: SignedDuration,
    /// What makes it needless or unwelcome.
    pub(crate) stops_on: BTreeSet<Happening>,
    pub(crate) deed: Deed,
}

/// What a step follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// The missed call that opens the episode.
    Missed,
    /// As many missed calls in one episode.
    MissedCalls(u32),
    /// Anything else.
    After(Happening),
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Deed {
    Text(TextStep),
    Tag(TagStep),
    Task(TaskStep),
}

impl Step {
    /// The lane in which it is performed: somebody waits for a text.
    pub(crate) fn lane(&self) -> Lane {
        match self.deed {
            Deed::Text(_) => Lane::Interactive,
            Deed::Tag(_) | Deed::Task(_) => Lane::Background,
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&TextStep> {
        match &self.deed {
            Deed::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A text to the caller.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextStep {
    pub(crate) body: Template,
    /// Put after the body, once; without one nothing is.
    pub(crate) opt_out: Option<String>,
    /// How many parts it may take.
    pub(crate) max_segments: NonZeroU8,
    /// The body's place in an experiment.
    pub(crate) arm: Option<Arm>,
    /// Other words for some calls.
    pub(crate) variants: Vec<TextVariant>,
    /// Who approved which of the words.
    pub(crate) approvals: Vec<Approval>,
}

/// The tag on the contact.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TagStep {
    /// In small letters, as HighLevel keeps it.
    pub(crate) name: String,
}

/// The task for the team.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TaskStep {
    pub(crate) title: String,
    /// Counted from what the step follows.
    pub(crate) due_after: SignedDuration,
    pub(crate) assign_to: Assignee,
}

/// Whose task it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Assignee {
    /// The user to whom the contact is assigned, if there is one.
    ContactOwner,
    /// Nobody: the task stands in everybody's list.
    Nobody,
    /// This user.
    User(UserId),
    /// The user who signs in with this e-mail address.
    UserEmail(Private<String>),
}
