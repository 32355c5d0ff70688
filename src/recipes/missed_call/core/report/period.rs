//! The days that a report is about.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::Serialize;

/// Some days in a row, in the settings' zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    first: Date,
    last: Date,
}

impl Period {
    /// From `one` day to `other`, both included, in any order.
    pub fn between(one: Date, other: Date) -> Self {
        Self {
            first: one.min(other),
            last: one.max(other),
        }
    }

    /// The week of this day, from Monday to Sunday.
    pub fn week_of(day: Date) -> Self {
        let after_monday = day.weekday().since(Weekday::Monday);
        let monday = moved(day, -i64::from(after_monday));
        Self::between(monday, moved(monday, 6))
    }

    /// The month of this day.
    pub fn month_of(day: Date) -> Self {
        Self::between(day.first_of_month(), day.last_of_month())
    }

    /// The first day.
    pub fn first(self) -> Date {
        self.first
    }

    /// The last day.
    pub fn last(self) -> Date {
        self.last
    }

    /// How many days these are.
    pub fn days(self) -> u32 {
        days_between(self.first, self.last)
            .unsigned_abs()
            .saturating_add(1)
    }

    /// As many days, right before these.
    #[must_use]
    pub fn before(self) -> Self {
        let days = i64::from(self.days());
        Self::between(moved(self.first, -days), moved(self.first, -1))
    }

    /// Whether the day is one of these.
    pub fn contains(self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// How many weeks before the last one of the period this day lies: 0 for its last seven days. `None` for later days.
    pub(super) fn weeks_ago(self, day: Date) -> Option<usize> {
        let days = days_between(day, self.last);
        usize::try_from(days).ok().map(|days| days / 7)
    }

    /// The first day of the week that lies so many weeks before the last one.
    pub(super) fn week_start(self, weeks_ago: usize) -> Date {
        let weeks = i64::try_from(weeks_ago).unwrap_or(0);
        moved(self.last, -6 - 7 * weeks)
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    // A difference of dates in days: its default unit.
    to.since(from).map_or(0, |span: Span| span.get_days())
}

fn moved(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn weeks_months_and_what_is_before_them() {
        let week = Period::week_of(date(2026, 11, 20));
        assert_eq!(
            (week.first(), week.last()),
            (date(2026, 11, 16), date(2026, 11, 22))
        );
        assert_eq!(week.days(), 7);
        assert_eq!(week.before(), Period::week_of(date(2026, 11, 15)));
        assert_eq!(Period::week_of(date(2026, 11, 16)), week);
        let month = Period::month_of(date(2026, 2, 11));
        assert_eq!(month.days(), 28);
        assert_eq!(month.before().first(), date(2026, 1, 4));
        let day = Period::between(date(2026, 3, 8), date(2026, 3, 8));
        assert_eq!((day.days(), day.before().last()), (1, date(2026, 3, 7)));
    }

    #[test]
    fn weeks_are_counted_back_from_the_last_day() {
        let week = Period::week_of(date(2026, 11, 20));
        for (day, expected) in [
            (date(2026, 11, 23), None),
            (date(2026, 11, 22), Some(0)),
            (date(2026, 11, 16), Some(0)),
            (date(2026, 11, 15), Some(1)),
            (date(2026, 8, 24), Some(12)),
        ] {
            assert_eq!(week.weeks_ago(day), expected, "{day}");
        }
        assert_eq!(week.week_start(12), date(2026, 8, 24));
    }
}
