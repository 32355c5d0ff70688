//! Health-related terms (possible PHI). A text message is not encrypted, and a phone number together with such a term
//! can be protected health information (45 CFR 160.103), so none of them belongs in a missed-call text.
//!
//! The list is a safety net for careful wording, not a definition. A term in a link is no reason to refuse a text,
//! because the owner of the link chose its address; a separate function finds it, to warn about it.

use std::sync::LazyLock;

use super::{folded, split};

/// Entries of one or more words. A plural `s` or `es` matches too.
const CLINICAL: &[&str] = &[
    "infusion",
    "IV",
    "I.V.",
    "drip",
    "injection",
    "injectable",
    "Botox",
    "filler",
    "NAD",
    "ketamine",
    "semaglutide",
    "tirzepatide",
    "GLP-1",
    "GLP1",
    "hormone",
    "TRT",
    "weight loss",
    "fertility",
    "IVF",
    "oncology",
    "chemo",
    "chemotherapy",
    "dialysis",
    "HIV",
    "STI",
    "STD",
    "therapy",
    "therapies",
    "rehab",
    "detox",
    "diagnosis",
    "diagnoses",
    "diagnostic",
    "symptom",
    "lab result",
    "test result",
    "prescription",
    "medication",
    "dose",
    "dosage",
    "procedure",
    "patient",
    "treatment",
    "insurance",
    "DOB",
    "date of birth",
    "medical record",
];

/// The built-in terms.
static BUILT_IN: LazyLock<Vec<Term>> =
    LazyLock::new(|| CLINICAL.iter().map(|entry| Term::new(entry)).collect());

/// An entry of a list.
struct Term {
    entry: String,
    words: Vec<String>,
}

impl Term {
    fn new(entry: &str) -> Self {
        Self {
            entry: entry.to_lowercase(),
            words: split(&folded(entry)).map(str::to_owned).collect(),
        }
    }

    /// Whether the words contain the term, perhaps in the plural.
    fn is_in(&self, spoken: &[&str]) -> bool {
        let Some((last, first)) = self.words.split_last() else {
            return false;
        };
        let ends_term = |word: &str| {
            word.as_bytes().first() == last.as_bytes().first()
                && word
                    .strip_prefix(last.as_str())
                    .is_some_and(|ending| matches!(ending, "" | "s" | "es"))
        };
        spoken.iter().enumerate().any(|(at, word)| {
            ends_term(word)
                && at
                    .checked_sub(first.len())
                    .and_then(|start| spoken.get(start..at))
                    .is_some_and(|before| before == first)
        })
    }
}

/// Those of the built-in terms that meet a condition, then those of `extra`.
fn found(extra: &[String], meets: impl Fn(&Term) -> bool) -> Vec<String> {
    let extra: Vec<Term> = extra.iter().map(|entry| Term::new(entry)).collect();
    let terms = BUILT_IN.iter().chain(&extra);
    terms
        .filter(|term| meets(term))
        .map(|term| term.entry.clone())
        .collect()
}

/// The health-related terms that `text` contains outside its links: those of the built-in list, then those of `extra`.
pub(crate) fn clinical_words(text: &str, extra: &[String]) -> Vec<String> {
    // A word that is in no term replaces each link, so that nothing matches across it.
    let mut readable = String::with_capacity(text.len());
    for token in text.split_whitespace() {
        readable.push_str(if is_link(token) { "0link0" } else { token });
        readable.push(' ');
    }
    let folded = folded(&readable);
    let spoken: Vec<&str> = split(&folded).collect();
    found(extra, |term| term.is_in(&spoken))
}

/// The health-related terms in the host and path of a link. A term of one long word is also found inside other words,
/// as in `https://botoxbar.example`: host names are written without spaces.
pub(crate) fn clinical_words_in_link(link: &str, extra: &[String]) -> Vec<String> {
    const LONG: usize = 6;
    let folded = folded(link);
    let spoken: Vec<&str> = split(&folded).collect();
    found(extra, |term| {
        let inside = |word: &String| word.chars().count() >= LONG && folded.contains(word.as_str());
        term.is_in(&spoken) || matches!(term.words.as_slice(), [word] if inside(word))
    })
}

fn is_link(token: &str) -> bool {
    let begins = token.get(..4);
    token.contains("://") || begins.is_some_and(|start| start.eq_ignore_ascii_case("www."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_in_links() {
        for (link, found) in [
            ("https://x.example/iv-therapy", vec!["iv", "therapy"]),
            ("https://x.example/IV_drip?from=sms", vec!["iv", "drip"]),
            ("https://soleilinfusions.example/book", vec!["infusion"]),
            ("https://patients.x.example", vec!["patient"]),
            ("https://x.example/weight-loss", vec!["weight loss"]),
            ("https://glowbar.example", vec![]),
            ("https://glow.example", vec!["glow"]),
            ("https://x.example/drive/nadir/stiles", vec![]),
        ] {
            let words = clinical_words_in_link(link, &["Glow".to_owned()]);
            assert_eq!(words, found, "{link}");
        }
    }

    #[test]
    fn finds_whole_words_in_any_case() {
        for (text, found) in [
            ("Your Botox is due", Some("botox")),
            ("about your IV, John", Some("iv")),
            ("I.V. bar", Some("i.v.")),
            ("two INFUSIONS", Some("infusion")),
            ("weight  loss", Some("weight loss")),
            ("Weight-loss", Some("weight loss")),
            ("the patient's call", Some("patient")),
            ("our patients", Some("patient")),
            ("lab results", Some("lab result")),
            ("GLP-1", Some("glp-1")),
            ("NAD+", Some("nad")),
            ("Ivy will give you a nadir", None),
            ("still stick", None),
            ("weight, no loss", None),
            ("https://x.example/iv-therapy", None),
            ("www.botox.example", None),
            ("weight https://x.example loss", None),
            ("a glow up", Some("glow")),
        ] {
            assert_eq!(
                clinical_words(text, &["Glow".to_owned()]),
                found.map_or_else(Vec::new, |word| vec![word]),
                "{text}"
            );
        }
    }
}
