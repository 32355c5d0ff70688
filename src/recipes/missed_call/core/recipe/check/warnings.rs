//! What keeps calls from being answered with a text although the recipe is sound: how the location's numbers are set up.

use std::fmt;

use serde::Serialize;

use super::LocationFacts;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::recipe::Recipe;

/// A number of a location, as far as calls to it are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFacts {
    /// The number.
    pub number: PhoneNumber,
    /// Where calls to it are forwarded.
    pub forwards_to: Option<PhoneNumber>,
    /// Whether calls to it are forwarded to something that is no number.
    pub forwards: bool,
    /// Whether an AI agent answers calls to it, at once or as a backup.
    pub voice_ai: bool,
    /// Whether a menu answers calls to it.
    pub menu: bool,
    /// Whether it can text; `None` if HighLevel does not say.
    pub texts: Option<bool>,
}

/// Something about a location by which a missed call may get no text. The recipe can be used.
///
/// `Display` and `Debug` show the last four digits of numbers; serialising shows all of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// The recipe lists a number that the location does not have.
    NumberMissing {
        /// The number.
        number: PhoneNumber,
    },
    /// Calls are forwarded. If a mailbox takes them there, HighLevel counts them as answered.
    NumberForwards {
        /// The number.
        number: PhoneNumber,
        /// Where to, if it is a number.
        to: Option<PhoneNumber>,
    },
    /// An AI agent answers calls to the number, at once or as a backup, so that none is missed.
    VoiceAi {
        /// The number.
        number: PhoneNumber,
    },
    /// A menu answers calls to the number. Who hangs up in it is no missed call.
    Menu {
        /// The number.
        number: PhoneNumber,
    },
    /// The number cannot text.
    CannotText {
        /// The number.
        number: PhoneNumber,
    },
    /// Texts go out through a provider that is none of HighLevel's own.
    OtherProvider {
        /// What HighLevel calls it.
        name: String,
    },
}

impl Warning {
    /// The number that it is about; `None` if it is about all texts.
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Self::NumberMissing { number }
            | Self::NumberForwards { number, .. }
            | Self::VoiceAi { number }
            | Self::Menu { number }
            | Self::CannotText { number } => Some(number),
            Self::OtherProvider { .. } => None,
        }
    }

    /// What is the matter and what to do, without the number itself.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NumberMissing { .. } => {
                "the recipe lists it and the location does not have it: correct the recipe, or buy or move the number"
            }
            Self::NumberForwards { .. } => {
                "forwards calls: if a mailbox takes them there, HighLevel calls them answered and no text goes out; \
                 let the number ring in HighLevel, or turn that mailbox off"
            }
            Self::VoiceAi { .. } => {
                "an AI agent answers, at once or when nobody else does, so no call is missed: take it off the number if callers \
                 are to get a text"
            }
            Self::Menu { .. } => {
                "a menu answers: a caller who hangs up in it gets no text; let it end in a call to the team"
            }
            Self::CannotText { .. } => {
                "cannot text: register it (Settings > Phone Numbers > Trust Center), or text from another number"
            }
            Self::OtherProvider { .. } => {
                "carries the texts instead of HighLevel's phone system: try one text and one reply before you rely on it, \
                 or make HighLevel's the default"
            }
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherProvider { name } => write!(f, "provider {name}: {}", self.advice()),
            Self::NumberMissing { number }
            | Self::NumberForwards { number, .. }
            | Self::VoiceAi { number }
            | Self::Menu { number }
            | Self::CannotText { number } => write!(f, "number {number}: {}", self.advice()),
        }
    }
}

impl Recipe {
    /// What of the location may keep a missed call from getting its text although everything is there: numbers that
    /// forward, that an AI agent or a menu answers, or that cannot text, and another provider of texts. Numbers that are not
    /// among the facts are not warned of.
    ///
    /// They are about the numbers that the recipe lists; about all of the location, if it lists none.
    pub fn warnings(&self, facts: &LocationFacts) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if let Some(name) = facts.texts_by.clone() {
            warnings.push(Warning::OtherProvider { name });
        }
        let Some(numbers) = &facts.numbers else {
            return warnings;
        };
        let needs = self.requirements();
        for number in &needs.numbers {
            if !numbers.iter().any(|known| known.number == *number) {
                let number = number.clone();
                warnings.push(Warning::NumberMissing { number });
            }
        }
        let is_meant = |known: &&NumberFacts| {
            needs.numbers.is_empty() || needs.numbers.contains(&known.number)
        };
        for known in numbers.iter().filter(is_meant) {
            let number = known.number.clone();
            if known.voice_ai {
                warnings.push(Warning::VoiceAi { number });
            } else if known.forwards || known.forwards_to.is_some() {
                let to = known.forwards_to.clone();
                warnings.push(Warning::NumberForwards { number, to });
            } else if known.menu {
                warnings.push(Warning::Menu { number });
            }
            if known.texts == Some(false) {
                let number = known.number.clone();
                warnings.push(Warning::CannotText { number });
            }
        }
        warnings
    }
}
