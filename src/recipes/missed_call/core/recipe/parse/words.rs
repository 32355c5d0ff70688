//! Which of the words of a setting was meant by an unknown one.

use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::spelling::nearest;

/// What people call triggers.
pub(super) const TRIGGERS: [(&str, &[&str]); 15] = [
    (
        "missed",
        &[
            "no_answer",
            "missed_call",
            "noanswer",
            "call_missed",
            "unanswered",
            "busy",
            "voicemail",
            "call",
        ],
    ),
    (
        "missed_again",
        &["second_call", "repeat_call", "called_again"],
    ),
    (
        "answered",
        &["answer", "picked_up", "call_answered", "connected"],
    ),
    (
        "returned",
        &["called_back", "call_back", "callback", "call_returned"],
    ),
    (
        "team_wrote",
        &["team_replied", "team_texted", "staff_wrote"],
    ),
    (
        "replied",
        &[
            "reply",
            "replies",
            "response",
            "responded",
            "answered_text",
            "texted_back",
            "inbound_message",
        ],
    ),
    ("help", &["needs_help", "human", "person", "asks_for_help"]),
    (
        "booked",
        &[
            "book",
            "booking",
            "appointment",
            "appointment_booked",
            "scheduled",
        ],
    ),
    (
        "booking_cancelled",
        &[
            "cancelled",
            "canceled",
            "booking_canceled",
            "appointment_cancelled",
        ],
    ),
    ("clicked", &["click", "link_clicked", "clicks"]),
    ("task_done", &["task_completed", "done", "completed"]),
    (
        "opted_out",
        &["stop", "opt_out", "optout", "unsubscribed", "dnd"],
    ),
    (
        "doubtful",
        &["doubt", "doubted", "unsure", "maybe_opted_out"],
    ),
    ("handed_off", &["hand_off", "handoff", "handover"]),
    ("escalated", &["escalate", "escalation"]),
];

/// The problem with a word that is not one of `known`; `remedy` lists all of them, for words that are like none.
/// `synonyms` are other words that people use for the known ones.
pub(super) fn unknown_word<'w>(
    what: &str,
    word: &str,
    synonyms: impl IntoIterator<Item = (&'static str, &'w [&'w str])>,
    known: &[&'static str],
    remedy: &str,
) -> Diagnostic {
    let plain = spelled(word);
    let by_synonym = synonyms
        .into_iter()
        .find(|(name, others)| *name == plain || others.contains(&plain.as_str()))
        .map(|(name, _)| name)
        .filter(|name| known.contains(name));
    let remedy = match by_synonym.or_else(|| nearest(&plain, known.iter().copied())) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => remedy.to_owned(),
    };
    Diagnostic::new(what, remedy)
}

/// As the words are spelled here.
fn spelled(word: &str) -> String {
    let word = word.trim().to_lowercase();
    word.chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect()
}
