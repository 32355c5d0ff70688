//! A reply as the rules read it: words without case, accents and common misspellings, in clauses.

use std::ops::Range;
use std::sync::LazyLock;

use super::excerpt::Excerpt;
use super::pattern::Phrases;
use super::steps;
use crate::recipes::missed_call::compliance::words;
use crate::recipes::missed_call::spelling::nearest;

/// One word, normalised.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Punctuation, a quotation mark or a line break stands before it.
    pub(super) starts_clause: bool,
}

/// The words of a reply.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Text {
    words: Vec<Word>,
    /// Its words without courtesy.
    core: Range<usize>,
    /// It has a question mark.
    pub(super) asks: bool,
}

/// What is written for it: (spellings, the word). Spellings are as people type them on a phone.
const SPELLINGS: &[(&[&str], &str)] = &[
    (
        &[
            "intrested",
            "intersted",
            "interrested",
            "intrest",
            "interesed",
        ],
        "interested",
    ),
    (&["donot"], "dont"),
    (
        &[
            "stopit",
            "stoptexting",
            "stopnow",
            "stopplease",
            "stopstop",
            "stp",
            "stpo",
            "sotp",
            "tsop",
            "stip",
            "stopp",
            "st0p",
            "stoo",
            "srop",
            "dtop",
            "stob",
            "stiop",
            "sttop",
        ],
        "stop",
    ),
    (&["unsub", "unscribe", "unsubscribir"], "unsubscribe"),
    (
        &[
            "cancle",
            "cansel",
            "cancell",
            "canel",
            "cancelling",
            "canceling",
        ],
        "cancel",
    ),
    (&["remve", "remov", "remover", "removed"], "remove"),
    (&["u"], "you"),
    (&["ur", "yr"], "your"),
    (&["r"], "are"),
    (
        &["pls", "plz", "plese", "pleas", "plss", "pleaze"],
        "please",
    ),
    (&["txt", "txts", "texts", "tex", "textos"], "text"),
    (&["txting", "textin", "texing"], "texting"),
    (&["msg", "msgs", "messages", "mesage", "mesages"], "message"),
    (&["msging", "messging", "messagin"], "messaging"),
    (
        &[
            "thx", "thnx", "thanx", "tks", "thks", "ty", "tysm", "tyvm", "thankyou", "thnks",
            "thankss",
        ],
        "thanks",
    ),
    (
        &[
            "appt",
            "apt",
            "appointmnt",
            "apointment",
            "appoinment",
            "appointent",
            "appts",
        ],
        "appointment",
    ),
    (
        &["tmrw", "tmr", "tmw", "tomorow", "tommorow", "tomorrows"],
        "tomorrow",
    ),
    (&["todays"], "today"),
    (
        &["num", "nunber", "numbr", "nomber", "numer", "nbr"],
        "number",
    ),
    (&["worng", "wrng", "wron", "rong"], "wrong"),
    (&["wanna"], "want"),
    (&["somone", "some1", "sum1"], "someone"),
    (
        &["resched", "reschdule", "reshedule", "rescheduel"],
        "reschedule",
    ),
    (
        &["ekivocado", "equibocado", "ekibocado", "equivocada"],
        "equivocado",
    ),
    (&["grasias", "grax", "grs", "graciaz"], "gracias"),
    (&["q", "ke"], "que"),
    (
        &["mensage", "mensages", "mensajes", "mensajitos", "sms"],
        "mensaje",
    ),
    (&["escribir", "escribirme", "escribirnos"], "escribir"),
    (&["mandarme", "mandandome", "mandando", "mandar"], "mandar"),
    (&["enviarme", "enviando", "enviandome", "enviar"], "enviar"),
];

/// Courtesy and greetings at either end that change nothing.
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
    "sent from my iphone|phone|android|samsung?",
    "no? thanks",
];

/// Each by itself: which one is taken off first makes a difference.
static POLITE: LazyLock<Vec<Phrases>> = LazyLock::new(|| {
    COURTESY
        .iter()
        .map(|phrase| Phrases::of(&[&[phrase]]))
        .collect()
});

/// Stands between words where something is not read. It is the word of no phrase, so none is found across it, and what
/// holds of the words on both sides is not taken to hold of all.
const LEFT_OUT: &str = "…";

impl Text {
    pub(super) fn read(excerpt: Excerpt<'_>) -> Self {
        let mut words = words_of(excerpt.head);
        match excerpt.tail {
            None => {
                if let Some(spelled_out) = spelled_out(excerpt.head) {
                    words = vec![spelled_out];
                }
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

    /// Reads all of it.
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

    /// The words without courtesy at either end; nothing if there is nothing else.
    pub(super) fn core(&self) -> &[Word] {
        self.words.get(self.core.clone()).unwrap_or_default()
    }

    /// The clauses, with their courtesy.
    pub(super) fn clauses(&self) -> impl Iterator<Item = &[Word]> {
        self.words.chunk_by(|_, next| !next.starts_clause)
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

/// The words of a reply are personal, in whatever form.
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
    let mut found = Vec::new();
    for clause in text.split(ends_clause) {
        let mut starts_clause = true;
        for word in words(clause) {
            steps::take(word.len() as u64);
            found.push(Word {
                text: spelt(word),
                starts_clause,
            });
            starts_clause = false;
        }
    }
    found
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

/// The word as it is spelt: letters that are held down count once (`stoppp`, but not `ooo`), and common slips are put
/// right.
fn spelt(word: String) -> String {
    let mut held = String::with_capacity(word.len());
    let characters: Vec<char> = word.chars().collect();
    for run in characters.chunk_by(|one, other| one == other) {
        let keep = if (3..characters.len()).contains(&run.len())
            && run.iter().all(|character| character.is_alphabetic())
        {
            1
        } else {
            run.len()
        };
        held.extend(run.iter().take(keep));
    }
    // People find many ways to write it, and each must count.
    if held.starts_with("un") && nearest(&held, ["unsubscribe"]).is_some() {
        return "unsubscribe".to_owned();
    }
    SPELLINGS
        .iter()
        .find(|(spellings, _)| spellings.contains(&held.as_str()))
        .map_or(held, |(_, word)| (*word).to_owned())
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
