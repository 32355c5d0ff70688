//! Validation of request bodies: which properties an operation knows, of what kind, and which it must have.

use jiff::Timestamp;
use serde_json::Value;

use super::answer::{Answer, Fields};

/// What a property may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// Text, or null to clear the field.
    TextOrNull,
    /// ISO 8601 with a zone.
    Time,
    Bool,
    Number,
    Texts,
    Object,
    Objects,
    List,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// What HighLevel's files leave open.
    Any,
}

/// One property of a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Property {
    name: &'static str,
    kind: Kind,
    required: bool,
}

impl Property {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// The same property, which may be left out.
    pub(super) const fn optional(self) -> Self {
        Self {
            required: false,
            ..self
        }
    }
}

/// A property that must be there, and must not be empty text.
pub(super) const fn required(name: &'static str, kind: Kind) -> Property {
    Property {
        name,
        kind,
        required: true,
    }
}

/// A property that may be left out.
pub(super) const fn optional(name: &'static str, kind: Kind) -> Property {
    Property {
        name,
        kind,
        required: false,
    }
}

/// Accepts the body, or refuses it with everything that is wrong with it (422).
///
/// HighLevel's wording for an unknown property is known; for the rest the wording of its validation library is used.
pub(super) fn check(body: &Fields, properties: &[Property]) -> Result<(), Answer> {
    let mut problems: Vec<String> = body
        .keys()
        .filter(|key| !properties.iter().any(|property| property.name == **key))
        .map(|key| format!("property {key} should not exist"))
        .collect();
    for property in properties {
        match body.get(property.name) {
            None if property.required => {
                problems.push(format!("{} should not be empty", property.name));
                problems.push(complaint(property));
            }
            None => {}
            Some(value) if !fits(value, property.kind) => problems.push(complaint(property)),
            Some(Value::String(text)) if property.required && text.trim().is_empty() => {
                problems.push(format!("{} should not be empty", property.name));
            }
            Some(_) => {}
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Answer::unprocessable(problems))
    }
}

fn fits(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::Text => value.is_string(),
        Kind::TextOrNull => value.is_string() || value.is_null(),
        Kind::Time => value
            .as_str()
            .is_some_and(|text| text.parse::<Timestamp>().is_ok()),
        Kind::Bool => value.is_boolean(),
        Kind::Number => value.is_number(),
        Kind::Texts => value
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_string)),
        Kind::Object => value.is_object(),
        Kind::Objects => value
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_object)),
        Kind::List => value.is_array(),
        Kind::OneOf(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        Kind::Any => true,
    }
}

fn complaint(property: &Property) -> String {
    let name = property.name;
    match property.kind {
        Kind::Text | Kind::TextOrNull => format!("{name} must be a string"),
        Kind::Time => format!("{name} must be a valid ISO 8601 date string"),
        Kind::Bool => format!("{name} must be a boolean value"),
        Kind::Number => format!("{name} must be a number"),
        Kind::Texts => format!("each value in {name} must be a string"),
        Kind::Object => format!("{name} must be an object"),
        Kind::Objects => format!("each value in {name} must be an object"),
        Kind::List => format!("{name} must be an array"),
        Kind::OneOf(words) => format!(
            "{name} must be one of the following values: {}",
            words.join(", ")
        ),
        // A missing one is complained about in other words before.
        Kind::Any => format!("{name} must be defined"),
    }
}
