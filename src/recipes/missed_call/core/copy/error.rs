//! Why a text cannot be sent.

use std::error::Error;
use std::fmt;

use super::merge_field::MergeField;
use super::transliterate::latin;

/// The longest text that HighLevel's carriers accept, in characters.
pub(crate) const LONGEST_TEXT: usize = 1600;
/// The longest value of a merge field, in bytes: longer than any text, and than any e-mail of a recipe.
pub(super) const LONGEST_VALUE: usize = 40_000;
/// The longest filled text or e-mail, in bytes, before it is shortened.
pub(super) const LONGEST_FILLED: usize = 200_000;

/// Why a text cannot be sent with these values. The other steps of the recipe are not affected.
///
/// It names merge fields and words of the deny-list. It never repeats the text or a value: both may be personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyError {
    kind: Kind,
    field: Option<MergeField>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    NoText,
    Empty,
    TooLong,
    ValueTooLong,
    TooManySegments(TooManySegments),
    OptOutWithoutStop,
    NotApproved { copy: String, fingerprint: String },
    FieldMissing,
    CustomValueMissing,
    CustomValueEmpty,
    LinkNotHttps,
    LinkShortener,
    ClinicalWord(String),
    LeftoverBraces,
}

/// A text that takes more segments than its copy allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TooManySegments {
    pub(super) segments: usize,
    pub(super) most: usize,
    /// By how many characters it is too long.
    pub(super) excess: usize,
    /// The characters that force the encoding whose segments hold less than half as much, each once.
    pub(super) costly: String,
    /// By how many characters it would be too long without them.
    pub(super) excess_without: usize,
}

impl TooManySegments {
    fn remedy(&self) -> String {
        let Self {
            segments,
            excess,
            excess_without,
            ..
        } = self;
        let most = format!("or write max_segments = {segments}");
        if self.costly.is_empty() {
            return format!(
                "shorten the body or the custom values by {}, {most}",
                characters(*excess)
            );
        }
        let letters: Vec<String> = self.costly.chars().map(|c| format!("`{c}`")).collect();
        let (letters, them) = (
            letters.join(", "),
            if letters.len() == 1 { "it" } else { "them" },
        );
        let instead = plain_letters(&self.costly)
            .map(|plain| format!(" (write {plain})"))
            .unwrap_or_default();
        let rest = match excess_without {
            0 => String::new(),
            more => format!(
                ", and shorten the body or the custom values by {}",
                characters(*more)
            ),
        };
        format!(
            "do without {letters}{instead}: with {them}, a message holds 70 characters instead of 160{rest}; or shorten \
             it by {}, {most}",
            characters(*excess)
        )
    }
}

fn characters(count: usize) -> String {
    if count == 1 {
        "1 character".to_owned()
    } else {
        format!("{count} characters")
    }
}

/// The letters without their accents, if all of them have such a letter.
fn plain_letters(costly: &str) -> Option<String> {
    let plain: Option<Vec<String>> = costly
        .chars()
        .map(|c| latin(c.encode_utf8(&mut [0; 4])))
        .collect();
    Some(
        plain?
            .iter()
            .map(|letter| format!("`{letter}`"))
            .collect::<Vec<_>>()
            .join(", "),
    )
}

impl CopyError {
    /// A recipe has no text that answers the call.
    pub(crate) fn no_text() -> Self {
        Self::new(Kind::NoText, None)
    }

    pub(super) fn new(kind: Kind, field: Option<&MergeField>) -> Self {
        Self {
            kind,
            field: field.cloned(),
        }
    }

    /// A code for the kind of problem that does not change between releases: `no_text`, `empty`, `too_long`,
    /// `too_many_parts`, `opt_out_without_stop`, `not_approved`, `field_missing`, `custom_value_missing`,
    /// `custom_value_empty`, `link_not_https`, `link_shortener`, `clinical_word` or `leftover_braces`.
    pub fn code(&self) -> &'static str {
        match self.kind {
            Kind::NoText => "no_text",
            Kind::Empty => "empty",
            Kind::TooLong | Kind::ValueTooLong => "too_long",
            Kind::TooManySegments(_) => "too_many_parts",
            Kind::OptOutWithoutStop => "opt_out_without_stop",
            Kind::NotApproved { .. } => "not_approved",
            Kind::FieldMissing => "field_missing",
            Kind::CustomValueMissing => "custom_value_missing",
            Kind::CustomValueEmpty => "custom_value_empty",
            Kind::LinkNotHttps => "link_not_https",
            Kind::LinkShortener => "link_shortener",
            Kind::ClinicalWord(_) => "clinical_word",
            Kind::LeftoverBraces => "leftover_braces",
        }
    }

    /// The merge field that is at fault, if one is.
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
            Kind::ValueTooLong => format!("{place} is longer than {LONGEST_VALUE} bytes"),
            Kind::TooManySegments(TooManySegments { segments, most, .. }) => {
                format!("the text would take {segments} segments, but the limit is {most}")
            }
            Kind::OptOutWithoutStop => "the opt-out line does not contain the word STOP".to_owned(),
            Kind::NotApproved { copy, fingerprint } => {
                format!("the copy `{copy}` with the fingerprint {fingerprint} is not approved")
            }
            Kind::FieldMissing => format!("{place} has no value"),
            Kind::CustomValueMissing => format!("{place} does not exist in the location"),
            Kind::CustomValueEmpty => format!("{place} is empty"),
            Kind::LinkNotHttps => format!("{place} holds a link that is not https with a host"),
            Kind::LinkShortener => format!("{place} holds a public link shortener"),
            Kind::ClinicalWord(word) => format!("{place} holds the clinical word `{word}`"),
            Kind::LeftoverBraces => format!("{place} holds template braces"),
        }
    }

    pub(crate) fn remedy(&self) -> String {
        if let Kind::TooManySegments(too_many) = &self.kind {
            return too_many.remedy();
        }
        let remedy = match (&self.kind, &self.field) {
            (Kind::NoText, _) => "add a step with do = \"text\", or send no text",
            (Kind::Empty, _) => "write words that do not depend on an `if`",
            (Kind::TooLong | Kind::ValueTooLong | Kind::TooManySegments(_), _) => {
                "shorten the body or the custom values"
            }
            (Kind::OptOutWithoutStop, _) => "write a line such as \"Reply STOP to opt out.\"",
            (Kind::NotApproved { .. }, _) => {
                "have its current words approved, or restore the approved words"
            }
            (Kind::FieldMissing, Some(MergeField::LocationName)) => {
                "set business.display_name in the recipe, or the location's name in HighLevel"
            }
            (Kind::FieldMissing, Some(MergeField::LocationPhone)) => {
                "fill in the phone number in HighLevel under Settings > Business Profile"
            }
            (Kind::FieldMissing, Some(field)) if field.is_of_number() => {
                "write it under the number in the recipe's [numbers]"
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
        };
        remedy.to_owned()
    }
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what(), self.remedy())
    }
}

impl Error for CopyError {}
