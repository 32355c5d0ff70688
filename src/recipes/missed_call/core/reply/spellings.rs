//! Normalises spellings as people type them on a phone: variants of a word, joined words, and pairs of words that are read as
//! one (`do not`).

use super::slips;
use crate::recipes::missed_call::core::spelling::nearest;

/// Pairs of (spellings, the word they stand for).
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
    (&["donot", "dnt"], "dont"),
    (&["cannot", "cant", "cnt"], "cant"),
    (&["dident", "didnot", "didn"], "didnt"),
    (&["im", "iam"], "im"),
    (&["ima", "imma", "gunna", "gonna"], "gonna"),
    (
        &[
            "unsub",
            "unscribe",
            "unsubscribir",
            "unsubscribing",
            "ubsubscribe",
        ],
        "unsubscribe",
    ),
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
    (&["remve", "remov", "rempve", "remoce", "removed"], "remove"),
    (&["u", "yu"], "you"),
    (
        &["fuk", "fuc", "fck", "fk", "fuq", "phuck", "fukin", "fugg"],
        "fuck",
    ),
    (&["youve", "uve"], "youve"),
    (&["youre", "ure"], "youre"),
    (&["ur", "yr"], "your"),
    (&["r"], "are"),
    (
        &["pls", "plz", "plese", "pleas", "plss", "pleaze"],
        "please",
    ),
    (&["txt", "txts", "texts", "tex", "textos"], "text"),
    (
        &["txting", "textin", "texing", "txtin", "texting"],
        "texting",
    ),
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

/// Joined words, and the words they stand for.
const GLUED: &[(&str, &str)] = &[
    ("removeme", "remove me"),
    ("unsubscribeme", "unsubscribe me"),
    ("optmeout", "opt me out"),
    ("nomore", "no more"),
    ("nomoretexts", "no more text"),
    ("leavemealone", "leave me alone"),
    ("takemeoff", "take me off"),
    ("fuckoff", "fuck off"),
    ("fuckyou", "fuck you"),
    ("goaway", "go away"),
    ("notinterested", "not interested"),
    ("wrongnumber", "wrong number"),
    ("donttext", "dont text"),
    ("donttextme", "dont text me"),
    ("dontextme", "dont text me"),
    ("pleasestop", "please stop"),
    ("plsstop", "please stop"),
    ("juststop", "just stop"),
    ("leaveme", "leave me"),
    ("nomas", "no mas"),
    ("stahp", "stop"),
];

/// Words joined to `stop` without a space, and how they are read.
const AFTER_STOP: &[(&str, &str)] = &[
    ("it", "it"),
    ("now", "now"),
    ("please", "please"),
    ("pls", "please"),
    ("stop", "stop"),
    ("me", "me"),
    ("this", "this"),
    ("that", "that"),
    ("text", "text"),
    ("texts", "text"),
    ("texting", "texting"),
    ("textingme", "texting me"),
    ("txting", "texting"),
    ("messaging", "messaging"),
    ("messages", "message"),
    ("calling", "calling"),
    ("sending", "sending"),
    ("bothering", "bothering"),
    ("contacting", "contacting"),
    ("spam", "spam"),
    ("spamming", "spamming"),
    ("unsubscribe", "unsubscribe"),
    ("end", "end"),
    ("quit", "quit"),
];

/// Two words that are read as one.
const JOINED: &[(&str, &str, &str)] = &[
    ("do", "not", "dont"),
    ("did", "not", "didnt"),
    ("does", "not", "doesnt"),
    ("is", "not", "isnt"),
    ("are", "not", "arent"),
    ("was", "not", "wasnt"),
    ("were", "not", "werent"),
    ("will", "not", "wont"),
    ("would", "not", "wouldnt"),
    ("could", "not", "couldnt"),
    ("should", "not", "shouldnt"),
    ("have", "not", "havent"),
    ("has", "not", "hasnt"),
    ("had", "not", "hadnt"),
    ("can", "not", "cant"),
    ("i", "am", "im"),
    ("you", "are", "youre"),
    ("going", "to", "gonna"),
];

/// The words that `word` stands for; nearly always one.
pub(super) fn meant(word: String) -> Vec<String> {
    let word = spelt(word);
    let glued = GLUED.iter().find(|(glued, _)| *glued == word);
    if let Some((_, words)) = glued {
        return words.split(' ').map(str::to_owned).collect();
    }
    if let Some(rest) = word.strip_prefix("stop") {
        let after = |rest: &str| AFTER_STOP.iter().find(|(glued, _)| *glued == rest);
        let to = rest.strip_prefix('2').or_else(|| rest.strip_prefix("to"));
        if let Some(to) = to.filter(|to| to.is_empty() || to.chars().all(char::is_alphabetic))
            && (after(to).is_some() || matches!(to, "optout" | "cancel"))
        {
            return vec!["stop".to_owned(), "2".to_owned(), to.to_owned()];
        }
        if let Some((_, words)) = after(rest) {
            return ["stop"]
                .into_iter()
                .chain(words.split(' '))
                .map(str::to_owned)
                .collect();
        }
    }
    vec![word]
}

/// The word that `first` and `second` make together.
pub(super) fn joined(first: &str, second: &str) -> Option<&'static str> {
    let known = JOINED
        .iter()
        .find(|(one, two, _)| *one == first && *two == second);
    known.map(|(_, _, word)| *word)
}

/// The corrected spelling: repeated letters count once (`stoppp`, but not `ooo`), and common slips are corrected.
pub(super) fn spelt(word: String) -> String {
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
    // Another subject, or the past tense.
    if held == "unsubscribed" {
        return held;
    }
    // People find many ways to write it, and each must count.
    if held.starts_with("un") && nearest(&held, ["unsubscribe"]).is_some() {
        return "unsubscribe".to_owned();
    }
    if slips::is_stop(&held) {
        return "stop".to_owned();
    }
    SPELLINGS
        .iter()
        .find(|(spellings, _)| spellings.contains(&held.as_str()))
        .map_or(held, |(_, word)| (*word).to_owned())
}
