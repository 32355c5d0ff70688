//! Which known word was meant? Suggestions for misspelt keys and merge fields.

/// What is longer than this many bytes is no slip of the pen.
const LONGEST: usize = 100;

/// The candidate nearest to `word`, if it is near enough to have been meant.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= candidate.chars().count().max(3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance: how many characters must be added, removed or replaced.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut last = i + 1;
        next.push(last);
        for ((above, diagonal), right) in row.iter().skip(1).zip(&row).zip(&b) {
            let replaced = diagonal + usize::from(left != *right);
            last = replaced.min(above + 1).min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
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
        assert_eq!((distance("", "abc"), distance("kitten", "sitting")), (3, 3));
    }
}
