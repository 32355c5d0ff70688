//! Words that stay out of the source, because a reader must guess what they mean here.

use super::{files, none};

/// The words, and what to write instead.
const WORDS: &[(&str, &str)] = &[
    ("anew", "again"),
    ("deed", "action"),
    ("deeds", "actions"),
    ("happening", "trigger or event"),
    ("happenings", "triggers or events"),
    ("newcomer", "first-time caller"),
    ("newcomers", "first-time callers"),
    ("told", "reported, said or known"),
    ("whoever", "anyone who, or name them"),
];

/// The phrases that people write are data.
const PHRASES: &str = "src/recipes/missed_call/core/reply/english/";

#[test]
fn private_words_stay_out() {
    let mut found = Vec::new();
    let mut sources = files(&["src", "examples", "README.md"]);
    sources.retain(|source| !source.name.starts_with(PHRASES));
    for source in sources {
        for (line, number) in source.text.lines().zip(1..) {
            let letters = |c: char| !(c.is_alphanumeric() || c == '_');
            for word in line.split(letters) {
                let word = word.to_lowercase();
                if let Some((_, instead)) = WORDS.iter().find(|(known, _)| *known == word) {
                    found.push(format!(
                        "{}:{number}: `{word}`; write {instead}",
                        source.name
                    ));
                }
            }
        }
    }
    none(found);
}
