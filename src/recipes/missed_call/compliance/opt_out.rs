//! The words by which somebody asks for no more texts, asks for them again, and by which our own text explains how.
//!
//! Sources: 47 CFR 64.1200(a)(10) names STOP, QUIT, END, REVOKE, OPT OUT, CANCEL and UNSUBSCRIBE, and lets any
//! reasonable wording count; HighLevel and carriers act on single words only (STOP, STOPALL, UNSUBSCRIBE, CANCEL, END,
//! QUIT; START and UNSTOP to resume), so that "please stop" reaches nobody unless it is read here.

use super::words;

/// Whole messages that are an opt-out, as normalised words.
const WHOLE: &[&str] = &[
    "stop",
    "stopall",
    "stop all",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "revoke",
    "opt out",
    "optout",
    "remove",
    "arret",
    "arreter",
    "baja",
    "alto",
    "no mas",
    "just stop",
    "ok stop",
];

/// Those of them that mean it even as one clause of a longer message ("no thanks, stop"). `cancel` or `end` may speak
/// of an appointment there.
const CLAUSES: &[&str] = &[
    "stop",
    "stopall",
    "stop all",
    "unsubscribe",
    "opt out",
    "optout",
    "no mas",
    "just stop",
    "ok stop",
];

/// Wordings that are an opt-out wherever they stand.
const PHRASES: &[&str] = &[
    "stop texting",
    "stop calling",
    "stop messaging",
    "stop contacting",
    "stop sending",
    "stop bothering",
    "quit texting",
    "quit calling",
    "quit messaging",
    "dont text",
    "do not text",
    "never text",
    "dont message",
    "do not message",
    "dont contact",
    "do not contact",
    "never contact",
    "take me off",
    "take my number off",
    "remove me",
    "remove my number",
    "delete my number",
    "lose my number",
    "wrong number",
    "wrong person",
    "unsubscribe",
    "opt me out",
    "want to opt out",
    "like to opt out",
    "no more texts",
    "no more messages",
    "no more calls",
    "leave me alone",
    "quiten mi numero",
    "no me escriban",
    "no me llamen",
];

/// Words of politeness at either end that change nothing.
const POLITE: &[&str] = &["please", "pls", "plz", "now", "thanks", "thank", "you"];

/// How phones write a reaction to one of our texts: the verb, then our text in quotes. Its words are ours.
const REACTIONS: &[&str] = &[
    "liked",
    "loved",
    "disliked",
    "laughed at",
    "emphasized",
    "questioned",
    "reacted",
];

/// After `stop` as the first word, this many more words still read as "stop doing that".
const SHORT: usize = 3;

/// Whether the message asks for no more texts. In doubt, it does.
pub(crate) fn asks_to_stop(text: &str) -> bool {
    if is_reaction(text) {
        return false;
    }
    let all = words(text);
    let spelled_out = all.len() > 1 && all.iter().all(|word| word.chars().count() == 1);
    if spelled_out && WHOLE.contains(&all.concat().as_str()) {
        return true;
    }
    if WHOLE.contains(&without_politeness(&all).join(" ").as_str()) {
        return true;
    }
    if text
        .split(['.', ',', ';', ':', '!', '?', '\n'])
        .any(|clause| CLAUSES.contains(&without_politeness(&words(clause)).join(" ").as_str()))
    {
        return true;
    }
    if let [first, rest @ ..] = all.as_slice()
        && first == "stop"
        && rest.len() <= SHORT
        && rest.first().is_none_or(|second| second != "by")
    {
        return true;
    }
    PHRASES.iter().any(|phrase| says(&all, phrase))
}

/// Whether the message asks to be texted again after an opt-out.
pub(crate) fn asks_to_resume(text: &str) -> bool {
    let all = words(text);
    matches!(without_politeness(&all), [word] if word == "start" || word == "unstop")
}

/// Whether a text of ours already tells the reader how to opt out ("Reply STOP to …", "text STOP", "STOP to end").
pub(crate) fn tells_how_to_stop(text: &str) -> bool {
    const ASKS: &[&str] = &[
        "reply", "text", "send", "txt", "respond", "with", "responda", "envie",
    ];
    const ENDS: &[&str] = &[
        "opt",
        "optout",
        "unsubscribe",
        "end",
        "cancel",
        "quit",
        "stop",
    ];
    let all = words(text);
    all.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).and_then(|before| all.get(before));
        let after = (all.get(at + 1), all.get(at + 2));
        word == "stop"
            && (before.is_some_and(|before| ASKS.contains(&before.as_str()))
                || matches!(after, (Some(to), Some(end))
                    if (to == "to" || to == "2") && ENDS.contains(&end.as_str())))
    })
}

/// Whether `text` holds the word STOP at all.
pub(crate) fn names_stop(text: &str) -> bool {
    words(text).iter().any(|word| word == "stop")
}

fn without_politeness(words: &[String]) -> &[String] {
    let polite = |word: &String| POLITE.contains(&word.as_str());
    let start = words.iter().position(|word| !polite(word));
    let end = words.iter().rposition(|word| !polite(word));
    match (start, end) {
        (Some(start), Some(end)) => words.get(start..=end).unwrap_or_default(),
        _ => &[],
    }
}

/// Whether the words of `phrase` follow one another in `all`, not turned round by a "don't" before them.
fn says(all: &[String], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    all.windows(phrase.len())
        .enumerate()
        .filter(|(_, window)| window.iter().zip(&phrase).all(|(word, part)| word == part))
        .any(|(at, _)| {
            !at.checked_sub(1)
                .and_then(|before| all.get(before))
                .is_some_and(|word| matches!(word.as_str(), "dont" | "not" | "never"))
        })
}

fn is_reaction(text: &str) -> bool {
    let text = text
        .trim_start_matches(|character: char| !character.is_alphanumeric())
        .to_lowercase();
    REACTIONS.iter().any(|verb| {
        text.strip_prefix(verb).is_some_and(|rest| {
            // `Reacted 👍 to “…”` names the reaction first.
            let rest = rest.split_once(" to ").map_or(rest, |(emoji, quoted)| {
                if emoji.chars().any(char::is_alphanumeric) {
                    rest
                } else {
                    quoted
                }
            });
            rest.trim_start().starts_with(['"', '“', '«'])
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_an_opt_out_line() {
        for text in [
            "Reply STOP to opt out.",
            "Text STOP to end",
            "Book: https://x.example STOP to unsubscribe",
            "Reply \"stop\" to stop",
            "STOP 2 quit",
            "Reply with STOP",
        ] {
            assert!(tells_how_to_stop(text), "{text}");
        }
        for text in [
            "We never stop caring",
            "Text us or stop by",
            "Stop by to see us",
            "A non-stop service",
        ] {
            assert!(!tells_how_to_stop(text), "{text}");
        }
        assert!(names_stop("Antworten Sie STOP") && !names_stop("nonstop"));
    }

    #[test]
    fn a_reaction_to_our_own_text_is_no_request() {
        for text in [
            "Liked “Reply STOP to unsubscribe”",
            "Reacted 👍 to “Reply STOP to unsubscribe”",
            "\u{200a}Loved \"wrong number\"",
        ] {
            assert!(!asks_to_stop(text), "{text}");
        }
        assert!(asks_to_stop("Liked it. Stop"));
    }
}
