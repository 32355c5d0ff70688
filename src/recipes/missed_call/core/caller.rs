//! Reads the caller from the number field of a call, as a network, a telephone system or a person wrote it.

use crate::phone::PhoneNumber;

/// Who called, as far as it matters for sending a text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Caller {
    /// A number. It may be one that cannot exist ([`PhoneNumber::impossible`]).
    Number(PhoneNumber),
    /// Three to six digits: a service rather than a person.
    ShortCode,
    /// The caller hid the number, or the network did not pass it on.
    Withheld,
    /// Anything else, such as a national number without its country code (it would be a different line in each country)
    /// or the name of a browser phone.
    Unreadable,
}

/// Words that networks send in place of a withheld number.
const WITHHELD_WORDS: &[&str] = &[
    "anonymous",
    "unknown",
    "restricted",
    "unavailable",
    "private",
    "blocked",
    "withheld",
    "hidden",
];

/// Words that may accompany those words and carry no meaning of their own.
const FILLING_WORDS: &[&str] = &[
    "caller", "callers", "call", "number", "name", "id", "user", "party", "phone", "is", "not",
    "invalid",
];

/// Phrases for a withheld number, with only their letters kept.
const WITHHELD_PHRASES: &[&str] = &[
    "nocallerid",
    "callerid",
    "nonumber",
    "noid",
    "notavailable",
    "numbernotavailable",
    "outofarea",
];

/// The same words typed on a telephone keypad, which carriers send as if they were numbers: `ANONYMOUS` is 266696687,
/// followed by `RESTRICTED`, `BLOCKED`, `UNKNOWN` and `UNAVAILABLE`.
const WITHHELD_DIGITS: &[&str] = &[
    "266696687",
    "7378742833",
    "2562533",
    "8656696",
    "86282452253",
];

impl Caller {
    /// Reads the `from` of a call: a number with its country code in any common notation ([`PhoneNumber::parse`]), also
    /// within `sip:…@…`, `client:…`, `tel:…` or after a name in `<…>`; a short code; or a placeholder for a withheld
    /// number, which is a word or only zeros.
    pub fn from_wire(from: Option<&str>) -> Self {
        let from = address(from.unwrap_or_default());
        let hides = if from.contains(char::is_numeric) {
            let digits: String = from.chars().filter(|sign| sign.is_numeric()).collect();
            let zeros = digits.bytes().all(|byte| byte == b'0');
            !from.contains(char::is_alphabetic)
                && (zeros || WITHHELD_DIGITS.contains(&digits.as_str()))
        } else {
            is_withheld(&from)
        };
        if hides {
            return Self::Withheld;
        }
        let short = from.strip_prefix('+').unwrap_or(&from);
        if (3..=6).contains(&short.len()) && short.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::ShortCode;
        }
        PhoneNumber::read(&from).map_or(Self::Unreadable, Self::Number)
    }

    /// Reads the `from` of a call like [`from_wire`](Self::from_wire). Returns `None` if it is missing or unreadable; the
    /// contact's own number is used then, because HighLevel has found the contact by the number and keeps it in E.164.
    pub(crate) fn readable(from: Option<&str>) -> Option<Self> {
        let from = from.filter(|from| !from.trim().is_empty())?;
        let caller = Self::from_wire(Some(from));
        (caller != Self::Unreadable).then_some(caller)
    }

    /// The number in such an address, if it holds one.
    pub(crate) fn number_in(address: Option<&str>) -> Option<PhoneNumber> {
        match Self::readable(address)? {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }
}

/// The inner part of an address: without a display name and its angle brackets, without the scheme and the host of a URI.
fn address(text: &str) -> String {
    let text = text.trim().trim_matches('"');
    let inner = text
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(inner, _)| inner.trim());
    let text = inner.filter(|inner| !inner.is_empty()).unwrap_or(text);
    let schemes = ["sips:", "sip:", "client:", "phone:"];
    let without = schemes.iter().find_map(|scheme| {
        let (first, rest) = text.split_at_checked(scheme.len())?;
        first.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let text = without.unwrap_or(text).trim();
    let text = text.split('@').next().unwrap_or_default();
    text.replace("%2B", "+").replace("%2b", "+")
}

/// Whether this text without digits says that the number is withheld.
fn is_withheld(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|character: char| !character.is_alphabetic())
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return true;
    }
    let says_so = |word: &&str| WITHHELD_WORDS.contains(word);
    let says_nothing = |word: &&str| says_so(word) || FILLING_WORDS.contains(word);
    (words.iter().any(says_so) && words.iter().all(says_nothing))
        || WITHHELD_PHRASES.contains(&words.concat().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_withheld() {
        for text in [
            "",
            "  ",
            "+",
            "Anonymous",
            "UNKNOWN",
            "restricted",
            "+Restricted",
            "unavailable",
            "Private",
            "Private Number",
            "PRIVATE CALLER",
            "Unknown caller",
            "Number withheld",
            "Caller ID Unavailable",
            "No Caller ID",
            "NoCallerID",
            "Not available",
            "OUT OF AREA",
            "sip:anonymous@anonymous.invalid",
            "SIP:Restricted@10.0.0.7",
            "\"Anonymous\" <sip:anonymous@anonymous.invalid>",
            "client:Anonymous",
            "+266696687",
            "266696687",
            "+7378742833",
            "+2562533",
            "+8656696",
            "+86282452253",
            "0000000000",
            "+00000000000",
        ] {
            assert_eq!(Caller::from_wire(Some(text)), Caller::Withheld, "{text:?}");
        }
        assert_eq!(Caller::from_wire(None), Caller::Withheld);
    }

    #[test]
    fn texts_that_are_neither_a_number_nor_withheld() {
        for text in ["611", "72345", "+787878"] {
            assert_eq!(Caller::from_wire(Some(text)), Caller::ShortCode, "{text:?}");
        }
        for text in [
            "8887324197",
            "18887324197",
            "12",
            "1234567",
            "client:rosan",
            "client:agent_7",
            "sip:3125550142@example.com",
            "Private Bank",
            "MARIA LOPEZ",
            "maria@example.com",
            "Unknown Mortal 7",
            "+18887324197 x5",
        ] {
            assert_eq!(
                Caller::from_wire(Some(text)),
                Caller::Unreadable,
                "{text:?}"
            );
            assert_eq!(Caller::readable(Some(text)), None, "{text:?}");
        }
        assert_eq!(Caller::readable(None), None);
        assert_eq!(Caller::readable(Some(" ")), None);
    }

    #[test]
    fn numbers_in_what_networks_write_around_them() {
        for text in [
            " +1 (888) 732-4197",
            "tel:+1-888-732-4197",
            "sip:+18887324197@sip.example.com",
            "sips:+18887324197@10.0.0.7:5061;user=phone",
            "SIP:%2B18887324197@example.com",
            "sip:+18887324197;phone-context=example.com@example.com",
            "<sip:+18887324197@example.com>",
            "\"Maria Lopez\" <sip:+18887324197@example.com>;tag=7",
            "Maria Lopez <+18887324197>",
            "client:+18887324197",
            "\u{202a}+1 888\u{2011}732\u{2011}4197\u{202c}",
            "0018887324197",
            "\u{ff0b}\u{ff11}\u{ff18}\u{ff18}\u{ff18}\u{ff17}\u{ff13}\u{ff12}\u{ff14}\u{ff11}\u{ff19}\u{ff17}",
        ] {
            let Some(Caller::Number(number)) = Caller::readable(Some(text)) else {
                panic!("{text:?} has a number");
            };
            assert_eq!(number.e164(), "+18887324197", "{text:?}");
        }
        // The number is readable, but cannot exist.
        assert!(matches!(
            Caller::from_wire(Some("+1312555014")),
            Caller::Number(_)
        ));
    }
}
