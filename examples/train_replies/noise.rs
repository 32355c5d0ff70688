//! What happens to words on a phone: typing slips, abbreviations, dictation.

use super::chance::Chance;

/// How people shorten words, and what dictation makes of them.
const INSTEAD: &[(&str, &[&str])] = &[
    ("you", &["u", "ya", "yu"]),
    ("your", &["ur", "you're", "yr"]),
    ("youre", &["ur", "your"]),
    ("are", &["r"]),
    ("to", &["2", "too", "two"]),
    ("for", &["4", "four"]),
    ("please", &["pls", "plz", "pleas", "pleaze"]),
    ("dont", &["don't", "do not", "dnt", "don t", "donot"]),
    ("cant", &["can't", "can not", "cannot"]),
    ("wont", &["won't", "want", "will not"]),
    ("didnt", &["didn't", "did not"]),
    ("im", &["i'm", "i am", "am"]),
    ("because", &["cuz", "bc", "cause"]),
    ("texting", &["txting", "textin", "texing", "text in"]),
    ("texts", &["txts", "tex", "text's", "tests"]),
    ("text", &["txt", "tex", "test"]),
    ("messages", &["msgs", "messeges", "massages", "messages'"]),
    ("number", &["nubmer", "num", "#", "numbr"]),
    ("remove", &["remov", "remve", "removed"]),
    ("list", &["lis", "lists"]),
    ("and", &["n", "&", "an"]),
    ("me", &["em", "mee"]),
    ("by", &["buy", "bye"]),
    ("right", &["rite", "write"]),
    ("here", &["hear"]),
    ("no", &["know", "noo"]),
    ("now", &["know", "nao"]),
    ("tomorrow", &["tmrw", "tomorow", "2morrow"]),
    ("appointment", &["appt", "apt", "apointment", "appointmet"]),
    ("off", &["of"]),
    ("leave", &["leve", "leaf"]),
    ("alone", &["a lone", "alon"]),
    ("interested", &["intrested", "intersted", "interest"]),
    (
        "unsubscribe",
        &["unsuscribe", "unsubcribe", "un subscribe", "unsubscibe"],
    ),
    ("que", &["q", "ke", "k"]),
    ("quiero", &["kiero", "qiero"]),
    ("por favor", &["xfa", "porfa"]),
    ("escriban", &["escrivan", "escriben"]),
    ("mensajes", &["msjs", "mensages", "mensaje"]),
    ("manden", &["mandn", "mande", "manda"]),
    ("más", &["mas", "ma"]),
];

/// Marks that speech to text writes out.
const SPOKEN: &[&str] = &[" period", " comma", " question mark", " exclamation point"];

/// The sentence as a hurried person may have sent it.
pub(crate) fn typed(sentence: &str, chance: &mut Chance) -> String {
    let mut words: Vec<String> = sentence.split(' ').map(str::to_owned).collect();
    for word in &mut words {
        if chance.percent(12)
            && let Some((_, instead)) = INSTEAD.iter().find(|(known, _)| *known == word)
        {
            *word = instead[chance.below(instead.len())].to_owned();
        }
    }
    if chance.percent(14) {
        let at = chance.below(words.len());
        words[at] = slipped(&words[at], chance);
    }
    if words.len() > 3 && chance.percent(3) {
        let at = chance.below(words.len() - 1);
        let next = words.remove(at + 1);
        words[at].push_str(&next);
    }
    let mut sent = words.join(" ");
    if chance.percent(2) {
        sent.push_str(SPOKEN[chance.below(SPOKEN.len())]);
    }
    sent
}

/// One letter missing, doubled, swapped with the next, or another one.
fn slipped(word: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 {
        return word.to_owned();
    }
    let at = 1 + chance.below(letters.len() - 2);
    match chance.below(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 => letters.swap(at, at + 1),
        _ => letters[at] = char::from(b'a' + chance.below(26) as u8),
    }
    letters.into_iter().collect()
}
