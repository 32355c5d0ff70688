//! The notation of the tables: phrases with alternatives, matched against the words of a reply.
//!
//! A phrase is a list of items with spaces between them:
//!
//! | item | matches |
//! |---|---|
//! | `word` | this word |
//! | `one\|two` | one of these words |
//! | `<day>`, `<number>`, `<visit>` | a word of a class; classes may stand among alternatives |
//! | `item?` | the item, or nothing |
//! | `_` | any word |
//! | `*` | up to three words of the same clause |
//! | `$` | the end of a clause |
//!
//! Clauses do not matter otherwise: `do not text` also finds "do not! text".

use super::text::Word;

/// How many words a `*` may stand for.
const GAP: usize = 3;

const DAYS: &[&str] = &[
    "today",
    "tomorrow",
    "tonight",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tues",
    "tue",
    "wed",
    "thurs",
    "thur",
    "fri",
    "sat",
    "sun",
    "morning",
    "mornings",
    "afternoon",
    "afternoons",
    "evening",
    "evenings",
    "week",
    "weekend",
    "month",
    "day",
    "hoy",
    "manana",
    "lunes",
    "martes",
    "miercoles",
    "jueves",
    "viernes",
    "sabado",
    "domingo",
    "semana",
];

const VISITS: &[&str] = &[
    "appointment",
    "appointments",
    "visit",
    "visits",
    "booking",
    "bookings",
    "reservation",
    "reservations",
    "consult",
    "consultation",
    "slot",
    "session",
    "cita",
    "citas",
    "consulta",
    "reserva",
    "reservacion",
    "visita",
];

/// Whether `phrase` occurs in `words`; gives where, from and to.
pub(super) fn find(words: &[Word], phrase: &str) -> impl Iterator<Item = (usize, usize)> {
    let items: Vec<&str> = phrase.split(' ').collect();
    (0..words.len()).filter_map(move |from| end(words, from, &items).map(|to| (from, to)))
}

/// Whether `words` are `phrase` from the first to the last.
pub(super) fn is(words: &[Word], phrase: &str) -> bool {
    let items: Vec<&str> = phrase.split(' ').chain(["$"]).collect();
    end(words, 0, &items) == Some(words.len())
}

/// How many of the first words are `phrase`.
pub(super) fn begins(words: &[Word], phrase: &str) -> Option<usize> {
    let items: Vec<&str> = phrase.split(' ').collect();
    end(words, 0, &items)
}

/// Where the items end if they begin at `at`.
fn end(words: &[Word], at: usize, items: &[&str]) -> Option<usize> {
    let Some((item, rest)) = items.split_first() else {
        return Some(at);
    };
    let starts_clause = |at: usize| words.get(at).is_none_or(|word| word.starts_clause);
    match *item {
        "$" => starts_clause(at).then(|| end(words, at, rest)).flatten(),
        "*" => {
            for skipped in 0..=GAP {
                let leaves = starts_clause(at + skipped) && rest != ["$"];
                if skipped > 0 && (leaves || starts_clause(at + skipped - 1)) {
                    return None;
                }
                if let Some(found) = end(words, at + skipped, rest) {
                    return Some(found);
                }
            }
            None
        }
        item => {
            let (alternatives, optional) = match item.strip_suffix('?') {
                Some(item) => (item, true),
                None => (item, false),
            };
            let next = words
                .get(at)
                .filter(|word| {
                    alternatives
                        .split('|')
                        .any(|one| stands_for(one, &word.text))
                })
                .and_then(|_| end(words, at + 1, rest));
            next.or_else(|| optional.then(|| end(words, at, rest)).flatten())
        }
    }
}

fn stands_for(one: &str, word: &str) -> bool {
    match one {
        "<day>" => DAYS.contains(&word),
        "<visit>" => VISITS.contains(&word),
        "<number>" => word.starts_with(|first: char| first.is_ascii_digit()),
        "_" => true,
        one => one == word,
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::Text;
    use super::*;

    #[test]
    fn phrases() {
        for (phrase, text, found) in [
            ("stop texting", "please stop texting me", true),
            ("stop|quit texting", "Quit texting", true),
            ("dont ever? text", "dont text", true),
            ("dont ever? text", "dont ever text", true),
            ("dont ever? text", "dont you text", false),
            ("cancel * <visit>", "cancel my 3pm appointment", true),
            ("cancel * <visit>", "cancel. My appointment", false),
            ("<day> at? <number>", "Thursday at 10am", true),
            ("this stop $", "I never wanted this stop. Bye", true),
            ("this stop $", "is this stop open", false),
            ("do not text", "do. not. text", true),
        ] {
            let text = Text::read(text);
            assert_eq!(
                find(text.words(), phrase).next().is_some(),
                found,
                "{phrase}: {text:?}"
            );
        }
        assert!(is(Text::read("take me off").words(), "take me off"));
        assert!(!is(Text::read("take me off now").words(), "take me off"));
        assert_eq!(
            begins(Text::read("thank you all").words(), "thank you"),
            Some(2)
        );
    }
}
