//! Checks whether a number can exist, by the lengths of `calling_codes` and, for +1, by its plan; and takes trunk prefixes
//! off. A number that nobody has yet may be given out tomorrow; one that breaks the format of its country's plan never is.

use std::fmt;

use super::calling_codes::CallingCode;

/// Why there can be no such number. `Display` says what to correct, without the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Impossible {
    /// No country has the calling code.
    CallingCode,
    /// There are too few or too many digits after the calling code.
    Digits {
        /// The calling code.
        calling_code: u16,
    },
    /// After +1: an area code that begins with 0 or 1 or with 37 or 96, ends with 11, or has a 9 in its middle.
    AreaCode,
    /// After +1 and the area code: three digits that begin with 0 or 1, or end with 11.
    Exchange,
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CallingCode => f.write_str(
                "no country has this calling code; write the country's code after the `+`",
            ),
            Self::Digits { calling_code } => {
                write!(f, "after +{calling_code} there must be ")?;
                let known = CallingCode::from_code(*calling_code).map_or(&[][..], |known| known.lengths);
                for (at, length) in known.iter().enumerate() {
                    let before = match at {
                        0 => "",
                        at if at + 1 == known.len() => " or ",
                        _ => ", ",
                    };
                    write!(f, "{before}{length}")?;
                }
                f.write_str(" digits; look for one that is missing or too many")
            }
            Self::AreaCode => f.write_str(
                "no area code of +1 begins with 0 or 1, with 37 or 96, ends with 11 or has a 9 in its middle; look for a \
                 wrong digit after the +1",
            ),
            Self::Exchange => f.write_str(
                "the three digits after the area code begin with 0 or 1 or end with 11, which none of +1 do; look for a \
                 wrong digit there",
            ),
        }
    }
}

/// Drops the trunk prefix that is dialled within the country alone: the zero of `+44 (0)20 7946 0958`. Where numbers
/// themselves begin with it, as with Italy's zero, it stays.
pub(super) fn without_trunk<'n>(code: &CallingCode, number: &'n str) -> &'n str {
    let without = code.trunks.iter().find_map(|trunk| {
        let rest = number.strip_prefix(trunk)?;
        // Services that are reached from abroad alone begin with two zeros in some countries.
        let is_one = if trunk.ends_with('0') {
            !rest.starts_with('0')
        } else {
            !code.has_length(number.len())
        };
        (is_one && code.has_length(rest.len())).then_some(rest)
    });
    without.unwrap_or(number)
}

/// Whether there can be such a number, by the digits after its `+`.
pub(super) fn check(digits: &str) -> Result<(), Impossible> {
    let Some((code, number)) = CallingCode::split(digits) else {
        return Err(Impossible::CallingCode);
    };
    if !code.has_length(number.len()) {
        return Err(Impossible::Digits {
            calling_code: code.code,
        });
    }
    if code.code == 1 {
        check_north_american(number.as_bytes())?;
    }
    Ok(())
}

/// NXX-NXX-XXXX, where N is 2 to 9 (ATIS-0300051, ATIS-0300055): codes that end with 11 are services, a 9 in the middle of
/// an area code is kept for longer numbers, and so are 37X and 96X.
fn check_north_american(number: &[u8]) -> Result<(), Impossible> {
    let [a, b, c, d, e, f, ..] = number else {
        return Ok(()); // Its length was looked at.
    };
    // Samples are written with 555, and no place has it.
    if [a, b, c] == [&b'5'; 3] {
        return Ok(());
    }
    let of_area = matches!(a, b'0' | b'1')
        || (b, c) == (&b'1', &b'1')
        || *b == b'9'
        || matches!((a, b), (b'3', b'7') | (b'9', b'6'));
    if of_area {
        return Err(Impossible::AreaCode);
    }
    // Area codes with the same two digits at their end belong to no place, and 1-800-411-… are people's.
    let of_a_place = b != c;
    if matches!(d, b'0' | b'1') || (of_a_place && (e, f) == (&b'1', &b'1')) {
        return Err(Impossible::Exchange);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_break_the_format_of_their_plan() {
        let digits = |calling_code| Err(Impossible::Digits { calling_code });
        let (area, exchange) = (Err(Impossible::AreaCode), Err(Impossible::Exchange));
        for (number, expected) in [
            ("13125550142", Ok(())),
            ("15550001111", Ok(())),
            ("18004117246", Ok(())),
            ("18884110142", Ok(())),
            ("442079460958", Ok(())),
            ("390612345678", Ok(())),
            ("131255501423125", digits(1)),
            ("1312555014", digits(1)),
            ("1601586", digits(1)),
            ("4402079460958", digits(44)),
            ("3461234567", digits(34)),
            ("10365550142", area),
            ("10235550123", area),
            ("11235550123", area),
            ("19115550142", area),
            ("12115550142", area),
            ("12945550142", area),
            ("13705550142", area),
            ("19615550142", area),
            ("12120123456", exchange),
            ("12121123456", exchange),
            ("13129110142", exchange),
            ("18001234567", exchange),
            ("2100000000", Err(Impossible::CallingCode)),
            ("9991234567", Err(Impossible::CallingCode)),
        ] {
            assert_eq!(check(number), expected, "{number}");
        }
    }

    #[test]
    fn says_how_many_digits_there_must_be() {
        let said = |calling_code| Impossible::Digits { calling_code }.to_string();
        assert!(said(1).starts_with("after +1 there must be 10 digits;"));
        assert!(said(44).starts_with("after +44 there must be 7, 9 or 10 digits;"));
    }

    #[test]
    fn the_trunk_prefix_goes_and_italys_zero_stays() {
        for (code, number, expected) in [
            (44, "02079460958", "2079460958"),
            (49, "03012345678", "3012345678"),
            (36, "0612345678", "12345678"),
            (7, "84951234567", "4951234567"),
            (375, "80291234567", "291234567"),
            (1, "12125550123", "2125550123"),
            (39, "0612345678", "0612345678"),
            (225, "0123456789", "0123456789"),
            (91, "0008001234567", "0008001234567"),
            (44, "2079460958", "2079460958"),
        ] {
            let code = CallingCode::from_code(code).unwrap();
            assert_eq!(without_trunk(&code, number), expected, "+{}", code.code);
        }
    }
}
