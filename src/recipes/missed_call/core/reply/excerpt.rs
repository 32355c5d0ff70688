//! Limits the part of a reply that is read: all of it, or its beginning and its end.
//!
//! Anyone can send a megabyte to a business. What the writer wants is in the first words or, below or above quoted history,
//! in the last ones. The text is cut first, before case, accents and words are processed, so that all later work is bounded.

use super::steps;

/// Texts of up to this many bytes are read in full. The longest text message has 1,600 characters.
pub(super) const LONGEST: usize = 2048;
/// The bytes read at each end of a longer text.
const END: usize = LONGEST / 2;
/// How many bytes of white space at either end, or of style sheets at the head of an HTML page, are skipped.
const MAX_SKIPPED: usize = 64 * 1024;

/// The parts of a reply that are read.
#[derive(Clone, Copy)]
pub(super) struct Excerpt<'a> {
    /// All of it, or its beginning.
    pub(super) head: &'a str,
    /// Its end, if a part before that is not read.
    pub(super) tail: Option<&'a str>,
}

impl<'a> Excerpt<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        if text.len() <= LONGEST {
            return Self {
                head: text,
                tail: None,
            };
        }
        let text = body(without_padding(text));
        if text.len() <= LONGEST {
            return Self {
                head: text,
                tail: None,
            };
        }
        let head = &text[..text.floor_char_boundary(END)];
        let tail = &text[text.ceil_char_boundary(text.len() - END)..];
        // A cut word would be a different word.
        let head = head.rfind(ends_word).map_or("", |end| &head[..end]);
        let tail = tail.find(ends_word).map_or("", |start| &tail[start..]);
        Self {
            head,
            tail: Some(tail),
        }
    }

    pub(super) fn contains(self, wanted: impl Fn(char) -> bool) -> bool {
        let parts = [self.head, self.tail.unwrap_or_default()];
        parts.iter().any(|part| part.contains(&wanted))
    }
}

fn without_padding(text: &str) -> &str {
    let near = &text[..text.floor_char_boundary(MAX_SKIPPED)];
    let text = &text[near.len() - near.trim_start_matches(is_padding).len()..];
    let far = text.ceil_char_boundary(text.len().saturating_sub(MAX_SKIPPED));
    &text[..far + text[far..].trim_end_matches(is_padding).len()]
}

/// The body of an HTML page; any other text unchanged.
fn body(text: &str) -> &str {
    const BODY: &[u8] = b"<body";
    if !text.starts_with('<') {
        return text;
    }
    let near = &text.as_bytes()[..text.len().min(MAX_SKIPPED)];
    let found = near
        .windows(BODY.len())
        .position(|window| window.eq_ignore_ascii_case(BODY));
    found.and_then(|at| text.get(at..)).unwrap_or(text)
}

fn is_padding(character: char) -> bool {
    steps::take(1);
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        )
}

fn ends_word(character: char) -> bool {
    !character.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(text: &str) -> (&str, Option<&str>) {
        let Excerpt { head, tail } = Excerpt::of(text);
        (head, tail)
    }

    #[test]
    fn short_texts_are_read_in_full_and_long_ones_at_both_ends() {
        let short = "é ".repeat(LONGEST / 3);
        assert_eq!(parts(&short), (&*short, None));
        let long = format!("first {}last", "middle ".repeat(LONGEST));
        let (head, tail) = parts(&long);
        assert!(head.starts_with("first middle") && head.ends_with("middle"));
        let tail = tail.unwrap();
        assert!(tail.starts_with(" middle") && tail.ends_with("middle last"));
    }

    #[test]
    fn padding_and_style_sheets_are_skipped() {
        let padding = "\n\u{200b} \u{feff}".repeat(LONGEST);
        assert_eq!(parts(&format!("{padding}stop{padding}")), ("stop", None));
        let endless = "\n".repeat(10 * MAX_SKIPPED);
        let text = format!("{endless}no stop");
        assert!(parts(&text).1.unwrap().ends_with("\nno stop"));
        let style = "p { margin: 0 } ".repeat(LONGEST);
        let page = format!("<html><head><style>{style}</style></head><BODY>stop</body></html>");
        assert_eq!(parts(&page).0, "<BODY>stop</body></html>");
        // Plain words are not a page, and a page without a body is read as it is.
        for text in [
            format!("{style}<body>"),
            format!("<style>{style}</style>stop"),
        ] {
            assert!(text.starts_with(parts(&text).0));
        }
    }

    #[test]
    fn a_word_is_read_in_full_or_not_at_all() {
        let word = "a".repeat(10 * LONGEST);
        assert_eq!(parts(&word), ("", Some("")));
        assert_eq!(parts(&format!("no {word} stop")), ("no", Some(" stop")));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_longer(unit in any::<String>(), count in 1_usize..4000) {
            let text = unit.repeat(count);
            let Excerpt { head, tail } = Excerpt::of(&text);
            prop_assert!(head.len() + tail.unwrap_or_default().len() <= LONGEST);
            prop_assert!(text.contains(head) && text.contains(tail.unwrap_or_default()));
            prop_assert!(tail.is_some() || head.len() == text.len() || text.len() > LONGEST);
        }
    }
}
