//! A normalised reply: words without case, accents and common misspellings, grouped in clauses.

use std::ops::Range;
use std::sync::LazyLock;

use super::excerpt::Excerpt;
use super::pattern::Phrases;
use super::spellings::{joined, meant, spelt};
use super::{lookalikes, slips, steps};
use crate::recipes::missed_call::core::compliance::words;

/// One word, normalised.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether punctuation, a quotation mark or a line break precedes it.
    pub(super) starts_clause: bool,
}

/// The words of a reply.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Text {
    words: Vec<Word>,
    /// Its words without courtesy.
    core: Range<usize>,
    /// Whether it has a question mark.
    pub(super) asks: bool,
}

/// Courtesy and greetings at either end, which do not change the meaning.
const COURTESY: &[&str] = &[
    "please",
    "now",
    "thanks",
    "thank you",
    "hi|hello|hey|hola",
    "ok|okay",
    "sorry",
    "sir|maam|guys",
    "por favor",
    "porfa|porfavor|xfa",
    "gracias",
    "asap",
    "ya",
    "svp|stp|merci|bonjour|desole|desolee|salut",
    "sil vous|te plait",
    "sent from my iphone|phone|android|samsung?",
    "no? thanks",
];

/// One list for each phrase, because the order of removal makes a difference.
static POLITE: LazyLock<Vec<Phrases>> = LazyLock::new(|| {
    COURTESY
        .iter()
        .map(|phrase| Phrases::of(&[&[phrase]]))
        .collect()
});

/// Marks a gap that is not read. No phrase contains this word, so no phrase matches across it, and a property of the words on
/// both sides is not taken as one of the whole text.
const LEFT_OUT: &str = "…";

/// A clause of at most so many words is short.
const SHORT: usize = 12;

impl Text {
    pub(super) fn read(excerpt: Excerpt<'_>) -> Self {
        let mut words = words_of(excerpt.head);
        match excerpt.tail {
            None => {
                if let Some(spelled_out) = spelled_out(excerpt.head) {
                    words = vec![spelled_out];
                }
                put_right(&mut words);
            }
            Some(tail) => {
                words.push(Word {
                    text: LEFT_OUT.to_owned(),
                    starts_clause: true,
                });
                words.append(&mut words_of(tail));
            }
        }
        Self::new(words, excerpt.contains(|character| character == '?'))
    }

    /// Reads a text in full.
    pub(super) fn of(text: &str) -> Self {
        Self::read(Excerpt {
            head: text,
            tail: None,
        })
    }

    fn new(words: Vec<Word>, asks: bool) -> Self {
        let core = core_of(&words);
        Self { words, core, asks }
    }

    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }

    /// The words without courtesy at either end; empty if there are no others.
    pub(super) fn core(&self) -> &[Word] {
        self.words.get(self.core.clone()).unwrap_or_default()
    }

    /// The clauses, with their courtesy.
    pub(super) fn clauses(&self) -> impl Iterator<Item = &[Word]> {
        self.words.chunk_by(|_, next| !next.starts_clause)
    }

    /// Its first and its last clause, if they are short.
    pub(super) fn ends(&self) -> impl Iterator<Item = Self> {
        let mut clauses = self.words.chunk_by(|_, next| !next.starts_clause);
        let ends = [clauses.next(), clauses.next_back()];
        let short = |clause: &&[Word]| clause.len() <= SHORT;
        ends.into_iter()
            .flatten()
            .filter(short)
            .map(|clause| Self::new(clause.to_vec(), false))
    }

    /// The reply without the clauses for which `drop` holds.
    pub(super) fn without(&self, drop: impl Fn(&[Word]) -> bool) -> Self {
        let words = self
            .clauses()
            .filter(|clause| !drop(clause))
            .flatten()
            .cloned()
            .collect();
        Self::new(words, self.asks)
    }
}

/// The words of a reply are personal, so `Debug` does not show them.
impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Text({} words)", self.words.len())
    }
}

/// `words` without courtesy at either end.
pub(super) fn core(words: &[Word]) -> &[Word] {
    words.get(core_of(words)).unwrap_or_default()
}

fn core_of(words: &[Word]) -> Range<usize> {
    let mut core = 0..words.len();
    loop {
        let before = core.len();
        for polite in POLITE.iter() {
            let rest = |core: &Range<usize>| words.get(core.clone()).unwrap_or_default();
            core.start += polite.begin(rest(&core)).unwrap_or_default();
            core.end -= polite.close(rest(&core)).unwrap_or_default();
        }
        if core.len() == before {
            return core;
        }
    }
}

fn words_of(text: &str) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    for clause in text.split(ends_clause) {
        let mut starts_clause = true;
        for word in words(
            &clause
                .replace("$t", "st")
                .replace("$T", "st")
                .replace("f@", "fu")
                .replace("f*", "fu")
                .replace('#', " number "),
        ) {
            steps::take(word.len() as u64);
            for text in meant(lookalikes::latin(&word).unwrap_or(word)) {
                let before = found.last_mut().filter(|_| !starts_clause);
                match before
                    .and_then(|before| joined(&before.text, &text).map(|word| (before, word)))
                {
                    Some((before, word)) => word.clone_into(&mut before.text),
                    None => found.push(Word {
                        text,
                        starts_clause,
                    }),
                }
                starts_clause = false;
            }
        }
    }
    spell_out(&mut found);
    found
}

/// `s t o p` among other words.
fn spell_out(words: &mut Vec<Word>) {
    const STOP: [&str; 4] = ["s", "t", "o", "p"];
    let mut at = 0;
    while let Some(letters) = words.get(at..at + STOP.len()) {
        if letters
            .iter()
            .zip(STOP)
            .all(|(word, letter)| word.text == letter)
        {
            "stop".clone_into(&mut words[at].text);
            words.drain(at + 1..at + STOP.len());
        }
        at += 1;
    }
}

/// If the reply is a single word apart from courtesy, it may be a stop word with a typing slip, or split in two.
fn put_right(words: &mut Vec<Word>) {
    // In French it is a word of courtesy.
    if let [first, rest @ ..] = &mut words[..]
        && first.text == "stp"
        && rest.first().is_none_or(|next| {
            matches!(
                next.text.as_str(),
                "texting" | "messaging" | "calling" | "it"
            )
        })
    {
        "stop".clone_into(&mut first.text);
    }
    let core = core_of(words);
    if let Some([first, next, ..]) = words.get_mut(core)
        && matches!(
            next.text.as_str(),
            "texting" | "messaging" | "calling" | "contacting"
        )
        && let Some(meant) = slips::alone(&first.text)
    {
        meant.clone_into(&mut first.text);
    }
    let core = core_of(words);
    match words.get(core.clone()) {
        Some([word]) => {
            if let Some(meant) = slips::alone(&word.text) {
                meant.clone_into(&mut words[core.start].text);
            }
        }
        Some([first, second]) => {
            let glued = first.text.clone() + &second.text;
            let is_near = glued.len() > 5 && !matches!(glued.as_str(), "optout" | "stopall");
            if let Some(meant) = slips::alone(&glued).filter(|_| is_near) {
                meant.clone_into(&mut words[core.start].text);
                words.remove(core.start + 1);
            }
        }
        _ => {}
    }
}

/// `s t o p`, `S.T.O.P.`
fn spelled_out(text: &str) -> Option<Word> {
    let letters = words(text);
    let is_letter = |word: &String| word.chars().count() == 1;
    (letters.len() > 2 && letters.iter().all(is_letter)).then(|| Word {
        text: spelt(letters.concat()),
        starts_clause: true,
    })
}

fn ends_clause(character: char) -> bool {
    matches!(
        character,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '\n'
            | '\r'
            | '"'
            | '“'
            | '”'
            | '«'
            | '»'
            | '¡'
            | '¿'
            | '…'
            | '('
            | ')'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(words: &[Word]) -> String {
        words
            .iter()
            .map(|word| word.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn reads_words_as_meant() {
        for (text, expected) in [
            ("ＳＴＯＰ", "stop"),
            ("𝗦𝗧𝗢𝗣", "stop"),
            ("S.T.O.P.", "stop"),
            ("s t o p", "stop"),
            ("Stoooop!!", "stop"),
            ("do\u{200b}n’t don´t don't", "dont dont dont"),
            ("Número, mañana", "numero manana"),
            ("pls txt", "please text"),
            ("do not; do. Not", "dont do not"),
            ("stop2end stoptexting", "stop 2 end stop texting"),
            ("S-T-O-P texting", "stop texting"),
            ("ЅТОР", "stop"),
            ("$TOP", "stop"),
            ("opt oit", "optout"),
            ("555 000 1111", "555 000 1111"),
        ] {
            assert_eq!(joined(Text::of(text).words()), expected, "{text}");
        }
        assert_eq!(
            joined(Text::of("Hi, please stop it now. Thank you!").core()),
            "stop it"
        );
        assert_eq!(joined(Text::of("ok thanks").core()), "");
    }
}
