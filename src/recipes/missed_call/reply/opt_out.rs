//! Does the reply ask for no more texts? The one question that must never be missed; the words are in the tables.

use super::english::{AFTER_STOP, BETWEEN_NEGATION, NEGATIONS};
use super::pattern::{begins, find};
use super::table::{OptOut, is_one_of};
use super::text::{Text, Word, core};
use super::{english, spanish};

const LANGUAGES: &[&OptOut] = &[&english::OPT_OUT, &spanish::OPT_OUT];

/// How texts of businesses explain the way out. In a reply it is a quotation, or the signature of a machine.
const INSTRUCTIONS: &[&str] = &[
    "reply|text|send|respond|responda|responde|envie|envia with|con? stop|alto|baja|unsubscribe|cancel to|2|para",
    "reply|text|send|respond|responda|responde|envie|envia with|con? stop|alto|baja|unsubscribe $",
];

/// What makes a clause one about an appointment.
const VISIT: &[&str] = &[
    "<visit>",
    "waitlist|waitlists|waiting|wait|schedule|calendar|books|agenda|espera",
];

/// After `stop` as the first word of a clause that is not the first, this many more words still read as "stop doing
/// that".
const SHORT: usize = 3;

/// The reply without a quoted "Reply STOP to opt out". If that is all it says, somebody repeats it to opt out, and it
/// stays.
pub(super) fn without_instructions(text: &Text) -> Text {
    let rest = text.without(|clause| {
        INSTRUCTIONS
            .iter()
            .any(|phrase| find(clause, phrase).next().is_some())
    });
    if rest.core().is_empty() {
        text.clone()
    } else {
        rest
    }
}

pub(super) fn asks_to_stop(text: &Text) -> bool {
    LANGUAGES.iter().any(|table| {
        is_one_of(text.core(), table.whole)
            || text
                .clauses()
                .any(|clause| is_one_of(core(clause), table.clauses))
            || table.phrases.iter().any(|phrase| says(text, phrase, false))
            || table
                .unless_visit
                .iter()
                .any(|phrase| says(text, phrase, true))
    }) || INSTRUCTIONS.iter().any(|phrase| says(text, phrase, false))
        || begins_with_stop(text.core(), usize::MAX)
        || text
            .clauses()
            .any(|clause| begins_with_stop(core(clause), SHORT))
}

/// "Stop it", "stop with all this", but not "stop by at four".
fn begins_with_stop(words: &[Word], most: usize) -> bool {
    matches!(words, [first, rest @ ..] if first.text == "stop" && rest.len() <= most
        && !rest.first().is_some_and(|second| AFTER_STOP.contains(&second.text.as_str())))
}

fn says(text: &Text, phrase: &str, unless_visit: bool) -> bool {
    let words = text.words();
    find(words, phrase).any(|(from, to)| {
        let place = to
            .checked_sub(1)
            .and_then(|last| words.get(last))
            .is_some_and(|last| last.text == "stop")
            && words
                .get(to)
                .is_some_and(|next| AFTER_STOP.contains(&next.text.as_str()));
        !(place || is_negated(words, from) || unless_visit && speaks_of_a_visit(words, from))
    })
}

/// Whether a "don't" stands before the phrase that begins at `from`: "I don't want you to stop texting". "Why don't
/// you stop texting" has none.
fn is_negated(words: &[Word], from: usize) -> bool {
    let mut before = words.get(..from).unwrap_or_default();
    let mut started = words.get(from).is_some_and(|word| word.starts_clause);
    while let [rest @ .., word] = before {
        if started {
            return false;
        }
        let text = word.text.as_str();
        let turned = NEGATIONS.contains(&text)
            || (text == "not" && rest.last().is_some_and(|word| word.text == "do"));
        if turned {
            let asked = rest.iter().rev().take(2).any(|word| word.text == "why");
            return !asked;
        }
        if !BETWEEN_NEGATION.contains(&text) {
            return false;
        }
        started = word.starts_clause;
        before = rest;
    }
    false
}

/// Whether the clause around the word at `at` is about an appointment.
fn speaks_of_a_visit(words: &[Word], at: usize) -> bool {
    let clause = words.get(at..).unwrap_or_default();
    let end = clause
        .iter()
        .skip(1)
        .position(|word| word.starts_clause)
        .map_or(clause.len(), |length| length + 1);
    let clause = clause.get(..end).unwrap_or_default();
    (0..clause.len()).any(|at| {
        clause
            .get(at..)
            .is_some_and(|tail| VISIT.iter().any(|phrase| begins(tail, phrase).is_some()))
    })
}
