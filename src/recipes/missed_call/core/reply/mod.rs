//! Classifies replies of callers: rules for what must be exact, and a small reader for the rest.
//!
//! [`classify`] is the entry point. It normalises a reply once: case, accents, styled and look-alike letters
//! (`lookalikes.rs`), spellings and joined words (`spellings.rs`), typing slips (`slips.rs`), clauses (`text.rs`). Then it
//! asks the following questions from the top. The phrases are in `english`, `spanish.rs` and `french.rs`, in the notation of
//! `pattern.rs`, with the word classes of `classes.rs`.
//!
//! | order | question | class |
//! |---|---|---|
//! | 1 | Is it only an emoji that says no (🛑 🚫), apart from courtesy? | [`OptOut`](Reply::OptOut) |
//! | 2 | Is it a reaction (`Liked “…”`, an emoji), with or without a quoted text of ours? | [`Thanks`](Reply::Thanks) |
//! | 3 | Is it a text that only automatic systems of other companies write ("You have been unsubscribed", "HELP for help, STOP to end")? | [`Automatic`](Reply::Automatic) |
//! | – | "Reply STOP to opt out" together with other words is a quotation and is ignored from here on. | |
//! | 4 | Is it a stop word of the law or of a carrier, or an equivalent, as the whole reply, also with one typing slip (`stpp`)? | [`OptOut`](Reply::OptOut) |
//! | 5 | Does it ask for no more texts in a phrase of the rules? See below. | to the reader |
//! | 6 | Does it consist only of thanks and acknowledgements? | [`Thanks`](Reply::Thanks) |
//! | 7 | Is it START or an equivalent word, and nothing else? | [`OptIn`](Reply::OptIn) |
//! | 8 | Anything else: phrases of automatic replies, wrong numbers, calls for a person, appointments, other questions | to the reader |
//!
//! Questions 1 to 4, 6 and 7 are exact, and settle the reply. For all others the rules only vote, with their class, and the
//! reader (`reader/mod.rs`) adds up their vote and the weights of words and letters:
//!
//! * A no of at least the upper threshold is certain: [`OptOut`](Reply::OptOut) or [`WrongNumber`](Reply::WrongNumber).
//! * A no between both thresholds is [`Doubtful`](Reply::Doubtful), and so is a phrase of the rules for opt-outs that the
//!   reader does not believe. The rules are never overruled to less than a doubt.
//! * Otherwise the class with the most weight.
//!
//! The phrases of question 5 are one of these:
//!
//! * "stop" as its first or last word, unless "stop" refers to something else ("stop by", "stop the water", "the bus stop");
//! * a phrase whose object is the texts, the list, or the writer's own name or number on it: "quit with the messages", "take
//!   me off your list", "I never signed up for this". "Get off work", "remove the couch", "don't text my husband" and "don't
//!   text me before eight" have another object, or a limit, and do not count;
//! * a threat or a report: to block, to sue, "reporting this number", FCC, FTC, TCPA;
//! * an end to calls, unless the writer asks for texts ("stop calling, text me");
//! * a request to erase data ([`asks_to_erase`]).
//!
//! Negated phrases ("don't stop texting me") and a removal in a clause about an appointment do not count. "Cancel" and
//! "Fin" alone are stop words of carriers, although they may mean an appointment or a name.
//!
//! The law takes any clear wording for an opt-out (47 CFR 64.1200(a)(10): "any reasonable means"), and a false one loses a
//! caller. That is why there are two tiers: a wrong doubt costs a look, not a customer.
//!
//! The rules are derived from `fixtures/replies/corpus.tsv` and `ordinary_training.txt`, the reader is trained on these and on
//! a grammar; see the [model card](model_card). Both are measured on the hold-outs in the same folder, which
//! no rule and no weight comes from, by `tests/it/missed_call/core/reply/hold_out.rs`. A host with a better classifier plugs
//! it in as a [`ReplyAgent`], which the engine asks about every reply that is not settled.

mod agent;
mod classes;
mod english;
mod excerpt;
mod french;
mod lookalikes;
mod opt_out;
mod pattern;
mod reaction;
mod reader;
mod slips;
mod spanish;
mod spellings;
mod steps;
mod table;
mod text;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

pub use agent::{AgentError, ReplyAgent, decide};

use self::excerpt::Excerpt;
use self::pattern::Phrases;
use self::table::Meaning;
use self::text::{Text, Word};
use super::compliance::words;

#[doc = include_str!("model_card.md")]
pub mod model_card {}

/// How surely a reply asks for no more texts.
// Exhaustive on purpose: a host must handle both tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OptOut {
    /// The wording leaves a doubt, and a person of the business decides.
    Doubtful,
    /// It does.
    Certain,
}

/// The class of a reply. Stored in the ledger by its code, such as `opt_out`. A code that this release does not know is read
/// as [`Other`](Self::Other).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reply {
    /// The caller opts out of texts. Everything pending for this number ends, and the number is suppressed.
    OptOut,
    /// The caller may have opted out: the wording leaves a doubt. Nothing automatic is sent to this number until a person of the
    /// business has read the reply and decided.
    Doubtful,
    /// The caller allows texts again after an opt-out. Only `START`, `UNSTOP`, `SUBSCRIBE`, `OPT IN` and their equivalents
    /// in Spanish and French mean that, as the whole reply. Carriers also accept `YES`, but most people answer a question
    /// with it ("shall we call you back?"), so it is [`Other`](Self::Other) here.
    OptIn,
    /// The text reached a person who did not call. It has the effect of an opt-out.
    WrongNumber,
    /// The caller needs a person of the business: a call, an answer, a changed or cancelled appointment, a complaint, `HELP`.
    Help,
    /// The caller wants an appointment, or has made one.
    Booking,
    /// Thanks, an acknowledgement or a reaction. It needs no answer.
    Thanks,
    /// An automatic reply of a phone or a system. No person has read the text.
    Automatic,
    /// Anything else that a person wrote: a conversation for the team.
    #[default]
    #[serde(other)]
    Other,
}

impl Reply {
    /// All classes.
    pub const ALL: [Self; 9] = [
        Self::OptOut,
        Self::Doubtful,
        Self::OptIn,
        Self::WrongNumber,
        Self::Help,
        Self::Booking,
        Self::Thanks,
        Self::Automatic,
        Self::Other,
    ];

    /// The code under which it is stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::Doubtful => "doubtful",
            Self::OptIn => "opt_in",
            Self::WrongNumber => "wrong_number",
            Self::Help => "help",
            Self::Booking => "booking",
            Self::Thanks => "thanks",
            Self::Automatic => "automatic",
            Self::Other => "other",
        }
    }

    /// Whether, and how surely, the writer wants no more texts. A wrong number is a certain opt-out.
    ///
    /// ```
    /// use gohighlevel::recipes::missed_call::reply::{OptOut, Reply};
    ///
    /// assert_eq!(Reply::WrongNumber.opt_out(), Some(OptOut::Certain));
    /// assert_eq!(Reply::Doubtful.opt_out(), Some(OptOut::Doubtful));
    /// assert_eq!(Reply::Help.opt_out(), None);
    /// ```
    pub fn opt_out(self) -> Option<OptOut> {
        match self {
            Self::OptOut | Self::WrongNumber => Some(OptOut::Certain),
            Self::Doubtful => Some(OptOut::Doubtful),
            _ => None,
        }
    }

    /// Whether this person, or this number, must not be texted any longer: an opt-out beyond doubt.
    pub fn is_opt_out(self) -> bool {
        self.opt_out() == Some(OptOut::Certain)
    }

    /// Whether nothing automatic may be sent to this person after it: an opt-out for good, a doubt until somebody decides.
    pub(crate) fn holds_messages_back(self) -> bool {
        self.is_opt_out() || self == Self::Doubtful
    }

    /// Whether a person wrote or reacted. That stops pending messages; an automatic reply does not.
    pub fn is_from_a_person(self) -> bool {
        self != Self::Automatic
    }

    /// Whether the caller asks for a person of the business.
    pub fn asks_for_a_person(self) -> bool {
        self == Self::Help
    }

    /// Whether it is decided, so that no [`ReplyAgent`] is asked. A doubt is not.
    pub fn is_settled(self) -> bool {
        matches!(
            self,
            Self::OptOut | Self::OptIn | Self::WrongNumber | Self::Automatic
        )
    }

    pub(super) fn is_other(&self) -> bool {
        *self == Self::Other
    }
}

/// Classifies the body of an inbound text. Case, and punctuation, quotes and emoji around it, make no difference.
///
/// ```
/// use gohighlevel::recipes::missed_call::reply::{Reply, classify};
///
/// assert_eq!(classify("Stop!"), Reply::OptOut);
/// assert_eq!(classify("please don’t text me"), Reply::OptOut);
/// assert_eq!(classify("no me escriban más"), Reply::OptOut);
/// assert_eq!(classify("arrêtez de m'écrire"), Reply::OptOut);
/// assert_eq!(classify("🛑"), Reply::OptOut);
/// assert_eq!(classify("please stop the water at the meter"), Reply::Help);
/// assert_eq!(classify("cancel my appointment"), Reply::Help);
/// assert_eq!(classify("do you have anything tomorrow?"), Reply::Booking);
/// assert_eq!(classify("Liked “Reply STOP to opt out.”"), Reply::Thanks);
/// assert_eq!(classify("I'm at the bus stop"), Reply::Other);
/// ```
pub fn classify(text: &str) -> Reply {
    let excerpt = Excerpt::of(text);
    let ruled = ruled(excerpt);
    if ruled.exact {
        return ruled.reply;
    }
    reader::read(excerpt, &ruled.text, ruled.reply)
}

/// What the rules say of a reply.
struct Ruled {
    reply: Reply,
    /// Whether the wording leaves no doubt, so that the reader is not asked.
    exact: bool,
    /// The words that were read.
    text: Text,
}

fn ruled(excerpt: Excerpt<'_>) -> Ruled {
    let read = Text::read(excerpt);
    let exactly = |reply, text| Ruled {
        reply,
        exact: true,
        text,
    };
    if reaction::is_opt_out_emoji(excerpt, &read) {
        return exactly(Reply::OptOut, read);
    }
    if reaction::is_reaction(excerpt, &read) {
        return exactly(Reply::Thanks, read);
    }
    if SYSTEMS.occur(read.words()) {
        return exactly(Reply::Automatic, read);
    }
    let text = opt_out::without_instructions(read);
    if opt_out::is_a_stop_word(&text) || opt_out::has_a_stop_word_at_an_end(&text) {
        return exactly(Reply::OptOut, text);
    }
    let likely = |reply, text| Ruled {
        reply,
        exact: false,
        text,
    };
    if opt_out::asks_to_stop(&text) {
        return likely(Reply::OptOut, text);
    }
    if is_thanks(text.words()) {
        return exactly(Reply::Thanks, text);
    }
    if TESTS.are(text.words()) {
        return exactly(Reply::Other, text);
    }
    let found = MEANINGS.iter().find(|(_, meaning)| meaning.is_in(&text));
    match found {
        Some((Reply::OptIn, _)) => exactly(Reply::OptIn, text),
        Some((reply, _)) => likely(*reply, text),
        None if is_question(&text) => likely(Reply::Help, text),
        None => likely(Reply::Other, text),
    }
}

/// What the trainer of the small reader needs (`examples/train_replies`).
#[cfg(feature = "testing")]
pub mod training {
    use super::{Excerpt, Reply, reader, ruled};

    /// A reply as the trainer sees it.
    #[non_exhaustive]
    pub struct Example {
        /// What the rules say.
        pub rules: Reply,
        /// Whether the wording leaves no doubt, so that the reader is not asked.
        pub exact: bool,
        /// The hashes of its features.
        pub features: Vec<u32>,
    }

    /// Reads a reply for training.
    pub fn example(text: &str) -> Example {
        let excerpt = Excerpt::of(text);
        let ruled = ruled(excerpt);
        Example {
            rules: ruled.reply,
            exact: ruled.exact,
            features: reader::features_of(excerpt, &ruled.text),
        }
    }
}

/// Whether a text asks to erase the writer's data: "delete my data", "CCPA request". Such a text is an
/// [`OptOut`](Reply::OptOut), and the ledger also records it as [`ErasureAsked`](super::ledger::EntryKind::ErasureAsked).
/// The business decides which rights the law grants and how the writer proves their identity.
///
/// ```
/// use gohighlevel::recipes::missed_call::reply::{Reply, asks_to_erase, classify};
///
/// assert!(asks_to_erase("please delete my personal data"));
/// assert_eq!(classify("please delete my personal data"), Reply::OptOut);
/// assert!(!asks_to_erase("STOP"));
/// ```
pub fn asks_to_erase(text: &str) -> bool {
    let text = opt_out::without_instructions(Text::read(Excerpt::of(text)));
    opt_out::asks_to_erase(&text)
}

/// Whether a text has more than one word.
pub(super) fn is_in_words(text: &str) -> bool {
    let excerpt = Excerpt::of(text);
    excerpt.tail.is_some() || words(excerpt.head).len() > 1
}

static MEANINGS: LazyLock<[(Reply, Meaning); 6]> = LazyLock::new(|| {
    [
        (
            Reply::OptIn,
            [english::OPT_IN, spanish::OPT_IN, french::OPT_IN],
        ),
        (
            Reply::Automatic,
            [english::AUTOMATIC, spanish::AUTOMATIC, french::AUTOMATIC],
        ),
        (
            Reply::Help,
            [english::MISTYPED, spanish::MISTYPED, french::MISTYPED],
        ),
        (
            Reply::WrongNumber,
            [
                english::WRONG_NUMBER,
                spanish::WRONG_NUMBER,
                french::WRONG_NUMBER,
            ],
        ),
        (Reply::Help, [english::HELP, spanish::HELP, french::HELP]),
        (
            Reply::Booking,
            [english::BOOKING, spanish::BOOKING, french::BOOKING],
        ),
    ]
    .map(|(reply, tables)| (reply, Meaning::of(&tables)))
});
static SYSTEMS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&[english::MACHINES, spanish::MACHINES, french::MACHINES]));
static QUESTIONS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&[english::QUESTIONS]));
static TESTS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&[english::TESTS, spanish::TESTS, french::TESTS]));
static THANKS: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&[english::THANKS, spanish::THANKS, french::THANKS]));

fn is_question(text: &Text) -> bool {
    let is_asked = || text.asks || QUESTIONS.begin(text.core()).is_some();
    !text.words().is_empty() && is_asked()
}

/// Whether all words are thanks.
fn is_thanks(words: &[Word]) -> bool {
    let mut rest = words;
    while !rest.is_empty() {
        match THANKS.begin(rest).and_then(|end| rest.get(end..)) {
            Some(after) if after.len() < rest.len() => rest = after,
            _ => return false,
        }
    }
    !words.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPT_OUTS: &[&str] = &[
        "STOP",
        "stop",
        " Stop. ",
        "\"STOP\"",
        "“Stop”",
        "STOP!!! 🛑",
        "S.T.O.P",
        "s t o p",
        "STOPALL",
        "stop all",
        "Stop-All",
        "unsubscribe",
        "CANCEL",
        "End",
        "quit",
        "revoke",
        "opt out",
        "OPT-OUT",
        "optout",
        "remove",
        "Arret",
        "ARRÊT",
        "baja",
        "alto",
        "no mas",
        "No más",
        "stop please",
        "Please stop",
        "pls stop",
        "stop it",
        "stop texting me",
        "Stop calling me please",
        "stop with these messages",
        "STOP. I already said that I do not want any of this",
        "Who is this?\nSTOP",
        "don't text me again",
        "please don’t text this number",
        "DO NOT TEXT",
        "take me off your list",
        "Please remove me from this list",
        "lose my number",
        "unsubscribe me",
        "how do i unsubscribe",
        "no more texts please",
        "leave me alone",
        "quit texting me",
        "I want to opt out",
    ];

    /// Near misses of an opt-out, with their classes.
    const OTHERS: &[(&str, Reply)] = &[
        ("", Reply::Other),
        ("...", Reply::Other),
        ("🙂", Reply::Thanks),
        ("yes", Reply::Other),
        ("ok", Reply::Thanks),
        ("cancel my appointment", Reply::Help),
        ("Can I cancel tomorrow's visit?", Reply::Help),
        ("at the end of the day", Reply::Other),
        ("is it non-stop", Reply::Help),
        ("I'll stop by", Reply::Other),
        ("please don't stop texting me", Reply::Other),
        ("I do not want you to stop texting me", Reply::Doubtful),
        ("please do not remove me from the waitlist", Reply::Help),
        ("don't stop", Reply::Doubtful),
        ("start tomorrow?", Reply::Help),
        (
            "Liked “Sorry we missed you. Reply STOP to unsubscribe.”",
            Reply::Thanks,
        ),
        ("Laughed at \"Reply STOP, or wrong number\"", Reply::Thanks),
        ("help", Reply::Help),
        ("I'm at the bus stop", Reply::Other),
        ("This is a test message", Reply::Other),
        ("just testing this", Reply::Other),
        ("esto es una prueba", Reply::Other),
        ("ceci est un test", Reply::Other),
        ("Is your number the right number", Reply::Help),
        ("START", Reply::OptIn),
        ("unstop", Reply::OptIn),
        ("wrong number", Reply::WrongNumber),
    ];

    #[test]
    fn tables() {
        for text in OPT_OUTS {
            assert_eq!(classify(text), Reply::OptOut, "{text:?}");
        }
        for (text, reply) in OTHERS {
            assert_eq!(classify(text), *reply, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            classify(&text);
        }

        #[test]
        fn case_and_surrounding_punctuation_do_not_matter(
            text in prop::sample::select(
                OPT_OUTS.iter().chain(OTHERS.iter().map(|(text, _)| text)).copied().collect::<Vec<_>>()
            ).prop_filter("a mark alone has a meaning of its own", |text| text.contains(char::is_alphabetic)),
            before in "[ \\n\"'“‘(*.,!¡]{0,4}",
            after in "[ \\n\"'”’)*.,!…🙏]{0,4}",
        ) {
            let expected = classify(text);
            prop_assert_eq!(classify(&text.to_uppercase()), expected);
            prop_assert_eq!(classify(&text.to_lowercase()), expected);
            prop_assert_eq!(classify(&format!("{before}{text}{after}")), expected);
        }

        #[test]
        fn an_opt_out_word_alone_is_always_one(
            word in "(?i:stop|stopall|unsubscribe|cancel|end|quit|revoke|optout)",
            around in "[ .!\"*-]{0,5}",
        ) {
            prop_assert_eq!(classify(&format!("{around}{word}{around}")), Reply::OptOut);
        }
    }
}
