//! How a text of ours explains the way out: does it, and does it name STOP at all?
//!
//! What people write when they want no more texts is another question; `reply` answers it.

use super::words;

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
