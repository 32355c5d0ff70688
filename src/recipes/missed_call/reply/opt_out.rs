//! Does the reply ask for no more texts? The one question that must never be missed; the words are in the tables.

use std::sync::LazyLock;

use super::english::{AFTER_STOP, BETWEEN_NEGATION, NEGATIONS};
use super::pattern::Phrases;
use super::table::OptOut;
use super::text::{Text, Word, core};
use super::{english, spanish};

const LANGUAGES: [OptOut; 2] = [english::OPT_OUT, spanish::OPT_OUT];

static WHOLE: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&LANGUAGES.map(|table| table.whole)));
static CLAUSES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&LANGUAGES.map(|table| table.clauses)));
static ANYWHERE: LazyLock<Phrases> = LazyLock::new(|| {
    let [english, spanish] = LANGUAGES.map(|table| table.phrases);
    Phrases::of(&[english, spanish, INSTRUCTIONS])
});
static UNLESS_VISIT: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&LANGUAGES.map(|table| table.unless_visit)));
static EXPLAINED: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[INSTRUCTIONS]));
static OF_A_VISIT: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[VISIT]));

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
pub(super) fn without_instructions(text: Text) -> Text {
    if !text.clauses().any(|clause| EXPLAINED.occur(clause)) {
        return text;
    }
    let rest = text.without(|clause| EXPLAINED.occur(clause));
    if rest.core().is_empty() { text } else { rest }
}

pub(super) fn asks_to_stop(text: &Text) -> bool {
    let asks = |clause: &[Word]| {
        let clause = core(clause);
        CLAUSES.are(clause) || begins_with_stop(clause, SHORT)
    };
    WHOLE.are(text.core())
        || begins_with_stop(text.core(), usize::MAX)
        || text.clauses().any(asks)
        || says(text.words(), &ANYWHERE).next().is_some()
        || asks_outside_of_a_visit(text.words())
}

fn asks_outside_of_a_visit(words: &[Word]) -> bool {
    let mut found = says(words, &UNLESS_VISIT).peekable();
    found.peek().is_some() && {
        let visit_ahead = visit_ahead(words);
        found.any(|from| visit_ahead.get(from) != Some(&true))
    }
}

/// "Stop it", "stop with all this", but not "stop by at four".
fn begins_with_stop(words: &[Word], most: usize) -> bool {
    matches!(words, [first, rest @ ..] if first.text == "stop" && rest.len() <= most
        && !rest.first().is_some_and(|second| AFTER_STOP.contains(&second.text.as_str())))
}

/// Where one of the phrases is said and meant.
fn says(words: &[Word], phrases: &Phrases) -> impl Iterator<Item = usize> {
    phrases.find(words).filter_map(|(from, to)| {
        let place = to
            .checked_sub(1)
            .and_then(|last| words.get(last))
            .is_some_and(|last| last.text == "stop")
            && words
                .get(to)
                .is_some_and(|next| AFTER_STOP.contains(&next.text.as_str()));
        (!place && !is_negated(words, from)).then_some(from)
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

/// For each word, whether its clause is about an appointment from there on.
fn visit_ahead(words: &[Word]) -> Vec<bool> {
    let mut ahead = vec![false; words.len()];
    let mut in_clause = false;
    for (at, word) in words.iter().enumerate().rev() {
        in_clause |= OF_A_VISIT.are(std::slice::from_ref(word));
        ahead[at] = in_clause;
        in_clause &= !word.starts_clause;
    }
    ahead
}
