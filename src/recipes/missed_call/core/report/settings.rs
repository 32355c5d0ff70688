//! The settings of a report, for what the ledger does not know: time zone, lines, revenue, and how long after a text a
//! booking is credited to it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::currency::Currency;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::recipe::Recipe;

/// The settings of a report. Start with [`Settings::new`] and change the fields that differ.
///
/// `Debug` shows the last four digits of numbers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// The recipes of the episodes, as far as available. They say which steps are texts. Without them the ledger shows it,
    /// except for steps that were never attempted.
    pub recipes: Vec<Arc<Recipe>>,
    /// The zone of days and times, unless a line has its own.
    pub zone: TimeZone,
    /// The line behind each of the business's numbers.
    pub lines: BTreeMap<PhoneNumber, BusinessLine>,
    /// The value of one recovered appointment, unless `values` or the line says otherwise. `None`: unknown.
    pub revenue: Option<Revenue>,
    /// The currency of all values. Default: the dollar of the United States.
    pub currency: Currency,
    /// The values of single bookings, by the reference of their report. They outrank estimates.
    pub values: BTreeMap<String, Revenue>,
    /// Whether every click on a link is reported, so that no report means no click. If `false`, it is unknown.
    pub all_clicks_reported: bool,
    /// How long after an episode's first text a booking still counts as recovered. Default: seven days. More than
    /// [`ATTRIBUTION_WINDOW`](crate::recipes::missed_call::core::episode::Episode::ATTRIBUTION_WINDOW) has no effect: the
    /// ledger does not record what comes later, unless the caller has called again.
    pub booking_window: SignedDuration,
    /// How long after an episode's first text a reply still counts in the reply rate. Default: 72 hours.
    pub reply_window: SignedDuration,
}

impl Settings {
    /// Settings with this zone, without lines and without revenue.
    pub fn new(zone: TimeZone) -> Self {
        Self {
            recipes: Vec::new(),
            zone,
            lines: BTreeMap::new(),
            revenue: None,
            currency: Currency::default(),
            values: BTreeMap::new(),
            all_clicks_reported: false,
            booking_window: SignedDuration::from_hours(7 * 24),
            reply_window: SignedDuration::from_hours(72),
        }
    }

    /// Settings with what the recipe says: the zone of its hours of business (UTC without them), and a line for each number
    /// that it lists.
    pub fn of_recipe(recipe: Arc<Recipe>) -> Self {
        let zone = recipe.hours.as_ref().map(|hours| hours.zone().clone());
        let mut settings = Self::new(zone.unwrap_or(TimeZone::UTC));
        for (number, listed) in &recipe.numbers.listed {
            let name = listed.name.clone();
            let mut line = BusinessLine::new(name.unwrap_or_else(|| number.e164().to_owned()));
            line.priority = listed.priority;
            settings.lines.insert(number.clone(), line);
        }
        settings.recipes.push(recipe);
        settings
    }

    /// The line behind the number that was called.
    pub(super) fn line(&self, called: Option<&PhoneNumber>) -> Option<&BusinessLine> {
        called.and_then(|called| self.lines.get(called))
    }

    /// The zone for the times of calls to this number.
    pub(super) fn zone_of(&self, called: Option<&PhoneNumber>) -> &TimeZone {
        self.line(called)
            .and_then(|line| line.zone.as_ref())
            .unwrap_or(&self.zone)
    }

    /// The value of a booking: its own, else the line's, else the default.
    pub(super) fn worth(&self, reference: &str, called: Option<&PhoneNumber>) -> Option<Revenue> {
        self.values
            .get(reference)
            .copied()
            .or_else(|| self.line(called).and_then(|line| line.revenue))
            .or(self.revenue)
    }
}

/// The line behind one of the business's numbers: a studio, a branch, a campaign.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BusinessLine {
    /// Its name in reports.
    pub name: String,
    /// Its zone, if not the default.
    pub zone: Option<TimeZone>,
    /// The value of one of its appointments, if not the default.
    pub revenue: Option<Revenue>,
    /// Whether its callers come first in the digest, for example those of a campaign for expensive treatments.
    pub priority: bool,
}

impl BusinessLine {
    /// A line with this name and defaults for the rest.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            zone: None,
            revenue: None,
            priority: false,
        }
    }
}

/// An amount of money, or a range, in hundredths of the currency: 16500 is $165.00.
///
/// `Display` writes `165.00-295.00`, or `250.00` if both ends are equal. It always writes two decimals, because a
/// spreadsheet would read `10-12` as a day in October.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Revenue {
    low: u64,
    high: u64,
}

impl Revenue {
    /// Exactly this amount.
    pub fn exactly(hundredths: u64) -> Self {
        Self::between(hundredths, hundredths)
    }

    /// A range between the two amounts, in any order.
    pub fn between(one: u64, other: u64) -> Self {
        Self {
            low: one.min(other),
            high: one.max(other),
        }
    }

    /// The lower end, in hundredths.
    pub fn low(self) -> u64 {
        self.low
    }

    /// The upper end, in hundredths.
    pub fn high(self) -> u64 {
        self.high
    }

    /// The sum of both.
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
    fn the_most_specific_value_of_a_booking_counts() {
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
        let mut line = BusinessLine::new("North");
        settings.lines.insert(called.clone(), line.clone());
        assert_eq!(worth(&settings).as_deref(), Some("1.00-2.00"));
        line.revenue = Some(Revenue::exactly(300));
        settings.lines.insert(called.clone(), line);
        assert_eq!(worth(&settings).as_deref(), Some("3.00"));
        settings
            .values
            .insert("booking-1".into(), Revenue::exactly(400));
        assert_eq!(worth(&settings).as_deref(), Some("4.00"));
    }
}
