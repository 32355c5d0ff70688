//! Whether a contact's name can be shown to the contact. Names come from caller IDs, forms and imports, and many are
//! not names.

use super::smart_encoding::{is_control, plain};

/// What systems write in place of an unknown name.
const PLACEHOLDERS: &[&str] = &[
    "unknown",
    "unknown caller",
    "unknown name",
    "anonymous",
    "unavailable",
    "restricted",
    "private",
    "private caller",
    "blocked",
    "withheld",
    "wireless caller",
    "cell phone",
    "toll free",
    "toll free call",
    "no name",
    "noname",
    "none",
    "null",
    "undefined",
    "n/a",
    "caller",
    "customer",
    "guest",
    "lead",
    "new lead",
    "visitor",
    "test",
];

/// A longer name, in bytes, is not examined: it is not presentable.
pub(super) const LONGEST: usize = 1024;

/// The name as a text may show it, or nothing if it is not a name: a placeholder, longer than `limit` characters, or
/// with a digit, a brace, an address or anything that a phone would turn into a link. A name in capitals only is
/// capitalised, and typography becomes plain.
pub(super) fn presentable(name: &str, limit: usize) -> Option<String> {
    if name.len() > LONGEST || name.contains(is_control) {
        return None;
    }
    let name = plain(name);
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = name.to_lowercase();
    let is_name = name.chars().any(char::is_alphabetic)
        && name.chars().count() <= limit
        && !PLACEHOLDERS.contains(&lower.as_str())
        && !name.chars().any(|character| {
            character.is_numeric()
                || matches!(
                    character,
                    '{' | '}'
                        | '['
                        | ']'
                        | '<'
                        | '>'
                        | '%'
                        | '@'
                        | '/'
                        | '\\'
                        | ':'
                        | '#'
                        | '"'
                        | '='
                )
        })
        && !holds_a_host(&name);
    is_name.then(|| {
        if is_shouted(&name) {
            capitalised(&name)
        } else {
            name
        }
    })
}

/// A dot inside a word with at least two letters after it, as in `t.me`; not `J.R.` or `St. John`. The endings that a
/// phone accepts in a host name change with each release, so every ending counts.
fn holds_a_host(name: &str) -> bool {
    name.split(' ').any(|word| {
        let mut labels = word.split(is_dot);
        labels.next().is_some_and(|first| !first.is_empty())
            && labels.any(|label| label.chars().take_while(|c| c.is_alphabetic()).count() > 1)
    })
}

/// The full stops that host names are written with (UTS 46), and one that looks like them.
fn is_dot(character: char) -> bool {
    matches!(character, '.' | '。' | '．' | '｡' | '․')
}

/// Three letters or more, all of them capitals. Two may be initials.
fn is_shouted(name: &str) -> bool {
    name.chars().filter(|c| c.is_alphabetic()).count() > 2
        && !name.chars().any(char::is_lowercase)
        && name.chars().any(char::is_uppercase)
}

fn capitalised(name: &str) -> String {
    let mut start_of_word = true;
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        if start_of_word {
            out.push(character);
        } else {
            out.extend(character.to_lowercase());
        }
        start_of_word = matches!(character, ' ' | '-' | '\'' | '’' | '.');
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shows_names_and_nothing_else() {
        for (given, shown) in [
            ("Rosan", Some("Rosan")),
            (" Anne  Marie ", Some("Anne Marie")),
            ("ROSAN", Some("Rosan")),
            ("MARY-ANN O'NEIL", Some("Mary-Ann O'Neil")),
            ("JR", Some("JR")),
            ("J.R.", Some("J.R.")),
            ("St. John", Some("St. John")),
            ("Zoë", Some("Zoë")),
            ("ZOË", Some("Zoë")),
            ("李小龙", Some("李小龙")),
            ("McDonald", Some("McDonald")),
            ("D’Arcy\u{a0}Ann\u{200b}", Some("D'Arcy Ann")),
            ("\u{200b}", None),
            ("｛｛ contact.email ｝｝", None),
            ("Unkn\u{ad}own", None),
            ("Unknown", None),
            ("UNKNOWN", None),
            ("N/A", None),
            ("", None),
            ("  ", None),
            ("-", None),
            ("🙂", None),
            ("+18887324197", None),
            ("888 732 4197", None),
            ("Rosan 2", None),
            ("{{contact.email}}", None),
            ("Ro{san", None),
            ("{% if %}", None),
            ("rosan@example.com", None),
            ("https://evil.example", None),
            ("evil.example", None),
            ("evil.example.", None),
            ("x.com", None),
            ("T.ME", None),
            ("a.io,", None),
            ("Ana (x.com)", None),
            ("x.com's", None),
            ("x\u{200b}.\u{2060}com", None),
            ("x。com", None),
            ("x．com", None),
            ("пример.рф", None),
            ("J.R.com", None),
            ("J. R. Smith", Some("J. R. Smith")),
            ("Ana M.", Some("Ana M.")),
            ("Ana...", Some("Ana...")),
            ("...Ana", Some("...Ana")),
            ("www.evil", None),
            ("Aaaaaaaaaaaaaaaaaaaaa", None),
            ("Ro\u{0}san", None),
        ] {
            assert_eq!(presentable(given, 20).as_deref(), shown, "{given:?}");
        }
        let padding = "\u{200b}".repeat(LONGEST);
        assert_eq!(presentable(&format!("{padding}Rosan"), 20), None);
    }

    proptest! {
        #[test]
        fn no_name_is_a_link(
            host in "[a-zA-Zé-]{1,8}", dot in "[.。．｡]", end in "[a-zA-Zа-я]{2,4}", after in "[ .,!')-]{0,2}",
        ) {
            let name = format!("{host}{dot}{end}{after}");
            prop_assert_eq!(presentable(&name, 20), None);
        }
    }
}
