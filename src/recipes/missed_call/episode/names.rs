//! The names of episodes and effects. They are stored and looked for again after a crash: changing how one is made is
//! a breaking change.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{LocationId, MessageId};

/// The name of one episode for ever: the location and the call that opened it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EpisodeId(Box<str>);

impl EpisodeId {
    /// The episode that this call opens.
    pub fn of_call(location: &LocationId, call: &MessageId) -> Self {
        Self(format!("{location}:{call}").into())
    }

    /// A name that was stored before.
    pub fn from_stored(name: impl Into<Box<str>>) -> Self {
        Self(name.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EpisodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A step of the recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// The text to the caller.
    Text,
    /// The tag on the contact.
    Tag,
    /// The task for the team.
    Task,
}

impl Step {
    /// All steps, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Text, Self::Tag, Self::Task];

    /// The step's stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Tag => "tag",
            Self::Task => "task",
        }
    }

    /// The step of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == name)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of one outside effect for ever: episode, step and ordinal. Whoever performs effects may perform the effect
/// of one name once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EffectId {
    /// The episode it belongs to.
    pub episode: EpisodeId,
    /// The step of the recipe.
    pub step: Step,
    /// Which effect of this step it is, from 0.
    pub ordinal: u32,
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.episode, self.step, self.ordinal)
    }
}
