//! From a checked recipe and the values of one contact to the text that is sent, checked once more.

use std::error::Error;
use std::fmt;

use super::lint::{LinkFault, link_fault, links};
use super::template::MergeField;
use super::values::MergeValues;
use crate::recipes::missed_call::compliance::opt_out;
use crate::recipes::missed_call::recipe::{Recipe, TextStep};

/// The longest text HighLevel's carriers take, in characters.
pub(crate) const LONGEST_TEXT: usize = 1600;

/// Why a text cannot be sent as it would read now. The task of the recipe is not touched by it.
///
/// It names merge fields and words of the deny-list, and never repeats the text or a value: both may be personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyError {
    kind: Kind,
    field: Option<MergeField>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    NoText,
    Empty,
    TooLong,
    FieldMissing,
    CustomValueMissing,
    CustomValueEmpty,
    LinkNotHttps,
    LinkShortener,
    ClinicalWord(String),
    LeftoverBraces,
    Engine,
}

impl CopyError {
    fn new(kind: Kind, field: Option<&MergeField>) -> Self {
        Self {
            kind,
            field: field.cloned(),
        }
    }

    pub(super) fn field_missing(field: &MergeField) -> Self {
        Self::new(Kind::FieldMissing, Some(field))
    }

    pub(super) fn custom_value_missing(field: &MergeField) -> Self {
        Self::new(Kind::CustomValueMissing, Some(field))
    }

    pub(super) fn custom_value_empty(field: &MergeField) -> Self {
        Self::new(Kind::CustomValueEmpty, Some(field))
    }

    pub(super) fn leftover_braces(field: Option<&MergeField>) -> Self {
        Self::new(Kind::LeftoverBraces, field)
    }

    /// Takes our own error back out of the engine's.
    pub(super) fn from_engine(error: &minijinja::Error) -> Self {
        let mut source = error.source();
        while let Some(inner) = source {
            if let Some(own) = inner.downcast_ref::<Self>() {
                return own.clone();
            }
            source = inner.source();
        }
        Self::new(Kind::Engine, None)
    }

    /// A word for the kind of problem that stays the same over releases: `no_text`, `empty`, `too_long`,
    /// `field_missing`, `custom_value_missing`, `custom_value_empty`, `link_not_https`, `link_shortener`,
    /// `clinical_word`, `leftover_braces` or `template_failed`.
    pub fn code(&self) -> &'static str {
        match self.kind {
            Kind::NoText => "no_text",
            Kind::Empty => "empty",
            Kind::TooLong => "too_long",
            Kind::FieldMissing => "field_missing",
            Kind::CustomValueMissing => "custom_value_missing",
            Kind::CustomValueEmpty => "custom_value_empty",
            Kind::LinkNotHttps => "link_not_https",
            Kind::LinkShortener => "link_shortener",
            Kind::ClinicalWord(_) => "clinical_word",
            Kind::LeftoverBraces => "leftover_braces",
            Kind::Engine => "template_failed",
        }
    }

    /// The merge field at fault, where one is.
    pub fn field(&self) -> Option<&MergeField> {
        self.field.as_ref()
    }

    pub(crate) fn what(&self) -> String {
        let place = match &self.field {
            Some(MergeField::CustomValue(key)) => format!("custom value `{key}`"),
            Some(field) => format!("`{field}`"),
            None => "the text".to_owned(),
        };
        match &self.kind {
            Kind::NoText => "the recipe has no text that answers the call".to_owned(),
            Kind::Empty => "the text would be empty".to_owned(),
            Kind::TooLong => format!("the text would be longer than {LONGEST_TEXT} characters"),
            Kind::FieldMissing => format!("{place} has no value"),
            Kind::CustomValueMissing => format!("{place} does not exist in the location"),
            Kind::CustomValueEmpty => format!("{place} is empty"),
            Kind::LinkNotHttps => format!("{place} holds a link that is not https with a host"),
            Kind::LinkShortener => format!("{place} holds a public link shortener"),
            Kind::ClinicalWord(word) => format!("{place} holds the clinical word `{word}`"),
            Kind::LeftoverBraces => format!("{place} holds template braces"),
            Kind::Engine => format!("{place} could not be rendered"),
        }
    }

    pub(crate) fn remedy(&self) -> &'static str {
        match (&self.kind, &self.field) {
            (Kind::NoText, _) => "add a step with do = \"text\", or send no text",
            (Kind::Empty, _) => "write words that do not depend on an `if`",
            (Kind::TooLong, _) => "shorten the body or the custom values",
            (Kind::FieldMissing, Some(MergeField::LocationName)) => {
                "set business.display_name in the recipe, or the location's name in HighLevel"
            }
            (Kind::FieldMissing, _) => "write `{{ field | default('words') }}`",
            (Kind::CustomValueMissing, _) => {
                "create it in HighLevel under Settings > Custom Values, or correct the key in the recipe"
            }
            (Kind::CustomValueEmpty, _) => "fill it in HighLevel under Settings > Custom Values",
            (Kind::LinkNotHttps, _) => {
                "put the whole link there, such as https://calendly.com/your-page"
            }
            (Kind::LinkShortener, _) => "put the whole link there; carriers block shorteners",
            (Kind::ClinicalWord(_), Some(MergeField::LocationName)) => {
                "set business.display_name in the recipe to a name that says nothing about care"
            }
            (Kind::ClinicalWord(_), _) => "use words that say nothing about care",
            (Kind::LeftoverBraces, _) => "remove `{{`, `}}`, `{%` and `%}` from the value",
            (Kind::Engine, _) => "write the template with fields, `default` and `if` only",
        }
    }
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what(), self.remedy())
    }
}

impl Error for CopyError {}

/// Renders the text that answers the call for one contact, with the opt-out line once, and checks the result as it would be read.
///
/// The business is called by the recipe's `business.display_name` if it has one. A contact's name never costs the
/// text: one that holds a clinical word or `STOP`, or with which the text could not be sent, is treated as not known.
/// Fails as [`CopyError`] tells: then nothing may be sent, and the task has to tell the team.
pub fn render_text(recipe: &Recipe, values: &MergeValues) -> Result<String, CopyError> {
    match recipe.first_text() {
        Some((_, _, text)) => render(recipe, text, values),
        None => Err(CopyError::new(Kind::NoText, None)),
    }
}

/// Renders a text of the recipe, as [`render_text`] does with the first.
pub(crate) fn render(
    recipe: &Recipe,
    text: &TextStep,
    values: &MergeValues,
) -> Result<String, CopyError> {
    let named = values
        .clone()
        .without_names(|name| recipe.clinical_word(name).is_some() || opt_out::names_stop(name));
    render_as_named(recipe, text, named)
        .or_else(|_| render_as_named(recipe, text, values.clone().without_names(|_| true)))
}

/// The same, without a second try under no name.
pub(crate) fn render_as_named(
    recipe: &Recipe,
    step: &TextStep,
    mut values: MergeValues,
) -> Result<String, CopyError> {
    if let Some(name) = &recipe.display_name {
        values.location_name = Some(name.clone());
    }
    for field in step.body.fields() {
        check_value(recipe, field, &values)?;
    }
    let mut text = step.body.render(&values)?;
    if text.is_empty() {
        return Err(CopyError::new(Kind::Empty, None));
    }
    if !opt_out::tells_how_to_stop(&text) {
        text.push(' ');
        text.push_str(&step.opt_out);
    }
    check_text(recipe, &text, None)?;
    if text.chars().count() > LONGEST_TEXT {
        return Err(CopyError::new(Kind::TooLong, None));
    }
    Ok(text)
}

/// Whether the value of a field, if it has one, may stand in a text: no braces, sound links, nothing clinical.
///
/// Names of contacts are not judged here; [`MergeValues`] leaves out those that cannot be shown.
pub(crate) fn check_value(
    recipe: &Recipe,
    field: &MergeField,
    values: &MergeValues,
) -> Result<(), CopyError> {
    if !matches!(field, MergeField::LocationName | MergeField::CustomValue(_)) {
        return Ok(());
    }
    let Some(value) = values.get(field) else {
        return Ok(());
    };
    check_text(recipe, &value, Some(field))?;
    if field.is_link() {
        check_link(&value, Some(field))?;
    }
    Ok(())
}

fn check_text(recipe: &Recipe, text: &str, field: Option<&MergeField>) -> Result<(), CopyError> {
    if ["{{", "}}", "{%", "%}"]
        .iter()
        .any(|braces| text.contains(braces))
    {
        return Err(CopyError::leftover_braces(field));
    }
    for link in links(text) {
        check_link(link, field)?;
    }
    match recipe.clinical_word(text) {
        Some(word) => Err(CopyError::new(Kind::ClinicalWord(word), field)),
        None => Ok(()),
    }
}

fn check_link(link: &str, field: Option<&MergeField>) -> Result<(), CopyError> {
    match link_fault(link) {
        None => Ok(()),
        Some(LinkFault::NotHttps) => Err(CopyError::new(Kind::LinkNotHttps, field)),
        Some(LinkFault::Shortener) => Err(CopyError::new(Kind::LinkShortener, field)),
    }
}
