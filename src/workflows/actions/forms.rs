//! The forms that people fill in to set a step or a trigger up: fields, and what can be chosen in them.

use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::open_enum::open_enum;

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What people read.
    pub label: String,
    /// What the step is sent.
    pub value: String,
}

impl Choice {
    /// A choice.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
        }
    }
}

open_enum! {
    /// The kind of a field. In filters of a trigger HighLevel takes the texts and the selects alone.
    pub enum FieldKind {
        /// A line of text.
        Text = "string",
        /// A number; it arrives as text.
        Number = "numerical" | "numeric",
        /// Lines of text.
        LongText = "textarea",
        /// One of the choices.
        Select = "select",
        /// Any of the choices; they arrive as a list.
        MultiSelect = "multiselect",
        /// One of the choices, all seen at once.
        Radio = "radio",
        /// On or off.
        Toggle = "toggle",
        /// On or off.
        Checkbox = "checkbox",
    }
}

/// A field of a form.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FormField {
    /// Its name in what the step is sent.
    pub field: String,
    /// What people read.
    pub title: String,
    /// Its kind.
    pub field_type: FieldKind,
    /// Whether it must be filled in.
    pub required: bool,
    /// What can be chosen, in fields of choices.
    pub options: Option<Vec<Choice>>,
}

impl FormField {
    /// A field that may be left empty.
    pub fn new(field: impl Into<String>, title: impl Into<String>, kind: FieldKind) -> Self {
        Self {
            field: field.into(),
            title: title.into(),
            field_type: kind,
            required: false,
            options: None,
        }
    }

    /// It must be filled in.
    #[must_use]
    pub fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// These can be chosen.
    #[must_use]
    pub fn options(self, options: impl IntoIterator<Item = Choice>) -> Self {
        Self {
            options: Some(options.into_iter().collect()),
            ..self
        }
    }
}

/// A part of a step's form, with a title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormSection {
    /// The title.
    pub section: String,
    /// Its fields.
    pub fields: Vec<FormField>,
}

impl FormSection {
    /// A part of a form.
    pub fn new(section: impl Into<String>, fields: impl IntoIterator<Item = FormField>) -> Self {
        Self {
            section: section.into(),
            fields: fields.into_iter().collect(),
        }
    }
}
