//! Callers with ids and numbers of HighLevel's length, each the same in every run.

use gohighlevel::ids::LocationId;
use gohighlevel::phone::PhoneNumber;

/// An id of 20 letters and digits, in no order.
pub(crate) fn name(kind: u64, number: u64) -> String {
    let mut chance = fastrand::Rng::with_seed(number * 8 + kind);
    (0..20).map(|_| chance.alphanumeric()).collect()
}

/// How many locations there are.
pub(crate) const LOCATIONS: u64 = 100;

/// The location that a caller calls.
pub(crate) fn location(number: u64) -> LocationId {
    name(0, number % LOCATIONS).parse().expect("an id")
}

/// The number of a caller; there are eight million of them.
pub(crate) fn phone(number: u64) -> PhoneNumber {
    // No exchange ends with 11: from 212 to 301 none does.
    const OF_AN_AREA: u64 = 900_000;
    let area = [312, 773, 872, 708, 847, 630, 224, 331, 815]
        [usize::try_from(number / OF_AN_AREA).expect("an area")];
    let phone = format!("+1{area}{}", 2_120_000 + number % OF_AN_AREA);
    phone.parse().expect("a number")
}
