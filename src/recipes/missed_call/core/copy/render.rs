//! From a copy and the values of one contact to the text that is sent, checked as a whole.

use std::fmt;

use super::budget::fitting;
use super::error::{CopyError, Kind, LONGEST_FILLED, LONGEST_TEXT};
use super::lint::{LinkFault, as_sent, link_fault, links, with_space_after_links};
use super::merge_field::MergeField;
use super::merge_values::{FieldValues, MergeValues};
use super::message::MessageCopy;
use super::segments::{Segments, SenderKind};
use super::smart_encoding::{next_link, plain};
use super::template::{Template, has_braces};
use crate::recipes::missed_call::core::compliance::{opt_out, phi_terms};
use crate::secret::Private;

/// A text that can be sent, and facts about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rendered {
    /// The text.
    pub body: Private<String>,
    /// How many segments it takes, together with the line that HighLevel may add to a text without an opt-out line.
    pub segments: Segments,
    /// The name of its copy.
    pub variant: String,
    /// The [fingerprint](MessageCopy::fingerprint) of that copy: which version of it.
    pub fingerprint: String,
    /// The fields whose value was left out because there was no room, or because the value must not be shown. A whole
    /// name that was cut to the first name counts as left out.
    pub dropped: Vec<MergeField>,
    /// Problems that somebody should look at, although the text can be sent.
    pub warnings: Vec<CopyWarning>,
}

/// A problem in a text that can be sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CopyWarning {
    /// The host or path of a link contains this health-related term, which others may read.
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

/// Makes the text for one contact, to be sent from such a number: with plain typography, with links that are whole and
/// apart from punctuation, and with the opt-out line once.
///
/// A contact's name never prevents a text and never costs a segment. A name outside the alphabet of text messages is
/// written in plain letters (`Zoë`, `Zoe`). If it would still take another segment or another encoding, or contains a
/// health-related term or `STOP`, the name is treated as unknown. If the text then takes more segments than the copy
/// allows, custom values that the template can do without (in an `if`, or with a default) are left out, the last one
/// first; never a link, and never the opt-out line.
///
/// Fails with a [`CopyError`] if nothing may be sent.
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
/// assert_eq!(text.segments.segments(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn render(
    copy: &MessageCopy,
    values: &MergeValues,
    sender: SenderKind,
) -> Result<Rendered, CopyError> {
    let fitted = fitting(copy, &copy.field_values(values), sender)?;
    Ok(Rendered {
        warnings: copy.warnings(&fitted.body),
        body: fitted.body.into(),
        segments: fitted.segments,
        variant: copy.name.clone(),
        fingerprint: copy.fingerprint(),
        dropped: fitted.dropped,
    })
}

/// The text of this copy with exactly these names, which may take more segments than the copy allows: [`render`] would
/// then leave the names out.
pub(crate) fn render_as_named(
    copy: &MessageCopy,
    values: &MergeValues,
) -> Result<String, CopyError> {
    if values.has_names() {
        let values = copy.field_values(values);
        copy.check_values(&copy.body, &values)?;
        copy.compose_unchecked(&values)
    } else {
        let text = render(copy, values, SenderKind::LongCode)?;
        Ok(text.body.into_inner())
    }
}

impl MessageCopy {
    /// The values for a text in the name of the copy's business.
    pub(super) fn field_values<'a>(&'a self, values: &'a MergeValues) -> FieldValues<'a> {
        FieldValues::new(values).with_business(self.business_name.as_deref())
    }

    /// The text with exactly these values, whatever it costs. Each of them must have been checked
    /// ([`check_values`](Self::check_values)).
    pub(super) fn compose_unchecked(&self, values: &FieldValues<'_>) -> Result<String, CopyError> {
        let text = self.fill_unchecked(&self.body, values)?;
        let text = with_space_after_links(&plain(&text));
        // Until now a quote that touches a link was treated as a part of it.
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

    /// The template with these values, each of which must be allowed in it.
    pub(super) fn fill(
        &self,
        template: &Template,
        values: &FieldValues<'_>,
    ) -> Result<String, CopyError> {
        self.check_values(template, values)?;
        self.fill_unchecked(template, values)
    }

    fn fill_unchecked(
        &self,
        template: &Template,
        values: &FieldValues<'_>,
    ) -> Result<String, CopyError> {
        let text = template.fill(values)?;
        if text.len() > LONGEST_FILLED {
            return Err(CopyError::new(Kind::TooLong, None));
        }
        Ok(text)
    }

    /// Fails unless the value of each field of the template is allowed in a text.
    pub(super) fn check_values(
        &self,
        template: &Template,
        values: &FieldValues<'_>,
    ) -> Result<(), CopyError> {
        let mut fields = template.fields();
        fields.try_for_each(|field| self.check_field_value(field, values))
    }

    /// Fails unless the value of a field, if it has one, is allowed in a text: no braces, valid links, nothing
    /// health-related.
    ///
    /// Names of contacts are not checked here; those that cannot be shown are left out.
    pub(crate) fn check_value(
        &self,
        field: &MergeField,
        values: &MergeValues,
    ) -> Result<(), CopyError> {
        self.check_field_value(field, &FieldValues::new(values))
    }

    fn check_field_value(
        &self,
        field: &MergeField,
        values: &FieldValues<'_>,
    ) -> Result<(), CopyError> {
        if field.is_name() {
            return Ok(());
        }
        values.check_length(field)?;
        let Some(value) = values.get(field) else {
            return Ok(());
        };
        self.check_text(value, Some(field))?;
        if field.is_link() {
            check_link(value, Some(field))?;
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
