//! How many segments a text takes, and therefore what it costs: encodings, segment sizes, characters that must not be
//! split. Counting only; [`budget`](super::budget) decides what to do about a text that is too long.
//!
//! Sources: 3GPP TS 23.038 (the GSM 7-bit default alphabet with its extension table, UCS-2) and TS 23.040 (the header
//! of six octets that joins the segments). Twilio, on whose network HighLevel's phone system builds, counts emoji as
//! two units of UTF-16, and gives toll-free senders in the United States and Canada segments of 152 and 66 units; its
//! customers quote the second number from Twilio's notes on message length (such as epicmessages.com/?p=1472).

use crate::phone::PhoneNumber;

/// The area codes of toll-free numbers in North America (47 CFR 52.101, NANPA).
const TOLL_FREE: [&str; 7] = ["800", "833", "844", "855", "866", "877", "888"];

/// The kind of number that a text is sent from. It decides how much fits into a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SenderKind {
    /// An ordinary local or mobile number.
    #[default]
    LongCode,
    /// A toll-free number of the United States or Canada; its segments are one unit shorter.
    TollFree,
}

impl SenderKind {
    /// The kind of this number: toll-free for +1 800, 833, 844, 855, 866, 877 and 888.
    pub fn of(number: &PhoneNumber) -> Self {
        let code = number
            .e164()
            .strip_prefix("+1")
            .and_then(|rest| rest.get(..3));
        if code.is_some_and(|code| TOLL_FREE.contains(&code)) {
            Self::TollFree
        } else {
            Self::LongCode
        }
    }
}

/// The encoding of a text: GSM-7, unless one of its characters is not in that alphabet.
// Exhaustive on purpose: text messages have no third encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// The GSM 7-bit default alphabet, counted in septets.
    Gsm7,
    /// UCS-2, in fact UTF-16, counted in units of 16 bits. It has every character, and a segment holds less than half
    /// as many.
    Ucs2,
}

/// How long a text is and how many segments it takes. Each segment is billed as one message.
///
/// ```
/// use gohighlevel::recipes::missed_call::copy::{Encoding, Segments, SenderKind};
///
/// let straight = Segments::of(&"It's so. ".repeat(17), SenderKind::LongCode);
/// assert_eq!((straight.units(), straight.segments()), (153, 1));
///
/// // One curly quote, and the same text costs three times as much.
/// let curly = Segments::of(&"It’s so. ".repeat(17), SenderKind::LongCode);
/// assert_eq!((curly.encoding(), curly.segments()), (Encoding::Ucs2, 3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Segments {
    encoding: Encoding,
    units: usize,
    segments: usize,
}

impl Segments {
    /// Counts `text`, sent as it is from such a number.
    pub fn of(text: &str, sender: SenderKind) -> Self {
        Self::with_appended(text, 0, sender)
    }

    /// The same with `appended` characters of the default alphabet after it.
    pub(super) fn with_appended(text: &str, appended: usize, sender: SenderKind) -> Self {
        let characters = || text.chars().chain(std::iter::repeat_n('x', appended));
        let of_gsm7: Option<usize> = characters().map(septets).sum();
        let (encoding, units) = match of_gsm7 {
            Some(units) => (Encoding::Gsm7, units),
            None => (Encoding::Ucs2, characters().map(char::len_utf16).sum()),
        };
        let (single, joined) = capacity(encoding, sender);
        let segments = match encoding {
            _ if units <= single => usize::from(units > 0),
            Encoding::Gsm7 => joined_segments(characters().filter_map(septets), joined),
            Encoding::Ucs2 => joined_segments(characters().map(char::len_utf16), joined),
        };
        Self {
            encoding,
            units,
            segments,
        }
    }

    /// How many units it is too long for `most` segments; 0 if it fits.
    pub(super) fn excess(self, most: usize, sender: SenderKind) -> usize {
        if self.segments <= most {
            return 0;
        }
        let (single, joined) = capacity(self.encoding, sender);
        let room = if most <= 1 { single } else { joined * most };
        // A unit can stay empty at the end of a segment.
        self.units.saturating_sub(room).max(1)
    }

    /// The encoding.
    pub fn encoding(self) -> Encoding {
        self.encoding
    }

    /// The length: septets in GSM-7, where a character of the extension table (`^ { } \ [ ] ~ | €`) takes two; units of
    /// UTF-16 otherwise, where most emoji take two or more.
    pub fn units(self) -> usize {
        self.units
    }

    /// The number of segments; 0 only for an empty text.
    pub fn segments(self) -> usize {
        self.segments
    }
}

/// Whether the character is in the GSM 7-bit default alphabet or its extension table.
pub(super) fn is_gsm7(character: char) -> bool {
    septets(character).is_some()
}

/// How many septets the character takes in the default alphabet; a character of the extension table takes an escape and
/// a second septet.
fn septets(character: char) -> Option<usize> {
    match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '\n' | '\r' => Some(1),
        '!'..='#' | '%'..='/' | ':'..='?' | '@' | '$' | '_' => Some(1),
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Δ' | 'Φ' | 'Γ'
        | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡' | 'Ä'
        | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä' | 'ö' | 'ñ' | 'ü' | 'à' => Some(1),
        '\u{c}' | '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '€' => Some(2),
        _ => None,
    }
}

/// What fits into a single segment, and into each of several.
fn capacity(encoding: Encoding, sender: SenderKind) -> (usize, usize) {
    match (encoding, sender) {
        (Encoding::Gsm7, SenderKind::LongCode) => (160, 153),
        (Encoding::Gsm7, SenderKind::TollFree) => (160, 152),
        (Encoding::Ucs2, SenderKind::LongCode) => (70, 67),
        (Encoding::Ucs2, SenderKind::TollFree) => (70, 66),
    }
}

/// An escape and its septet, or a surrogate pair, stay together: what does not fit as a whole begins the next segment.
fn joined_segments(costs: impl Iterator<Item = usize>, capacity: usize) -> usize {
    let mut segments = 1;
    let mut used = 0;
    for cost in costs {
        if used + cost > capacity {
            segments += 1;
            used = 0;
        }
        used += cost;
    }
    segments
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SENDERS: [SenderKind; 2] = [SenderKind::LongCode, SenderKind::TollFree];

    #[test]
    fn the_default_alphabet_is_whole() {
        // 128 septets less the escape itself.
        let basic = ('\0'..='\u{ffff}').filter(|c| septets(*c) == Some(1));
        assert_eq!(basic.count(), 127);
        let extension = ('\0'..='\u{ffff}').filter(|c| septets(*c) == Some(2));
        assert_eq!(extension.count(), 10);
        for character in "ëáíóúâêîôûçłőňžА`’“–…\u{a0}\t李🙂".chars() {
            assert!(!is_gsm7(character), "{character}");
        }
    }

    #[test]
    fn segments_at_their_boundaries() {
        use SenderKind::{LongCode, TollFree};
        for (text, count, sender, units, segments) in [
            ("a", 0, LongCode, 0, 0),
            ("a", 1, LongCode, 1, 1),
            ("a", 160, LongCode, 160, 1),
            ("a", 161, LongCode, 161, 2),
            ("a", 306, LongCode, 306, 2),
            ("a", 307, LongCode, 307, 3),
            ("a", 160, TollFree, 160, 1),
            ("a", 304, TollFree, 304, 2),
            ("a", 305, TollFree, 305, 3),
            ("€", 80, LongCode, 160, 1),
            ("€", 81, LongCode, 162, 2),
            // 76 pairs fit into 153, and one septet stays empty.
            ("€", 152, LongCode, 304, 2),
            ("€", 153, LongCode, 306, 3),
            ("ł", 70, LongCode, 70, 1),
            ("ł", 71, LongCode, 71, 2),
            ("ł", 134, LongCode, 134, 2),
            ("ł", 135, LongCode, 135, 3),
            ("ł", 132, TollFree, 132, 2),
            ("ł", 133, TollFree, 133, 3),
            ("🙂", 35, LongCode, 70, 1),
            ("🙂", 66, LongCode, 132, 2),
            // 33 emoji fit into 67, and one unit stays empty.
            ("🙂", 67, LongCode, 134, 3),
            ("🙂", 66, TollFree, 132, 2),
        ] {
            let counted = Segments::of(&text.repeat(count), sender);
            let of = format!("{count} × {text}");
            assert_eq!(
                (counted.units(), counted.segments()),
                (units, segments),
                "{of}"
            );
        }
        // The pair would straddle the end of the first segment.
        let straddling = format!("{}€{}", "a".repeat(152), "a".repeat(152));
        let counted = Segments::of(&straddling, LongCode);
        assert_eq!((counted.units(), counted.segments()), (306, 3));
    }

    #[test]
    fn toll_free_numbers() {
        for (number, kind) in [
            ("+18887324197", SenderKind::TollFree),
            ("+18335550100", SenderKind::TollFree),
            ("+13125550100", SenderKind::LongCode),
            ("+448005550100", SenderKind::LongCode),
            ("+1800555", SenderKind::TollFree),
        ] {
            let parsed = serde_json::from_value(number.into()).unwrap();
            assert_eq!(SenderKind::of(&parsed), kind, "{number}");
        }
    }

    proptest! {
        #[test]
        fn more_text_never_takes_fewer_segments(text in "[a-z€ë🙂 ]{0,400}", more in "[a-z€ë🙂]{1,3}") {
            for sender in SENDERS {
                let before = Segments::of(&text, sender);
                let after = Segments::of(&format!("{text}{more}"), sender);
                prop_assert!(before.segments() <= after.segments(), "{before:?} {after:?}");
            }
        }

        #[test]
        fn segments_are_within_what_units_allow(text in "[a-z€{}ë🙂]{1,400}") {
            for sender in SENDERS {
                let counted = Segments::of(&text, sender);
                let (single, joined) = capacity(counted.encoding(), sender);
                if counted.units() <= single {
                    prop_assert_eq!(counted.segments(), 1);
                } else {
                    // At most one unit of each segment stays empty.
                    prop_assert!(counted.segments() >= counted.units().div_ceil(joined));
                    prop_assert!(counted.segments() <= counted.units().div_ceil(joined - 1));
                }
                let plain = counted.encoding() == Encoding::Gsm7;
                prop_assert_eq!(plain, text.chars().all(is_gsm7));
            }
        }

        #[test]
        fn a_toll_free_sender_never_takes_fewer_segments(text in any::<String>()) {
            let [long_code, toll_free] = SENDERS.map(|sender| Segments::of(&text, sender));
            prop_assert!(toll_free.segments() >= long_code.segments());
            prop_assert_eq!(toll_free.units(), long_code.units());
        }
    }
}
