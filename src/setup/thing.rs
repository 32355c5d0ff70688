//! A thing of a location, as far as a set-up knows it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::names;

/// What kinds of things a set-up knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A custom field of contacts or opportunities.
    Field,
    /// A custom value.
    Value,
    /// A tag.
    Tag,
    /// A trigger link.
    Link,
    /// A pipeline with its stages.
    Pipeline,
    /// A workflow. No API makes one.
    Workflow,
    /// A user. A set-up makes none.
    User,
    /// A phone number. A set-up buys none.
    Number,
    /// What the recipe needs of the whole location.
    Recipe,
}

impl Kind {
    /// The word that plans show.
    pub fn word(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Value => "value",
            Self::Tag => "tag",
            Self::Link => "link",
            Self::Pipeline => "pipeline",
            Self::Workflow => "workflow",
            Self::User => "user",
            Self::Number => "number",
            Self::Recipe => "recipe",
        }
    }
}

/// One custom value, field, tag, link or pipeline, in HighLevel's words.
///
/// `Debug` shows its key and id: what it holds may be personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thing {
    /// The name by which it is found again: `calendly_link`, `contact.lead_source`, else its name.
    pub key: String,
    /// HighLevel's id; `None` if it is not made yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name that people see.
    pub name: String,
    /// The text of a custom value, the target of a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The type of a field, as HighLevel writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_type: Option<String>,
    /// The options of a field, the stages of a pipeline in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// An option of a field, or a stage of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The stage's id, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name that people see.
    pub name: String,
}

impl Part {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self {
            id: None,
            name: name.into(),
        }
    }
}

impl Thing {
    pub(super) fn new(key: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            id: None,
            name: name.into(),
            text: None,
            field_type: None,
            parts: Vec::new(),
        }
    }

    /// Whether both hold the same, whatever their ids. Case and spaces make no difference in the names of stages and
    /// options; the text of a value is compared without white space around it.
    pub fn holds_the_same(&self, other: &Self) -> bool {
        let text = |thing: &Self| thing.text.as_deref().unwrap_or_default().trim().to_owned();
        let parts = self.parts.iter().zip(&other.parts);
        text(self) == text(other)
            && self.field_type == other.field_type
            && self.parts.len() == other.parts.len()
            && parts
                .into_iter()
                .all(|(one, other)| names::same(&one.name, &other.name))
    }

    /// Whether it is as wanted. A pipeline or a field may have more parts: those of others stay.
    pub(super) fn fulfils(&self, kind: Kind, wanted: &Self) -> bool {
        match kind {
            Kind::Pipeline | Kind::Field => {
                self.field_type == wanted.field_type
                    && wanted.parts.iter().all(|part| self.has_part(&part.name))
            }
            _ => self.holds_the_same(wanted),
        }
    }

    /// Whether it has a part with this name.
    pub(super) fn has_part(&self, name: &str) -> bool {
        self.parts.iter().any(|part| names::same(&part.name, name))
    }
}

impl fmt::Debug for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thing")
            .field("key", &self.key)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
