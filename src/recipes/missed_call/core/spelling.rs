//! Which known word was meant? Suggestions for misspelt keys and merge fields.

/// What is longer than this many bytes is no slip of the pen.
const LONGEST: usize = 100;

/// The candidate nearest to `word`, if it is near enough to have been meant.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    candidates
        .into_iter()
        .map(|candidate| (strsim::levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.chars().count().max(3))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_what_is_near() {
        let keys = ["after", "body", "opt_out"];
        assert_eq!(nearest("bodi", keys), Some("body"));
        assert_eq!(nearest("optout", keys), Some("opt_out"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest(&"body".repeat(LONGEST), keys), None);
    }
}
