//! Reads the digits of a number as people, address books and networks write it. The plan decides what they mean.

use super::InvalidPhoneNumber;

/// The longest text that is read, in bytes: no number is longer with all of its punctuation.
const LONGEST: usize = 100;

/// The digits of a number, as it was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// With the calling code in front: after `+` or `011`.
    International(String),
    /// The same after `00`, which some countries' own numbers begin with.
    Abroad(String),
    /// As it is dialled within some country.
    National(String),
}

/// Reads the digits. An extension is refused: nobody can write to it.
pub(super) fn read(text: &str) -> Result<Written, InvalidPhoneNumber> {
    if text.len() > LONGEST {
        return Err(InvalidPhoneNumber::Length);
    }
    let (number, context) = without_scheme(text)?;
    let mut digits = String::with_capacity(16);
    let mut plus = false;
    for (at, character) in number.char_indices() {
        match character {
            '0'..='9' => digits.push(character),
            '\u{ff10}'..='\u{ff19}' => digits.push(plain(character)),
            '+' | '\u{ff0b}' if !plus && digits.is_empty() => plus = true,
            _ if is_punctuation(character) => {}
            _ if begins_an_extension(&number[at..]) && digits.len() >= SHORTEST => {
                return Err(InvalidPhoneNumber::Extension);
            }
            _ => return Err(InvalidPhoneNumber::NotADigit),
        }
    }
    if plus {
        return Ok(Written::International(digits));
    }
    if let Some(context) = context {
        return Ok(Written::International(context + &digits));
    }
    Ok(abroad(digits))
}

/// What is shorter has no extension: it is something else than a number.
const SHORTEST: usize = 7;

/// What digits without a `+` are. The prefix for calls abroad is `00` in most of the world, and `011` in North America. `011`
/// is an area code elsewhere (`0113 496 0958`), so as many digits must follow as no such area has.
fn abroad(digits: String) -> Written {
    const AFTER_011: usize = 10;
    if let Some(rest) = digits.strip_prefix("00")
        && !rest.starts_with('0')
    {
        return Written::Abroad(rest.to_owned());
    }
    match digits.strip_prefix("011") {
        Some(rest) if rest.len() >= AFTER_011 => Written::International(rest.to_owned()),
        _ => Written::National(digits),
    }
}

/// A full-width digit as a plain one.
fn plain(digit: char) -> char {
    let value = u32::from(digit).wrapping_sub(0xff10);
    char::from_digit(value, 10).unwrap_or('0')
}

/// Without `tel:` in front and the parameters of RFC 3966 behind: the number, and the calling code that `phone-context`
/// gives.
fn without_scheme(text: &str) -> Result<(&str, Option<String>), InvalidPhoneNumber> {
    let text = text.trim_matches(|character: char| is_mark(character) || character.is_whitespace());
    let number = ["tel:", "callto:"].iter().find_map(|scheme| {
        let (first, rest) = text.split_at_checked(scheme.len())?;
        first.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let Some((number, parameters)) = number.unwrap_or(text).split_once(';') else {
        return Ok((number.unwrap_or(text), None));
    };
    let mut context = None;
    for parameter in parameters.split(';') {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "phone-context" => {
                let code = value.trim().strip_prefix('+');
                let is_code = |code: &&str| {
                    !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit())
                };
                context = code.filter(is_code).map(str::to_owned);
            }
            name if name.starts_with("ext") || name.bytes().all(|byte| byte.is_ascii_digit()) => {
                return Err(InvalidPhoneNumber::Extension);
            }
            _ => {}
        }
    }
    Ok((number, context))
}

fn begins_an_extension(rest: &str) -> bool {
    let rest = rest.get(..3).unwrap_or(rest).to_ascii_lowercase();
    rest.starts_with(['x', '#', ',', '\u{ff58}', '\u{ff03}']) || rest == "ext"
}

/// Marks without a width, which are copied along with numbers: for the direction of writing, joiners, soft hyphens.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

fn is_punctuation(character: char) -> bool {
    let is_sign = matches!(
        character,
        '-' | '.' | '/' | '(' | ')' | '[' | ']' | '~'
            | '\u{b7}' // middle dot
            | '\u{2010}'..='\u{2015}' // hyphens and dashes
            | '\u{2022}' // bullet
            | '\u{2043}' // hyphen bullet
            | '\u{2212}' // minus
            | '\u{fe63}'
            | '\u{ff08}' | '\u{ff09}' // full-width parentheses
            | '\u{ff0d}'..='\u{ff0f}' // full-width - . /
    );
    is_sign || is_mark(character) || character.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_for_calls_abroad() {
        let whole = |digits: &str| Ok(Written::International(digits.to_owned()));
        let at_home = |digits: &str| Ok(Written::National(digits.to_owned()));
        for (text, expected) in [
            ("+1 312", whole("1312")),
            ("(+44) 20 7946 0958", whole("442079460958")),
            (
                "0044 20 7946 0958",
                Ok(Written::Abroad("442079460958".into())),
            ),
            ("011 44 20 7946 0958", whole("442079460958")),
            ("tel:7946-0958;phone-context=+4420", whole("442079460958")),
            ("tel:+442079460958;phone-context=+1", whole("442079460958")),
            // Leeds, Reading, Turin and Delhi.
            ("0113 496 0958", at_home("01134960958")),
            ("0118 496 0958", at_home("01184960958")),
            ("011 496 0958", at_home("0114960958")),
            ("011 2345 6789", at_home("01123456789")),
            ("000 12", at_home("00012")),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
