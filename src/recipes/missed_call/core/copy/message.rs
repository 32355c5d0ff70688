//! The copy of one text: its template, the line that tells how to opt out, and what it must keep to.

use std::fmt;
use std::num::NonZeroU8;

use super::error::{CopyError, Kind};
use super::template::Template;
use crate::recipes::missed_call::core::compliance::{opt_out, phi_terms};

/// The line that a text ends with unless its copy says otherwise.
pub(crate) const OPT_OUT_LINE: &str = "Reply STOP to opt out.";

/// The copy of one text and what it must keep to. [`render`](fn@super::render) makes the text for one contact.
///
/// `Debug` shows its name and fingerprint, not its words.
#[derive(Clone, PartialEq)]
pub struct MessageCopy {
    pub(crate) name: String,
    pub(crate) body: Template,
    pub(crate) opt_out: Option<String>,
    pub(crate) business_name: Option<String>,
    pub(crate) max_segments: NonZeroU8,
    /// More clinical words than the built-in ones; without a list nothing is refused.
    pub(crate) clinical: Option<Vec<String>>,
}

impl fmt::Debug for MessageCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageCopy")
            .field("name", &self.name)
            .field("fingerprint", &self.fingerprint())
            .finish_non_exhaustive()
    }
}

impl MessageCopy {
    /// At most this many parts, unless the copy says otherwise.
    pub const DEFAULT_MAX_SEGMENTS: NonZeroU8 = NonZeroU8::MIN.saturating_add(1);

    /// Copy with this body. `name` is what reports call it, such as `after_hours`.
    ///
    /// "Reply STOP to opt out." follows the body unless that has such a line, words that say something about care are
    /// refused, and the text is at most two parts long; the other methods change that.
    pub fn new(name: impl Into<String>, body: Template) -> Self {
        Self {
            name: name.into(),
            body,
            opt_out: Some(OPT_OUT_LINE.to_owned()),
            business_name: None,
            max_segments: Self::DEFAULT_MAX_SEGMENTS,
            clinical: Some(Vec::new()),
        }
    }

    /// With this line after the body, unless that tells how to opt out itself. Fails without the word STOP in it.
    pub fn opt_out_line(mut self, line: impl Into<String>) -> Result<Self, CopyError> {
        let line = line.into();
        if !opt_out::names_stop(&line) {
            return Err(CopyError::new(Kind::OptOutWithoutStop, None));
        }
        self.opt_out = Some(line);
        Ok(self)
    }

    /// Without a line of its own. HighLevel then puts one after the first text to a contact, if the location has that
    /// setting on (help article 155000004684), and room is kept for it.
    pub fn without_opt_out_line(mut self) -> Self {
        self.opt_out = None;
        self
    }

    /// With this name of the business for `{{ location.name }}`, in place of the location's name in HighLevel.
    pub fn business_name(mut self, name: impl Into<String>) -> Self {
        self.business_name = Some(name.into());
        self
    }

    /// With at most this many parts, each of which is paid for.
    pub fn max_segments(mut self, most: NonZeroU8) -> Self {
        self.max_segments = most;
        self
    }

    /// With these words refused, beside the built-in ones that say something about care.
    pub fn also_refusing(mut self, words: impl IntoIterator<Item = String>) -> Self {
        self.clinical.get_or_insert_default().extend(words);
        self
    }

    /// With no words refused: for businesses outside of health care.
    pub fn outside_health_care(mut self) -> Self {
        self.clinical = None;
        self
    }

    /// What reports call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first 16 hexadecimal digits of the SHA-256 of its words: body, opt-out line and name of the business. Two
    /// with the same fingerprint say the same to the same contact; it stands in an [`Approval`](super::Approval).
    pub fn fingerprint(&self) -> String {
        let words = [
            Some(self.body.source()),
            self.opt_out.as_deref(),
            self.business_name.as_deref(),
        ];
        // The lengths keep words from moving from one part to the next unnoticed.
        let spelled: String = words
            .into_iter()
            .map(|part| part.map_or("-".to_owned(), |part| format!("{}:{part}", part.len())))
            .collect();
        let mut hex = crate::digest::sha256_hex(spelled.as_bytes());
        hex.truncate(16);
        hex
    }

    /// Whether a line about STOP is put after the body.
    pub(crate) fn has_opt_out_line(&self) -> bool {
        self.opt_out.is_some()
    }

    /// The template of its words.
    pub(crate) fn body(&self) -> &Template {
        &self.body
    }

    /// The first word in `text` that says something about care, if the copy minds.
    pub(super) fn clinical_word(&self, text: &str) -> Option<String> {
        let extra = self.clinical.as_ref()?;
        phi_terms::clinical_words(text, extra).into_iter().next()
    }

    /// Whether a contact's name must not be shown: with it, the text would say something about care, or how to stop.
    pub(super) fn refuses_name(&self, name: &str) -> bool {
        self.clinical_word(name).is_some() || opt_out::names_stop(name)
    }
}
