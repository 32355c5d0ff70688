//! What may be sent, when and to whom: rules as replaceable data, and one pure function per question.
//!
//! Every function takes the current time as an argument, does no I/O and keeps no state; a host may use it without the
//! recipe. Every rule names its source, in its table or next to it. This is engineering input, not legal advice.
//!
//! | question | answered by | rules |
//! |---|---|---|
//! | can and may this caller be texted at all? | [`textable`] | [`CallerLists`], [`NumberingPlan`] |
//! | on what basis? | [`may_text`] | [`FIRST_REPLY_WITHIN`] |
//! | where may the person be? | [`Jurisdictions::of`] | [`NumberingPlan`] |
//! | when may the text go out? | [`QuietHours::decide`] | [`QuietHours`] |
//! | how many texts may there be? | [`allowed`] | [`Cap`], from [`QuietHours::cap`] |
//! | may an opt-out be confirmed? | [`may_confirm_opt_out`] | [`CONFIRMATION_WITHIN`] |
//! | are these calls from machines? | [`flood()`] | [`FloodLimits`] |
//! | is HighLevel about to block the location? | [`sending`] | [`SuspensionLimits`] |
//! | is the business open? | [`BusinessHours`] | its own hours |
//!
//! The lists of words are here too: which words explain an opt-out, and which must not be in a text.
//!
#![doc = include_str!("laws.md")]

mod business_hours;
mod callers;
mod consent;
mod flood;
mod frequency;
mod holidays;
mod jurisdiction;
mod numbering_plan;
pub(crate) mod opt_out;
pub(crate) mod phi_terms;
pub(crate) mod promotion;
mod quiet_hours;
mod region;
mod service_numbers;
mod suspension;
mod table;
mod weekly_hours;

pub use business_hours::BusinessHours;
pub use callers::{CallerLists, NotTextable, textable};
pub use consent::{
    Basis, Consent, ConsentAnswer, ConsentKind, Evidence, FIRST_REPLY_WITHIN, Refused, TextKind,
    may_text,
};
pub use flood::{CallFlood, CallersAround, FloodLimits, NewCaller, flood};
pub use frequency::{
    Allowance, CONFIRMATION_WITHIN, Cap, NotConfirmed, allowed, may_confirm_opt_out,
};
pub use jurisdiction::{
    JurisdictionState, JurisdictionZone, Jurisdictions, PlaceFacts, PlaceSource,
};
pub use numbering_plan::{NumberOrigin, NumberingPlan, Service};
pub use quiet_hours::{Hold, HoursDecision, LONGEST_WAIT, QuietHours, RuleName, When};
pub use region::{Country, State};
pub(crate) use suspension::DAYS as DAYS_OF_RATES;
pub use suspension::{
    BasisPoints, Exceeded, Rate, RateLimits, SendCounts, Sending, SuspensionLimits, sending,
};
pub use table::InvalidTable;
pub use weekly_hours::{InvalidWindow, TimeWindow, WeeklyHours};

pub use crate::zone_files::ZoneFiles;
pub(crate) use crate::zone_files::zone;
use icu_normalizer::DecomposingNormalizerBorrowed;

/// The words of a text: letters and digits, split at everything else. Case, accents and styled letters (`ＳＴＯＰ`) are
/// folded (NFKD without its marks), and apostrophes and invisible characters inside a word vanish (`don’t` is `dont`).
pub(super) fn words(text: &str) -> Vec<String> {
    split(&folded(text)).map(str::to_owned).collect()
}

/// The text with its words folded as in [`words`], to be [split](fn@split).
fn folded(text: &str) -> String {
    if text.is_ascii() {
        let mut folded = text.to_ascii_lowercase();
        folded.retain(|character| !matches!(character, '\'' | '`'));
        return folded;
    }
    let seen = text.chars().filter(|character| {
        !matches!(
            character,
            '\'' | '’' | '‘' | '`' | '´' | '\u{ad}' | '\u{200b}'
                ..='\u{200d}' | '\u{2060}' | '\u{feff}'
        )
    });
    DecomposingNormalizerBorrowed::new_nfkd()
        .normalize_iter(seen)
        .filter(|character| !is_accent(*character))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The words of a folded text.
fn split(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Whether the character is in one of Unicode's blocks of combining marks.
fn is_accent(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}
