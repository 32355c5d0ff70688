//! The copy of one text: its template, its opt-out line, and the limits that it must keep.

use std::fmt;
use std::num::NonZeroU8;

use super::error::{CopyError, Kind};
use super::template::Template;
use crate::recipes::missed_call::core::compliance::{opt_out, phi_terms};

/// The last line of a text, unless its copy has another one or none.
pub(crate) const OPT_OUT_LINE: &str = "Reply STOP to opt out.";

/// The copy of one text and the limits that it must keep. [`render`](fn@super::render) makes the text for one contact.
///
/// `Debug` shows its name and fingerprint, not its words.
#[derive(Clone, PartialEq)]
pub struct MessageCopy {
    pub(crate) name: String,
    pub(crate) body: Template,
    pub(crate) opt_out: Option<String>,
    pub(crate) business_name: Option<String>,
    pub(crate) max_segments: NonZeroU8,
    /// Further health-related terms, besides the built-in ones; without a list none is refused.
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
    /// The most segments of a text, unless its copy has another limit.
    pub const DEFAULT_MAX_SEGMENTS: NonZeroU8 = NonZeroU8::MIN.saturating_add(1);

    /// Copy with this body. `name` is what reports call it, such as `after_hours`.
    ///
    /// "Reply STOP to opt out." follows the body unless the body says how to opt out, health-related terms are refused,
    /// and the text takes at most two segments. The other methods change that.
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

    /// With this line after the body, unless the body says how to opt out. Fails if the word STOP is not in the line.
    pub fn opt_out_line(mut self, line: impl Into<String>) -> Result<Self, CopyError> {
        let line = line.into();
        if !opt_out::names_stop(&line) {
            return Err(CopyError::new(Kind::OptOutWithoutStop, None));
        }
        self.opt_out = Some(line);
        Ok(self)
    }

    /// Without an opt-out line. HighLevel then adds one to the first text to a contact, if the location has that
    /// setting on (help article 155000004684), and room is kept for it.
    pub fn without_opt_out_line(mut self) -> Self {
        self.opt_out = None;
        self
    }

    /// With this name of the business for `{{ location.name }}`, instead of the location's name in HighLevel.
    pub fn business_name(mut self, name: impl Into<String>) -> Self {
        self.business_name = Some(name.into());
        self
    }

    /// With at most this many segments, each of which is billed as one message.
    pub fn max_segments(mut self, most: NonZeroU8) -> Self {
        self.max_segments = most;
        self
    }

    /// With these words refused, besides the built-in health-related terms.
    pub fn also_refusing(mut self, words: impl IntoIterator<Item = String>) -> Self {
        self.clinical.get_or_insert_default().extend(words);
        self
    }

    /// With no words refused: for businesses outside health care.
    pub fn outside_health_care(mut self) -> Self {
        self.clinical = None;
        self
    }

    /// Its name in reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first 16 hexadecimal digits of the SHA-256 of its words: body, opt-out line and name of the business. Two
    /// copies with the same fingerprint say the same to the same contact. An [`Approval`](super::Approval) names it.
    pub fn fingerprint(&self) -> String {
        let words = [
            Some(self.body.source()),
            self.opt_out.as_deref(),
            self.business_name.as_deref(),
        ];
        // With the lengths, words cannot move from one item to the next unnoticed.
        let spelled: String = words
            .into_iter()
            .map(|item| item.map_or("-".to_owned(), |item| format!("{}:{item}", item.len())))
            .collect();
        let mut hex = crate::digest::sha256_hex(spelled.as_bytes());
        hex.truncate(16);
        hex
    }

    /// Whether it has an opt-out line after the body.
    pub(crate) fn has_opt_out_line(&self) -> bool {
        self.opt_out.is_some()
    }

    /// The template of its words.
    pub(crate) fn body(&self) -> &Template {
        &self.body
    }

    /// The first health-related term in `text`, if the copy refuses them.
    pub(super) fn clinical_word(&self, text: &str) -> Option<String> {
        let extra = self.clinical.as_ref()?;
        phi_terms::clinical_words(text, extra).into_iter().next()
    }

    /// Whether a contact's name must not be shown, because it contains a health-related term or the word STOP.
    pub(super) fn refuses_name(&self, name: &str) -> bool {
        self.clinical_word(name).is_some() || opt_out::names_stop(name)
    }
}
