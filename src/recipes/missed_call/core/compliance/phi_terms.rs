//! Words that say something about care. A text message is not encrypted, and a phone number together with such a word
//! can be protected health information (45 CFR 160.103), so none of them belongs into a missed-call text.
//!
//! The list is a safety net under careful wording, not a definition. A word in a link refuses nothing, for its
//! address is its owner's choice; it is found by a question of its own, to warn of it.

use super::words;

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

/// The clinical entries that `text` holds outside its links: those of the built-in list, then those of `extra`.
pub(crate) fn clinical_words(text: &str, extra: &[String]) -> Vec<String> {
    // A word of no entry stands for each link, so that nothing matches across it.
    let readable: Vec<&str> = text
        .split_whitespace()
        .map(|token| if is_link(token) { "0link0" } else { token })
        .collect();
    let spoken = words(&readable.join(" "));
    CLINICAL
        .iter()
        .copied()
        .chain(extra.iter().map(String::as_str))
        .filter(|entry| holds(&spoken, &words(entry)))
        .map(str::to_lowercase)
        .collect()
}

/// The clinical entries in the host and path of a link. An entry of one long word is found inside of others too, as in
/// `https://botoxbar.example`: hosts are written without spaces.
pub(crate) fn clinical_words_in_link(link: &str, extra: &[String]) -> Vec<String> {
    const LONG: usize = 6;
    let spoken = words(link);
    CLINICAL
        .iter()
        .copied()
        .chain(extra.iter().map(String::as_str))
        .filter(|entry| {
            let entry = words(entry);
            let inside = |word: &String| {
                word.chars().count() >= LONG && spoken.iter().any(|spoken| spoken.contains(word))
            };
            holds(&spoken, &entry) || matches!(entry.as_slice(), [word] if inside(word))
        })
        .map(str::to_lowercase)
        .collect()
}

fn is_link(token: &str) -> bool {
    token.contains("://") || token.to_ascii_lowercase().starts_with("www.")
}

fn holds(spoken: &[String], entry: &[String]) -> bool {
    let Some((last, first)) = entry.split_last() else {
        return false;
    };
    spoken.windows(entry.len()).any(|window| {
        window.split_last().is_some_and(|(end, start)| {
            start == first
                && end
                    .strip_prefix(last.as_str())
                    .is_some_and(|ending| matches!(ending, "" | "s" | "es"))
        })
    })
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
