//! A reply as the rules read it: words without case, accents and common misspellings, in clauses.

use super::pattern;
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

impl Text {
    pub(super) fn read(text: &str) -> Self {
        let mut found = Vec::new();
        for clause in text.split(ends_clause) {
            let mut starts_clause = true;
            for word in words(clause) {
                found.push(Word {
                    text: spelt(word),
                    starts_clause,
                });
                starts_clause = false;
            }
        }
        // `s t o p`, `S.T.O.P.`
        let plain = words(text);
        if plain.len() > 2 && plain.iter().all(|word| word.chars().count() == 1) {
            found = vec![Word {
                text: spelt(plain.concat()),
                starts_clause: true,
            }];
        }
        Self {
            words: found,
            asks: text.contains('?'),
        }
    }

    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }

    /// The words without courtesy at either end; nothing if there is nothing else.
    pub(super) fn core(&self) -> &[Word] {
        core(&self.words)
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
        Self {
            words,
            asks: self.asks,
        }
    }
}

/// The words of a reply are personal, in whatever form.
impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Text({} words)", self.words.len())
    }
}

/// `words` without courtesy at either end.
pub(super) fn core(mut words: &[Word]) -> &[Word] {
    loop {
        let before = words.len();
        for phrase in COURTESY {
            if let Some(rest) = pattern::begins(words, phrase).and_then(|end| words.get(end..)) {
                words = rest;
            }
            if let Some(rest) = (0..words.len())
                .find(|at| {
                    words
                        .get(*at..)
                        .is_some_and(|tail| pattern::is(tail, phrase))
                })
                .and_then(|at| words.get(..at))
            {
                words = rest;
            }
        }
        if words.len() == before {
            return words;
        }
    }
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
            assert_eq!(joined(Text::read(text).words()), expected, "{text}");
        }
        assert_eq!(
            joined(Text::read("Hi, please stop it now. Thank you!").core()),
            "stop it"
        );
        assert_eq!(joined(Text::read("ok thanks").core()), "");
    }
}
