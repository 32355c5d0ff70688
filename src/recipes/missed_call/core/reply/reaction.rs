//! Recognises reactions that phones send as texts: `Liked “…”`, `Reacted 👍 to “…”`, `Le gustó “…”`, or an emoji alone. The
//! quoted words are ours and are ignored. An emoji that says no is an opt-out.
//!
//! The English wordings are those of iOS for the six classic tapbacks, for emoji (iOS 18) and for removing one;
//! Android sends the emoji, or the emoji and the quotation.

use std::sync::LazyLock;

use super::excerpt::Excerpt;
use super::pattern::Phrases;
use super::text::{Text, Word};

/// The words before the quotation. The emoji of `Reacted 👍 to` is not a word.
const BEFORE_QUOTE: &[&str] = &[
    "liked|loved|disliked|emphasized|emphasised|questioned",
    "laughed at",
    "reacted with|to to?",
    "remove a|an? like|heart|dislike|laugh|exclamation|emphasis|question|reaction? mark|reaction? from",
    "no? le gusto|encanto",
    "le dio risa",
    "se rio de",
    "exclamo por",
    "dudo sobre",
    "enfatizo|destaco",
    "reacciono con|a a?",
    "quito|elimino * de|a",
];

/// A reaction to something that cannot be quoted.
const WITHOUT_QUOTE: &[&str] = &[
    "liked|loved|disliked|emphasized|questioned a|an image|photo|picture|video|attachment",
    "liked|loved|disliked|emphasized|questioned a|an message|sticker|link|movie|contact",
    "laughed at a|an image|photo|picture|video|attachment|message|sticker|link|movie|contact",
    "le gusto|encanto una? imagen|foto|video|archivo|mensaje",
];

/// Between an emoji and the quotation.
const AFTER_EMOJI: &[&str] = &["to", "a"];

static QUOTES: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[BEFORE_QUOTE]));
static QUOTES_NOTHING: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[WITHOUT_QUOTE]));
static POINTS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[AFTER_EMOJI]));

/// Pictures that say no more: stop signs, "no entry", "no phones", a raised finger, a figure that says no.
const NO: &[char] = &['🛑', '⛔', '🚫', '🖕', '📵', '🙅', '🔕', '❌'];

/// Whether the reply is only such a picture, apart from courtesy, a "no", or a word for texts.
pub(super) fn is_opt_out_emoji(excerpt: Excerpt<'_>, read: &Text) -> bool {
    let no = |word: &Word| {
        matches!(
            word.text.as_str(),
            "no" | "nope"
                | "off"
                | "you"
                | "me"
                | "text"
                | "message"
                | "texting"
                | "these"
                | "this"
        )
    };
    excerpt.contains(|character| NO.contains(&character)) && read.core().iter().all(no)
}

/// Whether the reply, of which `read` are the words, is a reaction.
pub(super) fn is_reaction(excerpt: Excerpt<'_>, read: &Text) -> bool {
    if read.words().is_empty() {
        return excerpt.contains(is_picture) || is_emoticon(excerpt.head);
    }
    if QUOTES_NOTHING.are(read.words()) {
        return true;
    }
    // An emoji before it is the reaction itself, or a further mark.
    let from_emoji = |character: char| !character.is_alphanumeric() && !is_picture(character);
    let from_word = |character: char| !character.is_alphanumeric();
    quotes(excerpt.head.trim_start_matches(from_emoji), excerpt.tail)
        || quotes(excerpt.head.trim_start_matches(from_word), excerpt.tail)
}

/// Whether it consists of the words before a quotation, the quotation, and nothing else.
fn quotes(head: &str, tail: Option<&str>) -> bool {
    let Some((before, quoted)) = head.split_once(is_quote) else {
        return false;
    };
    let words = Text::of(before);
    let named =
        QUOTES.are(words.words()) || (POINTS.are(words.words()) && before.chars().any(is_picture));
    // Phones cut long quotations, but not after that many words.
    let after = match (tail.unwrap_or(quoted).rsplit_once(is_quote), tail) {
        (Some((_, after)), _) => after,
        (None, None) => "",
        (None, Some(tail)) => tail,
    };
    named && Text::of(after).words().is_empty()
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '«' | '»' | '„' | '‟')
}

/// Emoji and other pictures: symbols beyond Latin and general punctuation.
fn is_picture(character: char) -> bool {
    !character.is_alphanumeric()
        && matches!(character, '©' | '®' | '\u{203c}' | '\u{2049}' | '\u{2100}'..='\u{2bff}'
        | '\u{3030}'..='\u{303d}' | '\u{1f000}'..='\u{1faff}')
}

fn is_emoticon(text: &str) -> bool {
    matches!(
        text.trim(),
        ":)" | ":-)" | ";)" | ":))" | "<3" | "^^" | "(:" | ":]"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_reaction(text: &str) -> bool {
        let excerpt = Excerpt::of(text);
        super::is_reaction(excerpt, &Text::read(excerpt))
    }

    #[test]
    fn whatever_it_quotes() {
        for text in [
            "Liked “Reply STOP to unsubscribe”",
            "Reacted 👍 to “Reply STOP to unsubscribe”",
            "Reacted with 😂 to \"wrong number\"",
            "\u{200a}Loved \"wrong number\"",
            "Removed a like from “stop”",
            "👍🏽 to “stop”",
            "Le gustó «Responda ALTO»",
            "Emphasized “a text that was cut of",
            "Loved an image",
            "❤\u{fe0f}",
            "‼️",
            ":)",
        ] {
            assert!(is_reaction(text), "{text}");
        }
        for text in [
            "Liked it. Stop",
            "Liked “your text” stop",
            "To \"Kim\"",
            "…",
            "?",
            "",
            "“STOP”",
            "👍 thanks",
        ] {
            assert!(!is_reaction(text), "{text}");
        }
    }
}
