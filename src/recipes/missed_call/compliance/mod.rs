//! Which words mean "stop", and which must not stand in a text? The word lists of the recipe, as data with one
//! question each.
//!
//! Engineering against known rules, not legal advice. No I/O and no clock in here.

pub(crate) mod clinical;
pub(crate) mod opt_out;

/// The words of a text, lower-cased: letters and digits, split at everything else. Apostrophes inside a word vanish
/// (`don’t` is `dont`), and the accents of the languages we have stop words in are folded.
fn words(text: &str) -> Vec<String> {
    let folded: String = text
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|character| !matches!(character, '\'' | '’' | '‘' | '`' | '\u{ad}' | '\u{200b}'))
        .map(|character| match character {
            'á' | 'à' | 'â' => 'a',
            'é' | 'è' | 'ê' => 'e',
            'í' | 'î' => 'i',
            'ó' | 'ô' => 'o',
            'ú' | 'û' => 'u',
            'ſ' => 's',
            other => other,
        })
        .collect();
    folded
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
