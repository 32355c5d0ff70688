//! When something happened, as people and HighLevel's merge fields write it: with a zone, or by the clock on the wall.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::lenient::FromScalar;

/// What is longer than this many bytes is no time.
const LONGEST: usize = 100;

/// A time as it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToldTime {
    /// With its zone.
    At(Timestamp),
    /// By the clock of some place.
    Local(DateTime),
}

impl ToldTime {
    /// Reads milliseconds or seconds since 1970; ISO 8601 with or without an offset; and what HighLevel's merge fields
    /// show and mail programs write, such as `Fri, Nov 20, 2026 10:00 AM` and `20 Nov 2026 10:00:00 -0600`. A date of
    /// digits alone (`11/12/2026`) is two dates, and a date without a time is none of a call: `None`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST {
            return None;
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(Self::At(at));
        }
        if let Ok(number) = text.parse::<i64>() {
            return Timestamp::from_signed(number).map(Self::At);
        }
        if text.contains(':')
            && let Ok(local) = text.parse::<DateTime>()
        {
            return Some(Self::Local(local));
        }
        Words::read(text)?.time()
    }

    /// So much later.
    pub(super) fn after(self, length: SignedDuration) -> Self {
        match self {
            Self::At(at) => Self::At(at.saturating_add(length).unwrap_or(Timestamp::MAX)),
            Self::Local(local) => Self::Local(local.saturating_add(length)),
        }
    }
}

/// When it is this time in the zone. Of the two times in the night when clocks go back it is the later one, unless that
/// lies ahead of `now`.
pub(super) fn instant(local: DateTime, zone: &TimeZone, now: Timestamp) -> Timestamp {
    let told = zone.to_ambiguous_timestamp(local);
    let later = told.later().ok().filter(|later| *later <= now);
    later.or_else(|| told.earlier().ok()).unwrap_or(now)
}

/// The earliest that it can be this time anywhere.
pub(super) fn earliest_instant(local: DateTime) -> Timestamp {
    // Kiribati is ahead of all others.
    const FIRST: Offset = Offset::constant(14);
    FIRST.to_timestamp(local).unwrap_or(Timestamp::MIN)
}

/// A time in words: its parts, in whatever order they come.
#[derive(Default)]
struct Words {
    date: Option<Date>,
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<Time>,
    afternoon: Option<bool>,
    offset: Option<Offset>,
}

impl Words {
    /// `None` if one of the words means nothing here.
    fn read(text: &str) -> Option<Self> {
        let mut words = Self::default();
        // The name of a zone in brackets repeats its offset.
        let text = text
            .split('(')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_between = |character: char| character == ',' || character.is_whitespace();
        for word in text.split(is_between).filter(|word| !word.is_empty()) {
            words.take(word)?;
        }
        Some(words)
    }

    fn take(&mut self, word: &str) -> Option<()> {
        if let Some(month) = month_of(word) {
            return put(&mut self.month, month);
        }
        if matches!(word, "at" | "on" | "of") || is_weekday(word) {
            return Some(());
        }
        if let Some(afternoon) = afternoon(word) {
            return put(&mut self.afternoon, afternoon);
        }
        if let Some(offset) = offset_of(word) {
            return put(&mut self.offset, offset);
        }
        if word.contains(':') {
            let half = ["am", "pm", "a.m.", "p.m."];
            let half = half
                .iter()
                .find_map(|half| word.strip_suffix(half).map(|time| (time, *half)));
            let (time, half) = half.unwrap_or((word, ""));
            if !half.is_empty() {
                put(&mut self.afternoon, afternoon(half)?)?;
            }
            return put(&mut self.time, time_of(time)?);
        }
        if let Ok(date) = word.parse::<Date>() {
            return put(&mut self.date, date);
        }
        let digits = ["st", "nd", "rd", "th"]
            .iter()
            .find_map(|end| word.strip_suffix(end));
        match digits.unwrap_or(word) {
            year if year.len() == 4 => put(&mut self.year, year.parse().ok()?),
            day => put(&mut self.day, day.parse().ok()?),
        }
    }

    fn time(self) -> Option<ToldTime> {
        let date = match (self.date, self.year, self.month, self.day) {
            (Some(date), None, None, None) => date,
            (None, Some(year), Some(month), Some(day)) => Date::new(year, month, day).ok()?,
            _ => return None,
        };
        let time = self.time?;
        let hour = match (self.afternoon, time.hour()) {
            (None, hour) => hour,
            (Some(_), 0 | 13..) => return None,
            (Some(afternoon), hour) => hour % 12 + if afternoon { 12 } else { 0 },
        };
        let time = Time::new(hour, time.minute(), time.second(), 0).ok()?;
        let local = date.to_datetime(time);
        match self.offset {
            Some(offset) => offset.to_timestamp(local).ok().map(ToldTime::At),
            None => Some(ToldTime::Local(local)),
        }
    }
}

/// A part that comes twice is none.
fn put<T>(place: &mut Option<T>, part: T) -> Option<()> {
    place.replace(part).is_none().then_some(())
}

fn afternoon(word: &str) -> Option<bool> {
    match word {
        "am" | "a.m." => Some(false),
        "pm" | "p.m." => Some(true),
        _ => None,
    }
}

/// `10:00`, `10:00:30`, and the same with a fraction of the second, which is dropped.
fn time_of(text: &str) -> Option<Time> {
    let whole = text.split('.').next()?;
    let mut parts = whole.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        None => 0,
        Some(second) => second?,
    };
    parts.next().is_none().then_some(())?;
    Time::new(hour, minute, second, 0).ok()
}

/// An English name of a month, by its first three letters or in full.
fn month_of(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.');
    let at = MONTHS.iter().position(|month| is_short_for(word, month))?;
    i8::try_from(at + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let word = word.trim_end_matches('.');
    DAYS.iter().any(|day| is_short_for(word, day))
}

fn is_short_for(word: &str, name: &str) -> bool {
    word.len() >= 3 && name.starts_with(word)
}

/// An offset: `utc`, `gmt-0600`, `+02:00`, and the abbreviations that RFC 2822 gives a meaning.
fn offset_of(word: &str) -> Option<Offset> {
    let named = match word {
        "z" | "utc" | "gmt" => Some(0),
        "edt" => Some(-4),
        "est" | "cdt" => Some(-5),
        "cst" | "mdt" => Some(-6),
        "mst" | "pdt" => Some(-7),
        "pst" => Some(-8),
        _ => None,
    };
    if let Some(hours) = named {
        return Offset::from_hours(hours).ok();
    }
    let written = ["utc", "gmt"]
        .iter()
        .find_map(|name| word.strip_prefix(name))
        .unwrap_or(word);
    let (sign, digits) = match written.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, written.strip_prefix('+')?),
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (
            digits.get(..2)?.parse().ok()?,
            digits.get(2..)?.parse::<i32>().ok()?,
        ),
        _ => return None,
    };
    (minutes < 60).then_some(())?;
    Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_a_zone() {
        let expected: Timestamp = "2026-11-20T16:00:00Z".parse().unwrap();
        for text in [
            "2026-11-20T16:00:00Z",
            "2026-11-20T10:00:00-06:00",
            "2026-11-20 16:00:00+00:00",
            "1795190400000",
            "1795190400",
            "Fri, 20 Nov 2026 10:00:00 -0600",
            "Fri, 20 Nov 2026 16:00:00 GMT",
            "Fri Nov 20 2026 10:00:00 GMT-0600 (Central Standard Time)",
            "Nov 20, 2026 10:00 AM CST",
            "November 20th, 2026 at 5:00 pm UTC+1",
            "2026-11-20 10:00 AM CST",
        ] {
            assert_eq!(ToldTime::read(text), Some(ToldTime::At(expected)), "{text}");
        }
    }

    #[test]
    fn times_by_the_clock_on_the_wall() {
        for (text, expected) in [
            ("Fri, Nov 20, 2026 10:00 AM", "2026-11-20T10:00:00"),
            ("Friday, November 20, 2026 10:00 am", "2026-11-20T10:00:00"),
            ("Fri, Nov 20th, 2026 10:00 PM", "2026-11-20T22:00:00"),
            ("Nov 20 2026, 12:05 AM", "2026-11-20T00:05:00"),
            ("Nov 20 2026, 12:05pm", "2026-11-20T12:05:00"),
            ("20 Nov 2026 10:00", "2026-11-20T10:00:00"),
            ("20. Nov", ""),
            ("2026-11-20 10:00:30", "2026-11-20T10:00:30"),
            ("2026-11-20T10:00", "2026-11-20T10:00:00"),
            ("2026-11-20 10:00 AM", "2026-11-20T10:00:00"),
            ("Sept 1, 2026 at 9:07 a.m.", "2026-09-01T09:07:00"),
        ] {
            let expected = expected.parse().ok().map(ToldTime::Local);
            assert_eq!(ToldTime::read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_or_more_than_one() {
        for text in [
            "",
            "yesterday",
            "11/12/2026 10:00 AM",
            "11/20/2026 10:00",
            "2026-11-20",
            "Nov 20, 2026",
            "10:00 AM",
            "Nov 20, 2026 13:00 PM",
            "Nov 20, 2026 0:30 AM",
            "Nov 31, 2026 10:00 AM",
            "Nov 20, 2026 25:00",
            "Nov 20, 2026 10:00 AM 11:00 AM",
            "Nov Dec 20, 2026 10:00 AM",
            "Nov 20, 2026 10:00 AM XYZ",
            "1e300",
            "-",
            "+99:99 10:00 Nov 20 2026",
        ] {
            assert_eq!(ToldTime::read(text), None, "{text}");
        }
        assert_eq!(ToldTime::read(&"Nov ".repeat(1000)), None);
    }

    #[test]
    fn the_hour_that_comes_twice() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let local: DateTime = "2026-11-01T01:30:00".parse().unwrap();
        let (first, second) = ("2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z");
        for (now, expected) in [
            ("2026-11-01T07:31:00Z", second),
            ("2026-11-01T06:31:00Z", first),
            ("2026-11-01T06:00:00Z", first),
        ] {
            let found = instant(local, &zone, now.parse().unwrap());
            assert_eq!(found.to_string(), expected, "{now}");
        }
        assert!(earliest_instant(local) < first.parse().unwrap());
    }
}
