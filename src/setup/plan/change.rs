//! One line of a plan: a thing of one location, and what is to be done about it.

use serde::{Deserialize, Serialize};

use crate::setup::thing::{Kind, Thing};

/// What is to be done about a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Action {
    /// It is not there, and is made.
    Create,
    /// It is there and changed.
    Change,
    /// It is there, and `absent` names it: it is deleted.
    Delete,
    /// It is as it should be.
    Keep,
    /// What is there and what is wanted cannot both be: a person decides.
    Conflict,
    /// Only a person can do it.
    ByHand,
}

impl Action {
    /// The sign that plans show.
    pub fn sign(self) -> char {
        match self {
            Self::Create => '+',
            Self::Change => '~',
            Self::Delete => '-',
            Self::Keep => '=',
            Self::Conflict => '?',
            Self::ByHand => '!',
        }
    }

    /// Whether it writes to the location.
    pub fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Change | Self::Delete)
    }
}

/// One thing of a location, and what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What kind of thing it is.
    pub kind: Kind,
    /// The name by which it is found.
    pub key: String,
    /// What is to be done.
    pub action: Action,
    /// The thing as it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Thing>,
    /// The thing as it is to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Thing>,
    /// Why, or what a person has to do; empty where it goes without saying.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub because: String,
}

impl Change {
    pub(super) fn new(kind: Kind, key: impl Into<String>, action: Action) -> Self {
        Self {
            kind,
            key: key.into(),
            action,
            before: None,
            after: None,
            because: String::new(),
        }
    }

    /// The key of the thing that it is about. A recipe may name a pipeline by its id.
    pub(in crate::setup) fn thing_key(&self) -> &str {
        self.before.as_ref().map_or(&self.key, |before| &before.key)
    }

    pub(super) fn because(mut self, words: impl Into<String>) -> Self {
        self.because = words.into();
        self
    }

    pub(super) fn from(mut self, before: &Thing) -> Self {
        self.before = Some(before.clone());
        self
    }

    pub(super) fn to(mut self, after: Thing) -> Self {
        self.after = Some(after);
        self
    }
}
