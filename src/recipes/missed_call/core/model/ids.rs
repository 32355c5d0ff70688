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

    /// The location, as the name tells it.
    pub(crate) fn location(&self) -> Option<LocationId> {
        let (location, _) = self.0.split_once(':')?;
        LocationId::new(location).ok()
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

/// The name of a step in its recipe, such as `text`: up to 40 small letters, digits and `_`, the first a letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepName(Box<str>);

impl StepName {
    /// The longest name, in characters.
    const LONGEST: usize = 40;

    /// The name that `text` spells; `None` if it is none.
    pub fn new(text: &str) -> Option<Self> {
        let sound = text.len() <= Self::LONGEST
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        sound.then(|| Self(text.into()))
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

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of one outside effect for ever: episode, step and ordinal. Whoever performs effects may perform the effect
/// of one name once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EffectId {
    /// The episode it belongs to.
    pub episode: EpisodeId,
    /// The step of the recipe.
    pub step: StepName,
    /// Which effect of this step it is, from 0.
    pub ordinal: u32,
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.episode, self.step, self.ordinal)
    }
}
