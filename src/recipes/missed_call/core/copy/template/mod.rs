//! Templates of a text: literal words, the known merge fields, `default("…")` and `{% if field %}`; nothing else.
//!
//! [`parser`] reads a template once, into a [`tree`]; the tree is rendered with the values of a contact.

mod parser;
mod tree;

use std::fmt;
use std::sync::Arc;

use self::parser::Parser;
use self::tree::Tree;
pub(super) use self::tree::{FIELD, LINK_FIELD, Piece};
use super::error::{CopyError, Kind};
use super::merge_field::MergeField;
use super::merge_values::{FieldValues, MergeValues};
use super::placeholder::placeholder_faults;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;

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
pub struct Template(Arc<Parsed>);

#[derive(Debug, PartialEq, Eq)]
struct Parsed {
    source: String,
    tree: Tree,
}

/// Everything that is wrong with a template. `Display` lists it in one line: what is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTemplate {
    faults: Vec<Diagnostic>,
}

impl fmt::Display for InvalidTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Diagnostic { what, remedy }) in self.faults.iter().enumerate() {
            let separator = if index == 0 { "" } else { ". " };
            write!(f, "{separator}{what}; {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidTemplate {}

impl Template {
    /// Parses a template. Fails with everything that is wrong in it: unknown fields, broken syntax, statements other
    /// than `if`.
    pub fn parse(source: &str) -> Result<Self, InvalidTemplate> {
        let (template, faults) = Self::read(source);
        if faults.is_empty() {
            Ok(template)
        } else {
            Err(InvalidTemplate { faults })
        }
    }

    /// Parses as much of a template as possible, and lists everything that is wrong in it, so that the rest of it can
    /// be checked too. A template with faults must not be rendered.
    pub(crate) fn read(source: &str) -> (Self, Vec<Diagnostic>) {
        let (tree, mut faults) = Parser::parse(source);
        // A line end separates words that have a field between them.
        let words: Vec<&str> = tree.pieces().filter_map(Piece::as_words).collect();
        faults.extend(placeholder_faults(&words.join("\n")));
        let source = source.to_owned();
        (Self(Arc::new(Parsed { source, tree })), faults)
    }

    /// The template as it was written.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The merge fields it mentions, in their order; a field that is mentioned twice comes twice.
    pub fn fields(&self) -> impl Iterator<Item = &MergeField> {
        self.pieces().filter_map(|piece| match piece {
            Piece::Words(_) => None,
            Piece::Print { field, .. } | Piece::Test(field) => Some(field),
        })
    }

    /// The fields without which it cannot be rendered: printed without a default, outside any `if`.
    pub(crate) fn required(&self) -> impl Iterator<Item = &MergeField> {
        self.pieces().filter_map(|piece| match piece {
            Piece::Print {
                field,
                default: None,
                conditional: false,
            } => Some(field),
            _ => None,
        })
    }

    /// The words of the template, with [`FIELD`] or [`LINK_FIELD`] in place of each field.
    pub(super) fn skeleton(&self) -> String {
        let mut skeleton = String::with_capacity(self.source().len());
        for piece in self.pieces() {
            match piece {
                Piece::Words(words) => skeleton.push_str(words),
                Piece::Print { field, .. } if field.is_link() => skeleton.push(LINK_FIELD),
                Piece::Print { .. } => skeleton.push(FIELD),
                Piece::Test(_) => {}
            }
        }
        skeleton
    }

    /// Its pieces in their order, for checks of what is next to what.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.0.tree.pieces()
    }

    /// The texts of its `default("…")` filters.
    pub(super) fn defaults(&self) -> impl Iterator<Item = &str> {
        self.pieces().filter_map(|piece| match piece {
            Piece::Print { default, .. } => default.as_deref(),
            _ => None,
        })
    }

    /// Everything that the template itself can say: its words and its defaults.
    pub(crate) fn spoken(&self) -> impl Iterator<Item = String> {
        std::iter::once(self.skeleton()).chain(self.defaults().map(str::to_owned))
    }

    /// Fills the template. Values are data and are never parsed as a template.
    ///
    /// A name that is missing or not presentable (a phone number, "Unknown") becomes "there", unless the template has
    /// a default for it. Fails if the location's name, a custom value or a value of the number is missing or empty and
    /// the template has no default for it, or if the result contains template braces.
    pub fn render(&self, values: &MergeValues) -> Result<String, CopyError> {
        self.fill(&FieldValues::new(values))
    }

    /// The same with the values of one draft.
    pub(super) fn fill(&self, values: &FieldValues<'_>) -> Result<String, CopyError> {
        let text = self.0.tree.render(values)?;
        let trimmed = text.trim();
        if has_braces(trimmed) {
            return Err(CopyError::new(Kind::LeftoverBraces, None));
        }
        if trimmed.len() == text.len() {
            return Ok(text);
        }
        Ok(trimmed.to_owned())
    }
}

/// Whether a reader that takes the text for a template, as HighLevel may, would find something to fill in.
pub(super) fn has_braces(text: &str) -> bool {
    text.as_bytes()
        .windows(2)
        .any(|pair| matches!(pair, b"{{" | b"}}" | b"{%" | b"%}"))
}
