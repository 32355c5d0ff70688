//! The notation of the phrase tables, and its matcher.
//!
//! A phrase is a list of items, separated by spaces:
//!
//! | item | matches |
//! |---|---|
//! | `word` | this word |
//! | `one\|two` | one of these words |
//! | `<day>`, `<text>` | a word of a class of `classes.rs`; also as an alternative |
//! | `<number>`, `<phone>` | a word that begins with a digit; one of seven digits and more |
//! | `<name>` | a word that may be a person's name |
//! | `!one\|two` | any one word except these |
//! | `~one\|two` | nothing, if none of these follows |
//! | `item?` | the item or nothing |
//! | `_` | any word |
//! | `*` | up to three words of the same clause |
//! | `$` | the end of a clause; also as an alternative |
//!
//! Otherwise clauses are ignored: `do not text` also matches "do not! text".

use std::collections::HashMap;

use super::text::Word;
use super::{classes, steps};

/// How many words a `*` matches at most.
const GAP: usize = 3;

/// A list of phrases, parsed once and indexed by their possible first words.
pub(super) struct Phrases {
    /// All phrases, each followed by the end of a clause, which only [`are`](Self::are) checks.
    phrases: Vec<Vec<Item>>,
    by_first: HashMap<&'static str, Vec<usize>>,
    /// The phrases that can begin with a number.
    by_number: Vec<usize>,
    /// The phrases that can begin with any word.
    by_any: Vec<usize>,
}

/// A part of a phrase.
enum Item {
    Word {
        one_of: Words,
        optional: bool,
    },
    Gap,
    ClauseEnd,
    /// None of these words follows.
    Unless(Words),
}

/// The words that an item matches.
#[derive(Default)]
struct Words {
    listed: Vec<&'static str>,
    numbers: bool,
    phones: bool,
    names: bool,
    any: bool,
    /// The end of a clause, too.
    ends: bool,
    /// All words but the listed ones.
    others: bool,
}

impl Words {
    fn read(alternatives: &'static str) -> Self {
        let mut words = Self::default();
        for one in alternatives.split('|') {
            let class = one.strip_prefix('<').and_then(|one| one.strip_suffix('>'));
            match (one, class.and_then(classes::of)) {
                (_, Some(class)) => words.listed.extend(class),
                ("<number>", _) => words.numbers = true,
                ("<phone>", _) => words.phones = true,
                ("<name>", _) => words.names = true,
                ("_", _) => words.any = true,
                ("$", _) => words.ends = true,
                _ => words.listed.push(one),
            }
        }
        words
    }

    fn contain(&self, word: &str) -> bool {
        let listed = self.any
            || (self.numbers && is_number(word))
            || (self.phones && is_phone(word))
            || (self.names && classes::may_be_a_name(word))
            || self.listed.contains(&word);
        listed != self.others
    }
}

fn is_number(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_digit())
}

/// Seven digits and more.
fn is_phone(word: &str) -> bool {
    word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn read(phrase: &'static str) -> Vec<Item> {
    let items = phrase.split(' ').map(|item| match item {
        "$" => Item::ClauseEnd,
        "*" => Item::Gap,
        item => {
            if let Some(unless) = item.strip_prefix('~') {
                return Item::Unless(Words::read(unless));
            }
            let listed = item.strip_suffix('?').unwrap_or(item);
            let others = listed.strip_prefix('!');
            Item::Word {
                one_of: Words {
                    others: others.is_some(),
                    ..Words::read(others.unwrap_or(listed))
                },
                optional: item.ends_with('?'),
            }
        }
    });
    items.chain([Item::ClauseEnd]).collect()
}

impl Phrases {
    pub(super) fn of(lists: &[&[&'static str]]) -> Self {
        let mut all = Self {
            phrases: Vec::new(),
            by_first: HashMap::new(),
            by_number: Vec::new(),
            by_any: Vec::new(),
        };
        for phrase in lists.iter().copied().flatten() {
            all.add(read(phrase));
        }
        if all.phrases.len() == 1 {
            // Trying a single phrase is faster than the index.
            all.by_first.clear();
            all.by_number.clear();
            all.by_any = vec![0];
        }
        all
    }

    fn add(&mut self, phrase: Vec<Item>) {
        let place = self.phrases.len();
        for item in &phrase {
            let (words, optional) = match item {
                Item::Word { one_of, optional } => (one_of, *optional),
                Item::Gap | Item::ClauseEnd | Item::Unless(_) => {
                    self.by_any.push(place);
                    break;
                }
            };
            if words.any || words.phones || words.names || words.others {
                self.by_any.push(place);
                if !optional {
                    break;
                }
                continue;
            }
            for word in &words.listed {
                let places = self.by_first.entry(word).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
            if words.numbers {
                self.by_number.push(place);
            }
            if !optional {
                break;
            }
        }
        self.phrases.push(phrase);
    }

    /// The phrases that can begin with the first of `words`.
    fn candidates(&self, words: &[Word]) -> impl Iterator<Item = &[Item]> {
        steps::take(1);
        let first = words.first().map(|word| word.text.as_str());
        let listed = first.and_then(|first| self.by_first.get(first));
        let numbers = first.is_some_and(is_number).then_some(&self.by_number);
        let any = first.map(|_| &self.by_any);
        let places = [listed, numbers, any].into_iter().flatten().flatten();
        places.filter_map(|place| self.phrases.get(*place).map(Vec::as_slice))
    }

    /// Where the phrases end that begin with the first of `words`, with or without words after them.
    fn ends(&self, words: &[Word]) -> impl Iterator<Item = usize> {
        let candidates = self.candidates(words);
        candidates.filter_map(|items| end(words, 0, items.split_last()?.1))
    }

    /// The ranges in `words` where phrases occur.
    pub(super) fn find(&self, words: &[Word]) -> impl Iterator<Item = (usize, usize)> {
        (0..words.len()).flat_map(move |from| {
            let ends = self.ends(words.get(from..).unwrap_or_default());
            ends.map(move |length| (from, from + length))
        })
    }

    pub(super) fn occur(&self, words: &[Word]) -> bool {
        self.find(words).next().is_some()
    }

    /// Whether all of `words` are one phrase.
    pub(super) fn are(&self, words: &[Word]) -> bool {
        let mut candidates = self.candidates(words);
        candidates.any(|items| end(words, 0, items) == Some(words.len()))
    }

    /// The length of the longest phrase at the beginning.
    pub(super) fn begin(&self, words: &[Word]) -> Option<usize> {
        self.ends(words).max()
    }

    /// The length of the longest phrase without a `*` at the end.
    pub(super) fn close(&self, words: &[Word]) -> Option<usize> {
        let longest = self.phrases.iter().map(|items| items.len() - 1).max();
        let longest = longest.unwrap_or_default().min(words.len());
        let tail = |length: usize| words.get(words.len() - length..).unwrap_or_default();
        (1..=longest).rev().find(|length| self.are(tail(*length)))
    }
}

/// Where the items end if they begin at `at`.
fn end(words: &[Word], at: usize, items: &[Item]) -> Option<usize> {
    steps::take(1);
    let Some((item, rest)) = items.split_first() else {
        return Some(at);
    };
    let starts_clause = |at: usize| words.get(at).is_none_or(|word| word.starts_clause);
    match item {
        Item::ClauseEnd => starts_clause(at).then(|| end(words, at, rest)).flatten(),
        Item::Gap => {
            for skipped in 0..=GAP {
                let leaves = starts_clause(at + skipped) && !matches!(rest, [Item::ClauseEnd]);
                if skipped > 0 && (leaves || starts_clause(at + skipped - 1)) {
                    return None;
                }
                if let Some(found) = end(words, at + skipped, rest) {
                    return Some(found);
                }
            }
            None
        }
        Item::Unless(unless) => {
            let next = words.get(at).filter(|word| !word.starts_clause);
            let stands = next.is_some_and(|word| unless.contain(&word.text));
            (!stands).then(|| end(words, at, rest)).flatten()
        }
        Item::Word { one_of, optional } => {
            let next = words.get(at).filter(|word| one_of.contain(&word.text));
            let next = next.and_then(|_| end(words, at + 1, rest));
            let skips = *optional || (one_of.ends && starts_clause(at));
            next.or_else(|| skips.then(|| end(words, at, rest)).flatten())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::missed_call::core::reply::text::Text;

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
            ("stop it|$", "stop. Now", true),
            ("stop it|$", "stop now", false),
            ("do not text", "do. not. text", true),
            ("remove <phone>", "remove 5550000142", true),
            ("remove <phone>", "remove 2 trees", false),
            ("get !off", "get on", true),
            ("get !off", "get off", false),
            ("get !off", "get", false),
            ("text me ~later|<day>", "text me today", false),
            ("text me ~later|<day>", "text me. Today", true),
            ("text me ~later|<day>", "text me", true),
        ] {
            let text = Text::of(text);
            assert_eq!(
                Phrases::of(&[&[phrase]]).occur(text.words()),
                found,
                "{phrase}: {text:?}"
            );
        }
        let phrases = Phrases::of(&[&["take me off", "thank you"], &["thank you? all?"]]);
        let text = |text: &str| Text::of(text);
        assert!(phrases.are(text("take me off").words()));
        assert!(!phrases.are(text("take me off now").words()));
        assert_eq!(phrases.begin(text("thank you all, bye").words()), Some(3));
        assert_eq!(phrases.close(text("no, thank you all").words()), Some(3));
        assert_eq!(phrases.close(text("thank you now").words()), None);
    }

    #[test]
    fn a_phrase_is_found_by_each_word_it_can_begin_with() {
        for (phrase, begins) in [
            ("one? two", &["one two", "two"][..]),
            ("<day>|<number> at", &["monday at", "9am at"]),
            ("* two", &["two"]),
            ("_ two", &["any two"]),
        ] {
            for text in begins {
                let found = Phrases::of(&[&[phrase]]).begin(Text::of(text).words());
                assert_eq!(found, Some(text.split(' ').count()), "{phrase}: {text}");
            }
        }
    }
}
