//! From copy and the values of one contact to the text that is sent, checked once more.

use std::fmt;

use super::budget::fitting;
use super::error::{CopyError, Kind, LONGEST_FILLED, LONGEST_TEXT};
use super::lint::{LinkFault, as_sent, link_fault, links, with_space_after_links};
use super::merge_values::MergeValues;
use super::message::MessageCopy;
use super::segments::{Segments, SenderKind};
use super::smart_encoding::{next_link, plain};
use super::template::{MergeField, Template, has_braces};
use crate::recipes::missed_call::core::compliance::{opt_out, phi_terms};
use crate::secret::Private;

/// A text that can be sent, and what is to be known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rendered {
    /// The text.
    pub body: Private<String>,
    /// How many parts it takes, together with the line that HighLevel may put after a text without an opt-out line.
    pub segments: Segments,
    /// The name of the copy it was made from.
    pub variant: String,
    /// The [fingerprint](MessageCopy::fingerprint) of that copy: which version of it.
    pub fingerprint: String,
    /// The fields that have a value and were left out for want of room, or because the value may not be shown. A whole
    /// name that was cut to the first name counts as left out.
    pub dropped: Vec<MergeField>,
    /// What does not keep the text from being sent and should be looked at.
    pub warnings: Vec<CopyWarning>,
}

/// What should be looked at in a text that can be sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CopyWarning {
    /// The host or path of a link holds this word, which says something about care to whoever reads along.
    ClinicalWordInLink(String),
}

impl fmt::Display for CopyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClinicalWordInLink(word) => write!(
                f,
                "a link holds the clinical word `{word}`; use one whose address says nothing about care"
            ),
        }
    }
}

/// Makes the text for one contact as it will be sent from such a number: typography made plain, links kept whole and
/// apart from punctuation, the opt-out line there once.
///
/// A contact's name never costs the text or a part of it. One that is not in the alphabet of text messages is written
/// with its plain letters (`Zoë`, `Zoe`); if it would still take another part or another alphabet, or says something
/// about care or `STOP`, it is treated as not known. If the text is then longer than the copy allows, custom values
/// that the template can do without (in an `if`, or with a default) are left out, the last one first; never a
/// link, and never the line about STOP.
///
/// Fails as [`CopyError`] tells: then nothing may be sent.
///
/// ```
/// use gohighlevel::recipes::missed_call::copy::{
///     MergeValues, MessageCopy, SenderKind, Template, render,
/// };
///
/// let body = Template::parse("Hi {{ contact.first_name }}, it’s Soleil – sorry we missed you.")?;
/// let copy = MessageCopy::new("first_text", body);
/// let values = MergeValues { first_name: Some("Zoë".into()), ..MergeValues::default() };
/// let text = render(&copy, &values, SenderKind::LongCode)?;
/// assert_eq!(*text.body, "Hi Zoe, it's Soleil - sorry we missed you. Reply STOP to opt out.");
/// assert_eq!(text.segments.parts(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn render(
    copy: &MessageCopy,
    values: &MergeValues,
    sender: SenderKind,
) -> Result<Rendered, CopyError> {
    let fitted = fitting(copy, &copy.with_business(values), sender)?;
    Ok(Rendered {
        warnings: copy.warnings(&fitted.body),
        body: fitted.body.into(),
        segments: fitted.segments,
        variant: copy.name.clone(),
        fingerprint: copy.fingerprint(),
        dropped: fitted.dropped,
    })
}

/// The text of this copy with these very names, which may take more parts than the copy allows: [`render`] leaves them
/// out then.
pub(crate) fn render_as_named(
    copy: &MessageCopy,
    values: &MergeValues,
) -> Result<String, CopyError> {
    let values = copy.with_business(values);
    if values.has_names() {
        copy.compose(&values)
    } else {
        Ok(render(copy, &values, SenderKind::LongCode)?
            .body
            .into_inner())
    }
}

impl MessageCopy {
    pub(super) fn with_business(&self, values: &MergeValues) -> MergeValues {
        let mut values = values.clone();
        if let Some(name) = &self.business_name {
            values.location_name = Some(name.clone());
        }
        values
    }

    /// The text with exactly these values, whatever it costs.
    pub(super) fn compose(&self, values: &MergeValues) -> Result<String, CopyError> {
        let text = self.filled(&self.body, values)?;
        let text = with_space_after_links(&plain(&text));
        // A quote that touched a link was taken for a part of it so far.
        let mut text = plain(text.trim());
        if text.is_empty() {
            return Err(CopyError::new(Kind::Empty, None));
        }
        if let Some(line) = &self.opt_out
            && !opt_out::tells_how_to_stop(&text)
        {
            text.push(' ');
            text.push_str(plain(line).trim());
        }
        self.check_text(&text, None)?;
        if text.chars().count() > LONGEST_TEXT {
            return Err(CopyError::new(Kind::TooLong, None));
        }
        Ok(text)
    }

    /// The template with these values, each of which may stand in it.
    pub(super) fn filled(
        &self,
        template: &Template,
        values: &MergeValues,
    ) -> Result<String, CopyError> {
        for field in template.fields() {
            self.check_value(field, values)?;
        }
        let text = template.render(values)?;
        if text.len() > LONGEST_FILLED {
            return Err(CopyError::new(Kind::TooLong, None));
        }
        Ok(text)
    }

    /// Whether the value of a field, if it has one, may stand in the text: no braces, sound links, nothing clinical.
    ///
    /// Names of contacts are not judged here; [`MergeValues`] leaves out those that cannot be shown.
    pub(crate) fn check_value(
        &self,
        field: &MergeField,
        values: &MergeValues,
    ) -> Result<(), CopyError> {
        if field.is_name() {
            return Ok(());
        }
        values.check_length(field)?;
        let Some(value) = values.get(field) else {
            return Ok(());
        };
        self.check_text(&value, Some(field))?;
        if field.is_link() {
            check_link(&value, Some(field))?;
        }
        Ok(())
    }

    pub(super) fn check_text(
        &self,
        text: &str,
        field: Option<&MergeField>,
    ) -> Result<(), CopyError> {
        if has_braces(text) {
            return Err(CopyError::new(Kind::LeftoverBraces, field));
        }
        for link in links(text) {
            check_link(as_sent(link), field)?;
        }
        match self.clinical_word(text) {
            Some(word) => Err(CopyError::new(Kind::ClinicalWord(word), field)),
            None => Ok(()),
        }
    }

    fn warnings(&self, text: &str) -> Vec<CopyWarning> {
        let Some(extra) = &self.clinical else {
            return Vec::new();
        };
        let mut warnings = Vec::new();
        let mut rest = text;
        while let Some((_, link, after)) = next_link(rest) {
            for word in phi_terms::clinical_words_in_link(link, extra) {
                let warning = CopyWarning::ClinicalWordInLink(word);
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
            rest = after;
        }
        warnings
    }
}

fn check_link(link: &str, field: Option<&MergeField>) -> Result<(), CopyError> {
    match link_fault(link) {
        None => Ok(()),
        Some(LinkFault::NotHttps) => Err(CopyError::new(Kind::LinkNotHttps, field)),
        Some(LinkFault::Shortener) => Err(CopyError::new(Kind::LinkShortener, field)),
    }
}
