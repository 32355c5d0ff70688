//! Placeholders of other tools, which would be sent unchanged: `{first_name}`, `[First Name]`, `%first_name%`,
//! `${first_name}`, `<<first_name>>`.

use super::unknown_field::{meant, slug};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;

/// The longest text inside a placeholder, in characters.
const LONGEST: usize = 40;

/// At most this many are reported.
const MOST_REPORTED: usize = 20;

/// The marks around placeholders, and whether any word between them makes a placeholder. Between the others, only a
/// word that names something to fill in does.
const MARKS: [(&str, &str, bool); 8] = [
    ("${", "}", true),
    ("#{", "}", true),
    ("{", "}", true),
    ("<<", ">>", true),
    ("*|", "|*", true),
    ("%", "%", true),
    ("[", "]", false),
    ("<", ">", false),
];

/// Words that name something to fill in.
const FILLED_IN: [&str; 24] = [
    "name",
    "first",
    "last",
    "firstname",
    "lastname",
    "fullname",
    "business",
    "company",
    "clinic",
    "studio",
    "customer",
    "client",
    "contact",
    "patient",
    "phone",
    "email",
    "link",
    "url",
    "address",
    "booking",
    "calendar",
    "insert",
    "your",
    "website",
];

/// What is wrong with the placeholders in the literal words of a text; each placeholder is reported once.
pub(crate) fn placeholder_faults(words: &str) -> Vec<Diagnostic> {
    let mut faults: Vec<Diagnostic> = Vec::new();
    let mut rest = words;
    while let Some(at) = rest.find(['$', '#', '{', '<', '*', '%', '[']) {
        rest = &rest[at..];
        match placeholder(rest) {
            Some((whole, inside)) => {
                let fault = fault(whole, inside);
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
                if faults.len() >= MOST_REPORTED {
                    break;
                }
                rest = &rest[whole.len()..];
            }
            None => {
                let next = rest.chars().next().map_or(1, char::len_utf8);
                rest = &rest[next..];
            }
        }
    }
    faults
}

/// The placeholder at the beginning of `text`, and the words in it.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    MARKS.iter().find_map(|(open, close, any)| {
        let inside = text.strip_prefix(open)?;
        let near = inside
            .char_indices()
            .nth(LONGEST)
            .map_or(inside.len(), |(at, _)| at);
        let end = inside[..near].find(close)?;
        let (inside, after) = inside.split_at(end);
        let is_sound = inside.starts_with(char::is_alphabetic)
            && inside.ends_with(|c: char| c.is_alphanumeric() || c == '_')
            && inside
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ' '));
        // "[" of a link in brackets, "50% and 20%".
        let is_filled_in = || {
            let words = slug(inside);
            meant(inside).is_some() || words.split('_').any(|word| FILLED_IN.contains(&word))
        };
        let whole = &text[..text.len() - after.len() + close.len()];
        (is_sound && (*any || is_filled_in())).then_some((whole, inside))
    })
}

fn fault(whole: &str, inside: &str) -> Diagnostic {
    let what =
        format!("`{whole}` looks like a placeholder of another tool, and would be sent unchanged");
    let remedy = match meant(inside) {
        Some(field) if field.starts_with("custom_values.") => {
            "write `{{ custom_values.booking_link }}` with the key of your custom value".to_owned()
        }
        Some(field) => format!("write `{{{{ {field} }}}}`"),
        None if inside.to_lowercase().starts_with("custom_values.") => {
            format!(
                "write `{{{{ custom_values.{} }}}}`",
                slug(&inside["custom_values.".len()..])
            )
        }
        None => "write a merge field, such as `{{ contact.first_name }}`, or the words themselves"
            .to_owned(),
    };
    Diagnostic::new(what, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_of_other_tools() {
        for (words, remedy) in [
            ("Hi {first_name}, sorry", "write `{{ contact.first_name }}`"),
            (
                "Hi {contact.first_name}!",
                "write `{{ contact.first_name }}`",
            ),
            ("Hi {First Name}!", "write `{{ contact.first_name }}`"),
            ("Hi [First Name]!", "write `{{ contact.first_name }}`"),
            ("Hi [Name]!", "write `{{ contact.name }}`"),
            ("[Business Name] here", "write `{{ location.name }}`"),
            ("[Your Business] here", "write `{{ location.name }}`"),
            (
                "Hi ${contact.first_name}",
                "write `{{ contact.first_name }}`",
            ),
            ("Hi %first_name%", "write `{{ contact.first_name }}`"),
            ("Hi %FIRSTNAME%", "write `{{ contact.first_name }}`"),
            (
                "Hi <<contact.first_name>>",
                "write `{{ contact.first_name }}`",
            ),
            ("Hi <First Name>", "write `{{ contact.first_name }}`"),
            ("Hi *|FNAME|*", "write `{{ contact.first_name }}`"),
            (
                "Book: [studio booking link]",
                "write `{{ custom_values.booking_link }}` with the key of your custom value",
            ),
            (
                "Book: {custom_values.calendly_link}",
                "write `{{ custom_values.calendly_link }}`",
            ),
            (
                "By {staff}",
                "write a merge field, such as `{{ contact.first_name }}`, or the words themselves",
            ),
        ] {
            let faults = placeholder_faults(words);
            let remedies: Vec<_> = faults.iter().map(|fault| fault.remedy.as_str()).collect();
            assert_eq!(remedies, [remedy], "{words}");
        }
    }

    #[test]
    fn ordinary_words_are_not_placeholders() {
        for words in [
            "Save 10% today and 20% tomorrow",
            "50% off, 100% yours",
            "Reply [Y] or [N]",
            "Open [Mon to Fri]",
            "a < b > c, 1 <2> 3",
            "costs $50, #1 in town",
            "{ }",
            "a {{b",
            ":-} {:",
            "[1] [2]",
            "https://a.example/%20x%20y",
        ] {
            assert_eq!(placeholder_faults(words), [], "{words}");
        }
    }
}
