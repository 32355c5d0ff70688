//! Phone numbers in E.164, the form HighLevel stores and sends: `+` and up to fifteen digits (ITU-T E.164).
//!
//! ```
//! use gohighlevel::phone::{InvalidPhoneNumber, PhoneNumber};
//!
//! let number: PhoneNumber = "+1 (888) 732-4197".parse()?;
//! assert_eq!(number.e164(), "+18887324197");
//! // Printed, it shows its end alone.
//! assert!(!number.to_string().contains("732"));
//! // Without the country it could be anybody's.
//! assert_eq!(PhoneNumber::parse("732-4197"), Err(InvalidPhoneNumber::NoCountryCode));
//! # Ok::<(), InvalidPhoneNumber>(())
//! ```

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};

/// A phone number in E.164, such as `+18887324197`.
///
/// Parsing accepts the punctuation people write (`+1 (888) 732-4197`) but asks for the `+` and the country calling
/// code: without them a number means something else in each country.
///
/// `Debug` and `Display` show the last four digits only; [`e164`](Self::e164) gives the whole number, and so does
/// serialising it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PhoneNumber(Box<str>);

/// Text that is not a phone number in E.164. The text itself is not repeated here: it may be somebody's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhoneNumber {
    /// There is no `+` in front.
    #[error(
        "phone number without `+` and country calling code; write it as E.164, such as +18887324197"
    )]
    NoCountryCode,
    /// There is a character which is neither a digit nor `-`, `.`, `(`, `)` or a space.
    #[error(
        "phone number with a character that is no digit; write it as E.164, such as +18887324197"
    )]
    NotADigit,
    /// There are fewer than seven or more than fifteen digits, or the first is a zero, or it is longer than any number with
    /// its punctuation.
    #[error(
        "phone number with too few or too many digits, or a country code that starts with 0; write it as E.164, such as +18887324197"
    )]
    Length,
}

impl PhoneNumber {
    /// Reads a number with `+` and country calling code. See [`InvalidPhoneNumber`] for what is refused.
    pub fn parse(text: &str) -> Result<Self, InvalidPhoneNumber> {
        const LONGEST: usize = 100;
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(InvalidPhoneNumber::Length);
        }
        let rest = text
            .strip_prefix('+')
            .ok_or(InvalidPhoneNumber::NoCountryCode)?;
        let mut e164 = String::with_capacity(16);
        e164.push('+');
        for character in rest.chars() {
            match character {
                '0'..='9' => e164.push(character),
                ' ' | '\u{a0}' | '-' | '.' | '(' | ')' => {}
                _ => return Err(InvalidPhoneNumber::NotADigit),
            }
        }
        let digits = e164.len() - 1;
        if !(7..=15).contains(&digits) || e164.starts_with("+0") {
            return Err(InvalidPhoneNumber::Length);
        }
        Ok(Self(e164.into_boxed_str()))
    }

    /// The whole number, such as `+18887324197`. Do not log it.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The last four digits, which is what may be printed.
    pub fn last_four(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    fn from_str(text: &str) -> Result<Self, InvalidPhoneNumber> {
        Self::parse(text)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…{}", self.last_four())
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber(…{})", self.last_four())
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for text in [
            "+18887324197",
            "+1 888-732-4197",
            " +1 (888) 732.4197 ",
            "+1\u{a0}888 7324197",
        ] {
            assert_eq!(PhoneNumber::parse(text).unwrap().e164(), "+18887324197");
        }
    }

    #[test]
    fn refuses_what_has_no_single_meaning() {
        use InvalidPhoneNumber::{Length, NoCountryCode, NotADigit};
        for (text, expected) in [
            ("8887324197", NoCountryCode),
            ("", NoCountryCode),
            ("anonymous", NoCountryCode),
            ("+1888CALLNOW", NotADigit),
            ("+١٨٨٨٧٣٢٤١٩٧", NotADigit),
            ("+123456", Length),
            ("+1234567890123456", Length),
            ("+0887324197", Length),
        ] {
            assert_eq!(PhoneNumber::parse(text), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn prints_the_last_four_digits_only() {
        let number = PhoneNumber::parse("+18887324197").unwrap();
        assert_eq!(format!("{number} {number:?}"), "…4197 PhoneNumber(…4197)");
        assert_eq!(serde_json::to_string(&number).unwrap(), "\"+18887324197\"");
    }
}
