//! How many parts of a text message a text takes, and therefore what it costs: alphabets, part sizes, characters that
//! must not be torn apart. Counting only; what to do about a text that is too long is [`fit`](super::budget)'s business.
//!
//! Sources: 3GPP TS 23.038 (the GSM 7-bit default alphabet with its extension table, UCS-2) and TS 23.040 (the header
//! of six octets that joins the parts). Twilio, on whose network HighLevel's phone system builds, counts emoji as two
//! units of UTF-16, and gives toll-free senders in the United States and Canada parts of 152 and 66; the latter stands
//! in Twilio's notes on message length as its customers repeat them (such as epicmessages.com/?p=1472).

use crate::phone::PhoneNumber;

/// The default alphabet except for small and capital letters and digits of ASCII, which are all in it.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// The extension table: each character is sent as an escape and a second septet.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// The area codes of toll-free numbers in North America (47 CFR 52.101, NANPA).
const TOLL_FREE: [&str; 7] = ["800", "833", "844", "855", "866", "877", "888"];

/// What a text is sent from. It decides how much fits into a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SenderKind {
    /// An ordinary local or mobile number.
    #[default]
    LongCode,
    /// A toll-free number of the United States or Canada; its parts are one character shorter.
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

/// The alphabet a text is sent in: the cheap one, unless a single character of it is not in there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// The GSM 7-bit default alphabet, counted in septets.
    Gsm7,
    /// UCS-2, in fact UTF-16, counted in units of 16 bits. It holds everything and less than half as much.
    Ucs2,
}

/// How long a text is and how many parts it takes. Each part is paid for as one message.
///
/// ```
/// use gohighlevel::recipes::missed_call::copy::{Encoding, Segments, SenderKind};
///
/// let straight = Segments::of(&"It's so. ".repeat(17), SenderKind::LongCode);
/// assert_eq!((straight.units(), straight.parts()), (153, 1));
///
/// // One curly quote, and the same text costs three times as much.
/// let curly = Segments::of(&"It’s so. ".repeat(17), SenderKind::LongCode);
/// assert_eq!((curly.encoding(), curly.parts()), (Encoding::Ucs2, 3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Segments {
    encoding: Encoding,
    units: usize,
    parts: usize,
}

impl Segments {
    /// Counts `text`, sent as it stands from such a number.
    pub fn of(text: &str, sender: SenderKind) -> Self {
        Self::of_characters(text.chars(), sender)
    }

    /// The same with `more` characters of the default alphabet after it.
    pub(super) fn with_more(text: &str, more: usize, sender: SenderKind) -> Self {
        Self::of_characters(text.chars().chain(std::iter::repeat_n('x', more)), sender)
    }

    fn of_characters(text: impl Iterator<Item = char> + Clone, sender: SenderKind) -> Self {
        let septets: Option<Vec<usize>> = text.clone().map(septets).collect();
        let (encoding, costs) = match septets {
            Some(septets) => (Encoding::Gsm7, septets),
            None => (Encoding::Ucs2, text.map(char::len_utf16).collect()),
        };
        let units = costs.iter().sum();
        let (single, joined) = capacity(encoding, sender);
        let parts = if units <= single {
            usize::from(units > 0)
        } else {
            joined_parts(&costs, joined)
        };
        Self {
            encoding,
            units,
            parts,
        }
    }

    /// How many units it is too long for so many parts; 0 if it fits.
    pub(super) fn excess(self, most: usize, sender: SenderKind) -> usize {
        if self.parts <= most {
            return 0;
        }
        let (single, joined) = capacity(self.encoding, sender);
        let room = if most <= 1 { single } else { joined * most };
        // A unit can stay empty at the end of a part.
        self.units.saturating_sub(room).max(1)
    }

    /// The alphabet.
    pub fn encoding(self) -> Encoding {
        self.encoding
    }

    /// The length: septets in GSM-7, where a character of the extension table (`^ { } \ [ ] ~ | €`) takes two; units of
    /// UTF-16 otherwise, where most emoji take two or more.
    pub fn units(self) -> usize {
        self.units
    }

    /// The number of parts; 0 only for an empty text.
    pub fn parts(self) -> usize {
        self.parts
    }
}

/// Whether the character is in the GSM 7-bit default alphabet or its extension table.
pub(super) fn is_gsm7(character: char) -> bool {
    septets(character).is_some()
}

fn septets(character: char) -> Option<usize> {
    if character.is_ascii_alphanumeric() || BASIC.contains(character) {
        Some(1)
    } else if EXTENSION.contains(character) {
        Some(2)
    } else {
        None
    }
}

/// What fits into a message of one part, and into each part of several.
fn capacity(encoding: Encoding, sender: SenderKind) -> (usize, usize) {
    match (encoding, sender) {
        (Encoding::Gsm7, SenderKind::LongCode) => (160, 153),
        (Encoding::Gsm7, SenderKind::TollFree) => (160, 152),
        (Encoding::Ucs2, SenderKind::LongCode) => (70, 67),
        (Encoding::Ucs2, SenderKind::TollFree) => (70, 66),
    }
}

/// An escape and its septet, or a surrogate pair, stay together: what no longer fits as a whole opens the next part.
fn joined_parts(costs: &[usize], capacity: usize) -> usize {
    let mut parts = 1;
    let mut used = 0;
    for cost in costs {
        if used + cost > capacity {
            parts += 1;
            used = 0;
        }
        used += cost;
    }
    parts
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
    fn parts_at_their_boundaries() {
        use SenderKind::{LongCode, TollFree};
        for (text, count, sender, units, parts) in [
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
            assert_eq!((counted.units(), counted.parts()), (units, parts), "{of}");
        }
        // The pair would straddle the end of the first part.
        let straddling = format!("{}€{}", "a".repeat(152), "a".repeat(152));
        let counted = Segments::of(&straddling, LongCode);
        assert_eq!((counted.units(), counted.parts()), (306, 3));
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
            let told = serde_json::from_value(number.into()).unwrap();
            assert_eq!(SenderKind::of(&told), kind, "{number}");
        }
    }

    proptest! {
        #[test]
        fn more_text_never_takes_fewer_parts(text in "[a-z€ë🙂 ]{0,400}", more in "[a-z€ë🙂]{1,3}") {
            for sender in SENDERS {
                let before = Segments::of(&text, sender);
                let after = Segments::of(&format!("{text}{more}"), sender);
                prop_assert!(before.parts() <= after.parts(), "{before:?} {after:?}");
            }
        }

        #[test]
        fn parts_lie_within_what_units_allow(text in "[a-z€{}ë🙂]{1,400}") {
            for sender in SENDERS {
                let counted = Segments::of(&text, sender);
                let (single, joined) = capacity(counted.encoding(), sender);
                if counted.units() <= single {
                    prop_assert_eq!(counted.parts(), 1);
                } else {
                    // At most one unit of each part stays empty.
                    prop_assert!(counted.parts() >= counted.units().div_ceil(joined));
                    prop_assert!(counted.parts() <= counted.units().div_ceil(joined - 1));
                }
                let plain = counted.encoding() == Encoding::Gsm7;
                prop_assert_eq!(plain, text.chars().all(is_gsm7));
            }
        }

        #[test]
        fn a_toll_free_sender_never_takes_fewer_parts(text in any::<String>()) {
            let [long_code, toll_free] = SENDERS.map(|sender| Segments::of(&text, sender));
            prop_assert!(toll_free.parts() >= long_code.parts());
            prop_assert_eq!(toll_free.units(), long_code.units());
        }
    }
}
