//! The keys of a recipe as one table. The reader accepts what it lists, and the documentation and the JSON Schema are
//! generated from it.

mod file;
mod json_schema;
mod steps;

use jiff::SignedDuration;

pub(super) use self::file::FILE;
pub(super) use self::json_schema::json_schema;
pub(super) use self::steps::{ACTIONS, Action, STEP, action};
use super::hints::Hint;
use crate::recipes::missed_call::core::model::Trigger;

/// The keys of one section.
pub(super) type Keys = &'static [Key];

/// The form of words that must not be blank.
const NOT_BLANK: &str = "[^ ]";

/// A word and what it means.
type Word = (&'static str, &'static str);

/// One key of a section.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) value: Value,
    pub(super) is_required: bool,
    /// What to write when the key is missing, empty or out of its range.
    remedy: &'static str,
    /// The meaning of the absence of the key, where the value itself has no default.
    absent: &'static str,
    /// What the key means, in Markdown.
    doc: &'static str,
}

/// What a key accepts.
pub(super) enum Value {
    /// Words in quotes.
    Text,
    /// Words in quotes of this form, a regular expression for editors. The code that reads the key checks them itself.
    Form(&'static str),
    /// One line of at most this many characters.
    Line(usize),
    /// A template of at most this many characters, and what to write instead of a longer one.
    Template(usize, &'static str),
    /// One of these words, and the default.
    OneOf(&'static [Word], &'static str),
    Duration {
        least: SignedDuration,
        most: SignedDuration,
        default: SignedDuration,
    },
    /// A whole number, both bounds included.
    Count {
        least: u32,
        most: u32,
        default: Option<u32>,
    },
    Flag(Option<bool>),
    /// A share from more than nothing to this one.
    Share(f64),
    /// A date, in quotes or without.
    Date,
    Dates,
    /// The hours of a day.
    Hours,
    /// A list of words in quotes.
    Texts,
    /// A list of phone numbers.
    PhoneNumbers,
    /// A list of country codes.
    Countries,
    /// A list of names of hints.
    Hints,
    /// What a step follows: one of these words or a trigger.
    Trigger(&'static [Word]),
    /// A list of triggers.
    Triggers,
    /// What a step does.
    Action,
    /// A section.
    Section(Keys),
    /// A section with exactly one of these keys.
    Choice(Keys),
    /// One of these words, which is the default, or a section with exactly one of these keys.
    WordOrChoice(&'static [Word], Keys),
    /// A list of sections, `[[…]]`.
    Sections(Keys),
    /// Sections whose names the author chooses, of this form.
    Named(Keys, &'static str),
    /// Keys that the author chooses, of this form, with words in quotes.
    Words(&'static str),
}

impl Key {
    const fn new(name: &'static str, value: Value, doc: &'static str) -> Self {
        Self {
            name,
            value,
            is_required: false,
            remedy: "",
            absent: "none",
            doc,
        }
    }

    const fn required(mut self, remedy: &'static str) -> Self {
        self.is_required = true;
        self.remedy = remedy;
        self
    }

    /// Sets what to write instead of a value that is out of range.
    const fn remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = remedy;
        self
    }

    /// Sets the meaning of the absence of the key.
    const fn absent(mut self, meaning: &'static str) -> Self {
        self.absent = meaning;
        self
    }

    /// What to write when the key is missing, empty or out of its range.
    pub(super) fn what_to_write(&self) -> String {
        match self.value {
            Value::Action => {
                let words: Vec<_> = ACTIONS.iter().map(|action| action.word).collect();
                format!("write one of: {}", quoted(&words, ", "))
            }
            _ => self.remedy.to_owned(),
        }
    }
}

impl Value {
    /// The keys of the section or sections.
    pub(super) fn keys(&self) -> Keys {
        match *self {
            Self::Section(keys)
            | Self::Choice(keys)
            | Self::WordOrChoice(_, keys)
            | Self::Sections(keys)
            | Self::Named(keys, _) => keys,
            _ => &[],
        }
    }

    /// The word that counts where the key is missing.
    pub(super) fn default_word(&self) -> &'static str {
        match *self {
            Self::OneOf(_, default) => default,
            _ => "",
        }
    }

    /// The words it accepts, if there is a list of them.
    pub(super) fn words(&self) -> Vec<&'static str> {
        match self {
            Self::OneOf(words, _) | Self::WordOrChoice(words, _) => {
                words.iter().map(|(word, _)| *word).collect()
            }
            Self::Trigger(words) => {
                let triggers = Trigger::ALL.map(Trigger::as_str);
                words
                    .iter()
                    .map(|(word, _)| *word)
                    .chain(triggers)
                    .collect()
            }
            Self::Triggers => Trigger::ALL.map(Trigger::as_str).to_vec(),
            Self::Hints => Hint::ALL.map(Hint::word).to_vec(),
            Self::Action => ACTIONS.iter().map(|action| action.word).collect(),
            _ => Vec::new(),
        }
    }
}

/// The words in quotes, with `between` between them.
pub(super) fn quoted(words: &[&str], between: &str) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
    words.join(between)
}

/// The words in quotes, as one says which of them are allowed: `"a", "b" or "c"`.
pub(super) fn any_of(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => {
            format!("{} or \"{last}\"", quoted(first, ", "))
        }
        _ => quoted(words, ""),
    }
}

#[cfg(test)]
mod markdown;
