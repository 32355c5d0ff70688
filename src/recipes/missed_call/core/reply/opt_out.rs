//! Detects replies that ask for no more texts, the one class that must not be missed. The phrases are in the tables.

use std::sync::LazyLock;

use super::english::{AFTER_STOP, BEFORE_STOP, BETWEEN_NEGATION, CALLS, NEGATIONS, TEXTS_WANTED};
use super::pattern::Phrases;
use super::table::OptOut;
use super::text::{Text, Word, core};
use super::{english, french, spanish};

const LANGUAGES: [OptOut; 3] = [english::OPT_OUT, spanish::OPT_OUT, french::OPT_OUT];

static WHOLE: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&LANGUAGES.map(|table| table.whole)));
static CLAUSES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&LANGUAGES.map(|table| table.clauses)));
static ANYWHERE: LazyLock<Phrases> = LazyLock::new(|| {
    let [english, spanish, french] = LANGUAGES.map(|table| table.phrases);
    let [refusals, threats] = [english::REFUSALS, english::THREATS];
    Phrases::of(&[english, refusals, threats, spanish, french, INSTRUCTIONS])
});
static UNLESS_VISIT: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&LANGUAGES.map(|table| table.unless_visit)));
static UNLESS_TEXTS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[CALLS]));
static FOR_TEXTS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[TEXTS_WANTED]));
static ERASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&[english::ERASURE, spanish::ERASURE, french::ERASURE]));
static AFTER: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[AFTER_STOP]));
static BEFORE: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[BEFORE_STOP]));
static NOT: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[NEGATIONS]));
static BEFORE_NOT: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[BETWEEN_NEGATION]));
static EXPLAINED: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[INSTRUCTIONS]));
static OF_A_VISIT: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[VISIT]));

/// How texts of businesses explain the opt-out. In a reply it is a quotation, or the signature of an automatic system.
const INSTRUCTIONS: &[&str] = &[
    "reply|text|send|respond|responda|responde|envie|envia with|con? stop|alto|baja|unsubscribe|cancel to|2|para",
    "reply|text|send|respond|responda|responde|envie|envia with|con? stop|alto|baja|unsubscribe $",
];

/// Words that make a clause one about an appointment.
const VISIT: &[&str] = &[
    "<visit>",
    "waitlist|waitlists|waiting|wait|schedule|calendar|books|agenda|espera|account|bill|quote|order|policy|lease|plan",
    "class|invoice|insurance|estimate|membership|team|guest|horaire|rendez",
];

/// A reply of more words may hold more than the no: quoted history, or a long complaint.
pub(super) const SHORT: usize = 20;

/// Before a noun, as in "the noise".
const DETERMINERS: &[&str] = &[
    "the", "my", "a", "his", "her", "our", "their", "that", "this", "your",
];

/// The reply without a quoted "Reply STOP to opt out". If the reply has no other words, the writer repeats it to opt out, and
/// it is kept.
pub(super) fn without_instructions(text: Text) -> Text {
    if !text.clauses().any(|clause| EXPLAINED.occur(clause)) {
        return text;
    }
    let rest = text.without(|clause| EXPLAINED.occur(clause));
    if rest.core().is_empty() { text } else { rest }
}

/// Whether the whole reply, apart from courtesy, is a stop word of the law or of a carrier, or an equivalent.
pub(super) fn is_a_stop_word(text: &Text) -> bool {
    WHOLE.are(text.core()) || is_the_stop(text.core())
}

/// Whether such a word is the first or the last clause of a long reply, such as one above quoted history.
pub(super) fn has_a_stop_word_at_an_end(text: &Text) -> bool {
    text.words().len() > SHORT && text.ends().any(|end| is_a_stop_word(&end))
}

pub(super) fn asks_to_stop(text: &Text) -> bool {
    let asks = |clause: &[Word]| {
        let clause = core(clause);
        CLAUSES.are(clause) || begins_with_stop(clause) || ends_with_stop(clause)
    };
    text.clauses().any(asks)
        || says(text.words(), &ANYWHERE).next().is_some()
        || says(text.words(), &UNLESS_TEXTS).next().is_some() && !FOR_TEXTS.occur(text.words())
        || asks_outside_of_a_visit(text.words())
        || asks_to_erase(text)
}

/// Whether it asks to erase the writer's data, which is also an opt-out.
pub(super) fn asks_to_erase(text: &Text) -> bool {
    says(text.words(), &ERASES).next().is_some()
}

fn asks_outside_of_a_visit(words: &[Word]) -> bool {
    let mut found = says(words, &UNLESS_VISIT).peekable();
    found.peek().is_some() && {
        let visit_ahead = visit_ahead(words);
        found.any(|from| visit_ahead.get(from) != Some(&true))
    }
}

/// "Stop, I'm in a meeting", "stop u r annoying", but not "stop by at four" or "stop the water": what the texts are
/// called is in the tables, and anything else that stops is not the texts.
fn begins_with_stop(words: &[Word]) -> bool {
    let [first, rest @ ..] = words else {
        return false;
    };
    first.text == "stop" && AFTER.begin(rest).is_none() && !rest.first().is_some_and(is_doing)
}

/// Whether it is an activity, such as "calling" or "spraying". The tables say which activities mean texting.
fn is_doing(word: &Word) -> bool {
    word.text.len() > "thing".len() && word.text.ends_with("ing")
}

/// "Omg stop", "I'm at work, so please stop", but not "at the bus stop", "it won't stop" or "when does the noise stop".
fn ends_with_stop(words: &[Word]) -> bool {
    let [before @ .., last] = words else {
        return false;
    };
    let [.., noun, previous] = before else {
        let another = before.first().is_some_and(is_before);
        return last.text == "stop" && !another;
    };
    let asked = |word: &Word| {
        matches!(
            word.text.as_str(),
            "when" | "did" | "does" | "do" | "if" | "where" | "until"
        )
    };
    last.text == "stop"
        && !is_before(previous)
        && !DETERMINERS.contains(&noun.text.as_str())
        && !before.iter().rev().take(4).any(asked)
}

fn is_before(word: &Word) -> bool {
    BEFORE.begin(std::slice::from_ref(word)).is_some()
}

/// "The stop", which is only a typing slip.
fn is_the_stop(words: &[Word]) -> bool {
    matches!(words, [the, stop] if the.text == "the" && stop.text == "stop")
}

/// The position of a phrase that is not negated.
fn says(words: &[Word], phrases: &Phrases) -> impl Iterator<Item = usize> {
    phrases.find(words).filter_map(|(from, to)| {
        let place = to
            .checked_sub(1)
            .and_then(|last| words.get(last))
            .is_some_and(|last| last.text == "stop")
            && AFTER.begin(words.get(to..).unwrap_or_default()).is_some();
        (!place && !is_negated(words, from)).then_some(from)
    })
}

/// Whether a "don't" precedes the phrase that begins at `from`: "I don't want you to stop texting". "Why don't
/// you stop texting" has none.
fn is_negated(words: &[Word], from: usize) -> bool {
    let mut before = words.get(..from).unwrap_or_default();
    let mut started = words.get(from).is_some_and(|word| word.starts_clause);
    while let [rest @ .., word] = before {
        if started {
            return false;
        }
        let alone = std::slice::from_ref(word);
        if NOT.begin(alone).is_some() {
            let asked = rest.iter().rev().take(2).any(|word| word.text == "why");
            return !asked;
        }
        if BEFORE_NOT.begin(alone).is_none() {
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
