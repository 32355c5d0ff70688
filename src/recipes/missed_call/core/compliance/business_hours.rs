//! When the business is open: it decides the words of a text, who is notified, and what is promised about a call back.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::weekly_hours::{OpenInterval, WeeklyHours};

/// How far ahead the next opening is searched.
const DAYS_AHEAD: u16 = 400;

/// The hours of a business in its own zone, except for the days on which it is closed. HighLevel's API does not report
/// them; they are configuration.
///
/// ```
/// use gohighlevel::recipes::missed_call::compliance::{BusinessHours, WeeklyHours};
/// use jiff::civil::{Weekday, date};
/// use jiff::tz::TimeZone;
///
/// let week = WeeklyHours::every_day(["09:00-17:00".parse()?]).with(Weekday::Sunday, []);
/// let hours = BusinessHours::new(TimeZone::get("America/Chicago")?, week)
///     .closed_on([date(2026, 11, 26)]);
///
/// let thanksgiving = "2026-11-26T16:00:00Z".parse()?;
/// assert!(!hours.is_open(thanksgiving));
/// assert_eq!(hours.next_opening(thanksgiving), Some("2026-11-27T15:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BusinessHours {
    zone: TimeZone,
    week: WeeklyHours,
    closed: BTreeSet<Date>,
}

impl BusinessHours {
    /// The hours of every week.
    pub fn new(zone: TimeZone, week: WeeklyHours) -> Self {
        Self {
            zone,
            week,
            closed: BTreeSet::new(),
        }
    }

    /// The same hours, but closed on these dates too.
    #[must_use]
    pub fn closed_on(mut self, dates: impl IntoIterator<Item = Date>) -> Self {
        self.closed.extend(dates);
        self
    }

    /// The zone of the business.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether the business is open in the hour that begins then, in a week without holidays. The first weekday, 0, is
    /// Monday.
    pub(crate) fn is_usually_open(&self, weekday: usize, hour: usize) -> bool {
        self.week.touches_hour(weekday, hour)
    }

    /// Whether the business is open at `time`. The minute in which it closes does not count.
    pub fn is_open(&self, time: Timestamp) -> bool {
        self.around_or_after(time)
            .is_some_and(|stretch| stretch.open.contains(&time))
    }

    /// When the business opens next after `time`, whether or not it is open then. `None` if it does not open within
    /// 400 days, or never closes before then.
    ///
    /// If the clocks skip the time of opening, it opens at the change; if they show it twice, the second time.
    pub fn next_opening(&self, time: Timestamp) -> Option<Timestamp> {
        let mut searched = time;
        let mut open_until = None;
        for _ in 0..DAYS_AHEAD {
            let OpenInterval { open, .. } = self.around_or_after(searched)?;
            // Hours past midnight are one opening.
            let goes_on = open.start <= time || open_until == Some(open.start);
            if !goes_on {
                return Some(open.start);
            }
            searched = open.end;
            open_until = Some(open.end);
        }
        None
    }

    fn around_or_after(&self, time: Timestamp) -> Option<OpenInterval> {
        let closed = |date| self.closed.contains(&date);
        self.week
            .open_around_or_after(time, &self.zone, DAYS_AHEAD, closed)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Weekday;

    use super::*;

    fn hours(week: WeeklyHours) -> BusinessHours {
        BusinessHours::new(TimeZone::get("America/New_York").unwrap(), week)
    }

    fn local(text: &str) -> Timestamp {
        let zoned: jiff::Zoned = format!("{text}[America/New_York]").parse().unwrap();
        zoned.timestamp()
    }

    #[test]
    fn open_and_closed() {
        let windows = ["09:00-12:00", "13:00-17:00"].map(|text| text.parse().unwrap());
        let hours = hours(WeeklyHours::every_day(windows).with(Weekday::Sunday, []));
        for (time, open, next) in [
            ("2026-11-21T08:59", false, "2026-11-21T09:00"), // a Saturday
            ("2026-11-21T09:00", true, "2026-11-21T13:00"),
            ("2026-11-21T12:00", false, "2026-11-21T13:00"),
            ("2026-11-21T16:59", true, "2026-11-23T09:00"),
            ("2026-11-21T17:00", false, "2026-11-23T09:00"),
            ("2026-11-22T10:00", false, "2026-11-23T09:00"),
        ] {
            assert_eq!(hours.is_open(local(time)), open, "{time}");
            assert_eq!(hours.next_opening(local(time)), Some(local(next)), "{time}");
        }
    }

    #[test]
    fn past_midnight_is_one_opening() {
        let bar = hours(
            WeeklyHours::closed()
                .with(Weekday::Friday, ["18:00-24:00".parse().unwrap()])
                .with(Weekday::Saturday, ["00:00-02:00".parse().unwrap()]),
        );
        let friday = local("2026-11-20T23:00");
        assert!(bar.is_open(local("2026-11-21T00:00")) && bar.is_open(local("2026-11-21T01:59")));
        assert_eq!(bar.next_opening(friday), Some(local("2026-11-27T18:00")));
    }

    #[test]
    fn never_and_always() {
        let time = local("2026-11-21T12:00");
        let never = hours(WeeklyHours::closed());
        assert!(!never.is_open(time));
        assert_eq!(never.next_opening(time), None);
        let always = hours(WeeklyHours::every_day(["00:00-24:00".parse().unwrap()]));
        assert!(always.is_open(time));
        assert_eq!(always.next_opening(time), None);
    }
}
