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
            if let Some(length) = id_like(rest) {
                out.push_str(&rest[..length]);
                rest = &rest[length..];
                boundary = false;
                continue;
            }
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

/// The length of an id at the start of `text`, such as a UUID: hexadecimal digits with hyphens between, more of them than a
/// phone number has. Some of their groups would pass for one.
fn id_like(text: &str) -> Option<usize> {
    let of_word = |c: char| c.is_alphanumeric() || c == '-';
    let end = text.find(|c| !of_word(c)).unwrap_or(text.len());
    let word = &text[..end];
    let digits = word.bytes().filter(u8::is_ascii_hexdigit).count();
    let hyphens = word.bytes().filter(|byte| *byte == b'-').count();
    ((20..=64).contains(&digits) && digits + hyphens == word.len()).then_some(end)
}

/// An id that HighLevel gave under a name of its own, made fit to be printed.
pub(crate) fn scrub_id(text: &str) -> String {
    let of_id = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte);
    let secret = text.starts_with("pit-") || text.starts_with("eyJ");
    if text.len() <= 128 && text.bytes().all(of_id) && !secret {
        text.to_owned()
    } else {
        scrub(text)
    }
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
            (
                "f9ba9e5e-7265559-a1ba-2a30a3edf0a2: +1 (888) 732-4197-1",
                "f9ba9e5e-7265559-a1ba-2a30a3edf0a2: [number]",
            ),
            (
                "12345678-1234-1234-1234-123456789012",
                "12345678-1234-1234-1234-123456789012",
            ),
            ("abc-3125550142", "abc-[number]"),
            ("status 422\nline", "status 422 line"),
        ] {
            assert_eq!(scrub(text), expected);
        }
        assert!(scrub(&"ä".repeat(5000)).len() < 320);
    }
    #[test]
    fn an_id_stays_whole_whatever_its_digits() {
        for id in [
            "f9ba9e5e-2217-4432-a1ba-2a30a3edf0a2",
            "00000000-1111-2222-3333-444444444444",
            "0f6a1c51-7265559-a",
            "105445aa7843bc8bf206b12000100000/1",
        ] {
            assert_eq!(scrub_id(id), id);
        }
        assert_eq!(scrub_id("call +13125550142"), "call [number]");
        assert_eq!(scrub_id("pit-12-34"), "[token]");
        assert!(scrub_id(&"a".repeat(5000)).len() < 320);
    }
}
