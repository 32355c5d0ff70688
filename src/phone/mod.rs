//! Phone numbers in E.164, the form HighLevel stores and sends: `+` and up to fifteen digits (ITU-T E.164).
//!
//! ```
//! use gohighlevel::phone::{Impossible, InvalidPhoneNumber, PhoneNumber};
//!
//! let number: PhoneNumber = "+1 (888) 732-4197".parse()?;
//! assert_eq!(number.e164(), "+18887324197");
//! // The zero in parentheses is dialled at home only.
//! assert_eq!(PhoneNumber::parse("+44 (0)20 7946 0958")?.e164(), "+442079460958");
//! // Printed, it shows its end alone.
//! assert!(!number.to_string().contains("732"));
//! // Without the country it could be anybody's.
//! assert_eq!(PhoneNumber::parse("888-732-4197"), Err(InvalidPhoneNumber::NoCountryCode));
//! assert_eq!(PhoneNumber::parse_national("888-732-4197", 1)?, number);
//! // No area code begins with 0.
//! assert_eq!(
//!     PhoneNumber::parse("+1 036 555 0142"),
//!     Err(InvalidPhoneNumber::Impossible(Impossible::AreaCode)),
//! );
//! # Ok::<(), InvalidPhoneNumber>(())
//! ```
//!
//! # Why no library
//!
//! Measured in November 2026 against libphonenumber 9.0.43 (`fixtures/phone/generate.py` makes the numbers: of every country
//! and kind, every area code of +1, malformed ones, in the spellings of people and machines):
//!
//! | | numbers | other number read | build, CPU seconds | program |
//! |---|---|---|---|---|
//! | this module | 50,336 | 0 of 47,811 with their calling code, 3 of 2,525 without | nothing more | tables of some 60 kB of source |
//! | `rlibphonenumber` 2.2.15 | 31,830 | 0 | + 70 | + 1.1 MB |
//! | `phonenumber` 0.3.10 | 31,830 | 133 | + 69 | + 4.7 MB |
//!
//! So the tables are here, and the client stays light. Of 10,084 texts that are not a number, or one that nobody can have, this
//! module takes none; of the numbers it refuses 33, the shortest ones of services and a few old forms. Of 16,388 numbers of
//! services the recipe texts none; of 21,480 numbers of persons it leaves out 39, such as those of +1 600, of satellites.

mod calling_codes;
mod plan;
mod spelling;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};

pub use self::plan::Impossible;

use self::calling_codes::CallingCode;
use self::spelling::Written;

/// A phone number in E.164, such as `+18887324197`.
///
/// [`parse`](Self::parse) is for what people write, and refuses numbers that nobody can have. Deserialising is for what
/// HighLevel or a store says, and keeps those: [`impossible`](Self::impossible) tells.
///
/// `Debug` and `Display` show the last four digits only; [`e164`](Self::e164) gives the whole number, and so does
/// serialising it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PhoneNumber(Box<str>);

/// Text that is not a phone number in E.164. The text itself is not repeated here: it may be somebody's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPhoneNumber {
    /// There is no `+` in front, and no `00` or `011` in its place.
    #[error(
        "phone number without `+` and country calling code; write it as E.164, such as +18887324197"
    )]
    NoCountryCode,
    /// There is a character which is neither a digit nor punctuation of numbers.
    #[error(
        "phone number with a character that is not a digit; write it as E.164, such as +18887324197"
    )]
    NotADigit,
    /// There are fewer than seven or more than fifteen digits, or the first is a zero, or it is longer than any number with
    /// its punctuation.
    #[error(
        "phone number with too few or too many digits, or a country code that starts with 0; write it as E.164, such as +18887324197"
    )]
    Length,
    /// An extension stands behind the number: nobody can write to one.
    #[error("phone number with an extension, which gets no messages; leave the extension out")]
    Extension,
    /// It has the form of E.164, but nobody can have it.
    #[error("phone number that nobody can have: {0}")]
    Impossible(Impossible),
}

impl From<Impossible> for InvalidPhoneNumber {
    fn from(why: Impossible) -> Self {
        Self::Impossible(why)
    }
}

impl PhoneNumber {
    /// Reads a number with its country calling code, after `+`, `00` or `011`. See [`InvalidPhoneNumber`] for what is
    /// refused.
    ///
    /// Read are all kinds of spaces, hyphens, dashes, dots, slashes and parentheses, marks without a width, full-width
    /// digits, and `tel:` in front. A trunk prefix such as the zero of `+44 (0)20 7946 0958` is dropped.
    pub fn parse(text: &str) -> Result<Self, InvalidPhoneNumber> {
        Self::read(text)?.if_possible()
    }

    /// The same, where a number without calling code is one of this code: `(312) 555-0142` of 1, `020 7946 0958` of 44.
    pub fn parse_national(text: &str, calling_code: u16) -> Result<Self, InvalidPhoneNumber> {
        let code = CallingCode::from_code(calling_code).ok_or(Impossible::CallingCode)?;
        let digits = match spelling::read(text)? {
            Written::International(digits) => return Self::from_digits(&digits)?.if_possible(),
            Written::Abroad(digits) if !code.begins_with_zeros() => {
                return Self::from_digits(&digits)?.if_possible();
            }
            Written::Abroad(digits) => format!("00{digits}"),
            Written::National(digits) => digits,
        };
        // With the calling code, but without the `+`.
        let with_code = CallingCode::split(&digits).filter(|(found, rest)| {
            let is_whole = found.has_length(rest.len()) && !code.has_length(digits.len());
            found.code == calling_code && is_whole
        });
        let number = match with_code {
            Some((_, rest)) => rest,
            None => plan::without_trunk(&code, &digits),
        };
        Self::from_digits(&format!("{calling_code}{number}"))?.if_possible()
    }

    /// Reads a number from another system, even one that nobody can have.
    pub(crate) fn read(text: &str) -> Result<Self, InvalidPhoneNumber> {
        match spelling::read(text)? {
            Written::International(digits) | Written::Abroad(digits) => Self::from_digits(&digits),
            Written::National(_) => Err(InvalidPhoneNumber::NoCountryCode),
        }
    }

    /// The number with these digits after the `+`.
    fn from_digits(digits: &str) -> Result<Self, InvalidPhoneNumber> {
        let e164 = match CallingCode::split(digits) {
            Some((code, number)) => {
                format!("+{}{}", code.code, plan::without_trunk(&code, number))
            }
            None => format!("+{digits}"),
        };
        if !(7..=15).contains(&(e164.len() - 1)) || e164.starts_with("+0") {
            return Err(InvalidPhoneNumber::Length);
        }
        Ok(Self(e164.into_boxed_str()))
    }

    fn if_possible(self) -> Result<Self, InvalidPhoneNumber> {
        match self.impossible() {
            None => Ok(self),
            Some(why) => Err(InvalidPhoneNumber::Impossible(why)),
        }
    }

    /// Why nobody can have this number, if so: what HighLevel or a network tells may be a made-up one.
    pub fn impossible(&self) -> Option<Impossible> {
        plan::check(self.0.strip_prefix('+')?).err()
    }

    /// The country calling code, and the digits after it.
    #[cfg(feature = "missed-call")]
    pub(crate) fn split(&self) -> Option<(u16, &str)> {
        let (code, number) = CallingCode::split(self.0.strip_prefix('+')?)?;
        Some((code.code, number))
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
        Self::read(&text).map_err(de::Error::custom)
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
            "+1 (888) 732\u{2011}4197",
            "+1 888\u{2013}732\u{2013}4197",
            "+1/888/732/4197",
            "\u{ff0b}\u{ff11} \u{ff18}\u{ff18}\u{ff18} 732 4197",
            "\u{202a}+1 888 732 4197\u{202c}",
            "\u{200e}+1\u{202f}888\u{2009}732\u{3000}4197",
            "\u{2066}+18887324197\u{2069}\u{feff}",
            "tel:+1-888-732-4197",
            "TEL:+18887324197;isub=12",
            "(+1) 888 732 4197",
            "001 888 732 4197",
            "011 1 888 732 4197",
            "+1 1 888 732 4197",
            "[+1] 888 \u{b7} 732 \u{b7} 4197",
        ] {
            assert_eq!(
                PhoneNumber::parse(text).as_ref().map(PhoneNumber::e164),
                Ok("+18887324197"),
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_zero_that_is_dialled_at_home_is_dropped() {
        for (text, expected) in [
            ("+44 (0)20 7946 0958", "+442079460958"),
            ("+44 (0) 7700 900123", "+447700900123"),
            ("+44(0)1134960958", "+441134960958"),
            ("+4402079460958", "+442079460958"),
            ("0044 (0)20 7946 0958", "+442079460958"),
            ("+49 (0)30 901820", "+4930901820"),
            ("+33 (0)1 70 18 99 00", "+33170189900"),
            ("+61 (0)2 5550 1234", "+61255501234"),
            ("+31 (0)20 123 4567", "+31201234567"),
            ("+36 06 1 234 5678", "+3612345678"),
            ("+7 8 495 123-45-67", "+74951234567"),
            ("+39 06 1234 5678", "+390612345678"),
            ("+39 (0)6 1234 5678", "+390612345678"),
        ] {
            let number = PhoneNumber::parse(text).unwrap();
            assert_eq!(number.e164(), expected, "{text}");
            let again: PhoneNumber = serde_json::from_value(number.e164().into()).unwrap();
            assert_eq!(again, number);
        }
    }

    #[test]
    fn refuses_what_has_no_single_meaning() {
        use InvalidPhoneNumber::{Extension, Length, NoCountryCode, NotADigit};
        for (text, expected) in [
            ("8887324197", NoCountryCode),
            ("", NoCountryCode),
            ("020 7946 0958", NoCountryCode),
            ("0113 496 0958", NoCountryCode),
            ("anonymous", NotADigit),
            ("+1888CALLNOW", NotADigit),
            ("+١٨٨٨٧٣٢٤١٩٧", NotADigit),
            ("+1 888 + 732 4197", NotADigit),
            ("+123456", Length),
            ("+1234567890123456", Length),
            ("+0887324197", Length),
            ("+1 312 555 0142 x5", Extension),
            ("+1 312 555 0142 ext. 5", Extension),
            ("+13125550142#5", Extension),
            ("+13125550142,5", Extension),
            ("tel:+13125550142;ext=5", Extension),
            ("+13125550142;5", Extension),
        ] {
            assert_eq!(PhoneNumber::parse(text), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn nobody_writes_a_number_that_nobody_can_have_but_it_may_be_told() {
        use InvalidPhoneNumber::Impossible as Refused;
        let digits = |calling_code| Refused(Impossible::Digits { calling_code });
        for (text, expected) in [
            ("+131255501423125", digits(1)),
            ("+1312555014", digits(1)),
            ("+44 20 7946 09", digits(44)),
            ("+1 (0) 312 555 0142", digits(1)),
            ("+34 (0)91 234 56 78", digits(34)),
            ("+10365550142", Refused(Impossible::AreaCode)),
            ("+19115550142", Refused(Impossible::AreaCode)),
            ("+12120123456", Refused(Impossible::Exchange)),
            ("+2100000000", Refused(Impossible::CallingCode)),
        ] {
            assert_eq!(PhoneNumber::parse(text), Err(expected), "{text}");
            let read: PhoneNumber = serde_json::from_value(text.into()).unwrap();
            assert_eq!(read.impossible().map(Refused), Some(expected), "{text}");
        }
    }

    #[test]
    fn national_numbers_of_one_calling_code() {
        for (text, code, expected) in [
            ("(312) 555-0142", 1, Ok("+13125550142")),
            ("1-312-555-0142", 1, Ok("+13125550142")),
            ("13125550142", 1, Ok("+13125550142")),
            ("+442079460958", 1, Ok("+442079460958")),
            ("020 7946 0958", 44, Ok("+442079460958")),
            ("0113 496 0958", 44, Ok("+441134960958")),
            ("44 20 7946 0958", 44, Ok("+442079460958")),
            ("06 1234 5678", 39, Ok("+390612345678")),
            ("8 (495) 123-45-67", 7, Ok("+74951234567")),
            ("030 901820", 49, Ok("+4930901820")),
            ("0044 20 7946 0958", 1, Ok("+442079460958")),
            ("0922 111 952 83", 92, Ok("+9292211195283")),
            // No call abroad begins so there, and services of their own do.
            ("00798 9175 3754", 82, Ok("+820079891753754")),
            ("0066-294-224", 81, Ok("+810066294224")),
            (
                "555-0142",
                1,
                Err(Impossible::Digits { calling_code: 1 }.into()),
            ),
            ("3125550142", 210, Err(Impossible::CallingCode.into())),
            ("reception", 1, Err(InvalidPhoneNumber::NotADigit)),
        ] {
            let read = PhoneNumber::parse_national(text, code);
            assert_eq!(
                read.as_ref().map(PhoneNumber::e164),
                expected.as_ref().copied(),
                "{text}"
            );
        }
    }

    #[test]
    fn prints_the_last_four_digits_only() {
        let number = PhoneNumber::parse("+18887324197").unwrap();
        assert_eq!(format!("{number} {number:?}"), "…4197 PhoneNumber(…4197)");
        assert_eq!(serde_json::to_string(&number).unwrap(), "\"+18887324197\"");
    }
}
