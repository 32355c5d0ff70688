//! Text that came from outside, made fit to be printed.

/// Takes phone numbers, e-mail addresses and tokens out of a text that came from outside, and bounds its length.
pub(crate) fn scrub(text: &str) -> String {
    const LONGEST: usize = 300;
    let mut out = String::new();
    let mut rest = text;
    let mut boundary = true;
    while let Some(first) = rest.chars().next() {
        if out.len() >= LONGEST {
            out.push('…');
            break;
        }
        if boundary {
            if let Some(length) = phone_like(rest) {
                out.push_str("[number]");
                rest = &rest[length..];
                boundary = false;
                continue;
            }
            let word = rest
                .split(|c: char| c.is_whitespace() || "\"'<>(),;".contains(c))
                .next()
                .unwrap_or("");
            if word.len() > 1 {
                if word.contains('@') && word.contains('.') {
                    out.push_str("[e-mail]");
                    rest = &rest[word.len()..];
                    boundary = false;
                    continue;
                }
                if word.starts_with("pit-") || word.starts_with("eyJ") {
                    out.push_str("[token]");
                    rest = &rest[word.len()..];
                    boundary = false;
                    continue;
                }
            }
        }
        out.push(if first.is_control() { ' ' } else { first });
        boundary = !first.is_alphanumeric();
        rest = &rest[first.len_utf8()..];
    }
    out
}

/// The length of a phone number at the start of `text`: seven digits or more with the usual punctuation.
fn phone_like(text: &str) -> Option<usize> {
    let mut digits = 0;
    let mut end = 0;
    for (at, character) in text.char_indices() {
        match character {
            '0'..='9' => {
                digits += 1;
                end = at + 1;
            }
            '+' if at == 0 => {}
            '(' if digits == 0 => {}
            ' ' | '-' | '.' | '(' | ')' if digits > 0 => {}
            _ => break,
        }
    }
    let ends_a_word = !text[end..].starts_with(char::is_alphanumeric);
    (digits >= 7 && ends_a_word).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrubbing_takes_out_people_and_tokens_and_leaves_ids() {
        for (text, expected) in [
            (
                "Cannot send message as +18887324197 has unsubscribed",
                "Cannot send message as [number] has unsubscribed",
            ),
            ("call (888) 732-4197 now", "call [number] now"),
            (
                "email rosan@example.com is taken",
                "email [e-mail] is taken",
            ),
            (
                "token pit-12-34 bad, eyJhbGci.x.y too",
                "token [token] bad, [token] too",
            ),
            (
                "contact ve9EPM428h8vShlRW1KT in 78559bb3-b920-461e-b010-7b2a2816d2a9",
                "contact ve9EPM428h8vShlRW1KT in 78559bb3-b920-461e-b010-7b2a2816d2a9",
            ),
            ("status 422\nline", "status 422 line"),
        ] {
            assert_eq!(scrub(text), expected);
        }
        assert!(scrub(&"ä".repeat(5000)).len() < 320);
    }
}
