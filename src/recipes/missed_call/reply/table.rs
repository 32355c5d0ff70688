//! What a table of phrases is, and how it is asked.

use super::pattern::{find, is};
use super::text::{Text, Word};

/// The phrases that mean one thing in one language, in the notation of `pattern.rs`.
pub(super) struct Table {
    /// The whole reply, courtesy aside.
    pub(super) whole: &'static [&'static str],
    /// Anywhere in it.
    pub(super) phrases: &'static [&'static str],
}

/// The phrases that ask for no more texts in one language.
pub(super) struct OptOut {
    /// The whole reply, courtesy aside.
    pub(super) whole: &'static [&'static str],
    /// One clause of it, courtesy aside: "who is this? stop".
    pub(super) clauses: &'static [&'static str],
    /// Anywhere in it.
    pub(super) phrases: &'static [&'static str],
    /// Anywhere in it, unless the clause speaks of an appointment: "take me off the waiting list".
    pub(super) unless_visit: &'static [&'static str],
}

impl Table {
    pub(super) fn finds(&self, text: &Text) -> bool {
        is_one_of(text.core(), self.whole)
            || self
                .phrases
                .iter()
                .any(|phrase| occurs(text.words(), phrase))
    }
}

/// Whether `words` are one of the phrases, from the first to the last.
pub(super) fn is_one_of(words: &[Word], phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| is(words, phrase))
}

fn occurs(words: &[Word], phrase: &str) -> bool {
    find(words, phrase).next().is_some()
}
