//! Hours of the day by weekday, and when they are in real time: the common base of quiet hours and business hours.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

const MINUTES_A_DAY: u16 = 24 * 60;

/// A part of a day, from one minute up to but not including another. Written `08:00-21:00`; `24:00` is the end of the
/// day.
///
/// Hours past midnight are two windows, `18:00-24:00` on one day and `00:00-02:00` on the next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeWindow {
    opens: u16,
    closes: u16,
}

/// A text that is not a time window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a time window; write it from the earlier to the later time, such as 08:00-21:00"
)]
pub struct InvalidWindow(String);

impl FromStr for TimeWindow {
    type Err = InvalidWindow;

    fn from_str(text: &str) -> Result<Self, InvalidWindow> {
        text.split_once('-')
            .and_then(|(opens, closes)| {
                let window = Self {
                    opens: minute(opens.trim())?,
                    closes: minute(closes.trim())?,
                };
                (window.opens < window.closes).then_some(window)
            })
            .ok_or_else(|| InvalidWindow(text.to_owned()))
    }
}

/// The minute of the day that `HH:MM` names.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str| {
        let two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        two.then(|| digits.parse::<u16>().ok())?
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= MINUTES_A_DAY).then_some(of_day)
}

impl fmt::Display for TimeWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [opens, closes] =
            [self.opens, self.closes].map(|at| format!("{:02}:{:02}", at / 60, at % 60));
        write!(f, "{opens}-{closes}")
    }
}

impl fmt::Debug for TimeWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TimeWindow({self})")
    }
}

impl From<TimeWindow> for String {
    fn from(window: TimeWindow) -> Self {
        window.to_string()
    }
}

impl TryFrom<String> for TimeWindow {
    type Error = InvalidWindow;

    fn try_from(text: String) -> Result<Self, InvalidWindow> {
        text.parse()
    }
}

/// The windows of each weekday, in order and without overlap.
///
/// In TOML a table: `every_day`, then single days that override it, each as windows with commas or `"closed"`.
///
/// ```
/// use gohighlevel::recipes::missed_call::compliance::WeeklyHours;
/// use jiff::civil::Weekday;
///
/// let shop = WeeklyHours::closed()
///     .with(Weekday::Friday, ["09:00-12:00".parse()?, "13:00-18:00".parse()?])
///     .with(Weekday::Saturday, ["10:00-14:00".parse()?]);
/// assert_eq!(shop.windows(Weekday::Friday).len(), 2);
/// assert!(shop.windows(Weekday::Sunday).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Days")]
pub struct WeeklyHours {
    /// Monday first.
    days: [Vec<TimeWindow>; 7],
}

impl WeeklyHours {
    /// No window on any day.
    pub fn closed() -> Self {
        Self {
            days: Default::default(),
        }
    }

    /// The same windows on all days.
    pub fn every_day(windows: impl IntoIterator<Item = TimeWindow>) -> Self {
        let windows = apart(windows);
        Self {
            days: std::array::from_fn(|_| windows.clone()),
        }
    }

    /// The same week with these windows on one day; none means closed. Windows that touch or overlap become one.
    #[must_use]
    pub fn with(mut self, day: Weekday, windows: impl IntoIterator<Item = TimeWindow>) -> Self {
        if let Some(of_day) = self.days.get_mut(from_monday(day)) {
            *of_day = apart(windows);
        }
        self
    }

    /// Whether a window of this day, 0 for Monday, has a part of this hour.
    pub(crate) fn touches_hour(&self, weekday: usize, hour: usize) -> bool {
        let windows = self
            .days
            .get(weekday)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let of_hour = |minute: u16| usize::from(minute) / 60;
        windows
            .iter()
            .any(|window| of_hour(window.opens) <= hour && hour <= of_hour(window.closes - 1))
    }

    /// The windows of a day; none if it is closed.
    pub fn windows(&self, day: Weekday) -> &[TimeWindow] {
        self.days
            .get(from_monday(day))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The first open interval that ends after `from`, within this many days: the one that contains `from`, or the next
    /// one. `closed` are dates without any window.
    pub(super) fn open_around_or_after(
        &self,
        from: Timestamp,
        zone: &TimeZone,
        days: u16,
        closed: impl Fn(Date) -> bool,
    ) -> Option<OpenInterval> {
        // Where midnight comes twice, the date of `from` may already have been left once.
        let first = zone.to_datetime(from).date().yesterday().ok()?;
        first
            .series(1.day())
            .take(usize::from(days) + 2)
            .filter(|date| !closed(*date))
            .flat_map(|date| self.windows(date.weekday()).iter().map(move |w| (date, *w)))
            .filter_map(|(date, window)| {
                let open = in_real_time(date, window, zone)?;
                (open.end > from).then_some(OpenInterval { open, window })
            })
            .next()
    }
}

/// A window of one date in real time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OpenInterval {
    pub(super) open: Range<Timestamp>,
    pub(super) window: TimeWindow,
}

fn from_monday(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or_default()
}

fn apart(windows: impl IntoIterator<Item = TimeWindow>) -> Vec<TimeWindow> {
    let mut windows: Vec<TimeWindow> = windows.into_iter().collect();
    windows.sort_unstable();
    windows.dedup_by(|next, kept| {
        let joins = next.opens <= kept.closes;
        if joins {
            kept.closes = kept.closes.max(next.closes);
        }
        joins
    });
    windows
}

/// When the window of this date begins and ends. `None` if the clock skips all of it, or the calendar ends there.
fn in_real_time(date: Date, window: TimeWindow, zone: &TimeZone) -> Option<Range<Timestamp>> {
    // A window that begins in a repeated hour begins the second time, and one that ends in it ends the first time, so
    // that the local clock always shows a time inside the window.
    let opens = instant(at(date, window.opens)?, zone, true)?;
    let closes = instant(at(date, window.closes)?, zone, false)?;
    (opens < closes).then_some(opens..closes)
}

fn at(date: Date, minute: u16) -> Option<DateTime> {
    if minute == MINUTES_A_DAY {
        return Some(date.tomorrow().ok()?.at(0, 0, 0, 0));
    }
    let part = |number: u16| i8::try_from(number).ok();
    Some(date.at(part(minute / 60)?, part(minute % 60)?, 0, 0))
}

/// The instant at which clocks in `zone` show `local`: the later or the earlier one where they show it twice, and the
/// first after it where they skip it.
fn instant(local: DateTime, zone: &TimeZone, later: bool) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
        AmbiguousOffset::Fold { before, after } => {
            let offset = if later { after } else { before };
            offset.to_timestamp(local).ok()
        }
        AmbiguousOffset::Gap { before, after } => {
            // Read with the offset that comes after it, a skipped time lies before the change; read with the one
            // before it, after the change.
            let still_before = after.to_timestamp(local).ok()?;
            let already_after = before.to_timestamp(local).ok()?;
            let change = zone.following(still_before).next()?.timestamp();
            Some(change.min(already_after))
        }
    }
}

/// A week as the TOML of a table has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    every_day: Option<String>,
    monday: Option<String>,
    tuesday: Option<String>,
    wednesday: Option<String>,
    thursday: Option<String>,
    friday: Option<String>,
    saturday: Option<String>,
    sunday: Option<String>,
}

impl TryFrom<Days> for WeeklyHours {
    type Error = InvalidWindow;

    fn try_from(days: Days) -> Result<Self, InvalidWindow> {
        let windows = |text: &str| -> Result<Vec<TimeWindow>, InvalidWindow> {
            match text.trim() {
                "closed" => Ok(Vec::new()),
                text => text.split(',').map(str::parse).collect(),
            }
        };
        let mut week = match &days.every_day {
            Some(text) => Self::every_day(windows(text)?),
            None => Self::closed(),
        };
        for (day, text) in [
            (Weekday::Monday, days.monday),
            (Weekday::Tuesday, days.tuesday),
            (Weekday::Wednesday, days.wednesday),
            (Weekday::Thursday, days.thursday),
            (Weekday::Friday, days.friday),
            (Weekday::Saturday, days.saturday),
            (Weekday::Sunday, days.sunday),
        ] {
            if let Some(text) = text {
                week = week.with(day, windows(&text)?);
            }
        }
        Ok(week)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(text: &str) -> TimeWindow {
        text.parse().unwrap()
    }

    /// The stretch of `text` on `date` in New York, as UTC times.
    fn new_york(date: &str, text: &str) -> Option<(String, String)> {
        let zone = TimeZone::get("America/New_York").unwrap();
        let open = in_real_time(date.parse().unwrap(), window(text), &zone)?;
        Some((open.start.to_string(), open.end.to_string()))
    }

    fn utc(from: &str, until: &str) -> Option<(String, String)> {
        Some((format!("{from}Z"), format!("{until}Z")))
    }

    #[test]
    fn windows_are_read_and_written() {
        for text in ["08:00-21:00", "00:00-24:00", "23:59-24:00"] {
            assert_eq!(window(text).to_string(), text);
        }
        assert_eq!(window(" 08:00 - 21:00 "), window("08:00-21:00"));
        for text in [
            "",
            "08:00",
            "8:00-21:00",
            "21:00-08:00",
            "08:00-08:00",
            "08:60-21:00",
            "08:00-24:01",
            "+8:00-21:00",
            "08:00-21:00-22:00",
            "closed",
        ] {
            assert_eq!(
                text.parse::<TimeWindow>(),
                Err(InvalidWindow(text.to_owned()))
            );
        }
    }

    #[test]
    fn windows_that_touch_become_one() {
        let week = WeeklyHours::every_day([
            window("13:00-18:00"),
            window("09:00-12:00"),
            window("10:00-11:00"),
            window("12:00-12:30"),
        ]);
        let expected = [window("09:00-12:30"), window("13:00-18:00")];
        assert_eq!(week.windows(Weekday::Sunday), expected);
    }

    #[test]
    fn an_ordinary_day() {
        let expected = utc("2026-11-21T13:00:00", "2026-11-22T02:00:00");
        assert_eq!(new_york("2026-11-21", "08:00-21:00"), expected);
    }

    #[test]
    fn a_missing_hour_begins_and_ends_at_the_change() {
        // On 2026-03-08 clocks go from 02:00 to 03:00, which is 07:00 UTC.
        let from_the_gap = utc("2026-03-08T07:00:00", "2026-03-08T08:00:00");
        assert_eq!(new_york("2026-03-08", "02:30-04:00"), from_the_gap);
        let to_the_gap = utc("2026-03-08T06:00:00", "2026-03-08T07:00:00");
        assert_eq!(new_york("2026-03-08", "01:00-02:30"), to_the_gap);
        assert_eq!(new_york("2026-03-08", "02:10-02:50"), None);
    }

    #[test]
    fn an_hour_that_comes_twice_counts_once_and_narrowly() {
        // On 2026-11-01 clocks go from 02:00 back to 01:00, which is 06:00 UTC.
        let from_the_fold = utc("2026-11-01T06:30:00", "2026-11-01T08:00:00");
        assert_eq!(new_york("2026-11-01", "01:30-03:00"), from_the_fold);
        let to_the_fold = utc("2026-11-01T04:00:00", "2026-11-01T05:30:00");
        assert_eq!(new_york("2026-11-01", "00:00-01:30"), to_the_fold);
        assert_eq!(new_york("2026-11-01", "01:10-01:50"), None);
    }

    #[test]
    fn a_day_whose_midnight_is_missing() {
        // Cairo skips from midnight to 01:00 on the last Friday of April.
        let zone = TimeZone::get("Africa/Cairo").unwrap();
        let date: Date = "2026-04-24".parse().unwrap();
        let midnight = instant(date.at(0, 0, 0, 0), &zone, true).unwrap();
        assert_eq!(zone.to_datetime(midnight), date.at(1, 0, 0, 0));
    }
}
