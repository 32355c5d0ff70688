//! Which words must not stand in a text of ours, and which must? The word lists of the recipe, as data with one
//! question each.
//!
//! Engineering against known rules, not legal advice. No I/O and no clock in here.

pub(crate) mod clinical;
pub(crate) mod opt_out;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The words of a text: letters and digits, split at everything else. Case, accents and styled letters (`ＳＴＯＰ`) are
/// folded (NFKD without its marks), and apostrophes and invisible characters inside a word vanish (`don’t` is `dont`).
pub(super) fn words(text: &str) -> Vec<String> {
    let folded: String = text
        .chars()
        .filter(|character| {
            !matches!(
                character,
                '\'' | '’' | '‘' | '`' | '´' | '\u{ad}' | '\u{200b}'
                    ..='\u{200d}' | '\u{2060}' | '\u{feff}'
            )
        })
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .collect();
    folded
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
