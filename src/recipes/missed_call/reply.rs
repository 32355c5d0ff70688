//! What does the caller want who wrote back? So far only the question that must never be got wrong: no more texts?
//!
//! The words themselves are in `compliance/opt_out.rs`.

use super::compliance::opt_out;

/// What an inbound text asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reply {
    /// No more texts. Everything pending for this number ends, and the number is suppressed.
    OptOut,
    /// Texts again, after an opt-out. Only `START` and `UNSTOP` mean that. Carriers also take `YES`, but to most
    /// people it answers a question ("shall we call you back?"), so it is [`Other`](Self::Other) here.
    OptIn,
    /// Anything else: a conversation for the team, which also ends what is pending.
    Other,
}

/// Classifies the body of an inbound text. Neither case nor the punctuation, quotes and emoji around it matter.
///
/// In doubt it says [`Reply::OptOut`]: a person who is asked once too often to write `START` loses little.
///
/// ```
/// use gohighlevel::recipes::missed_call::reply::{Reply, classify};
///
/// assert_eq!(classify("Stop!"), Reply::OptOut);
/// assert_eq!(classify("please don’t text me"), Reply::OptOut);
/// assert_eq!(classify("I'll stop by at 4"), Reply::Other);
/// ```
pub fn classify(text: &str) -> Reply {
    if opt_out::asks_to_stop(text) {
        Reply::OptOut
    } else if opt_out::asks_to_resume(text) {
        Reply::OptIn
    } else {
        Reply::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPT_OUTS: &[&str] = &[
        "STOP",
        "stop",
        " Stop. ",
        "\"STOP\"",
        "“Stop”",
        "STOP!!! 🛑",
        "S.T.O.P",
        "s t o p",
        "STOPALL",
        "stop all",
        "Stop-All",
        "unsubscribe",
        "CANCEL",
        "End",
        "quit",
        "revoke",
        "opt out",
        "OPT-OUT",
        "optout",
        "remove",
        "Arret",
        "ARRÊT",
        "baja",
        "alto",
        "no mas",
        "No más",
        "stop please",
        "Please stop",
        "pls stop",
        "stop it",
        "stop texting me",
        "Stop calling me please",
        "stop with these messages",
        "STOP. I told you already that I do not want any of this",
        "No thanks, stop",
        "Who is this?\nSTOP",
        "don't text me again",
        "please don’t text this number",
        "DO NOT TEXT",
        "take me off your list",
        "Please remove me from this list",
        "wrong number",
        "Sorry, you have the wrong number",
        "lose my number",
        "unsubscribe me",
        "how do i unsubscribe",
        "no more texts please",
        "leave me alone",
        "quit texting me",
        "I want to opt out",
    ];

    const OTHERS: &[&str] = &[
        "",
        "...",
        "🙂",
        "yes",
        "YES please",
        "ok",
        "thanks",
        "cancel my appointment",
        "Can I cancel tomorrow's visit?",
        "at the end of the day",
        "end of the week works",
        "is it non-stop",
        "I'll stop by",
        "Stop by tomorrow?",
        "stop by at four",
        "when does the music stop playing",
        "nonstop",
        "please don't stop texting me",
        "please do not remove me from the waitlist",
        "don't stop",
        "where do I start",
        "start tomorrow?",
        "Liked “Sorry we missed you. Reply STOP to unsubscribe.”",
        "Laughed at \"Reply STOP, or wrong number\"",
        "help",
        "I'm at the bus stop",
        "Is your number the right number",
    ];

    #[test]
    fn tables() {
        for text in OPT_OUTS {
            assert_eq!(classify(text), Reply::OptOut, "{text:?}");
        }
        for text in OTHERS {
            assert_eq!(classify(text), Reply::Other, "{text:?}");
        }
        for text in ["START", "start", " Start! ", "unstop", "\"UNSTOP\""] {
            assert_eq!(classify(text), Reply::OptIn, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            classify(&text);
        }

        #[test]
        fn case_and_surrounding_punctuation_do_not_matter(
            text in prop::sample::select([OPT_OUTS, OTHERS, &["START", "unstop"]].concat()),
            before in "[ \\n\"'“‘(*.,!¡🛑]{0,4}",
            after in "[ \\n\"'”’)*.,!?…🙏]{0,4}",
        ) {
            let expected = classify(text);
            prop_assert_eq!(classify(&text.to_uppercase()), expected);
            prop_assert_eq!(classify(&text.to_lowercase()), expected);
            prop_assert_eq!(classify(&format!("{before}{text}{after}")), expected);
        }

        #[test]
        fn an_opt_out_word_alone_is_always_one(
            word in "(?i:stop|stopall|unsubscribe|cancel|end|quit|revoke|optout)",
            around in "[ .!\"*-]{0,5}",
        ) {
            prop_assert_eq!(classify(&format!("{around}{word}{around}")), Reply::OptOut);
        }
    }
}
