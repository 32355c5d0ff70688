//! Transliteration of names into the alphabet of text messages: `ë` becomes `e`, `ł` becomes `l`. Only replacements
//! that every reader would accept; a name in another script is not changed.

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::segments::is_gsm7;

/// The name with every letter in the GSM 7-bit alphabet, or nothing if a letter has no accepted replacement.
pub(super) fn latin(name: &str) -> Option<String> {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        if is_gsm7(character) {
            out.push(character);
        } else if let Some(letters) = letters(character) {
            out.push_str(letters);
        } else {
            out.push(base(character)?);
        }
    }
    Some(out)
}

/// Letters that are not a plain letter with an accent.
fn letters(character: char) -> Option<&'static str> {
    Some(match character {
        'ł' => "l",
        'Ł' => "L",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'ħ' => "h",
        'Ħ' => "H",
        'ŧ' => "t",
        'Ŧ' => "T",
        'ı' => "i",
        'ſ' => "s",
        'ẞ' => "ß",
        'œ' => "oe",
        'Œ' => "Oe",
        'þ' => "th",
        'Þ' => "Th",
        _ => return None,
    })
}

/// The plain letter without its accents.
fn base(character: char) -> Option<char> {
    let decomposed = DecomposingNormalizerBorrowed::new_nfd()
        .normalize(character.encode_utf8(&mut [0; 4]))
        .into_owned();
    let mut characters = decomposed.chars();
    let base = characters.next().filter(char::is_ascii_alphabetic)?;
    characters
        .all(|mark| ('\u{300}'..='\u{36f}').contains(&mark))
        .then_some(base)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_of_names() {
        for (name, expected) in [
            ("Zoë", Some("Zoe")),
            ("Łukasz", Some("Lukasz")),
            ("Nguyễn Thị Đào", Some("Nguyen Thi Dào")),
            ("Iñárritu", Some("Iñarritu")),
            ("João Gonçalves", Some("Joao Goncalves")),
            ("Şükrü Yıldız", Some("Sükrü Yildiz")),
            ("Þórður", Some("Thordur")),
            ("Dvořák", Some("Dvorak")),
            // All of these letters are in the alphabet.
            ("René Müller Åse", Some("René Müller Åse")),
            ("O'Neil-Smith", Some("O'Neil-Smith")),
            ("李小龙", None),
            ("Дмитрий", None),
            ("Γιώργος", None),
            ("Ana 🙂", None),
            ("", Some("")),
        ] {
            assert_eq!(latin(name).as_deref(), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn the_result_is_in_the_alphabet(name in any::<String>()) {
            if let Some(name) = latin(&name) {
                prop_assert!(name.chars().all(is_gsm7), "{}", name);
            }
        }
    }
}
