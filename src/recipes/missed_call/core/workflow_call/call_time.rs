//! Reads times as people and HighLevel's merge fields write them: with an offset, or in local time.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::lenient::FromScalar;

/// Texts longer than this many bytes are not read.
const LONGEST: usize = 100;

/// A time as it was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportedTime {
    /// With an offset.
    At(Timestamp),
    /// In local time.
    Local(DateTime),
}

impl ReportedTime {
    /// Reads milliseconds or seconds since 1970; ISO 8601 with or without an offset; and the formats of HighLevel's merge
    /// fields and of mail programs, such as `Fri, Nov 20, 2026 10:00 AM` and `20 Nov 2026 10:00:00 -0600`. Returns `None`
    /// for a date of digits only (`11/12/2026`), which is ambiguous, and for a date without a time.
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

    /// The time plus a duration.
    pub(super) fn after(self, length: SignedDuration) -> Self {
        match self {
            Self::At(at) => Self::At(at.saturating_add(length).unwrap_or(Timestamp::MAX)),
            Self::Local(local) => Self::Local(local.saturating_add(length)),
        }
    }
}

/// The instant of a local time in the zone. If clocks went back and there are two, it is the later one, unless that is after
/// `now`.
pub(super) fn instant(local: DateTime, zone: &TimeZone, now: Timestamp) -> Timestamp {
    let candidates = zone.to_ambiguous_timestamp(local);
    let later = candidates.later().ok().filter(|later| *later <= now);
    later.or_else(|| candidates.earlier().ok()).unwrap_or(now)
}

/// The earliest instant of this local time in any zone.
pub(super) fn earliest_instant(local: DateTime) -> Timestamp {
    // The offset of Kiribati, the greatest of all.
    const FIRST: Offset = Offset::constant(14);
    FIRST.to_timestamp(local).unwrap_or(Timestamp::MIN)
}

/// The parts of a time in words, in any order.
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
    /// `None` if one of the words is not part of a time.
    fn read(text: &str) -> Option<Self> {
        let mut words = Self::default();
        // A zone name in brackets only repeats the offset.
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

    fn time(self) -> Option<ReportedTime> {
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
            Some(offset) => offset.to_timestamp(local).ok().map(ReportedTime::At),
            None => Some(ReportedTime::Local(local)),
        }
    }
}

/// Fails if the part was already set.
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

/// `10:00` or `10:00:30`. A fraction of a second is dropped.
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

/// An English month name, in full or cut to three letters or more.
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

/// An offset: `utc`, `gmt-0600`, `+02:00`, and the abbreviations that RFC 2822 defines.
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
    fn times_with_an_offset() {
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
            assert_eq!(
                ReportedTime::read(text),
                Some(ReportedTime::At(expected)),
                "{text}"
            );
        }
    }

    #[test]
    fn local_times() {
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
            let expected = expected.parse().ok().map(ReportedTime::Local);
            assert_eq!(ReportedTime::read(text), expected, "{text}");
        }
    }

    #[test]
    fn invalid_and_ambiguous_times() {
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
            assert_eq!(ReportedTime::read(text), None, "{text}");
        }
        assert_eq!(ReportedTime::read(&"Nov ".repeat(1000)), None);
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
