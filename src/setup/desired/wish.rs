//! What one location must have, after its row was put into the file's words.

use crate::api::custom_fields::{CustomFieldModel, CustomFieldType};
use crate::api::tags::TagName;
use crate::ids::{UserId, WorkflowId};
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// Everything that one location must have. What is not here is not touched.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::setup) struct Wishes {
    pub(in crate::setup) tags: Vec<TagWish>,
    pub(in crate::setup) values: Vec<ValueWish>,
    pub(in crate::setup) fields: Vec<FieldWish>,
    pub(in crate::setup) pipelines: Vec<PipelineWish>,
    pub(in crate::setup) links: Vec<LinkWish>,
    pub(in crate::setup) workflows: Vec<WorkflowWish>,
    pub(in crate::setup) users: Vec<UserWish>,
    pub(in crate::setup) numbers: Vec<PhoneNumber>,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::setup) struct TagWish {
    pub(in crate::setup) name: TagName,
    /// Whether it is to be there, or not to be there.
    pub(in crate::setup) present: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::setup) struct ValueWish {
    pub(in crate::setup) key: String,
    /// The name with which it is created.
    pub(in crate::setup) name: String,
    pub(in crate::setup) rule: ValueRule,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::setup) enum ValueRule {
    /// Always this text.
    Set(String),
    /// This text while it is missing or empty.
    Default(String),
    /// Any text: a recipe uses it, and the file does not say which.
    Needed,
    Absent,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::setup) struct FieldWish {
    pub(in crate::setup) model: CustomFieldModel,
    /// The whole key: `contact.lead_source`.
    pub(in crate::setup) key: String,
    pub(in crate::setup) name: String,
    /// `None` takes any, and creates a line of text.
    pub(in crate::setup) data_type: Option<CustomFieldType>,
    /// At least these.
    pub(in crate::setup) options: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::setup) struct PipelineWish {
    pub(in crate::setup) name: String,
    pub(in crate::setup) stages: Vec<String>,
    /// Whether stages that are not listed are a conflict.
    pub(in crate::setup) refuses_others: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::setup) struct LinkWish {
    pub(in crate::setup) name: String,
    /// Where it leads; `None` if it is not to be there.
    pub(in crate::setup) to: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::setup) enum WorkflowWish {
    Named {
        name: String,
        published: bool,
    },
    /// One that a recipe puts contacts into.
    Known(WorkflowId),
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::setup) enum UserWish {
    Email(Private<String>),
    Known(UserId),
}

/// Which lists of a location have to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::setup) struct Reads {
    pub(in crate::setup) details: bool,
    pub(in crate::setup) tags: bool,
    pub(in crate::setup) values: bool,
    pub(in crate::setup) fields: bool,
    pub(in crate::setup) pipelines: bool,
    pub(in crate::setup) links: bool,
    pub(in crate::setup) workflows: bool,
    pub(in crate::setup) users: bool,
    pub(in crate::setup) numbers: bool,
    /// What may keep a missed call from getting its text, as far as it can be read.
    pub(in crate::setup) warnings: bool,
}

impl Reads {
    /// Everything that a set-up can name.
    pub(in crate::setup) const ALL: Self = Self {
        details: true,
        tags: true,
        values: true,
        fields: true,
        pipelines: true,
        links: true,
        workflows: true,
        users: true,
        numbers: true,
        warnings: false,
    };
}

impl Wishes {
    pub(in crate::setup) fn reads(&self) -> Reads {
        Reads {
            details: false,
            tags: !self.tags.is_empty(),
            values: !self.values.is_empty(),
            fields: !self.fields.is_empty(),
            pipelines: !self.pipelines.is_empty(),
            links: !self.links.is_empty(),
            workflows: !self.workflows.is_empty(),
            users: !self.users.is_empty(),
            numbers: !self.numbers.is_empty(),
            warnings: false,
        }
    }
}
