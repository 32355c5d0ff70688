//! Text that came from outside, made fit to be printed.

/// Takes phone numbers, e-mail addresses, tokens and quoted values out of a text that came from outside, and bounds its
/// length. The names of properties may stand in quotes; they stay.
pub(crate) fn scrub(text: &str) -> String {
    const LONGEST: usize = 300;
    let read = beginning(text);
    let mut out = String::new();
    let mut rest = read;
    let mut boundary = true;
    while let Some(first) = rest.chars().next() {
        if out.len() >= LONGEST {
            break;
        }
        if boundary {
            if let Some(length) = id_like(rest) {
                out.push_str(&rest[..length]);
                rest = &rest[length..];
                boundary = false;
                continue;
            }
            if let Some((length, instead)) = personal(rest) {
                out.push_str(instead);
                rest = &rest[length..];
                boundary = false;
                continue;
            }
        }
        out.push(if first.is_control() { ' ' } else { first });
        boundary = !first.is_alphanumeric();
        rest = &rest[first.len_utf8()..];
    }
    if !rest.is_empty() {
        // Half a name is one, too.
        let whole = out.rfind(|character: char| !character.is_alphanumeric());
        out.truncate(whole.unwrap_or(out.len()));
    }
    if !rest.is_empty() || read.len() < text.len() {
        out.push('…');
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

/// As much of a text as is read: what is left of it is far more than is shown. It ends between words, and outside of
/// numbers, which would not be known by their halves.
fn beginning(text: &str) -> &str {
    const LONGEST: usize = 2048;
    if text.len() <= LONGEST {
        return text;
    }
    let beginning = &text[..text.floor_char_boundary(LONGEST)];
    let words = beginning.rfind(char::is_whitespace);
    let words = words.map_or(beginning, |end| &beginning[..end]);
    words.trim_end_matches(|end: char| !end.is_alphabetic())
}

/// What must not be printed at the start of `text`: its length, and what is printed instead.
fn personal(text: &str) -> Option<(usize, &'static str)> {
    if let Some(length) = phone_like(text) {
        return Some((length, "[number]"));
    }
    if let Some(length) = quoted_value(text) {
        return Some((length, "[value]"));
    }
    let word = text
        .split(|c: char| c.is_whitespace() || "\"'<>(),;".contains(c))
        .next()
        .unwrap_or_default();
    if word.contains('@') && word.contains('.') {
        Some((word.len(), "[e-mail]"))
    } else if word.starts_with("pit-") || word.starts_with("eyJ") {
        Some((word.len(), "[token]"))
    } else {
        None
    }
}

/// The length of a quotation at the start of `text`, unless it reads like the name of a property.
fn quoted_value(text: &str) -> Option<usize> {
    let open = text.chars().next()?;
    let close = match open {
        '"' | '\'' | '`' => open,
        '“' => '”',
        '‘' => '’',
        '«' => '»',
        _ => return None,
    };
    let inside = &text[open.len_utf8()..];
    let (inside, after) = inside.split_once(close)?;
    let is_property = inside.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && inside
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-[]$".contains(&byte));
    let ends_a_word = !after.starts_with(char::is_alphanumeric);
    (!is_property && !inside.is_empty() && ends_a_word).then(|| text.len() - after.len())
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
            (
                "\"firstName\" must not be \"Rosan Gautam\"",
                "\"firstName\" must not be [value]",
            ),
            (
                "'tags[0]' can't hold 'Botox'",
                "'tags[0]' can't hold [value]",
            ),
            (
                "the title “call Rosan” is taken",
                "the title [value] is taken",
            ),
            ("the user's \"name", "the user's \"name"),
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

    #[test]
    fn what_is_cut_off_ends_between_words_and_numbers() {
        let long = format!("{} Rosan", "x".repeat(297));
        assert_eq!(scrub(&long), format!("{}…", "x".repeat(297)));
        let number = "+1 (888) 732-4197 ";
        for begin in 0..number.len() {
            let text = format!("{}{}", "pit-1 ".repeat(330), &number.repeat(90)[begin..]);
            let shown = scrub(&text).replace("[number]", "").replace("[token]", "");
            let digits = shown.bytes().filter(u8::is_ascii_digit).count();
            assert!(digits < 11, "{shown}");
        }
    }
}
