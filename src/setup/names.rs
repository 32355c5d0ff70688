//! Names as people write them: case and spaces make no difference.

/// The form in which two spellings of one name are equal.
pub(super) fn folded(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Whether two names are one as people write them.
pub(super) fn same(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

/// The key that HighLevel makes out of a name: `Calendly Link` becomes `calendly_link`. Letters and digits stay, everything
/// between them is one `_`. HighLevel documents lower case and spaces alone.
pub(super) fn key_of(name: &str) -> String {
    let letters = |c: char| c.is_alphanumeric();
    let words = name
        .split(|c: char| !letters(c))
        .filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    words.join("_")
}

/// A name out of which HighLevel makes this key: `calendly_link` is `Calendly Link`.
pub(super) fn name_of(key: &str) -> String {
    let words = key.split('_').filter(|word| !word.is_empty());
    let words: Vec<String> = words
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string());
            first.unwrap_or_default() + letters.as_str()
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_spaces_make_no_difference() {
        assert!(same(" Missed  Calls ", "missed calls"));
        assert!(same("Missed\u{a0}Calls", "Missed Calls"));
        assert!(!same("Missed Calls", "MissedCalls"));
    }

    #[test]
    fn a_name_and_its_key() {
        assert_eq!(key_of("Calendly  Link"), "calendly_link");
        assert_eq!(name_of("calendly_link"), "Calendly Link");
        assert_eq!(key_of(&name_of("calendly_link_2")), "calendly_link_2");
    }
}
