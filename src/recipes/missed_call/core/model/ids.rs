//! The ids of episodes, steps and effects. They are stored and looked up after a crash, so changing how one is built is a
//! breaking change.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{LocationId, MessageId};

/// The permanent id of one episode: the location and the call that opened it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EpisodeId(Box<str>);

impl EpisodeId {
    /// The id of the episode that this call opens.
    pub fn of_call(location: &LocationId, call: &MessageId) -> Self {
        Self(format!("{location}:{call}").into())
    }

    /// An id read from a store.
    pub fn from_stored(name: impl Into<Box<str>>) -> Self {
        Self(name.into())
    }

    /// The location, read from the id.
    pub(crate) fn location(&self) -> Option<LocationId> {
        let (location, _) = self.0.split_once(':')?;
        LocationId::new(location).ok()
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EpisodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a step in its recipe, such as `text`: up to 40 small letters, digits and `_`, the first a letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepName(Box<str>);

impl StepName {
    /// The longest name, in characters.
    const LONGEST: usize = 40;

    /// Reads a step name; `None` if `text` is not a valid one.
    pub fn new(text: &str) -> Option<Self> {
        let sound = text.len() <= Self::LONGEST
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        sound.then(|| Self(text.into()))
    }

    /// An id read from a store.
    pub fn from_stored(name: impl Into<Box<str>>) -> Self {
        Self(name.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The permanent id of one outside effect: episode, step and ordinal. The effect of one id is performed at most once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EffectId {
    /// The episode it belongs to.
    pub episode: EpisodeId,
    /// The step of the recipe.
    pub step: StepName,
    /// The number of the effect among those of the step, from 0.
    pub ordinal: u32,
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.episode, self.step, self.ordinal)
    }
}
