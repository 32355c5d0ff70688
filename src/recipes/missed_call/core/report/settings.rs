//! What a report must be told because the ledger cannot know it: zone, lines, money, and how long a text may take the
//! credit for a booking.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::recipe::Recipe;

/// What the ledger does not know. [`Settings::new`] is a start; change the fields that differ.
///
/// `Debug` shows the last four digits of numbers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// The recipes of the episodes, as far as they are at hand; they say which steps are texts. Without them that shows
    /// from the ledger, except for steps that were never attempted.
    pub recipes: Vec<Arc<Recipe>>,
    /// The zone of days and times where a studio has none of its own.
    pub zone: TimeZone,
    /// What stands behind each of the business's numbers.
    pub lines: BTreeMap<PhoneNumber, BusinessLine>,
    /// What one recovered appointment is worth where neither `values` nor the studio says so. `None`: unknown.
    pub revenue: Option<Revenue>,
    /// What single bookings were worth, by the reference under which they were told. They outrank estimates.
    pub values: BTreeMap<String, Revenue>,
    /// Whether every click on a link is told, so that none told is none. Without it, it is unknown.
    pub clicks_are_told: bool,
    /// How long after an episode's first text a booking still counts as recovered. Seven days. More than
    /// [`ATTRIBUTION_WINDOW`](crate::recipes::missed_call::core::episode::Episode::ATTRIBUTION_WINDOW) is of no use: what comes later is not in
    /// the ledger, unless the caller has called again.
    pub booking_window: SignedDuration,
    /// How long after an episode's first text a reply still counts in the reply rate. 72 hours.
    pub reply_window: SignedDuration,
}

impl Settings {
    /// Reports in this zone, without studios and without money.
    pub fn new(zone: TimeZone) -> Self {
        Self {
            recipes: Vec::new(),
            zone,
            lines: BTreeMap::new(),
            revenue: None,
            values: BTreeMap::new(),
            clicks_are_told: false,
            booking_window: SignedDuration::from_hours(7 * 24),
            reply_window: SignedDuration::from_hours(72),
        }
    }

    /// What stands behind the number that was called.
    pub(super) fn studio(&self, called: Option<&PhoneNumber>) -> Option<&BusinessLine> {
        called.and_then(|called| self.lines.get(called))
    }

    /// The zone in which a call of this number is told.
    pub(super) fn zone_of(&self, called: Option<&PhoneNumber>) -> &TimeZone {
        self.studio(called)
            .and_then(|studio| studio.zone.as_ref())
            .unwrap_or(&self.zone)
    }

    /// What a booking is worth: its own value, then the studio's, then everybody's.
    pub(super) fn worth(&self, reference: &str, called: Option<&PhoneNumber>) -> Option<Revenue> {
        self.values
            .get(reference)
            .copied()
            .or_else(|| self.studio(called).and_then(|studio| studio.revenue))
            .or(self.revenue)
    }
}

/// What stands behind one of the business's numbers: a studio, a branch, a campaign.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BusinessLine {
    /// What it is called in reports.
    pub name: String,
    /// Its zone, where that is not everybody's.
    pub zone: Option<TimeZone>,
    /// What one of its appointments is worth, where that is not what everybody's is.
    pub revenue: Option<Revenue>,
    /// Whether its callers come first in the digest, as those of a campaign for costly treatments may.
    pub priority: bool,
}

impl BusinessLine {
    /// A studio like any other.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            zone: None,
            revenue: None,
            priority: false,
        }
    }
}

/// An amount of money, or the two between which it lies, in hundredths of the currency: 16500 is $165.00.
///
/// `Display` writes `165.00-295.00`, or `250.00` where both are one. The two decimals always stand, because a
/// spreadsheet would read `10-12` as a day in October.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revenue {
    low: u64,
    high: u64,
}

impl Revenue {
    /// Exactly this much.
    pub fn exactly(hundredths: u64) -> Self {
        Self::between(hundredths, hundredths)
    }

    /// Something between the two, whichever stands first.
    pub fn between(one: u64, other: u64) -> Self {
        Self {
            low: one.min(other),
            high: one.max(other),
        }
    }

    /// The least it may be, in hundredths.
    pub fn low(self) -> u64 {
        self.low
    }

    /// The most it may be, in hundredths.
    pub fn high(self) -> u64 {
        self.high
    }

    /// Both together.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_add(other.low),
            high: self.high.saturating_add(other.high),
        }
    }
}

impl fmt::Display for Revenue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high } = self;
        write!(f, "{}.{:02}", low / 100, low % 100)?;
        if low != high {
            write!(f, "-{}.{:02}", high / 100, high % 100)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_with_two_decimals() {
        for (revenue, expected) in [
            (Revenue::exactly(25_000), "250.00"),
            (Revenue::between(29_500, 16_500), "165.00-295.00"),
            (Revenue::between(5, 1_000), "0.05-10.00"),
            (
                Revenue::exactly(u64::MAX).plus(Revenue::exactly(1)),
                "184467440737095516.15",
            ),
        ] {
            assert_eq!(revenue.to_string(), expected);
        }
    }

    #[test]
    fn a_booking_is_worth_what_is_known_most_closely() {
        let called: PhoneNumber = "+13125550100".parse().unwrap();
        let mut settings = Settings::new(TimeZone::UTC);
        let worth = |settings: &Settings| {
            settings
                .worth("booking-1", Some(&called))
                .map(|revenue| revenue.to_string())
        };
        assert_eq!(worth(&settings), None);
        settings.revenue = Some(Revenue::between(100, 200));
        assert_eq!(worth(&settings).as_deref(), Some("1.00-2.00"));
        let mut studio = BusinessLine::new("North");
        settings.lines.insert(called.clone(), studio.clone());
        assert_eq!(worth(&settings).as_deref(), Some("1.00-2.00"));
        studio.revenue = Some(Revenue::exactly(300));
        settings.lines.insert(called.clone(), studio);
        assert_eq!(worth(&settings).as_deref(), Some("3.00"));
        settings
            .values
            .insert("booking-1".into(), Revenue::exactly(400));
        assert_eq!(worth(&settings).as_deref(), Some("4.00"));
    }
}
