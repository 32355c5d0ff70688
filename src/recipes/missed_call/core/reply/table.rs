//! The tables of phrases, and how a reply is matched against them.

use super::pattern::Phrases;
use super::text::Text;

/// The phrases that mean one thing in one language, in the notation of `pattern.rs`.
pub(super) struct Table {
    /// The whole reply, apart from courtesy.
    pub(super) whole: &'static [&'static str],
    /// Anywhere in it.
    pub(super) phrases: &'static [&'static str],
}

/// The phrases that ask for no more texts in one language.
pub(super) struct OptOut {
    /// The whole reply, apart from courtesy.
    pub(super) whole: &'static [&'static str],
    /// One clause of it, apart from courtesy: "who is this? stop".
    pub(super) clauses: &'static [&'static str],
    /// Anywhere in it.
    pub(super) phrases: &'static [&'static str],
    /// Anywhere in it, unless the clause is about an appointment: "take me off the waiting list".
    pub(super) unless_visit: &'static [&'static str],
}

/// The phrases that mean one thing in any language.
pub(super) struct Meaning {
    whole: Phrases,
    phrases: Phrases,
}

impl Meaning {
    pub(super) fn of(tables: &[Table]) -> Self {
        let lists = |list: fn(&Table) -> &'static [&'static str]| {
            Phrases::of(&tables.iter().map(list).collect::<Vec<_>>())
        };
        Self {
            whole: lists(|table| table.whole),
            phrases: lists(|table| table.phrases),
        }
    }

    pub(super) fn is_in(&self, text: &Text) -> bool {
        self.whole.are(text.core()) || self.phrases.occur(text.words())
    }
}
