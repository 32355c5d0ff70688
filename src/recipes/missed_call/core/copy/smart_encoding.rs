//! Smart encoding: typographic characters, which word processors insert and which double the price of a text, become
//! their equivalents in the alphabet of text messages. Characters without an equivalent stay; links are not changed.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::segments::is_gsm7;

/// `text` with plain quotes, dashes and spaces in place of typographic ones, without invisible and control characters,
/// and with each letter and its accents composed into one character. Links stay as they are.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link, after)) = next_link(rest) {
        push_plain(before, &mut out);
        out.push_str(link);
        rest = after;
    }
    push_plain(rest, &mut out);
    out
}

/// The next link of `text`, with what is before and after it.
///
/// A link begins with `http://`, `https://` or `www.`, and ends before white space, a closing quote, an ellipsis or
/// an invisible character: those belong to the words around it, never to the link.
pub(super) fn next_link(text: &str) -> Option<(&str, &str, &str)> {
    let (start, _) = text
        .match_indices(['h', 'H', 'w', 'W'])
        .find(|(at, _)| begins_link(&text[*at..]) && !ends_in_letter(&text[..*at]))?;
    let (before, rest) = text.split_at(start);
    let end = rest.find(ends_link).unwrap_or(rest.len());
    let (link, after) = rest.split_at(end);
    Some((before, link, after))
}

fn begins_link(text: &str) -> bool {
    let begins = |scheme: &&str| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    ["http://", "https://", "www."].iter().any(begins)
}

fn ends_in_letter(text: &str) -> bool {
    text.chars().next_back().is_some_and(char::is_alphanumeric)
}

fn ends_link(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || is_invisible(character)
        || is_joiner(character)
        || matches!(character, '<' | '>' | '"' | '“' | '”' | '«' | '»' | '…')
}

fn push_plain(text: &str, out: &mut String) {
    if text.is_ascii() {
        return push_plain_ascii(text, out);
    }
    let visible: String = text.chars().filter(|c| is_text(*c)).collect();
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&visible);
    let mut after_foreign = false;
    for character in composed.chars() {
        if is_joiner(character) && !after_foreign {
            continue;
        }
        after_foreign = match equivalent(character) {
            Some(plain) => {
                out.push_str(plain);
                false
            }
            None => {
                let character = narrow(character).unwrap_or(character);
                out.push(character);
                !is_gsm7(character)
            }
        };
    }
}

/// The same for ASCII, which needs no normalization.
fn push_plain_ascii(text: &str, out: &mut String) {
    out.extend(
        text.chars()
            .filter(|c| is_text(*c))
            .map(|character| match character {
                '`' => '\'',
                '\t' => ' ',
                '\u{b}' | '\u{c}' => '\n',
                _ => character,
            }),
    );
}

/// Whether a reader sees the character, or the space or line break that it makes.
pub(super) fn is_text(character: char) -> bool {
    !is_invisible(character) && !is_control(character)
}

/// Characters that control devices, such as NUL; white space is not among them.
pub(super) fn is_control(character: char) -> bool {
    character.is_control() && !character.is_whitespace()
}

/// Characters without width, and those that change the direction of what follows.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

/// The name of a character that is invisible or looks like an ordinary space.
pub(crate) fn invisible_name(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{a0}' | '\u{2007}' | '\u{202f}' => "a no-break space",
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}' => "a wide space",
        '\u{85}' | '\u{2028}' | '\u{2029}' => "a line separator",
        '\u{ad}' => "a soft hyphen",
        '\u{feff}' => "a byte order mark",
        '\u{200b}' => "a zero-width space",
        _ if is_invisible(character) || is_joiner(character) => "a character without width",
        _ if is_control(character) => "a control code",
        _ => return None,
    })
}

/// Invisible characters with a meaning in emoji and in some scripts, and with none between plain letters.
pub(super) fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}'..='\u{200f}' | '\u{fe0e}' | '\u{fe0f}')
}

fn equivalent(character: char) -> Option<&'static str> {
    Some(match character {
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | '‵' | '`' | '´' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ'
        | 'ʿ' | 'ˈ' => "'",
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '‶' | '〝' | '〞' | 'ʺ' | '˝' => {
            "\""
        }
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '⁃' | '−' | '﹘' | '﹣' | '•' | '‣' | '·' | '∙'
        | '●' | '▪' => "-",
        '…' => "...",
        '‥' => "..",
        '\t'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => " ",
        '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => "\n",
        '⁄' | '∕' => "/",
        '∗' => "*",
        '∶' => ":",
        '∼' | '˜' => "~",
        '×' => "x",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        '©' => "(C)",
        '®' => "(R)",
        '™' => "(TM)",
        _ => return None,
    })
}

/// The plain form of a full-width letter, digit or sign of ASCII.
fn narrow(character: char) -> Option<char> {
    ('\u{ff01}'..='\u{ff5e}')
        .contains(&character)
        .then(|| char::from_u32(u32::from(character) - 0xfee0))?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn typography_becomes_plain() {
        for (typographic, expected) in [
            ("It’s “us” – really…", "It's \"us\" - really..."),
            ("a\u{a0}b\u{202f}c\u{3000}d\te", "a b c d e"),
            ("one\u{2028}two", "one\ntwo"),
            ("Bo\u{200b}t\u{ad}ox\u{feff}", "Botox"),
            ("a\u{202e}b\u{2066}c", "abc"),
            ("Soleil · Downtown • Loop", "Soleil - Downtown - Loop"),
            ("ＡＢ｛｝", "AB{}"),
            ("Ace® ﬁx", "Ace(R) fix"),
            ("Kaʻiulani", "Ka'iulani"),
            // A letter and its accent are one character of the alphabet of text messages.
            ("Rene\u{301}e", "Renée"),
            // Characters without an equivalent stay, and so do their joiners.
            ("Zoë 李 🙂", "Zoë 李 🙂"),
            ("👩\u{200d}💻 ❤\u{fe0f}", "👩\u{200d}💻 ❤\u{fe0f}"),
            ("a\u{200d}b\u{fe0f}", "ab"),
            ("line one\nline two", "line one\nline two"),
        ] {
            assert_eq!(plain(typographic), expected, "{typographic}");
        }
    }

    #[test]
    fn links_are_not_touched() {
        for (text, expected) in [
            ("– https://a.example/x–y’z –", "- https://a.example/x–y’z -"),
            ("“https://a.example/x”", "\"https://a.example/x\""),
            ("https://a.example/x\u{200b} – y", "https://a.example/x - y"),
            ("https://a.example/x\u{a0}–", "https://a.example/x -"),
            ("www.a.example/… –", "www.a.example/... -"),
            ("HTTPS://A.example/’ ’", "HTTPS://A.example/’ '"),
            ("awww.sweet ’", "awww.sweet '"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_with_an_equivalent_is_left(
            text in "[a-z‘’“”–—… \u{a0}\u{200b}ＡＢ｛é李🙂\u{301}\u{200d}\u{fe0f}]{0,40}",
        ) {
            let text = plain(&text);
            let left = text.chars().find(|c| {
                equivalent(*c).is_some() || narrow(*c).is_some() || is_invisible(*c)
            });
            prop_assert_eq!(left, None);
        }

        #[test]
        fn ascii_comes_out_as_it_does_beside_other_characters(text in "[\\x00-\\x7f]{0,60}") {
            // The letter at the end keeps the text from the way for ASCII.
            let longer = plain(&format!("{text} Ł"));
            prop_assert_eq!(format!("{} Ł", plain(&text)), longer);
        }

        #[test]
        fn plain_text_stays(text in "[ -_a-z{}~|\n]{0,60}") {
            prop_assert_eq!(plain(&text), text);
        }

        #[test]
        fn a_link_comes_out_as_it_went_in(
            before in "[a-z’–… ]{0,20}", path in "[a-zA-Z0-9/?=&.#~’–-]{0,20}", after in "[a-z’–… ]{0,20}",
        ) {
            let link = format!("https://a.example/{path}");
            let text = plain(&format!("{before} {link} {after}"));
            prop_assert!(text.split([' ', '\n']).any(|word| word == link), "{}", text);
        }
    }
}
