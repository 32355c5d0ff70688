//! Whether one of our texts explains how to opt out, and whether it names STOP at all.
//!
//! `reply` reads what people write when they want no more texts.

use super::{folded, split};

/// Whether one of our texts explains how to opt out ("Reply STOP to …", "text STOP", "STOP to end").
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
    let folded = folded(text);
    let all: Vec<&str> = split(&folded).collect();
    all.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).and_then(|before| all.get(before));
        let after = (all.get(at + 1), all.get(at + 2));
        *word == "stop"
            && (before.is_some_and(|before| ASKS.contains(before))
                || matches!(after, (Some(&("to" | "2")), Some(end)) if ENDS.contains(end)))
    })
}

/// Whether `text` holds the word STOP at all.
pub(crate) fn names_stop(text: &str) -> bool {
    split(&folded(text)).any(|word| word == "stop")
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
}
