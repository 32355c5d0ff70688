//! Which of the words that a setting knows was meant by another.

use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::spelling::nearest;

/// What people call what a step does.
pub(super) const DEEDS: [(&str, &[&str]); 12] = [
    (
        "text",
        &[
            "sms",
            "message",
            "msg",
            "text_message",
            "send_text",
            "send_sms",
            "send_message",
            "texts",
            "reply",
        ],
    ),
    ("email", &["mail", "e_mail", "send_email", "emails"]),
    ("tag", &["add_tag", "tags", "label"]),
    ("untag", &["remove_tag", "delete_tag"]),
    (
        "task",
        &[
            "todo",
            "to_do",
            "create_task",
            "add_task",
            "reminder",
            "call",
            "call_back",
        ],
    ),
    ("note", &["add_note", "comment", "notes"]),
    (
        "fields",
        &[
            "field",
            "custom_field",
            "custom_fields",
            "update_field",
            "update_contact",
        ],
    ),
    ("stage", &["pipeline", "opportunity", "move_stage"]),
    ("workflow", &["add_to_workflow", "automation", "campaign"]),
    ("assign", &["owner", "assign_to", "assign_user"]),
    (
        "notify",
        &["notification", "alert", "internal_notification", "tell"],
    ),
    ("do_not_disturb", &["dnd", "opt_out", "unsubscribe"]),
];

/// What people call what happens.
pub(super) const HAPPENINGS: [(&str, &[&str]); 14] = [
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
    ("handed_off", &["hand_off", "handoff", "handover"]),
    ("escalated", &["escalate", "escalation"]),
];

/// The fault of a word that is none of those that are known; `remedy` names all of them, for words that are like none.
pub(super) fn unknown_word(
    what: &str,
    word: &str,
    names: &[(&'static str, &[&str])],
    known: &[&'static str],
    remedy: &str,
) -> Diagnostic {
    let plain = spelled(word);
    let by_name = names
        .iter()
        .find(|(name, others)| *name == plain || others.contains(&plain.as_str()))
        .map(|(name, _)| *name)
        .filter(|name| known.contains(name));
    let remedy = match by_name.or_else(|| nearest(&plain, known.iter().copied())) {
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
