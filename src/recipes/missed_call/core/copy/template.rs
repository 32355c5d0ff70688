//! Templates of a text: plain words, the known merge fields, `default("…")` and `{% if field %}`; nothing else.
//!
//! [`notation`](super::notation) reads and checks it; minijinja, over an environment that holds only what is allowed
//! here, evaluates it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

use super::error::{CopyError, Kind};
use super::merge_values::MergeValues;
use super::notation::{Parser, Piece};
use super::placeholder::placeholder_faults;
use crate::recipes::missed_call::core::recipe::Diagnostic;

/// Stand in [`Template::skeleton`] for a field, and for a field that holds a link.
pub(super) const FIELD: char = '\u{fffc}';
pub(super) const LINK_FIELD: char = '\u{fffd}';

/// A value that a template may ask for, written as in HighLevel: `{{ contact.first_name }}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MergeField {
    /// `contact.first_name`; a contact without a presentable one is called "there".
    ContactFirstName,
    /// `contact.last_name`; nothing is printed for a contact without a presentable one.
    ContactLastName,
    /// `contact.name`; a contact without a presentable one is called "there".
    ContactName,
    /// `location.name`: what the business calls itself in texts.
    LocationName,
    /// `location.phone`: the business's phone number as HighLevel has it, in E.164.
    LocationPhone,
    /// `custom_values.<key>`: a custom value of the location.
    CustomValue(String),
    /// `number.name`: what the recipe calls the number that was called.
    NumberName,
    /// `number.link`: the one link of the number that was called.
    NumberLink,
}

impl MergeField {
    pub(super) fn parse(path: &str) -> Option<Self> {
        Some(match path {
            "contact.first_name" => Self::ContactFirstName,
            "contact.last_name" => Self::ContactLastName,
            "contact.name" => Self::ContactName,
            "location.name" => Self::LocationName,
            "location.phone" => Self::LocationPhone,
            "number.name" => Self::NumberName,
            "number.link" => Self::NumberLink,
            _ => {
                let key = path.strip_prefix("custom_values.")?;
                let named = !key.is_empty()
                    && key
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                if !named {
                    return None;
                }
                Self::CustomValue(key.to_owned())
            }
        })
    }

    /// Whether the value must be a link: that of the number, and a custom value with `link` or `url` in its key.
    pub(crate) fn is_link(&self) -> bool {
        match self {
            Self::NumberLink => true,
            Self::CustomValue(key) => key.contains("link") || key.contains("url"),
            _ => false,
        }
    }

    /// Whether the value is a name of the contact.
    pub(crate) fn is_name(&self) -> bool {
        matches!(
            self,
            Self::ContactFirstName | Self::ContactLastName | Self::ContactName
        )
    }

    /// Whether nothing at all is printed where it has no value.
    pub(super) fn is_left_out(&self) -> bool {
        matches!(self, Self::ContactLastName)
    }

    /// Whether the value depends on the number that was called.
    pub(crate) fn is_of_number(&self) -> bool {
        matches!(self, Self::NumberName | Self::NumberLink)
    }
}

impl fmt::Display for MergeField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ContactFirstName => "contact.first_name",
            Self::ContactLastName => "contact.last_name",
            Self::ContactName => "contact.name",
            Self::LocationName => "location.name",
            Self::LocationPhone => "location.phone",
            Self::NumberName => "number.name",
            Self::NumberLink => "number.link",
            Self::CustomValue(key) => return write!(f, "custom_values.{key}"),
        })
    }
}

/// A checked template.
///
/// ```
/// use gohighlevel::recipes::missed_call::{MergeValues, Template};
///
/// let template = Template::parse(r#"Hi {{ contact.first_name | default("friend") }}!"#)?;
/// assert_eq!(template.render(&MergeValues::default())?, "Hi friend!");
/// assert!(Template::parse("Hi {{ contact.frist_name }}!").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    source: String,
    /// The same in the notation of the engine.
    engine: String,
    pieces: Vec<Piece>,
}

/// Everything that is wrong with a template. `Display` lists it in one line: what is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    faults: Vec<Diagnostic>,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Diagnostic { what, remedy }) in self.faults.iter().enumerate() {
            let separator = if index == 0 { "" } else { ". " };
            write!(f, "{separator}{what}; {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for TemplateError {}

impl Template {
    /// Reads a template. Fails with everything that is wrong in it: unknown fields, broken syntax, statements other
    /// than `if`.
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        let (template, faults) = Self::read(source);
        if faults.is_empty() {
            Ok(template)
        } else {
            Err(TemplateError { faults })
        }
    }

    /// Reads a template as far as it can be read, with everything that is wrong in it, so that the rest of it can
    /// be checked too. With faults it is not fit to be rendered.
    pub(crate) fn read(source: &str) -> (Self, Vec<Diagnostic>) {
        let mut parser = Parser::default();
        parser.read(source);
        if parser.faults.is_empty() && environment().template_from_str(&parser.engine).is_err() {
            parser.fault(
                "`{% if %}`, `{% else %}` and `{% endif %}` that do not belong together",
                "write `{% if field %}…{% else %}…{% endif %}`, in this order",
            );
        }
        // A line end keeps words apart that have a field between them.
        let words: Vec<&str> = parser.pieces.iter().filter_map(Piece::as_words).collect();
        parser.faults.extend(placeholder_faults(&words.join("\n")));
        let template = Self {
            source: source.to_owned(),
            engine: parser.engine,
            pieces: parser.pieces,
        };
        (template, parser.faults)
    }

    /// The template as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The merge fields it mentions, in the order of their appearance; one that stands twice comes twice.
    pub fn fields(&self) -> impl Iterator<Item = &MergeField> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Words(_) => None,
            Piece::Print { field, .. } | Piece::Test(field) => Some(field),
        })
    }

    /// The fields without which it cannot be rendered: printed without a default and outside of any `if`.
    pub(crate) fn required(&self) -> impl Iterator<Item = &MergeField> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Print {
                field,
                default: None,
                conditional: false,
            } => Some(field),
            _ => None,
        })
    }

    /// The words of the template, with [`FIELD`] or [`LINK_FIELD`] for what is filled in.
    pub(super) fn skeleton(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Words(words) => words.clone(),
                Piece::Print { field, .. } if field.is_link() => LINK_FIELD.to_string(),
                Piece::Print { .. } => FIELD.to_string(),
                Piece::Test(_) => String::new(),
            })
            .collect()
    }

    /// The parts of it, for those that look at what stands side by side.
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The texts of its `default("…")` filters.
    pub(super) fn defaults(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Print { default, .. } => default.as_deref(),
            _ => None,
        })
    }

    /// All that the template itself may say: its words, and what it says for want of a value.
    pub(crate) fn spoken(&self) -> impl Iterator<Item = String> {
        std::iter::once(self.skeleton()).chain(self.defaults().map(str::to_owned))
    }

    /// Fills the template. Values are data and are never read as a template themselves.
    ///
    /// A name that is missing or not presentable (a phone number, "Unknown") becomes "there" unless the template has
    /// a default of its own. Fails when the location's name, a custom value or something of the number is missing or
    /// empty and the template gives no default for it, or when braces are left over in the result.
    pub fn render(&self, values: &MergeValues) -> Result<String, CopyError> {
        let mut context: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
        for field in self.fields() {
            let (object, name) = match field {
                MergeField::ContactFirstName => ("contact", "first_name"),
                MergeField::ContactLastName => ("contact", "last_name"),
                MergeField::ContactName => ("contact", "name"),
                MergeField::LocationName => ("location", "name"),
                MergeField::LocationPhone => ("location", "phone"),
                MergeField::CustomValue(key) => ("custom_values", key.as_str()),
                MergeField::NumberName => ("number", "name"),
                MergeField::NumberLink => ("number", "link"),
            };
            let value = match values.get(field) {
                Some(value) => Value::from(value),
                None => Value::from_object(Absent(values.absence(field))),
            };
            context
                .entry(object)
                .or_default()
                .insert(name.to_owned(), value);
        }
        let context = Value::from_pairs(
            context
                .into_iter()
                .map(|(object, fields)| (object, Value::from_pairs(fields))),
        );
        let text = environment()
            .render_str(&self.engine, context)
            .map_err(|error| CopyError::from_engine(&error))?;
        let text = text.trim();
        if has_braces(text) {
            return Err(CopyError::new(Kind::LeftoverBraces, None));
        }
        Ok(text.to_owned())
    }
}

/// Whether somebody who reads the text as a template, as HighLevel may, would find something to fill in.
pub(super) fn has_braces(text: &str) -> bool {
    ["{{", "}}", "{%", "%}"]
        .iter()
        .any(|braces| text.contains(braces))
}

/// A field without a value: false in an `if`, replaced by `default`, and otherwise what printing it comes to.
#[derive(Debug)]
struct Absent(Result<&'static str, CopyError>);

impl Object for Absent {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }
}

/// An engine that knows one filter and no function, test, global, loader or escaping.
fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("default", |value: Value, fallback: String| {
        if value.downcast_object_ref::<Absent>().is_some() {
            Value::from(fallback)
        } else {
            value
        }
    });
    environment.set_formatter(|out, _, value| {
        let text = match value.downcast_object_ref::<Absent>() {
            Some(Absent(Ok(neutral))) => Some(*neutral),
            Some(Absent(Err(error))) => {
                return Err(
                    Error::new(ErrorKind::UndefinedError, "no value").with_source(error.clone())
                );
            }
            None => value.as_str(),
        };
        let text = text.ok_or_else(|| Error::new(ErrorKind::UndefinedError, "no text"))?;
        out.write_str(text).map_err(Error::from)
    });
    environment
}
